"""The Kepler map is one page that opens without a network, draws the events, and runs nothing of their text."""

from __future__ import annotations

import base64
import gzip
import json
import re
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browser import Opened, opened, pixels
from shapely import MultiPolygon, Point, box

import geoevents as ge
from geoevents import schema
from geoevents.exporters import kepler
from geoevents.exporters.page import _bundle, _widget

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

# Free of panels in a window of 1280 × 800: left of the legend, above the time player.
FREE = (20, 230, 1000, 300)


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


@pytest.fixture(autouse=True)
def land(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a small land under the events: one block, an islet beside it, and an island that is a country."""
    shapes = [MultiPolygon([box(30, 30, 80, 60), box(20, 20, 20.01, 20.01)]), box(0, 0, 0.05, 0.05)]
    monkeypatch.setattr(kepler, "basemap", lambda: gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326"))


def content(path: Path, name: str) -> str:
    found = re.search(rf'<script type="[a-z/]+" id="{name}">(.*?)</script>', path.read_text(encoding="utf-8"))
    return found[1]


def unpacked(path: Path, name: str) -> bytes:
    return gzip.decompress(base64.b64decode(content(path, name)))


def layers(events: gpd.GeoDataFrame) -> dict[str, dict]:
    return {layer["id"]: layer for layer in kepler.kepler_config(events)["config"]["visState"]["layers"]}


# What is drawn


def test_points_areas_and_land():
    """Precise places are points, areas with a shape are areas, land is lowest; the unplaced are not drawn."""
    events = frame([city(), country(), nowhere()])
    assert list(layers(events)) == ["points", "areas-1", "land"]
    datasets = kepler.kepler_datasets(events)
    assert list(datasets) == ["land", "points", "areas-1"]
    assert [row[:2] for row in datasets["points"]["data"]["data"]] == [[76.95, 43.25]]
    assert len(datasets["areas-1"]["data"]["features"]) == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (city(where_prec=2, geometry=ALMATY.buffer(1)), "points"),
        (country(where_prec=3), "areas-1"),
        (country(where_prec=6, geometry=Point(67, 48)), "points"),
        (country(start=None), "undated-areas-1"),
        (city(start=None), "undated-points"),
    ],
)
def test_precision_and_shape_decide(row: dict, expected: str):
    """An area needs both a coarse precision and a polygon; what has no date stands apart."""
    assert set(layers(frame([row]))) == {expected, "land"}


def test_areas_that_events_share_stay_translucent():
    """However many events lie on one area, the stack hides between a quarter and two thirds of the land."""
    for count in (1, 2, 10, 64, 3000):
        events = frame([country()] * count)
        filled = len(kepler.kepler_datasets(events)[f"areas-{min(count, 64)}"]["data"]["features"])
        layer = layers(events)[f"areas-{filled}"]
        alpha = layer["config"]["visConfig"]["opacity"] ** (1 / 2.2)
        assert 0.25 <= 1 - (1 - alpha) ** filled <= 0.67, count
        assert alpha > 2 / 256, count


def test_deep_stacks_are_thinned_over_time(tmp_path: Path):
    """Of very many events on one area 64 are drawn, from first to last, points all; the page says what is not."""
    days = pd.date_range("2020-01-01", periods=640).strftime("%Y-%m-%d")
    events = frame([country(start=day) for day in days] + [city()] * 100)
    datasets = kepler.kepler_datasets(events)
    starts = [feature["properties"]["start"] for feature in datasets["areas-64"]["data"]["features"]]
    assert len(starts) == 64
    assert np.diff(pd.to_datetime(sorted(starts))).astype("timedelta64[D]").astype(int).tolist() == [10] * 63
    assert len(datasets["points"]["data"]["data"]) == 100
    ge.write(events, tmp_path / "a.html")
    assert "64 are drawn: 576 are not" in json.loads(content(tmp_path / "a.html", "facts"))["note"]


def test_a_lone_area_is_not_faded_by_a_stack_elsewhere():
    """Areas are classed by how many events share them."""
    events = frame([country()] * 40 + [country(place_id="iso:UZ", geometry=box(56, 37, 73, 45))])
    opacity = {name: layer["config"]["visConfig"]["opacity"] for name, layer in layers(events).items()}
    assert opacity["areas-1"] > 20 * opacity["areas-40"]


def test_land_drops_islets_but_no_country():
    """Parts too small to see are left out, unless nothing of the country would stay."""
    land = kepler.kepler_datasets(frame([nowhere()]))["land"]["data"]["features"]
    assert len(land) == 2


def test_categories():
    """Event types are coloured when there are any, else kinds of place; the commonest first, the rest as one."""
    assert [name for name, _ in kepler.legend(frame([city(), country(), country()]))] == ["Battles", "Riots"]
    kinds = frame([city(event_type=None), country(event_type=None), city(event_type=None)])
    assert [name for name, _ in kepler.legend(kinds)] == ["city", "country"]
    many = kepler.legend(frame([city(event_type=f"type {i:02}") for i in range(30)]))
    assert [name for name, _ in many] == [*(f"type {i:02}" for i in range(7)), "other"]
    assert len({colour for _, colour in many}) == 8


def test_codes_are_categories():
    """Event types that are digits get a word, for the map would take a column of digits for a measure."""
    assert [name for name, _ in kepler.legend(frame([city(event_type="190")]))] == ["event type 190"]


def test_size_needs_fatalities():
    """Points are sized by fatalities when some are known; unknown ones are drawn at the smallest size, not hidden."""
    assert "sizeField" not in layers(frame([city()]))["points"]["visualChannels"]
    events = frame([city(fatalities=None), city(fatalities=103)])
    size = layers(events)["points"]["visualChannels"]["sizeField"]["name"]
    table = kepler.kepler_datasets(events)["points"]["data"]
    assert [row[table["columns"].index(size)] for row in table["data"]] == [103, 0]
    assert [row[table["columns"].index("fatalities")] for row in table["data"]] == [103, None]


def test_time_filter():
    """The filter spans the dates, in whole; with one day or none there is nothing to filter."""
    events = frame([city(), country(), city(start=None)])
    (found,) = kepler.kepler_config(events)["config"]["visState"]["filters"]
    moments = [pd.Timestamp(day).timestamp() * 1000 for day in ("2022-01-05", "2022-01-07")]
    assert (found["type"], found["value"], found["dataId"]) == ("timeRange", moments, ["points", "areas-1"])
    assert not kepler.kepler_config(frame([city()] * 3))["config"]["visState"]["filters"]
    assert not kepler.kepler_config(frame([city(start=None)]))["config"]["visState"]["filters"]
    table = kepler.kepler_datasets(events)["points"]["data"]
    assert table["data"][0][table["columns"].index("start")] == "2022-01-05T00:00:00Z"


@pytest.mark.parametrize(
    ("shapes", "west", "east", "zoom"),
    [
        ([ALMATY], 76.5, 77.5, (7, 9)),
        ([KAZAKHSTAN], 46, 87, (2, 4)),
        # Far small islands, also beyond the antimeridian, do not take the view with them.
        ([MultiPolygon([box(50, 50, 140, 70), box(-180, 65, -178, 66)])], 50, 140, (1, 3)),
        ([Point(-179, 80), Point(179, -80)], -180, 180, (0.5, 1.5)),
    ],
)
def test_view_holds_the_events(shapes: list, west: float, east: float, zoom: tuple[float, float]):
    """The view is centred within the events, at a zoom that holds them."""
    view = kepler.kepler_config(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326"))["config"]["mapState"]
    assert zoom[0] <= view["zoom"] <= zoom[1]
    half = 640 / 512 * 360 / 2 ** view["zoom"]
    assert view["longitude"] - half < west
    assert view["longitude"] + half > east


def test_any_frame_in_any_crs():
    """A frame without the events' columns is drawn by its shapes, in lon/lat, and is not changed."""
    other = gpd.GeoDataFrame({"x": [1]}, geometry=[ALMATY], crs="EPSG:4326").to_crs("EPSG:3857")
    before = other.copy()
    table = kepler.kepler_datasets(other)["undated-points"]["data"]["data"]
    assert np.allclose(table[0][:2], [76.95, 43.25])
    pd.testing.assert_frame_equal(other, before)


def test_odd_columns():
    """Doubled index labels, dates with a zone, dates as text and figures that are none do not stop the map."""
    events = frame([city(), country(), nowhere(), city()]).set_axis([1, 1, 1, 1])
    zoned = events.assign(start=events["start"].dt.tz_localize("Asia/Almaty"))
    table = kepler.kepler_datasets(zoned)["points"]["data"]
    assert table["data"][0][table["columns"].index("start")] == "2022-01-04T18:00:00Z"
    texts = events.assign(start=["soon", "5 January", None, "?"], fatalities="many", where_prec="none")
    assert set(kepler.kepler_datasets(texts)) == {"land", "undated-points", "undated-areas-1"}
    assert not kepler.kepler_config(texts)["config"]["visState"]["filters"]


# The page


def test_size_and_bundle(tmp_path: Path):
    """The page carries keplergl's own bundle, unchanged, and is at most 5 MB for a small input."""
    ge.write(frame([city()]), tmp_path / "a.html")
    assert unpacked(tmp_path / "a.html", "widget") == _bundle("widget.js")
    assert (tmp_path / "a.html").stat().st_size < 5_000_000


def test_text_stays_text(tmp_path: Path):
    """No text of the data stands in the page as markup: the scripts are ours and the data says what it said."""
    events = frame([city(place_query=text, event_type=text, evidence=text) for text in HOSTILE])
    events.attrs["geoevents"] = {"title": HOSTILE[0], "unresolved": [[text, 1] for text in HOSTILE]}
    ge.write(events, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert page.count("<script") == page.count("</script>") == 5
    assert "<img" not in page
    assert "<svg" not in page
    assert json.loads(content(tmp_path / "a.html", "facts"))["title"] == HOSTILE[0]
    table = json.loads(unpacked(tmp_path / "a.html", "data"))["points"]["data"]
    told = [row[table["columns"].index("evidence")] for row in table["data"]]
    assert told[:3] == HOSTILE[:3]
    assert max(map(len, told)) <= 160


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (None, "Kepler map: expected the package keplergl (0.4.0 or later), but it is not installed."),
        ("bare", "as keplergl 0.4.0 has it, but there is no such file."),
    ],
)
def test_no_bundle(spec: str | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Without the bundle there is one sentence, and what stood at the path stays."""
    found = spec and type("Spec", (), {"origin": str(tmp_path / "keplergl" / "__init__.py")})
    monkeypatch.setattr("geoevents.exporters.page.find_spec", lambda name: found)
    _widget.cache_clear()
    (tmp_path / "a.html").write_text("before")
    with pytest.raises(ge.WriteError) as caught:
        ge.write(frame([city()]), tmp_path / "a.html")
    assert str(caught.value).endswith(message)
    assert (tmp_path / "a.html").read_text() == "before"


# In a browser


def colour_share(image: np.ndarray, colour: tuple[int, int, int], within: int = 3) -> float:
    return float((np.abs(image.astype(int) - colour).max(axis=2) <= within).mean())


def drawn(seen: Opened, colour: tuple[int, int, int], seconds: float = 60) -> np.ndarray:
    """Wait until a colour takes a hundredth of the free part of the map, and return its pixels."""
    seen.page.wait_for_selector("html[data-map=started]", state="attached", timeout=60_000)
    deadline = time.monotonic() + seconds
    while True:
        image = pixels(seen.page, FREE)
        if colour_share(image, colour) > 0.01:
            return image
        assert time.monotonic() < deadline, f"{colour} was not drawn in {seconds} s: {seen.errors}"
        seen.page.wait_for_timeout(500)


def check(seen: Opened) -> None:
    assert seen.remote == []
    assert seen.errors == []
    assert seen.page.evaluate("window.pwned") is None


@pytest.mark.browser
def test_map_is_drawn_offline(tmp_path: Path):
    """The page asks for nothing beyond itself, has no errors, and draws sea, land, an area and a point."""
    events = frame([city(fatalities=103), *[country()] * 8, nowhere()])
    events.attrs["geoevents"] = {
        "counts": {"matched": 9, "ambiguous": 0, "unresolved": 1}, "unresolved": [["nowhere", 1]],
        "attribution": "GeoNames (geonames.org), CC BY 4.0; Made with Natural Earth", "title": "Kazakhstan",
    }  # fmt: skip
    ge.write(events, tmp_path / "a.html")
    with opened(tmp_path / "a.html") as seen:
        drawn(seen, kepler.LAND)
        seen.page.wait_for_timeout(1500)
        image = pixels(seen.page, FREE)
        assert colour_share(image, kepler.SEA) > 0.01
        assert colour_share(image, (0, 114, 178), within=40) > 0.0005  # the second colour: the point
        assert len(np.unique(image.reshape(-1, 3), axis=0)) > 30
        assert seen.page.title() == "Kazakhstan"
        assert seen.page.get_attribute("html", "lang") == "en"
        panel = seen.page.inner_text("#about")
        for part in ("Kazakhstan", "9 matched", "1 unresolved", "“nowhere”", "GeoNames", "Natural Earth"):
            assert part in panel
        assert "known fatalities" in seen.page.inner_text("#map")
        entries = seen.page.evaluate("[...document.querySelectorAll('#map input')].map((entry) => entry.value)")
        assert {"Battles", "Riots"} <= set(entries)  # the legend is open; its labels can be edited
        seen.page.screenshot(path=tmp_path / "map.png")
        check(seen)


@pytest.mark.browser
def test_hostile_text_runs_nothing(tmp_path: Path):
    """Markup, scripts, links, half characters and 10,000-character cells run nothing, in panel, legend and tooltip."""
    rows = [
        city(**dict.fromkeys(("place_query", "place_name", "evidence", "source", "event_type"), t)) for t in HOSTILE
    ]
    rows += [country(**dict.fromkeys(("place_query", "place_name", "evidence", "event_type"), t)) for t in HOSTILE]
    events = frame(rows)
    events.attrs["geoevents"] = {
        "title": HOSTILE[0], "attribution": HOSTILE[1], "unresolved": [[text, 1] for text in HOSTILE[:5]],
        "counts": {HOSTILE[1]: 3},
    }  # fmt: skip
    ge.write(events, tmp_path / "a.html")
    with opened(tmp_path / "a.html") as seen:
        drawn(seen, kepler.LAND)
        for x, y in ((500, 420), (520, 440)):
            seen.page.mouse.move(x, y)
            seen.page.wait_for_timeout(700)
        assert HOSTILE[0] in seen.page.inner_text("#about")
        assert seen.page.locator(".map-popover").count() == 1
        seen.page.screenshot(path=tmp_path / "hostile.png")
        check(seen)


@pytest.mark.browser
@pytest.mark.parametrize("rows", [[], [nowhere(), nowhere()]], ids=["no rows", "none placed"])
def test_nothing_to_draw(rows: list[dict], tmp_path: Path):
    """With no event placed the page opens, shows the land and says so."""
    events = frame(rows) if rows else frame([nowhere()]).iloc[:0]
    ge.write(events, tmp_path / "a.html")
    with opened(tmp_path / "a.html") as seen:
        drawn(seen, kepler.LAND)
        assert "No event has a place" in seen.page.inner_text("#about")
        seen.page.screenshot(path=tmp_path / "empty.png")
        check(seen)
