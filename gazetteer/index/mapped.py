"""Maps the index: what a look-up needs, as arrays whose pages all processes share.

Postings and columns with gaps (codes, populations, dates) of a folder that `gazetteer build` wrote are NumPy files in
``index/``: nothing is decoded, and only the pages that are needed are read. Ids, names, positions and radii come from
the tables themselves (`gazetteer.index.pages`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints, Objects
from gazetteer.errors import DataError
from gazetteer.index.checksums import check_stamp, stamp_of
from gazetteer.index.pages import MARK, PLAIN, TEXTS, Pages
from gazetteer.locks import cached_property

__all__ = ["CODED", "PACKED", "Index", "Packing"]

# Columns of few texts, as the number of the text; the list of texts is in the layout.
CODED = {"kind": "uint8", "country": "uint16", "admin1": "uint16"}
# From this many places on, or when it was asked so often, a column put together once is quicker; of more places than
# the last it would fill the memory.
_MANY, _OFTEN, _SMALL = 256, 200, 1_000_000
# How many postings are looked at together when it is all of them.
_AT_ONCE = 1_000_000
_NOTHING: NDArray[Any] = np.empty(0)


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
        self._folder, self._stamp = folder, stamp_of(folder)
        try:
            self._layout: dict[str, Any] = json.loads((folder / "index" / "layout.json").read_text(encoding="utf-8"))
            sizes, segments, self._texts = (self._layout[name] for name in ("tables", "segments", "labels"))
            self._pages = Pages(folder, sizes, segments, lambda column: self.array(f"{column}_marks"))
            # Whether whole columns may be held in memory to be quicker.
            self.small = len(self) <= _SMALL
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise DataError(f"{folder}: expected a gazetteer folder, but its index is unreadable ({error}).") from error
        self.text = self._pages.text
        # What is mapped or made once is found again without a call.
        self.array = cache(self._array)
        self.labels = cache(self._labels)
        self._mask = cache(self._are_among)
        self._asked = 0
        self._whole: dict[str, NDArray[Any]] = {}
        self._codes: dict[str, dict[str | None, int]] = {}

    def __len__(self) -> int:
        return len(self._pages)

    def _array(self, name: str) -> NDArray[Any]:
        """Return one of the NumPy files, mapped."""
        path = self._folder / "index" / f"{name}.npy"
        try:
            # A plain array over the mapped pages: the class memmap costs a look-up more than it gives.
            array = np.asarray(np.load(path, mmap_mode="r"))
        except (OSError, ValueError, SyntaxError) as error:
            raise DataError(f"{path}: expected an array of the index, but it cannot be read ({error}).") from error
        check_stamp(self._folder, self._stamp)
        return array

    def kept(self, name: str) -> NDArray[Any] | None:
        """Return one of the NumPy files that not every folder has, mapped; None where it is not."""
        return self.array(name) if (self._folder / "index" / f"{name}.npy").exists() else None

    def postings(self, key: int) -> tuple[Ints, Ints]:
        """Return the places a key stands for, ascending, and the number of each posting."""
        counts, block = self.array("key_counts"), key // MARK
        first = int(self.array("key_marks")[block]) + int(counts[block * MARK : key].sum())
        rows = np.arange(first, first + int(counts[key]))
        return self.places(rows), rows

    def first_place(self, key: int) -> int:
        """Return the place of least number that a key stands for."""
        counts, block = self.array("key_counts"), key // MARK
        first = int(self.array("key_marks")[block]) + int(counts[block * MARK : key].sum())
        return int(self.array("posting_upper")[first]) << 16 | int(self.array("posting_lower")[first])

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
        if column in CODED:
            return np.asarray(self.labels(column)[self.array(column)[places]])
        if column in PACKED:
            return PACKED[column].unpack(self.array(column)[places])
        return self.values((column,), places)[column]

    def value(self, column: str, place: int) -> Any:
        """Return a column's value of one place, as `take` gives it."""
        if column in CODED:
            return self.labels(column)[self.array(column)[place]]
        if column in TEXTS:
            return self._pages.text(column, place)
        if column in PLAIN:
            return self._pages.number(column, place)
        return float(PACKED[column].unpack(self.array(column)[place : place + 1])[0])

    def among(self, column: str, places: Ints, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Say which places have one of some texts in a column of codes."""
        return np.asarray(self._mask(column, tuple(texts))[self.array(column)[places]])

    def values(self, columns: Sequence[str], places: Ints) -> dict[str, NDArray[Any]]:
        """Return the values of some columns at place numbers, as `take` does of one."""
        self._asked += 1
        often = self.small and (len(places) >= _MANY or self._asked > _OFTEN)
        found: dict[str, NDArray[Any]] = dict.fromkeys(columns, _NOTHING)
        plain = tuple([name for name in columns if name in PLAIN and name not in self._whole and not often])
        if plain:
            found.update(zip(plain, self._pages.numbers(plain, places), strict=True))
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

    def exist_on(self, places: Ints, day: Ints | int) -> NDArray[np.bool_]:
        """Say which places existed on a day, or each on a day of its own; days since 1970-01-01.

        The only such test of the project: a missing first or last day is open.
        """
        first, last = self.array("valid_from")[places], self.array("valid_to")[places]
        # A missing first day is packed as one long ago.
        gone = (last < day) & (last != PACKED["valid_to"].missing)
        return np.asarray(~((first > day) | gone))

    def having(self, column: str, text: str | None) -> NDArray[np.bool_]:
        """Say of every place whether a column of codes has a text there, or none."""
        return np.asarray(self.array(column) == self.code(column, text))

    def code(self, column: str, text: str | None) -> int:
        """Return the code that stands for a text, or for none, in a column of codes; -1 where no place has it."""
        if column not in self._codes:
            self._codes[column] = {label: code for code, label in enumerate(self._texts[column])}
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

    def _are_among(self, column: str, texts: tuple[str, ...]) -> NDArray[np.bool_]:
        """Say of each code of a column whether it stands for one of some texts."""
        return np.array([label in texts for label in self._texts[column]], dtype=bool)

    def _labels(self, column: str) -> Objects:
        """Return the texts that the codes of a column stand for."""
        return _objects(self._texts[column])


def _objects(values: Sequence[object]) -> Objects:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out
