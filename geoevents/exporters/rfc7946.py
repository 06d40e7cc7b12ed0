"""Shapes as RFC 7946 has them: a shape in lon/lat enters, one cut at the antimeridian and wound right leaves.

Positions are lon/lat in EPSG:4326 with 7 decimals (about 1 cm); outer rings run counter-clockwise; what
crosses the antimeridian is cut there; a box has its west edge east of its east edge when it straddles it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["DECIMALS", "bbox", "bbox_of_bounds", "rfc7946"]

DECIMALS = 7


def rfc7946(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape as RFC 7946 has it: cut at the antimeridian, 7 decimals, right-hand rings.

    Parameters
    ----------
    shape
        Lon/lat in degrees. Longitudes may run beyond ±180; an edge that spans more than 180° (and less than
        the whole circle) is taken to go the short way, across the antimeridian.

    Examples
    --------
    >>> from shapely import box
    >>> rfc7946(box(170, 0, 190, 10)).bounds
    (-180.0, 0.0, 180.0, 10.0)
    """
    import numpy as np
    import shapely

    if shape.is_empty:
        return shape
    unwrapped = shapely.transform(shape, lambda xy: xy)
    if any(_jumps(part) for part in _lines(shape)):
        unwrapped = _by_ring(shape)
    west, _, east, _ = unwrapped.bounds
    if west < -180 or east > 180:
        unwrapped = _cut(unwrapped, west, east)
    rounded = shapely.transform(unwrapped, lambda xy: np.round(xy, DECIMALS) + 0.0)
    return _oriented(rounded)


def _lines(shape: BaseGeometry) -> Sequence[NDArray[np.float64]]:
    import shapely

    parts = shapely.get_parts(shape, return_index=False)
    lines = []
    for part in parts:
        if part.geom_type == "Polygon":
            lines += [shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)]
        elif part.geom_type == "LineString":
            lines.append(shapely.get_coordinates(part))
        elif hasattr(part, "geoms"):
            lines += _lines(part)
    return lines


def _jumps(coordinates: NDArray[np.float64]) -> bool:
    import numpy as np

    steps = np.abs(np.diff(coordinates[:, 0]))
    # A step of the whole circle is no jump: it is the walk along a pole that closes a ring such as
    # Antarctica's.
    return bool(((steps > 180) & (steps < 359.999)).any())


def _by_ring(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape with every ring or line that jumps made continuous, beyond ±180° where it must be."""
    import shapely
    from shapely.geometry import LineString, Polygon

    if shape.geom_type == "Polygon":
        shell = _continuous(shapely.get_coordinates(shape.exterior))
        middle = (shell[:, 0].min() + shell[:, 0].max()) / 2
        holes = [_continuous(shapely.get_coordinates(ring), near=middle) for ring in shape.interiors]
        return Polygon(shell, holes)
    if shape.geom_type == "LineString":
        return LineString(_continuous(shapely.get_coordinates(shape)))
    if hasattr(shape, "geoms"):
        return type(shape)([_by_ring(part) for part in shape.geoms])
    return shape


def _continuous(xy: NDArray[np.float64], near: float | None = None) -> NDArray[np.float64]:
    import numpy as np

    xy = xy.copy()
    if _jumps(xy):
        steps = np.diff(xy[:, 0])
        turns = np.where(steps > 180, -360.0, np.where(steps < -180, 360.0, 0.0))
        xy[1:, 0] += np.cumsum(turns)
    if near is not None:
        xy[:, 0] += 360.0 * round((near - (xy[:, 0].min() + xy[:, 0].max()) / 2) / 360.0)
    return xy


def _cut(shape: BaseGeometry, west: float, east: float) -> BaseGeometry:
    """Return the shape cut at every antimeridian it crosses, the pieces moved to between -180° and 180°."""
    import shapely
    from shapely import affinity

    if shape.geom_type == "Point":
        x = (shape.x + 180) % 360 - 180
        return affinity.translate(shape, xoff=x - shape.x)
    if shape.geom_type in ("MultiPoint", "GeometryCollection"):
        return type(shape)([rfc7946(part) for part in shape.geoms])
    if not shape.is_valid:
        shape = shapely.make_valid(shape)
    pieces = []
    for turn in range(math.floor((west + 180) / 360), math.floor((east + 180) / 360) + 1):
        window = shapely.box(turn * 360 - 180, -90, turn * 360 + 180, 90)
        piece = shapely.intersection(shape, window)
        if not piece.is_empty and shapely.get_dimensions(piece) == shapely.get_dimensions(shape):
            pieces.append(affinity.translate(piece, xoff=-360.0 * turn))
    return shapely.union_all(pieces)


def _oriented(shape: BaseGeometry) -> BaseGeometry:
    from shapely.geometry.polygon import orient

    if shape.geom_type == "Polygon":
        return orient(shape)
    if shape.geom_type in ("MultiPolygon", "GeometryCollection"):
        return type(shape)([_oriented(part) for part in shape.geoms])
    return shape


def bbox(shapes: Sequence[BaseGeometry]) -> list[float] | None:
    """Return west, south, east, north of shapes that `rfc7946` made, in degrees; None when there are none.

    West is greater than east when the shapes straddle the antimeridian and span less than half the globe that
    way.

    Examples
    --------
    >>> from shapely import Point
    >>> bbox([Point(177, -16), Point(-178, -20)])
    [177.0, -20.0, -178.0, -16.0]
    """
    import numpy as np
    import shapely

    parts = shapely.get_parts(np.array([s for s in shapes if not s.is_empty], dtype=object))
    return bbox_of_bounds(shapely.bounds(parts))


def bbox_of_bounds(bounds: NDArray[np.float64]) -> list[float] | None:
    """Return the box of many, given as rows of west, south, east, north; None when there are none.

    Examples
    --------
    >>> import numpy as np
    >>> bbox_of_bounds(np.array([[177, -16, 177, -16], [-178, -20, -178, -20]], dtype=float))
    [177.0, -20.0, -178.0, -16.0]
    """
    import numpy as np

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
