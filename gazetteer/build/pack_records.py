"""What a pack is made of: the places and names of one source; those of two sources, the same place once.

Places and names are frames. A place has the columns of `PLACE_COLUMNS`, a name those of `NAME_COLUMNS`.
``layer`` is the table that the place belongs to: ``admin2`` holds units that do not overlap, ``cities`` settlements and
small features, ``landmarks`` all others that have an outline.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gazetteer.build.geonames_dump import MOST_PEOPLE, UNKNOWN
from gazetteer.candidates.name_index import PROMINENCE, UNCOUNTED
from gazetteer.geometry.sphere import haversine_km
from gazetteer.names.normalize import normalize_name

__all__ = [
    "NAME_COLUMNS",
    "PLACE_COLUMNS",
    "SETTLED",
    "Records",
    "combine",
    "is_people",
    "is_position",
    "name_keys",
    "records_of",
    "same_places",
    "weights",
]

PLACE_COLUMNS = (
    "id",
    "layer",
    "name",
    "kind",
    "country",
    "admin1",
    "lon",
    "lat",
    "population",
    "radius_km",
    "prominence",
    "geometry",
    "source",
    "licence",
)
NAME_COLUMNS = ("id", "name", "kind", "lang")
# The kinds of places that people live in.
SETTLED = ("city", "neighbourhood")
# Two settlements of one name are the same when they lie no farther apart than this (km): a village in GeoNames and in
# Who's On First is up to 3 km apart, two villages of one name are seldom within 5.
_SAME_KM = 4.0


@dataclass(frozen=True)
class Records:
    """The places of a source, their names, and how many records were refused and why.

    Attributes
    ----------
    places
        Columns `PLACE_COLUMNS`; ``geometry`` is WKB in EPSG:4326 or None; ids are unique.
    names
        Columns `NAME_COLUMNS`: names beside the place's own.
    refused
        Reason to number of records.
    """

    places: pd.DataFrame
    names: pd.DataFrame
    refused: Counter[str] = field(default_factory=Counter)


def records_of(places: list[dict[str, Any]], names: list[tuple[str, str, str, str]], refused: Counter[str]) -> Records:
    """Return rows as records; the first row of an id is the place, the names of the others are its names."""
    table = pd.DataFrame(places, columns=list(PLACE_COLUMNS), dtype=object)
    other = table[table["id"].duplicated()]
    again = [(row.id, row.name_, "alternate", "") for row in other.rename(columns={"name": "name_"}).itertuples()]
    named = pd.DataFrame([*names, *again], columns=list(NAME_COLUMNS), dtype=object)
    return Records(table.drop_duplicates("id", ignore_index=True), named, refused)


def is_position(lon: Any, lat: Any) -> bool:
    """Say whether two numbers are a position on Earth; 0, 0 is how tables write that they know none."""
    try:
        x, y = float(lon), float(lat)
    except (TypeError, ValueError):
        return False
    return abs(x) <= 180 and abs(y) <= 90 and (x, y) != (0.0, 0.0)


def is_people(value: Any) -> bool:
    """Say whether a value can be a number of inhabitants, 0 for one that is not known."""
    return isinstance(value, (int, float)) and 0 <= value <= MOST_PEOPLE


def weights(kinds: NDArray[np.object_], people: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the prominence of places by their kinds and inhabitants (NaN where not known).

    A feature that is not a settlement is hardly known beside one of its name, and neither is a hamlet that nobody
    counted: what is there because a pack is, is not therefore meant.

    Examples
    --------
    >>> weights(np.array(["city", "city", "river"], dtype=object), np.array([99_900.0, np.nan, np.nan])).tolist()
    [5.0, 1.5, 0.5]
    """
    out = np.full(len(kinds), UNKNOWN)
    out[kinds == "admin2"] = PROMINENCE["admin2"][0]
    settled = np.isin(kinds, SETTLED)
    out[settled] = np.where(np.isnan(people), UNCOUNTED, np.log10(np.nan_to_num(people) + 100))[settled]
    return out


def combine(first: Records, second: Records) -> Records:
    """Return the places of two sources, the same place once: under the first one's id, name and position.

    The same are those of one id, and settlements of one name that lie close together. The outline that has more
    corners stays, and with it its reach; so does the number of inhabitants that is known.
    """
    same = {place: place for place in set(first.places["id"]) & set(second.places["id"])}
    rest = second.places[~second.places["id"].isin(same)]
    same |= same_places(rest, second.names, first.places, first.names)
    moved = second.places["id"].map(lambda place: same.get(place, place))
    other = second.places.assign(id=moved)
    known = other["id"].isin(set(first.places["id"]))
    more = other[known].drop_duplicates("id").set_index("id")
    places = first.places.set_index("id", drop=False)
    for place, row in more.iterrows():
        if _corners(row["geometry"]) > _corners(places.at[place, "geometry"]):
            for column in ("geometry", "radius_km", "source", "licence"):
                places.at[place, column] = row[column]
        if places.at[place, "population"] is None:
            for column in ("population", "prominence"):
                places.at[place, column] = row[column]
    own = [(row.id, row.own, "alternate", "") for row in other[known].rename(columns={"name": "own"}).itertuples()]
    names = pd.concat(
        [
            first.names,
            second.names.assign(id=second.names["id"].map(lambda place: same.get(place, place))),
            pd.DataFrame(own, columns=list(NAME_COLUMNS), dtype=object),
        ],
        ignore_index=True,
    )
    together = pd.concat([places.reset_index(drop=True), other[~known]], ignore_index=True)
    return Records(together.astype(object).where(together.notna(), None), names, first.refused + second.refused)


def _corners(wkb: object) -> int:
    """Return a measure of how fine an outline is: its length in bytes; a point's is 0."""
    return len(wkb) if isinstance(wkb, bytes) else 0


def same_places(
    places: pd.DataFrame, names: pd.DataFrame, others: pd.DataFrame, other_names: pd.DataFrame
) -> dict[str, str]:
    """Return, for settlements that are the same as another by name and distance, the id of the nearest such other."""
    pairs = _keyed(places, names).merge(_keyed(others, other_names), on="key", suffixes=("", "_other"))
    pairs = pairs[pairs["id"] != pairs["id_other"]]
    corners = (pairs[column].to_numpy("f8") for column in ("lon", "lat", "lon_other", "lat_other"))
    pairs = pairs.assign(away=haversine_km(*corners)).sort_values(["away", "id", "id_other"], kind="stable")
    near = pairs[pairs["away"] <= _SAME_KM].drop_duplicates("id")
    return dict(zip(near["id"].astype(str), near["id_other"].astype(str), strict=True))


def name_keys(places: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return id and key of every name of some places, their own ones first."""
    own = places[["id", "name"]]
    all_names = pd.concat([own, names.loc[names["id"].isin(set(places["id"])), ["id", "name"]]], ignore_index=True)
    keys = all_names.assign(key=all_names["name"].map(normalize_name))
    return keys.loc[keys["key"] != "", ["id", "key"]].drop_duplicates(ignore_index=True)


def _keyed(places: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return id, key, lon and lat of settlements, a row a name."""
    settled = places[places["kind"].isin(SETTLED)]
    return name_keys(settled, names).merge(settled[["id", "lon", "lat"]], on="id")
