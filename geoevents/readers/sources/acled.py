"""ACLED's export (CSV) and API (JSON), with the columns of today and those of before 2023.

| geo_precision | means | where_prec | radius |
|---|---|---|---|
| 1 | the town or exact place | 1 | 5 km |
| 2 | near a town, or a small part of a region | 2 | 25 km |
| 3 | a region, placed at its capital or the nearest known place | 4 | the first-level unit, else 150 km |

| time_precision | means | date_prec | span |
|---|---|---|---|
| 1 | the day | 1 | the day |
| 2 | the week, dated at its middle | 3 | three days before to three days after |
| 3 | the month, dated at its middle | 4 | the month |

Source: ACLED Codebook (Armed Conflict Location & Event Data), sections on spatial and temporal precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoevents.frame.dates import read_dates
from geoevents.readers.sources.source import Source, lower_names, need

if TYPE_CHECKING:
    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["SOURCE"]

_WHERE = {1: 1, 2: 2, 3: 4}
# Where the column was cut away, a point may be a town or stand for one nearby.
_UNTOLD = 2
_WHEN = {1: 1, 2: 3, 3: 4}
_ID = ("event_id_cnty", "data_id", "event_id_no_cnty")
_SAME = ("event_type", "actor1", "actor2", "fatalities", "source")
_PLACE = ("location", "admin3", "admin2", "admin1")


def _recognises(columns: set[str], _: pd.DataFrame) -> bool:
    """Return whether these are ACLED's columns."""
    # Exports are often cut down before they are passed on: three of its own columns are enough.
    own = {
        "geo_precision",
        "event_id_cnty",
        "sub_event_type",
        "disorder_type",
        "inter1",
        "time_precision",
        "event_type",
        "admin1",
        "fatalities",
        "notes",
        "assoc_actor_1",
        "data_id",
    }
    return {"event_date", "latitude", "longitude"} <= columns and len(own & columns) >= (
        1 if "geo_precision" in columns else 3
    )


def _given(table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None) -> pd.DataFrame:
    """Return what ACLED says in the schema's words."""
    at = lower_names(table)
    need(at, ("event_date", "latitude", "longitude"), "acled")
    dates = read_dates(table[at["event_date"]], facts)
    precise = _codes(table, at, "time_precision")
    day = dates["start"]
    week, month = (precise == 2).fillna(False).astype(bool), (precise == 3).fillna(False).astype(bool)
    first = day.mask(week, day - pd.Timedelta(days=3)).mask(month, day.dt.to_period("M").dt.start_time)
    last = dates["end"].mask(week, day + pd.Timedelta(days=3))
    last = last.mask(month, day.dt.to_period("M").dt.end_time.dt.normalize())
    out = {
        "lon": table[at["longitude"]],
        "lat": table[at["latitude"]],
        "where_prec": _codes(table, at, "geo_precision").map(_WHERE).astype("Int64").fillna(_UNTOLD),
        "start": first,
        "end": last,
        "date_prec": precise.map(_WHEN).astype("Int64").fillna(dates["date_prec"]),
    }
    names = {"place_query": _PLACE, "event_id": _ID, "country": ("country",), **{name: (name,) for name in _SAME}}
    for ours, theirs in names.items():
        found_at = next((at[name] for name in theirs if name in at), None)
        if found_at is not None:
            out[ours] = table[found_at]
    found = pd.DataFrame(out, index=table.index)
    found.attrs = dates.attrs
    return found


def _codes(table: pd.DataFrame, at: dict[str, str], name: str) -> pd.Series:

    if name not in at:
        return pd.Series(None, index=table.index, dtype="Int64")
    return pd.to_numeric(table[at[name]], errors="coerce").round().astype("Int64")


SOURCE = Source("acled", "ACLED", _recognises, given=_given, prefer={"place": ("location",)})
