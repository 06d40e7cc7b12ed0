"""Sources whose tables need no more than to be known: their columns have usual names, or are named here.

| source | recognised by | what is known of it |
|---|---|---|
| Social Conflict Analysis Database | eventid, etype, npart, elocal | place from elocal, dead from ndeath |
| UK police street crime | Crime ID, Month, Falls within | points are moved to a street; words are not asked |
| Ushahidi 2 and 3 | INCIDENT TITLE and APPROVED; Post ID and Survey | date of the incident |
| KoboToolbox, ODK | _uuid and _submission_time; instanceID | the date asked for, before the interview's |
| ICEWS | CAMEO Code, Source Name, Target Name | the event's text as its type |
| IDMC | Disaster Internal Displacements; displacement_type | start and end of the displacement |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geoevents.readers.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

__all__ = ["NAMED"]


def _with(*sets: set[str]) -> Callable[[set[str], pd.DataFrame], bool]:
    """Return whether columns hold all of one of the sets."""
    return lambda columns, _: any(names <= columns for names in sets)


NAMED = (
    Source(
        "scad",
        "Social Conflict Analysis Database",
        _with({"etype", "npart", "elocal"}, {"etype", "ndeath", "stday"}),
        prefer={"place": ("elocal",), "country": ("countryname",), "fatalities": ("ndeath",), "event_id": ("eventid",)},
    ),
    Source(
        "uk-police",
        "UK police street crime",
        _with({"crime_id", "month", "latitude"}),
        prefer={"date": ("month",)},
        words=False,
    ),
    Source(
        "ushahidi",
        "Ushahidi",
        _with({"incident_title", "incident_date"}, {"post_id", "survey", "created"}),
        prefer={"date": ("incident date", "post date", "created")},
    ),
    Source("kobo", "KoboToolbox or ODK", _with({"_uuid", "_submission_time"}, {"instanceid"}, {"meta/instanceid"})),
    Source(
        "icews",
        "ICEWS",
        _with({"cameo_code", "source_name", "target_name"}),
        prefer={"event_type": ("event text",), "actor1": ("source name",), "actor2": ("target name",)},
    ),
    Source(
        "idmc",
        "IDMC",
        _with({"displacement_type", "iso3", "figure"}, {"iso3", "disaster_internal_displacements"}),
        prefer={
            "date": ("displacement_start_date", "displacement_date", "date of event (start)"),
            "end": ("displacement_end_date",),
        },
    ),
)
