"""Files against their yardsticks, in one run: ``python tests/benchmarks/writing.py``; prints ratios and memory."""

from __future__ import annotations

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
import pyogrio
import shapely

from geoevents.exporters import format_of

ROWS = 1_000_000
RUNS = 3
SUFFIXES = ("geojson", "parquet", "fgb", "gpkg")
DRIVERS = {"geojson": "GeoJSON", "fgb": "FlatGeobuf", "gpkg": "GPKG"}


def located(rows: int) -> gpd.GeoDataFrame:
    """Return located events with 15 columns beside the geometry, places and phrases repeating as they do."""
    random = np.random.default_rng(1)

    def pick(words: list[str]) -> pd.Series:
        return pd.Series(np.array(words)[random.integers(0, len(words), rows)], dtype="str")

    lon, lat = random.uniform(-180, 180, rows).round(5), random.uniform(-60, 75, rows).round(5)
    places = pd.DataFrame({"n": random.integers(0, 5000, rows)})["n"].astype("str")
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(random.integers(0, 3000, rows), unit="D")
    said = [f'Residents said "about {n} people" were seen on the road to the next town' for n in range(20_000)]
    columns = {
        "event_id": pd.Series([f"ev-{n:07d}" for n in range(rows)], dtype="str"),
        "place_query": "Place " + places,
        "place_id": "geonames:" + places,
        "place_name": "Нас пункт " + places,
        "place_kind": pick(["city", "airport"]),
        "country": pick(["KAZ", "RUS", "SYR", "AFG"]),
        "lon": lon,
        "lat": lat,
        "radius_km": random.uniform(1, 50, rows).round(1),
        "where_prec": pd.array(random.integers(1, 7, rows), dtype="Int64"),
        "match_status": pick(["matched", "ambiguous"]),
        "match_score": random.uniform(0, 1, rows).round(3),
        "start": pd.Series(start).astype("datetime64[us]"),
        "fatalities": pd.array(random.integers(0, 90, rows), dtype="Int64"),
        "evidence": pick(said),
    }
    return gpd.GeoDataFrame(columns, geometry=shapely.points(lon, lat), crs="EPSG:4326")


def ours(events: gpd.GeoDataFrame, path: Path) -> None:
    format_of(path).writer(events, path)


def theirs(events: gpd.GeoDataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        events.to_parquet(path)
    else:
        pyogrio.write_dataframe(events, path, driver=DRIVERS[path.suffix[1:]], use_arrow=True)


def seconds(write: Callable[[gpd.GeoDataFrame, Path], None], events: gpd.GeoDataFrame, path: Path) -> float:
    path.unlink(missing_ok=True)
    start = time.perf_counter()
    write(events, path)
    return time.perf_counter() - start


def speed(suffix: str, events: gpd.GeoDataFrame, folder: Path) -> None:
    path = folder / f"a.{suffix}"
    pairs = [(seconds(ours, events, path), seconds(theirs, events, path)) for _ in range(RUNS)]
    ratio = statistics.median(mine / peer for mine, peer in pairs)
    mine, peer = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f".{suffix}, {len(events):,} events / peer: {ratio:.2f} ({mine:.2f} s / {peer:.2f} s)", flush=True)


def status(name: str) -> float:
    """Return a figure of this process in MB: VmRSS is what it holds, VmHWM the most it held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def memory(suffix: str) -> None:
    """Print how far a fresh process grows beyond a frame that it writes, as a share of the frame."""
    ours(located(10_000), Path(tempfile.mkdtemp()) / f"a.{suffix}")
    before = status("VmRSS")
    path = Path(tempfile.mkdtemp()) / "frame.parquet"
    subprocess.run([sys.executable, __file__, "frame", str(path)], check=True)
    events = gpd.read_parquet(path)
    held = status("VmRSS") - before
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
    base = status("VmRSS")
    ours(events, path.with_suffix(f".out.{suffix}"))
    print(f".{suffix}, peak growth / frame of {held:.0f} MB: {(status('VmHWM') - base) / held:.2f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["frame"]:
        located(ROWS).to_parquet(sys.argv[2])
    elif sys.argv[1:2] == ["memory"]:
        memory(sys.argv[2])
    else:
        print(f"{os.cpu_count()} cores")
        frame = located(ROWS)
        with tempfile.TemporaryDirectory() as made:
            for each in SUFFIXES:
                speed(each, frame, Path(made))
        del frame
        for each in SUFFIXES:
            subprocess.run([sys.executable, __file__, "memory", each], check=True)
