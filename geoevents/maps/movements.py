"""Find what moves on a map: arcs of deployments and the trips of ids that come back.

An arc is drawn only where a text says that a force of one country came to another: the event's type speaks of a
movement, and an actor is of a country that is not the scene's.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

import gazetteer as package
from gazetteer import Gazetteer

__all__ = ["arcs", "country_of", "trips"]

# Types that are movements, whoever acts; and those that are when it is a force that acts.
_MOVEMENT = re.compile(r"deploy|airlift|arriv|troop|movement|reinforc|intervention|peacekeep|withdraw", re.IGNORECASE)
_PERHAPS = re.compile(r"strategic development|headquarters|transfer of territory|base established", re.IGNORECASE)
_FORCE = re.compile(
    r"\b(?:military|armed|army|navy|naval|air ?force|ground forces|special forces|troops|peacekeep\w*|marines|"
    r"paratroop\w*|airborne)\b",
    re.IGNORECASE,
)
_ACTORS, _TYPES = ("actor1", "actor2"), ("event_type", "sub_event_type")


def arcs(rows: pd.DataFrame, gazetteer: Gazetteer | None = None) -> pd.DataFrame:
    """Return the deployments among display rows, with ``from_lon`` and ``from_lat`` of the force's country, degrees."""
    types = [name for name in _TYPES if name in rows]
    surely, perhaps = (
        np.logical_or.reduce([_says(rows[name], pattern) for name in types] or [np.zeros(len(rows), dtype=bool)])
        for pattern in (_MOVEMENT, _PERHAPS)
    )
    found = []
    for name in _ACTORS:
        if name in rows:
            moved = rows[
                (surely | (perhaps & _says(rows[name], _FORCE))) & rows["country"].notna() & rows[name].notna()
            ]
            origins = [country_of(str(actor), gazetteer) for actor in moved[name]]
            away = [
                origin is not None and origin[0] != scene
                for origin, scene in zip(origins, moved["country"], strict=True)
            ]
            known = [origin for origin, kept in zip(origins, away, strict=True) if origin and kept]
            ends = {"from_lon": [lon for _, lon, _ in known], "from_lat": [lat for _, _, lat in known]}
            found.append(moved[np.array(away, dtype=bool)].assign(**ends))
    return pd.concat(found) if found else rows.iloc[:0]


def _says(column: pd.Series, pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    """Return which cells a pattern is found in; each distinct text is searched once."""
    codes, texts = pd.factorize(column)
    hits = np.array([bool(pattern.search(str(text))) for text in texts] + [False], dtype=bool)
    return hits[codes]


# Actors that are kept; a table has far fewer.
@lru_cache(maxsize=10_000)
def country_of(actor: str, gazetteer: Gazetteer | None = None) -> tuple[str, float, float] | None:
    """Return the country an actor's name speaks of: ISO 3166-1 alpha-3, lon, lat; None when it speaks of none.

    Source: the gazetteer, None for the bundled one, by names and demonyms that are written exactly.

    Examples
    --------
    >>> country_of("Military Forces of Russia (2000-)")[0], country_of("Russian Army")[0]
    ('RUS', 'RUS')
    >>> country_of("Protesters (Kazakhstan)") is None
    True
    """
    gaz = package.load() if gazetteer is None else gazetteer
    plain = re.sub(r"\s+", " ", actor.split("(")[0])[:200].strip(" ,;:")
    after = re.findall(r"\b(?:of|from) (?:the )?([^,;]+)$", plain)
    before = re.split(_FORCE, plain)[0].strip()
    for name in [*after, plain, before]:
        match = gaz.resolve(name) if name else None
        if match and match.place and match.place.country and match.place.kind == "country" and match.method == "exact":
            return match.place.country, match.place.lon, match.place.lat
    return None


def trips(points: pd.DataFrame) -> pd.DataFrame:
    """Return a row an id that is at two places or more at different times.

    Columns: ``track``, ``category`` (its first) and ``shape``, a line whose vertices are lon, lat (degrees) and, as
    third ordinate, seconds since 1970 in UTC.
    """
    moving = points[points["track"].notna() & points["date"].notna()].sort_values("date", kind="stable")
    moving = moving.drop_duplicates(["track", "date"])
    lines = []
    for track, stops in moving.groupby("track", sort=True):
        if len(stops[["lon", "lat"]].drop_duplicates()) < 2:
            continue
        seconds = (stops["date"] - pd.Timestamp(0)) // pd.Timedelta(seconds=1)
        shape = shapely.linestrings(stops["lon"].to_numpy(), stops["lat"].to_numpy(), seconds.to_numpy())
        lines.append({"track": str(track), "category": stops["category"].iloc[0], "shape": shape})
    return pd.DataFrame(lines, columns=["track", "category", "shape"])
