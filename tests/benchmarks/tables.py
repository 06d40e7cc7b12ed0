"""Tables located and files read beside what others take for the same: ``python tests/benchmarks/tables.py [NAME...]``.

Printed are ratios of processor time and of wall time: the two take turns, and the medians of the rounds stand. What is
loaded once (the gazetteer, libraries) is loaded before; ``cold`` counts it, each round in two new processes.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

import gazetteer
import geoevents as ge

ROUNDS = 5
PLACES = 10_000


def records(rows: int, seed: int = 1) -> pd.DataFrame:
    """Return records of towns with a country and a day, 10,000 different places at most, ten columns."""
    rng = np.random.default_rng(seed)
    towns = gazetteer.load().layer("cities").sample(PLACES, random_state=1)
    at = rng.integers(0, PLACES, rows)
    days = np.datetime64("2020-01-01") + rng.integers(0, 1_500, rows).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "place": towns["name"].to_numpy()[at],
            "country": towns["country"].to_numpy()[at],
            "date": pd.Series(days).dt.strftime("%Y-%m-%d"),
            "fatalities": rng.integers(0, 9, rows),
            "event_type": np.array(["protest", "clash", "explosion", "arrest"])[rng.integers(0, 4, rows)],
            "code": pd.Series(rng.integers(0, 99_999, rows)).astype("str").str.zfill(5),
            "lat": towns["lat"].to_numpy()[at] + rng.normal(0, 0.1, rows).round(4),
            "lon": towns["lon"].to_numpy()[at] + rng.normal(0, 0.1, rows).round(4),
            "note": "note, " + pd.Series(rng.integers(0, 5_000, rows)).astype("str"),
        }
    )


def turns(what: str, ours: Callable[[], object], theirs: Callable[[], object], rounds: int = ROUNDS) -> None:
    """Print how long one work takes over another, of processor time and by the clock."""
    ratios = []
    for _ in range(rounds):
        spent = []
        for work in (ours, theirs):
            gc.collect()
            worked, begun = time.process_time(), time.perf_counter()
            work()
            spent += [time.process_time() - worked, time.perf_counter() - begun]
        ratios.append((spent[0] / spent[2], spent[1] / spent[3], spent[0], spent[2]))
    work, clock, own, other = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"{what}: {work:.2f} of processor time ({own:.2f} and {other:.2f} s), {clock:.2f} by the clock", flush=True)


def processes(what: str, ours: str, theirs: str, rounds: int = ROUNDS) -> None:
    """Print how much processor time one program takes over another, each in a process of its own."""
    ratios = []
    for _ in range(rounds):
        own, other = (spent(code) for code in (ours, theirs))
        ratios.append((own / other, own, other))
    ratio, own, other = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"{what}: {ratio:.2f} of processor time ({own:.2f} and {other:.2f} s)", flush=True)


def spent(code: str) -> float:
    """Return the seconds of processor time that a program takes in a new process."""
    timed = "import resource; u = resource.getrusage(resource.RUSAGE_SELF); print(u.ru_utime + u.ru_stime)"
    command = [sys.executable, "-W", "ignore", "-c", f"{code}\n{timed}"]
    # As installed packages are, modules are compiled once.
    known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return float(subprocess.check_output(command, text=True, stderr=subprocess.DEVNULL, env=known).splitlines()[-1])


def locate(folder: Path) -> None:
    """Time a million rows located, beside a merge with a table of the names and dates that pandas reads."""
    table = records(1_000_000)[["id", "place", "country", "date", "fatalities"]]
    towns = gazetteer.load().layer("cities")[["name", "country", "id", "lat", "lon"]]
    towns = towns.drop_duplicates(["name", "country"]).rename(columns={"name": "place", "id": "place_id"})
    ge.locate(table.head(1000))

    def merge() -> pd.DataFrame:
        return table.merge(towns, on=["place", "country"], how="left").assign(start=pd.to_datetime(table["date"]))

    turns("locate, 1,000,000 rows of 10,000 places / pandas merge and to_datetime", lambda: ge.locate(table), merge, 3)


def read_csv(folder: Path) -> None:
    """Time a CSV file of 200,000 rows, with coordinates and without."""
    table = records(200_000)
    for name, columns in (
        ("with coordinates", list(table)),
        ("without", [c for c in table if c not in ("lat", "lon")]),
    ):
        path = folder / f"{len(columns)}.csv"
        table[columns].to_csv(path, index=False)
        turns(f"read CSV, 200,000 rows {name} / pandas", lambda p=path: ge.read(p), lambda p=path: pd.read_csv(p))
        ours, theirs = (
            f"import geoevents as ge; ge.read({str(path)!r})",
            f"import pandas; pandas.read_csv({str(path)!r})",
        )
        processes(f"the same, whole process, {name}", ours, theirs, 3)


def points(rows: int) -> gpd.GeoDataFrame:
    """Return the records as points."""
    table = records(rows)
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326")


def read_geojson(folder: Path) -> None:
    """Time a GeoJSON file of 200,000 points beside pyogrio, and with Arrow."""
    path = folder / "points.geojson"
    points(200_000).to_file(path, driver="GeoJSON")
    ge.read(path)
    turns("read GeoJSON, 200,000 points / pyogrio", lambda: ge.read(path), lambda: gpd.read_file(path))
    turns(
        "read GeoJSON, 200,000 points / pyogrio with Arrow",
        lambda: ge.read(path),
        lambda: gpd.read_file(path, use_arrow=True),
    )


def write_map(folder: Path) -> None:
    """Time the command that maps 16 rows, as a whole process, beside the import of geopandas."""
    table = Path(__file__).parent.parent.parent / "seeds" / "kazakhstan-2022.csv"
    command = f"from geoevents.cli import main; main(['map', {str(table)!r}, '-o', {str(folder / 'map.html')!r}])"
    processes("map of 16 rows, whole process / import geopandas", command, "import geopandas")


WORKS = {"locate": locate, "csv": read_csv, "geojson": read_geojson, "map": write_map}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        for work in sys.argv[1:] or WORKS:
            WORKS[work](Path(name))
