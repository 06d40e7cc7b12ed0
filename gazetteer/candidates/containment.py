"""Knows which places lie in which: in a country, in a unit or a town, in a state of the past, on a day.

Codes of countries and units tell most of it. Of places without a code, and of containers of which only the point is
known, outlines tell it, else how far the container reaches. Places are numbers here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.candidates.countries import FILED, CountryResolver
from gazetteer.candidates.former_states import FormerStates
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.outlines import Outlines
from gazetteer.candidates.ranking import Readings
from gazetteer.geometry.groups import Groups
from gazetteer.geometry.sphere import LEAST_KM, LEAST_KM_EAST, TEMPERATE, haversine_km
from gazetteer.model import CONTAINER_RANK

__all__ = ["Containment", "SearchScope", "reach_km"]

# A town so near an outline may lie in the unit: outlines are simplified at a hundredth of a degree.
_BESIDE_OUTLINE_KM = 2.0
# A container of which only the point is known holds what lies within its radius, and some more for the error of both.
_REACH, _REACH_KM = 1.3, 10.0
# An outline may reach so many times as far as its radius, which is that of a circle of about its area.
_LONG = 3.0


_Radius = TypeVar("_Radius", float, Floats)


@dataclass(frozen=True)
class SearchScope:
    """Where and when a name is looked for.

    Attributes
    ----------
    country
        ISO 3166-1 alpha-3; None for any.
    day
        Days since 1970-01-01: places are taken as of that day.
    container
        What the place lies in; None for anything.
    """

    country: str | None
    day: int
    container: Readings | None = None


class Containment:
    """Says which places lie in which, and keeps the readings that lie where a name is looked for.

    Parameters
    ----------
    names
        The readings of names.
    countries
        What belonged to a country on a day.
    groups
        Country lists and macro-regions, the states of the past among them.
    """

    def __init__(self, names: NameIndex, countries: CountryResolver, groups: Groups) -> None:
        self._names = names
        self._store = store = names.store
        self._take = store.index.take
        self._countries = countries
        self._states = FormerStates(store, groups)
        self._outlines = Outlines(store)
        code = store.index.code
        # Of every place the codes of its kind, country and first-level unit, and the codes that stand for none.
        self._kind, self._country, self._unit = map(store.index.array, ("kind", "country", "admin1"))
        self._no_country, self._no_unit = code("country", None), code("admin1", None)
        # The codes of the kinds that hold places, or are held, in a way of their own; by its code the rank of a kind.
        self._nation, self._region, self._town = (code("kind", kind) for kind in ("country", "region", "city"))
        self._first_level, self._second_level = code("kind", "admin1"), code("kind", "admin2")
        kinds = store.index.labels("kind").tolist()
        self._ranks = np.array([CONTAINER_RANK[kind] if kind else 1 for kind in kinds])

    def keep(self, readings: Readings, scope: SearchScope) -> Readings:
        """Keep the readings in a country and a container, those of another time weighing less."""
        if not len(readings.owner):
            return readings
        if scope.country is not None:
            readings = self.in_country(readings, scope.country, scope.day)
        readings = self._names.date(readings, scope.day)
        return readings if scope.container is None else self._inside(readings, scope.container, scope.day)

    def in_country(self, readings: Readings, country: str, day: int) -> Readings:
        """Keep the readings in a country; where there are none, those in what belonged to it on the day, or ever."""
        countries = self._take("country", readings.place)
        here = countries == country
        if self._store.seen is not None:
            here = here | self._store.seen.are_of(country, readings.place)
        if country in FILED:
            # "Gaza" with Israel beside it is Gaza, not a subdistrict that goes by its name.
            here = here | np.isin(countries, FILED[country])
        if not here.any():
            here = self._belonged_to(country, readings, day)
        return readings.where(here)

    def contains(self, outer: Readings, inner: Readings, day: int) -> NDArray[np.bool_]:
        """Return a matrix, outer × inner: whether the one contains the other on a day."""
        holds = self._contains_today(outer, inner)
        lands = self._take("country", outer.place)
        for row in np.flatnonzero(self._kind[outer.place] == self._nation).tolist():
            if self._store.seen is not None:
                held = self._store.seen.are_of(str(lands[row]), inner.place)
                holds[row] |= held & (inner.place != outer.place[row])
            elif lands[row] in FILED:
                # "Gaza, Israel" is Gaza, not a subdistrict that goes by its name.
                smaller = self._kind[inner.place] != self._nation
                holds[row] |= smaller & np.isin(self._take("country", inner.place), FILED[lands[row]])
        regions = np.flatnonzero(self._kind[outer.place] == self._region)
        if not len(regions):
            return holds
        for row in regions[~np.isnan(self._take("valid_to", outer.place[regions]))].tolist():
            state = int(outer.place[row])
            if self._states.are_states(outer.place[[row]])[0]:
                held, is_known = self._states.holds(state, inner, day)
                holds[row] = np.where(is_known, held & (inner.place != state), holds[row])
        return holds

    def are_held(self, outer: Readings, places: Ints) -> NDArray[np.bool_]:
        """Say which of many places lie in a container, by codes of today and by distance."""
        held = np.zeros(len(places), dtype=bool)
        at = np.flatnonzero(self._may_be_held(outer, places))
        held[at] = self._contains_today(outer, self._names.readings_of_places(places[at])).any(axis=0)
        return held

    def lies_near(self, container: Readings, place: Ints) -> bool:
        """Say whether a place is what a container may be, or lies in its reach."""
        inner = self._names.readings_of_places(place)
        own = np.isin(place, container.place).any()
        everywhere = np.ones((len(container.owner), len(inner.owner)), dtype=bool)
        return bool(own or self._near(container, inner, everywhere).any())

    def may_be_former_state(self, container: Readings) -> bool:
        """Say whether a container may be a state of the past."""
        return bool(self._states.are_states(container.place).any())

    def _inside(self, readings: Readings, container: Readings, day: int) -> Readings:
        """Keep the readings that lie in a reading of the container; the better the container, the more they weigh."""
        if not len(readings.owner):
            return readings
        outer = container.weight - container.weight.max()
        holds = self.contains(container, readings, day)
        if not holds.any():
            holds = self._hold_beside_own_land(container, readings, day)
        bonus = np.where(holds, outer[:, None], -np.inf).max(axis=0)
        kept = np.isfinite(bonus)
        return readings.weighing(readings.weight + bonus).where(kept)

    def _hold_beside_own_land(self, outer: Readings, inner: Readings, day: int) -> NDArray[np.bool_]:
        """Return a matrix, outer × inner: whether a country held the other on the day, or ever, beside its own land."""
        held = np.zeros((len(outer.owner), len(inner.owner)), dtype=bool)
        kinds, holders = (self._take(column, outer.place) for column in ("kind", "country"))
        for row in np.flatnonzero(kinds == "country"):
            held[row] = self._belonged_to(holders[row], inner, day)
        return held

    def _belonged_to(self, country: str, readings: Readings, day: int) -> NDArray[np.bool_]:
        """Say which places belonged to a country, beside its own, on a day; where none did, which ever did."""
        countries, units, kinds = (self._take(name, readings.place) for name in ("country", "admin1", "kind"))
        parts = self._countries.territory(country, day)
        held = np.isin(countries, parts) | np.isin(units, parts)
        if held.any():
            return held
        if (kinds == "country").any():
            return held  # a state of its own is not meant as a part of another
        ever = self._countries.territory_ever(country)
        return np.asarray(np.isin(countries, ever) | np.isin(units, ever))

    def _may_be_held(self, outer: Readings, places: Ints) -> NDArray[np.bool_]:
        """Say which places `_contains_today` is to look at: those listed in a container or in none, or not far off."""
        kinds, units = self._kind[outer.place], self._unit[outer.place]
        if (kinds == self._nation).any():
            return np.ones(len(places), dtype=bool)
        first_level = kinds == self._first_level
        past = ~np.isnan(self._take("valid_to", outer.place))
        lat = self._store.index.values(("lat",), places)["lat"]
        by_reach = outer.where(~first_level | past | (units == self._no_unit))
        may_be = _is_near_by_latitude(by_reach, reach_km(_LONG * by_reach.radius), lat).any(axis=0)
        if first_level.any():
            may_be |= np.isin(self._unit[places], [*units[first_level & ~past], self._no_unit])
        return np.asarray(may_be)

    def _contains_today(self, outer: Readings, inner: Readings) -> NDArray[np.bool_]:
        """Return a matrix, outer × inner: whether the one contains the other, by codes of today and by distance."""
        kind, inner_kind = self._kind[outer.place][:, None], self._kind[inner.place][None, :]
        unit, inner_unit = self._unit[outer.place][:, None], self._unit[inner.place][None, :]
        rank, inner_rank = self._ranks[kind], self._ranks[inner_kind]
        country = self._country[outer.place][:, None]
        is_nation, is_first_level = kind == self._nation, kind == self._first_level
        same = (inner.place[None, :] != outer.place[:, None]) & (
            (self._country[inner.place][None, :] == country) | (country == self._no_country)
        )
        smaller = (rank > inner_rank) | (is_nation & (inner_kind == self._region))
        lesser = (inner_kind == self._town) & (inner.weight[None, :] < outer.weight[:, None])
        fits = same & (smaller | ((kind == self._town) & lesser))
        # Towns are listed under the units of today: those of a unit of the past, or without a code, elsewhere.
        past = ~np.isnan(self._take("valid_to", outer.place))[:, None]
        listed = is_first_level & (inner_unit == unit) & (unit != self._no_unit) & ~past
        held = is_nation | listed
        by_reach = ~is_first_level | past | (unit == self._no_unit)
        holds = fits & (held | self._near(outer, inner, fits & ~held & by_reach))
        # Where those have outlines these say it: a long unit reaches beyond its radius.
        ended = fits & past & is_first_level
        if ended.any():
            ended = ended & (holds | self._near(replace(outer, radius=_LONG * outer.radius), inner, ended))
        unlisted = is_first_level & (inner_unit == self._no_unit)
        # No town is listed under its second-level unit; where that has an outline, its radius says too much.
        within_radius = holds & (kind == self._second_level) & (inner_kind == self._town)
        asked = (fits & unlisted) | within_radius | ended
        if asked.any():
            self._correct_by_outline(holds, asked, outer, inner)
        return np.asarray(holds)

    def _correct_by_outline(
        self, holds: NDArray[np.bool_], asked: NDArray[np.bool_], outer: Readings, inner: Readings
    ) -> None:
        """Correct by the outlines of units which places they hold that are not listed in them."""
        past = ~np.isnan(self._take("valid_to", outer.place))
        by_point = past | (self._kind[outer.place] == self._second_level)
        for row, column in zip(*np.nonzero(asked), strict=True):
            lon, lat, radius = (float(of[column]) for of in (inner.lon, inner.lat, inner.radius))
            radius = min(radius, _BESIDE_OUTLINE_KM) if by_point[row] else radius
            by_outline = self._outlines.holds(int(outer.place[row]), lon, lat, radius)
            if by_outline is not None:
                holds[row, column] = by_outline

    def _near(self, outer: Readings, inner: Readings, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return a matrix, outer × inner: whether the one lies within the radius of the other, where this is asked."""
        reach = reach_km(outer.radius)
        # Most lie far north or south, or far east or west, which is seen without any trigonometry.
        near = asked & _is_near_by_latitude(outer, reach, inner.lat)
        east = np.abs(outer.lon[:, None] - inner.lon[None, :])
        temperate = (np.abs(outer.lat) <= TEMPERATE)[:, None] & (np.abs(inner.lat) <= TEMPERATE)[None, :]
        far_east = np.minimum(np.minimum(east, 360 - east), 90) * LEAST_KM_EAST > reach[:, None]
        near &= ~(temperate & far_east)
        one, other = np.nonzero(near)
        if len(one):
            far = haversine_km(outer.lon[one], outer.lat[one], inner.lon[other], inner.lat[other])
            near[one, other] = far <= reach[one]
        return near


def _is_near_by_latitude(outer: Readings, reach: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Return a matrix, outer × n: whether a place at a latitude may lie within the reach of a container."""
    return np.asarray(np.abs(outer.lat[:, None] - lat[None, :]) * LEAST_KM <= reach[:, None])


def reach_km(radius_km: _Radius) -> _Radius:
    """Return how far a container holds what lies around it, as far as its radius tells.

    Examples
    --------
    >>> reach_km(20.0)
    36.0
    """
    return radius_km * _REACH + _REACH_KM
