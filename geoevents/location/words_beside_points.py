"""Rows with coordinates and words: words place the rows without coordinates, and are held against the others.

Of events that their source placed, those without a point are placed by their words, and those whose words lie far from
their point say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gazetteer import geodesy
from geoevents.coordinates import is_of_swapped_axes
from geoevents.frame.column_choice import ColumnChoice
from geoevents.frame.coordinate_cells import FAULTS
from geoevents.frame.provenance import KEY, provenance_of
from geoevents.frame.schema import CRS, STATUSES
from geoevents.place_phrases import Lookup, find_places
from geoevents.readers.sources.recognition import SOURCES

if TYPE_CHECKING:
    from numpy.typing import NDArray


__all__ = ["columns_taken", "place_by_words"]

# Coordinates and words of a row may lie this far apart beyond both radii before the row says so: a gazetteer's point of
# a town and a reporter's are rarely the same.
_SLACK_KM = 25.0
# These sources place each event by hand, by rules of their own; their words are not held against their coordinates.
_CODED = frozenset({"acled", "ucdp", "gdelt-events", "usgs", "firms", "uk-police"})
# What words tell of a place, in the events frame.
_BY_WORDS = (
    "place_query",
    "place_id",
    "place_name",
    "place_kind",
    "country",
    "admin1",
    "lon",
    "lat",
    "radius_km",
    "where_prec",
    "match_status",
    "match_score",
    "match_method",
    "match_note",
)


def place_by_words(
    events: gpd.GeoDataFrame, plain: pd.DataFrame, choice: ColumnChoice, lookup: Lookup
) -> gpd.GeoDataFrame:
    """Return events placed by coordinates, the rest placed by their words; words that lie far off are noted."""
    events = events.copy()
    facts = dict(events.attrs[KEY])
    faults = Counter(facts.get("coordinates") or {})
    events.attrs["read"] = {**events.attrs["read"], "words_asked": True}
    unplaced = (events["match_status"] == STATUSES[2]).to_numpy()
    source = events.attrs["read"].get("source")
    checked = np.zeros(len(events), dtype=bool) if source in _CODED else ~unplaced
    asked = np.flatnonzero(unplaced | checked)
    if not choice.has_words or not len(asked) or (source in SOURCES and not SOURCES[source].words):
        return _noted_anew(events, facts, choice, faults, lookup, [])
    rows = plain.iloc[asked]
    places = find_places(rows, choice, events["start"].iloc[asked], lookup)
    words, shapes = places.columns, places.shapes
    theirs = _words_that_disagree(events.iloc[asked], words)
    swapped = theirs == "swapped"
    faults.update({"swapped": int(swapped.sum())} if swapped.any() else {})
    take = unplaced[asked] | swapped
    notes = events["match_note"].astype(object).to_numpy(copy=True)
    for at, why in zip(asked, theirs, strict=True):
        if why == "swapped":
            notes[at] = f"coordinates not used: {FAULTS['swapped']}"
        elif why is not None:
            notes[at] = why
    found = take & (words["match_status"] != STATUSES[2]).to_numpy()
    at = asked[take]
    geometry = events.geometry.to_numpy(copy=True)
    for name in _BY_WORDS:
        column = events[name].astype(object).to_numpy(copy=True)
        column[at] = words[name].astype(object).to_numpy()[take]
        events[name] = pd.Series(column, events.index).astype(events[name].dtype)
    shapes[~found] = None
    geometry[at] = shapes[take]
    events["match_note"] = pd.Series(
        [_both(a, b) for a, b in zip(notes, events["match_note"].astype(object), strict=True)],
        events.index,
        dtype="str",
    )
    events["geometry"] = gpd.GeoSeries(geometry, index=events.index, crs=CRS)
    return _noted_anew(events, facts, choice, faults, lookup, places.unknown_countries)


def _both(first: object, second: object) -> str | None:
    said = [note for note in (first, second) if isinstance(note, str) and note]
    return "; ".join(dict.fromkeys(said)) or None


def _words_that_disagree(events: gpd.GeoDataFrame, words: pd.DataFrame) -> NDArray[np.object_]:
    """Return for each row why its words speak against its coordinates: ``swapped``, how far off they are, or None."""
    out: NDArray[np.object_] = np.full(len(events), None, dtype=object)
    sure = (words["match_status"] == STATUSES[0]).to_numpy() & events["lon"].notna().to_numpy()
    at = np.flatnonzero(sure)
    if not len(at):
        return out
    lon, lat = (events[name].to_numpy("float64")[at] for name in ("lon", "lat"))
    x, y = (words[name].to_numpy("float64")[at] for name in ("lon", "lat"))
    reach = words["radius_km"].to_numpy("float64")[at] + _SLACK_KM
    apart = geodesy.geodesic_km(lon, lat, x, y)
    able = np.abs(lon) <= 90
    mirrored = np.full(len(at), np.inf)
    mirrored[able] = geodesy.geodesic_km(lat[able], lon[able], x[able], y[able])
    far = apart > reach + np.nan_to_num(events["radius_km"].to_numpy("float64")[at])
    # A point that lies in the unit that the words name is not far from it, however far it is from the unit's middle.
    for kind, column in (("country", "country"), ("admin1", "admin1")):
        named = (words["place_kind"].astype(object) == kind).to_numpy()[at]
        theirs, own = (frame[column].astype(object).to_numpy()[at] for frame in (words, events))
        far &= ~(named & np.asarray(pd.Series(theirs).notna() & (theirs == own), dtype=bool))
    swapped = far & (mirrored <= reach)
    names = words["place_name"].astype(object).to_numpy()[at]
    for i in np.flatnonzero(far & ~swapped):
        out[at[i]] = f"{names[i]}, which the words name, is {apart[i]:,.0f} km from the coordinates"
    out[at[swapped]] = "swapped"
    # Of the same table are the rows whose words tell nothing.
    denied = ~far & (mirrored > reach)
    known = events["lon"].notna().to_numpy(copy=True)
    if is_of_swapped_axes(swapped, denied, int(known.sum())):
        known[at[denied]] = False
        known &= np.abs(np.nan_to_num(events["lon"].to_numpy("float64"))) <= 90
        out[known] = "swapped"
    return out


def _noted_anew(
    events: gpd.GeoDataFrame,
    facts: dict[str, Any],
    choice: ColumnChoice,
    faults: Mapping[str, int],
    lookup: Lookup,
    unknown: list[str],
) -> gpd.GeoDataFrame:
    attrs = dict(events.attrs)
    made = provenance_of(
        events,
        lookup.gazetteer,
        lookup.online,
        columns=columns_taken(choice),
        dates=facts.get("dates"),
        unknown=unknown,
        context=lookup.context,
        coordinates=dict(sorted(faults.items())),
    )
    events.attrs = {**attrs, KEY: made}
    return events


def columns_taken(choice: ColumnChoice) -> dict[str, Any]:
    """Return which column is what, as the provenance of events tells it."""
    dates = choice.date or " ".join(name for name in choice.date_parts if name) or None
    ends = choice.end or " ".join(name for name in choice.end_parts if name) or None
    where = [name for name in (choice.lat, choice.lon, choice.pair, choice.geometry) if name]
    return {"place": list(choice.place), "country": choice.country, "date": dates, "end": ends} | (
        {"coordinates": where} if where else {}
    )
