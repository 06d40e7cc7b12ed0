"""Raster values at events: a cell for a point, the covered cells for an area."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, box

import geoevents as ge

rasterio = pytest.importorskip("rasterio")
pytest.importorskip("exactextract")


@pytest.fixture(params=["EPSG:4326", "EPSG:3857"])
def raster(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a row of ten cells, each a degree wide and numbered from 0; the last has no data."""
    from rasterio.transform import from_bounds
    from rasterio.warp import transform_bounds

    bounds = transform_bounds("EPSG:4326", request.param, 0, -0.5, 10, 0.5)
    values = np.arange(10, dtype="float32")[None, None]
    values[0, 0, 9] = -1
    file = tmp_path / "people.tif"
    with rasterio.open(
        file, "w", driver="GTiff", width=10, height=1, count=1, dtype="float32", crs=request.param, nodata=-1,
        transform=from_bounds(*bounds, 10, 1),
    ) as sink:  # fmt: skip
        sink.write(values[0], 1)
    return file


def test_points_and_areas(raster: Path):
    """A point has its cell's value, an area the mean or sum of what it covers; outside there is none."""
    shapes = [Point(3.5, 0), box(2, -0.4, 4, 0.4), box(2.5, -0.4, 4, 0.4), Point(9.5, 0), Point(50, 0), None]
    events = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326", index=list("abcdef"))
    sampled = ge.sample(events, raster)
    assert sampled["people"].to_numpy() == pytest.approx([3, 2.5, 8 / 3, np.nan, np.nan, np.nan], nan_ok=True, abs=1e-3)
    assert sampled.index.tolist() == list("abcdef")
    assert "people" not in events
    assert ge.sample(events, raster, stat="max", name="most")["most"].tolist()[1] == 3


def test_a_radius_is_an_area(raster: Path):
    """Within its radius an event may lie in several cells."""
    events = gpd.GeoDataFrame({"radius_km": [30.0]}, geometry=[Point(4, 0)], crs="EPSG:4326")
    assert ge.sample(events, raster)["people"].tolist() == pytest.approx([3.5], abs=1e-3)


def test_what_is_no_raster(raster: Path, tmp_path: Path):
    """A damaged file, a band too many and a column that is taken are one sentence each."""
    events = gpd.GeoDataFrame({"people": [1]}, geometry=[Point(4, 0)], crs="EPSG:4326")
    with pytest.raises(ge.ColumnError, match="people"):
        ge.sample(events, raster)
    with pytest.raises(ge.ReadError, match="band 2"):
        ge.sample(events, raster, band=2, name="x")
    damaged = tmp_path / "damaged.tif"
    damaged.write_bytes(b"no raster")
    with pytest.raises(ge.ReadError, match="damaged"):
        ge.sample(events, damaged)
