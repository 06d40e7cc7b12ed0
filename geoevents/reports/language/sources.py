"""Find who says what a sentence tells: "police said", "according to the ministry"."""

from __future__ import annotations

from geoevents.reports.language.text import Sentence, Text

__all__ = ["source_of"]

_TOLD = frozenset(("said", "told", "reported", "announced", "confirmed", "stated"))
_NO_SOURCE = frozenset(("the", "a", "an", "and", "but", "as", "he", "she", "it", "they", "that", "who", "which", "has"))
_SOURCE_END = frozenset(
    (",", ".", ";", ":", "(", ")", "-", "–", "—", '"', "“", "”", "that", "on", "who", "was", "were")
)
# "20 deaths have been reported".
_PASSIVE = frozenset(("been", "was", "were", "is", "are", "being", "be", "as", "than"))
# "10,000 people reported still missing".
_OF_STATES = (["still"], ["missing"], ["dead"], ["killed"], ["injured"], ["wounded"])
# Words of a source's name at most.
_SOURCE_WORDS = 6


def source_of(text: Text, sentence: Sentence) -> str:
    """Return who a sentence has its news from: "police said", "according to the ministry".

    Examples
    --------
    >>> from geoevents.reports.language.text import read_text
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
        elif word in _TOLD and text.lower[i - 1] not in _PASSIVE and text.lower[i + 1 : i + 2] not in _OF_STATES:
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
