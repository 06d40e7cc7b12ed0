"""Opens the tables: places, names, shapes.

Columns, rows and shapes come from a folder of Parquet files, an index and a trie of keys. Each is read when it is
first needed, and no more of it. A look-up of one name touches mapped pages only (`gazetteer.index.mapped`), which
processes share; Parquet is opened for shapes, whole layers, and columns that no look-up needs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from gazetteer.errors import DataError, UnknownPlaceError
from gazetteer.index.checksums import check_leading_files, check_sizes, check_stamp, read_info, stamp_of
from gazetteer.index.mapped import Index
from gazetteer.index.pages import TEXTS
from gazetteer.index.views import SeenBy, View
from gazetteer.locks import LOADING, cached_property

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa

__all__ = ["LAYERS", "NAME_KINDS", "Store", "Table", "concatenated_ranges"]

# In the order of their place numbers.
LAYERS = ("countries", "admin1", "admin2", "cities", "airports", "seas", "regions", "groups", "landmarks")
NAME_KINDS = ("primary", "official", "short", "alternate", "former", "demonym", "abbreviation", "code")

# From this many places on, decoding all texts of a small gazetteer is cheaper than reading one by one.
_MANY = 5_000
# Of the ids of GeoNames.
_LARGEST = 2**31 - 1


class Table:
    """One Parquet file, read by column and row group, by one thread at a time.

    Arrow's reader of a file is not made for two threads at once. Mapped arrays and the trie are: nothing changes them.

    Parameters
    ----------
    path
        A Parquet file that `gazetteer build` wrote.
    """

    def __init__(self, path: Path) -> None:
        # Arrow takes more memory than the whole look-up of a name: it is loaded with the first table.
        with LOADING:
            import pyarrow.parquet as pq

        self._path = path
        with _reading(path):
            self._file = pq.ParquetFile(path, memory_map=True)
        meta = self._file.metadata
        sizes = [meta.row_group(i).num_rows for i in range(meta.num_row_groups)]
        self.starts: NDArray[np.int64] = np.concatenate([[0], np.cumsum(sizes)]).astype("int64")
        self.columns: list[str] = self._file.schema_arrow.names
        self._parts: dict[tuple[str, int], pa.ChunkedArray] = {}

    def __len__(self) -> int:
        return int(self.starts[-1])

    def column(self, name: str) -> NDArray[Any]:
        """Return a whole column as objects, None where there is no value."""
        with LOADING, _reading(self._path):
            return _objects(self._file.read(columns=[name], use_threads=False).column(0).to_pylist())

    def cell(self, name: str, row: int) -> Any:
        """Return one value, decoding no more than its row group, and that once."""
        group = int(np.searchsorted(self.starts, row, side="right")) - 1
        if (name, group) not in self._parts:
            with LOADING, _reading(self._path):
                part = self._file.read_row_group(group, columns=[name], use_threads=False).column(0)
            self._parts[name, group] = part
        return self._parts[name, group][row - int(self.starts[group])].as_py()


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what Arrow says of a damaged table into one sentence."""
    try:
        yield
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())
        raise DataError(f"{path}: expected a table of the gazetteer, but it cannot be read ({why}).") from error


def _opened_trie(path: Path) -> marisa_trie.Trie:
    trie = marisa_trie.Trie()
    try:
        trie.mmap(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise DataError(f"{path}: expected the names of the gazetteer, but they cannot be read ({error}).") from error
    return trie


def _objects(values: list[Any]) -> NDArray[np.object_]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


class Store:
    """The folder of tables, opened.

    Parameters
    ----------
    folder
        What `gazetteer build` wrote.
    view
        The point of view on areas that are disputed; None for that of ISO 3166.

    Attributes
    ----------
    seen
        The places as the view sees them, None without a view.
    key_of, keys_after, key_text
        The number of a key, or what is given for none; the keys that begin with a text; the key of a number.
    postings, name_kinds, spans, values
        Those of `gazetteer.index.mapped.Index`.

    Raises
    ------
    DataError
        When the folder is not one, or a file is missing or not the one that was built, as far as its size tells.
    """

    def __init__(self, folder: Path, view: View | None = None) -> None:
        self.folder = folder
        self.seen = None if view is None else SeenBy(self, view)
        needed = ("info.json", "names.marisa", "names.parquet", "index", *(f"{layer}.parquet" for layer in LAYERS))
        missing = [name for name in needed if not (folder / name).exists()]
        if missing:
            raise DataError(f"{folder}: expected a gazetteer folder, but {', '.join(missing)} is not in it.")
        self._stamp = stamp_of(folder)
        self.info: dict[str, Any] = read_info(folder)
        check_sizes(folder, self.info)
        check_leading_files(folder, self.info)
        self.index = Index(folder)
        sizes = [self.info["layers"].get(layer, 0) for layer in LAYERS]
        self.bases: NDArray[np.int64] = np.concatenate([[0], np.cumsum(sizes)]).astype("int64")
        if len(self) != len(self.index):
            raise DataError(
                f"{folder}: expected an index of {len(self)} places, as info.json says, got one of {len(self.index)}."
            )
        self._texts: dict[str, NDArray[np.object_]] = {}
        self._trie = _opened_trie(folder / "names.marisa")
        self._asked = 0
        self.key_of = self._trie.get
        self.keys_after = self._trie.keys
        self.key_text = self._trie.restore_key
        self.postings = self.index.postings
        self.name_kinds = self.index.name_kinds
        self.spans = self.index.spans
        self.values = self.index.values

    def __len__(self) -> int:
        return int(self.bases[-1])

    @cached_property
    def layers(self) -> list[Table]:
        """The tables of `LAYERS`, opened."""
        tables = [Table(self.folder / f"{layer}.parquet") for layer in LAYERS]
        check_stamp(self.folder, self._stamp)
        return tables

    def take(self, column: str, places: NDArray[np.int64]) -> NDArray[Any]:
        """Return a column's values at place numbers: texts with None where there is none, numbers with NaN.

        Of the columns that all layers have and the index holds; others are in `layer`.
        """
        if column in TEXTS and (column in self._texts or (len(places) > _MANY and self.index.small)):
            return self.column(column)[places]
        return self.index.take(column, places)

    def column(self, column: str) -> NDArray[Any]:
        """Return a column over all places; see `take`."""
        if column not in TEXTS:
            return self.index.column(column)
        if column not in self._texts:
            # Arrow decodes a whole column of texts many times faster than one text after the other.
            self._texts[column] = np.concatenate([table.column(column) for table in self.layers])
        return self._texts[column]

    def find(self, place_id: str) -> int:
        """Return the place number of an id.

        Raises
        ------
        UnknownPlaceError
            When no layer holds the id.
        """
        self._asked += 1
        few = self._asked <= _MANY or not self.index.small
        number = self._searched(place_id) if few else self._numbers.get(place_id)
        if number is None:
            number = self._by_geonames(place_id)
        if number is None and self.index.small:
            # Own places stand behind the bundled towns, whatever the order of their ids.
            number = self._numbers.get(place_id)
        if number is None:
            raise UnknownPlaceError(
                f"Place id: expected one of this gazetteer, such as geonames:1526384 or iso:KZ-47, got {place_id!r}."
            )
        return number

    def _searched(self, place_id: str) -> int | None:
        for first, last in zip(self.bases[:-1].tolist(), self.bases[1:].tolist(), strict=True):
            number = bisect_left(range(last), place_id, first, last, key=lambda place: self.index.text("id", place))
            if number < last and self.index.text("id", number) == place_id:
                return number
        return None

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The number of every id, for many look-ups."""
        return {place_id: number for number, place_id in enumerate(self.column("id").tolist())}

    def _by_geonames(self, place_id: str) -> int | None:
        """Countries and first-level units have ids of ISO; their GeoNames number finds them too."""
        unit = place_id.removeprefix("geonames:")
        if unit == place_id or not unit.isdecimal() or int(unit) > _LARGEST:
            return None
        also = np.flatnonzero(self.index.array("geonames") == int(unit))
        return int(also[0]) if len(also) else None

    def wkb(self, place: int) -> bytes | None:
        """Return the shape of a place as WKB, None where only its point is known."""
        if self.seen is not None and place < self.bases[1] and place in self.seen.outlines:
            return self.seen.outlines[place]
        return self.stored_wkb(place)

    def stored_wkb(self, place: int) -> bytes | None:
        """Return the shape of a place as the tables have it, whatever the view."""
        layer = int(np.searchsorted(self.bases, place, side="right") - 1)
        table = self.layers[layer]
        if "geometry" not in table.columns:
            return None
        value: bytes | None = table.cell("geometry", place - int(self.bases[layer]))
        return value

    def outlines(self, layer: str) -> NDArray[Any]:
        """Return the shapes of a layer as WKB, in the order of its rows; None where only a point is known."""
        table = self.layers[LAYERS.index(layer)]
        found = table.column("geometry") if "geometry" in table.columns else np.full(len(table), None)
        if self.seen is not None and layer == LAYERS[0]:  # views change the outlines of countries
            for place, outline in self.seen.outlines.items():
                found[place] = outline
        return found

    def names(self) -> pd.DataFrame:
        """Return all names: place (number), name, kind, lang; the places' own names first.

        A place's own name is written in its layer and nowhere else, all others are in ``names.parquet``.
        """
        with LOADING:
            import pandas as pd

        own = pd.DataFrame({"place": np.arange(len(self)), "name": self.column("name"), "kind": "primary", "lang": ""})
        others = pd.read_parquet(self.folder / "names.parquet")
        check_stamp(self.folder, self._stamp)
        return pd.concat([own, others.astype({"place": "int64"})], ignore_index=True)

    def layer(self, name: str, day: int | None = None) -> gpd.GeoDataFrame:
        """Return a layer as a GeoDataFrame in EPSG:4326; places without a shape are points.

        Parameters
        ----------
        day
            Days since 1970-01-01: only places that existed then, renumbered; all when None.
        """
        with LOADING:
            import geopandas as gpd
            import pandas as pd
            import pyarrow.parquet as pq

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
        else:
            cells = pd.read_parquet(path)
            points = gpd.points_from_xy(cells["lon"], cells["lat"])
            frame = gpd.GeoDataFrame(cells, geometry=points, crs="EPSG:4326")
        check_stamp(self.folder, self._stamp)
        if name not in LAYERS:
            return frame
        numbers = self.numbers_of(name)
        keep = np.ones(len(frame), dtype=bool) if day is None else self.index.exist_on(numbers, day)
        if self.seen is not None:
            frame["country"] = self.seen.countries(frame["id"], frame["country"], frame["admin1"])
            changed = [number for number in numbers.tolist() if name == LAYERS[0] and number in self.seen.outlines]
            frame.loc[changed, frame.geometry.name] = gpd.GeoSeries.from_wkb(
                [self.seen.outlines[number] for number in changed], index=changed, crs=frame.crs
            )
            keep &= ~np.isin(numbers, list(self.seen.parts))
        return frame if keep.all() else frame[keep].reset_index(drop=True)

    def numbers_of(self, layer: str) -> NDArray[np.int64]:
        """Return the place numbers of a layer, in the order of its rows."""
        position = LAYERS.index(layer)
        return np.arange(self.bases[position], self.bases[position + 1])


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
