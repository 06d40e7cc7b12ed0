"""Datelines of all usual forms are read, and sentences that begin with a date are not."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from geoevents.reports.times.dateline import find_dateline

with (Path(__file__).parent / "datelines.tsv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:50])
@pytest.mark.parametrize("before", ["", "A headline\n\n"])
def test_datelines_of_the_table(case: dict[str, str], before: str) -> None:
    """Each line gives its place and day, at the head of the text and below a headline; a sentence gives none."""
    found = find_dateline(f"{before}{case['text']}\n\nThe story.", near=date(2022, 1, 11))
    if case["place"] == "none":
        assert found is None
    else:
        assert found is not None
        assert found.start == len(before)
        assert (found.place or "-", str(found.day)) == (case["place"], case["day"])
