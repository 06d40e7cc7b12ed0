"""Read records from JSON, whatever the shape that the objects are packed in.

A list of objects, an object with such a list in it, objects one after the other, columns, rows under a list of names,
GeoJSON, Esri's JSON and EONET's events are all tables. Objects in objects become columns with a dot in their name.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from pyproj.exceptions import ProjError

from geoevents.errors import ReadError
from geoevents.frame.column_names import roles_of
from geoevents.readers.cells import cell_text, check_shape, column_from_values, frame_of_columns
from geoevents.readers.geojson_shapes import shapes_of
from geoevents.readers.headers import find_header, hxl_roles
from geoevents.readers.quick_json import kept_objects, parsed

__all__ = ["read_json"]

# So deep a list of records may lie in an answer, and an object in a record.
_DEEPEST = 4


def read_json(path: Path, text: str, *, lines: bool) -> pd.DataFrame:
    """Read JSON or JSON lines.

    Raises
    ------
    ReadError
        When the text is not JSON, or no records are found in it.
    """
    with kept_objects():
        records = _lines(path, text) if lines else _whole(path, text)
        provenance = records.get("geoevents") if isinstance(records, dict) else None
        frame = _frame_of(path, records)
        del records  # before the search for cycles goes on, which would look through all of them
    if provenance is not None:
        frame.attrs["geoevents"] = provenance
    return frame


def _lines(path: Path, text: str) -> object:
    parts = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if (found := parsed([line for _, line in parts])) is not None:
        return found
    try:
        return [_load(path, line, n) for n, line in parts]
    except ReadError as error:
        # One object may fill several lines.
        try:
            return _one_after_the_other(path, text)
        except ReadError:
            raise error from None


def _whole(path: Path, text: str) -> object:
    if (found := parsed([text])) is not None:
        return found[0]
    try:
        return _load(path, text)
    except ReadError as error:
        if "Extra data" not in str(error):
            raise
        return _one_after_the_other(path, text)


def _one_after_the_other(path: Path, text: str) -> list[object]:
    """Return the values of a text that holds several, with nothing, blanks or commas between them."""
    decoder = json.JSONDecoder(object_pairs_hook=partial(_unique, path))
    found: list[object] = []
    at = 0
    while at < len(text):
        blank = re.compile(r"[\s,\x1e]*").match(text, at)
        at = blank.end() if blank else at
        if at >= len(text):
            break
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise ReadError(f"{path}: expected JSON, but {error}.") from error
        found.append(value)
    return found


def _unique(path: Path, pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ReadError(f"{path}: expected each name once in an object, but {name!r} stands twice.")
    return found


def _load(path: Path, text: str, line: int | None = None) -> object:
    try:
        return json.loads(text, object_pairs_hook=partial(_unique, path))
    except (ValueError, RecursionError) as error:
        where = f"line {line}: " if line else ""
        raise ReadError(f"{path}: expected JSON, but {where}{error}.") from error


def _frame_of(path: Path, found: object) -> pd.DataFrame:
    if isinstance(found, dict):
        kind = found.get("type")
        if kind == "FeatureCollection":
            features = found.get("features")
            if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
                raise ReadError(f"{path}: expected a FeatureCollection with a list of features, got something else.")
            return _features(path, features, found.get("crs"))
        if kind == "Feature":
            return _features(path, [found], found.get("crs"))
        if kind in _GEOMETRIES:
            return _features(path, [{"type": "Feature", "geometry": found, "properties": {}}], None)
        if kind == "Topology":
            raise ReadError(f"{path}: expected records or GeoJSON, but it is TopoJSON; convert it to GeoJSON.")
        if (esri := _esri(path, found)) is not None:
            return esri
        found = _records_in(path, found)
    if isinstance(found, list) and found and all(isinstance(row, list) for row in found):
        return _rows(path, found)
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise ReadError(f"{path}: expected a JSON list of objects or a FeatureCollection, got something else.")
    if not found:
        raise ReadError(f"{path}: expected records, but the list is empty.")
    if all(record.get("type") == "Feature" and "geometry" in record for record in found):
        return _features(path, found, None)
    return _objects(path, [_eonet(record) for record in found])


# Codes of Esri's own for Web Mercator.
_ESRI_CODES: dict[Any, int] = {102100: 3857, 102113: 3857}
_GEOMETRIES = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)


def _records_in(path: Path, member: dict[str, Any]) -> object:
    """Return the records that an object holds: as columns, as rows under names, by key, or in a list within."""
    names, data = member.get("columns", member.get("fields")), member.get("data", member.get("rows"))
    if isinstance(names, list) and isinstance(data, list) and data and all(isinstance(row, list) for row in data):
        titles = [
            str(name.get("name", name.get("id", name))) if isinstance(name, dict) else str(name) for name in names
        ]
        return [dict(zip(titles, row, strict=False)) for row in data]
    if tables := _tables(member, _DEEPEST):
        return max(tables, key=lambda table: (_roles(table[0]), len(table)))
    values = list(member.values())
    if values and all(isinstance(value, list) for value in values) and len({len(value) for value in values}) == 1:
        return [dict(zip(member, row, strict=True)) for row in zip(*values, strict=True)]
    if len(values) > 1 and all(isinstance(value, dict) for value in values):
        keys = [tuple(value) for value in values]
        scalar = all(not isinstance(cell, dict | list) for value in values for cell in value.values())
        if scalar and all(key == keys[0] for key in keys):
            # pandas writes columns this way, and rows by their index: numbers as keys are rows.
            if all(re.fullmatch(r"\d+", str(key)) for key in keys[0]):
                return [{name: member[name][row] for name in member} for row in keys[0]]
            return values
    if any(not isinstance(value, dict | list) for value in values):
        return [member]
    raise ReadError(f"{path}: expected a JSON list of objects, got one object without such a list.")


def _roles(record: dict[str, Any]) -> int:
    """Return how many names of a record say what its values are."""
    return sum(bool(roles_of(name)) for name in record)


def _tables(member: dict[str, Any], depth: int) -> list[list[Any]]:
    """Return the lists of objects in an object, those nearest to its top."""
    here = [value for value in member.values() if isinstance(value, list) and value]
    here = [value for value in here if all(isinstance(row, dict) for row in value)]
    if here or not depth:
        return here
    inner = (value for value in member.values() if isinstance(value, dict))
    return [table for value in inner for table in _tables(value, depth - 1)]


def _rows(path: Path, rows: list[list[Any]]) -> pd.DataFrame:
    """Build a frame of lists under a list of names, HXL tags read as such."""
    texts = [[cell_text(cell) or "" for cell in row] for row in rows[:60]]
    at = find_header(texts)
    width = max(map(len, rows))
    check_shape(path, width, len(rows), sum(map(len, rows)))
    names = texts[at.row] + [""] * (width - len(texts[at.row]))
    body = [[*row, *[None] * (width - len(row))] for row in rows[at.first :]]
    columns = [column_from_values([row[n] for row in body]) for n in range(width)]
    frame = frame_of_columns(path, names, columns)
    if at.tags is not None:
        frame.attrs["read"] = {"hxl": hxl_roles(names, texts[at.tags])}
    return frame


def _objects(path: Path, records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    flat = [_flat(record) for record in records]
    columns = _columns_of(path, flat)
    return frame_of_columns(path, list(columns), [column_from_values(values) for values in columns.values()])


def _columns_of(path: Path, rows: Sequence[dict[str, Any]]) -> dict[str, Sequence[Any]]:
    """Return the values of rows by name, None where a row has no such name."""
    names = list(dict.fromkeys(rows[0] if rows else ()))
    if len(names) > 1 and {len(names)} == set(map(len, rows)):
        # Rows that have the same names are turned at once.
        check_shape(path, len(names))
        with suppress(KeyError):
            return dict(zip(names, zip(*map(itemgetter(*names), rows), strict=True), strict=True))
    names = list(dict.fromkeys(chain.from_iterable(rows)))
    check_shape(path, len(names), len(rows), sum(map(len, rows)))
    return {name: [row.get(name) for row in rows] for name in names}


def _flat(record: dict[str, Any], before: str = "", depth: int = _DEEPEST) -> dict[str, Any]:
    """Return a record with objects in it laid out as columns; a geometry stays whole."""
    out: dict[str, Any] = {}
    for name, value in record.items():
        full = f"{before}{name}"
        if isinstance(value, dict) and value and depth and not ("type" in value and "coordinates" in value):
            out |= {key: cell for key, cell in _flat(value, f"{full}.", depth - 1).items() if key not in record}
        else:
            out[full] = value
    return out


def _eonet(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record of NASA's EONET with its places as one geometry, and the first and last of their days."""
    places = record.get("geometry", record.get("geometries"))
    if (
        not isinstance(places, list)
        or not places
        or not all(isinstance(p, dict) and "coordinates" in p for p in places)
    ):
        return record
    days = sorted(str(place["date"]) for place in places if place.get("date"))
    kinds = {place.get("type") for place in places}
    shapes = [{"type": place.get("type"), "coordinates": place["coordinates"]} for place in places]
    if len(shapes) == 1:
        shape = shapes[0]
    elif kinds == {"Point"}:
        shape = {"type": "LineString", "coordinates": [place["coordinates"] for place in shapes]}
    else:
        shape = {"type": "GeometryCollection", "geometries": shapes}
    categories = record.get("categories")
    names = [c.get("title") for c in categories if isinstance(c, dict)] if isinstance(categories, list) else []
    rest = {name: value for name, value in record.items() if name not in ("geometry", "geometries")}
    dates = {"date": days[0], "end_date": days[-1]} if days else {}
    kind = {"event_type": ", ".join(str(name) for name in names if name)} if names and "event_type" not in rest else {}
    return {**rest, **dates, **kind, "geometry": json.dumps(shape)}


def _esri(path: Path, member: dict[str, Any]) -> pd.DataFrame | None:
    """Return the frame of Esri's JSON, None for other objects."""
    features = member.get("features")
    if not isinstance(features, list) or not features:
        return None
    if not all(isinstance(one, dict) and isinstance(one.get("attributes"), dict) for one in features):
        return None
    reference = member.get("spatialReference")
    reference = reference if isinstance(reference, dict) else {}
    code = reference.get("latestWkid", reference.get("wkid", 4326))
    made = [
        {"type": "Feature", "properties": one["attributes"], "geometry": _esri_shape(one.get("geometry"))}
        for one in features
    ]
    crs = {"type": "name", "properties": {"name": f"EPSG:{_ESRI_CODES.get(code, code)}"}}
    return _features(path, made, crs if code != 4326 else None)


def _esri_shape(shape: object) -> dict[str, Any] | None:
    if not isinstance(shape, dict):
        return None
    if shape.get("x") is not None and shape.get("y") is not None:
        return {"type": "Point", "coordinates": [shape["x"], shape["y"]]}
    for name, kind in (("points", "MultiPoint"), ("paths", "MultiLineString"), ("rings", "Polygon")):
        if shape.get(name):
            return {"type": kind, "coordinates": shape[name]}
    return None


def _features(path: Path, features: Sequence[dict[str, Any]], crs: object) -> pd.DataFrame:
    """Build a frame from GeoJSON features: properties, the id where no property has it, the geometry in EPSG:4326."""
    rows = [properties if isinstance(properties := f.get("properties"), dict) else {} for f in features]
    columns = {name: column_from_values(values) for name, values in _columns_of(path, rows).items()}
    if "geometry" in columns:
        columns["geometry_input"] = columns.pop("geometry")
    if "id" not in columns and "event_id" not in columns and any("id" in feature for feature in features):
        columns["id"] = column_from_values([feature.get("id") for feature in features])
    try:
        shapes = shapes_of([feature.get("geometry") for feature in features], _in_plane)
    except (
        AttributeError,
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        RecursionError,
        shapely.errors.ShapelyError,
    ) as error:
        raise ReadError(f"{path}: expected GeoJSON geometries, but one cannot be read ({error}).") from error
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(features)))
    try:
        made = gpd.GeoSeries(shapes, index=frame.index, crs=_crs_of(crs))
        made = made.to_crs("EPSG:4326")
    except (ProjError, ValueError, TypeError) as error:
        why = " ".join(str(error).split())[:120]
        raise ReadError(f"{path}: expected a CRS that is known, got {crs!r:.80} ({why}).") from error
    features_frame: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=made)
    return features_frame


def _crs_of(member: object) -> str:
    """Return the CRS that old GeoJSON names; without one it is in degrees."""
    properties = member.get("properties") if isinstance(member, dict) else None
    name = str(properties.get("name") or properties.get("code") or "") if isinstance(properties, dict) else ""
    if not name or "CRS84" in name:
        return "EPSG:4326"
    code = re.search(r"EPSG:{1,2}(?:[\d.]*:)?(\d+)$", name)
    return f"EPSG:{code[1]}" if code else name


def _in_plane(geometry: Any) -> Any:
    """Return a geometry without heights and measures, which a map does not draw."""
    if isinstance(geometry, dict) and isinstance(geometry.get("geometries"), list):
        return {**geometry, "geometries": [_in_plane(part) for part in geometry["geometries"]]}
    return {**geometry, "coordinates": _flat_positions(geometry["coordinates"])}


def _flat_positions(found: Any) -> Any:
    if isinstance(found, list) and found and not isinstance(found[0], list):
        return found[:3] if len(found) <= 3 else found[:2]
    return [_flat_positions(part) for part in found]
