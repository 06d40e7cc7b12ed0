"""The bundled layers and grids as areas: a name enters, a GeoDataFrame leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geoevents.errors import AreasError

if TYPE_CHECKING:
    import geopandas as gpd

    from gazetteer import Gazetteer

__all__ = ["LAYERS", "areas"]

# The words for a unit, and the layer that holds them.
LAYERS = {"country": "countries", **{n: n for n in ("countries", "admin1", "admin2", "cities", "airports", "seas")}}


def areas(layer: str) -> gpd.GeoDataFrame:
    """Return a layer of the bundled gazetteer, the members of a group, or a grid.

    Parameters
    ----------
    layer
        ``country``, ``admin1``, ``admin2``, ``cities``, ``airports``, ``seas`` or ``basemap``; ``group:csto`` for
        the countries of a group as of today; ``h3:5`` (resolution 0–15), ``priogrid`` or ``square:0.5`` (degrees)
        for the cells of a grid over the whole world.

    Returns
    -------
    geopandas.GeoDataFrame
        A row a place or cell, EPSG:4326, lon/lat; places without a known shape are points.

    Raises
    ------
    gazetteer.GazetteerError
        When there is no such layer or group; the message lists those there are.
    AreasError
        When `layer` is no name, or a grid's cells are more than can be held; join with the grid by its name makes
        only those needed.

    Examples
    --------
    >>> import geoevents as ge
    >>> units = ge.areas("admin1")
    >>> units.loc[units["id"] == "iso:KZ-47", "country"].tolist()
    ['KAZ']
    >>> len(ge.areas("square:10"))
    648
    """
    import gazetteer
    from geoevents.spatial.grids import grid_of

    if not isinstance(layer, str):
        raise AreasError(f"Areas: expected a layer's name, got {layer!r:.60}.")
    grid = grid_of(layer)
    if grid is not None:
        return grid.world()
    known = gazetteer.load()
    if layer.startswith("group:"):
        return _members(known, layer.removeprefix("group:"))
    return known.layer(LAYERS.get(layer, layer))


def _members(known: Gazetteer, group: str) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    rows = pd.DataFrame([place.as_dict() for place in known.members(group)])
    return gpd.GeoDataFrame(rows, geometry=list(known.geometries(rows["id"])), crs="EPSG:4326")
