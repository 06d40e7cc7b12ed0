"""Chooses which spans of a text are places' names.

A text cut into words enters; mentions leave: first and last word, the number of the name, the chance that a person
would mark it. Two models say so: a lexical one that weighs the words in and around a span, and trees over what
`gazetteer.cues` describes. Of spans that overlap, the set with the highest sum of chances is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gazetteer.candidates import Names
from gazetteer.cues import SLOTS, describe, neighbours
from gazetteer.spans import Spanner, Spans
from gazetteer.trees import Trees
from gazetteer.words import Text, Vocabulary

__all__ = ["Lexical", "Tagger", "chosen"]

_Floats = NDArray[np.float64]
# Spans that the lexical model finds less likely than this are not looked at again.
_HOPELESS = -7.0


class Lexical:
    """Weighs the words in and around a span.

    Parameters
    ----------
    weights
        By slot (position in `SLOTS`) and word in lower case.
    bias
        Of every span, of one that the index knows, and of each word more.
    """

    def __init__(self, weights: dict[tuple[int, str], float], bias: tuple[float, float, float]) -> None:
        self.weights, self.bias = weights, bias
        self._rows = np.zeros((0, len(SLOTS)))
        self._of: Vocabulary | None = None

    def score(self, text: Text, spans: Spans, vocabulary: Vocabulary) -> _Floats:
        """Return the log-odds of each span."""
        rows = self._weights(vocabulary)
        places = neighbours(text, spans)
        words = np.where(places >= 0, text.word[places], len(rows) - 1)
        total = rows[words, np.arange(len(SLOTS))].sum(axis=1)
        return np.asarray(
            total + self.bias[0] + self.bias[1] * (spans.name >= 0) + self.bias[2] * (spans.last - spans.first)
        )

    def _weights(self, vocabulary: Vocabulary) -> _Floats:
        """Return words × slots, the last row of which stands for what lies past the text."""
        if self._of is not vocabulary or len(vocabulary.words) < len(self._rows) - 1:
            self._rows, self._of = np.zeros((1, len(SLOTS))), vocabulary
        known = len(self._rows) - 1
        if len(vocabulary.words) > known:
            get = self.weights.get
            slots = range(len(SLOTS))
            fresh = [[get((slot, word), 0.0) for slot in slots] for word in map(str.lower, vocabulary.words[known:])]
            self._rows = np.concatenate([self._rows[:known], np.array(fresh), np.zeros((1, len(SLOTS)))])
        return self._rows


@dataclass(frozen=True)
class Tagged:
    """Spans chosen as names, and the chance of each."""

    spans: Spans
    chance: _Floats


class Tagger:
    """Says which spans are names.

    Parameters
    ----------
    lexical, trees
        The two models.
    names
        The names of a store.
    """

    def __init__(self, lexical: Lexical, trees: Trees, names: Names, *, threshold: float) -> None:
        self.lexical, self.trees, self.names, self.threshold = lexical, trees, names, threshold
        self.spanner = Spanner(names)
        self.vocabulary = Vocabulary()

    def tag(self, text: Text) -> Tagged:
        """Return the mentions of a text, in order."""
        spans = self.spanner.spans(text, self.vocabulary)
        lexical = self.lexical.score(text, spans, self.vocabulary)
        rows = describe(text, spans, self.vocabulary, self.names, lexical)
        hopeful = np.flatnonzero(lexical > _HOPELESS)
        chance = 1 / (1 + np.exp(-self.trees.score(rows[hopeful])))
        spans = Spans(*(getattr(spans, name)[hopeful] for name in Spans.__dataclass_fields__))
        keep = chosen(spans.first, spans.last, chance, self.threshold)
        return Tagged(Spans(*(getattr(spans, name)[keep] for name in Spans.__dataclass_fields__)), chance[keep])


def chosen(
    first: NDArray[np.int64], last: NDArray[np.int64], chance: _Floats, threshold: float
) -> NDArray[np.int64]:
    """Return the positions of spans that do not overlap and have the greatest sum of chance above the threshold.

    Examples
    --------
    >>> chosen(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([0.5, 0.9, 0.6]), 0.4).tolist()
    [1]
    """
    likely = np.flatnonzero(chance > threshold)
    order = likely[np.lexsort((first[likely], last[likely]))]
    gains = (chance - threshold)[order].tolist()
    firsts, lasts = first[order].tolist(), last[order].tolist()
    ends = np.searchsorted(lasts, firsts, side="left").tolist()
    best = [0.0]
    for gain, end in zip(gains, ends, strict=True):
        best.append(max(best[-1], best[end] + gain))
    keep = []
    i = len(order)
    while i:
        if best[i] == best[i - 1]:
            i -= 1
        else:
            keep.append(int(order[i - 1]))
            i = ends[i - 1]
    return np.array(keep[::-1], dtype="int64")
