"""Any table with coordinates: ``lat`` and ``lon`` (or ``latitude``, ``y`` and alike).

Recognised by itself only where no column names a place, else when named. A ``radius_km`` or ``where_prec`` column is
taken; without one an event is taken to be within 5 km (where_prec 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geoevents.frame.dates import read_spans
from geoevents.frame.schema import OPTIONAL
from geoevents.readers.sources import lower_names, need

if TYPE_CHECKING:
    import pandas as pd

    from geoevents.frame.table_facts import TableFacts

__all__ = ["given", "is_it"]

_LON, _LAT = ("longitude", "lon", "lng", "long", "x"), ("latitude", "lat", "y")
_DATE = ("date", "event_date", "date_start", "start_date", "start", "day", "when")
_END = ("end_date", "date_end", "event_date_end", "end")
_PLACE = ("place", "location", "place_name", "city", "town", "village", "admin2", "adm_2", "admin1", "adm_1", "region")


def is_it(columns: set[str], _: pd.DataFrame) -> bool:
    """Return whether a table has coordinates and nothing else that says where."""
    named = columns & {*_PLACE, "where", "location_name", "where_coordinates", "locality", "site", "venue", "province"}
    return bool(columns & set(_LON[:3])) and bool(columns & set(_LAT[:2])) and not named


def given(table: pd.DataFrame, facts: TableFacts | None = None) -> pd.DataFrame:
    """Return what the table says in the schema's words."""
    import pandas as pd

    at = lower_names(table)
    lon, lat = (next((name for name in names if name in at), names[0]) for names in (_LON, _LAT))
    need(at, (lon, lat), "coordinates")
    out: dict[str, Any] = {"lon": table[at[lon]], "lat": table[at[lat]]}
    for name in ("where_prec", "radius_km"):
        if name in at:
            values = pd.to_numeric(table[at[name]], errors="coerce")
            out[name] = values.where(values >= 0) if name == "radius_km" else values.round().astype("Int64")
    day, last = (next((at[name] for name in names if name in at), None) for names in (_DATE, _END))
    notes = {}
    if day is not None:
        dates = read_spans(table[day], None if last is None else table[last], facts)
        out |= {str(name): dates[name] for name in dates}
        notes = dates.attrs
    place = next((at[name] for name in _PLACE if name in at), None)
    if place is not None:
        out["place_query"] = table[place]
    for name in ("country", *OPTIONAL):
        if name in at:
            out[name] = table[at[name]]
    found = pd.DataFrame(out, index=table.index)
    found.attrs = notes
    return found
