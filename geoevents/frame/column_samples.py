"""Look at a sample of each column's cells to tell what the column holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from geoevents.frame.cell_kinds import is_count, is_name
from geoevents.frame.column_names import world_regions
from geoevents.frame.counts import parse_count

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SAMPLE_ROWS", "ColumnSamples"]

# So many rows decide what a column holds, and so many different cells of them are looked at.
SAMPLE_ROWS = 1_000
_CELLS = 200
# Longer cells tell a story, they do not name a place.
_LONG = 120


class ColumnSamples:
    """Samples of the cells of a table's columns.

    Parameters
    ----------
    table
        A row a record, each column of another name; its first thousand rows are looked at.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._head = table.head(SAMPLE_ROWS)
        # pandas would copy them with every column that is taken out.
        self._head.attrs = {}
        self._own = {str(name): name for name in table.columns}
        self._cells: dict[str, list[object]] = {}

    def __len__(self) -> int:
        """Return how many rows are looked at."""
        return len(self._head)

    def _different(self, name: str) -> list[object]:
        """Return the first different cells of a column without empty ones and shapes."""
        column = self._head[self._own[name]]
        if column.dtype.name == "geometry":
            return []
        # Without a Series at each step: of thousands of columns each would be felt.
        array = column.array
        known = array[~array.isna()]
        seen: dict[str, object] = {}
        # Days stay days, all else becomes Python's own.
        for cell in known if column.dtype.kind in "mM" else known.to_numpy().tolist():
            seen.setdefault(repr(cell), cell)
            if len(seen) >= _CELLS:
                break
        return list(seen.values())

    def _sample(self, name: str) -> list[object]:
        if name not in self._cells:
            cells = self._different(name)
            self._cells[name] = [cell for cell in cells if not (isinstance(cell, str) and not cell.strip())]
        return self._cells[name]

    def share(self, name: str, test: Callable[[object], bool]) -> float:
        """Return the share of a column's different cells that pass a test; 0 of an empty column."""
        cells = self._sample(name)
        return sum(map(test, cells)) / len(cells) if cells else 0.0

    def names_places(self, name: str) -> bool:
        """Return whether a column's cells are names; an empty column may be one."""
        cells = self._sample(name)
        if not cells:
            return True
        regions = world_regions()
        wide = sum(isinstance(cell, str) and cell.strip().casefold() in regions for cell in cells)
        texts = [cell for cell in cells if isinstance(cell, str)]
        if len(texts) < 0.5 * len(cells) or wide >= 0.5 * len(cells):
            return False
        short = sorted(map(len, texts))[(len(texts) - 1) // 2] <= _LONG
        return short and self.share(name, is_name) >= 0.5

    def holds_counts(self, name: str) -> bool:
        """Return whether at least half of a column's cells are counts."""
        return self.share(name, is_count) >= 0.5

    def holds_ranges(self, name: str) -> bool:
        """Return whether cells of a column of counts say more than one figure: "3-5", "at least 3"."""
        counts = (parse_count(cell) for cell in self._sample(name) if isinstance(cell, str))
        return any(count is not None and count.low != count.high for count in counts)

    def holds_text(self, name: str) -> bool:
        """Return whether at least half of a column's cells have letters."""
        return self.share(name, lambda cell: isinstance(cell, str) and any(map(str.isalpha, cell))) >= 0.5
