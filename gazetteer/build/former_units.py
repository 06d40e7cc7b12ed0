"""Units of the past that no source has: provinces, homelands and districts that event data name on their days.

The table ``curated/former_units.csv`` gives their names, days and laws. A unit that consisted of whole units of other
rows is drawn as the union of these; any other is a point with a reach.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gazetteer.build.placed_shapes import as_rows
from gazetteer.build.reviewed import names_of
from gazetteer.errors import DataError
from gazetteer.geometry.sphere import haversine_km

__all__ = ["former_units", "names", "with_codes"]

_TABLE = Path(__file__).with_name("curated") / "former_units.csv"
_CODES = Path(__file__).with_name("curated") / "former_codes.csv"
# The id of a unit of before a reform, after which another of the same code is there.
_OF_A_CODE = r"^unit:([a-z]{2}-[a-z0-9]{1,3})-until-\d{4}$"
# Of positions, as `gazetteer.build.tables` writes them: shapes that are moved there later may cross themselves.
_PRECISION = 2.0**-14
# Positions along each side of the box around a shape at which its reach is measured.
_GRID = 60
_WITHIN = 0.9
_POINT = ("lon", "lat", "radius_km")


def former_units(areas: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Return the rows of the layers ``admin1`` and ``admin2`` by the name of the layer.

    Parameters
    ----------
    areas
        Columns id, approximate and geometry (lon/lat degrees) of all that a unit can consist of.

    Raises
    ------
    DataError
        When a unit consists of one that has no outline.
    """
    table = _read()
    known = areas.drop_duplicates("id").set_index("id")
    parts = table["units"].str.split()
    unknown = sorted(set(parts.explode().dropna()) - set(known.index[known.geometry.notna()]))
    if unknown:
        raise DataError(f"{_TABLE.name}: expected units with an outline, but {', '.join(unknown)} has none.")
    shapes = [shapely.union_all(known.geometry.loc[units].to_numpy()) if units else None for units in parts]
    rows = table[["id", "kind", "name", "country"]].copy()
    for column in ("admin1", "valid_from", "valid_to"):
        rows[column] = table[column].astype(object).where(table[column] != "", None)
    rows["approximate"] = [bool(known["approximate"].loc[units].any()) for units in parts]
    frame = gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")
    drawn = frame[frame.geometry.notna()]
    points = frame[frame.geometry.isna()].copy()
    for column in _POINT:
        points[column] = pd.to_numeric(table.loc[points.index, column])
    points["population"] = pd.array([pd.NA] * len(points), dtype="Int64")
    rows_drawn = as_rows(drawn, "").assign(kind=drawn["kind"])
    rows_drawn.geometry = shapely.set_precision(rows_drawn.geometry.to_numpy(), _PRECISION)
    reach = [_reach(*row) for row in zip(drawn.geometry, rows_drawn["lon"], rows_drawn["lat"], strict=True)]
    rows_drawn["radius_km"] = np.maximum(rows_drawn["radius_km"], np.round(reach, 1))
    placed = pd.concat([rows_drawn, points.assign(geonames=None)])
    units = placed.assign(iso=None, type=None)
    # The layer of first-level units holds outlines alone, as for the other curated places.
    first = (units["kind"] == "admin1") & units.geometry.notna()
    return {
        "admin1": units[first].reset_index(drop=True),
        "admin2": units[~first].drop(columns=["iso", "type", "approximate"]).reset_index(drop=True),
    }


def with_codes(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return first-level units, those that a reform ended with the ISO 3166-2 code of their time.

    It is in the id of one that kept its code ("unit:in-ap-until-2014"); ``curated/former_codes.csv`` has others.
    """
    ended = units["valid_to"].notna() & units["admin1"].isna()
    listed = pd.read_csv(_CODES, dtype=str).set_index("id")["admin1"]
    codes = units["id"].str.extract(_OF_A_CODE, expand=False).str.upper().fillna(units["id"].map(listed))
    filled = units["admin1"].astype(object).mask(ended & codes.notna(), codes)
    return units.assign(admin1=filled.where(filled.notna(), None))


def names(known: pd.DataFrame, ended: pd.Series) -> pd.DataFrame:
    """Return the names of the units of the table, and for units of before a reform all names of those of today.

    Parameters
    ----------
    known
        Columns id, name, kind, lang: the names of the units of today.
    ended
        The ids of units that a reform ended: "unit:in-ap-until-2014" bears the names of "iso:IN-AP" too.

    Returns
    -------
    pandas.DataFrame
        Columns id, name, kind, lang.
    """
    table = _read()
    own = names_of(table)
    before = pd.concat([table["id"], ended], ignore_index=True).drop_duplicates()
    codes = before.str.extract(_OF_A_CODE, expand=False).str.upper()
    heirs = pd.DataFrame({"id": "iso:" + codes, "before": before}).dropna()
    inherited = known[~known["kind"].isin(["primary", "code"])].merge(heirs, on="id")
    inherited = inherited.assign(id=inherited["before"])[["id", "name", "kind", "lang"]]
    return pd.concat([pd.DataFrame(own, columns=["id", "name", "kind", "lang"]), inherited], ignore_index=True)


def _reach(shape: shapely.Geometry, lon: float, lat: float) -> float:
    """Return within how many km of a point nine tenths of a shape lie: of islands more than the disc of their area."""
    west, south, east, north = shape.bounds
    xs, ys = (axis.ravel() for axis in np.meshgrid(np.linspace(west, east, _GRID), np.linspace(south, north, _GRID)))
    inside = shapely.contains_xy(shape, xs, ys)
    if not inside.any():
        return 0.0
    ways = haversine_km(np.full(inside.sum(), lon), np.full(inside.sum(), lat), xs[inside], ys[inside])
    return float(np.quantile(ways, _WITHIN))


def _read() -> pd.DataFrame:
    return pd.read_csv(_TABLE, keep_default_na=False, dtype=str)
