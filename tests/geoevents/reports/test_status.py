"""Whether what a word says has happened: plans, what was called off, history, courts, budgets, false alarms."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geoevents.reports.language.event_types import read_event_types
from geoevents.reports.language.status import judge
from geoevents.reports.language.text import read_text
from geoevents.reports.language.triggers import find_triggers
from geoevents.reports.language.worlds import worlds_of

YEAR = 2022
TYPES = read_event_types()


def cases() -> list[dict[str, str]]:
    with (Path(__file__).parent / "statuses.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["claim"])
def test_a_word_says_whether_it_happened(case: dict[str, str]) -> None:
    """The word of the case is judged as the case says; an empty status is no event."""
    text = read_text(case["text"])
    worlds = worlds_of(text, YEAR)
    found = [
        judge(text, text.sentences[trigger.sentence], trigger, worlds[trigger.sentence]).status
        for trigger in find_triggers(text, TYPES)
        if text.lower[trigger.first] == case["word"]
    ]
    assert found == [case["status"] or None]
