"""Make a scene's data sets for the keplergl widget: tables and GeoJSON, as JSON holds them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pandas as pd
import shapely

import gazetteer
from geoevents.maps.display_rows import LONGEST, SIZE, TOLD, cell
from geoevents.maps.scene import Part, Scene

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = [
    "EVENT",
    "EVENT_ROW",
    "MOMENT",
    "Json",
    "basemap",
    "collection",
    "datasets_of",
    "feature",
    "geojson_of",
    "ring_of",
    "told",
]

Json = dict[str, object]
# Shapes as GeoJSON, by their identity and how coarse they are: parts with dates and without have the same.
Drawn = dict[tuple[int, float], Json]

# The column the time filter goes by; where events last, it is any day of theirs.
MOMENT = {False: "start", True: "under way"}

# The column by which the page's list and the map know an event: its row in the frame that entered.
EVENT, EVENT_ROW = "event", "row"

# Degrees: finer than a pixel until one zooms in far.
_TOLERANCE = 0.02
# The same from so many units on.
_COARSE, _MANY = 0.06, 300
# Letters that all texts of a map have together; more events get shorter ones. A text of fewer says nothing.
_LETTERS, _SHORTEST = 12_000_000, 20
_LONG_TEXTS = ("evidence", "description", "notes", "source", "place_query")


def basemap() -> gpd.GeoDataFrame:
    """Return the land that lies under the events: country shapes, EPSG:4326.

    Source: Natural Earth, through the gazetteer's layer ``basemap``.
    """
    return gazetteer.load().layer("basemap")


def datasets_of(scene: Scene) -> dict[str, Json]:
    """Return a data set a part, under the part's id."""
    drawn: Drawn = {}
    return {part.id: _dataset(part, scene, drawn) for part in scene.parts}


def told(frame: pd.DataFrame) -> list[str]:
    """Return the columns a tooltip tells, where anything is known; a kind of place only where no type is known."""
    names = [name for name in TOLD if name in frame and frame[name].notna().any()]
    if "event_type" in names and "place_kind" in names:
        names.remove("place_kind")
    return names


def _dataset(part: Part, scene: Scene, drawn: Drawn) -> Json:
    if part.kind in ("area", "wide", "unit", "empty"):
        return _areas(part, scene, drawn)
    if part.kind == "circle":
        return collection(part.id, _features(part, scene, _circles(part.frame)))
    if part.kind == "trip":
        return collection(part.id, [_trip(*row) for row in part.frame.itertuples(index=False)])
    return _table(part, scene)


def _table(part: Part, scene: Scene) -> Json:
    frame = part.frame
    places = ["lon", "lat", *(["from_lon", "from_lat"] if part.kind == "arc" else [])]
    columns: dict[str, list[object]] = {name: [*frame[name].astype("float64").round(4)] for name in places}
    if part.kind == "label":
        columns["text"] = frame["text"].tolist()
    else:
        columns |= _columns_of(part, scene)
    return {
        "id": part.id,
        "format": "df",
        "data": {"columns": list(columns), "data": [list(row) for row in zip(*columns.values(), strict=True)]},
    }


def _columns_of(part: Part, scene: Scene) -> dict[str, list[object]]:
    """Return the columns that colour, size, filter and tooltips need, a list each."""
    frame = part.frame
    if part.kind == "empty":
        return {**_event_names(frame), **{name: frame[name].tolist() for name in part.told or ()}}
    columns: dict[str, list[object]] = {"category": frame["category"].tolist(), SIZE: _short(frame[SIZE])}
    columns[MOMENT[scene.lasting]] = _stamps(frame["moment"])
    columns |= _event_names(frame)
    if scene.crowded or ("events" in frame.columns and (frame["events"] != 1).any()):
        columns["events"] = frame["events"].tolist()
    names = told(frame) if part.told is None else part.told
    longest = min(LONGEST, max(_SHORTEST, _LETTERS // max(1, len(scene.rows) * len(_LONG_TEXTS))))
    for name in names:
        values = frame[name].map(_figure) if part.kind == "unit" else frame[name]
        columns[name] = _cells(values, longest if name in _LONG_TEXTS else LONGEST)
    return columns


def _event_names(frame: pd.DataFrame) -> dict[str, list[object]]:
    """Return the column by which the page knows a row of its list; a word, since the map takes digits for a range."""
    return {EVENT: [f"e{row}" for row in frame[EVENT_ROW]]} if EVENT_ROW in frame.columns else {}


def _short(column: pd.Series) -> list[object]:
    return [int(value) if value == int(value) else value for value in column.tolist()]


def _figure(value: object) -> object:
    """Return a number of a tooltip: two decimals, below 1 three figures."""
    if not isinstance(value, float) or math.isnan(value):
        return value
    return round(value, 2) if abs(value) >= 1 else float(f"{value:.3g}")


def _stamps(column: pd.Series) -> list[object]:
    texts = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ").astype(object)
    return [*texts.where(texts.notna(), None)]


def _cells(column: pd.Series, longest: int) -> list[object]:
    """Return a column's cells for JSON; each distinct text or date is looked at once."""
    seen: dict[object, object] = {}
    out = []
    for value in column:
        try:
            known = (type(value), value)
            if known not in seen:
                seen[known] = cell(value, longest)
            out.append(seen[known])
        except TypeError:  # a list or a dict has no hash
            out.append(cell(value, longest))
    return out


def _areas(part: Part, scene: Scene, drawn: Drawn) -> Json:
    # The largest come first and lie lowest, so that the smaller ones can be pointed at.
    frame = part.frame.iloc[np.argsort(-shapely.area(part.frame["shape"].to_numpy()), kind="stable")]
    part = replace(part, frame=frame)
    many = part.kind in ("unit", "empty") and len(frame) >= _MANY
    tolerance = _COARSE if many else _TOLERANCE
    first = frame.drop_duplicates("place")
    shape_of = dict(zip(first["place"], first["shape"], strict=True))
    new = np.array([shape for shape in shape_of.values() if (id(shape), tolerance) not in drawn], dtype=object)
    shown = geojson_of(_without_islets(new) if many else new, tolerance)
    drawn.update({(id(shape), tolerance): area for shape, area in zip(new, shown, strict=True)})
    return collection(part.id, _features(part, scene, [drawn[id(shape_of[p]), tolerance] for p in frame["place"]]))


def _without_islets(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return areas without their parts that are small beside the largest of them."""
    pieces, owner = shapely.get_parts(shapes, return_index=True)
    area = pd.Series(shapely.area(pieces))
    kept = (area >= 0.02 * area.groupby(owner).transform("max")).to_numpy()
    return np.asarray(shapely.multipolygons(pieces[kept], indices=owner[kept]), dtype=object)


def _features(part: Part, scene: Scene, shapes: list[Json]) -> list[Json]:
    columns = _columns_of(part, scene)
    rows = zip(*columns.values(), strict=True)
    return [feature(shape, dict(zip(columns, row, strict=True))) for shape, row in zip(shapes, rows, strict=True)]


def _circles(frame: pd.DataFrame) -> list[Json]:
    """Return circles of ``radius_km`` around each point, cut where the map's projection ends."""
    radius = frame["radius_km"].astype("float64").clip(upper=5000).to_numpy()
    out: list[Json] = []
    for lon, lat, reach in zip(frame["lon"], frame["lat"], radius.tolist(), strict=True):
        ring = ring_of(lon, lat, reach)
        out.append({"type": "Polygon", "coordinates": [ring.round(3).tolist()]})
    return out


def ring_of(lon: float, lat: float, radius_km: float) -> NDArray[np.float64]:
    """Return a circle on the globe as a closed ring, n × 2: lon (running on past 180), lat in degrees."""
    angle, distance = np.linspace(0, math.tau, 49), radius_km / 6371.0088
    phi = math.radians(lat)
    north = np.arcsin(np.clip(np.sin(phi) * np.cos(distance) + np.cos(phi) * np.sin(distance) * np.cos(angle), -1, 1))
    east = np.arctan2(np.sin(angle) * np.sin(distance) * np.cos(phi), np.cos(distance) - np.sin(phi) * np.sin(north))
    return np.column_stack([lon + np.degrees(np.unwrap(east)), np.degrees(north).clip(-85, 85)])


def _trip(track: str, category: str, line: shapely.LineString) -> Json:
    stops = shapely.get_coordinates(line, include_z=True)
    # Longitude, latitude, altitude, seconds: what the map takes for a thing that moves.
    positions = [[round(lon, 4), round(lat, 4), 0, int(seconds)] for lon, lat, seconds in stops]
    return feature({"type": "LineString", "coordinates": positions}, {"track": track[:80], "category": category})


def geojson_of(shapes: NDArray[np.object_], tolerance: float = _TOLERANCE) -> list[Json]:
    """Return shapes as GeoJSON, as coarse as a map needs them and inside the reach of its projection."""
    valid, wrong = shapes.copy(), ~shapely.is_valid(shapes)
    valid[wrong] = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    boxed = shapely.clip_by_rect(valid, -180, -85, 180, 85)
    coarse = shapely.simplify(boxed, tolerance)
    coarse = np.where(shapely.is_empty(coarse), shapes, coarse)
    rounded = shapely.transform(coarse, lambda positions: positions.round(3))
    return [orjson.loads(text) for text in shapely.to_geojson(rounded)]


def collection(name: str, features: list[Json]) -> Json:
    """Return features as a data set."""
    return {"id": name, "format": "geojson", "data": {"type": "FeatureCollection", "features": features}}


def feature(geometry: Json, properties: Json) -> Json:
    """Return a shape with what is told of it."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}
