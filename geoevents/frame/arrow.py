"""A frame in the types that files can hold.

A GeoDataFrame becomes Arrow batches of text, numbers, dates and true/false, with a note in JSON that says what the
columns were: their pandas types, the index, the CRS. The note travels in the file, and `geoevents.frame.restore`
makes the frame again from it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geoevents.errors import ColumnError

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Column", "Flat", "Wkb", "dump", "free_name", "missing", "strict", "texts"]

Kind = Literal["text", "whole", "real", "truth", "date", "moment", "span", "json", "shape"]

# Rows that are encoded at a time.
CHUNK = 32_768
# With more categories than this, the note leaves them out: only those in use come back, in the order of their values.
_CATEGORIES = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """A column on its way to a file: its name and kind there, and its pandas type."""

    name: str
    kind: Kind
    dtype: str
    more: dict[str, Any] = field(default_factory=dict)

    def note(self) -> dict[str, Any]:
        """Return what `geoevents.frame.restore` needs, in JSON."""
        return {"name": self.name, "kind": self.kind, "dtype": self.dtype, **self.more}


class Flat:
    """A frame as columns of simple cells, in batches. The frame is not changed.

    Parameters
    ----------
    events
        A frame with an active geometry. An index that does more than count the rows becomes columns at the end.

    Raises
    ------
    ColumnError
        When two columns have the same name as text.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> events = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(1, 2)], crs="EPSG:4326")
    >>> for positions, batch in Flat(events).batches():
    ...     print(positions, batch.to_pydict())
    [0] {'n': [1]}
    """

    def __init__(self, events: gpd.GeoDataFrame) -> None:

        geometry = events.geometry.name
        cells = pd.DataFrame(events.drop(columns=geometry))
        cells.attrs = {}
        index: list[dict[str, Any]] = []
        if not _counts_rows(events.index):
            for level in range(events.index.nlevels):
                name = events.index.names[level]
                wanted = str(name) if name is not None else ("index" if events.index.nlevels == 1 else f"level_{level}")
                free = free_name(wanted, [*cells.columns, geometry])
                cells[free] = pd.Series(events.index.get_level_values(level), index=events.index)
                index.append({"column": free, "name": None if name is None else str(name)})
        cells.columns = pd.Index([str(name) for name in cells.columns])
        doubled = cells.columns[cells.columns.duplicated()].unique().tolist()
        if doubled:
            raise ColumnError(f"Columns: expected each name once, but {', '.join(map(repr, doubled))} is doubled.")
        self._cells = cells
        self.columns = [_described(cells[name]) for name in cells.columns]
        crs = events.crs.to_authority() if events.crs is not None else None
        self.note: dict[str, Any] = {
            "columns": [column.note() for column in self.columns],
            "index": index,
            "geometry": str(geometry),
            "at": events.columns.get_loc(geometry),
            "crs": ":".join(crs) if crs else (events.crs.to_wkt() if events.crs is not None else None),
        }

    def __len__(self) -> int:
        return len(self._cells)

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of the batches."""
        return pa.schema([(c.name, self._type(c)) for c in self.columns])

    def batches(
        self, rows: NDArray[np.intp] | None = None, size: int = CHUNK
    ) -> Iterator[tuple[NDArray[np.intp], pa.RecordBatch]]:
        """Yield rows, `size` at a time, with their positions: all in their order, or those that are given."""
        schema = self.schema
        rows = np.arange(len(self)) if rows is None else rows
        for start in range(0, len(rows), size):
            chosen = rows[start : start + size]
            part = self._cells.iloc[chosen]
            arrays = [_encoded(part[c.name], c, schema.field(c.name).type) for c in self.columns]
            yield chosen, pa.RecordBatch.from_arrays(arrays, schema=schema)

    def native(self) -> pa.Table:
        """Return all rows as Arrow has them natively: categories, time zones and durations stay what they are.

        Only what Arrow has no type for (cells of many types, lists and objects, second geometries) is text.
        """
        ours = {c.name for c in self.columns if c.kind in ("json", "shape") or c.dtype in ("object", "text")}
        easy = self._cells.drop(columns=list(ours))
        table = pa.Table.from_pandas(easy, preserve_index=False)
        columns: dict[str, pa.Array | pa.ChunkedArray] = {}
        for column in self.columns:
            kind, cells = self._type(column), self._cells[column.name]
            columns[column.name] = _encoded(cells, column, kind) if column.name in ours else table[column.name]
        return pa.table(columns, metadata=table.schema.metadata)

    def _type(self, column: Column) -> pa.DataType:

        if column.kind == "whole":
            return pa.int64()
        if column.kind == "real":
            return pa.float32() if column.dtype in ("float32", "Float32") else pa.float64()
        if column.kind == "moment":
            unit = _unit(self._cells[column.name])
            return pa.timestamp(unit, "UTC" if column.more.get("zone") else None)
        simple = {"truth": pa.bool_(), "date": pa.date32()}
        return simple.get(column.kind, pa.large_string())


def _counts_rows(index: pd.Index) -> bool:

    return isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1 and index.name is None


def free_name(wanted: str, taken: Sequence[object]) -> str:
    """Return a name that differs from all taken names by more than case.

    Examples
    --------
    >>> free_name("row", ["Row"])
    'row_2'
    """
    lower = {str(name).lower() for name in taken}
    name, number = wanted, 1
    while name.lower() in lower:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _described(cells: pd.Series) -> Column:
    """Return the kind of a column's cells in a file, and the pandas type they had."""
    name, dtype = str(cells.name), cells.dtype
    more: dict[str, Any] = {}
    if isinstance(dtype, pd.CategoricalDtype):
        inner = _described(pd.Series(dtype.categories, name=name))
        values = [strict(value) for value in dtype.categories] if inner.kind in ("text", "whole", "real") else []
        if dtype.ordered or len(values) <= _CATEGORIES:
            more["categories"] = values
        return Column(name, inner.kind, "category", {**more, "of": inner.dtype, "ordered": bool(dtype.ordered)})
    types = pd.api.types
    if dtype.name == "geometry":
        crs = cells.array.crs  # a column of geometries may have a CRS of its own
        return Column(name, "shape", "geometry", {"crs": None if crs is None else crs.to_string()})
    if types.is_bool_dtype(dtype):
        return Column(name, "truth", str(dtype))
    if types.is_integer_dtype(dtype):
        large = types.is_unsigned_integer_dtype(dtype) and len(cells) and (cells.max() or 0) > 2**63 - 1
        return Column(name, "text" if large else "whole", str(dtype))
    if types.is_float_dtype(dtype):
        return Column(name, "real", str(dtype))
    if types.is_datetime64_any_dtype(dtype):
        zone = getattr(dtype, "tz", None)
        known = cells.dropna()
        if zone is None and isinstance(known.dtype, type(cells.dtype)) and (known == known.dt.normalize()).all():
            return Column(name, "date", str(dtype))
        return Column(name, "moment", str(dtype), {"zone": str(zone)} if zone is not None else {})
    if types.is_timedelta64_dtype(dtype):
        return Column(name, "span", str(dtype))
    if isinstance(dtype, pd.StringDtype):
        return Column(name, "text", str(dtype))
    if isinstance(dtype, np.dtype) and dtype.kind == "O":
        return Column(name, _kind_of_objects(cells), "object")
    return Column(name, "text", "text")


def _kind_of_objects(cells: pd.Series) -> Kind:
    kinds = {type(value) for value in cells if not missing(value)}
    if kinds <= {str}:
        return "text"
    if kinds & {dict, list, tuple} or all(issubclass(kind, str | bool | int | float) for kind in kinds):
        return "json"
    return "text"


def missing(value: object) -> bool:
    """Return whether a cell is null: None, NaN, NaT or NA. An empty list or text is a value."""
    if value is None:
        return True
    if isinstance(value, str | dict | list | tuple):
        return False

    found = pd.isna(value)  # type: ignore[call-overload]
    return found if isinstance(found, bool) else False


def _unit(cells: pd.Series) -> str:
    unit = getattr(cells.dtype, "unit", None)
    return str(unit) if unit in ("s", "ms", "us", "ns") else "us"


def _encoded(cells: pd.Series, column: Column, kind: pa.DataType) -> pa.Array:
    """Return a column's cells as Arrow holds them in a file."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        values = _encoded(pd.Series(cells.cat.categories), column, kind)
        codes = cells.cat.codes.to_numpy()
        return values.take(pa.array(codes, pa.int32(), mask=codes < 0))
    if column.kind == "shape":
        return pa.array(shapely.to_wkt(cells.to_numpy(), rounding_precision=-1), kind, from_pandas=True)
    if column.kind == "json":
        return _strings([None if missing(value) else dump(value) for value in cells], kind)
    if column.kind == "span":
        return _strings([None if missing(value) else value.isoformat() for value in cells], kind)
    if column.kind == "moment" and column.more.get("zone"):
        cells = cells.dt.tz_convert("UTC")
    if column.kind == "text" and not isinstance(cells.dtype, pd.StringDtype):
        return _strings([None if missing(value) else str(strict(value)) for value in cells], kind)
    found = pa.array(cells, from_pandas=True)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    return found.cast(kind)


def _strings(values: list[str | None], kind: pa.DataType) -> pa.Array:

    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        # Half of a surrogate pair is not a character: UTF-8 has no form for it.
        whole = [v and v.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for v in values]
        return pa.array(whole, kind)


class Wkb:
    """Geometries as little-endian ISO WKB, for any rows at a time.

    Attributes
    ----------
    kinds
        Twice shapely's type id of each of n geometries, and 1 more where it has heights; negative for none.
    bounds
        West, south, east and north of each, (n, 4), NaN of what is missing or empty.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> shapes = np.array([shapely.Point(1, 2), shapely.Point(3, 4)])
    >>> shapely.from_wkb(Wkb(shapes).take(np.array([1]))[0].as_py())
    <POINT (3 4)>
    """

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        self._shapes = shapes
        self.kinds = 2 * shapely.get_type_id(shapes) + shapely.has_z(shapes)
        self.bounds = shapely.bounds(shapes)
        x, y = self.bounds[:, 0], self.bounds[:, 1]
        # Every point has 21 bytes; filled in order, one after the other in memory.
        self._plain = (self.kinds == 0) & ~np.isnan(x)
        self._points = np.empty(len(shapes), dtype=[("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
        self._points["order"], self._points["type"], self._points["x"], self._points["y"] = 1, 1, x, y

    def take(self, rows: NDArray[np.intp]) -> pa.Array:
        """Return the geometries of rows; missing ones are null."""
        if self._plain[rows].all():
            ends = np.arange(len(rows) + 1, dtype=np.int32) * self._points.itemsize
            parts = [None, pa.py_buffer(ends), pa.py_buffer(np.take(self._points, rows))]
            return pa.BinaryArray.from_buffers(pa.binary(), len(rows), parts)
        return pa.array(shapely.to_wkb(self._shapes[rows], flavor="iso", byte_order=1), pa.binary())


def texts(cells: pa.Array) -> pa.Array:
    """Return an array as text: ISO 8601 dates, ``true``, the shortest digits of a float; nulls stay null."""
    kind, text = cells.type, pa.large_string()
    if pa.types.is_large_string(kind):
        return cells
    if pa.types.is_timestamp(kind):
        seconds = cells.cast(pa.timestamp("s", kind.tz), safe=False)
        plain = seconds if pc.all(pc.equal(seconds.cast(kind), cells)).as_py() is not False else cells
        written = plain.cast(pa.timestamp(plain.type.unit)).cast(text)
        written = pc.binary_replace_slice(written, 10, 11, "T")
        return pc.binary_join_element_wise(written, pa.scalar("Z", text), pa.scalar("", text)) if kind.tz else written
    written = cells.cast(text)
    return _marked_real(cells, written) if pa.types.is_floating(kind) else written


def _marked_real(cells: pa.Array, written: pa.Array) -> pa.Array:
    """Return the text of numbers with ``.0`` on whole ones: 300380.0 is not 300380 to who compares texts."""
    if not pc.any(pc.equal(cells, pc.trunc(cells))).as_py():
        return written
    text = pa.large_string()
    whole = pc.match_substring_regex(written, r"^-?[0-9]+$")
    return pc.if_else(whole, pc.binary_join_element_wise(written, pa.scalar(".0", text), pa.scalar("", text)), written)


def strict(value: object) -> object:
    """Return a value that JSON can hold: NaN and infinities become null, values without a JSON form their text.

    Examples
    --------
    >>> strict({1: float("nan"), "day": __import__("datetime").date(2022, 1, 5)})
    {'1': None, 'day': '2022-01-05'}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        return {str(key): strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [strict(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if hasattr(value, "tolist"):
        return strict(value.tolist())
    if missing(value):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def dump(value: object) -> str:
    """Return a value as strict JSON on one line, letters of every script as they are."""
    return json.dumps(strict(value), ensure_ascii=False, allow_nan=False)
