"""Make a frame again from a file: from its cells, typed or text, its geometries and the note that came with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from shapely.errors import ShapelyError

from geoevents.frame.arrow import Kind, missing
from geoevents.frame.shape_depth import check_wkt

__all__ = ["restore"]


def restore(cells: pd.DataFrame, shapes: Sequence[object], note: dict[str, Any]) -> gpd.GeoDataFrame:
    """Make a frame again from the cells and geometries of a file and the note that came with it.

    Parameters
    ----------
    cells
        The file's columns, typed or text, in the file's order of rows.
    shapes
        The geometries, in the CRS of the note.
    note
        What `geoevents.frame.arrow.Flat.note` was; a column that it does not name, or that no longer fits, stays as it
        was read.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import Point
    >>> from geoevents.frame.arrow import Flat
    >>> events = gpd.GeoDataFrame({"n": [1]}, index=["a"], geometry=[Point(1, 2)], crs="EPSG:4326")
    >>> cells = pd.DataFrame({"n": ["1"], "index": ["a"]})
    >>> bool(restore(cells, [Point(1, 2)], Flat(events).note).equals(events))
    True
    """
    frame = pd.DataFrame(cells).reset_index(drop=True)
    geometry = np.empty(len(frame), dtype=object)
    geometry[:] = list(shapes)
    order = str(note.get("order"))
    if order in frame.columns:
        position = pd.to_numeric(frame.pop(order)).to_numpy()
        along = np.argsort(position, kind="stable")
        frame, geometry = frame.iloc[along].reset_index(drop=True), geometry[along]
    described = {column["name"]: column for column in note["columns"]}
    for name in frame.columns:
        if name in described:
            frame[name] = _decoded(frame[name], described[name])
    levels = [level for level in note.get("index", []) if level["column"] in frame.columns]
    if levels:
        frame = frame.set_index([level["column"] for level in levels])
        frame.index = frame.index.set_names([level["name"] for level in levels])
    active = note.get("geometry") or "geometry"
    at = min(note.get("at", frame.shape[1]), frame.shape[1])
    frame.insert(at, active, gpd.GeoSeries(geometry, index=frame.index, crs=note.get("crs")))
    return gpd.GeoDataFrame(frame, geometry=active)


def _decoded(cells: pd.Series, column: dict[str, Any]) -> pd.Series:
    """Return a column as it was, from what stands in the file."""
    if str(cells.dtype) == column["dtype"] and column["dtype"] != "object":
        return cells
    try:
        typed: pd.Series = _typed(cells, column)
        return typed
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, ShapelyError):
        # The file was edited since: what stands there now is what counts.
        return cells


def _typed(cells: pd.Series, column: dict[str, Any]) -> Any:

    kind, dtype = column["kind"], column["dtype"]
    if dtype == "category":
        inner = _typed(cells, {**column, "dtype": column["of"]})
        known = column.get("categories")
        if known is None:
            return inner.astype("category")
        values = pd.Index(known, dtype=inner.dtype)
        if not inner.dropna().isin(values).all():
            return inner  # edited since: a value outside the categories is kept
        return inner.astype(pd.CategoricalDtype(values, ordered=column["ordered"]))
    if kind == "json":
        parsed = [None if missing(value) else _parsed(value) for value in cells]
        return pd.Series(parsed, index=cells.index, dtype=object)
    if kind == "shape":
        check_wkt(cells)
        return pd.Series(gpd.GeoSeries.from_wkt(cells.astype(object), crs=column["crs"]), index=cells.index)
    if kind in ("date", "moment"):
        return _times(cells, dtype, column.get("zone"))
    if kind == "span":
        return pd.to_timedelta(cells.astype(object)).astype(dtype)
    if kind in ("whole", "real", "truth"):
        return _numbers(cells, kind, dtype)
    plain = cells.astype(object).where(cells.notna(), None)
    return plain if dtype == "object" else plain.astype("str" if dtype == "text" else dtype)


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def _times(cells: pd.Series, dtype: Any, zone: str | None) -> pd.Series:

    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        times = cells
    else:
        times = pd.to_datetime(cells.astype("str"), format="ISO8601", utc=bool(zone))
    if zone and times.dt.tz is None:
        times = times.dt.tz_localize("UTC")
    if not zone and times.dt.tz is not None:
        times = times.dt.tz_convert("UTC").dt.tz_localize(None)
    return times.astype(dtype)


def _numbers(cells: pd.Series, kind: Kind, dtype: Any) -> Any:

    target = {"whole": pa.int64(), "real": pa.float64(), "truth": pa.bool_()}[kind]
    try:
        if cells.dtype == object and cells.map(type).nunique() > 1:
            # Rows of two files, one typed and one text; both are digits and words as text.
            cells = cells.map(lambda value: str(value).lower(), na_action="ignore")
        array = pa.array(cells, from_pandas=True)
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        array = array.cast(target)
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error
    nullable = {"whole": pd.Int64Dtype(), "real": pd.Float64Dtype(), "truth": pd.BooleanDtype()}[kind]
    found = pd.Series(array.to_pandas(types_mapper={target: nullable}.get), index=cells.index)
    if kind == "real" and not dtype[0].isupper():
        found = pd.Series(found.to_numpy("float64", na_value=float("nan")), index=cells.index)
    return found.astype(dtype)
