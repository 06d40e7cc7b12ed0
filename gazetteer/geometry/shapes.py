"""Shapes of stored places, unions of them, and what the operations on places ask about the world around an area.

Numbers and ids of places become shapely shapes in EPSG:4326, lon/lat. This module loads Shapely, so that a
look-up that asks for no shape goes without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gazetteer.geometry.derivation import SEAM, united
from gazetteer.geometry.formulas import Derivation
from gazetteer.geometry.geodesy import point_and_radius
from gazetteer.geometry.operations import OPERATIONS, derive_all
from gazetteer.geometry.reverse import containing
from gazetteer.index.store import Store
from gazetteer.model import Area

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["ShapeMaker", "dissolve", "shape_of", "union"]


class ShapeMaker:
    """Makes shapes, and knows what lies around an area.

    Parameters
    ----------
    store
        The opened tables.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def stored(self, number: int) -> BaseGeometry:
        """Return the shape of a stored place by its number, its point where no shape is known."""
        return shape_of(self._store, number)

    def union(self, units: Iterable[str]) -> BaseGeometry:
        """Return the union of units; see `union`."""
        return union(self._store, units)

    def point_and_radius(self, units: Iterable[str]) -> tuple[float, float, float]:
        """Return a point on the union of units and the radius around it."""
        return point_and_radius(self.union(units))

    def derive(self, op: str, place_id: str, day: int, parts: Sequence[Area | str]) -> Area:
        """Return the area that an operation makes of others; see `gazetteer.geometry.operations`."""
        return OPERATIONS[op](self, place_id, day, *parts)

    def derive_all(self, asked: Sequence[Derivation]) -> list[Area]:
        """Return the areas that operations make of n places; see `gazetteer.geometry.operations`."""
        return derive_all(self, asked)

    def land_near(self, shape: BaseGeometry) -> BaseGeometry:
        """Return the land of all countries in the box around a shape."""
        tree, shapes, _ = self._layer("countries")
        box = shapely.box(*shape.bounds).buffer(0.1)
        return shapely.union_all(shapely.clip_by_rect(shapes[tree.query(box)], *box.bounds))

    def holders(self, lon: float, lat: float) -> tuple[str | None, str | None]:
        """Return the country and the first-level unit that a point lies in today, None for open water."""
        found = np.array(containing(self._store, lon, lat), dtype="int64")
        kinds = self._store.take("kind", found)
        countries = self._store.take("country", found[kinds == "country"])
        units = self._store.take("admin1", found[kinds == "admin1"])
        country = str(countries[0]) if len(countries) else None
        return country, str(units[0]) if country and len(units) and units[0] is not None else None

    def beside(self, area: Area) -> list[BaseGeometry]:
        """Return the shapes of the same layer that touch an area."""
        layer = "countries" if area.kind == "country" else "admin1" if area.kind == "admin1" else "countries"
        tree, shapes, ids = self._layer(layer)
        near = tree.query(area.shape.buffer(SEAM), predicate="intersects")
        others = [shapes[i] for i in near if ids[i] != area.id]
        # What belonged to a country on the day lies in it and not beside it.
        size = area.shape.area
        return [o for o in others if o.area > size or not area.shape.contains(o.representative_point())]

    def units(self, area: Area, day: int) -> tuple[Any, Any, Any]:
        """Return lon, lat and shapes of the first-level units of a country that exist on a day."""
        numbers = self._store.numbers_of("admin1")
        here = numbers[self._store.index.having("country", area.country)[numbers]]
        here = here[self._store.index.exist_on(here, day)]
        shapes = np.array([shape_of(self._store, int(number)) for number in here], dtype=object)
        return self._store.take("lon", here), self._store.take("lat", here), shapes

    @lru_cache(maxsize=4)  # noqa: B019 - one a process
    def _layer(self, name: str) -> tuple[Any, Any, Any]:
        """Return a tree over the shapes of a layer, the shapes and their ids."""
        numbers = self._store.numbers_of(name)
        shapes = shapely.from_wkb(self._store.outlines(name))
        bare = np.flatnonzero(shapely.is_missing(shapes))
        shapes[bare] = shapely.points(*(self._store.take(column, numbers[bare]) for column in ("lon", "lat")))
        return shapely.STRtree(shapes), shapes, self._store.take("id", numbers)


def union(store: Store, units: Iterable[str]) -> BaseGeometry:
    """Return the union of units in EPSG:4326, lon/lat, valid; computed once for the same units.

    Shapes that meet at the antimeridian stay cut there, as RFC 7946 asks.

    Parameters
    ----------
    store
        Where the shapes are.
    units
        Ids as `Groups.units` gives them: those with a ``-`` before them are taken away from the union of the others.

    Raises
    ------
    UnknownPlaceError
        When an id is not in the store.
    """
    return _union(store, tuple(units))


@lru_cache(maxsize=256)
def _union(store: Store, units: tuple[str, ...]) -> BaseGeometry:
    return dissolve(units, lambda unit: shape_of(store, store.find(unit)))


def shape_of(store: Store, number: int) -> BaseGeometry:
    """Return the shape of a stored place by its number, its point where no shape is known."""
    wkb = store.wkb(number)
    if wkb is not None:
        return shapely.from_wkb(wkb)
    return shapely.Point(store.index.value("lon", number), store.index.value("lat", number))


def dissolve(units: Iterable[str], shape: Callable[[str], BaseGeometry]) -> BaseGeometry:
    """Return the union of the shapes of units, less those with a ``-`` before them."""
    units = list(units)
    whole = united([shape(unit) for unit in units if not unit.startswith("-")])
    less = [shape(unit.removeprefix("-")) for unit in units if unit.startswith("-")]
    if less:
        whole = shapely.difference(whole, shapely.union_all(less))
    return whole if shapely.is_valid(whole) else shapely.make_valid(whole)
