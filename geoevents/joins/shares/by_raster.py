"""Weight the shares of places in units by a raster, such as population.

The share of a place in a unit is the share of its geometry there times the mean of the raster on that part. The mean
is taken over points that follow the place's kernel or shape.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from geoevents.errors import GeoEventsError, ReadError
from geoevents.joins.areas.units import Units
from geoevents.joins.extents.event_extents import Places
from geoevents.joins.extents.random_numbers import mixed
from geoevents.joins.extents.scatter import Scatter
from geoevents.joins.shares.by_geometry import Shares, share_out

__all__ = ["is_raster", "share_by_raster"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Points of each place: with 2,048 a share of one half is within .03 of itself, nineteen times of twenty.
_POINTS = 2_048
# Places at a time, which bounds the memory.
_PLACES = 256
_SUFFIXES = (".tif", ".tiff", ".vrt", ".asc", ".nc", ".img", ".grib")


def is_raster(weight: object) -> bool:
    """Return whether a weight is a file of a raster rather than the name of a column."""
    return isinstance(weight, os.PathLike) or (isinstance(weight, str) and Path(weight).suffix.lower() in _SUFFIXES)


def share_by_raster(places: Places, units: Units, raster: str | os.PathLike[str]) -> Shares:
    """Share places out over units by the values of a raster's first band; where it has none they count as 0.

    A place on which the raster is 0 throughout is shared out by its geometry alone. What lies in no unit is weighted
    like all else: where nobody lives at sea, an event on a coast is on land.

    Raises
    ------
    GeoEventsError
        When rasterio is not installed.
    ReadError
        When the raster cannot be read or has no CRS.
    """
    try:
        import rasterio
    except ModuleNotFoundError as error:
        raise GeoEventsError(f"Weight: {error.name} is not installed; pip install 'geoevents[raster]'.") from error
    shares = share_out(places, units)
    several = np.bincount(shares.place, minlength=len(places.lon)) > 1
    wide = np.flatnonzero(places.wide & several)
    density = np.full(len(shares.place), np.nan)
    try:
        with rasterio.open(raster) as source:
            if source.crs is None:
                raise ReadError(f"{raster}: expected a raster with a CRS, but none is set.")
            scatter = Scatter(places)
            for start in range(0, len(wide), _PLACES):
                _measure(source, scatter, places, units, shares, wide[start : start + _PLACES], density)
    except rasterio.errors.RasterioIOError as error:
        raise ReadError(f"{raster}: expected a raster, but it cannot be read ({error}).") from error
    return replace(shares, share=_weighted(shares, density, len(places.lon)))


def _measure(
    source: Any, scatter: Scatter, places: Places, units: Units, shares: Shares, which: Ints, density: Floats
) -> None:
    """Put the mean of the raster on each part of some places beside its share."""
    place = np.repeat(which, _POINTS)
    keys = mixed(place.astype(np.uint64), np.tile(np.arange(_POINTS, dtype=np.uint64), len(which)))
    lon, lat = scatter.at(place, keys)
    unit = units.containing(lon, lat, places.epoch[place])
    value = _values(source, lon, lat)
    width = len(units.table) + 1
    of_pair = shares.place * width + shares.unit + 1
    order = np.argsort(of_pair, kind="stable")
    key = place * width + unit + 1
    at = np.minimum(np.searchsorted(of_pair[order], key), len(order) - 1)
    hit = of_pair[order[at]] == key
    rows = order[at[hit]]
    total = np.bincount(rows, weights=value[hit], minlength=len(density))
    count = np.bincount(rows, minlength=len(density))
    found = count > 0
    density[found] = total[found] / count[found]


def _values(source: Any, lon: Floats, lat: Floats) -> Floats:
    """Return the raster's value per unit of area at points, 0 outside it and where it has none."""
    from rasterio.windows import Window

    x, y = Transformer.from_crs("EPSG:4326", source.crs, always_xy=True).transform(lon, lat)
    column, row = ~source.transform * (np.asarray(x), np.asarray(y))
    inside = np.isfinite(column) & np.isfinite(row)
    column, row = (np.floor(np.where(inside, v, -1)).astype(np.int64) for v in (column, row))
    inside &= (column >= 0) & (row >= 0) & (column < source.width) & (row < source.height)
    out = np.zeros(len(lon))
    if not inside.any():
        return out
    block = 1024
    tile = (row // block) * (source.width // block + 1) + column // block
    for one in np.unique(tile[inside]):
        at = np.flatnonzero(inside & (tile == one))
        left, top = int(column[at[0]] // block * block), int(row[at[0]] // block * block)
        window = Window(left, top, min(block, source.width - left), min(block, source.height - top))
        cells = source.read(1, window=window, masked=True).astype("float64").filled(0.0)
        out[at] = cells[row[at] - top, column[at] - left]
    out = np.nan_to_num(np.maximum(out, 0.0))
    # Cells of degrees are the smaller, the farther they are from the equator.
    return out / np.maximum(np.cos(np.radians(lat)), 1e-6) if source.crs.is_geographic else out


def _weighted(shares: Shares, density: Floats, m: int) -> Floats:
    known = np.isfinite(density)
    mass = np.where(known, density * shares.share, 0.0)
    total = np.bincount(shares.place, weights=mass, minlength=m)[shares.place]
    return np.where(total > 0, mass / np.where(total > 0, total, 1.0), shares.share)
