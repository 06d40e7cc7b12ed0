"""Distances, destinations, boxes, discs and areas on the globe, and the middle and the spread of a shape.

The only geodesy of the distribution; other packages reach it as ``gazetteer.geodesy``. Coordinates and shapely shapes
are in EPSG:4326 degrees, lon before lat; distances are kilometres. Functions with ``geodesic`` in their name,
`destination`, `destinations`, `area_km2` and `length_km` measure on the ellipsoid WGS 84, all others on the sphere of
the mean earth radius, which differs by 0.5 % at most. Shapes are cut at the antimeridian and at the poles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from geographiclib.geodesic import Geodesic
from numpy.typing import NDArray
from shapely import affinity

from gazetteer.arrays import Floats, Ints, Objects
from gazetteer.geometry.sphere import (
    EARTH_RADIUS_KM,
    KM_PER_DEGREE,
    Degrees,
    bounds_around,
    haversine_km,
    spherical_destination,
)
from gazetteer.locks import LOADING

if TYPE_CHECKING:
    from pyproj import Geod
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "EARTH_RADIUS_KM",
    "KM_PER_DEGREE",
    "area_km2",
    "bounds_around",
    "boxes_around",
    "buffer_km",
    "cut_at_antimeridian",
    "cut_many_at_antimeridian",
    "destination",
    "destinations",
    "disc",
    "geodesic_discs",
    "geodesic_km",
    "geodesic_path",
    "haversine_km",
    "length_km",
    "point_and_radius",
    "polar_cap",
    "spherical_destination",
]

Point = tuple[float, float]

# WGS 84: the equatorial radius and the square of the eccentricity.
_EQUATORIAL_KM, _ECCENTRICITY2 = 6378.137, 0.0066943799901413165
_CORNERS = 32
# Of a distance by which a shape is buffered, the part that its outline may be simplified by.
_FINEST = 0.05
# About so many points of a grid tell how far a shape spreads; islets beyond the largest parts do not count.
_SAMPLES = 400
_MOST_PARTS = 60


def destination(lon: float, lat: float, bearing: float, km: float) -> tuple[float, float]:
    """Return the point at a distance and bearing on WGS84 (Karney 2013)."""
    found = Geodesic.WGS84.Direct(lat, lon, bearing, km * 1000)
    return float(found["lon2"]), float(found["lat2"])


def destinations(lon: Floats, lat: Floats, bearing: Floats, km: Floats) -> tuple[list[float], list[float]]:
    """Return lon and lat of the points at n distances and bearings from n points, as `destination` does of one.

    The two measure alike, but for rounding in the fourteenth decimal of a degree.
    """
    x, y, _ = _geod().fwd(lon, lat, bearing, km * 1000)
    return x.tolist(), y.tolist()


def geodesic_path(a: Point, b: Point) -> list[tuple[float, float]]:
    """Return 17 points of the geodesic from one place to another, lon running on beyond ±180."""
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
    if abs(lat) + km / KM_PER_DEGREE >= 90:
        edge = max(abs(lat) - km / KM_PER_DEGREE, -90.0)
        return shapely.box(-180, min(edge, 90) if lat > 0 else -90, 180, 90 if lat > 0 else -edge)
    x, y = spherical_destination(lon, lat, np.arange(0, 360, 5.625), km)
    return cut_at_antimeridian(shapely.Polygon(np.column_stack([x, y])))


def buffer_km(shape: BaseGeometry, km: float) -> BaseGeometry:
    """Return a shape and what lies within a distance of it: exact north and south, and east and west at its middle."""
    _, south, _, north = shape.bounds
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)
    # What is finer than a twentieth of the distance is lost in it; the outline of a continent would take minutes.
    plain = shape.simplify(_FINEST * km / KM_PER_DEGREE, preserve_topology=False)
    flat = affinity.scale(shape if plain.is_empty else plain, squeeze, 1, origin=(0, 0))
    wide = affinity.scale(flat.buffer(km / KM_PER_DEGREE), 1 / squeeze, 1, origin=(0, 0))
    return cut_at_antimeridian(shapely.make_valid(wide))


def cut_at_antimeridian(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape whose longitudes run on beyond ±180 with the pieces beyond brought back from the other side.

    A shape within the bounds of the globe is returned as it is.

    Examples
    --------
    >>> import shapely
    >>> [part.bounds for part in cut_at_antimeridian(shapely.box(170, -5, 190, 5)).geoms]
    [(-180.0, -5.0, -170.0, 5.0), (170.0, -5.0, 180.0, 5.0)]
    """
    west, south, east, north = shape.bounds
    if not (west < -180 or east > 180 or south < -90 or north > 90):
        return shape
    if not shapely.is_valid(shape):
        shape = shapely.make_valid(shape)
    turns = range(math.floor((west + 180) / 360), math.ceil((east - 180) / 360) + 1)
    parts = [shapely.intersection(_shifted(shape, -360.0 * turn), shapely.box(-180, -90, 180, 90)) for turn in turns]
    return shapely.union_all([part for part in parts if not part.is_empty])


def _shifted(shape: BaseGeometry, degrees: float) -> BaseGeometry:

    return shapely.transform(shape, lambda points: points + np.array([degrees, 0.0]))


def cut_many_at_antimeridian(shapes: Objects) -> Objects:
    """Return n shapes as `cut_at_antimeridian` returns one; without a copy where none reaches beyond."""
    west, south, east, north = shapely.bounds(shapes).T
    beyond = np.flatnonzero((west < -180) | (east > 180) | (south < -90) | (north > 90))
    if len(beyond):
        shapes = shapes.copy()
        for i in beyond:
            shapes[i] = cut_at_antimeridian(shapes[i])
    return shapes


def geodesic_km(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Return the geodesic distances between n pairs of points on WGS 84, in km.

    Examples
    --------
    >>> one = np.ones(1)
    >>> geodesic_km(179.5 * one, 0 * one, -179.5 * one, 0 * one).round(1).tolist()
    [111.3]
    """
    metres = _geod().inv(lon1, lat1, lon2, lat2)[2]
    return np.asarray(metres, dtype=np.float64) / 1000


@cache
def _geod() -> Geod:
    with LOADING:
        from pyproj import Geod

    return Geod(ellps="WGS84")


def geodesic_discs(lon: Floats, lat: Floats, km: Floats) -> Objects:
    """Return a polygon of 32 corners for each of n geodesic discs, of the area of the disc.

    Examples
    --------
    >>> found = geodesic_discs(np.array([76.9]), np.array([43.2]), np.array([10.0]))
    >>> area_km2(found).round(1).tolist()
    [314.2]
    """
    turn = 2 * np.pi / _CORNERS
    # The corners of a polygon lie a little outside the circle of the same area.
    reach = km * 1000 * np.sqrt(turn / np.sin(turn))
    azimuth = np.tile(np.linspace(0, 360, _CORNERS, endpoint=False), len(lon))
    starts = [np.repeat(values, _CORNERS) for values in (lon, lat, reach)]
    x, y, _ = _geod().fwd(starts[0], starts[1], azimuth, starts[2])
    x, y = np.reshape(x, (-1, _CORNERS)), np.reshape(y, (-1, _CORNERS))
    x = lon[:, None] + (x - lon[:, None] + 180) % 360 - 180
    shapes = shapely.polygons(np.dstack([x, y])) if len(lon) else np.empty(0, dtype=object)
    for i in np.flatnonzero(_reaches_a_pole(lat, km)):
        shapes[i] = polar_cap(x[i] % 360, y[i], 90.0 if lat[i] > 0 else -90.0)
    return cut_many_at_antimeridian(shapes)


def _reaches_a_pole(lat: Floats, km: Floats) -> NDArray[np.bool_]:
    zero = np.zeros_like(lat)
    to_pole = geodesic_km(zero, lat, zero, np.where(lat > 0, 90.0, -90.0))
    return np.asarray(to_pole <= km, dtype=bool)


def polar_cap(lon: Floats, lat: Floats, pole: float) -> BaseGeometry:
    """Return the area between a rim around a pole (n points, lon from 0 to 360) and the pole, in the lon/lat plane."""
    order = np.argsort(lon)
    x, y = lon[order], lat[order]
    gap = x[0] + 360 - x[-1]
    edge = y[-1] + (y[0] - y[-1]) * (360 - x[-1]) / gap
    return shapely.Polygon([(0, pole), (0, edge), *zip(x, y, strict=True), (360, edge), (360, pole)])


def area_km2(shapes: Objects) -> Floats:
    """Return areas on WGS 84 in km², by Lambert's cylindrical equal-area projection."""
    return np.asarray(shapely.area(shapely.transform(shapes, _equal_area)), dtype=np.float64)


def _equal_area(points: Floats) -> Floats:
    e2, e, s = _ECCENTRICITY2, np.sqrt(_ECCENTRICITY2), np.sin(np.radians(points[:, 1]))
    q = (1 - e2) * (s / (1 - e2 * s * s) + np.arctanh(e * s) / e)
    return np.column_stack([_EQUATORIAL_KM * np.radians(points[:, 0]), _EQUATORIAL_KM * q / 2])


def length_km(shapes: Objects) -> Floats:
    """Return the geodesic lengths of lines on WGS 84, in km."""
    lines, owner = shapely.get_parts(shapes, return_index=True)
    points, line = shapely.get_coordinates(lines, return_index=True)
    joined = np.flatnonzero(line[1:] == line[:-1])
    a, b = points[joined], points[joined + 1]
    pieces = geodesic_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    return np.bincount(owner[line[joined]], weights=pieces, minlength=len(shapes)).astype(np.float64)


def boxes_around(lon: Floats, lat: Floats, km: Degrees) -> tuple[Ints, Objects]:
    """Return boxes that hold all that lies within a distance of n points, and the point that each box belongs to.

    A box that crosses the antimeridian is two boxes.
    """
    west, south, east, north = bounds_around(lon, lat, km)
    points = np.arange(len(lon))
    boxes, owners = [shapely.box(np.maximum(west, -180), south, np.minimum(east, 180), north)], [points]
    for over, left, right in ((east > 180, -180.0 + 0 * east, east - 360), (west < -180, west + 360, 180.0 + 0 * west)):
        boxes.append(shapely.box(left[over], south[over], right[over], north[over]))
        owners.append(points[over])
    return np.concatenate(owners), np.concatenate(boxes)


def point_and_radius(shape: BaseGeometry, items: Sequence[BaseGeometry] = ()) -> tuple[float, float, float]:
    """Return lon and lat of a point on a shape, near its middle, and the km within which nine tenths of it lie.

    Where the shape is the union of several items, an event is in each of them with the same chance: a town counts as
    much as a province beside it.
    """
    parts = _parts(shape)
    if shape.area == 0:
        middle = shapely.Point(shapely.get_coordinates(shapely.shortest_line(shape, shapely.centroid(shape)))[0])
    else:
        middle = _middle(shape, max(parts, key=lambda part: part.area))
    x, y, weights = (np.concatenate(values) for values in zip(*map(_spread, items or [shape]), strict=True))
    away = haversine_km(x, y, middle.x, middle.y)
    order = np.argsort(away)
    total = np.cumsum(weights[order])
    radius = float(away[order][np.searchsorted(total, 0.9 * total[-1])])
    return float(middle.x), float(middle.y), max(radius, 1.0)


def _parts(shape: BaseGeometry) -> Objects:
    """Return the parts of a shape; a lone polygon, as most shapes are, is its own."""
    return np.array([shape], dtype=object) if isinstance(shape, shapely.Polygon) else shapely.get_parts(shape)


def _spread(shape: BaseGeometry) -> tuple[Floats, Floats, Floats]:
    """Return n points spread over a shape, and their weights, which sum to 1."""
    parts = _parts(shape)
    if shape.area == 0:
        points = _along_lines(parts)
        x, y, weights = shapely.get_x(points), shapely.get_y(points), np.ones(len(points))
    else:
        x, y, weights = _samples(parts)
    return x, y, weights / weights.sum()


def _along_lines(parts: Any) -> Any:
    """Return points at even steps along the lines of a shape, its lone points aside; these where it has no lines."""
    single = shapely.get_parts(parts)  # a collection may hold lines of several parts
    lines = single[shapely.length(single) > 0]
    if not len(lines):
        return shapely.points(shapely.get_coordinates(parts))
    return shapely.line_interpolate_point(shapely.multilinestrings(lines), np.linspace(0, 1, 100), normalized=True)


def _middle(shape: BaseGeometry, largest: BaseGeometry) -> BaseGeometry:
    """Return the centroid where it lies on the shape, else that of the largest part, else a point inside that."""
    for centre in map(shapely.centroid, (shape, largest)):
        if shapely.intersects(largest, centre):
            return centre
    return shapely.point_on_surface(largest)


def _samples(parts: Any) -> tuple[Any, Any, Any]:
    """Return a grid of points in every larger part of a shape, and the area that each stands for."""
    sizes = shapely.area(parts)
    larger = np.argsort(-sizes)[:_MOST_PARTS]
    xs, ys, weights = [], [], []
    for part, size in zip(parts[larger], sizes[larger], strict=True):
        west, south, east, north = part.bounds
        filled = max(size / max((east - west) * (north - south), 1e-12), 0.05)
        n = max(int(math.sqrt(_SAMPLES * size / sizes.sum() / filled)), 1)
        odd = np.arange(1, 2 * n, 2)
        x, y = odd * ((east - west) / (2 * n)) + west, odd * ((north - south) / (2 * n)) + south
        rows, columns = np.nonzero(shapely.contains_xy(part, x[None, :], y[:, None]))
        if len(rows):
            x, y = x[columns], y[rows]
        else:
            inner = shapely.point_on_surface(part)
            x, y = np.array([inner.x]), np.array([inner.y])
        xs.append(x)
        ys.append(y)
        # A degree of longitude shrinks towards the poles.
        weights.append(np.cos(np.radians(y)) * size / len(x))
    return np.concatenate(xs), np.concatenate(ys), np.concatenate(weights)
