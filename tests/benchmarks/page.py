"""How quick the page of a map is: first paint, the list before the map has loaded, and scrolling.

    python tests/benchmarks/page.py [EVENTS ...]

For each number of events (16, 10,000 and 100,000 by default) a page is written and opened in headless Chromium without
a network. Printed are its size; the time to the first paint, to the usable list and to the map, in milliseconds from
the start of the navigation; and while the list is scrolled from end to end for three seconds, first as soon as it is
there and then beside the finished map: frames a second, the longest frame, how many tasks took longer than 50 ms, and
what the page's own work for a scroll takes (median and 95th percentile). Without a graphics card the map is drawn by
the processor, so the frames beside the map are a lower bound.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

import geoevents as ge

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "geoevents"))
from browser import opened  # noqa: E402 — shared with the tests

SCROLL = """async () => {
  const box = document.getElementById("list"), tasks = [], frames = [], works = [];
  const seen = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  seen.observe({ entryTypes: ["longtask"] });
  const rows = document.getElementById("rows"), far = box.scrollHeight - box.clientHeight, begin = performance.now();
  let before = begin, back = 0;
  while (performance.now() - begin < 3000) {
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
    const part = (now - begin) / 3000;
    box.scrollTop = far * Math.min(Math.max(part, 0), 1);
    const start = performance.now();
    box.dispatchEvent(new Event("scroll"));
    void rows.offsetHeight;
    works.push(performance.now() - start);
  }
  seen.disconnect();
  works.sort((a, b) => a - b);
  return {
    fps: (1000 * frames.length) / (before - begin), longest: Math.max(...frames.slice(1)), tasks: tasks.length,
    work: works[Math.floor(works.length / 2)], work95: works[Math.floor(works.length * 0.95)],
    drawn: rows.children.length,
  };
}"""
# Noted by the page itself, so that the driver's own delays do not count.
NOTE = """() => {
  window.marks = {};
  new MutationObserver(() => {
    for (const name of ["page", "map"])
      if (document.documentElement.dataset[name] && !(name in window.marks)) window.marks[name] = performance.now();
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-page", "data-map"] });
}"""


def events(number: int) -> gpd.GeoDataFrame:
    """Return events of four types over 900 days at 3,000 places, with a sentence each."""
    rng = np.random.default_rng(1)
    place = rng.integers(0, 3000, number)
    lon, lat = rng.uniform(40, 90, 3000)[place], rng.uniform(30, 55, 3000)[place]
    table = {
        "event_id": [str(i) for i in range(number)],
        "event_type": np.array(["Riots", "Protests", "Battles", "Explosions"])[rng.integers(0, 4, number)],
        "start": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, number), unit="D"),
        "place_name": [f"Town {i}" for i in place],
        "where_prec": 1,
        "radius_km": 5.0,
        "fatalities": rng.integers(0, 20, number),
        "evidence": [f"Something happened on street number {i}" for i in range(number)],
    }
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")


def main(numbers: list[int]) -> None:
    """Print a block for each number of events."""
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "map.html"
            ge.write_map(events(number), path)
            print(f"{number:,} events: {path.stat().st_size / 1e6:.2f} MB")
            blank = Path(folder) / "blank.html"
            blank.write_text("<!doctype html><title>blank</title>", encoding="utf-8")
            with opened(blank) as seen:
                seen.page.add_init_script(f"({NOTE})()")
                seen.page.goto(path.as_uri(), wait_until="commit")
                seen.page.wait_for_selector("html[data-page=ready]", state="attached", timeout=120_000)
                early = seen.page.evaluate(SCROLL) if number > 100 else None
                seen.page.wait_for_selector("html[data-map=started]", state="attached", timeout=300_000)
                paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
                marks = seen.page.evaluate("window.marks") | {"paint": seen.page.evaluate(paint)}
                print(f"  first paint {marks['paint']:.0f}, list {marks['page']:.0f}, map {marks['map']:.0f} ms")
                seen.page.wait_for_timeout(3000)
                late = seen.page.evaluate(SCROLL) if number > 100 else None
            for name, told in (("while the map loads", early), ("beside the map", late)):
                if told is not None:
                    print(
                        f"  scrolling {name}: {told['fps']:.0f} frames/s, longest {told['longest']:.0f} ms,"
                        f" {told['tasks']} long tasks; own work {told['work']:.1f} ms, 95 %: {told['work95']:.1f} ms;"
                        f" {told['drawn']} rows in the document"
                    )


if __name__ == "__main__":
    main([int(text.replace(",", "")) for text in sys.argv[1:]] or [16, 10_000, 100_000])
