"""The kernel around a point: its mass on polygons is that of many draws, wherever on the globe."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from gazetteer import geodesy
from geoevents.joins.extents.kernel import Kernels, kernels_of, widening_of
from geoevents.joins.extents.kernel_mass import from_plane, kernel_mass

ONE = np.ones(1)


def scattered(n: int, lon: float, lat: float, radius: float, df: float) -> tuple[np.ndarray, np.ndarray]:
    """Return n points spread evenly over the quantiles and directions of a kernel."""
    u = (np.arange(n) + 0.5) / n
    km = Kernels(np.full(n, df)).quantile(np.full(n, radius), u)
    angle = np.arange(n) * np.pi * (3 - np.sqrt(5))
    return from_plane(km * np.cos(angle), km * np.sin(angle), np.full(n, lon), np.full(n, lat))


@settings(max_examples=30, deadline=None)
@given(
    st.floats(-180, 180), st.floats(-80, 80), st.floats(1, 150), st.sampled_from([1.1, 2.0, 2.6, 8.0]),
    st.lists(st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5)), min_size=3, max_size=9),
)  # fmt: skip
def test_mass_on_a_polygon_is_that_of_many_points(
    lon: float, lat: float, radius: float, df: float, corners: list[tuple[float, float]]
):
    """The mass on any polygon is the share of 60,000 evenly spread points of the kernel in it, within .0035."""
    width = radius / 111 / np.cos(np.radians(lat))
    shape = shapely.convex_hull(shapely.MultiPoint([(lon + x * width, lat + y * radius / 111) for x, y in corners]))
    if shape.geom_type != "Polygon":
        return
    x, y = scattered(60_000, lon, lat, radius, df)
    x = lon + (x - lon + 180) % 360 - 180
    share = shapely.contains_xy(shape, x, y).mean()
    mass = kernel_mass(np.array([shape]), lon * ONE, lat * ONE, radius * ONE, Kernels(df * ONE))[0]
    assert mass == pytest.approx(share, abs=3.5e-3)


@pytest.mark.parametrize("lat", [-75.0, 0.0, 50.0, 84.0])
@pytest.mark.parametrize("lon", [0.0, 179.9, -179.95])
def test_parts_on_both_sides_of_the_antimeridian_sum_to_one(lon: float, lat: float):
    """Four quarters of the neighbourhood, cut at the antimeridian, hold a quarter each and together all of it."""
    quarters = []
    for west, east in ((lon - 15, lon), (lon, lon + 15)):
        for south, north in ((lat - 3, lat), (lat, lat + 3)):
            quarter = box(west, south, east, north)
            quarters.append(geodesy.cut_many_at_antimeridian(np.array([quarter]))[0])
    shapes = np.array(quarters)
    mass = kernel_mass(shapes, lon * np.ones(4), lat * np.ones(4), 30 * np.ones(4), Kernels(2 * np.ones(4)))
    assert mass.sum() == pytest.approx(1, abs=2e-3)
    assert mass == pytest.approx([0.25] * 4, abs=0.02)


def test_holes_take_their_mass_away():
    """A hole around the point leaves the mass beyond it."""
    one = Kernels(2 * ONE)
    ring = Polygon(box(-9, -9, 9, 9).exterior, [box(-0.1, -0.1, 0.1, 0.1).exterior])
    whole, hole, rest = (
        kernel_mass(np.array([shape]), 0 * ONE, 0 * ONE, 20 * ONE, one)[0]
        for shape in (box(-9, -9, 9, 9), box(-0.1, -0.1, 0.1, 0.1), ring)
    )
    assert whole == pytest.approx(1, abs=1e-6)
    assert rest == pytest.approx(1 - hole, abs=1e-9)


def test_nine_tenths_lie_within_the_radius():
    """The formula's probability within the radius is .9 of what the tail is cut at, for every class."""
    for method, kind in ((None, None), ("container", "admin2"), ("type-word", "city"), ("exact", "landform")):
        kernel = kernels_of(np.array([method], dtype=object), np.array([kind], dtype=object), 1)
        assert kernel.within(7 * ONE, 7 * ONE)[0] == pytest.approx(0.9 / 0.98)
        assert kernel.within(7 * ONE, kernel.quantile(7 * ONE, 0.3))[0] == pytest.approx(0.3)
        assert kernel.log_density(7 * ONE, 0 * ONE)[0] > -np.log(np.pi * 49)


def test_no_radius_is_narrowed():
    """What the table says of a radius widens it or leaves it alone."""
    methods = np.array(["container", "type-word", "fuzzy", "exact", None], dtype=object)
    for kind in ("admin2", "city"):
        widening = widening_of(methods, np.array([kind] * 5, dtype=object))
        assert (widening >= 1).all()
        assert widening[3] == 1
    assert widening_of(methods[:1], np.array(["city"], dtype=object))[0] > 1  # a village not found beside its town
