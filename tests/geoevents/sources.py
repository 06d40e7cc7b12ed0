"""Rows in the formats of the field's own data, made up from their codebooks; no row of theirs is here."""

import json

from geoevents.readers.sources import gdelt_events, gdelt_mentions


def names(text: str) -> list[str]:
    """Return a header's names."""
    return text.replace("\n", "").replace(" ", "").split(",")


ACLED_NEW = names(
    """event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,
    actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,
    latitude,longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp"""
)
ACLED_OLD = names(
    """data_id,iso,event_id_cnty,event_id_no_cnty,event_date,year,time_precision,event_type,sub_event_type,actor1,
    assoc_actor_1,inter1,actor2,assoc_actor_2,inter2,interaction,region,country,admin1,admin2,admin3,location,
    latitude,longitude,geo_precision,source,source_scale,notes,fatalities,timestamp,iso3"""
)
_FILLED = {
    "data_id": "1", "event_date": "2022-01-15", "year": "2022", "time_precision": "1", "event_type": "Protests",
    "actor1": "Protesters (Testland)", "actor2": "", "country": "Kazakhstan", "iso": "398", "iso3": "KAZ",
    "admin1": "Mangystau", "location": "Aktau", "latitude": "43.65", "longitude": "51.2", "geo_precision": "1",
    "source": "A Made-up Gazette", "notes": "None of this happened.", "fatalities": "2",
}  # fmt: skip


def acled(columns: list[str]) -> list[dict[str, str]]:
    """Return a row for each precision of place and time."""
    changes = [
        {"event_date": "15 January 2022"},
        {"geo_precision": "2", "time_precision": "2"},
        {"geo_precision": "3", "time_precision": "3", "fatalities": "0"},
    ]
    rows = [{**_FILLED, **change, "event_id_cnty": f"KAZ{n}"} for n, change in enumerate(changes, start=1)]
    return [{name: row.get(name, "") for name in columns} for row in rows]


def acled_api() -> str:
    """Return the answer of the API: an envelope, every value text."""
    rows = acled(ACLED_NEW)
    return json.dumps({"status": 200, "success": True, "last_update": 1, "count": len(rows), "data": rows})


def ucdp() -> list[dict[str, object]]:
    """Return a row for each where_prec, 1 to 7."""
    row: dict[str, object] = {
        "relid": "TST-2022-1-1", "year": 2022, "active_year": 1, "code_status": "Clear", "type_of_violence": 1,
        "conflict_name": "Testland: Government", "side_a": "Government of Testland", "side_b": "Testers",
        "number_of_sources": 1, "source_article": "A Made-up Gazette", "where_coordinates": "Aktau town",
        "where_description": "in Aktau", "adm_1": "Mangystau region", "adm_2": "", "latitude": 43.65,
        "longitude": 51.2, "geom_wkt": "POINT (51.2 43.65)", "priogrid_gid": 192703, "country": "Kazakhstan",
        "country_id": 705, "region": "Asia", "event_clarity": 1, "date_prec": 1, "date_start": "2022-01-05",
        "date_end": "2022-01-05", "deaths_a": 1, "deaths_b": 0, "deaths_civilians": 0, "deaths_unknown": 0, "best": 1,
        "high": 3, "low": 1,
    }  # fmt: skip
    return [{"id": 900000 + n, **row, "where_prec": n} for n in range(1, 8)]


def gdelt(kinds: tuple[int, ...] = (0, 1, 2, 3, 4, 5)) -> str:
    """Return lines of GDELT events, one for each ActionGeo type, without a header."""
    lines = []
    for n, kind in enumerate(kinds):
        row = dict.fromkeys(gdelt_events.COLUMNS, "")
        row |= {"GlobalEventID": str(1000 + n), "Day": "20220105", "MonthYear": "202201", "Year": "2022"}
        row |= {"EventCode": "0145", "Actor1Name": 'THE "TESTERS"', "ActionGeo_Type": str(kind)}
        row |= {"ActionGeo_Fullname": "Aktau, Mangghystau, Kazakhstan" if kind else "", "ActionGeo_CountryCode": "KZ"}
        row |= {"ActionGeo_Lat": "43.65", "ActionGeo_Long": "51.2", "ActionGeo_FeatureID": "-2352000"} if kind else {}
        row |= {"DATEADDED": "20220105000000", "SOURCEURL": "https://example.org/made-up"}
        lines.append("\t".join(row[name] for name in gdelt_events.COLUMNS))
    return "\n".join(lines) + "\n"


def mentions() -> str:
    """Return a line of GDELT mentions, without a header."""
    row = dict.fromkeys(gdelt_mentions.COLUMNS, "")
    row |= {"GlobalEventID": "1000", "EventTimeDate": "20220105000000", "MentionTimeDate": "20220105001500"}
    row |= {"MentionType": "1", "MentionIdentifier": "https://example.org/made-up", "Confidence": "60"}
    return "\t".join(row[name] for name in gdelt_mentions.COLUMNS) + "\n"


EMDAT_NEW = {
    "DisNo.": "2022-0001-KAZ", "Historic": "No", "Disaster Group": "Natural", "Disaster Type": "Flood",
    "Disaster Subtype": "Riverine flood", "ISO": "KAZ", "Country": "Kazakhstan", "Location": "Aktau, Zhanaozen towns",
    "Latitude": None, "Longitude": None, "Start Year": 2022, "Start Month": 4, "Start Day": None, "End Year": 2022,
    "End Month": 4, "End Day": 9, "Total Deaths": 3, "No. Injured": 7, "Total Affected": 70,
    "Admin Units": '[{"adm1_code":1,"adm1_name":"Mangystau"},{"adm1_code":2,"adm1_name":"Atyrau"}]',
}  # fmt: skip
EMDAT_OLD = {
    "Dis No": "1999-0002-KAZ", "Year": 1999, "Disaster Type": "Storm", "Country": "Kazakhstan", "ISO": "KAZ",
    "Location": "Mangystau", "Geo Locations": "Mangystau, Atyrau (Adm1).", "Start Year": 1999, "Start Month": None,
    "Start Day": None, "Total Deaths": None, "No Injured": None,
}  # fmt: skip


def osint() -> str:
    """Return a collection of geolocated media."""
    where = [("Point", [51.2, 43.65]), ("Polygon", [[[51, 43], [52, 43], [52, 44], [51, 43]]]), (None, None)]
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"X{n}", "date": "2022-01-05", "description": "Made up.", "links": ["https://a.b"]},
            "geometry": kind and {"type": kind, "coordinates": at},
        }
        for n, (kind, at) in enumerate(where)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})
