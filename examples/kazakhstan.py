"""Draws the README's picture: the Kazakhstan case as a map, as a browser shows it.

``python examples/kazakhstan.py`` writes ``examples/kazakhstan.png``; it needs playwright and Chromium.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

import geoevents as ge

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "geoevents"))
from browser import opened  # noqa: E402 — shared with the tests


def main() -> None:
    """Locate the seed, draw it, and keep the picture."""
    events = ge.locate(ge.read(ROOT / "seeds" / "kazakhstan-2022.csv"))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "map.html"
        ge.write_map(events, page, title="Kazakhstan, January 2022")
        with opened(page) as seen:
            seen.page.wait_for_selector("html[data-map=started]", state="attached", timeout=120_000)
            seen.page.wait_for_timeout(15_000)
            image = Image.open(io.BytesIO(seen.page.screenshot())).convert("RGB")
    image.save(ROOT / "examples" / "kazakhstan.png", optimize=True)


if __name__ == "__main__":
    main()
