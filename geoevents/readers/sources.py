"""The formats of the field's own data: a table enters; what its source says leaves, in the schema's words."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from geoevents.errors import ReadError

if TYPE_CHECKING:
    import pandas as pd

    from gazetteer import Gazetteer
    from geoevents.frame.table_facts import TableFacts

__all__ = ["SOURCES", "lower_names", "need", "recognised", "to_records"]

# What can be named, and its module; a module has `is_it(columns)` and either `given(table)` or `records(table)`.
SOURCES = {
    "acled": "acled",
    "ucdp": "ucdp",
    "gdelt-events": "gdelt_events",
    "gdelt-mentions": "gdelt_mentions",
    "emdat": "emdat",
    "osint": "osint",
    "coordinates": "coordinates",
}


def lower_names(table: pd.DataFrame) -> dict[str, str]:
    """Return a table's columns by their names in lower case, spaces as underscores."""
    return {str(name).strip().lower().replace(" ", "_"): name for name in reversed(list(table.columns))}


def need(at: dict[str, str], names: Sequence[str], source: str) -> None:
    """Refuse a table that lacks a source's columns.

    Raises
    ------
    ReadError
        Naming the columns that are missing.
    """
    missing = [name for name in names if name not in at]
    if missing:
        raise ReadError(f"Columns: expected those of {source}, but {', '.join(missing)} is not there.")


def recognised(table: pd.DataFrame) -> str | None:
    """Return the source whose columns a table has, None for a table of no known source."""
    columns = set(lower_names(table))
    for name, module in SOURCES.items():
        if import_module(f"geoevents.readers.{module}").is_it(columns, table):
            return name
    return None


def to_records(
    table: pd.DataFrame, source: str, *, gazetteer: Gazetteer | None = None, facts: TableFacts | None = None
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

    Raises
    ------
    ReadError
        When the table lacks columns that the source has.
    """
    from geoevents.coordinates import events_at

    module = import_module(f"geoevents.readers.{SOURCES[source]}")
    if hasattr(module, "records"):
        records: pd.DataFrame = module.records(table)
        records.attrs = dict(table.attrs)
        return records
    events: pd.DataFrame = events_at(table, module.given(table, facts), gazetteer=gazetteer, facts=facts)
    return events
