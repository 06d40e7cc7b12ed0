"""Names on the ground of a map: countries and large towns, from a small table in the package.

``python -m geoevents.maps.ground_labels`` writes the table anew from the bundled gazetteer.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geopandas as gpd
import shapely

import gazetteer

__all__ = ["GroundLabel", "ground_labels", "write_table"]

_TABLE = Path(__file__).parent.parent / "data" / "ground_labels.csv"
# Towns of fewer people are not written: the table stays under 100 kB.
_LEAST_PEOPLE = 300_000
_TOWNS = 2_200


@dataclass(frozen=True, slots=True)
class GroundLabel:
    """A name on the ground.

    Attributes
    ----------
    lon, lat
        Where the name stands, degrees in EPSG:4326.
    zoom
        The map's zoom from which the name is written.
    kind
        ``country``, ``capital`` or ``town``.
    """

    name: str
    kind: str
    lon: float
    lat: float
    zoom: float


@cache
def ground_labels() -> tuple[GroundLabel, ...]:
    """Return the names on the ground, the most important first.

    Source: the gazetteer's layers ``basemap`` (Natural Earth) and ``cities`` (GeoNames, CC BY 4.0).

    Examples
    --------
    >>> [label.name for label in ground_labels() if label.kind == "country"][:2]
    ['Antarctica', 'Brazil']
    """
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        GroundLabel(row["name"], row["kind"], float(row["lon"]), float(row["lat"]), float(row["zoom"])) for row in rows
    )


def write_table() -> None:
    """Write the table: countries, capitals and large towns, each with the zoom that has room for its name."""
    gaz = gazetteer.load()
    labels = [*_countries(gaz), *_towns(gaz)]
    labels.sort(key=lambda label: (label.zoom, label.kind != "country"))
    with _TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "kind", "lon", "lat", "zoom"))
        for label in labels:
            writer.writerow((label.name, label.kind, f"{label.lon:.2f}", f"{label.lat:.2f}", f"{label.zoom:.1f}"))


def _countries(gaz: object) -> list[GroundLabel]:
    """Return a label a country, in the roomiest spot of its largest part."""
    layer: gpd.GeoDataFrame = gaz.layer("basemap")  # type: ignore[attr-defined]
    out = []
    for place_id, shape in zip(layer["id"], layer.geometry, strict=True):
        name = gaz.place(place_id).name  # type: ignore[attr-defined]
        largest = max(shapely.get_parts(shape), key=lambda part: part.area)
        spot = shapely.get_point(shapely.maximum_inscribed_circle(shapely.simplify(largest, 0.1), tolerance=0.1), 0)
        west, _, east, _ = largest.bounds
        # A letter is about 8 pixels wide, and a world is 512 pixels wide at zoom 0.
        needed = math.log2(len(name) * 8 / max((east - west) / 360 * 512, 0.05))
        out.append(GroundLabel(name, "country", spot.x, spot.y, min(max(needed, 0.0), 9.0)))
    return out


def _towns(gaz: object) -> list[GroundLabel]:
    """Return the capitals and the largest towns."""
    layer: gpd.GeoDataFrame = gaz.layer("cities")  # type: ignore[attr-defined]
    people = layer["population"].fillna(0).astype("float64")
    capital = layer["capital"].fillna(False).astype(bool)
    chosen = layer[(people >= _LEAST_PEOPLE) | capital].assign(people=people, is_capital=capital)
    chosen = chosen.nlargest(_TOWNS, "people")
    out = []
    for row in chosen.itertuples():
        kind = "capital" if row.is_capital else "town"
        zoom = 8.5 - math.log10(max(row.people, 1000.0)) * 0.9 + (0 if row.is_capital else 0.8)
        out.append(GroundLabel(str(row.name), kind, float(row.lon), float(row.lat), max(zoom, 2.5)))
    return out


if __name__ == "__main__":
    write_table()
