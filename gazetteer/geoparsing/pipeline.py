"""Finds the place names in a text and says which place each one means.

Found names come in order, each with the number of its place, of which `gazetteer.api` makes mentions.
The names of a document are each other's context; with a `SourceMemory`, so is what earlier documents of the same source
were about. Names are found by the model of `gazetteer.geoparsing.recognizer` or by a spaCy pipeline, or handed in as
spans.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.dates import day_number
from gazetteer.errors import ArgumentError
from gazetteer.geometry.sphere import haversine_km
from gazetteer.geoparsing.candidates import NAME_FEATURES, KnownNames, PlaceArrays
from gazetteer.geoparsing.cues import supporting_words
from gazetteer.geoparsing.disambiguator import Disambiguation, place_around
from gazetteer.geoparsing.document_features import Document
from gazetteer.geoparsing.expansion import expand_to_phrase
from gazetteer.geoparsing.letter_case import with_capitals
from gazetteer.geoparsing.models import read_disambiguator, read_recognizer
from gazetteer.geoparsing.tokens import Text, Vocabulary, is_common_word, is_of_person_or_street, scan
from gazetteer.index.store import NAME_KINDS, Store
from gazetteer.model import KINDS, Method, Status, Tag
from gazetteer.names.normalize import normalize_name
from gazetteer.phrases.resolver import Answer, Resolver

__all__ = ["FoundName", "Geoparser", "Recognizer", "SourceMemory", "check_spans", "document_of"]

Recognizer = Callable[[str], Iterable[tuple[int, int]]]

_MODELS = Path(__file__).parent.parent / "data"
_NOTHING: tuple[Ints, Floats] = np.empty(0, dtype="int64"), np.empty(0)
# From this chance on an answer is matched; below the other a name that was found is left unplaced. A name that is
# handed in as a span is one: its best reading is given down to a wild guess.
_SURE, _UNSURE, _WILD = 0.6, 0.2, 0.05
_SHOWN = 5
_METHODS: tuple[Method, ...] = (
    "exact",
    "exact",
    "exact",
    "type-word",
    "type-word",
    "exact",
)  # in the order of candidates.WAYS
_DEMONYM = NAME_KINDS.index("demonym")
_ABBREVIATIONS = (NAME_KINDS.index("abbreviation"), NAME_KINDS.index("code"))
# U.S., Ky., UK: written with a stop, or two capitals.
_SHORT = re.compile(r"(?:\w{1,5}\.)+$|[A-Z]{2}$")
_PLURAL = 1
_WAY = NAME_FEATURES.index("way")
# How often a name that the index lacks lies where its surroundings agree that they are.
_AROUND = 0.8
# What a phrase means lies no farther from its name than the name's place reaches, and this.
_PHRASE_KM = 150.0
# In a text of one case a word is a place's name from this prominence on, a common word only a great
# country's; behind "in", "fled" and such a smaller town will do.
_KNOWN_NAME, _TOLD_NAME, _KNOWN_WORD, _SHORTEST_KNOWN = 5.0, 4.0, 8.5, 4


class SourceMemory:
    """What earlier documents of each source were about; a newspaper writes about its home.

    Only the latest places of the latest sources are kept, so that memory stays bounded in an endless stream.
    """

    _SOURCES, _PLACES = 10_000, 200
    _SURE = 0.5

    def __init__(self) -> None:
        self._of: OrderedDict[str, tuple[Ints, Floats]] = OrderedDict()

    def of(self, source: str | None) -> tuple[Ints, Floats]:
        """Return the places that a source was about, and their weights."""
        return self._of.get(source, _NOTHING) if source else _NOTHING

    def add(self, source: str | None, disambiguated: Disambiguation) -> None:
        """Remember what a document was about."""
        if not source:
            return
        sure = np.flatnonzero(disambiguated.chance > self._SURE)
        mentions = np.bincount(disambiguated.read.of, minlength=len(disambiguated.best))
        places, weight = self.of(source)
        places = np.concatenate([places, disambiguated.read.place[disambiguated.best[sure]]])[-self._PLACES :]
        weight = np.concatenate([weight, (np.log1p(mentions) * disambiguated.chance)[sure]])[-self._PLACES :]
        self._of[source] = places, weight
        self._of.move_to_end(source)
        if len(self._of) > self._SOURCES:
            self._of.popitem(last=False)


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name in a text.

    Attributes
    ----------
    start, end
        Characters of the text.
    chance
        That it is a place's name.
    place
        Place number, -1 when unresolved.
    score
        The chance that `place` is what was meant.
    places, scores
        Best first.
    phrase
        What the phrase means, where the name stands in one.
    """

    start: int
    end: int
    tag: Tag
    chance: float
    status: Status
    place: int
    score: float
    method: Method
    reason: str = ""
    places: Ints = field(default_factory=lambda: _NOTHING[0])
    scores: Floats = field(default_factory=lambda: _NOTHING[1])
    phrase: Answer | None = None


_UNKNOWN = FoundName(0, 0, "name", 0.0, "unresolved", -1, 0.0, "none", "no place of that name in the index")


def document_of(
    text: Text,
    vocabulary: Vocabulary,
    first: Ints,
    last: Ints,
    name: Ints,
    chance: Floats,
    earlier: tuple[Ints, Floats] = _NOTHING,
) -> Document:
    """Return the names of a text that the index knows, as the disambiguator reads them."""
    comma = np.zeros(len(first), dtype=bool)
    between = np.flatnonzero(first[1:] - last[:-1] == 2)
    comma[between] = [vocabulary.words[text.word[last[i] + 1]] in (",", "(") for i in between.tolist()]
    return Document(first, last, name, chance, comma, *earlier)


@dataclass(frozen=True)
class _Spotted:
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
    names: _Spotted


class Geoparser:
    """Finds place names in texts, and says which places they mean.

    Parameters
    ----------
    store
        The opened tables.
    resolver
        Reads the phrases that names stand in.
    """

    def __init__(self, store: Store, resolver: Resolver) -> None:
        self.resolver = resolver
        self.names = KnownNames(store, resolver.names, PlaceArrays(store))
        self.recognizer = read_recognizer(_MODELS / "tagger.model", self.names)
        self.disambiguator = read_disambiguator(_MODELS / "placer.model", self.names)
        self._latest: _Latest | None = None
        self._labels = store.index.labels("country").tolist()
        self._countries = {code: number for number, code in enumerate(self._labels)}

    def find(
        self,
        text: str,
        *,
        spans: Iterable[Sequence[int]] | None = None,
        recognizer: Recognizer | None = None,
        country: str | None = None,
        countries: Sequence[str] = (),
        day: int | None = None,
        source: str | None = None,
        memory: SourceMemory | None = None,
        phrases: bool = True,
    ) -> list[FoundName]:
        """Return the names of a text, in order.

        Parameters
        ----------
        spans
            Start and end of the names, when they are known; just these are answered, the others are context.
        recognizer
            Finds the spans, in place of the model.
        country
            ISO 3166-1 alpha-3 that every answer must lie in.
        countries
            The same, of countries that the text is known to be about.
        day
            Days since 1970-01-01: places are taken as of that day.
        source, memory
            Who wrote the text, and what is remembered of earlier ones; the text is remembered in turn.
        phrases
            Whether a name grows to the phrase it stands in; a span that was handed in never does.

        Raises
        ------
        ArgumentError
            When a span lies outside the text.
        """
        self.names.begin()
        written = text
        text = with_capitals(text, self._is_well_known, supporting_words()) if spans is None else text
        if recognizer is None and text is written:
            read, names = self._read(text)
            names = names if spans is None else self._given(read, spans, names)
        else:
            read = scan(text, self.recognizer.vocabulary)
            given = spans if spans is not None else recognizer(text) if recognizer is not None else None
            names = self._recognized(read, recased=True) if given is None else self._given(read, given, None)
        is_given = spans is not None or recognizer is not None
        known = np.flatnonzero(names.name >= 0)
        document = document_of(
            read,
            self.recognizer.vocabulary,
            names.first[known],
            names.last[known],
            names.name[known],
            names.chance[known],
            memory.of(source) if memory else _NOTHING,
        )
        hints = tuple(self._countries[code] for code in countries if code in self._countries)
        document = replace(document, hints=hints, country=self._countries[country] if country else -1, day=day)
        disambiguated = self.disambiguator.disambiguate(document)
        if memory:
            memory.add(source, disambiguated)
        unit = np.full(len(names.name), -1, dtype="int64")
        unit[known] = disambiguated.read.of
        answers = self._answers(disambiguated, is_given)
        out = []
        for i in np.flatnonzero(names.wanted).tolist():
            answer = answers[unit[i]] if unit[i] >= 0 else _UNKNOWN
            if answer.place < 0 and is_given:
                answer = self._around(disambiguated, document, int(names.first[i]), answer)
            start, end = int(names.start[i]), int(names.end[i])
            tag: Tag = "abbreviation" if answer.tag == "name" and _SHORT.match(text, start, end) else answer.tag
            out.append(replace(answer, start=start, end=end, tag=tag, chance=round(float(names.chance[i]), 4)))
        return self._in_phrases(text, out, day) if phrases and not is_given else out

    def _is_well_known(self, words: str, told: bool, following: str) -> bool:
        """Say whether small letters are the name of a well-known place rather than common words.

        When the words before it tell of a place, a lesser one will do; a word behind it may make it a person's name.
        """
        if is_of_person_or_street(words, following):
            return False
        key = self.resolver.names.key(words)
        if (
            len(key) < _SHORTEST_KNOWN - told
            or not self.resolver.names.knows(key)
            or self.resolver.names.not_places.get(key)
        ):
            return False
        readings = self.resolver.names.readings(key, standalone=True)
        least = _KNOWN_WORD if is_common_word(key) else _TOLD_NAME if told else _KNOWN_NAME
        return bool(len(readings.owner)) and float(readings.weight.max()) >= least

    def _in_phrases(self, text: str, found: list[FoundName], day: int | None) -> list[FoundName]:
        """Return the names, each with the phrase it stands in where the grammar reads that and it lies near."""
        out: list[FoundName] = []
        for one in found:
            wide = self._in_phrase(text, one, day) if one.place >= 0 else one
            # A phrase that would reach over the name before it is two names.
            out.append(wide if not out or wide.start >= out[-1].end else one)
        return out

    def _in_phrase(self, text: str, found: FoundName, day: int | None) -> FoundName:
        places, at = self.names.places, found.place
        start, end = expand_to_phrase(text, found.start, found.end, KINDS[places.kind[at]])
        if (start, end) == (found.start, found.end):
            return found
        country = self._labels[places.country[at]] if places.country[at] >= 0 else None
        answer = self.resolver.resolve(
            text[start:end], country=country, day=day if day is not None else day_number(None)
        )
        if answer.area is not None:
            there = answer.area.lon, answer.area.lat
        elif answer.place >= 0 and answer.method != "container":
            there = places.lon[answer.place], places.lat[answer.place]
        else:
            return found
        here = (np.array([value], dtype="f8") for value in (places.lon[at], places.lat[at], *there))
        if haversine_km(*here)[0] > 1.2 * places.radius[at] + _PHRASE_KM:
            return found
        return replace(found, start=start, end=end, phrase=answer)

    def _read(self, text: str) -> tuple[Text, _Spotted]:
        """Return the words of a text and the names that the model finds in it.

        The latest text is remembered: who asks for its names often asks for spans of it next.
        """
        vocabulary, restarts = self.recognizer.vocabulary, self.names.restarts
        latest = self._latest
        if latest and (latest.restarts, latest.text) == (restarts, text) and latest.words is vocabulary.words:
            return latest.read, latest.names
        read = scan(text, vocabulary)
        names = self._recognized(read)
        self._latest = _Latest(text, vocabulary.words, restarts, read, names)
        return read, names

    def _recognized(self, read: Text, *, recased: bool = False) -> _Spotted:
        tagged = self.recognizer.recognize(read, recased=recased)
        spans = tagged.spans
        wanted = np.ones(len(spans.first), dtype=bool)
        return _Spotted(
            spans.first, spans.last, spans.name, tagged.chance, read.start[spans.first], read.end[spans.last], wanted
        )

    def _given(self, read: Text, given: Iterable[Sequence[int]], others: _Spotted | None) -> _Spotted:
        """Return the spans handed in, and what the model finds beside them."""
        spans = check_spans(read.text, given)
        start, end = (np.array([span[i] for span in spans], dtype="int64") for i in (0, 1))
        first = np.minimum(np.searchsorted(read.end, start, "right"), max(len(read.start) - 1, 0))
        last = np.maximum(np.searchsorted(read.start, end, "left") - 1, first)
        name = np.array([self.names.number(normalize_name(read.text[a:b])) for a, b in spans], dtype="int64")
        ones = np.ones(len(spans))
        mine = _Spotted(first, last, name, ones, start, end, ones.astype(bool))
        if others is None:
            return mine
        # Spans come sorted by their start; one ends later than another that starts later only when they overlap.
        ends = np.maximum.accumulate(end) if len(end) else end
        before = np.searchsorted(start, others.end, "left")
        clear = (before == 0) | (np.append(ends, 0)[before - 1] <= others.start)
        rest = [getattr(others, name)[clear] for name in _Spotted.__dataclass_fields__]
        rest[-1] = np.zeros(int(clear.sum()), dtype=bool)
        both = [np.concatenate([getattr(mine, n), r]) for n, r in zip(_Spotted.__dataclass_fields__, rest, strict=True)]
        order = np.lexsort((both[5], both[4]))
        return _Spotted(*(column[order] for column in both))

    def _answers(self, disambiguated: Disambiguation, given: bool) -> list[FoundName]:
        """Return what each distinct name means."""
        read, table = disambiguated.read, self.names.table
        bounds = np.searchsorted(read.owner, np.arange(len(read.name) + 1)).tolist()
        out = []
        for unit, (best, chance) in enumerate(
            zip(disambiguated.best.tolist(), disambiguated.chance.tolist(), strict=True)
        ):
            here = slice(bounds[unit], bounds[unit + 1])
            order = np.argsort(-disambiguated.share[here], kind="stable")[:_SHOWN]
            shares = disambiguated.share[here][order]
            # The best reading's score is its chance; what is left is shared out among its rivals.
            scores = np.minimum(shares / max(shares[0], 1e-9), 1.0) * chance
            way = int(table[read.name[unit], _WAY])
            tag = _tag(int(read.name_kind[best]), way)
            low = chance < (_WILD if given else _UNSURE)
            status: Status = "unresolved" if low else "ambiguous" if chance < _SURE else "matched"
            out.append(
                FoundName(
                    0,
                    0,
                    tag,
                    0.0,
                    status,
                    -1 if low else int(read.place[best]),
                    round(chance, 4),
                    "none" if low else _METHODS[way],
                    "no reading is likely here" if low else "a rival is close" if status == "ambiguous" else "",
                    read.place[here][order],
                    np.round(scores, 4),
                )
            )
        return out

    def _around(self, disambiguated: Disambiguation, document: Document, word: int, answer: FoundName) -> FoundName:
        """Return the place that the text around a name is about, for a name whose own place is not known."""
        place, agree = place_around(disambiguated, document, word, self.names)
        score = round(_AROUND * agree, 4)
        if place < 0 or score < _WILD or score <= answer.score:
            return answer
        reason = "not in the index: the place its surroundings are about"
        return replace(
            answer,
            status="ambiguous",
            place=place,
            score=score,
            method="container",
            reason=reason,
            places=np.array([place]),
            scores=np.array([score]),
        )


def _tag(name_kind: int, way: int) -> Tag:
    if name_kind == _DEMONYM or way == _PLURAL:
        return "demonym"
    return "abbreviation" if name_kind in _ABBREVIATIONS else "name"


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
