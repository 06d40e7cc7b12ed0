"""Builds the full gazetteer: how long it takes, how much memory, and how fast it is then beside the bundled one.

    python tests/benchmarks/full_build.py [PLACES [NAMES]]        (13,000,000 and 18,000,000 when not given)
    python tests/benchmarks/full_build.py look FOLDER             look-ups in a folder that was built before

The dumps are made up here, in GeoNames' exact format, with the bundled towns among their places and as many homonyms
as GeoNames has (`dumps`); each step runs in a process of its own. Look-ups take turns between the two gazetteers, name
after name, so that what else the machine does meets both.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import gazetteer
from gazetteer.api import Gazetteer
from gazetteer.build.full import build_full
from gazetteer.build.geonames_dump import Dump
from gazetteer.index.store import LAYERS, Store
from gazetteer.names.normalize import normalize_name

MANY, SINGLE, COLD, ROUNDS = 20_000, 3_000, 300, 7
MISSPELT = ("Lashqer Gahh", "Dayrazzawur", "Rafnesworta", "Shangqyu", "Novosibersk", "Kostanaj Sity", "Monterray")


def main(places: int, names: int) -> None:
    """Print time and memory of the build, and of look-ups in it and in the bundled gazetteer."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "gazetteer"))
    from dumps import made

    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        dump = made(Path(folder) / "dump", places, names, store=gazetteer.load().store)
        print(f"dump of {places:,} places and {names:,} names made in {time.perf_counter() - begun:.0f} s", flush=True)
        full = Path(folder) / "full"
        _apart("build", *map(str, (dump.places, dump.names, dump.admin1, dump.admin2, full)))
        size = sum(path.stat().st_size for path in full.rglob("*") if path.is_file())
        print(f"folder: {size >> 20} MB", flush=True)
        look(str(full))


def look(folder: str) -> None:
    """Print how long look-ups take: once their pages are in memory, and from the disk."""
    for part in ("same_names", "own_keys", "by_sound"):
        _apart(part, folder)
    for _ in range(3):
        _apart("cold", folder)


def build(*files: str) -> None:
    """Build the dump that the first four files are into the fifth."""
    begun = time.perf_counter()
    build_full(Dump(*map(Path, files[:4])), Path(files[4]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds, processor = time.perf_counter() - begun, used.ru_utime + used.ru_stime
    # The kernel's own high-water mark of this process; that of rusage is inherited from the one that started it.
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    print(f"build: {seconds:.0f} s, {processor:.0f} s of processor, peak {peak >> 10} MB")


def same_names(folder: str) -> None:
    """Names of bundled towns, the same for both."""
    stores = [gazetteer.load().store, Store(Path(folder))]
    names = _town_names(stores[0], MANY)
    counts = np.array(
        [[len(store.postings(store.key_of(normalize_name(name)))[0]) for store in stores] for name in names]
    )
    print(f"names of bundled towns, {_two(counts.mean(axis=0), '.1f')} places each ", end="")
    print(f"(median {_two(np.median(counts, axis=0), '.0f')}, most {_two(counts.max(axis=0), 'd')})")
    times = _singles(stores, [names[:SINGLE]] * 2)
    print(f"  resolve: {_ratio(times)}")
    print(f"  resolve_many: {_rates(stores, [names] * 2)}")
    alike = counts[:, 0] == counts[:, 1]
    print(f"{alike.sum():,} of these names with as many places in both, {counts[alike].mean():.1f}")
    print(f"  resolve: {_ratio(times[:, alike[:SINGLE]])}")
    print(f"  resolve_many: {_rates(stores, [[name for name, same in zip(names, alike, strict=True) if same]] * 2)}")


def own_keys(folder: str) -> None:
    """Keys drawn at random, from each gazetteer its own."""
    stores = [gazetteer.load().store, Store(Path(folder))]
    rng = np.random.default_rng(1)
    sizes = [len(store.index.array("key_counts")) for store in stores]
    drawn = [rng.integers(0, size, MANY).tolist() for size in sizes]
    keys = [[store.key_text(n) for n in numbers] for store, numbers in zip(stores, drawn, strict=True)]
    counts = [
        np.mean([len(store.postings(store.key_of(key))[0]) for key in drawn])
        for store, drawn in zip(stores, keys, strict=True)
    ]
    print(f"keys of each drawn at random, {_two(counts, '.1f')} places each")
    print(f"  resolve: {_ratio(_singles(stores, [drawn[:SINGLE] for drawn in keys]))}")
    print(f"  resolve_many: {_rates(stores, keys)}")


def by_sound(folder: str) -> None:
    """Look misspelt names up in the largest country of each; at the first its sounds are made."""
    stores = [gazetteer.load().store, Store(Path(folder))]
    sizes, first, later = [], [], []
    for store in stores:
        labels = store.index.labels("country")
        counts = np.bincount(store.index.array("country"), minlength=len(labels))[:-1]  # the last one is no country
        country = str(labels[counts.argmax()])
        gaz = Gazetteer(store)
        gaz.resolve("Lashqer Gahh", country="AND")  # what is loaded for a look-up by sound, wherever
        times = [_seconds(lambda gaz=gaz, n=name, c=country: gaz.resolve(n, country=c)) for name in MISSPELT]
        sizes.append(int(counts.max()))
        first.append(times[0])
        later.append(statistics.median(times[1:]) * 1e3)
    print(f"names by their sound in the largest country, {_two(sizes, ',d')} places")
    print(f"  the first: {_two(first, '.3f')} s, {first[1] / first[0]:.1f}; others {_two(later, '.2f')} ms")


def cold(folder: str) -> None:
    """Open the gazetteers and look up names, no page of their files being in memory."""
    names = _town_names(gazetteer.load().store, 2 * COLD)[COLD:]
    code = (
        "import json, sys, time, numpy, gazetteer\n"
        "names = json.load(sys.stdin); begun = time.perf_counter(); gaz = gazetteer.load(sys.argv[1])\n"
        "times = [time.perf_counter() - begun]; gaz.resolve('Almaty')\n"
        "for name in names: begun = time.perf_counter(); gaz.resolve(name); times.append(time.perf_counter() - begun)\n"
        "print(f'{times[0] * 1e3:.1f} ms to load, {numpy.median(times[1:]) * 1e3:.2f} ms a name')"
    )
    told = []
    for path in (gazetteer.load().store.folder, Path(folder)):
        _forget(path)
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            input=json.dumps(names),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        told.append(done.stdout.strip())
    print(f"from the disk: {told[0]} bundled; {told[1]} full")


def _town_names(store: Store, n: int) -> list[str]:
    """Return the names of random towns, each name once."""
    at = LAYERS.index("cities")
    towns = np.random.default_rng(1).permutation(np.arange(store.bases[at], store.bases[at + 1]))
    drawn = store.take("name", towns[: 2 * n]).tolist()
    return [name for name in dict.fromkeys(drawn) if store.key_of(normalize_name(name), -1) >= 0][:n]


def _singles(stores: list[Store], names: list[list[str]]) -> np.ndarray:
    """Return the seconds of each look-up, bundled and full: of the second round, in which nothing is remembered."""
    for _ in range(2):
        gazetteers = [Gazetteer(store) for store in stores]
        times = np.array(
            [
                [
                    _seconds(lambda gaz=gaz, name=name: gaz.resolve(name))
                    for gaz, name in zip(gazetteers, pair, strict=True)
                ]
                for pair in zip(*names, strict=True)
            ]
        ).T
    return times


def _ratio(times: np.ndarray) -> str:
    first, second = np.median(times, axis=1) * 1e6
    return f"{first:.0f} and {second:.0f} us, {second / first:.2f}"


def _rates(stores: list[Store], names: list[list[str]]) -> str:
    rounds = []
    for _ in range(ROUNDS + 1):
        pairs = zip(stores, names, strict=True)
        rounds.append([_seconds(lambda s=store, n=drawn: Gazetteer(s).resolve_many(n)) for store, drawn in pairs])
    first, second = (len(names[0]) / statistics.median(times) for times in zip(*rounds[1:], strict=True))
    ratio = statistics.median(full / bundled for bundled, full in rounds[1:])
    return f"{first:,.0f} and {second:,.0f} names a second, {ratio:.2f} times as long (median of {ROUNDS} rounds)"


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _two(pair: np.ndarray | list[float], form: str) -> str:
    return " and ".join(format(number, form) for number in pair)


def _forget(folder: Path) -> None:
    """Let the kernel drop the pages of a folder's files."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _apart(step: str, *arguments: str) -> None:
    """Run a step in a process of its own."""
    subprocess.run([sys.executable, __file__, step, *arguments], check=True)


STEPS = {
    "build": build,
    "by_sound": by_sound,
    "cold": cold,
    "look": look,
    "own_keys": own_keys,
    "same_names": same_names,
}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in STEPS:
        STEPS[sys.argv[1]](*sys.argv[2:])
    else:
        main(*([int(argument) for argument in sys.argv[1:]] or [13_000_000, 18_000_000]))
