"""Draws the README's pictures: the Kazakhstan case as a map, and its report beside a map, as a browser shows them.

``python examples/kazakhstan.py`` writes ``kazakhstan.png`` and ``report.png`` beside itself; it needs playwright and
Chromium.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
from PIL import Image

import geoevents as ge

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "geoevents"))
from browser import opened  # noqa: E402 — shared with the tests


def main() -> None:
    """Draw the seed table and the seed report."""
    draw(ge.locate(ge.read(ROOT / "seeds" / "kazakhstan-2022.csv")), "kazakhstan")
    draw(ge.extract(ROOT / "seeds" / "kazakhstan-2022.md"), "report")


def draw(events: gpd.GeoDataFrame, name: str) -> None:
    """Draw events as a page and keep a picture of it."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "map.html"
        ge.write_map(events, page, title="Kazakhstan, January 2022")
        with opened(page) as seen:
            seen.page.wait_for_selector("html[data-map=started]", state="attached", timeout=120_000)
            seen.page.wait_for_timeout(8_000)
            image = Image.open(io.BytesIO(seen.page.screenshot(timeout=120_000))).convert("RGB")
    image.save(ROOT / "examples" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
