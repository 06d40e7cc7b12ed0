"""GDELT events: 61 columns (GDELT 2) or 57 or 58 (GDELT 1) separated by tabs, without a header.

| ActionGeo_Type | means | where_prec | radius |
|---|---|---|---|
| 1 | a country | 6 | the country, else 500 km |
| 2, 5 | a US state, a first-level unit elsewhere | 4 | the unit, else 150 km |
| 3, 4 | a US city, a city elsewhere | 1 | 5 km |
| 0 | no place | | unresolved |

``event_type`` is the CAMEO code. ActionGeo's country codes are FIPS 10-4, so the country is taken from the coordinates.

Source: The GDELT Event Database Data Format Codebook V2.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoevents.frame.dates import read_dates
from geoevents.readers.sources.source import Source, lower_names, need

if TYPE_CHECKING:
    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["COLUMNS", "COLUMNS_1", "SOURCE"]


def _actor(n: int) -> list[str]:
    names = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code"
    return [f"Actor{n}{name}" for name in names.split()]


def _geo(who: str) -> list[str]:
    names = "Type Fullname CountryCode ADM1Code ADM2Code Lat Long FeatureID"
    return [f"{who}Geo_{name}" for name in names.split()]


COLUMNS = [
    *("GlobalEventID", "Day", "MonthYear", "Year", "FractionDate"),
    *_actor(1),
    *_actor(2),
    *("IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale"),
    *("NumMentions", "NumSources", "NumArticles", "AvgTone"),
    *_geo("Actor1"),
    *_geo("Actor2"),
    *_geo("Action"),
    *("DATEADDED", "SOURCEURL"),
]
# GDELT 1 has no second-level units; files before April 2013 have no SOURCEURL.
COLUMNS_1 = [name for name in COLUMNS if not name.endswith("ADM2Code")]
_WHERE = {1: 6, 2: 4, 3: 1, 4: 1, 5: 4}


def _recognises(columns: set[str], _: pd.DataFrame) -> bool:
    """Return whether these are the columns of GDELT's events."""
    return {"globaleventid", "actiongeo_lat", "actiongeo_long", "actiongeo_type"} <= columns


def _given(table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None) -> pd.DataFrame:
    """Return what GDELT says in the schema's words."""
    at = lower_names(table)
    need(at, ("globaleventid", "actiongeo_lat", "actiongeo_long", "actiongeo_type"), "gdelt-events")
    kind = pd.to_numeric(table[at["actiongeo_type"]], errors="coerce").fillna(0).astype("int64")
    placed = kind > 0  # where there is no place some files have 0, 0
    day = next((at[name] for name in ("day", "sqldate") if name in at), None)
    out = {
        "event_id": table[at["globaleventid"]],
        "lon": pd.to_numeric(table[at["actiongeo_long"]], errors="coerce").where(placed),
        "lat": pd.to_numeric(table[at["actiongeo_lat"]], errors="coerce").where(placed),
        "where_prec": kind.map(_WHERE).astype("Int64"),
    }
    notes = {}
    if day is not None:
        dates = read_dates(table[day].astype("string"), facts)
        out |= {str(name): dates[name] for name in dates}
        notes = dates.attrs
    texts = {"place_query": "actiongeo_fullname", "event_type": "eventcode", "actor1": "actor1name"}
    for ours, theirs in {**texts, "actor2": "actor2name", "source": "sourceurl"}.items():
        if theirs in at:
            out[ours] = table[at[theirs]]
    found = pd.DataFrame(out, index=table.index)
    found.attrs = notes
    return found


SOURCE = Source("gdelt-events", "GDELT events", _recognises, given=_given, words=False)
