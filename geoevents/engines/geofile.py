"""The GeoParquet files of the engines: row groups enter one by one, each outline is kept once in each of them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from geoevents.engines.batches import COVERING, SHAPE
from geoevents.exporters.covering import EDGES

__all__ = ["box_around", "describe", "extent", "united", "writer"]


def writer(where: Any, schema: pa.Schema, filesystem: Any = None) -> pq.ParquetWriter:
    """Open a file for row groups whose geometries are codes of a dictionary, as `united` gives them.

    Parameters
    ----------
    where
        A path.
    schema
        Of the rows; whether the geometry is coded or plain in it, readers see plain WKB.
    filesystem
        Of pyarrow, that the path is of; None for the local one.
    """
    coded = schema.set(schema.get_field_index(SHAPE), pa.field(SHAPE, pa.dictionary(pa.int32(), pa.binary())))
    # The dictionary of a row group with many countries may be large.
    return pq.ParquetWriter(
        where,
        coded,
        filesystem=filesystem,
        compression="zstd",
        store_schema=False,
        dictionary_pagesize_limit=1 << 30,
        write_statistics=[name for name in schema.names if name not in (SHAPE, COVERING)]
        + [f"{COVERING}.{edge}" for edge in EDGES],
    )


def describe(file: pq.ParquetWriter, schema: pa.Schema, metadata: dict[str, str]) -> None:
    """Add a file's metadata, and its Arrow schema.

    Time zones and durations, which Parquet has no types for, come back by it. Arrow itself would note the schema that
    it is given to write, with a coded geometry; and it gives those that read the schema its own metadata alone, so
    that these are noted twice.
    """
    plain = schema.set(schema.get_field_index(SHAPE), pa.field(SHAPE, pa.binary())).with_metadata(metadata)
    arrow_schema = base64.b64encode(plain.serialize().to_pybytes()).decode()
    file.add_key_value_metadata({**metadata, "ARROW:schema": arrow_schema})


def united(tables: list[pa.Table]) -> pa.Table:
    """Return tables as one, whose equal geometries are one entry of a dictionary."""
    at = tables[0].schema.get_field_index(SHAPE)
    coded = [
        table
        if pa.types.is_dictionary(table.schema.field(at).type)
        else table.set_column(at, SHAPE, table[SHAPE].dictionary_encode())
        for table in tables
    ]
    return pa.concat_tables(coded).unify_dictionaries().combine_chunks()


def extent(shapes: NDArray[np.object_]) -> tuple[set[str], list[float] | None]:
    """Return the types of geometries, and west, south, east and north of all of them, or None."""
    there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    distinct = np.array(list({id(shape): shape for shape in there}.values()), dtype=object)
    kinds = {f"{kind} Z" if z else kind for kind, z in {(shape.geom_type, shape.has_z) for shape in distinct}}
    return kinds, [float(edge) for edge in shapely.total_bounds(distinct)] if len(distinct) else None


def box_around(boxes: Iterable[Sequence[float]]) -> list[float] | None:
    """Return the box around boxes of west, south, east and north; None without boxes.

    Examples
    --------
    >>> box_around([[0, 0, 1, 1], [2, -1, 3, 0]])
    [0, -1, 3, 1]
    """
    sides = list(zip(*boxes, strict=True))
    return [edge(side) for edge, side in zip((min, min, max, max), sides, strict=True)] if sides else None
