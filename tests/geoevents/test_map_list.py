"""The list beside the map: every event is in it, filters act on all parts alike, and it reads well on any screen."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browser import Opened, opened, serious
from placed import city, country, frame, nowhere, unpacked
from shapely import Point

import geoevents as ge
from geoevents.maps.event_list import event_list
from geoevents.maps.ground_labels import ground_labels
from geoevents.maps.scene import build

EVENTS = [
    city(event_type="Riots", start="2022-01-05", fatalities=103, evidence="Shots at the square.", actor1="Police",
         source="Agency; https://example.org/a"),
    city(event_type="Protests", start="2022-01-04", evidence="A crowd in the centre.", actor1="Protesters"),
    country(event_type="Protests", start="2022-01-02", end="2022-01-08", place_name="Kazakhstan", actor1="Protesters"),
    city(event_type="Riots", start=None, place_name="Aktau", lon=51.2, lat=43.65, geometry=Point(51.2, 43.65)),
    nowhere(event_type="Riots", start="2022-01-06", place_query="the old depot"),
]  # fmt: skip


def listed(events: gpd.GeoDataFrame) -> dict:
    return event_list(events, build(events))


# What the list holds


def test_every_event_is_in_the_list():
    """Events without a place or a date are rows as well; only they lack a position or a day."""
    found = listed(frame(EVENTS))
    assert found["count"] == 5
    assert found["columns"]["lon"] == [76.95, 76.95, 67.0, 51.2, None]
    assert found["columns"]["start"] == ["2022-01-05", "2022-01-04", "2022-01-02", None, "2022-01-06"]
    assert found["columns"]["place"][4] == "the old depot"


def test_own_columns_keep_their_names_and_empty_ones_are_left_out():
    """A column of the input stands under its own name, also where the schema took it; nothing stands twice."""
    events = frame(EVENTS).assign(Killed=[3, None, None, None, None], country_input="KZ", empty=None, blank=" ")
    own = listed(events)["own"]
    assert set(own) == {"Killed", "country"}
    assert own["Killed"] == [3, None, None, None, None]


def test_the_bookkeeping_of_reports_is_told_in_words_alone():
    """Of extracted events the card leaves out ids and places in the text; a table's own status and numbers stay."""
    more = {
        "status": "happened",
        "evidence_start": 0,
        "evidence_end": 9,
        "is_total": [False] * 4 + [True],
        "confidence": 0.5,
    }
    assert set(listed(frame(EVENTS).assign(**more))["own"]) == set(more)
    own = listed(frame(EVENTS).assign(report_id="r", event_class="protest", **more))["own"]
    assert own == {"is_total": [None, None, None, None, True], "confidence": [0.5] * 5}


def test_figures_keep_their_bounds():
    """Low and high figures stand beside the best one."""
    events = frame(EVENTS).assign(fatalities_low=[99, *[None] * 4], fatalities_high=[110, *[None] * 4])
    figures = listed(events)["figures"]
    assert [figures[name][0] for name in ("killed", "killed (low)", "killed (high)")] == [103, 99, 110]


def test_a_plain_frame_has_a_list():
    """A GeoDataFrame of any columns is listed; moments keep their minutes, infinities and lists break nothing."""
    shapes = [Point(0, 0), None]
    table = {
        "name": ["a", "b"], "at": pd.to_datetime(["2022-01-01T10:30", None]), "n": [float("inf"), 2.5],
        "tags": [["x"], None],
    }  # fmt: skip
    own = listed(gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326"))["own"]
    assert own["at"] == ["2022-01-01T10:30", None]
    assert own["n"] == [None, 2.5]
    assert json.dumps(own, allow_nan=False)


def test_areas_of_several_types_have_a_colour_of_their_own():
    """An area that events of two types share is drawn in neither's colour, and the legend says what it means."""
    events = frame([country(event_type="Riots"), country(event_type="Protests"), city(event_type="Riots")])
    scene = build(events)
    assert scene.rows["category"].tolist() == ["several types", "several types", "Riots"]
    assert dict(scene.colours)["several types"] not in (dict(scene.colours)["Riots"], dict(scene.colours)["Protests"])


def test_the_ground_has_names():
    """Countries and large towns stand in the table of names, each where it lies, in the order of their zoom."""
    labels = {label.name: label for label in ground_labels()}
    assert labels["Kazakhstan"].kind == "country"
    assert labels["Astana"].kind == "capital"
    assert abs(labels["Almaty"].lon - 76.9) < 0.2
    zooms = [label.zoom for label in ground_labels()]
    assert zooms == sorted(zooms)


def test_a_page_of_many_events_stays_small(tmp_path: Path):
    """A page of 16 events takes at most 6 MB; the list of 20,000 adds at most 60 bytes an event."""
    ge.write(frame(EVENTS * 3 + EVENTS[:1]), tmp_path / "a.html")
    assert (tmp_path / "a.html").stat().st_size <= 6_000_000
    many = frame([city(event_type=f"Type {i % 9}", start=f"2022-01-{1 + i % 28:02}") for i in range(2_000)])
    ge.write(many, tmp_path / "b.html")
    assert len(unpacked(tmp_path / "b.html", "events")) > 100_000
    assert (tmp_path / "b.html").stat().st_size - (tmp_path / "a.html").stat().st_size < 60 * 2_000


def test_a_page_of_100_000_events_is_small(tmp_path: Path):
    """Events of four types at 3,000 places, each with a sentence of its own, fit into 12 MB."""
    number = np.random.default_rng(1).integers(0, 3_000, 100_000)
    table = {
        "event_type": np.array(["Riots", "Protests", "Battles", "Explosions"])[number % 4],
        "start": pd.Timestamp("2020-01-01") + pd.to_timedelta(number % 900, unit="D"),
        "place_name": [f"Town {i}" for i in number],
        "fatalities": number % 20,
        "evidence": [f"Something happened on street number {i}." for i in range(len(number))],
    }
    places = gpd.points_from_xy(40 + number / 60, 30 + number % 250 / 10)
    ge.write_map(gpd.GeoDataFrame(table, geometry=places, crs="EPSG:4326"), tmp_path / "a.html")
    assert (tmp_path / "a.html").stat().st_size <= 12_000_000


# In a browser


def started(seen: Opened) -> None:
    seen.page.wait_for_selector("html[data-map=started]", state="attached")


def has_rows(seen: Opened, number: int) -> None:
    from playwright.sync_api import expect

    expect(seen.page.locator("#rows li")).to_have_count(number)


def rows_of(seen: Opened) -> list[str]:
    return [text.split("\n")[0] for text in seen.page.locator("#rows button").all_inner_texts()]


@pytest.mark.browser
def test_list_filters_and_card(tmp_path: Path):
    """The list is sorted by time, the undated last; types, facets and words narrow it; a card tells all of an event.

    Axe finds nothing serious in the light page with a card; the dark one is in test_page_trust.py.
    """
    ge.write(frame(EVENTS).assign(Killed=["103", None, None, None, None]), tmp_path / "a.html")
    with opened(tmp_path / "a.html") as seen:
        page = seen.page
        page.wait_for_selector("html[data-page=ready]", state="attached")
        assert rows_of(seen) == ["Kazakhstan", "n", "n", "the old depot", "Aktau"]
        assert "not on the map" in page.locator("#rows button").nth(3).inner_text()
        assert "No date known" in page.locator("#rows button").nth(4).inner_text()
        started(seen)
        page.click(".chip:has-text('Protests')")
        assert rows_of(seen) == ["Kazakhstan", "n"]
        page.click(".chip:has-text('Riots')")
        page.fill("#search", "SQUARE shots")
        has_rows(seen, 1)
        assert page.inner_text("#found") == "1 of 5 events"
        page.locator("#rows button").first.click()
        card = page.inner_text("#card")
        for part in ("Shots at the square.", "103 killed", "Police", "Killed", "Exact place"):
            assert part in card
        assert serious(seen) == []
        assert page.get_attribute("#card a", "href") == "https://example.org/a"
        assert page.get_attribute("#card a", "rel") == "noopener noreferrer"
        page.fill("#search", "nothing like this")
        has_rows(seen, 0)
        assert "No event fits these filters." in page.inner_text("#list")
        page.fill("#search", "")
        has_rows(seen, 5)
        page.select_option("#facets select >> nth=0", "Protesters")
        assert rows_of(seen) == ["Kazakhstan", "n"]
        labels = page.inner_text("#labels")
        assert "Kazakhstan" in labels
        page.screenshot(path=tmp_path / "list.png")
        assert (seen.errors, seen.remote) == ([], [])


@pytest.mark.browser
def test_phone_print_and_frame(tmp_path: Path):
    """On a phone the list is a sheet; in a frame it waits behind a button; paper has title, map, legend and credits."""
    ge.write_map(frame(EVENTS), tmp_path / "a.html", title="Kazakhstan")
    with opened(tmp_path / "a.html") as seen:
        page = seen.page
        page.set_viewport_size({"width": 390, "height": 844})
        started(seen)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert not page.locator("#rows button").first.is_visible()
        page.click("#grip")
        assert page.get_attribute("#grip", "aria-expanded") == "true"
        page.locator("#rows button").first.click()
        assert page.locator("#card").is_visible()
        assert page.get_attribute("#grip", "aria-expanded") == "false"
        assert page.inner_text("#grip") == "Kazakhstan"
        page.set_viewport_size({"width": 1280, "height": 800})
        page.wait_for_timeout(500)
        page.emulate_media(media="print")
        sheet = page.locator("#stage").bounding_box()
        assert sheet["height"] <= 535
        assert sheet["width"] <= 975
        for part in ("#about h1", "#map", "#credits"):
            assert page.locator(part).is_visible(), part
        for part in ("#list", "#tools", "#timeline"):
            assert not page.locator(part).is_visible(), part
        assert (seen.errors, seen.remote) == ([], [])
    ge.write_map(frame(EVENTS), tmp_path / "b.html", embed=True)
    with opened(tmp_path / "b.html") as seen:
        seen.page.wait_for_selector("html[data-page=ready]", state="attached")
        assert not seen.page.locator("#rows button").first.is_visible()
        seen.page.click("#grip")
        assert seen.page.locator("#rows button").first.is_visible()


REPORT = "Police fired at the square on Wednesday. A crowd 👩 gathered in the centre. Nothing else happened."


def told() -> gpd.GeoDataFrame:
    """Return two events of a report, as extract makes them; the second sentence has a letter of two code units."""
    first, second = REPORT.index(" A crowd"), REPORT.index(" Nothing")
    spans = {("assault", "ASSAULT:shoot"): (0, first), ("protest", "PROTEST"): (first + 1, second)}
    rows = [
        city(
            event_class=kind, event_type=code, evidence=REPORT[start:end], report_id="r", evidence_start=start,
            evidence_end=end,
        )
        for (kind, code), (start, end) in spans.items()
    ]  # fmt: skip
    events = frame(rows)
    events.attrs["reports"] = [{"id": "r", "title": "News", "text": REPORT}]
    return events


def test_reports_stand_beside_their_events():
    """The list knows the reports and where each event's sentence stands; classes are the types that colours tell."""
    found = listed(told())
    assert found["reports"] == [{"id": "r", "title": "News", "text": REPORT}]
    assert found["columns"]["report"] == [0, 0]
    assert found["columns"]["type"] == ["assault", "protest"]
    assert listed(frame(EVENTS))["reports"] == []


@pytest.mark.browser
def test_sentences_and_events_are_linked_both_ways(tmp_path: Path):
    """Each event's sentence is marked in the report; a click on it opens its card, and the list marks it in turn."""
    ge.write_map(told(), tmp_path / "a.html")
    with opened(tmp_path / "a.html") as seen:
        page = seen.page
        page.wait_for_selector("html[data-page=ready]", state="attached")
        assert page.locator("#report mark").all_inner_texts() == [
            "Police fired at the square on Wednesday.", "A crowd 👩 gathered in the centre.",
        ]  # fmt: skip
        page.locator("#report mark").nth(1).press("Enter")
        assert "Protest" in page.inner_text("#card")
        page.click("#views button:has-text('List')")
        page.locator("#rows button").first.click()
        page.click("#views button:has-text('Report')")
        assert page.locator("#report mark.chosen").inner_text().startswith("Police fired")
        page.click(".chip:has-text('protest')")
        assert page.locator("#report mark.off").count() == 1
