"""Measure how far units are from the border and from the capital, in kilometres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

import gazetteer as package
from gazetteer import geodesy
from geoevents.errors import ColumnError
from geoevents.spatial.event_points import coordinates_of
from geoevents.spatial.nearest import Nearest
from geoevents.spatial.outlines import in_lonlat

if TYPE_CHECKING:
    from gazetteer import Gazetteer

__all__ = ["distances"]

Floats = NDArray[np.float64]
# Degrees: two countries whose drawings are this near to each other are neighbours by land.
_TOUCHING = 0.02


def distances(frame: gpd.GeoDataFrame, *, gazetteer: Gazetteer | None = None) -> gpd.GeoDataFrame:
    """Add the kilometres from each unit's or event's middle to the border of its country, and to the capital.

    Parameters
    ----------
    frame
        Units, a panel, or events: a GeoDataFrame with a CRS. The country is the one that holds the middle (of a point
        the point itself).
    gazetteer
        Whose countries and capitals are taken; None takes the bundled gazetteer.

    Returns
    -------
    geopandas.GeoDataFrame
        The frame with ``border_km``, the geodesic distance to the nearest country that is a neighbour by land (NaN
        for a country that has none), and ``capital_km``, that to the capital, both as in PRIO-GRID's ``bdist1`` and
        ``capdist``; NaN outside all countries.

    Raises
    ------
    ColumnError
        When the frame has no geometry or no CRS, or one of the columns already.

    Notes
    -----
    Source of the definitions: A. F. Tollefsen, K. Bahgat, J. Nordkvelle and H. Buhaug, PRIO-GRID v.2.0 codebook (2016).

    Examples
    --------
    >>> import geoevents as ge
    >>> units = ge.areas("admin1", country="KZ", on="2024-01-01")
    >>> found = ge.distances(units).set_index("id")
    >>> bool(found.loc["iso:KZ-71", "capital_km"] < 20), bool(found.loc["iso:KZ-47", "border_km"] < 200)
    (True, True)
    """
    if not isinstance(frame, gpd.GeoDataFrame) or frame._geometry_column_name not in frame.columns:
        raise ColumnError("Distances: expected a GeoDataFrame with a geometry, got something else.")
    if frame.crs is None:
        raise ColumnError("Distances: expected a CRS, but none is set; set_crs says which it is.")
    for name in ("border_km", "capital_km"):
        if name in frame.columns:
            raise ColumnError(f"Distances: expected no column {name!r} yet, but there is one.")
    asked = gazetteer or package.load()
    countries = asked.layer("countries")
    towns = asked.layer("cities")
    lon, lat = coordinates_of(shapely.centroid(in_lonlat(frame)))
    code, points = pd.factorize(lon + 1j * lat, use_na_sentinel=False)
    lon, lat = points.real, points.imag
    shapes = np.asarray(countries.geometry.array, dtype=object)
    country = _holding(shapes, lon, lat)
    border, capital = np.full(len(lon), np.nan), np.full(len(lon), np.nan)
    capitals = towns[towns["capital"].fillna(False).astype(bool)].sort_values("population", ascending=False)
    by_code = capitals.drop_duplicates("country").set_index("country")
    for i in np.unique(country[country >= 0]):
        rows = np.flatnonzero(country == i)
        border[rows] = _to_neighbours(shapes, int(i), lon[rows], lat[rows])
        iso = countries["country"].iloc[int(i)]
        if iso in by_code.index:
            x, y = (np.full(len(rows), by_code.loc[iso, name]) for name in ("lon", "lat"))
            capital[rows] = geodesy.geodesic_km(lon[rows], lat[rows], x, y)
    out = frame.copy(deep=False)
    for name, km in (("border_km", border), ("capital_km", capital)):
        out.insert(len(out.columns) - (out.columns[-1] == out.geometry.name), name, km[code])
    return out


def _holding(shapes: NDArray[np.object_], lon: Floats, lat: Floats) -> NDArray[np.int64]:
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    point, shape = shapely.STRtree(shapes).query(shapely.points(lon[known], lat[known]), predicate="intersects")
    out = np.full(len(lon), -1, dtype=np.int64)
    out[known[point]] = shape
    return out


def _to_neighbours(shapes: NDArray[np.object_], country: int, lon: Floats, lat: Floats) -> Floats:
    near = shapely.STRtree(shapes).query(shapes[country], predicate="dwithin", distance=_TOUCHING)
    others = near[near != country]
    if not len(others):
        return np.full(len(lon), np.nan)
    return Nearest(shapes[others]).of(lon, lat)[1]
