"""Place records: a frame with place phrases becomes an events frame, a row a row.

The only room that calls the gazetteer for frames. Every row is kept in its order, with its index; what cannot
be placed stays, with the status ``unresolved``, and the caller's frame is not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

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
from geoevents.frame.coordinate_cells import REPAIRS
from geoevents.frame.provenance import KEY, provenance_of
from geoevents.frame.schema import COLUMNS, CRS
from geoevents.location.words_beside_points import columns_taken, place_by_words
from geoevents.overrides import Overrides, StrPath, corrected, read_overrides
from geoevents.place_phrases import Lookup, find_places, plain_records
from geoevents.readers.sources.recognition import preferred_columns

if TYPE_CHECKING:
    from gazetteer import Context, Gazetteer, Geocoder
    from geoevents.frame.table_facts import TableFacts

__all__ = ["locate"]


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
        return place_by_words(events, plain_records(records), choice, lookup)
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
    found = find_places(plain, choice, dates["start"], lookup)
    ours = found.columns.assign(event_id=event_ids(plain, facts), **{c: dates[c] for c in dates.columns})
    known, lost = optional_columns(plain, choice)
    lost = lost if facts is None else sorted(facts.lost)
    kept = kept_columns(plain, lost, facts)
    frame = pd.concat([kept, ours[list(COLUMNS)], pd.DataFrame(known, index=plain.index)], axis=1)
    events = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(found.shapes, index=frame.index, crs=CRS))
    events.attrs = {k: v for k, v in records.attrs.items() if k != KEY}
    events.attrs[KEY] = provenance_of(
        events,
        lookup.gazetteer,
        lookup.online,
        columns=columns_taken(choice),
        dates=dates.attrs["dates"],
        unknown=found.unknown_countries,
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
    return place_by_words(events, plain_records(records), choice, lookup)
