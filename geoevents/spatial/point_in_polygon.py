"""Which area a point lies in, for millions of points.

Polygons enter once, arrays of longitudes and latitudes as often as wanted; positions of polygons leave. A grid is
laid over the polygons: a cell that lies wholly in one polygon answers for every point in it, and only points in
cells that a border crosses are tested against the polygons of that cell. Nothing here knows of frames, so that a
streaming engine can call it on record batches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoevents.spatial.threads import over_cores

__all__ = ["Cover"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CHUNK = 1 << 20  # points at a time, which bounds the memory
_BOX_CELLS = 1 << 17
_CELLS = 1 << 20
_MANY = 2_000_000  # points, from which on finer cells pay
_SLACK = 1e-9  # of a cell: a border that runs along the edge of a cell counts for both cells


class Cover:
    """Polygons, indexed by a grid.

    Parameters
    ----------
    shapes
        n polygons or multipolygons, valid, in lon/lat degrees within -180..180, each an object of its own, as threads
        share them; None and empty ones hold nothing.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> cover = Cover(np.array([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)]))
    >>> cover.of(np.array([1.0, 2.0, 3.0, 9.0]), np.array([1.0, 1.0, 1.0, 1.0])).tolist()
    [0, 0, 1, -1]
    """

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        self.shapes = np.asarray(shapes, dtype=object)
        self._vertices = int(shapely.get_num_coordinates(self.shapes).sum())
        self._asked = 0
        self._good_for = -1

    def of(self, lon: Floats, lat: Floats) -> Ints:
        """Return for each point the position of the area that holds it, -1 where none does.

        A border belongs to the areas on both sides; a point that several areas hold is given to the first of them
        in their order, so that it goes to exactly one.

        Parameters
        ----------
        lon, lat
            m degrees; NaN lies in no area.
        """
        self._asked += len(lon)
        if self._asked > self._good_for:
            self._index()
        found = np.empty(len(lon), dtype=np.int64)
        for start in range(0, len(lon), _CHUNK):
            part = slice(start, start + _CHUNK)
            found[part] = self._of(lon[part], lat[part])
        return found

    def _index(self) -> None:
        """Lay every cell's answer down, the finer the more points there are to repay it.

        ``_answer`` has for each cell a position, -1 for none, or -2 - k where the k-th list of candidates has to be
        tried.
        """
        n = max(len(self.shapes), 1)
        inside = np.empty(0, dtype=np.int64)
        if self._asked < self._vertices // 3:
            self._good_for = self._vertices // 3
            parts, part_area = shapely.get_parts(self.shapes, return_index=True)
            bounds = shapely.bounds(parts)
            self._grid = grid = _Grid.over(*bounds.T, cells=_BOX_CELLS)
            self._answer = np.full(grid.size, -1, dtype=np.int32)
            touched = _distinct(grid.boxes(bounds, part_area, n))
        else:
            fine = self._asked > _MANY
            self._good_for = np.iinfo(np.int64).max if fine else _MANY
            segments = _Segments.of(self.shapes)
            cells = min(_CELLS << 2 * fine, 1024 + 8 * self._vertices)
            # Rings are closed: the first points of all segments are all points.
            self._grid = grid = _Grid.over(*(segments.x0, segments.y0) * 2, cells=cells)
            touched = _distinct(grid.crossed(segments, n))
            has_border = np.zeros(grid.size, dtype=bool)
            has_border[touched // n] = True
            filled = grid.filled(segments, n)
            mixed = has_border[filled // n]
            plain, inside = filled[~mixed], filled[mixed]
            self._answer = np.full(grid.size, -1, dtype=np.int32)
            # Sorted by position, so that written backwards the first area of a cell stays.
            self._answer[plain[::-1] // n] = plain[::-1] % n
            inside = inside[~np.isin(inside, touched, assume_unique=True)]
        self._list(touched, inside, n)

    def _list(self, touched: Ints, inside: Ints, n: int) -> None:
        """Keep for each cell without a plain answer the areas that touch it and those it lies in, in order."""
        keys = np.concatenate([touched, inside])
        order = np.argsort(keys, kind="stable")
        cell, area = np.divmod(keys[order], n)
        # Radix sorting makes small numbers worth their while.
        self._area = area.astype(np.uint16 if n < 1 << 16 else np.int64)
        self._whole = order >= len(touched)
        first = np.flatnonzero(np.diff(cell, prepend=-1))
        self._first = np.append(first, len(cell))
        self._answer[cell[first]] = -2 - np.arange(len(first), dtype=np.int32)

    def _of(self, lon: Floats, lat: Floats) -> Ints:
        answer = self._answer[self._grid.cell(lon, lat)].astype(np.int64)
        answer[~self._grid.holds(lon, lat)] = -1
        untold = np.flatnonzero(answer < -1)
        if len(untold):
            answer[untold] = self._tried(lon[untold], lat[untold], -2 - answer[untold])
        return answer

    def _tried(self, lon: Floats, lat: Floats, lists: Ints) -> Ints:
        """Return the first candidate that holds each point; points that repeat are tried once."""
        points, codes, at = _distinct_points(lon, lat)
        found = np.full(len(points), -1, dtype=np.int64)
        left = np.arange(len(points))
        here, end = self._first[lists[at]], self._first[lists[at] + 1]
        while len(left):
            area = self._area[here]
            # One polygon's tests stand together, so that its index stays in the processor's cache.
            order = np.argsort(area, kind="stable")
            left, here, end, area = left[order], here[order], end[order], area[order]
            hit = self._whole[here]
            test = np.flatnonzero(~hit)
            hit[test] = self._hold(area[test], points.real[left[test]], points.imag[left[test]])
            found[left[hit]] = area[hit]
            on = ~hit & (here + 1 < end)
            left, here, end = left[on], here[on] + 1, end[on]
        return found[codes]

    def _hold(self, area: Ints, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Return whether areas, of which equal ones stand together, hold points.

        An area is one thread's, as its index is made when it is first asked.
        """
        first = np.flatnonzero(np.diff(area.astype(np.int64), prepend=-1))
        ends = np.append(first, len(area))
        distinct = self.shapes[area[first]]

        def held(part: slice) -> NDArray[np.bool_]:
            shapely.prepare(distinct[part])
            rows = slice(ends[part.start], ends[part.stop])
            return np.asarray(shapely.intersects_xy(self.shapes[area[rows]], lon[rows], lat[rows]), dtype=bool)

        return over_cores(held, shapely.get_num_coordinates(distinct) + np.diff(ends))


def _distinct_points(lon: Floats, lat: Floats) -> tuple[NDArray[np.complex128], Ints, Ints]:
    """Return distinct points, which of them each point is, and for each of them one of the points that it is.

    Where an eighth of the points tells that few repeat, all of them are taken for distinct.
    """
    points = lon + 1j * lat
    sample = points[::8]
    if len(pd.unique(sample)) > 0.9 * len(sample):
        same = np.arange(len(points))
        return points, same, same
    codes, distinct = pd.factorize(points)
    at = np.empty(len(distinct), dtype=np.int64)
    at[codes] = np.arange(len(codes))
    return np.asarray(distinct), codes, at


def _distinct(keys: Ints) -> Ints:
    """Return the distinct keys, sorted; NumPy's own hashes them first, which takes longer."""
    ordered: Ints = np.sort(keys)
    new = np.flatnonzero(np.diff(ordered, prepend=-1))
    return np.take(ordered, new)


@dataclass(frozen=True)
class _Segments:
    """The straight pieces of all borders, and the area each belongs to."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    area: Ints

    @classmethod
    def of(cls, shapes: NDArray[np.object_]) -> _Segments:
        parts, part_area = shapely.get_parts(shapes, return_index=True)
        rings, ring_part = shapely.get_rings(parts, return_index=True)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        joined = np.flatnonzero(ring[1:] == ring[:-1])
        x, y = points[:, 0], points[:, 1]
        area = part_area[ring_part[ring[joined]]] if len(joined) else np.empty(0, dtype=np.int64)
        return cls(x[joined], y[joined], x[joined + 1], y[joined + 1], area.astype(np.int64))


@dataclass(frozen=True)
class _Grid:
    """Cells of one size over the areas' bounds."""

    west: float
    south: float
    east: float
    north: float
    step: float
    columns: int
    rows: int

    @classmethod
    def over(cls, wests: Floats, souths: Floats, easts: Floats, norths: Floats, *, cells: int) -> _Grid:
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
        return self.columns * self.rows

    def holds(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        return (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north)

    def cell(self, lon: Floats, lat: Floats) -> Ints:
        """Return the cell of each point; points outside get the nearest one."""
        column = np.clip(np.nan_to_num((lon - self.west) / self.step), 0, self.columns - 1).astype(np.int64)
        row = np.clip(np.nan_to_num((lat - self.south) / self.step), 0, self.rows - 1).astype(np.int64)
        return row * self.columns + column

    def crossed(self, segments: _Segments, n: int) -> Ints:
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

    def filled(self, segments: _Segments, n: int) -> Ints:
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
