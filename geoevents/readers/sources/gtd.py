"""The Global Terrorism Database, all its columns or a part of them.

| specificity | means | where_prec | radius |
|---|---|---|---|
| 1 | the city, town or village | 1 | 5 km |
| 2, 3 | the centre of the smallest unit that is known | 3 | 40 km |
| 4 | the centre of the first-level unit | 4 | the unit, else 150 km |
| 5, none | unknown | 6 | the country, else 500 km |

The month or day 0 stands for one that is not known.

Source: GTD Codebook (START, University of Maryland), geographic variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geoevents.frame.dates import joined_date_parts, read_dates
from geoevents.readers.sources.source import Source, first_of, lower_names, need

if TYPE_CHECKING:
    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["SOURCE"]

_WHERE = {1: 1, 2: 3, 3: 3, 4: 4, 5: 6}
_TEXTS = {
    "event_id": ("eventid",),
    "place_query": ("city", "provstate", "location"),
    "country": ("country_txt",),
    "event_type": ("attacktype1_txt",),
    "actor1": ("gname",),
    "actor2": ("target1", "targtype1_txt"),
    "fatalities": ("nkill",),
    "injured": ("nwound",),
    "source": ("scite1", "dbsource"),
}


def _recognises(columns: set[str], _: pd.DataFrame) -> bool:
    return {"iyear", "latitude", "longitude"} <= columns and bool({"eventid", "imonth", "gname"} & columns)


def _given(table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None) -> pd.DataFrame:

    at = lower_names(table)
    need(at, ("iyear", "latitude", "longitude"), "gtd")
    out: dict[str, Any] = {"lat": table[at["latitude"]], "lon": table[at["longitude"]]}
    if "specificity" in at:
        codes = pd.to_numeric(table[at["specificity"]], errors="coerce")
        out["where_prec"] = codes.map(_WHERE).fillna(6).astype("Int64")
    dates = read_dates(joined_date_parts(table, [at[name] for name in ("iyear", "imonth", "iday") if name in at]))
    out |= {str(name): dates[name] for name in dates}
    for ours, names in _TEXTS.items():
        theirs = first_of(at, names)
        if theirs is not None:
            out[ours] = table[theirs]
    found = pd.DataFrame(out, index=table.index)
    found.attrs = dates.attrs
    return found


SOURCE = Source(
    "gtd",
    "Global Terrorism Database",
    _recognises,
    given=_given,
    prefer={"place": ("city",), "admin1": ("provstate",), "country": ("country_txt",)},
)
