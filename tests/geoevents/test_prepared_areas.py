"""Areas are made ready once a frame, and anew when the frame changes."""

import gc
import weakref

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import Point, Polygon, box

import geoevents as ge
from geoevents.joins.areas.prepared import FrameMemory
from geoevents.spatial.make_valid import KnownShapes, make_valid

EVENTS = gpd.GeoDataFrame({"n": [1]}, geometry=gpd.points_from_xy([0.5], [0.5]), crs="EPSG:4326")


@pytest.fixture
def areas() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": ["west", "east"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs="EPSG:4326")


def units(areas: gpd.GeoDataFrame) -> list[str]:
    return ge.join(EVENTS, areas)["unit_id"].dropna().tolist()


def test_a_frame_is_made_ready_once(areas: gpd.GeoDataFrame):
    """The same frame gives the same units; points and lines, for a search of the nearest, are kept beside them."""
    memory = FrameMemory()
    assert memory.units_of(areas) is memory.units_of(areas)
    assert memory.units_of(areas, any_shape=True) is not memory.units_of(areas)
    assert memory.units_of(areas.copy()) is not memory.units_of(areas)


def test_areas_with_days_are_made_ready_once(areas: gpd.GeoDataFrame):
    """What answers for areas of all days at once is kept as well, index and all."""
    memory, dated = FrameMemory(), areas.assign(valid_from="2000-01-01", valid_to="2020-01-01")
    units = memory.units_of(dated)
    assert units.regardless_of_days() is not units
    assert units.regardless_of_days() is memory.units_of(dated).regardless_of_days()


def replace_a_shape(areas: gpd.GeoDataFrame) -> None:
    areas.loc[0, "geometry"] = box(5, 5, 6, 6)


def write_into_the_array(areas: gpd.GeoDataFrame) -> None:
    areas.geometry.array[0] = box(5, 5, 6, 6)


def set_another_geometry(areas: gpd.GeoDataFrame) -> None:
    areas["geometry"] = areas.geometry.translate(5, 5)


def swap_the_rows(areas: gpd.GeoDataFrame) -> None:
    areas["geometry"] = areas.geometry.to_numpy()[::-1].copy()


@pytest.mark.parametrize(
    ("change", "then"),
    [(replace_a_shape, []), (write_into_the_array, []), (set_another_geometry, []), (swap_the_rows, ["east"])],
)
def test_a_changed_frame_is_made_ready_anew(areas: gpd.GeoDataFrame, change, then: list[str]):
    """Whatever is done to the shapes in place, the next join sees it."""
    assert units(areas) == ["west"]
    change(areas)
    assert units(areas) == then


def test_changed_columns_are_seen(areas: gpd.GeoDataFrame):
    """A new name, a new column and another index reach the next join."""
    assert units(areas) == ["west"]
    areas.loc[0, "id"] = "home"
    assert units(areas) == ["home"]
    areas["people"] = [10, 20]
    assert ge.join(EVENTS, areas)["people"].tolist() == [10]


def test_memory_ends_with_the_frame():
    """Nothing of a frame that is gone is kept."""
    memory = FrameMemory()
    areas = gpd.GeoDataFrame({"id": ["a"]}, geometry=[box(0, 0, 1, 1)], crs="EPSG:4326")
    units = weakref.ref(memory.units_of(areas))
    assert units() is not None
    del areas
    gc.collect()
    assert units() is None


def test_the_validity_of_a_shape_is_tested_once(monkeypatch: pytest.MonkeyPatch):
    """A long outline that was found valid is not tested again; an invalid one is repaired anew."""
    tested = []
    check = shapely.is_valid
    monkeypatch.setattr(shapely, "is_valid", lambda shapes: tested.extend(shapes) or check(shapes))
    disc = Point(0, 0).buffer(1, quad_segs=32)
    torn = Polygon([*disc.exterior.coords[:60], (5, 5), (-5, -5)])
    for _ in range(2):
        shapes, broken = make_valid(np.array([disc, torn, None], dtype=object))
        assert broken.tolist() == [False, True, False]
        assert check(shapes[1])
    assert [sum(one is shape for one in tested) for shape in (disc, torn)] == [1, 2]
    assert shapes[0] is disc


def test_what_is_known_of_a_shape_goes_with_it():
    """A shape that is gone is forgotten, so that another in its place in memory is not taken for it."""
    known, kept = KnownShapes(), Point(0, 0).buffer(1)
    gone = [Point(n, 0).buffer(1) for n in range(50)]
    known.add([kept, *gone])
    del gone
    assert not known.among(np.array([Point(n, 1).buffer(1) for n in range(200)])).any()
    assert known.among(np.array([kept])).all()
