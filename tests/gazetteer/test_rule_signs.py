"""The signs by which texts are shown to the rules of the grammar: what a rule reads holds a sign of it."""

from __future__ import annotations

import inspect
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazetteer.phrases import patterns
from gazetteer.phrases.levels import Known, Level
from gazetteer.phrases.parser import RULES, folded
from gazetteer.phrases.tree import Name

SIGNED = {rule.__name__: (rule, signs) for rule, signs in RULES if signs is not None}
OTHERS = ("Gao", "İN", "MARKAZı", "EAſT", "٣", "12")
WORDS = [*sorted(set(re.findall(r"[a-z]+|[^\w\s]", inspect.getsource(patterns)))), *OTHERS]


def check(name: str, text: str) -> bool:
    """Check that the rule of a name finds nothing in a text without a sign of it; say whether it read the text."""
    rule, signs = SIGNED[name]
    kinds = frozenset(("country", "admin1"))
    all_known = Known(bool, lambda _: kinds)
    levels = [Level(known, lambda piece, _: Name(piece)) for known in (Known(), all_known)]
    read = any(rule(text, level) is not None for level in levels)
    assert not read or any(sign in folded(text) for sign in signs), text
    return read


def patterns_of(name: str) -> list[re.Pattern[str]]:
    """Return the patterns that a rule names in its source, of its own module or of all."""
    function = SIGNED[name][0]
    named = re.findall(r"\b_?[A-Z_]+\b", inspect.getsource(function))
    found = [getattr(module, word, None) for word in named for module in (patterns, inspect.getmodule(function))]
    return [rule.match.__self__ for rule in found if isinstance(rule, patterns.Rule)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(set(SIGNED) - {"bracketed"}))
@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_a_pattern_of_a_rule_fits_holds_a_sign(name: str, data: st.DataObject) -> None:
    """Texts made of the rule's own patterns are shown to it: a word that is added to a pattern is a sign, too."""
    check(name, data.draw(st.sampled_from(patterns_of(name)).flatmap(st.from_regex)))


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join), st.sampled_from(sorted(SIGNED)))
@settings(max_examples=200, deadline=None)
def test_words_of_the_patterns_hold_a_sign(text: str, name: str) -> None:
    """The same of the words of all patterns, in any order, in capitals and with letters that capitals share."""
    check(name, text)
    check(name, text.upper())


@pytest.mark.parametrize(
    "text", ["Kenya except Nairobi", "20 km off the coast of Kenya", "Timbuktu-Kidal", "Ségou (Mali)"]
)
def test_signs_are_found(text: str) -> None:
    """Some rule reads each of these: the texts that this module makes are not all refused."""
    assert any(check(name, text) for name in SIGNED)
