"""Makes places of other places: derived areas, with a radius of uncertainty.

One function an operation; `OPERATIONS` names them as the ids of derived places do. See `gazetteer.geometry.derived`.

Source
------
Point and radius: the point-radius method (Wieczorek, Guo and Hijmans 2004): the radius of a derived place adds up the
extent of the place named, the rounding of the distance and the vagueness of the direction. Where that method bounds
the error, this one gives the distance that holds it in about nine cases of ten. Parts of areas: internal cardinal
directions (Liu, Wang, Jin and Wu 2005), as whole units where the area has any; see `gazetteer.geometry.parts`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.derivation import NEAR_KM, SEAM, Surroundings, area_around, derived_area, united
from gazetteer.geometry.edges import border, border_side, coast, offshore, tripoint
from gazetteer.geometry.formulas import BEARINGS, Derivation
from gazetteer.geometry.geodesy import (
    buffer_km,
    destination,
    destinations,
    disc,
    geodesic_path,
    haversine_km,
    point_and_radius,
)
from gazetteer.geometry.parts import part
from gazetteer.model import Area

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["OPERATIONS", "derive_all"]

# A direction is meant to half the angle to the next of eight winds; nine in ten lie within this many degrees of it.
_SLACK_DEGREES = 22.5
# "North of X" without a distance: within this of the edge of X.
_TOWARD_KM = 15.0


@dataclass(frozen=True, slots=True)
class _Way:
    """How a derived place is reached from the one it is made of.

    Attributes
    ----------
    bearing, km
        Where to and how far.
    radius, name
        Of the derived place: in km, and what it is called.
    """

    bearing: float
    km: float
    radius: float
    name: str


def _offset_way(of: Area, km: str, direction: str) -> _Way:
    """Return the way to the point so many km from a place in a direction; without one, no way: around the place."""
    distance = float(km)
    rounding = _rounding(distance)
    if direction == "-":
        return _Way(0.0, 0.0, distance + rounding + of.radius_km, f"{distance:g} km from {of.name}")
    slack = 2 * distance * math.sin(math.radians(_SLACK_DEGREES) / 2)
    radius = math.hypot(slack, rounding) + min(of.radius_km, distance + 10)
    return _Way(BEARINGS[direction], distance, radius, f"{distance:g} km {direction} of {of.name}")


def _toward_way(of: Area, direction: str) -> _Way:
    """Return the way to one side of a place, beyond its edge."""
    away = min(of.radius_km, 60) + _TOWARD_KM / 2
    radius = math.hypot(2 * away * math.sin(math.radians(_SLACK_DEGREES)), _TOWARD_KM)
    return _Way(BEARINGS[direction], away, radius, f"{direction} of {of.name}")


_WAYS: dict[str, Callable[..., _Way]] = {"offset": _offset_way, "toward": _toward_way}


def _disc_at(place_id: str, of: Area, way: _Way, lon: float, lat: float) -> Area:
    """Return the disc at the end of a way."""
    return derived_area(place_id, way.name, [of], (lon, lat, way.radius), lambda: disc(lon, lat, way.radius))


def _offset(world: Surroundings, place_id: str, day: int, km: str, direction: str, of: Area) -> Area:
    """Return the disc around the point so many km from a place in a direction; without one, around the place."""
    way = _offset_way(of, km, direction)
    lon, lat = destination(of.lon, of.lat, way.bearing, way.km) if way.km else (of.lon, of.lat)
    return _disc_at(place_id, of, way, lon, lat)


def _point(world: Surroundings, place_id: str, day: int, lon: str, lat: str, km: str) -> Area:
    """Return the disc around coordinates, as wide as their digits leave open."""
    x, y, radius = float(lon), float(lat), float(km)
    if abs(x) > 180 or abs(y) > 90:
        raise UnknownPlaceError(f"Place id: expected lon -180..180 and lat -90..90, got {place_id}.")
    country, unit = world.holders(x, y)
    return Area(place_id, f"{y:g}, {x:g}", "derived", country, unit, x, y, radius, lambda: disc(x, y, radius))


def _rounding(km: float) -> float:
    """Return half the step that a distance seems rounded to: 5 km for 30, 2.5 for 25, 0.5 for 12."""
    for step in (100, 50, 10, 5, 1):
        if km >= step and math.isclose(km % step, 0, abs_tol=1e-6):
            return step / 2
    return max(0.1 * km, 0.1)


def _toward(world: Surroundings, place_id: str, day: int, direction: str, of: Area) -> Area:
    """Return the disc on one side of a place, beyond its edge."""
    way = _toward_way(of, direction)
    return _disc_at(place_id, of, way, *destination(of.lon, of.lat, way.bearing, way.km))


def _near(world: Surroundings, place_id: str, day: int, of: Area) -> Area:
    """Return what lies around a place, the place itself included."""
    return area_around(place_id, f"near {of.name}", of, NEAR_KM + 0.1 * of.radius_km)


def _outskirts(world: Surroundings, place_id: str, day: int, of: Area) -> Area:
    """Return a town's edge and the first kilometres beyond it."""
    return area_around(place_id, f"outskirts of {of.name}", of, 3 + 0.25 * min(of.radius_km, 40))


def _countryside(world: Surroundings, place_id: str, day: int, of: Area) -> Area:
    """Return the land around a town, or the unit itself where a unit is named: rural Idlib is Idlib."""
    name = f"countryside of {of.name}"
    if of.kind in ("country", "admin1", "admin2", "region"):
        return derived_area(place_id, name, [of], (of.lon, of.lat, of.radius_km), lambda: of.shape)
    radius = 2 * of.radius_km + 20
    return derived_area(place_id, name, [of], (of.lon, of.lat, radius), lambda: disc(of.lon, of.lat, radius))


def _between(world: Surroundings, place_id: str, day: int, a: Area, b: Area) -> Area:
    """Return the corridor between two places, a quarter as wide as long."""
    return _corridor(place_id, f"between {a.name} and {b.name}", a, b, 0.125)


def _road(world: Surroundings, place_id: str, day: int, a: Area, b: Area) -> Area:
    """Return the corridor in which a road from one place to another runs; roads wind, so it is not narrow."""
    return _corridor(place_id, f"road from {a.name} to {b.name}", a, b, 0.1)


def _corridor(place_id: str, name: str, a: Area, b: Area, width: float) -> Area:
    length = float(haversine_km(a.lon, a.lat, b.lon, b.lat))
    side = max(width * length, 3.0)
    line = geodesic_path((a.lon, a.lat), (b.lon, b.lat))
    lon, lat = line[len(line) // 2]
    lon = (lon + 180) % 360 - 180
    radius = math.hypot(0.45 * length, side) + 0.1 * (min(a.radius_km, 50) + min(b.radius_km, 50))

    def shape() -> BaseGeometry:

        return buffer_km(shapely.LineString(line), side)

    return derived_area(place_id, name, [a, b], (lon, lat, radius), shape)


def _union(world: Surroundings, place_id: str, day: int, *of: Area) -> Area:
    """Return all of several places; towns among them count with their extent."""
    names = [area.name for area in of]
    name = ", ".join(names[:-1]) + " and " + names[-1] if len(names) <= 5 else f"{names[0]} and {len(of) - 1} more"

    extents = [_extent(area) for area in of]
    whole = united(extents)
    return derived_area(place_id, name, list(of), point_and_radius(whole, extents), lambda: whole)


def _minus(world: Surroundings, place_id: str, day: int, whole: Area, taken: Area) -> Area:
    """Return a place without another one."""
    rest = shapely.difference(_extent(whole), _extent(taken).buffer(SEAM))
    if rest.is_empty:
        raise UnknownPlaceError(f"Nothing of {whole.name} is left without {taken.name}.")
    return derived_area(place_id, f"{whole.name} except {taken.name}", [whole], point_and_radius(rest), lambda: rest)


def _extent(area: Area) -> BaseGeometry:
    return disc(area.lon, area.lat, area.radius_km) if area.is_point else area.shape


OPERATIONS: dict[str, Callable[..., Area]] = {
    "point": _point,
    "offset": _offset,
    "toward": _toward,
    "near": _near,
    "outskirts": _outskirts,
    "countryside": _countryside,
    "between": _between,
    "road": _road,
    "border": border,
    "coast": coast,
    "offshore": offshore,
    "part": part,
    "union": _union,
    "minus": _minus,
    "side": border_side,
    "tripoint": tripoint,
}


def derive_all(world: Surroundings, asked: Sequence[Derivation]) -> list[Area]:
    """Return what `OPERATIONS` make of n places; the ways that lead away from them are measured together."""
    ways = [_WAYS[one.op](one.of, *one.literals) if one.op in _WAYS else None for one in asked]
    led = [(one, way) for one, way in zip(asked, ways, strict=True) if way is not None and way.km]
    numbers = [(one.of.lon, one.of.lat, way.bearing, way.km) for one, way in led]
    ends = iter(zip(*destinations(*np.array(numbers).T), strict=True) if numbers else ())
    areas = []
    for one, way in zip(asked, ways, strict=True):
        if way is None:
            areas.append(OPERATIONS[one.op](world, one.place_id, one.day, *one.literals, one.of))
        else:
            areas.append(_disc_at(one.place_id, one.of, way, *(next(ends) if way.km else (one.of.lon, one.of.lat))))
    return areas
