"""Finds who acts in an event, on whom, and who says so: a trigger and its sentence enter, names leave.

The nearest group of words that names people, armed groups or organs of a state in front of an active verb, or behind
"by", acts; the one on the other side is acted upon. Whoever speaks ("said", "according to") is a source, no actor.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from geoevents.reports.event_types import role_words
from geoevents.reports.text import Sentence, Text
from geoevents.reports.triggers import Trigger

__all__ = ["actors_of", "role_of", "source_of"]

_ROLES = role_words()
_HEADS = _ROLES["people"] | _ROLES["armed"] | _ROLES["state"] | _ROLES["official"]
_STOP = _ROLES["phrase end"]
_BE = _ROLES["to be"]
_PEOPLE = _ROLES["pronoun"]
# Words on either side of a trigger among which an actor is looked for.
_REACH = 12


def actors_of(text: Text, sentence: Sentence, trigger: Trigger) -> tuple[str, str]:
    """Return who acts and on whom, empty where it is not said.

    Examples
    --------
    >>> from geoevents.reports.event_types import read_event_types
    >>> from geoevents.reports.text import read_text
    >>> from geoevents.reports.triggers import find_triggers
    >>> text = read_text("Two farmers were killed by masked gunmen near Kano.")
    >>> actors_of(text, text.sentences[0], find_triggers(text, read_event_types())[0])
    ('masked gunmen', 'Two farmers')
    """
    lower = text.lower
    left = _nearest(text, sentence, range(trigger.first - 1, max(sentence.first, trigger.first - _REACH) - 1, -1))
    after = range(trigger.last, min(sentence.last, trigger.last + _REACH))
    by = next((i for i in after if lower[i] == "by" and i - trigger.last < 8), None)
    passive = trigger.form in ("past", "participle") and not _BE.isdisjoint(
        lower[max(sentence.first, trigger.first - 3) : trigger.first]
    )
    if by is not None and (passive or trigger.type.kind == "noun"):
        agent = _nearest(text, sentence, range(by + 1, min(sentence.last, by + 8)))
        target = left if passive else _behind_of(text, sentence, trigger)
        return agent, target
    if passive:
        return "", left
    if trigger.type.kind == "noun":
        return "", _behind_of(text, sentence, trigger)
    right = _nearest(text, sentence, after)
    return left, right if right != left else ""


def _behind_of(text: Text, sentence: Sentence, trigger: Trigger) -> str:
    if trigger.last < sentence.last and text.lower[trigger.last] in ("of", "on", "against"):
        return _nearest(text, sentence, range(trigger.last + 1, min(sentence.last, trigger.last + 8)))
    return ""


def _nearest(text: Text, sentence: Sentence, words: Sequence[int]) -> str:
    """Return the group of words around the first one that names somebody."""
    for i in words:
        if text.lower[i] not in _HEADS or text.lower[i] in _PEOPLE:
            continue
        first = i
        while first > sentence.first and i - first < 4 and text.lower[first - 1] not in _STOP | _HEADS_THAT_END:
            first -= 1
        last = i + 1
        while last < sentence.last and text.lower[last] in _HEADS and last - i < 2:
            last += 1
        words_between = text.text[text.start[first] : text.end[last - 1]]
        return re.sub(r"^(?:the|a|an) ", "", " ".join(words_between.split()), flags=re.I)
    return ""


_HEADS_THAT_END = _ROLES["event word"]


def role_of(actor: str) -> str:
    """Return which role an actor's last word has: ``armed``, ``state``, ``people``, or nothing.

    Examples
    --------
    >>> role_of("masked gunmen"), role_of("two soldiers"), role_of("farmers")
    ('armed', 'state', 'people')
    """
    words = actor.lower().split()
    for role in ("armed", "state", "people"):
        if words and words[-1] in _ROLES[role]:
            return role
    return ""


def source_of(text: Text, sentence: Sentence) -> str:
    """Return who a sentence has its news from: "police said", "according to the ministry".

    Examples
    --------
    >>> from geoevents.reports.text import read_text
    >>> text = read_text("Nine people died in the blast, the Health Ministry said.")
    >>> source_of(text, text.sentences[0])
    'Health Ministry'
    """
    lower = text.lower
    for i in range(sentence.first, sentence.last):
        word = lower[i]
        if word == "according" and i + 2 < sentence.last and lower[i + 1] == "to":
            last = i + 2
            while last < min(sentence.last, i + 2 + _SOURCE_WORDS) and lower[last] not in _SOURCE_END:
                last += 1
            name = _stripped(text, i + 2, last)
        elif word in _TOLD:
            first = i
            while first > max(sentence.first, i - _SOURCE_WORDS) and lower[first - 1] not in _SOURCE_END:
                first -= 1
            name = _stripped(text, first, i)
        else:
            continue
        if name:
            return name
    return ""


def _stripped(text: Text, first: int, last: int) -> str:
    while first < last and text.lower[first] in _NO_SOURCE:
        first += 1
    return " ".join(text.text[text.start[first] : text.end[last - 1]].split()) if first < last else ""


_TOLD = frozenset(("said", "told", "reported", "announced", "confirmed", "stated"))
_NO_SOURCE = frozenset(("the", "a", "an", "and", "but", "as", "he", "she", "it", "they", "that", "who", "which", "has"))
_SOURCE_END = frozenset(
    (",", ".", ";", ":", "(", ")", "-", "–", "—", '"', "“", "”", "that", "on", "who", "was", "were")
)
# Words of a source's name at most.
_SOURCE_WORDS = 6
