"""Reads `Place` objects from the tables by their numbers, each once."""

from __future__ import annotations

from datetime import date

import numpy as np

from gazetteer.dates import EPOCH
from gazetteer.index.store import Store
from gazetteer.index.views import SeenBy
from gazetteer.model import PLACE_FIELDS, Area, Place

__all__ = ["PlaceReader", "place_of_area"]

# How many places are kept once they were read.
_KEPT = 50_000


class PlaceReader:
    """Reads places by their numbers and keeps the latest.

    Parameters
    ----------
    store
        The opened tables.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, Place] = {}

    def of_area(self, area: Area) -> Place:
        """Return a derived place without its shape."""
        return place_of_area(area, self._store.seen)

    def one(self, number: int) -> Place:
        """Return a place by its number."""
        return self._known.get(number) or self.several([number])[0]

    def several(self, numbers: list[int]) -> list[Place]:
        """Return places by their numbers; those not read before are read together."""
        known = self._known
        fresh = [number for number in dict.fromkeys(numbers) if number not in known]
        if fresh:
            if len(known) >= _KEPT:
                known.clear()
                fresh = list(dict.fromkeys(numbers))
            known.update(zip(fresh, self._read(fresh), strict=True))
        return [known[number] for number in numbers]

    def geonames_id(self, number: int) -> str | None:
        """Return the GeoNames id of a place by its number, None where it has none or the number is negative."""
        if number < 0:
            return None
        place_id = self.one(number).id
        if place_id.startswith("geonames:"):
            return place_id
        known = float(self._store.take("geonames", np.array([number]))[0])
        return None if np.isnan(known) else f"geonames:{int(known)}"

    def _read(self, numbers: list[int]) -> list[Place]:
        columns = self._store.values(PLACE_FIELDS, np.array(numbers))
        seen = self._store.seen
        if seen is not None:
            fields = (columns[name].tolist() for name in ("id", "country", "admin1"))
            columns["country"][:] = seen.countries(*fields)
        places = []
        for id_, name, kind, country, admin1, lon, lat, population, radius, first, last in zip(
            *map(np.ndarray.tolist, columns.values()), strict=True
        ):
            # A missing number is NaN, which differs from itself.
            people = int(population) if population == population else None
            begins = date.fromordinal(int(first) + EPOCH) if first == first else None
            ends = date.fromordinal(int(last) + EPOCH) if last == last else None
            places.append(Place(id_, name, kind, country, admin1, lon, lat, people, round(radius, 1), begins, ends))
        return places


def place_of_area(area: Area, seen: SeenBy | None = None) -> Place:
    """Return a derived place without its shape, of the country that a view gives it."""
    country = area.country if seen is None else seen.country(area.id, area.country, area.admin1)
    return Place(area.id, area.name, area.kind, country, area.admin1, area.lon, area.lat, None, area.radius_km)
