"""Says why a place may not be meant although its name was found: its spelling, where it lies, whose it is on the day.

A doubt is a text for people; an empty one is no doubt.
"""

from __future__ import annotations

import numpy as np

from gazetteer.candidates.containment import Containment
from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.found import Found
from gazetteer.candidates.name_index import SHARED_NAMES, SMALL, SMALL_NAMESAKE, SMALL_PLACE, UNCOUNTED, NameIndex
from gazetteer.candidates.ranking import Readings, heaviest
from gazetteer.errors import UnknownPlaceError
from gazetteer.phrases.meaning import Scope
from gazetteer.phrases.places_on_day import PlacesOnDay

__all__ = ["Doubts"]

# A town this prominent is misspelt often.
_WELL_KNOWN = 5.5


class Doubts:
    """Doubts places whose names were found.

    Parameters
    ----------
    names
        The readings of names.
    countries
        What belonged to a country on a day, and where a name has but one spelling.
    containment
        Says which places lie in which.
    places_on_day
        What places were on a day of the past.
    """

    def __init__(
        self, names: NameIndex, countries: CountryResolver, containment: Containment, places_on_day: PlacesOnDay
    ) -> None:
        self._names = names
        self._countries = countries
        self._containment = containment
        self._places_on_day = places_on_day
        self._store = names.store
        self._take = names.store.index.take
        self._value = names.store.index.value

    def of_place(self, place: int, found: Found, readings: Readings, scope: Scope) -> str:
        """Return why the place that a name means most likely may not be meant.

        Parameters
        ----------
        place
            Its number.
        found
            How the name was found.
        readings
            What the name may mean.
        scope
            What was known before the name was read.
        """
        gone = self._gone_container(place, scope) if scope.containers else ""
        if gone:
            return gone
        other_name = self._other_name(place, found, readings) if found.method != "exact" else ""
        if other_name or found.rival:
            return other_name or found.rival
        if scope.country is None and not scope.containers:
            small = scope.around is None and found.method == "exact" and readings.weight.max() < SMALL
            return SMALL_PLACE if small and self._value("kind", place) == "city" else ""
        return self._outside_unit(place, scope) or self._in_another_country(place, found, scope)

    def _other_name(self, place: int, found: Found, readings: Readings) -> str:
        """Return the name of a place that is spelt otherwise than usual, or of another kind than its type word says."""
        # Of a country's ten thousand hamlets one always sounds like the name of a place that none of them is.
        hamlet = found.method == "fuzzy" and self._value("prominence", place) <= UNCOUNTED
        # Where names are not romanised, another spelling is another name: "Four Oaks" is not "Fair Oaks".
        fixed = found.method == "fuzzy" and self._value("country", place) in self._countries.of_one_spelling
        misread = fixed and readings.weight.max() < _WELL_KNOWN
        unusual = not found.usual and found.method in ("fuzzy", "type-word")
        if not (hamlet or misread or unusual):
            return ""
        name = self._value("name", place)
        return f"spelt otherwise: {name}" if found.method == "fuzzy" else f"not of that kind: {name}"

    def _gone_container(self, place: int, scope: Scope) -> str:
        """Return until when the state or unit was there that alone holds a place: "Kyiv, USSR" without a day."""
        container = scope.containers[-1]
        there = self._store.index.exist_on(container.place, scope.day)
        if there.all():
            return ""
        holds = self._containment.contains(container, self._names.readings_of_places([place]), scope.day)[:, 0]
        if (holds & there).any() or not holds.any():
            return ""
        return self._places_on_day.doubt(heaviest(container.where(holds)), scope.day)

    def _outside_unit(self, place: int, scope: Scope) -> str:
        """Return that a place is listed in another first-level unit than the one around it.

        "West Goshen, Pennsylvania" is looked for around Pennsylvania as well.
        """
        if not scope.containers:
            return ""
        container = scope.containers[-1]
        outer = container.place
        is_second_level = (self._take("kind", outer) == "admin2").all()
        if is_second_level and not self._containment.lies_near(container, np.array([place])):
            return self._not_in(container)
        listed, own = self._take("admin1", outer), self._value("admin1", place)
        if own is None or own in listed or not (self._take("kind", outer) == "admin1").all() or None in listed:
            return ""
        # Towns are listed under the units of today, of which the day may know nothing.
        past = ~np.isnan(self._take("valid_to", outer))
        if past.any() or not self._existed(f"iso:{own}", scope.day):
            return ""
        return self._not_in(container)

    def _not_in(self, container: Readings) -> str:
        return f"not in {self._value('name', heaviest(container))}"

    def _existed(self, place_id: str, day: int) -> bool:
        """Say whether a unit existed on a day; one that the tables lack is taken to."""
        try:
            number = np.array([self._store.find(place_id)])
        except UnknownPlaceError:
            return True
        return bool(self._store.index.exist_on(number, day)[0])

    def _in_another_country(self, place: int, found: Found, scope: Scope) -> str:
        """Return that a place is another country's on the day, or that it may be a namesake of the place meant."""
        country = self._value("country", place)
        if found.method == "exact" and country == SHARED_NAMES and self._value("kind", place) == "city":
            return SMALL_NAMESAKE if self._value("prominence", place) < SMALL else ""
        holders = {scope.country} if scope.country else self._countries_around(scope)
        if not holders or country is None or country in holders:
            return ""
        seen = self._store.seen
        if seen is not None and any(seen.are_of(str(holder), np.array([place]))[0] for holder in holders):
            return ""
        held = [part for holder in holders for part in self._countries.territory(str(holder), scope.day)]
        if country in held or self._value("admin1", place) in held:
            return ""
        return f"{self._value('name', place)} lies in {country} on that day"

    def _countries_around(self, scope: Scope) -> set[str | None]:
        """Return the countries that the innermost container may be or lie in; none where it may be larger."""
        countries = set(self._take("country", scope.containers[-1].place).tolist())
        return set() if None in countries else countries
