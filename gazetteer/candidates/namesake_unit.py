"""Says when a name inside a unit of that name means the unit itself: "Pernambuco state" in Pernambuco, "Bihar, Bihar".

Tables repeat the unit where they know no finer place. A town or a second-level unit in it may bear the name as well, as
its own ("Kandahar") or as a lesser one: Recife was called Pernambuco.
"""

from __future__ import annotations

import numpy as np

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.found import Found
from gazetteer.candidates.name_index import ALIKE, NameIndex
from gazetteer.candidates.phonetic_index import likeness
from gazetteer.candidates.ranking import Readings, heaviest
from gazetteer.names.affixes import second_level_words, type_word

__all__ = ["NamesakeUnit"]

# A town with a word for a town behind its name bears it where it is this prominent: New York City, not Nevada City.
_KNOWN_CITY = 5.5


class NamesakeUnit:
    """Judges names inside units of the same name.

    Parameters
    ----------
    names
        The readings of keys.
    countries
        Knows where a name has but one spelling.
    """

    def __init__(self, names: NameIndex, countries: CountryResolver) -> None:
        self._names = names
        self._store = names.store
        self._take = names.store.index.take
        self._countries = countries

    def is_asked_for(self, key: str, container: Readings) -> bool:
        """Say whether a key bears a word of first-level units in the countries of a container.

        "Kandahar province" in Afghanistan; not "Lima province", which is a second-level unit of Peru.
        """
        countries = set(self._take("country", container.place))
        for rest, kinds in self._names.type_words(key):
            word = type_word(key, rest)
            if kinds[:1] == ("admin1",) and not any((country, word) in second_level_words() for country in countries):
                return True
        return False

    def is_meant_rather_than(self, key: str, found: Found) -> bool:
        """Say whether a place inside does not bear a name as its own, but as a lesser one."""
        if not len(found.readings.owner):
            return True
        place = heaviest(found.readings)
        kind = self._store.index.value("kind", place)
        if kind == "admin2":
            return False  # a column of second-level units repeats the names of first-level ones
        return kind != "city" or not self._bears(place, key)

    def _bears(self, town: int, key: str) -> bool:
        values = self._store.index.values(("name", "country", "prominence"), np.array([town]))
        own, country = self._names.key(str(values["name"][0])), values["country"][0]
        if values["prominence"][0] >= _KNOWN_CITY and any(
            rest == key and "city" in kinds for rest, kinds in self._names.type_words(own)
        ):
            return True
        if own == key or country in self._countries.of_one_spelling:
            return own == key
        return likeness(own, key) >= ALIKE
