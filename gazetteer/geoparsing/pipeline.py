"""Finds the place names in a text and says which place each one means.

Found names come in order, each with the number of its place, of which `gazetteer.api` makes mentions.
The names of a document are each other's context; with a `SourceMemory`, so is what earlier documents of the same source
were about. Names are found by the model of `gazetteer.geoparsing.recognizer` or by a spaCy pipeline, or handed in as
spans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from gazetteer.bundled import BUNDLED
from gazetteer.dates import day_number
from gazetteer.geometry.sphere import haversine_km
from gazetteer.geoparsing.candidates import KnownNames, PlaceArrays
from gazetteer.geoparsing.document_names import NOTHING_EARLIER, document_of
from gazetteer.geoparsing.expansion import expand_to_phrase
from gazetteer.geoparsing.found_names import UNKNOWN_NAME, UNSURE, WILD, FoundName, names_found, of_surroundings
from gazetteer.geoparsing.models import read_disambiguator, read_recognizer
from gazetteer.geoparsing.source_memory import SourceMemory
from gazetteer.geoparsing.spotting import NameSpotter, Recognizer
from gazetteer.index.store import Store
from gazetteer.model import KINDS, Tag
from gazetteer.phrases.resolver import Resolver

__all__ = ["Geoparser"]

# U.S., Ky., UK: written with a stop, or two capitals.
_SHORT = re.compile(r"(?:\w{1,5}\.)+$|[A-Z]{2}$")
# What a phrase means lies no farther from its name than the name's place reaches, and this.
_PHRASE_KM = 150.0


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
        self.spotter = NameSpotter(self.names, resolver.names, read_recognizer(BUNDLED / "tagger.model", self.names))
        self.disambiguator = read_disambiguator(BUNDLED / "placer.model", self.names)
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
        read, names = self.spotter.spot(text, spans, recognizer)
        is_given = spans is not None or recognizer is not None
        known = np.flatnonzero(names.name >= 0)
        document = document_of(
            read,
            self.spotter.recognizer.vocabulary,
            names.first[known],
            names.last[known],
            names.name[known],
            names.chance[known],
            memory.of(source) if memory else NOTHING_EARLIER,
        )
        hints = tuple(self._countries[code] for code in countries if code in self._countries)
        document = replace(document, hints=hints, country=self._countries[country] if country else -1, day=day)
        disambiguated = self.disambiguator.disambiguate(document)
        if memory:
            memory.add(source, disambiguated)
        unit = np.full(len(names.name), -1, dtype="int64")
        unit[known] = disambiguated.read.of
        answers = names_found(disambiguated, self.names, WILD if is_given else UNSURE)
        out = []
        for i in np.flatnonzero(names.wanted).tolist():
            answer = answers[unit[i]] if unit[i] >= 0 else UNKNOWN_NAME
            if answer.place < 0 and is_given:
                answer = of_surroundings(answer, disambiguated, document, int(names.first[i]), self.names)
            start, end = int(names.start[i]), int(names.end[i])
            tag: Tag = "abbreviation" if answer.tag == "name" and _SHORT.match(read.text, start, end) else answer.tag
            out.append(replace(answer, start=start, end=end, tag=tag, chance=round(float(names.chance[i]), 4)))
        return self._in_phrases(read.text, out, day) if phrases and not is_given else out

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
