"""Points, discs and distances on the globe, and the middle and the spread of a shape.

Coordinates and shapely shapes in EPSG:4326 degrees, lon before lat, enter and leave; distances are kilometres, on the
sphere where nothing else is said.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gazetteer.arrays import Floats

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["destination", "disc", "haversine_km", "kilometres", "path", "placed", "sphere", "widened", "wrapped"]

Point = tuple[float, float]
Degrees = Floats | float

_EARTH_KM = 6371.0088
_KM_A_DEGREE = math.pi * _EARTH_KM / 180
# About so many points of a grid tell how far a shape spreads; islets beyond the largest parts do not count.
_SAMPLES = 400
_MOST_PARTS = 60


def placed(shape: BaseGeometry) -> tuple[float, float, float]:
    """Return a point on a shape, near its middle, and the radius that holds nine tenths of the shape."""
    import shapely

    parts = shapely.get_parts(shape)
    if shape.area == 0:
        middle = shapely.Point(shapely.get_coordinates(shapely.shortest_line(shape, shapely.centroid(shape)))[0])
        points = shapely.line_interpolate_point(shape, np.linspace(0, 1, 100), normalized=True)
        x, y, weights = shapely.get_x(points), shapely.get_y(points), np.ones(100)
    else:
        middle = _middle(shape, max(parts, key=lambda part: part.area))
        x, y, weights = _samples(parts)
    away = haversine_km(x, y, middle.x, middle.y)
    order = np.argsort(away)
    total = np.cumsum(weights[order])
    radius = float(away[order][np.searchsorted(total, 0.9 * total[-1])])
    return float(middle.x), float(middle.y), max(radius, 1.0)


def _middle(shape: BaseGeometry, largest: BaseGeometry) -> BaseGeometry:
    """Return the centroid where it lies on the shape, else that of the largest part, else a point inside that."""
    import shapely

    for centre in (shapely.centroid(shape), shapely.centroid(largest)):
        if shapely.intersects(largest, centre):
            return centre
    return shapely.point_on_surface(largest)


def _samples(parts: Any) -> tuple[Any, Any, Any]:
    """Return a grid of points in every larger part of a shape, and the area that each stands for."""
    import shapely

    sizes = shapely.area(parts)
    larger = np.argsort(-sizes)[:_MOST_PARTS]
    xs, ys, weights = [], [], []
    for part, size in zip(parts[larger], sizes[larger], strict=True):
        west, south, east, north = part.bounds
        filled = max(size / max((east - west) * (north - south), 1e-12), 0.05)
        n = max(int(math.sqrt(_SAMPLES * size / sizes.sum() / filled)), 1)
        x, y = np.meshgrid(np.linspace(west, east, 2 * n + 1)[1::2], np.linspace(south, north, 2 * n + 1)[1::2])
        inside = shapely.contains_xy(part, x, y)
        inner = shapely.point_on_surface(part)
        x, y = (x[inside], y[inside]) if inside.any() else (np.array([inner.x]), np.array([inner.y]))
        xs.append(x)
        ys.append(y)
        # A degree of longitude shrinks towards the poles.
        weights.append(np.cos(np.radians(y)) * size / len(x))
    return np.concatenate(xs), np.concatenate(ys), np.concatenate(weights)


def destination(lon: float, lat: float, bearing: float, km: float) -> tuple[float, float]:
    """Return the point at a distance and bearing on WGS84 (Karney 2013)."""
    from geographiclib.geodesic import Geodesic

    found = Geodesic.WGS84.Direct(lat, lon, bearing, km * 1000)
    return float(found["lon2"]), float(found["lat2"])


def sphere(lon: float, lat: float, bearing: Any, km: float) -> tuple[Any, Any]:
    """Return points at a distance on the sphere; lon runs on beyond ±180."""
    a, phi, turn = km / _EARTH_KM, math.radians(lat), np.radians(bearing)
    to = np.arcsin(np.sin(phi) * np.cos(a) + np.cos(phi) * np.sin(a) * np.cos(turn))
    east = np.arctan2(np.sin(turn) * np.sin(a) * np.cos(phi), np.cos(a) - np.sin(phi) * np.sin(to))
    return lon + np.degrees(east), np.degrees(to)


def kilometres(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Return the great-circle distance of two points in degrees."""
    return float(haversine_km(lon1, lat1, lon2, lat2))


def path(a: Point, b: Point) -> list[tuple[float, float]]:
    """Return the great circle from one place to another as points, lon running on beyond ±180."""
    from geographiclib.geodesic import Geodesic

    line = Geodesic.WGS84.InverseLine(a[1], a[0], b[1], b[0])
    points = [line.Position(line.s13 * t, Geodesic.STANDARD | Geodesic.LONG_UNROLL) for t in np.linspace(0, 1, 17)]
    return [(point["lon2"], point["lat2"]) for point in points]


def disc(lon: float, lat: float, km: float) -> BaseGeometry:
    """Return the disc around a point, cut at the antimeridian and the poles.

    Examples
    --------
    >>> [round(edge, 2) for edge in disc(76.9, 43.25, 50).bounds]
    [76.28, 42.8, 77.52, 43.7]
    """
    import shapely

    if abs(lat) + km / _KM_A_DEGREE >= 90:
        edge = max(abs(lat) - km / _KM_A_DEGREE, -90.0)
        return shapely.box(-180, min(edge, 90) if lat > 0 else -90, 180, 90 if lat > 0 else -edge)
    x, y = sphere(lon, lat, np.arange(0, 360, 5.625), km)
    return wrapped(shapely.Polygon(np.column_stack([x, y])), lon)


def widened(shape: BaseGeometry, km: float) -> BaseGeometry:
    """Return a shape and what lies within a distance of it: exact north and south, and east and west at its middle."""
    import shapely
    from shapely import affinity

    west, south, east, north = shape.bounds
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)
    flat = affinity.scale(shape, squeeze, 1, origin=(0, 0))
    wide = affinity.scale(flat.buffer(km / _KM_A_DEGREE), 1 / squeeze, 1, origin=(0, 0))
    return wrapped(shapely.make_valid(wide), (west + east) / 2)


def wrapped(shape: BaseGeometry, lon: float) -> BaseGeometry:
    """Cut a shape whose longitudes run on beyond ±180, and bring the pieces back."""
    import shapely
    from shapely import affinity

    west, south, east, north = shape.bounds
    if west >= -180 and east <= 180 and south >= -90 and north <= 90:
        return shape
    shape = shapely.make_valid(shape)
    pieces = [
        affinity.translate(shapely.clip_by_rect(shape, turn - 180, -90, turn + 180, 90), -turn, 0)
        for turn in (-360, 0, 360)
    ]
    return shapely.union_all([piece for piece in pieces if not piece.is_empty])


def haversine_km(lon1: Degrees, lat1: Degrees, lon2: Degrees, lat2: Degrees) -> Floats:
    """Return great-circle distances in km between points in degrees, on a sphere of radius 6371 km.

    Examples
    --------
    >>> one = np.array([76.9]), np.array([43.25])
    >>> haversine_km(*one, np.array([71.43]), np.array([51.13])).round().tolist()
    [968.0]
    """
    a, b = np.radians(lat1), np.radians(lat2)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return np.asarray(12742.0 * np.arcsin(np.sqrt(np.minimum(h, 1.0))))
