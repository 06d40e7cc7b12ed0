"""Shapes as arrays: a frame's geometries in degrees, and the straight pieces of outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from geoevents.spatial.lonlat import to_lonlat

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["in_lonlat", "split"]

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


def in_lonlat(frame: gpd.GeoDataFrame) -> Shapes:
    """Return a frame's geometries in EPSG:4326; a frame that is in it already is not copied."""
    shapes = frame.geometry
    if not shapes.crs.equals("EPSG:4326"):
        shapes = to_lonlat(shapes)
    return np.asarray(shapes.array, dtype=object)


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
