"""States of the past: places on their days, containers on their days, and guesses on every other day."""

from __future__ import annotations

import csv
import warnings
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import gazetteer
from gazetteer.dates import EPOCH, day_number

with (Path(__file__).parent / "cases" / "former_states.tsv").open(encoding="utf-8") as lines:
    CASES = list(csv.DictReader(lines, delimiter="\t"))


def points(cell: str) -> shapely.Point:
    return shapely.Point(*map(float, cell.split()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['phrase']} {case['on']}")
def test_what_a_phrase_means_on_a_day(case: dict[str, str]) -> None:
    """A phrase has on a day the status and the place of its row; the shape holds the one point and not the other."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        match = gazetteer.load().resolve(case["phrase"], country=case["country"] or None, on=case["on"] or None)
    assert match.status == case["status"], match.reason
    assert case["place"] in ("*", match.place.id if match.place else "-")
    assert (match.status == "matched") or match.reason
    if case["holds"]:
        assert match.geometry is not None
        assert match.geometry.buffer(0.05).contains(points(case["holds"]))
        assert match.place is not None
        assert match.radius_km is not None
    if case["lacks"]:
        assert match.geometry is not None
        assert not match.geometry.contains(points(case["lacks"]))


def test_a_column_answers_as_one_phrase_does() -> None:
    """In a column the rows of the table, each with its day, have the status, place and point that they have alone."""
    gaz = gazetteer.load()
    rows = [case for case in CASES if not case["country"]]
    days = [case["on"] or None for case in rows]
    column = gaz.resolve_many([case["phrase"] for case in rows], on=days)
    for case, (_, row) in zip(rows, column.iterrows(), strict=True):
        match = gaz.resolve(case["phrase"], on=case["on"] or None)
        assert row["status"] == match.status, case
        if match.place is not None:
            assert (row["place_id"], row["radius_km"]) == (match.place.id, match.radius_km), case
            assert (row["lon"], row["lat"]) == pytest.approx((match.place.lon, match.place.lat), abs=1e-4), case


@settings(max_examples=40, deadline=None)
@given(st.dates(min_value=pd.Timestamp("1946-01-01").date(), max_value=pd.Timestamp("2025-12-31").date()))
def test_a_country_is_as_large_as_its_state_was(day: object) -> None:
    """On any day a country that was larger has the extent of the state that it was, and its own id and code."""
    gaz = gazetteer.load()
    number = day.toordinal() - EPOCH  # type: ignore[attr-defined]
    for country in ("iso:SD", "iso:ET", "iso:PK"):  # the others have no name of their own as they were
        whole = gaz.groups.whole(country, number)
        match = gaz.resolve(gaz.place(country).name, on=str(day))
        assert match.place is not None
        assert (match.place.id, match.place.country) == (country, gaz.place(country).country)
        expected = gaz.geometry(country if whole is None else whole, on=str(day))
        assert match.geometry is not None
        assert match.geometry.equals(expected)


def test_every_whole_is_sound() -> None:
    """A state that a country of today was has the country among its units, days, and a shape that is larger."""
    gaz = gazetteer.load()
    today = day_number(None)
    for country, states in gaz.groups.former_wholes.items():
        for state in states:
            assert country in state.units
            assert state.first < state.last < today
            day = (date(1970, 1, 1) + timedelta(days=state.last)).isoformat()
            assert gaz.geometry(country, on=day).area > gaz.geometry(country).area
