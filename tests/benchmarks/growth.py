"""Does time grow faster than the table? ``python tests/benchmarks/growth.py [MOST_ROWS [WORK...]]``.

Tables have up to 4,000,000 rows when no number is given, and all works are measured when none is named.

Each work runs on tables that grow fourfold, each in a process of its own, so that nothing is remembered and the peak
of the memory is that of one table. Printed are the exponent of the processor time over the rows, fitted by least
squares in logarithms once the fixed cost (the smallest table's) is taken off, and the kilobytes a row that the peak of
the memory grows by, fitted by least squares.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SMALLEST = 10_000
PLACES = 10_000


def table(rows: int, folder: Path) -> Any:
    """Return records of towns with a country and a day, `PLACES` different ones at most."""
    import pandas as pd

    import gazetteer

    rng = np.random.default_rng(1)
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
        }
    )


def events(rows: int, folder: Path) -> Any:
    """Return located events at distinct points around towns."""
    import geopandas as gpd
    import pandas as pd

    import geoevents as ge

    rng = np.random.default_rng(2)
    towns = ge.areas("cities")
    at = rng.integers(0, len(towns), rows)
    lon = np.clip(towns["lon"].to_numpy()[at] + rng.normal(0, 0.3, rows), -180, 180)
    lat = np.clip(towns["lat"].to_numpy()[at] + rng.normal(0, 0.3, rows), -90, 90)
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 1_500, rows), "D")
    columns = {"event_id": np.arange(rows).astype(str), "start": start, "fatalities": rng.integers(0, 9, rows)}
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")


def csv(rows: int, folder: Path) -> Path:
    """Write the records as CSV."""
    path = folder / "records.csv"
    table(rows, folder).to_csv(path, index=False)
    return path


def located(rows: int, folder: Path) -> Any:
    """Return the records, located."""
    import geoevents as ge

    return ge.locate(table(rows, folder))


def resolve_many(records: Any, folder: Path) -> None:
    import gazetteer

    gazetteer.load().resolve_many(records["place"], country=records["country"])


def read(path: Path, folder: Path) -> None:
    import geoevents as ge

    ge.read(path)


def locate(records: Any, folder: Path) -> None:
    import geoevents as ge

    ge.locate(records)


def join(points: Any, folder: Path) -> None:
    import geoevents as ge

    ge.join(points, "admin1")


def allocate(placed: Any, folder: Path) -> None:
    import geoevents as ge

    ge.join(placed, "admin1", how="allocate")


def aggregate(placed: Any, folder: Path) -> None:
    import geoevents as ge

    ge.aggregate(placed, by="admin1", freq="Y")


def draw(placed: Any, folder: Path) -> None:
    import geoevents as ge

    ge.draw(placed, 2)


def write_geojson(placed: Any, folder: Path) -> None:
    import geoevents as ge

    ge.write(placed, folder / "out.geojson")


def write_parquet(placed: Any, folder: Path) -> None:
    import geoevents as ge

    ge.write(placed, folder / "out.parquet")


# What is measured, and what it is given.
WORKS: dict[str, tuple[Callable[[Any, Path], None], Callable[[int, Path], Any]]] = {
    "resolve_many": (resolve_many, table),
    "read a CSV file": (read, csv),
    "locate": (locate, table),
    "join, distinct points": (join, events),
    "join, allocate": (allocate, located),
    "aggregate": (aggregate, located),
    "draw": (draw, located),
    "write GeoJSON": (write_geojson, located),
    "write GeoParquet": (write_parquet, located),
}


def status(name: str) -> int:
    """Return a figure of this process in kB: VmRSS is what it holds, VmHWM the most it held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def measured(what: str, rows: int) -> dict[str, float]:
    """Return the seconds of processor time of one work on one table, and by how many bytes the peak rises."""
    work, given = WORKS[what]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        work(given(SMALLEST // 10, folder), folder)  # what is loaded once
        prepared = given(rows, folder)
        Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew, below what the table took
        before, begun = status("VmRSS"), time.process_time()
        work(prepared, folder)
        return {"seconds": time.process_time() - begun, "bytes": 1024.0 * (status("VmHWM") - before)}


def main(most: int, works: list[str]) -> None:
    """Print a line a work."""
    sizes = [most // 4**k for k in range(12) if most // 4**k >= SMALLEST][::-1]
    for what in works:
        told = []
        for rows in sizes:
            command = [sys.executable, "-W", "ignore", __file__, "--one", what, str(rows)]
            told.append(json.loads(subprocess.check_output(command, text=True).splitlines()[-1]))
        seconds = np.array([one["seconds"] for one in told])
        more, rows_more = seconds[1:] - seconds[0], np.array(sizes[1:]) - sizes[0]
        exponent = np.polyfit(np.log(rows_more), np.log(np.maximum(more, 1e-3)), 1)[0]
        slope = np.polyfit(sizes, [one["bytes"] for one in told], 1)[0]
        spent = ", ".join(f"{value:.2f}" for value in seconds)
        print(f"{what}: exponent {exponent:.2f}, {slope / 1024:.2f} kB a row ({spent} s)", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2], int(sys.argv[3]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000_000, sys.argv[2:] or list(WORKS))
