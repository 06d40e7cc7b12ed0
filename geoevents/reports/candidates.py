"""Lists the places a sentence names: the gazetteer's mentions, and names that its index lacks.

A `Text` and its mentions enter; for each sentence its `Candidate`s leave, in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gazetteer import Mention
from geoevents.reports.event_types import role_words
from geoevents.reports.text import Text

__all__ = [
    "PLACE_NOUNS",
    "PREPOSITIONS",
    "Candidate",
    "list_candidates",
    "preposition_before",
    "role_after",
    "whole_words",
]

PREPOSITIONS = (
    "in",
    "at",
    "near",
    "from",
    "to",
    "of",
    "on",
    "outside",
    "around",
    "into",
    "across",
    "through",
    "inside",
    "toward",
    "towards",
    "between",
    "against",
    "by",
    "for",
    "with",
    "over",
    "within",
    "throughout",
    "along",
    "off",
    "and",
    "or",
    ",",
    "(",
    "like",
    "under",
    "after",
    "around",
    "via",
    "about",
    "including",
    "between",
    "than",
    "as",
)
_OF_PLACE = role_words()["place preposition"]
PLACE_NOUNS = role_words()["place noun"]
_SKIPPED = PLACE_NOUNS | role_words()["before a place"]
_NAME = re.compile(
    r"(?<![\w])(?P<prep>in|at|near|outside|around|inside|into|across|through|within|along|off|from|to|towards?|of|over|on)"
    r"(?: the)?(?: (?:[a-z]+ )?(?:city|town|village|hamlet|district|province|state|region|area|neighbou?rhood|suburb|"
    r"camp|settlement|township)(?: of)?)?(?: (?:northern|southern|eastern|western|central))? "
    r"(?P<name>[A-ZÀ-Þ][\w'’\-]*(?:(?: (?:al|el|de|la|del|ul|os|e|bin|of) | )[A-ZÀ-Þ][\w'’\-]*){0,4})"
)
_TYPED = re.compile(
    r"(?P<name>[A-ZÀ-Þ][\w'’\-]+(?: [A-ZÀ-Þ][\w'’\-]+){0,2})(?=[”\"]? (?:[Vv]illage|[Tt]own|[Cc]ity|[Dd]istrict|"
    r"[Pp]rovince|[Tt]ownship|neighbou?rhood|[Cc]ounty|[Gg]overnorate|[Mm]unicipality|[Cc]amps?|suburb|countryside|[Rr]egion|[Oo]blast|"
    r"[Aa]irport|LGA|[Ss]tate|areas?|division)\b)"
)
# What troops do to a town: the town's name stands right behind.
_STRUCK = re.compile(
    r"(?<!\w)(?:bomb|shell|target|storm|captur|seiz|recaptur|retak|retook|enter|attack|hit|struck|strik|bombard|raid|pound)"
    r"(?:e|ed|es|s|ing)? (?P<name>[A-ZÀ-Þ][\w'’\-]+(?:[ \-](?:al|el|ul|as|ash|ad)?[ \-]?[A-ZÀ-Þ][\w'’\-]+)?)"
)
_NOT_NAMES = role_words()["not a name"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place a sentence names.

    Attributes
    ----------
    start, end
        Characters of the text.
    first, last
        Its words, the last one excluded.
    mention
        What the gazetteer found; None for a name that its index lacks.
    is_scope
        Whether the words say that all of a country is meant.
    is_here
        Whether the words say that the dateline's town is meant.
    """

    start: int
    end: int
    first: int
    last: int
    mention: Mention | None
    is_scope: bool = False
    is_here: bool = False


def whole_words(text: Text, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions that do not end within a word: "Mazar" of Mazar-i-Sharif is another place's name."""
    letters = text.text
    return [
        mention
        for mention in mentions
        if not (
            letters[mention.end : mention.end + 1] in "-‑"
            and letters[mention.end + 1 : mention.end + 2].isalpha()
            and mention.tag == "name"
            and _joins_name(letters, mention.end + 1)
        )
    ]


def _joins_name(letters: str, at: int) -> bool:
    """Whether what stands behind a hyphen goes on with a name: "-i-Sharif", "-al-Shughur", "-Jesus"."""
    return bool(re.match(r"(?:[a-z]{1,3}-)?[A-ZÀ-Þ]", letters[at : at + 6])) or letters[at].isupper()


def list_candidates(text: Text, mentions: list[Mention], numbers: list[int]) -> dict[int, list[Candidate]]:
    """Return the candidates of each of the sentences with these numbers."""
    by_sentence: dict[int, list[Candidate]] = {number: [] for number in numbers}
    for mention in mentions:
        number = text.sentence_at(mention.start)
        if number in by_sentence:
            by_sentence[number].append(_candidate(text, mention.start, mention.end, mention))
    for number, found in by_sentence.items():
        taken = [(candidate.start, candidate.end) for candidate in found]
        for start, end in _unknown(text, number, taken):
            found.append(_candidate(text, start, end, None))
        found.sort(key=lambda candidate: candidate.start)
    return by_sentence


def _candidate(text: Text, start: int, end: int, mention: Mention | None) -> Candidate:
    first = text.word_at(start)
    last = text.word_at(end - 1) + 1
    return Candidate(start, end, first, last, mention)


def _unknown(text: Text, number: int, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    sentence = text.sentences[number]
    out = []
    for pattern in (_NAME, _TYPED, _STRUCK):
        for found in pattern.finditer(text.text, sentence.start, sentence.end):
            start, end = found.span("name")
            words = found["name"].lower().split()
            # "the Badr Brigade", "of President Smith": a name whose first word is not a name's.
            if words[0] in _NOT_NAMES or words[-1] in _NOT_NAMES or any(start < b and a < end for a, b in taken):
                continue
            if found["name"].isupper() and len(found["name"]) <= 5:
                continue
            taken.append((start, end))
            out.append((start, end))
    return out


def preposition_before(text: Text, candidate: Candidate, sentence_first: int) -> tuple[int, int]:
    """Return which preposition stands before a name (-1 for none) and how many words lie between."""
    i = candidate.first - 1
    skipped = 0
    while (
        i >= sentence_first
        and skipped < 5
        and text.lower[i] in _SKIPPED
        and not (text.lower[i] == "of" and text.lower[i - 1] not in PLACE_NOUNS)
    ):
        i -= 1
        skipped += 1
    if i < sentence_first:
        return -1, skipped
    word = text.lower[i]
    return (_POSITION.get(word, -1), skipped)


_POSITION = {word: number for number, word in reversed(list(enumerate(PREPOSITIONS)))}
_ROLES = ("official", "armed", "state", "people", "sport", "saying")


def role_after(text: Text, candidate: Candidate, sentence_last: int) -> int:
    """Return what follows: 0 another word, 1 's, 2 a comma, 3 a capital, 4 the end, 5 a kind of place, 6 … a role."""
    i = candidate.last
    if i >= sentence_last:
        return 4
    word = text.lower[i]
    if text.text[candidate.end : candidate.end + 2] in ("'s", "’s") or word == "'s":
        return 1
    if word == ",":
        return 2
    if word in ".;:)":
        return 4
    if word in PLACE_NOUNS:
        return 5
    for number, role in enumerate(_ROLES):
        if word in role_words()[role]:
            return 6 + number
    if text.text[candidate.end : candidate.end + 1] == "-":
        return 12
    if text.text[text.start[i]].isupper():
        return 3
    if word in ("and", "or"):
        return 13
    return 14 if word in _OF_PLACE else 0
