"""Makes the answers of the package (`Match`, `Candidate`, `Mention`) from place numbers with scores.

The rooms below answer with numbers and areas; a place's fields are read here, for what is handed out only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from gazetteer.api.places import PlaceReader
from gazetteer.candidates.ranking import CLOSE, Readings, chance, decide
from gazetteer.model import Candidate, Match, Mention, Method
from gazetteer.phrases.answer import Answer
from gazetteer.score_calibration import calibrated_score, shared_out

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from gazetteer.geoparsing import FoundName

__all__ = ["AnswerMaker"]


class AnswerMaker:
    """Makes matches, candidates and mentions.

    Parameters
    ----------
    places
        Reads places by their numbers.
    shape
        Returns the shape of a place by its id and a day; a match keeps it, and asks when its geometry is wanted.
    """

    def __init__(self, places: PlaceReader, shape: Callable[[str, int], BaseGeometry]) -> None:
        self._places = places
        self._shape = shape

    def candidates(
        self, name: str, readings: Readings, method: Method | Literal["prefix"], quality: float
    ) -> list[Candidate]:
        """Return the readings of a name as candidates, in their order.

        Parameters
        ----------
        quality
            How far the method can be trusted, 0–1.
        """
        if not len(readings.owner):
            return []
        raw = quality * chance(readings.weight)
        # The readings of a completion are of several names.
        close = method != "prefix" and float(decide(readings, 1).gap[0]) < CLOSE
        status = "ambiguous" if close else "matched"
        scores = shared_out(raw, float(raw.max()), calibrated_score(float(raw.max()), method, status))
        return [
            Candidate(place, score, method, name)
            for place, score in zip(self._places.several(readings.place.tolist()), scores.tolist(), strict=True)
        ]

    def match(self, query: str, answer: Answer, day: int) -> Match:
        """Return what a phrase was found to mean, as of a day (days since 1970-01-01)."""
        found = answer.area is not None or answer.place >= 0
        if not found:
            return Match(query, "unresolved", None, 0.0, "none", None, reason=answer.reason)
        score = calibrated_score(answer.score, answer.method, answer.status)
        chances = shared_out(answer.probabilities, answer.score, score)
        places = self._places.several(answer.readings.place.tolist())
        place = self._places.of_area(answer.area) if answer.area is not None else self._places.one(answer.place)
        candidates = [
            Candidate(one, likely, answer.method, query) for one, likely in zip(places, chances.tolist(), strict=True)
        ]
        if answer.area is not None and places:
            # A country as large as it was on the day stands for the one of today.
            candidates = [replace(one, place=place) if one.place.id == place.id else one for one in candidates]
        elif answer.area is not None:
            candidates.append(Candidate(place, score, answer.method, query))
        if answer.rival is not None:
            reason = "the words may mean this part as well"
            candidates.append(Candidate(self._places.of_area(answer.rival), score, "phrase", query, reason))
        radius = place.radius_km if answer.radius is None else max(place.radius_km, round(answer.radius, 1))
        return Match(
            query,
            answer.status,
            place,
            score,
            answer.method,
            radius,
            tuple(candidates),
            answer.reason,
            partial(self._shape, place.id, day),
        )

    def mentions(self, text: str, found: Sequence[FoundName], day: int) -> Iterator[Mention]:
        """Yield the names that were found in a text; the places of all are read together."""
        self._places.several([place for one in found for place in (one.place, *one.places.tolist()) if place >= 0])
        for one in found:
            yield self.mention(text, one, day)

    def mention(self, text: str, found: FoundName, day: int) -> Mention:
        """Return a name that was found in a text, as of a day (days since 1970-01-01)."""
        written = text[found.start : found.end]
        if found.phrase is not None:
            match = self.match(written, found.phrase, day)
            # The name's score is the chance of its reading in this text; the phrase is no surer than that.
            match = replace(match, score=round(min(found.phrase.score, found.score), 4))
            geonames_id = self._places.geonames_id(found.phrase.place)
        elif found.place < 0:
            match = Match(written, "unresolved", None, 0.0, "none", None, reason=found.reason)
            geonames_id = None
        else:
            match = self._match_of_name(written, found, day)
            geonames_id = self._places.geonames_id(found.place)
        return Mention(found.start, found.end, written, found.tag, match, geonames_id, found.chance)

    def _match_of_name(self, written: str, found: FoundName, day: int) -> Match:
        place = self._places.one(found.place)
        candidates = tuple(
            Candidate(one, score, found.method, written)
            for one, score in zip(self._places.several(found.places.tolist()), found.scores.tolist(), strict=True)
        )
        return Match(
            written,
            found.status,
            place,
            found.score,
            found.method,
            place.radius_km,
            candidates,
            found.reason,
            partial(self._shape, place.id, day),
        )
