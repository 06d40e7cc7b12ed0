"""What a Kepler.gl map of events shows: its data sets and its configuration.

An events frame enters; data sets and a configuration in Kepler.gl's own terms leave, and `write_html` makes a page of
them. Precise places are points, areas are translucent shapes, land lies underneath; nothing is asked of a network.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geoevents.exporters.page import write_page

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["kepler_config", "kepler_datasets", "write_html"]

# Okabe and Ito (2008), told apart by colour-blind readers; black and white are left to the map itself.
PALETTE = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#999999")
_LAND, _BORDER = [229, 231, 235], [255, 255, 255]
_SHOWN = (
    "place_query", "place_name", "place_kind", "event_type", "start", "fatalities", "radius_km", "match_status",
    "evidence", "description", "source",
)  # fmt: skip
_LONGEST = 160
_SIZE = "size: fatalities"
_AREA_PREC = 3
_DISPLAY_TOLERANCE = 0.02
# What stands on top of each other adds up: this is what a stack of areas may come to.
_MOST_OPAQUE = 0.45


def write_html(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write events as one self-contained page with a Kepler.gl map.

    Parameters
    ----------
    events
        An events frame, EPSG:4326.
    path
        The file to write.

    Raises
    ------
    WriteError
        When the installed keplergl package has no browser bundle.
    """
    write_page(
        path,
        kepler_datasets(events),
        kepler_config(events),
        events.attrs.get("geoevents", {}),
        legend(events),
    )


def legend(events: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Return the categories that are coloured, with their colours, the commonest first; past seven they share one."""
    counts = _category(events).value_counts()
    order = sorted(counts.index, key=lambda name: (-counts[name], name))
    return [(str(name), PALETTE[min(i, len(PALETTE) - 1)]) for i, name in enumerate(order)]


def kepler_datasets(events: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the data sets ``land``, ``areas`` and ``events``, as the widget takes them; empty ones are left out."""
    from gazetteer import load

    land = load().layer("basemap").explode(index_parts=False)
    features = [{"type": "Feature", "properties": {}, "geometry": g} for g in _geojson(land.geometry.to_numpy())]
    datasets: dict[str, Any] = {"land": _collection("land", features)}
    points, areas = _split(events)
    if len(areas):
        datasets["areas"] = _collection("areas", _area_features(areas))
    if len(points):
        datasets["events"] = {"id": "events", "format": "df", "data": _table(points)}
    return datasets


def kepler_config(events: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the configuration, in Kepler.gl's version v1."""
    points, areas = _split(events)
    colours = legend(events)
    layers = []
    if len(points):
        layers.append(_point_layer(colours, "fatalities" in points and points["fatalities"].fillna(0).max() > 0))
    if len(areas):
        layers.append(_area_layer(colours, areas))
    layers.append(_land_layer())
    shown = {
        name: [_tooltip(c) for c in _columns(part)]
        for name, part in (("events", points), ("areas", areas))
        if len(part)
    }
    return {
        "version": "v1",
        "config": {
            "visState": {
                "filters": _time_filter(points, areas),
                "layers": layers,
                "interactionConfig": {
                    "tooltip": {"fieldsToShow": {**shown, "land": []}, "enabled": True, "compareMode": False},
                    "brush": {"enabled": False}, "geocoder": {"enabled": False}, "coordinate": {"enabled": False},
                },
                "layerBlending": "normal",
            },
            "mapState": _view(events),
            "mapStyle": {"styleType": "no_map", "backgroundColor": [207, 226, 243]},
            "uiState": {"mapControls": {"mapLegend": {"show": True, "active": True}}},
        },
    }  # fmt: skip


def _category(events: gpd.GeoDataFrame) -> pd.Series:
    column = "event_type" if "event_type" in events and events["event_type"].notna().any() else "place_kind"
    named: pd.Series = events[column].astype(object).where(events[column].notna(), "not stated")
    placed: pd.Series = named[events.geometry.notna()]
    return placed


def _split(events: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the events drawn as points and those drawn as areas; those without a place are neither."""
    placed = events[events.geometry.notna()].copy()
    placed["category"] = _category(events)
    is_area = placed.geometry.geom_type.isin(["Polygon", "MultiPolygon"]) & (placed["where_prec"] >= _AREA_PREC)
    return placed[~is_area], placed[is_area]


def _columns(part: gpd.GeoDataFrame) -> list[str]:
    return ["category", *(name for name in _SHOWN if name in part and part[name].notna().any())]


def _table(points: gpd.GeoDataFrame) -> dict[str, Any]:
    columns = ["lon", "lat", *_columns(points)]
    lists = [[_cell(value) for value in points[name].tolist()] for name in columns]
    if "fatalities" in columns:
        # Kepler.gl draws nothing where the size is not known; the tooltip keeps the difference between 0 and unknown.
        lists.append(points["fatalities"].fillna(0).astype(int).tolist())
        columns.append(_SIZE)
    lists[0:2] = [[round(float(v), 5) for v in points[name]] for name in ("lon", "lat")]
    return {"columns": columns, "data": [list(row) for row in zip(*lists, strict=True)]}


def _area_features(areas: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    # The largest first, so that the smaller ones stay on top and can be pointed at.
    areas = areas.assign(size=shapely.area(areas.geometry.to_numpy())).sort_values("size", ascending=False)
    columns = _columns(areas)
    shapes: dict[str, Any] = {}
    features = []
    for place, shape, cells in zip(
        areas["place_id"], areas.geometry, areas[columns].itertuples(index=False), strict=True
    ):
        if place not in shapes:
            shapes[place] = _geojson(np.array([shape.simplify(_DISPLAY_TOLERANCE)]))[0]
        features.append(
            {
                "type": "Feature",
                "properties": {name: _cell(value) for name, value in zip(columns, cells, strict=True)},
                "geometry": shapes[place],
            }
        )
    return features


def _geojson(shapes: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    rounded = shapely.set_precision(shapes, 0.001)
    return [json.loads(text) for text in shapely.to_geojson(np.where(shapely.is_empty(rounded), shapes, rounded))]


def _cell(value: Any) -> Any:
    """Return a value as the map's JSON takes it: times in ISO 8601 UTC, long texts cut, what is missing null."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, (int, float, np.integer, np.floating)):
        return value.item() if isinstance(value, np.generic) else value
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _collection(name: str, features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": name, "format": "geojson", "data": {"type": "FeatureCollection", "features": features}}


def _tooltip(name: str) -> dict[str, str | None]:
    return {"name": name, "format": "YYYY-MM-DD HH:mm" if name == "start" else None}


def _colour_channel(colours: list[tuple[str, str]]) -> tuple[dict[str, Any], dict[str, Any]]:
    scale = {
        "name": "Okabe-Ito", "type": "customOrdinal", "category": "Custom",
        "colors": [colour for _, colour in colours],
        "colorMap": [[name, colour] for name, colour in colours],
    }  # fmt: skip
    return scale, {"colorField": {"name": "category", "type": "string"}, "colorScale": "customOrdinal"}


def _point_layer(colours: list[tuple[str, str]], sized: bool) -> dict[str, Any]:
    scale, channel = _colour_channel(colours)
    if sized:
        channel |= {"sizeField": {"name": _SIZE, "type": "integer"}, "sizeScale": "sqrt"}
    return {
        "id": "events",
        "type": "point",
        "config": {
            "dataId": "events",
            "label": "Events",
            "columns": {"lat": "lat", "lng": "lon"},
            "isVisible": True,
            "visConfig": {
                "radius": 12, "radiusRange": [8, 40], "opacity": 0.85, "outline": False, "filled": True,
                "colorRange": scale, "thickness": 2,
            },
        },
        "visualChannels": channel,
    }  # fmt: skip


def _area_layer(colours: list[tuple[str, str]], areas: gpd.GeoDataFrame) -> dict[str, Any]:
    scale, channel = _colour_channel(colours)
    deepest = int(areas.groupby("place_id", observed=True).size().max())
    return {
        "id": "areas",
        "type": "geojson",
        "config": {
            "dataId": "areas",
            "label": "Areas (the event lies somewhere inside)",
            "columns": {"geojson": "_geojson"},
            "isVisible": True,
            "visConfig": {
                "opacity": max(0.02, _MOST_OPAQUE / max(deepest, 2)), "strokeOpacity": 0.6, "thickness": 1,
                "stroked": True, "filled": True, "colorRange": scale, "strokeColorRange": scale,
            },
        },
        "visualChannels": {**channel, "strokeColorField": channel["colorField"], "strokeColorScale": "customOrdinal"},
    }  # fmt: skip


def _land_layer() -> dict[str, Any]:
    return {
        "id": "land",
        "type": "geojson",
        "config": {
            "dataId": "land",
            "label": "Land",
            "color": _LAND,
            "columns": {"geojson": "_geojson"},
            "isVisible": True,
            "legend": False,
            "visConfig": {
                "opacity": 1, "strokeOpacity": 1, "thickness": 0.6, "strokeColor": [156, 163, 175], "stroked": True,
                "filled": True,
            },
        },
        "visualChannels": {},
    }  # fmt: skip


def _time_filter(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    parts = [
        (name, part)
        for name, part in (("events", points), ("areas", areas))
        if "start" in part and part["start"].notna().any()
    ]
    if not parts:
        return []
    first = min(part["start"].min() for _, part in parts)
    last = max(part["start"].max() for _, part in parts) + pd.Timedelta(days=1)
    return [
        {
            "id": "time",
            "dataId": [name for name, _ in parts],
            "name": ["start"] * len(parts),
            "type": "timeRange",
            "value": [int(moment.timestamp() * 1000) for moment in (first, last)],
            "enlarged": True,
            "plotType": {"type": "histogram", "interval": "1-day"},
            "animationWindow": "free",
            "speed": 1,
        }
    ]


def _view(events: gpd.GeoDataFrame) -> dict[str, float]:
    """Return the centre and zoom that show all events, with some room around them."""
    placed = events[events.geometry.notna()]
    if not len(placed):
        return {"longitude": 20.0, "latitude": 25.0, "zoom": 1.3, "bearing": 0, "pitch": 0}
    west, east = (np.quantile(placed["lon"], q) for q in (0.02, 0.98))
    south, north = (np.quantile(placed["lat"], q) for q in (0.02, 0.98))
    slack = float(np.clip(placed["radius_km"].median() / 100, 1.0, 15.0))
    width, height = east - west + 2 * slack, (north - south + 2 * slack) * 1.6
    zoom = float(np.clip(np.log2(360 / max(width, height)) + 0.9, 1.0, 9.0))
    return {
        "longitude": float((west + east) / 2), "latitude": float((south + north) / 2), "zoom": zoom, "bearing": 0,
        "pitch": 0,
    }  # fmt: skip
