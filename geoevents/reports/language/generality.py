"""Tell what speaks of nothing that happened on a day: questions and tasks, plots, columns, the general case."""

from __future__ import annotations

import re

from geoevents.reports.counts.nouns import noun_class
from geoevents.reports.counts.number_words import classes
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.genres import DATED
from geoevents.reports.language.text import Sentence, Text
from geoevents.reports.language.triggers import Trigger

__all__ = ["is_general", "is_generic_tale", "is_plot", "is_said_of_people", "is_task"]

_ROLES = role_words()
# Characters on either side of a trigger among which such words speak of it.
_YEARLY_REACH = 60

# "Anyone who kidnapped a child", "every shooting", "1.35 million people a year": the general case makes no event.
_ANYONE = re.compile(
    r"\b(?:anyone|anybody|whoever|someone|those|a (?:person|man|woman|driver|worker)) who (?:is |are |has )?$", re.I
)
# "A quarantine is cheaper than an invasion."
_THAN_A = re.compile(r"\bthan an? (?:[a-z]+ )?$")
_YEARLY = re.compile(
    r"\b(?:(?:a|per|each|every) (?:year|month|week|day)(?! (?:ago|later|after|before|earlier|long|of)\b)|annually|"
    r"on average|in general|worldwide)\b",
    re.I,
)


def is_general(text: Text, sentence: Sentence, trigger: Trigger) -> bool:
    """Whether a trigger speaks of what happens in general: "every shooting", "kill a million people a year"."""
    start, end = text.start[trigger.first], text.end[trigger.last - 1]
    before = text.text[max(sentence.start, start - 40) : start]
    if trigger.type.kind == "noun" and text.lower[trigger.first - 1] in ("every", "each", "any") and trigger.first > 0:
        return True
    if trigger.type.kind == "noun" and _THAN_A.search(before):
        return True
    if trigger.type.kind == "verb" and _ANYONE.search(before) and not re.search(r"\bthose who (?:was|were)", before):
        return "those" not in before.lower().split()[-3:] or trigger.form in ("base", "third")
    if trigger.form in ("base", "third", "singular", "plural"):
        around = text.text[max(sentence.start, start - _YEARLY_REACH) : min(sentence.end, end + _YEARLY_REACH)]
        return bool(_YEARLY.search(around)) and not DATED.search(text.text, sentence.start, sentence.end)
    return False


def is_plot(text: Text, sentence: Sentence, trigger: Trigger) -> bool:
    """Whether prose tells in the present and without a day, as plots and columns do: "the king is stabbed".

    Headlines and the lines of logs and live blogs stand in paragraphs of their own.
    """
    if trigger.type.kind != "verb" or trigger.type.event_class == "politics" or trigger.first == sentence.first:
        return False
    before = text.lower[trigger.first - 1]
    passive = trigger.form in ("past", "participle") and before in ("is", "are", "gets", "get")
    finite = trigger.form == "third" or (trigger.form == "base" and _is_subject(text, sentence, trigger.first - 1))
    if not (passive or finite) or text.text[sentence.end - 1] not in ".!?":
        return False
    subject = text.lower[max(sentence.first, trigger.first - 3) : trigger.first - 1]
    if passive and any(word[0].isdigit() or word in classes()["number"] for word in subject):
        return False  # "5,385 people are injured", "eight are injured"
    return _is_in_prose(text, sentence, trigger.sentence) and not DATED.search(text.text, sentence.start, sentence.end)


def _is_in_prose(text: Text, sentence: Sentence, number: int) -> bool:
    """Whether a sentence shares its paragraph with one beside it."""
    beside = [text.sentences[n] for n in (number - 1, number + 1) if 0 <= n < len(text.sentences)]
    return any(other.paragraph == sentence.paragraph for other in beside)


def _is_subject(text: Text, sentence: Sentence, at: int) -> bool:
    """Whether the word before a verb is the noun that does it: "armies attack", not "to attack", "will attack"."""
    word = text.lower[at]
    return at >= sentence.first and (noun_class(word) == "people" or word in ("they", "we", "armies", "people"))


_ASKS = re.compile(
    r"(?:Who|What|Why|Where|When|How|Did|Do|Does|Is|Are|Was|Were|Will|Would|Could|Should|Can|Has|Have)\b"
)
_TASKS = frozenset(
    ("compare", "discuss", "describe", "explain", "imagine", "consider", "suppose", "picture", "visit", "list")
)


def is_task(text: Text, sentence: Sentence) -> bool:
    """Whether a sentence asks, or tells a reader what to do: "Who shot the mayor?", "Compare the murder of X"."""
    if text.lower[sentence.first] in _TASKS:
        return True
    return text.text[sentence.end - 1] == "?" and _ASKS.match(text.text, text.start[sentence.first]) is not None


def is_generic_tale(text: Text, sentence: Sentence, trigger: Trigger) -> bool:
    """Whether a sentence of prose tells in the present of anybody: "A minister is attacked, he resigns"."""
    if trigger.type.kind != "verb" or text.lower[sentence.first] not in ("a", "an", "any", "every", "each", "one"):
        return False
    in_present = trigger.form in ("base", "third") or text.lower[trigger.first - 1] in ("is", "are", "gets", "get")
    if not in_present or DATED.search(text.text, sentence.start, sentence.end):
        return False
    return _is_in_prose(text, sentence, trigger.sentence) and text.text[sentence.end - 1] in ".!?"


def is_said_of_people(text: Text, sentence: Sentence, trigger: Trigger) -> bool:
    """Whether a participle only says who people are: "four displaced persons", but not "the war displaced families"."""
    if trigger.form not in ("past", "participle") or text.lower[trigger.last : trigger.last + 1] == []:
        return False
    people = text.lower[trigger.last] in _ROLES["people"] or noun_class(text.lower[trigger.last]) == "people"
    before = text.lower[trigger.first - 1] if trigger.first > sentence.first else ""
    counted = before.isdigit() or before in classes()["number"] or before in classes()["many"]
    return people and (not before or counted or before in _SAID_OF)


# "Internally displaced people", "of displaced families".
_SAID_OF = frozenset(
    ("internally", "newly", "recently", "of", "for", "to", "among", "by", "and", "many", "most", "other")
)
