"""Finds places whose names are spelt otherwise than they were written: by their sound, or with one letter repaired.

Sounds are compared only inside a country or a container: in the open,
something sounds like every word. A repair is made in the open too, towards a prominent place only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from gazetteer.arrays import Floats, Ints
from gazetteer.candidates.containment import Containment, SearchScope
from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.phonetic_index import Sounds
from gazetteer.candidates.ranking import NO_READINGS, Readings
from gazetteer.names import phonetic

__all__ = ["UNITS", "SpellingSearch"]

UNITS = frozenset(("admin1", "admin2"))
# A repair is made only towards a place this prominent, and only when no other repair is nearly as prominent.
_REPAIRED_OPEN, _REPAIRED_KNOWN, _REPAIR_GAP = 4.4, 3.0, 0.9
# A repair of a vowel is usual in a name this long of a place this prominent.
_LONG, _WELL_KNOWN = 7, 5.5
# What a name that sounds otherwise loses: a tenth of likeness counts like tenfold prominence.
_LIKENESS = 10.0
# A name this prominent elsewhere is not another spelling of one in the country.
_KNOWN_ELSEWHERE = 4.5
_FEW_COUNTRIES = 3
_REMEMBERED = 2_000

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
# Where names are looked among: a country, whether only its units, and the numbers of the places that hold them.
_Inside = tuple[str, bool, bytes]


class SpellingSearch:
    """Finds places by other spellings of their names.

    Parameters
    ----------
    names
        The readings of names.
    countries
        What belonged to a country on a day.
    containment
        Says which of many places lie in a container.
    """

    def __init__(self, names: NameIndex, countries: CountryResolver, containment: Containment) -> None:
        self._names = names
        self._store = names.store
        self._countries = countries
        self._containment = containment
        self._sounds: dict[str, Sounds] = {}
        self._members: dict[_Inside, dict[int, str]] = {}
        # What sounds alike and what a letter repairs is the same on every day: tables ask for it again and again.
        self._alike_found: dict[tuple[str, str, _Inside | None], tuple[Ints, Floats]] = {}
        self._neighbours: dict[str, list[int]] = {}

    def by_sound(self, key: str, scope: SearchScope) -> tuple[Readings, tuple[str, ...], float]:
        """Return the readings of names that sound like a key or like what it is without its type word.

        Returns
        -------
        readings, kinds, likeness
            Of the first country and spelling that have any; the kinds of place that the type word asks for, empty
            where the key was taken without one; how alike the best one sounds, from 0 to 1. Nothing where neither
            country nor container is known.
        """
        wide = scope.container is None or "country" in self._store.take("kind", scope.container.place)
        known = self._names.readings(key)
        if not (wide and len(known.owner) and known.weight.max() > _KNOWN_ELSEWHERE):
            for land in self._lands(scope):
                for rest, kinds in [*self._names.type_words(key), (key, ())]:
                    units = bool(kinds) and UNITS.issuperset(kinds)
                    alike, likeness = self._alike(rest, land, scope, units=units)
                    if len(alike.owner):
                        return alike, kinds, likeness
        return NO_READINGS, (), 0.0

    def repaired(self, key: str, keep: Callable[[Readings], Readings], *, known: bool) -> tuple[Readings, bool]:
        """Return the readings of the one name that a key misspells by a letter, where that is clear.

        And whether the letter is a vowel of a long name, which is misspelt most: "Kandahr".

        Parameters
        ----------
        keep
            Leaves out the readings that lie elsewhere.
        known
            Whether a country or a container is known, so that a less prominent place will do.
        """
        repairs: list[tuple[Readings, int]] = []
        neighbours = self._neighbours.get(key)
        if neighbours is None:
            _make_room(self._neighbours)
            neighbours = self._neighbours[key] = list(phonetic.neighbours(key, self._store.key_of))
        for number in neighbours:
            places, rows = self._store.postings(number)
            none = np.zeros(len(places), dtype="int64")
            readings = keep(self._names.weigh(none, places, self._store.name_kinds(rows)))
            if len(readings.owner):
                repairs.append((readings, number))
        if not repairs:
            return NO_READINGS, False
        repairs.sort(key=lambda repair: -float(repair[0].weight.max()))
        weights = [float(readings.weight.max()) for readings, _ in repairs]
        best, number = repairs[0]
        clear = weights[0] >= (_REPAIRED_KNOWN if known else _REPAIRED_OPEN)
        rivals = [
            w
            for w, r in zip(weights, (readings for readings, _ in repairs), strict=True)
            if not np.isin(best.place, r.place).any()
        ]
        if rivals and weights[0] - rivals[0] < _REPAIR_GAP:
            clear = False
        if not clear:
            return NO_READINGS, False
        bones = [phonetic.skeleton(phonetic.plain(text)) for text in (key, self._store.key_text(number))]
        return best, bones[0] == bones[1] and len(key) >= _LONG and weights[0] >= _WELL_KNOWN

    def _lands(self, scope: SearchScope) -> list[str]:
        """Return the countries to look in: a few, or none."""
        if scope.country is not None:
            return [scope.country, *self._countries.territory(scope.country, scope.day)]
        if scope.container is None:
            return []
        return sorted({c for c in self._store.take("country", scope.container.place) if c is not None})[:_FEW_COUNTRIES]

    def _alike(self, key: str, land: str, scope: SearchScope, *, units: bool) -> tuple[Readings, float]:
        if land not in self._sounds:
            self._sounds[land] = Sounds(self._store, land)
        sounds = self._sounds[land]
        inside = self._inside(land, scope.container, units)
        at = (key, land, inside)
        found = self._alike_found.get(at)
        if found is None:
            _make_room(self._alike_found)
            among = None if inside is None else self._names_inside(inside, scope.container)
            found = self._alike_found[at] = sounds.alike(key, among)
        positions, likeness = found
        if not len(positions):
            return NO_READINGS, 0.0
        order = np.lexsort((positions, -likeness))
        places, first = np.unique(sounds.place[positions[order]], return_index=True)
        dated = self._names.date(self._names.readings_of_places(places), scope.day)
        weight = dated.weight - _LIKENESS * (1 - likeness[order][first])
        return dated.weighing(weight), float(likeness[order][first][int(np.argmax(weight))])

    def _inside(self, land: str, container: Readings | None, units: bool) -> _Inside | None:
        """Return what names are looked among: a country's units or all its places, and the places that hold them.

        None for all names of the country.
        """
        country_wide = container is None or "country" in self._store.take("kind", container.place)
        if country_wide or container is None:
            return (land, True, b"") if units else None
        return land, units, container.place.tobytes()

    def _names_inside(self, inside: _Inside, container: Readings | None) -> dict[int, str]:
        """Return the country's names of places in the container."""
        members = self._members.get(inside)
        if members is None:
            land, units, held = inside
            places, of_name = self._sounds[land].distinct_places
            having = self._store.index.having
            keep = np.ones(len(places), dtype=bool)
            if units:
                keep = np.logical_or.reduce([having("kind", kind) for kind in sorted(UNITS)])[places]
            if held and container is not None:
                keep[keep] = self._containment.are_held(container, places[keep])
            _make_room(self._members)
            members = self._members[inside] = self._sounds[land].among(keep[of_name])
        return members


def _make_room(remembered: dict[_Key, _Value]) -> None:
    """Forget what was found, where it has become much; another thread may do so at any time."""
    if len(remembered) > _REMEMBERED:
        remembered.clear()
