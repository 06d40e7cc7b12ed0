"""Read GeoJSON that `geoevents.write` wrote, and sequences of GeoJSON features."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geoevents.errors import ReadError
from geoevents.frame.provenance import KEY, provenance_from_json
from geoevents.frame.sidecar import AREAS, companion, mark
from geoevents.readers.file_frames import restored_frame
from geoevents.readers.geojson_shapes import shapes_of
from geoevents.readers.quick_json import kept_objects, parsed

__all__ = ["read_geojson", "read_geojson_sequence"]

_LOG = logging.getLogger("geoevents")


def read_geojson(path: Path) -> gpd.GeoDataFrame | None:
    """Read a GeoJSON that `geoevents.write` wrote; None for any other."""
    text = path.read_text(encoding="utf-8-sig")
    with kept_objects():
        collection = _parsed(path, text, None)
        features = collection.get("features")
        facts, note = provenance_from_json(json.dumps(collection.get(KEY)))
        if note is None or not isinstance(features, list):
            return None
        found = _frame_of_features(path, features, note, facts)
        del collection, features  # before the search for cycles goes on, which would look through all of them
    return _with_areas_beside(path, found, note["areas"]) if isinstance(note.get("areas"), dict) else found


def _with_areas_beside(path: Path, events: gpd.GeoDataFrame, reference: dict[str, Any]) -> gpd.GeoDataFrame:
    """Return events with the areas that stand once in a file beside theirs; points where that file is gone."""
    key, beside = str(reference.get("key")), companion(path, AREAS)
    if key not in events.columns:
        return events
    if not beside.is_file():
        _LOG.warning("%s: %s is not there, so that its areas are points.", path, beside.name)
        return events
    if "mark" in reference and reference["mark"] != mark(beside):
        _LOG.warning(
            "%s: %s was changed since, or is of another file, so that its areas are points.", path, beside.name
        )
        return events
    areas = read_geojson(beside)
    if areas is None or key not in areas.columns:
        raise ReadError(f"{beside}: expected the areas of {path.name}, but it is another file.")
    shape_of = dict(zip(areas[key], areas.geometry, strict=True))
    own = [shape_of.get(name, point) for name, point in zip(events[key], events.geometry, strict=True)]
    attrs = events.attrs
    events = events.drop(columns=key)
    events[events.geometry.name] = gpd.GeoSeries(own, index=events.index, crs=events.crs)
    events.attrs = attrs
    return events


def read_geojson_sequence(path: Path) -> gpd.GeoDataFrame | None:
    """Read a sequence of GeoJSON features, a line or a record each."""
    text = path.read_text(encoding="utf-8-sig")
    # Within JSON a record separator is escaped: one that stands there begins a record.
    parts = text.split("\x1e") if text.startswith("\x1e") else text.split("\n")
    features = [_parsed(path, part, n) for n, part in enumerate(parts, start=1) if part.strip()]
    if not features:
        raise ReadError(f"{path}: expected features, but the file has none.")
    facts, note = provenance_from_json(json.dumps(features[0].get(KEY)))
    if note is None:
        note = {"columns": [], "geometry": "geometry", "crs": "EPSG:4326"}
    return _frame_of_features(path, features, note, facts)


def _parsed(path: Path, text: str, number: int | None) -> dict[str, Any]:
    where = f"record {number}: " if number else ""
    quick = parsed([text]) if number is None else None
    try:
        found = json.loads(text) if quick is None else quick[0]
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{path}: expected JSON, but {where}{error}.") from error
    if not isinstance(found, dict):
        raise ReadError(f"{path}: expected a GeoJSON object, but {where}it is something else.")
    return found


def _frame_of_features(path: Path, features: list[Any], note: dict[str, Any], facts: object) -> gpd.GeoDataFrame:
    try:
        rows = [feature["properties"] or {} for feature in features]
        shapes = shapes_of([feature["geometry"] for feature in features]).tolist()
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise ReadError(f"{path}: expected GeoJSON features, but one cannot be read ({error!r}).") from error
    names = [column["name"] for column in note["columns"]]
    names = list(dict.fromkeys([*names, *(name for row in rows for name in row)]))
    cells = pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names})
    if not names:
        cells = pd.DataFrame(index=range(len(rows)))
    return restored_frame(cells, shapes, note, facts)
