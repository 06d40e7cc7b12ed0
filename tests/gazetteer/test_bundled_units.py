"""The bundled units: their shapes hold their towns, and reforms have their days."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import pandas as pd

import gazetteer
from gazetteer.build.unit_check import misplaced_units

DATA = Path(gazetteer.__file__).parent / "data"
CURATED = Path(gazetteer.__file__).parent / "build" / "curated"


def table(name: str) -> list[dict[str, str]]:
    with (CURATED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_towns_of_a_unit_lie_in_its_shape() -> None:
    """At least seven of ten GeoNames towns of a unit lie in its shape, but of the units in the reviewed table."""
    units = gpd.read_parquet(DATA / "admin1.parquet")
    towns = pd.read_parquet(DATA / "cities.parquet", columns=["admin1", "lon", "lat"])
    reviewed = {row["id"] for row in table("shape_exceptions")}
    assert set(misplaced_units(units, towns).index) == reviewed


def test_days_of_the_table_are_those_of_the_units() -> None:
    """Units of `unit_days.csv` exist, and begin and end on the days given there."""
    layers = [
        pd.read_parquet(DATA / f"{layer}.parquet", columns=["id", "valid_from", "valid_to"])
        for layer in ("admin1", "admin2")
    ]
    units = pd.concat(layers).set_index("id").astype(object)
    for row in table("unit_days"):
        found = units.loc[row["id"]]
        for column in ("valid_from", "valid_to"):
            assert (str(found[column]) if pd.notna(found[column]) else "") == row[column], row["id"]


def test_curated_places_have_a_source_and_answer() -> None:
    """Every curated place has a source and its name; every name added belongs to a place."""
    gaz = gazetteer.load()
    for row in table("places"):
        assert row["source"], row["id"]
        assert gaz.place(row["id"]).name == row["name"]
    for row in table("place_names"):
        assert gaz.place(row["id"]).id == row["id"]


def test_second_level_units_known_no_better_have_the_radius_of_the_unit_above() -> None:
    """A zone without towns of its own stands at its region's point with the region's radius, not amid its siblings."""
    gaz = gazetteer.load()
    zone, region = gaz.place("geonames:11750829"), gaz.place("iso:ET-OR")
    assert (zone.lon, zone.lat) == (region.lon, region.lat)
    assert zone.radius_km == region.radius_km
