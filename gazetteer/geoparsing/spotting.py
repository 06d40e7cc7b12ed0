"""Spots the names of places in a text: by the model, by a recognizer that is handed in, or where spans say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.candidates.name_index import NameIndex
from gazetteer.errors import ArgumentError
from gazetteer.geoparsing.candidates import KnownNames
from gazetteer.geoparsing.cues import supporting_words
from gazetteer.geoparsing.letter_case import with_capitals
from gazetteer.geoparsing.recognizer import NameRecognizer
from gazetteer.geoparsing.tokens import Text, is_common_word, is_of_person_or_street, scan
from gazetteer.names.normalize import normalize_name

__all__ = ["NameSpotter", "Recognizer", "SpottedNames", "check_spans"]

Recognizer = Callable[[str], Iterable[tuple[int, int]]]

# In a text of one case a word is a place's name from this prominence on, a common word only a great
# country's; behind "in", "fled" and such a smaller town will do.
_KNOWN_NAME, _TOLD_NAME, _KNOWN_WORD, _SHORTEST_KNOWN = 5.0, 4.0, 8.5, 4


@dataclass(frozen=True)
class SpottedNames:
    """Names spotted in a text: words, number of the name, chance, characters, and whether an answer is wanted."""

    first: Ints
    last: Ints
    name: Ints
    chance: Floats
    start: Ints
    end: Ints
    wanted: NDArray[np.bool_]


class _Latest(NamedTuple):
    """The text that was read last, with what the numbers in it are of: the vocabulary's words and the names."""

    text: str
    words: list[str]
    restarts: int
    read: Text
    names: SpottedNames


class NameSpotter:
    """Spots names in texts.

    Parameters
    ----------
    names
        Numbers the names met so far.
    index
        The readings of names, by which words in small letters are names.
    recognizer
        The model.

    Attributes
    ----------
    recognizer
        The model; another one may take its place.
    """

    def __init__(self, names: KnownNames, index: NameIndex, recognizer: NameRecognizer) -> None:
        self.recognizer = recognizer
        self._names = names
        self._index = index
        self._latest: _Latest | None = None

    def spot(
        self, text: str, spans: Iterable[Sequence[int]] | None, recognizer: Recognizer | None
    ) -> tuple[Text, SpottedNames]:
        """Return the words of a text, with capitals where it has none, and the names in it.

        Parameters
        ----------
        text
            As it is written.
        spans
            Start and end of the names, when they are known; the others that the model finds are not wanted then.
        recognizer
            Finds the spans, in place of the model; None for the model.

        Raises
        ------
        ArgumentError
            When a span lies outside the text.
        """
        written = text
        text = with_capitals(text, self._is_well_known, supporting_words()) if spans is None else text
        if recognizer is None and text is written:
            read, names = self._read(text)
            return read, names if spans is None else self._given(read, spans, names)
        read = scan(text, self.recognizer.vocabulary)
        given = spans if spans is not None else recognizer(text) if recognizer is not None else None
        return read, self._recognized(read, recased=True) if given is None else self._given(read, given, None)

    def _is_well_known(self, words: str, told: bool, following: str) -> bool:
        """Say whether small letters are the name of a well-known place rather than common words.

        When the words before it tell of a place, a lesser one will do; a word behind it may make it a person's name.
        """
        if is_of_person_or_street(words, following):
            return False
        key = self._index.key(words)
        if len(key) < _SHORTEST_KNOWN - told or not self._index.knows(key) or self._index.not_places.get(key):
            return False
        readings = self._index.readings(key, standalone=True)
        least = _KNOWN_WORD if is_common_word(key) else _TOLD_NAME if told else _KNOWN_NAME
        return bool(len(readings.owner)) and float(readings.weight.max()) >= least

    def _read(self, text: str) -> tuple[Text, SpottedNames]:
        """Return the words of a text and the names that the model finds in it.

        The latest text is remembered: who asks for its names often asks for spans of it next.
        """
        vocabulary, restarts = self.recognizer.vocabulary, self._names.restarts
        latest = self._latest
        if latest and (latest.restarts, latest.text) == (restarts, text) and latest.words is vocabulary.words:
            return latest.read, latest.names
        read = scan(text, vocabulary)
        names = self._recognized(read)
        self._latest = _Latest(text, vocabulary.words, restarts, read, names)
        return read, names

    def _recognized(self, read: Text, *, recased: bool = False) -> SpottedNames:
        tagged = self.recognizer.recognize(read, recased=recased)
        spans = tagged.spans
        wanted = np.ones(len(spans.first), dtype=bool)
        return SpottedNames(
            spans.first, spans.last, spans.name, tagged.chance, read.start[spans.first], read.end[spans.last], wanted
        )

    def _given(self, read: Text, given: Iterable[Sequence[int]], others: SpottedNames | None) -> SpottedNames:
        """Return the spans handed in, and what the model finds beside them."""
        spans = check_spans(read.text, given)
        start, end = (np.array([span[i] for span in spans], dtype="int64") for i in (0, 1))
        first = np.minimum(np.searchsorted(read.end, start, "right"), max(len(read.start) - 1, 0))
        last = np.maximum(np.searchsorted(read.start, end, "left") - 1, first)
        name = np.array([self._names.number(normalize_name(read.text[a:b])) for a, b in spans], dtype="int64")
        ones = np.ones(len(spans))
        mine = SpottedNames(first, last, name, ones, start, end, ones.astype(bool))
        if others is None:
            return mine
        # Spans come sorted by their start; one ends later than another that starts later only when they overlap.
        ends = np.maximum.accumulate(end) if len(end) else end
        before = np.searchsorted(start, others.end, "left")
        clear = (before == 0) | (np.append(ends, 0)[before - 1] <= others.start)
        rest = replace(others, wanted=np.zeros(len(others.wanted), dtype=bool))
        columns = [field.name for field in fields(SpottedNames)]
        both = {name: np.concatenate([getattr(mine, name), getattr(rest, name)[clear]]) for name in columns}
        order = np.lexsort((both["end"], both["start"]))
        return SpottedNames(**{name: column[order] for name, column in both.items()})


def check_spans(text: str, spans: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
    """Return spans in order, each once.

    Raises
    ------
    ArgumentError
        When a span is not a pair of numbers, is empty, or lies outside the text.
    """
    return sorted({_span(span, len(text)) for span in spans})


def _span(span: Sequence[int], length: int) -> tuple[int, int]:
    try:
        start, end = (int(value) for value in span)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"Span: expected a start and an end, got {span!r}.") from error
    if not 0 <= start < end <= length:
        raise ArgumentError(f"Span: expected 0 <= start < end <= {length}, the length of the text, got {start}, {end}.")
    return start, end
