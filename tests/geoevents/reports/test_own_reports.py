"""The project's own reports with gold beside them: the seed report, and short ones on many kinds of events."""

from __future__ import annotations

import json
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from geoevents.reports.counts.counting import find_counts
from geoevents.reports.documents.reading import read_documents
from geoevents.reports.times.when import find_times

HERE = Path(__file__).parent
SEEDS = HERE.parents[2] / "seeds"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


FILES = [SEEDS / "kazakhstan-2022.gold.jsonl", HERE / "reports.gold.jsonl", *sorted(HERE.glob("heldout/*.gold.jsonl"))]
REPORTS = [report for path in FILES for report in lines(path)]
EVENTS = [(report, event) for report in REPORTS for event in report["events"]]


def test_the_seed_report_is_the_text_of_its_gold() -> None:
    """Reading the seed report gives the text that its gold counts characters in."""
    (document,) = read_documents([SEEDS / "kazakhstan-2022.md"])
    (gold,) = lines(SEEDS / "kazakhstan-2022.gold.jsonl")
    assert (document.id, document.text, str(document.date)) == (gold["id"], gold["text"], gold["report_date"])
    assert 500 <= len(document.text.split()) <= 800


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["id"])
def test_gold_speaks_of_its_text(report: dict[str, Any]) -> None:
    """Evidence is a part of the text, and a day is not after the report's."""
    for event in report["events"]:
        assert event["evidence"] in report["text"]
        assert event["date_start"] <= event["date_end"] <= report["report_date"]


DAYS = [(report, event) for report, event in EVENTS if event["date_prec"] == 1]


@pytest.mark.parametrize(("report", "event"), DAYS, ids=lambda item: str(item.get("id", item.get("date_start"))))
def test_the_day_of_every_event_is_found(report: dict[str, Any], event: dict[str, Any]) -> None:
    """The text says the day of each event that has one."""
    days = {time.first for time in find_times(report["text"], date.fromisoformat(report["report_date"]))}
    assert date.fromisoformat(event["date_start"]) in days


KINDS = {"fatalities": "killed", "injured": "injured", "detained": "detained", "displaced": "displaced",
         "missing": "missing", "abducted": "abducted", "count": "other"}  # fmt: skip
FIGURES = [
    (report["text"], kind, event[column], event["evidence"])
    for report, event in EVENTS
    for column, kind in KINDS.items()
    if event[column] and not (column == "detained" and event[column] == 1)
]


@pytest.mark.parametrize(("text", "kind", "figure", "evidence"), FIGURES)
def test_the_figures_of_every_event_are_found(text: str, kind: str, figure: int, evidence: str) -> None:
    """A figure of the gold is one that the text counts, or the sum of two."""
    found = [count.best or 0 for count in find_counts(text) if count.kind == kind and not count.is_part]
    parts = [count.best or 0 for count in find_counts(text) if count.kind == kind]
    parts += [count.best or 0 for count in find_counts(text) if count.kind == "other"]
    assert figure in parts or figure in {sum(pair) for pair in combinations(found, 2)}, evidence


QUIET = [report for report in REPORTS if not report["events"]]


@pytest.mark.parametrize("report", QUIET, ids=lambda report: report["id"])
def test_reports_without_events_say_what_they_are(report: dict[str, Any]) -> None:
    """A report without events names the kind of text it is."""
    assert report["about"] in ("commentary", "history", "sport", "fiction", "plans", "analogy", "science")
