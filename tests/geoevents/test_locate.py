"""Records become events: every row, in order, with its place, its date and the figures of the work."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

import geoevents as ge
from gazetteer.model import KINDS
from geoevents.frame.schema import COLUMNS, WHERE_PREC


def test_rows_index_and_order_are_kept(records: pd.DataFrame, events: gpd.GeoDataFrame):
    """Every record has its row, under its own index, in its own order; the caller's frame is not touched."""
    assert events.index.tolist() == records.index.tolist() == [10, 3, 7, 1]
    assert events["location"].equals(records["location"])
    assert records.columns.tolist() == ["id", "location", "adm_1", "date", "fatalities", "source"]
    assert records.attrs == {}
    ge.validate(events)


def test_columns_stand_in_the_order_of_the_schema(events: gpd.GeoDataFrame):
    """The input's columns come first, then the schema's, then those the input knew, then the geometry."""
    assert events.columns.tolist() == [
        *("id", "location", "adm_1", "date", "fatalities_input"),
        *COLUMNS,
        *("fatalities", "source", "geometry"),
    ]


def test_places(events: gpd.GeoDataFrame):
    """A place, a fallback to the next column, a rival and a miss each have their status and precision."""
    assert events["match_status"].tolist() == ["matched", "unresolved", "matched", "ambiguous"]
    assert events["place_id"].tolist()[0] == "geonames:1526384"
    assert events["where_prec"].tolist() == [1, pd.NA, 4, 1]
    assert events["radius_km"].iloc[2] == 280
    assert events.geometry.iloc[0] == Point(76.95, 43.25)
    assert events.geometry.iloc[1] is None
    assert events.geometry.iloc[2].geom_type == "Polygon"
    assert events.crs == "EPSG:4326"


def test_finer_place_falls_back_to_the_next_column(fake):
    """A village that is not known is placed in its unit, with that unit's radius and precision."""
    records = pd.DataFrame({"village": ["Nowhere"], "unit": ["Mangystau"]})
    events = ge.locate(records, place=["village", "unit"], gazetteer=fake)
    assert events["match_method"].tolist() == ["container"]
    assert events["where_prec"].tolist() == [4]
    assert events["place_query"].tolist() == ["Nowhere, Mangystau"]


def test_dates(events: gpd.GeoDataFrame):
    """Dates become spans with a precision; what is no date is empty and counted."""
    assert events["start"].iloc[3] == pd.Timestamp("2022-01-04")
    assert events["end"].iloc[3] == pd.Timestamp("2022-01-09")
    assert events["date_prec"].tolist() == [1, 4, pd.NA, 2]
    assert events.attrs["geoevents"]["dates"]["unread"] == 1


def test_end_column_stretches_the_span(fake):
    """A column of last days is used; one that lies before its first day is left out and counted."""
    records = pd.DataFrame(
        {
            "place": ["Almaty"] * 4,
            "date": ["2022-01-01", "2022-01-01", "2022-01-05", "2022-01"],
            "end_date": ["2022-01-07", None, "2022-01-01", "2022-02-20"],
        }
    )
    events = ge.locate(records, gazetteer=fake)
    assert events["end"].dt.strftime("%m-%d").tolist() == ["01-07", "01-01", "01-05", "02-20"]
    assert events["date_prec"].tolist() == [3, 1, 1, 5]
    assert events.attrs["geoevents"]["dates"]["ends_before_start"] == 1
    assert "before the first day" in ge.summary(events)


def test_ids_are_the_inputs_own_when_unique(events: gpd.GeoDataFrame):
    """An id column is taken as it is, zeros included."""
    assert events["event_id"].tolist() == ["007", "008", "009", "010"]


def test_ids_are_stable_without_an_id_column(fake):
    """Without unique ids, equal rows get the same id in any frame, told apart by a number."""
    records = pd.DataFrame({"place": ["Almaty", "Aktau", "Almaty"], "id": ["1", "1", "1"]})
    ids = ge.locate(records, gazetteer=fake)["event_id"].tolist()
    assert ids[2] == f"{ids[0]}-2"
    again = ge.locate(records.iloc[::-1], gazetteer=fake)["event_id"].tolist()
    assert sorted(again) == sorted(ids)
    assert again[1] == ids[1]


def test_colliding_columns_are_kept(fake):
    """An input column with one of the schema's names is kept under another, whatever is placed by the geometry."""
    records = gpd.GeoDataFrame(
        {"place": ["Almaty"], "country": ["KZ"], "lon": [1.0], "lon_input": ["x"]}, geometry=[Point(1, 2)]
    )
    events = ge.locate(records, gazetteer=fake)
    assert events["country_input"].tolist() == ["KZ"]
    assert events["lon_input_input"].tolist() == [1.0]
    assert events["lon_input"].tolist() == ["x"]
    assert events.geometry.iloc[0] == Point(1, 2)
    ge.validate(events)


def test_counts_are_whole_numbers_or_null(fake):
    """Text, NaN, infinities, fractions and negatives are no counts; what was written stays beside."""
    records = pd.DataFrame({"place": ["Almaty"] * 5, "fatalities": [3, np.inf, np.nan, -1, 2.5]})
    events = ge.locate(records, gazetteer=fake)
    assert events["fatalities"].tolist() == [3, pd.NA, pd.NA, pd.NA, pd.NA]
    assert events["fatalities_input"].tolist()[1] == np.inf
    ge.validate(events)


def test_country_column_limits_and_unknown_ones_give_no_hint(fake):
    """A country column is guessed; a value that is no country is told, and its row is still placed."""
    records = pd.DataFrame({"place": ["Almaty", "Almaty", "Almaty"], "country": ["US", "Atlantis", None]})
    events = ge.locate(records, gazetteer=fake)
    assert events["match_status"].tolist() == ["unresolved", "matched", "matched"]
    assert events.attrs["geoevents"]["unknown_countries"] == ["Atlantis"]
    assert "Atlantis" in ge.summary(events)


def test_namibia_is_a_country(fake):
    """The code NA is Namibia, not a missing value."""
    records = pd.DataFrame({"place": ["Namibia", "Almaty"], "country": ["NA", "NA"]})
    events = ge.locate(records, gazetteer=fake)
    assert events["match_status"].tolist() == ["matched", "unresolved"]


def test_a_row_that_names_only_its_country_is_there(fake):
    """Without a place phrase the country is the place, with the precision of a country."""
    records = pd.DataFrame({"place": [None], "country": ["Kazakhstan"]})
    events = ge.locate(records, gazetteer=fake)
    assert events["place_id"].tolist() == ["iso:KZ"]
    assert events["where_prec"].tolist() == [6]


def test_constant_country(fake):
    """A code stands for all rows."""
    events = ge.locate(pd.DataFrame({"place": ["Almaty"]}), country="US", gazetteer=fake)
    assert events["match_status"].tolist() == ["unresolved"]


def test_open_sea_is_international(fake):
    """A sea of no country has where_prec 7."""
    events = ge.locate(pd.DataFrame({"place": ["Pacific Ocean"]}), gazetteer=fake)
    assert events["where_prec"].tolist() == [7]


def test_empty_table_is_an_empty_events_frame(fake):
    """No rows in, no rows out, all columns there."""
    events = ge.locate(pd.DataFrame({"place": pd.Series([], dtype="str"), "date": []}), gazetteer=fake)
    ge.validate(events)
    assert ge.summary(events) == "0 events: 0 matched, 0 ambiguous, 0 unresolved."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"place": "plce"},
            "Place column: expected one of id, location, adm_1, date, fatalities, source; got 'plce'.",
        ),
        ({"date": "day"}, "Date column: expected one of id, location, .*; got 'day'."),
        ({"country": "cuntry"}, "Country: .*got 'cuntry'; the columns are id, location, .*"),
        ({"place": []}, "Place columns: expected at least one name, got none."),
    ],
)
def test_wrong_columns_are_named_with_those_there_are(records: pd.DataFrame, fake, options, message: str):
    """A column that is not there is an error that lists the columns."""
    with pytest.raises(ge.ColumnError, match=message):
        ge.locate(records, **options, gazetteer=fake)


def test_no_usual_place_column(fake):
    """When no column has a usual name, the error lists those there are."""
    with pytest.raises(ge.ColumnError, match=r"say which with place \(--place\) of those there are: foo, bar\."):
        ge.locate(pd.DataFrame({"foo": ["Almaty"], "bar": [1]}), gazetteer=fake)


def test_a_country_that_is_none_says_what_it_is():
    """A part of a country, given for all rows, is refused with the country it lies in and the columns there are."""
    with pytest.raises(ge.ColumnError, match=r"got 'Gaza', which lies in PSE; the columns are place, who\."):
        ge.locate(pd.DataFrame({"place": ["Rafah"], "who": ["-"]}), country="Gaza")


def test_columns_may_be_numbered(fake):
    """A column's number is its name, as text."""
    events = ge.locate(pd.DataFrame([["Almaty", 1]]), place="0", gazetteer=fake)
    assert events["match_status"].tolist() == ["matched"]
    assert list(events.columns[:2]) == ["0", "1"]


def test_doubled_columns(fake):
    """Two columns of one name are an error."""
    with pytest.raises(ge.ColumnError, match="'place' is doubled"):
        ge.locate(pd.DataFrame([["a", "b"]], columns=["place", "place"]), gazetteer=fake)


def test_figures_in_attrs_are_those_of_the_summary(events: gpd.GeoDataFrame):
    """The provenance is JSON and its figures are the summary's."""
    facts = json.loads(json.dumps(events.attrs["geoevents"], allow_nan=False))
    assert facts["counts"] == {"matched": 2, "ambiguous": 1, "unresolved": 1}
    assert facts["kinds"] == {"city": 2, "admin1": 1}
    assert facts["unresolved"] == [["Interfax", 1]]
    assert facts["gazetteer"] == "fake"
    assert ge.summary(events).splitlines() == [
        "4 events: 2 matched, 1 ambiguous, 1 unresolved; placed: 2 city, 1 admin1.",
        'Unresolved: "Interfax" 1.',
        'Dates that could not be read: 1 ("soon").',
    ]


@pytest.mark.parametrize(
    ("date", "end", "said"),
    [
        ("03/04/2022", "05/04/2022", True),
        ("03/04/2022", "2022-04-05", True),
        ("2022-04-03", "05/04/2022", True),
        ("2022-04-03", "25/04/2022", False),
        ("25/04/2022", "26/04/2022", False),
        ("2022-04-03", "2022-04-05", False),
    ],
)
def test_an_assumed_order_is_said_where_a_date_hangs_on_it(date: str, end: str, said: bool, fake):
    """That days were taken to come first is said of first and last days, and of no table it does not matter for."""
    events = ge.locate(pd.DataFrame({"place": ["Almaty"], "date": [date], "end_date": [end]}), gazetteer=fake)
    assert ("day, then month" in ge.summary(events)) == said


def test_rows_of_a_file_are_context_where_asked():
    """The option reaches the gazetteer: Paris among towns of Texas lies there; the record says how it was done."""
    records = pd.DataFrame({"place": ["Paris", "Dallas", "Houston", "Austin"]})
    assert ge.locate(records)["country"].tolist() == ["FRA", "USA", "USA", "USA"]
    events = ge.locate(records, context="file")
    assert events["admin1"].tolist() == ["US-TX"] * 4
    assert events.attrs["geoevents"]["context"] == "file"


def test_every_kind_of_place_has_a_precision():
    """Whatever the gazetteer answers with has a code as in UCDP GED: a building as a town, a lake as a region."""
    assert set(KINDS) == set(WHERE_PREC)
    events = ge.locate(pd.DataFrame({"place": ["Zaporizhzhia nuclear power plant", "Lake Chad", "Tigris"]}))
    assert events["place_kind"].tolist() == ["building", "lake", "river"]
    assert events["where_prec"].tolist() == [1, 5, 5]


@pytest.mark.parametrize("name", ["Antarctica", "Asia", "West Africa"])
def test_a_column_called_place_may_hold_continents(name: str):
    """Where nothing else says where, a column of places is one, though its cells are regions of the world."""
    events = ge.locate(pd.DataFrame({"place": [name]}))
    assert events["match_status"].tolist() != ["unresolved"]
