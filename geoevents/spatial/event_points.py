"""The point that stands for each event."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["coordinates_of", "placed", "spots"]


def placed(events: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Return which rows have a geometry that lies somewhere: neither null nor empty."""
    shapes = events.geometry.to_numpy()
    found: NDArray[np.bool_] = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return found


def spots(events: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return a point for each row, in the frame's CRS; null where there is no geometry.

    A point is itself; an area's is its lon/lat where the frame has them, else a spot within it.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> spots(gpd.GeoDataFrame({"lon": [1.0], "lat": [2.0]}, geometry=[box(0, 0, 9, 9)], crs=4326))[0]
    <POINT (1 2)>
    """
    shapes = events.geometry.to_numpy()
    found = shapes.copy()
    there = placed(events)
    found[~there] = None
    wide = there & (shapely.get_type_id(shapes) != 0)
    if {"lon", "lat"} <= set(events.columns):
        lon, lat = (events[name].to_numpy("float64", na_value=np.nan) for name in ("lon", "lat"))
        known = wide & ~np.isnan(lon) & ~np.isnan(lat)
        found[known] = gpd.GeoSeries.from_xy(lon[known], lat[known], crs="EPSG:4326").to_crs(events.crs).to_numpy()
        wide &= ~known
    found[wide] = shapely.point_on_surface(shapes[wide])
    return gpd.GeoSeries(found, index=events.index, crs=events.crs)


def coordinates_of(points: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y of n points, NaN for those that are missing or empty, of which GEOS tells no coordinates.

    Examples
    --------
    >>> x, y = coordinates_of(np.array([shapely.Point(1, 2), shapely.Point(), None]))
    >>> x.tolist(), y.tolist()
    ([1.0, nan, nan], [2.0, nan, nan])
    """
    bounds = shapely.bounds(points)
    return bounds[:, 0].copy(), bounds[:, 1].copy()
