"""Find the places that a report names, and what each name means.

The gazetteer's own reading comes first. Names that it cut within a hyphenated word ("Mazar" of Mazar-i-Sharif) are
looked up whole, and so are the labels of lines ("Ahero: minibus overturned"). In a note of a few sentences there is
little around a name to know it by, so names that stand where a place's name stands ("in Idlib", "the Kandahar raids")
are looked up too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Protocol

from gazetteer import Match, Mention, Place
from geoevents.reports.language.text import Text, case_key
from geoevents.reports.scenes.candidates import unknown_names
from geoevents.reports.scenes.labels import form_spans, label_spans
from geoevents.reports.scenes.persons import is_surname

__all__ = ["Find", "Resolve", "find_mentions", "is_note", "is_stray"]

# A note has at most so many sentences and letters.
_NOTE_SENTENCES, _NOTE_LETTERS = 3, 700
# A name that was looked up because of where it stands: its chance of being a place's, and the least score of its
# reading. Chosen on the notes of conflict data.
_CHANCE, _LEAST = 0.5, 0.5
# A report is about a country that it names so often; a place abroad of fewer people, whose match has a lower score, is
# stray: of 34 such places of events of muc4 and hrds one was right.
_ABOUT, _WELL_KNOWN, _CERTAIN = 3, 300_000, 0.98
_HYPHENS = "-‑"
_REST = re.compile(r"[-‑](?:[a-z]{1,3}[-‑])?[A-ZÀ-Þ][\w'’]*(?:[-‑][\w'’]+)*")


# Gives a phrase its place: `gazetteer.Gazetteer.resolve`.
Resolve = Callable[[str], Match]


class Find(Protocol):
    """`gazetteer.Gazetteer.find`."""

    def __call__(self, text: str, *, spans: Sequence[Sequence[int]] | None = None) -> list[Mention]:
        """Return the mentions of a text, or those of spans."""


def is_note(text: Text) -> bool:
    """Whether a text is a note of a few sentences, as tables of events hold them."""
    return len(text.sentences) <= _NOTE_SENTENCES and len(text.text) <= _NOTE_LETTERS


def find_mentions(text: Text, find: Find, lower_words: Collection[int] = ()) -> list[Mention]:
    """Return the mentions of a text, in order.

    Parameters
    ----------
    find
        Finds the names of a text, or answers spans of it.
    lower_words
        Keys (`geoevents.reports.language.text.case_key`) of words that are usually written in lower case: a headline
        gives them capitals, but they are not names.

    Examples
    --------
    >>> import gazetteer
    >>> from geoevents.reports.language.text import read_text
    >>> text = read_text("A truck bomb went off in the northern city of Mazar-e-Sharif on Thursday.")
    >>> [mention.text for mention in find_mentions(text, gazetteer.load().find)]
    ['Mazar-e-Sharif']
    """
    found = find(text.text)
    cut = {mention.start: rest.end() for mention in found if (rest := _rest(text.text, mention))}
    mentions = [mention for mention in found if mention.start not in cut]
    spans = list(cut.items())
    taken = [*spans, *((mention.start, mention.end) for mention in mentions)]
    labels = [
        span
        for span in [*label_spans(text), *form_spans(text)]
        if not any(a < span[1] and span[0] < b for a, b in taken)
    ]
    spans += [span for span in labels if case_key(text.text[slice(*span)]) not in lower_words]
    if is_note(text):
        taken += labels
        for number in range(len(text.sentences)):
            unknown = unknown_names(text, number, taken, is_note=True)
            spans += [span for span in unknown if case_key(text.text[slice(*span)]) not in lower_words]
    for mention in find(text.text, spans=sorted(spans)) if spans else ():
        match = mention.match
        if match.place is not None and match.method != "container" and match.score >= _LEAST:
            mentions.append(replace(mention, chance=_CHANCE))
    mentions.sort(key=lambda mention: mention.start)
    mentions = [m for m in mentions if not _is_person(text.text, m, mentions)]
    return [m for m in mentions if m.match.score >= _CERTAIN or not is_stray(m.text, m.match.place, mentions)]


def _is_person(letters: str, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a small place's name is that of somebody whom the text names in full, where no place is found."""
    place = mention.match.place
    if mention.tag != "name" or place is None or place.kind not in _NAMESAKES:
        return False
    if (place.population or 0) >= _WELL_KNOWN or mention.match.score >= _CERTAIN:
        return False
    if _LOCATED.search(letters, max(0, mention.start - _REACH), mention.start) or not is_surname(letters, mention.text):
        return False
    return not any(other.end == mention.end and other.start < mention.start for other in mentions)


# Who stands behind "in" is a place; kinds of places that share a name with a person.
_LOCATED, _REACH = re.compile(r"\b(?:in|at|near|around|outside|inside)(?: the)? \Z"), 12
_NAMESAKES = ("city", "neighbourhood", "admin2", "building")


def is_stray(name: str, place: Place | None, mentions: Sequence[Mention]) -> bool:
    """Whether a place is probably the namesake of one at home: "Nejapa" of Mexico in a report about El Salvador.

    Such a place is small, and its name is all that a report about another country says of its country; a people or an
    abbreviation ("U.S. advisers") says nothing of the place.
    """
    if place is None or not place.country or place.kind == "country" or (place.population or 0) >= _WELL_KNOWN:
        return False
    others: Counter[str] = Counter()
    for mention in mentions:
        other = mention.match.place
        if other is None or not other.country:
            continue
        if other.country != place.country:
            others[other.country] += 1
        elif mention.tag == "name" and mention.text.lower() != name.lower():
            return False
    return max(others.values(), default=0) >= _ABOUT


def _rest(letters: str, mention: Mention) -> re.Match[str] | None:
    """Return what of a hyphenated name stands behind a mention: "-i-Sharif", "-al-Shughur", "-Jesus"."""
    if mention.tag != "name" or letters[mention.end : mention.end + 1] not in tuple(_HYPHENS):
        return None
    return _REST.match(letters, mention.end)
