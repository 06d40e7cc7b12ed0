"""Which runs of words in a text could be a place's name.

A span has its first and last word, and the number of its name, -1 where the index has none.
Spans overlap: what is chosen among them is `gazetteer.geoparsing.recognizer`'s work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gazetteer.arrays import Ints
from gazetteer.geoparsing.candidates import KnownNames, key_of_words
from gazetteer.geoparsing.inflections import unit_words
from gazetteer.geoparsing.tokens import (
    ATTRIBUTES,
    BREAK,
    DIGITS,
    DIRECTIONS,
    FEATURES,
    INITIAL,
    LOWER,
    MIXED,
    STREETS,
    TITLE,
    UNCASED,
    UNSPACED,
    UPPER,
    Text,
    Vocabulary,
)

__all__ = ["SpanFinder", "Spans"]


# The longest name in words, and the longest run looked at in one piece.
_LONGEST, _RUN = 7, 14
_HEADS = frozenset((TITLE, UPPER, MIXED, INITIAL, UNCASED, UNSPACED))
_IS_HEAD = np.isin(np.arange(BREAK + 1), list(_HEADS))
_SHAPE, _JOINER = ATTRIBUTES.index("shape"), ATTRIBUTES.index("joiner")
# Features named before their name: Lake Erie, Camp David.
_LEADING = frozenset(
    (
        "lake",
        "mount",
        "mt",
        "mt.",
        "fort",
        "ft",
        "ft.",
        "camp",
        "cape",
        "port",
        "river",
        "interstate",
        "highway",
        "route",
        "isle",
        "gulf",
        "bay",
        "point",
    )
)


@dataclass(frozen=True)
class Spans:
    """Runs of words.

    Attributes
    ----------
    first, last
        Positions of words.
    name
        Number in `Names`, -1 where the index has none.
    run_first, run_last
        The run of capitalised words it was taken from.
    """

    first: Ints
    last: Ints
    name: Ints
    run_first: Ints
    run_last: Ints

    def at(self, positions: Ints) -> Spans:
        """Return the spans at positions."""
        return Spans(*(getattr(self, name)[positions] for name in Spans.__dataclass_fields__))


class SpanFinder:
    """Finds spans, and remembers what it found in a run of words.

    Parameters
    ----------
    names
        The names of a store.
    """

    _MOST = 100_000

    def __init__(self, names: KnownNames) -> None:
        self.names = names
        self._known: dict[tuple[str, ...], list[tuple[int, int, int]]] = {}
        self._restarts = names.restarts

    def spans(self, text: Text, vocabulary: Vocabulary) -> Spans:
        """Return every span of a text, in order."""
        out: list[tuple[int, int, int, int, int]] = []
        if len(self._known) > self._MOST or self._restarts != self.names.restarts:
            self._known.clear()
            self._restarts = self.names.restarts
        for first, last in _runs(text, vocabulary):
            words = tuple(vocabulary.words[number] for number in text.word[first : last + 1].tolist())
            found = self._known.get(words)
            if found is None:
                shapes = vocabulary.table[text.word[first : last + 1], _SHAPE].tolist()
                found = self._known[words] = self._within(words, shapes)
            out += [(first + a, first + b, name, first, last) for a, b, name in found]
        table = np.array(out, dtype="int64").reshape(-1, 5)
        return Spans(*table.T)

    def _within(self, words: tuple[str, ...], shapes: list[int]) -> list[tuple[int, int, int]]:
        """Return first word, last word and name of each span inside a run."""
        found = []
        number = self.names.number
        for a, shape in enumerate(shapes):
            if shape not in _HEADS:
                continue
            for b in range(a, min(a + _LONGEST, len(words))):
                of_unit = shapes[b] == LOWER and b > a and b == len(words) - 1 and words[b] in unit_words()
                if shapes[b] not in _HEADS and not (shapes[b] == DIGITS and b > a) and not of_unit:
                    continue
                name = number(key_of_words(words[a : b + 1]))
                if name >= 0 or self._may_be(words, shapes, a, b):
                    found.append((a, b, name))
        return found

    @staticmethod
    def _may_be(words: tuple[str, ...], shapes: list[int], a: int, b: int) -> bool:
        """Say whether a span that the index lacks may be a name all the same."""
        if shapes[a] in (UNSPACED, UNCASED) or len(words) == _RUN:
            return False
        first, last = words[a].lower(), words[b].lower()
        whole = a == 0 and b == len(words) - 1
        if whole:
            return True
        if b > a and (last in STREETS or last.rstrip(".") in STREETS or last in FEATURES or shapes[b] == DIGITS):
            return True
        if b > a and (first in _LEADING or first in DIRECTIONS):
            return True
        # A piece between joining words, such as "Ossetia" in "Ossetia and Moscow".
        return (a == 0 or shapes[a - 1] not in _HEADS) and (b == len(words) - 1 or shapes[b + 1] not in _HEADS)


def _runs(text: Text, vocabulary: Vocabulary) -> list[tuple[int, int]]:
    """Return first and last word of each run of capitalised words and what joins them, none longer than `_RUN`."""
    table = vocabulary.table[text.word]
    shapes = table[:, _SHAPE].tolist()
    joins = (table[:, _JOINER] > 0).tolist()
    signs = np.flatnonzero((table[:, _SHAPE] == 0) & (table[:, _JOINER] > 0)).tolist()
    for sign in signs:
        # "Ohio - Kentucky" are two, "Bosnia-Herzegovina" is one; so are "Tyne & Wear".
        tight = text.glued[sign] and sign + 1 < len(joins) and text.glued[sign + 1]
        joins[sign] = bool(tight) or text.text[text.start[sign]] == "&"
    shapes += [0, 0, 0]
    joins += [False, False, False]
    runs = []
    beyond = -1
    for first in np.flatnonzero(_IS_HEAD[table[:, _SHAPE]]).tolist():
        if first <= beyond:
            continue
        last = first
        while last - first < _RUN - 1:
            if shapes[last + 1] in _HEADS or shapes[last + 1] == DIGITS:
                last += 1
            elif joins[last + 1] and shapes[last + 2] in _HEADS:
                last += 2
            elif joins[last + 1] and joins[last + 2] and shapes[last + 3] in _HEADS:
                last += 3
            else:
                break
        if last + 1 < len(text.word) and vocabulary.words[text.word[last + 1]] in unit_words():
            last += 1  # "Донецкой области"
        last = min(last, first + _RUN - 1)
        runs.append((first, last))
        beyond = last
    return runs
