"""Answers with the point of a cell that gives coordinates in words.

A text and its country become an area, or the reason why the coordinates are not taken. How coordinates are
written is known to `gazetteer.names.coordinates`.
"""

from __future__ import annotations

from dataclasses import dataclass

from gazetteer.candidates.countries import CountryResolver
from gazetteer.geometry.derived import ShapeEvaluator
from gazetteer.geometry.sphere import haversine_km
from gazetteer.model import Area
from gazetteer.names.coordinates import Coordinates, read_coordinates

__all__ = ["POINT_QUALITY", "PointReader", "PointReading"]

# How far coordinates can be trusted: a notation says which number is the latitude, or usage does.
POINT_QUALITY = {True: 0.98, False: 0.9}
# Coordinates beyond a border by less than this are a matter of maps, not of another country.
_BORDER_KM = 10.0
# A name beside coordinates is theirs when its place lies this near.
_BESIDE_KM = 50.0


@dataclass(frozen=True)
class PointReading:
    """What a text gives in digits.

    Attributes
    ----------
    area
        The point with its radius; None where the digits are not taken.
    reason
        Why they are not taken.
    name
        Words that stand beside them.
    """

    area: Area | None
    reason: str = ""
    name: str = ""
    quality: float = 0.0


class PointReader:
    """Reads coordinates as places.

    Parameters
    ----------
    countries
        Which place a country is.
    shapes
        Evaluates derived places.
    """

    def __init__(self, countries: CountryResolver, shapes: ShapeEvaluator) -> None:
        self._countries = countries
        self._shapes = shapes

    def read(self, text: str, country: str | None, day: int) -> PointReading | None:
        """Return the point that a text gives, None when it gives none; `country` is the alpha-3 code it lies in."""
        found = read_coordinates(text)
        if found is None:
            return None
        return PointReading(None, found.reason) if found.reason else self.at(found, country, day)

    def at(self, point: Coordinates, country: str | None, day: int) -> PointReading:
        """Return the area of coordinates; none where they lie outside the country."""
        area = self._area(point.lon, point.lat, point.radius_km, day)
        if country and area.country != country and not self._is_near(area, country, day):
            where = area.country or "the sea"
            order = "" if point.ordered else "; latitude is taken to come first"
            return PointReading(None, f"the coordinates lie in {where}, not in {country}{order}")
        return PointReading(area, name=point.name, quality=POINT_QUALITY[point.ordered])

    def is_beside(self, area: Area, lon: float, lat: float, radius_km: float) -> bool:
        """Say whether a place lies where the coordinates do, as near as its extent lets one tell."""
        return float(haversine_km(area.lon, area.lat, lon, lat)) <= radius_km + area.radius_km + _BESIDE_KM

    def _area(self, lon: float, lat: float, radius_km: float, day: int) -> Area:
        return self._shapes.evaluate(
            f"derived:point({_number(lon)},{_number(lat)},{_number(round(radius_km, 1))})", day
        )

    def _is_near(self, area: Area, country: str, day: int) -> bool:
        """Say whether a point lies in a country but for the error of its outline; at sea, in its waters."""
        place = self._shapes.place_id(self._countries.place(country))
        if area.country is None:
            around = self._shapes.evaluate(f"derived:near({place})", day)
            return float(haversine_km(area.lon, area.lat, around.lon, around.lat)) <= 2 * around.radius_km
        reach = area.radius_km + _BORDER_KM
        disc = self._area(area.lon, area.lat, round(reach, 1), day).shape
        return bool(disc.intersects(self._shapes.evaluate(place, day).shape))


def _number(value: float) -> str:
    return f"{round(value, 5):.5f}".rstrip("0").rstrip(".")
