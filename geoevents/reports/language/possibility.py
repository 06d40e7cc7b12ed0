"""Tell what could come from what has come: "a typhoon that may hit Luzon", "could bring hail and flooding"."""

from __future__ import annotations

from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.genres import DATED
from geoevents.reports.language.text import Sentence, Text, words_of_mood
from geoevents.reports.language.triggers import Trigger

__all__ = ["is_possible", "is_what_would", "may_come"]

_ROLES = role_words()
# A noun followed by "could", "would" or "may" within so many words, before any other verb, has not happened.
_MODAL_REACH = 8
_MODALS = frozenset(("could", "would", "may", "might", "should", "can"))
# "A magnitude 7.5 quake": words from the article to the noun.
_ARTICLE_WITHIN = 4
# Words from "could" to what may come.
_MAY_REACH = 9
# "Could hear shelling", "could not stop the riots", "may have caused", "may be".
_NOT_OF_MODALS = frozenset(("not", "n't", "have", "be", "hear", "see", "feel", "smell", "also", "never", "no", "only"))
_CLAUSE_ENDS = frozenset(
    (",", ";", ":", "that", "which", "who", "when", "after", "as", "while", "but", "because", "said")
)
_DEFINITE = frozenset(
    ("the", "this", "that", "these", "those", "his", "her", "its", "their", "last", "'s", "from", "since")
)


def is_possible(text: Text, sentence: Sentence, trigger: Trigger) -> bool:
    """Whether a noun is the subject of what could be: "a typhoon that may hit Luzon"."""
    # "An attack on Mariupol from the east would meet": of what is not known yet a place may stand between.
    before = text.lower[max(sentence.first, trigger.first - _ARTICLE_WITHIN) : trigger.first]
    articles = [word for word in before if word in ("a", "an", "any", "another", "the", "this", "that")]
    indefinite = bool(articles) and articles[-1] in ("a", "an", "any", "another")
    ends = (",", ";", "and", "after") if indefinite else (",", ";", "and", "in", "on", "after")
    # "Rockets fired from Yemen might reach Eilat": a participle says which rockets.
    participle = text.lower[trigger.last : trigger.last + 2]
    first = trigger.last + (participle[1:] == ["from"] and participle[0].endswith("ed"))
    for word in words_of_mood(text, first, min(sentence.last, trigger.last + _MODAL_REACH)):
        if word in _MODALS:
            return True
        if word in _ROLES["auxiliary"] or word in ends or word.endswith("ed"):
            return False
    return False


def may_come(text: Text, sentence: Sentence, trigger: Trigger) -> bool:
    """Whether a noun is what a verb says may come: "could bring hail and local flooding"; "the flooding" has come."""
    first = max(sentence.first, trigger.first - _MAY_REACH)
    before = words_of_mood(text, first, trigger.first)
    modal = next((i for i in range(len(before) - 1, -1, -1) if before[i] in _MODALS), None)
    if modal is None:
        return False
    between = before[modal + 1 :]
    if not between or between[0] in _NOT_OF_MODALS or not _CLAUSE_ENDS.isdisjoint(between):
        return False
    return _DEFINITE.isdisjoint(between[-3:])


def is_what_would(text: Text, sentence: Sentence, trigger: Trigger) -> bool:
    """Whether a participle belongs to what would do something: "a ship set on fire in the strait would send"."""
    if trigger.form not in ("past", "participle") or DATED.search(text.text, sentence.start, sentence.end):
        return False
    before = text.lower[max(sentence.first, trigger.first - 3) : trigger.first]
    if not {"was", "were", "had", "has", "have", "who", "which", "that"}.isdisjoint(before):
        return False
    for word in text.lower[trigger.last : min(sentence.last, trigger.last + _MODAL_REACH)]:
        if word in ("would", "might"):
            return True
        if word in _CLAUSE_ENDS or word == "and" or word in _ROLES["auxiliary"]:
            return False
    return False
