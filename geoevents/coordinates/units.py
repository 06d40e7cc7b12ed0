"""The gazetteer's units of today around points: which country or first-level unit holds each."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geoevents.frame.columns import as_objects
from geoevents.joins.areas.units import Units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gazetteer import Gazetteer

__all__ = ["COAST_KM", "country_at", "current_units", "is_near_country", "values_at"]

# How far off a coast, drawn as coarsely as the bundled ones, a port may lie.
COAST_KM = 5.0


@lru_cache(maxsize=4)
def current_units(gazetteer: Gazetteer, layer: str) -> Units:
    """Return a layer's areas of today, ready to be asked what holds a point."""
    frame = gazetteer.layer({"country": "countries"}.get(layer, layer))
    if "valid_to" in frame:
        frame = frame[frame["valid_to"].isna()]
    frame = frame[frame.geom_type.isin(["Polygon", "MultiPolygon"])]
    return Units.from_frame(frame)


def values_at(units: Units, found: NDArray[np.int64], name: str) -> NDArray[np.object_]:
    """Return a column of units for the numbers of those that were found; None where none was."""
    if name not in units.table:
        return np.full(len(found), None, dtype=object)
    values = as_objects(units.table[name])[found]
    values[found < 0] = None
    return values


def country_at(gazetteer: Gazetteer, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the code of the country that holds each point, or off whose coast it lies; None at sea."""
    units = current_units(gazetteer, "country")
    return values_at(units, units.containing_or_nearest(lon, lat, COAST_KM), "country")


def is_near_country(
    gazetteer: Gazetteer, codes: NDArray[np.object_], lon: NDArray[np.float64], lat: NDArray[np.float64], degrees: float
) -> NDArray[np.bool_]:
    """Return which points lie within some degrees of the country of a code."""
    units = current_units(gazetteer, "country")
    shapes = dict(zip(as_objects(units.table["country"]), units.shapes, strict=True))
    # A country without a shape of its own says nothing.
    near = np.ones(len(codes), dtype=bool)
    points = shapely.points(lon, lat)
    number, distinct = pd.factorize(codes)
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], np.arange(1, len(distinct)))
    for code, rows in zip(distinct, np.split(order, starts), strict=False):
        if (shape := shapes.get(code)) is not None:
            near[rows] = shapely.dwithin(shape, points[rows], degrees)
    return near
