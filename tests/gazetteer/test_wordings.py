"""Phrases that ask for something of a plain name: what is seen of them at a glance is what the rules read."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from case_phrases import phrases
from hypothesis import example, given, settings
from hypothesis import strategies as st

import gazetteer
from gazetteer.names.coordinates import read_coordinates
from gazetteer.phrases import patterns
from gazetteer.phrases.cells import Cell, clean, is_empty_value, is_postcode
from gazetteer.phrases.reading import PhraseReader
from gazetteer.phrases.refusals import refusal_of_text
from gazetteer.phrases.tree import Name, Term
from gazetteer.phrases.turning import turn_round

GAZ = gazetteer.load()
RESOLVER = GAZ.parts.resolver
READER = PhraseReader(RESOLVER.names, RESOLVER.countries, RESOLVER.generator)


ASKING = sorted(set(re.findall(r"[a-z]{1,}", Path(patterns.__file__).read_text(encoding="utf-8"))))
NAMES = sorted({word for phrase in phrases() for word in re.findall(r"[^\W\d_]{2,}", phrase)})
WINDS = ("north", "southwest", "North", "western", "NNW", "central", "far north", "S", "southern")
FORMS = (
    "{km} km {wind} of {name}", "{wind} of {name}", "near {name}", "{wind} {name}", "outskirts of {name}",
    "about {km} miles from {name}", "the {wind} of {name}", "just outside {name}", "{km}m from {name}",
    "in {wind} {name}", "{wind} part of {name}", "a village near {name}", "countryside of {name}", "off {name}",
    "{km} km from {name}", "close to {name}", "{wind} outskirts of {name}", "{km} kilometers {wind} from {name}",
)  # fmt: skip


def check(phrase: str) -> bool:
    """Check that a phrase which is seen at a glance goes past no other reading, and has the tree of the rules."""
    wording = RESOLVER.wordings.read(phrase)
    if wording is None:
        return False
    assert not refusal_of_text(phrase, RESOLVER.names)
    assert not is_empty_value(phrase)
    assert not is_postcode(phrase)
    assert read_coordinates(phrase) is None
    assert clean(phrase, READER.is_name) == Cell(phrase)
    assert not READER.unread(phrase)
    assert turn_round(phrase) is None
    assert READER.read(phrase) == wording.node
    return True


@pytest.mark.parametrize(
    ("phrase", "tree"),
    [
        ("near Gao", Term("near", (Name("Gao"),), "near Gao")),
        ("30 km southwest of Kandahar", Term("offset", (Name("Kandahar"),), "30 km southwest of Kandahar", "SW", 30.0)),
        ("in northern Aleppo", Term("part", (Name("Aleppo"),), "northern Aleppo", "N")),
    ],
)
def test_words_and_a_name_are_seen_at_a_glance(phrase: str, tree: Term) -> None:
    """The tree is that of the grammar, with the name in its place."""
    assert check(phrase)
    wording = RESOLVER.wordings.read(phrase)
    assert wording is not None
    assert wording.node == tree


@pytest.mark.parametrize(
    "phrase",
    ["Gao", "near Xyzzyville", "northern Mali", "South Sudan", "West Kazakhstan", "near Gao, Mali", "au nord de Gao",
     "30 km north of Broadway", "30 north 40 east of Gao", "Gao and Kidal", "near Gao region", "N. of S. Paulo",
     "north of Gao last Monday", "near Trinidad and Tobago", "3 of 5 km from Gao",
     "countryside of At Turbah"],
)  # fmt: skip
def test_what_may_mean_more_goes_to_the_rules(phrase: str) -> None:
    """A country, an unknown name, a whole name, two figures, another language or a list is left to the rules."""
    assert RESOLVER.wordings.read(phrase) is None


def test_phrases_of_the_cases_are_read_alike() -> None:
    """No phrase of the case tables is read otherwise at a glance; many are seen so."""
    assert sum(map(check, phrases())) > 50


@given(st.lists(st.sampled_from(ASKING + list(WINDS) + ["30", "2.5", "5km"]), min_size=1, max_size=5),
       st.lists(st.sampled_from(NAMES), min_size=1, max_size=2))  # fmt: skip
@settings(max_examples=400, deadline=None)
@example(["the", "state", "of"], ["Kuwait"])
@example(["nr"], ["Gao"])
def test_words_of_any_kind_are_read_alike(words: list[str], name: list[str]) -> None:
    """Whatever words stand before a name, a phrase that is seen at a glance is read alike by the rules."""
    check(" ".join([*words, *name]))


def test_a_column_answers_as_each_phrase_alone() -> None:
    """Phrases of many forms about towns, units and what else is called so have in a column the answers they have alone.

    Countries are given for some of them, right and wrong ones, and days.
    """
    draw, store = np.random.default_rng(5), RESOLVER.store
    places = draw.integers(0, len(store), 220)
    names, holders = store.take("name", places), store.take("country", places)
    asked = []
    for name, holder in zip(names, holders, strict=True):
        form, wind = FORMS[draw.integers(len(FORMS))], WINDS[draw.integers(len(WINDS))]
        hint = (None, None, holder, holder, "CHN", "ISR", "MLI")[draw.integers(7)]
        day = (None, None, "1985-05-05", "2015-01-01")[draw.integers(4)]
        asked.append((form.format(km=draw.integers(1, 200), wind=wind, name=name), hint, day))
    column, countries, days = (pd.Series(values, dtype=object) for values in zip(*asked, strict=True))
    found = GAZ.resolve_many(column, country=countries, on=days).astype(object)
    found = found.where(found.notna(), None)
    for i, (phrase, hint, day) in enumerate(asked):
        alone = GAZ.resolve(phrase, country=hint, on=day)
        here = found.iloc[i]
        assert (here["status"], here["method"], here["reason"]) == (alone.status, alone.method, alone.reason), phrase
        assert here["place_id"] == (alone.place.id if alone.place else None), phrase
        if alone.place is not None:
            assert here["score"] == pytest.approx(alone.score, abs=1e-9), phrase
            assert (here["lon"], here["lat"], here["radius_km"], here["country"], here["name"]) == (
                alone.place.lon,
                alone.place.lat,
                alone.radius_km,
                alone.place.country,
                alone.place.name,
            ), phrase
