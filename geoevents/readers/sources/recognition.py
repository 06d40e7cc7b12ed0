"""Recognise the formats of the field's own data, and say what they hold in the schema's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geoevents.coordinates import coordinates_given, events_at
from geoevents.frame.column_choice import choose_columns
from geoevents.readers.sources import (
    acled,
    coordinates,
    emdat,
    found_places,
    gdelt_events,
    gdelt_mentions,
    gtd,
    measured,
    named,
    osint,
    ucdp,
)
from geoevents.readers.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from gazetteer import Gazetteer
    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["SOURCES", "preferred_columns", "recognised", "to_records"]

# What can be named, in the order in which it is tried: the first that recognises a table takes it.
SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        acled.SOURCE,
        ucdp.SOURCE,
        gdelt_events.SOURCE,
        gdelt_mentions.SOURCE,
        emdat.SOURCE,
        gtd.SOURCE,
        found_places.FOUND_PLACES,
        measured.USGS,
        measured.FIRMS,
        *named.NAMED,
        osint.SOURCE,
        coordinates.SOURCE,
    )
}


def recognised(table: pd.DataFrame) -> str | None:
    """Return the source whose columns a table has, None for a table of no known source."""
    columns = {str(name).strip().lower().replace(" ", "_") for name in table.columns}
    return next((name for name, source in SOURCES.items() if source.recognises(columns, table)), None)


def preferred_columns(table: pd.DataFrame) -> Mapping[str, Sequence[str]]:
    """Return the columns that the source of a table, or its tags, name for a role."""
    read: dict[str, Any] = table.attrs.get("read", {})
    source = SOURCES.get(read.get("source", ""))
    return {**(source.prefer if source else {}), **read.get("hxl", {})}


def to_records(
    table: pd.DataFrame,
    source: str,
    *,
    gazetteer: Gazetteer | None = None,
    facts: TableFacts | None = None,
    choice: ColumnChoice | None = None,
) -> pd.DataFrame:
    """Return the table of a source as events, where it has coordinates, else as records ready to be located.

    Parameters
    ----------
    table
        A row a record, under the source's names.
    source
        A key of `SOURCES`.
    gazetteer
        Says in which country and unit coordinates lie; None takes the bundled one.
    facts
        What the whole table shows that `table` is a part of; None when it is the whole.
    choice
        Which column of the whole table is what; None lets this table show it.

    Raises
    ------
    ReadError
        When the table lacks columns that the source has.
    """
    known = SOURCES[source]
    if known.records is not None:
        records = known.records(table)
        records.attrs = dict(table.attrs)
        return records
    if known.given is not None:
        given = known.given(table, facts, choice)
    else:
        tags = table.attrs.get("read", {}).get("hxl", {})
        choice = choose_columns(table, prefer={**known.prefer, **tags}) if choice is None else choice
        if not choice.has_coordinates or hasattr(table, "geom_type"):
            return table
        given = coordinates_given(table, choice, facts=facts)
    given.attrs["axes_named"] = source != "coordinates"
    events: pd.DataFrame = events_at(table, given, gazetteer=gazetteer, facts=facts)
    return events
