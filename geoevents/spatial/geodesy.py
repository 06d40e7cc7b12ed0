"""Distances, discs and areas on the ellipsoid.

Degrees (lon/lat, WGS 84) and kilometres enter; kilometres, polygons and boxes within -180..180 leave. What crosses
the antimeridian or holds a pole is cut, never drawn the long way round.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import Geod

__all__ = ["area_km2", "around", "cap", "discs", "distance_km", "in_lonlat", "length_km", "split", "wrapped"]

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

_A, _E2 = 6378.137, 0.0066943799901413165  # WGS 84
_CORNERS = 32
_KM_A_DEGREE = 110.57  # of latitude, at its shortest
_WORLD = shapely.box(-180, -90, 180, 90)


@cache
def _geod() -> Geod:
    from pyproj import Geod

    return Geod(ellps="WGS84")


def in_lonlat(frame: gpd.GeoDataFrame) -> Shapes:
    """Return a frame's geometries in EPSG:4326; a frame that is in it already is not copied."""
    shapes = frame.geometry
    if not shapes.crs.equals("EPSG:4326"):
        shapes = shapes.to_crs("EPSG:4326")
    return np.asarray(shapes.array, dtype=object)


def distance_km(lon0: Floats, lat0: Floats, lon1: Floats, lat1: Floats) -> Floats:
    """Return the geodesic distances between n pairs of points.

    Examples
    --------
    >>> one = np.ones(1)
    >>> distance_km(179.5 * one, 0 * one, -179.5 * one, 0 * one).round(1).tolist()
    [111.3]
    """
    metres = _geod().inv(lon0, lat0, lon1, lat1)[2]
    return np.asarray(metres, dtype=np.float64) / 1000


def discs(lon: Floats, lat: Floats, km: Floats) -> Shapes:
    """Return a polygon for each geodesic disc, of the disc's area.

    Examples
    --------
    >>> disc = discs(np.array([76.9]), np.array([43.2]), np.array([10.0]))
    >>> area_km2(disc).round(1).tolist()
    [314.2]
    """
    turn = 2 * np.pi / _CORNERS
    # A polygon's corners lie a little outside the circle of the same area.
    reach = km * 1000 * np.sqrt(turn / np.sin(turn))
    azimuth = np.tile(np.linspace(0, 360, _CORNERS, endpoint=False), len(lon))
    starts = [np.repeat(values, _CORNERS) for values in (lon, lat, reach)]
    x, y, _ = _geod().fwd(starts[0], starts[1], azimuth, starts[2])
    x, y = np.reshape(x, (-1, _CORNERS)), np.reshape(y, (-1, _CORNERS))
    x = lon[:, None] + (x - lon[:, None] + 180) % 360 - 180
    shapes = shapely.polygons(np.dstack([x, y])) if len(lon) else np.empty(0, dtype=object)
    for i in np.flatnonzero(_polar(lat, km)):
        shapes[i] = cap(x[i] % 360, y[i], 90.0 if lat[i] > 0 else -90.0)
    return wrapped(shapes)


def _polar(lat: Floats, km: Floats) -> NDArray[np.bool_]:
    zero = np.zeros_like(lat)
    to_pole = distance_km(zero, lat, zero, np.where(lat > 0, 90.0, -90.0))
    return np.asarray(to_pole <= km, dtype=bool)


def cap(x: Floats, y: Floats, pole: float) -> shapely.Polygon:
    """Return the area between a rim around a pole and the pole, as the lon/lat plane shows it."""
    order = np.argsort(x)
    x, y = x[order], y[order]
    gap = x[0] + 360 - x[-1]
    edge = y[-1] + (y[0] - y[-1]) * (360 - x[-1]) / gap
    return shapely.Polygon([(0, pole), (0, edge), *zip(x, y, strict=True), (360, edge), (360, pole)])


def wrapped(shapes: Shapes) -> Shapes:
    """Return the shapes with what reaches beyond -180..180 brought back from the other side."""
    bounds = shapely.bounds(shapes)
    beyond = np.flatnonzero((bounds[:, 0] < -180) | (bounds[:, 2] > 180))
    if not len(beyond):
        return shapes
    shapes = shapes.copy()
    for i in beyond:
        turns = range(int(np.floor((bounds[i, 0] + 180) / 360)), int(np.ceil((bounds[i, 2] - 180) / 360)) + 1)
        parts = [shapely.intersection(_shifted(shapes[i], -360.0 * turn), _WORLD) for turn in turns]
        shapes[i] = shapely.union_all(parts)
    return shapes


def _shifted(shape: shapely.Geometry, degrees: float) -> shapely.Geometry:
    return shapely.transform(shape, lambda points: points + np.array([degrees, 0.0]))


def area_km2(shapes: Shapes) -> Floats:
    """Return areas on the ellipsoid: those of Lambert's cylindrical equal-area projection."""
    return np.asarray(shapely.area(shapely.transform(shapes, _equal_area)), dtype=np.float64)


def _equal_area(points: Floats) -> Floats:
    e, s = np.sqrt(_E2), np.sin(np.radians(points[:, 1]))
    q = (1 - _E2) * (s / (1 - _E2 * s * s) + np.arctanh(e * s) / e)
    return np.column_stack([_A * np.radians(points[:, 0]), _A * q / 2])


def length_km(shapes: Shapes) -> Floats:
    """Return the geodesic lengths of lines."""
    lines, owner = shapely.get_parts(shapes, return_index=True)
    points, line = shapely.get_coordinates(lines, return_index=True)
    joined = np.flatnonzero(line[1:] == line[:-1])
    a, b = points[joined], points[joined + 1]
    pieces = distance_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    return np.bincount(owner[line[joined]], weights=pieces, minlength=len(shapes)).astype(np.float64)


def around(lon: Floats, lat: Floats, km: Floats | float) -> tuple[NDArray[np.int64], Shapes]:
    """Return boxes that hold all that lies within a distance of each point, and the point each box belongs to.

    A box that crosses the antimeridian is two.
    """
    km = np.broadcast_to(np.asarray(km, dtype=np.float64), lon.shape)
    reach = km / _KM_A_DEGREE
    south, north = lat - reach, lat + reach
    angle = np.minimum(np.radians(reach), np.pi / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        width = np.degrees(np.arcsin(np.sin(angle) / np.cos(np.radians(lat))))
    width = np.where((south <= -90) | (north >= 90) | ~np.isfinite(width), 180.0, np.minimum(width * 1.001, 180.0))
    west, east = lon - width, lon + width
    all_ = np.arange(len(lon))
    boxes, owners = [shapely.box(np.maximum(west, -180), south, np.minimum(east, 180), north)], [all_]
    for over, left, right in ((east > 180, -180.0 + 0 * east, east - 360), (west < -180, west + 360, 180.0 + 0 * west)):
        boxes.append(shapely.box(left[over], south[over], right[over], north[over]))
        owners.append(all_[over])
    return np.concatenate(owners), np.concatenate(boxes)


def split(shapes: Shapes) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return the straight pieces of shapes, no longer than a quarter of a degree, and the shape each belongs to.

    Returns
    -------
    (m, 2), (m, 2), (m,)
        Where each piece begins and ends, in degrees; a point is a piece of no length.
    """
    shapes = shapely.segmentize(shapes, 0.25)
    parts, owner = shapely.get_parts(shapes, return_index=True)
    flat, flat_owner = shapely.get_parts(parts, return_index=True)  # a collection may hold multi-parts
    owner = owner[flat_owner]
    kind = shapely.get_dimensions(flat)
    rings, ring_owner = shapely.get_rings(flat[kind == 2], return_index=True)
    lines = np.concatenate([rings, flat[kind == 1]])
    line_owner = np.concatenate([owner[kind == 2][ring_owner], owner[kind == 1]])
    points, line = shapely.get_coordinates(lines, return_index=True)
    joined = np.flatnonzero(line[1:] == line[:-1])
    dots = shapely.get_coordinates(flat[kind == 0])
    begin, end = np.concatenate([points[joined], dots]), np.concatenate([points[joined + 1], dots])
    return begin, end, np.concatenate([line_owner[line[joined]], owner[kind == 0]]).astype(np.int64)
