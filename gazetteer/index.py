"""Maps the index: what a look-up needs, as arrays whose pages all processes share.

A folder that `gazetteer build` wrote enters; postings, columns and texts leave, straight from mapped memory: nothing
is decoded, and no page is read that is not asked for. Postings and what has gaps (codes, populations, dates) are
NumPy files in ``index/``. Ids, names, positions and radii are mapped where they lie, in the Parquet tables:
`gazetteer.build.index` has these columns written plain, a page a row group, and notes at which byte each begins.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.errors import DataError

__all__ = ["CODED", "MARK", "PACKED", "PLAIN", "TEXTS", "Index", "Packing"]

Ints = NDArray[np.int64]

# Columns mapped in the Parquet tables: numbers one after the other, texts each behind its length.
PLAIN = {"lon": "<f8", "lat": "<f8", "radius_km": "<f4"}
TEXTS = ("id", "name")
# Columns of few texts, as the number of the text; the list of texts is in the layout.
CODED = {"kind": "uint8", "country": "uint16", "admin1": "uint16"}
# Where a key's postings and a table's texts begin is noted for every so manieth; from there it is a short walk.
MARK = 16
# Up to this many places, one look into a segment after the other is quicker than one at all of them.
_FEW = 8
# From this many places on, a column put together once is quicker still; of so many places it would fill the memory.
_MANY, _SMALL = 256, 1_000_000
_LENGTH = 4


@dataclass(frozen=True)
class Packing:
    """How numbers that may be missing are kept in a narrow integer type.

    Examples
    --------
    >>> cents = Packing("uint16", scale=100, missing=65535)
    >>> cents.pack(np.array([6.13, np.nan])).tolist()
    [613, 65535]
    >>> cents.unpack(np.array([613, 65535], dtype="uint16")).tolist()
    [6.13, nan]
    """

    dtype: str
    scale: int
    missing: int

    def pack(self, values: NDArray[np.float64]) -> NDArray[Any]:
        """Return numbers as integers; NaN as the one that stands for it."""
        known = ~np.isnan(values)
        out = np.full(len(values), self.missing, dtype=self.dtype)
        out[known] = np.round(values[known] * self.scale).astype(self.dtype)
        return out

    def unpack(self, packed: NDArray[Any]) -> NDArray[np.float64]:
        """Return the numbers that were packed."""
        return np.where(packed == self.missing, np.nan, packed / self.scale)


PACKED = {
    "population": Packing("uint32", 1, 2**32 - 1),
    "prominence": Packing("uint16", 100, 2**16 - 1),
    "valid_from": Packing("int32", 1, -(2**31)),  # days since 1970
    "valid_to": Packing("int32", 1, -(2**31)),
    "geonames": Packing("uint32", 1, 2**32 - 1),  # where the id does not say it
}


class Index:
    """The mapped arrays of a folder.

    Parameters
    ----------
    folder
        What `gazetteer build` wrote.

    Raises
    ------
    DataError
        When a file is missing, or a table is not the one the index was built with.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._layout: dict[str, Any] = json.loads((folder / "index" / "layout.json").read_text(encoding="utf-8"))
            self._pages = [self._mapped(folder / name, size) for name, size in self._layout["tables"].items()]
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{folder}: expected a gazetteer folder, but its index is unreadable ({error}).") from error
        self._segments: list[dict[str, int]] = self._layout["segments"]
        self._firsts = self._noted("first")
        self._arrays: dict[str, NDArray[Any]] = {}
        self._views: dict[tuple[int, str], NDArray[Any]] = {}
        self._loose: dict[tuple[int, str], NDArray[Any]] = {}
        self._whole: dict[str, NDArray[Any]] = {}
        self._labels: dict[str, NDArray[np.object_]] = {}

    @staticmethod
    def _mapped(path: Path, size: int) -> mmap.mmap:
        with path.open("rb") as file:
            pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if len(pages) != size:
            raise DataError(f"{path}: expected the table its index was built with, of {size} bytes, got {len(pages)}.")
        return pages

    def __len__(self) -> int:
        return self._segments[-1]["first"] + self._segments[-1]["rows"]

    @property
    def small(self) -> bool:
        """Whether whole columns may be held in memory to be quicker."""
        return len(self) <= _SMALL

    def _noted(self, name: str) -> Ints:
        """Return what the layout notes of each segment."""
        return np.array([segment[name] for segment in self._segments], dtype="int64")

    @cached_property
    def _tables(self) -> Ints:
        return self._noted("table")

    @cached_property
    def _marks(self) -> Ints:
        return self._noted("mark")

    @cached_property
    def _begins(self) -> dict[str, Ints]:
        return {column: self._noted(column) for column in (*PLAIN, *TEXTS)}

    def array(self, name: str) -> NDArray[Any]:
        """Return one of the NumPy files, mapped."""
        if name not in self._arrays:
            path = self._folder / "index" / f"{name}.npy"
            try:
                # A plain array over the mapped pages: the class memmap costs a look-up more than it gives.
                self._arrays[name] = np.asarray(np.load(path, mmap_mode="r"))
            except (OSError, ValueError) as error:
                raise DataError(f"{path}: expected an array of the index, but it cannot be read ({error}).") from error
        return self._arrays[name]

    def postings(self, key: int) -> tuple[Ints, Ints]:
        """Return the places a key stands for, ascending, and the number of each posting."""
        counts, block = self.array("key_counts"), key // MARK
        first = int(self.array("key_marks")[block]) + int(counts[block * MARK : key].sum())
        rows = np.arange(first, first + int(counts[key]))
        return self.places(rows), rows

    def places(self, rows: Ints | slice) -> Ints:
        """Return the place of each posting; its lower and upper digits lie apart, since so they compress better."""
        upper = self.array("posting_upper")[rows].astype("int64")
        return np.asarray((upper << 16) | self.array("posting_lower")[rows])

    def name_kinds(self, rows: Ints | slice) -> Ints:
        """Return the kind of the name behind each posting, as its position in `gazetteer.store.NAME_KINDS`."""
        return np.asarray(self.array("posting_kind")[rows], dtype="int64")

    def spans(self, keys: Ints) -> tuple[Ints, Ints]:
        """Return the first posting of each of some keys, and the one after its last."""
        counts = self.array("key_counts")
        if len(keys) * MARK > len(counts) and self.small:
            return self.key_starts[keys], self.key_starts[keys + 1]
        starts = self.array("key_marks")[keys // MARK].astype("int64")
        for back in range(1, MARK):
            before = np.flatnonzero(keys % MARK >= back)
            starts[before] += counts[keys[before] - back]
        return starts, starts + counts[keys]

    @cached_property
    def key_starts(self) -> Ints:
        """The first posting of every key, and the one after the last."""
        return np.concatenate([np.zeros(1, "int64"), np.cumsum(self.array("key_counts"), dtype="int64")])

    def take(self, column: str, places: Ints) -> NDArray[Any]:
        """Return a column's values at place numbers: texts with None where there is none, numbers with NaN."""
        if column in CODED:
            texts: NDArray[Any] = self.labels(column)[self.array(column)[places]]
            return texts
        if column in PACKED:
            return PACKED[column].unpack(self.array(column)[places])
        if column in TEXTS:
            return _objects(self._some_texts(column, places))
        if column in self._whole or (len(places) >= _MANY and self.small):
            return self.column(column)[places]
        if len(places) > _FEW:
            return self._some_numbers(column, places)
        segments = np.searchsorted(self._firsts, places, side="right") - 1
        values = [self._plain(int(s), column)[p - self._firsts[s]] for s, p in zip(segments, places, strict=True)]
        return np.array(values, dtype=PLAIN[column])

    def having(self, column: str, text: str | None) -> NDArray[np.bool_]:
        """Say of every place whether a column of codes has a text there, or none."""
        codes = np.flatnonzero(self.labels(column) == text)
        if not len(codes):
            return np.zeros(len(self), dtype=bool)
        return np.asarray(self.array(column) == codes[0])

    def known(self, column: str) -> NDArray[np.float64]:
        """Return the distinct numbers of a packed column, ascending, without the missing ones."""
        packed = self.array(column)
        return PACKED[column].unpack(np.unique(packed[packed != PACKED[column].missing]))

    def column(self, column: str) -> NDArray[Any]:
        """Return a column over all places, put together once."""
        if column not in self._whole:
            if column in PLAIN:
                parts = [self._plain(segment, column) for segment in range(len(self._segments))]
                self._whole[column] = np.concatenate(parts)
            elif column in TEXTS:
                self._whole[column] = _objects(self._texts(column))
            else:
                self._whole[column] = self.take(column, np.arange(len(self)))
        return self._whole[column]

    def labels(self, column: str) -> NDArray[np.object_]:
        """Return the texts that the codes of a column stand for."""
        if column not in self._labels:
            self._labels[column] = _objects(self._layout["labels"][column])
        return self._labels[column]

    def text(self, column: str, place: int) -> str:
        """Return the id or the name of a place."""
        segment = int(np.searchsorted(self._firsts, place, side="right")) - 1
        row = place - int(self._firsts[segment])
        pages, start = self._begin(segment, column)
        at = start + int(self.array(f"{column}_marks")[self._segments[segment]["mark"] + row // MARK])
        for _ in range(row % MARK):
            at += _LENGTH + int.from_bytes(pages[at : at + _LENGTH], "little")
        length = int.from_bytes(pages[at : at + _LENGTH], "little")
        return pages[at + _LENGTH : at + _LENGTH + length].decode("utf-8")

    def _some_numbers(self, column: str, places: Ints) -> NDArray[Any]:
        segments = np.searchsorted(self._firsts, places, side="right") - 1
        dtype = np.dtype(PLAIN[column])
        at = self._begins[column][segments] + (places - self._firsts[segments]) * dtype.itemsize
        out = np.empty(len(places), dtype)
        for table, here in _groups(self._tables[segments]):
            out[here] = self._overlapping(table, PLAIN[column])[at[here]]
        return out

    def _some_texts(self, column: str, places: Ints) -> list[str]:
        if len(places) <= _FEW:
            return [self.text(column, int(place)) for place in places]
        segments = np.searchsorted(self._firsts, places, side="right") - 1
        rows = places - self._firsts[segments]
        at = self._begins[column][segments] + self.array(f"{column}_marks")[self._marks[segments] + rows // MARK]
        ends = np.empty_like(at)
        tables = self._tables[segments]
        for table, here in _groups(tables):
            ends[here] = self._walked(table, at, here, rows % MARK)
        pages = [self._pages[table] for table in tables.tolist()]
        bounds = zip(pages, (at + _LENGTH).tolist(), ends.tolist(), strict=True)
        return [page[start:end].decode("utf-8") for page, start, end in bounds]

    def _walked(self, table: int, at: Ints, here: Ints, steps: Ints) -> Ints:
        """Move the positions of some texts of a table on by so many texts each, and return where these texts end."""
        lengths = self._overlapping(table, "<u4")
        for step in range(MARK):
            on = here[steps[here] > step]
            if not len(on):
                break
            at[on] += _LENGTH + lengths[at[on]]
        return np.asarray(at[here] + _LENGTH + lengths[at[here]])

    def _overlapping(self, table: int, dtype: str) -> NDArray[Any]:
        """Return a table's file as the numbers that begin at each of its bytes."""
        if (table, dtype) not in self._loose:
            pages = self._pages[table]
            n = len(pages) - np.dtype(dtype).itemsize + 1
            self._loose[table, dtype] = np.ndarray((n,), dtype, pages, strides=(1,))
        return self._loose[table, dtype]

    def _texts(self, column: str) -> list[str]:
        texts: list[str] = []
        for number, segment in enumerate(self._segments):
            pages, at = self._begin(number, column)
            for _ in range(segment["rows"]):
                end = at + _LENGTH + int.from_bytes(pages[at : at + _LENGTH], "little")
                texts.append(pages[at + _LENGTH : end].decode("utf-8"))
                at = end
        return texts

    def _begin(self, segment: int, column: str) -> tuple[mmap.mmap, int]:
        return self._pages[self._segments[segment]["table"]], self._segments[segment][column]

    def _plain(self, segment: int, column: str) -> NDArray[Any]:
        """Return a column of one row group, where it lies."""
        if (segment, column) not in self._views:
            pages, start = self._begin(segment, column)
            rows = self._segments[segment]["rows"]
            self._views[segment, column] = np.frombuffer(pages, PLAIN[column], rows, start)
        return self._views[segment, column]


def _groups(numbers: Ints) -> list[tuple[int, Ints]]:
    """Return the distinct small numbers, and the positions of each."""
    if (numbers == numbers[0]).all():
        return [(int(numbers[0]), np.arange(len(numbers)))]
    return [(int(number), np.flatnonzero(numbers == number)) for number in np.flatnonzero(np.bincount(numbers))]


def _objects(values: Sequence[object]) -> NDArray[np.object_]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out
