"""Finds names by the words around them: type words, abbreviations, adjectives, official forms of countries.

A name that no place bears as it is written gets the readings of what it is without those words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gazetteer.candidates.containment import Containment, SearchScope
from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.found import NOTHING, QUALITY, WRONG_TYPE, Found
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.ranking import Readings
from gazetteer.candidates.spelling import UNITS
from gazetteer.geometry.sphere import haversine_km
from gazetteer.names.affixes import (
    facility_town,
    spelt_out,
    split_suffix,
    third_level_words,
    towns_of_adjective,
    type_word,
)

__all__ = ["AffixSearch"]

_BEARS_TYPE = 1.5
# A dam, a plant or a crossing called after a town lies within this distance of it.
_FACILITY_KM = 60.0
_SETTLEMENTS = ("city",)
# A town this prominent is known by its name; its unit is around it, as far as radii tell.
_KNOWN_TOWN, _WITHIN, _WITHIN_KM = 4.5, 1.5, 25.0
# Where first-level units are called districts, the index has their names with the word.
_DISTRICT = frozenset(("district", "districts", "rayon", "raion", "raions"))


class AffixSearch:
    """Searches a name without the words around it, or with them in full.

    Parameters
    ----------
    names
        The readings of keys.
    countries
        The official forms of countries, and how wide their units are.
    containment
        Keeps the readings in a country and a container, as of a day.
    readings
        Gives the readings of a key in a country.
    """

    def __init__(
        self,
        names: NameIndex,
        countries: CountryResolver,
        containment: Containment,
        readings: Callable[[str, str | None], Readings],
    ) -> None:
        self._names = names
        self._take = names.store.index.take
        self._countries = countries
        self._containment = containment
        self._readings = readings

    def find(self, name: str, key: str, scope: SearchScope) -> Found:
        """Return the readings of a name that no place inside bears as it is written."""
        official = self._official_form(name, key, scope)
        if official is not None:
            return official
        for rest, kinds in self._names.type_words(key):
            turned = self._turned(key, rest, kinds, scope)
            if turned is not None:
                return turned
            readings = self._inside(rest, scope)
            if not len(readings.owner):
                continue
            of_kind = readings.where(self._names.store.index.among("kind", readings.place, kinds))
            if len(of_kind.owner):
                typed = self._prefer_typed(of_kind)
                if not _DISTRICT.isdisjoint({*key.split()} - {*rest.split()}):
                    typed = self._prefer_district(typed)
                reach = self._third_level_radius(key, rest, typed)
                rival = self._town_elsewhere(typed, readings, kinds)
                return Found(typed, "type-word", QUALITY["type-word"], reach, rival=rival)
            of_town = self._unit_of_town(readings, kinds, scope)
            if len(of_town.readings.owner):
                return of_town
            radius = self.unit_radius(readings, kinds)
            # Where nothing is known around it, that a unit is called after its town is a guess.
            stands = radius is not None and (scope.country is not None or scope.container is not None)
            return Found(readings, "type-word", WRONG_TYPE, radius, usual=stands or "city" in kinds)
        return NOTHING if self._names.knows(key) else self._by_affixes(name, key, scope)

    def _prefer_district(self, units: Readings) -> Readings:
        """Let the second-level unit go before the first-level one around it: "Kharkiv district" is no oblast."""
        best = int(np.argmax(units.weight))
        inner = self._names.store.index.among("kind", units.place, ("admin2",))
        if inner[best]:
            return units
        inner &= haversine_km(units.lon, units.lat, units.lon[best], units.lat[best]) <= units.radius[best]
        return units.weighing(np.where(inner, units.weight[best] + _BEARS_TYPE, units.weight))

    def _third_level_radius(self, key: str, rest: str, towns: Readings) -> float | None:
        """Return how far the unit around a town reaches that is asked for: the township of Kutkai in Myanmar."""
        country = self._take("country", towns.place[[int(np.argmax(towns.weight))]])[0]
        return third_level_words().get((country, type_word(key, rest)))

    def _town_elsewhere(self, units: Readings, readings: Readings, kinds: tuple[str, ...]) -> str:
        """Return a town, far better known than the unit of its name, around which a unit may be meant instead.

        "Lynn municipality" is hardly Lynn County in Texas.
        """
        if not UNITS.issuperset(kinds):
            return ""
        best, unit = int(np.argmax(readings.weight)), int(np.argmax(units.weight))
        known = readings.weight[best] >= _KNOWN_TOWN and self._take("kind", readings.place[[best]])[0] == "city"
        away = haversine_km(readings.lon[best], readings.lat[best], units.lon[unit], units.lat[unit])
        if not known or away <= _WITHIN * units.radius[unit] + _WITHIN_KM:
            return ""
        return f"{self._take('name', readings.place[[best]])[0]} lies elsewhere"

    def unit_radius(self, towns: Readings, kinds: tuple[str, ...]) -> float | None:
        """Return how far the unit reaches that a town of its name stands for; None where no unit was asked for."""
        if not UNITS.issuperset(kinds):
            return None
        return self._countries.unit_radius(str(self._take("country", towns.place[[0]])[0]))

    def _unit_of_town(self, towns: Readings, kinds: tuple[str, ...], scope: SearchScope) -> Found:
        """Return the unit that is called after a town, where the name is known as the town's alone in its language."""
        if not UNITS.issuperset(kinds):
            return NOTHING
        town = towns.place[[int(np.argmax(towns.weight))]]
        name, land = str(self._take("name", town)[0]), self._take("country", town)[0]
        found = self._of_kinds(self._names.key(name), kinds, scope)
        here = self._take("country", found.readings.place) == land
        return replace(found, readings=found.readings.where(here)) if here.any() else NOTHING

    def _by_affixes(self, name: str, key: str, scope: SearchScope) -> Found:
        """Return the readings of a name the index lacks, with abbreviated words in full or an adjective's town."""
        for rest, kinds in self._names.type_words(key):
            for town in towns_of_adjective(rest):
                found = self._of_kinds(town, kinds, scope)
                if len(found.readings.owner):
                    return found
        spellings = spelt_out(key, name)
        written = [self._inside(spelling, scope) for spelling in spellings]
        known = [readings for readings in written if len(readings.owner)]
        if known:
            # "S. Sudan" is South Sudan rather than a San Sudán.
            return Found(max(known, key=lambda readings: readings.weight.max()), "exact", QUALITY["type-word"])
        for spelling in spellings:
            for rest, kinds in self._names.type_words(spelling):
                for bare in (rest, *towns_of_adjective(rest)):
                    found = self._of_kinds(bare, kinds, scope)
                    if len(found.readings.owner):
                        return replace(found, radius=self._third_level_radius(spelling, rest, found.readings))
        suffixed = split_suffix(key)
        if suffixed is not None:
            return self._of_suffix(*suffixed, scope)
        town = facility_town(key)
        if not town:
            return NOTHING
        found = self._of_kinds(town, _SETTLEMENTS, scope)
        return replace(found, quality=WRONG_TYPE, radius=_FACILITY_KM) if len(found.readings.owner) else NOTHING

    def _of_suffix(self, key: str, kinds: tuple[str, ...], scope: SearchScope) -> Found:
        """Return the readings of a name whose type word was joined to it; a town stands for the unit around it."""
        found = self._of_kinds(key, kinds, scope)
        if len(found.readings.owner):
            return found
        found = self._of_kinds(key, _SETTLEMENTS, scope)
        if not len(found.readings.owner):
            return NOTHING
        return replace(found, quality=WRONG_TYPE, radius=self.unit_radius(found.readings, kinds))

    def _of_kinds(self, key: str, kinds: tuple[str, ...], scope: SearchScope) -> Found:
        """Return the readings of a key that are of some kinds, as readings by a type word."""
        readings = self._inside(key, scope)
        of_kind = readings.where(self._names.store.index.among("kind", readings.place, kinds))
        return Found(self._prefer_typed(of_kind), "type-word", QUALITY["type-word"]) if len(of_kind.owner) else NOTHING

    def _inside(self, key: str, scope: SearchScope) -> Readings:
        """Return the readings of a key in a country and a container, as of a day."""
        return self._containment.keep(self._readings(key, scope.country), scope)

    def _turned(self, key: str, rest: str, kinds: tuple[str, ...], scope: SearchScope) -> Found | None:
        """Return the Sea of Azov for "Azov Sea"."""
        if "sea" not in kinds or not key.startswith(rest):
            return None
        turned = f"{key[len(rest) :].strip()} of {rest}"
        found = self._inside(turned, scope)
        return Found(found, "exact", QUALITY["exact"]) if len(found.owner) else None

    def _official_form(self, name: str, key: str, scope: SearchScope) -> Found | None:
        """Return the country that a name the index lacks names in an official or a foreign form."""
        code = None if self._names.knows(key) else self._countries.official(name)
        if code is None:
            return None
        readings = self._names.readings_of_places([self._countries.place(code)])
        kept = self._containment.keep(readings, scope)
        return Found(kept, "exact", QUALITY["exact"]) if len(kept.owner) else None

    def _prefer_typed(self, readings: Readings) -> Readings:
        """Let units that bear a type word themselves go first: "Almaty oblast" is Almaty Region, not the city."""
        keys = [self._names.key(name) for name in self._take("name", readings.place)]
        bears = [bool(self._names.type_words(key)) for key in keys]
        return readings.weighing(readings.weight + np.where(bears, _BEARS_TYPE, 0.0))
