"""Areas, lengths, discs and boxes on the ellipsoid, against published figures and the geodesics of geographiclib."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer.geometry.geodesy import (
    area_km2,
    bounds_around,
    boxes_around,
    cut_at_antimeridian,
    cut_many_at_antimeridian,
    destination,
    destinations,
    geodesic_discs,
    geodesic_km,
    geodesic_path,
    length_km,
    polar_cap,
)

POINTS = st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.floats(0.1, 900))
NEAR_EDGES = st.tuples(
    st.sampled_from([-180.0, -179.9, 0.0, 179.9, 180.0]), st.sampled_from([-90.0, -89.0, -60.0, 0.0, 88.0, 90.0]),
    st.sampled_from([1.0, 90.0, 300.0]),
)  # fmt: skip


def one(*numbers: float) -> list[np.ndarray]:
    return [np.array([number]) for number in numbers]


def ahead(lon: float, lat: float, bearing: float, km: float) -> shapely.Point:
    found = Geodesic.WGS84.Direct(lat, lon, bearing, km * 1000)
    return shapely.Point(found["lon2"], found["lat2"])


def test_the_area_of_the_globe_is_that_of_the_ellipsoid() -> None:
    """The globe has the area of WGS 84 (NGA.STND.0036), and each quarter of it a quarter."""
    globe, quarter = area_km2(np.array([shapely.box(-180, -90, 180, 90), shapely.box(0, 0, 180, 90)]))
    assert globe == pytest.approx(510_065_621.72, rel=1e-9)
    assert quarter == pytest.approx(510_065_621.72 / 4, rel=1e-9)


@pytest.mark.parametrize("south", [0, -1, 30, 60, -75, 89])
def test_areas_are_those_of_geodesic_polygons(south: int) -> None:
    """A square of a degree has the area of a geodesic polygon of many corners on its parallels."""
    square = Geodesic.WGS84.Polygon()
    for lon, lat in shapely.get_coordinates(shapely.box(10, south, 11, south + 1).segmentize(0.01))[:-1]:
        square.AddPoint(lat, lon)
    metres2 = abs(square.Compute()[2])
    assert area_km2(np.array([shapely.box(10, south, 11, south + 1)]))[0] == pytest.approx(metres2 / 1e6, rel=1e-6)


@settings(deadline=None, max_examples=60)
@given(st.one_of(POINTS, NEAR_EDGES), st.floats(0, 360))
def test_a_geodesic_disc_holds_what_is_nearer_and_no_more(circle: tuple[float, float, float], bearing: float) -> None:
    """A disc has the area of the circle, holds each point a little nearer than its radius and none a little farther."""
    lon, lat, km = circle
    disc = geodesic_discs(*one(lon, lat, km))[0]
    assert disc.is_valid
    assert area_km2(np.array([disc]))[0] == pytest.approx(np.pi * km**2, rel=0.03)
    assert disc.distance(ahead(lon, lat, bearing, 0.97 * km)) < 1e-9
    assert not disc.intersects(ahead(lon, lat, bearing, 1.04 * km))


def test_a_disc_around_a_pole_reaches_all_meridians() -> None:
    """A disc that holds a pole is bounded by its rim alone, over all longitudes."""
    for lat, pole in ((89.5, 90), (-89.5, -90)):
        disc = geodesic_discs(*one(30, lat, 200))[0]
        assert disc.bounds == pytest.approx((-180, min(pole, disc.bounds[1]), 180, max(pole, disc.bounds[3])))
        assert area_km2(np.array([disc]))[0] == pytest.approx(np.pi * 200**2, rel=0.02)
    rim = np.array([10.0, 100, 190, 280]), np.array([80.0, 82, 84, 82])
    cap = polar_cap(*rim, 90.0)
    assert cap.bounds == (0, 80, 360, 90)
    # Between the last corner and the first the rim runs straight on over the meridian of 0.
    edge = shapely.intersection(cap, shapely.LineString([(0, 0), (0, 90)])).bounds, shapely.get_coordinates(cap)[-3]
    assert edge[0] == pytest.approx((0, 80 + 2 / 9, 0, 90))
    assert edge[1] == pytest.approx((360, 80 + 2 / 9))


def test_a_small_disc_has_the_area_of_its_circle() -> None:
    """The polygon of a disc of 10 km has the area of the circle to a part in ten thousand, and 32 corners."""
    discs = geodesic_discs(np.array([0.0, 76.9, 15.0]), np.array([0.0, 43.25, -60.0]), np.array([10.0, 10.0, 10.0]))
    assert area_km2(discs) == pytest.approx(np.pi * 100 * np.ones(3), rel=1e-4)
    assert [len(set(disc.exterior.coords)) for disc in discs] == [32, 32, 32]


def test_a_disc_that_ends_before_the_pole_is_no_cap() -> None:
    """A disc whose rim is short of the pole does not hold it; one whose rim is beyond does."""
    for lat in (80.0, -80.0):
        to_pole = float(geodesic_km(*one(0, lat, 0, np.copysign(90, lat)))[0])
        short, beyond = (geodesic_discs(*one(20, lat, to_pole + more))[0] for more in (-5, 5))
        pole = shapely.Point(-150, np.copysign(89.99, lat))
        assert (short.intersects(pole), beyond.intersects(pole)) == (False, True)


@settings(deadline=None, max_examples=60)
@given(st.one_of(POINTS, NEAR_EDGES), st.floats(0, 360))
def test_a_box_holds_all_that_is_nearer(circle: tuple[float, float, float], bearing: float) -> None:
    """Boxes around a point hold each point within the distance, on the globe, and are no wider than they need be."""
    lon, lat, km = circle
    owner, boxes = boxes_around(*one(lon, lat), km)
    assert set(owner.tolist()) == {0}
    west, south, east, north = shapely.bounds(boxes).T
    assert (west >= -180).all()
    assert (east <= 180).all()
    assert shapely.intersects(boxes, ahead(lon, lat, bearing, 0.999 * km)).any()
    assert (north - south).max() <= 2.01 * km / 110.57
    if abs(lat) < 60 and km < 300:
        assert (east - west).sum() <= 2 * 1.05 * km / 110.57 / np.cos(np.radians(abs(lat) + km / 110.57))


def test_a_box_over_the_antimeridian_is_two() -> None:
    """What lies beyond 180 degrees goes on at -180, and is the same point's."""
    owner, boxes = boxes_around(np.array([0.0, 179.5, -179.5]), np.zeros(3), 100.0)
    assert owner.tolist() == [0, 1, 2, 1, 2]
    bounds = {(n, *np.round(b, 2).tolist()) for n, b in zip(owner.tolist(), shapely.bounds(boxes), strict=True)}
    assert bounds == {
        (0, -0.91, -0.9, 0.91, 0.9), (1, 178.59, -0.9, 180.0, 0.9), (2, -180.0, -0.9, -178.59, 0.9),
        (1, -180.0, -0.9, -179.59, 0.9), (2, 179.59, -0.9, 180.0, 0.9),
    }  # fmt: skip


def test_bounds_around_a_pole_are_all_longitudes() -> None:
    """Bounds that reach a pole span the globe; those that do not are as wide as the widest parallel makes them."""
    west, south, east, north = bounds_around(np.array([10.0, 10.0, 10.0]), np.array([89.5, -89.5, 60.0]), 100.0)
    assert (east - west)[:2].tolist() == [360, 360]
    assert (north[0] > 90, south[1] < -90) == (True, True)
    assert (west[2], east[2]) == pytest.approx((10 - 1.81, 10 + 1.81), abs=0.01)


def test_lengths_add_up_over_the_parts_of_a_line() -> None:
    """A line has the geodesic length of its pieces; gaps between its parts count nothing."""
    parts = shapely.MultiLineString([[(0, 0), (1, 0), (1, 1)], [(50, 50), (51, 50)]])
    pieces = [(0, 0, 1, 0), (1, 0, 1, 1), (50, 50, 51, 50)]
    metres = [Geodesic.WGS84.Inverse(a[1], a[0], a[3], a[2])["s12"] for a in pieces]
    lengths = length_km(np.array([parts, shapely.LineString([(0, 0), (1, 0)]), shapely.Point(0, 0)], dtype=object))
    assert lengths == pytest.approx([sum(metres) / 1000, metres[0] / 1000, 0])


def test_only_what_reaches_beyond_the_globe_is_cut() -> None:
    """Shapes beyond 180 degrees, or a pole, are cut, wherever they stand; the given array is not touched."""
    inside, east, west, far = (shapely.box(x, 0, x + 10, 5) for x in (0, 175, -185, 535))
    shapes = np.array([inside, east, west, far], dtype=object)
    cut = cut_many_at_antimeridian(shapes)
    assert shapes[1] is east
    assert cut[0] is inside
    assert [shape.bounds for shape in cut[1:]] == [(-180, 0, 180, 5)] * 3
    assert area_km2(cut[1:]) == pytest.approx(area_km2(np.array([inside]))[0] * np.ones(3))
    assert cut_at_antimeridian(shapely.box(0, 85, 10, 95)).bounds == (0, 85, 10, 90)
    assert cut_at_antimeridian(shapely.box(0, -95, 10, -85)).bounds == (0, -90, 10, -85)


def test_a_path_has_even_steps() -> None:
    """A path is 17 points of the geodesic, evenly apart, from the first place to the last."""
    line = np.array(geodesic_path((10.0, 50.0), (40.0, 60.0)))
    assert len(line) == 17
    steps = geodesic_km(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1])
    whole = Geodesic.WGS84.Inverse(50, 10, 60, 40)["s12"] / 1000
    assert steps == pytest.approx(whole / 16 * np.ones(16))


@given(st.lists(st.tuples(POINTS, st.floats(0, 360)), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_many_destinations_are_those_of_each(starts: list[tuple[tuple[float, float, float], float]]) -> None:
    """The ends of many ways, measured together, are those of each alone, to a ten-thousandth of a millimetre."""
    lon, lat, km, bearing = (
        np.array(values) for values in zip(*((*point, turn) for point, turn in starts), strict=True)
    )
    for x, y, way in zip(*destinations(lon, lat, bearing, km), zip(lon, lat, bearing, km, strict=True), strict=True):
        expected_x, expected_y = destination(*map(float, way))
        assert y == pytest.approx(expected_y, abs=1e-12)
        if abs(expected_y) < 89.9:  # at a pole any longitude is as good
            assert (x - expected_x + 180) % 360 - 180 == pytest.approx(0, abs=1e-9)
