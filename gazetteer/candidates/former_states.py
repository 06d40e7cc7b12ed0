"""States of the past as containers: what lay in the Soviet Union, on which day, by the units it consisted of.

A state of ``regions.csv`` holds the places of its countries and first-level units, which their codes tell. Where a unit
of it has no code, or a place has none, the distance decides, as it does of other regions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.candidates.ranking import Readings
from gazetteer.geometry.groups import Groups
from gazetteer.index.store import Store
from gazetteer.locks import cached_property

__all__ = ["FormerStates"]


@dataclass(frozen=True)
class _Extent:
    """The codes of countries and of first-level units that a state holds or not, and whether these are all of it."""

    countries: frozenset[str]
    units: frozenset[str]
    without: frozenset[str]
    whole: bool


class FormerStates:
    """Says what lay in a state of the past.

    Parameters
    ----------
    store
        The opened tables.
    groups
        The table of regions.
    """

    def __init__(self, store: Store, groups: Groups) -> None:
        self._store = store
        self._groups = groups
        self._extents: dict[tuple[str, ...], _Extent] = {}

    @cached_property
    def _ids(self) -> dict[int, str]:
        """The ids of the states of the past by place number."""
        numbers = self._store.numbers_of("regions")
        ids = self._store.take("id", numbers).tolist()
        return {
            number: place_id
            for number, place_id in zip(numbers.tolist(), ids, strict=True)
            if self._groups.is_state(place_id)
        }

    def are_states(self, places: Ints) -> NDArray[np.bool_]:
        """Say which places are states of the past."""
        return np.array([place in self._ids for place in places.tolist()], dtype=bool)

    def holds(self, state: int, inner: Readings, day: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Say which places lay in a state, and of which the codes tell that.

        Parameters
        ----------
        state
            Its place number.
        inner
            The places.
        day
            Days since 1970-01-01; of another day than one of its own the closest of these counts.
        """
        extent = self._extent(tuple(self._groups.units(self._ids[state], day)))
        countries, units = (self._store.take(column, inner.place).astype(str) for column in ("country", "admin1"))
        known_unit = self._store.take("admin1", inner.place) != None  # noqa: E711 - elementwise
        of_country, of_unit = np.isin(countries, list(extent.countries)), np.isin(units, list(extent.units))
        taken = np.isin(units, list(extent.without))
        held = (of_country & ~taken) | of_unit
        by_unit = {unit.partition("-")[0] for unit in extent.units | extent.without}
        unsure = ~known_unit & np.isin([self._alpha2.get(country, "") for country in countries.tolist()], list(by_unit))
        is_known = ~unsure if extent.whole else held
        return held & is_known, np.asarray(is_known)

    def _extent(self, units: tuple[str, ...]) -> _Extent:
        if units not in self._extents:
            self._extents[units] = self._read(units)
        return self._extents[units]

    def _read(self, units: tuple[str, ...]) -> _Extent:
        countries: set[str] = set()
        inside: set[str] = set()
        without: set[str] = set()
        whole = True
        for unit in units:
            number = np.array([self._store.find(unit.removeprefix("-"))])
            kind, country, code = (self._store.take(column, number)[0] for column in ("kind", "country", "admin1"))
            if kind == "country":
                countries.add(str(country))
            elif code is None:
                whole = False
            else:
                (without if unit.startswith("-") else inside).add(str(code))
        return _Extent(frozenset(countries), frozenset(inside), frozenset(without), whole)

    @cached_property
    def _alpha2(self) -> dict[str, str]:
        numbers = np.arange(int(self._store.bases[1]))
        ids, codes = (self._store.take(column, numbers).tolist() for column in ("id", "country"))
        return {code: place_id.removeprefix("iso:") for place_id, code in zip(ids, codes, strict=True)}
