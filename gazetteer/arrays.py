"""Types of the arrays that pass between rooms, and a table that grows by rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bools", "Floats", "GrowingTable", "Ints", "Objects"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]


class GrowingTable:
    """A table to which rows are added; it has room for more, so that it is seldom copied.

    Parameters
    ----------
    width
        The number of columns.
    dtype
        Of every cell.

    Attributes
    ----------
    rows
        The rows so far.

    Examples
    --------
    >>> table = GrowingTable(2, "int8")
    >>> table.extend([[1, 2]])
    >>> table.extend([[3, 4]])
    >>> table.rows.tolist(), len(table)
    ([[1, 2], [3, 4]], 2)
    """

    def __init__(self, width: int, dtype: str) -> None:
        self._room: NDArray[Any] = np.empty((1024, width), dtype)
        self.rows: NDArray[Any] = self._room[:0]

    def __len__(self) -> int:
        return len(self.rows)

    def extend(self, rows: Sequence[Sequence[float]]) -> None:
        """Add rows at the end."""
        first, size = len(self.rows), len(self.rows) + len(rows)
        if size > len(self._room):
            room = np.empty((max(size, 2 * len(self._room)), self._room.shape[1]), self._room.dtype)
            room[:first] = self.rows
            self._room = room
        self._room[first:size] = rows
        self.rows = self._room[:size]
