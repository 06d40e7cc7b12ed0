"""The bundled units: their shapes hold their towns, and reforms have their days."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pycountry
import pytest

import gazetteer
from gazetteer.build.unit_check import misplaced_units
from gazetteer.model import Match

DATA = Path(gazetteer.__file__).parent / "data"
CURATED = Path(gazetteer.__file__).parent / "build" / "curated"
CASES = Path(__file__).parent / "cases"
# Of the 5,046 units of ISO 3166-2 in the order of their codes, every so manieth: a second of processor time.
STEP = 11


def table(name: str) -> list[dict[str, str]]:
    with (CURATED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_towns_of_a_unit_lie_in_its_shape() -> None:
    """At least seven of ten GeoNames towns of a unit lie in its shape, but of the units in the reviewed table."""
    units = gpd.read_parquet(DATA / "admin1.parquet")
    towns = pd.read_parquet(DATA / "cities.parquet", columns=["id", "admin1", "lon", "lat"])
    towns = towns[towns["id"].str.startswith("geonames:")]
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
    """A department without towns of its own stands at its region's point with its radius, not amid its siblings."""
    gaz = gazetteer.load()
    department, region = gaz.place("geonames:12186897"), gaz.place("iso:TD-BA")
    assert (department.lon, department.lat) == (region.lon, region.lat)
    assert department.radius_km == region.radius_km


def rows_of(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


REFORMS = rows_of("reforms.tsv")


@pytest.mark.parametrize("row", REFORMS, ids=[f"{row['country']}-{row['unit']}" for row in REFORMS])
def test_units_that_a_reform_made_have_their_first_day_and_code(row: dict[str, str]) -> None:
    """A unit of `reforms.tsv` is known by its name, from the day of the reform on, under its code of ISO 3166-2."""
    match = gazetteer.load().resolve(row["unit"], country=row["country"], on=row["first_day"])
    found = [
        candidate.place
        for candidate in match.candidates
        if candidate.place.country == row["country"] and str(candidate.place.valid_from) == row["first_day"]
    ]
    assert found, [(candidate.place.id, str(candidate.place.valid_from)) for candidate in match.candidates]
    assert not row["code"] or f"iso:{row['code']}" in {place.id for place in found}


def is_elsewhere(match: Match, unit: pycountry.db.Data) -> bool:
    """Say whether an answer is certain, and neither the unit, nor a unit above it, nor a place in either."""
    if match.place is None or match.status != "matched":
        return False
    above = set()
    while unit is not None:
        above.add(unit.code)
        unit = unit.parent
    return match.place.id.removeprefix("iso:") not in above and match.place.admin1 not in above


def test_names_of_iso_3166_2_are_their_units() -> None:
    """A name of ISO 3166-2 with its country is its unit, a place in it, or ambiguous, but for `iso_names.tsv`."""
    gaz = gazetteer.load()
    units = sorted(pycountry.subdivisions, key=lambda unit: unit.code)[::STEP]
    elsewhere = {
        unit.code
        for unit in units
        if is_elsewhere(gaz.resolve(unit.name, country=unit.country_code), unit)
        or is_elsewhere(gaz.resolve(f"{unit.name}, {unit.country.name}"), unit)
    }
    assert elsewhere <= {row["code"] for row in rows_of("iso_names.tsv")}


def test_units_of_two_sources_keep_the_geonames_number() -> None:
    """The number of a unit that has the id of ISO 3166-2 finds it, as it did when it stood in the table as a point."""
    gaz = gazetteer.load()
    assert gaz.place("geonames:1244925").id == "iso:LK-33"
    units = gaz.layer("admin2")
    others = units[~units["id"].str.startswith("geonames:")]
    assert others["geonames"].notna().sum() > 500
