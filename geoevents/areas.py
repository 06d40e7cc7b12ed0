"""The bundled layers as areas: a layer's name enters, a GeoDataFrame leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["areas"]


def areas(layer: str) -> gpd.GeoDataFrame:
    """Return a layer of the bundled gazetteer.

    Parameters
    ----------
    layer
        ``countries``, ``admin1``, ``admin2``, ``cities``, ``airports``, ``seas`` or ``basemap``.

    Returns
    -------
    geopandas.GeoDataFrame
        A row a place, EPSG:4326, lon/lat; places without a known shape are points.

    Raises
    ------
    gazetteer.GazetteerError
        When there is no such layer; the message lists those there are.

    Examples
    --------
    >>> import geoevents as ge
    >>> units = ge.areas("admin1")
    >>> units.loc[units["id"] == "iso:KZ-47", "country"].tolist()
    ['KAZ']
    """
    import gazetteer

    return gazetteer.load().layer(layer)
