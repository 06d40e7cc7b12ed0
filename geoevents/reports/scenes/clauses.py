"""Keep the places of a sentence to their clauses: "an explosion in Hama and clashes west of Homs" are two scenes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Text
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.scenes.candidates import Candidate

__all__ = ["ELSEWHERE", "LEAST", "within_clauses"]

_Options = list[tuple[Candidate, float]]
# What is left of the chance of a place that the words give to another event or to a speaker, and the least chance of a
# place that words may make certain.
ELSEWHERE, LEAST = 0.3, 0.05
# Words from a trigger to its own place, the chance of that, and the least one that keeps it against a later place.
_WITHIN, _OWN, _OWN_LEAST = 8, 0.6, 0.2
# What stands between a place and the event of the next clause.
_NEXT_CLAUSE = re.compile(r"[\w\s'’-]{0,40}?(?:,? and|;|,? while|,? as) (?:[\w'’-]+ ){0,3}")
# "Killed seven in Tillaberi while troops searched villages around Ayorou".
_MEANWHILE = frozenset(("while", "whereas", ";"))
# "A blast in Karachi killed three": words from the noun to its place, and the chance that the verb behind has it too.
_SUBJECT_WITHIN, _SUBJECT = 4, 0.8
# "Repelled an attack on Bakhmut": words from the verb to the noun, and from the noun to the place; whoever condemns an
# attack or arrests someone after it does so elsewhere.
_OBJECT_WITHIN, _PLACE_WITHIN, _NOT_THERE = 3, 4, ("politics", "arrest")
_PREPOSITIONS, _LOCATING = role_words()["place preposition"], role_words()["locating"]
# "... and struck a bridge near Kherson".
_AND_VERB, _HAPPENS = re.compile(r",? and (?:then |also )?([a-z]+)\b"), role_words()["noun happens"]
_ON, _LATER = _LOCATING | {"on"}, frozenset(("after", "before", "since", "following"))


def within_clauses(text: Text, trigger: Trigger, triggers: Sequence[Trigger], options: _Options) -> _Options:
    """Return the places of a sentence with their chances after what its clauses say.

    Parameters
    ----------
    triggers
        All those of the sentence, in order.
    """
    options = _of_subject(text, trigger, triggers, _of_own_clause(text, trigger, triggers, options))
    options = _not_of_next_verb(text, trigger, _of_object(text, trigger, triggers, options))
    return _not_meanwhile(text, trigger, _not_of_next_clause(text, trigger, triggers, options))


def _of_own_clause(text: Text, trigger: Trigger, triggers: Sequence[Trigger], options: _Options) -> _Options:
    """Prefer the place behind a trigger to that of the one before: "an explosion in Hama and clashes in Homs"."""
    before = [other for other in triggers if other.last <= trigger.first]
    if not before:
        return options
    previous = before[-1]
    theirs = [c for c, _ in options if previous.last <= c.first < trigger.first]
    following = min((other.first for other in triggers if other.first >= trigger.last), default=len(text.lower))
    ours = [(c, chance) for c, chance in options if trigger.last <= c.first < following and chance >= LEAST]
    if not theirs or not ours or ours[0][0].first - trigger.last > _WITHIN:
        return options
    if not _NEXT_CLAUSE.fullmatch(text.text[theirs[-1].end : text.start[trigger.first]]):
        return options
    own = ours[0][0]
    place = own.mention.match.place if own.mention else None
    if text.lower[own.first - 1] not in _PREPOSITIONS and (place is None or place.kind != "derived"):
        return options
    return [
        (c, max(chance, _OWN) if c is own else chance * ELSEWHERE if c in theirs else chance) for c, chance in options
    ]


def _of_subject(text: Text, trigger: Trigger, triggers: Sequence[Trigger], options: _Options) -> _Options:
    """Give a verb the place of the noun that is its subject: "a day after a blast in Karachi killed three"."""
    if trigger.type.kind != "verb":
        return options
    nouns = [t for t in triggers if t.type.kind == "noun" and t.last <= trigger.first]
    theirs = [c for c, _ in options if nouns and nouns[-1].last <= c.first < trigger.first]
    if not theirs or theirs[-1].last != trigger.first or theirs[0].first - nouns[-1].last > _SUBJECT_WITHIN:
        return options
    own = theirs[0]
    if text.lower[own.first - 1] not in _LOCATING:
        return options
    return [
        (c, max(chance, _SUBJECT) if c is own else chance * ELSEWHERE if c.first < own.first else chance)
        for c, chance in options
    ]


def _of_object(text: Text, trigger: Trigger, triggers: Sequence[Trigger], options: _Options) -> _Options:
    """Give a verb the place of the noun that is its object: "repelled an attack on Bakhmut and bombed Kherson"."""
    if trigger.type.kind != "verb" or trigger.type.event_class in _NOT_THERE:
        return options
    noun = next((t for t in triggers if t.first >= trigger.last), None)
    if noun is None or noun.type.kind != "noun" or noun.first - trigger.last > _OBJECT_WITHIN:
        return options
    own = next((c for c, _ in options if c.first >= trigger.last), None)
    if not _LATER.isdisjoint(text.lower[trigger.last : noun.first]):
        return options  # "killed days after an attack on Gao"
    if own is None or not 0 < own.first - noun.last <= _PLACE_WITHIN or text.lower[noun.last] not in _ON:
        return options
    return [(c, max(chance, _SUBJECT) if c is own else chance) for c, chance in options]


def _not_of_next_verb(text: Text, trigger: Trigger, options: _Options) -> _Options:
    """Leave to the next verb what stands behind it: "an attack on Bakhmut and struck a bridge near Kherson"."""
    behind = [c for c, _ in options if c.first >= trigger.last]
    own = behind[0] if behind else None
    if own is None or own.first - trigger.last > _PLACE_WITHIN or text.lower[own.first - 1] not in _ON:
        return options
    other = _AND_VERB.match(text.text, own.end)
    if other is None or not (other[1].endswith("ed") or other[1] in _HAPPENS):
        return options
    return [(c, chance * ELSEWHERE if c.start >= other.end() else chance) for c, chance in options]


def _not_of_next_clause(text: Text, trigger: Trigger, triggers: Sequence[Trigger], options: _Options) -> _Options:
    """Leave the places behind the next trigger to it: "jets bombed Taiz while fighting raged in Aden".

    A trigger with no place behind it keeps to one before: "a strike hit Idlib, killing nine, and a shell hit Afrin".
    """
    later = [other for other in triggers if other.first >= trigger.last]
    if not later:
        return options
    # "Repelled an attack on Bakhmut and struck a bridge near Kherson": the attack is what was repelled.
    behind = min((c.first for c, _ in options if c.first >= trigger.last), default=0)
    following = next((other for other in later if other.first > behind > 0), later[0])
    ours = [(c, chance) for c, chance in options if trigger.last <= c.first < following.first]
    end = ours[-1][0].end if ours else text.end[trigger.last - 1]
    ours = ours or [(c, chance) for c, chance in options if c.last <= trigger.first]
    if not ours or max(chance for _, chance in ours) < _OWN_LEAST:
        return options
    if not _NEXT_CLAUSE.fullmatch(text.text[end : text.start[following.first]]):
        return options
    return [(c, chance * ELSEWHERE if c.first >= following.last else chance) for c, chance in options]


def _not_meanwhile(text: Text, trigger: Trigger, options: _Options) -> _Options:
    """Prefer the place behind a trigger to those behind "while": somebody else does something else there."""
    last = max((c.first for c, _ in options), default=0)
    end = next((i for i in range(trigger.last, last) if text.lower[i] in _MEANWHILE), None)
    if end is None:
        return options
    ours = [c for c, _ in options if trigger.last <= c.first < end and text.lower[c.first - 1] in _LOCATING]
    if not ours:
        return options
    return [
        (c, max(chance, _OWN) if c is ours[0] else chance * ELSEWHERE if c.first > end else chance)
        for c, chance in options
    ]
