"""Damages small files of every suffix and reads them: rows, or one sentence, and never a traceback or a long wait.

    python tests/fuzz/mutate_files.py [MUTANTS] [--first SEED]        (2,000 when not given)

A mutant is made by its seed alone, so that one that fails can be made again.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, Polygon

import geoevents as ge

# Longer than this no call may take for a file so small, in seconds of processor time.
LONGEST = 2.0
_BYTES = b"\x00\xff,;\t\"'\n\r{}[]<>&:=-+.0123456789eE \\/"


def small_files(folder: Path) -> list[Path]:
    """Write one small file of each suffix that can be read; return them in order of their names."""
    rows = {
        "event_id": ["a", "b", "c"],
        "place": ["Almaty", "Kyiv, Ukraine", 'Paris "x", Texas'],
        "country": ["Kazakhstan", "Ukraine", "United States"],
        "date": ["2022-01-05", "5 January 2022", "2022-01-07T10:00:00Z"],
        "dead": [3, 0, 12],
    }
    points = [Point(76.9, 43.2), LineString([(30, 50), (31, 51)]), Polygon([(0, 0), (1, 0), (1, 1)])]
    table = pd.DataFrame(rows)
    events = ge.locate(table)
    shapes = gpd.GeoDataFrame(rows, geometry=points, crs="EPSG:4326")
    for suffix in ("geojson", "geojsonl", "parquet", "fgb", "gpkg", "kml", "kmz", "gpx", "xlsx", "csv"):
        ge.write(events, folder / f"events.{suffix}")
    table.to_csv(folder / "table.csv", index=False)
    table.to_csv(folder / "table.tsv", index=False, sep="\t")
    table.assign(lat=[43.2, 50.4, 33.6], lon=[76.9, 30.5, -95.5]).to_csv(folder / "points.csv", sep=";", index=False)
    table.to_json(folder / "table.json", orient="records")
    table.to_json(folder / "table.jsonl", orient="records", lines=True)
    table.to_json(folder / "columns.json", orient="columns")
    table.to_excel(folder / "table.xlsx", index=False)
    table.to_parquet(folder / "table.parquet")
    (folder / "wkt.csv").write_text("date,geometry\n2022-01-05,POINT (76.9 43.2)\n", encoding="utf-8")
    shapes.head(1).to_file(folder / "points.shp")
    with zipfile.ZipFile(folder / "points.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(folder.glob("points.*")):
            if part.suffix in (".shp", ".dbf", ".shx", ".prj", ".cpg"):
                packed.write(part, part.name)
    with zipfile.ZipFile(folder / "table.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(folder / "table.csv", "table.csv")
    (folder / "table.csv.gz").write_bytes(gzip.compress((folder / "table.csv").read_bytes(), mtime=0))
    for part in folder.glob("points.*"):
        if part.suffix not in (".csv", ".zip"):
            part.unlink()
    return sorted(path for path in folder.iterdir() if "metadata" not in path.name)


def _cut(data: bytearray, rng: random.Random) -> bytearray:
    return data[: rng.randrange(len(data) + 1)]


def _flip(data: bytearray, rng: random.Random) -> bytearray:
    for _ in range(rng.choice((1, 1, 3, 20))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def _drop(data: bytearray, rng: random.Random) -> bytearray:
    start = rng.randrange(len(data))
    del data[start : start + rng.choice((1, 4, 64, 512))]
    return data


def _repeat(data: bytearray, rng: random.Random) -> bytearray:
    start = rng.randrange(len(data))
    part = data[start : start + rng.choice((1, 16, 256))]
    return data[:start] + part * rng.choice((2, 3, 50)) + data[start + len(part) :]


def _insert(data: bytearray, rng: random.Random) -> bytearray:
    start = rng.randrange(len(data) + 1)
    some = bytes(rng.choice(_BYTES) for _ in range(rng.choice((1, 2, 8, 100))))
    return data[:start] + some + data[start:]


def _replace(data: bytearray, rng: random.Random) -> bytearray:
    for _ in range(rng.choice((1, 2, 5))):
        data[rng.randrange(len(data))] = rng.choice(_BYTES)
    return data


def _shuffle(data: bytearray, rng: random.Random) -> bytearray:
    a, b = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
    return data[b:] + data[a:b] + data[:a]


def _zero(data: bytearray, rng: random.Random) -> bytearray:
    start = rng.randrange(len(data))
    end = min(start + rng.choice((1, 8, 128)), len(data))
    data[start:end] = bytes(end - start)
    return data


_MUTATIONS: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (
    _cut, _flip, _drop, _repeat, _insert, _replace, _shuffle, _zero,
)  # fmt: skip


def mutant(data: bytes, seed: int) -> bytes:
    """Return damaged bytes: one to three kinds of damage after one another."""
    rng = random.Random(seed)
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        if changed:
            changed = rng.choice(_MUTATIONS)(changed, rng)
    return bytes(changed)


def complaint(path: Path) -> str | None:
    """Read and inspect a file; return what is wrong with how it went, None where nothing is."""
    for call in (ge.read, ge.inspect):
        started = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                call(path)
            except ge.GeoEventsError as error:
                said = str(error)
                if "\n" in said or not said.endswith(".") or "Traceback" in said:
                    return f"{call.__name__}: not one sentence: {said!r}"
            except Exception as error:  # noqa: BLE001 - any other error is what is looked for
                return f"{call.__name__}: {type(error).__name__}: {error}"
        spent = time.process_time() - started
        if spent > LONGEST:
            return f"{call.__name__}: {spent:.1f} s"
    return None


def run(folder: Path, seeds: Iterable[int]) -> Iterator[tuple[int, str, str]]:
    """Yield seed, file and complaint of each mutant that does not go well; mutants go over all files in turn."""
    files = small_files(folder)
    for path in files:
        ge.read(path)
    for seed in seeds:
        source = files[seed % len(files)]
        damaged = folder / "damaged" / source.name
        damaged.parent.mkdir(exist_ok=True)
        damaged.write_bytes(mutant(source.read_bytes(), seed))
        said = complaint(damaged)
        if said is not None:
            yield seed, source.name, said


def main() -> int:
    """Run all mutants; print those that fail and how many there were."""
    options = argparse.ArgumentParser()
    options.add_argument("mutants", nargs="?", type=int, default=2000)
    options.add_argument("--first", type=int, default=0)
    asked = options.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed, name, said in run(Path(folder), range(asked.first, asked.first + asked.mutants)):
            failed += 1
            print(f"{seed}\t{name}\t{said}", flush=True)
    print(f"{asked.mutants} mutants, {failed} that failed.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
