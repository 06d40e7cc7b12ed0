"""Fuzzes one target, led by the lines that an input reaches; what breaks a promise is kept as a test.

    pip install atheris
    python tests/fuzz/fuzz.py TARGET... [--minutes 10] [--keep FOLDER]        (`all` for every target)

Atheris watches which branches of `gazetteer` and `geoevents` an input takes, and changes the inputs that take new ones.
An input that gives a traceback, a long wait, or a broken promise is written into ``found/TARGET`` or the folder named,
and `test_found.py` asks it again for good; one is kept for each place and kind of failure.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
# An input of more bytes shows nothing that a shorter one does not, and takes longer.
_LONGEST_INPUT = {"phrase": 120, "date": 60, "coordinates": 80, "count": 40, "find": 600, "report": 800}
_OF_FILES = 16_384
# After so many seconds a call is given up, and the process with it.
_HANGS = 30


def main() -> int:
    """Fuzz each target in a process of its own; 1 when something was found."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("targets", nargs="+", metavar="TARGET")
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--keep", type=Path, default=HERE / "found")
    options.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.here:
        fuzz(asked.targets[0], asked.minutes, asked.keep)
        return 0
    names = known_targets() if asked.targets == ["all"] else asked.targets
    return max(fuzzed(name, asked.minutes, asked.keep) for name in names)


def known_targets() -> list[str]:
    """Return the names of all targets."""
    from targets import TARGETS

    return list(TARGETS)


def fuzzed(name: str, minutes: float, keep: Path) -> int:
    """Fuzz a target in a process of its own, and say what came of it; 1 when something was found."""
    before = set((keep / name).glob("*"))
    command = [sys.executable, __file__, name, "--minutes", str(minutes), "--keep", str(keep), "--here"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    runs = re.findall(r"^#(\d+)\s.*?cov: (\d+)", done.stderr, re.MULTILINE)
    found = sorted(set((keep / name).glob("*")) - before)
    inputs, branches = runs[-1] if runs else ("0", "0")
    print(f"{name}: {inputs} inputs, {branches} branches, {len(found)} kept", flush=True)
    for line in re.findall(r"^found: (.*)$", done.stderr, re.MULTILINE):
        print(f"  {line}", flush=True)
    if done.returncode:
        print("  " + "\n  ".join(done.stderr.splitlines()[-15:]), flush=True)
    return int(bool(found) or done.returncode != 0)


def fuzz(name: str, minutes: float, keep: Path) -> None:
    """Fuzz a target in this process; it ends with it."""
    import atheris

    with atheris.instrument_imports(include=["gazetteer", "geoevents"]):
        from targets import TARGETS, complaint
    target = TARGETS[name]
    keep = keep / name
    keep.mkdir(parents=True, exist_ok=True)
    seen: set[str] = set()
    with tempfile.TemporaryDirectory() as temporary:
        folder, corpus, made = (Path(temporary) / part for part in ("input", "corpus", "seeds"))
        for part in (folder, corpus, made):
            part.mkdir()
        with atheris.instrument_imports(include=["gazetteer", "geoevents"]):
            for number, seed in enumerate(target.seeds(made)):
                (corpus / f"{number:05d}").write_bytes(seed)
                complaint(target, seed, folder)

        def ask(data: bytes) -> None:
            said = complaint(target, data, folder)
            # The same place with other words, or another time, is one finding.
            kind = "s" if said and said.endswith(" s") else (said or "").split(": ")[0]
            if said is not None and kind not in seen:
                seen.add(kind)
                (keep / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
                print(f"found: {said}", file=sys.stderr, flush=True)

        atheris.Setup(
            [
                sys.argv[0],
                f"-max_total_time={int(minutes * 60)}",
                f"-max_len={_LONGEST_INPUT.get(name, _OF_FILES)}",
                f"-timeout={_HANGS}",
                "-rss_limit_mb=4096",
                f"-artifact_prefix={keep}/",
                "-print_final_stats=1",
                str(corpus),
            ],
            ask,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
