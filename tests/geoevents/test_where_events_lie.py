"""Coordinates and shapes decide where an event lies; units follow the day; the sea and abroad have their share."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

import geoevents as ge

SEAS = """Mediterranean Sea|Black Sea|Caspian Sea|Red Sea|Baltic Sea|North Sea|Persian Gulf|Gulf of Aden|Arabian Sea
South China Sea|Sea of Japan|Gulf of Mexico|Caribbean Sea|Bay of Bengal""".replace("\n", "|").split("|")


def at(lon: float, lat: float, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({name: [value] for name, value in columns.items()}, geometry=[Point(lon, lat)], crs=4326)


@pytest.mark.parametrize(
    ("lon", "lat", "country", "unit"),
    [
        (34.42, 31.45, "ISR", "geonames:281132"),  # Gaza
        (21.167, 42.667, "SRB", "geonames:786713"),  # Pristina
        (31.66, 9.53, "SDN", "iso:SS-NU"),  # Malakal, before 2011
        (44.06, 9.56, "SOM", "ne:SOL+00?"),  # Hargeisa
    ],
)
def test_a_point_is_in_its_unit_whatever_its_country(lon: float, lat: float, country: str, unit: str):
    """A country that contradicts the point is said, not followed."""
    for radius in (0.0, 10.0):
        joined = ge.join(at(lon, lat, country=country, radius_km=radius), "admin1").iloc[0]
        assert joined["unit_id"] == unit
        told = joined.get("match_note")
        assert (told is None) == (country == joined["country_unit"])


def test_offsets_lie_where_their_point_is():
    """Of phrases "k km D of city" each is in the unit of its own point, or shares it by the kernel."""
    towns = ["Kabul", "Kano", "Mosul", "Lyon", "Manaus", "Osaka", "Oral", "Juba", "Lima"]
    directions = ["north", "south", "east", "west", "northeast", "southwest"]
    phrases = [
        f"{km} km {way} of {town}" for town in towns for way, km in zip(directions, (20, 60, 100) * 2, strict=True)
    ]
    events = ge.locate(pd.DataFrame({"place": phrases}))
    assert (events["place_kind"] == "derived").all()
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(events["lon"], events["lat"]), crs=4326)
    own = ge.join(points, "admin1")["unit_id"].fillna("-")
    shared = ge.join(events, "admin1", how="allocate")
    unit = shared["unit_id"].fillna("-")
    mass = shared["weight"].where(unit == own.loc[shared.index]).groupby(level=0).sum()
    assert (mass > 0).mean() >= 0.99
    assert mass.mean() > 0.6
    land = own != "-"
    assert (ge.join(events, "admin1")["unit_id"].fillna("-") == own)[land].mean() >= 0.99


def test_seas_stay_at_sea():
    """At least .98 of a sea lies in no unit, and the most of it is where within puts it."""
    events = ge.locate(pd.DataFrame({"place": SEAS}))
    shared = ge.join(events, "admin1", how="allocate")
    assert (shared[shared["unit_id"].isna()].groupby(level=0)["weight"].sum().reindex(events.index) >= 0.98).all()
    assert ge.join(events, "country")["unit_id"].isna().all()


def test_abroad_is_not_at_home():
    """With one country's units a disc in a neighbour is mostly in no unit; renormalize=True gives what there is."""
    home = gpd.GeoDataFrame({"id": ["h"]}, geometry=[box(0, 0, 1, 1)], crs=4326)
    event = at(1.05, 0.5, radius_km=10.0)
    shared = ge.join(event, home, how="allocate").set_index("unit_id")["weight"]
    assert 0.05 < shared["h"] < 0.4
    assert shared.sum() == pytest.approx(1)
    assert ge.join(event, home, how="allocate", renormalize=True)["weight"].tolist() == [1.0]
    far = at(9.0, 9.0, radius_km=10.0)
    assert ge.join(far, home, how="allocate", renormalize=True)["unit_id"].isna().tolist() == [True]


def test_slivers_are_judged_against_the_place():
    """A sea that touches land by a ten-thousandth is not in that land."""
    land = gpd.GeoDataFrame({"id": ["l"]}, geometry=[box(0, 0, 1, 1)], crs=4326)
    sea = gpd.GeoDataFrame(geometry=[box(-9, 0.9999, 1, 9)], crs=4326)
    assert ge.join(sea, land, how="allocate")["unit_id"].isna().tolist() == [True]
    assert pd.isna(ge.join(sea, land)["unit_id"].iloc[0])


@pytest.mark.parametrize(
    ("day", "on", "to", "units"),
    [
        ("2022-01-10", None, None, {"iso:KZ-ALM": 1.0}),
        ("2022-01-10", "start", None, {"iso:KZ-ALM": 1.0}),
        ("2022-01-10", None, "2024-01-01", {"iso:KZ-19": 0.49, "iso:KZ-33": 0.51}),
        ("2024-01-10", None, None, {"iso:KZ-19": 1.0}),
    ],
)
def test_units_follow_the_day(day: str, on: str | None, to: str | None, units: dict[str, float]):
    """A unit that has ended is found on its day, and shared out over its successors on a later one."""
    events = ge.locate(pd.DataFrame({"place": ["Almaty oblast"], "country": "KZ", "date": [day]}))
    shared = ge.join(events, "admin1", how="allocate", on=on, to=to)
    assert shared.set_index("unit_id")["weight"].to_dict() == pytest.approx(units, abs=0.02)
    if to is not None:
        assert shared["unit_then"].tolist() == ["iso:KZ-ALM"] * 2


@pytest.mark.parametrize(("on", "units"), [("2022-01-10", 18), ("2024-01-01", 21)])
def test_a_country_has_the_units_of_the_day(on: str, units: int):
    """On 2022-01-10 Kazakhstan has 17 regions and cities and Baikonur; later three more."""
    assert len(ge.areas("admin1", country="Kazakhstan", on=on)) == units
    point = at(78.37, 45.01)
    assert len(ge.aggregate(point, "admin1", country="KZ", on=on)) == units


def test_enrich_takes_the_units_of_the_day():
    """Codes of units are those of each event's day, or of one day for all."""
    from geoevents.coordinates import events_at

    day = pd.to_datetime(["2022-01-10", "2024-01-10", None])
    given = pd.DataFrame({"lon": 78.37, "lat": 45.01, "start": day, "end": day, "where_prec": 1}, index=[3, 1, 2])
    events = events_at(given[[]], given).assign(admin1=None)
    assert ge.enrich(events)["admin1"].to_dict() == {3: "KZ-ALM", 1: "KZ-33", 2: "KZ-33"}
    assert set(ge.enrich(events, on="2020-01-01")["admin1"]) == {"KZ-ALM"}
    with pytest.raises(ge.ArgumentError, match="expected a day"):
        ge.enrich(events, on="once")


def dated(*rows: tuple[str, str]) -> gpd.GeoDataFrame:
    day, end = (pd.to_datetime([row[i] for row in rows]) for i in (0, 1))
    return gpd.GeoDataFrame({"start": day, "end": end}, geometry=[Point(0.5, 0.5)] * len(rows), crs=4326)


UNITS = gpd.GeoDataFrame(
    {"id": ["a", "b"], "people": [50_000, 0]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs=4326
)


def test_a_panel_has_all_units_and_periods_of_its_window():
    """Rows are units × periods, whatever happened; what lies outside is left out and said."""
    events = dated(("2021-12-30", "2022-01-02"), ("2022-03-05", "2022-03-05"))
    panel = ge.aggregate(events, UNITS, freq="M", start="2022-01", end="2022-06")
    assert len(panel) == 2 * 6
    assert panel["events"].sum() == pytest.approx(1.5)
    assert panel["period"].min() == pd.Timestamp("2022-01-01")
    by_week = ge.aggregate(events, UNITS, freq="W", start="2022-W01", end="2022-W04")
    assert len(by_week) == 2 * 4
    assert by_week["period"].min() == pd.Timestamp("2022-01-03")


@pytest.mark.parametrize("freq", ["2W", "2M", "5Y", "3D"])
def test_periods_of_a_part_are_those_of_the_whole(freq: str):
    """Periods of several weeks, months or years begin on the same days for a part of the events."""
    rows = [(day, day) for day in ("2020-01-07", "2020-02-29", "2021-07-04", "2022-12-31")]
    whole = set(ge.aggregate(dated(*rows), UNITS, freq=freq)["period"])
    for row in rows:
        assert set(ge.aggregate(dated(row), UNITS, freq=freq)["period"]) <= whole


def test_incidence_and_rates():
    """Incidence is 1 less the product of what is left of each event; rates are per 100,000 people."""
    events = gpd.GeoDataFrame(geometry=[LineString([(0.5, 0.5), (1.5, 0.5)])] * 2, crs=4326)
    panel = ge.aggregate(events, UNITS, population="people").set_index("unit_id")
    assert panel.loc["a", "events"] == pytest.approx(1)
    assert panel.loc["a", "incidence"] == pytest.approx(0.75)
    assert panel.loc["a", "events_per_100k"] == pytest.approx(2)
    assert np.isnan(panel.loc["b", "events_per_100k"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"freq": "B"}, "leaves weekends out"),
        ({"freq": "2B"}, "leaves weekends out"),
        ({"freq": 7}, "expected a period"),
        ({"start": "2022-02-01", "end": "2022-01-01"}, "expected an end on or after the start"),
        ({"start": "some day"}, "expected a day"),
        ({"how": "nearest"}, "expected allocate, or within"),
        ({"country": "Atlantis"}, "expected a country"),
        ({"country": "KZ"}, "expected areas with a column country"),
        ({"freq": "D", "start": "0001-01-01", "end": "9999-01-01", "by": "admin1"}, "at most 20,000,000 rows"),
    ],
)
def test_misuse_of_a_panel_is_one_sentence(options: dict, message: str):
    """What cannot be is an ArgumentError (a ValueError too), told before any work is done."""
    options = {"by": UNITS, **options}
    with pytest.raises(ValueError, match=message):
        ge.aggregate(dated(("2022-01-01", "2022-01-01")), **options)


def test_wrong_radii_and_spans_are_one_sentence():
    """An infinite radius, a negative one, and an end before the start name their row."""
    for radius in (np.inf, -1.0):
        with pytest.raises(ge.ColumnError, match=r"expected radius_km of 0 or more .* at index 0"):
            ge.join(at(0.5, 0.5, radius_km=radius), UNITS)
    with pytest.raises(ge.ColumnError, match="expected the end on or after the start"):
        ge.aggregate(dated(("2022-01-02", "2022-01-01")), UNITS, freq="D")


def test_a_weight_without_a_number_is_as_dense_as_the_others(caplog: pytest.LogCaptureFixture):
    """A unit whose population is not known takes part by the density of the others, and the log says so."""
    units = UNITS.assign(people=[300.0, np.nan])
    event = gpd.GeoDataFrame(geometry=[box(0.5, 0, 1.5, 1)], crs=4326)
    assert ge.join(event, units, how="allocate", weight="people")["weight"].tolist() == pytest.approx([0.5, 0.5])
    assert "1 of 2 units have no number in people" in caplog.text


def test_the_antimeridian_is_one_line():
    """Points at -180 and 180 degrees are one place; a distance of nothing finds them."""
    west, east = at(-180, 0), at(180, 0)
    assert ge.near(west, east, km=0)["distance_km"].tolist() == [0.0]
    assert ge.near(east, west, km=1)["distance_km"].tolist() == [0.0]
