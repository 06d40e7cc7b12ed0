"""Tables whose rows are each other's context."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gazetteer

CASES = Path(__file__).parent / "cases" / "files.tsv"
# Bare names of many places, names in their container, a phrase, a list, a miss, and nothing.
PHRASES = (
    "Paris", "Tripoli", "Hyderabad", "San Jose", "Houston", "Beirut", "Karachi", "Georgia", "Atlanta", "Paris, Texas",
    "Hyderabad, Pakistan", "30 km north of Almaty", "CSTO", "Xyzzyplugh", "", None,
)  # fmt: skip
TABLES = st.lists(st.tuples(st.sampled_from(PHRASES), st.sampled_from((None, None, "LB", "US"))), max_size=12)


def files() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", files(), ids=lambda case: case["file"])
def test_rows_of_a_file_tell_each_other_apart(case: dict[str, str]) -> None:
    """The names of a file mean, together, the places that are listed for them."""
    table = gazetteer.load().resolve_many(case["names"].split("|"), context="file")
    assert table["place_id"].tolist() == case["expect"].split("|")


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_only_names_alone_are_told_apart(table: list[tuple[str | None, str | None]]) -> None:
    """Rows, order and queries stay; a row with a country, a container, a phrase or no place keeps its whole answer.

    What the file tells of a name alone is surely one of its readings; ``row`` is what is done without the option.
    """
    gaz = gazetteer.load()
    phrases, countries = [phrase for phrase, _ in table], [country for _, country in table]
    plain = gaz.resolve_many(phrases, country=countries)
    pd.testing.assert_frame_equal(plain, gaz.resolve_many(phrases, country=countries, context="row"))
    told = gaz.resolve_many(phrases, country=countries, context="file")
    assert told["query"].astype(object).equals(plain["query"].astype(object))
    before, after = plain.astype(object).fillna(""), told.astype(object).fillna("")
    for i in range(len(table)):
        if before.iloc[i].equals(after.iloc[i]):
            continue
        assert countries[i] is None
        assert phrases[i] in PHRASES[:9]
        assert after["status"].iloc[i] == "matched"
        assert after["score"].iloc[i] >= 0.6
        assert after["place_id"].iloc[i] in {found.place.id for found in gaz.search(phrases[i] or "", limit=100)}


def test_cells_of_a_row_are_its_context_or_not() -> None:
    """By row a name lies in its other cells; without context it is the best known of the name; by file it is both."""
    gaz = gazetteer.load()
    frame = pd.DataFrame(
        {"town": ["Paris", None, "Paris", "Dallas", "Houston"], "unit": ["Texas", "Texas", *[None] * 3]}
    )
    by_row, by_file, alone = (gaz.resolve_many(frame, context=c)["place_id"].tolist() for c in ("row", "file", "none"))
    assert by_row[:3] == ["geonames:4717560", "iso:US-TX", "geonames:2988507"]
    assert by_file[:3] == ["geonames:4717560", "iso:US-TX", "geonames:4717560"]
    assert alone[:3] == ["geonames:2988507", "iso:US-TX", "geonames:2988507"]


def test_long_files_are_told_apart_in_parts() -> None:
    """In a file of more names than are compared at once, each is told by those around it, on its own day."""
    gaz = gazetteer.load()
    texas = ["Paris", "Dallas", "Houston", "Austin"]
    names = [*gaz.store.column("name")[:400], *texas] * 2
    days = ["2020-01-01"] * 404 + ["1985-01-01"] * 404
    table = gaz.resolve_many(names, on=days, context="file")
    assert len(table) == len(names)
    assert table["admin1"].iloc[404 - 3 : 404].tolist() == ["US-TX"] * 3


def test_towns_of_a_country_know_their_country() -> None:
    """Of the twenty largest towns of each country, named alone, a file misplaces less than a tenth of what rows do."""
    gaz = gazetteer.load()
    towns = pd.DataFrame({c: gaz.store.column(c) for c in ("name", "kind", "country", "population")})
    towns = towns[towns["kind"] == "city"].sort_values("population", ascending=False)
    largest = [group.head(20) for _, group in towns.groupby("country") if len(group) >= 5]

    def misplaced(context: gazetteer.Context) -> int:
        there = [gaz.resolve_many(group["name"].tolist(), context=context)["country"] for group in largest]
        return sum((a.astype(object) != g["country"].to_numpy()).sum() for a, g in zip(there, largest, strict=True))

    assert len(largest) > 150
    assert misplaced("file") < misplaced("row") / 10


def test_a_context_that_is_none_is_refused() -> None:
    """A word that is no context is an error of one sentence."""
    with pytest.raises(gazetteer.ArgumentError, match="context: expected one of row, file, none, got 'page'"):
        gazetteer.load().resolve_many(["Paris"], context="page")  # type: ignore[arg-type]
