"""Makes places of other places: areas enter, a derived area leaves, with a radius of uncertainty.

One function an operation; `OPERATIONS` names them as the ids of derived places do. See `gazetteer.geometry.derived`.

Source
------
Point and radius: the point-radius method (Wieczorek, Guo and Hijmans 2004): the radius of a derived place adds up the
extent of the place named, the rounding of the distance and the vagueness of the direction. Where that method bounds
the error, this one gives the distance that holds it in about nine cases of ten. Parts of areas: internal cardinal
directions (Liu, Wang, Jin and Wu 2005), as whole units where the area has any; see `_part`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely

from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.formulas import BEARINGS
from gazetteer.geometry.geodesy import (
    buffer_km,
    cut_at_antimeridian,
    destination,
    disc,
    geodesic_path,
    haversine_km,
    point_and_radius,
    spherical_destination,
)
from gazetteer.model import Area

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["OPERATIONS", "SEAM", "Surroundings", "memo"]

# A direction is meant to half the angle to the next of eight winds; nine in ten lie within this many degrees of it.
_SLACK_DEGREES = 22.5
# "North of X" without a distance: within this of the edge of X.
_TOWARD_KM = 15.0
# Around a place, beyond its own extent: people say "near" of a town within a day's walk.
_NEAR_KM = 10.0
# Water "off the coast", unless a distance is said.
_OFFSHORE_KM = 50.0
# The side of a border, and the area where three borders meet, as news use the words: the towns that are called so
# (Ménaka, Tillabéri, Dori and Djibo of Liptako-Gourma) lie this far from the point or nearer, but for Djibo.
_ALONG_KM, _TRIPOINT_KM = 30.0, 120.0
# How far apart, in degrees, outlines may lie where borders meet.
_MEETS_WITHIN = 0.3
# A shore lies on a sea whose shape is this near, in degrees: their outlines come from different maps.
_ON_A_SEA = 0.2
# "The west coast" faces west within this.
_FACING_DEGREES = 60.0
# Parts of a country that lie further apart than twice this, in degrees, are not of one piece: Hawaii, the Canaries.
_APART = 1.5
# Parts of a shape smaller than this, beside the largest, do not count for its extent.
_ISLET = 0.01
# What lies around a place this large has parts as areas have, not sectors as towns have.
_WIDE_KM = 300.0
# Units whose centre lies in the outer two fifths of the extent are "the north"; a shape without units is halved.
_UNITS_FROM, _HALF = 0.6, 0.5
# Shapes that share a border are rounded apart by at most this many degrees.
SEAM = 0.002


class Surroundings(Protocol):
    """What an operation may ask about the world around an area."""

    def land_near(self, shape: BaseGeometry) -> BaseGeometry:
        """Return the land in the box around a shape."""

    def holders(self, lon: float, lat: float) -> tuple[str | None, str | None]:
        """Return the country and the first-level unit that a point lies in, None for open water."""

    def beside(self, area: Area) -> list[BaseGeometry]:
        """Return the shapes of the neighbours of an area."""

    def units(self, area: Area, day: int) -> tuple[Any, Any, Any]:
        """Return lon, lat and shapes of the units of a country on a day."""


def memo(make: Callable[[], BaseGeometry]) -> Callable[[], BaseGeometry]:
    """Return a shape's maker that makes it once."""
    return lru_cache(maxsize=1)(make)


def _derived(place_id: str, name: str, of: list[Area], point: tuple[float, float, float], shape: Any) -> Area:
    """Return a derived area; it lies in the country and unit that all it is made of lie in."""
    countries, units = {area.country for area in of}, {area.admin1 for area in of}
    country = countries.pop() if len(countries) == 1 else None
    unit = units.pop() if len(units) == 1 and country else None
    lon, lat, radius = point
    return Area(place_id, name, "derived", country, unit, round(lon, 5), round(lat, 5), round(radius, 1), shape)


def _offset(world: Surroundings, place_id: str, day: int, km: str, direction: str, of: Area) -> Area:
    """Return the disc around the point so many km from a place in a direction; without one, around the place."""
    distance = float(km)
    rounding = _rounding(distance)
    if direction == "-":
        lon, lat, radius = of.lon, of.lat, distance + rounding + of.radius_km
        name = f"{distance:g} km from {of.name}"
    else:
        lon, lat = destination(of.lon, of.lat, BEARINGS[direction], distance)
        slack = 2 * distance * math.sin(math.radians(_SLACK_DEGREES) / 2)
        radius = math.hypot(slack, rounding) + min(of.radius_km, distance + 10)
        name = f"{distance:g} km {direction} of {of.name}"
    return _derived(place_id, name, [of], (lon, lat, radius), memo(lambda: disc(lon, lat, radius)))


def _point(world: Surroundings, place_id: str, day: int, lon: str, lat: str, km: str) -> Area:
    """Return the disc around coordinates, as wide as their digits leave open."""
    x, y, radius = float(lon), float(lat), float(km)
    if abs(x) > 180 or abs(y) > 90:
        raise UnknownPlaceError(f"Place id: expected lon -180..180 and lat -90..90, got {place_id}.")
    country, unit = world.holders(x, y)
    shape = memo(lambda: disc(x, y, radius))
    return Area(place_id, f"{y:g}, {x:g}", "derived", country, unit, x, y, radius, shape)


def _rounding(km: float) -> float:
    """Return half the step that a distance seems rounded to: 5 km for 30, 2.5 for 25, 0.5 for 12."""
    for step in (100, 50, 10, 5, 1):
        if km >= step and math.isclose(km % step, 0, abs_tol=1e-6):
            return step / 2
    return max(0.1 * km, 0.1)


def _toward(world: Surroundings, place_id: str, day: int, direction: str, of: Area) -> Area:
    """Return the disc on one side of a place, beyond its edge."""
    away = min(of.radius_km, 60) + _TOWARD_KM / 2
    lon, lat = destination(of.lon, of.lat, BEARINGS[direction], away)
    radius = math.hypot(2 * away * math.sin(math.radians(_SLACK_DEGREES)), _TOWARD_KM)
    return _derived(
        place_id, f"{direction} of {of.name}", [of], (lon, lat, radius), memo(lambda: disc(lon, lat, radius))
    )


def _near(world: Surroundings, place_id: str, day: int, of: Area) -> Area:
    """Return what lies around a place, the place itself included."""
    return _around(place_id, f"near {of.name}", of, _NEAR_KM + 0.1 * of.radius_km)


def _outskirts(world: Surroundings, place_id: str, day: int, of: Area) -> Area:
    """Return a town's edge and the first kilometres beyond it."""
    return _around(place_id, f"outskirts of {of.name}", of, 3 + 0.25 * min(of.radius_km, 40))


def _around(place_id: str, name: str, of: Area, km: float) -> Area:
    def shape() -> BaseGeometry:
        return disc(of.lon, of.lat, of.radius_km + km) if of.is_point else buffer_km(of.shape, km)

    return _derived(place_id, name, [of], (of.lon, of.lat, of.radius_km + km), memo(shape))


def _countryside(world: Surroundings, place_id: str, day: int, of: Area) -> Area:
    """Return the land around a town, or the unit itself where a unit is named: rural Idlib is Idlib."""
    name = f"countryside of {of.name}"
    if of.kind in ("country", "admin1", "admin2", "region"):
        return _derived(place_id, name, [of], (of.lon, of.lat, of.radius_km), lambda: of.shape)
    radius = 2 * of.radius_km + 20
    return _derived(place_id, name, [of], (of.lon, of.lat, radius), memo(lambda: disc(of.lon, of.lat, radius)))


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
    radius = math.hypot(0.45 * length, side) + 0.1 * (min(a.radius_km, 50) + min(b.radius_km, 50))

    def shape() -> BaseGeometry:

        return buffer_km(shapely.LineString(line), side)

    return _derived(place_id, name, [a, b], (lon, lat, radius), memo(shape))


def _border(world: Surroundings, place_id: str, day: int, a: Area, b: Area | None = None) -> Area:
    """Return the line that two areas share, or all of an area's border on land."""
    if not a.shape.area or (b is not None and not b.shape.area):
        raise UnknownPlaceError(f"{a.name}{f' and {b.name}' if b else ''}: expected areas, which have borders.")
    others = [b.shape] if b is not None else world.beside(a)
    line = shapely.union_all([_shared(a.shape, other) for other in others])
    if line.is_empty or line.length < SEAM:
        raise UnknownPlaceError(f"{a.name} and {b.name} share no border." if b else f"{a.name} has no border on land.")
    longest = max(shapely.get_parts(line), key=lambda part: part.length)
    middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    steps = shapely.line_interpolate_point(line, np.linspace(0, 1, 100), normalized=True)
    away = haversine_km(shapely.get_x(steps), shapely.get_y(steps), middle.x, middle.y)
    name = f"border of {a.name} and {b.name}" if b else f"border of {a.name}"
    point = (middle.x, middle.y, float(np.quantile(away, 0.9)) + 10)
    return _derived(place_id, name, [a, b] if b else [a], point, lambda: line)


def _border_side(world: Surroundings, place_id: str, day: int, line: Area, of: Area) -> Area:
    """Return what lies along a border on one side of it: "the Syrian side of the Turkish border"."""
    if not of.shape.area:
        raise UnknownPlaceError(f"{of.name}: expected an area, which has sides of a border.")
    strip = shapely.intersection(buffer_km(line.shape, _ALONG_KM), of.shape)
    if not strip.area:
        raise UnknownPlaceError(f"{of.name} does not lie at the {line.name}.")
    lon, lat, radius = point_and_radius(strip)
    return _derived(place_id, f"{line.name}, side of {of.name}", [of], (lon, lat, radius), lambda: strip)


def _tripoint(world: Surroundings, place_id: str, day: int, a: Area, b: Area, c: Area) -> Area:
    """Return the disc around the point where the borders of three areas meet, or come closest to it."""
    line = _shared(a.shape, b.shape)
    if line.is_empty:
        raise UnknownPlaceError(f"{a.name} and {b.name} share no border.")
    meeting, _ = shapely.get_point(shapely.shortest_line(line, c.shape), [0, 1])
    if meeting.distance(c.shape) > _MEETS_WITHIN:
        raise UnknownPlaceError(f"The borders of {a.name}, {b.name} and {c.name} do not meet.")
    name = f"tri-border area of {a.name}, {b.name} and {c.name}"
    shape = memo(lambda: disc(meeting.x, meeting.y, _TRIPOINT_KM))
    return _derived(place_id, name, [a, b, c], (meeting.x, meeting.y, _TRIPOINT_KM), shape)


def _outline(shape: BaseGeometry) -> BaseGeometry:
    """Return the boundary of a shape; of a union of areas and lines, that of the areas."""
    areas = _polygons(shape)
    return shapely.boundary(shapely.MultiPolygon(areas)) if areas else shapely.MultiLineString([])


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    """Return the polygons of a shape, without the lines and points that a union may hold beside them."""
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]


def _shared(a: BaseGeometry, b: BaseGeometry) -> BaseGeometry:
    """Return the part of the boundary of one shape that runs along another."""
    near = shapely.intersection(_outline(a), shapely.box(*b.bounds).buffer(2 * SEAM))
    if near.is_empty:
        return shapely.MultiLineString([])
    line = shapely.intersection(near, shapely.clip_by_rect(b, *_bounds(near, 0.1)).buffer(SEAM))
    return _tidy(line)


def _bounds(shape: BaseGeometry, margin: float) -> tuple[float, float, float, float]:
    west, south, east, north = shape.bounds
    return west - margin, south - margin, east + margin, north + margin


def _coast(world: Surroundings, place_id: str, day: int, of: Area, side: str | Area = "") -> Area:
    """Return the shore of an area: its boundary where no neighbour lies, on a side or on a sea; of a town, the town."""
    name = f"coast of {of.name}"
    if not of.shape.area:
        return _around(place_id, name, of, _NEAR_KM)
    around = _bounds(of.shape, 10 * SEAM)
    beside = [other for other in world.beside(of) if not shapely.contains(of.shape, shapely.point_on_surface(other))]
    inland = shapely.union_all([shapely.clip_by_rect(other, *around).buffer(5 * SEAM) for other in beside])
    shore = shapely.difference(_outline(of.shape), inland)
    if isinstance(side, Area):
        shore = shapely.intersection(shore, side.shape.buffer(_ON_A_SEA))
    elif side:
        shore = shapely.intersection(shore, _facing(of.shape, BEARINGS[side]))
    shore = _tidy(shore)
    if shore.is_empty:
        raise UnknownPlaceError(f"{of.name} has no coast{' there' if side else ''}.")
    lon, lat, radius = point_and_radius(shore)
    return _derived(place_id, name, [of], (lon, lat, radius), lambda: shore)


def _facing(shape: BaseGeometry, bearing: float) -> BaseGeometry:
    """Return the surroundings of the sides of a shape that face a direction and open sea, its inlets smoothed away."""
    ahead = 360 * np.array([math.sin(math.radians(bearing)), math.cos(math.radians(bearing))])

    west, south, east, north = max(shapely.get_parts(shape), key=lambda part: part.area).bounds
    step = max(east - west, north - south) / 40
    smooth = shapely.orient_polygons(shape.simplify(step))
    sides = []
    for part in _polygons(smooth):
        corners = shapely.get_coordinates(part.exterior)
        along = np.diff(corners, axis=0)
        # Of a ring that runs anticlockwise the outside lies to the right.
        turn = (np.degrees(np.arctan2(along[:, 0], along[:, 1])) + 90 - bearing + 180) % 360 - 180
        middles = (corners[1:] + corners[:-1]) / 2
        views = shapely.linestrings(np.stack([middles + 1e-6 * ahead, middles + ahead], axis=1))
        open_sea = ~shapely.intersects(part, views)
        sides += [corners[i : i + 2] for i in np.flatnonzero((abs(turn) <= _FACING_DEGREES) & open_sea)]
    return shapely.MultiLineString(sides).buffer(step)


def _tidy(shape: BaseGeometry) -> BaseGeometry:

    lines = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString" and not part.is_empty]
    return shapely.line_merge(shapely.MultiLineString(lines)) if lines else shapely.MultiLineString([])


def _offshore(world: Surroundings, place_id: str, day: int, km: str, of: Area, direction: str = "") -> Area:
    """Return the water within a distance of an area; where there is none, what lies around it."""
    reach = float(km) if km != "-" else _OFFSHORE_KM
    around = disc(of.lon, of.lat, of.radius_km + reach) if of.is_point else buffer_km(of.shape.simplify(0.05), reach)
    if direction:
        around = shapely.intersection(around, _side(around.bounds, direction))
    water = shapely.difference(around, world.land_near(around))
    name = f"off {of.name}" if km == "-" else f"{reach:g} km off {of.name}"
    if water.is_empty or water.area < 0.01 * around.area:
        if of.kind == "country":
            raise UnknownPlaceError(f"{of.name} has no coast.")
        return _around(place_id, name, of, reach)
    return _derived(place_id, name, [of], point_and_radius(water), lambda: water)


def _part(world: Surroundings, place_id: str, day: int, direction: str, of: Area) -> Area:
    """Return a part of an area.

    Of a country the part is the whole first-level units whose centre lies in the outer two fifths of the country's
    extent in that direction (for NE and the like: in that quarter, for the middle: in the middle third), its far
    islands and exclaves aside; of an area without units it is the half, or the quarter, of the shape; of a town the
    sector of its extent, a right angle wide. `Groups.part` has the parts that usage cuts otherwise, and wins.
    """
    code = _eighth(direction)
    name = f"{_WORDS[code]} {of.name}"
    around = of.id.startswith(("derived:near", "derived:outskirts")) and of.radius_km < _WIDE_KM
    if of.is_point or around:
        sector = _sector(of, code)
        return _derived(place_id, name, [of], point_and_radius(sector), lambda: sector)
    part = None
    if of.kind == "country":
        lons, lats, units = world.units(of, day)
        east, north = _along(of, lons, lats)
        chosen = _in_part(code, east, north, _UNITS_FROM) & (abs(east - 0.5) <= 0.5) & (abs(north - 0.5) <= 0.5)
        if 0 < chosen.sum() < len(units):
            part = shapely.union_all(units[chosen])
    if part is None:
        west, south, east, north = _mainland(of)
        side = _side((west + of.lon, south, east + of.lon, north), code)
        part = shapely.intersection(of.shape, cut_at_antimeridian(side))
    if part.is_empty:
        raise UnknownPlaceError(f"{of.name} has no {_WORDS[code]} part.")
    return _derived(place_id, name, [of], point_and_radius(part), lambda: part)


_WORDS = {
    "N": "northern",
    "NE": "northeastern",
    "E": "eastern",
    "SE": "southeastern",
    "S": "southern",
    "SW": "southwestern",
    "W": "western",
    "NW": "northwestern",
    "C": "central",
}


def _eighth(direction: str) -> str:
    """Return the one of eight winds that a direction is, or is half of: NNW is N."""
    return direction if direction in _WORDS else direction[0]


def _along(of: Area, lons: Any, lats: Any) -> tuple[Any, Any]:
    """Return how far east and north points lie in the extent of an area: 0 to 1, beyond it less or more."""
    west, south, east, north = _mainland(of)
    return ((np.asarray(lons) - of.lon + 180) % 360 - 180 - west) / (east - west), (np.asarray(lats) - south) / (
        north - south
    )


def _mainland(of: Area) -> tuple[float, float, float, float]:
    """Return the bounds of an area without islets and what lies far off, lon counted from its own meridian."""
    parts = shapely.get_parts(of.shape.simplify(0.05))
    parts = parts[shapely.area(parts) >= _ISLET * shapely.area(parts).max()]
    around = shapely.transform(parts, lambda xy: np.column_stack([(xy[:, 0] - of.lon + 180) % 360 - 180, xy[:, 1]]))
    boxes = shapely.box(*(shapely.bounds(around).T + np.array([[-_APART], [-_APART], [_APART], [_APART]])))
    pieces = shapely.get_parts(shapely.union_all(boxes))
    home = next(piece for piece in pieces if piece.intersects(boxes[np.argmax(shapely.area(parts))]))
    bounds: tuple[float, float, float, float] = shapely.total_bounds(around[shapely.intersects(home, around)])
    return bounds


def _in_part(code: str, east: Any, north: Any, start: float) -> Any:
    if code == "C":
        return (abs(east - 0.5) <= 1 / 6) & (abs(north - 0.5) <= 1 / 3) | (abs(north - 0.5) <= 1 / 6) & (
            abs(east - 0.5) <= 1 / 3
        )
    edge = start if len(code) == 1 else _HALF
    chosen = np.ones(len(east), dtype=bool)
    for letter in code:
        along = north if letter in "NS" else east
        chosen &= along >= edge if letter in "NE" else along <= 1 - edge
    return chosen


def _side(bounds: tuple[float, float, float, float], code: str) -> BaseGeometry:
    """Return the half of a box that lies in a direction; the quarter, or the middle."""
    west, south, east, north = bounds
    x, y = (west + east) / 2, (south + north) / 2
    if code == "C":
        w, h = (east - west) / 6, (north - south) / 6
        return shapely.box(x - 1.5 * w, y - 1.5 * h, x + 1.5 * w, y + 1.5 * h)
    west, east = (x, east) if "E" in code else (west, x) if "W" in code else (west, east)
    south, north = (y, north) if "N" in code else (south, y) if "S" in code else (south, north)
    return shapely.box(west, south, east, north)


def _sector(of: Area, code: str) -> BaseGeometry:

    if code == "C":
        return disc(of.lon, of.lat, max(of.radius_km / 2, 0.5))
    bearing = BEARINGS[code]
    arc = [spherical_destination(of.lon, of.lat, bearing + turn, of.radius_km) for turn in np.linspace(-45, 45, 13)]
    fan = shapely.Polygon([(of.lon, of.lat), *arc])
    fan = cut_at_antimeridian(fan)
    return fan if of.is_point else shapely.intersection(fan, of.shape)


def _union(world: Surroundings, place_id: str, day: int, *of: Area) -> Area:
    """Return all of several places; towns among them count with their extent."""
    names = [area.name for area in of]
    name = ", ".join(names[:-1]) + " and " + names[-1] if len(names) <= 5 else f"{names[0]} and {len(of) - 1} more"

    def shape() -> BaseGeometry:
        return shapely.union_all([_extent(area) for area in of])

    whole = memo(shape)
    return _derived(place_id, name, list(of), point_and_radius(whole()), whole)


def _minus(world: Surroundings, place_id: str, day: int, whole: Area, taken: Area) -> Area:
    """Return a place without another one."""
    rest = shapely.difference(_extent(whole), _extent(taken).buffer(SEAM))
    if rest.is_empty:
        raise UnknownPlaceError(f"Nothing of {whole.name} is left without {taken.name}.")
    return _derived(place_id, f"{whole.name} except {taken.name}", [whole], point_and_radius(rest), lambda: rest)


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
    "border": _border,
    "coast": _coast,
    "offshore": _offshore,
    "part": _part,
    "union": _union,
    "minus": _minus,
    "side": _border_side,
    "tripoint": _tripoint,
}
