"""Evaluates a place to geometry: a point, a radius of uncertainty and a shape.

The id of a place enters, stored or derived; an `Area` leaves. The id of a derived place is the formula of its making
over the ids of others, so that anybody who has the id has the place::

    derived:offset(30,SW,geonames:1138958)      30 km southwest of Kandahar
    derived:part(W,iso:KZ)                      the west of Kazakhstan
    derived:minus(group:csto,iso:AM)            CSTO members but Armenia, on the day asked for

Angles are degrees in EPSG:4326, lon before lat; distances are kilometres on the sphere (less than 0.5 % off the
ellipsoid; the point of an offset is geodesic on WGS84).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.geodesy import point_and_radius
from gazetteer.geometry.groups import Groups, shape_of, union
from gazetteer.geometry.operations import BEARINGS, FORMS, OPERATIONS, SEAM, memo
from gazetteer.index.store import Store
from gazetteer.model import Area

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["ShapeEvaluator"]

# Formulas nested deeper are none that a phrase gives; of longer ones an error shows the beginning.
_DEEPEST = 20
_REMEMBERED = 20_000
_SHOWN = 100


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
        self.store = store
        self.groups = groups
        self.evaluate = lru_cache(maxsize=_REMEMBERED)(self._evaluate)
        self._numbers: dict[str, int] = {}

    def place_id(self, number: int) -> str:
        """Return the id of a stored place by its number, which is remembered: its area is found without a search."""
        place_id = str(self.store.take("id", np.array([number]))[0])
        if len(self._numbers) >= _REMEMBERED:
            self._numbers.clear()
        self._numbers[place_id] = number
        return place_id

    def _evaluate(self, place_id: str, day: int) -> Area:
        """Return the area of an id on a day (days since 1970).

        Raises
        ------
        UnknownPlaceError
            When the id is none, or what it asks for does not exist (a border of places that have none in common).
        """
        if not place_id.startswith("derived:"):
            return self._stored(place_id, day)
        op, arguments = _split(place_id)
        if op not in OPERATIONS:
            known = ", ".join(sorted(OPERATIONS))
            raise UnknownPlaceError(f"Place id: expected one of {known}, got {_short(place_id)}.")
        if not re.fullmatch(FORMS[op], "".join(_letter(text) for text in arguments)):
            raise UnknownPlaceError(f"Place id: expected the arguments of {op}, got {_short(place_id)}.")
        parts = [self.evaluate(_inner(text), day) if _letter(text) == "P" else text for text in arguments]
        return OPERATIONS[op](self, place_id, day, *parts)

    def _stored(self, place_id: str, day: int) -> Area:
        number = self._numbers.get(place_id, -1)
        number = number if number >= 0 else self.store.find(place_id)
        at = np.array([number])
        name, kind, country, admin1 = (self.store.take(c, at)[0] for c in ("name", "kind", "country", "admin1"))
        lon, lat, radius = (float(self.store.take(name, at)[0]) for name in ("lon", "lat", "radius_km"))
        if kind in ("group", "region"):
            shape = memo(lambda: self._union_of_units(place_id, day))
            if kind == "group":
                # Its members follow the date, and so do its point and its radius.
                lon, lat, radius = point_and_radius(shape())
            return Area(place_id, name, kind, country, admin1, lon, lat, radius, shape)
        return Area(place_id, name, kind, country, admin1, lon, lat, radius, lambda: self.stored_shape(number))

    def stored_shape(self, number: int) -> BaseGeometry:
        """Return the shape of a stored place by its number, its point where no shape is known."""
        return shape_of(self.store, number)

    def _union_of_units(self, place_id: str, day: int) -> BaseGeometry:
        return union(self.store, self.groups.units(place_id, day))

    def land_near(self, shape: BaseGeometry) -> BaseGeometry:
        """Return the land of all countries in the box around a shape."""
        import shapely

        tree, shapes, _ = self._layer("countries")
        box = shapely.box(*shape.bounds).buffer(0.1)
        return shapely.union_all(shapely.clip_by_rect(shapes[tree.query(box)], *box.bounds))

    def holders(self, lon: float, lat: float) -> tuple[str | None, str | None]:
        """Return the country and the first-level unit that a point lies in today, None for open water."""
        from gazetteer.geometry.reverse import containing

        found = np.array(containing(self.store, lon, lat), dtype="int64")
        kinds = self.store.take("kind", found)
        countries = self.store.take("country", found[kinds == "country"])
        units = self.store.take("admin1", found[kinds == "admin1"])
        country = str(countries[0]) if len(countries) else None
        return country, str(units[0]) if country and len(units) and units[0] is not None else None

    def beside(self, area: Area) -> list[BaseGeometry]:
        """Return the shapes of the same layer that touch an area."""
        layer = "countries" if area.kind == "country" else "admin1" if area.kind == "admin1" else "countries"
        tree, shapes, ids = self._layer(layer)
        near = tree.query(area.shape.buffer(SEAM), predicate="intersects")
        return [shapes[i] for i in near if ids[i] != area.id]

    def units(self, area: Area, day: int) -> tuple[Any, Any, Any]:
        """Return lon, lat and shapes of the first-level units of a country that exist on a day."""
        numbers = self.store.numbers_of("admin1")
        here = numbers[self.store.index.having("country", area.country)[numbers]]
        here = here[self.store.index.exist_on(here, day)]
        shapes = np.array([self.stored_shape(int(number)) for number in here], dtype=object)
        return self.store.take("lon", here), self.store.take("lat", here), shapes

    @lru_cache(maxsize=4)  # noqa: B019 - one a process
    def _layer(self, name: str) -> tuple[Any, Any, Any]:
        """Return a tree over the shapes of a layer, the shapes and their ids."""
        import shapely

        numbers = self.store.numbers_of(name)
        shapes = np.array([self.stored_shape(number) for number in numbers.tolist()], dtype=object)
        return shapely.STRtree(shapes), shapes, self.store.take("id", numbers)


def _split(place_id: str) -> tuple[str, list[str]]:
    """Split ``derived:op(a,b(c,d))`` into op and arguments.

    Examples
    --------
    >>> _split("derived:minus(group:csto,union(iso:AM,iso:BY))")
    ('minus', ['group:csto', 'union(iso:AM,iso:BY)'])
    """
    op, bracket, rest = place_id.removeprefix("derived:").partition("(")
    levels = list(accumulate((letter == "(") - (letter == ")") for letter in rest))
    if not bracket or levels[-1:] != [-1] or min(levels[:-1], default=0) < 0 or max(levels) > _DEEPEST:
        raise UnknownPlaceError(f"Place id: expected derived:operation(…), got {_short(place_id)}.")
    commas = [i for i, letter in enumerate(rest) if letter == "," and levels[i] == 0]
    return op, [rest[start + 1 : end] for start, end in pairwise([-1, *commas, len(rest) - 1])]


def _letter(argument: str) -> str:
    """Return the letter that stands for an argument in `FORMS`; ``?`` for what is none."""
    if ":" in argument or "(" in argument:
        return "P"
    if argument in BEARINGS:
        return "W"
    if argument in ("C", "-"):
        return argument
    if re.fullmatch(r"\d{1,5}(?:\.\d{1,5})?", argument):
        return "N"
    return "D" if re.fullmatch(r"-\d{1,3}(?:\.\d{1,5})?", argument) else "?"


def _inner(text: str) -> str:
    return f"derived:{text}" if "(" in text else text


def _short(place_id: str) -> str:
    return repr(place_id if len(place_id) <= _SHOWN else f"{place_id[:_SHOWN]}…")
