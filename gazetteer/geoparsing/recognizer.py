"""Chooses which spans of a text are places' names.

A mention has its first and last word, the number of the name, the chance that a person
would mark it. Two models say so: a lexical one that weighs the words in and around a span, and trees over what
`gazetteer.geoparsing.span_features` describes. Of spans that overlap, the set with the highest sum of chances is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, GrowingTable
from gazetteer.geoparsing.candidates import NAME_FEATURES, WAYS, KnownNames, key_of_words
from gazetteer.geoparsing.cues import Cues, CueWords
from gazetteer.geoparsing.inflections import is_little_read, words_before_places
from gazetteer.geoparsing.span_features import SLOTS, describe_spans, neighbours
from gazetteer.geoparsing.spans import SpanFinder, Spans
from gazetteer.geoparsing.tokens import ATTRIBUTES, BREAK, LOWER, TITLE, UNCASED, UPPER, Text, Vocabulary
from gazetteer.geoparsing.trees import Trees
from gazetteer.model import KINDS

__all__ = ["HOPELESS", "Lexical", "NameRecognizer", "Recognized", "chosen"]

# Spans that the lexical model finds less likely than this are not looked at again.
HOPELESS = -7.0
_AT = {name: i for i, name in enumerate(ATTRIBUTES)}
_SHAPE = _AT["shape"]
_CAPITAL = np.isin(np.arange(BREAK + 1), (TITLE, UPPER))
_PROMINENCE, _WAY, _KIND = (NAME_FEATURES.index(name) for name in ("prominence", "way", "kind"))
_INFLECTED = WAYS.index("inflected")
# From this prominence on a name in a script that the models have not read may be one; 3 more is all but certain.
_TYPED, _LEAST, _LEAST_INFLECTED, _LEAST_JOINED = WAYS.index("type-word"), 3.5, 3.8, 4.2
# The chance of a known name of several words, which is more than that of a name in it.
_WHOLE = 0.91
# The same in Latin languages that the models have read little of, alone and behind "in" or "city".
_LEAST_ALONE, _LEAST_EXPECTED = 4.0, 2.8
# So much less prominent may it be behind "in" or "city"; the longest short words, in letters, and who may be so short.
_BEFORE, _SHORT, _WELL_KNOWN = 0.9, 3, 5.4
_GROUP = KINDS.index("group")
_MEMBERS = frozenset(("member", "members", "observer", "observers"))
# The chance of a name that the words beside it vouch for.
_SAID_SO = 0.9
# A name with a possessive in it is a place's from this prominence on; "Jordan's King" is in no index.
_POSSESSIVE = 4.5


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
        self._of_word = _by_word(weights)
        self._table = GrowingTable(len(SLOTS), "float64")
        self._of: Vocabulary | None = None

    def score(self, text: Text, spans: Spans, vocabulary: Vocabulary) -> Floats:
        """Return the log-odds of each span."""
        rows = self._weights(vocabulary)
        places = neighbours(text, spans)
        words = np.where(places >= 0, text.word[places] + 1, 0)
        total = rows[words, np.arange(len(SLOTS))].sum(axis=1)
        return np.asarray(
            total + self.bias[0] + self.bias[1] * (spans.name >= 0) + self.bias[2] * (spans.last - spans.first)
        )

    def _weights(self, vocabulary: Vocabulary) -> Floats:
        """Return words × slots, before them a row that stands for what lies past the text."""
        none = [0.0] * len(SLOTS)
        if self._of is not vocabulary or len(vocabulary.words) < len(self._table) - 1:
            self._table, self._of = GrowingTable(len(SLOTS), "float64"), vocabulary
            self._table.extend([none])
        fresh = vocabulary.small[len(self._table) - 1 :]
        if fresh:
            self._table.extend([self._of_word.get(word, none) for word in fresh])
        return self._table.rows


def _by_word(weights: dict[tuple[int, str], float]) -> dict[str, list[float]]:
    """Return the weights of each word by its slots."""
    found: dict[str, list[float]] = {}
    for (slot, word), weight in weights.items():
        found.setdefault(word, [0.0] * len(SLOTS))[slot] = weight
    return found


@dataclass(frozen=True)
class Recognized:
    """Spans chosen as names, and the chance of each."""

    spans: Spans
    chance: Floats


class NameRecognizer:
    """Says which spans are names.

    Parameters
    ----------
    lexical, trees
        The two models.
    names
        The names of a store.
    """

    def __init__(self, lexical: Lexical, trees: Trees, names: KnownNames, *, threshold: float) -> None:
        self.lexical, self.trees, self.names, self.threshold = lexical, trees, names, threshold
        self.spanner = SpanFinder(names)
        self.vocabulary = Vocabulary()
        self._cue_words = CueWords()

    def recognize(self, text: Text, *, recased: bool = False) -> Recognized:
        """Return the mentions of a text, in order.

        Parameters
        ----------
        recased
            Whether the text was of one case, and its capitals were given to well-known places only.
        """
        spans = self.spanner.spans(text, self.vocabulary)
        spans, chance = self._with_possessives(text, spans, self.chances(text, spans, recased=recased))
        keep = chosen(spans.first, spans.last, chance, self.threshold)
        return Recognized(spans.at(keep), chance[keep])

    def chances(self, text: Text, spans: Spans, *, recased: bool = False) -> Floats:
        """Return the chance of each span that it is a name."""
        out = np.zeros(len(spans.first))
        if not len(out):
            return out
        lexical = self.lexical.score(text, spans, self.vocabulary)
        rows = describe_spans(text, spans, self.vocabulary, self.names, lexical)
        hopeful = np.flatnonzero(lexical > HOPELESS)
        out[hopeful] = 1 / (1 + np.exp(-self.trees.score(rows[hopeful])))
        cues = Cues(text, spans, self.vocabulary, self.names, self._cue_words)
        ruled_out = self._beyond_doubt(text, spans) | cues.of_other_names()
        out = np.where(ruled_out, 0.0, cues.vouched(self._unread(text, spans, out), self.threshold, recased))
        out[self._groups_with_members(text, spans)] = _SAID_SO
        return self._in_other_languages(text, spans, out, ruled_out)

    def _in_other_languages(self, text: Text, spans: Spans, chance: Floats, ruled_out: NDArray[np.bool_]) -> Floats:
        """Let well-known names that stand alone be names in Latin languages, of which the models have read little."""
        if not is_little_read(text, self.vocabulary):
            return chance
        table, words = self.names.table[spans.name], self.vocabulary.table[text.word[spans.first]]
        whole = (spans.first == spans.run_first) & (spans.last == spans.run_last) & (spans.name >= 0)
        letters = text.end[spans.last] - text.start[spans.first]
        opens = (spans.first == 0) | (self.vocabulary.table[text.word[spans.first - 1], _AT["stop"]] > 0)
        fits = (
            whole & ~ruled_out & (table[:, _WAY] == 0) & (words[:, _AT["foreign"]] == 0) & (letters > _SHORT) & ~opens
        )
        least = np.where(self._is_expected(text, spans), _LEAST_EXPECTED, _LEAST_ALONE)
        return np.where(fits, np.maximum(chance, np.clip((table[:, _PROMINENCE] - least) / 3, 0, 0.9)), chance)

    def _with_possessives(self, text: Text, spans: Spans, chance: Floats) -> tuple[Spans, Floats]:
        """Add the names of well-known places with a possessive in them, which no run of capitals holds: Cox's Bazar."""
        words, marks = self.vocabulary.words, []
        cues = self._cue_words.marks(self.vocabulary)[text.word]
        for at in np.flatnonzero(cues & self._cue_words.bits["possessive"]).tolist():
            if 0 < at < len(text.word) - 1 and all(words[text.word[i]][0].isupper() for i in (at - 1, at + 1)):
                name = self.names.number(key_of_words([words[text.word[i]] for i in (at - 1, at, at + 1)]))
                if (
                    name >= 0
                    and self.names.table[name, _PROMINENCE] >= _POSSESSIVE
                    and not self.names.table[name, _WAY]
                ):
                    marks.append((at - 1, at + 1, name, at - 1, at + 1))
        if not marks:
            return spans, chance
        more = Spans(*np.array(marks, dtype="int64").T)
        both = [np.concatenate([getattr(one, name) for one in (spans, more)]) for name in Spans.__dataclass_fields__]
        return Spans(*both), np.concatenate([chance, np.full(len(marks), _SAID_SO)])

    def _groups_with_members(self, text: Text, spans: Spans) -> list[int]:
        """Return the spans that name a group and are followed by a word for its members."""
        groups = np.flatnonzero((self.names.table[spans.name, _KIND] == _GROUP) & (spans.name >= 0)).tolist()
        words, after = self.vocabulary.words, [*text.word.tolist(), -1]
        return [i for i in groups if after[spans.last[i] + 1] >= 0 and words[after[spans.last[i] + 1]] in _MEMBERS]

    def _beyond_doubt(self, text: Text, spans: Spans) -> NDArray[np.bool_]:
        """Say which spans are in a newspaper's or a person's name: the Washington Post, Paris Hilton, Jack London."""
        words = self.vocabulary.table[np.append(text.word, text.word[-1])]
        own, after = words[spans.first], words[spans.last + 1]
        capital = (spans.last < spans.run_last) & _CAPITAL[after[:, _SHAPE]]
        works = (
            after[:, _AT["organisation"]] + after[:, _AT["feature"]] + after[:, _AT["street"]] + after[:, _AT["plain"]]
        )
        person = (
            (spans.first == spans.last) & (own[:, _AT["given"]] > 2) & (after[:, _AT["surname"]] > 1) & (works == 0)
        )
        before = words[np.maximum(spans.first - 1, 0)]
        surname = (
            (spans.first == spans.last)
            & (spans.first > spans.run_first)
            & (before[:, _AT["given"]] > 3)
            & _CAPITAL[before[:, _SHAPE]]
            & (own[:, _AT["surname"]] > 1)
        )
        return np.asarray((capital & ((after[:, _AT["media"]] > 0) | person)) | surname)

    def _unread(self, text: Text, spans: Spans, chance: Floats) -> Floats:
        """Let names in scripts that the models have not read stand by their prominence and the word before them."""
        words = self.vocabulary.table[text.word[spans.first]]
        foreign = words[:, _AT["foreign"]] > 0
        if not foreign.any():
            return chance
        table = self.names.table[spans.name]
        way, prominence = table[:, _WAY], table[:, _PROMINENCE]
        cased, several = words[:, _SHAPE] != UNCASED, spans.last > spans.first
        least = np.where(way == _INFLECTED, np.where(cased, _LEAST_INFLECTED, _LEAST_JOINED), _LEAST)
        least = least - _BEFORE * (cased & self._is_expected(text, spans))
        plausible = np.clip((prominence - least) / 3, 0, 0.9) * (spans.name >= 0)
        plausible *= (way == 0) | (way == _INFLECTED) | ((way == _TYPED) & several)
        # "Northern Ireland" is more than Ireland, and what "области" ends is a unit.
        of_unit = self.vocabulary.table[text.word[spans.last], _SHAPE] == LOWER
        whole = several & (spans.name >= 0) & (of_unit | (plausible > self.threshold))
        plausible = np.where(whole, np.maximum(plausible, _WHOLE), plausible)
        return np.where(foreign, np.where(self._is_no_name(text, spans, cased, prominence), 0.0, plausible), chance)

    def _is_no_name(
        self, text: Text, spans: Spans, cased: NDArray[np.bool_], prominence: NDArray[np.float32]
    ) -> NDArray[np.bool_]:
        """Say which spans are too short for names, and where letters have no case, words for kinds of places."""
        shape = self.vocabulary.table[text.word[spans.first], _SHAPE]
        letters = text.end[spans.last] - text.start[spans.first]
        opens = self.vocabulary.table[text.word[np.maximum(spans.first - 1, 0)], _AT["stop"]] > 0
        # "Мен" is "I" in Kazakh.
        at_start = (letters <= _SHORT) & (shape == TITLE) & (opens | (spans.first == 0))
        small, expecting = self.vocabulary.small, words_before_places()
        alone = spans.first == spans.last
        kinds = alone & np.array(
            [small[word].removeprefix("ال") in expecting for word in text.word[spans.first].tolist()]
        )
        return np.asarray((prominence < _WELL_KNOWN) & (at_start | ~cased & (letters < _SHORT)) | ~cased & kinds)

    def _is_expected(self, text: Text, spans: Spans) -> NDArray[np.bool_]:
        """Say behind which words a place's name is to be expected, in scripts that the models have not read."""
        small, expecting = self.vocabulary.small, words_before_places()
        before = text.word[np.maximum(spans.first - 1, 0)].tolist()
        return np.array([small[word] in expecting for word in before]) & (spans.first > 0)


def chosen(first: NDArray[np.int64], last: NDArray[np.int64], chance: Floats, threshold: float) -> NDArray[np.int64]:
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
