"""Outlines of countries beside a table instead of in it: a row names its outline, which travels once.

An outline takes 20 kB on average and up to a megabyte, and a table has the same few a thousand times.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geoevents.engines.batches import SHAPE
from geoevents.engines.gazetteer_source import USUAL, GazetteerSource
from geoevents.engines.outlines import outline_table

__all__ = ["OUTLINE", "OUTLINE_SHAPE", "country_outlines", "named_batches"]

# The column that names a row's outline, by what its bytes come to, and that of the outline itself beside the table.
OUTLINE, OUTLINE_SHAPE = "geoevents_outline", "geoevents_outline_shape"
# Shorter ones travel as they are.
_LONG = 1000
# Bytes of geometry that are handed over together.
_BYTES = 1 << 25


@lru_cache(maxsize=2)
def country_outlines(known: GazetteerSource = USUAL) -> pa.Table:
    """Return the outlines of a gazetteer's countries under their names.

    Returns
    -------
    pyarrow.Table
        A row a country: `OUTLINE`, and `OUTLINE_SHAPE` (WKB, EPSG:4326).

    Examples
    --------
    >>> country_outlines().column_names
    ['geoevents_outline', 'geoevents_outline_shape']
    """
    countries = known.load().layer("countries")
    ids = countries["id"][countries.geom_type.isin(["Polygon", "MultiPolygon"])]
    shapes = outline_table(ids.tolist(), known)[SHAPE].combine_chunks()
    shapes = shapes.filter(pc.greater_equal(pc.binary_length(shapes), _LONG)).unique()
    names = pa.array([_name(shape) for shape in shapes], pa.string())
    return pa.table({OUTLINE: names, OUTLINE_SHAPE: shapes})


def _name(shape: pa.BinaryScalar) -> str:
    return sha256(shape.as_buffer()).hexdigest()


def named_batches(table: pa.Table, known: frozenset[str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table, with the name instead of the shape where it is one that is known.

    Parameters
    ----------
    table
        Whose geometries are codes of a dictionary of WKB.
    known
        The names of the outlines that travel beside the table.

    Yields
    ------
    pyarrow.RecordBatch
        The columns of the table, then `OUTLINE`, null where the row has its shape itself.
    """
    at = table.schema.get_field_index(SHAPE)
    coded = table.column(at).combine_chunks()
    shapes, code = coded.dictionary, coded.indices
    names: list[str | None] = [None] * len(shapes)
    for i in np.flatnonzero(pc.binary_length(shapes).to_numpy(zero_copy_only=False) >= _LONG).tolist():
        name = _name(shapes[i])
        names[i] = name if name in known else None
    called = pa.array(names, pa.string())
    shapes = pc.if_else(pc.is_valid(called), pa.scalar(None, shapes.type), shapes)
    size = pc.fill_null(pc.binary_length(shapes).take(code), 0).to_numpy(zero_copy_only=False)
    piece = np.cumsum(size, dtype=np.int64) // _BYTES
    cuts = [0, *(np.flatnonzero(np.diff(piece)) + 1).tolist(), table.num_rows]
    for start, end in pairwise(cuts):
        rows = code.slice(start, end - start)
        part = table.slice(start, end - start).set_column(at, SHAPE, shapes.take(rows))
        yield from part.append_column(OUTLINE, called.take(rows)).combine_chunks().to_batches()
