"""Make shapes of the geometries of GeoJSON, points all at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape

__all__ = ["shapes_of"]


def shapes_of(geometries: Sequence[Any], prepare: Callable[[Any], Any] | None = None) -> NDArray[np.object_]:
    """Return the shapes of n geometry members; None where a feature has none.

    Parameters
    ----------
    geometries
        What stands under ``geometry`` in each feature.
    prepare
        Changes a member that is not a point of two coordinates before it is read.

    Raises
    ------
    AttributeError, KeyError, IndexError, TypeError, ValueError, shapely.errors.ShapelyError
        When one is not a geometry.

    Examples
    --------
    >>> shapes_of([{"type": "Point", "coordinates": [76.95, 43.25]}, None]).tolist()
    [<POINT (76.95 43.25)>, None]
    """
    positions = _flat_points(geometries)
    if positions is not None:
        return np.asarray(shapely.points(positions), dtype=object)
    shapes: NDArray[np.object_] = np.full(len(geometries), None, dtype=object)
    points = []
    for n, found in enumerate(geometries):
        if _is_flat_point(found):
            points.append(n)
        elif found:
            shapes[n] = shape(found if prepare is None else prepare(found))
    if points:
        shapes[points] = shapely.points([geometries[n]["coordinates"] for n in points])
    return shapes


def _is_flat_point(found: Any) -> bool:
    """Return whether a member is a point of two numbers."""
    if not isinstance(found, dict) or found.get("type") != "Point":
        return False
    position = found.get("coordinates")
    return isinstance(position, list) and len(position) == 2 and {type(value) for value in position} <= {int, float}


def _flat_points(geometries: Sequence[Any]) -> NDArray[np.float64] | None:
    """Return the positions of members that are all points of two numbers, n × 2; None where one is not."""
    if set(map(type, geometries)) != {dict} or {found.get("type") for found in geometries} != {"Point"}:
        return None
    positions = [found.get("coordinates") for found in geometries]
    if set(map(type, positions)) != {list} or set(map(len, positions)) != {2}:
        return None
    flat = list(chain.from_iterable(positions))
    return np.array(flat, dtype="float64").reshape(-1, 2) if set(map(type, flat)) <= {int, float} else None
