"""Maps the index: what a look-up needs, as arrays whose pages all processes share.

A folder that `gazetteer build` wrote enters; postings, columns and texts leave, straight from mapped memory: nothing
is decoded, and no page is read that is not asked for. Postings and what has gaps (codes, populations, dates) are
NumPy files in ``index/``. Ids, names, positions and radii are mapped where they lie, in the Parquet tables
(`gazetteer.index.parquet_pages`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.errors import DataError
from gazetteer.index.parquet_pages import MARK, PLAIN, TEXTS, Pages

__all__ = ["CODED", "PACKED", "Index", "Packing"]


# Columns of few texts, as the number of the text; the list of texts is in the layout.
CODED = {"kind": "uint8", "country": "uint16", "admin1": "uint16"}
# From this many places on, a column put together once is quicker; of so many places it would fill the memory.
_MANY, _SMALL = 256, 1_000_000
# How many postings are looked at together when it is all of them.
_AT_ONCE = 1_000_000


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
            sizes, segments = self._layout["tables"], self._layout["segments"]
            self._pages = Pages(folder, sizes, segments, lambda column: self.array(f"{column}_marks"))
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{folder}: expected a gazetteer folder, but its index is unreadable ({error}).") from error
        self.text = self._pages.text
        self._arrays: dict[str, NDArray[Any]] = {}
        self._whole: dict[str, NDArray[Any]] = {}
        self._labels: dict[str, NDArray[np.object_]] = {}
        self._codes: dict[str, dict[str | None, int]] = {}

    def __len__(self) -> int:
        return len(self._pages)

    @property
    def small(self) -> bool:
        """Whether whole columns may be held in memory to be quicker."""
        return len(self) <= _SMALL

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

    def kept(self, name: str) -> NDArray[Any] | None:
        """Return one of the NumPy files that not every folder has, mapped; None where it is not."""
        return self.array(name) if (self._folder / "index" / f"{name}.npy").exists() else None

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
        """Return the kind of the name behind each posting, as its position in `gazetteer.index.store.NAME_KINDS`."""
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

    def postings_of(self, places: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Return the numbers of all postings of some places, ascending, and their places."""
        parts = []
        for start in range(0, len(self.array("posting_kind")), _AT_ONCE):
            here = self.places(slice(start, start + _AT_ONCE))
            found = np.flatnonzero(places[here])
            parts.append((found + start, here[found]))
        rows, owners = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return rows, owners

    def keys_of(self, rows: Ints) -> Ints:
        """Return the keys that postings belong to."""
        counts, marks = self.array("key_counts"), self.array("key_marks")
        blocks = np.searchsorted(marks, rows, side="right") - 1
        keys, ends = blocks * MARK, marks[blocks].astype("int64")
        on = np.arange(len(rows))
        while len(on):
            ends[on] += counts[keys[on]]
            on = on[rows[on] >= ends[on]]
            keys[on] += 1
        return keys

    @cached_property
    def key_starts(self) -> Ints:
        """The first posting of every key, and the one after the last."""
        return np.concatenate([np.zeros(1, "int64"), np.cumsum(self.array("key_counts"), dtype="int64")])

    def take(self, column: str, places: Ints) -> NDArray[Any]:
        """Return a column's values at place numbers: texts with None where there is none, numbers with NaN."""
        return self.values((column,), places)[column]

    def values(self, columns: Sequence[str], places: Ints) -> dict[str, NDArray[Any]]:
        """Return the values of some columns at place numbers, as `take` does of one."""
        many = self.small and len(places) >= _MANY
        plain = tuple(name for name in columns if name in PLAIN and name not in self._whole and not many)
        found = dict(zip(plain, self._pages.numbers(plain, places) if plain else (), strict=True))
        for name in columns:
            if name in CODED:
                found[name] = self.labels(name)[self.array(name)[places]]
            elif name in PACKED:
                found[name] = PACKED[name].unpack(self.array(name)[places])
            elif name in TEXTS:
                found[name] = _objects(self._pages.texts(name, places))
            elif name not in plain:
                found[name] = self.column(name)[places]
        return found

    def having(self, column: str, text: str | None) -> NDArray[np.bool_]:
        """Say of every place whether a column of codes has a text there, or none."""
        return np.asarray(self.array(column) == self.code(column, text))

    def code(self, column: str, text: str | None) -> int:
        """Return the code that stands for a text, or for none, in a column of codes; -1 where no place has it."""
        if column not in self._codes:
            self._codes[column] = {label: code for code, label in enumerate(self._layout["labels"][column])}
        return self._codes[column].get(text, -1)

    def known(self, column: str) -> NDArray[np.float64]:
        """Return the distinct numbers of a packed column, ascending, without the missing ones."""
        packed = self.array(column)
        return PACKED[column].unpack(np.unique(packed[packed != PACKED[column].missing]))

    def column(self, column: str) -> NDArray[Any]:
        """Return a column over all places, put together once."""
        if column not in self._whole:
            if column in PLAIN:
                self._whole[column] = self._pages.column(column)
            else:
                self._whole[column] = self.take(column, np.arange(len(self)))
        return self._whole[column]

    def labels(self, column: str) -> NDArray[np.object_]:
        """Return the texts that the codes of a column stand for."""
        if column not in self._labels:
            self._labels[column] = _objects(self._layout["labels"][column])
        return self._labels[column]


def _objects(values: Sequence[object]) -> NDArray[np.object_]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out
