"""Draw random points from the kernels and shapes of places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gazetteer import geodesy
from geoevents.joins.extents.event_extents import Places
from geoevents.joins.extents.kernel_mass import from_plane
from geoevents.joins.extents.random_numbers import Keys, uniform

__all__ = ["Scatter"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TURN = 2 * np.pi
# Draws at a time, which bounds the memory.
_CHUNK = 1 << 19


class Scatter:
    """Draws points of places.

    Parameters
    ----------
    places
        m places: around a point with a radius points follow its kernel; in an area, along a line and among several
        points each is equally likely; a place that is a point gives that point.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._pieces = {int(i): _pieces_of(places.shapes[i]) for i in np.flatnonzero(places.areal)}
        self._disc, self._areal = places.disc, places.areal

    def at(self, place: Ints, keys: Keys) -> tuple[Floats, Floats]:
        """Return a point (lon, lat in degrees) for each of n place numbers, by n random keys."""
        lon, lat = self._places.lon[place], self._places.lat[place]
        for start in range(0, len(place), _CHUNK):
            part = slice(start, start + _CHUNK)
            around = np.flatnonzero(self._disc[place[part]]) + start
            if len(around):
                lon[around], lat[around] = self._around(place[around], keys[around])
        within = np.flatnonzero(self._areal[place])
        order = within[np.argsort(place[within], kind="stable")]
        starts = np.flatnonzero(np.diff(place[order], prepend=-1))
        for rows in np.split(order, starts[1:]) if len(order) else []:
            pieces = self._pieces[int(place[rows[0]])]
            lon[rows], lat[rows] = pieces.at(*(uniform(keys[rows], i) for i in range(3)))
        return lon, lat

    def _around(self, place: Ints, keys: Keys) -> tuple[Floats, Floats]:
        places = self._places
        km = places.kernels.take(place).quantile(places.radius[place], uniform(keys, 0))
        angle = _TURN * uniform(keys, 1)
        return from_plane(km * np.cos(angle), km * np.sin(angle), places.lon[place], places.lat[place])


@dataclass(frozen=True)
class _Pieces:
    """Triangles, straight lines or points that make up a shape, and the share of it up to the end of each."""

    corners: Floats
    ends: Floats

    def at(self, which: Floats, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return points by three random numbers each: the piece, and where in it."""
        piece = np.minimum(np.searchsorted(self.ends, which, side="right"), len(self.ends) - 1)
        corners = self.corners[piece]
        if corners.shape[1] == 3:
            beyond = u + v > 1
            u, v = np.where(beyond, 1 - u, u), np.where(beyond, 1 - v, v)
            found = corners[:, 0] + u[:, None] * (corners[:, 1] - corners[:, 0])
            found += v[:, None] * (corners[:, 2] - corners[:, 0])
        else:
            found = corners[:, 0] + u[:, None] * (corners[:, -1] - corners[:, 0])
        return found[:, 0], found[:, 1]


def _pieces_of(shape: shapely.Geometry) -> _Pieces:
    parts = shapely.get_parts(np.array([shape], dtype=object))
    parts = shapely.get_parts(parts)
    dimension = shapely.get_dimensions(parts)
    if dimension.max() == 2:
        flat = shapely.get_parts(shapely.constrained_delaunay_triangles(parts[dimension == 2]))
        corners = shapely.get_coordinates(flat).reshape(-1, 4, 2)[:, :3]
        size = geodesy.area_km2(flat)
    elif dimension.max() == 1:
        points, line = shapely.get_coordinates(parts[dimension == 1], return_index=True)
        joined = np.flatnonzero(line[1:] == line[:-1])
        corners = np.stack([points[joined], points[joined + 1]], axis=1)
        size = geodesy.geodesic_km(corners[:, 0, 0], corners[:, 0, 1], corners[:, 1, 0], corners[:, 1, 1])
    else:
        corners = shapely.get_coordinates(parts)[:, None, :]
        size = np.ones(len(corners))
    total = np.cumsum(size)
    return _Pieces(corners, total / total[-1] if total[-1] > 0 else np.linspace(0, 1, len(total) + 1)[1:])
