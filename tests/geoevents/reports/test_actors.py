"""Who acts in an event and on whom, as sentences say it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoevents.reports.language.actors import actors_of
from geoevents.reports.language.event_types import read_event_types
from geoevents.reports.language.sides import role_of, with_sides
from geoevents.reports.language.text import read_text
from geoevents.reports.language.triggers import find_triggers

with (Path(__file__).parent / "actors.tsv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
TYPES = read_event_types()


def sides(words: str) -> tuple[str, str]:
    """Return the sides that the triggers of a sentence say, the first that says one first."""
    text, found = read_text(words), ("", "")
    for trigger in find_triggers(text, TYPES):
        here = actors_of(text, text.sentences[trigger.sentence], trigger)
        found = with_sides(found, here)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_actors_of_the_table(case: dict[str, str]) -> None:
    """Each sentence gives who acts and on whom, or "-" where it does not say."""
    assert tuple(side or "-" for side in sides(case["text"])) == (case["actor1"], case["actor2"])


WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        """gunmen the army police killed were was by shot three soldiers of from and clashed with between , . near
        Kano members hundreds President Tokayev met an attack on a 17-year-old boy it said had in""",
    )
)


@given(st.lists(WORDS, max_size=20).map(" ".join))
def test_actors_are_words_of_the_sentence(words: str) -> None:
    """No words raise; an actor is written as in its sentence, and the two sides differ."""
    one, other = sides(words)
    assert one in words
    assert other in words
    assert not one or one != other


def test_the_head_gives_the_role() -> None:
    """Members of an army are members, hundreds of students are students."""
    assert role_of("members of the army") == "people"
    assert role_of("hundreds of students") == "protester"
    assert role_of("army's 4th brigade") == "state"
