"""What was not read is said: an answer that left out a name is ambiguous, with a reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

import gazetteer

CASES = Path(__file__).parent / "cases" / "unread.tsv"


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", rows(), ids=lambda case: case["phrase"])
def test_what_was_left_out_is_said(case: dict[str, str]) -> None:
    """The answer is ambiguous, its reason names what was left out or why it is in doubt, and a column says the same."""
    gaz = gazetteer.load()
    match = gaz.resolve(case["phrase"], country=case["country"] or None)
    assert match.status == "ambiguous"
    assert match.place is not None
    assert case["reason"] in match.reason
    assert not case["expect"] or match.place.id == case["expect"]
    row = gaz.resolve_many([case["phrase"]], country=case["country"] or None).iloc[0]
    assert (row["status"], row["reason"]) == (match.status, match.reason)


def test_the_radius_covers_what_was_left_out() -> None:
    """Of a list whose member was not found the radius reaches over the country, and so over the member."""
    gaz = gazetteer.load()
    whole, part = (gaz.resolve(text, country="SY") for text in ("Homs and Hama", "Homs, Zorbville and Hama"))
    assert part.radius_km > 2 * whole.radius_km


def test_an_empty_value_is_no_finer_place() -> None:
    """A cell that holds no value, in a finer column, leaves the next one as it stands alone."""
    gaz = gazetteer.load()
    table = pd.DataFrame({"town": ["Unknown", "#N/A", "nan", ""], "unit": ["Helmand"] * 4})
    found = gaz.resolve_many(table, country="AF")
    assert found["place_id"].tolist() == ["iso:AF-HEL"] * 4
    assert found["method"].tolist() == ["exact"] * 4


@pytest.mark.parametrize("cell", ["nan", "NaN", "#N/A", "N/A", "null", "5", "12-15", "2021", "-", "(3)"])
def test_cells_without_a_name(cell: str) -> None:
    """A cell that holds no value or figures alone means no place, alone and in a column."""
    gaz = gazetteer.load()
    assert gaz.resolve(cell).status == "unresolved"
    assert gaz.resolve_many([cell, "Almaty"])["status"].tolist() == ["unresolved", "matched"]
