"""The edges of areas: borders, their sides, the points where they meet, coasts and the water off them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.derivation import NEAR_KM, SEAM, Surroundings, area_around, derived_area, memo
from gazetteer.geometry.formulas import BEARINGS
from gazetteer.geometry.geodesy import buffer_km, disc, haversine_km, point_and_radius
from gazetteer.geometry.parts import half_of_box
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
# "The west coast" faces west within this.
_FACING_DEGREES = 60.0


def border(world: Surroundings, place_id: str, day: int, a: Area, b: Area | None = None) -> Area:
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
    shape = memo(lambda: disc(meeting.x, meeting.y, _TRIPOINT_KM))
    return derived_area(place_id, name, [a, b, c], (meeting.x, meeting.y, _TRIPOINT_KM), shape)


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
    """Return the shore of an area: its boundary where no neighbour lies, on a side or on a sea; of a town, the town."""
    name = f"coast of {of.name}"
    if not of.shape.area:
        return area_around(place_id, name, of, NEAR_KM)
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
    return derived_area(place_id, name, [of], (lon, lat, radius), lambda: shore)


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


def offshore(world: Surroundings, place_id: str, day: int, km: str, of: Area, direction: str = "") -> Area:
    """Return the water within a distance of an area; where there is none, what lies around it."""
    reach = float(km) if km != "-" else _OFFSHORE_KM
    around = disc(of.lon, of.lat, of.radius_km + reach) if of.is_point else buffer_km(of.shape.simplify(0.05), reach)
    if direction:
        around = shapely.intersection(around, half_of_box(around.bounds, direction))
    water = shapely.difference(around, world.land_near(around))
    name = f"off {of.name}" if km == "-" else f"{reach:g} km off {of.name}"
    if water.is_empty or water.area < 0.01 * around.area:
        if of.kind == "country":
            raise UnknownPlaceError(f"{of.name} has no coast.")
        return area_around(place_id, name, of, reach)
    return derived_area(place_id, name, [of], point_and_radius(water), lambda: water)
