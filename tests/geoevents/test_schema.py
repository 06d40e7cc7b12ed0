"""An events frame is checked at the door, all faults in one message."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import geoevents as ge


def test_located_events_are_valid(events: gpd.GeoDataFrame):
    """What locate makes is valid, and the check changes nothing."""
    before = events.copy()
    ge.validate(events)
    pd.testing.assert_frame_equal(pd.DataFrame(events), pd.DataFrame(before))


def _set(column: str, value: object):
    def change(events: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        events.loc[events.index[0], column] = value
        return events

    return change


FAULTS = {
    "lon is not -180 to 180": _set("lon", 200.0),
    "lat is infinite": _set("lat", np.inf),
    "only one of lon and lat is given": _set("lat", np.nan),
    "radius_km is not at least 0": _set("radius_km", -1.0),
    "match_score is not 0 to 1": _set("match_score", 1.5),
    "where_prec is not 1 to 7": _set("where_prec", 9),
    "date_prec is not 1 to 5": _set("date_prec", 0),
    "start is after end": _set("start", pd.Timestamp("2030-01-01")),
    "only one of start and end is given": _set("end", pd.NaT),
    "fatalities is not at least 0": _set("fatalities", -3),
    "event_id is not unique": _set("event_id", "008"),
    "event_id is empty": _set("event_id", None),
    "unresolved but place_id is given": _set("match_status", "unresolved"),
    "a place was found but place_id is empty": _set("place_id", None),
    "lon is to hold floating-point numbers": lambda events: events.assign(lon="x"),
    "fatalities is to hold whole numbers": lambda events: events.assign(fatalities=1.5),
    "start is to hold dates without a time zone": lambda events: events.assign(start="2022-01-05"),
    "source is to hold text": lambda events: events.assign(source=1),
    "match_status is none of": lambda events: events.assign(match_status="perhaps"),
    "the CRS is to be EPSG:4326, it is EPSG:3857": lambda events: events.to_crs(3857),
    "the CRS is to be EPSG:4326, it is not set": lambda events: events.set_crs(None, allow_override=True),
    "the active geometry is to be 'geometry', it is 'shape'": lambda events: events.rename_geometry("shape"),
    "geometry reaches beyond": lambda events: events.set_geometry(events.geometry.translate(200)),
    "it is not a GeoDataFrame": lambda events: pd.DataFrame(events),
    "columns are missing: country": lambda events: events.drop(columns="country"),
    "columns stand more than once: id": lambda events: pd.concat([events, events[["id"]]], axis=1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(events: gpd.GeoDataFrame, fault: str):
    """Each fault is found and named."""
    with pytest.raises(ge.ValidationError, match=fault):
        ge.validate(FAULTS[fault](events))


def test_all_faults_stand_in_one_message(events: gpd.GeoDataFrame):
    """Several faults are told at once, with how many rows and the first of them."""
    for fault in ("lon is not -180 to 180", "where_prec is not 1 to 7", "event_id is not unique"):
        events = FAULTS[fault](events)
    with pytest.raises(ge.ValidationError) as error:
        ge.validate(events)
    message = str(error.value)
    assert "lon is not -180 to 180 in 1 row (first at index 10)" in message
    assert "where_prec is not 1 to 7" in message
    assert "event_id is not unique" in message
