"""Repair of invalid geometries; what was found valid is not tested again while it lives."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import KeyedRef

import numpy as np
import shapely
from numpy.typing import NDArray

from geoevents.spatial.threads import over_cores

__all__ = ["KnownShapes", "known_as_valid", "make_valid"]

# So many shapes are remembered at most, of some hundred bytes each.
_MOST = 200_000
# Shapes of fewer corners are tested in the time that it takes to look them up.
_LONG = 64


class KnownShapes:
    """Geometries that something is known of, by their identity, as they never change; each is forgotten when it goes.

    Examples
    --------
    >>> known, box = KnownShapes(), shapely.box(0, 0, 1, 1)
    >>> known.add([box])
    >>> known.among(np.array([box, shapely.box(0, 0, 1, 1), None])).tolist()
    [True, False, False]
    """

    def __init__(self) -> None:
        self._known: dict[int, KeyedRef[int, shapely.Geometry]] = {}

    def add(self, shapes: Iterable[shapely.Geometry | None]) -> None:
        """Remember shapes."""
        for shape in shapes:
            if shape is not None and len(self._known) < _MOST:
                self._known[id(shape)] = KeyedRef(shape, self._forget, id(shape))

    def _forget(self, gone: KeyedRef[int, shapely.Geometry]) -> None:
        self._known.pop(gone.key, None)

    def among(self, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Return which of n shapes are remembered."""
        known = ((self._known.get(id(shape)), shape) for shape in shapes)
        return np.fromiter((ref is not None and ref() is shape for ref, shape in known), dtype=bool, count=len(shapes))


_VALID = KnownShapes()


def known_as_valid(shapes: Iterable[shapely.Geometry | None]) -> None:
    """Remember shapes that need no test, such as those of the bundled gazetteer, which its own tests examine."""
    _VALID.add(shapes)


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
    corners = shapely.get_num_coordinates(shapes)
    long = corners >= _LONG
    valid = np.zeros(len(shapes), dtype=bool)
    valid[long] = _VALID.among(shapes[long])
    if not valid.all():
        new = shapes[~valid]
        valid[~valid] = over_cores(lambda part: shapely.is_valid(new[part]), corners[~valid])
        _VALID.add(shapes[valid & long])
    broken = ~(valid | shapely.is_missing(shapes))
    if broken.any():
        shapes = shapes.copy()
        with np.errstate(invalid="ignore"):  # corners that are not numbers
            shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=True)
    return shapes, broken
