"""Evaluates a place to geometry: a point, a radius of uncertainty and a shape.

The id of a place, stored or derived, becomes an `Area`. The id of a derived place is the formula of its making
over the ids of others (`gazetteer.geometry.formulas`), so that anybody who has the id has the place.

Angles are degrees in EPSG:4326, lon before lat; distances are kilometres on the sphere (less than 0.5 % off the
ellipsoid; the point of an offset is geodesic on WGS84).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from gazetteer.arrays import Ints
from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.formulas import Derivation, read_formula
from gazetteer.geometry.groups import Groups
from gazetteer.index.store import Store
from gazetteer.locks import cached_property
from gazetteer.model import Area

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from gazetteer.geometry.shapes import ShapeMaker

__all__ = ["ShapeEvaluator"]

_REMEMBERED = 20_000
# What consists of members, which come and go on days of their own.
_MEMBERS = re.compile("(?:group|region):")
_OF_AREA = ("name", "kind", "country", "admin1", "lon", "lat", "radius_km")


class ShapeEvaluator:
    """Evaluates ids.

    Parameters
    ----------
    store
        The opened tables.
    groups
        Country lists and macro-regions.
    """

    def __init__(self, store: Store, groups: Groups) -> None:
        self._store = store
        self._groups = groups
        # The areas of the latest ids are kept: other places are derived from them.
        self._evaluated = lru_cache(maxsize=_REMEMBERED)(self._evaluate)
        self._numbers: dict[str, int] = {}

    def place_id(self, number: int) -> str:
        """Return the id of a stored place by its number, which is remembered: its area is found without a search."""
        place_id = str(self._store.index.value("id", number))
        if len(self._numbers) >= _REMEMBERED:
            self._numbers.clear()
        self._numbers[place_id] = number
        return place_id

    def evaluate(self, place_id: str, day: int) -> Area:
        """Return the area of an id on a day (days since 1970).

        Raises
        ------
        UnknownPlaceError
            When no place has the id, or what it asks for does not exist (a border of places that do not touch).
        """
        if place_id.startswith("derived:") and not _MEMBERS.search(place_id):
            # What is made of countries, units and towns is made once for all days between which none of them changes.
            later = bisect_right(self._days_of_change, day)
            day = self._days_of_change[later - 1] if later else day
        return self._evaluated(place_id, day)

    @cached_property
    def _days_of_change(self) -> list[int]:
        """The days on which a place begins or is gone, or the extent of a country changes, ascending."""
        known = self._store.index.known
        own = {*known("valid_from").astype(int).tolist(), *(known("valid_to").astype(int) + 1).tolist()}
        return sorted(own | self._groups.days_of_change)

    def _evaluate(self, place_id: str, day: int) -> Area:
        if not place_id.startswith("derived:"):
            return self._stored(place_id, day)
        op, arguments = read_formula(place_id)
        parts = [self.evaluate(text, day) if is_place else text for text, is_place in arguments]
        return self._maker.derive(op, place_id, day, parts)

    def points(self, numbers: Ints) -> list[Area]:
        """Return the areas of stored places of which the tables say all, as of towns, by their numbers."""
        found = self._store.index.values(("id", *_OF_AREA), numbers)
        rows = zip(*(found[name].tolist() for name in ("id", *_OF_AREA)), numbers.tolist(), strict=True)
        return [
            Area(place_id, name, kind, country, admin1, lon, lat, radius, partial(self._shape_of, number))
            for place_id, name, kind, country, admin1, lon, lat, radius, number in rows
        ]

    def derive_all(self, asked: Sequence[Derivation]) -> list[Area]:
        """Return the areas of n derivations, as `evaluate` does of their ids one by one."""
        return self._maker.derive_all(asked)

    def countries(self, place_id: str, day: int) -> list[str]:
        """Return the ids of the countries, and states of the past, that a place consists of on a day.

        Raises
        ------
        UnknownPlaceError
            When it does not consist of countries.
        """
        if place_id.startswith("derived:"):
            op, arguments = read_formula(place_id)
            if op not in ("union", "minus"):
                raise UnknownPlaceError(f"Members: expected countries, groups or regions of countries, got {op}.")
            first, *others = [self.countries(text, day) for text, _ in arguments]
            rest = {country for one in others for country in one}
            if op == "minus":
                return [country for country in first if country not in rest]
            return list(dict.fromkeys([*first, *sorted(rest)]))
        if place_id.startswith("group:"):
            return self._groups.member_units(place_id, day)
        units = self._groups.units(place_id, day) if self._groups.has(place_id) else [place_id]
        found = {unit for unit in units if unit.startswith("iso:") and "-" not in unit}
        if not found:
            raise UnknownPlaceError(f"Members: expected countries, groups or regions of countries, got {place_id!r}.")
        return sorted(found)

    def _stored(self, place_id: str, day: int) -> Area:
        number = self._numbers.get(place_id, -1)
        number = number if number >= 0 else self._store.find(place_id)
        # A country that was larger on the day keeps its id and its name, as a group does whose members change.
        extent = (self._groups.whole(place_id, day) if place_id.startswith("iso:") else None) or place_id
        name, kind, country, admin1, lon, lat, radius = (self._store.index.value(c, number) for c in _OF_AREA)
        if kind == "group" or extent != place_id or self._groups.changes(place_id):
            # Its members follow the date, and so do its point and its radius.
            lon, lat, radius = self._maker.point_and_radius(self._groups.units(extent, day))
            lon, lat, radius = round(lon, 5), round(lat, 5), round(radius, 1)
        # Other regions, such as the Deep South, have a shape or a point of their own.
        if extent != place_id or self._groups.has(place_id):
            return Area(
                place_id,
                name,
                kind,
                country,
                admin1,
                lon,
                lat,
                radius,
                lambda: self._maker.union(self._groups.units(extent, day)),
            )
        return Area(place_id, name, kind, country, admin1, lon, lat, radius, partial(self._shape_of, number))

    def _shape_of(self, number: int) -> BaseGeometry:
        return self._maker.stored(number)

    @cached_property
    def _maker(self) -> ShapeMaker:
        # Shapely is loaded with the first shape.
        from gazetteer.geometry.shapes import ShapeMaker

        return ShapeMaker(self._store)
