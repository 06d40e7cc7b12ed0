"""What the words beside a name settle, whatever the models say of it.

They say which spans of a text are parts of other names (the Paris Agreement, Georgia
Meloni, Agence France-Presse), and which are places' names beyond doubt (Kyiv said, Goma fell, they fled Maungdaw). The
words are rows of ``place_cues.csv``, which a person can extend.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, GrowingTable, Ints
from gazetteer.bundled import BUNDLED
from gazetteer.geoparsing.candidates import NAME_FEATURES, KnownNames
from gazetteer.geoparsing.spans import Spans
from gazetteer.geoparsing.tokens import (
    ATTRIBUTES,
    BREAK,
    DIGITS,
    INITIAL,
    MIXED,
    PLACING,
    TITLE,
    UPPER,
    Text,
    Vocabulary,
)
from gazetteer.index.store import NAME_KINDS
from gazetteer.model import KINDS

__all__ = ["CueWords", "Cues", "supporting_words"]

_Mask = NDArray[np.bool_]
_A = {name: i for i, name in enumerate(ATTRIBUTES)}
_N = {name: i for i, name in enumerate(NAME_FEATURES)}
# What a place that people flee, take and speak of may be.
_SETTLED = np.array([kind in ("country", "admin1", "admin2", "city", "island") for kind in KINDS])
_COUNTRY, _CITY, _FORMER = KINDS.index("country"), KINDS.index("city"), NAME_KINDS.index("former")
# Attributes that a word has which is met as another name, or as no name.
_OTHERWISE = [_A[name] for name in ("given", "surname", "plain", "title", "organisation", "month")]
_CAPITALS = np.isin(np.arange(BREAK + 1), (TITLE, UPPER, MIXED, INITIAL))
# The chance of a name that the words beside it vouch for; least prominence of a town that falls, of one that stands in
# a list with another, and of one that is fled, taken or shelled. Set so that none of the LGL, TR-News and GeoVirus
# documents that we train on gets a false name.
_SAID_SO, _DATELINE, _ARTICLE = 0.6, 0.9, 1e-3
_FALLS, _LISTED, _TAKEN = 4.0, 4.6, 2.0
_CAPITAL = r"[A-ZÀ-Þ][\w.'’-]*"
# "PARIS, March 3 (AFP) -", "Nairobi/Kampala (Reuters) —", at the start of a line.
_DATELINES = re.compile(
    rf"^[ \t]*(?P<places>{_CAPITAL}(?:(?:,? |/)(?:{_CAPITAL}|of|de|el)){{0,4}})"
    r"(?:,?\s+(?:\d{1,2}\s+)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?(?:\s+\d{1,2})?(?:,?\s+\d{4})?)?"
    r"\s*\((?:[A-Z][\w.]*[ /-]?){1,4}\)\s*[-–—]",
    re.MULTILINE,
)


@cache
def _cue_words() -> dict[str, frozenset[str]]:
    """Return the words of each cue, as the table has them, and those that join and help."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    path = BUNDLED / "place_cues.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["cue"]].add(row["words"])
    found |= {
        "of": {"of"},
        "has": {"has", "have", "had"},
        "the": {"the"},
        "possessive": {"'s", "’s"},
        "joins": {"and", "or", ",", "for"},
    }
    return {cue: frozenset(words) for cue, words in found.items()}


def supporting_words() -> frozenset[str]:
    """Return the words behind which the name of a place is to be expected: in, near, fled."""
    return PLACING | _cue_words()["takes"]


class CueWords:
    """Which cues each word of a vocabulary is, worked out once a spelling."""

    def __init__(self) -> None:
        self.bits = {cue: 1 << i for i, cue in enumerate(sorted(_cue_words())) if cue != "whole"}
        self._of: Vocabulary | None = None
        self._marks = GrowingTable(1, "int64")
        self._of_word: dict[str, int] = {}
        for cue, bit in self.bits.items():
            for word in _cue_words()[cue]:
                self._of_word[word] = self._of_word.get(word, 0) | bit

    def marks(self, vocabulary: Vocabulary) -> Ints:
        """Return for each word of a vocabulary the bits of its cues."""
        if self._of is not vocabulary or len(vocabulary.words) < len(self._marks):
            self._of, self._marks = vocabulary, GrowingTable(1, "int64")
        fresh = vocabulary.small[len(self._marks) :]
        if fresh:
            self._marks.extend([[self._of_word.get(word, 0)] for word in fresh])
        return self._marks.rows[:, 0]


class Cues:
    """Reads the words beside the spans of one text.

    Parameters
    ----------
    text, spans
        A text cut into words, and what may be names in it.
    vocabulary
        That cut it.
    names
        The names of a store.
    words
        Which words are cues.
    """

    def __init__(self, text: Text, spans: Spans, vocabulary: Vocabulary, names: KnownNames, words: CueWords) -> None:
        self._text, self._spans, self._names, self._bits = text, spans, names, words.bits
        self._end = len(text.word)
        self._marks = np.append(words.marks(vocabulary)[text.word], 0)
        self._table = vocabulary.table[np.append(text.word, text.word[-1])]
        self._table[-1] = 0
        self._of_name = names.table[spans.name]

    def _marked(self, cue: str, at: Ints) -> _Mask:
        """Say which words, by position, are of a cue."""
        return np.asarray((self._marks[at] & self._bits[cue]) > 0)

    @property
    def _known(self) -> _Mask:
        return self._spans.name >= 0

    def of_other_names(self) -> _Mask:
        """Say which spans are parts of the names of agreements, organisations and persons."""
        spans = self._spans
        before, two_before = np.maximum(spans.first - 1, 0), np.maximum(spans.first - 2, 0)
        after = np.minimum(spans.last + 1, self._end)
        town = self._known & (self._of_name[:, _N["kind"]] != _COUNTRY) & (self._of_name[:, _N["demonym"]] == 0)
        of = self._marked("of", before) & self._marked("agreement of", two_before) & (spans.first > 1)
        agreed = town & (self._marked("agreement", after) | of)
        return np.asarray(agreed | self._of_persons(before, after) | self._in_whole())

    def _of_persons(self, before: Ints, after: Ints) -> _Mask:
        """Say which spans are given names before a surname that no list has: Georgia Meloni."""
        spans, table = self._spans, self._table
        given = (spans.first == spans.last) & (table[spans.first, _A["given"]] > 2) & (spans.last < spans.run_last)
        given &= table[after, _A["shape"]] == TITLE
        if given.any():
            title = (table[before, _A["title"]] > 0) & (spans.first > 0)
            given &= title | self._marked("person", np.minimum(after + 1, self._end))
            given &= (table[after][:, 1 : _A["stop"]] == 0).all(axis=1)
        return np.asarray(given)

    def _in_whole(self) -> _Mask:
        """Say which spans lie in words that name something else as a whole."""
        inside = np.zeros(self._end + 1, dtype=bool)
        small = self._text.text.lower()
        if len(small) == len(self._text.text):
            for whole in _cue_words()["whole"]:
                at = small.find(whole)
                while at >= 0:
                    first, last = np.searchsorted(self._text.start, (at, at + len(whole)))
                    inside[first:last] = True
                    at = small.find(whole, at + 1)
        return np.asarray(inside[self._spans.first] & inside[self._spans.last])

    def vouched(self, chance: Floats, threshold: float, recased: bool = False) -> Floats:
        """Return the chances of the spans, higher where the words beside one say that it is a place's name.

        Parameters
        ----------
        chance
            Of each span, as the models say.
        threshold
            From which on a span is taken for a name.
        recased
            Whether only names of well-known places were given capitals.
        """
        spans = self._spans
        out = np.where(self._in_datelines(), np.maximum(chance, _DATELINE), chance)
        if recased:
            whole = self._known & (spans.first == spans.run_first) & (spans.last == spans.run_last)
            out = np.where(whole, np.maximum(out, _SAID_SO), out)
        doubted = np.flatnonzero(self._known & (out < _SAID_SO) & self._beside_cues())
        place = doubted[self._places(doubted)] if len(doubted) else doubted
        if len(place):
            out[place[self._said(place)]] = _SAID_SO
            out = self._listed(out, place, threshold)
        return self._with_article(out)

    def _beside_cues(self) -> _Mask:
        """Say which spans stand beside a word that may vouch for them."""
        bits, spans = self._bits, self._spans
        ahead = bits["takes"] | bits["spoken to"] | bits["joins"]
        behind = bits["falls"] | bits["has"] | bits["speaks"]
        before = self._marks[np.maximum(spans.first - 1, 0)] & ahead
        return np.asarray((before | self._marks[np.minimum(spans.last + 1, self._end)] & behind) > 0)

    def _said(self, place: Ints) -> _Mask:
        """Say of which spans, by position, a word beside them says that they are places' names."""
        first, last = self._spans.first[place], self._spans.last[place]
        prominence = self._of_name[place, _N["prominence"]]
        before, after = np.maximum(first - 1, 0), np.minimum(last + 1, self._end)
        follows, beyond = first > 0, np.minimum(after + 1, self._end)
        digits = self._table[beyond, _A["shape"]] == DIGITS
        fell = self._marked("falls", after) & ~digits | self._marked("has", after) & self._marked("falls", beyond)
        taken = follows & self._marked("takes", before)
        heard = self._marked("speaks", after) | follows & self._marked("spoken to", before)
        said = fell & (prominence >= _FALLS) | taken & (prominence >= _TAKEN)
        return np.asarray(said | heard & self._capitals(place))

    def _with_article(self, chance: Floats) -> Floats:
        """Let a name with a capital article win over the same name without it: in The Hague."""
        spans, table = self._spans, self._table
        with_it = (
            self._known
            & self._marked("the", spans.first)
            & (table[spans.first, _A["shape"]] == TITLE)
            & (spans.first > 0)
        )
        with_it &= table[np.maximum(spans.first - 1, 0), _A["stop"]] == 0
        out = chance
        for i in np.flatnonzero(with_it).tolist():
            bare = (spans.first == spans.first[i] + 1) & (spans.last == spans.last[i]) & (spans.name == spans.name[i])
            if bare.any() and self._bears_article(int(spans.name[i])):
                out = out.copy() if out is chance else out
                out[i] = max(out[i], float(out[bare].max()) + _ARTICLE)
        return out

    def _bears_article(self, name: int) -> bool:
        """Say whether the first meaning of a name is written with an article."""
        place = self._names.readings[name].places[:1]
        return str(self._names.store.take("name", place)[0]).startswith("The ")

    def _places(self, at: Ints) -> _Mask:
        """Say which of some spans stand alone, are names of places, and mean nothing else."""
        spans, table, of_name = self._spans, self._table, self._of_name[at]
        first, last = spans.first[at], spans.last[at]
        before = table[np.maximum(first - 1, 0), _A["shape"]]
        after = table[np.minimum(last + 1, self._end), _A["shape"]]
        alone = ~(_CAPITALS[before] & (first > spans.run_first[at])) & ~_CAPITALS[after]
        named = _SETTLED[of_name[:, _N["kind"]].astype("int64")] & (of_name[:, _N["name_kind"]] <= _FORMER)
        clean = np.ones(len(at), dtype=bool)
        for word in (first, last):
            clean &= (table[word, _A["shape"]] == TITLE) & (table[word][:, _OTHERWISE] == 0).all(axis=1)
        return np.asarray(alone & named & (of_name[:, _N["way"]] == 0) & clean)

    def _capitals(self, at: Ints) -> _Mask:
        """Say which of some spans mean the capital of a country first of all."""
        out = self._of_name[at, _N["kind"]] == _CITY
        for i in np.flatnonzero(out).tolist():
            first = int(self._names.readings[int(self._spans.name[at[i]])].places[0])
            out[i] = self._names.places.is_capital(first)
        return np.asarray(out)

    def _in_datelines(self) -> _Mask:
        """Say which spans lie in the place of a dateline."""
        spans, text = self._spans, self._text
        out = np.zeros(len(spans.first), dtype=bool)
        for line in _DATELINES.finditer(text.text):
            start, end = line.span("places")
            inside = self._known & (text.start[spans.first] >= start) & (text.end[spans.last] <= end)
            for i in np.flatnonzero(inside).tolist():
                # Of names inside one another the longest stands there.
                holding = inside & (spans.first <= spans.first[i]) & (spans.last >= spans.last[i])
                out[i] = int(holding.sum()) == 1
        return out

    def _listed(self, chance: Floats, place: Ints, threshold: float) -> Floats:
        """Let a place be a name that stands in a list behind another one: Maungdaw, Teknaf and Cox's Bazar."""
        spans = self._spans
        for i in place[(chance[place] <= threshold) & (self._of_name[place, _N["prominence"]] >= _LISTED)].tolist():
            first = int(spans.first[i])
            if first > 1 and self._marks[first - 1] & self._bits["joins"]:
                beside = (spans.last == first - 2) & (chance > threshold)
                if beside.any():
                    chance[i] = min(_SAID_SO, float(chance[beside].max()))
        return chance
