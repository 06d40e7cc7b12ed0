"""The first look at a phrase: it takes apart what is nothing but names, and asks no rule that would say the same."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from case_phrases import phrases
from hypothesis import example, given, settings
from hypothesis import strategies as st

import gazetteer
from gazetteer.phrases import patterns
from gazetteer.phrases.cells import clean, is_empty_value
from gazetteer.phrases.first_look import FirstLook
from gazetteer.phrases.reading import PhraseReader
from gazetteer.phrases.tree import Name, Term

RESOLVER = gazetteer.load().parts.resolver
LOOK = FirstLook(RESOLVER.names, RESOLVER.countries)
READER = PhraseReader(RESOLVER.names, RESOLVER.countries, RESOLVER.generator)


# What people write, and what the patterns of the grammar are made of.
WORDS = sorted(
    {word for phrase in phrases() for word in re.findall(r"[^\W\d_]{2,}", phrase)}
    | set(re.findall(r"[a-z]{2,}", Path(patterns.__file__).read_text(encoding="utf-8")))
)


def check(phrase: str) -> bool:
    """Check that a phrase which the first look takes apart is read by the rules as the same names."""
    names = LOOK.names(phrase)
    if names is None:
        return False
    tree = Term("sequence", tuple(map(Name, names)), phrase) if len(names) > 1 else Name(phrase)
    assert READER.read(phrase) == tree
    assert not is_empty_value(phrase)
    assert not READER.unread(phrase)
    assert clean(phrase, READER.is_name).text == phrase
    return True


@pytest.mark.parametrize("phrase", ["Paris, Texas", "Paris", "Aktau, Mangystau, Kazakhstan", "Médina Gounass, Kolda"])
def test_names_between_commas_are_seen_at_once(phrase: str) -> None:
    """Plain names are taken apart, and the rules read them alike."""
    assert check(phrase)


@pytest.mark.parametrize(
    "phrase",
    ["Korea, South", "Seoul, Korea, Republic of", "near Gao, Mali", "Gao and Kidal, Mali", "Zzyzx", "nan",
     "Gao, 2, Mali", "nord du Mali, Afrique", "unknown, Mali", "Virgin Islands, British", "LoC, Kashmir"],
)  # fmt: skip
def test_what_asks_for_more_goes_to_the_rules(phrase: str) -> None:
    """A word that a rule may read, a figure or a form of a country's name is left to the rules."""
    assert LOOK.names(phrase) is None


def test_phrases_of_the_cases_are_read_alike() -> None:
    """No phrase of the case tables means something else at first look; many are seen at once."""
    assert sum(map(check, phrases())) > 50


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
@example(["Paris", "blue line", "Mali"])
def test_words_of_any_kind_are_read_alike(pieces: list[str]) -> None:
    """Whatever the words are, a phrase that is taken apart at first look is read by the rules as the same names."""
    check(", ".join(pieces))


def test_paris_texas_crosses_few_rooms() -> None:
    """To resolve "Paris, Texas" takes at most 170 calls of functions of the gazetteer, in nineteen of its modules.

    Calls cost time. A module more costs a reader a file, and spares one a file of two tasks.
    """
    gaz, calls = gazetteer.load(), Counter[str]()
    # Tables are opened when they are first needed, and a name is normalised once.
    for phrase in ("Almaty", "Lyon, France", "Paris", "Texas"):
        gaz.resolve(phrase)

    def count(frame: FrameType, event: str, _: Any) -> None:
        path = frame.f_code.co_filename.replace("\\", "/")
        if event == "call" and "/gazetteer/" in path and "/tests/" not in path:
            calls[path.split("/gazetteer/")[-1]] += 1

    sys.setprofile(count)
    try:
        gaz.resolve("Paris, Texas")
    finally:
        sys.setprofile(None)
    assert sum(calls.values()) <= 170, calls
    assert len(calls) <= 19, calls
