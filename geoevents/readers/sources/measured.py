"""Sources whose points are measured: earthquakes of USGS, fires of NASA FIRMS.

| source | recognised by | where_prec | radius |
|---|---|---|---|
| USGS earthquakes (CSV) | time, latitude, longitude, mag, and depth or magType | 1 | horizontalError, else 10 km |
| NASA FIRMS active fires | latitude, longitude, acq_date, and frp or confidence | 1 | 1 km, half the pixel of MODIS |

Sources: USGS ComCat documentation (horizontalError, km); NASA FIRMS attribute tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoevents.readers.sources.source import Source, described_by, lower_names

if TYPE_CHECKING:
    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["FIRMS", "USGS"]

_EPICENTRE_KM = 10.0
_quake = described_by(
    "usgs",
    {
        "lat": ("latitude",),
        "lon": ("longitude",),
        "date": ("time",),
        "event_id": ("id",),
        "place_query": ("place",),
        "event_type": ("type",),
        "source": ("net",),
    },
)
_fire = described_by("firms", {"lat": ("latitude",), "lon": ("longitude",), "date": ("when",)}, radius_km=1.0)


def _quakes(table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None) -> pd.DataFrame:

    at = lower_names(table)
    out = _quake(table, facts, choice)
    error = pd.to_numeric(table[at["horizontalerror"]], errors="coerce") if "horizontalerror" in at else None
    out["radius_km"] = _EPICENTRE_KM if error is None else error.where(error > 0).fillna(_EPICENTRE_KM)
    return out


def _fires(table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None) -> pd.DataFrame:
    at = lower_names(table)
    day = table[at["acq_date"]].astype("string")
    if "acq_time" in at:  # 935 and 0935 are 9:35
        clock = table[at["acq_time"]].astype("string").str.replace(":", "").str.zfill(4)
        written = clock.str.fullmatch(r"\d{4}").fillna(False)
        day = day.mask(written, day + " " + clock.str[:2] + ":" + clock.str[2:])
    out = _fire(table.assign(when=day), facts, choice)
    out["event_type"] = "fire"
    return out


def _is_usgs(columns: set[str], _: pd.DataFrame) -> bool:
    return {"time", "latitude", "longitude", "mag"} <= columns and bool({"depth", "magtype"} & columns)


def _is_firms(columns: set[str], _: pd.DataFrame) -> bool:
    return {"latitude", "longitude", "acq_date"} <= columns and bool({"frp", "confidence", "satellite"} & columns)


USGS = Source("usgs", "USGS earthquakes", _is_usgs, given=_quakes)
FIRMS = Source("firms", "NASA FIRMS active fires", _is_firms, given=_fires)
