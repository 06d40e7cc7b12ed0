"""Places onto records: a frame with place phrases enters, an events frame leaves, a row a row.

The only room that calls the gazetteer for frames. Every row is kept in its order, with its index; what cannot
be placed stays, with the status ``unresolved``, and the caller's frame is not touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gazetteer import geodesy
from geoevents.coordinates import (
    coordinates_given,
    events_at,
    is_from_coordinates,
    optional_columns,
    records_of,
    written_dates,
)
from geoevents.errors import ColumnError
from geoevents.frame.column_choice import ColumnChoice, choose_columns
from geoevents.frame.columns import event_ids, kept_columns
from geoevents.frame.coordinate_cells import FAULTS, REPAIRS
from geoevents.frame.provenance import KEY, noted
from geoevents.frame.schema import COLUMNS, CRS, STATUSES
from geoevents.overrides import Overrides, StrPath, corrected, read_overrides
from geoevents.place_phrases import Lookup, match_phrases, place_columns, plain_records, shapes_of_places
from geoevents.readers.sources import SOURCES, preferred_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gazetteer import Context, Gazetteer, Geocoder
    from geoevents.frame.table_facts import TableFacts

__all__ = ["described", "locate", "summary"]

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


def locate(
    records: pd.DataFrame,
    *,
    place: str | Sequence[str] | None = None,
    country: str | None = None,
    date: str | None = None,
    end: str | None = None,
    lat: str | None = None,
    lon: str | None = None,
    geometry: str | None = None,
    repair: str | None = None,
    context: Context = "row",
    overrides: Overrides | pd.DataFrame | StrPath | Sequence[StrPath] | None = None,
    gazetteer: Gazetteer | None = None,
    online: Geocoder | None = None,
    facts: TableFacts | None = None,
    choice: ColumnChoice | None = None,
) -> gpd.GeoDataFrame:
    """Find the place and the date of every record.

    A row's own valid coordinates or geometry win over its words, which become ``place_query``; ``match_note`` says so
    where the two lie far apart. A row without coordinates is placed by its words, and one whose words are not found by
    its country. Coordinates that cannot be right (0, 0; -999; metres; latitude and longitude exchanged) are not used,
    and `summary` says how many and why.

    Parameters
    ----------
    records
        A row a record, any columns, any index. What `geoevents.read` found to come with coordinates is an events
        frame already, and its coordinates stay unless `place` is named.
    place
        The column of place phrases, or several, finest first: each is a place inside the next, and a finer
        one that cannot be found falls back to the next. None takes the usual names (location, city, adm_2,
        adm_1 …). Named without `lat`, `lon` and `geometry`, words place every row.
    country
        A column of countries, or one country (code or name) for all rows; no answer lies outside it. None
        takes a column of the usual name where there is one.
    date, end
        Columns of dates and of last days, in any form that `geoevents.frame.date_forms` reads. None takes those of
        the usual names, or of years, months and days.
    lat, lon
        Columns of latitudes and longitudes. None takes those of the usual names.
    geometry
        A column of shapes as WKT, WKB or GeoJSON. None takes one that holds such.
    repair
        What mends wrong coordinates, a key of `geoevents.frame.coordinate_cells.REPAIRS`: ``swap``, ``swap-all``,
        ``sign``, ``comma``, ``wrap`` or ``mercator``.
    context
        What tells places of one name apart. ``row``: the other place columns of its row. ``file``: the other rows of
        the file as well, for a name that stands alone in its row, without a country ("Paris" among "Dallas" and
        "Houston"). ``none``: nothing, the finest place of a row is taken by itself.
    overrides
        A person's corrections: a CSV table, several, or a frame, as `geoevents.overrides.read_overrides` describes
        them. They win over words and coordinates; the row's ``match_method`` is then "override".
    gazetteer
        The gazetteer to ask; None takes the bundled one.
    online
        A service on the network to ask about phrases that the gazetteer does not hold, or of which it knows the
        container only. Its rows have the ``match_method`` "online", and the provenance names the provider and its
        attribution. None, as usual, asks nobody: nothing leaves the machine.
    facts
        What the whole table shows that `records` are a part of; None when they are the whole.
    choice
        Which column of the whole table is what, where `records` are a part of it; it stands before the names above.

    Returns
    -------
    geopandas.GeoDataFrame
        The records' own columns, then those of `geoevents.frame.schema`, with the same index and order; geometry in
        EPSG:4326, lon/lat, radius in kilometres. A column of the input that has one of the schema's names and
        is something else is kept as ``<name>_input``. The figures of the work are in ``attrs["geoevents"]``.

    Raises
    ------
    ColumnError
        When `records` are not a frame, a named column is not there, nothing says where, or two columns have one name.
    ReadError
        When a table of overrides cannot be read or is wrong; one message names every fault.
    gazetteer.GazetteerError
        When the gazetteer's tables cannot be read, or there is no such `context`.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> records = pd.DataFrame({"location": ["Almaty", "Interfax"], "date": ["2022-01-05", "January 2022"]})
    >>> events = ge.locate(records)
    >>> events["match_status"].tolist(), events["date_prec"].tolist()
    (['matched', 'unresolved'], [1, 4])
    """
    if not isinstance(records, pd.DataFrame):
        raise ColumnError(f"Records: expected a DataFrame, got {records!r:.60}; read makes one of a file.")
    if gazetteer is None:
        import gazetteer as package

        gazetteer = package.load()
    corrections = overrides
    if corrections is not None and not isinstance(corrections, Overrides):
        corrections = read_overrides(corrections, gazetteer=gazetteer)
    named = {"place": place, "country": country, "date": date, "end": end, "lat": lat, "lon": lon, "geometry": geometry}
    events = _located(records, named, repair, Lookup(gazetteer, context, online), facts, choice)
    return events if corrections is None else corrected(events, corrections, gazetteer=gazetteer)


def _located(
    records: pd.DataFrame,
    named: dict[str, Any],
    repair: str | None,
    lookup: Lookup,
    facts: TableFacts | None,
    choice: ColumnChoice | None,
) -> gpd.GeoDataFrame:
    """Return the events of records: from their coordinates where they bring them, from their words otherwise."""
    if repair is not None and repair not in REPAIRS:
        raise ColumnError(f"Repair: expected one of {', '.join(REPAIRS)}; got {repair!r}.")
    if is_from_coordinates(records) and all(value is None for value in named.values()) and repair is None:
        return _placed_by_source(records, choice, lookup)
    if is_from_coordinates(records):
        records = records_of(records)
    if choice is None:
        choice = choose_columns(records, **named, prefer=preferred_columns(records))
    if _brings_coordinates(records, choice):
        frame = pd.DataFrame(records) if choice.lat is not None or choice.pair is not None else records
        given = coordinates_given(frame, choice, facts=facts, repair=repair)
        events = events_at(records, given, gazetteer=lookup.gazetteer, facts=facts, repair=repair)
        events.attrs["read"] |= {"unknown_source": True}
        return _with_words(events, plain_records(records), choice, lookup)
    if not choice.has_words:
        raise ColumnError(
            "Place columns: expected one named location, city, adm_2, adm_1, country or alike, or coordinates; "
            f"say which with place (--place) of those there are: {', '.join(map(str, records.columns))}."
        )
    return _by_words(records, choice, lookup, facts)


def _brings_coordinates(records: pd.DataFrame, choice: ColumnChoice) -> bool:
    """Return whether records have coordinates or shapes that win over their words: where words were not named."""
    if choice.has_coordinates:
        return True
    shapes = getattr(records, "_geometry_column_name", None)
    if shapes is None:
        return False
    return (
        "place" not in choice.named
        and shapes in records.columns
        and bool((~records[shapes].is_empty & ~records[shapes].isna()).any())
    )


def _by_words(
    records: pd.DataFrame,
    choice: ColumnChoice,
    lookup: Lookup,
    facts: TableFacts | None,
) -> gpd.GeoDataFrame:
    """Return the events of records that say where in words."""
    plain = plain_records(records)
    dates = written_dates(plain, choice, facts)
    matches, unknown = match_phrases(plain, choice, dates["start"], lookup)
    ours = place_columns(matches).assign(event_id=event_ids(plain, facts), **{c: dates[c] for c in dates.columns})
    known, lost = optional_columns(plain, choice)
    lost = lost if facts is None else sorted(facts.lost)
    kept = kept_columns(plain, lost, facts)
    frame = pd.concat([kept, ours[list(COLUMNS)], pd.DataFrame(known, index=plain.index)], axis=1)
    shapes = shapes_of_places(ours, dates["start"], lookup.gazetteer)
    events = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=CRS))
    events.attrs = {k: v for k, v in records.attrs.items() if k != KEY}
    events.attrs[KEY] = noted(
        events,
        lookup.gazetteer,
        lookup.online,
        columns=_taken(choice),
        dates=dates.attrs["dates"],
        unknown=unknown,
        context=lookup.context,
    )
    return events


def _placed_by_source(
    events: gpd.GeoDataFrame,
    choice: ColumnChoice | None,
    lookup: Lookup,
) -> gpd.GeoDataFrame:
    """Return events that their source placed; rows without coordinates are placed by their words."""
    if events.attrs["read"].get("words_asked"):
        return events.copy(deep=False)
    records = records_of(events)
    if choice is None:
        choice = choose_columns(records, prefer=preferred_columns(records))
    return _with_words(events, plain_records(records), choice, lookup)


def _with_words(
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
    words, unknown = match_phrases(rows, choice, events["start"].iloc[asked], lookup)
    words = place_columns(words)
    shapes = shapes_of_places(words, events["start"].iloc[asked], lookup.gazetteer)
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
    events["geometry"] = gpd_series(geometry, events)
    return _noted_anew(events, facts, choice, faults, lookup, unknown)


def gpd_series(shapes: NDArray[np.object_], events: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return shapes as the geometry of events."""
    return gpd.GeoSeries(shapes, index=events.index, crs=CRS)


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
    radius = np.nan_to_num(events["radius_km"].to_numpy("float64")[at])
    far = apart > reach + radius
    for row, km, name, swapped in zip(at, apart, words["place_name"].iloc[at], mirrored <= reach, strict=True):
        position = int(np.searchsorted(at, row))
        if far[position]:
            out[row] = "swapped" if swapped else f"{name}, which the words name, is {km:,.0f} km from the coordinates"
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
    made = noted(
        events,
        lookup.gazetteer,
        lookup.online,
        columns=_taken(choice),
        dates=facts.get("dates"),
        unknown=unknown,
        context=lookup.context,
        coordinates=dict(sorted(faults.items())),
    )
    events.attrs = {**attrs, KEY: made}
    return events


def _taken(choice: ColumnChoice) -> dict[str, Any]:
    """Return which column is what, as the provenance of events tells it."""
    dates = choice.date or " ".join(name for name in choice.date_parts if name) or None
    ends = choice.end or " ".join(name for name in choice.end_parts if name) or None
    where = [name for name in (choice.lat, choice.lon, choice.pair, choice.geometry) if name]
    return {"place": list(choice.place), "country": choice.country, "date": dates, "end": ends} | (
        {"coordinates": where} if where else {}
    )


def summary(events: gpd.GeoDataFrame) -> str:
    """Return in a few lines how many events were placed, where, and what was not.

    Parameters
    ----------
    events
        What `locate` returned, or a file that kept its provenance.

    Raises
    ------
    ColumnError
        When the frame does not carry the figures of its making.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> print(ge.summary(ge.locate(pd.DataFrame({"place": ["Almaty", "Interfax"]}))))
    2 events: 1 matched, 0 ambiguous, 1 unresolved; placed: 1 city.
    Unresolved: "Interfax" 1.
    No column of dates was found; name one with date (--date).
    """
    facts = getattr(events, "attrs", {}).get("geoevents")
    if not isinstance(facts, dict) or "counts" not in facts:
        raise ColumnError("Summary: expected events with the figures that locate leaves in attrs, got none.")
    return described(facts)


def described(facts: dict[str, Any]) -> str:
    """Return the figures of the work in a few lines; of a file that does not tell, that."""
    if "counts" not in facts:
        return "Events placed by others."
    counts, kinds = facts["counts"], facts.get("kinds", {})
    by_kind = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items(), key=lambda item: (-item[1], item[0])))
    total = sum(counts.values())
    lines = [
        f"{total} event{'' if total == 1 else 's'}: {counts['matched']} matched, "
        f"{counts['ambiguous']} ambiguous, {counts['unresolved']} unresolved"
        f"{f'; placed: {by_kind}' if by_kind else ''}."
    ]
    if facts.get("unresolved"):
        phrases = ", ".join(f'"{phrase[:60]}" {n}' for phrase, n in facts["unresolved"][:5])
        lines.append(f"Unresolved: {phrases}.")
    if facts.get("unknown_countries"):
        lines.append(f"No country of the gazetteer, so no hint: {', '.join(facts['unknown_countries'][:5])}.")
    if facts.get("coordinates"):
        faults = "; ".join(f"{FAULTS.get(code, code)}: {n}" for code, n in facts["coordinates"].items())
        lines.append(f"Coordinates that were not used: {faults}.")
    if facts.get("overrides"):
        lines.append(_override_line(facts["overrides"]))
    if facts.get("far_apart"):
        lines.append(f"Words and coordinates lie far apart in {facts['far_apart']} rows; match_note says how far.")
    return "\n".join(lines + _date_lines(facts.get("dates") or {}))


def _override_line(used: dict[str, Any]) -> str:
    unused = used.get("unused") or []
    names = ", ".join(f'"{phrase[:60]}"' for phrase in unused[:5])
    left = f" Not used, since no row has these words: {names}{' …' if len(unused) > 5 else ''}." if unused else ""
    return f"Corrected by {used['used']} override{'' if used['used'] == 1 else 's'}: {used['rows']} rows.{left}"


def _date_lines(dates: dict[str, Any]) -> list[str]:
    lines = []
    if dates.get("missing"):
        lines.append("No column of dates was found; name one with date (--date).")
    if dates.get("unread"):
        examples = ", ".join(f'"{text}"' for text in dates["examples"])
        lines.append(f"Dates that could not be read: {dates['unread']} ({examples}).")
    if dates.get("order_from") == "assumed":
        lines.append("Dates such as 03/04/2022 were taken as day, then month; the column does not say.")
    if dates.get("ends_before_start"):
        lines.append(f"Last days before the first day, left out: {dates['ends_before_start']}.")
    return lines
