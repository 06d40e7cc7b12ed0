"""Encode the results of a batch as Arrow tables: one schema for all batches, geometries as WKB with their bounds."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geoevents.engines.batches import COVERING, SHAPE, Plan, process_part, shapes_and_none
from geoevents.engines.units import Areas, unit_types
from geoevents.errors import ColumnError
from geoevents.exporters.covering import box_type, boxes
from geoevents.frame.schema import COLUMNS, OPTIONAL

__all__ = ["arrow_table", "result_schema"]


def result_schema(head: pa.Table, plan: Plan) -> pa.Schema:
    """Return the schema of the result, from the first rows of the table, or from none of them."""
    frame = process_part(head, plan)
    taken = {*COLUMNS, *OPTIONAL}
    given = {field.name: _flat(field.type) for field in head.schema}
    units = {} if plan.areas is None else _unit_types(frame, plan)
    kinds = {"text": pa.string(), "number": pa.float64(), "count": pa.int64(), "date": pa.timestamp("us")}
    fields = []
    for name in map(str, frame.columns):
        if name == SHAPE:
            continue
        if name in taken and not (plan.located and name in OPTIONAL and given.get(name) is not None):
            kind = kinds[(COLUMNS | OPTIONAL)[name]]
        elif name in units:
            kind = units[name]
        else:
            known = _type_of(name, given)
            kind = _flat(_arrow_type(frame[[name]])) if known is None else known
        fields.append(pa.field(name, pa.string() if pa.types.is_null(kind) else kind))
    if COVERING in frame.columns:
        raise ColumnError(f"Columns: expected none of the name {COVERING!r}, which holds the bounds of each geometry.")
    return pa.schema([*fields, pa.field(SHAPE, pa.binary()), pa.field(COVERING, box_type())])


def _arrow_type(frame: pd.DataFrame) -> pa.DataType:
    """Return the Arrow type of a frame's one column."""
    return pa.Schema.from_pandas(frame, preserve_index=False).field(0).type


def _flat(kind: pa.DataType) -> pa.DataType:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    return pa.binary() if pa.types.is_large_binary(kind) else kind


def _type_of(name: str, given: dict[str, pa.DataType]) -> pa.DataType | None:
    while name not in given and name.endswith("_input"):
        name = name.removesuffix("_input")
    return given.get(name)


def _unit_types(frame: gpd.GeoDataFrame, plan: Plan) -> dict[str, pa.DataType]:
    """Return the types of the columns that a join adds, from all units: the first rows may lie in no unit."""
    table = unit_types(Areas(plan.areas, plan.how, plan.weight, plan.gazetteer))
    if table is None:
        return {}
    types = {}
    for field in pa.Schema.from_pandas(table, preserve_index=False):
        names = [
            name for name in map(str, frame.columns) if name.replace("_unit", "") == field.name or name == field.name
        ]
        types.update({names[-1]: _flat(field.type)} if names else {})
    return types


def arrow_table(events: gpd.GeoDataFrame, schema: pa.Schema, *, coded: bool) -> pa.Table:
    """Return events as Arrow, the geometry as WKB with its bounds beside it.

    Parameters
    ----------
    events
        What `process_part` gave.
    schema
        What `result_schema` gave, or some of its columns; without a geometry no outline is encoded.
    coded
        Whether equal geometries are kept once, as the values of a dictionary.
    """
    arrays = {f.name: _array(events[f.name], f.type) for f in schema if f.name not in (SHAPE, COVERING)}
    if {SHAPE, COVERING} & set(schema.names):
        arrays |= _coded_shapes(events.geometry.to_numpy(), coded=coded)
    return pa.Table.from_arrays([arrays[name] for name in schema.names], names=schema.names)


def _coded_shapes(shapes: NDArray[np.object_], *, coded: bool) -> dict[str, pa.Array]:
    """Return geometries as WKB, and their bounds."""
    there = np.flatnonzero(~shapely.is_missing(shapes))
    # Rows in one area share an object, which spares most of the work; points are objects of their own, told apart by
    # what they are.
    objects, first_of = pd.factorize(np.array([id(shape) for shape in shapes[there]], dtype=np.int64))
    at = np.empty(len(first_of), dtype=np.int64)
    at[objects[::-1]] = there[::-1]
    same, _ = pd.factorize(np.asarray(shapely.to_wkb(shapes[at]), dtype=object))
    first = np.empty(same.max(initial=-1) + 1, dtype=np.int64)
    first[same[::-1]] = at[::-1]
    code = np.full(len(shapes), len(first), dtype=np.int32)
    code[there] = same[objects]
    distinct = shapes_and_none(shapes[first])
    wkb = pa.array(shapely.to_wkb(distinct[:-1]), pa.binary())
    where = pa.array(code, mask=code == len(first))
    geometry = pa.DictionaryArray.from_arrays(where, wkb) if coded else wkb.take(where)
    return {SHAPE: geometry, COVERING: boxes(shapely.bounds(distinct)[code])}


def _array(column: pd.Series, kind: pa.DataType) -> pa.Array:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pa.Array.from_pandas(column).dictionary_decode().cast(kind)
    made = pa.Array.from_pandas(column, type=kind) if column.dtype == object else pa.Array.from_pandas(column)
    made = made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
    return made if made.type == kind else made.cast(kind)
