"""Events that are placed already, made of rows that name what matters, and texts that try to be more than text."""

from __future__ import annotations

import base64
import gzip
import re
from pathlib import Path

import geopandas as gpd
import orjson
import pandas as pd
import pytest
from shapely import MultiPolygon, Point, box

from geoevents.frame import schema
from geoevents.maps.kepler import configuration, land

HOSTILE = [
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    '"><svg onload=window.pwned=1>',
    "javascript:window.pwned=1",
    "https://example.org/<b>",
    "@@SCRIPT@@",
    '{"type": "Point", "coordinates": [0, 0]}',
    "POINT (0 0)",
    "\u202eright to left\u200f مرحبا",
    "👩\u200d👩\u200d👧 emoji",
    "2022-01-05",
    "190",
    "\u2028line\u2029paragraph\x00nul",
    "x" * 10_000,
    "word " * 2_000,
]

KAZAKHSTAN = MultiPolygon([box(46, 40, 87, 55)])
ALMATY = Point(76.95, 43.25)


def frame(rows: list[dict]) -> gpd.GeoDataFrame:
    """Return an events frame with the columns of the schema from rows that name what matters."""
    usual = dict.fromkeys(schema.COLUMNS) | {"match_status": "matched", "place_query": "q", "place_name": "n"}
    events = pd.DataFrame([{**usual, "geometry": None, "event_id": str(i), **row} for i, row in enumerate(rows)])
    shapes = gpd.GeoSeries(events.pop("geometry"), crs="EPSG:4326")
    return gpd.GeoDataFrame(schema.conform(events), geometry=shapes)


def city(**more: object) -> dict:
    place = {"place_id": "geonames:1526384", "place_kind": "city", "lon": 76.95, "lat": 43.25, "where_prec": 1}
    return {**place, "geometry": ALMATY, "start": "2022-01-05", "event_type": "Riots", **more}


def country(**more: object) -> dict:
    place = {"place_id": "iso:KZ", "place_kind": "country", "lon": 67.0, "lat": 48.0, "where_prec": 6}
    return {**place, "geometry": KAZAKHSTAN, "start": "2022-01-07", "event_type": "Battles", **more}


def nowhere(**more: object) -> dict:
    return {"match_status": "unresolved", "place_name": None, **more}


def content(path: Path, name: str) -> str:
    found = re.search(rf'<script type="[a-z/]+" id="{name}">(.*?)</script>', path.read_text(encoding="utf-8"))
    return found[1]


def unpacked(path: Path, name: str) -> bytes:
    return gzip.decompress(base64.b64decode(content(path, name)))


def put_land(ground: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put other land than the world's under the events of pages and widgets."""
    content = gzip.compress(orjson.dumps(land.land_of(ground)))
    for module in (configuration, land):
        monkeypatch.setattr(module, "packed_land", lambda: content)
