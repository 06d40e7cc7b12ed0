"""The columns of the tables that people have are taken for what they are, in every language of the list."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from gazetteer.tables.levels import level_in_name
from geoevents.frame.column_choice import choose_columns

LAYOUTS = Path(__file__).parent / "cases" / "layouts.tsv"
NAMES = files("geoevents") / "data" / "column_names.tsv"


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def parts(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


@pytest.mark.parametrize("case", rows(LAYOUTS.read_text(encoding="utf-8")), ids=lambda case: case[0])
def test_a_layout_is_read(case: list[str]):
    """Places stand finest first; what holds no names of places, or a wider unit of the same kind, is left."""
    _, columns, row, places, country, date = case
    choice = choose_columns(pd.DataFrame([parts(row)], columns=list(parts(columns))))
    assert choice.place == parts(places)
    assert choice.country == (country or None)
    assert (choice.date_parts if "|" in date else (choice.date,)) == parts(date)


def test_columns_of_units_hold_units():
    """Whatever a column of units is called, its cells are units to the gazetteer; columns of villages hold towns."""
    names = csv.DictReader(
        (line for line in NAMES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")), delimiter="\t"
    )
    levels = {
        (row["role"], name): level_in_name(name)
        for row in names
        if row["role"] in ("admin1", "admin2", "admin3", "village", "place")
        for name in row["names"].split("|")
    }
    assert [name for name, level in levels.items() if name[0].startswith("admin") and level != "units"] == []
    assert [name for name, level in levels.items() if not name[0].startswith("admin") and level == "units"] == []


@pytest.mark.parametrize("column", ["provstate", "wilaya", "NAME_1", "admin1Name", "область"])
def test_a_unit_is_meant_where_its_town_is_unknown(column: str):
    """Relizane under *provstate*, beside a city of which nothing is known, is the province."""
    import geoevents as ge

    events = ge.locate(
        pd.DataFrame({"country": ["Algeria"] * 2, column: ["Relizane"] * 2, "city": ["Unknown", None]}),
        place=["city", column],
        country="country",
    )
    assert events["place_id"].tolist() == ["iso:DZ-48"] * 2


def test_unknown_says_no_more_than_an_empty_cell():
    """A row whose places are all unknown is placed in its country, as one that has none."""
    import geoevents as ge

    events = ge.locate(
        pd.DataFrame({"country": ["Kenya"] * 3, "state": ["Unknown", None, "n/a"], "city": ["unknown", None, None]})
    )
    assert events["place_id"].tolist() == ["iso:KE"] * 3
    assert events["match_status"].tolist() == ["matched"] * 3
