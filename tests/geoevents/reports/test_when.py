"""Time expressions of news English become intervals."""

from __future__ import annotations

import calendar
import csv
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoevents.reports.times.when import TimeExpression, find_times

with (Path(__file__).parent / "times.tsv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def written(text: str, times: list[TimeExpression]) -> str:
    """Return the times as the table writes them."""
    return " | ".join(f"{text[t.start : t.end]} {t.first or ''}..{t.last or ''} {t.prec}" for t in times) or "-"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_times_of_the_table(case: dict[str, str]) -> None:
    """Each text of the table gives the times beside it, no more and no fewer."""
    report = None if case["report_date"] == "-" else date.fromisoformat(case["report_date"])
    assert written(case["text"], find_times(case["text"], report)) == case["times"]


def test_the_table_is_large_enough() -> None:
    """The table holds at least 120 texts."""
    assert len(CASES) >= 120


WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        """on Monday last next since until 3 7 January May March 2022 the week month of ago two days later and to - , .
        early between from overnight today will said weekend first Sunday quarter year 31 February '90s 29 in a few past
        by before after 1st half every""",
    )
)


@given(st.lists(WORDS, max_size=25).map(" ".join), st.none() | st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_times_are_sound_whatever_the_words(text: str, report: date | None) -> None:
    """No words raise; times stand in order and apart, within the text, and none ends before it starts."""
    end = 0
    for time in find_times(text, report):
        assert end <= time.start < time.end <= len(text)
        end = time.end
        assert time.first or time.last
        assert 1 <= time.prec <= 5
        if time.first and time.last:
            assert time.first <= time.last


@given(
    st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d %b %Y"])
)
def test_a_whole_date_means_its_day(day: date, form: str) -> None:
    """A date written with its year means that day, whatever the report's day."""
    text = f"The bridge fell on {day.strftime(form)}."
    assert [(t.first, t.last, t.prec) for t in find_times(text, day + timedelta(days=400))] == [(day, day, 1)]


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.integers(0, 6))
def test_a_weekday_said_in_the_past_is_one_of_the_last_seven_days(report: date, weekday: int) -> None:
    """A weekday with a verb of the past is the report's day or one of the six before it."""
    name = calendar.day_name[weekday]
    (time,) = find_times(f"Two people were killed on {name}.", report)
    assert time.first is not None
    assert time.first.weekday() == weekday
    assert 0 <= (report - time.first).days < 7
