"""GeoJSON goes out as RFC 7946 has it, and comes back as it was."""

import json
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, MultiPolygon, Point, Polygon, box

import geoevents as ge
from geoevents.exporters.geojson import bbox, rfc7946


def strict(path: Path) -> dict:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def test_members(events: gpd.GeoDataFrame, tmp_path: Path):
    """String ids, null geometry kept, ISO dates, whole numbers whole; provenance and bbox are members."""
    ge.write(events, tmp_path / "a.geojson")
    found = strict(tmp_path / "a.geojson")
    assert "crs" not in found
    assert [feature["id"] for feature in found["features"]] == ["007", "008", "009", "010"]
    assert found["features"][1]["geometry"] is None
    first = found["features"][0]["properties"]
    assert first["start"] == "2022-01-05"
    assert (first["fatalities"], type(first["fatalities"])) == (103, int)
    assert found["features"][1]["properties"]["lon"] is None
    assert found["geoevents"]["counts"] == events.attrs["geoevents"]["counts"]
    assert found["bbox"] == [-93.3, 37.2, 76.95, 46.0]


def test_nothing_that_is_no_number_is_written(tmp_path: Path):
    """NaN and infinities become null, in columns and in provenance."""
    frame = gpd.GeoDataFrame(
        {"x": [np.nan, np.inf], "y": [{"a": np.nan}, [np.inf]]}, geometry=[Point(0, 0), None], crs=4326
    )
    frame.attrs["geoevents"] = {"n": float("nan")}
    ge.write(frame, tmp_path / "a.geojson")
    found = strict(tmp_path / "a.geojson")
    assert [feature["properties"]["x"] for feature in found["features"]] == [None, None]
    assert [feature["properties"]["y"] for feature in found["features"]] == [{"a": None}, [None]]
    assert found["geoevents"]["n"] is None


def test_round_trip_of_events(events: gpd.GeoDataFrame, tmp_path: Path):
    """Events that come back are valid and say the same."""
    ge.write(events, tmp_path / "a.geojson")
    back = ge.read(tmp_path / "a.geojson")
    ge.validate(back)
    assert back.columns.tolist() == events.columns.tolist()
    assert back.attrs["geoevents"] == events.attrs["geoevents"]
    for name in ("event_id", "start", "end", "fatalities", "date_prec", "lon", "id"):
        assert back[name].equals(events[name]), name


FRAMES = st.lists(
    st.tuples(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip()),
        st.integers(-(2**53), 2**53),
        st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
        st.one_of(st.none(), st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(Point)),
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=60)
@given(FRAMES)
def test_round_trip_of_any_table(rows: list[tuple]):
    """Any text, whole number, float and point (to 7 decimals) comes back; so does every missing one."""
    text, whole, real, points = (list(column) for column in zip(*rows, strict=True))
    frame = gpd.GeoDataFrame(
        {"text": text, "whole": whole, "real": pd.Series(real, dtype="float64")},
        geometry=points,
        crs="EPSG:4326",
    )
    with tempfile.TemporaryDirectory() as folder:
        ge.write(frame, Path(folder) / "a.geojson")
        back = ge.read(Path(folder) / "a.geojson")
    assert back["text"].tolist() == text
    assert back["whole"].tolist() == whole
    assert back["whole"].dtype == "int64"
    assert [None if pd.isna(value) else float(value) for value in back["real"]] == real
    for old, new in zip(points, back.geometry, strict=True):
        assert (old is None) == (new is None)
        assert old is None or old.distance(new) < 1e-6


def test_rings_follow_the_right_hand_rule():
    """Outer rings run counter-clockwise, holes clockwise."""
    clockwise = Polygon(box(0, 0, 9, 9, ccw=False).exterior, [box(1, 1, 2, 2, ccw=True).exterior])
    found = rfc7946(clockwise)
    assert found.exterior.is_ccw
    assert not found.interiors[0].is_ccw


def test_seven_decimals():
    """Coordinates have at most 7 decimals."""
    assert rfc7946(Point(1 / 3, 2 / 3)).coords[0] == (0.3333333, 0.6666667)


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        (box(170, 0, 190, 10), 200),
        (box(-190, 0, -170, 10), 200),
        (Polygon([(170, 0), (-170, 0), (-170, 10), (170, 10)]), 200),
        (box(170, 0, 190, 10).difference(box(175, 2, 185, 4)), 180),
        (shapely.union_all([box(170, 0, 190, 10), box(0, 0, 1, 1)]), 201),
    ],
)
def test_polygons_are_cut_at_the_antimeridian(shape, area: float):
    """A polygon across the antimeridian becomes parts on both sides, of the same size."""
    found = rfc7946(shape)
    assert found.geom_type == "MultiPolygon"
    assert found.bounds[0] >= -180
    assert found.bounds[2] <= 180
    assert found.area == pytest.approx(area)
    assert all(part.exterior.is_ccw for part in found.geoms)


@pytest.mark.parametrize("lat", [-80, 70])
def test_a_ring_round_the_globe_encloses_its_pole(lat: int):
    """A ring that goes once round the globe, either way, becomes the cap up to the pole of its hemisphere."""
    ring = [(x, lat) for x in range(-175, 180, 10)]
    for corners in (ring, ring[::-1]):
        found = rfc7946(Polygon(corners))
        assert found.is_valid
        assert found.equals(box(-180, min(lat, 90 if lat > 0 else -90), 180, max(lat, 90 if lat > 0 else -90)))


def test_a_part_that_touches_the_antimeridian_from_beyond():
    """A part that begins at 180° leaves no line there, and the shape stays made of polygons."""
    found = rfc7946(MultiPolygon([box(180, 0, 190, 10), box(0, 50, 10, 60)]))
    assert found.geom_type == "MultiPolygon"
    assert found.area == 200


def test_lines_and_points_are_cut_too():
    """A line is cut, points beyond 180° are moved."""
    line = rfc7946(LineString([(170, 0), (-170, 0)]))
    assert line.geom_type == "MultiLineString"
    assert line.length == pytest.approx(20)
    assert rfc7946(Point(190, 5)).coords[0] == (-170, 5)
    assert rfc7946(MultiPoint([(190, 5), (1, 1)])).bounds == (-170, 1, 1, 5)


def test_a_walk_along_the_pole_is_no_crossing():
    """A ring that goes round the whole circle along a pole stays as it is."""
    ring = Polygon([(-180, -90), (180, -90), (180, -70), (0, -65), (-180, -70)])
    assert rfc7946(ring).equals(ring)


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([Point(1, 2), Point(3, -4)], [1, -4, 3, 2]),
        ([Point(177, -16), Point(-178, -20)], [177, -20, -178, -16]),
        ([rfc7946(box(170, 0, 190, 10))], [170, 0, -170, 10]),
        ([Point(0, 0), Point(140, 0), Point(-155, 0)], [-155, 0, 140, 0]),
        ([box(-180, -90, 180, 90)], [-180, -90, 180, 90]),
        ([Polygon()], None),
        ([], None),
    ],
)
def test_bbox(shapes: list, expected: list[float] | None):
    """The box is computed; its west lies east of its east only when the events straddle the antimeridian."""
    assert bbox(shapes) == expected


def test_other_crs_is_reprojected(tmp_path: Path):
    """A frame in another CRS is written in degrees."""
    frame = gpd.GeoDataFrame(geometry=[Point(76.95, 43.25)], crs=4326).to_crs(3857)
    ge.write(frame, tmp_path / "a.geojson")
    assert strict(tmp_path / "a.geojson")["features"][0]["geometry"]["coordinates"] == [76.95, 43.25]


def test_whole_decimals_stay_decimals(tmp_path: Path) -> None:
    """An id that a table gives as 300380.0 is 300380.0 in the file: who compares the two as text finds it."""
    events = gpd.GeoDataFrame({"id": [300380.0, 1.5]}, geometry=[Point(0, 0), Point(1, 1)], crs="EPSG:4326")
    ge.write(events, tmp_path / "events.geojson")
    features = json.loads((tmp_path / "events.geojson").read_text(encoding="utf-8"))["features"]
    assert [str(feature["properties"]["id"]) for feature in features] == ["300380.0", "1.5"]
