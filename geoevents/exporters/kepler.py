"""What a Kepler.gl map of events shows: an events frame enters, data sets and a configuration leave.

Precise places are points, areas are translucent shapes, land and country borders lie underneath. Coordinates
are lon/lat in degrees, EPSG:4326. `write_html` makes a page of it (`geoevents.exporters.page`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geoevents.exporters.drawing import DEEPEST, SIZE, TOLD, Part, cell, colours_of, display, split
from geoevents.exporters.page import write_page

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["basemap", "kepler_config", "kepler_datasets", "legend", "write_html"]

Json = dict[str, object]

LAND = (244, 241, 234)
SEA = (207, 224, 236)
_BORDER = (176, 182, 190)

# Degrees: finer than a pixel until one zooms in far.
_TOLERANCE = 0.02
# Square degrees: about 60 km² at the equator.
_ISLET = 0.005
# How much of the land a stack of areas on one place hides, however many they are, and what a lone one hides.
_STACK_HIDES, _ONE_HIDES = 0.5, 0.35
# The window a view is worked out for, in pixels, and what the panels leave of it. The page scales to its own.
_WINDOW = (1280, 800)
_FREE = (820, 500)


def write_html(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write events as one self-contained page with a Kepler.gl map; `geoevents.write` is the safe way in.

    The page opens from disk and asks nothing of a network. Its text comes from ``events.attrs["geoevents"]``.

    Parameters
    ----------
    events
        An events frame; a frame of another kind is drawn as far as it has a geometry.
    path
        The file to write.

    Raises
    ------
    WriteError
        When the installed keplergl package has no browser bundle.
    """
    facts = dict(events.attrs.get("geoevents") or {})
    facts.setdefault("counts", {"events": len(events)})
    hidden = int((events.geometry.notna() & ~events.geometry.is_empty).sum()) - len(display(events))
    if hidden:
        facts["note"] = f"Of areas that more than {DEEPEST} events share, {DEEPEST} are drawn: {hidden:,} are not."
    write_page(path, kepler_datasets(events), kepler_config(events), facts=facts, window=_WINDOW)


def basemap() -> gpd.GeoDataFrame:
    """Return the land that lies under the events: country shapes, EPSG:4326.

    Source: Natural Earth, through the gazetteer's layer ``basemap``.
    """
    from gazetteer import load

    return load().layer("basemap")


def legend(events: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Return the categories with their colours, the commonest first; past seven the rest are one, "other".

    The categories are event types where they are known, else kinds of place.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> kinds = {"place_kind": ["city", "airport", "city"]}
    >>> legend(gpd.GeoDataFrame(kinds, geometry=[Point(0, 0)] * 3, crs="EPSG:4326"))
    [('city', '#D55E00'), ('airport', '#0072B2')]
    """
    return colours_of(display(events))


def kepler_datasets(events: gpd.GeoDataFrame) -> dict[str, Json]:
    """Return the data sets as the keplergl widget takes them: ``land``, and those of points and areas there are.

    Areas that events share are told apart by how many share them, and what has no date stands apart, so that
    the time filter does not hide it.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> list(kepler_datasets(gpd.GeoDataFrame(geometry=[Point(76.95, 43.25)], crs="EPSG:4326")))
    ['land', 'undated-points']
    """
    datasets = {"land": _collection("land", _land())}
    for part in split(display(events)):
        datasets[part.id] = _areas(part) if part.shared else _points(part)
    return datasets


def kepler_config(events: gpd.GeoDataFrame) -> Json:
    """Return the configuration that goes with `kepler_datasets`, in Kepler.gl's version v1.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> config = kepler_config(gpd.GeoDataFrame(geometry=[Point(76.95, 43.25)], crs="EPSG:4326"))
    >>> config["config"]["mapState"]["latitude"]
    43.25
    """
    drawn = display(events)
    parts = split(drawn)
    colours = colours_of(drawn)
    sized = bool((drawn[SIZE] > 0).any())
    layers = [_area_layer(part, colours) if part.shared else _point_layer(part, colours, sized) for part in parts]
    told: Json = {part.id: _tooltip(part.frame) for part in parts}
    state = {
        "filters": _time_filter(parts),
        "layers": [*_once_in_legend(layers), _land_layer()],
        "interactionConfig": {
            "tooltip": {
                "fieldsToShow": {**told, "land": [{"name": "land", "format": None}]},
                "enabled": True,
                "compareMode": False,
            },
            "brush": {"enabled": False},
            "geocoder": {"enabled": False},
            "coordinate": {"enabled": False},
        },
        "layerBlending": "normal",
    }
    style = {"styleType": "no_map", "backgroundColor": list(SEA)}
    # The legend is placed left of the buttons, which would cover its right edge.
    settings = {"position": {"x": 62, "y": 12, "anchorX": "right", "anchorY": "top"}, "contentHeight": -1}
    interface = {"mapControls": {"mapLegend": {"active": bool(parts), "settings": settings}}}
    view = _view(drawn, dated=bool(state["filters"]))
    return {
        "version": "v1",
        "config": {"visState": state, "mapState": view, "mapStyle": style, "uiState": interface},
    }


def _told(frame: pd.DataFrame) -> list[str]:
    return [name for name in TOLD if name in frame and frame[name].notna().any()]


def _points(part: Part) -> Json:
    frame = part.frame.sort_values(SIZE, ascending=False, kind="stable")  # the smallest on top
    columns = ["category", SIZE, *_told(frame)]
    places = [[round(float(value), 5) for value in frame[name]] for name in ("lon", "lat")]
    rest = [[cell(value) for value in frame[name]] for name in columns]
    rows = [list(row) for row in zip(*places, *rest, strict=True)]
    return {"id": part.id, "format": "df", "data": {"columns": ["lon", "lat", *columns], "data": rows}}


def _areas(part: Part) -> Json:
    # The largest come first and lie lowest, so that the smaller ones can be pointed at.
    frame = part.frame.iloc[np.argsort(-shapely.area(part.frame["shape"].to_numpy()), kind="stable")]
    columns = ["category", *_told(frame)]
    first = frame.drop_duplicates("place")
    shapes = dict(zip(first["place"], _geojson(first["shape"].to_numpy()), strict=True))
    features = [
        _feature(shapes[place], {name: cell(value) for name, value in zip(columns, cells, strict=True)})
        for place, cells in zip(frame["place"], frame[columns].itertuples(index=False), strict=True)
    ]
    return _collection(part.id, features)


def _land() -> list[Json]:
    """Return the land as features; islets are left out, but not a country that is one."""
    parts = basemap().reset_index(drop=True).explode(index_parts=False)
    area = pd.Series(shapely.area(parts.geometry.to_numpy()), index=parts.index)
    largest = area.groupby(level=0).transform("max")
    seen = parts[((area > _ISLET) | (area == largest)).to_numpy()]
    names = seen["name"] if "name" in seen else [None] * len(seen)
    shapes = _geojson(seen.geometry.to_numpy())
    return [_feature(shape, {"land": cell(name)}) for shape, name in zip(shapes, names, strict=True)]


def _geojson(shapes: NDArray[np.object_]) -> list[Json]:
    """Return shapes as GeoJSON, as coarse as a map needs them and inside the reach of its projection."""
    boxed = shapely.clip_by_rect(
        shapely.make_valid(shapes, method="structure", keep_collapsed=False), -180, -85, 180, 85
    )
    coarse = shapely.simplify(boxed, _TOLERANCE)
    coarse = np.where(shapely.is_empty(coarse), shapes, coarse)
    rounded = shapely.transform(coarse, lambda positions: positions.round(3))
    return [json.loads(text) for text in shapely.to_geojson(rounded)]


def _collection(name: str, features: list[Json]) -> Json:
    return {"id": name, "format": "geojson", "data": {"type": "FeatureCollection", "features": features}}


def _feature(geometry: Json, properties: Json) -> Json:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _tooltip(frame: pd.DataFrame) -> list[Json]:
    names = _told(frame)
    if "event_type" in names and "place_kind" in names:
        names.remove("place_kind")
    fields: list[Json] = []
    for name in names:
        times = [value for value in frame[name] if isinstance(value, pd.Timestamp)]
        hours = any(time != time.normalize() for time in times)
        form = ("YYYY-MM-DD HH:mm" if hours else "YYYY-MM-DD") if times else None
        fields.append({"name": name, "format": form})
    return fields


def _colours(colours: list[tuple[str, str]]) -> Json:
    return {
        "name": "Okabe-Ito",
        "type": "customOrdinal",
        "category": "Custom",
        "colors": [colour for _, colour in colours],
        "colorMap": [list(pair) for pair in colours],
    }


_CHANNEL: Json = {"colorField": {"name": "category", "type": "string"}, "colorScale": "customOrdinal"}


def _layer(part: Part, kind: str, columns: Json, look: Json, channels: Json) -> Json:
    config = {"dataId": part.id, "label": part.label, "columns": columns, "isVisible": True, "visConfig": look}
    return {"id": part.id, "type": kind, "config": config, "visualChannels": channels}


def _point_layer(part: Part, colours: list[tuple[str, str]], sized: bool) -> Json:
    look: Json = {
        # In metres at zoom 14, kept in size at other zooms: about 4.8 a pixel at the equator.
        "radius": 24, "radiusRange": [20, 90], "opacity": 0.8, "filled": True, "outline": False,
        "colorRange": _colours(colours),
    }  # fmt: skip
    size: Json = {"sizeField": {"name": SIZE, "type": "real"}, "sizeScale": "sqrt"} if sized else {}
    return _layer(part, "point", {"lat": "lat", "lng": "lon"}, look, _CHANNEL | size)


def _area_layer(part: Part, colours: list[tuple[str, str]]) -> Json:
    hides = _ONE_HIDES if part.shared == 1 else 1 - (1 - _STACK_HIDES) ** (1 / part.shared)
    look: Json = {
        # The map raises an opacity to the power of 1/2.2 before it draws.
        "opacity": round(hides**2.2, 7), "strokeOpacity": 0.25, "thickness": 0.3, "stroked": True, "filled": True,
        "strokeColor": [75, 85, 99], "colorRange": _colours(colours),
    }  # fmt: skip
    return _layer(part, "geojson", {"geojson": "_geojson"}, look, _CHANNEL)


def _land_layer() -> Json:
    config = {
        "dataId": "land", "label": "Land", "color": list(LAND), "columns": {"geojson": "_geojson"}, "isVisible": True,
        "isIncludedInLegend": False,
        "visConfig": {
            "opacity": 1, "strokeOpacity": 1, "thickness": 0.3, "strokeColor": list(_BORDER), "stroked": True,
            "filled": True,
        },
    }  # fmt: skip
    return {"id": "land", "type": "geojson", "config": config, "visualChannels": {}}


def _once_in_legend(layers: list[Json]) -> list[Json]:
    """Leave one layer of points and one of areas in the legend: the others say the same."""
    seen: set[object] = set()
    for layer in layers:
        config = layer["config"]
        if layer["type"] in seen and isinstance(config, dict):
            config["isIncludedInLegend"] = False
        seen.add(layer["type"])
    return layers


def _time_filter(parts: Iterable[Part]) -> list[Json]:
    """Return a filter on the first day over the whole span; none when there is but one day."""
    dated = [part for part in parts if part.dated]
    times = [part.frame["date"].dt.tz_localize("UTC") for part in dated]
    if not times:
        return []
    first, last = min(time.min() for time in times), max(time.max() for time in times)
    if first == last:
        return []
    days = (last - first).days
    interval = next(
        (name for most, name in ((90, "1-day"), (730, "1-week"), (7300, "1-month")) if days <= most), "1-year"
    )
    return [
        {
            "id": "time",
            "dataId": [part.id for part in dated],
            "name": ["start"] * len(dated),
            "type": "timeRange",
            "value": [int(moment.timestamp() * 1000) for moment in (first, last)],
            "view": "minified",
            "plotType": {"type": "histogram", "interval": interval},
            "animationWindow": "free",
            "speed": 1,
        }
    ]


def _view(drawn: pd.DataFrame, *, dated: bool) -> Json:
    """Return the centre and zoom that show all events in what the panels leave free of the window."""
    west, south, east, north = _bounds(drawn) if len(drawn) else (-120.0, -45.0, 140.0, 70.0)
    top, bottom = _mercator(north), _mercator(south)
    # 1.15: room around; a world is 512 pixels wide at zoom 0.
    width, height = max(east - west, 0.5) / 360 * 1.15, max(top - bottom, 0.008) / math.tau * 1.15
    zoom = min(math.log2(_FREE[0] / 512 / width), math.log2(_FREE[1] / 512 / height))
    zoom = min(max(zoom, 0.6), 9.0)
    # The legend takes room at the right; the time player at the bottom takes more than the text at the top.
    pixel = 1 / (512 * 2**zoom)
    shift = 45 if dated else 0
    latitude = math.degrees(2 * math.atan(math.exp((top + bottom) / 2 - shift * pixel * math.tau)) - math.pi / 2)
    longitude = (west + east) / 2 + 80 * pixel * 360 * (len(drawn) > 0)
    return {
        "longitude": round(longitude, 4), "latitude": round(latitude, 4), "zoom": round(zoom, 2), "bearing": 0,
        "pitch": 0,
    }  # fmt: skip


def _bounds(drawn: pd.DataFrame) -> tuple[float, float, float, float]:
    """Return west, south, east, north of what is drawn, without an area's far small islands."""
    areas = drawn.loc[drawn["area"]].drop_duplicates("place")["shape"].to_numpy()
    pieces, owner = shapely.get_parts(areas, return_index=True)
    size = pd.Series(shapely.area(pieces))
    kept = pieces[(size >= 0.03 * size.groupby(owner).transform("max")).to_numpy()]
    points = drawn.loc[~drawn["area"], ["lon", "lat"]].to_numpy(dtype="float64")
    boxes = np.vstack([shapely.bounds(kept).reshape(-1, 4), np.hstack([points, points])])
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _mercator(latitude: float) -> float:
    clipped = math.radians(min(max(latitude, -80.0), 80.0))
    return math.log(math.tan(math.pi / 4 + clipped / 2))
