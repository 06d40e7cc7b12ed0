"""Events get the codes and names of where they are, as far as that is known and no further."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

import geoevents as ge
from geoevents.coordinates import events_at


@pytest.fixture(scope="module")
def enriched() -> gpd.GeoDataFrame:
    places = ["Aktau, Kazakhstan", "Kazakhstan", "Bergen, Norway", "Torino, Italy", "Ushuaia", "no such place at all"]
    return ge.enrich(ge.locate(pd.DataFrame({"place": places}, index=list("abcdef"))))


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("a", "country_name", "Kazakhstan"),
        ("a", "country_iso2", "KZ"),
        ("a", "admin1", "KZ-47"),
        ("a", "admin1_geonames", "608879"),
        ("a", "utm_zone", "39N"),
        ("a", "timezone", "Asia/Aqtau"),
        ("c", "utm_zone", "32N"),
        ("c", "timezone", "Europe/Oslo"),
        ("d", "admin2_name", "Turin"),
        ("e", "utm_zone", "19S"),
        ("e", "timezone", "America/Argentina/Ushuaia"),
    ],
)
def test_a_town_has_all(enriched: gpd.GeoDataFrame, row: str, column: str, value: str):
    """A town's codes, names and zones are those it has in the world."""
    assert enriched.loc[row, column] == value


def test_a_country_has_no_unit(enriched: gpd.GeoDataFrame):
    """What is known to a country gets no unit and, where its towns differ, no time zone; a miss gets nothing."""
    assert enriched.loc["b", ["admin1", "admin1_name", "admin2", "timezone"]].isna().all()
    assert enriched.loc["b", "country_iso2"] == "KZ"
    assert enriched.loc["f", ["country_name", "admin1_name", "utm_zone", "timezone"]].isna().all()
    ge.validate(enriched)


def test_geometry_tells_where_the_id_does_not(enriched: gpd.GeoDataFrame):
    """Empty codes are filled from the point; given ones are kept; the caller's frame is not touched."""
    bare = enriched.drop(columns=[name for name in enriched if name.startswith(("country_", "admin1_", "admin2"))])
    bare = bare.drop(columns=["utm_zone", "timezone"]).assign(country=None, admin1=None)
    bare[["country", "admin1"]] = bare[["country", "admin1"]].astype("str")
    again = ge.enrich(bare)
    assert again.loc[["a", "d"], "admin1"].tolist() == enriched.loc[["a", "d"], "admin1"].tolist()
    assert again.loc[list("acde"), "country"].tolist() == ["KAZ", "NOR", "ITA", "ARG"]
    assert bare["country"].isna().all()
    assert np.array_equal(again.index, bare.index)


def test_p_codes_come_from_a_layer_that_has_them(enriched: gpd.GeoDataFrame):
    """Columns of P-codes are taken from the area that holds the point; a layer without any is refused."""
    events = ge.locate(pd.DataFrame({"place": ["Aktau", "Kazakhstan", "Almaty", "Bishkek"]}))
    layer = gpd.GeoDataFrame(
        {"ADM1_PCODE": ["XX02", "XX01"], "ADM2_PCODE": ["XX0201", "XX0101"]},
        geometry=[box(76, 43, 77.5, 44), box(40, 30, 60, 60)],
        crs="EPSG:4326",
    )
    coded = ge.enrich(events, areas=layer)
    codes = coded[["ADM1_PCODE", "ADM2_PCODE"]].astype(object)
    assert codes.where(codes.notna(), None).to_numpy().tolist() == [
        ["XX01", "XX0101"], [None, None], ["XX02", "XX0201"], [None, None],
    ]  # fmt: skip
    with pytest.raises(ge.ColumnError, match="pcode"):
        ge.enrich(events, areas=layer[["geometry"]].assign(code="a"))
    with pytest.raises(ge.ColumnError, match="country_name"):
        ge.enrich(coded)
    with pytest.raises(ge.ArgumentError, match="expected an events frame"):
        ge.enrich(layer)


# What an event is known to, where its point lies, and the codes it gets: country, admin1, whether admin2, time zone.
KNOWN = (
    (1, 7.68, 45.07, None, ("ITA", "IT-21", True, "Europe/Rome")),
    (3, 7.68, 45.07, None, ("ITA", "IT-21", True, "Europe/Rome")),
    (4, 7.68, 45.07, None, ("ITA", "IT-21", False, "Europe/Rome")),
    (5, 76.9, 43.5, None, ("KAZ", None, False, None)),
    (6, 76.9, 43.5, None, ("KAZ", None, False, None)),
    (7, 76.9, 43.5, None, (None, None, False, None)),
    (1, 76.9, 43.5, "KGZ", ("KGZ", None, False, "Asia/Almaty")),  # of another country nothing is taken but the zone
    (6, 74.6, 42.9, "KGZ", ("KGZ", None, False, "Asia/Bishkek")),  # a country of one zone
    (1, -5.71, -17.753, None, (None, None, False, "Atlantic/St_Helena")),  # at sea, 199.6 km from the next town
    (1, -5.71, -17.76, None, (None, None, False, None)),  # 200.4 km from it
    (1, -140.0, -50.0, None, (None, None, False, None)),
)


def test_codes_are_as_fine_as_the_place_is_known():
    """An event gets codes of the levels that it is known to, in its own country; a zone from towns within 200 km."""
    table = pd.DataFrame([row[:4] for row in KNOWN], columns=["where_prec", "lon", "lat", "country"])
    given = table.assign(start=pd.NaT, end=pd.NaT)
    events = events_at(table[[]], given).assign(country=table["country"].astype("str"), admin1=None, place_kind="city")
    found = ge.enrich(events)
    told = found[["country", "admin1", "admin2", "timezone"]].astype(object)
    told = told.where(told.notna(), None).assign(admin2=found["admin2"].notna())
    assert [tuple(row) for row in told.to_numpy().tolist()] == [row[4] for row in KNOWN]
    assert list(found.columns[-10:]) == [
        "country_name", "country_iso2", "admin1_name", "admin1_geonames", "admin2", "admin2_name", "admin2_geonames",
        "utm_zone", "timezone", "geometry",
    ]  # fmt: skip
    assert found.attrs == events.attrs


def test_areas_have_the_zone_that_all_their_towns_share():
    """A unit has the zone of its towns, a second-level unit its own id, a sea and a group no unit."""
    places = ["Mangystau Region", "Kyrgyzstan", "Kazakhstan", "Turin province, Italy", "North Sea", "Caspian Sea"]
    events = ge.locate(pd.DataFrame({"place": places}))
    found = ge.enrich(events)
    zones = found["timezone"].astype(object)
    assert zones.where(zones.notna(), None).tolist()[:3] == ["Asia/Aqtau", "Asia/Bishkek", None]
    assert found["admin2"].iloc[3] == events["place_id"].iloc[3]
    assert found["admin2"].isna().tolist() == [True, True, True, False, True, True]
    assert found["admin1"].isna().tolist() == [False, True, True, False, True, True]


# lon, lat and zone, as NGA.SIG.0012 (2014) has them: six degrees wide, but for Norway and Svalbard.
ZONES = (
    (-180, 10, "1N"), (-174.01, 10, "1N"), (-174, 10, "2N"), (179.99, -10, "60S"), (180, 10, "60N"),
    (0.1, 0.1, "31N"), (5.9, 0, "31N"), (6, -0.01, "32S"), (2.99, 60, "31N"), (3, 56, "32N"), (11.9, 63.99, "32N"),
    (3, 64, "31N"), (12, 60, "33N"), (3, 55.99, "31N"), (0, 72, "31N"), (8.99, 80, "31N"), (9, 80, "33N"),
    (20.99, 72, "33N"), (21, 84, "35N"), (32.99, 78, "35N"), (33, 78, "37N"), (41.99, 72, "37N"),
    (42, 72, "38N"), (33, 71.99, "36N"), (-10, 75, "29N"), (0, 84.01, None), (0, -80, "31S"), (0, -80.01, None),
)  # fmt: skip


def test_utm_zones_have_their_bounds():
    """Zones begin at their western bound, and end at 84 degrees north and 80 south."""
    table = pd.DataFrame(ZONES, columns=["lon", "lat", "zone"])
    found = ge.enrich(ge.locate(table, lat="lat", lon="lon"))["utm_zone"].astype(object)
    assert found.where(found.notna(), None).tolist() == [zone for _, _, zone in ZONES]


def test_units_are_those_of_the_events_day():
    """Each of several events has the units of its own day, in any order; a day may be given for all."""
    days = ["2023-01-10", "2022-01-10", "2023-01-10"]
    events = ge.locate(pd.DataFrame({"place": ["Taldykorgan"] * 3, "country": "KZ", "date": days}, index=list("abc")))
    bare = events.assign(admin1=pd.Series([None] * 3, index=events.index, dtype="str"))
    found = ge.enrich(bare)
    assert found["admin1"].tolist() == ["KZ-33", "KZ-ALM", "KZ-33"]
    assert found.index.tolist() == list("abc")
    assert ge.enrich(bare, on="2022-01-10")["admin1"].tolist() == ["KZ-ALM"] * 3
    with pytest.raises(ge.ArgumentError, match="yesterday"):
        ge.enrich(bare, on="yesterday")
