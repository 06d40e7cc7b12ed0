"""What every derived place is made with: its area, what lies around a place, and the world that may be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import shapely

from gazetteer.geometry.geodesy import buffer_km, disc
from gazetteer.model import Area

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["NEAR_KM", "SEAM", "Surroundings", "area_around", "derived_area", "united"]

# Around a place, beyond its own extent: people say "near" of a town within a day's walk.
NEAR_KM = 10.0
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


def united(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """Return the union of shapes; those that lie far apart need no overlay."""
    # Several times faster than a plain union; it came with Shapely 2.1, where GEOS is 3.12.
    unite = getattr(shapely, "disjoint_subset_union_all", shapely.union_all)
    return unite(shapes)


def derived_area(place_id: str, name: str, of: list[Area], point: tuple[float, float, float], shape: Any) -> Area:
    """Return a derived area; it lies in the country and unit that all it is made of lie in."""
    countries, units = {area.country for area in of}, {area.admin1 for area in of}
    country = countries.pop() if len(countries) == 1 else None
    unit = units.pop() if len(units) == 1 and country else None
    lon, lat, radius = point
    return Area(place_id, name, "derived", country, unit, round(lon, 5), round(lat, 5), round(radius, 1), shape)


def area_around(place_id: str, name: str, of: Area, km: float) -> Area:
    """Return a place and what lies within a distance of its edge."""

    def shape() -> BaseGeometry:
        return disc(of.lon, of.lat, of.radius_km + km) if of.is_point else buffer_km(of.shape, km)

    return derived_area(place_id, name, [of], (of.lon, of.lat, of.radius_km + km), shape)
