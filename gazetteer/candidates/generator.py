"""Which places a name may mean, inside a country, a container and a day.

A name enters; its readings leave, with how they were come by: exactly, by their type word, by their sound (only
inside a country or a container), or with a letter repaired.
Many names that the index holds can be asked for at once. Places are numbers here.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.candidates.countries import CODE, FILED, NO_READINGS, Countries
from gazetteer.candidates.phonetic_index import Sounds
from gazetteer.candidates.ranking import CLOSE, Readings, decide, out_of_date
from gazetteer.geometry.geodesy import haversine_km
from gazetteer.index.store import Store, concatenated_ranges
from gazetteer.model import Method
from gazetteer.names import phonetic
from gazetteer.names.normalize import normalize_name, split_type_word

__all__ = ["NO_READINGS", "QUALITY", "Found", "Lookup", "names_unit"]

# How far an answer by each method can be trusted, before what its rivals take away.
QUALITY: dict[Method, float] = {
    "exact": 0.97,
    "type-word": 0.95,
    "fuzzy": 0.75,
    "phrase": 0.9,
    "container": 0.6,
    "online": 0.8,
    "none": 0.0,
}
# A type word that no such place bears ("Zhanaozen district") still names the place, less surely.
_WRONG_TYPE = 0.6
_BEARS_TYPE = 1.5
# A repair is made only towards a place this prominent, and only when no other repair is nearly as prominent.
_REPAIRED_OPEN, _REPAIRED_KNOWN, _REPAIR_GAP = 5.0, 3.0, 1.5
# What a name that sounds otherwise loses: a tenth of likeness counts like tenfold prominence.
_LIKENESS = 10.0
# A name this prominent elsewhere is no other spelling of one in the country.
_KNOWN_ELSEWHERE = 4.5
# A name not found in a unit is looked for around it: what a table calls the unit, and how wide, is not certain.
_AROUND, _AROUND_KM = 2.0, 25.0
_UNITS = frozenset(("admin1", "admin2"))
# How far a second-level unit reaches where the country has none to tell.
_USUAL_KM = 30.0
_FEW_COUNTRIES = 3
_REMEMBERED = 2_000
_SHORTEST_BEGINNING = 3
# How many readings of many names are weighed at once.
_AT_ONCE = 16_384


@dataclass(frozen=True)
class Found:
    """The readings of one name, how they were come by, and how far that can be trusted.

    Attributes
    ----------
    radius
        Of the answer in km, where it is wider than the place: a town that stands for the unit around it.
    """

    readings: Readings
    method: Method
    quality: float
    radius: float | None = None


_NOTHING = Found(NO_READINGS, "none", 0.0)


def names_unit(key: str) -> bool:
    """Say whether a key bears the type word of a unit."""
    return any(_UNITS.issuperset(kinds) for _, kinds in split_type_word(key))


def _fitting(found: Found) -> Found:
    """Keep what bears its type word rightly."""
    return found if found.quality > _WRONG_TYPE else _NOTHING


class Lookup(Countries):
    """Looks names up in a store.

    Parameters
    ----------
    store
        The opened tables.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._sounds: dict[str, Sounds] = {}
        self._usual: dict[str, float] = {}
        self._found: dict[tuple[str, str | None, int, tuple[bytes, ...]], Found] = {}
        self._members_of: dict[tuple[str, bool, bytes], dict[int, str]] = {}

    @cached_property
    def not_places(self) -> dict[str, str]:
        """Folded phrases that name no place, and why."""
        with (self.store.folder / "not_places.csv").open(encoding="utf-8", newline="") as lines:
            return {normalize_name(row["phrase"]): row["reason"] for row in csv.DictReader(lines)}

    def name(self, name: str, country: str | None, day: int, container: Readings | None) -> Found:
        """Return the readings of one name inside a country and a container: exact, by type word, sound, or repaired."""
        return self.among(name, country, day, [] if container is None else [container])

    def among(self, name: str, country: str | None, day: int, containers: list[Readings]) -> Found:
        """Return the readings of one name inside containers, widest first, each within the one before.

        The name is looked for in the innermost container, as the container's own name, and in the wider ones around
        the innermost; first as it is written, then by its sound.
        """
        at = (name, country, day, tuple(container.place.tobytes() for container in containers))
        if at not in self._found:
            if len(self._found) > _REMEMBERED:
                self._found.clear()
            self._found[at] = self._among(name, country, day, containers)
        return self._found[at]

    def _among(self, name: str, country: str | None, day: int, containers: list[Readings]) -> Found:
        inner = containers[-1] if containers else None
        ways: list[Callable[[Readings | None], Found]] = [
            lambda within: self._written(name, country, day, within),
            lambda within: self._sounding(name, country, day, within),
        ]
        if inner is not None and names_unit(normalize_name(name)):
            # A unit of another spelling is meant rather than a town of this one.
            ways = [lambda within, way=way: _fitting(way(within)) for way in ways] + ways
        for way in ways:
            found = way(inner)
            if inner is not None and not len(found.readings.owner):
                found = _fitting(self._own(way(None), inner))
            for wider in reversed(containers[:-1]):
                if inner is not None and not len(found.readings.owner):
                    found = self._around(way(wider), inner)
            if len(found.readings.owner):
                return found
        key = normalize_name(name)
        if len(containers) > 1 or self.store.key_of(key, -1) >= 0:
            # A name that exists is no misspelling, even when it lies somewhere else.
            return _NOTHING

        def kept(readings: Readings) -> Readings:
            return self._inside(self.dated(self._in_country(readings, country, day), day), inner)

        return Found(self._repaired(key, kept, country is not None or inner is not None), "fuzzy", QUALITY["fuzzy"])

    def written(self, name: str, country: str | None, day: int, containers: Sequence[Readings]) -> Found:
        """Return the readings of a name inside containers as it is written, its sound and its spelling aside."""
        return self._written(name, country, day, containers[-1] if containers else None)

    def _written(self, name: str, country: str | None, day: int, container: Readings | None) -> Found:
        """Return the readings of a name as it is written, with or without its type word."""
        key = normalize_name(name)

        def kept(readings: Readings) -> Readings:
            return self._inside(self.dated(self._in_country(readings, country, day), day), container)

        found = kept(self.named(key, standalone=container is None and not name.isupper()))
        if len(found.owner):
            return Found(found, "exact", QUALITY["exact"])
        for rest, kinds in split_type_word(key):
            readings = kept(self.named(rest))
            of_kind = readings.where(np.isin(self.column("kind", readings.place), kinds))
            if len(of_kind.owner):
                return Found(self._called_so(of_kind), "type-word", QUALITY["type-word"])
            if len(readings.owner):
                return Found(readings, "type-word", _WRONG_TYPE, self._unit_radius(readings, kinds))
        return _NOTHING

    def _sounding(self, name: str, country: str | None, day: int, container: Readings | None) -> Found:
        """Return the readings of names that sound like this one; none where neither country nor container is known."""
        key = normalize_name(name)
        wide = container is None or "country" in self.column("kind", container.place)
        known = self.named(key)
        if wide and len(known.owner) and known.weight.max() > _KNOWN_ELSEWHERE:
            return _NOTHING
        for land in self._lands(country, day, container):
            for rest, kinds in [*split_type_word(key), (key, ())]:
                alike = self._alike(rest, land, day, container, units=bool(kinds) and _UNITS.issuperset(kinds))
                if not len(alike.owner):
                    continue
                of_kind = alike.where(np.isin(self.column("kind", alike.place), kinds)) if kinds else alike
                if len(of_kind.owner):
                    return Found(of_kind, "fuzzy", QUALITY["fuzzy"])
                return Found(alike, "fuzzy", _WRONG_TYPE, self._unit_radius(alike, kinds))
        return _NOTHING

    def _unit_radius(self, towns: Readings, kinds: tuple[str, ...]) -> float | None:
        """Return how far the unit reaches that a town of its name stands for: as far as most in the country do."""
        if not _UNITS.issuperset(kinds):
            return None
        country = str(self.column("country", towns.place[[0]])[0])
        if country not in self._usual:
            having = self.store.index.having
            of_country = np.flatnonzero(having("country", country) & having("kind", "admin2"))
            reach = self.store.take("radius_km", of_country)
            self._usual[country] = float(np.median(reach)) if len(reach) else _USUAL_KM
        return self._usual[country]

    def _lands(self, country: str | None, day: int, container: Readings | None) -> list[str]:
        """Return the countries to look in, which are few or none."""
        if country is not None:
            return [country, *self.territory(country, day)]
        if container is None:
            return []
        return sorted({c for c in self.column("country", container.place) if c is not None})[:_FEW_COUNTRIES]

    def _alike(self, key: str, land: str, day: int, container: Readings | None, *, units: bool) -> Readings:
        if land not in self._sounds:
            self._sounds[land] = Sounds(self.store, land)
            self._busy = self.store.index.small
        sounds = self._sounds[land]
        positions, likeness = sounds.alike(key, self._members(land, container, units))
        if not len(positions):
            return NO_READINGS
        order = np.lexsort((positions, -likeness))
        places, first = np.unique(sounds.place[positions[order]], return_index=True)
        readings = self.weighed(np.zeros(len(places), dtype="int64"), places, np.zeros(len(places), dtype="int64"))
        dated = self.dated(readings, day)
        return replace(dated, weight=dated.weight - _LIKENESS * (1 - likeness[order][first]))

    def _members(self, land: str, container: Readings | None, units: bool) -> dict[int, str] | None:
        """Return the country's names of places in the container; None for all of them."""
        inside = None if container is None or "country" in self.column("kind", container.place) else container
        if inside is None and not units:
            return None
        at = (land, units, b"" if inside is None else inside.place.tobytes())
        if at not in self._members_of:
            places, of_name = np.unique(self._sounds[land].place, return_inverse=True)
            having = self.store.index.having
            keep = np.ones(len(places), dtype=bool)
            if units:
                keep = np.logical_or.reduce([having("kind", kind) for kind in sorted(_UNITS)])[places]
            if inside is not None:
                none = np.zeros(len(places), dtype="int64")
                keep &= self._holds(inside, self.weighed(none, places, none)).any(axis=0)
            if len(self._members_of) > _REMEMBERED:
                self._members_of.clear()
            self._members_of[at] = self._sounds[land].among(keep[of_name])
        return self._members_of[at]

    def _own(self, found: Found, container: Readings) -> Found:
        """Keep the readings that are the container itself: "Helmand province" inside "Hilmand province"."""
        return replace(found, readings=found.readings.where(np.isin(found.readings.place, container.place)))

    def _around(self, found: Found, spot: Readings) -> Found:
        """Keep the readings that lie around a place."""
        inner = found.readings
        far = haversine_km(spot.lon[:, None], spot.lat[:, None], inner.lon[None, :], inner.lat[None, :])
        near = (far <= _AROUND * spot.radius[:, None] + _AROUND_KM).any(axis=0)
        return replace(found, readings=inner.where(np.asarray(near)))

    def begun(self, key: str, country: str | None, day: int) -> Readings:
        """Return the places that bear a name which begins with a key, best first; each owned by the key of that name.

        Nothing for a key of one or two Latin letters, which begins too much to mean anything.
        """
        if len(key) < _SHORTEST_BEGINNING and key.isascii():
            return NO_READINGS
        numbers = np.array([self.store.key_of(k) for k in self.store.keys_after(key) if k != key], dtype="int64")
        rows, owner = concatenated_ranges(*self.store.spans(numbers))
        kinds = self.store.name_kinds(rows)
        named = kinds != CODE
        readings = self.weighed(numbers[owner[named]], self.store.index.places(rows[named]), kinds[named])
        readings = self.dated(self._in_country(readings, country, day), day)
        order = np.lexsort((readings.place, -readings.weight))
        _, first = np.unique(readings.place[order], return_index=True)
        return readings.where(order[np.sort(first)])

    def filed(self, country: str, unit: str, day: int) -> str:
        """Return the country that a unit lies in, where tables of events file it under another one."""
        for other in FILED.get(country, ()):
            here, there = (self._written(unit, land, day, None).readings.owner for land in (country, other))
            if not len(here) and len(there):
                return other
        return country

    def _called_so(self, readings: Readings) -> Readings:
        """Let units that bear a type word themselves go first: "Almaty oblast" is Almaty Region, not the city."""
        bears = [bool(split_type_word(normalize_name(name))) for name in self.column("name", readings.place)]
        return replace(readings, weight=readings.weight + np.where(bears, _BEARS_TYPE, 0.0))

    def _in_country(self, readings: Readings, country: str | None, day: int) -> Readings:
        """Keep the readings in a country; where there are none, those in what belonged to it on the day."""
        if country is None or not len(readings.owner):
            return readings
        countries = self.column("country", readings.place)
        here = countries == country
        return readings.where(here if here.any() else np.isin(countries, self.territory(country, day)))

    def _inside(self, readings: Readings, container: Readings | None) -> Readings:
        """Keep the readings that lie in a reading of the container; the better the container, the more they weigh."""
        if container is None or not len(readings.owner):
            return readings
        outer = container.weight - container.weight.max()
        holds = self._holds(container, readings)
        bonus = np.where(holds, outer[:, None], -np.inf).max(axis=0)
        keep = np.isfinite(bonus)
        return replace(readings, weight=readings.weight + bonus).where(keep)

    def _holds(self, outer: Readings, inner: Readings) -> NDArray[np.bool_]:
        """Return a matrix, outer × inner: whether the one contains the other."""
        kinds, country, admin1 = (self.column(c, outer.place) for c in ("kind", "country", "admin1"))
        inner_country, inner_admin1 = (self.column(c, inner.place) for c in ("country", "admin1"))
        same = (inner.place[None, :] != outer.place[:, None]) & (
            (inner_country[None, :] == country[:, None]) | (country[:, None] == None)  # noqa: E711 - elementwise
        )
        listed = (inner_admin1[None, :] == admin1[:, None]) & (admin1[:, None] != None)  # noqa: E711
        near = (
            haversine_km(outer.lon[:, None], outer.lat[:, None], inner.lon[None, :], inner.lat[None, :])
            <= (outer.radius * 1.3 + 10)[:, None]
        )
        by_kind = np.select(
            [(kinds == "country")[:, None], (kinds == "admin1")[:, None]],
            [np.ones_like(same), listed | (near & self._unlisted(outer, admin1)[:, None])],
            near,
        )
        inner_kinds = self.column("kind", inner.place)
        smaller = self._size(kinds)[:, None] > self._size(inner_kinds)[None, :]
        smaller |= (kinds == "country")[:, None] & (inner_kinds == "region")[None, :]
        lesser = (inner_kinds == "city")[None, :] & (inner.weight[None, :] < outer.weight[:, None])
        suburb = (kinds == "city")[:, None] & near & lesser
        return np.asarray(same & by_kind.astype(bool) & (smaller | suburb))

    def _unlisted(self, places: Readings, admin1: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Units whose towns are listed elsewhere: gone ones, under their successors; those without a code, nowhere."""
        return np.asarray(~np.isnan(self.column("valid_to", places.place).astype("float64")) | (admin1 == None))  # noqa: E711

    @staticmethod
    def _size(kinds: NDArray[np.object_]) -> Ints:
        order = {"group": 6, "region": 5, "country": 4, "sea": 4, "admin1": 3, "admin2": 2}
        return np.array([order.get(kind, 1) for kind in kinds], dtype="int64")

    def _repaired(self, key: str, kept: Callable[[Readings], Readings], known: bool) -> Readings:
        best: list[Readings] = []
        for number in phonetic.neighbours(key, self.store.key_of):
            places, rows = self.store.postings(number)
            readings = kept(self.weighed(np.zeros(len(places), dtype="int64"), places, self.store.name_kinds(rows)))
            if len(readings.owner):
                best.append(readings)
        if not best:
            return NO_READINGS
        best.sort(key=lambda readings: -float(readings.weight.max()))
        weights = [float(readings.weight.max()) for readings in best]
        clear = weights[0] >= (_REPAIRED_KNOWN if known else _REPAIRED_OPEN)
        rivals = [w for w, r in zip(weights, best, strict=True) if not np.isin(best[0].place, r.place).any()]
        if rivals and weights[0] - rivals[0] < _REPAIR_GAP:
            clear = False
        return best[0] if clear else NO_READINGS

    def keys(
        self, keys: Ints, countries: NDArray[np.object_], days: Ints, *, capitals: NDArray[np.bool_]
    ) -> tuple[Ints, Floats, NDArray[np.bool_]]:
        """Resolve many names that are in the index, at once, exactly as `name` and `decide` do one by one.

        Parameters
        ----------
        keys, countries, days
            Of n names: number of its key, alpha-3 or None, days since 1970.
        capitals
            Of n names: whether it is written in capitals, so that it may be a code.

        Returns
        -------
        places, scores, ambiguous
            Of n names; place -1 where the country leaves no reading.
        """
        starts, ends = self.store.spans(keys)
        # Some names at a time: what is made of their readings stays in the processor's caches.
        blocks = np.cumsum(ends - starts) // _AT_ONCE
        cuts = [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist(), len(keys)]
        parts = [
            self._keys(starts[part], ends[part], countries[part], days[part], capitals[part])
            for part in (slice(first, last) for first, last in pairwise(cuts))
        ]
        place, share, gap = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return place, np.round(QUALITY["exact"] * share, 4), gap < CLOSE

    def _keys(
        self, starts: Ints, ends: Ints, countries: NDArray[np.object_], days: Ints, capitals: NDArray[np.bool_]
    ) -> tuple[Ints, Floats, Floats]:
        """Return for each key, by its postings, the place, its share and the gap to its closest rival."""
        rows, owner = concatenated_ranges(starts, ends)
        places, kinds = self.store.index.places(rows), self.store.name_kinds(rows)
        keep = (kinds != CODE) | capitals[owner]
        hinted = countries != None  # noqa: E711 - elementwise
        if hinted.any():
            here = self.store.take("country", places)
            keep &= ~hinted[owner] | (here == countries[owner])
        owner, places, kinds = owner[keep], places[keep], kinds[keep]
        readings = self.weighed(owner, places, kinds)
        first, last = (self.store.take(c, places) for c in ("valid_from", "valid_to"))
        weight = readings.weight - out_of_date(first, last, days[owner])
        decision = decide(replace(readings, weight=weight), len(starts))
        found = decision.best >= 0
        chosen = np.where(found, places[np.where(found, decision.best, 0)], -1) if len(places) else decision.best
        return chosen, decision.share, decision.gap

    @cached_property
    def changes(self) -> Ints:
        """The days on which some place begins, or is gone, ascending; between two of them nothing changes."""
        first, last = (self.store.index.known(c) for c in ("valid_from", "valid_to"))
        return np.unique(np.concatenate([first, last + 1])).astype("int64")
