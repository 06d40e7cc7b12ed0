"""Checks that the shapes of first-level units hold their towns, and gives towns without a unit the one they lie in.

Rows of the layers ``admin1`` and ``cities`` show the units whose shape and code are not of one reform,
and the codes of towns.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

__all__ = ["codes_by_shape", "misplaced_units"]

# Fewer towns than this tell nothing of a unit.
_FEWEST_TOWNS = 3
# A town on the coast or on a border may lie this far outside: the shapes are simplified at about a kilometre.
_BESIDE_DEGREES = 0.03


def misplaced_units(units: gpd.GeoDataFrame, towns: pd.DataFrame, least: float = 0.7) -> pd.Series:
    """Return the share of towns that lie in the shape of their unit, of the units where it is below `least`.

    Parameters
    ----------
    units
        id, admin1 (ISO 3166-2), valid_to and geometry (lon/lat degrees); units that a reform ended are left out.
    towns
        admin1, lon and lat in degrees.
    least
        A share from 0 to 1.

    Returns
    -------
    pandas.Series
        Shares by the unit's id, the lowest first.

    Examples
    --------
    >>> units = gpd.GeoDataFrame(
    ...     {"id": ["iso:A"], "admin1": ["A"], "valid_to": [None]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4326"
    ... )
    >>> towns = pd.DataFrame({"admin1": ["A"] * 4, "lon": [0.5, 0.6, 3, 4], "lat": [0.5, 0.6, 3, 4]})
    >>> misplaced_units(units, towns).to_dict()
    {'iso:A': 0.5}
    """
    today = units[units["valid_to"].isna() & units["admin1"].notna() & units.geometry.notna()]
    places = towns.groupby("admin1")[["lon", "lat"]]
    shares = {}
    for id_, code, shape in zip(today["id"], today["admin1"], today.geometry, strict=True):
        if code not in places.groups:
            continue
        points = places.get_group(code).to_numpy(dtype="float64")
        if len(points) < _FEWEST_TOWNS:
            continue
        near = shapely.buffer(shape, _BESIDE_DEGREES)
        shapely.prepare(near)
        shares[id_] = round(float(np.mean(shapely.contains_xy(near, points[:, 0], points[:, 1]))), 2)
    found = pd.Series(shares, dtype="float64").sort_values(kind="stable")
    return found[found < least]


def codes_by_shape(towns: pd.DataFrame, units: gpd.GeoDataFrame) -> pd.Series:
    """Return the first-level code of towns: their own, else that of today's unit of their country that they lie in.

    GeoNames' codes of Ireland, Lithuania, Malawi and some more have no bridge to ISO 3166-2.

    Parameters
    ----------
    towns
        country (alpha-3), admin1 (ISO 3166-2, or None), lon and lat in degrees.
    units
        country, admin1, valid_to and geometry (lon/lat degrees); units that a reform ended are left out.

    Returns
    -------
    pandas.Series
        Codes by the index of `towns`; None where there is no unit with a code, or the nearest lies beyond the shore.

    Examples
    --------
    >>> units = gpd.GeoDataFrame(
    ...     {"country": ["IRL"], "admin1": ["IE-D"], "valid_to": [None]},
    ...     geometry=[shapely.box(0, 0, 1, 1)],
    ...     crs="EPSG:4326",
    ... )
    >>> towns = pd.DataFrame(
    ...     {"country": ["IRL"] * 3, "admin1": [None, "IE-CO", None], "lon": [0.5, 0.5, 9.0], "lat": [0.5, 0.5, 9.0]}
    ... )
    >>> codes_by_shape(towns, units).tolist()
    ['IE-D', 'IE-CO', None]
    """
    today = units[units["valid_to"].isna() & units["admin1"].notna() & units.geometry.notna()]
    open_ones = np.flatnonzero(towns["admin1"].isna())
    points = shapely.points(towns[["lon", "lat"]].to_numpy(dtype="float64")[open_ones])
    tree = shapely.STRtree(today.geometry.to_numpy())
    town, unit = tree.query_nearest(points, max_distance=_BESIDE_DEGREES, all_matches=False)
    codes = towns["admin1"].astype(object).to_numpy(copy=True)
    countries, owners = towns["country"].to_numpy(), today[["country", "admin1"]].to_numpy()
    for i, j in zip(town, unit, strict=True):
        if countries[open_ones[i]] == owners[j][0]:
            codes[open_ones[i]] = owners[j][1]
    return pd.Series([code if isinstance(code, str) else None for code in codes], index=towns.index, dtype=object)
