"""Give the layers and grids of a gazetteer as GeoDataFrames of areas, by their names."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

import gazetteer as package
from geoevents.errors import ArgumentError
from geoevents.spatial.grids import grid_of
from geoevents.spatial.make_valid import known_as_valid

if TYPE_CHECKING:
    from gazetteer import Gazetteer

__all__ = ["LAYERS", "areas", "country_code"]

# The words for a unit, and the layer that holds them.
LAYERS = {"country": "countries", **{n: n for n in ("countries", "admin1", "admin2", "cities", "airports", "seas")}}
# Layers of outlines, whose validity the tests of the bundled gazetteer examine.
_DRAWN = ("countries", "admin1", "admin2", "seas")


def areas(
    layer: str,
    *,
    country: str | None = None,
    on: str | date | None = None,
    gazetteer: Gazetteer | None = None,
) -> gpd.GeoDataFrame:
    """Return a layer of the gazetteer, the members of a group, or a grid.

    Parameters
    ----------
    layer
        ``country``, ``admin1``, ``admin2``, ``cities``, ``airports``, ``seas`` or ``basemap``; ``group:csto`` for
        the countries of a group; ``h3:5`` (resolution 0–15), ``priogrid`` or ``square:0.5`` (degrees) for the cells
        of a grid over the whole world.
    country
        A name or code: only the places of this country.
    on
        A day: only the places that were valid on it; None takes those of all days, and a group's members of today.
    gazetteer
        The gazetteer to ask; None takes the bundled one.

    Returns
    -------
    geopandas.GeoDataFrame
        A row a place or cell, EPSG:4326, lon/lat; places without a known shape are points. ``valid_from`` and
        ``valid_to`` are the first and the last day of a unit, empty for an open end.

    Raises
    ------
    gazetteer.GazetteerError
        When there is no such layer or group; the message lists those there are.
    AreasError
        When `layer` is not a name, or a grid has more cells than can be held; join with the grid by its name makes
        only those needed.
    ArgumentError
        When `country` or `on` does not fit.

    Examples
    --------
    >>> import geoevents as ge
    >>> units = ge.areas("admin1")
    >>> units.loc[units["id"] == "iso:KZ-47", "country"].tolist()
    ['KAZ']
    >>> len(ge.areas("admin1", country="KZ", on="2022-01-10"))
    18
    >>> len(ge.areas("square:10"))
    648
    """
    if not isinstance(layer, str):
        raise ArgumentError(f"Areas: expected a layer's name, got {layer!r:.60}.")
    grid = grid_of(layer)
    if grid is not None:
        if country is not None or on is not None:
            raise ArgumentError(f"Areas: {layer} is a grid; country and on go with the layers of a gazetteer.")
        return grid.world()
    asked = gazetteer or package.load()
    try:
        if layer.startswith("group:"):
            frame = _members(asked, layer.removeprefix("group:"), on)
        else:
            frame = asked.layer(LAYERS.get(layer, layer), on=on)
            if gazetteer is None and LAYERS.get(layer) in _DRAWN and asked is package.load(packs="none"):
                known_as_valid(frame.geometry)
    except package.ArgumentError as error:
        raise ArgumentError(f"Areas: {error}") from None
    if country is not None:
        frame = frame[(frame["country"] == country_code(country, asked)).to_numpy()].reset_index(drop=True)
    return frame


def country_code(name: str, gazetteer: Gazetteer) -> str:
    """Return the ISO 3166-1 alpha-3 code of a country by its name or code.

    Raises
    ------
    ArgumentError
        When the gazetteer knows no such country.
    """
    place = gazetteer.country(name) if isinstance(name, str) else None
    if place is None or place.country is None:
        raise ArgumentError(f"Country: expected a country's name or code, got {name!r}.")
    return place.country


def _members(gazetteer: Gazetteer, group: str, on: str | date | None) -> gpd.GeoDataFrame:
    rows = pd.DataFrame([place.as_dict() for place in gazetteer.members(group, on=on)])
    return gpd.GeoDataFrame(rows, geometry=list(gazetteer.geometries(rows["id"])), crs="EPSG:4326")
