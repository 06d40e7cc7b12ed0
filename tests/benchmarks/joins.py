"""Joins against their yardsticks, in one run: ``python tests/benchmarks/joins.py``; prints ratios.

Every engine joins the same points with the same polygons from scratch, index and result frame included; every point
must get the same unit from each, or lie on a border (within 1e-9 degrees), where engines may differ. SedonaDB is
measured where it is installed (``pip install 'geoevents[bench]'``).
"""

from __future__ import annotations

import gc
import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import geoevents as ge


def units() -> gpd.GeoDataFrame:
    """Return first-level units, and in countries whose second level is drawn those instead: no two overlap."""
    first, second = ge.areas("admin1"), ge.areas("admin2")
    second = second[second.geom_type != "Point"]
    first = first[first["valid_to"].isna() & ~first["country"].isin(second["country"].unique())]
    return pd.concat([first, second], ignore_index=True)[["id", "geometry"]]


def points(n: int, seed: int, distinct: int | None = None) -> gpd.GeoDataFrame:
    """Return points spread as people are: around the world's towns, some 30 km off; or n of fewer distinct ones."""
    rng = np.random.default_rng(seed)
    towns = ge.areas("cities")
    m = distinct or n
    at = rng.integers(0, len(towns), m)
    lon = np.clip(towns["lon"].to_numpy()[at] + rng.normal(0, 0.3, m), -180, 180)
    lat = np.clip(towns["lat"].to_numpy()[at] + rng.normal(0, 0.3, m), -90, 90)
    if distinct:
        which = rng.integers(0, distinct, n)
        lon, lat = lon[which], lat[which]
    return gpd.GeoDataFrame({"n": np.arange(n)}, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")


def with_columns(events: gpd.GeoDataFrame, seed: int) -> gpd.GeoDataFrame:
    """Return events with the columns that such frames have: an id, a day, a type, a figure and a note."""
    rng, n = np.random.default_rng(seed), len(events)
    own = {
        "event_id": pd.Series(np.arange(n)).astype("str"),
        "start": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 1_000, n), "D"),
        "event_type": pd.Series(
            np.array(["protest", "clash", "explosion", "arrest"])[rng.integers(0, 4, n)], dtype="str"
        ),
        "fatalities": rng.integers(0, 9, n),
        "note": "note " + pd.Series(rng.integers(0, 5_000, n)).astype("str"),
    }
    return pd.concat([pd.DataFrame(own), events], axis=1).set_geometry(events.geometry.name)


def with_geoevents(events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    return ge.join(events, areas)["unit_id"]


def with_geopandas(events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    return gpd.sjoin(events, areas, predicate="within", how="left")["id"]


def with_sedona(events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    import sedonadb

    context = sedonadb.connect()
    context.create_data_frame(events).to_view("events", overwrite=True)
    context.create_data_frame(areas).to_view("areas", overwrite=True)
    query = "SELECT e.*, a.id FROM events e JOIN areas a ON ST_Within(e.geometry, a.geometry)"
    return context.sql(query).to_pandas().set_index("n")["id"]


def fresh(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a frame whose geometries carry no index from an earlier run."""
    return frame.set_geometry(gpd.GeoSeries(shapely.from_wkb(shapely.to_wkb(frame.geometry.array)), crs=frame.crs))


def compare(events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, runs: int) -> dict[str, float]:
    """Return the median seconds of each engine, after all agreed."""
    engines: dict[str, Callable[[gpd.GeoDataFrame, gpd.GeoDataFrame], pd.Series]] = {
        "geoevents": with_geoevents,
        "geopandas": with_geopandas,
    }
    if importlib.util.find_spec("sedonadb"):
        engines["SedonaDB"] = with_sedona
    times: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(runs):
        answers = {}
        for name, engine in engines.items():
            layer = fresh(areas)
            gc.collect()
            start = time.perf_counter()
            answers[name] = engine(events, layer)
            times[name].append(time.perf_counter() - start)
    for name in list(engines)[1:]:
        agree(events, areas, answers["geoevents"], answers[name], name)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def agree(events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, ours: pd.Series, theirs: pd.Series, name: str) -> None:
    """Stop where two engines differ on a point that is not on a border."""
    # A point on a border may be in two units or none; the first of them is compared.
    other = theirs[~theirs.index.duplicated()].reindex(events.index).astype(object)
    differ = events.index[(ours.astype(object).fillna("") != other.fillna("")).to_numpy()]
    borders = shapely.STRtree(shapely.boundary(areas.geometry.array))
    on_border, _ = borders.query(events.geometry.loc[differ].array, predicate="dwithin", distance=1e-9)
    inside_two = theirs.index[theirs.index.duplicated()]
    if set(differ) - set(differ[np.unique(on_border)]) - set(inside_two):
        raise SystemExit(f"{name} has other pairs: {len(differ)} differ.")


def compare_frames(what: str, events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, runs: int = 3) -> None:
    """Print processor time as ratios: areas not seen before, the same frame again, against geopandas' left join."""
    ratios = []
    for _ in range(runs):
        ours, theirs = fresh(areas), fresh(areas)
        spent = []
        for work in (
            lambda ours=ours: ge.join(events, ours),
            lambda ours=ours: ge.join(events, ours),
            lambda theirs=theirs: gpd.sjoin(events, theirs, predicate="within", how="left"),
        ):
            gc.collect()
            start = time.process_time()
            work()
            spent.append(time.process_time() - start)
        ratios.append((spent[0] / spent[2], spent[1] / spent[2]))
    first, again = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(
        f"{what} / geopandas sjoin, processor time: {first:.2f}, the same frame of areas again {again:.2f}", flush=True
    )


def report(what: str, events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, runs: int) -> float:
    seconds = compare(events, areas, runs)
    ratios = [f"{seconds['geoevents'] / seconds[name]:.2f} × {name}" for name in list(seconds)[1:]]
    spent = ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())
    print(f"{what}: {'; '.join(ratios)} ({spent})", flush=True)
    return seconds["geoevents"]


def memory(n: int) -> float:
    """Return by how many MB the peak of a new process rises while it joins n points."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import joins, geoevents as ge\n"
        "peak = lambda: int(next(l for l in open('/proc/self/status') if l.startswith('VmHWM')).split()[1])\n"
        f"events, areas = joins.points({n}, 0), joins.units()\n"
        "ge.join(events.head(1000), areas.head(10)); before = peak(); joins.with_geoevents(events, areas)\n"
        "print(peak() - before)"
    )
    printed = subprocess.check_output([sys.executable, "-c", code, os.path.dirname(os.path.abspath(__file__))])
    return int(printed) / 1024


if __name__ == "__main__":
    admin, countries = units(), ge.areas("country")[["id", "geometry"]]
    corners = shapely.get_num_coordinates(admin.geometry.array).sum()
    print(f"{os.cpu_count()} cores; {len(admin):,} units, {corners:,} vertices")
    sizes = (100_000, 1_000_000, 5_000_000)
    spent = [report(f"{n:,} distinct points × units", points(n, n), admin, 5 if n < 1e6 else 3) for n in sizes]
    growth = [spent[i + 1] / spent[i] / (sizes[i + 1] / sizes[i]) for i in (0, 1)]
    print(f"growth of time over growth of points: {growth[0]:.2f}, {growth[1]:.2f}")
    report("5,000,000 points on 50,000 places × units", points(5_000_000, 1, 50_000), admin, 3)
    report("1,000,000 distinct points × countries", points(1_000_000, 2), countries, 3)
    layer = ge.areas("admin1")
    layer = layer[(layer.geom_type != "Point") & layer["valid_to"].isna()].reset_index(drop=True)
    compare_frames("1,000,000 distinct points × units, all columns", with_columns(points(1_000_000, 3), 3), layer)
    compare_frames("2,000,000 events on 20,000 places", points(2_000_000, 4, 20_000), layer[["id", "geometry"]])
    compare_frames("100,000 distinct points", points(100_000, 5), layer[["id", "geometry"]], 5)
    print(f"peak memory at 1,000,000: +{memory(1_000_000):.0f} MB")
