"""Add the values of a raster at events as a column."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from geoevents.errors import ColumnError, GeoEventsError, ReadError
from geoevents.joins.extents.event_extents import Places

__all__ = ["sample"]


def sample(
    events: gpd.GeoDataFrame,
    raster: str | os.PathLike[str],
    *,
    name: str | None = None,
    band: int = 1,
    stat: str = "mean",
) -> gpd.GeoDataFrame:
    """Read a raster, such as population or night lights, where events are.

    An event with a point and no radius gets the value of its cell. An event that may lie anywhere in an area or
    within a radius gets a statistic of the cells there, each counted by the part of it that is covered.

    Parameters
    ----------
    events
        A GeoDataFrame with a CRS; it is not changed.
    raster
        Any file that rasterio opens, in any CRS.
    name
        The new column's name; None takes the file's, without its suffix.
    band
        Counted from 1.
    stat
        ``mean``, ``sum``, ``max``, ``min``, ``median`` or another of exactextract's statistics with one result.

    Returns
    -------
    geopandas.GeoDataFrame
        The events' columns and the values, NaN outside the raster, where it has no data, and without a place.

    Raises
    ------
    GeoEventsError
        When rasterio and exactextract are not installed; they come with ``pip install 'geoevents[raster]'``.
    ReadError
        When the raster cannot be opened, or has no CRS or no such band.
    ColumnError
        When the events have no CRS or the column is there already.
    """
    try:
        import exactextract  # noqa: F401 - asked for before any work is done
        import rasterio
    except ModuleNotFoundError as error:
        raise GeoEventsError(f"Raster: {error.name} is not installed; pip install 'geoevents[raster]'.") from error
    places = Places.of(events)
    column = Path(raster).stem if name is None else name
    if column in events.columns:
        raise ColumnError(f"Raster: expected a free name for the values, but there is a column {column!r}.")
    try:
        with rasterio.open(raster) as source:
            if source.crs is None or not 1 <= band <= source.count:
                raise ReadError(f"{raster}: expected a raster with a CRS and a band {band}, got {source.count} bands.")
            values = np.full(len(places.lon), np.nan)
            _at_points(source, places, band, values)
            _over_shapes(source, places, band, stat, values)
    except rasterio.errors.RasterioIOError as error:
        raise ReadError(f"{raster}: expected a raster, but it cannot be read ({error}).") from error
    out = events.copy(deep=False)
    out.insert(len(out.columns) - (out.columns[-1] == out.geometry.name), column, values[places.event])
    out.attrs = dict(events.attrs)
    return out


def _at_points(source: Any, places: Places, band: int, values: NDArray[np.float64]) -> None:

    at = np.flatnonzero(~places.wide & np.isfinite(places.lon))
    if not len(at):
        return
    x, y = Transformer.from_crs("EPSG:4326", source.crs, always_xy=True).transform(places.lon[at], places.lat[at])
    inside = np.isfinite(x) & np.isfinite(y)
    cells = source.sample(np.column_stack([x[inside], y[inside]]).tolist(), indexes=band, masked=True)
    values[at[inside]] = [float(cell[0]) if not np.ma.is_masked(cell) else np.nan for cell in cells]


def _over_shapes(source: Any, places: Places, band: int, stat: str, values: NDArray[np.float64]) -> None:
    from exactextract import exact_extract
    from exactextract.raster import RasterioRasterSource

    circles = places.circles()
    areal = places.wide & (shapely.get_dimensions(circles) == 2)
    at = np.flatnonzero(areal)
    if not len(at):
        return
    shapes = gpd.GeoDataFrame({"place": at}, geometry=circles[at], crs="EPSG:4326").to_crs(source.crs)
    rows = exact_extract(RasterioRasterSource(source, band), shapes, [stat], include_cols=["place"], output="pandas")
    figures = rows.drop(columns="place")
    if figures.shape[1] != 1:
        raise ColumnError(f"Stat: expected a statistic with one result, got {stat!r}.")
    values[rows["place"].to_numpy()] = figures.iloc[:, 0].to_numpy(dtype="float64")
