"""Rows that have words and coordinates: which of them places the row, and what is said where they disagree."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

import geoevents as ge

# place, lat, lon; what places the row, and what its note says
ROWS = (
    ("Almaty", 43.25, 76.95, "coordinates", None),
    ("Aktau", 43.65, 51.2, "coordinates", None),
    ("Oral", 51.23, 51.37, "coordinates", None),
    ("Almaty", 51.17, 71.43, "coordinates", "Almaty, which the words name, is 9"),
    ("Almaty", 76.95, 43.25, "exact", "coordinates not used: latitude and longitude look swapped"),
    ("Almaty", None, None, "exact", None),
    ("Kazakhstan", 49.5, 50.0, "coordinates", None),
    ("Mangystau Region", 43.65, 51.2, "coordinates", None),
    ("Xqzzyville", 43.25, 76.95, "coordinates", None),
    ("Xqzzyville", None, None, "none", "no place of that name"),
    (None, 43.25, 76.95, "coordinates", None),
)  # fmt: skip


@pytest.fixture(scope="module")
def located() -> gpd.GeoDataFrame:
    return ge.locate(pd.DataFrame([row[:3] for row in ROWS], columns=["place", "lat", "lon"]))


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_the_better_of_both_places_the_row(located: gpd.GeoDataFrame, number: int) -> None:
    """Coordinates win; words place rows without any and rows whose axes they show to be swapped; far ones are told."""
    _, lat, lon, method, note = ROWS[number]
    row = located.iloc[number]
    assert row["match_method"] == method
    if method == "coordinates":
        assert (row["lat"], row["lon"]) == (lat, lon)
        assert (row.geometry.y, row.geometry.x) == (lat, lon)
    elif method == "exact":
        assert row["place_id"] == "geonames:1526384"
        assert abs(row["lat"] - 43.25) < 0.1
        assert abs(row.geometry.y - 43.25) < 0.1
    else:
        assert pd.isna(row["lat"])
        assert row.geometry is None
    if note is None:
        assert pd.isna(row["match_note"])
    else:
        assert note in row["match_note"]


def test_faults_are_counted_and_columns_told(located: gpd.GeoDataFrame) -> None:
    """The provenance counts swapped rows, and names the columns that were taken."""
    facts = located.attrs["geoevents"]
    assert facts["coordinates"] == {"swapped": 1}
    assert facts["columns"] == {
        "place": ["place"], "country": None, "date": None, "end": None, "coordinates": ["lat", "lon"],
    }  # fmt: skip
    ge.validate(located)


def test_dates_in_parts_are_told_by_their_columns() -> None:
    """First and last days that stand in several columns are named by all of them."""
    table = pd.DataFrame(
        {"place": ["Almaty"], "start_year": [2022], "start_month": [1], "start_day": [5], "end_year": [2022],
         "end_month": [1], "end_day": [9]}
    )  # fmt: skip
    events = ge.locate(table)
    assert events["start"].tolist() == [pd.Timestamp("2022-01-05")]
    assert events["end"].tolist() == [pd.Timestamp("2022-01-09")]
    columns = events.attrs["geoevents"]["columns"]
    assert columns["date"] == "start_year start_month start_day"
    assert columns["end"] == "end_year end_month end_day"
