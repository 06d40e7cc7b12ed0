"""Geometry collections in one another by the thousands, which would end the process, are refused unread."""

import json
import struct
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from shapely import GeometryCollection, MultiPolygon, Point, box
from shapely.errors import GEOSException

import geoevents as ge
from geoevents.frame.shape_depth import from_wkb, from_wkt

# Deep enough to be refused, and not deep enough to end the process that forgets to.
DEPTH = 2000
WKT = "GEOMETRYCOLLECTION (" * DEPTH + "POINT (1 1)" + ")" * DEPTH
PLAIN = struct.pack("<bII", 1, 7, 1) * DEPTH + Point(1, 1).wkb
IN_3D = struct.pack(">bII", 0, 1007, 1) * DEPTH
AREAS = struct.pack("<bII", 1, 6, 1) * DEPTH
# A point beside each collection, and a polygon and a line before it.
LINE = shapely.LineString([(0, 0), (1, 1)]).wkb
BESIDE = (struct.pack("<bII", 1, 7, 4) + Point(1, 1).wkb + box(0, 0, 1, 1).wkb + LINE) * DEPTH
TABLE = {"place": ["Almaty", "Aktau"], "date": ["2022-01-05", "2022-01-06"]}


@pytest.mark.parametrize("cell", [PLAIN, IN_3D, AREAS, BESIDE], ids=["plain", "3D", "areas", "beside others"])
def test_deep_bytes_are_refused(cell: bytes):
    """Collections, with heights or without, and other kinds that hold geometries are not read at such a depth."""
    with pytest.raises(GEOSException, match="over 500 deep"):
        from_wkb(cell)


def test_shapes_of_many_parts_are_read():
    """A shape of ten thousand parts, or of a hundred collections in one another, is no deep one."""
    wide = MultiPolygon([box(n, 0, n + 0.5, 1) for n in range(10_000)])
    deep = Point(1, 1)
    for _ in range(100):
        deep = GeometryCollection([deep, box(0, 0, 1, 1)])
    for shape in (wide, deep):
        assert from_wkb(shape.wkb).wkb == shape.wkb
        assert from_wkt(shape.wkt).wkb == shape.wkb


@pytest.mark.parametrize("cell", [WKT, PLAIN.hex(), f"SRID=4326;{WKT}"], ids=["WKT", "WKB", "EWKT"])
def test_a_deep_cell_of_a_table_is_no_shape(tmp_path: Path, cell: str):
    """The row of such a cell goes by its place, the others by their shapes."""
    table = pd.DataFrame({**TABLE, "geometry": [cell, "POINT (51.2 43.6)"]})
    table.to_csv(tmp_path / "a.csv", index=False)
    assert ge.locate(ge.read(tmp_path / "a.csv"))["lon"].round(1).tolist() == [76.9, 51.2]


def test_a_deep_shape_of_parquet_is_one_sentence(tmp_path: Path):
    """GeoParquet of any program is refused with a sentence, and so are ours and a CSV of ours."""
    shapes = pa.array([PLAIN, Point(1, 2).wkb])
    columns = {"geometry": {"encoding": "WKB", "geometry_types": []}}
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": columns}
    table = pa.table({**TABLE, "geometry": shapes}).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, tmp_path / "theirs.parquet")
    events = ge.locate(pd.DataFrame(TABLE))
    ge.write(events, tmp_path / "ours.parquet")
    ours = pq.read_table(tmp_path / "ours.parquet")
    at = ours.schema.get_field_index("geometry")
    pq.write_table(ours.set_column(at, ours.schema.field(at), shapes), tmp_path / "ours.parquet")
    ge.write(events, tmp_path / "ours.csv")
    text = (tmp_path / "ours.csv").read_text(encoding="utf-8")
    (tmp_path / "ours.csv").write_text(text.replace(events.geometry[0].wkt, WKT), encoding="utf-8")
    for name in ("theirs.parquet", "ours.parquet", "ours.csv"):
        with pytest.raises(ge.ReadError, match="over 500 deep"):
            ge.read(tmp_path / name)


def test_a_deep_shape_of_a_correction_is_one_sentence(tmp_path: Path):
    """A table of corrections with such a shape is refused, with the line."""
    (tmp_path / "o.csv").write_text(f"phrase,wkt\nAlmaty,{WKT}\n")
    with pytest.raises(ge.GeoEventsError, match="expected a shape as well-known text"):
        ge.locate(pd.DataFrame(TABLE), overrides=tmp_path / "o.csv")
