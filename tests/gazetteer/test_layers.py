"""The layers: rows, bounds, keys and shapes, in one table of truth."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

import gazetteer

# layer, rows at least and at most, share with a shape at least, west, south, east, north of all shapes (degrees)
TRUTH = [
    ("countries", 250, 250, 1.0, -180, -90, 180, 84),
    ("admin1", 3_800, 4_500, 1.0, -180, -90, 180, 84),
    ("admin2", 45_000, 50_000, 0.0, -179, -55, 179, 78),
    ("cities", 235_000, 245_000, 0.0, -179, -55, 179, 78),
    ("airports", 7_000, 9_000, 0.0, -180, -80, 180, 83),
    ("seas", 250, 320, 1.0, -180, -85, 180, 90),
    ("regions", 400, 600, 0.0, -172, -81, 167, 68),
    ("groups", 130, 200, 0.0, -172, -26, 145, 64),
    ("landmarks", 500, 2500, 0.0, -180, -78, 179, 81),
]
COLUMNS = [
    "place", "id", "name", "kind", "country", "admin1", "lon", "lat", "population", "radius_km", "valid_from",
    "valid_to", "geonames",
]  # fmt: skip


@pytest.mark.parametrize(
    ("layer", "least", "most", "shaped", "west", "south", "east", "north"), TRUTH, ids=[row[0] for row in TRUTH]
)
def test_layer(
    layer: str, least: int, most: int, shaped: float, west: float, south: float, east: float, north: float
) -> None:
    """A layer has its rows, unique sorted ids, its bounds, points on the globe, radii above zero and valid shapes."""
    frame = gazetteer.load().layer(layer)
    assert least <= len(frame) <= most
    assert list(frame.columns[: len(COLUMNS)]) == COLUMNS
    assert frame["id"].is_unique
    assert frame["id"].is_monotonic_increasing
    assert frame["lon"].between(-180, 180).all()
    assert frame["lat"].between(-90, 90).all()
    assert (frame["radius_km"] > 0).all()
    assert frame.geometry.is_valid.all()
    assert frame.geom_type.isin(["Polygon", "MultiPolygon"]).mean() >= shaped
    assert frame.total_bounds == pytest.approx([west, south, east, north], abs=1)
    assert (frame["name"].str.strip() != "").all()
    known = frame.dropna(subset=["valid_from", "valid_to"])
    assert (known["valid_from"] <= known["valid_to"]).all()


@pytest.mark.parametrize("layer", [row[0] for row in TRUTH])
def test_keys_of_a_layer(layer: str) -> None:
    """Every country is one of the layer countries, and a unit's code begins with its country's or its holder's."""
    gaz = gazetteer.load()
    countries = gaz.layer("countries").set_index("country")["iso_a2"]
    frame = gaz.layer(layer)
    assert set(frame["country"].dropna()) <= set(countries.index)
    units = frame.dropna(subset=["admin1"])
    agree = units["admin1"].str[:2] == units["country"].map(countries)
    assert agree.mean() >= 0.99 or units.empty


@pytest.mark.parametrize("layer", ["countries", "admin1", "seas"])
def test_points_lie_in_their_shapes(layer: str) -> None:
    """The point of an area lies in it."""
    frame = gazetteer.load().layer(layer)
    assert shapely.intersects_xy(frame.geometry.to_numpy(), frame["lon"], frame["lat"]).all()


def test_basemap() -> None:
    """The basemap has a light valid shape for each country of the layer countries, clipped to 85 degrees."""
    gaz = gazetteer.load()
    frame = gaz.layer("basemap")
    assert set(frame["id"]) == set(gaz.layer("countries")["id"])
    assert frame.geometry.is_valid.all()
    assert frame.total_bounds == pytest.approx([-180, -85, 180, 84], abs=1)
    assert shapely.get_num_coordinates(frame.geometry.to_numpy()).sum() < 60_000


def test_shapes_lie_on_the_binary_grid() -> None:
    """Positions are multiples of 2^-14 degrees: files are small, and neighbours share their corners."""
    for layer in ("countries", "admin1", "seas", "basemap"):
        positions = shapely.get_coordinates(gazetteer.load().layer(layer).geometry.to_numpy()) * 2.0**14
        assert (positions == positions.round()).all()


def test_crimea_follows_iso() -> None:
    """Crimea and Sevastopol lie in Ukraine, as ISO 3166-2 has them."""
    gaz = gazetteer.load()
    assert {gaz.place("iso:UA-43").country, gaz.place("iso:UA-40").country} == {"UKR"}


def test_kazakhstan_before_and_after() -> None:
    """On 10 January 2022 Kazakhstan has 14 regions and 3 cities, today 17 and 3."""
    frame = gazetteer.load().layer("admin1")
    units = frame[(frame["country"] == "KAZ") & frame["iso"].notna()]
    for day, count in (("2022-01-10", 17), ("2024-01-01", 20)):
        alive = ~(units["valid_from"].astype(str).where(units["valid_from"].notna(), "0") > day) & ~(
            units["valid_to"].astype(str).where(units["valid_to"].notna(), "9") < day
        )
        assert alive.sum() == count


def test_units_hold_the_towns_listed_in_them() -> None:
    """A first-level unit's polygon lies where the towns with its code lie: no code belongs to a neighbour's polygon."""
    gaz = gazetteer.load()
    units = gaz.layer("admin1")
    units = units[units["iso"].notna() & units["valid_to"].isna()].set_index("iso")
    towns = gaz.layer("cities").sample(8_000, random_state=3)
    towns = towns[towns["admin1"].isin(units.index)]
    near = shapely.dwithin(units.geometry.loc[towns["admin1"]].to_numpy(), towns.geometry.to_numpy(), 0.05)
    assert near.mean() > 0.985
    shares = pd.Series(near).groupby(towns["country"].to_numpy()).mean()
    assert shares[["AFG", "ECU", "IRN", "RUS"]].min() > 0.9


def test_first_level_units_of_today_are_there() -> None:
    """First-level units that are younger than the polygons have a shape around their towns, from their first day."""
    gaz = gazetteer.load()
    for id_ in ("iso:CD-IT", "iso:KE-07", "iso:NP-P3"):
        place = gaz.place(id_)
        assert place.kind == "admin1"
        assert place.valid_from is not None
        assert gaz.geometry(id_).contains(shapely.Point(place.lon, place.lat))
