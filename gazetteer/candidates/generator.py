"""Generates candidates: which places a name may mean, inside a country, a container and a day.

The readings of a name tell how they were found: exactly, by their type word, by their sound (only inside a
country or a container), or with a letter repaired. Places are numbers here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.candidates.affix_search import AffixSearch
from gazetteer.candidates.countries import FILED, CountryResolver
from gazetteer.candidates.former_states import FormerStates
from gazetteer.candidates.found import NOTHING, QUALITY, WRONG_TYPE, Found
from gazetteer.candidates.name_index import CODE, NameIndex
from gazetteer.candidates.namesake_unit import NamesakeUnit
from gazetteer.candidates.outlines import Outlines
from gazetteer.candidates.ranking import CLOSE, NO_READINGS, Readings
from gazetteer.candidates.spelling import UNITS, SpellingSearch
from gazetteer.geometry.groups import Groups
from gazetteer.geometry.sphere import LEAST_KM, LEAST_KM_EAST, TEMPERATE, haversine_km
from gazetteer.index.store import concatenated_ranges
from gazetteer.model import CONTAINER_RANK, KINDS, Method

__all__ = ["CandidateGenerator"]

# A name not found in a unit is looked for around it: what a table calls the unit, and how wide, is not certain.
_AROUND, _AROUND_KM = 2.0, 25.0
# A container of which only the point is known holds what lies within its radius, and some more for the error of both.
# A town so near an outline may lie in the unit: outlines are simplified at a hundredth of a degree.
_BESIDE_OUTLINE_KM = 2.0
_REACH, _REACH_KM = 1.3, 10.0
# An outline may reach so many times as far as its radius, which is that of a circle of about its area.
_LONG = 3.0
# Two spellings differ as romanisations usually do when their plain forms are this alike.
_USUAL = 0.99
_REMEMBERED = 2_000
_SHORTEST_BEGINNING = 3
_COUNTRY, _ADMIN1, _ADMIN2, _CITY, _REGION = map(KINDS.index, ("country", "admin1", "admin2", "city", "region"))


_Search = Callable[[str, str, str | None, int, Readings | None], Found]


class CandidateGenerator:
    """Generates the readings of names.

    Parameters
    ----------
    names
        The readings of keys.
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
        self._spelling = SpellingSearch(names, countries, self.are_held)
        self._namesakes = NamesakeUnit(names, countries)
        self._typed = AffixSearch(names, countries, self._readings, self._keep)
        self._searches: tuple[_Search, ...] = (self._exactly, self._by_sound)
        self._found: dict[tuple[str, str | None, int, tuple[bytes, ...]], Found] = {}
        labels = store.index.labels("kind").tolist()
        # Of every place the codes of its kind, country and first-level unit, and the codes that stand for none.
        self._codes = store.index.array("kind"), store.index.array("country"), store.index.array("admin1")
        self._no_code = store.index.code("country", None), store.index.code("admin1", None)
        # By the code of a kind: its position in KINDS, and its rank as a container.
        self._kinds = np.array([KINDS.index(kind) if kind else -1 for kind in labels])
        self._ranks = np.array([CONTAINER_RANK[kind] if kind else 1 for kind in labels])

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
            found = self._found[at] = self._generate(name, self._names.key(name), country, day, containers)
        return found

    def generate_exact(self, name: str, country: str | None, day: int, containers: Sequence[Readings] = ()) -> Found:
        """Return the readings of a name in the innermost container as it is written, its sound and spelling aside."""
        return self._exactly(name, self._names.key(name), country, day, containers[-1] if containers else None)

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
            readings = self._in_country(readings, country, day)
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

    def lies_near(self, container: Readings, place: Ints) -> bool:
        """Say whether a place is what a container may be, or lies in its reach."""
        inner = self._names.readings_of_places(place)
        own = np.isin(place, container.place).any()
        everywhere = np.ones((len(container.owner), len(inner.owner)), dtype=bool)
        return bool(own or self._near(container, inner, everywhere).any())

    def asks_for_first_level(self, key: str, unit: Readings) -> bool:
        """Say whether a key bears a word that names first-level units where a unit lies."""
        return self._namesakes.is_asked_for(key, unit)

    def _generate(self, name: str, key: str, country: str | None, day: int, containers: Sequence[Readings]) -> Found:
        inner = containers[-1] if containers else None
        # Of a unit's name another spelling is meant rather than a town that is called so.
        demands = (True, False) if inner is not None and " " in key and self.names_unit(key) else (False,)
        for fitting in demands:
            for search in self._searches:
                found = self._search(search, name, key, country, day, containers, fitting)
                if len(found.readings.owner):
                    return found
        if len(containers) > 1 or self._names.knows(key):
            # A name that exists is not a misspelling, even when it lies somewhere else.
            return NOTHING

        def keep(readings: Readings) -> Readings:
            return self._keep(readings, country, day, inner)

        repaired, usual = self._spelling.repaired(key, keep, known=country is not None or inner is not None)
        return Found(repaired, "fuzzy", QUALITY["fuzzy"], usual=usual)

    def _search(
        self,
        search: _Search,
        name: str,
        key: str,
        country: str | None,
        day: int,
        containers: Sequence[Readings],
        fitting: bool,
    ) -> Found:
        """Search in the innermost container, as that itself, and around it; only for what fits its type word or not."""
        if not containers:
            return search(name, key, country, day, None)
        inner = containers[-1]
        found = search(name, key, country, day, inner)
        if fitting:
            found = _fitting(found)
        if search == self._exactly:
            unit = self._namesake(found, key, country, day, inner)
            if unit is not None:
                return unit
        if not len(found.readings.owner):
            anywhere = _fitting(search(name, key, country, day, None))
            # "Helmand province" inside "Hilmand province" is the container itself.
            found = replace(anywhere, readings=_among(anywhere.readings, inner))
        for wider in reversed(containers[:-1]):
            if not len(found.readings.owner):
                outside = search(name, key, country, day, wider)
                found = _around(_fitting(outside) if fitting else outside, inner)
        return found

    def _namesake(self, found: Found, key: str, country: str | None, day: int, container: Readings) -> Found | None:
        """Return the first-level unit that is the container, where a name in it is the unit's own."""
        units = container.place[self._kinds[self._codes[0][container.place]] == _ADMIN1]
        if not len(units):
            return None
        typed = self._names.type_words(key) if " " in key else []
        for name in (key, *(rest for rest, kinds in typed if "admin1" in kinds)):
            method: Method = "exact" if name == key else "type-word"
            readings = self._readings(name, country)
            own = np.isin(readings.place, units)
            if own.any():
                asked = self._namesakes.is_asked_for(key, container)
                meant = asked or self._namesakes.is_meant_rather_than(key, found)
                kept = self._keep(readings.where(own), country, day, None)
                return Found(kept, method, QUALITY[method]) if meant and len(kept.owner) else None
        return None

    def _exactly(self, name: str, key: str, country: str | None, day: int, container: Readings | None) -> Found:
        """Return the readings of a name as it is written, with or without its type word."""
        standalone = container is None and not name.isupper()
        land = country if container is None else country or self._land(container)
        readings = self._readings(key, land, standalone=standalone)
        if container is None and country is None and key in self._names.own_names:
            readings = self._names.with_own_name(name, key, readings)
        found = self._keep(readings, country, day, container)
        if len(found.owner):
            return Found(found, "exact", QUALITY["exact"])
        return self._typed.find(name, key, country, day, container)

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

    def _by_sound(self, name: str, key: str, country: str | None, day: int, container: Readings | None) -> Found:
        """Return the readings of names that sound like this one."""
        alike, kinds, likeness = self._spelling.by_sound(key, country, day, container)
        if container is not None and len(alike.owner) and self._states.are_states(container.place).any():
            # Sounds are compared in a whole country; a state of the past may have been a part of it.
            alike = alike.where(np.asarray(self.contains(container, alike, day).any(axis=0)))
        if not len(alike.owner):
            return NOTHING
        usual = likeness >= _USUAL
        of_kind = alike.where(self._store.index.among("kind", alike.place, kinds)) if kinds else alike
        if len(of_kind.owner):
            return Found(of_kind, "fuzzy", QUALITY["fuzzy"], usual=usual)
        return Found(alike, "fuzzy", WRONG_TYPE, self._typed.unit_radius(alike, kinds), usual=usual)

    def _keep(self, readings: Readings, country: str | None, day: int, container: Readings | None) -> Readings:
        """Keep the readings in a country and a container, those of another time weighing less."""
        if not len(readings.owner):
            return readings
        if country is not None:
            readings = self._in_country(readings, country, day)
        readings = self._names.date(readings, day)
        return readings if container is None else self._inside(readings, container, day)

    def _in_country(self, readings: Readings, country: str, day: int) -> Readings:
        """Keep the readings in a country; where there are none, those in what belonged to it on the day, or ever."""
        countries = self._take("country", readings.place)
        here = countries == country
        if self._store.seen is not None:
            here = here | self._store.seen.are_of(country, readings.place)
        if country in FILED:
            # "Gaza" with Israel beside it is Gaza, not a subdistrict that goes by its name.
            here = here | np.isin(countries, FILED[country])
        if not here.any():
            here = self._held_by(country, readings, day)
        return readings.where(here)

    def _held_by(self, country: str, readings: Readings, day: int) -> NDArray[np.bool_]:
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

    def _held(self, outer: Readings, inner: Readings, day: int) -> NDArray[np.bool_]:
        """Return a matrix, outer × inner: whether a country held the other on the day, or ever, beside its own land."""
        held = np.zeros((len(outer.owner), len(inner.owner)), dtype=bool)
        kinds, holders = (self._take(column, outer.place) for column in ("kind", "country"))
        for row in np.flatnonzero(kinds == "country"):
            held[row] = self._held_by(holders[row], inner, day)
        return held

    def _inside(self, readings: Readings, container: Readings, day: int) -> Readings:
        """Keep the readings that lie in a reading of the container; the better the container, the more they weigh."""
        if not len(readings.owner):
            return readings
        outer = container.weight - container.weight.max()
        holds = self.contains(container, readings, day)
        if not holds.any():
            holds = self._held(container, readings, day)
        bonus = np.where(holds, outer[:, None], -np.inf).max(axis=0)
        kept = np.isfinite(bonus)
        return readings.weighing(readings.weight + bonus).where(kept)

    def contains(self, outer: Readings, inner: Readings, day: int) -> NDArray[np.bool_]:
        """Return a matrix, outer × inner: whether the one contains the other on a day."""
        holds = self._contains(outer, inner)
        lands = self._take("country", outer.place)
        for row in np.flatnonzero(self._kinds[self._codes[0][outer.place]] == _COUNTRY).tolist():
            if self._store.seen is not None:
                held = self._store.seen.are_of(str(lands[row]), inner.place)
                holds[row] |= held & (inner.place != outer.place[row])
            elif lands[row] in FILED:
                # "Gaza, Israel" is Gaza, not a subdistrict that goes by its name.
                smaller = self._kinds[self._codes[0][inner.place]] != _COUNTRY
                holds[row] |= smaller & np.isin(self._take("country", inner.place), FILED[lands[row]])
        regions = np.flatnonzero(self._kinds[self._codes[0][outer.place]] == _REGION)
        if not len(regions):
            return holds
        for row in regions[~np.isnan(self._take("valid_to", outer.place[regions]))].tolist():
            state = int(outer.place[row])
            if self._states.are_states(outer.place[[row]])[0]:
                held, is_known = self._states.holds(state, inner, day)
                holds[row] = np.where(is_known, held & (inner.place != state), holds[row])
        return holds

    def _contains(self, outer: Readings, inner: Readings) -> NDArray[np.bool_]:
        """Return a matrix, outer × inner: whether the one contains the other, by codes of today and by distance."""
        kind, country, admin1 = self._codes
        no_country, no_unit = self._no_code
        outer_kind, inner_kind = self._kinds[kind[outer.place]][:, None], self._kinds[kind[inner.place]][None, :]
        outer_rank, inner_rank = self._ranks[kind[outer.place]][:, None], self._ranks[kind[inner.place]][None, :]
        outer_country, outer_unit = country[outer.place][:, None], admin1[outer.place][:, None]
        same = (inner.place[None, :] != outer.place[:, None]) & (
            (country[inner.place][None, :] == outer_country) | (outer_country == no_country)
        )
        smaller = (outer_rank > inner_rank) | ((outer_kind == _COUNTRY) & (inner_kind == _REGION))
        lesser = (inner_kind == _CITY) & (inner.weight[None, :] < outer.weight[:, None])
        fits = same & (smaller | ((outer_kind == _CITY) & lesser))
        listed = (admin1[inner.place][None, :] == outer_unit) & (outer_unit != no_unit)
        held = (outer_kind == _COUNTRY) | ((outer_kind == _ADMIN1) & listed)
        # Towns are listed under the units of today: those of a unit of the past, or without a code, elsewhere.
        past = ~np.isnan(self._take("valid_to", outer.place))[:, None]
        by_reach = (outer_kind != _ADMIN1) | past | (outer_unit == no_unit)
        holds = fits & (held | self._near(outer, inner, fits & ~held & by_reach))
        # Where those have outlines these say it: a long unit reaches beyond its radius.
        ended = fits & past & (outer_kind == _ADMIN1)
        if ended.any():
            ended = ended & (holds | self._near(replace(outer, radius=_LONG * outer.radius), inner, ended))
        unlisted = (outer_kind == _ADMIN1) & (admin1[inner.place] == no_unit)[None, :]
        # No town is listed under its second-level unit; where that has an outline, its radius says too much.
        within_radius = holds & (outer_kind == _ADMIN2) & (inner_kind == _CITY)
        asked = (fits & unlisted) | within_radius | ended
        if asked.any():
            self._correct_by_outline(holds, asked, outer, inner)
        return np.asarray(holds)

    def are_held(self, outer: Readings, places: Ints) -> NDArray[np.bool_]:
        """Say which of many places lie in a container, by codes of today and by distance."""
        held = np.zeros(len(places), dtype=bool)
        at = np.flatnonzero(self._may_be_held(outer, places))
        held[at] = self._contains(outer, self._names.readings_of_places(places[at])).any(axis=0)
        return held

    def _may_be_held(self, outer: Readings, places: Ints) -> NDArray[np.bool_]:
        """Say which places `_contains` is to look at: those listed in a container or in none, or not far off."""
        kinds, units = self._kinds[self._codes[0][outer.place]], self._codes[2][outer.place]
        if (kinds == _COUNTRY).any():
            return np.ones(len(places), dtype=bool)
        first_level, no_unit = kinds == _ADMIN1, self._no_code[1]
        past = ~np.isnan(self._take("valid_to", outer.place))
        lat = self._store.index.values(("lat",), places)["lat"]
        by_reach = outer.where(~first_level | past | (units == no_unit))
        may_be = _is_near_by_latitude(replace(by_reach, radius=_LONG * by_reach.radius), lat).any(axis=0)
        if first_level.any():
            may_be |= np.isin(self._codes[2][places], [*units[first_level], no_unit])
        return np.asarray(may_be)

    def _correct_by_outline(
        self, holds: NDArray[np.bool_], asked: NDArray[np.bool_], outer: Readings, inner: Readings
    ) -> None:
        """Correct by the outlines of units which places they hold that are not listed in them."""
        past = ~np.isnan(self._take("valid_to", outer.place))
        by_point = past | (self._kinds[self._codes[0][outer.place]] == _ADMIN2)
        for row, column in zip(*np.nonzero(asked), strict=True):
            lon, lat, radius = (float(of[column]) for of in (inner.lon, inner.lat, inner.radius))
            radius = min(radius, _BESIDE_OUTLINE_KM) if by_point[row] else radius
            by_outline = self._outlines.holds(int(outer.place[row]), lon, lat, radius)
            if by_outline is not None:
                holds[row, column] = by_outline

    def _near(self, outer: Readings, inner: Readings, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return a matrix, outer × inner: whether the one lies within the radius of the other, where this is asked."""
        reach = _reach(outer)
        # Most lie far north or south, or far east or west, which is seen without any trigonometry.
        near = asked & _is_near_by_latitude(outer, inner.lat)
        east = np.abs(outer.lon[:, None] - inner.lon[None, :])
        temperate = (np.abs(outer.lat) <= TEMPERATE)[:, None] & (np.abs(inner.lat) <= TEMPERATE)[None, :]
        far_east = np.minimum(np.minimum(east, 360 - east), 90) * LEAST_KM_EAST > reach[:, None]
        near &= ~(temperate & far_east)
        one, other = np.nonzero(near)
        if len(one):
            far = haversine_km(outer.lon[one], outer.lat[one], inner.lon[other], inner.lat[other])
            near[one, other] = far <= reach[one]
        return near


def _reach(outer: Readings) -> Floats:
    """Return how far a container holds what lies around it, as far as its radius tells."""
    return outer.radius * _REACH + _REACH_KM


def _is_near_by_latitude(outer: Readings, lat: Floats) -> NDArray[np.bool_]:
    """Return a matrix, outer × n: whether a place at a latitude may lie within the reach of a container."""
    return np.asarray(np.abs(outer.lat[:, None] - lat[None, :]) * LEAST_KM <= _reach(outer)[:, None])


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
