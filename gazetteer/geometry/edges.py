"""The edges of areas: borders, their sides, the points where they meet, coasts and the water off them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.derivation import NEAR_KM, SEAM, Surroundings, area_around, derived_area
from gazetteer.geometry.formulas import BEARINGS
from gazetteer.geometry.geodesy import buffer_km, cut_at_antimeridian, disc, haversine_km, point_and_radius
from gazetteer.geometry.parts import from_meridian, half_of_box, mainland
from gazetteer.model import Area

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["border", "border_side", "coast", "offshore", "tripoint"]

# Water "off the coast", unless a distance is said.
_OFFSHORE_KM = 50.0
# The side of a border, and the area where three borders meet, as news use the words: the towns that are called so
# (Ménaka, Tillabéri, Dori and Djibo of Liptako-Gourma) lie this far from the point or nearer, but for Djibo.
_ALONG_KM, _TRIPOINT_KM = 30.0, 120.0
# How far apart, in degrees, outlines may lie where borders meet.
_MEETS_WITHIN = 0.3
# A shore lies on a sea whose shape is this near, in degrees: their outlines come from different maps.
_ON_A_SEA = 0.2
# Areas side by side share less than this of the smaller one.
_OVERLAP = 0.02
# "The west coast" faces west within this.
_FACING_DEGREES = 60.0


def border(world: Surroundings, place_id: str, day: int, a: Area, b: Area | None = None) -> Area:
    """Return the line that two areas share, or all of an area's border on land."""
    if not a.shape.area or (b is not None and not b.shape.area):
        raise UnknownPlaceError(f"{a.name}{f' and {b.name}' if b else ''}: expected areas, which have borders.")
    others = [b.shape] if b is not None else [other for other in world.beside(a) if not _overlap(a.shape, other)]
    line = shapely.union_all([_shared(a.shape, other) for other in others])
    if line.is_empty or line.length < SEAM:
        raise UnknownPlaceError(f"{a.name} and {b.name} share no border." if b else f"{a.name} has no border on land.")
    longest = max(shapely.get_parts(line), key=lambda part: part.length)
    middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    steps = shapely.line_interpolate_point(line, np.linspace(0, 1, 100), normalized=True)
    away = haversine_km(shapely.get_x(steps), shapely.get_y(steps), middle.x, middle.y)
    name = f"border of {a.name} and {b.name}" if b else f"border of {a.name}"
    point = (middle.x, middle.y, float(np.quantile(away, 0.9)) + 10)
    return derived_area(place_id, name, [a, b] if b else [a], point, lambda: line)


def border_side(world: Surroundings, place_id: str, day: int, line: Area, of: Area) -> Area:
    """Return what lies along a border on one side of it: "the Syrian side of the Turkish border"."""
    if not of.shape.area:
        raise UnknownPlaceError(f"{of.name}: expected an area, which has sides of a border.")
    strip = shapely.intersection(buffer_km(line.shape, _ALONG_KM), of.shape)
    if not strip.area:
        raise UnknownPlaceError(f"{of.name} does not lie at the {line.name}.")
    lon, lat, radius = point_and_radius(strip)
    return derived_area(place_id, f"{line.name}, side of {of.name}", [of], (lon, lat, radius), lambda: strip)


def tripoint(world: Surroundings, place_id: str, day: int, a: Area, b: Area, c: Area) -> Area:
    """Return the disc around the point where the borders of three areas meet, or come closest to it."""
    line = _shared(a.shape, b.shape)
    if line.is_empty:
        raise UnknownPlaceError(f"{a.name} and {b.name} share no border.")
    meeting, _ = shapely.get_point(shapely.shortest_line(line, c.shape), [0, 1])
    if meeting.distance(c.shape) > _MEETS_WITHIN:
        raise UnknownPlaceError(f"The borders of {a.name}, {b.name} and {c.name} do not meet.")
    name = f"tri-border area of {a.name}, {b.name} and {c.name}"
    return derived_area(
        place_id,
        name,
        [a, b, c],
        (meeting.x, meeting.y, _TRIPOINT_KM),
        lambda: disc(meeting.x, meeting.y, _TRIPOINT_KM),
    )


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


def coast(world: Surroundings, place_id: str, day: int, of: Area, side: str | Area = "") -> Area:
    """Return the shore of an area: its boundary where no neighbour lies, on a side or on a sea; of a town, the town.

    A side is one of its mainland: the west coast of the United States is not that of Hawaii.
    """
    name = f"coast of {of.name}"
    if not of.shape.area:
        return area_around(place_id, name, of, NEAR_KM)
    shore = _shore(world, of, side)
    if shore.is_empty:
        raise UnknownPlaceError(f"{of.name} has no coast{' there' if side else ''}.")
    lon, lat, radius = point_and_radius(shore)
    return derived_area(place_id, name, [of], (lon, lat, radius), lambda: shore)


def _shore(world: Surroundings, of: Area, side: str | Area) -> BaseGeometry:
    """Return the boundary of an area where no neighbour lies: all of it, on a side, or on a sea."""
    around = _bounds(of.shape, 10 * SEAM)
    beside = [other for other in world.beside(of) if not _is_inside(other, of.shape)]
    # Of the country that an area is a part of, and of a unit of another time that lies over it, the inner land.
    over = [] if of.kind == "country" else [other for other in beside if _overlap(of.shape, other)]
    beside = [other for other in beside if other not in over]
    inner = [shapely.intersection(other, shapely.box(*_bounds(of.shape, 1.0))) for other in over]
    inland = shapely.union_all(
        [
            *(shapely.clip_by_rect(other, *around).buffer(5 * SEAM) for other in beside),
            *(other.buffer(-5 * SEAM) for other in inner),
        ]
    )
    if isinstance(side, str) and side:
        beside += [shapely.difference(other, of.shape.buffer(SEAM)) for other in inner]
        outline = _side(of, BEARINGS[side], beside)
    else:
        outline = _outline(of.shape)
    shore = shapely.difference(outline, inland)
    if isinstance(side, Area):
        shore = shapely.intersection(shore, side.shape.buffer(_ON_A_SEA))
    # Where three outlines meet inland a corner may be left.
    return _tidy(shore) if shore.length > 2 * SEAM else shapely.MultiLineString([])


def _is_inside(other: BaseGeometry, shape: BaseGeometry) -> bool:
    """Say whether an area lies in another one, rather than beside it or around it."""
    return bool(other.area <= shape.area and shapely.contains(shape, shapely.point_on_surface(other)))


def _overlap(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Say whether two areas lie over one another, by more than the seam between areas side by side."""
    shared = shapely.intersection(one, other).area
    return bool(shared > _OVERLAP * min(one.area, other.area))


def _side(of: Area, bearing: float, beside: list[BaseGeometry]) -> BaseGeometry:
    """Return the boundary of an area's mainland where it faces a direction and open sea."""
    home, larger = mainland(of)
    west, south, east, north = max(shapely.get_parts(larger), key=lambda part: part.area).bounds
    step = max(east - west, north - south) / 40
    neighbours = [from_meridian(other.simplify(step), of.lon) for other in beside]
    side = shapely.intersection(_outline(home), _facing(larger, bearing, step, neighbours))
    return cut_at_antimeridian(affinity.translate(side, of.lon))


def _facing(shape: BaseGeometry, bearing: float, step: float, beside: list[BaseGeometry]) -> BaseGeometry:
    """Return the surroundings of the sides of a shape that face a direction and open sea, smoothed by so many degrees.

    What faces a neighbour on land, or the largest part of the shape across a sound, faces no open sea.
    """
    ahead = np.array([math.sin(math.radians(bearing)), math.cos(math.radians(bearing))])
    smooth = _polygons(shapely.orient_polygons(shape.simplify(step)))
    largest = max(smooth, key=lambda part: part.area)
    sides = []
    for part in smooth:
        corners = shapely.get_coordinates(part.exterior)
        along = np.diff(corners, axis=0)
        # Of a ring that runs anticlockwise the outside lies to the right.
        turn = (np.degrees(np.arctan2(along[:, 0], along[:, 1])) + 90 - bearing + 180) % 360 - 180
        middles = (corners[1:] + corners[:-1]) / 2
        near, far = (
            shapely.linestrings(np.stack([middles + 0.0004 * ahead, middles + degrees * ahead], axis=1))
            for degrees in (step, 360)
        )
        hidden = shapely.intersects(part, far) | shapely.intersects(largest, far)
        for other in beside:
            hidden |= shapely.intersects(other, near)
        sides += [corners[i : i + 2] for i in np.flatnonzero((abs(turn) <= _FACING_DEGREES) & ~hidden)]
    return shapely.MultiLineString(sides).buffer(step)


def _tidy(shape: BaseGeometry) -> BaseGeometry:

    lines = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString" and not part.is_empty]
    return shapely.line_merge(shapely.MultiLineString(lines)) if lines else shapely.MultiLineString([])


def offshore(world: Surroundings, place_id: str, day: int, km: str, of: Area, direction: str = "") -> Area:
    """Return the water within a distance of an area, or of a side of it; where there is none, what lies around it."""
    reach = float(km) if km != "-" else _OFFSHORE_KM
    around = _reached(world, of, reach, direction)
    water = shapely.difference(around, world.land_near(around))
    name = f"off {of.name}" if km == "-" else f"{reach:g} km off {of.name}"
    if water.is_empty or water.area < 0.01 * around.area:
        if of.kind == "country":
            raise UnknownPlaceError(f"{of.name} has no coast.")
        return area_around(place_id, name, of, reach)
    return derived_area(place_id, name, [of], point_and_radius(water), lambda: water)


def _reached(world: Surroundings, of: Area, km: float, direction: str) -> BaseGeometry:
    """Return what lies within a distance of an area; with a direction, of the shore that faces it."""
    if of.is_point:
        around = disc(of.lon, of.lat, of.radius_km + km)
        ahead = half_of_box((of.lon - 90, of.lat - 90, of.lon + 90, of.lat + 90), direction)
        return shapely.intersection(around, cut_at_antimeridian(ahead)) if direction else around
    if not direction:
        return buffer_km(of.shape.simplify(0.05), km)
    shore = _shore(world, of, direction)
    if shore.is_empty:
        raise UnknownPlaceError(f"{of.name} has no coast there.")
    return buffer_km(shore, km)
