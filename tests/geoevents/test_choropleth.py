"""A frame that counts events by unit is drawn as a choropleth, on a page and in a picture, known by its columns."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browser import drawn, opened
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from placed import city, frame, put_land, unpacked
from shapely import Point, box

import geoevents as ge
from geoevents import cli
from geoevents.maps import choropleth
from geoevents.maps.choropleth import classes_of, is_panel, scene_of, totals
from geoevents.maps.kepler import kepler_config, map_of
from geoevents.maps.themes import THEMES


@pytest.fixture(autouse=True)
def land(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put one block of land under the units."""
    ground = gpd.GeoDataFrame(geometry=[box(30, 30, 110, 60)], crs="EPSG:4326")
    put_land(ground, monkeypatch)


def units(number: int = 4) -> gpd.GeoDataFrame:
    """Return squares of five degrees side by side, from 50 east on."""
    shapes = [box(50 + 5 * i, 44, 55 + 5 * i, 49) for i in range(number)]
    names = [f"Unit {i}" for i in range(number)]
    return gpd.GeoDataFrame({"id": names, "name": names, "code": range(number)}, geometry=shapes, crs="EPSG:4326")


def events() -> gpd.GeoDataFrame:
    """Return 16 events: 12 in the first unit on two days, 3 in the second on one, 1 in none."""
    places = [Point(52, 46)] * 12 + [Point(57, 46)] * 3 + [Point(10, 10)]
    days = pd.to_datetime(["2022-01-01"] * 4 + ["2022-01-02"] * 8 + ["2022-01-02"] * 3 + ["2022-01-01"])
    table = {"event_id": [str(i) for i in range(16)], "start": days, "end": days, "fatalities": [2.0] * 16}
    return gpd.GeoDataFrame(table, geometry=places, crs="EPSG:4326")


def test_the_columns_tell():
    """What aggregate returns is known, with periods and without; events, joined events and plain areas are not."""
    assert is_panel(ge.aggregate(events(), units()))
    assert is_panel(ge.aggregate(events(), units(), freq="D"))
    assert not is_panel(events())
    assert not is_panel(ge.join(events(), units()))
    assert not is_panel(units())


def test_units_are_classed_and_empty_ones_pale():
    """Filled units bear a class of the legend, empty ones are a part of their own, what is in no unit is told."""
    panel = ge.aggregate(events(), units())
    before = panel.copy()
    made = map_of(panel)
    data = {name: dataset["data"]["features"] for name, dataset in made.data.items() if name != "land"}
    told = {row["properties"]["unit_name"]: row["properties"] for row in data["undated-units"]}
    assert {name: row["events"] for name, row in told.items()} == {"Unit 0": 12, "Unit 1": 3}
    assert told["Unit 0"]["fatalities"] == 24
    assert "code" not in told["Unit 0"]
    assert {row["properties"]["unit_name"] for row in data["empty-units"]} == {"Unit 2", "Unit 3"}
    classes = {name for name, _, _ in made.facts["legend"]["types"]}
    assert {row["category"] for row in told.values()} <= classes
    assert made.facts["what"] == "15 events in 2 of 4 units · 1 event in no unit"
    assert "In no unit, and so not drawn: 1 event, fatalities 2." in made.facts["notes"]
    pd.testing.assert_frame_equal(panel, before)


def test_periods_are_on_the_slider():
    """The filter goes by the period, opens on the one with most events, and a tooltip names the period."""
    panel = ge.aggregate(events(), units(), freq="D")
    config = kepler_config(panel)["config"]["visState"]
    (time,) = [one for one in config["filters"] if one["type"] == "timeRange"]
    assert time["dataId"] == ["units"]
    assert pd.to_datetime(time["value"], unit="ms").strftime("%Y-%m-%d").tolist() == ["2022-01-02", "2022-01-02"]
    shown = [one["name"] for one in config["interactionConfig"]["tooltip"]["fieldsToShow"]["units"]]
    assert shown == ["unit_name", "period", "events", "fatalities"]
    rows = map_of(panel).data["units"]["data"]["features"]
    assert sorted((row["properties"]["start"][:10], row["properties"]["events"]) for row in rows) == [
        ("2022-01-01", 4), ("2022-01-02", 3), ("2022-01-02", 8),
    ]  # fmt: skip


def test_many_periods_are_added_up(monkeypatch: pytest.MonkeyPatch):
    """Where there are more shapes than a page holds, neighbouring periods are one, and no event is lost by it."""
    monkeypatch.setattr(choropleth, "_MOST", 2)
    made = scene_of(ge.aggregate(events(), units(), freq="D"))
    (part,) = [part for part in made.parts if part.kind == "unit"]
    assert part.frame["events"].tolist() == [12, 3]
    assert "2 periods are too many to draw one by one: 2 at a time are added up." in made.notes


def test_far_empty_units_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch):
    """Of very many empty units the far ones are not drawn, and the page says how many they are."""
    monkeypatch.setattr(choropleth, "_MOST_EMPTY", 2)
    made = scene_of(ge.aggregate(events(), units(10)))
    (part,) = [part for part in made.parts if part.kind == "empty"]
    drawn = len(part.frame)
    assert 0 < drawn < 8
    assert f"{8 - drawn} units without events far from this view are not drawn." in made.notes


def test_the_places_are_credited():
    """Where the places of the counted events come from is told on the map."""
    located = events()
    located.attrs["geoevents"] = {"attribution": "GeoNames", "counts": {"matched": 16}, "title": "Events"}
    counted = ge.aggregate(located, units())
    assert counted.attrs["geoevents"] == {"attribution": "GeoNames"}
    assert map_of(counted).facts["counts"] == {}


def test_totals_keep_the_sums():
    """With its periods added up a panel has a row a unit, with the same sums."""
    panel = ge.aggregate(events(), units(), freq="D")
    added = totals(panel)
    assert added["unit_id"].is_unique
    assert added[["events", "fatalities"]].sum().tolist() == panel[["events", "fatalities"]].sum().tolist()


def test_nothing_happened():
    """A panel of zeros is a map of its units, all pale."""
    none = scene_of(ge.aggregate(events().iloc[:0], units()))
    assert [(part.kind, len(part.frame)) for part in none.parts] == [("empty", 4)]


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=60))
def test_classes_part_the_values(values: list[float]):
    """Cuts rise, none lies outside the values, so that the lowest and the highest class are never empty."""
    cuts = classes_of(pd.Series(values))
    assert cuts == sorted(set(cuts))
    assert len(cuts) <= 4
    assert all(min(values) < cut <= max(values) for cut in cuts)


@pytest.mark.parametrize("freq", [None, "D"])
def test_picture(freq: str | None, tmp_path: Path):
    """The picture has the darkest class for the fullest unit, and the pale of the empty ones."""
    ge.write(ge.aggregate(events(), units(), freq=freq), tmp_path / "a.png")
    image = np.asarray(Image.open(tmp_path / "a.png").convert("RGB")).astype(int)
    darkest = (np.abs(image - (107, 21, 50)).max(axis=2) <= 6).mean()
    pale = (np.abs(image - THEMES["light"].pale).max(axis=2) <= 1).mean()
    assert darkest > 0.02
    assert pale > 0.04


def test_command_line(tmp_path: Path):
    """``geoevents aggregate … -o map.html`` writes the choropleth, also of units in a file."""
    ge.write(frame([city(lon=52.0, lat=46.0, geometry=Point(52, 46), end="2022-01-05")]), tmp_path / "events.geojson")
    ge.write(units(), tmp_path / "units.geojson")
    asked = ["aggregate", str(tmp_path / "events.geojson"), str(tmp_path / "units.geojson"), "--freq", "D"]
    assert cli.main([*asked, "-o", str(tmp_path / "map.html")]) == 0
    assert "units" in json.loads(unpacked(tmp_path / "map.html", "data"))
    assert cli.main([*asked, "-o", str(tmp_path / "panel.geojson")]) == 0
    assert is_panel(ge.read(tmp_path / "panel.geojson"))
    assert cli.main(["convert", str(tmp_path / "panel.geojson"), str(tmp_path / "b.html")]) == 0
    assert "units" in json.loads(unpacked(tmp_path / "b.html", "data"))


def darkest(image: np.ndarray) -> np.ndarray:
    return np.abs(image.astype(int) - (107, 21, 50)).max(axis=2) <= 25


@pytest.mark.browser
def test_the_page_is_drawn(tmp_path: Path):
    """The fullest unit is dark, a tooltip tells its name and figures, the legend its classes and the pale ones."""
    ge.write(ge.aggregate(events(), units(), freq="D"), tmp_path / "a.html")
    with opened(tmp_path / "a.html") as seen:
        seen.page.wait_for_selector("html[data-map=started]", state="attached")
        image = drawn(seen, (440, 200, 780, 400), lambda image: darkest(image).mean() > 0.01, "the darkest unit")
        y, x = (int(np.median(where)) for where in darkest(image).nonzero())
        seen.page.mouse.move(440 + x, 200 + y)
        seen.page.wait_for_selector(".map-popover")
        tooltip = seen.page.inner_text(".map-popover")
        for part in ("Unit 0", "2022-01-02", "8", "16"):
            assert part in tooltip
        legend = seen.page.inner_text("#legend")
        for part in ("Events in a unit, in one period", "or more", "Units without events"):
            assert part in legend
        assert "1 event in no unit" in seen.page.inner_text("#about")
        assert seen.page.inner_text("#rows li >> nth=0").split() == ["1", "Unit", "0", "8"]
        seen.page.mouse.click(440 + x, 200 + y)
        seen.page.wait_for_selector("#rows button[aria-current]")
        assert "Unit 0" in seen.page.inner_text("#rows button[aria-current]")
        seen.page.get_by_label("Period").press("ArrowLeft")
        assert "Jan 1, 2022" in seen.page.inner_text("#timeline")
        assert "Jan 1, 2022" in seen.page.inner_text("#found")
        seen.page.fill("#search", "unit 1")
        assert seen.page.locator("#rows li").count() == 1
        seen.page.click("#rows button")
        assert seen.page.locator("#marker").is_visible()
        assert (seen.errors, seen.remote) == ([], [])
