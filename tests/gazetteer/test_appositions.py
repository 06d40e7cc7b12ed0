"""What stands beside a name in the news, what the place is and where it lies, does not change the place."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

import gazetteer
import gazetteer.build

CASES = Path(__file__).parent / "cases" / "appositions.tsv"
IN_LANGUAGES = CASES.with_name("appositions_languages.tsv")
DEMONYMS = Path(gazetteer.build.__file__).with_name("curated") / "country_names.csv"
FORMS = (
    "the northern {people} city of {name}",
    "the {people} border town of {name}",
    "{name}, {country}'s second-largest city",
    "{country}'s coastal city of {name}",
)


@pytest.mark.parametrize(("phrase", "place"), [line.split("\t") for line in CASES.read_text("utf-8").splitlines()[1:]])
def test_the_place_is_the_one_that_is_named(phrase: str, place: str) -> None:
    """Of what a phrase says beside a name, the kind and the country tell the place, and no part of it is meant."""
    match = gazetteer.load().resolve(phrase)
    assert (match.place.id if match.place else None, match.status) == (place, "matched"), match.reason


@pytest.mark.parametrize(
    ("phrase", "place"), [line.split("\t")[1:] for line in IN_LANGUAGES.read_text("utf-8").splitlines()[1:]]
)
def test_the_same_in_other_languages(phrase: str, place: str) -> None:
    """A place is found by what its language says beside it; where it lies in another country it is not matched."""
    match = gazetteer.load().resolve(phrase)
    found = match.place.id if match.place and match.status == "matched" else "-"
    assert found == place, match.reason


@pytest.fixture(scope="module")
def towns() -> pd.DataFrame:
    """Return the largest towns of each country, with the country's name and what its people are called."""
    opened = gazetteer.load()
    cities = opened.layer("cities")
    largest = cities[(cities["kind"] == "city") & (cities["population"] >= 100_000)].sort_values("population")
    largest = largest.groupby("country", observed=True).tail(3)
    countries = opened.layer("countries").drop_duplicates("id").set_index("id")
    with DEMONYMS.open(encoding="utf-8", newline="") as lines:
        people = {row["id"]: row["name"] for row in csv.DictReader(lines) if row["kind"] == "demonym"}
    told = pd.DataFrame({"people": people}).join(countries[["name", "country"]], how="inner")
    told = told.rename(columns={"name": "of"}).drop_duplicates("country")
    return largest.merge(told, on="country")


@pytest.mark.parametrize("form", FORMS)
def test_large_towns_of_every_country(towns: pd.DataFrame, form: str) -> None:
    """The three largest towns of each country are found in the forms of news: one in fifty is open, none elsewhere."""
    rows = towns.to_dict("records")
    phrases = [form.format(people=row["people"], name=row["name"], country=row["of"]) for row in rows]
    found = gazetteer.load().resolve_many(phrases)
    away = (found["lon"] - towns["lon"]).abs() + (found["lat"] - towns["lat"]).abs()
    matched = found["status"] == "matched"
    wrong = matched & ~(away < 0.5)
    assert len(rows) > 350
    assert not wrong.any(), [phrases[i] for i in wrong[wrong].index]
    assert (matched & ~wrong).mean() >= 0.98, [phrases[i] for i in matched[~matched].index]
