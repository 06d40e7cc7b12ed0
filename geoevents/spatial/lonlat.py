"""Coordinates in degrees: whatever a frame's reference system is, its shapes in EPSG:4326, lon/lat."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from geoevents.errors import ArgumentError

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["to_lonlat"]

Frame = TypeVar("Frame", "gpd.GeoDataFrame", "gpd.GeoSeries")


def to_lonlat(shapes: Frame) -> Frame:
    """Return a frame or a series in EPSG:4326.

    Raises
    ------
    ArgumentError
        When nothing is known of where its reference system lies, as of a building site's.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> web = gpd.GeoSeries([shapely.Point(8_559_000, 5_356_000)], crs=3857)
    >>> [round(number, 2) for number in to_lonlat(web)[0].coords[0]]
    [76.89, 43.29]
    """
    from pyproj.exceptions import ProjError

    try:
        return shapes.to_crs("EPSG:4326")
    except ProjError as error:
        name = shapes.crs.name if shapes.crs is not None else "none"
        why = " ".join(str(error).split())[:120].rstrip(".")
        raise ArgumentError(f"CRS: expected one that can be turned into EPSG:4326, got {name!r} ({why}).") from error
