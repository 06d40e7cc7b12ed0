"""Names and what they must, or must not, mean: rows of text that anyone can extend."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import gazetteer

CASES = Path(__file__).parent / "cases"


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", rows("names.tsv"), ids=lambda case: f"{case['phrase']} {case['country']}".strip())
def test_name_means(case: dict[str, str]) -> None:
    """A phrase, with the hints of its row, means one of the places listed for it."""
    match = gazetteer.load().resolve(case["phrase"], country=case["country"] or None, on=case["on"] or None)
    assert match.place is not None, match.reason
    assert match.place.id in case["expect"].split("|"), f"{match.place.id} {match.place.name} {match.place.admin1}"
    if case["status"] in ("matched", "ambiguous"):
        assert match.status == case["status"]


@pytest.mark.parametrize("case", rows("negatives.tsv"), ids=lambda case: f"{case['phrase']} {case['country']}".strip())
def test_name_does_not_mean(case: dict[str, str]) -> None:
    """A phrase is never the place of its row; where none is given it is unresolved, with a reason."""
    match = gazetteer.load().resolve(case["phrase"], country=case["country"] or None)
    if case["must_not"]:
        assert match.place is None or match.place.id not in case["must_not"].split("|")
    else:
        assert match.status == "unresolved"
        assert match.reason


def test_rows_are_well_formed() -> None:
    """Each row stands once, with a place and a status that the tests know."""
    means, means_not = rows("names.tsv"), rows("negatives.tsv")
    assert len({(row["phrase"], row["country"], row["on"]) for row in means}) == len(means) >= 1000
    assert len({(row["phrase"], row["country"], row["must_not"]) for row in means_not}) == len(means_not) >= 100
    assert {row["status"] for row in means} == {"matched", "ambiguous", "any"}
    assert all(row["expect"] for row in means)
