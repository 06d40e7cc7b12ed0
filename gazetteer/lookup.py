"""Which places a name may mean, inside a country, a container and a day.

A name enters; its readings leave, with how they were come by: exactly, by their type word, or with a letter repaired.
Many names that the index holds can be asked for at once. Places are numbers here.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gazetteer import fuzzy
from gazetteer.errors import ArgumentError
from gazetteer.model import Method
from gazetteer.names import fold, typed
from gazetteer.ranking import CLOSE, NAME_WEIGHTS, Floats, Ints, Readings, decide, haversine_km, out_of_date
from gazetteer.store import NAME_KINDS, Store, concatenated_ranges

__all__ = ["NO_READINGS", "QUALITY", "Found", "Lookup"]

# How far an answer by each method can be trusted, before what its rivals take away.
QUALITY: dict[Method, float] = {
    "exact": 0.97,
    "type-word": 0.95,
    "fuzzy": 0.75,
    "phrase": 0.9,
    "container": 0.6,
    "none": 0.0,
}
# A type word that no such place bears ("Zhanaozen district") still names the place, less surely.
_WRONG_TYPE = 0.6
_BEARS_TYPE = 1.5
# A repair is made only towards a place this prominent, and only when no other repair is nearly as prominent.
_REPAIRED_OPEN, _REPAIRED_KNOWN, _REPAIR_GAP = 5.0, 3.0, 1.5
_CODE = NAME_KINDS.index("code")
NO_READINGS = Readings(*(np.empty(0, dtype=t) for t in ("int64", "int64", "f8", "f8", "f8", "f8")))


@dataclass(frozen=True)
class Found:
    """The readings of one name, how they were come by, and how far that can be trusted."""

    readings: Readings
    method: Method
    quality: float


class Lookup:
    """Looks names up in a store.

    Parameters
    ----------
    store
        The opened tables.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._countries: dict[str, str | None] = {}

    @cached_property
    def not_places(self) -> dict[str, str]:
        """Folded phrases that name no place, and why."""
        with (self.store.folder / "not_places.csv").open(encoding="utf-8", newline="") as lines:
            return {fold(row["phrase"]): row["reason"] for row in csv.DictReader(lines)}

    def country(self, hint: str | None) -> str | None:
        """Return ISO 3166-1 alpha-3 for a country given by any ISO code or name; None for no hint.

        Raises
        ------
        ArgumentError
            When the hint is no country that the gazetteer knows.
        """
        text = str(hint).strip() if hint is not None else ""
        if not text:
            return None
        if text not in self._countries:
            # UCDP writes former names behind: "DR Congo (Zaire)".
            self._countries[text] = self._country(text) or self._country(text.split("(")[0].strip())
        found = self._countries[text]
        if found is None:
            raise ArgumentError(f"Country: expected an ISO 3166-1 code or a country's name, got {hint!r}.")
        return found

    def alpha2(self, country: str) -> str:
        """Return ISO 3166-1 alpha-2 for the alpha-3 code of a country."""
        first, last = self.store.bases[:2]
        row = np.flatnonzero(self.store.column("country")[first:last] == country)[0]
        return str(self.store.take("id", np.array([first + row]))[0]).removeprefix("iso:")

    def of_places(self, places: list[int]) -> Readings:
        """Return places as readings of one name."""
        numbers = np.array(places, dtype="int64")
        return self._weighed(np.zeros(len(numbers), dtype="int64"), numbers, np.zeros(len(numbers), dtype="int64"))

    def _country(self, text: str) -> str | None:
        reading = self._named(fold(text))
        layer = np.searchsorted(self.store.bases, reading.place, side="right") - 1
        countries = reading.where(layer == 0)
        best = decide(countries, 1).best[0]
        return None if best < 0 else str(self.store.take("country", countries.place[[best]])[0])

    def name(self, name: str, country: str | None, day: int, container: Readings | None) -> Found:
        """Return the readings of one name inside a country and a container: exact, by type word, or repaired."""
        key = fold(name)

        def kept(readings: Readings) -> Readings:
            return self._inside(self._dated(self._in_country(readings, country), day), container)

        found = kept(self._named(key, standalone=container is None and not name.isupper()))
        if len(found.owner):
            return Found(found, "exact", QUALITY["exact"])
        for rest, kinds in typed(key):
            readings = kept(self._named(rest))
            of_kind = readings.where(np.isin(self.store.take("kind", readings.place), kinds))
            if len(of_kind.owner):
                return Found(self._called_so(of_kind), "type-word", QUALITY["type-word"])
            if len(readings.owner):
                return Found(readings, "type-word", _WRONG_TYPE)
        if self.store.key_of(key, -1) >= 0:
            # A name that exists is no misspelling, even when it lies somewhere else.
            return Found(NO_READINGS, "none", 0.0)
        return Found(self._repaired(key, kept, country is not None or container is not None), "fuzzy", QUALITY["fuzzy"])

    def is_country(self, name: str, day: int) -> bool:
        """Say whether this is a country, which lies in no container but a wider list."""
        readings = self._dated(self._named(fold(name)), day)
        return bool(len(readings.owner)) and "country" in self.store.take("kind", readings.place)

    def _called_so(self, readings: Readings) -> Readings:
        """Let units that bear a type word themselves go first: "Almaty oblast" is Almaty Region, not the city."""
        bears = [bool(typed(fold(name))) for name in self.store.take("name", readings.place)]
        return replace(readings, weight=readings.weight + np.where(bears, _BEARS_TYPE, 0.0))

    def _named(self, key: str, *, standalone: bool = False) -> Readings:
        number = self.store.key_of(key, -1) if key else -1
        if number < 0:
            return NO_READINGS
        places, rows = self.store.postings(number)
        kinds = self.store.name_kinds(rows)
        if standalone:
            # "or", "in" and "me" are words; as codes of Oregon, Indiana and Maine they stand behind a comma.
            places, kinds = places[kinds != _CODE], kinds[kinds != _CODE]
        return self._weighed(np.zeros(len(places), dtype="int64"), places, kinds)

    def _weighed(self, owner: Ints, places: Ints, name_kinds: Ints) -> Readings:
        weight = self.store.take("prominence", places).astype("float64") + NAME_WEIGHTS[name_kinds]
        lon, lat, radius = (self.store.take(c, places).astype("float64") for c in ("lon", "lat", "radius_km"))
        return Readings(owner, places, weight, lon, lat, radius)

    def _in_country(self, readings: Readings, country: str | None) -> Readings:
        if country is None or not len(readings.owner):
            return readings
        return readings.where(self.store.take("country", readings.place) == country)

    def _dated(self, readings: Readings, day: int) -> Readings:
        if not len(readings.owner):
            return readings
        first, last = (self.store.take(c, readings.place).astype("float64") for c in ("valid_from", "valid_to"))
        return replace(readings, weight=readings.weight - out_of_date(first, last, day))

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
        kinds, country, admin1 = (self.store.take(c, outer.place) for c in ("kind", "country", "admin1"))
        inner_country, inner_admin1 = (self.store.take(c, inner.place) for c in ("country", "admin1"))
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
            [np.ones_like(same), listed | (near & self._dissolved(outer)[:, None])],
            near,
        )
        inner_kinds = self.store.take("kind", inner.place)
        smaller = self._size(kinds)[:, None] > self._size(inner_kinds)[None, :]
        lesser = (inner_kinds == "city")[None, :] & (inner.weight[None, :] < outer.weight[:, None])
        suburb = (kinds == "city")[:, None] & near & lesser
        return np.asarray(same & by_kind.astype(bool) & (smaller | suburb))

    def _dissolved(self, places: Readings) -> NDArray[np.bool_]:
        """Units with a last day: the towns in them are listed under their successors."""
        return np.asarray(~np.isnan(self.store.take("valid_to", places.place).astype("float64")))

    @staticmethod
    def _size(kinds: NDArray[np.object_]) -> Ints:
        order = {"country": 4, "sea": 4, "admin1": 3, "admin2": 2}
        return np.array([order.get(kind, 1) for kind in kinds], dtype="int64")

    def _repaired(self, key: str, kept: Callable[[Readings], Readings], known: bool) -> Readings:
        best: list[Readings] = []
        for number in fuzzy.neighbours(key, self.store.key_of):
            places, rows = self.store.postings(number)
            readings = kept(self._weighed(np.zeros(len(places), dtype="int64"), places, self.store.name_kinds(rows)))
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
        starts = self.store.key_starts
        rows, owner = concatenated_ranges(starts[keys], starts[keys + 1])
        places, kinds = self.store.index.places(rows), self.store.name_kinds(rows)
        keep = (kinds != _CODE) | capitals[owner]
        hinted = countries != None  # noqa: E711 - elementwise
        if hinted.any():
            here = self.store.column("country")[places]
            keep &= ~hinted[owner] | (here == countries[owner])
        owner, places, kinds = owner[keep], places[keep], kinds[keep]
        weight = self.store.column("prominence")[places].astype("float64") + NAME_WEIGHTS[kinds]
        weight -= out_of_date(self._lives[0][places], self._lives[1][places], days[owner])
        position = (self.store.column(c)[places].astype("float64") for c in ("lon", "lat", "radius_km"))
        decision = decide(Readings(owner, places, weight, *position), len(keys))
        found = decision.best >= 0
        chosen = np.where(found, places[np.where(found, decision.best, 0)], -1) if len(places) else decision.best
        return chosen, np.round(QUALITY["exact"] * decision.share, 4), decision.gap < CLOSE

    @cached_property
    def changes(self) -> Ints:
        """The days on which some place begins, or is gone, ascending; between two of them nothing changes."""
        first, last = self._lives
        return np.unique(np.concatenate([first[~np.isnan(first)], last[~np.isnan(last)] + 1])).astype("int64")

    @cached_property
    def _lives(self) -> tuple[Floats, Floats]:
        first, last = (self.store.column(c).astype("float64") for c in ("valid_from", "valid_to"))
        return first, last
