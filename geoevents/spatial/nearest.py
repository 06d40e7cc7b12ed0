"""The nearest of many shapes, by geodesic distance.

Shapes are indexed once; each array of points gets the positions of its nearest shapes and the kilometres to them.
Distances are those over the globe: the antimeridian and the poles are places like any other.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gazetteer import geodesy
from geoevents.spatial.outlines import split

__all__ = ["Nearest"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PIECES = 8  # to a box of the index
_FIRST_KM = 25.0
# Beyond, a box four times as wide would hold far more than the nearest.
_FAR_KM = 500.0
_FARTHEST_KM = 20_100.0
_SPHERE = 1.006  # how far the sphere's distances may be off
_POINTS = 2_000  # at a time, which bounds the memory
_CENTRES_OF = 64  # the same where each is held against the middles of all boxes


class Nearest:
    """Shapes, indexed for the nearest.

    Parameters
    ----------
    shapes
        n points, lines or polygons in lon/lat degrees; None and empty ones are never the nearest. Edges are straight
        in the lon/lat plane.

    Examples
    --------
    >>> nearest = Nearest(np.array([shapely.Point(-179.9, 0), shapely.Point(170, 0)]))
    >>> position, km = nearest.of(np.array([179.9]), np.array([0.0]))
    >>> position.tolist(), km.round(2).tolist()
    ([0], [22.26])
    """

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        begin, end, shape = split(shapes)
        # What stands together on the globe stands together in the index: its boxes are small.
        column, row = np.floor(begin).astype(np.int64).T
        order = np.argsort(row * 361 + column, kind="stable")
        self._begin, self._end, self._shape = begin[order], end[order], shape[order]
        self._starts = np.arange(0, len(self._shape), _PIECES)
        # The same on the unit sphere: each piece is asked by many points.
        self._from = _on_sphere(*self._begin.T)
        self._along = _on_sphere(*self._end.T) - self._from
        self._length = np.einsum("ij,ij->i", self._along, self._along)
        # How far an edge, straight in degrees, may lie from its chord: an eighth of the most that it can bend.
        across, up = np.radians(np.abs(self._end - self._begin)).T
        self._bend = (across + up) ** 2 / 8
        self._centre, self._reach = self._balls()
        self._tree = shapely.STRtree(shapely.box(*self._bounds())) if len(self._starts) else None

    def _bounds(self) -> tuple[Floats, Floats, Floats, Floats]:
        low, high = np.minimum(self._begin, self._end), np.maximum(self._begin, self._end)
        low, high = np.minimum.reduceat(low, self._starts), np.maximum.reduceat(high, self._starts)
        return low[:, 0], low[:, 1], high[:, 0], high[:, 1]

    def _balls(self) -> tuple[Floats, Floats]:
        """Return the centre and the radius of a ball around the pieces of each box of the index, on the unit sphere."""
        if not len(self._starts):
            return np.empty((0, 3)), np.empty(0)
        pieces = np.diff(self._starts, append=len(self._shape))
        centre = np.add.reduceat(self._from, self._starts) / pieces[:, None]
        # No point of an edge lies further from its begin than the edge is long, of which this is the most.
        across, up = np.radians(np.abs(self._end - self._begin)).T
        reach = np.linalg.norm(self._from - np.repeat(centre, pieces, axis=0), axis=1) + across + up
        return centre, np.maximum.reduceat(reach, self._starts)

    def of(self, lon: Floats, lat: Floats, *, within_km: float | None = None) -> tuple[Ints, Floats]:
        """Return the nearest shape's outline for each of m points.

        Parameters
        ----------
        lon, lat
            Degrees; NaN has no nearest.
        within_km
            Farther shapes are left out; None sets no limit.

        Returns
        -------
        (m,), (m,)
            Positions, -1 for none, and kilometres to the outline, NaN for none; of two at one distance the first.
        """
        position, km = np.full(len(lon), -1, dtype=np.int64), np.full(len(lon), np.nan)
        if self._tree is None:
            return position, km
        limit = _FARTHEST_KM if within_km is None else float(within_km)
        known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        for start in range(0, len(known), _POINTS):
            left = known[start : start + _POINTS]
            reach = np.full(len(left), min(_FIRST_KM, limit))
            while len(left):
                at, found, distance = self._within(lon[left], lat[left], reach)
                near = distance <= reach[at]
                position[left[at[near]]], km[left[at[near]]] = found[near], distance[near]
                done = reach >= limit
                done[at[near]] = True
                left, wider = left[~done], reach[~done] * 4
                if (wider > _FAR_KM).any() and limit > _FAR_KM:
                    wider = self._at_most(lon[left], lat[left]) * 1.001
                reach = np.minimum(wider, limit)
        return position, km

    def _at_most(self, lon: Floats, lat: Floats) -> Floats:
        """Return kilometres within which each point has a shape: to the begin of an edge among those around it."""
        chunk = np.empty(len(lon), dtype=np.int64)
        for start in range(0, len(lon), _CENTRES_OF):
            part = slice(start, start + _CENTRES_OF)
            chunk[part] = np.argmax(_on_sphere(lon[part], lat[part]) @ self._centre.T, axis=1)
        begin = self._begin[self._starts[chunk]]
        return geodesy.geodesic_km(lon, lat, begin[:, 0], begin[:, 1])

    def _within(self, lon: Floats, lat: Floats, reach: Floats) -> tuple[Ints, Ints, Floats]:
        """Return the points whose surroundings hold a shape, the nearest of those, and the kilometres to it."""
        assert self._tree is not None
        owner, boxes = geodesy.boxes_around(lon, lat, reach)
        box, chunk = self._tree.query(boxes)
        pairs = np.unique(owner[box] * len(self._starts) + chunk)
        point, chunk = np.divmod(pairs, len(self._starts))
        here = _on_sphere(lon, lat)
        # A box whose ball lies beyond the farthest that the nearest can be has no piece that matters.
        away = np.linalg.norm(here[point] - self._centre[chunk], axis=1)
        most = np.full(len(lon), np.inf)
        np.minimum.at(most, point, away + self._reach[chunk])
        kept = away - self._reach[chunk] <= most[point] * _SPHERE**2 + 1e-9
        point, chunk = point[kept], chunk[kept]
        piece = (self._starts[chunk][:, None] + np.arange(_PIECES)).ravel()
        point = np.repeat(point, _PIECES)[piece < len(self._shape)]
        piece = piece[piece < len(self._shape)]
        if not len(piece):
            return piece, piece, np.empty(0)
        t, away = self._to_chord(here[point], piece)
        # What lies farther than the nearest by more than an edge bends is not worth the exact place on it.
        bend = self._bend[piece]
        least = np.full(len(lon), np.inf)
        np.minimum.at(least, point, away + bend)
        kept = away - bend <= least[point] * _SPHERE**2 + 1e-9
        point, piece = point[kept], piece[kept]
        x, y, chord = self._closest(here[point], piece, t[kept])
        # All pieces that may be nearest on the ellipsoid: two of one shape can be far apart.
        least = np.full(len(lon), np.inf)
        np.minimum.at(least, point, chord)
        first = np.flatnonzero(chord <= least[point] * _SPHERE**2 + 1e-9)
        km = geodesy.geodesic_km(lon[point[first]], lat[point[first]], x[first], y[first])
        order = np.lexsort((self._shape[piece[first]], np.round(km, 9), point[first]))
        best = order[np.flatnonzero(np.diff(point[first][order], prepend=-1))]
        return point[first][best], self._shape[piece[first]][best], km[best]

    def _to_chord(self, here: Floats, piece: Ints) -> tuple[Floats, Floats]:
        """Return how far along each piece's chord one point of the unit sphere is nearest to it, and how near."""
        start, along, length = self._from[piece], self._along[piece], self._length[piece]
        start -= here
        t = np.clip(np.einsum("ij,ij->i", start, along) / -np.where(length > 0, length, 1), 0, 1)
        along *= t[:, None]
        along += start
        return t, np.sqrt(np.einsum("ij,ij->i", along, along))

    def _closest(self, here: Floats, piece: Ints, t: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the point so far along each piece (degrees), and the chord to it from one of the unit sphere."""
        begin = self._begin[piece]
        where = begin + t[:, None] * (self._end[piece] - begin)
        chord = np.linalg.norm(here - _on_sphere(where[:, 0], where[:, 1]), axis=1)
        return where[:, 0], where[:, 1], chord


def _on_sphere(lon: Floats, lat: Floats) -> Floats:
    x, y = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
