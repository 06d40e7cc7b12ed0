"""Layers a user's own table of places over a built gazetteer, as a new folder of the same format.

A village list with outlines, the camps of an agency, the districts of a new law: each own place comes first among all
that have its name. Columns: ``name``, and ``lon`` and ``lat`` or a geometry; ``id``, ``other_names`` (separated by
``|``), ``kind``, ``country``, ``population`` and ``radius_km`` where they are known.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from gazetteer.build.geonames import city_radius
from gazetteer.build.layered import Gap, Names, finish, source_of, write_moved
from gazetteer.bundled import BUNDLED
from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.name_index import NameIndex
from gazetteer.errors import ArgumentError, DataError
from gazetteer.geometry.reverse import containing
from gazetteer.geometry.sphere import haversine_km
from gazetteer.index.store import LAYERS, Store
from gazetteer.names.normalize import normalize_name

__all__ = ["build_own"]

_KINDS = (
    "admin1",
    "admin2",
    "airport",
    "building",
    "city",
    "island",
    "lake",
    "landform",
    "neighbourhood",
    "river",
    "sea",
)
# More than the most prominent of all other places has.
_FIRST = 20.0
# What the index can hold, and half of the way around Earth.
_MOST_PEOPLE, _WIDEST_KM = 2**32 - 2, 20_038.0
_LAYER = "admin2"  # its places may have outlines


def build_own(places: Path, folder: Path, *, base: Path = BUNDLED) -> None:
    """Build the tables of a gazetteer with own places.

    Parameters
    ----------
    places
        A .csv, .gpkg or .geojson file, or any other that pyogrio reads.
    folder
        Where the tables go; files of the same name are replaced.
    base
        The built gazetteer that they are laid over.

    Raises
    ------
    DataError
        When the file cannot be read, or a row has no name, no place on the map, or an unknown kind or country.
    """
    store = Store(base)
    given = _read(places)
    rows = _rows(given, places, store)
    folder.mkdir(parents=True, exist_ok=True)
    start = int(store.bases[LAYERS.index(_LAYER) + 1])
    gap = Gap(start, start, len(rows))
    rows["place"] = np.arange(start, start + len(rows))
    table = pa.Table.from_pandas(rows.drop(columns="other_names"), preserve_index=False)
    for layer in LAYERS:
        write_moved(store, layer, gap, folder, table if layer == _LAYER else None)
    names = Names()
    old = store.names()
    moved = gap.moved(old["place"].to_numpy())
    text, kind, lang = (old[column].to_numpy(dtype=object) for column in ("name", "kind", "lang"))
    names.add(text, kind, lang, moved)
    names.add(rows["name"].to_numpy(dtype=object), "primary", "", rows["place"].to_numpy())
    others = rows[["place", "other_names"]].explode("other_names").dropna()
    if len(others):
        names.add(others["other_names"].to_numpy(dtype=object), "short", "", others["place"].to_numpy(dtype=np.int64))
    facts = {
        "registry": "own",
        "version": "",
        "licence": "as its owner says",
        "attribution": places.name,
        "used_for": "own places",
    }
    finish(store, table, gap, names, folder, [source_of(places, **facts)])


def _read(path: Path) -> gpd.GeoDataFrame:
    if not path.is_file():
        raise DataError(f"{path}: expected a file of places, but there is none.")
    try:
        if path.suffix.lower() == ".csv":
            frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8-sig")
        else:
            frame = gpd.read_file(path)
    except (OSError, ValueError, pyogrio.errors.DataSourceError) as error:
        raise DataError(f"{path}: expected places, but it cannot be read ({str(error).splitlines()[0]}).") from error
    frame.columns = [str(name).strip().lower() for name in frame.columns]
    if not isinstance(frame, gpd.GeoDataFrame):
        missing = [name for name in ("lon", "lat") if name not in frame]
        if missing:
            raise DataError(f"{path}: expected the columns name, lon and lat, got no {' and no '.join(missing)}.")
        lon, lat = (pd.to_numeric(frame[name], errors="coerce") for name in ("lon", "lat"))
        frame = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
    elif frame.crs is None:
        raise DataError(f"{path}: expected a CRS, but none is set.")
    if "name" not in frame:
        raise DataError(f"{path}: expected a column name, got {', '.join(frame.columns)}.")
    return frame.to_crs("EPSG:4326").reset_index(drop=True)


def _rows(given: gpd.GeoDataFrame, path: Path, store: Store) -> pd.DataFrame:
    """Return the rows of the layer, sorted by id."""
    names = _texts(given, "name")
    shapes = np.array(shapely.force_2d(given.geometry.to_numpy()), dtype=object)
    with np.errstate(invalid="ignore"):
        points = shapely.point_on_surface(shapes)
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    # GEOS puts the point of a shape at NaN elsewhere: the shape's own bounds tell.
    bad = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)) | ~np.isfinite(shapely.bounds(shapes)).all(axis=1)
    ids = [
        text or normalize_name(name or "").replace(" ", "-")
        for text, name in zip(_texts(given, "id"), names, strict=True)
    ]
    kinds = [text or "city" for text in _texts(given, "kind")]
    people = pd.to_numeric(pd.Series(_texts(given, "population")), errors="coerce")
    radius = pd.to_numeric(pd.Series(_texts(given, "radius_km")), errors="coerce")
    faults = (
        ("a name", [name is None for name in names]),
        ("a place on the map", bad),
        (f"a kind that is one of {', '.join(_KINDS)}", [kind not in _KINDS for kind in kinds]),
        ("an id of its own", pd.Series(ids).duplicated()),
        ("a possible population, if any,", (people < 0) | (people > _MOST_PEOPLE)),
        ("a possible radius, if any,", (radius < 0) | (radius > _WIDEST_KM)),
    )
    for what, found in faults:
        if np.any(found):
            raise DataError(f"{path}: expected {what} in every row, but row {int(np.argmax(found)) + 1} has none.")
    radius = radius.fillna(pd.Series(np.fmax(city_radius(people.fillna(0)), _reach(shapes, lon, lat))))
    countries, units = _where(given, path, store, lon, lat)
    wide = shapely.get_dimensions(shapes) > 0
    rows = pd.DataFrame(
        {
            "id": ["own:" + text for text in ids],
            "name": names,
            "kind": kinds,
            "country": countries,
            "admin1": units,
            "lon": np.round(lon, 5),
            "lat": np.round(lat, 5),
            "population": people.astype("Int64"),
            "radius_km": radius.round(1).astype("float32"),
            "prominence": _FIRST + np.log10(people.fillna(0) + 100),
            "geometry": np.where(wide, shapely.to_wkb(shapes), None),
            "other_names": [_split(text) for text in _texts(given, "other_names")],
        }
    )
    return rows.sort_values("id", kind="stable").reset_index(drop=True)


def _texts(frame: gpd.GeoDataFrame, column: str) -> list[str | None]:
    if column not in frame:
        return [None] * len(frame)
    found = frame[column].astype(object).where(frame[column].notna(), None)
    texts = [None if value is None else str(value).strip() for value in found]
    return [text or None for text in texts]


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split("|") if part.strip()]


def _where(
    given: gpd.GeoDataFrame, path: Path, store: Store, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[list[str | None], list[str | None]]:
    """Return the country and the first-level unit of each place: as told, else where it lies."""
    countries_of = CountryResolver(NameIndex(store))
    countries: list[str | None] = []
    units: list[str | None] = []
    for row, (text, x, y) in enumerate(zip(_texts(given, "country"), lon, lat, strict=True), start=1):
        try:
            told = countries_of.resolve(text)
        except ArgumentError:
            raise DataError(f"{path}: expected a country in row {row}, got {text!r}.") from None
        around = np.array(containing(store, float(x), float(y)), dtype=np.int64)
        here: dict[str, Any] = {name: store.take(name, around).tolist() for name in ("country", "admin1")}
        country = told or next((one for one in here["country"] if one), None)
        pairs = zip(here["country"], here["admin1"], strict=True)
        countries.append(country)
        units.append(next((unit for nation, unit in pairs if unit and nation == country), None))
    return countries, units


def _reach(shapes: NDArray[np.object_], lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each outline reaches from its point, km."""
    out = np.zeros(len(shapes))
    for i, shape in enumerate(shapes):
        corners = shapely.get_coordinates(shape)
        out[i] = float(np.max(haversine_km(lon[i], lat[i], corners[:, 0], corners[:, 1]))) if len(corners) > 1 else 0.0
    return out
