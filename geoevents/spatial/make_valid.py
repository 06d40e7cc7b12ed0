"""Repair of invalid geometries."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geoevents.spatial.threads import over_cores

__all__ = ["make_valid"]


def make_valid(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return valid geometries, those that were valid as they are, and which were not.

    What an area covers twice stays a part of it, a hole takes away no more than there is, and an area that has
    collapsed is the line or the point it has become. None stays None.

    Examples
    --------
    >>> overlapping = shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)])
    >>> shapes, broken = make_valid(np.array([overlapping, None]))
    >>> shapes[0].area, broken.tolist()
    (7.0, [True, False])
    """
    valid = over_cores(lambda part: shapely.is_valid(shapes[part]), shapely.get_num_coordinates(shapes))
    broken = ~(valid | shapely.is_missing(shapes))
    if broken.any():
        shapes = shapes.copy()
        with np.errstate(invalid="ignore"):  # corners that are not numbers
            shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=True)
    return shapes, broken
