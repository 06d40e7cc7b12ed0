"""What the operations make of places: on a small world of squares and points, where everything is known."""

from __future__ import annotations

import csv
import dataclasses
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.formulas import split_formula
from gazetteer.geometry.geodesy import area_km2, cut_at_antimeridian, length_km
from gazetteer.geometry.operations import OPERATIONS
from gazetteer.model import Area

# The radius of these is that of nine tenths of a grid of points, of which one more or less may be counted.
COUNTED = ("part", "union", "minus", "coast", "offshore", "side")
CASES = Path(__file__).parent / "cases" / "derived.tsv"


def place(name: str, kind: str, shape: BaseGeometry, radius_km: float, country: str | None = None) -> Area:
    lon, lat = (180.0, -17.0) if name == "reef" else shape.centroid.coords[0]
    return Area(name, name.title(), kind, country, None, lon, lat, radius_km, lambda: shape)


def box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    return cut_at_antimeridian(shapely.box(west, south, east, north))


# A country of nine squares of two degrees between two others, with the sea in the south and an island far out in it;
# one at the antimeridian, and one in the far north.
HOME = box(0, 0, 6, 6)
ISLAND = box(20, -12, 20.7, -11.3)
PLACES = {
    each.id: each
    for each in (
        place("town", "city", shapely.Point(3, 3), 8.0, "HOM"),
        place("metropolis", "city", shapely.Point(5, 5), 50.0, "HOM"),
        place("port", "city", shapely.Point(3, 0.05), 5.0, "HOM"),
        place("fjord", "city", shapely.Point(20, 70), 4.0, "NOR"),
        place("seam", "city", shapely.Point(179.95, -17), 10.0, "FIJ"),
        place("atoll", "city", shapely.Point(-179, -16), 3.0, "FIJ"),
        place("home", "country", shapely.union(HOME, ISLAND), 350.0, "HOM"),
        place("east", "country", box(6, -1, 9, 7), 400.0, "EST"),
        place("north", "country", box(-3, 6, 6, 9), 400.0, "NRT"),
        place("far", "country", box(60, 40, 62, 41), 90.0, "FAR"),
        place("reef", "country", box(178, -18, 182, -16), 200.0, "REE"),
        place("unit", "admin1", box(0, 0, 2, 2), 120.0, "HOM"),
        place("upland", "admin2", box(10, 60, 11, 61), 50.0, "UPL"),
        place("sea", "sea", box(-3, -20, 30, 0), 1500.0),
    )
}
LAND = [PLACES[name].shape for name in ("home", "east", "north", "far", "reef")]


class World:
    """What the operations may ask."""

    def land_near(self, shape: BaseGeometry) -> BaseGeometry:
        return shapely.union_all(LAND)

    def holders(self, lon: float, lat: float) -> tuple[str | None, str | None]:
        return ("HOM", "HOM-1") if HOME.intersects(shapely.Point(lon, lat)) else (None, None)

    def beside(self, area: Area) -> list[BaseGeometry]:
        return [shape for shape in LAND if not shape.equals(area.shape) and shape.distance(area.shape) < 0.1]

    def units(self, area: Area, day: int) -> tuple[Any, Any, Any]:
        if area.id != "home":
            return np.empty(0), np.empty(0), np.empty(0, dtype=object)
        squares = np.array([box(x, y, x + 2, y + 2) for x in (0, 2, 4) for y in (0, 2, 4)] + [ISLAND], dtype=object)
        return shapely.get_x(shapely.centroid(squares)), shapely.get_y(shapely.centroid(squares)), squares


@cache
def made(formula: str) -> Area:
    if "(" not in formula:
        return PLACES[formula]
    operation, arguments = split_formula("derived:" + formula)
    parts = [made(a) if "(" in a or a in PLACES else a for a in arguments]
    area = OPERATIONS[operation](World(), "derived:" + formula, 0, *parts)
    return dataclasses.replace(area, _shape=lambda: area.shape)


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def size(shape: BaseGeometry) -> float:
    """Return the area of a shape in km², the length of a line in km."""
    return float((area_km2 if shape.area else length_km)(np.array([shape]))[0])


@pytest.mark.parametrize("case", rows(), ids=lambda case: case["formula"])
def test_an_operation_gives_its_place(case: dict[str, str]) -> None:
    """A derived place has the name, country, point, radius (km), size (km², of a line km) and bounds of its row."""
    if case["name"].endswith("."):
        with pytest.raises(UnknownPlaceError) as error:
            made(case["formula"]).shape  # noqa: B018 - the shape is made when it is asked for
        assert str(error.value) == case["name"]
        return
    area = made(case["formula"])
    assert (area.name, area.country or "") == (case["name"], case["country"])
    assert (area.lon, area.lat) == pytest.approx((float(case["lon"]), float(case["lat"])), abs=0.005)
    counted = case["formula"].startswith(COUNTED)
    allowed = max(0.06, (0.06 if counted else 0.002) * area.radius_km)
    assert area.radius_km == pytest.approx(float(case["radius_km"]), abs=allowed)
    assert area.shape.is_valid
    assert size(area.shape) == pytest.approx(float(case["size"]), rel=0.003, abs=0.01)
    assert area.shape.bounds == pytest.approx([float(edge) for edge in case["bounds"].split()], abs=0.006)


@pytest.mark.parametrize(
    ("km", "least"),
    [("300", 50), ("150", 25), ("60", 5), ("35", 2.5), ("7", 0.5), ("12.5", 1.25), ("0.5", 0.1)],
)
def test_a_distance_is_as_exact_as_it_is_round(km: str, least: float) -> None:
    """Half the step that a distance is rounded to is added to the extent; of a fraction a tenth, 100 m at least."""
    assert made(f"offset({km},-,town)").radius_km == pytest.approx(float(km) + 8 + least, abs=0.06)
    straight = math.hypot(2 * float(km) * math.sin(math.radians(11.25)), least)
    assert made(f"offset({km},W,town)").radius_km == pytest.approx(straight + 8, abs=0.06)
