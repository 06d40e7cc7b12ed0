"""Which area a point lies in, for millions of points.

Polygons are indexed once; arrays of longitudes and latitudes get the positions of their polygons. A grid is
laid over the polygons: a cell that lies wholly in one polygon answers for every point in it, and only points in
cells that a border crosses are tested against the polygons of that cell. Nothing here knows of frames, so that a
streaming engine can call it on record batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoevents.spatial.cell_grid import CellGrid, Segments
from geoevents.spatial.threads import over_cores

__all__ = ["PolygonIndex"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

_CHUNK = 1 << 20  # points at a time, which bounds the memory
_BOX_CELLS = 1 << 17
_CELLS = 1 << 20
_MANY = 2_000_000  # points, from which on finer cells pay
_SAMPLE = 200_000  # points that tell whether points repeat
# Tests of a point against a polygon that cost about as much as an index of finer cells (tests/benchmarks/joins.py).
_FINER_AFTER = 1_000_000


class PolygonIndex:
    """Polygons, indexed by a grid that grows finer with the number of points asked for.

    Threads may share it: the index is replaced as a whole, and polygons are tested under a lock, because GEOS builds
    the index of a prepared polygon when a point is first tested against it.

    Parameters
    ----------
    shapes
        n polygons or multipolygons, valid, in lon/lat degrees within -180..180, each an object of its own, as threads
        share them; None and empty ones hold nothing.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> index = PolygonIndex(np.array([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)]))
    >>> index.containing(np.array([1.0, 2.0, 3.0, 9.0]), np.array([1.0, 1.0, 1.0, 1.0])).tolist()
    [0, 0, 1, -1]
    """

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = np.asarray(shapes, dtype=object)
        self._vertices = int(shapely.get_num_coordinates(self.shapes).sum())
        self._asked = self._tested = 0
        self._cells = _Cells.none()
        self._lock = Lock()

    def __reduce__(self) -> tuple[type[PolygonIndex], tuple[Shapes]]:
        return PolygonIndex, (self.shapes,)

    def containing(self, lon: Floats, lat: Floats) -> Ints:
        """Return for each point the position of the area that holds it, -1 where none does.

        A border belongs to the areas on both sides; a point that several areas hold is given to the first of them
        in their order, so that it goes to exactly one.

        Parameters
        ----------
        lon, lat
            m degrees; NaN lies in no area.
        """
        repeated = _repeated(lon, lat)
        cells = self._cells_for(len(lon), repeated=repeated)
        found = np.empty(len(lon), dtype=np.int64)
        for start in range(0, len(lon), _CHUNK):
            part = slice(start, start + _CHUNK)
            found[part] = self._containing(cells, lon[part], lat[part], repeated=repeated)
        return found

    def _cells_for(self, points: int, *, repeated: bool) -> _Cells:
        """Return every cell's answer, for cells the finer the more points there are to repay them."""
        with self._lock:
            self._asked += points
            known, worn = self._cells.fineness, self._tested >= _FINER_AFTER
            many = self._asked > _MANY and (worn if known else not repeated)
            fineness = 2 if many else int(self._asked >= self._vertices // 3)
            if fineness > self._cells.fineness:
                self._cells = _Cells.of(self.shapes, fineness, self._vertices)
            return self._cells

    def _containing(self, cells: _Cells, lon: Floats, lat: Floats, *, repeated: bool) -> Ints:
        answer = cells.answer[cells.grid.cell(lon, lat)].astype(np.int64)
        answer[~cells.grid.holds(lon, lat)] = -1
        open_ = np.flatnonzero(answer < -1)
        if len(open_):
            lists = -2 - answer[open_]
            if not repeated:
                answer[open_] = self._first_holding(cells, lon[open_], lat[open_], lists)
            else:
                points = lon[open_] + 1j * lat[open_]
                codes, distinct = pd.factorize(points)
                at = np.empty(len(distinct), dtype=np.int64)
                at[codes] = np.arange(len(codes))
                answer[open_] = self._first_holding(cells, distinct.real, distinct.imag, lists[at])[codes]
        return answer

    def _first_holding(self, cells: _Cells, lon: Floats, lat: Floats, lists: Ints) -> Ints:
        """Return the first candidate that holds each point."""
        found = np.full(len(lon), -1, dtype=np.int64)
        left = np.arange(len(lon))
        here, end = cells.first[lists], cells.first[lists + 1]
        while len(left):
            area = cells.area[here]
            # One polygon's tests stand together, so that its index stays in the processor's cache.
            order = np.argsort(area, kind="stable")
            left, here, end, area = left[order], here[order], end[order], area[order]
            hit = cells.whole[here]
            test = np.flatnonzero(~hit)
            hit[test] = self._hold(area[test], lon[left[test]], lat[left[test]])
            found[left[hit]] = area[hit]
            on = ~hit & (here + 1 < end)
            left, here, end = left[on], here[on] + 1, end[on]
        return found

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

        with self._lock:
            self._tested += len(area)
            return over_cores(held, shapely.get_num_coordinates(distinct) + np.diff(ends))


@dataclass(frozen=True)
class _Cells:
    """What each cell of a grid answers.

    ``answer`` has for each cell the position of the area that it lies in, -1 for none, or -2 - k where the k-th list
    of candidates has to be tried: ``area[first[k]:first[k + 1]]``, of which those in ``whole`` hold the whole cell.
    ``fineness`` is 0 for cells that know bounds only, 1 and 2 for those that know borders, -1 for none.
    """

    grid: CellGrid
    answer: NDArray[np.int32]
    area: Ints
    whole: NDArray[np.bool_]
    first: Ints
    fineness: int

    @classmethod
    def none(cls) -> _Cells:
        """Return an index that is good for no point."""
        grid = CellGrid(0.0, 0.0, 0.0, 0.0, 1.0, 1, 1)
        no = np.empty(0, dtype=np.int64)
        return cls(grid, np.full(1, -1, dtype=np.int32), no, no.astype(bool), no, -1)

    @classmethod
    def of(cls, shapes: Shapes, fineness: int, vertices: int) -> _Cells:
        """Return the cells over polygons of so many vertices."""
        if fineness == 0:
            return cls._of_boxes(shapes)
        return cls._of_borders(shapes, fineness, min(_CELLS << 2 * (fineness - 1), 1024 + 8 * vertices))

    @classmethod
    def _of_boxes(cls, shapes: Shapes) -> _Cells:
        """Return cells whose candidates are the areas whose bounds touch them: quick to make."""
        n = max(len(shapes), 1)
        parts, part_area = shapely.get_parts(shapes, return_index=True)
        bounds = shapely.bounds(parts)
        grid = CellGrid.over(*bounds.T, cells=_BOX_CELLS)
        answer = np.full(grid.size, -1, dtype=np.int32)
        touched = _distinct(grid.boxes(bounds, part_area, n))
        return cls._listing(grid, answer, touched, np.empty(0, dtype=np.int64), n, 0)

    @classmethod
    def _of_borders(cls, shapes: Shapes, fineness: int, cells: int) -> _Cells:
        """Return about so many cells, those that no border crosses with a plain answer."""
        n = max(len(shapes), 1)
        segments = Segments.of(shapes)
        # Rings are closed: the first points of all segments are all points.
        grid = CellGrid.over(*(segments.x0, segments.y0) * 2, cells=cells)
        touched = _distinct(grid.crossed(segments, n))
        has_border = np.zeros(grid.size, dtype=bool)
        has_border[touched // n] = True
        filled = grid.filled(segments, n)
        mixed = has_border[filled // n]
        plain, inside = filled[~mixed], filled[mixed]
        answer = np.full(grid.size, -1, dtype=np.int32)
        # Sorted by position, so that written backwards the first area of a cell stays.
        answer[plain[::-1] // n] = plain[::-1] % n
        inside = inside[~np.isin(inside, touched, assume_unique=True)]
        return cls._listing(grid, answer, touched, inside, n, fineness)

    @classmethod
    def _listing(
        cls, grid: CellGrid, answer: NDArray[np.int32], touched: Ints, inside: Ints, n: int, fineness: int
    ) -> _Cells:
        """Keep for each cell without a plain answer the areas that touch it and those it lies in, in order."""
        keys = np.concatenate([touched, inside])
        order = np.argsort(keys, kind="stable")
        cell, area = np.divmod(keys[order], n)
        first = np.flatnonzero(np.diff(cell, prepend=-1))
        answer[cell[first]] = -2 - np.arange(len(first), dtype=np.int32)
        # Radix sorting makes small numbers worth their while.
        area = area.astype(np.uint16 if n < 1 << 16 else np.int64)
        return cls(grid, answer, area, order >= len(touched), np.append(first, len(cell)), fineness)


def _repeated(lon: Floats, lat: Floats) -> bool:
    """Return whether many points repeat, as a sample of them tells."""
    step = max(8, len(lon) // _SAMPLE)
    sample = lon[::step] + 1j * lat[::step]
    return len(pd.unique(sample)) <= 0.9 * len(sample)


def _distinct(keys: Ints) -> Ints:
    """Return the distinct keys, sorted; NumPy's own hashes them first, which takes longer."""
    ordered: Ints = np.sort(keys)
    new = np.flatnonzero(np.diff(ordered, prepend=-1))
    return np.take(ordered, new)
