"""Checks that the shapes of first-level units hold the towns that GeoNames lists in them.

Rows of the layers ``admin1`` and ``cities`` enter; the units whose shape and code are not of one reform leave.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

__all__ = ["misplaced_units"]

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
