"""The part of the world a map shows: the main of the events, and how many lie beyond it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from geoevents.maps.extent import view_of
from geoevents.maps.projection import projection_of


def rows(places: list[object]) -> pd.DataFrame:
    """Return display rows: a point or an area each."""
    shapes = np.array(places, dtype=object)
    on = shapely.point_on_surface(shapes)
    return pd.DataFrame(
        {
            "shape": shapes,
            "lon": shapely.get_x(on),
            "lat": shapely.get_y(on),
            "area": shapely.get_type_id(shapes) != 0,
            "place": shapely.to_wkb(shapes),
        }
    )


ALMATY, AKTAU, ASTANA = Point(76.95, 43.25), Point(51.2, 43.65), Point(71.4, 51.1)
LONDON, PARIS, WASHINGTON, SUVA = Point(-0.1, 51.5), Point(2.3, 48.9), Point(-77, 38.9), Point(178.4, -18.1)


@pytest.mark.parametrize(
    ("places", "outside"),
    [
        ([ALMATY] * 3 + [AKTAU] * 3 + [ASTANA] * 3, 0),
        ([ALMATY] * 3 + [AKTAU] * 3 + [ASTANA] * 3 + [WASHINGTON], 1),
        # Two far places near each other are left out together, and places on both sides one after the other.
        ([ALMATY] * 6 + [AKTAU] * 6 + [ASTANA] * 6 + [LONDON, PARIS, WASHINGTON, SUVA], 4),
        # One event of four, or of three, is no stray.
        ([ALMATY, AKTAU, ASTANA, WASHINGTON], 0),
        ([ALMATY, AKTAU] * 5 + [WASHINGTON, LONDON] * 5, 0),
        # A wide area does not make the map wide when the other events lie close together.
        ([ALMATY] * 9 + [AKTAU] * 9 + [box(20, 40, 180, 75)], 1),
    ],
)
def test_strays_do_not_make_the_map_small(places: list[object], outside: int):
    """Few far events are left out and counted; where they are many, or all are few, the map shows all."""
    view = view_of(rows(places))
    assert view.outside == outside
    if outside:
        assert view.box[0] > 40
        assert view.box[2] < 90


@given(st.lists(st.tuples(st.floats(-179, 179), st.floats(-79, 79)), min_size=1, max_size=60))
def test_at_least_two_thirds_are_shown(places: list[tuple[float, float]]):
    """Whatever the places, a third at most is left out, the box holds the rest, and the whole holds the box."""
    frame = rows([Point(*place) for place in places])
    view = view_of(frame)
    west, south, east, north = view.box
    inside = frame["lon"].between(west - 0.01, east + 0.01) & frame["lat"].between(south - 0.01, north + 0.01)
    assert inside.sum() >= len(frame) - view.outside
    assert view.outside <= 0.34 * len(frame)
    assert view.whole[0] <= west + 0.01
    assert view.whole[2] >= east - 0.01


# Projections


def test_both_sides_of_the_antimeridian_are_one_map():
    """Fiji's islands lie beside each other, a few hundred kilometres apart."""
    found = projection_of(rows([SUVA, Point(-179.9, -16.8), Point(-178.8, -18.2)]))
    assert not found.whole
    assert found.frame[2] - found.frame[0] < 800


def test_a_shape_cut_at_the_antimeridian_is_whole_again():
    """Two halves that meet at 180 degrees become one piece without a seam."""
    found = projection_of(rows([Point(176, 66), Point(-173, 66)]))
    halves = shapely.MultiPolygon([box(175, 65, 180, 67), box(-180, 65, -172, 67)])
    (joined,) = found.shapes(np.array([halves]))
    assert joined.geom_type == "Polygon"
    assert not joined.interiors


def test_the_pole_is_the_middle_of_what_lies_around_it():
    """Stations around the South Pole are on one map, with none left out; the cap over the pole is one piece."""
    found = projection_of(rows([Point(lon, -75) for lon in range(-180, 180, 45)]))
    assert (found.lat, found.whole, found.outside) == (-90, False, 0)
    (cap,) = found.shapes(np.array([box(-180, -90, 180, -70)]))
    assert cap.geom_type == "Polygon"
    assert cap.contains(Point(0, 0))
    assert len(cap.interiors) == 0


@pytest.mark.parametrize(
    "place", [box(60, 45, 80, 55), box(170, -20, 179, -16), box(0, 70, 40, 80), box(10, -5, 20, 5)]
)
def test_areas_are_true(place: shapely.Polygon):
    """A shape has the area on the map that it has on the globe, within half a per cent."""
    (flat,) = projection_of(rows([place])).shapes(np.array([place]))
    west, south, east, north = place.bounds
    globe = 6371.0**2 * np.radians(east - west) * (np.sin(np.radians(north)) - np.sin(np.radians(south)))
    assert flat.area == pytest.approx(globe, rel=0.005)


def test_the_world_is_cut_where_no_event_is():
    """Events on both sides of the Pacific have it in the middle, and a shape there is not torn."""
    around = [Point(lon, lat) for lon in (100, 140, 180, -140, -100, -60) for lat in (-50, 0, 55)]
    found = projection_of(rows(around))
    assert found.whole
    assert 150 < found.lon % 360 < 240
    (there,) = found.shapes(np.array([shapely.MultiPolygon([box(170, 0, 180, 10), box(-180, 0, -170, 10)])]))
    assert there.bounds[2] - there.bounds[0] < 2500


def test_nothing_is_the_world():
    """With no event the map is one of the world."""
    assert projection_of(rows([ALMATY]).iloc[:0]).whole
