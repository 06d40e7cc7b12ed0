"""The Kepler map is one page that opens without a network, draws the events, and runs nothing of their text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import keplergl
import numpy as np
import pytest
from browser import Opened, drawn, opened, pixels
from placed import HOSTILE, city, content, country, frame, nowhere, put_land, unpacked
from shapely import MultiPolygon, Point, box

import geoevents as ge
from geoevents.maps import scene
from geoevents.maps.html import document, widget
from geoevents.maps.html.inline import packed
from geoevents.maps.themes import THEMES

LAND, SEA = THEMES["light"].land, THEMES["light"].sea

# Free of controls in a window of 1280 × 800: right of the list and the buttons, left of a card, above the timeline.
FREE = (440, 200, 480, 420)
# The east of the map, where the land of these tests ends.
EAST = (1140, 430, 120, 200)
# All of the map but its buttons and the timeline.
MAP = (390, 200, 880, 420)


@pytest.fixture(autouse=True)
def land(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a small land under the events: one block, an islet beside it, and an island that is a country."""
    shapes = [MultiPolygon([box(30, 30, 80, 60), box(20, 20, 20.01, 20.01)]), box(0, 0, 0.05, 0.05)]
    put_land(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326"), monkeypatch)


# The page


def test_size_and_bundle(tmp_path: Path):
    """The page carries keplergl's own bundle, unchanged, and is at most 5 MB for a small input."""
    ge.write(frame([city()]), tmp_path / "a.html")
    bundle = Path(keplergl.__file__).parent / "static" / "widget.js"
    assert unpacked(tmp_path / "a.html", "widget") == bundle.read_bytes()
    assert (tmp_path / "a.html").stat().st_size < 5_000_000


def test_text_stays_text(tmp_path: Path):
    """No text of the data stands in the page as markup: the scripts are ours and the data says what it said."""
    events = frame([city(place_query=text, event_type=text, evidence=text) for text in HOSTILE])
    events.attrs["geoevents"] = {"title": HOSTILE[0], "unresolved": [[text, 1] for text in HOSTILE]}
    ge.write(events, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert page.count("<script") == page.count("</script>") == 7
    assert "<img" not in page
    assert "<svg" not in page
    assert json.loads(content(tmp_path / "a.html", "facts"))["title"] == HOSTILE[0]
    told = json.loads(unpacked(tmp_path / "a.html", "events"))["events"]["columns"]["evidence"]
    assert told[:3] == HOSTILE[:3]
    assert max(map(len, told)) <= 1_000


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
    monkeypatch.setattr("geoevents.maps.html.widget.find_spec", lambda name: found)
    monkeypatch.setattr(document, "packed_widget", widget.packed_widget.__wrapped__)  # a bundle that was read is kept
    (tmp_path / "a.html").write_text("before")
    with pytest.raises(ge.WriteError) as caught:
        ge.write(frame([city()]), tmp_path / "a.html")
    assert str(caught.value).endswith(message)
    assert (tmp_path / "a.html").read_text() == "before"


@pytest.mark.parametrize("damage", [str.lower, lambda text: text[:-9], lambda text: "", None])
def test_the_widget_is_packed_once(
    damage: Callable[[str], str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What was packed is kept for the next process; where it was damaged or cannot be kept, it is packed again."""
    times = []
    monkeypatch.setattr(widget, "bundle", lambda name: b"export default 1;")
    monkeypatch.setattr(widget, "packed", lambda content: times.append(content) or packed(content))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    pack = widget.packed_widget.__wrapped__
    first = pack()
    (kept,) = (tmp_path / "geoevents").iterdir()
    assert (pack(), len(times)) == (first, 1)
    if damage is None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(kept))
    else:
        kept.write_text(damage(first))
    assert (pack(), len(times)) == (first, 2)


# In a browser


def colour_share(image: np.ndarray, colour: tuple[int, int, int], within: int = 3) -> float:
    return float((np.abs(image.astype(int) - colour).max(axis=2) <= within).mean())


def in_colour(seen: Opened, colour: tuple[int, int, int]) -> np.ndarray:
    """Wait until a colour takes a hundredth of the free part of the map, and return its pixels."""
    seen.page.wait_for_selector("html[data-map=started]", state="attached")
    return drawn(seen, FREE, lambda image: colour_share(image, colour) > 0.01, str(colour))


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
        in_colour(seen, LAND)
        seen.page.wait_for_timeout(1500)
        image = pixels(seen.page, MAP)
        assert colour_share(pixels(seen.page, EAST), SEA) > 0.01
        assert colour_share(image, (0, 114, 178), within=40) > 0.0005  # the second colour: the point
        assert len(np.unique(image.reshape(-1, 3), axis=0)) > 30
        assert seen.page.title() == "Kazakhstan"
        assert seen.page.get_attribute("html", "lang") == "en"
        panel = seen.page.inner_text("#about")
        for part in ("Kazakhstan", "9 events placed", "1 without a place", "Jan 5 – 7, 2022"):
            assert part in panel
        seen.page.click("#notes summary")
        assert "“nowhere”" in seen.page.inner_text("#notes")
        for part in ("GeoNames", "Natural Earth"):
            assert part in seen.page.inner_text("#credits")
        seen.page.click("#legend summary")
        legend = seen.page.inner_text("#legend").split("\n")
        for part in ("Battles", "8", "Riots", "1", "Precise places", "Areas: somewhere inside"):
            assert part in legend
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
        in_colour(seen, LAND)
        for row in range(4):
            seen.page.locator("#rows button").nth(row).click()
            assert seen.page.locator("#card").is_visible()
        assert HOSTILE[0] in seen.page.inner_text("#about")
        assert seen.page.locator("#side script, #card script, #card img, #labels svg").count() == 0
        seen.page.screenshot(path=tmp_path / "hostile.png")
        check(seen)


@pytest.mark.browser
@pytest.mark.parametrize("rows", [[], [nowhere(), nowhere()]], ids=["no rows", "none placed"])
def test_nothing_to_draw(rows: list[dict], tmp_path: Path):
    """With no event placed the page opens, shows the land and says so."""
    events = frame(rows) if rows else frame([nowhere()]).iloc[:0]
    ge.write(events, tmp_path / "a.html")
    with opened(tmp_path / "a.html") as seen:
        in_colour(seen, LAND)
        assert "No event has a place" in seen.page.inner_text("#about")
        seen.page.screenshot(path=tmp_path / "empty.png")
        check(seen)


# Places five degrees apart along the middle of the first view, an event a day.
ROW = [
    city(lon=50.0 + 5 * i, lat=48.0, geometry=Point(50.0 + 5 * i, 48.0), start=f"2022-01-0{i + 1}", event_type="Riots",
         evidence=f"Seen on day {i + 1}.")
    for i in range(5)
]  # fmt: skip
RIOTS = (213, 94, 0)


def points_seen(seen: Opened) -> int:
    """Return how many separate marks of the first colour are on the map, counted along the columns of pixels."""
    hit = (np.abs(pixels(seen.page, MAP).astype(int) - RIOTS).max(axis=2) <= 60).any(axis=0)
    return int((np.diff(hit.astype(int)) == 1).sum())


@pytest.mark.browser
def test_time_filters_and_a_tooltip_tells(tmp_path: Path):
    """It opens with all; a click on one shows its evidence; moving the slider's end takes the later ones away."""
    ge.write(frame(ROW), tmp_path / "a.html")
    with opened(tmp_path / "a.html") as seen:
        in_colour(seen, LAND)
        seen.page.wait_for_timeout(2000)
        assert points_seen(seen) == 5
        hit = (np.abs(pixels(seen.page, MAP).astype(int) - RIOTS).max(axis=2) <= 30).nonzero()
        spot = MAP[0] + int(hit[1].min()) + 4, MAP[1] + int(np.median(hit[0]))
        seen.page.mouse.move(*spot)
        seen.page.wait_for_timeout(1000)
        seen.page.mouse.click(*spot)
        seen.page.wait_for_selector("#card:not([hidden])")
        assert "Seen on day 1." in seen.page.inner_text("#card")
        assert seen.page.locator("#rows [aria-current]").count() == 1
        seen.page.click("#card .close")
        seen.page.locator("#timeline input").nth(1).fill("1")
        seen.page.wait_for_timeout(1500)
        assert points_seen(seen) == 2
        assert seen.page.locator("#rows li").count() == 2
        assert "2 of 5 events" in seen.page.inner_text("#found")
        check(seen)


@pytest.mark.browser
def test_all_can_be_shown_and_the_configuration_saved(tmp_path: Path):
    """A far event is counted, one key press shows it; the configuration comes back as a file that is taken again."""
    far = city(lon=-77.0, lat=38.9, geometry=Point(-77.0, 38.9), start="2022-01-03", event_type="Riots")
    events = frame([*ROW, *ROW, far])
    ge.write_map(events, tmp_path / "a.html", title="Dark", theme="dark")
    with opened(tmp_path / "a.html") as seen:
        in_colour(seen, THEMES["dark"].land)
        seen.page.get_by_label("Show all: 1 lie further out").focus()
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_timeout(1500)
        seen.page.click("#notes summary")
        with seen.page.expect_download() as saved:
            seen.page.click("text=Save this map's configuration")
        saved.value.save_as(tmp_path / "saved.json")
        seen.page.screenshot(path=tmp_path / "dark.png")
        check(seen)
    config = json.loads((tmp_path / "saved.json").read_text(encoding="utf-8"))
    first = json.loads(content(tmp_path / "a.html", "config"))["config"]["mapState"]
    assert config["config"]["mapState"]["zoom"] < first["zoom"] - 0.5
    ge.write_map(events, tmp_path / "b.html", config=config)
    with opened(tmp_path / "b.html") as seen:
        in_colour(seen, THEMES["dark"].sea)  # the edited configuration's ground
        check(seen)


@pytest.mark.browser
def test_every_layer_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Rough places, circles, deployments, trips, densities and areas load without an error."""
    monkeypatch.setattr(scene, "CROWD", 10)
    ways = city(event_type="Troop deployment", actor1="Military Forces of Russia", country="KAZ", radius_km=300.0)
    events = frame([*ROW, *ROW, ways, country(end="2022-01-09"), *[country()] * 7])
    events["track_id"] = ["a", "a", "a", "a", "a", *[None] * 14]
    ge.write_map(events, tmp_path / "a.html", circles=True)
    parts = set(json.loads(unpacked(tmp_path / "a.html", "data")))
    assert parts >= {"arcs", "trips", "circles", "rough-points"}
    with opened(tmp_path / "a.html") as seen:
        in_colour(seen, LAND)
        seen.page.wait_for_timeout(2000)
        seen.page.screenshot(path=tmp_path / "layers.png")
        check(seen)


def test_only_a_ground_of_cartos_may_be_asked_for(tmp_path: Path):
    """The policy of a page allows no address at all, unless a ground is asked for by name, and then CARTO's only."""
    policies = []
    for basemap in ("none", "positron"):
        ge.write_map(frame([city()]), tmp_path / "a.html", basemap=basemap)
        policies.append(re.search(r'Policy" content="([^"]+)"', (tmp_path / "a.html").read_text("utf-8"))[1])
    addresses = [set(re.findall(r"https?://[^ ;]+", policy)) for policy in policies]
    assert addresses == [set(), {"https://*.cartocdn.com"}]
    assert all("default-src 'none'" in policy for policy in policies)
