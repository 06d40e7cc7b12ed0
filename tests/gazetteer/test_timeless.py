"""Names that mean the same on every day are asked about once in a column of many days, all others day by day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gazetteer
from gazetteer.tables.timeless import are_timeless

GAZ = gazetteer.load()
RESOLVER = GAZ.parts.resolver
DAYS = ("1925-06-01", "1955-01-01", "1991-07-01", "2005-03-03", "2024-02-01")
COUNTRIES = (None, "KAZ", "UKR", "RUS", "SRB", "ISR", "SDN", "SSD", "DEU", "IND", "USA")


def is_timeless(name: str, country: str | None) -> bool:
    """Say of one name whether it means the same on every day."""
    number = RESOLVER.store.key_of(RESOLVER.names.key(name), -1)
    return bool(are_timeless(RESOLVER, np.array([number]), np.array([country], dtype=object))[0])


@pytest.mark.parametrize(
    ("name", "country", "expected"),
    [
        ("Aktau", None, True),
        ("Aktau", "KAZ", True),
        ("Aktau", "UKR", False),  # nothing of the name lies in Ukraine: what belonged to it is asked on the day
        ("Gaza", "ISR", False),
        ("Kazakhstan", None, False),
        ("Abai Region", None, False),
        ("EU", None, False),
        ("Xyzzyville", None, False),
    ],
)
def test_only_names_whose_places_never_change_are_timeless(name: str, country: str | None, expected: bool) -> None:
    """A country, a group, a unit with a first day, and what may have belonged to a country are asked on their day."""
    assert is_timeless(name, country) is expected


@given(st.integers(0, len(RESOLVER.store) - 1), st.sampled_from(COUNTRIES), st.booleans())
@settings(max_examples=120, deadline=None)
def test_timeless_names_mean_the_same_on_every_day(place: int, country: str | None, own: bool) -> None:
    """Whatever a name and its country, a timeless one has one answer on all days."""
    name, holder = (RESOLVER.store.take(column, np.array([place]))[0] for column in ("name", "country"))
    hint = holder if own else country
    if is_timeless(name, hint):
        assert len({repr(GAZ.resolve(name, country=hint, on=day).as_dict()) for day in DAYS}) == 1


def test_a_column_of_many_days_answers_as_each_day_alone() -> None:
    """A column with days gives what its rows give alone, and one answer for a name that no day changes."""
    names = ["Aktau", "Gaza", "Leningrad", "Abai Region", "Almaty", "Belgrade", "Juba", "Kosovo"]
    rows = pd.DataFrame([(name, day) for name in names for day in DAYS], columns=["name", "day"])
    answers, which = GAZ.resolve_distinct(rows["name"], on=rows["day"])
    found = answers.take(which)
    for row, query, place, status in zip(
        rows.itertuples(), found["query"], found["place_id"], found["status"], strict=True
    ):
        alone = GAZ.resolve(row.name, on=row.day)
        assert (query, place, status) == (row.name, alone.place.id if alone.place else None, alone.status)
    assert (answers["query"] == "Aktau").sum() == 1
    assert (answers["query"] == "Abai Region").sum() > 1


def test_two_names_that_a_mark_joins_are_read_in_columns_as_well() -> None:
    """The name "Jos, Plateau" is the town in its state, in a column as alone, though a landform bears both words."""
    assert GAZ.resolve_many(["Jos, Plateau"])["kind"].tolist() == ["city"]
    assert GAZ.resolve("Jos, Plateau").place.kind == "city"


def test_rows_of_a_file_speak_for_one_another_day_by_day() -> None:
    """In the context of a file a name of two times with other units counts twice; of a row it is one answer."""
    days = pd.Series(["1925-06-01", "2024-02-01"])
    for context, answers in (("row", 1), ("file", 2)):
        assert len(GAZ.resolve_distinct(["Aktau", "Aktau"], on=days, context=context)[0]) == answers
