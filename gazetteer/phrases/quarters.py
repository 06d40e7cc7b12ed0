"""Reads a city and a quarter of it, which tables of events write with a dash between them: "Mogadishu - Hodan".

Source
------
ACLED, codebook: locations of large cities are given as the city and its district or neighbourhood, " - " between them.
"""

from __future__ import annotations

import re

import numpy as np

from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.ranking import heaviest
from gazetteer.geometry.sphere import haversine_km
from gazetteer.phrases.meaning import Meaning, Scope
from gazetteer.phrases.operands import Interpreter
from gazetteer.phrases.towns_and_units import TownsAndUnits
from gazetteer.phrases.tree import Name, Term

__all__ = ["Quarters"]

_DASHED = re.compile(r"\S\s+[-–—]\s+\S")
# What is a quarter of a city in the tables: a town is one where it is a tenth as large or less.
_PARTS, _TENTH = ("neighbourhood", "admin2", "building"), 1.0
# Quarters lie within the reach of their city, which is that of a circle of its area, and so many km more.
_BESIDE_KM = 3.0
# A place so little known and so far away was not meant beside a city: "Istanbul - Gazi" is not Gazi in Malatya.
_LITTLE_KNOWN, _FAR_KM = 4.0, 100.0


class Quarters:
    """Reads cities with their quarters.

    Parameters
    ----------
    interpreter
        Says what each name means.
    names
        The readings of names.
    towns_and_units
        Falls back to the city where the quarter is not known.
    """

    def __init__(self, interpreter: Interpreter, names: NameIndex, towns_and_units: TownsAndUnits) -> None:
        self._read = interpreter
        self._names = names
        self._towns_and_units = towns_and_units
        self._values = names.store.index.values

    def meaning(self, node: Term, scope: Scope) -> Meaning:
        """Return the quarter, or the city where that is not known in it; nothing where two places may be meant."""
        if len(node.of) != 2 or not _DASHED.search(node.text):
            return Meaning()
        first, second = node.of
        if not (isinstance(first, Name) and isinstance(second, Name)):
            return Meaning()
        city = self._read.meaning(first, scope)
        if not self._is_kind(city, ("city",)):
            return Meaning()
        inside = self._read.meaning(second, scope.within(city))
        if inside.method in ("exact", "type-word") and self._is_quarter(inside, city):
            return inside
        elsewhere = self._read.meaning(second, scope)
        if not self._is_kind(elsewhere, ("city",)) or not self._is_unlikely(elsewhere, city):
            return Meaning()
        return self._towns_and_units.fallen_back(city, [Meaning(missing=(second.text,))], None)

    def _is_kind(self, meaning: Meaning, kinds: tuple[str, ...]) -> bool:
        return meaning.is_stored and meaning.method in ("exact", "type-word") and self._read.kind(meaning) in kinds

    def _is_quarter(self, part: Meaning, city: Meaning) -> bool:
        if not part.is_stored or heaviest(part.readings) == heaviest(city.readings):
            return False
        apart, gap, reach = self._compared(city, part)
        smaller = self._read.kind(part) in _PARTS or (self._read.kind(part) == "city" and gap >= _TENTH)
        return smaller and apart <= reach + _BESIDE_KM

    def _is_unlikely(self, town: Meaning, city: Meaning) -> bool:
        apart, gap, _ = self._compared(city, town)
        known = float(self._names.store.take("prominence", np.array([heaviest(town.readings)]))[0])
        return apart > _FAR_KM and gap >= _TENTH and known < _LITTLE_KNOWN

    def _compared(self, city: Meaning, other: Meaning) -> tuple[float, float, float]:
        """Return how far apart two places are in km, how much more prominent the first is, and its radius in km."""
        places = np.array([heaviest(city.readings), heaviest(other.readings)])
        at = self._values(("lon", "lat", "prominence", "radius_km"), places)
        apart = float(haversine_km(at["lon"][0], at["lat"][0], at["lon"][1], at["lat"][1]))
        return apart, float(at["prominence"][0] - at["prominence"][1]), float(at["radius_km"][0])
