"""Resolves a place phrase: what it means, and how sure that is. The one way through the rooms above.

A place phrase with what is known about it (a country, a day) becomes an `Answer`: which place, how sure, by
which method, and what else it may be. Stored places are numbers here, derived ones areas; `gazetteer.api` makes
`Place` and `Match` of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.candidates.containment import Containment
from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.found import QUALITY
from gazetteer.candidates.generator import CandidateGenerator
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.ranking import Readings, chance, decide
from gazetteer.geometry.derived import ShapeEvaluator
from gazetteer.geometry.groups import Groups
from gazetteer.geometry.sphere import haversine_km
from gazetteer.index.store import LAYERS, Store
from gazetteer.locks import cached_property
from gazetteer.model import Area, Method, Status
from gazetteer.names.coordinates import read_short_code, recover_short_code
from gazetteer.phrases import parser
from gazetteer.phrases.answer import Answer
from gazetteer.phrases.cells import clean, is_empty_value, is_postcode
from gazetteer.phrases.doubts import Doubts
from gazetteer.phrases.first_look import FirstLook
from gazetteer.phrases.interpreter import PhraseInterpreter
from gazetteer.phrases.meaning import Level, Meaning, Scope
from gazetteer.phrases.operands import UNITS
from gazetteer.phrases.places_on_day import PlacesOnDay
from gazetteer.phrases.points import PointReader, PointReading
from gazetteer.phrases.refusals import refusal_of_text
from gazetteer.phrases.wordings import Wordings

__all__ = ["Resolver"]

_SHOWN = 10
# Below this share of its own rivals a place makes what is derived from it ambiguous.
_CLOSE_SHARE = 0.6
# Of a phrase with two readings of which either is usual ("West Kazakhstan") the better is meant this often.
_EITHER = 0.6
# Of answers that left out a name about so many are right; the weights of readings say less of these, and the radius
# holds nine tenths of what they may mean.
_UNREAD, _HALF_AS_CLEAR, _HELD = 0.6, 0.5, 0.9


@dataclass(frozen=True)
class _Unread:
    """What a meaning says nothing of: pieces that were not found, words that were left out.

    Attributes
    ----------
    is_dropped
        Whether they are lost: the radius and the score of a container say what a piece means that was not found in it.
    may_be_elsewhere
        Whether a lost one has letters: a number may name a part of the place, a name may be a place elsewhere.
    """

    texts: tuple[str, ...]
    is_dropped: bool
    may_be_elsewhere: bool

    @classmethod
    def of(cls, found: Meaning) -> _Unread:
        texts = (*found.missing, *found.left_out)
        is_dropped = bool(found.left_out or (found.missing and found.method != "container"))
        return cls(texts, is_dropped, is_dropped and any(any(map(str.isalpha, text)) for text in texts))

    def reason(self, *doubts: str) -> str:
        """Return what was not found, and what makes the rest doubtful; empty for nothing."""
        missing = f"not found: {'; '.join(self.texts)}" if self.texts else ""
        return "; ".join(filter(None, (missing, *doubts)))


class Resolver:
    """Says what place phrases mean.

    Parameters
    ----------
    store
        The opened tables.

    Attributes
    ----------
    names
        The readings of names, and the normalizer that makes keys of them.
    countries, generator, interpreter, shapes
        What a country's name means, what any name may mean, what a phrase means, and which area an id stands for.
    containment
        Which places lie in which.
    groups
        Country lists and macro-regions.
    places_on_day
        What places were on a day of the past.
    wordings
        Takes phrases apart into words that ask for something, and one plain name.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.names = NameIndex(store)
        self.countries = CountryResolver(self.names)
        self.groups = Groups(store.folder)
        self.containment = Containment(self.names, self.countries, self.groups)
        self.generator = CandidateGenerator(self.names, self.countries, self.containment)
        self.shapes = ShapeEvaluator(store, self.groups)
        towns = LAYERS.index("cities")
        self._towns = int(store.bases[towns]), int(store.bases[towns + 1])
        self.places_on_day = PlacesOnDay(store, self.groups, self.shapes)
        self._points = PointReader(self.countries, self.shapes)
        self._first_look = FirstLook(self.names, self.countries)
        self.wordings = Wordings(self.names, self.countries, self._first_look)
        doubts = Doubts(self.names, self.countries, self.containment, self.places_on_day)
        self.interpreter = PhraseInterpreter(
            self.names, self.countries, self.generator, self.groups, self.shapes, doubts
        )

    @cached_property
    def days_of_change(self) -> list[int]:
        """The days on which a holding, a capital or the extent of a state of the past begins or is gone."""
        return sorted({*self.countries.days_of_change, *self.groups.days_of_change})

    def are_towns(self, places: Ints) -> NDArray[np.bool_]:
        """Say which places, by number, are of the layer of towns, of which the tables say all."""
        return np.asarray((places >= self._towns[0]) & (places < self._towns[1]))

    def resolve(self, phrase: str, *, country: str | None, day: int) -> Answer:
        """Resolve one phrase.

        Parameters
        ----------
        phrase
            A place phrase.
        country
            ISO 3166-1 alpha-3 that every answer must lie in, or None.
        day
            Days since 1970-01-01: units are taken as of that day.
        """
        names = self._first_look.names(phrase)
        if names is not None:
            scope = Scope(country, day)
            return self.answer(self.interpreter.interpret_names(names, scope), scope, phrase)
        wording = self.wordings.read(phrase)
        if wording is not None:
            scope = Scope(country, day)
            return self.answer(self.interpreter.meaning(wording.node, scope), scope, phrase)
        refusal = refusal_of_text(phrase, self.names)
        if not refusal and is_empty_value(phrase):
            refusal = "not a place: no value"
        point = None if refusal else self._point(phrase, country, day)
        if point is not None:
            return point
        if not refusal and is_postcode(phrase):
            refusal = "not a place: a postcode alone"
        if not refusal and not any(map(str.isalpha, phrase)):
            refusal = "not a place: no letter in it"
        if refusal:
            return self._of_scope(phrase, country, day) or Answer("unresolved", -1, 0.0, "none", refusal)
        scope = Scope(country, day)
        cell = clean(phrase, self.interpreter.is_name)
        found = self.interpreter.interpret(cell.text, scope)
        if country is not None:
            found = self.interpreter.city_of_region(found)
        if cell.left_out and found.method != "none":
            found = replace(found, left_out=(*found.left_out, *cell.left_out))
        return self.answer(found, scope, phrase)

    def resolve_unit(self, phrase: str, *, country: str | None, day: int) -> Answer:
        """Resolve a cell of a column of units: "Kandahar" is the province there, where the town is not known.

        Parameters
        ----------
        phrase, country, day
            As of `resolve`.
        """
        answer = self.resolve(phrase, country=country, day=day)
        kind = self.store.index.value("kind", answer.place) if answer.place >= 0 else ""
        if not kind or kind in UNITS or (country is None and kind != "city"):
            return answer
        scope = Scope(country, day)
        unit = self.interpreter.unit_of_name(self.interpreter.name(phrase, scope), in_country=country is not None)
        return self.answer(unit, scope, phrase) if unit.is_stored else answer

    def _of_scope(self, phrase: str, country: str | None, day: int) -> Answer | None:
        """Return the country that is known for a phrase that says how much of it is meant: "countrywide"."""
        if country is None or self.names.not_places.get(self.names.key(phrase)) != "scope":
            return None
        readings = self.names.readings_of_places([self.countries.place(country)])
        scope = Scope(country, day)
        return self.answer(Meaning(readings, None, "exact", QUALITY["exact"]), scope, phrase)

    def resolve_row(
        self, cells: list[str], *, country: str | None, day: int, levels: Sequence[Level] | None = None
    ) -> Answer:
        """Resolve one row of place columns, finest first, each inside the next; an empty cell says nothing.

        Parameters
        ----------
        levels
            What each column holds; None where that is not known, when a cell may stand for the unit of its name.
        """
        known: Sequence[Level] = levels if levels is not None else ["unit"] * len(cells)
        filled = [(cell[: parser.LONGEST], level) for cell, level in zip(cells, known, strict=True) if cell.strip()]
        said = [(cell, level) for cell, level in filled if self._says_something(cell)] or filled[:1]
        if len(said) < 2:
            text, level = said[0] if said else ("", "town")
            resolve = self.resolve_unit if level == "units" else self.resolve
            return resolve(text, country=country, day=day)
        scope = Scope(country, day)
        for cell, _ in filled:
            point = self._point(cell, country, day)
            if point is not None and point.area is not None:
                return point
        cleaned = [clean(cell, self.interpreter.is_name) for cell, _ in said]
        found = self.interpreter.interpret_row([cell.text for cell in cleaned], scope, [level for _, level in said])
        numbers = tuple(text for cell in cleaned for text in cell.left_out)
        if numbers and found.method != "none":
            found = replace(found, left_out=(*found.left_out, *numbers))
        return self.answer(found, scope, said[0][0])

    def _says_something(self, cell: str) -> bool:
        return not refusal_of_text(cell, self.names) and not is_empty_value(cell)

    def members(self, text: str, day: int, statuses: frozenset[str]) -> list[str]:
        """Return the ids of the members of a group, or of the countries that a phrase or a region consists of.

        Raises
        ------
        UnknownPlaceError
            When the text names neither.
        """
        if self.groups.find(text) or ":" in text:
            return self.groups.member_units(text, day, statuses)
        answer = self.resolve(text, country=None, day=day)
        found = answer.area.id if answer.area is not None else ""
        if answer.place >= 0:
            found = self.shapes.place_id(answer.place)
        if not found.startswith(("group:", "region:", "derived:")) or answer.reason:
            self.groups.key(text)  # which raises, and names some groups
        if found.startswith("group:"):
            return self.groups.member_units(found, day, statuses)
        units = self.shapes.countries(found, day)
        codes = {unit: str(self.store.take("country", np.array([self.store.find(unit)]))[0]) for unit in units}
        return sorted(units, key=codes.__getitem__)

    def readings(self, name: str, *, country: str | None, day: int) -> tuple[Readings, Method, float]:
        """Return every reading of a name, best first, with the method and how far it can be trusted."""
        found = self.generator.generate(name, country, day)
        order = np.lexsort((found.readings.place, -found.readings.weight))
        return found.readings.where(order), found.method, found.quality

    def _point(self, phrase: str, country: str | None, day: int) -> Answer | None:
        """Answer with the point that a phrase gives in digits, None when it gives none."""
        if not any(map(str.isdigit, phrase)) and "+" not in phrase:
            return None
        found = self._points.read(phrase, country, day) or self._short_code(phrase, country, day)
        if found is None:
            return None
        if found.area is None:
            return Answer("unresolved", -1, 0.0, "none", found.reason)
        doubt = self._doubt(found.name, found.area, country, day) if found.name else ""
        status: Status = "ambiguous" if doubt else "matched"
        return Answer(status, -1, found.quality, "coordinates", doubt, area=found.area)

    def _short_code(self, phrase: str, country: str | None, day: int) -> PointReading | None:
        """Read "GRQ4+V7 Kabul": a short plus code beside the place near which it is to be read."""
        pair = read_short_code(phrase)
        if pair is None:
            return None
        near = self.resolve(pair[1], country=country, day=day)
        if near.status == "unresolved":
            return PointReading(None, f"a plus code whose place is not found: {pair[1]}")
        lon, lat, _ = self._spot(near)
        return self._points.at(recover_short_code(pair[0], lon, lat), country, day)

    def _doubt(self, name: str, area: Area, country: str | None, day: int) -> str:
        """Return why a name beside coordinates may not be theirs; empty when its place lies there."""
        named = self.resolve(name, country=country, day=day)
        if named.status == "unresolved":
            return f"not found: {name}"
        lon, lat, radius = self._spot(named)
        return "" if self._points.is_beside(area, lon, lat, radius) else f"{name} lies elsewhere than the coordinates"

    def _spot(self, answer: Answer) -> tuple[float, float, float]:
        """Return lon, lat and radius of an answer."""
        if answer.area is not None:
            return answer.area.lon, answer.area.lat, answer.area.radius_km
        found = self.store.index.values(("lon", "lat", "radius_km"), np.array([answer.place]))
        return float(found["lon"][0]), float(found["lat"][0]), float(found["radius_km"][0])

    def answer(self, found: Meaning, scope: Scope, phrase: str) -> Answer:
        """Return what a phrase was found to mean in its scope."""
        if found.method == "none":
            reason = found.reason or f"no place of that name: {found.missing[0] if found.missing else phrase}"
            return Answer("unresolved", -1, 0.0, "none", reason)
        unread = _Unread.of(found)
        if found.area is not None:
            return self._answer_of_area(found, found.area, unread, scope)
        return self._answer_of_places(found, unread, scope)

    def _answer_of_area(self, found: Meaning, area: Area, unread: _Unread, scope: Scope) -> Answer:
        """Return the derived place that was found."""
        area = area if area.country or not scope.country else replace(area, country=scope.country)
        close = found.share < _CLOSE_SHARE
        return Answer(
            status="ambiguous" if close or unread.texts or found.doubt else "matched",
            place=-1,
            score=round(found.quality * found.share, 4),
            method=found.method,
            reason=unread.reason(found.doubt) or _rivalry(close),
            area=area,
            radius=self._radius_of_all(area, scope) if unread.may_be_elsewhere else None,
        )

    def _answer_of_places(self, found: Meaning, unread: _Unread, scope: Scope) -> Answer:
        """Return the place that a name means most likely, as it was on the day, and its rivals."""
        decision = decide(found.readings, 1)
        best = int(decision.best[0])
        place = int(found.readings.place[best])
        then, doubt, unplaced = None, found.doubt, ""
        if not self._towns[0] <= place < self._towns[1]:
            then = self.places_on_day.area(place, scope.day)
            doubt = doubt or self.places_on_day.doubt(place, scope.day)
            unplaced = self.places_on_day.unplaced(place) if found.method != "container" else ""
        method: Method = "container" if unplaced and found.method in ("exact", "type-word") else found.method
        quality = found.quality if method == found.method else QUALITY["container"]
        score = quality * float(decision.share[0]) * (_EITHER if found.rival else 1.0)
        note = f"where in {unplaced} it lies is not known" if unplaced else ""
        order = np.lexsort((found.readings.place, -found.readings.weight))[:_SHOWN]
        close = bool(decision.unclear[0]) or found.rival is not None
        radius = found.radius
        if unread.may_be_elsewhere:
            radius = max(radius or 0.0, _spread(found.readings, best))
        return Answer(
            status="ambiguous" if close or unread.texts or doubt else "matched",
            place=place if then is None else -1,
            score=round(score * (_UNREAD if unread.is_dropped else 1.0), 4),
            method=method,
            reason=unread.reason(doubt, note) or _rivalry(close),
            readings=found.readings.where(order),
            probabilities=np.round(quality * chance(found.readings.weight)[order], 4),
            area=then,
            rival=found.rival,
            radius=radius,
        )

    def _radius_of_all(self, area: Area, scope: Scope) -> float:
        """Return a radius that covers what was left out of a list: somewhere in the country of what was found."""
        country = area.country or scope.country
        if country is None:
            return area.radius_km
        place = np.array([self.countries.place(country)])
        found = self.store.index.values(("lon", "lat", "radius_km"), place)
        away = float(haversine_km(area.lon, area.lat, float(found["lon"][0]), float(found["lat"][0])))
        return round(max(area.radius_km, away + float(found["radius_km"][0])), 1)


def _spread(readings: Readings, best: int) -> float:
    """Return the radius around the best reading that holds nine tenths of what may be meant, were it half as clear."""
    away = haversine_km(readings.lon, readings.lat, readings.lon[best], readings.lat[best]) + readings.radius
    order = np.argsort(away)
    held = np.cumsum(chance(_HALF_AS_CLEAR * readings.weight)[order])
    return round(float(away[order][int(np.searchsorted(held, _HELD))]), 1)


def _rivalry(close: bool) -> str:
    return "a rival is close" if close else ""
