"""Reads records of Natural Earth's rivers, lakes and regions at 1:10m, as lines and polygons.

Source
------
Natural Earth, public domain: ``ne_10m_rivers_lake_centerlines``, ``ne_10m_lakes``, ``ne_10m_geography_regions_polys``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from gazetteer.build.pack_records import Records, is_position, records_of
from gazetteer.candidates.name_index import PROMINENCE
from gazetteer.errors import DataError
from gazetteer.geometry.geodesy import point_and_radius
from gazetteer.index.store import LAYERS, Store

__all__ = ["read_physical"]

# The kind of a feature by its file and, in the file of regions, by its class.
_KINDS = {"rivers": "river", "lakes": "lake", "regions": "landform"}
_ISLANDS = ("island", "island group")
# What each step of the scale rank takes from the weight that a well-known feature of its kind has: a brook that shows
# at the largest scale only does not stand before a town.
_A_RANK = 0.35
# name_en and the like.
_NAMED = re.compile(r"^name_([a-z]{2,3})t?$")
_NO_LANGUAGES = ("alt", "abb")


def read_physical(files: dict[str, Path], store: Store) -> Records:
    """Read the files.

    Parameters
    ----------
    files
        ``rivers``, ``lakes``, ``regions``: shapefiles, zipped or plain, or any file that pyogrio reads.
    store
        The bundled gazetteer, whose countries say where a feature lies.

    Raises
    ------
    DataError
        When a file cannot be read, or has no names.
    """
    places: list[dict[str, Any]] = []
    names: list[tuple[str, str, str, str]] = []
    refused: Counter[str] = Counter()
    for what, path in files.items():
        frame = _read(path)
        for rows in _features(frame, refused):
            place = _place(rows, _KINDS[what], refused)
            if place is not None:
                places.append(place)
                names += _names(rows, place)
    _put_into_countries(places, store)
    return records_of(places, names, refused)


def _read(path: Path) -> gpd.GeoDataFrame:
    try:
        frame = gpd.read_file(path)
    except (OSError, ValueError, pyogrio.errors.DataSourceError) as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise DataError(f"{path}: expected a file of Natural Earth, but it cannot be read ({why}).") from error
    frame.columns = [str(name).lower() for name in frame.columns]
    missing = [name for name in ("name", "ne_id", "scalerank") if name not in frame]
    if missing or frame.crs is None:
        raise DataError(
            f"{path}: expected a file of Natural Earth, but it has no {' and no '.join(missing or ['CRS'])}."
        )
    return frame.to_crs("EPSG:4326")


def _features(frame: gpd.GeoDataFrame, refused: Counter[str]) -> Any:
    """Yield the rows of each feature: rivers are cut into stretches, which one number or name holds together."""
    named = frame["name"].notna() & (frame["name"].astype(str).str.strip() != "") & frame["ne_id"].notna()
    refused["without an id or a name"] += int((~named).sum())
    frame = frame[named]
    key = frame["name"].astype(str)
    for column in ("rivernum", "wikidataid"):
        if column in frame:
            told = frame[column].notna() & ~frame[column].astype(str).isin(("", "0", "-99"))
            key = key.where(~told, key + " " + column + frame[column].astype(str))
    for _, rows in frame.groupby(key.to_numpy(), sort=True):
        yield rows.sort_values(["scalerank", "ne_id"], kind="stable")


def _place(rows: gpd.GeoDataFrame, kind: str, refused: Counter[str]) -> dict[str, Any] | None:
    shapes = rows.geometry[rows.geometry.notna() & ~rows.geometry.is_empty].to_numpy()
    shape = (
        shapely.union_all(shapely.make_valid(shapes, method="structure", keep_collapsed=False)) if len(shapes) else None
    )
    corners = shapely.get_coordinates(shape) if shape is not None else np.empty((0, 2))
    if not len(corners) or not all(is_position(*corner) for corner in (corners.min(axis=0), corners.max(axis=0))):
        refused["impossible position or outline"] += len(rows)
        return None
    lon, lat, radius = point_and_radius(shape)
    first = rows.iloc[0]
    if str(first.get("featurecla", "")).strip().lower() in _ISLANDS:
        kind = "island"
    constant, slope = PROMINENCE[kind]
    rank = float(first["scalerank"]) if pd.notna(first["scalerank"]) else 10.0
    return {
        "id": f"ne:{int(rows['ne_id'].min())}",
        "layer": "landmarks",
        "name": _title(str(first["name"]).strip()),
        "kind": kind,
        "country": None,
        "admin1": None,
        "lon": round(lon, 5),
        "lat": round(lat, 5),
        "population": None,
        "radius_km": round(radius, 1),
        "prominence": round(max(constant + slope * math.log10(100) - _A_RANK * max(rank, 0.0), 0.5), 2),
        "geometry": shapely.to_wkb(shape),
        "source": "naturalearth",
        "licence": "public domain",
    }


def _title(name: str) -> str:
    """Return a name that the maps write in capitals as other names are written."""
    return name.title() if name.isupper() else name


def _names(rows: gpd.GeoDataFrame, place: dict[str, Any]) -> Any:
    for column in rows.columns:
        match = _NAMED.match(column)
        lang = match[1] if match and match[1] not in _NO_LANGUAGES else ""
        if not lang and column not in ("namealt", "name_alt"):
            continue
        for text in rows[column].dropna().astype(str).str.strip().unique():
            if text and text != place["name"]:
                yield (
                    place["id"],
                    _title(text),
                    "alternate",
                    match[1] if match and match[1] not in _NO_LANGUAGES else "",
                )


def _put_into_countries(places: list[dict[str, Any]], store: Store) -> None:
    """Give each feature the country that all of it lies in; one of several has none."""
    table = store.layers[LAYERS.index("countries")]
    wkb, codes = table.column("geometry"), table.column("country")
    drawn = np.flatnonzero([one is not None for one in wkb])
    tree, codes = shapely.STRtree(shapely.from_wkb(wkb[drawn])), codes[drawn]
    for place in places:
        found = tree.query(shapely.from_wkb(place["geometry"]), predicate="intersects")
        if len(found) == 1:
            place["country"] = codes[found[0]]
