"""Generates candidates: which places a name may mean, inside a country, a container and a day.

The readings of a name tell how they were found: exactly, by their type word, by their sound (only inside a
country or a container), or with a letter repaired. Places are numbers here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from gazetteer.candidates.affix_search import AffixSearch
from gazetteer.candidates.containment import Containment, SearchScope
from gazetteer.candidates.countries import FILED, CountryResolver
from gazetteer.candidates.found import NOTHING, QUALITY, WRONG_TYPE, Found
from gazetteer.candidates.name_index import CODE, NameIndex
from gazetteer.candidates.namesake_unit import NamesakeUnit
from gazetteer.candidates.ranking import CLOSE, NO_READINGS, Readings
from gazetteer.candidates.spelling import UNITS, SpellingSearch
from gazetteer.geometry.sphere import haversine_km
from gazetteer.index.store import concatenated_ranges
from gazetteer.model import Method

__all__ = ["CandidateGenerator"]

# A name not found in a unit is looked for around it: what a table calls the unit, and how wide, is not certain.
_AROUND, _AROUND_KM = 2.0, 25.0
# Two spellings differ as romanisations usually do when their plain forms are this alike.
_USUAL = 0.99
_REMEMBERED = 2_000
_SHORTEST_BEGINNING = 3


_Search = Callable[[str, str, SearchScope], Found]


class CandidateGenerator:
    """Generates the readings of names.

    Parameters
    ----------
    names
        The readings of keys.
    countries
        What belonged to a country on a day.
    containment
        Keeps the readings inside a country and a container.
    """

    def __init__(self, names: NameIndex, countries: CountryResolver, containment: Containment) -> None:
        self._names = names
        self._store = store = names.store
        self._take = store.index.take
        self._containment = containment
        self._spelling = SpellingSearch(names, countries, containment)
        self._namesakes = NamesakeUnit(names, countries)
        self._typed = AffixSearch(names, countries, containment, self._readings)
        self._searches: tuple[_Search, ...] = (self._exactly, self._by_sound)
        self._found: dict[tuple[str, str | None, int, tuple[bytes, ...]], Found] = {}
        # Of every place the code of its kind, and the code of first-level units.
        self._kind, self._first_level = store.index.array("kind"), store.index.code("kind", "admin1")

    def generate(self, name: str, country: str | None, day: int, containers: Sequence[Readings] = ()) -> Found:
        """Return the readings of a name inside a country and containers, widest first, each within the one before.

        The name is looked for in the innermost container, as the container's own name, and in the wider ones around
        the innermost; first as it is written, then by its sound.
        """
        inside = tuple([container.place.tobytes() for container in containers]) if containers else ()
        at = (name, country, day, inside)
        found = self._found.get(at)
        if found is None:
            if len(self._found) > _REMEMBERED:
                self._found.clear()  # another thread may do so at any time
            found = self._found[at] = self._generate(name, country, day, containers)
        return found

    def generate_exact(self, name: str, country: str | None, day: int, containers: Sequence[Readings] = ()) -> Found:
        """Return the readings of a name in the innermost container as it is written, its sound and spelling aside."""
        scope = SearchScope(country, day, containers[-1] if containers else None)
        return self._exactly(name, self._names.key(name), scope)

    def complete(self, key: str, country: str | None, day: int) -> Readings:
        """Return the places that bear a name which begins with a key, best first; each owned by the key of that name.

        Nothing for a key of one or two Latin letters, which begins too much to mean anything.
        """
        if len(key) < _SHORTEST_BEGINNING and key.isascii():
            return NO_READINGS
        store = self._store
        numbers = np.array([store.key_of(k) for k in store.keys_after(key) if k != key], dtype="int64")
        rows, owner = concatenated_ranges(*store.spans(numbers))
        kinds = store.name_kinds(rows)
        named = kinds != CODE
        readings = self._names.weigh(numbers[owner[named]], store.index.places(rows[named]), kinds[named])
        if country is not None:
            readings = self._containment.in_country(readings, country, day)
        readings = self._names.date(readings, day)
        order = np.lexsort((readings.place, -readings.weight))
        _, first = np.unique(readings.place[order], return_index=True)
        return readings.where(order[np.sort(first)])

    def country_of_unit(self, country: str, unit: str, day: int) -> str:
        """Return the country that a unit lies in, where tables of events file it under another one."""
        for other in FILED.get(country, ()):
            here, there = (self.generate_exact(unit, land, day).readings.owner for land in (country, other))
            if not len(here) and len(there):
                return other
        return country

    def names_unit(self, key: str) -> bool:
        """Say whether a key bears the type word of a unit."""
        return any(UNITS.issuperset(kinds) for _, kinds in self._names.type_words(key))

    def asks_for_first_level(self, key: str, unit: Readings) -> bool:
        """Say whether a key bears a word that names first-level units where a unit lies."""
        return self._namesakes.is_asked_for(key, unit)

    def _generate(self, name: str, country: str | None, day: int, containers: Sequence[Readings]) -> Found:
        key, scope = self._names.key(name), SearchScope(country, day, containers[-1] if containers else None)
        # Of a unit's name another spelling is meant rather than a town that is called so.
        demands = (True, False) if containers and " " in key and self.names_unit(key) else (False,)
        for fitting in demands:
            for search in self._searches:
                found = self._search(search, name, key, scope, containers[:-1], fitting)
                if len(found.readings.owner):
                    return found
        if len(containers) > 1 or self._names.knows(key):
            # A name that exists is not a misspelling, even when it lies somewhere else.
            return NOTHING

        def keep(readings: Readings) -> Readings:
            return self._containment.keep(readings, scope)

        repaired, usual = self._spelling.repaired(key, keep, known=country is not None or bool(containers))
        return Found(repaired, "fuzzy", QUALITY["fuzzy"], usual=usual)

    def _search(
        self, search: _Search, name: str, key: str, scope: SearchScope, wider: Sequence[Readings], fitting: bool
    ) -> Found:
        """Search in a container, as that itself, and in wider ones around it.

        Parameters
        ----------
        search
            `_exactly` or `_by_sound`.
        wider
            The containers around that of the scope, widest first.
        fitting
            Whether only what bears its type word rightly will do.
        """
        found = search(name, key, scope)
        inner = scope.container
        if inner is None:
            return found
        if fitting:
            found = _fitting(found)
        if search == self._exactly:
            unit = self._namesake(found, key, scope, inner)
            if unit is not None:
                return unit
        if not len(found.readings.owner):
            anywhere = _fitting(search(name, key, replace(scope, container=None)))
            # "Helmand province" inside "Hilmand province" is the container itself.
            found = replace(anywhere, readings=_among(anywhere.readings, inner))
        for container in reversed(wider):
            if not len(found.readings.owner):
                outside = search(name, key, replace(scope, container=container))
                found = _around(_fitting(outside) if fitting else outside, inner)
        return found

    def _namesake(self, found: Found, key: str, scope: SearchScope, container: Readings) -> Found | None:
        """Return the first-level unit that is the container, where a name in it is the unit's own."""
        units = container.place[self._kind[container.place] == self._first_level]
        if not len(units):
            return None
        typed = self._names.type_words(key) if " " in key else []
        for name in (key, *(rest for rest, kinds in typed if "admin1" in kinds)):
            method: Method = "exact" if name == key else "type-word"
            readings = self._readings(name, scope.country)
            own = np.isin(readings.place, units)
            if own.any():
                asked = self._namesakes.is_asked_for(key, container)
                meant = asked or self._namesakes.is_meant_rather_than(key, found)
                kept = self._containment.keep(readings.where(own), replace(scope, container=None))
                return Found(kept, method, QUALITY[method]) if meant and len(kept.owner) else None
        return None

    def _exactly(self, name: str, key: str, scope: SearchScope) -> Found:
        """Return the readings of a name as it is written, with or without its type word."""
        country, container = scope.country, scope.container
        standalone = container is None and not name.isupper()
        land = country if container is None else country or self._land(container)
        readings = self._readings(key, land, standalone=standalone)
        if container is None and country is None and key in self._names.own_names:
            readings = self._names.with_own_name(name, key, readings)
        found = self._containment.keep(readings, scope)
        if len(found.owner):
            return Found(found, "exact", QUALITY["exact"])
        return self._typed.find(name, key, scope)

    def _land(self, container: Readings) -> str | None:
        """Return the country that a container is beyond doubt: Ukraine, not CA, which is California as well."""
        meant = container.place[container.weight > container.weight.max() - CLOSE]
        if len(meant) > 1 or self._take("kind", meant)[0] != "country":
            return None
        return str(self._take("country", meant)[0])

    def _readings(self, key: str, country: str | None, *, standalone: bool = False) -> Readings:
        """Return the readings of a key; those of a country are weighed among themselves, where no other land counts."""
        alone = None if country in FILED or self._store.seen is not None else country
        return self._names.readings(key, standalone=standalone, country=alone)

    def _by_sound(self, name: str, key: str, scope: SearchScope) -> Found:
        """Return the readings of names that sound like this one."""
        alike, kinds, likeness = self._spelling.by_sound(key, scope)
        container = scope.container
        if container is not None and len(alike.owner) and self._containment.may_be_former_state(container):
            # Sounds are compared in a whole country; a state of the past may have been a part of it.
            alike = alike.where(np.asarray(self._containment.contains(container, alike, scope.day).any(axis=0)))
        if not len(alike.owner):
            return NOTHING
        usual = likeness >= _USUAL
        of_kind = alike.where(self._store.index.among("kind", alike.place, kinds)) if kinds else alike
        if len(of_kind.owner):
            return Found(of_kind, "fuzzy", QUALITY["fuzzy"], usual=usual)
        return Found(alike, "fuzzy", WRONG_TYPE, self._typed.unit_radius(alike, kinds), usual=usual)


def _fitting(found: Found) -> Found:
    """Keep what bears its type word rightly."""
    return found if found.quality > WRONG_TYPE else NOTHING


def _among(readings: Readings, others: Readings) -> Readings:
    """Keep the readings whose place is among others."""
    return readings.where(np.isin(readings.place, others.place))


def _around(found: Found, spot: Readings) -> Found:
    """Keep the readings that lie around a place."""
    inner = found.readings
    far = haversine_km(spot.lon[:, None], spot.lat[:, None], inner.lon[None, :], inner.lat[None, :])
    near = (far <= _AROUND * spot.radius[:, None] + _AROUND_KM).any(axis=0)
    return replace(found, readings=inner.where(np.asarray(near)))
