"""Tells a town in a second-level unit from the seat of another: "Cizre, Silopi" are two, "Kaya, Sanmatenga" is one.

Of most second-level units only a point and a radius are known. A town within that radius may lie in the next unit,
whose seat it is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gazetteer.candidates.generator import CandidateGenerator
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.ranking import heaviest
from gazetteer.geometry.sphere import haversine_km
from gazetteer.phrases.meaning import Meaning, Scope

__all__ = ["OF_A_POINT", "Seats"]

# Kinds of places of which a point and a radius are known, as a rule.
OF_A_POINT = ("admin2", "city")
# Units whose radii differ less than so are of one level; a municipality may lie in a province.
_OF_ONE_LEVEL = 0.4


class Seats:
    """Knows which towns are seats of units of their own.

    Parameters
    ----------
    names
        The readings of names.
    generator
        Finds what a name may mean.
    """

    def __init__(self, names: NameIndex, generator: CandidateGenerator) -> None:
        self._names = names
        self._generator = generator
        self._take = names.store.index.take

    def is_of_another_unit(
        self, name: str, inside: Meaning, outer: Meaning, scope: Scope, *, turned: bool = False
    ) -> bool:
        """Say whether a place that lies in another by its radius alone belongs to a unit of its own.

        Parameters
        ----------
        name
            The name of the smaller place.
        inside
            What it means in the larger one.
        outer
            The larger one: second-level units and their seats.
        scope
            What is known of both.
        turned
            The larger one stands first, which is not usual: then it need not be of the same level.
        """
        if not inside.is_stored or not outer.is_stored:
            return False
        place = heaviest(inside.readings)
        kinds = self._take("kind", outer.readings.place)
        if not np.isin(kinds, OF_A_POINT).any() or place in outer.readings.place:
            return False
        return self._is_seat(name, place, outer, scope, turned) and not self.is_held(name, outer, scope)

    def _is_seat(self, name: str, place: int, outer: Meaning, scope: Scope, turned: bool) -> bool:
        """Say whether a place is a unit, the seat of one, or larger than the town it is said to lie in."""
        if self._take("kind", np.array([place]))[0] == "admin2":
            return "admin2" in self._take("kind", outer.readings.place)
        towns = outer.readings.where(self._take("kind", outer.readings.place) == "city")
        if not len(towns.owner):
            return self._has_unit(name, place, outer, scope, least=0.0 if turned else _OF_ONE_LEVEL)
        own, other = self._take("prominence", np.array([place, heaviest(towns)]))
        # A borough of London lies in it, though it is a unit of its own.
        return bool(own >= other) or self._has_unit(
            name, place, replace(outer, readings=towns), scope, least=_OF_ONE_LEVEL
        )

    def is_held(self, name: str, outer: Meaning, scope: Scope) -> bool:
        """Say whether what bears the larger name holds the smaller place by more than a radius: a unit, a country."""
        kinds = self._take("kind", outer.readings.place)
        drawn = np.array([self._names.store.wkb(number) is not None for number in outer.readings.place.tolist()])
        others = outer.readings.where(drawn | ~np.isin(kinds, OF_A_POINT))
        if not len(others.owner):
            return False
        return len(self._generator.generate_exact(name, scope.country, scope.day, (others,)).readings.owner) > 0

    def _has_unit(self, name: str, town: int, outer: Meaning, scope: Scope, *, least: float = 0.0) -> bool:
        """Say whether a unit bears a town's name around it, of at least so many times the radius of another."""
        found = self._generator.generate_exact(name, scope.country, scope.day).readings
        units = found.where(np.isin(self._take("kind", found.place), ("admin1", "admin2")))
        units = units.where(~np.isin(units.place, outer.readings.place))
        units = units.where(units.radius >= least * outer.readings.radius.max())
        at = self._names.store.index.values(("lon", "lat"), np.array([town]))
        return bool((haversine_km(units.lon, units.lat, at["lon"][0], at["lat"][0]) <= units.radius).any())
