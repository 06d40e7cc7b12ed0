"""Logs, digests, forms and bulletins: each line has its own day and place, and headings are no part of sentences."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

import geoevents as ge
from geoevents.reports.documents.reading import Document

with (Path(__file__).parent / "logs.tsv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["claim"])
def test_lines_of_reports(case: dict[str, str]) -> None:
    """A report tells the events beside it and no other: class, place, first day, dead."""
    words = case["text"].replace("\\n", "\n")
    rows = ge.extract(Document("a", words, date.fromisoformat(case["date"]), "", "")).to_dict("records")
    told = [
        (f"{row['event_class']} {row['place_name']} {row['start'].date()} {row['fatalities'] or '-'}")
        for row in rows
        if row["status"] == "happened"
    ]
    assert sorted(told) == sorted(filter(None, case["events"].split("; ")))
