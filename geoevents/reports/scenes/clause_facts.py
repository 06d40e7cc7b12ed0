"""Facts of the words around a name and a trigger, as the model of scenes reads them.

They say what a parser would: whether the phrase with the name hangs on the trigger itself or on another noun, whether
a clause of its own stands between, and which other places the sentence names.
"""

from __future__ import annotations

from collections.abc import Sequence

from gazetteer import Place
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Sentence, Text
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.scenes.candidates import PLACE_NOUNS, Candidate, preposition_before
from geoevents.reports.scenes.place_facts import is_in

__all__ = ["CLAUSE_FEATURES", "NAME_FEATURES", "clause_facts", "name_facts"]

NAME_FEATURES = ("finer_named", "wider_named", "kind_said", "head", "day_behind", "named_again")
CLAUSE_FEATURES = (
    "hangs_on_trigger",
    "clauses_between",
    "verbs_between",
    "capitals_between",
    "phrases_between",
    "is_first_located",
    "is_passive",
    "trigger_in_clause",
)
_ROLES = role_words()
_LOCATING, _OF_PLACE, _TO_BE = _ROLES["locating"], _ROLES["place preposition"], _ROLES["to be"]
_MONTHS, _DAYS, _CLAUSE_OPENS = _ROLES["month"], _ROLES["day word"], _ROLES["clause opens"]
_BEFORE_DAYS = ("on", "in", "last", "early", "late")
# What a noun before "in X" is: the first class that holds it.
_HEADS = tuple(
    _ROLES[role]
    for role in ("people", "armed", "state", "official", "saying", "beside a place", "vehicle", "fight", "phrase end")
)
# Words before a trigger in which "was" makes it passive, and in which a word opens the clause that holds it.
_PASSIVE_WITHIN, _CLAUSE_WITHIN = 3, 6
# Words before a name in which a word may say what kind of place it is.
_KIND_WITHIN = 3


def name_facts(text: Text, sentence: Sentence, candidates: Sequence[Candidate], i: int) -> list[float]:
    """Return `NAME_FEATURES` of a name: what stands around it, whatever the trigger."""
    candidate = candidates[i]
    place = _place(candidate)
    others = [other for c in candidates if c is not candidate and (other := _place(c)) is not None]
    first, last, lower = candidate.first, candidate.last, text.lower
    said = lower[max(first - _KIND_WITHIN, sentence.first) : first] + lower[last : last + 1]
    name = text.text[candidate.start : candidate.end]
    return [
        place is not None and any(is_in(other, place) for other in others),
        place is not None and any(is_in(place, other) for other in others),
        sum(word in PLACE_NOUNS for word in said),
        _head(text, sentence, candidate),
        _is_day(lower[last : last + 2]),
        sum(c is not candidate and text.text[c.start : c.end] == name for c in candidates),
    ]


def clause_facts(
    text: Text, sentence: Sentence, trigger: Trigger, candidate: Candidate, candidates: Sequence[Candidate]
) -> list[float]:
    """Return `CLAUSE_FEATURES` of a trigger and a name: what stands between them, and what the trigger stands in."""
    lower = text.lower
    is_after = candidate.first >= trigger.last
    a, b = (trigger.last, candidate.first) if is_after else (candidate.last, trigger.first)
    words = lower[a:b]
    preposition, skipped = preposition_before(text, candidate, sentence.first)
    located = [c for c in candidates if c.first >= trigger.last and lower[c.first - 1] in _LOCATING]
    return [
        preposition >= 0 and candidate.first - 1 - skipped == trigger.last,
        sum(word in _CLAUSE_OPENS for word in words),
        sum(word.endswith(("ed", "ing")) for word in words),
        sum(text.text[text.start[j]].isupper() for j in range(a, b)),
        sum(word in _OF_PLACE for word in words),
        -1 if not located else located[0] is candidate,
        not _TO_BE.isdisjoint(lower[max(trigger.first - _PASSIVE_WITHIN, sentence.first) : trigger.first]),
        not _CLAUSE_OPENS.isdisjoint(lower[max(trigger.first - _CLAUSE_WITHIN, sentence.first) : trigger.first]),
    ]


def _head(text: Text, sentence: Sentence, candidate: Candidate) -> int:
    """Return the class of the word that the preposition of a name stands behind: "soldiers in X", "the attack in X"."""
    preposition, skipped = preposition_before(text, candidate, sentence.first)
    at = candidate.first - skipped - 2
    if preposition < 0 or at < sentence.first:
        return -1
    word = text.lower[at]
    if word in _DAYS or word in _MONTHS or word.isdigit():
        return len(_HEADS)
    if word in PLACE_NOUNS:
        return len(_HEADS) + 1
    return next((n for n, words in enumerate(_HEADS) if word in words), len(_HEADS) + 2 + word.isalpha())


def _is_day(words: Sequence[str]) -> bool:
    """Whether words say a day: "in Mosul on Sunday" tells of an event there."""
    if not words:
        return False
    if words[0] in _DAYS:
        return True
    behind = words[1:2]
    return words[0] in _BEFORE_DAYS and bool(behind) and (behind[0] in _DAYS | _MONTHS or behind[0].isdigit())


def _place(candidate: Candidate) -> Place | None:
    return candidate.mention.match.place if candidate.mention else None
