"""Maps the tables: ids, names, positions and radii of places, where they lie in the Parquet files of a folder.

There each column of a row group is one plain page, and one stretch of its file, which is read as it is.
"""

from __future__ import annotations

import mmap
import struct
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.errors import DataError
from gazetteer.locks import cached_property

__all__ = ["MARK", "PLAIN", "TEXTS", "Pages"]

# Numbers one after the other, texts each behind its length.
PLAIN = {"lon": "<f8", "lat": "<f8", "radius_km": "<f4"}
TEXTS = ("id", "name")
# The beginning of every sixteenth text of a table is noted; from there it is a short walk.
MARK = 16
_LENGTH = 4
# Up to so many places, one after the other is quicker than all at once.
_FEW, _FEW_TEXTS = 48, 24
_NUMBER = {name: struct.Struct(dtype[0] + {"f8": "d", "f4": "f"}[dtype[1:]]) for name, dtype in PLAIN.items()}


class Pages:
    """The mapped tables of a folder.

    Parameters
    ----------
    folder
        What `gazetteer build` wrote.
    sizes
        The tables, and how many bytes each had when the layout was noted.
    segments
        Of each row group: table, first place, rows, first mark, and the byte at which each column begins.
    marks
        Gives, for a column of texts, the offset in bytes of every sixteenth text from the beginning of its row group.

    Raises
    ------
    DataError
        When a table has another size.
    """

    def __init__(
        self,
        folder: Path,
        sizes: dict[str, int],
        segments: list[dict[str, int]],
        marks: Callable[[str], NDArray[np.uint32]],
    ) -> None:
        self._folder = folder
        self._files = [_mapped(folder / name, size) for name, size in sizes.items()]
        self._segments, self._marks_of = segments, marks
        self._firsts = [segment["first"] for segment in segments]
        self._words: dict[int, NDArray[np.uint64]] = {}

    def __len__(self) -> int:
        return self._segments[-1]["first"] + self._segments[-1]["rows"]

    def numbers(self, columns: tuple[str, ...], places: Ints) -> list[NDArray[Any]]:
        """Return the values of columns of numbers at place numbers."""
        if len(places) <= _FEW:
            return self._few_numbers(columns, places.tolist())
        segments = np.searchsorted(self._noted["first"], places, side="right") - 1
        rows = places - self._noted["first"][segments]
        groups = _groups(self._noted["table"][segments])
        found = []
        for name in columns:
            dtype = np.dtype(PLAIN[name])
            at = self._noted[name][segments] + rows * dtype.itemsize
            values = np.empty(len(places), dtype)
            for table, here in groups:
                values[here] = self._at_bytes(table, at[here], dtype)
            found.append(values)
        return found

    def texts(self, column: str, places: Ints) -> list[str]:
        """Return the ids or the names of places."""
        if len(places) <= _FEW_TEXTS:
            return [self.text(column, place) for place in places.tolist()]
        segments = np.searchsorted(self._noted["first"], places, side="right") - 1
        rows = places - self._noted["first"][segments]
        at = self._noted[column][segments] + self._marks_of(column)[self._noted["mark"][segments] + rows // MARK]
        lengths = np.empty_like(at)
        tables = self._noted["table"][segments]
        for table, here in _groups(tables):
            at[here], lengths[here] = self._walked(table, at[here], rows[here] % MARK)
        files = [self._files[table] for table in tables.tolist()]
        bounds = zip(files, at.tolist(), (at + lengths).tolist(), strict=True)
        return [self._decoded(file[start:end]) for file, start, end in bounds]

    def number(self, column: str, place: int) -> float:
        """Return the number of a column of one place."""
        segment = self._segments[bisect_right(self._firsts, place) - 1]
        number = _NUMBER[column]
        at = segment[column] + (place - segment["first"]) * number.size
        found: float = number.unpack_from(self._files[segment["table"]], at)[0]
        return found

    def text(self, column: str, place: int) -> str:
        """Return the id or the name of a place."""
        segment = self._segments[bisect_right(self._firsts, place) - 1]
        row, file = place - segment["first"], self._files[segment["table"]]
        at = segment[column] + int(self._marks_of(column)[segment["mark"] + row // MARK])
        for _ in range(row % MARK):
            at += _LENGTH + int.from_bytes(file[at : at + _LENGTH], "little")
        start = at + _LENGTH
        return self._decoded(file[start : start + int.from_bytes(file[at:start], "little")])

    def _decoded(self, text: bytes) -> str:
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError(f"{self._folder}: expected texts in its tables, but they are damaged ({error}).") from error

    def column(self, column: str) -> NDArray[Any]:
        """Return a column of numbers over all places."""
        parts = [
            np.frombuffer(self._files[segment["table"]], PLAIN[column], segment["rows"], segment[column])
            for segment in self._segments
        ]
        return np.concatenate(parts)

    @cached_property
    def _noted(self) -> dict[str, Ints]:
        """What is noted of each segment."""
        names = ("first", "table", "mark", *PLAIN, *TEXTS)
        return {name: np.array([segment[name] for segment in self._segments], dtype="int64") for name in names}

    def _few_numbers(self, columns: tuple[str, ...], places: list[int]) -> list[NDArray[Any]]:
        found: list[NDArray[Any]] = []
        for name in columns:
            number = _NUMBER[name]
            values: list[float] = []
            for place in places:
                segment = self._segments[bisect_right(self._firsts, place) - 1]
                at = segment[name] + (place - segment["first"]) * number.size
                values += number.unpack_from(self._files[segment["table"]], at)
            found.append(np.array(values, PLAIN[name]))
        return found

    def _walked(self, table: int, at: Ints, steps: Ints) -> tuple[Ints, Ints]:
        """Return where the texts begin that lie so many texts behind positions in a table, and their lengths."""
        length = np.dtype("<u4")
        for step in range(MARK - 1):
            on = np.flatnonzero(steps > step)
            at[on] += _LENGTH + self._at_bytes(table, at[on], length)
        return at + _LENGTH, self._at_bytes(table, at, length).astype("int64")

    def _at_bytes(self, table: int, at: Ints, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return the numbers of up to 8 bytes that begin at some bytes of a table.

        They are put together from the two aligned words they lie in: to read what is not aligned takes twice as long.
        A table ends in its footer, so that there is always a word behind.
        """
        if table not in self._words:
            file = self._files[table]
            self._words[table] = np.frombuffer(file, "<u8", len(file) // 8)
        words, word = self._words[table], at >> 3
        shift = ((at & 7) << 3).astype("<u8")
        bits = (words[word] >> shift) | (words[word + 1] << 1 << (63 - shift))
        return np.asarray(bits.astype(f"<u{dtype.itemsize}", copy=False).view(dtype))


def _mapped(path: Path, size: int) -> mmap.mmap:
    with path.open("rb") as file:
        pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if len(pages) != size:
        raise DataError(f"{path}: expected the table its index was built with, of {size} bytes, got {len(pages)}.")
    return pages


def _groups(numbers: Ints) -> list[tuple[int, Ints | slice]]:
    """Return the distinct small numbers, and where each of them is."""
    if (numbers == numbers[0]).all():
        return [(int(numbers[0]), slice(None))]
    return [(number, np.flatnonzero(numbers == number)) for number in np.flatnonzero(np.bincount(numbers)).tolist()]
