"""Opens the tables: places, names, shapes.

A folder of Parquet files and a name index enters; columns, rows and shapes leave, read as late and as little as
asked for. The name index (``names.marisa``) is memory-mapped and shared between processes; a look-up of one name
decodes a few row groups, a column of a million names decodes each needed column once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import marisa_trie
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gazetteer.errors import DataError, UnknownPlaceError

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["LAYERS", "NAME_KINDS", "Store", "Table"]

# In the order of their place numbers.
LAYERS = ("countries", "admin1", "admin2", "cities", "airports", "seas")
NAME_KINDS = ("primary", "official", "short", "alternate", "former", "demonym", "abbreviation", "code")

_DTYPES = {"float": "float32", "double": "float64"}  # Arrow's names of NumPy's types, where they differ
# From this many rows on, decoding the whole column once is cheaper than its row groups one by one.
_MANY = 2_000


class Table:
    """One Parquet file, sorted by its first searchable column, read by row group.

    Parameters
    ----------
    path
        A Parquet file that `gazetteer build` wrote.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = pq.ParquetFile(path, memory_map=True)
        except (OSError, ValueError) as error:
            raise DataError(f"{path}: expected a table of the gazetteer, but it cannot be read ({error}).") from error
        meta = self._file.metadata
        sizes = [meta.row_group(i).num_rows for i in range(meta.num_row_groups)]
        self.starts: NDArray[np.int64] = np.concatenate([[0], np.cumsum(sizes)]).astype("int64")
        self._schema = self._file.schema_arrow
        self.columns: list[str] = self._schema.names
        self._parts: dict[tuple[str, int], pa.Array] = {}
        self._whole: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return int(self.starts[-1])

    @property
    def path(self) -> str:
        """The file this table is read from."""
        return str(self._file.reader.path) if hasattr(self._file.reader, "path") else ""

    def column(self, name: str) -> NDArray[Any]:
        """Return a whole column, decoded once: numbers as they are, dates as days, missing numbers NaN."""
        if name not in self._whole:
            table = self._file.read(columns=[name], use_threads=False)
            self._whole[name] = _array(table.column(0))
        return self._whole[name]

    def take(self, name: str, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Return a column's values at row numbers, decoding no more row groups than needed."""
        if name in self._whole or len(rows) > _MANY:
            return self.column(name)[rows]
        groups = np.searchsorted(self.starts, rows, side="right") - 1
        cells = [(self._part(name, int(g)), int(r - self.starts[g])) for g, r in zip(groups, rows, strict=True)]
        if not self._is_number(name):
            out = np.empty(len(cells), dtype=object)
            out[:] = [part[i].as_py() for part, i in cells]
            return out
        return np.array([_array(part.slice(i, 1))[0] for part, i in cells], dtype=None if cells else "float64")

    def search(self, name: str, value: Any) -> tuple[int, int]:
        """Return the first row and the row after the last one that hold a value, in a column the table is sorted by."""
        first, last = 0, 0
        position = self.columns.index(name)
        meta = self._file.metadata
        for group, start in enumerate(self.starts[:-1]):
            bounds = meta.row_group(group).column(position).statistics
            if bounds.min <= value <= bounds.max:
                part = _array(self._part(name, group))
                low, high = np.searchsorted(part, value, "left"), np.searchsorted(part, value, "right")
                if high > low:
                    if last == 0:
                        first = int(start + low)
                    last = int(start + high)
            elif bounds.min > value:
                break
        return first, last

    def _part(self, name: str, group: int) -> pa.Array:
        """Return a column of one row group, decoded once."""
        if (name, group) not in self._parts:
            column = self._file.read_row_group(group, columns=[name], use_threads=False).column(0)
            self._parts[name, group] = _chunk(column)
        return self._parts[name, group]

    def _is_number(self, name: str) -> bool:
        kind = self._schema.field(name).type
        return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_date(kind))


def _chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _array(column: Any) -> NDArray[Any]:
    """Return an Arrow column as an array: texts as objects, numbers as they are, with nulls as NaN, dates as days.

    Straight from the buffers: Arrow's own conversion to NumPy imports pandas, which costs more than the look-up.
    """
    array = column if isinstance(column, pa.Array) else _chunk(column)
    if pa.types.is_date(array.type):
        array = array.view(pa.int32())
    if not (pa.types.is_integer(array.type) or pa.types.is_floating(array.type)):
        out = np.empty(len(array), dtype=object)
        out[:] = array.to_pylist()
        return out
    valid, values = array.buffers()
    if values is None:
        return np.full(len(array), np.nan)
    numbers = np.frombuffer(values, dtype=_DTYPES.get(str(array.type), str(array.type)))
    numbers = numbers[array.offset : array.offset + len(array)]
    if array.null_count == 0:
        return numbers
    bits = np.unpackbits(np.frombuffer(valid, dtype="uint8"), bitorder="little").astype(bool)
    return np.where(bits[array.offset : array.offset + len(array)], numbers, np.nan)


class Store:
    """The folder of tables, opened.

    Parameters
    ----------
    folder
        What `gazetteer build` wrote.

    Raises
    ------
    DataError
        When the folder is not one, or a table is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        missing = [n for n in ("info.json", "names.marisa", "names.parquet") if not (folder / n).is_file()]
        if missing:
            raise DataError(f"{folder}: expected a gazetteer folder, but {', '.join(missing)} is not in it.")
        self.info: dict[str, Any] = json.loads((folder / "info.json").read_text(encoding="utf-8"))
        self.layers = [Table(folder / f"{layer}.parquet") for layer in LAYERS]
        self.bases: NDArray[np.int64] = np.concatenate([[0], np.cumsum([len(t) for t in self.layers])]).astype("int64")
        self.names = Table(folder / "names.parquet")
        self._trie = marisa_trie.Trie()
        self._trie.mmap(str(folder / "names.marisa"))
        self.key_of = self._trie.get
        self.keys_after = self._trie.keys
        self.key_text = self._trie.restore_key

    def __len__(self) -> int:
        return int(self.bases[-1])

    def postings(self, key: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the place numbers a key stands for, and the row of each name in the names table."""
        first, last = self.names.search("key", key)
        rows = np.arange(first, last)
        return self.names.take("place", rows).astype("int64"), rows

    @cached_property
    def key_starts(self) -> NDArray[np.int64]:
        """The first row in the names table of every key, and the row after the last."""
        keys = self.names.column("key")
        return np.searchsorted(keys, np.arange(len(self._trie) + 1))

    def take(self, column: str, places: NDArray[np.int64]) -> NDArray[Any]:
        """Return a column's values at place numbers, whichever layers they are in."""
        layers = np.searchsorted(self.bases, places, side="right") - 1
        present = np.unique(layers)
        if len(present) == 1:
            layer = int(present[0])
            return self.layers[layer].take(column, places - self.bases[layer])
        parts = {int(i): self.layers[i].take(column, places[layers == i] - self.bases[i]) for i in present}
        dtype = np.result_type(*parts.values()) if parts else np.dtype("float64")
        out = np.empty(len(places), dtype=dtype)
        for layer, values in parts.items():
            out[layers == layer] = values
        return out

    @cache  # noqa: B019 - one store a process
    def column(self, column: str) -> NDArray[Any]:
        """Return a column over all places."""
        return np.concatenate([table.column(column) for table in self.layers])

    def find(self, place_id: str) -> int:
        """Return the place number of an id.

        Raises
        ------
        UnknownPlaceError
            When no layer holds the id.
        """
        for layer, table in enumerate(self.layers):
            first, last = table.search("id", place_id)
            if last > first:
                return int(self.bases[layer] + first)
        raise UnknownPlaceError(
            f"Place id: expected one of this gazetteer, such as geonames:1526384 or iso:KZ-47, got {place_id!r}."
        )

    def wkb(self, place: int) -> bytes | None:
        """Return the shape of a place as WKB, None where only its point is known."""
        layer = int(np.searchsorted(self.bases, place, side="right") - 1)
        table = self.layers[layer]
        if "geometry" not in table.columns:
            return None
        value: bytes | None = table.take("geometry", np.array([place - self.bases[layer]]))[0]
        return value

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer as a GeoDataFrame in EPSG:4326; places without a shape are points."""
        import geopandas as gpd
        import pandas as pd

        known = (*LAYERS, "basemap")
        if name not in known:
            raise UnknownPlaceError(f"Layer: expected one of {', '.join(known)}, got {name!r}.")
        path = self.folder / f"{name}.parquet"
        if "geometry" in pq.read_schema(path).names:
            frame = gpd.read_parquet(path)
            if "lon" in frame:
                bare = frame.geometry.isna()
                points = gpd.points_from_xy(frame.loc[bare, "lon"], frame.loc[bare, "lat"])
                frame.loc[bare, frame.geometry.name] = points
            return frame
        frame = pd.read_parquet(path)
        return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs="EPSG:4326")


def concatenated_ranges(
    starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of all ranges one after the other, and the range each belongs to.

    Examples
    --------
    >>> numbers, owner = concatenated_ranges(np.array([3, 9]), np.array([5, 10]))
    >>> numbers.tolist(), owner.tolist()
    ([3, 4, 9], [0, 0, 1])
    """
    lengths = ends - starts
    owner = np.repeat(np.arange(len(starts)), lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    numbers = np.arange(int(lengths.sum())) - offsets[owner] + starts[owner]
    return numbers, owner


def as_places(places: Sequence[int]) -> NDArray[np.int64]:
    """Return place numbers as an array."""
    return np.asarray(places, dtype="int64")
