"""Kills commands at random moments and compares what is there in the end with what is there without a kill.

Each command (a stream, `convert`, `map`, `extract` of many reports, `gazetteer build`, `gazetteer pack add`) is run
whole once. Then it is started and killed again and again, by SIGKILL and by SIGINT in turn, and run to its end at last,
with ``--resume`` where it can be taken up. After each kill the output is the one from before or the whole new one.
Ctrl-C gives one sentence, the exit code 130, and leaves nothing beside the output but a run that can be taken up. In
the end the output is that of the run without kills, and nothing else is there.

    python tests/soak/kills.py 200 [--only stream map]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TOWNS = ("Almaty", "Aktau", "Kyiv", "Kharkiv", "Mosul", "Bamako", "30 km north of Aktau", "western Kazakhstan", "Xyzzy")
GEOEVENTS = (sys.executable, "-m", "geoevents")
GAZETTEER = (sys.executable, "-m", "gazetteer")
BEFORE = b"what stood here before\n"
MOMENT = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[-+.:\dZ]*")


@dataclass
class Job:
    """One command.

    Attributes
    ----------
    command
        Without its output.
    output
        The name of what it writes; of a folder of packs, None.
    resume
        Whether it can be taken up, and what it then keeps beside its output.
    """

    name: str
    command: Callable[[Path], list[str]]
    output: str
    resume: str = ""
    is_folder: bool = False
    told: Counter[str] = field(default_factory=Counter)


def jobs(inputs: Path) -> list[Job]:
    """Return the commands, over files that `prepare` made."""

    def run(*words: str | Path) -> list[str]:
        return [str(word) for word in words]

    return [
        Job(
            "stream",
            lambda out: run(*GEOEVENTS, "locate", inputs / "big.parquet", "-o", out / "out.parquet"),
            "out.parquet",
            resume=".out.parquet.parts",
        ),
        Job(
            "convert",
            lambda out: run(*GEOEVENTS, "convert", inputs / "events.parquet", out / "out.geojson"),
            "out.geojson",
        ),
        Job(
            "map",
            lambda out: run(*GEOEVENTS, "map", inputs / "table.csv", "-o", out / "map.html"),
            "map.html",
        ),
        Job(
            "extract",
            lambda out: run(
                *GEOEVENTS, "extract", inputs / "documents.jsonl", "--workers", "2", "-o", out / "out.geojsonl"
            ),
            "out.geojsonl",
            resume=".out.geojsonl.reports",
        ),
        Job(
            "build",
            lambda out: run(*GAZETTEER, "build", "--add", inputs / "own.csv", "-o", out / "built"),
            "built",
            is_folder=True,
        ),
        Job(
            "pack",
            lambda out: run(*GAZETTEER, "pack", "add", "SYR", "--from", inputs / "syria"),
            "",
            is_folder=True,
        ),
    ]


def prepare(folder: Path) -> None:
    """Write the inputs of all commands."""
    import pandas as pd

    import geoevents as ge

    sys.path.insert(0, str(ROOT / "tests" / "gazetteer"))
    import pack_files

    places = pd.DataFrame({"place": TOWNS, "date": "2022-01-05"})
    pd.concat([places] * 20_000, ignore_index=True).to_parquet(folder / "big.parquet")
    ge.write(ge.locate(pd.concat([places] * 100, ignore_index=True)), folder / "events.parquet")
    pd.concat([places] * 10, ignore_index=True).to_csv(folder / "table.csv", index=False)
    told = [
        {"id": f"{number}", "date": "2022-01-05", "text": f"Gunmen killed {number + 2} farmers near {town} on Monday."}
        for number, town in enumerate(TOWNS * 6)
    ]
    (folder / "documents.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told), encoding="utf-8")
    (folder / "own.csv").write_text("id,name,kind,lon,lat\n1,Camp Zzyzx,city,51.3,43.6\n", encoding="utf-8")
    (folder / "syria").mkdir()
    pack_files.write_geonames(folder / "syria")


def tree(folder: Path) -> dict[str, str]:
    """Return the content of all files of a folder, hidden ones too, by their paths."""
    return {str(path.relative_to(folder)): content(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def content(path: Path) -> str:
    """Return what a file holds, without the moment at which it was written."""
    data = path.read_bytes()
    if path.name == "out.parquet" and data.startswith(b"PAR1"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        table, sink = pq.read_table(path), pa.BufferOutputStream()
        plain = table.replace_schema_metadata(None)
        with pa.ipc.new_stream(sink, plain.schema) as stream:
            stream.write_table(plain)
        data = (table.schema.metadata or {}).get(b"geoevents", b"") + sink.getvalue().to_pybytes()
    return hashlib.sha256(MOMENT.sub(b"", data)).hexdigest()


def environment(out: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "GEOEVENTS_DATA": str(out), "GEOEVENTS_PACKS": ""}


def whole(job: Job, out: Path, *more: str) -> float:
    """Run a command to its end; return how long it took, in seconds."""
    started = time.monotonic()
    done = subprocess.run([*job.command(out), *more], capture_output=True, text=True, env=environment(out), check=False)
    if done.returncode:
        job.told["the run to the end failed"] += 1
        print(f"{job.name}: {done.stderr}", flush=True)
    return time.monotonic() - started


def killed(job: Job, out: Path, seconds: float, how: signal.Signals, wanted: dict[str, str]) -> None:
    """Start a command, kill it, and note what is wrong with what is left."""
    before = {name for name in tree(out) if _hidden(name)}  # what SIGKILL left goes when the next run writes
    with subprocess.Popen(job.command(out), stderr=subprocess.PIPE, text=True, env=environment(out)) as run:
        time.sleep(seconds)
        alive = run.poll() is None
        run.send_signal(how)
        said = run.communicate()[1]
    job.told["killed" if alive else "had ended"] += 1
    left = {name: content for name, content in tree(out).items() if not _kept(job, name)}
    if not job.is_folder and left.get(job.output) not in (hashlib.sha256(BEFORE).hexdigest(), wanted[job.output]):
        job.told["half-written"] += 1
    # A folder without its facts is no gazetteer yet; one with them is whole. Hidden names are work under way.
    shown = {name: content for name, content in left.items() if not _hidden(name)}
    if job.name == "build" and f"{job.output}/info.json" in shown and shown != wanted:
        job.told["half-written"] += 1
    # Python hears no signal once it has taken itself down; then the output is there.
    ended = (
        run.returncode == -signal.SIGINT and left.get(job.output) == wanted.get(job.output) and "Traceback" not in said
    )
    if how is signal.SIGINT and alive and run.returncode != 0 and not ended:
        lines = [line for line in said.splitlines() if line.strip()]
        if run.returncode != 130 or "interrupted" not in lines[-1] or any("Traceback" in line for line in lines):
            job.told["Ctrl-C is not one sentence"] += 1
            print(f"{job.name}: {run.returncode} after {seconds:.2f} s: {said[-1500:]}", flush=True)
        behind = [name for name in left if _hidden(name) and name not in before]
        if behind:
            job.told["Ctrl-C left something behind"] += 1
            print(f"{job.name}: left {behind[:3]}", flush=True)


def _kept(job: Job, name: str) -> bool:
    return bool(job.resume) and name.split(os.sep)[0] == job.resume


def _hidden(name: str) -> bool:
    return any(part.startswith(".") for part in Path(name).parts)


def examine(job: Job, folder: Path, kills: int, rng: random.Random) -> None:
    """Kill a command so many times, finish it, and compare."""
    reference, out = folder / f"{job.name}-whole", folder / f"{job.name}-killed"
    for made in (reference, out):
        made.mkdir()
    seconds = whole(job, reference)
    wanted = tree(reference)
    if not job.is_folder:
        (out / job.output).write_bytes(BEFORE)
    for number in range(kills):
        how = (signal.SIGKILL, signal.SIGINT)[number % 2]
        killed(job, out, rng.uniform(0.05, 1.0) * seconds, how, wanted)
    whole(job, out, *(["--resume"] if job.resume else []))
    found = tree(out)
    if found != wanted:
        job.told["another output in the end"] += 1
        names = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
        print(f"{job.name}: {names[:5]} differ", flush=True)
    left = sorted(str(path.relative_to(out)) for path in out.rglob(".*"))
    if left:
        job.told["left behind in the end"] += 1
        print(f"{job.name}: {left[:5]} left", flush=True)
    print(f"{job.name}: {seconds:.1f} s; " + ", ".join(f"{what} {n}" for what, n in job.told.items()), flush=True)


def main() -> int:
    """Kill all commands; 1 when something is lost, half-written or left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", type=int, nargs="?", default=200)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        inputs = folder / "inputs"
        inputs.mkdir()
        prepare(inputs)
        chosen = [job for job in jobs(inputs) if not options.only or job.name in options.only]
        for job in chosen:
            examine(job, folder, options.kills // len(chosen), rng)
    wrong = sum(n for job in chosen for what, n in job.told.items() if what not in ("killed", "had ended"))
    print(f"kills: {sum(job.told['killed'] for job in chosen)}; faults: {wrong}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
