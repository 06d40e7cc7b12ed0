"""Find the phrases that a person should look at, with the places they may mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from geoevents.frame.schema import COLUMNS, OPTIONAL

if TYPE_CHECKING:
    import geopandas as gpd

    from gazetteer import Gazetteer, Place

__all__ = ["Doubt", "Rival", "doubts_of"]

# Places that a phrase is shown with, rows that are shown of it, and letters of a cell.
_RIVALS, _SAMPLES, _LETTERS = 8, 3, 160
_TOLD_OTHERWISE = frozenset({*COLUMNS, *OPTIONAL, "geometry"})


@dataclass(frozen=True, slots=True)
class Rival:
    """A place that a phrase may mean; lon, lat in degrees, EPSG:4326."""

    id: str
    name: str
    kind: str
    country: str | None
    admin1: str | None
    lon: float
    lat: float
    radius_km: float
    score: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """A phrase whose place is a guess, or was not found.

    Attributes
    ----------
    country
        ISO 3166-1 alpha-3, where the same words stand for places in several countries; otherwise None.
    rows
        How many events hang on it.
    reason
        What is doubtful, in a sentence.
    chosen
        The id of the place that the events have now; None where they have none.
    samples
        A few of the rows, by the input's own columns.
    """

    phrase: str
    country: str | None
    rows: int
    status: str
    reason: str
    chosen: str | None
    rivals: list[Rival]
    samples: list[dict[str, str]] = field(default_factory=list)


def doubts_of(events: gpd.GeoDataFrame, *, gazetteer: Gazetteer) -> list[Doubt]:
    """Return the phrases to look at, those that most events hang on first.

    A phrase is doubtful when it is ambiguous, unresolved, or has a note: it was read in part only, or it lies far from
    what its row says otherwise.

    Examples
    --------
    >>> import gazetteer, geoevents as ge, pandas as pd
    >>> gaz = gazetteer.load()
    >>> events = ge.locate(pd.DataFrame({"place": ["Georgia", "Almaty", "the old depot"]}), gazetteer=gaz)
    >>> sorted(doubt.phrase for doubt in doubts_of(events, gazetteer=gaz))
    ['Georgia', 'the old depot']
    """
    notes = events["match_note"] if "match_note" in events.columns else pd.Series(None, events.index, dtype=object)
    overridden = events["match_method"].astype(object) == "override"
    status = events["match_status"].astype(object)
    doubtful = (status.isin(("ambiguous", "unresolved")) | notes.notna()) & ~overridden & events["place_query"].notna()
    found = events[doubtful.to_numpy()]
    lands = found.groupby(found["place_query"].astype(object), sort=False)["country"].nunique()
    several = found["place_query"].astype(object).map(lands).to_numpy() > 1
    by_country = found["country"].astype(object).where(several, None)
    keys = [found["place_query"].astype(object).rename("phrase"), by_country.rename("land")]
    doubts = []
    for (phrase, land), rows in found.groupby(keys, sort=False, dropna=False):
        doubts.append(_doubt(str(phrase), land if isinstance(land, str) else None, rows, gazetteer))
    return sorted(doubts, key=lambda doubt: (-doubt.rows, doubt.phrase))


def _doubt(phrase: str, country: str | None, rows: gpd.GeoDataFrame, gazetteer: Gazetteer) -> Doubt:
    first = rows.iloc[0]
    status = str(first["match_status"])
    day = None if pd.isna(first["start"]) else first["start"].date()
    hint = country or (str(first["country"]) if isinstance(first["country"], str) else None)
    chosen = str(first["place_id"]) if isinstance(first["place_id"], str) else None
    reason, rivals = _rivals(phrase, hint, day, chosen, gazetteer)
    note = first.get("match_note")
    if isinstance(note, str) and note:
        reason = note
    own = [name for name in rows.columns if name not in _TOLD_OTHERWISE and name != rows.geometry.name]
    samples = [
        {str(name): str(row[name])[:_LETTERS] for name in own if not _missing(row[name])}
        for _, row in rows.head(_SAMPLES).iterrows()
    ]
    return Doubt(phrase, country, len(rows), status, reason or _USUAL.get(status, ""), chosen, rivals, samples)


_USUAL = {"ambiguous": "several places have this name", "unresolved": "no place was found for these words"}


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, list | dict) and bool(pd.isna(value)))


def _rivals(
    phrase: str, hint: str | None, day: Any, chosen: str | None, gazetteer: Gazetteer
) -> tuple[str, list[Rival]]:
    """Return why a phrase is doubtful and the places it may mean: the one it has, its rivals, those of its name."""
    match = gazetteer.resolve(phrase, country=hint, on=day)
    places: dict[str, tuple[Place, float]] = {}
    if chosen is not None and not chosen.startswith("override:"):
        place = gazetteer.place(chosen)
        places[place.id] = (place, match.score if match.place and match.place.id == chosen else 0.0)
    for candidate in (*match.candidates, *gazetteer.search(phrase.split(",")[0].strip() or phrase, limit=_RIVALS)):
        places.setdefault(candidate.place.id, (candidate.place, candidate.score))
    rivals = [_rival(place, score) for place, score in list(places.values())[:_RIVALS]]
    return match.reason or "", rivals


def _rival(place: Place, score: float) -> Rival:
    lon, lat = round(place.lon, 4), round(place.lat, 4)
    return Rival(
        place.id,
        place.name,
        place.kind,
        place.country,
        place.admin1,
        lon,
        lat,
        round(place.radius_km, 1),
        round(score, 2),
    )
