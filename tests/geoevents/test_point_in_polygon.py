"""The index of polygons agrees with geopandas on every point, whatever the shapes and however many points."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geoevents as ge
from geoevents.spatial.point_in_polygon import PolygonIndex

COUNTS = (10, 60_000)  # below and above what makes the index one of borders


def first_of(shapes: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return by brute force the first shape that each point touches."""
    found = np.full(len(lon), -1)
    for i in reversed(range(len(shapes))):
        if shapes[i] is not None:
            found[shapely.intersects_xy(shapes[i], lon, lat)] = i
    return found


boxes = st.tuples(st.integers(-170, 150), st.integers(-80, 60), st.integers(1, 30), st.integers(1, 30))


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=8), st.integers(0, 2**32), st.sampled_from(COUNTS))
def test_agrees_with_brute_force(rows: list[tuple[int, int, int, int]], seed: int, n: int):
    """Overlapping boxes with holes, points on corners and borders among them: always the first that touches."""
    rng = np.random.default_rng(seed)
    shapes = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in rows], dtype=object)
    holes = [shapely.box(x + w / 4, y + h / 4, x + w / 2, y + h / 2) for x, y, w, h in rows]
    shapes[::2] = shapely.difference(shapes[::2], np.array(holes, dtype=object)[::2])
    lon, lat = rng.uniform(-180, 180, n), rng.uniform(-90, 90, n)
    lon[: n // 2], lat[: n // 2] = np.round(lon[: n // 2]), np.round(lat[: n // 2])
    assert PolygonIndex(shapes).containing(lon, lat).tolist() == first_of(shapes, lon, lat).tolist()


@pytest.mark.parametrize("n", [2_000, 400_000])
def test_agrees_with_geopandas_on_units(n: int):
    """Points around towns get the first-level unit that geopandas gives them, from either index."""
    units = ge.areas("admin1")
    units = units[units["valid_to"].isna()].reset_index(drop=True)
    towns = ge.areas("cities").sample(n, random_state=1, replace=True)
    rng = np.random.default_rng(2)
    lon = np.clip(towns["lon"].to_numpy() + rng.normal(0, 0.3, n), -180, 180)
    lat = np.clip(towns["lat"].to_numpy() + rng.normal(0, 0.3, n), -90, 90)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
    theirs = gpd.sjoin(points, units, predicate="intersects")["index_right"].groupby(level=0).min()
    ours = PolygonIndex(np.asarray(units.geometry.array)).containing(lon, lat)
    assert np.array_equal(np.flatnonzero(ours >= 0), theirs.index)
    assert np.array_equal(ours[ours >= 0], theirs.to_numpy())


def test_a_border_goes_to_the_first_of_its_units():
    """A point on a shared edge, on a corner of four and on an outer edge each go to exactly one unit."""
    shapes = np.array([shapely.box(x, y, x + 1, y + 1) for y in (0, 1) for x in (0, 1)], dtype=object)
    lon, lat = np.array([1.0, 1.0, 2.0, 0.5]), np.array([0.5, 1.0, 1.5, 1.0])
    assert PolygonIndex(shapes).containing(lon, lat).tolist() == [0, 0, 3, 0]
    assert PolygonIndex(shapes[::-1]).containing(lon, lat).tolist() == [2, 0, 0, 1]


def test_what_is_nowhere():
    """NaN, points outside the grid, empty and missing shapes: in no unit, without an error."""
    shapes = np.array([None, shapely.Polygon(), shapely.box(0, 0, 1, 1)], dtype=object)
    assert PolygonIndex(shapes).containing(np.array([np.nan, 0.5, 500.0]), np.array([0.5, 0.5, 0.5])).tolist() == [
        -1,
        2,
        -1,
    ]
    assert PolygonIndex(shapes[:2]).containing(np.array([0.5]), np.array([0.5])).tolist() == [-1]


def test_a_polygon_of_a_million_vertices():
    """A very fine circle answers as the circle it is."""
    turn = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    circle = shapely.Polygon(np.column_stack([10 * np.cos(turn), 10 * np.sin(turn)]))
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(-12, 12, 500_000), rng.uniform(-12, 12, 500_000)
    found = PolygonIndex(np.array([circle])).containing(lon, lat)
    sure = abs(np.hypot(lon, lat) - 10) > 1e-6
    assert np.array_equal(found[sure] == 0, np.hypot(lon, lat)[sure] < 10)


def test_threads_share_an_index():
    """Threads that ask one index at once, while it grows finer, all get what one alone gets."""
    shapes = np.array(
        [shapely.Point(x, y).buffer(0.7, quad_segs=200) for x in range(8) for y in range(8)], dtype=object
    )
    rng = np.random.default_rng(3)
    asked = [(rng.uniform(-1, 8, n), rng.uniform(-1, 8, n)) for n in (500, 5_000, 60_000) * 8]
    alone = [PolygonIndex(shapes).containing(lon, lat) for lon, lat in asked]
    shared = PolygonIndex(shapely.from_wkb(shapely.to_wkb(shapes)))
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda points: shared.containing(*points), asked))
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


def test_an_index_can_be_pickled():
    """An index that has been asked answers the same after pickling."""
    index = PolygonIndex(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]))
    lon, lat = np.array([0.5, 1.5, 9.0]), np.array([0.5, 0.5, 0.5])
    found = index.containing(lon, lat)
    assert pickle.loads(pickle.dumps(index)).containing(lon, lat).tolist() == found.tolist() == [0, 1, -1]
