"""Writes GeoParquet 1.1: an events frame enters, a file that QGIS, DuckDB and geopandas open leaves.

The geometry is WKB in the frame's CRS, with a covering column of bounding boxes. Rows lie along a Hilbert
curve, so that readers skip what is far away; the column ``row`` (``row_2`` where that is taken) has the place
that each row had, and `geoevents.read` puts them back by it. The provenance stands in the file's metadata
under ``geoevents``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from geoevents.exporters.progress import ahead, progress
from geoevents.flat import Flat, Wkb, free_name
from geoevents.provenance import KEY, packed

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["write_geoparquet"]

_EDGES = ("xmin", "ymin", "xmax", "ymax")
# Rows that a reader skips or reads together.
_GROUP = 65_536
# Cells that are looked at to tell whether a column repeats itself.
_SAMPLE = 20_000
# By shapely's type ids.
_TYPES = (
    "Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
    "GeometryCollection",
)  # fmt: skip


def write_geoparquet(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as GeoParquet 1.1 to a path, as it is given; `geoevents.write` is the safe way in.

    Source: https://geoparquet.org/releases/v1.1.0/
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = Flat(events)
    shape = str(events.geometry.name)
    names = [*flat.schema.names, shape]
    covering = free_name("bbox", names)
    row = flat.note["order"] = free_name("row", [*names, covering])
    table = flat.native()
    boxes = pa.struct([(edge, pa.float64()) for edge in _EDGES])
    ours = pa.schema([(shape, pa.binary()), (covering, boxes), (row, pa.int64())])
    schema = pa.schema([*table.schema, *ours], metadata=table.schema.metadata).with_metadata(
        {
            **(table.schema.metadata or {}),
            b"geo": json.dumps(_geo(events, covering)).encode(),
            KEY.encode(): packed(events, flat.note).encode(),
        }
    )
    options = {
        "compression": "zstd",
        "use_dictionary": [name for name in table.column_names if _repeats(table[name])],
        "write_statistics": [*table.column_names, *(f"{covering}.{edge}" for edge in _EDGES), row],
    }
    with progress(f"Writing {path.name}", len(flat)) as advance, pq.ParquetWriter(path, schema, **options) as writer:
        for group in ahead(_groups(events, table, schema)):
            writer.write_table(group, row_group_size=_GROUP)
            advance(len(group))


def _groups(events: gpd.GeoDataFrame, table: pa.Table, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the rows along the curve, a row group at a time."""
    import numpy as np
    import pyarrow as pa
    import shapely

    shapes = events.geometry.to_numpy()
    wkb, bounds = Wkb(shapes), shapely.bounds(shapes)
    order = _along_the_curve(events.geometry, bounds)
    # Codes are quicker to gather than the texts they stand for.
    codes = [column.dictionary_encode() if _repeats(column) else column for column in table.columns]
    for start in range(0, max(len(order), 1), _GROUP):
        chosen = order[start : start + _GROUP]
        own = [column.take(pa.array(chosen)).cast(kind) for column, kind in zip(codes, table.schema.types, strict=True)]
        rows = pa.array(chosen.astype(np.int64))
        yield pa.Table.from_arrays([*own, wkb.take(chosen), _boxes(bounds[chosen]), rows], schema=schema)


def _along_the_curve(shapes: gpd.GeoSeries, bounds: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the rows' positions along a Hilbert curve, those without a place last."""
    import numpy as np

    placed = ~np.isnan(bounds).any(axis=1)
    distance = np.full(len(shapes), np.iinfo(np.int64).max)
    if len(shapes) and placed.all():
        distance = shapes.hilbert_distance().to_numpy()
    elif placed.any():
        distance[placed] = shapes[placed].hilbert_distance().to_numpy()
    return np.argsort(distance, kind="stable")


def _repeats(column: pa.ChunkedArray) -> bool:
    """Whether a column's cells repeat enough for a dictionary to be worth its making."""
    import pyarrow as pa

    start = column.slice(0, _SAMPLE)
    if pa.types.is_floating(start.type) or pa.types.is_nested(start.type):
        return False
    return pa.types.is_dictionary(start.type) or len(start.unique()) < len(start) / 2


def _boxes(bounds: NDArray[np.float64]) -> pa.StructArray:
    import numpy as np
    import pyarrow as pa

    empty = np.isnan(bounds).any(axis=1)
    arrays = [pa.array(np.ascontiguousarray(bounds[:, i]), mask=empty) for i in range(4)]
    return pa.StructArray.from_arrays(arrays, names=list(_EDGES), mask=pa.array(empty))


def _geo(events: gpd.GeoDataFrame, covering: str) -> dict[str, object]:
    import numpy as np
    import shapely

    shapes = events.geometry.to_numpy()
    known = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    kinds = np.flatnonzero(np.bincount(2 * shapely.get_type_id(known) + shapely.has_z(known)))
    column: dict[str, object] = {
        "encoding": "WKB",
        "geometry_types": sorted(_TYPES[kind // 2] + (" Z" if kind % 2 else "") for kind in kinds),
        "crs": events.crs.to_json_dict(),
        "covering": {"bbox": {edge: [covering, edge] for edge in _EDGES}},
    }
    if len(known):
        column["bbox"] = [float(edge) for edge in shapely.total_bounds(known)]
    name = str(events.geometry.name)
    return {"version": "1.1.0", "primary_column": name, "columns": {name: column}}
