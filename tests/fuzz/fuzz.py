"""Fuzzes one target, led by the lines that an input reaches; what breaks a promise is kept as a test.

    pip install atheris
    python tests/fuzz/fuzz.py TARGET... [--minutes 10] [--keep FOLDER] [--corpus FOLDER]     (`all` for every target)

Atheris watches which branches of `gazetteer` and `geoevents` an input takes, and changes the inputs that take new ones.
An input that gives a traceback, a long wait, or a broken promise is written into ``found/TARGET`` or the folder named,
and `test_found.py` asks it again for good; one is kept for each place and kind of failure. Minutes are of processor
time, so that a busy machine does not make a run shorter. With a folder for the corpus a run begins with the inputs that
led to new branches in the runs before.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
# An input of more bytes shows nothing that a shorter one does not, and takes longer.
_LONGEST_INPUT = {"phrase": 120, "date": 60, "coordinates": 80, "count": 40, "find": 600, "report": 800}
_OF_FILES = 16_384
# After so many seconds by the clock a call is given up, and the process with it.
_HANGS = 120
# So many words of the first inputs are put into others.
_WORDS = 2000
# How often a run says how far it is, in seconds; a process that dies said it last so long ago at most.
_TELLS = 20


def main() -> int:
    """Fuzz each target in a process of its own; 1 when something was found."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("targets", nargs="+", metavar="TARGET")
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--keep", type=Path, default=HERE / "found")
    options.add_argument("--corpus", type=Path, help="Where the inputs that lead on are, a folder for each target.")
    options.add_argument("--here", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.here:
        fuzz(asked.targets[0], asked.minutes, asked.keep, asked.corpus, asked.here)
        return 0
    names = known_targets() if asked.targets == ["all"] else asked.targets
    found = 0
    with tempfile.TemporaryDirectory() as temporary:
        for name in names:
            work = Path(temporary) / name
            work.mkdir()
            found += fuzzed(name, asked.minutes, asked.keep, asked.corpus or work / "corpus", work)
    return int(found > 0)


def known_targets() -> list[str]:
    """Return the names of all targets."""
    from targets import TARGETS

    return list(TARGETS)


def fuzzed(name: str, minutes: float, keep: Path, corpus: Path, work: Path) -> int:
    """Fuzz a target in a process of its own, and say what came of it; 1 when something was found."""
    before = set((keep / name).glob("*"))
    options = ["--minutes", str(minutes), "--keep", str(keep), "--corpus", str(corpus), "--here", str(work)]
    done = subprocess.run([sys.executable, __file__, name, *options], capture_output=True, text=True, check=False)
    branches = re.findall(r"^#\d+\s.*?cov: (\d+)", done.stderr, re.MULTILINE)
    asked = re.findall(r"^asked: (\d+) in ([\d.]+)$", done.stderr, re.MULTILINE)
    found = sorted(set((keep / name).glob("*")) - before)
    inputs, spent = asked[-1] if asked else ("?", "?")
    print(
        f"{name}: {inputs} inputs, {spent} minutes, {branches[-1] if branches else 0} branches, {len(found)} kept",
        flush=True,
    )
    for line in re.findall(r"^found: (.*)$", done.stderr, re.MULTILINE):
        print(f"  {line}", flush=True)
    if done.returncode:
        print("  " + "\n  ".join(done.stderr.splitlines()[-15:]), flush=True)
    return int(bool(found) or done.returncode != 0)


def fuzz(name: str, minutes: float, keep: Path, corpus: Path, work: Path) -> None:
    """Fuzz a target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["gazetteer", "geoevents"]):
        from targets import TARGETS, complaint
    target = TARGETS[name]
    keep, corpus = keep / name, corpus / name
    folder, made = work / "input", work / "seeds"
    for part in (keep, corpus, folder, made):
        part.mkdir(parents=True, exist_ok=True)
    seen: set[str] = set()
    words: set[bytes] = set()
    with atheris.instrument_imports(include=["gazetteer", "geoevents"]):
        for number, seed in enumerate(target.seeds(made)):
            (corpus / f"{number:05d}").write_bytes(seed)
            words.update(re.findall(rb"[^\W_]{2,20}", seed))
            complaint(target, seed, folder)
    (work / "words").write_text("".join(f'"{word.decode()}"\n' for word in sorted(words)[:_WORDS]), encoding="ascii")
    began, told, inputs = time.process_time(), time.monotonic(), 0

    def ask(data: bytes) -> None:
        nonlocal inputs, told
        said = complaint(target, data, folder)
        inputs += 1
        # The same place with other words, or another time, is one finding.
        kind = "s" if said and said.endswith(" s") else (said or "").split(": ")[0]
        if said is not None and kind not in seen:
            seen.add(kind)
            (keep / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
            print(f"found: {said}", file=sys.stderr, flush=True)
        spent = time.process_time() - began
        if spent > minutes * 60 or time.monotonic() - told > _TELLS:
            told = time.monotonic()
            print(f"asked: {inputs} in {spent / 60:.2f}", file=sys.stderr, flush=True)
        if spent > minutes * 60:
            os._exit(0)

    atheris.Setup(
        [
            sys.argv[0],
            f"-max_len={_LONGEST_INPUT.get(name, _OF_FILES)}",
            f"-timeout={_HANGS}",
            "-rss_limit_mb=4096",
            f"-dict={work / 'words'}",
            f"-artifact_prefix={keep}/",
            str(corpus),
        ],
        ask,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
