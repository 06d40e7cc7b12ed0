"""Make shapes fit for RFC 7946: cut at the antimeridian and wound right.

Positions are lon/lat in EPSG:4326 with 7 decimals (about 1 cm). Outer rings run counter-clockwise. What crosses the
antimeridian is cut there, and a box that straddles it has its west edge east of its east edge.

Source: https://www.rfc-editor.org/rfc/rfc7946
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from gazetteer import geodesy

__all__ = ["DECIMALS", "bbox", "bbox_of_bounds", "rfc7946"]

DECIMALS = 7


def rfc7946(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape as RFC 7946 wants it: cut at the antimeridian, 7 decimals, right-hand rings.

    Parameters
    ----------
    shape
        Lon/lat in degrees. Longitudes may run beyond ±180. An edge that spans more than 180° and less than the whole
        circle is taken to go the short way, across the antimeridian. A ring that goes round the globe encloses the
        pole of its own hemisphere.

    Examples
    --------
    >>> from shapely import box
    >>> rfc7946(box(170, 0, 190, 10)).bounds
    (-180.0, 0.0, 180.0, 10.0)
    """
    if shape.is_empty:
        return shape
    unwrapped = _unwrapped(shape) if any(_jumps(line) for line in _lines(shape)) else shape
    rounded = shapely.transform(_cut(unwrapped), lambda xy: np.round(xy, DECIMALS) + 0.0)
    return _oriented(rounded)


def _lines(shape: BaseGeometry) -> list[NDArray[np.float64]]:
    """Return the coordinates of every line and ring of a shape."""
    lines = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            lines += [shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)]
        elif part.geom_type == "LineString":
            lines.append(shapely.get_coordinates(part))
        elif hasattr(part, "geoms"):
            lines += _lines(part)
    return lines


def _jumps(coordinates: NDArray[np.float64]) -> bool:
    """Return whether a line has an edge that goes the short way, across the antimeridian."""
    steps = np.abs(np.diff(coordinates[:, 0]))
    # A step of the whole circle does not cross: it walks along a pole and closes a ring such as Antarctica's.
    return bool(((steps > 180) & (steps < 359.999)).any())


def _unwrapped(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape with every ring and line that jumps made continuous, beyond ±180° where it must be."""
    if shape.geom_type == "Polygon":
        shell = _with_pole(_continuous(shapely.get_coordinates(shape.exterior)))
        middle = (shell[:, 0].min() + shell[:, 0].max()) / 2
        holes = [_continuous(shapely.get_coordinates(ring), near=middle) for ring in shape.interiors]
        return Polygon(shell, holes)
    if shape.geom_type == "LineString":
        return LineString(_continuous(shapely.get_coordinates(shape)))
    if hasattr(shape, "geoms"):
        return type(shape)([_unwrapped(part) for part in shape.geoms])
    return shape


def _continuous(xy: NDArray[np.float64], near: float | None = None) -> NDArray[np.float64]:
    """Return coordinates without jumps, moved by whole circles to lie near a longitude where one is given."""
    xy = xy.copy()
    if _jumps(xy):
        steps = np.diff(xy[:, 0])
        turns = np.where(steps > 180, -360.0, np.where(steps < -180, 360.0, 0.0))
        xy[1:, 0] += np.cumsum(turns)
    if near is not None:
        xy[:, 0] += 360.0 * round((near - (xy[:, 0].min() + xy[:, 0].max()) / 2) / 360.0)
    return xy


def _with_pole(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a continuous ring; one that ends a whole circle from its start is led along the pole it encloses."""
    if abs(ring[-1, 0] - ring[0, 0]) < 359.999:
        return ring
    pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
    return np.vstack([ring, [ring[-1, 0], pole], [ring[0, 0], pole], ring[0]])


def _cut(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape cut at every antimeridian it crosses, the pieces moved to between -180° and 180°."""
    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180:
        return shape
    if shape.geom_type == "Point":
        x = (shape.x + 180) % 360 - 180
        return affinity.translate(shape, xoff=x - shape.x)
    if shape.geom_type in ("MultiPoint", "GeometryCollection"):
        return type(shape)([_cut(part) for part in shape.geoms])
    # The package antimeridian (0.4.9) cuts the same pieces, but takes 5 s for Russia where this takes 25 ms.
    pieces = shapely.get_parts(geodesy.cut_at_antimeridian(shape))
    # A part that only touches the antimeridian from beyond leaves a line or a point there.
    return shapely.union_all(pieces[shapely.get_dimensions(pieces) == shapely.get_dimensions(shape)])


def _oriented(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape with outer rings counter-clockwise and holes clockwise."""
    if shape.geom_type == "Polygon":
        return orient(shape)
    if shape.geom_type in ("MultiPolygon", "GeometryCollection"):
        return type(shape)([_oriented(part) for part in shape.geoms])
    return shape


def bbox(shapes: Sequence[BaseGeometry]) -> list[float] | None:
    """Return west, south, east, north of shapes that `rfc7946` returned, in degrees; None without shapes.

    West is greater than east when the shapes straddle the antimeridian and span less than half the globe that
    way.

    Examples
    --------
    >>> from shapely import Point
    >>> bbox([Point(177, -16), Point(-178, -20)])
    [177.0, -20.0, -178.0, -16.0]
    """
    parts = shapely.get_parts(np.array([s for s in shapes if not s.is_empty], dtype=object))
    return bbox_of_bounds(shapely.bounds(parts))


def bbox_of_bounds(bounds: NDArray[np.float64]) -> list[float] | None:
    """Return the box around boxes, rows of west, south, east, north; None without rows.

    Examples
    --------
    >>> import numpy as np
    >>> bbox_of_bounds(np.array([[177, -16, 177, -16], [-178, -20, -178, -20]], dtype=float))
    [177.0, -20.0, -178.0, -16.0]
    """
    if not len(bounds):
        return None
    west, south = bounds[:, 0].min(), bounds[:, 1].min()
    east, north = bounds[:, 2].max(), bounds[:, 3].max()
    # The widest stretch of longitudes, from west to east, that no box lies in.
    order = bounds[np.argsort(bounds[:, 0])]
    reached = np.maximum.accumulate(order[:-1, 2])
    gaps = order[1:, 0] - reached
    if len(gaps) and gaps.max() > 180:
        widest = int(gaps.argmax())
        west, east = order[widest + 1, 0], reached[widest]
    return [float(edge) for edge in (west, south, east, north)]
