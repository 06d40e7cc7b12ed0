"""Separate areas that many events share from the events: these become points with a key, each area stands once.

GeoJSON has no way to refer to a shape, so that a country with a thousand events stands in it a thousand times.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoevents.frame.arrow import free_name
from geoevents.frame.schema import COLUMNS

__all__ = ["SeparateAreas", "repeated_bytes", "separate_areas"]

# Bytes of a vertex in GeoJSON text with seven decimals, brackets and commas.
_VERTEX = 26
# What a file of areas says of each, beside its key.
_SAID = ("place_id", "place_name", "place_kind", "country", "admin1", "lon", "lat", "radius_km")


class SeparateAreas:
    """Events as points, and their areas once.

    Attributes
    ----------
    events
        The same rows with a point on the place where they had a line or an area, and the key of that in one more
        column.
    areas
        A row an area: the key, what the events say of the place, how many events lie there, and the shape.
    key
        The name of the key's column: a place's id, with a number behind it where the place has several shapes.
    """

    def __init__(self, events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, key: str) -> None:
        self.events, self.areas, self.key = events, areas, key


def repeated_bytes(events: gpd.GeoDataFrame) -> int:
    """Return about how many bytes of GeoJSON would be shapes that stand in it already."""
    shapes = events.geometry.to_numpy()
    wide = shapes[_is_wide(shapes)]
    codes, firsts = _distinct_shapes(wide)
    repeats = np.bincount(codes, minlength=len(firsts)) - 1
    return int((shapely.get_num_coordinates(wide[firsts]) * repeats).sum()) * _VERTEX


def separate_areas(events: gpd.GeoDataFrame) -> SeparateAreas:
    """Return the events as points, with the key of their area, and the areas.

    Examples
    --------
    >>> from shapely import Point, box
    >>> events = gpd.GeoDataFrame(
    ...     {"place_id": ["a", "a", "b"]}, geometry=[box(0, 0, 2, 2), box(0, 0, 2, 2), Point(5, 5)], crs=4326
    ... )
    >>> separate = separate_areas(events)
    >>> separate.events.geom_type.tolist(), separate.events["area_id"].dropna().tolist(), len(separate.areas)
    (['Point', 'Point', 'Point'], ['a', 'a'], 1)
    """
    shapes = events.geometry.to_numpy()
    rows = np.flatnonzero(_is_wide(shapes))
    codes, firsts = _distinct_shapes(shapes[rows])
    known = events.iloc[rows[firsts]]
    ids = known["place_id"] if "place_id" in events else pd.Series(None, known.index, dtype=object)
    ids = pd.Series([str(value) if isinstance(value, str) and value else "area" for value in ids], dtype=object)
    again = ids.groupby(ids).cumcount()
    keys = ids.where(again == 0, ids + "#" + (again + 1).astype(str)).to_numpy(dtype=object)
    key = free_name("area_id", [*map(str, events.columns), *COLUMNS])
    link: NDArray[np.object_] = np.full(len(events), None, dtype=object)
    link[rows] = keys[codes]
    points = shapes.copy()
    points[rows] = _points_on(events.iloc[rows], shapes[rows])
    moved = events.copy()
    moved[events.geometry.name] = gpd.GeoSeries(points, index=events.index, crs=events.crs)
    moved.insert(moved.columns.get_loc(events.geometry.name), key, link)
    said = [name for name in _SAID if name in events.columns]
    areas = gpd.GeoDataFrame(known[said].reset_index(drop=True), geometry=shapes[rows[firsts]], crs=events.crs)
    areas.insert(0, key, keys)
    areas.insert(areas.shape[1] - 1, "events", np.bincount(codes, minlength=len(firsts)))
    return SeparateAreas(moved, areas, key)


def _is_wide(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.asarray((shapely.get_type_id(shapes) > 0) & ~shapely.is_empty(shapes))


def _distinct_shapes(shapes: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the number of each shape among the different ones, and where each of these stands first."""
    objects, first_of = pd.factorize(np.array([id(shape) for shape in shapes], dtype=np.int64))
    at = np.empty(len(first_of), dtype=np.intp)
    at[objects[::-1]] = np.arange(len(shapes) - 1, -1, -1)
    same, _ = pd.factorize(np.asarray(shapely.to_wkb(shapes[at]), dtype=object))
    firsts = np.empty(same.max(initial=-1) + 1, dtype=np.intp)
    firsts[same[::-1]] = at[::-1]
    return same[objects], firsts


def _points_on(events: gpd.GeoDataFrame, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return a point on each place: the events' own lon and lat, else one on the shape."""
    if {"lon", "lat"} <= {*events.columns} and str(events.crs).upper() == "EPSG:4326":
        lon, lat = (pd.to_numeric(events[name], errors="coerce").to_numpy("float64") for name in ("lon", "lat"))
        known = np.isfinite(lon) & np.isfinite(lat)
        points = np.full(len(events), None, dtype=object)
        points[known] = shapely.points(lon[known], lat[known])
        points[~known] = shapely.point_on_surface(shapes[~known])
        return points
    return np.asarray(shapely.point_on_surface(shapes), dtype=object)
