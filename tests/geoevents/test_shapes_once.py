"""GeoJSON whose areas stand once: events as points, their areas beside, and the same frame when it is read."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely import LineString, Point, box

import geoevents as ge
from geoevents import cli
from geoevents.exporters import geojson


@pytest.fixture
def events() -> gpd.GeoDataFrame:
    """Two places of one id and two shapes, a line without an id, a point, and an event without a place."""
    shapes = [box(0, 0, 2, 2), box(0, 0, 2, 2), box(0, 0, 1, 1), LineString([(5, 5), (6, 6)]), Point(3, 3), None]
    rows = {"place_id": ["a", "a", "a", None, "p", None], "n": [1, 2, 3, 4, 5, 6]}
    rows |= {"lon": [0.5, 1.5, 0.2, 5.5, 3.0, None], "lat": [0.5, 1.5, 0.2, 5.5, 3.0, None]}
    return gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")


def features(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def test_an_area_stands_once_and_events_are_points(events: gpd.GeoDataFrame, tmp_path: Path):
    """Events lie at their lon and lat and name their area; a second shape of one place has a key of its own."""
    ge.write(events, tmp_path / "x.geojson", shapes="once")
    found = features(tmp_path / "x.geojson")
    assert [feature["properties"]["area_id"] for feature in found] == ["a", "a", "a#2", "area", None, None]
    assert found[1]["geometry"] == {"type": "Point", "coordinates": [1.5, 1.5]}
    assert found[4]["geometry"]["coordinates"] == [3.0, 3.0]
    assert found[5]["geometry"] is None
    areas = features(tmp_path / "x_areas.geojson")
    assert [(area["properties"]["area_id"], area["properties"]["events"]) for area in areas] == [
        ("a", 2),
        ("a#2", 1),
        ("area", 1),
    ]


def test_the_frame_comes_back(events: gpd.GeoDataFrame, tmp_path: Path):
    """Reading puts the shapes back; without the file of areas the events are points."""
    ge.write(events, tmp_path / "x.geojson", shapes="once")
    ge.write(events, tmp_path / "y.geojson", shapes="each")
    assert_geodataframe_equal(ge.read(tmp_path / "x.geojson"), ge.read(tmp_path / "y.geojson"))
    (tmp_path / "x_areas.geojson").unlink()
    assert set(ge.read(tmp_path / "x.geojson").geom_type.dropna()) == {"Point"}


def test_shapes_that_would_repeat_too_much_stand_once(
    events: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """By default the size decides, and an own file of the areas' name is left alone where they are not written."""
    own = tmp_path / "x_areas.geojson"
    own.write_text("mine", encoding="utf-8")
    ge.write(events, tmp_path / "x.geojson")
    assert own.read_text(encoding="utf-8") == "mine"
    monkeypatch.setattr(geojson, "_MOST_REPEATED", 0)
    ge.write(events, tmp_path / "x.geojson")
    assert len(features(own)) == 3


def test_other_formats_have_their_own_way(events: gpd.GeoDataFrame, tmp_path: Path):
    """Asking another format for shapes once, or for something else, is misuse."""
    with pytest.raises(ge.ArgumentError, match="expected shapes of auto for KML, got 'once'"):
        ge.write(events, tmp_path / "x.kml", shapes="once")
    with pytest.raises(ge.ArgumentError, match="expected one of auto, each, once, none, got 'twice'"):
        ge.write(events, tmp_path / "x.geojson", shapes="twice")


def test_many_events_of_one_country_are_a_small_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """`geoevents locate --shapes once` says where the areas are."""
    pd.DataFrame({"place": ["Canada"] * 50}).to_csv(tmp_path / "t.csv", index=False)
    assert cli.main(["locate", str(tmp_path / "t.csv"), "-o", str(tmp_path / "x.geojson"), "--shapes", "once"]) == 0
    assert "x.geojson: areas stand once, in x_areas.geojson (1); the events are points." in capsys.readouterr().err
    assert (tmp_path / "x.geojson").stat().st_size < 50_000
    assert ge.read(tmp_path / "x.geojson").geom_type.unique().tolist() == ["MultiPolygon"]
