"""Parts of areas: the north of a country, the east of a town.

Source
------
Internal cardinal directions (Liu, Wang, Jin and Wu 2005), as whole units where the area has any; see `part`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.derivation import Surroundings, derived_area
from gazetteer.geometry.formulas import BEARINGS
from gazetteer.geometry.geodesy import cut_at_antimeridian, disc, point_and_radius, spherical_destination
from gazetteer.model import Area

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["from_meridian", "half_of_box", "mainland", "part"]

# Parts of a country that lie further apart than twice this, in degrees, are not of one piece: Hawaii, the Canaries.
_APART = 1.5
# Of such pieces those count that are this large beside the largest: both halves of Malaysia, but not Alaska.
_HOME_SHARE = 0.5
# Parts of a shape smaller than this, beside the largest, do not count for its extent.
_ISLET = 0.01
# What lies around a place this large has parts as areas have, not sectors as towns have.
_WIDE_KM = 300.0
# Units whose centre lies in the outer two fifths of the extent are "the north"; a shape without units is halved.
_UNITS_FROM, _HALF = 0.6, 0.5
# The rays of a sector of a right angle, in degrees from its middle.
_FAN = np.linspace(-45, 45, 13)
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


def part(world: Surroundings, place_id: str, day: int, direction: str, of: Area) -> Area:
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
        return derived_area(place_id, name, [of], point_and_radius(sector), lambda: sector)
    part = None
    if of.kind == "country":
        lons, lats, units = world.units(of, day)
        east, north = _along(of, lons, lats)
        chosen = _in_part(code, east, north, _UNITS_FROM) & (abs(east - 0.5) <= 0.5) & (abs(north - 0.5) <= 0.5)
        if 0 < chosen.sum() < len(units):
            part = shapely.union_all(units[chosen])
    if part is None:
        west, south, east, north = _mainland(of)
        side = half_of_box((west + of.lon, south, east + of.lon, north), code)
        part = shapely.intersection(of.shape, cut_at_antimeridian(side))
    if part.is_empty:
        raise UnknownPlaceError(f"{of.name} has no {_WORDS[code]} part.")
    return derived_area(place_id, name, [of], point_and_radius(part), lambda: part)


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
    bounds: tuple[float, float, float, float] = shapely.total_bounds(_home(of)[0])
    return bounds


def mainland(of: Area) -> tuple[BaseGeometry, BaseGeometry]:
    """Return an area without what lies far off, and its larger parts simplified; lon counted from its own meridian."""
    larger, reach = _home(of)
    # What the antimeridian cuts is made whole. Antarctica, which the pole cuts as well, crosses itself there.
    parts = shapely.make_valid(from_meridian(shapely.get_parts(of.shape), of.lon))
    return shapely.union_all(parts[shapely.intersects(reach, parts)]), shapely.union_all(larger)


def _home(of: Area) -> tuple[Any, BaseGeometry]:
    """Return the larger parts of an area that lie together, simplified, and the boxes around them."""
    parts = shapely.get_parts(of.shape.simplify(0.05))
    parts = parts[shapely.area(parts) >= _ISLET * shapely.area(parts).max()]
    around = from_meridian(parts, of.lon)
    boxes = shapely.box(*(shapely.bounds(around).T + np.array([[-_APART], [-_APART], [_APART], [_APART]])))
    pieces = shapely.get_parts(shapely.union_all(boxes))
    belongs = shapely.intersects(pieces[:, None], around)
    sizes = belongs @ shapely.area(around)
    large = sizes >= _HOME_SHARE * sizes.max()
    return around[belongs[large].any(axis=0)], shapely.union_all(pieces[large])


def from_meridian(shape: Any, lon: float) -> Any:
    """Return shapes with lon counted from a meridian, -180 to 180."""
    return shapely.transform(shape, lambda xy: np.column_stack([(xy[:, 0] - lon + 180) % 360 - 180, xy[:, 1]]))


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


def half_of_box(bounds: tuple[float, float, float, float], code: str) -> BaseGeometry:
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
    corners = np.empty((1 + len(_FAN), 2))
    corners[0] = of.lon, of.lat
    corners[1:, 0], corners[1:, 1] = spherical_destination(of.lon, of.lat, bearing + _FAN, of.radius_km)
    fan = cut_at_antimeridian(shapely.polygons(corners))
    return fan if of.is_point else shapely.intersection(fan, of.shape)
