"""Write GeoParquet 1.1 that QGIS, DuckDB and geopandas open.

The geometry is WKB in the frame's CRS, with a covering column of bounding boxes. Rows lie along a Hilbert
curve, so that readers skip what is far away; the column ``row`` (``row_2`` where that is taken) has the place
that each row had, and `geoevents.read` puts them back by it. The provenance stands in the file's metadata
under ``geoevents``.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geoevents.exporters.covering import EDGES, box_type, boxes, geo_metadata
from geoevents.exporters.progress import ahead, progress
from geoevents.frame.arrow import Flat, Wkb, free_name
from geoevents.frame.provenance import KEY, provenance_to_json

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["write_geoparquet"]

# Rows that a reader skips or reads together.
_GROUP = 65_536
# Cells that are looked at to tell whether a column repeats itself.
_SAMPLE = 20_000
# By shapely's type ids.
_TYPES = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)


def write_geoparquet(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as GeoParquet 1.1 to a path, as it is given; `geoevents.write` is the safe way in.

    Source: https://geoparquet.org/releases/v1.1.0/
    """
    flat = Flat(events)
    shape = str(events.geometry.name)
    names = [*flat.schema.names, shape]
    covering = free_name("bbox", names)
    row = flat.note["order"] = free_name("row", [*names, covering])
    table = flat.native()
    wkb = Wkb(events.geometry.to_numpy())
    ours = pa.schema([(shape, pa.binary()), (covering, box_type()), (row, pa.int64())])
    schema = pa.schema([*table.schema, *ours], metadata=table.schema.metadata).with_metadata(
        {
            **(table.schema.metadata or {}),
            b"geo": _geo(events, wkb, covering).encode(),
            KEY.encode(): provenance_to_json(events, flat.note).encode(),
        }
    )
    repeating = [name for name in table.column_names if _repeats(table[name])]
    options = {
        "compression": "zstd",
        "use_dictionary": repeating,
        # Rows in an order of their own do not compress, but fit into few bits.
        "column_encoding": {row: "DELTA_BINARY_PACKED"},
        "write_statistics": [*table.column_names, *(f"{covering}.{edge}" for edge in EDGES), row],
    }
    # Codes are quicker to gather than the texts they stand for.
    texts = {name for name in repeating if pa.types.is_large_string(table[name].type)}
    # A second core finds the order while the first one makes what is to be ordered.
    with ThreadPoolExecutor(1) as beside:
        order = beside.submit(_along_the_curve, events.geometry, wkb.bounds)
        covers = boxes(wkb.bounds)
        columns = [table[name].dictionary_encode() if name in texts else table[name] for name in table.column_names]
        groups = _groups([*columns, covers], wkb, order.result(), schema)
    with progress(f"Writing {path.name}", len(flat)) as advance, pq.ParquetWriter(path, schema, **options) as writer:
        for group in ahead(groups):
            writer.write_table(group, row_group_size=_GROUP)
            advance(len(group))


def _groups(
    columns: list[pa.Array | pa.ChunkedArray], wkb: Wkb, order: NDArray[np.int64], schema: pa.Schema
) -> Iterator[pa.Table]:
    """Yield the rows in an order, a row group at a time."""
    for start in range(0, max(len(order), 1), _GROUP):
        chosen = order[start : start + _GROUP]
        rows = pa.array(chosen)
        *own, covering = (column.take(rows) for column in columns)
        arrays = [*own, wkb.take(chosen), covering, rows]
        same = [
            array.cast(kind) if array.type != kind else array for array, kind in zip(arrays, schema.types, strict=True)
        ]
        yield pa.Table.from_arrays(same, schema=schema)


def _along_the_curve(shapes: gpd.GeoSeries, bounds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rows' positions along a Hilbert curve, those without a place last."""
    placed = ~np.isnan(bounds[:, 0])
    rows = np.flatnonzero(placed)
    if not len(rows):
        return np.arange(len(placed))
    distance = (shapes if placed.all() else shapes[placed]).hilbert_distance().to_numpy().astype(np.uint64)
    # Distance and row in one number, both of 32 bits: NumPy sorts plain numbers much faster than it finds an order.
    along = np.sort(distance << 32 | rows.astype(np.uint64)) & 0xFFFFFFFF
    return np.concatenate([along.astype(np.int64), np.flatnonzero(~placed)])


def _repeats(column: pa.ChunkedArray) -> bool:
    """Whether a column's cells repeat enough for a dictionary to be worth its making."""
    start = column.slice(0, _SAMPLE)
    if pa.types.is_nested(start.type):
        return False
    return pa.types.is_dictionary(start.type) or len(start.unique()) < len(start) / 2


def _geo(events: gpd.GeoDataFrame, wkb: Wkb, covering: str) -> str:
    known = ~np.isnan(wkb.bounds[:, 0])
    kinds = np.flatnonzero(np.bincount(wkb.kinds[known]))
    names = [_TYPES[kind // 2] + (" Z" if kind % 2 else "") for kind in kinds]
    outermost = (np.nanmin, np.nanmin, np.nanmax, np.nanmax)
    whole = [of(edge) for of, edge in zip(outermost, wkb.bounds.T, strict=True)] if known.any() else None
    return geo_metadata(str(events.geometry.name), covering, events.crs, names, whole)
