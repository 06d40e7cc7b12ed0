"""A frame as files can hold it, and back.

A GeoDataFrame enters; Arrow batches of text, numbers, dates and true/false leave, with a note in JSON of what
the columns were: their pandas types, the index, the CRS. The note travels in the file, and `restore` makes the
frame again from the cells that a reader found, be they typed or text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from geoevents.errors import ColumnError

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["Column", "Flat", "Wkb", "dump", "free_name", "restore", "strict", "texts"]

Kind = Literal["text", "whole", "real", "truth", "date", "moment", "span", "json", "shape"]

# Rows that are in hand at a time.
CHUNK = 32_768
# Categories beyond this are not noted: they come back as those that are used, in the order of their values.
_CATEGORIES = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """A column on its way to a file: what it is called and holds there, and what it was."""

    name: str
    kind: Kind
    dtype: str
    more: dict[str, Any] = field(default_factory=dict)

    def note(self) -> dict[str, Any]:
        """Return what `restore` needs to know, as JSON can hold it."""
        return {"name": self.name, "kind": self.kind, "dtype": self.dtype, **self.more}


class Flat:
    """A frame seen as columns of simple cells, handed out in batches; the frame is not changed.

    Parameters
    ----------
    events
        A frame with an active geometry. An index that does not just count the rows becomes columns, at the
        end.

    Raises
    ------
    ColumnError
        When two columns have one name once both are text.

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
        import pandas as pd

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
        import pyarrow as pa

        return pa.schema([(c.name, self._type(c)) for c in self.columns])

    def batches(
        self, rows: NDArray[np.intp] | None = None, size: int = CHUNK
    ) -> Iterator[tuple[NDArray[np.intp], pa.RecordBatch]]:
        """Yield rows, `size` at a time, with their positions: all in their order, or those that are given."""
        import numpy as np
        import pyarrow as pa

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
        import pyarrow as pa

        ours = {c.name for c in self.columns if c.kind in ("json", "shape") or c.dtype in ("object", "text")}
        easy = self._cells.drop(columns=list(ours))
        table = pa.Table.from_pandas(easy, preserve_index=False)
        columns: dict[str, pa.Array | pa.ChunkedArray] = {}
        for column in self.columns:
            kind, cells = self._type(column), self._cells[column.name]
            columns[column.name] = _encoded(cells, column, kind) if column.name in ours else table[column.name]
        return pa.table(columns, metadata=table.schema.metadata)

    def _type(self, column: Column) -> pa.DataType:
        import pyarrow as pa

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
    import pandas as pd

    return isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1 and index.name is None


def free_name(wanted: str, taken: Sequence[object]) -> str:
    """Return a name that differs from all that are taken, by more than case.

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
    """Return what a column holds: the kind of its cells in a file, and the type that it had."""
    import pandas as pd

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
    if dtype == object:
        return Column(name, _kind_of_objects(cells), "object")
    return Column(name, "text", "text")


def _kind_of_objects(cells: pd.Series) -> Kind:
    kinds = {type(value) for value in cells if not _missing(value)}
    if kinds <= {str}:
        return "text"
    if kinds & {dict, list, tuple} or all(issubclass(kind, str | bool | int | float) for kind in kinds):
        return "json"
    return "text"


def _missing(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, str | dict | list | tuple):
        return False
    import pandas as pd

    found = pd.isna(value)
    return bool(found) if isinstance(found, bool) else False


def _unit(cells: pd.Series) -> str:
    unit = getattr(cells.dtype, "unit", None)
    return str(unit) if unit in ("s", "ms", "us", "ns") else "us"


def _encoded(cells: pd.Series, column: Column, kind: pa.DataType) -> pa.Array:
    """Return a column's cells as Arrow holds them in a file."""
    import pandas as pd
    import pyarrow as pa
    import shapely

    if isinstance(cells.dtype, pd.CategoricalDtype):
        values = _encoded(pd.Series(cells.cat.categories), column, kind)
        codes = cells.cat.codes.to_numpy()
        return values.take(pa.array(codes, pa.int32(), mask=codes < 0))
    if column.kind == "shape":
        return pa.array(shapely.to_wkt(cells.to_numpy(), rounding_precision=-1), kind, from_pandas=True)
    if column.kind == "json":
        return _strings([None if _missing(value) else dump(value) for value in cells], kind)
    if column.kind == "span":
        return _strings([None if _missing(value) else value.isoformat() for value in cells], kind)
    if column.kind == "moment" and column.more.get("zone"):
        cells = cells.dt.tz_convert("UTC")
    if column.kind == "text" and not isinstance(cells.dtype, pd.StringDtype):
        return _strings([None if _missing(value) else str(strict(value)) for value in cells], kind)
    found = pa.array(cells, from_pandas=True)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    return found.cast(kind)


def _strings(values: list[str | None], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        # Half of a surrogate pair is no character: UTF-8 has no form for it.
        whole = [v and v.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for v in values]
        return pa.array(whole, kind)


class Wkb:
    """Geometries as little-endian ISO WKB, any rows of them at a time.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> shapes = np.array([shapely.Point(1, 2), shapely.Point(3, 4)])
    >>> shapely.from_wkb(Wkb(shapes).take(np.array([1]))[0].as_py())
    <POINT (3 4)>
    """

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        import numpy as np
        import shapely

        self._shapes = shapes
        # Points are all alike, 21 bytes each; read in their order, which memory likes.
        self._plain = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes) & ~shapely.has_z(shapes)
        self._points = np.zeros(len(shapes), dtype=[("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
        self._points["order"], self._points["type"] = 1, 1
        xy = shapely.get_coordinates(shapes[self._plain])
        self._points["x"][self._plain], self._points["y"][self._plain] = xy[:, 0], xy[:, 1]

    def take(self, rows: NDArray[np.intp]) -> pa.Array:
        """Return the geometries of rows, null where there is none."""
        import pyarrow as pa
        import shapely

        if self._plain[rows].all():
            points = pa.py_buffer(self._points[rows])
            fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(21), len(rows), [None, points])
            return fixed.cast(pa.binary())
        return pa.array(shapely.to_wkb(self._shapes[rows], flavor="iso", byte_order=1), pa.binary())


def texts(cells: pa.Array) -> pa.Array:
    """Return an array as text: ISO 8601 dates, ``true``, the shortest digits of a float; nulls stay null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind, text = cells.type, pa.large_string()
    if pa.types.is_large_string(kind):
        return cells
    if pa.types.is_timestamp(kind):
        seconds = cells.cast(pa.timestamp("s", kind.tz), safe=False)
        plain = seconds if pc.all(pc.equal(seconds.cast(kind), cells)).as_py() is not False else cells
        written = plain.cast(pa.timestamp(plain.type.unit)).cast(text)
        written = pc.binary_replace_slice(written, 10, 11, "T")
        return pc.binary_join_element_wise(written, pa.scalar("Z", text), pa.scalar("", text)) if kind.tz else written
    return cells.cast(text)


def strict(value: object) -> object:
    """Return a value as JSON can hold it: what is no number is null, what has no JSON form is its text.

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
    if _missing(value):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def dump(value: object) -> str:
    """Return a value as strict JSON on one line, letters of every script as they are."""
    return json.dumps(strict(value), ensure_ascii=False, allow_nan=False)


def restore(cells: pd.DataFrame, shapes: Sequence[object], note: dict[str, Any]) -> gpd.GeoDataFrame:
    """Make a frame again from the cells and geometries of a file and the note that came with it.

    Parameters
    ----------
    cells
        The file's columns, typed or text, in the file's order of rows.
    shapes
        The geometries, in the CRS of the note.
    note
        What `Flat.note` was; a column that it does not name, or that no longer fits, stays as it was read.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import Point
    >>> events = gpd.GeoDataFrame({"n": [1]}, index=["a"], geometry=[Point(1, 2)], crs="EPSG:4326")
    >>> cells = pd.DataFrame({"n": ["1"], "index": ["a"]})
    >>> bool(restore(cells, [Point(1, 2)], Flat(events).note).equals(events))
    True
    """
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    frame = pd.DataFrame(cells).reset_index(drop=True)
    geometry = np.empty(len(frame), dtype=object)
    geometry[:] = list(shapes)
    order = note.get("order")
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
    if str(cells.dtype) == column["dtype"] and column["dtype"] != "object":
        return cells
    try:
        return _typed(cells, column)
    except (TypeError, ValueError, ArithmeticError):
        # The file was edited since: what stands there now is what counts.
        return cells


def _typed(cells: pd.Series, column: dict[str, Any]) -> pd.Series:
    import geopandas as gpd
    import pandas as pd

    kind, dtype = column["kind"], column["dtype"]
    if dtype == "category":
        inner = _typed(cells, {**column, "dtype": column["of"]})
        known = column.get("categories")
        if known is None:
            return inner.astype("category")
        values = pd.Index(known, dtype=inner.dtype)
        return inner.astype(pd.CategoricalDtype(values, ordered=column["ordered"]))
    if kind == "json":
        parsed = [None if _missing(value) else _parsed(value) for value in cells]
        return pd.Series(parsed, index=cells.index, dtype=object)
    if kind == "shape":
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


def _times(cells: pd.Series, dtype: str, zone: str | None) -> pd.Series:
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        times = cells
    else:
        times = pd.to_datetime(cells.astype("str"), format="ISO8601", utc=bool(zone))
    if zone and times.dt.tz is None:
        times = times.dt.tz_localize("UTC")
    if not zone and times.dt.tz is not None:
        times = times.dt.tz_convert("UTC").dt.tz_localize(None)
    return times.astype(dtype)


def _numbers(cells: pd.Series, kind: Kind, dtype: str) -> pd.Series:
    import pandas as pd
    import pyarrow as pa

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
    nullable = {"whole": "Int64", "real": "Float64", "truth": "boolean"}[kind]
    found = pd.Series(array.to_pandas(types_mapper={target: pd.array([], nullable).dtype}.get), index=cells.index)
    if kind == "real" and not dtype[0].isupper():
        found = pd.Series(found.to_numpy("float64", na_value=float("nan")), index=cells.index)
    return found.astype(dtype)
