"""Compute the probability that kernels around points give to polygons.

A kernel is round: the mass of a polygon is a sum along its outline. By the divergence theorem

    ∬ f(d) dA = 1 / (2π) ∮ F(d) dθ

with d and θ the distance and the direction from the point to the outline, and F(d) the mass within d. Nothing is cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geoevents.joins.extents.kernel import Kernels

__all__ = ["clip_to_boxes", "from_plane", "kernel_mass"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

_A, _E2 = 6378.137, 0.0066943799901413165  # WGS 84
# The steps in which edges are walked, in u, and how near to the point an edge passes at most, as a share of the radius:
# the mass is then within 1e-3 of that of much finer steps (tests/geoevents/test_kernel.py).
_STEP, _NEAREST = 0.35, 1e-4


def clip_to_boxes(shapes: Shapes, bounds: Floats) -> Shapes:
    """Return n polygons clipped to n boxes (west, south, east, north in degrees): what lies beyond has no mass."""
    out = np.empty(len(shapes), dtype=object)
    for i, (shape, box) in enumerate(zip(shapes, bounds.tolist(), strict=True)):
        out[i] = shapely.clip_by_rect(shape, *box)
    return out


def kernel_mass(shapes: Shapes, lon: Floats, lat: Floats, radius_km: Floats, kernels: Kernels) -> Floats:
    """Return the probability that an event around a point lies in a polygon, for n pairs.

    Parameters
    ----------
    shapes
        n polygons or multipolygons, lon/lat degrees.
    lon, lat
        n points, degrees.
    radius_km, kernels
        The radius around each point and how events lie in it.

    Examples
    --------
    >>> one = np.ones(1)
    >>> east = np.array([shapely.box(10, 40, 20, 60)])
    >>> kernel_mass(east, 10 * one, 50 * one, 5 * one, Kernels(3 * one)).round(3).tolist()
    [0.5]
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    joined = np.flatnonzero(ring[1:] == ring[:-1])
    pair = owner[ring_part[ring]]
    x, y = _plane(points, lon[pair], lat[pair])
    pair, ring = pair[joined], ring[joined]
    radius_km, kernels = radius_km[pair], kernels.take(pair)
    ends = x[joined], y[joined], x[joined + 1], y[joined + 1]
    walk = _Walk.past(*ends, radius_km)
    turned = _turned_mass(*ends, radius_km, kernels)
    cut = np.flatnonzero(walk.count > 1)
    from_, to, edge = walk.steps(cut)
    at = cut[edge]
    first, change = points[joined[at]], points[joined[at] + 1] - points[joined[at]]
    begin, end = first + from_[:, None] * change, first + to[:, None] * change
    finer = (*_plane(begin, lon[pair[at]], lat[pair[at]]), *_plane(end, lon[pair[at]], lat[pair[at]]))
    turned[cut] = np.bincount(edge, weights=_turned_mass(*finer, radius_km[at], kernels.take(at)), minlength=len(cut))
    mass = np.abs(np.bincount(ring, weights=turned, minlength=len(rings))) / (2 * np.pi)
    # The first ring of a polygon is its outline, the others are holes.
    sign = np.where(np.diff(ring_part, prepend=-1) > 0, 1.0, -1.0)
    total = np.bincount(owner[ring_part], weights=sign * mass, minlength=len(shapes))
    return np.asarray(np.clip(total, 0.0, 1.0), dtype=np.float64)


@dataclass(frozen=True)
class _Walk:
    """How straight edges are walked past a point: in steps that grow with the distance from it.

    A place p (km along an edge, from the foot of the perpendicular) is a · sinh(u) with a the length of the
    perpendicular; steps are equal in u.
    """

    nearest: Floats
    foot: Floats
    length: Floats
    low: Floats
    high: Floats
    count: Ints

    @classmethod
    def past(cls, x0: Floats, y0: Floats, x1: Floats, y1: Floats, radius_km: Floats) -> _Walk:
        dx, dy = x1 - x0, y1 - y0
        length = np.hypot(dx, dy)
        safe = np.where(length > 0, length, 1.0)
        foot = -(x0 * dx + y0 * dy) / safe
        nearest = np.maximum(np.abs(x0 * dy - y0 * dx) / safe, _NEAREST * radius_km)
        low, high = np.arcsinh(-foot / nearest), np.arcsinh((length - foot) / nearest)
        count = np.asarray(np.maximum(np.ceil((high - low) / _STEP), 1), dtype=np.int64)
        return cls(nearest, foot, length, low, high, count)

    def steps(self, edges: Ints) -> tuple[Floats, Floats, Ints]:
        """Return where on its edge (0 to 1) each step of some edges begins and ends, and the edge of each."""
        count = self.count[edges]
        edge = np.repeat(np.arange(len(edges)), count)
        nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        at = edges[edge]
        width = (self.high - self.low)[at] / self.count[at]
        u = self.low[at] + nth * width
        begin, end = (
            (self.nearest[at] * np.sinh(v) + self.foot[at]) / np.maximum(self.length[at], 1e-12) for v in (u, u + width)
        )
        return np.clip(begin, 0.0, 1.0), np.where(nth + 1 == count[edge], 1.0, np.clip(end, 0.0, 1.0)), edge


def _turned_mass(x0: Floats, y0: Floats, x1: Floats, y1: Floats, radius_km: Floats, kernels: Kernels) -> Floats:
    """Return the integral of F(d) dθ over each step, by Simpson's rule."""
    turn = np.arctan2(x0 * y1 - y0 * x1, x0 * x1 + y0 * y1)
    ends = kernels.within(radius_km, np.hypot(x0, y0)) + kernels.within(radius_km, np.hypot(x1, y1))
    middle = kernels.within(radius_km, np.hypot((x0 + x1) / 2, (y0 + y1) / 2))
    return np.asarray(turn * (ends + 4 * middle) / 6)


def _plane(points: Floats, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return points as kilometres east and north of others: distance and direction are those on a sphere.

    The sphere has the ellipsoid's mean curvature at the point, so that distances of up to a few hundred kilometres
    are within 0.2 % of the geodesic ones.
    """
    phi0, phi = np.radians(lat), np.radians(points[:, 1])
    turn = np.radians(points[:, 0] - lon)
    east = np.cos(phi) * np.sin(turn)
    north = np.cos(phi0) * np.sin(phi) - np.sin(phi0) * np.cos(phi) * np.cos(turn)
    up = np.sin(phi0) * np.sin(phi) + np.cos(phi0) * np.cos(phi) * np.cos(turn)
    flat = np.hypot(east, north)
    curvature = _A * np.sqrt(1 - _E2) / (1 - _E2 * np.sin(phi0) ** 2)
    scale = np.divide(curvature * np.arctan2(flat, up), flat, out=np.full_like(flat, curvature), where=flat > 0)
    return east * scale, north * scale


def from_plane(east: Floats, north: Floats, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the points (lon, lat in degrees) that lie so many kilometres east and north of others."""
    phi0 = np.radians(lat)
    curvature = _A * np.sqrt(1 - _E2) / (1 - _E2 * np.sin(phi0) ** 2)
    km = np.hypot(east, north)
    angle = km / curvature
    sine = np.divide(np.sin(angle), km, out=np.zeros_like(km), where=km > 0)
    x, y, z = east * sine, north * sine, np.cos(angle)
    up = z * np.cos(phi0) - y * np.sin(phi0)
    phi = np.arcsin(np.clip(z * np.sin(phi0) + y * np.cos(phi0), -1, 1))
    out = lon + np.degrees(np.arctan2(x, up))
    return (out + 180) % 360 - 180, np.degrees(phi)
