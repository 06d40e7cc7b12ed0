"""EM-DAT's export (Excel), with the columns of today and those of before 2023: records ready to be located.

A disaster has no coordinates (those of an earthquake are its epicentre), but names the units it struck: the names in
``Admin Units``, else ``Location``, become ``place``; year, month and day become ``date`` and ``end_date``, as precise
as they are given; ``Total Deaths`` and ``No. Injured`` become ``fatalities`` and ``injured``. The country is a column
that `geoevents.locate` finds by itself.

Source: EM-DAT Documentation (Centre for Research on the Epidemiology of Disasters), column descriptions.
"""

from __future__ import annotations

import json
import re

import pandas as pd

from geoevents.frame.columns import as_objects
from geoevents.readers.sources.source import Source, lower_names, need

__all__ = ["SOURCE"]

_KEYS = ("disno.", "dis_no", "disno")


def _recognises(columns: set[str], _: pd.DataFrame) -> bool:
    """Return whether these are EM-DAT's columns."""
    own = {*_KEYS, "disaster_group", "disaster_subgroup", "disaster_subtype", "total_affected", "total_deaths", "iso"}
    return {"disaster_type", "start_year"} <= columns and bool(columns & own)


def _records(table: pd.DataFrame) -> pd.DataFrame:
    """Return the disasters with the columns that `geoevents.locate` takes, under names that were free."""
    at = lower_names(table)
    need(at, ("start_year",), "emdat")
    empty = pd.Series(None, index=table.index, dtype="str")

    def of(*names: str) -> pd.Series:
        return next((table[at[name]] for name in names if name in at), empty)

    units = [_names(cell) for cell in of("admin_units", "geo_locations").astype(object)]
    location = as_objects(of("location"))
    added = {
        "event_id": of(*_KEYS),
        "place": pd.Series([named or where for named, where in zip(units, location, strict=True)], table.index, "str"),
        "date": _dates(table, at, "start"),
        "end_date": _dates(table, at, "end"),
        "event_type": of("disaster_subtype", "disaster_type"),
        "fatalities": of("total_deaths"),
        "injured": of("no._injured", "no_injured"),
    }
    return table.assign(**{name: column for name, column in added.items() if name not in table.columns})


def _names(cell: object) -> str | None:
    """Return the units named in a cell, as a list in words: JSON today, ``A, B (Adm1).`` before."""
    if not isinstance(cell, str) or not cell.strip():
        return None
    try:
        units = json.loads(cell)
    except ValueError:
        units = None
    if isinstance(units, list):
        found = [str(value) for unit in units if isinstance(unit, dict) for k, value in unit.items() if "name" in k]
    else:
        found = [part.strip() for part in re.sub(r"\([^)]*\)", "", cell).strip(" .").split(",")]
    found = list(dict.fromkeys(name for name in found if name))
    return ", ".join(found[:-1]) + " and " + found[-1] if len(found) > 1 else (found[0] if found else None)


def _dates(table: pd.DataFrame, at: dict[str, str], which: str) -> pd.Series:

    parts = [
        pd.to_numeric(table[at[f"{which}_{unit}"]], errors="coerce").astype("Int64")
        if f"{which}_{unit}" in at
        else pd.Series(pd.NA, index=table.index, dtype="Int64")
        for unit in ("year", "month", "day")
    ]
    year, month, day = parts
    text = year.astype("string")
    text = text.mask(month.notna(), text + "-" + month.astype("string").str.zfill(2))
    return text.mask(month.notna() & day.notna(), text + "-" + day.astype("string").str.zfill(2)).astype("str")


SOURCE = Source(
    "emdat",
    "EM-DAT",
    _recognises,
    records=_records,
    prefer={"place": ("place",), "country": ("country",), "date": ("date",), "end": ("end_date",)},
)
