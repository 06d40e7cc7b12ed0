"""Collections of geolocated media: GeoJSON (or JSON) whose features have a place and what was seen there.

Geolocators place the camera or the target itself: where_prec 1 and a radius of 0.5 km for points;
lines and areas keep their shape, and are as precise as they are small. The date is the first column of a usual name,
so are the description's and the link's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geoevents.coordinates import described_shapes
from geoevents.frame.dates import read_dates
from geoevents.readers.sources.source import Source, lower_names, need

if TYPE_CHECKING:
    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["SOURCE"]

_DATE = ("date", "verifieddate", "verified_date", "event_date", "incident_date", "dateofpost", "date_of_post", "day")
_LINK = ("source", "sources", "url", "urls", "link", "links", "tweet", "geolocation", "original_url")
_WORDS = ("description", "title", "summary", "name", "text", "entry")
_PLACE = ("location", "place", "city", "town", "address", "nearest_place")
_CAMERA_KM = 0.5
_LON, _LAT = ("lon", "lng", "longitude"), ("lat", "latitude")


def _recognises(columns: set[str], table: pd.DataFrame) -> bool:
    """Return whether a table has geometries, dates and links, as such collections do."""
    placed = hasattr(table, "geom_type") and bool((~table.geometry.is_empty & ~table.geometry.isna()).any())
    return placed and bool(columns & set(_DATE)) and bool(columns & set(_LINK))


def _given(table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None) -> pd.DataFrame:
    """Return what the collection says in the schema's words."""
    at = lower_names(table)
    out: dict[str, Any] = {}
    if hasattr(table, "geom_type"):
        out |= described_shapes(table.geometry)
        out["radius_km"] = out["radius_km"].fillna(_CAMERA_KM)
    else:
        lon, lat = (next((name for name in names if name in at), names[-1]) for names in (_LON, _LAT))
        need(at, (lon, lat), "osint")
        out |= {"lon": table[at[lon]], "lat": table[at[lat]], "radius_km": _CAMERA_KM}
    day = next((at[name] for name in _DATE if name in at), None)
    notes = {}
    if day is not None:
        dates = read_dates(table[day], facts)
        out |= {str(name): dates[name] for name in dates}
        notes = dates.attrs
    texts = {"event_id": ("event_id", "id", "uid"), "source": _LINK, "evidence": _WORDS, "place_query": _PLACE}
    for ours, names in {**texts, "country": ("country",)}.items():
        theirs = next((at[name] for name in names if name in at), None)
        if theirs is not None:
            out[ours] = table[theirs]
    found = pd.DataFrame(out, index=table.index)
    found.attrs = notes
    return found


SOURCE = Source("osint", "collections of geolocated media", _recognises, given=_given)
