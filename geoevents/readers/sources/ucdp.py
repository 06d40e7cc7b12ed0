"""UCDP GED, all its columns or a part of them.

where_prec and date_prec are the schema's own codes and are taken as they are. A where_prec of 4 makes the event its
first-level unit, one of 6 its country; radii of the others: 1 5 km, 2 25 km, 3 40 km (a second-level unit), 5 100 km
(a line or a fuzzy area), 7 500 km (international waters or airspace). Where date_prec is missing, the span tells:
a day 1, 2–6 days 2, a week 3, up to a month 4, longer 5. ``fatalities`` is ``best``.

Source: UCDP GED Codebook (Uppsala Conflict Data Program).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoevents.frame.dates import precisions, read_dates
from geoevents.readers.sources.source import Source, lower_names, need

if TYPE_CHECKING:
    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["SOURCE"]

_TYPES = {1: "state-based conflict", 2: "non-state conflict", 3: "one-sided violence"}
_TEXTS = {
    "event_id": ("id", "relid"),
    "place_query": ("where_coordinates", "where_description"),
    "country": ("country",),
    "actor1": ("side_a",),
    "actor2": ("side_b",),
    "fatalities": ("best", "best_est"),
    "fatalities_low": ("low",),
    "fatalities_high": ("high",),
    "source": ("source_article", "source_office"),
}


def _recognises(columns: set[str], _: pd.DataFrame) -> bool:
    """Return whether these are UCDP's columns."""
    own = {"where_prec", "type_of_violence", "where_coordinates", "side_a", "side_b", "priogrid_gid", "best", "relid"}
    return {"latitude", "longitude", "date_start"} <= columns and len(own & columns) >= 2


def _given(table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None) -> pd.DataFrame:
    """Return what UCDP says in the schema's words."""
    at = lower_names(table)
    need(at, ("latitude", "longitude", "date_start"), "ucdp")
    first = read_dates(table[at["date_start"]], facts)
    last = read_dates(table[at["date_end"]], facts) if "date_end" in at else first
    end = last["end"].where(last["end"] >= first["start"], first["end"])
    prec = (
        pd.to_numeric(table[at["date_prec"]], errors="coerce") if "date_prec" in at else pd.Series(pd.NA, table.index)
    )
    kinds = pd.to_numeric(table[at["type_of_violence"]], errors="coerce") if "type_of_violence" in at else None
    out = {
        "lon": table[at["longitude"]],
        "lat": table[at["latitude"]],
        "where_prec": _where_prec(table, at),
        "start": first["start"],
        "end": end,
        "date_prec": prec.astype("Int64")
        .where(prec.between(1, 5).fillna(False))
        .fillna(precisions(first["start"], end)),
    }
    if kinds is not None:
        out["event_type"] = kinds.map(_TYPES)
    for ours, names in _TEXTS.items():
        theirs = next((name for name in names if name in at), None)
        if theirs is not None:
            out[ours] = table[at[theirs]]
    found = pd.DataFrame(out, index=table.index)
    found.attrs = first.attrs
    return found


def _where_prec(table: pd.DataFrame, at: dict[str, str]) -> pd.Series:
    """Return the precision of places; where the column was cut away, a point may stand for a place nearby."""
    if "where_prec" not in at:
        return pd.Series(2, index=table.index, dtype="Int64")
    return pd.to_numeric(table[at["where_prec"]], errors="coerce").round().astype("Int64")


SOURCE = Source("ucdp", "UCDP GED", _recognises, given=_given, prefer={"place": ("where_coordinates",)})
