"""List the places a sentence names: the gazetteer's mentions, and names that its index lacks.

Each sentence of a `Text` gets its `Candidate`s, in order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gazetteer import Mention
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Text
from geoevents.reports.scenes.persons import is_surname

__all__ = [
    "PLACE_NOUNS",
    "PREPOSITIONS",
    "Candidate",
    "list_candidates",
    "preposition_before",
    "role_after",
    "unknown_names",
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
    r"camp|settlement|township)(?: of)?)?(?: (?:(?:north|south|east|west)(?:east|west)?(?:ern)?|central|rural|downtown|"
    r"mainland|greater|old))? [“\"]?"
    r"(?P<name>[A-ZÀ-Þ][\w'’\-]*(?:(?: (?:al|el|de|la|del|ul|os|e|bin|of) | )[A-ZÀ-Þ][\w'’\-]*){0,4})"
)
_KINDS_OF_PLACES = (
    "[Vv]illage|[Tt]own|[Cc]ity|[Dd]istrict|[Pp]rovince|[Tt]ownship|neighbou?rhood|[Cc]ounty|[Gg]overnorate|"
    "[Mm]unicipality|[Cc]amps?|suburb|countryside|[Rr]egion|[Oo]blast|[Aa]irport|LGA|[Ss]tate|areas?|division|front"
)
_TYPED = re.compile(
    r"(?<![\w\-'’])(?P<name>[A-ZÀ-Þ][\w'’\-]+(?:(?: (?:al|el|as|ash|ad|de|la)-?| )[A-ZÀ-Þ][\w'’\-]+){0,2})"
    r"(?=[”\"]? (?:" + _KINDS_OF_PLACES + r")\b)"
)
# What troops do to a town: the town's name stands right behind.
_STRUCK = re.compile(
    r"(?<!\w)(?:bomb|shell|target|storm|captur|seiz|recaptur|retak|retook|enter|attack|hit|struck|strik|bombard|raid|pound)"
    r"(?:e|ed|es|s|ing)? (?P<name>[A-ZÀ-Þ][\w'’\-]+(?:[ \-](?:al|el|ul|as|ash|ad)?[ \-]?[A-ZÀ-Þ][\w'’\-]+)?)"
)
# In a note of a few sentences: "the Donetsk shelling", "Croydon tram crash", "Imo police", "… attack, rural Borno".
_BESIDE = re.compile(
    r"(?<![\w\-'’])(?P<name>[A-ZÀ-Þ][\w'’\-]+(?: [A-ZÀ-Þ][\w'’\-]+)?)(?=(?:['’]s)? (?:[a-z]+ )?(?:"
    + "|".join(
        sorted((f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in role_words()["beside a place"]), key=len)[::-1]
    )
    + r")\b)"
)
_LAST = re.compile(
    r", (?:(?:rural|central|greater|(?:north|south|east|west)(?:east|west)?(?:ern)?) )?"
    r"(?P<name>[A-ZÀ-Þ][\w'’\-]+(?: [A-ZÀ-Þ][\w'’\-]+){0,2})[.!]?\s*\Z"
)
_NOT_NAMES = role_words()["not a name"]
_EVENT_WORDS = role_words()["event word"]
_HEADLINE_VERBS = _EVENT_WORDS | role_words()["beside a place"]
# Words that end a name in a headline, where every word has a capital: "in Kandahar Raids".
_NOT_OF_NAMES = (
    role_words()["beside a place"]
    | _EVENT_WORDS
    | role_words()["people"]
    | role_words()["armed"]
    | role_words()["saying"]
)


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
    least_chance
        The chance of being the scene that where it stands gives it, whatever the words around: that of a line's label.
    """

    start: int
    end: int
    first: int
    last: int
    mention: Mention | None
    is_scope: bool = False
    is_here: bool = False
    least_chance: float = 0.0


def list_candidates(text: Text, mentions: list[Mention], numbers: list[int]) -> dict[int, list[Candidate]]:
    """Return the candidates of each of the sentences with these numbers."""
    by_sentence: dict[int, list[Candidate]] = {number: [] for number in numbers}
    for mention in mentions:
        number = text.sentence_at(mention.start)
        if number in by_sentence:
            by_sentence[number].append(_candidate(text, mention.start, mention.end, mention))
    for number, found in by_sentence.items():
        taken = [(candidate.start, candidate.end) for candidate in found]
        for start, end in unknown_names(text, number, taken):
            found.append(_candidate(text, start, end, None))
        found.sort(key=lambda candidate: candidate.start)
    return by_sentence


def _candidate(text: Text, start: int, end: int, mention: Mention | None) -> Candidate:
    first = text.word_at(start)
    last = text.word_at(end - 1) + 1
    return Candidate(start, end, first, last, mention)


def unknown_names(
    text: Text, number: int, taken: Sequence[tuple[int, int]], *, is_note: bool = False
) -> list[tuple[int, int]]:
    """Return the characters of names that stand where a place's name stands, and overlap none of `taken`.

    Parameters
    ----------
    number
        Number of the sentence.
    is_note
        Whether to take names beside an event and at the end too, as headlines have them.

    Examples
    --------
    >>> from geoevents.reports.language.text import read_text
    >>> text = read_text("Gunmen Attack Market in Qwortz Raids, Borno")
    >>> [text.text[a:b] for a, b in unknown_names(text, 0, [], is_note=True)]
    ['Qwortz', 'Borno']
    """
    sentence, used, out = text.sentences[number], list(taken), []
    for pattern in (_NAME, _TYPED, _STRUCK, *((_BESIDE, _LAST) if is_note else ())):
        at = sentence.start
        while (found := pattern.search(text.text, at, sentence.end)) is not None:
            start, end = _name_of(text.text, *found.span("name"))
            low, high = (start, end) if start < end else found.span("name")
            other = next((b for a, b in used if low < b and a < high), None)
            if other is not None:
                # "DR Congo's Ituri Province": what is left behind a name that is taken.
                at = max(other, low + 1)
                continue
            at = found.end()
            if start < end and not is_surname(text.text, text.text[start:end]):
                used.append((start, end))
                out.append((start, end))
    return sorted(out)


def _name_of(letters: str, start: int, end: int) -> tuple[int, int]:
    """Return the characters of a name without the words that end it; an empty range where it is not a place's name."""
    words = [found.span() for found in _WORDS.finditer(letters, start, end)]
    while len(words) > 1 and letters[slice(*words[-1])].lower() in _NOT_OF_NAMES:
        words.pop()
    while len(words) > 1 and letters[slice(*words[0])].lower() in _HEADLINE_VERBS:
        # "Gunmen Attack Plateau Community": the verb of a headline.
        words.pop(0)
    if not words:
        return start, start
    start, end = words[0][0], words[-1][1]
    if (owner := _OWNER.search(letters, start, end)) is not None:
        end = owner.start()
        owned = _OWNED.match(letters, words[-1][1])
        if owned is not None and owned[1] not in PLACE_NOUNS and owned[1] not in _SKIPPED:
            # "Forced into Blanchard's car": a person's.
            return start, start
    name = letters[start:end]
    first, last = (letters[slice(*words[i])].lower() for i in (0, -1))
    # "the Badr Brigade", "of President Smith": a name whose first word is not a name's; "El" alone is a name cut short.
    if (
        {first, last} & _NOT_NAMES
        or name.lower() in _PARTICLES
        or first in _NOT_OF_NAMES
        or (name.isupper() and len(name) <= 5)
    ):
        return start, start
    return start, end


_WORDS = re.compile(r"[^\s]+")
_OWNER, _OWNED = re.compile(r"['’]s?\Z"), re.compile(r" ([a-z][\w-]*)")
_PARTICLES = role_words()["particle of names"]


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
