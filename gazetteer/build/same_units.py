"""Second-level units that two sources give, one as an outline and one as a point: the outline stays, with both names.

Natural Earth draws the districts of Sri Lanka, the departments of France and others under codes of ISO 3166-2; GeoNames
lists the same units by numbers of its own, as points.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

from gazetteer.geometry.sphere import haversine_km
from gazetteer.names.normalize import normalize_name

__all__ = ["merged"]

# Two points of one unit lie no farther apart than this, or than its radius.
_APART_KM = 30.0


def merged(
    outlined: pd.DataFrame, outlined_names: pd.DataFrame, listed: pd.DataFrame, listed_names: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the outlined units with the numbers of their namesakes, the listed ones without these, and all names.

    Parameters
    ----------
    outlined, listed
        Rows of the layer ``admin2``: id, country, admin1, lon, lat, radius_km, geonames.
    outlined_names, listed_names
        Their names: id, name, kind, lang.
    """
    keys = defaultdict(set)
    for id_, name in zip(outlined_names["id"], outlined_names["name"], strict=True):
        keys[id_].add(normalize_name(name))
    by_name: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    drawn: list[Any] = list(outlined[["id", "country", "admin1", "lon", "lat", "radius_km"]].itertuples(index=False))
    for row in drawn:
        for key in keys[row.id]:
            by_name[row.country, key].append(row)
    own_id: dict[str, str] = {}
    units: list[Any] = list(listed[listed["kind"] == "admin2"].itertuples(index=False))
    for unit in units:
        namesakes = by_name[unit.country, normalize_name(unit.name)]
        same = {row.id for row in namesakes if row.admin1 == unit.admin1 and _is_near(row, unit)}
        if len(same) == 1:
            own_id[unit.id] = same.pop()
    twice = pd.Series(own_id)
    number = dict(zip(listed["id"], listed["geonames"], strict=True))
    numbers = {id_: number[other] for other, id_ in twice.drop_duplicates(keep=False).items()}
    kept = listed[~listed["id"].isin(own_id)]
    names = listed_names.assign(id=[own_id.get(id_, id_) for id_ in listed_names["id"]])
    moved = names["id"].isin(set(own_id.values())) & (names["kind"] == "primary")
    names = names.assign(kind=names["kind"].mask(moved, "alternate"))
    known = outlined["geonames"] if "geonames" in outlined else pd.Series(None, index=outlined.index, dtype=object)
    with_numbers = outlined.assign(geonames=known.fillna(outlined["id"].map(numbers)).astype(object))
    return with_numbers, kept, pd.concat([outlined_names, names], ignore_index=True)


def _is_near(row: Any, unit: Any) -> bool:
    return bool(haversine_km(row.lon, row.lat, unit.lon, unit.lat) <= max(row.radius_km, _APART_KM))
