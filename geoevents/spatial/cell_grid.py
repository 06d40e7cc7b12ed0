"""A grid of equal cells over polygons: which cells their borders cross, and which they fill.

Pairs of a cell and an area are numbers, ``cell * n + area`` for n areas, so that they sort and compare as fast as
numbers do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["CellGrid", "Segments"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SLACK = 1e-9  # of a cell: a border that runs along the edge of a cell counts for both cells


@dataclass(frozen=True)
class Segments:
    """The straight pieces of all borders, and the area each belongs to."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    area: Ints

    @classmethod
    def of(cls, shapes: NDArray[np.object_]) -> Segments:
        """Return the straight pieces of the borders of polygons."""
        parts, part_area = shapely.get_parts(shapes, return_index=True)
        rings, ring_part = shapely.get_rings(parts, return_index=True)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        joined = np.flatnonzero(ring[1:] == ring[:-1])
        x, y = points[:, 0], points[:, 1]
        area = part_area[ring_part[ring[joined]]] if len(joined) else np.empty(0, dtype=np.int64)
        return cls(x[joined], y[joined], x[joined + 1], y[joined + 1], area.astype(np.int64))


@dataclass(frozen=True)
class CellGrid:
    """Cells of one size over the areas' bounds."""

    west: float
    south: float
    east: float
    north: float
    step: float
    columns: int
    rows: int

    @classmethod
    def over(cls, wests: Floats, souths: Floats, easts: Floats, norths: Floats, *, cells: int) -> CellGrid:
        """Return about as many cells as wanted over boxes."""
        if not np.isfinite(wests).any():
            return cls(0.0, 0.0, 0.0, 0.0, 1.0, 1, 1)
        west, south = float(np.nanmin(wests)), float(np.nanmin(souths))
        east, north = float(np.nanmax(easts)), float(np.nanmax(norths))
        step = max(((east - west) * (north - south) / cells) ** 0.5, 1e-9)
        columns, rows = int((east - west) / step) + 1, int((north - south) / step) + 1
        return cls(west, south, east, north, step, columns, rows)

    def boxes(self, bounds: Floats, area: Ints, n: int) -> Ints:
        """Return cell * n + area for every cell that an area's box touches; some more than once."""
        corner = np.array([self.west, self.south, self.west, self.south])
        west, south, east, north = ((bounds - corner) / self.step).T
        left, right = self._span(west, east, self.columns)
        low, high = self._span(south, north, self.rows)
        width = right - left + 1
        size = width * (high - low + 1)
        owner = np.repeat(np.arange(len(size)), size)
        up, across = np.divmod(np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size), width[owner])
        return ((low[owner] + up) * self.columns + left[owner] + across) * n + area[owner]

    @property
    def size(self) -> int:
        """The number of cells."""
        return self.columns * self.rows

    def holds(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Return which points lie within the bounds; NaN does not."""
        return (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north)

    def cell(self, lon: Floats, lat: Floats) -> Ints:
        """Return the cell of each point; points outside get the nearest one."""
        column = np.clip(np.nan_to_num((lon - self.west) / self.step), 0, self.columns - 1).astype(np.int64)
        row = np.clip(np.nan_to_num((lat - self.south) / self.step), 0, self.rows - 1).astype(np.int64)
        return row * self.columns + column

    def crossed(self, segments: Segments, n: int) -> Ints:
        """Return cell * n + area for every cell that an area's border touches; some more than once."""
        x0, x1 = (segments.x0 - self.west) / self.step, (segments.x1 - self.west) / self.step
        y0, y1 = (segments.y0 - self.south) / self.step, (segments.y1 - self.south) / self.step
        area = segments.area
        pieces = np.maximum(np.ceil(np.maximum(abs(x1 - x0), abs(y1 - y0))), 1).astype(np.int64)
        if (pieces > 1).any():  # no piece is longer than a cell, so that its box is at most four of them
            owner = np.repeat(np.arange(len(pieces)), pieces)
            nth = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
            t0, t1 = nth / pieces[owner], (nth + 1) / pieces[owner]
            dx, dy = (x1 - x0)[owner], (y1 - y0)[owner]
            x0, x1 = x0[owner] + t0 * dx, x0[owner] + t1 * dx
            y0, y1 = y0[owner] + t0 * dy, y0[owner] + t1 * dy
            area = area[owner]
        left, right = self._span(x0, x1, self.columns)
        low, high = self._span(y0, y1, self.rows)
        keys = []
        for across in range(int((right - left).max(initial=-1)) + 1):
            for up in range(int((high - low).max(initial=-1)) + 1):
                here = (left + across <= right) & (low + up <= high)
                key = ((low[here] + up) * self.columns + left[here] + across) * n + area[here]
                # Neighbouring pieces mostly share a cell.
                keys.append(key[np.diff(key, prepend=-1) != 0])
        return np.concatenate(keys) if keys else np.empty(0, dtype=np.int64)

    @staticmethod
    def _span(a: Floats, b: Floats, cells: int) -> tuple[Ints, Ints]:
        low = np.floor(np.minimum(a, b) - _SLACK).astype(np.int64)
        high = np.floor(np.maximum(a, b) + _SLACK).astype(np.int64)
        return np.clip(low, 0, cells - 1), np.clip(high, 0, cells - 1)

    def filled(self, segments: Segments, n: int) -> Ints:
        """Return cell * n + area for every cell whose centre an area holds, sorted by area.

        Along the middle of each row of cells the borders are crossed in pairs, in and out.
        """
        y0, y1 = (segments.y0 - self.south) / self.step, (segments.y1 - self.south) / self.step
        first = np.ceil(np.minimum(y0, y1) - 0.5).astype(np.int64)
        last = np.ceil(np.maximum(y0, y1) - 0.5).astype(np.int64)
        count = last - first
        owner = np.repeat(np.arange(len(count)), count)
        row = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count) + first[owner]
        x0, x1 = (segments.x0[owner] - self.west) / self.step, (segments.x1[owner] - self.west) / self.step
        x = x0 + (row + 0.5 - y0[owner]) / (y1[owner] - y0[owner]) * (x1 - x0)
        area = segments.area[owner]
        order = np.lexsort((x, area * self.rows + row))
        enter, leave = order[::2], order[1::2]
        column = np.clip(np.ceil(x[enter] - 0.5), 0, self.columns).astype(np.int64)
        width = np.clip(np.ceil(x[leave] - 0.5), 0, self.columns).astype(np.int64) - column
        start = row[enter] * self.columns + column
        cells: Ints = np.arange(width.sum()) + np.repeat(start - (np.cumsum(width) - width), width)
        return cells * n + np.repeat(area[enter], width)
