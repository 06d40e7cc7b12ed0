"""The geometry under place phrases: discs, middles and margins on the globe, and the ids of derived places."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import gazetteer
from gazetteer.dates import day_number
from gazetteer.geometry.derived import ShapeEvaluator
from gazetteer.geometry.formulas import split_formula
from gazetteer.geometry.geodesy import (
    buffer_km,
    cut_at_antimeridian,
    destination,
    disc,
    geodesic_path,
    haversine_km,
    point_and_radius,
)

TODAY = day_number("2024-01-01")


@pytest.fixture(scope="module")
def shapes() -> ShapeEvaluator:
    gaz = gazetteer.load()
    return ShapeEvaluator(gaz.store, gaz.groups)


@settings(max_examples=200, deadline=None)
@given(st.floats(-180, 180), st.floats(-89, 89), st.floats(1, 1500), st.floats(0, 360))
def test_disc_holds_what_is_nearer_than_its_radius(lon: float, lat: float, km: float, bearing: float) -> None:
    """A disc holds the points on the near side of its edge, in every corner of the globe, and not those far beyond."""
    circle = disc(lon, lat, km)
    assert circle.is_valid
    west, south, east, north = circle.bounds
    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90
    assert circle.intersects(shapely.Point(destination(lon, lat, bearing, 0.98 * km)))
    if abs(lat) + 2 * km / 111 < 90:
        assert not circle.intersects(shapely.Point(destination(lon, lat, bearing, 1.03 * km)))


def test_disc_at_the_antimeridian_is_cut() -> None:
    """A disc over the antimeridian is two pieces, one on either side, none of them around the globe."""
    circle = disc(179.9, -16, 50)
    assert circle.geom_type == "MultiPolygon"
    assert len(circle.geoms) == 2
    assert all(piece.bounds[2] - piece.bounds[0] < 1 for piece in circle.geoms)
    assert circle.intersects(shapely.Point(-179.9, -16))


@pytest.mark.parametrize("pole", [90, -90])
def test_disc_around_a_pole_is_the_cap(pole: int) -> None:
    """A disc that holds a pole is the cap around it, on every meridian."""
    circle = disc(30, pole * 0.99, 300)
    assert all(circle.intersects(shapely.Point(lon, pole * 0.999)) for lon in (-180, -60, 30, 180))
    assert not circle.intersects(shapely.Point(30, pole * 0.9))


def test_placed_lies_on_the_shape() -> None:
    """The point of a shape of several parts lies on one of them, and the radius holds nine tenths of all."""
    parts = shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(6, 0, 8, 2)])
    lon, lat, radius = point_and_radius(parts)
    assert parts.intersects(shapely.Point(lon, lat))
    assert haversine_km(lon, lat, 8, 1) * 0.85 < radius < haversine_km(lon, lat, 8, 2) * 1.05


def test_placed_counts_islets_by_their_size() -> None:
    """A speck far away moves neither the point nor the radius."""
    island, speck = shapely.box(0, 0, 2, 2), shapely.box(60, 0, 60.01, 0.01)
    assert point_and_radius(shapely.MultiPolygon([island, speck])) == pytest.approx(point_and_radius(island), rel=0.05)


def test_nine_tenths_are_counted_on_the_globe() -> None:
    """The radius holds nine tenths of the area on the globe, where a degree of longitude shrinks towards the poles."""
    shape = shapely.Polygon([(0, 85), (60, 85), (30, 0)])
    lon, lat, radius = point_and_radius(shape)
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 60, 40_000), np.degrees(np.arcsin(rng.uniform(0, 1, 40_000)))
    held = shapely.contains_xy(shape, x, y)
    assert radius == pytest.approx(float(np.quantile(haversine_km(x[held], y[held], lon, lat), 0.9)), rel=0.015)


def test_placed_knows_the_antimeridian() -> None:
    """The radius of a shape cut at the antimeridian is that of the shape, not of the globe."""
    lon, lat, radius = point_and_radius(disc(180, -17, 100))
    assert haversine_km(lon, lat, 180, -17) < 101
    assert radius < 210


@pytest.mark.parametrize(
    "rest", ["POINT (9 9)", "MULTIPOINT (9 9, 8 8)", "GEOMETRYCOLLECTION (POINT (9 9), LINESTRING (2 0, 2.5 0))"]
)
def test_a_border_of_lines_and_points_is_as_wide_as_its_lines(rest: str):
    """What two outlines share may be lines and points together; the points do not count beside the lines."""
    lon, lat, radius = point_and_radius(shapely.from_wkt(f"GEOMETRYCOLLECTION (LINESTRING (0 0, 2 0), {rest})"))
    assert lat == 0
    assert 0 <= lon <= 2.5
    assert 90 < radius < 200


def test_placed_on_a_line() -> None:
    """The point of a line is its middle, the radius reaches nine tenths of it."""
    lon, lat, radius = point_and_radius(shapely.LineString([(0, 0), (2, 0)]))
    assert (lon, lat) == pytest.approx((1, 0))
    assert radius == pytest.approx(0.9 * 111.2, rel=0.03)


@pytest.mark.parametrize("lat", [0, 45, 70])
def test_widened_by_haversine_km(lat: int) -> None:
    """A widened shape reaches so many kilometres further, north and east alike."""
    wide = buffer_km(shapely.box(10, lat, 11, lat + 0.5), 20)
    west, _, east, north = wide.bounds
    assert haversine_km(11, lat + 0.25, east, lat + 0.25) == pytest.approx(20, rel=0.05)
    assert haversine_km(10.5, lat + 0.5, 10.5, north) == pytest.approx(20, rel=0.02)
    assert west < 10


def test_widened_over_the_antimeridian() -> None:
    """What is widened beyond 180 degrees goes on at -180."""
    wide = buffer_km(shapely.box(179.5, -17, 179.99, -16), 30)
    assert wide.is_valid
    assert wide.intersects(shapely.Point(-179.9, -16.5))
    assert wide.bounds[0] >= -180
    assert wide.bounds[2] <= 180


def test_wrapped_keeps_what_is_within() -> None:
    """A shape within the globe's bounds stays as it is."""
    box = shapely.box(-180, -90, 180, 90)
    assert cut_at_antimeridian(box) is box


def test_path_runs_on_over_the_antimeridian() -> None:
    """A great circle over the antimeridian is short, and its longitudes run on."""
    line = geodesic_path((178.4, -18.1), (-175.2, -21.1))
    assert line[0] == pytest.approx((178.4, -18.1))
    assert line[-1] == pytest.approx((184.8, -21.1))


@pytest.mark.parametrize(
    ("formula", "parts"),
    [
        ("derived:offset(30,SW,geonames:1)", ("offset", ["30", "SW", "geonames:1"])),
        ("derived:minus(group:csto,union(iso:AM,iso:BY))", ("minus", ["group:csto", "union(iso:AM,iso:BY)"])),
        ("derived:part(N,near(part(S,iso:KZ)))", ("part", ["N", "near(part(S,iso:KZ))"])),
        ("derived:union()", ("union", [""])),
    ],
)
def test_formula_is_split_at_its_own_commas(formula: str, parts: tuple[str, list[str]]) -> None:
    """An id is split into its operation and arguments, nested ones whole."""
    assert split_formula(formula) == parts


@pytest.mark.parametrize(
    "formula",
    [
        "derived:", "derived:part", "derived:part(", "derived:part(W,iso:KZ", "derived:part)W,iso:KZ(",
        "derived:part(W,iso:KZ))", "derived:part((W,iso:KZ)", "derived:dance(iso:KZ)", "derived:part()",
        "derived:part(W)", "derived:part(iso:KZ)", "derived:part(X,iso:KZ)", "derived:part(iso:KZ,W)",
        "derived:part(W,iso:KZ,iso:RU)", "derived:part(W,iso:QQ)", "derived:offset(far,N,iso:KZ)",
        "derived:offset(nan,N,geonames:1526384)", "derived:offset(30,UP,geonames:1526384)",
        "derived:offset(-3,N,iso:KZ)", "derived:offset(30,iso:KZ,N)", "derived:border(iso:KZ,iso:FR)",
        "derived:border(iso:KZ)extra",
        "derived:coast(iso:ML)", "derived:coast(iso:FR,UP)", "derived:offshore(x,iso:FR)", "derived:toward(N)",
        "derived:union()", "derived:union(W)", "derived:minus(iso:KZ,iso:KZ)", "derived:minus(iso:KZ)",
        "derived:near(near(iso:QQ))", "derived:near(derived:near(iso:QQ))", "derived:near(group:nothing)",
        "derived:near(region:nothing)", "derived:near(sea:)",
        "derived:" + "near(" * 2000 + "iso:KZ" + ")" * 2000,
        "derived:between(iso:KZ)", "iso:", "", "nonsense", "derived:part(W,iso:KZ)\x00",
    ],
)  # fmt: skip
def test_wrong_id_is_one_clear_error(shapes: ShapeEvaluator, formula: str) -> None:
    """An unknown id, or one of a place that cannot exist, is an error of one sentence that names what came."""
    with pytest.raises(gazetteer.UnknownPlaceError) as error:
        shapes.evaluate(formula, TODAY).shape  # noqa: B018 - the shape is made when it is asked for
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="derivpatnhuoswx:(),0123456789-", max_size=40))
def test_any_text_after_derived_is_an_area_or_that_error(text: str) -> None:
    """Whatever stands behind ``derived:``, it is evaluated or an unknown place."""
    try:
        area = gazetteer.load().place(f"derived:{text}")
    except gazetteer.UnknownPlaceError:
        return
    assert area.radius_km > 0


def test_offset_is_geodesic(shapes: ShapeEvaluator) -> None:
    """The point of an offset lies at its distance and bearing, and its radius holds the direction's vagueness."""
    base = shapes.evaluate("geonames:1526384", TODAY)
    area = shapes.evaluate("derived:offset(100,NE,geonames:1526384)", TODAY)
    assert haversine_km(base.lon, base.lat, area.lon, area.lat) == pytest.approx(100, rel=0.005)
    assert area.lon > base.lon
    assert area.lat > base.lat
    assert 2 * 100 * math.sin(math.radians(11.25)) <= area.radius_km < 100


@pytest.mark.parametrize(("near", "far"), [("10", "20"), ("20", "40"), ("40", "200")])
def test_radius_grows_with_distance(shapes: ShapeEvaluator, near: str, far: str) -> None:
    """The further away a place is said to be, the less sure is where."""
    first, second = (shapes.evaluate(f"derived:offset({km},N,geonames:1526384)", TODAY) for km in (near, far))
    assert first.radius_km < second.radius_km


def test_group_follows_the_day(shapes: ShapeEvaluator) -> None:
    """A union over a group is the union of its members on the day."""
    before = shapes.evaluate("derived:minus(group:csto,iso:AM)", day_number("2010-01-01"))
    after = shapes.evaluate("derived:minus(group:csto,iso:AM)", TODAY)
    tashkent = shapely.Point(69.24, 41.3)
    assert before.shape.intersects(tashkent)
    assert not after.shape.intersects(tashkent)


def test_what_countries_make_is_made_once_between_two_changes() -> None:
    """The north of Sudan is one area on all days after 2011, and another before the south left; of a group each day."""
    shapes = gazetteer.load().parts.resolver.shapes
    part, days = "derived:part(N,iso:SD)", [day_number(day) for day in ("2005-01-01", "2018-03-01", "2018-03-02")]
    before, then, later = (shapes.evaluate(part, day) for day in days)
    assert then is later
    assert before.lat != then.lat
    union = "derived:union(group:eu,iso:NO)"
    with_britain, without = (shapes.evaluate(union, day_number(day)) for day in ("2020-01-31", "2020-02-01"))
    assert with_britain.shape.area > without.shape.area
