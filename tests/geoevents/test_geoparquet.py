"""GeoParquet 1.1 goes out and comes back without loss."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
from shapely import Point

import geoevents as ge


def test_metadata_is_version_1_1_with_covering_and_provenance(events: gpd.GeoDataFrame, tmp_path: Path):
    """The file names its version, its covering and its geometry types, and carries the provenance."""
    ge.write(events, tmp_path / "a.parquet")
    metadata = pq.read_schema(tmp_path / "a.parquet").metadata
    geo = json.loads(metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert column["geometry_types"] == ["Point", "Polygon"]
    facts = json.loads(metadata[b"geoevents"])
    assert {name: facts[name] for name in events.attrs["geoevents"]} == events.attrs["geoevents"]


def test_covering_holds_the_bounds_of_each_row(events: gpd.GeoDataFrame, tmp_path: Path):
    """Each row's box is that of its geometry; without geometry it is null."""
    ge.write(events, tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet", columns=["bbox", "row"])
    boxes = dict(zip(table["row"].to_pylist(), table["bbox"].to_pylist(), strict=True))
    assert boxes[1] is None
    assert tuple(boxes[2].values()) == events.geometry.iloc[2].bounds


def test_rows_lie_along_a_hilbert_curve(tmp_path: Path):
    """Rows follow geopandas' Hilbert distance, of equals the first first; those without a place are last."""
    places = [Point(x * 7 % 11, -x * 5 % 13) for x in range(40)] * 2
    shapes = gpd.GeoSeries([None, *places, Point(), None, *places, Point(10, 0)], crs="EPSG:4326")
    ge.write(gpd.GeoDataFrame(geometry=shapes), tmp_path / "a.parquet")
    placed = shapes.drop([0, 81, 82])
    along = placed.hilbert_distance().sort_values(kind="stable").index.tolist()
    assert pq.read_table(tmp_path / "a.parquet")["row"].to_pylist() == [*along, 0, 81, 82]


def test_round_trip(events: gpd.GeoDataFrame, tmp_path: Path):
    """Every column, type, value and geometry comes back; the frame that was written is not changed."""
    before = events.copy()
    ge.write(events, tmp_path / "a.parquet")
    back = ge.read(tmp_path / "a.parquet")
    ge.validate(back)
    pd.testing.assert_frame_equal(pd.DataFrame(back), pd.DataFrame(events))
    assert back.crs == events.crs
    assert back.attrs["geoevents"] == events.attrs["geoevents"]
    pd.testing.assert_frame_equal(pd.DataFrame(events), pd.DataFrame(before))


def test_geopandas_reads_it(events: gpd.GeoDataFrame, tmp_path: Path):
    """Geopandas opens the file, and reads only a box of it."""
    ge.write(events, tmp_path / "a.parquet")
    assert len(gpd.read_parquet(tmp_path / "a.parquet")) == 4
    assert gpd.read_parquet(tmp_path / "a.parquet", bbox=(70, 40, 80, 45))["id"].tolist() == ["007"]


def test_a_column_named_bbox_is_kept(events: gpd.GeoDataFrame, tmp_path: Path):
    """The input's own bbox column is not overwritten by the covering."""
    ge.write(events.assign(bbox="mine"), tmp_path / "a.parquet")
    assert ge.read(tmp_path / "a.parquet")["bbox"].tolist() == ["mine"] * 4
