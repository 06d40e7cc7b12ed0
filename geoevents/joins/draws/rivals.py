"""Add the candidates of ambiguous matches to the events, as places of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

import gazetteer as package
from geoevents.frame.columns import as_objects

if TYPE_CHECKING:
    from gazetteer import Candidate, Gazetteer

__all__ = ["Options", "with_rivals"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Candidates beside the best guess that are considered.
_MOST_RIVALS = 9
# What an event says of its place, and what a candidate's place says.
_TEXTS = {
    "place_id": "id",
    "place_kind": "kind",
    "country": "country",
    "admin1": "admin1",
    "match_method": None,
}
_NUMBERS = {"lon": "lon", "lat": "lat", "radius_km": "radius_km"}


@dataclass(frozen=True)
class Options:
    """Events with a row for each place that they may have happened at.

    Attributes
    ----------
    events
        The n events, then a row a rival.
    first, count
        Where each event's rivals begin in `events`, and how many they are.
    ends
        For each rival the probability that the event's place is its best guess or one of the rivals up to the one
        before it.
    """

    events: gpd.GeoDataFrame
    first: Ints
    count: Ints
    ends: Floats

    def choose(self, event: Ints, u: Floats) -> Ints:
        """Return a row of `events` for each of k event numbers, by k random numbers."""
        chosen = event.copy()
        several = np.flatnonzero(self.count[event] > 0)
        for nth in range(int(self.count.max(initial=0))):
            rows = several[self.count[event[several]] > nth]
            at = self.first[event[rows]] + nth
            beyond = u[rows] >= self.ends[at - len(self.count)]
            chosen[rows[beyond]] = at[beyond]
        return chosen


def with_rivals(events: gpd.GeoDataFrame, gazetteer: Gazetteer | None) -> Options:
    """Return the events with the rivals of those whose match is ambiguous, as the gazetteer lists them."""
    n = len(events)
    none = Options(events, np.full(n, n), np.zeros(n, dtype=np.int64), np.empty(0))
    needed = {"match_status", "match_score", "place_query", "place_id"}
    if not needed <= set(events.columns):
        return none
    rows = np.flatnonzero((events["match_status"].astype(object) == "ambiguous").to_numpy())
    if not len(rows):
        return none
    asked = gazetteer or package.load()
    first, count = np.full(n, n), np.zeros(n, dtype=np.int64)
    sure = np.nan_to_num(events["match_score"].to_numpy(dtype=np.float64, na_value=np.nan), nan=0.5)
    owner: list[int] = []
    rivals: list[Candidate] = []
    ends: list[float] = []
    known: dict[_Question, list[Candidate]] = {}
    for i, question in zip(rows.tolist(), _questions(events.iloc[rows]), strict=True):
        if question not in known:
            known[question] = question.rivals(asked)
        found = known[question]
        total = sum(candidate.score for candidate in found)
        if not found or total <= 0:
            continue
        first[i], count[i] = n + len(rivals), len(found)
        up_to = sure[i] + (1 - sure[i]) * np.cumsum([0.0, *(candidate.score / total for candidate in found[:-1])])
        owner += [i] * len(found)
        rivals += found
        ends += up_to.tolist()
    if not rivals:
        return none
    return Options(_appended(events, owner, rivals, asked), first, count, np.array(ends))


class _Question(NamedTuple):
    """What was asked of the gazetteer, and the place that it guessed."""

    phrase: str
    country: str | None
    day: date | None
    place: str

    def rivals(self, gazetteer: Gazetteer) -> list[Candidate]:
        """Return the candidates beside the best guess."""
        match = gazetteer.resolve(self.phrase, country=self.country, on=self.day)
        return [candidate for candidate in match.candidates if candidate.place.id != self.place][:_MOST_RIVALS]


def _questions(events: gpd.GeoDataFrame) -> Iterator[_Question]:
    """Yield the question of each event."""
    nothing = np.full(len(events), None, dtype=object)
    country = as_objects(events["country"]) if "country" in events.columns else nothing
    start = pd.to_datetime(events["start"]).to_list() if "start" in events.columns else nothing.tolist()
    for phrase, code, day, place in zip(
        as_objects(events["place_query"]), country, start, as_objects(events["place_id"]), strict=True
    ):
        known = None if day is None or pd.isna(day) else day.date()
        yield _Question(str(phrase), code if isinstance(code, str) else None, known, place)


def _appended(
    events: gpd.GeoDataFrame, owner: list[int], rivals: list[Candidate], gazetteer: Gazetteer
) -> gpd.GeoDataFrame:
    texts = [name for name in _TEXTS if name in events.columns]
    events = events.astype(dict.fromkeys(texts, object))
    added = events.iloc[owner].copy()
    places = [candidate.place for candidate in rivals]
    code, distinct = pd.factorize(np.array([place.id for place in places], dtype=object))
    shapes = np.array(list(gazetteer.geometries(distinct)), dtype=object)[code]
    for column, attribute in (_TEXTS | _NUMBERS).items():
        if column in added.columns:
            values = [None if attribute is None else getattr(place, attribute) for place in places]
            added[column] = pd.Series(values, index=added.index, dtype=events[column].dtype)
    shapes_in = gpd.GeoSeries(list(shapes), index=added.index, crs="EPSG:4326").to_crs(events.crs)
    added = added.set_geometry(shapes_in)
    return gpd.GeoDataFrame(pd.concat([events, added]), geometry=events.geometry.name, crs=events.crs)
