"""Figures carried over to other areas keep their totals; rasters say where in a place people are."""

from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

import geoevents as ge
from gazetteer import geodesy


def layer(*shapes: object, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": [f"u{i}" for i in range(len(shapes))], **columns}, geometry=list(shapes), crs=4326)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.05, 0.95), min_size=1, max_size=6), st.lists(st.floats(0, 1e6), min_size=3, max_size=3))
def test_totals_are_kept_and_means_stay_between(cuts: list[float], people: list[float]):
    """Three strips are cut anew: sums keep their total, means stay between the least and the greatest."""
    old = layer(*(box(i, 0, i + 1, 1) for i in range(3)), people=people, rate=[1.0, 2.0, 4.0])
    edges = [0.0, *sorted({3 * cut for cut in cuts}), 3.0]
    new = layer(*(box(west, -1, east, 2) for west, east in pairwise(edges) if east > west))
    found = ge.interpolate(old, new, extensive="people", intensive="rate")
    assert found["people"].sum() == pytest.approx(sum(people), rel=1e-9)
    assert found["rate"].between(1 - 1e-9, 4 + 1e-9).all()
    assert 0 < found.attrs["nesting"] <= 1 + 1e-9


def test_what_is_not_covered_is_said(caplog: pytest.LogCaptureFixture):
    """Half of the source outside the target is told; a target that is half covered says so."""
    old = layer(box(0, 0, 2, 1), people=[100])
    found = ge.interpolate(old, layer(box(1, 0, 3, 1)), extensive=["people"])
    assert found["people"].tolist() == pytest.approx([50])
    assert found["covered"].tolist() == pytest.approx([0.5])
    assert "0.5 of all people lies outside the target" in caplog.text


def test_grids_are_targets():
    """A grid's cells get the figures of the areas that they lie in."""
    found = ge.interpolate(layer(box(0, 0, 1, 1), people=[400]), "square:0.5", extensive="people")
    inside = found[found["people"] > 1]
    assert len(inside) == 4
    assert inside["people"].sum() == pytest.approx(400)


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("square:1", {"extensive": "people"}),
        (layer(box(0, 0, 1, 1)), {}),
        (layer(box(0, 0, 1, 1)), {"intensive": "id"}),
    ],
)
def test_misuse_of_interpolation(source: object, options: dict):
    """A grid has no figures, and a column of text is none: one sentence."""
    with pytest.raises(ValueError, match="Interpolate: expected"):
        ge.interpolate(source, layer(box(0, 0, 1, 1)), **options)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Return a raster on which 9 of 10 people live east of the meridian, and nobody north of the equator."""
    rasterio = pytest.importorskip("rasterio")
    path = tmp_path / "people.tif"
    cells = np.zeros((40, 40), dtype="float32")
    cells[20:, :20], cells[20:, 20:] = 1, 9
    transform = rasterio.transform.from_origin(-2, 2, 0.1, 0.1)
    with rasterio.open(path, "w", driver="GTiff", width=40, height=40, count=1, dtype="float32", crs="EPSG:4326",
                       transform=transform) as file:  # fmt: skip
        file.write(cells, 1)
    return path


def test_allocation_by_a_raster(people: Path):
    """Shares follow the people: nine tenths east, none in the empty north; an empty place is shared by area."""
    units = layer(box(-2, -2, 0, 0), box(0, -2, 2, 0), box(-2, 0, 2, 2))
    events = gpd.GeoDataFrame(
        {"radius_km": [0.0, 40.0, 0.0]}, geometry=[box(-1, -1, 1, 1), Point(0, 0), box(-1, 0.5, 1, 1.5)], crs=4326
    )
    shared = ge.join(events, units, how="allocate", weight=people)
    assert shared.loc[0].set_index("unit_id")["weight"].reindex(["u0", "u1", "u2"]).to_numpy() == pytest.approx(
        [0.1, 0.9, 0], abs=0.02
    )
    assert shared.loc[1].set_index("unit_id")["weight"]["u1"] == pytest.approx(0.9, abs=0.03)
    assert shared.loc[[2]].set_index("unit_id")["weight"].to_dict() == pytest.approx({"u2": 1.0})
    assert shared.groupby(level=0)["weight"].sum().to_numpy() == pytest.approx([1, 1, 1])
    panel = ge.aggregate(events, units, weight=str(people))
    assert panel["events"].sum() == pytest.approx(3)


def test_a_raster_that_cannot_be_read(tmp_path: Path):
    """A missing raster is one sentence."""
    pytest.importorskip("rasterio")
    events = gpd.GeoDataFrame(geometry=[box(-1, -1, 1, 1)], crs=4326)
    with pytest.raises(ge.ReadError, match=r"none.tif: expected a raster"):
        ge.join(events, layer(box(0, 0, 1, 1)), how="allocate", weight=tmp_path / "none.tif")


def test_areas_are_those_of_the_ellipsoid():
    """What is spread evenly is spread by km², not by square degrees."""
    old = layer(box(0, 0, 1, 60), people=[100])
    found = ge.interpolate(old, layer(box(0, 0, 1, 30), box(0, 30, 1, 60)), extensive="people")
    km2 = geodesy.area_km2(np.array([box(0, 0, 1, 30), box(0, 30, 1, 60)]))
    assert found["people"].to_numpy() == pytest.approx(100 * km2 / km2.sum())
