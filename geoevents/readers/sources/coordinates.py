"""Any table with coordinates: columns of latitude and longitude, one of both, or one of shapes.

`geoevents.frame.column_choice` finds the columns by their names and cells. A ``radius_km`` or ``where_prec`` column is
taken; without one an event is taken to be within 5 km (where_prec 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geoevents.coordinates import coordinates_given
from geoevents.errors import ReadError
from geoevents.frame.column_choice import choose_columns
from geoevents.readers.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["SOURCE", "given"]


def _recognises(_: set[str], table: pd.DataFrame) -> bool:
    if hasattr(table, "geom_type") or table.columns.duplicated().any():
        return False
    return choose_columns(table).has_coordinates


def given(table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None) -> pd.DataFrame:
    """Return what the table says in the schema's words."""
    if choice is None:
        choice = choose_columns(table, prefer=table.attrs.get("read", {}).get("hxl"))
    if not choice.has_coordinates:
        raise ReadError("Columns: expected those of coordinates, but there are no columns of latitude and longitude.")
    return coordinates_given(table, choice, facts=facts)


SOURCE = Source("coordinates", "any table with coordinates", _recognises, given=given)
