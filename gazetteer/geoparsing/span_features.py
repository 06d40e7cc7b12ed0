"""Describes each span of a text to the model that says whether it is a place's name.

Each span gets a row of numbers: what the name is in the index, what
its words are, what stands beside it, and how the same name stands elsewhere in the document.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.geoparsing.candidates import NAME_FEATURES, KnownNames
from gazetteer.geoparsing.spans import Spans
from gazetteer.geoparsing.tokens import ATTRIBUTES, BREAK, DIGITS, INITIAL, LOWER, MIXED, TITLE, UPPER, Text, Vocabulary

__all__ = ["FEATURES", "SLOTS", "describe_spans", "neighbours"]

_Rows = NDArray[np.float32]

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
_AHEAD, _BEHIND = ("given", "title", "placing", "shape"), ("organisation", "surname", "speaking", "shape")
_OWN_AT, _BESIDE_AT, _BESIDE_FAR_AT, _AHEAD_AT, _BEHIND_AT = (
    np.array([_A[name] for name in names]) for names in (_OWN, _BESIDE, _BESIDE_FAR, _AHEAD, _BEHIND)
)
_HEAD = np.isin(np.arange(BREAK + 1), (TITLE, UPPER, MIXED, INITIAL))
_CAPITAL = np.isin(np.arange(BREAK + 1), (TITLE, UPPER))
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
        *reader.ties(lexical),
    ]
    rows = np.empty((len(spans.first), len(FEATURES)), dtype="float32")
    np.concatenate(blocks, axis=1, out=rows[:, : len(FEATURES) - len(columns)])
    for at, column in enumerate(columns, len(FEATURES) - len(columns)):
        rows[:, at] = column
    return rows


class _Reader:
    """The columns of `describe`, in groups."""

    def __init__(self, text: Text, spans: Spans, vocabulary: Vocabulary, names: KnownNames) -> None:
        self.text, self.spans, self.names = text, spans, names
        outside = np.zeros((1, len(ATTRIBUTES)), dtype="int8")
        outside[0, _A["shape"]] = BREAK
        outside[0, _A["stop"]] = 1
        self.words = np.concatenate([vocabulary.table[text.word], outside, outside, outside])
        self.n = len(text.word)
        self.first, self.last = spans.first, spans.last
        self.shape = self.words[:, _A["shape"]]
        self.head = _HEAD[self.shape]
        self.of_name = np.full((len(spans.name), len(NAME_FEATURES)), -1, dtype="float32")
        known = spans.name >= 0
        self.of_name[known] = names.table[spans.name[known]]
        self.words_of = list(map(vocabulary.small.__getitem__, text.word.tolist()))
        self.is_comma = text.word == vocabulary.number(",")
        self.is_possessive = np.isin(text.word, [vocabulary.number("'s"), vocabulary.number("’s")])
        self.group = self._groups()

    def _at(self, places: Ints, attributes: Ints) -> NDArray[np.int8]:
        """Return some attributes of the words at some places, in columns."""
        found = self.words[np.where((places >= 0) & (places < self.n), places, self.n)[:, None], attributes]
        return np.asarray(found)

    def _groups(self) -> Ints:
        """Return a number for each distinct spelling of a span in this document, case aside."""
        known: dict[str, int] = {}
        words = self.words_of
        return np.array(
            [
                known.setdefault(words[a] if a == b else " ".join(words[a : b + 1]), len(known))
                for a, b in zip(self.first.tolist(), self.last.tolist(), strict=True)
            ],
            dtype="int64",
        )

    def own(self) -> list[NDArray[np.int8]]:
        """Return what the span's first and last word are."""
        return [self._at(self.first, _OWN_AT), self._at(self.last, _OWN_AT)]

    def beside(self) -> list[NDArray[np.int8]]:
        """Return what the words around the span are."""
        return [
            self._at(self.first - 1, _BESIDE_AT),
            self._at(self.last + 1, _BESIDE_AT),
            self._at(self.first - 2, _BESIDE_FAR_AT),
            self._at(self.last + 2, _BESIDE_FAR_AT),
        ]

    def _sum(self, column: NDArray[np.generic], first: Ints, last: Ints) -> Ints:
        """Return the sum over words first to last."""
        total = np.concatenate([[0], np.cumsum(column[: self.n], dtype="int64")])
        return np.asarray(total[last + 1] - total[first])

    def run(self) -> list[NDArray[np.generic]]:
        """Return how the span lies in its run of capitalised words."""
        first, last, run_first, run_last = self.first, self.last, self.spans.run_first, self.spans.run_last
        words, text = self.words, self.text
        organisation = words[:, _A["organisation"]] > 0
        glued = np.append(text.glued, [False, False, False])
        return [
            last - first + 1,
            text.end[last] - text.start[first],
            self._sum(organisation, first, last),
            self._sum(words[:, _A["plain"]], first, last),
            self._sum(words[:, _A["given"]] > 3, first, last),
            glued[first],
            glued[last + 1],
            run_last - run_first + 1,
            first - run_first,
            run_last - last,
            self._sum(organisation & self.head, run_first, run_last),
            self._sum((words[:, _A["title"]] > 0) & self.head, run_first, run_last),
            self._sum(words[:, _A["given"]] > 3, run_first, run_last),
            self._sum(words[:, _A["street"]] > 0, run_first, run_last),
            organisation[run_last],
        ]

    def sentence(self) -> list[NDArray[np.generic]]:
        """Return where in its sentence and text the span stands, and how that sentence writes its capitals."""
        ends = (self.words[: self.n, _A["stop"]] > 0) & (self.shape[: self.n] != LOWER)
        number = np.concatenate([[0], np.cumsum(ends)])[: self.n]
        letters = (self.shape[: self.n] >= LOWER) & (self.shape[: self.n] != DIGITS) & (self.shape[: self.n] != BREAK)
        n = int(number[-1]) + 1 if self.n else 1
        words = np.bincount(number, letters, n)
        capitals = np.bincount(number, letters & self.head[: self.n], n)
        begins = np.searchsorted(number, np.arange(n))
        of = number[self.first]
        lines = np.cumsum(self.shape[: self.n] == BREAK)
        position = self._sum(letters, begins[of], np.maximum(self.first - 1, begins[of] - 1))
        return [
            position == 0,
            capitals[of] / np.maximum(words[of], 1),
            words[of],
            self.first / max(self.n, 1),
            lines[self.first] == 0,
        ]

    def commas(self) -> list[NDArray[np.generic]]:
        """Return what names stand before and behind the span, and whether a comma parts them."""
        comma = np.zeros(self.n + 3, dtype=bool)
        comma[: self.n] = self.is_comma
        possessive = np.zeros(self.n + 3, dtype=bool)
        possessive[: self.n] = self.is_possessive
        starting = np.full(self.n + 4, -1)
        ending = np.full(self.n + 4, -1)
        known = np.flatnonzero(self.spans.name >= 0)
        # Spans come in order, shorter before longer: the longest one at a word is written last.
        starting[self.first[known]] = known
        order = known[np.argsort(-self.first[known], kind="stable")]
        ending[self.last[order]] = order
        rows = np.concatenate([self.of_name, np.full((1, len(NAME_FEATURES)), -1, dtype="float32")])
        first, last = self.first, self.last
        before, after = first - 1, np.minimum(last + 1, self.n + 2)
        comma_after = comma[after]
        comma_before = (before >= 0) & comma[before]
        behind = np.where(comma_after, starting[np.minimum(last + 2, self.n + 3)], -1)
        ahead = np.where(comma_before, ending[first - 2], -1)
        adjoining, preceding = starting[after], np.where(before >= 0, ending[before], -1)
        self.comma_admin = np.maximum(rows[behind, _N["admin1"]], rows[behind, _N["country"]]) > 0
        self.possessive = possessive[after]
        longest = starting[first]
        covered = np.zeros(self.n + 1, dtype="int64")
        if len(known):
            np.add.at(covered, first[known], 1)
            np.add.at(covered, last[known] + 1, -1)
        depth = np.cumsum(covered)
        size = (last - first + 1).astype("float64")
        return [
            comma_before,
            comma_after,
            self.possessive,
            rows[behind, _N["country"]],
            rows[behind, _N["admin1"]],
            rows[behind, _N["prominence"]],
            rows[ahead, _N["prominence"]],
            rows[adjoining, _N["prominence"]],
            rows[preceding, _N["prominence"]],
            np.where(longest >= 0, last[longest] - last, 0),
            self._sum(np.append(depth[: self.n], [0, 0, 0]), first, last) / size,
        ]

    def _mean(self, column: NDArray[np.generic]) -> NDArray[np.float64]:
        """Return the mean over the spans of the same spelling."""
        n = int(self.group.max()) + 1 if len(self.group) else 0
        means = np.bincount(self.group, column, n) / np.maximum(np.bincount(self.group, minlength=n), 1)
        return np.asarray(means[self.group])

    def same(self, lexical: NDArray[np.float64]) -> list[NDArray[np.generic]]:
        """Return how the same name stands elsewhere in the document."""
        n = int(self.group.max()) + 1 if len(self.group) else 0
        count = np.bincount(self.group, minlength=n)[self.group]
        lower = Counter(map(self.words_of.__getitem__, np.flatnonzero(self.shape[: self.n] == LOWER).tolist()))
        alone = self.first == self.last
        same_lower = np.where(alone, [lower[self.words_of[a]] for a in self.first.tolist()], 0)
        ahead = self._at(self.first - 1, _AHEAD_AT).T
        behind = self._at(self.last + 1, _BEHIND_AT).T
        given = (ahead[0] > 3) & _CAPITAL[ahead[3]] | (ahead[3] == INITIAL)
        surname = (behind[1] > 2) & _CAPITAL[behind[3]]
        most = np.full(n, -99.0)
        np.maximum.at(most, self.group, lexical)
        run = np.full(self.n + 1, -9.0)
        whole = (self.first == self.spans.run_first) & (self.last == self.spans.run_last)
        run[self.spans.run_first[whole]] = lexical[whole]
        best = np.full(self.n + 1, -9.0)
        known = self.spans.name >= 0
        np.maximum.at(best, self.spans.run_first[known], lexical[known])
        return [
            np.log1p(count),
            same_lower,
            self._mean(given),
            self._mean(ahead[1] > 0),
            self._mean(ahead[2] > 0),
            self._mean((behind[0] > 0) & (behind[3] != LOWER)),
            self._mean(surname),
            self._mean(self.comma_admin),
            self._mean(self.possessive),
            self._mean(behind[2] > 0),
            lexical,
            self._mean(lexical),
            most[self.group],
            run[self.spans.run_first],
            best[self.spans.run_first] - lexical,
        ]

    def ties(self, lexical: NDArray[np.float64]) -> list[NDArray[np.generic]]:
        """Return how far the rest of the document is about the country and the first-level unit of the name."""
        places = self.names.places
        first_of_group = np.unique(self.group, return_index=True)[1]
        name = self.spans.name[first_of_group]
        known = np.flatnonzero(name >= 0)
        flat = [self.names.readings[number].places[:8] for number in name[known].tolist()]
        n = len(first_of_group)
        out = np.zeros((3, n))
        if flat:
            place, of = np.concatenate(flat), np.repeat(known, list(map(len, flat)))
            belief = 1 / (1 + np.exp(-self._mean(lexical)[first_of_group]))
            weight = 10.0 ** (places.prominence[place] - places.prominence[place].max())
            share = belief[of] * weight / np.maximum(np.bincount(of, weight, n)[of], 1e-9)
            for row, code in enumerate((places.country[place], places.admin1[place])):
                size = int(code.max()) + 2
                total = np.bincount(code + 1, share, size)
                own = np.bincount(of * size + code + 1, share, n * size)
                rest = np.where(code >= 0, total[code + 1] - own[of * size + code + 1], 0)
                np.maximum.at(out[row], of, rest / max(share.sum(), 1e-9))
            np.maximum.at(out[2], of, (places.admin1[place] >= 0) * share)
        return list(out[:, self.group])
