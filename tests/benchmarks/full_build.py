"""Builds the full gazetteer: how long it takes, how much memory, and how fast it is then.

    python tests/benchmarks/full_build.py [PLACES [NAMES]]        (13,000,000 and 18,000,000 when not given)

The dumps are made up here, in GeoNames' exact format; each step runs in a process of its own.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "gazetteer"))

BUILD = """
import resource, sys, time
from pathlib import Path
from gazetteer.build.full import Dump, build_full
begun = time.perf_counter()
build_full(Dump(*map(Path, sys.argv[1:5])), Path(sys.argv[5]))
used = resource.getrusage(resource.RUSAGE_SELF)
seconds, processor = time.perf_counter() - begun, used.ru_utime + used.ru_stime
print(f"{seconds:.0f} s, {processor:.0f} s of processor, peak {used.ru_maxrss >> 10} MB")
"""
LOOK = """
import sys, time
import gazetteer, numpy as np
from gazetteer.names import fold
folder = sys.argv[1] or None
gazetteer.load().resolve("Almaty")
begun = time.perf_counter()
gaz = gazetteer.load(folder)
opened = time.perf_counter() - begun
gaz.resolve("Almaty")
rng = np.random.default_rng(1)
# One thousandth of the keys, drawn alike from both gazetteers.
keys = [gaz.store.key_text(int(n)) for n in rng.integers(0, len(gaz.store.key_starts) - 1, 20_000)]
for key in keys[:200]:
    gaz.resolve(key)
begun = time.perf_counter()
for key in keys[200:2200]:
    gaz.resolve(key)
one = (time.perf_counter() - begun) / 2000
gaz.resolve_many(keys)
begun = time.perf_counter()
gaz.resolve_many(keys)
many = len(keys) / (time.perf_counter() - begun)
print(f"{opened * 1000:.1f} ms to load, {one * 1e6:.0f} us a name, {many:,.0f} distinct names a second")
"""


def main(places: int, names: int) -> None:
    """Print time and memory of the build, and of look-ups in it and in the bundled gazetteer."""
    from dumps import made

    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        dump = made(Path(folder) / "dump", places, names)
        print(f"dump of {places:,} places and {names:,} names made in {time.perf_counter() - begun:.0f} s", flush=True)
        full = Path(folder) / "full"
        files = [str(path) for path in (dump.places, dump.names, dump.admin1, dump.admin2, full)]
        print("build:", _told(BUILD, *files), flush=True)
        size = sum(path.stat().st_size for path in full.rglob("*") if path.is_file())
        print(f"folder: {size >> 20} MB", flush=True)
        for _ in range(2):
            print("bundled:", _told(LOOK, ""), flush=True)
            print("full:   ", _told(LOOK, str(full)), flush=True)


def _told(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main(*([int(argument) for argument in sys.argv[1:]] or [13_000_000, 18_000_000]))
