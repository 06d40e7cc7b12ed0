"""Read one person who is told without a number: "the mayor was killed", "killing him", "among them the driver"."""

from __future__ import annotations

from dataclasses import replace

from geoevents.reports.counts.kinds import object_kind, predicate_kind
from geoevents.reports.counts.lists import Reading
from geoevents.reports.counts.nouns import PREPOSITIONS
from geoevents.reports.counts.number_words import Number, Word, classes, key_at

__all__ = ["find_persons"]

# Words that make one person of a noun without a number.
_ONE = {"the", "his", "her", "their", "its", "another"}
_PRONOUNS = ("he", "she", "him", "her")
# How many words may stand between such a word and its noun.
_BEFORE_PERSON = 4


def find_persons(words: list[Word], readings: list[Reading]) -> list[Reading]:
    """Read one person without a number: "the mayor was killed", "Policeman shot dead", "killing the driver".

    Parameters
    ----------
    readings
        What has been read of the numbers: their words are taken.
    """
    persons = classes()["person"]
    found: list[Reading] = []
    taken = {
        at
        for reading in readings
        if reading.kind
        for at in range(reading.number.first, max(reading.noun_end, reading.number.last + 1))
    }
    for at, word in enumerate(words):
        if word.key not in persons and word.key not in _PRONOUNS:
            continue
        if word.key in ("he", "she") and at not in taken:
            number = Number(at, at, at, 1, 1, 1)
            kind = predicate_kind(words, number, at + 1, {})
            found += [Reading(number, kind, word.text, at + 1)] if kind not in ("", "other", "missing") else []
        if word.key in ("him", "her") and at not in taken and not _is_possessive(words, at):
            kind = object_kind(words, Number(at, at, at, 1, 1, 1))
            found += [Reading(Number(at, at, at, 1, 1, 1), kind, word.text, at + 1)] if kind else []
        if at in taken or (word.key not in persons and not _must_live(words, at)):
            continue
        start = _phrase_start(words, at, taken)
        kind = _single_kind(words, at, start)
        before = key_at(words, start - 1)
        # Its kind may be that of the list, or of the whole: "12 dead, among them the driver".
        part = not kind and (before == "including" or (key_at(words, start - 2), before) == ("among", "them"))
        listed = words[start].key in _ONE and (part or before in ("and", ","))
        if (kind or listed) and kind != "other":
            found.append(Reading(Number(start, at, at, 1, 1, 1), kind, word.text, at + 1, part=part))
    return found


def _must_live(words: list[Word], at: int) -> bool:
    """Return whether what is said of a noun is said of people only: "a cinematographer was shot dead"."""
    noun, verb = words[at].key, key_at(words, at + 2)
    if key_at(words, at + 1) != "was" or not noun.isalpha() or words[at].text[0].isupper() or len(noun) < _LEAST_NOUN:
        return False
    if key_at(words, at - 1) not in _ARTICLES and key_at(words, at - 2) not in _ARTICLES:
        return False
    if noun in classes()["group"] or noun in _NOT_ONE or noun in classes()["verb"]:
        return False
    return verb in _OF_PEOPLE or (verb == "shot" and key_at(words, at + 3) in ("dead", "and"))


_ARTICLES = {"a", "an", "the", "another"}
_LEAST_NOUN = 4
_OF_PEOPLE = {"stabbed", "kidnapped", "abducted", "arrested", "detained", "wounded", "injured", "beheaded", "lynched"}
_NOT_ONE = {
    "family",
    "crew",
    "convoy",
    "patrol",
    "unit",
    "couple",
    "cell",
    "staff",
    "squad",
    "party",
    "nobody",
    "nothing",
}


def _is_possessive(words: list[Word], at: int) -> bool:
    """Return whether "her" belongs to the word behind it: "killing her husband"."""
    following = key_at(words, at + 1)
    return words[at].key == "her" and following.isalpha() and following not in PREPOSITIONS and following != "instantly"


def _single_kind(words: list[Word], at: int, start: int) -> str:
    number, before = Number(at, at, at, 1, 1, 1), key_at(words, start - 1)
    opened = words[start].key in _ONE
    kind = object_kind(words, replace(number, first=start)) if opened or before in classes()["verb"] else ""
    if not kind and (opened or not before[:1].isalnum()):
        kind = predicate_kind(words, number, at + 1, {})
    return kind


def _phrase_start(words: list[Word], at: int, taken: set[int]) -> int:
    """Return the first word of the noun phrase of a person: "the", or the first adjective."""
    table, start = classes(), at
    while start > 0 and start > at - _BEFORE_PERSON and words[start].key not in _ONE:
        key = words[start - 1].key
        verb = key in table["verb"] or key in table["aux"] or key in PREPOSITIONS
        if not key.isalpha() or verb or start - 1 in taken:
            break
        start -= 1
    return start
