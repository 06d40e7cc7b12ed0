"""Reports that are changed: what stays the same, and that nothing breaks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geoevents as ge
from geoevents.reports.documents.reading import Document
from geoevents.reports.language.text import read_text, restore_case

DAY = date(2022, 1, 10)
REPORT = (
    "KANO, Nigeria, Jan. 10 (Agency) - Gunmen killed four farmers near Kano on Saturday, police said on Sunday.\n\n"
    "A car bomb exploded in Baghdad on Friday, killing nine people. Workers will march in Tunis on Wednesday.\n\n"
    'The minister said: "We condemn the attack." In 1986 rebels attacked Ilopango.'
)
SEEN = ["event_class", "status", "place_name", "start", "fatalities"]


def told(text: str, id_: str = "a") -> list[list[str]]:
    events = ge.extract(Document(id_, text, DAY, "", ""))
    return sorted(list(map(str, row)) for row in events[SEEN].to_numpy().tolist())


ORIGINAL = told(REPORT)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "\n",
        lambda text: "\n\n" + text,
        lambda text: text.replace(". ", ".  "),
        lambda text: text.replace("\n\n", "\n   \n"),
        lambda text: text.replace('"', "”"),
        lambda text: text + "\n\nThe harvest was good.",
    ],
    ids=["newline behind", "newlines before", "two spaces", "blank lines", "quotes", "another paragraph"],
)
def test_events_do_not_hang_on_the_dress_of_the_text(change: object) -> None:
    """Blank space, quotes and a paragraph about nothing leave the events as they are."""
    assert told(change(REPORT)) == ORIGINAL


def test_order_of_reports_does_not_matter() -> None:
    """Each report has the same events whichever was read before it."""
    one, two = Document("a", REPORT, DAY, "", ""), Document("b", "A flood hit Lagos on Sunday.", DAY, "", "")
    forward, backward = ge.extract([one, two]), ge.extract([two, one])
    assert sorted(forward["event_id"]) == sorted(backward["event_id"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(REPORT) - 1), st.sampled_from(list(" .\n\t\"'(),-–’0Aé中\U0001f525"))), max_size=12
    )
)
def test_spoilt_text_gives_a_valid_frame(changes: list[tuple[int, str]]) -> None:
    """Whatever letters are changed, the answer is a valid frame whose positions lie in the text."""
    letters = list(REPORT)
    for at, letter in changes:
        letters[at] = letter
    text = "".join(letters)
    events = ge.extract(Document("a", text, DAY, "", ""))
    ge.validate(events)
    for start, end in events[["evidence_start", "evidence_end"]].to_numpy().tolist():
        assert 0 <= start < end <= len(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_split_into_sentences_in_order(text: str) -> None:
    """Sentences lie in the text, in order, and do not overlap; words keep their place."""
    read = read_text(text)
    assert len(read.text) == len(text)
    at = 0
    for sentence in read.sentences:
        assert at <= sentence.start < sentence.end <= len(text)
        at = sentence.end


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_case_is_restored_letter_by_letter(text: str) -> None:
    """Restoring the case changes no letter but its case, and no length."""
    restored = restore_case(text, ())
    assert len(restored) == len(text)
    assert restored.casefold() == text.casefold()
