"""Counts of people and things in news English become low, best and high."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoevents.reports.counts.counting import Count, find_counts

with (Path(__file__).parent / "counts.tsv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def written(text: str, counts: list[Count]) -> str:
    """Return the counts as the table writes them."""
    lines = []
    for count in counts:
        bounds = "/".join("-" if bound is None else str(bound) for bound in (count.low, count.best, count.high))
        flags = ["total"] * count.is_total + ["part"] * count.is_part
        lines.append(" ".join(filter(None, [text[count.start : count.end], bounds, count.kind, count.of, *flags])))
    return " | ".join(lines) or "-"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_counts_of_the_table(case: dict[str, str]) -> None:
    """Each text of the table gives the counts beside it, no more and no fewer."""
    assert written(case["text"], find_counts(case["text"])) == case["counts"]


def test_the_table_is_large_enough() -> None:
    """The table holds at least 80 texts."""
    assert len(CASES) >= 80


WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        """at least 12 people were killed , . and wounding three others of them a dozen no one the toll rose to 164
        including two children between - 3 or more thousand hundreds missing homeless arrested ( ) in 2019 soldiers
        $500 km who died half""",
    )
)


@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_counts_are_sound_whatever_the_words(text: str) -> None:
    """No words raise; counts lie within the text in order, with low ≤ best ≤ high."""
    counts = find_counts(text)
    assert [count.start for count in counts] == sorted(count.start for count in counts)
    for count in counts:
        assert 0 <= count.start < count.end <= len(text)
        known = [bound for bound in (count.low, count.best, count.high) if bound is not None]
        assert known
        assert known == sorted(known)


@given(st.integers(2, 90_000), st.sampled_from(["killed", "injured", "detained", "displaced", "abducted"]))
def test_a_figure_with_a_passive_verb_is_its_count(number: int, kind: str) -> None:
    """``N people were killed`` counts N, with and without commas."""
    for figure in (str(number), f"{number:,}"):
        (count,) = find_counts(f"Officials said {figure} people were {kind}.")
        assert (count.low, count.best, count.high, count.kind) == (number, number, number, kind)


def test_a_long_row_of_figures_takes_time_in_proportion() -> None:
    """Eight times as many figures take about eight times as long, not the square of that."""

    def seconds(figures: int) -> float:
        text = "Killed: " + "5 " * figures
        begun = time.process_time()
        find_counts(text)
        return time.process_time() - begun

    seconds(10)
    few = min(seconds(500) for _ in range(3))
    assert seconds(4_000) < 24 * few
