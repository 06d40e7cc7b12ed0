"""Reads a country repository of Who's On First: its second- and third-level units and its localities.

A folder of GeoJSON files, an archive of it, or the SQLite distribution gives the records. Kept are records that
are current, of the country, and of a source of outlines whose licence is known to be free
(``whosonfirst_sources.csv``); all others are counted by the reason.

Source
------
Who's On First, whose records name their sources; ``src:geom`` is that of the position and the outline.
"""

from __future__ import annotations

import bz2
import csv
import json
import lzma
import math
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pycountry
import shapely

from gazetteer.build.geonames import alpha3, city_radius
from gazetteer.build.geonames_dump import LONGEST_NAME
from gazetteer.build.pack_records import Records, is_people, is_position, records_of, weights
from gazetteer.errors import DataError
from gazetteer.geometry.geodesy import point_and_radius
from gazetteer.scratch import scratch_folder

__all__ = ["credits_of", "read_whosonfirst"]

# The place types of Who's On First that a pack takes.
_KINDS = {
    "macrocounty": "admin2",
    "county": "admin2",
    "localadmin": "admin2",
    "locality": "city",
    "borough": "neighbourhood",
    "macrohood": "neighbourhood",
    "neighbourhood": "neighbourhood",
}
# The table of a place type, where it is not that of settlements. Units above and below the second level overlap it.
_LAYERS = {"county": "admin2", "macrocounty": "landmarks", "localadmin": "landmarks"}
# What stands behind the language in the name of a property: the kind of a name.
_NAMED_AS = {
    "preferred": "alternate",
    "variant": "alternate",
    "historical": "former",
    "abbreviation": "abbreviation",
}
# What a unit of the second level without an outline is known to, km.
_UNIT_KM = 25.0
_OUTLINES = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class _Licence:
    licence: str
    free: bool
    attribution: str = ""


def read_whosonfirst(path: Path, country: str) -> Records:
    """Read a country repository.

    Parameters
    ----------
    path
        The folder, a tar archive of it (packed by gzip, bzip2 or xz), or ``….db`` or ``….db.bz2``, the SQLite
        distribution.
    country
        ISO 3166-1 alpha-3.

    Returns
    -------
    Records
        A place with the GeoNames concordance ``gn:id`` has the id ``geonames:…``, any other ``wof:…``.

    Raises
    ------
    DataError
        When it cannot be read, or holds no record.
    """
    refused: Counter[str] = Counter()
    places: list[dict[str, Any]] = []
    names: list[tuple[str, str, str, str]] = []
    units: dict[int, str] = {}
    under: list[int | None] = []
    read = 0
    for text in _documents(path):
        read += 1
        feature = _feature(text)
        if feature is None:
            refused["not a record"] += 1
            continue
        properties = feature["properties"]
        if properties.get("wof:placetype") == "region":
            code = _concordances(properties).get("iso:id") or _concordances(properties).get("iso:code")
            if isinstance(code, str):
                units[_number(properties.get("wof:id"))] = code
        place = _place(feature, country, refused)
        if place is not None:
            places.append(place)
            under.append(_region(properties))
            names += _names(properties, place["id"])
    if not read:
        raise DataError(f"{path}: expected records of Who's On First, but there are none.")
    for place, region in zip(places, under, strict=True):
        place["admin1"] = units.get(region) if region is not None else None
    return records_of(places, names, refused)


def credits_of(sources: Iterable[str]) -> list[dict[str, str]]:
    """Return name, licence and attribution of the sources of records, as places name them (``whosonfirst:meso``)."""
    known = _sources()
    names = sorted({name.removeprefix("whosonfirst:") for name in sources if name.startswith("whosonfirst:")})
    return [{"name": n, "licence": known[n].licence, "attribution": known[n].attribution} for n in names]


def _documents(path: Path) -> Iterator[str | bytes]:
    """Yield the GeoJSON of every record; alternative outlines are left out."""
    try:
        if path.is_dir():
            for file in sorted(path.rglob("*.geojson")):
                if "-alt-" not in file.name:
                    yield file.read_bytes()
        elif path.name.endswith((".db", ".db.bz2")):
            yield from _rows(path)
        else:
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.isfile() and member.name.endswith(".geojson") and "-alt-" not in member.name:
                        content = archive.extractfile(member)
                        yield content.read() if content else b""
    except (OSError, EOFError, tarfile.TarError, lzma.LZMAError, zlib.error, sqlite3.Error) as error:
        why = str(error).splitlines()[0].rstrip(".: ")
        raise DataError(f"{path}: expected a repository of Who's On First, but it cannot be read ({why}).") from error


def _rows(path: Path) -> Iterator[str | bytes]:
    """Yield the records of the SQLite distribution."""
    with scratch_folder(Path(tempfile.gettempdir()), "gazetteer.unpacked-") as folder:
        database = path
        if path.suffix == ".bz2":
            database = folder / path.stem
            with bz2.open(path) as packed, database.open("wb") as plain:
                shutil.copyfileobj(packed, plain)
        connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
        try:
            columns = {row[1] for row in connection.execute("PRAGMA table_info(geojson)")}
            only = " WHERE is_alt = 0" if "is_alt" in columns else ""
            for (body,) in connection.execute(f"SELECT body FROM geojson{only} ORDER BY id"):  # noqa: S608 - of constants
                yield body
        finally:
            connection.close()


def _feature(text: str | bytes) -> dict[str, Any] | None:
    try:
        feature = json.loads(text)
    except (ValueError, RecursionError):
        return None
    good = isinstance(feature, dict) and isinstance(feature.get("properties"), dict)
    return feature if good else None


def _place(feature: dict[str, Any], country: str, refused: Counter[str]) -> dict[str, Any] | None:
    """Return a record as a place, or count why it is not taken."""
    given = feature["properties"]
    kind = _KINDS.get(str(given.get("wof:placetype")))
    if kind is None:
        refused["of another place type"] += 1
        return None
    reason = _unfit(given, country)
    source = str(given.get("src:geom") or "missing")
    shape = None if reason else _shape(feature.get("geometry"))
    if reason is None and (shape is None or not is_position(*_middle(given, shape))):
        reason = "impossible position or outline"
    if reason is None and not _sources().get(source, _Licence("", free=False)).free:
        reason = f"licence not known to be free ({source})"
    if reason is not None or shape is None:
        refused[str(reason)] += 1
        return None
    people = _people(given)
    lon, lat = _middle(given, shape)
    outlined = shape.geom_type in _OUTLINES
    if kind == "admin2" and not outlined and given["wof:placetype"] != "county":
        refused["a unit without an outline"] += 1
        return None
    radius = _UNIT_KM if kind == "admin2" else float(city_radius(people or 0))
    if outlined:
        x, y, radius = point_and_radius(shape)
        lon, lat = (lon, lat) if shapely.intersects_xy(shape, lon, lat) and kind != "admin2" else (x, y)
    geonames = _number(_concordances(given).get("gn:id"))
    weight = weights(np.array([kind], dtype=object), np.array([people or math.nan]))
    return {
        "id": f"geonames:{geonames}" if geonames > 0 else f"wof:{_number(given.get('wof:id'))}",
        "layer": _LAYERS.get(str(given["wof:placetype"]), "cities"),
        "name": str(given["wof:name"]).strip(),
        "kind": kind,
        "country": country,
        "lon": round(lon, 5),
        "lat": round(lat, 5),
        "population": people,
        "radius_km": round(radius, 1),
        "prominence": float(weight[0]),
        "geometry": shapely.to_wkb(shape) if outlined else None,
        "source": f"whosonfirst:{source}",
        "licence": _sources()[source].licence,
    }


def _unfit(given: dict[str, Any], country: str) -> str | None:
    """Return why a record is not a place of today's country, None when it is."""
    if _number(given.get("wof:id")) <= 0 or not str(given.get("wof:name") or "").strip():
        return "without an id or a name"
    if given.get("wof:superseded_by") or str(given.get("mz:is_current")) == "0":
        return "not current"
    if any(str(given.get(name) or "uuuu") not in ("uuuu", "..", "") for name in ("edtf:cessation", "edtf:deprecated")):
        return "not current"
    nation = str(given.get("wof:country") or given.get("iso:country") or "")
    return None if alpha3(nation) == country else "of another country"


def _shape(geometry: Any) -> Any:
    """Return a geometry as a valid shape on Earth, None where it is not one."""
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (ValueError, TypeError, shapely.errors.GEOSException):
        return None
    if shape is None or shape.is_empty:
        return None
    shape = shape if shapely.is_valid(shape) else shapely.make_valid(shape, method="structure", keep_collapsed=False)
    west, south, east, north = shape.bounds if not shape.is_empty else (999.0, 0.0, 999.0, 0.0)
    return shape if -180 <= west <= east <= 180 and -90 <= south <= north <= 90 else None


def _middle(given: dict[str, Any], shape: Any) -> tuple[float, float]:
    """Return the point of a record: the one that its label stands at, of an outline; else its own."""
    label = given.get("lbl:longitude"), given.get("lbl:latitude")
    if shape.geom_type in _OUTLINES and is_position(*label):
        return float(label[0] or 0), float(label[1] or 0)
    middle = shapely.point_on_surface(shape)
    return float(middle.x), float(middle.y)


def _people(given: dict[str, Any]) -> int | None:
    for name in ("wof:population", "gn:population"):
        value = given.get(name)
        if is_people(value) and value:
            return int(value)
    return None


def _region(given: dict[str, Any]) -> int | None:
    """Return the first-level unit that a record lies in, by its number."""
    trees = given.get("wof:hierarchy")
    tree = trees[0] if isinstance(trees, list) and trees and isinstance(trees[0], dict) else {}
    number = _number(tree.get("region_id"))
    return number if number > 0 else None


def _names(given: dict[str, Any], place_id: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the names of a record: ``name:ara_x_preferred`` and the like."""
    for key, texts in given.items():
        language, _, kind = key.removeprefix("name:").partition("_x_")
        if not key.startswith("name:") or kind not in _NAMED_AS or not isinstance(texts, list):
            continue
        for text in texts:
            if isinstance(text, str) and text.strip() and len(text) <= LONGEST_NAME:
                yield place_id, text.strip(), _NAMED_AS[kind], _language(language)


@cache
def _language(code: str) -> str:
    """Return a language by its two letters where it has them."""
    found = pycountry.languages.get(alpha_3=code)
    return "" if code == "und" else str(getattr(found, "alpha_2", code))


def _concordances(given: dict[str, Any]) -> dict[str, Any]:
    found = given.get("wof:concordances")
    return found if isinstance(found, dict) else {}


def _number(value: Any) -> int:
    """Return an id as a number, 0 for what is not one."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
    return number if 0 < number < 2**63 else 0


@cache
def _sources() -> dict[str, _Licence]:
    """Return the licences of the sources of outlines."""
    path = Path(__file__).with_name("whosonfirst_sources.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            row["source"]: _Licence(row["licence"], row["free"] == "yes", row["attribution"])
            for row in csv.DictReader(lines)
        }
