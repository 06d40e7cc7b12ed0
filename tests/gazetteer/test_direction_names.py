"""Units that are called after directions in French, Spanish or Portuguese are found by the English directions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import gazetteer

DATA = Path(gazetteer.__file__).parent / "data"
ENGLISH = {
    "nord": "North",
    "sud": "South",
    "est": "East",
    "ouest": "West",
    "centre": "Centre",
    "norte": "North",
    "sul": "South",
    "sur": "South",
    "oeste": "West",
    "leste": "East",
    "centro": "Centre",
    "haut": "Upper",
    "haute": "Upper",
    "bas": "Lower",
    "basse": "Lower",
}
# People write the names of these in no other language: states of Brazil and of Mexico, regions of France and Italy.
AS_THEY_ARE = {"BRA", "FRA", "ITA", "MDG", "MEX", "PAN"}
_NO_PART = ("Prefecture", "Province", "Region", "de")
# Countries whose second-level units event data name.
SECOND = {"TCD": ("Batha", "Tibesti", "Tandjil", "Kanem"), "CIV": ("Sud-Como",)}
# A department that GeoNames lists twice.
TWICE = ("geonames:7670586",)


def units() -> Iterator[tuple[str, str, str]]:
    """Return the id, country and English name of each unit of today that has a direction in its name."""
    for layer in ("admin1", "admin2"):
        table = pd.read_parquet(DATA / f"{layer}.parquet", columns=["id", "name", "country", "valid_to"])
        for id_, name, country in table[table["valid_to"].isna()][["id", "name", "country"]].itertuples(index=False):
            words = [word for word in re.split("[ -]+", name) if word not in _NO_PART]
            known = [word.lower() for word in words if word.lower() in ENGLISH]
            if country in AS_THEY_ARE or not known or known == ["centre"]:
                continue
            if layer == "admin2" and not any(part in name for part in SECOND.get(country, ())):
                continue
            if id_ in TWICE:
                continue
            directions = "-".join(ENGLISH[word] for word in known)
            rest = "-".join(word for word in words if word.lower() not in ENGLISH)
            yield str(id_), str(country), f"{directions} {rest}".strip()


UNITS = sorted(set(units()))


def test_there_are_such_units() -> None:
    """The sweep is over the units of a dozen countries."""
    assert len(UNITS) > 40
    assert {country for _, country, _ in UNITS} >= {"AGO", "BFA", "COD", "COL", "GNQ", "HTI", "TCD"}


@pytest.mark.parametrize(("unit", "country", "name"), UNITS, ids=[f"{c}-{n}" for _, c, n in UNITS])
def test_a_unit_is_found_by_its_name_in_english(unit: str, country: str, name: str) -> None:
    """In Haiti "North" is the department Nord, in Chad "East Ennedi" a province, and no part of the country."""
    match = gazetteer.load().resolve(name, country=country)
    assert (match.status, match.place and match.place.id) == ("matched", unit), match.reason


@pytest.mark.parametrize(
    ("phrase", "part"),
    [("northern Haiti", "ht-north"), ("southern Haiti", "ht-south"), ("northern Burkina Faso", "bf-north")],
)
def test_a_part_of_the_country_is_the_wider_region(phrase: str, part: str) -> None:
    """The part of a country that a unit is named after is wider than the unit."""
    place = gazetteer.load().resolve(phrase).place
    assert place is not None
    assert place.id == f"region:{part}"
