"""The tables made by hand: their form, their ids, and that no row stands twice or contradicts another."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pycountry
import pytest

import gazetteer.build
from gazetteer.index.store import NAME_KINDS
from gazetteer.names.normalize import normalize_name

CURATED = Path(gazetteer.build.__file__).with_name("curated")
NOT_PLACES = Path(gazetteer.__file__).parent / "data" / "not_places.csv"
CASES = Path(__file__).parent / "cases"
TABLES = ("country_names.csv", "admin1_names.csv")
REASONS = {"filler", "scope", "agency", "organisation", "person", "facility", "kind of place"}
# Units of Kazakhstan of before 2022-06-08, whose codes ISO 3166-2 no longer has.
DISSOLVED = {"KZ-ALM", "KZ-KAR", "KZ-VOS"}
# Nobody lives there for good, or its people are called after another country.
WITHOUT_DEMONYM = {"AQ", "BV", "GS", "HM", "SJ", "TF", "UM", "VA"}
COUNTRIES = {country.alpha_2: country.alpha_3 for country in pycountry.countries} | {"XK": "XKX"}
ID = re.compile(
    r"(iso:[A-Z]{2}(-[A-Z0-9]{1,3})?|geonames:\d+|airport:[A-Z0-9]{4}|(sea|region|group|island|lake|river|landform|building|neighbourhood|town|unit):[a-z0-9-]+)"
)


def read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    quoting = csv.QUOTE_MINIMAL if delimiter == "," else csv.QUOTE_NONE
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter, quoting=quoting, strict=True))


@pytest.mark.parametrize("table", TABLES)
def test_form(table: str) -> None:
    """A row has four cells without stray spaces, a known kind and the code of a language."""
    for row in read(CURATED / table):
        assert list(row) == ["id", "name", "kind", "lang"]
        assert row["name"] == " ".join(row["name"].split()), row
        assert normalize_name(row["name"]), row
        assert row["kind"] in NAME_KINDS, row
        assert re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]+)?", row["lang"]), row


@pytest.mark.parametrize("table", TABLES)
def test_no_row_twice(table: str) -> None:
    """A name is given to a place once, and the lines of one place stand together."""
    rows = read(CURATED / table)
    assert [pair for pair, n in Counter((row["id"], row["name"]) for row in rows).items() if n > 1] == []
    blocks = [row["id"] for before, row in zip([{"id": ""}, *rows], rows, strict=False) if before["id"] != row["id"]]
    assert [block for block, n in Counter(blocks).items() if n > 1] == []


def test_countries_exist() -> None:
    """Every id is a country of ISO 3166-1, or Kosovo."""
    assert {row["id"].removeprefix("iso:") for row in read(CURATED / "country_names.csv")} <= set(COUNTRIES)


def test_units_exist() -> None:
    """Every id is a unit of ISO 3166-2, or one of the three of Kazakhstan that were."""
    known = {unit.code for unit in pycountry.subdivisions} | DISSOLVED
    assert {row["id"].removeprefix("iso:") for row in read(CURATED / "admin1_names.csv")} <= known


def test_every_country_has_a_demonym() -> None:
    """Every country with a people of its own has an English demonym."""
    have = {row["id"][4:] for row in read(CURATED / "country_names.csv") if row["kind"] == "demonym"}
    assert set(COUNTRIES) - have == WITHOUT_DEMONYM


def test_codes_belong_to_their_country() -> None:
    """No country is given a name that is another country's ISO code."""
    codes = {normalize_name(code): alpha2 for alpha2, alpha3 in COUNTRIES.items() for code in (alpha2, alpha3)}
    rows = read(CURATED / "country_names.csv")
    assert [row for row in rows if codes.get(normalize_name(row["name"]), row["id"][4:]) != row["id"][4:]] == []


@pytest.mark.parametrize("alpha2", sorted(COUNTRIES))
def test_codes_are_hints(alpha2: str) -> None:
    """As a hint, an ISO code is its country: something of that country, and of no other, is found by its own name."""
    gaz = gazetteer.load()
    name = gaz.place(f"iso:{alpha2}").name
    for code in (alpha2, COUNTRIES[alpha2], alpha2.lower()):
        place = gaz.resolve(name, country=code).place
        assert place is not None, code
        assert place.country == COUNTRIES[alpha2], code


def test_not_places() -> None:
    """A phrase that names no place stands once, with one of the known reasons, and is no country's name or code."""
    rows = read(NOT_PLACES)
    assert all(list(row) == ["phrase", "reason"] and row["reason"] in REASONS for row in rows)
    assert [
        key for key, n in Counter(normalize_name(row["phrase"]) or row["phrase"] for row in rows).items() if n > 1
    ] == []
    countries = {normalize_name(row["name"]) for row in read(CURATED / "country_names.csv")}
    assert countries & {normalize_name(row["phrase"]) for row in rows} == set()


@pytest.mark.parametrize("table", ["names.tsv", "negatives.tsv"])
def test_cases(table: str) -> None:
    """A case has all its cells, well-formed ids and a known status, and stands once."""
    rows = read(CASES / table, "\t")
    assert [row for row in rows if None in row or None in row.values()] == []
    wanted = "expect" if table == "names.tsv" else "must_not"
    ids = [id_ for row in rows for id_ in row[wanted].split("|") if id_ or wanted == "expect"]
    assert [id_ for id_ in ids if not ID.fullmatch(id_)] == []
    if table == "names.tsv":
        assert {row["status"] for row in rows} <= {"matched", "ambiguous", "any"}
    keys = Counter((row["phrase"], row["country"], row.get("on", ""), row.get("must_not", "")) for row in rows)
    assert [key for key, n in keys.items() if n > 1] == []
