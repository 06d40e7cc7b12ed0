"""Maps of many events: size, time to write beside keplergl's own export, and time until the map is drawn.

``python tests/benchmarks/maps.py [100000 1000000]`` prints the figures. The events are made up: towns of the
gazetteer drawn by the root of their population, with sentences as evidence, over 700 days.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

import geoevents as ge
from geoevents.frame import schema
from geoevents.maps.themes import THEMES

sys.path.insert(0, str(Path(__file__).parent.parent / "geoevents"))
from browser import opened, pixels

# The darkest of a density's colours, as it lies on the land.
DENSE = (143, 88, 104)
FREE = (20, 230, 900, 300)
TYPES = {"Protests": 0.45, "Battles": 0.2, "Violence against civilians": 0.15, "Riots": 0.1, "Explosions": 0.1}


def events_of(number: int) -> gpd.GeoDataFrame:
    """Return made-up events in real towns."""
    rng = np.random.default_rng(1)
    towns = ge.areas("cities")
    weight = np.sqrt(towns["population"].fillna(500).to_numpy(dtype="float64"))
    found = towns.iloc[rng.choice(len(towns), number, p=weight / weight.sum())].reset_index(drop=True)
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 700, number), "D")
    met, group = rng.integers(2, 900, number), rng.integers(1, 100_000, number)
    frame = pd.DataFrame(
        {
            "event_id": [f"e{i}" for i in range(number)], "place_query": found["name"], "place_id": found["id"],
            "place_name": found["name"], "place_kind": "city", "country": found["country"], "admin1": None,
            "lon": found.geometry.x, "lat": found.geometry.y, "radius_km": 5.0, "where_prec": 1,
            "match_status": "matched", "match_score": 0.9, "match_method": "exact", "start": start,
            "end": start + pd.to_timedelta(np.where(rng.random(number) < 0.1, rng.integers(1, 20, number), 0), "D"),
            "date_prec": 1, "event_type": rng.choice(list(TYPES), number, p=list(TYPES.values())),
            "actor1": rng.choice(["Protesters", "Police Forces", "Unidentified Armed Group"], number),
            "fatalities": rng.poisson(0.8, number), "source": "Wire service",
            "evidence": [
                f"Group {g} met {m} people at the market of {name}."
                for g, m, name in zip(group, met, found["name"], strict=True)
            ],
        }
    )  # fmt: skip
    return gpd.GeoDataFrame(schema.conform(frame), geometry=found.geometry.to_numpy(), crs="EPSG:4326")


def descendants(process: int) -> list[int]:
    """Return the processes that one has started, and those that they have."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    own = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [*own, *(further for child in own for further in descendants(child))]


def worked() -> float:
    """Return the seconds of processor time that this process's children have had: what a load does not stretch."""
    ticks = 0
    for process in descendants(os.getpid()):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def drawn_in(path: Path, colour: tuple[int, int, int] = DENSE) -> tuple[float, float]:
    """Open a page in headless Chromium; return the seconds until a colour is on its map, and those of processors."""
    begun = time.perf_counter()
    with opened(path) as seen:
        seen.page.set_default_timeout(120_000)
        seen.page.wait_for_selector("html[data-map=started]", state="attached")
        while time.perf_counter() - begun < 120:
            image = pixels(seen.page, FREE).astype(int)
            if (np.abs(image - colour).max(axis=2) <= 40).mean() > 0.005:
                assert not seen.remote
                assert not seen.errors
                return time.perf_counter() - begun, worked()
            seen.page.wait_for_timeout(250)
    raise RuntimeError(f"{path}: nothing was drawn in 120 s.")


def peer(events: gpd.GeoDataFrame, path: Path) -> float:
    """Return the seconds that keplergl's own export takes for the same events."""
    from keplergl import KeplerGl

    begun = time.perf_counter()
    plain = events.assign(**{name: events[name].astype(str) for name in ("start", "end")})
    with contextlib.redirect_stdout(io.StringIO()):
        KeplerGl(data={"events": plain}).save_to_html(file_name=str(path))
    return time.perf_counter() - begun


def main(numbers: list[int]) -> None:
    """Print a line a number of events."""
    with tempfile.TemporaryDirectory() as folder:
        ge.write(events_of(10), Path(folder) / "few.html")
        few, work = drawn_in(Path(folder) / "few.html", THEMES["light"].land)
    print(f"load {os.getloadavg()[0]:.1f}; 10 events: drawn in {few:.1f} s ({work:.1f} s of processors)", flush=True)
    for number in numbers:
        events = events_of(number)
        with tempfile.TemporaryDirectory() as folder:
            page, theirs = Path(folder) / "ours.html", Path(folder) / "theirs.html"
            begun = time.perf_counter()
            ge.write(events, page)
            wrote = time.perf_counter() - begun
            line = f"{number:,} events: {page.stat().st_size / 1e6:.1f} MB, written in {wrote:.1f} s"
            if number <= 200_000:
                slow = peer(events, theirs)
                line += f" ({wrote / slow:.2f} x keplergl's save_to_html, {theirs.stat().st_size / 1e6:.1f} MB)"
            drawn, work = drawn_in(page)
            of_few = f"{drawn / few:.1f} x a page of 10"
            print(f"{line}, drawn in {drawn:.1f} s ({work:.1f} s of processors, {of_few})", flush=True)


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [100_000, 1_000_000])
