"""Describes each span of a text to the model that says whether it is a place's name.

Each span gets a row of numbers: what the name is in the index, what
its words are, what stands beside it, and how the same name stands elsewhere in the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.geoparsing.candidates import NAME_FEATURES, KnownNames
from gazetteer.geoparsing.spans import Spans
from gazetteer.geoparsing.tokens import ATTRIBUTES, BREAK, DIGITS, INITIAL, LOWER, MIXED, TITLE, UPPER, Text, Vocabulary

__all__ = ["FEATURES", "SLOTS", "describe_spans", "neighbours"]

_Rows = NDArray[np.float32]
_Column = NDArray[np.generic]

# Where a word may stand in regard to a span; the lexical model weighs each word in each slot.
SLOTS = ("before_2", "before", "first", "last", "after", "after_2")
_A = {name: i for i, name in enumerate(ATTRIBUTES)}
_BESIDE = (
    "shape",
    "given",
    "surname",
    "plain",
    "title",
    "organisation",
    "street",
    "feature",
    "direction",
    "month",
    "placing",
    "speaking",
    "stop",
    "short",
    "media",
)
_BESIDE_FAR = ("shape", "given", "surname", "title", "organisation", "placing", "stop")
_OWN = (
    "shape",
    "given",
    "surname",
    "plain",
    "title",
    "organisation",
    "street",
    "feature",
    "direction",
    "month",
    "short",
)
_OWN_AT, _BESIDE_AT, _BESIDE_FAR_AT = (np.array([_A[name] for name in names]) for names in (_OWN, _BESIDE, _BESIDE_FAR))
_HEAD = np.isin(np.arange(BREAK + 1), (TITLE, UPPER, MIXED, INITIAL))
_CAPITAL = np.isin(np.arange(BREAK + 1), (TITLE, UPPER))
_LETTERS = (np.arange(BREAK + 1) >= LOWER) & ~np.isin(np.arange(BREAK + 1), (DIGITS, BREAK))
# Three words past the end of a text: breaks that end a sentence.
_OUTSIDE = np.zeros((3, len(ATTRIBUTES)), dtype="int8")
_OUTSIDE[:, [_A["shape"], _A["stop"]]] = BREAK, 1
_N = {name: i for i, name in enumerate(NAME_FEATURES)}

FEATURES = (
    *(f"name_{name}" for name in NAME_FEATURES),
    *(f"first_{name}" for name in _OWN),
    *(f"last_{name}" for name in _OWN),
    *(f"before_{name}" for name in _BESIDE),
    *(f"after_{name}" for name in _BESIDE),
    *(f"before_2_{name}" for name in _BESIDE_FAR),
    *(f"after_2_{name}" for name in _BESIDE_FAR),
    "words",
    "characters",
    "inner_organisation",
    "inner_plain",
    "inner_given",
    "glued_before",
    "glued_after",
    "run_words",
    "run_before",
    "run_after",
    "run_organisation",
    "run_title",
    "run_given",
    "run_street",
    "run_last_organisation",
    "sentence_start",
    "sentence_capitals",
    "sentence_words",
    "text_part",
    "first_line",
    "comma_before",
    "comma_after",
    "possessive",
    "comma_after_country",
    "comma_after_admin1",
    "comma_after_prominence",
    "comma_before_prominence",
    "next_name",
    "previous_name",
    "longest_name",
    "inside_name",
    "same",
    "same_lower",
    "same_given_before",
    "same_title_before",
    "same_placing_before",
    "same_organisation_after",
    "same_surname_after",
    "same_comma_admin",
    "same_possessive",
    "same_speaking_after",
    "lexical",
    "lexical_mean",
    "lexical_max",
    "lexical_run",
    "lexical_rivals",
    "country_share",
    "admin1_share",
    "own_admin1",
)


def neighbours(text: Text, spans: Spans) -> Ints:
    """Return the position of the word in each of `SLOTS` of each span, -1 past the text."""
    places = np.stack(
        [spans.first - 2, spans.first - 1, spans.first, spans.last, spans.last + 1, spans.last + 2], axis=1
    )
    return np.where((places >= 0) & (places < len(text.word)), places, -1)


def describe_spans(
    text: Text, spans: Spans, vocabulary: Vocabulary, names: KnownNames, lexical: NDArray[np.float64]
) -> _Rows:
    """Return spans × `FEATURES`.

    Parameters
    ----------
    lexical
        What the lexical model says of each span.
    """
    reader = _Reader(text, spans, vocabulary, names)
    blocks = [reader.of_name, *reader.own(), *reader.beside()]
    columns = [
        *reader.run(),
        *reader.sentence(),
        *reader.commas(),
        *reader.same(lexical),
        *reader.ties(),
    ]
    rows = np.empty((len(spans.first), len(FEATURES)), dtype="float32")
    np.concatenate(blocks, axis=1, out=rows[:, : -len(columns)])
    rows[:, -len(columns) :] = np.concatenate(columns).reshape(len(columns), -1).T
    return rows


class _Reader:
    """The columns of `describe`, in groups.

    Most texts that are read are short, so what costs time is the number of NumPy's calls: columns that are added up or
    averaged are so together.
    """

    def __init__(self, text: Text, spans: Spans, vocabulary: Vocabulary, names: KnownNames) -> None:
        self.text, self.spans, self.names = text, spans, names
        # Three words past the text; two before it are the last two of them, as positions from the end.
        self.words = np.concatenate([vocabulary.table[text.word], _OUTSIDE])
        self.n = len(text.word)
        self.first, self.last = first, last = spans.first, spans.last
        self.before, self.after = self.words[first - 1], self.words[last + 1]
        self.shape = self.words[:, _A["shape"]]
        self.head = _HEAD[self.shape]
        self.known = (spans.name >= 0).nonzero()[0]
        self.of_name = np.full((len(spans.name), len(NAME_FEATURES)), -1, dtype="float32")
        self.of_name[self.known] = names.table[spans.name[self.known]]
        self.words_of = list(map(vocabulary.small.__getitem__, text.word.tolist()))
        self.is_comma = text.word == vocabulary.number(",")
        self.is_possessive = (text.word == vocabulary.number("'s")) | (text.word == vocabulary.number("’s"))
        self.group, self.first_of_group = self._groups()
        self.count = np.bincount(self.group, minlength=len(self.first_of_group))

    def _groups(self) -> tuple[Ints, Ints]:
        """Return a number for each distinct spelling of a span in this document, case aside, and its first span."""
        known: dict[str, int] = {}
        words = self.words_of
        firsts: list[int] = []
        groups: list[int] = []
        for at, (a, b) in enumerate(zip(self.first.tolist(), self.last.tolist(), strict=True)):
            group = known.setdefault(words[a] if a == b else " ".join(words[a : b + 1]), len(known))
            if group == len(firsts):
                firsts.append(at)
            groups.append(group)
        return np.array(groups, dtype="int64"), np.array(firsts, dtype="int64")

    def own(self) -> list[NDArray[np.int8]]:
        """Return what the span's first and last word are."""
        return [self.words[self.first][:, _OWN_AT], self.words[self.last][:, _OWN_AT]]

    def beside(self) -> list[NDArray[np.int8]]:
        """Return what the words around the span are."""
        return [
            self.before[:, _BESIDE_AT],
            self.after[:, _BESIDE_AT],
            self.words[self.first - 2][:, _BESIDE_FAR_AT],
            self.words[self.last + 2][:, _BESIDE_FAR_AT],
        ]

    def _running(self, columns: Sequence[_Column]) -> Ints:
        """Return the sums of columns over the words before each word, shape (words + 1, columns)."""
        total = np.zeros((self.n + 1, len(columns)), dtype="int64")
        for i, column in enumerate(columns):
            total[1:, i] = column[: self.n]
        np.add.accumulate(total, axis=0, out=total)
        return total

    def run(self) -> list[_Column]:
        """Return how the span lies in its run of capitalised words."""
        first, last, run_first, run_last = self.first, self.last, self.spans.run_first, self.spans.run_last
        words, text, head = self.words, self.text, self.head
        organisation, given = words[:, _A["organisation"]] > 0, words[:, _A["given"]] > 3
        glued = np.zeros(self.n + 3, dtype=bool)
        glued[: self.n] = text.glued
        title, street = (words[:, _A["title"]] > 0) & head, words[:, _A["street"]] > 0
        total = self._running((given, organisation, words[:, _A["plain"]], organisation & head, title, street))
        own, whole = total[last + 1] - total[first], total[run_last + 1] - total[run_first]
        return [
            last - first + 1,
            text.end[last] - text.start[first],
            own[:, 1],
            own[:, 2],
            own[:, 0],
            glued[first],
            glued[last + 1],
            run_last - run_first + 1,
            first - run_first,
            run_last - last,
            whole[:, 3],
            whole[:, 4],
            whole[:, 0],
            whole[:, 5],
            organisation[run_last],
        ]

    def sentence(self) -> list[_Column]:
        """Return where in its sentence and text the span stands, and how that sentence writes its capitals."""
        shape = self.shape[: self.n]
        ends = (self.words[: self.n, _A["stop"]] > 0) & (shape != LOWER)
        breaks = shape == BREAK
        letters = _LETTERS[shape]
        total = self._running((ends, letters, breaks))
        number = total[:-1, 0]
        n = int(number[-1]) + 1 if self.n else 1
        words = np.bincount(number, letters, n)
        capitals = np.bincount(number, letters & self.head[: self.n], n)
        begins = np.searchsorted(number, np.arange(n))
        of = number[self.first]
        begin = begins[of]
        position = total[np.maximum(self.first, begin), 1] - total[begin, 1]
        return [
            position == 0,
            capitals[of] / np.maximum(words[of], 1),
            words[of],
            self.first / max(self.n, 1),
            total[self.first + 1, 2] == 0,
        ]

    def commas(self) -> list[_Column]:
        """Return what names stand before and behind the span, and whether a comma parts them."""
        first, last, known = self.first, self.last, self.known
        comma = np.zeros(self.n + 3, dtype=bool)
        comma[: self.n] = self.is_comma
        possessive = np.zeros(self.n + 3, dtype=bool)
        possessive[: self.n] = self.is_possessive
        starting, ending = np.full((2, self.n + 4), -1)
        # Spans come in order, shorter before longer: the longest one at a word is written last.
        starting[first[known]] = known
        order = known[np.argsort(-first[known], kind="stable")]
        ending[last[order]] = order
        rows = np.empty((len(self.of_name) + 1, len(NAME_FEATURES)), dtype="float32")
        rows[:-1], rows[-1] = self.of_name, -1
        before, after = first - 1, np.minimum(last + 1, self.n + 2)
        comma_after = comma[after]
        follows = before >= 0
        comma_before = follows & comma[before]
        behind = rows[np.where(comma_after, starting[np.minimum(last + 2, self.n + 3)], -1)]
        ahead = np.where(comma_before, ending[first - 2], -1)
        adjoining, preceding = starting[after], np.where(follows, ending[before], -1)
        prominence = rows[:, _N["prominence"]]
        self.comma_admin = np.maximum(behind[:, _N["admin1"]], behind[:, _N["country"]]) > 0
        self.possessive = possessive[after]
        longest = starting[first]
        covered = np.zeros(self.n + 1, dtype="int64")
        np.add.at(covered, first[known], 1)
        np.add.at(covered, last[known] + 1, -1)
        depth = self._running((np.add.accumulate(covered),))[:, 0]
        return [
            comma_before,
            comma_after,
            self.possessive,
            behind[:, _N["country"]],
            behind[:, _N["admin1"]],
            behind[:, _N["prominence"]],
            prominence[ahead],
            prominence[adjoining],
            prominence[preceding],
            np.where(longest >= 0, last[longest] - last, 0),
            (depth[last + 1] - depth[first]) / (last - first + 1).astype("float64"),
        ]

    def _means(self, columns: Sequence[_Column]) -> NDArray[np.float64]:
        """Return the means of columns over the spans of the same spelling, shape (columns, spellings)."""
        of, n = len(columns), len(self.first_of_group)
        cells = np.empty((len(self.group), of))
        for i, column in enumerate(columns):
            cells[:, i] = column
        totals = np.bincount((self.group[:, None] * of + np.arange(of)).ravel(), cells.ravel(), n * of)
        return np.asarray((totals.reshape(n, of) / np.maximum(self.count, 1)[:, None]).T)

    def same(self, lexical: NDArray[np.float64]) -> list[_Column]:
        """Return how the same name stands elsewhere in the document."""
        group, spans = self.group, self.spans
        lower = Counter(map(self.words_of.__getitem__, (self.shape[: self.n] == LOWER).nonzero()[0].tolist()))
        alone = self.first == self.last
        same_lower = np.where(alone, [lower[self.words_of[a]] for a in self.first.tolist()], 0)
        ahead, behind = self.before, self.after
        shape, shape_behind = ahead[:, _A["shape"]], behind[:, _A["shape"]]
        given = (ahead[:, _A["given"]] > 3) & _CAPITAL[shape] | (shape == INITIAL)
        most = np.full(len(self.first_of_group), -99.0)
        np.maximum.at(most, group, lexical)
        run, best = np.full((2, self.n + 1), -9.0)
        whole = (self.first == spans.run_first) & (self.last == spans.run_last)
        run[spans.run_first[whole]] = lexical[whole]
        np.maximum.at(best, spans.run_first[self.known], lexical[self.known])
        means = self._means(
            (
                given,
                ahead[:, _A["title"]] > 0,
                ahead[:, _A["placing"]] > 0,
                (behind[:, _A["organisation"]] > 0) & (shape_behind != LOWER),
                (behind[:, _A["surname"]] > 2) & _CAPITAL[shape_behind],
                self.comma_admin,
                self.possessive,
                behind[:, _A["speaking"]] > 0,
                lexical,
            )
        )
        self.mean_lexical = means[-1]
        means = means[:, group]
        return [
            np.log1p(self.count[group]),
            same_lower,
            *means[:-1],
            lexical,
            means[-1],
            most[group],
            run[spans.run_first],
            best[spans.run_first] - lexical,
        ]

    def ties(self) -> list[_Column]:
        """Return how far the rest of the document is about the country and the first-level unit of the name."""
        places = self.names.places
        name = self.spans.name[self.first_of_group]
        known = (name >= 0).nonzero()[0]
        flat = [self.names.readings[number].places[:8] for number in name[known].tolist()]
        n = len(name)
        out = np.zeros((3, n))
        if flat:
            place, of = np.concatenate(flat), np.repeat(known, list(map(len, flat)))
            belief = 1 / (1 + np.exp(-self.mean_lexical))
            prominence = places.prominence[place]
            weight = 10.0 ** (prominence - prominence.max())
            share = belief[of] * weight / np.maximum(np.bincount(of, weight, n)[of], 1e-9)
            shared = max(share.sum(), 1e-9)
            units = places.admin1[place]
            for row, code in enumerate((places.country[place], units)):
                size = int(code.max()) + 2
                total = np.bincount(code + 1, share, size)
                at = of * size + code + 1
                rest = np.where(code >= 0, total[code + 1] - np.bincount(at, share, n * size)[at], 0)
                np.maximum.at(out[row], of, rest / shared)
            np.maximum.at(out[2], of, (units >= 0) * share)
        return list(out[:, self.group])
