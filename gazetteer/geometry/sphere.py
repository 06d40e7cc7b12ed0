"""Distances, destinations and bounds on the globe, in numbers alone.

Coordinates are degrees (EPSG:4326), distances kilometres. What makes shapes, or measures on the ellipsoid, is in
`gazetteer.geometry.geodesy`, which has these names too; this module loads nothing but NumPy, for look-ups.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gazetteer.arrays import Floats

__all__ = [
    "EARTH_RADIUS_KM",
    "KM_PER_DEGREE",
    "LEAST_KM",
    "LEAST_KM_EAST",
    "TEMPERATE",
    "Degrees",
    "bounds_around",
    "haversine_km",
    "spherical_destination",
]

Degrees = Floats | float

# Mean radius of WGS 84 (IUGG), and the length of a degree of a great circle on that sphere.
EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = math.pi * EARTH_RADIUS_KM / 180
# Points whose latitudes differ by a degree lie at least so many km apart: what is far is seen without trigonometry.
LEAST_KM = 111.0
# Between these latitudes they lie at least so many km apart for each degree of longitude, up to 90: a point lies
# asin(cos(lat) sin(dlon)) from a meridian, cos(60°) is a half, and sin(x) is 2x/pi or more.
TEMPERATE, LEAST_KM_EAST = 60.0, 35.0
# A degree of latitude on the ellipsoid is nowhere shorter than this, and boxes are this much wider than needed.
_LEAST_KM_PER_DEGREE, _MARGIN = 110.57, 1.001


def haversine_km(lon1: Degrees, lat1: Degrees, lon2: Degrees, lat2: Degrees) -> Floats:
    """Return great-circle distances in km between points in degrees, on the sphere.

    Examples
    --------
    >>> one = np.array([76.9]), np.array([43.25])
    >>> haversine_km(*one, np.array([71.43]), np.array([51.13])).round().tolist()
    [968.0]
    """
    a, b = np.radians(lat1), np.radians(lat2)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(h, 1.0))))


def spherical_destination(lon: float, lat: float, bearing: Any, km: float) -> tuple[Any, Any]:
    """Return points at a distance on the sphere; lon runs on beyond ±180."""
    a, phi, turn = km / EARTH_RADIUS_KM, math.radians(lat), np.radians(bearing)
    to = np.arcsin(np.sin(phi) * np.cos(a) + np.cos(phi) * np.sin(a) * np.cos(turn))
    east = np.arctan2(np.sin(turn) * np.sin(a) * np.cos(phi), np.cos(a) - np.sin(phi) * np.sin(to))
    return lon + np.degrees(east), np.degrees(to)


def bounds_around(lon: Floats, lat: Floats, km: Degrees) -> tuple[Floats, Floats, Floats, Floats]:
    """Return west, south, east and north of what lies within a distance of n points, on WGS 84.

    West and east run on beyond ±180, south and north beyond ±90; around a pole the bounds span all longitudes.

    Examples
    --------
    >>> west, south, east, north = bounds_around(np.array([179.5]), np.array([0.0]), 100.0)
    >>> west.round(1).tolist(), east.round(1).tolist(), north.round(1).tolist()
    ([178.6], [180.4], [0.9])
    """
    reach = np.broadcast_to(np.asarray(km, dtype=np.float64), lon.shape) / _LEAST_KM_PER_DEGREE
    south, north = lat - reach, lat + reach
    angle = np.minimum(np.radians(reach), np.pi / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        width = np.degrees(np.arcsin(np.sin(angle) / np.cos(np.radians(lat))))
    polar = (south <= -90) | (north >= 90) | ~np.isfinite(width)
    width = np.where(polar, 180.0, np.minimum(width * _MARGIN, 180.0))
    return lon - width, south, lon + width, north
