"""What a Kepler.gl map of events shows: an events frame enters, data sets and a configuration leave.

Precise places are points, areas are translucent shapes, land and country borders lie underneath. Coordinates
are lon/lat in degrees, EPSG:4326. `write_html` makes a page of it (`geoevents.exporters.page`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geoevents.exporters.page import write_page

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["basemap", "kepler_config", "kepler_datasets", "legend", "write_html"]

Json = dict[str, object]

# Okabe and Ito (2008), told apart by colour-blind readers: a colour each for the commonest seven, grey for the rest.
PALETTE = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#6B7280")
LAND = (244, 241, 234)
SEA = (207, 224, 236)
_BORDER = (176, 182, 190)

_REST = "other"
_UNSTATED = "not stated"
# What a tooltip tells, in this order, where it is known.
_TOLD = (
    "event_type", "place_kind", "place_name", "place_query", "start", "end", "fatalities", "actor1", "radius_km",
    "match_status", "evidence", "description", "notes", "source",
)  # fmt: skip
# The map does not draw a point whose size is unknown: this column has 0 there, and the tooltip stays silent.
_SIZE = "known fatalities"
_LONGEST = 160
# From admin-2 on (UCDP's where_prec) an event lies somewhere in an area, not at a point.
_AREA_PREC = 3
# Degrees: finer than a pixel until one zooms in far.
_TOLERANCE = 0.02
# How much of the land a stack of areas on one place hides, however many they are, and what a lone one hides.
_STACK_HIDES, _ONE_HIDES = 0.5, 0.35
# More on one place would each be too faint for the 256 steps a screen has; the page says how many are left out.
_DEEPEST = 64
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
    hidden = int((events.geometry.notna() & ~events.geometry.is_empty).sum()) - len(_drawn(events))
    if hidden:
        facts["note"] = f"Of areas that more than {_DEEPEST} events share, {_DEEPEST} are drawn: {hidden:,} are not."
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
    return _legend(_drawn(events))


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
    datasets = {"land": _collection("land", [_feature(shape, {}) for shape in _land()])}
    for part in _parts(_drawn(events)):
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
    drawn = _drawn(events)
    parts = _parts(drawn)
    colours = _legend(drawn)
    sized = bool((drawn[_SIZE] > 0).any())
    layers = [_area_layer(part, colours) if part.shared else _point_layer(part, colours, sized) for part in parts]
    told: Json = {part.id: _tooltip(part.frame) for part in parts}
    state = {
        "filters": _time_filter(parts),
        "layers": [*_once_in_legend(layers), _land_layer()],
        "interactionConfig": {
            "tooltip": {"fieldsToShow": {**told, "land": []}, "enabled": True, "compareMode": False},
            "brush": {"enabled": False},
            "geocoder": {"enabled": False},
            "coordinate": {"enabled": False},
        },
        "layerBlending": "normal",
    }
    style = {"styleType": "no_map", "backgroundColor": list(SEA)}
    # The legend is placed left of the buttons, which would cover its right edge.
    settings = {"position": {"x": 62, "y": 12, "anchorX": "right", "anchorY": "top"}, "contentHeight": -1}
    interface = {"mapControls": {"mapLegend": {"active": True, "settings": settings}}}
    view = _view(drawn, dated=bool(state["filters"]))
    return {
        "version": "v1",
        "config": {"visState": state, "mapState": view, "mapStyle": style, "uiState": interface},
    }


@dataclass(frozen=True, slots=True)
class _Part:
    """Events that are drawn alike.

    Attributes
    ----------
    shared
        For areas: the most events that lie on one of the places. 0 for points.
    """

    id: str
    label: str
    frame: pd.DataFrame
    shared: int
    dated: bool


def _drawn(events: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what a map needs of the events that have a place: one of its own, so that any frame will do."""
    placed = events[events.geometry.notna() & ~events.geometry.is_empty].to_crs("EPSG:4326")
    drawn = pd.DataFrame({name: placed[name].astype(object) for name in _TOLD if name in placed})
    shapes = placed.geometry.to_numpy()
    drawn["shape"] = shapes
    drawn["category"] = _category(placed)
    deaths = placed["fatalities"] if "fatalities" in placed else pd.Series(np.nan, placed.index)
    drawn[_SIZE] = pd.to_numeric(deaths, errors="coerce").astype("float64").clip(lower=0, upper=1e9).fillna(0)
    points = shapely.point_on_surface(shapes)
    for name, values in (("lon", shapely.get_x(points)), ("lat", shapely.get_y(points))):
        known = pd.to_numeric(placed[name], errors="coerce") if name in placed else np.nan
        drawn[name] = pd.Series(known, index=placed.index, dtype="float64").fillna(
            pd.Series(values, index=placed.index)
        )
    areal = np.isin(shapely.get_type_id(shapes), (3, 6))
    precision = pd.to_numeric(placed["where_prec"]) if "where_prec" in placed else pd.Series(_AREA_PREC, placed.index)
    drawn["area"] = areal & (precision.fillna(_AREA_PREC) >= _AREA_PREC).to_numpy()
    keys = placed["place_id"] if "place_id" in placed else pd.Series(None, placed.index, dtype=object)
    drawn["place"] = keys.astype(object).where(keys.notna(), pd.Series(shapely.to_wkb(shapes), placed.index))
    return drawn[_is_kept(drawn)]


def _is_kept(drawn: pd.DataFrame) -> pd.Series:
    """Leave out what is too deep in a stack of areas, evenly over time."""
    dates = drawn["start"] if "start" in drawn else pd.Series(None, drawn.index, dtype=object)
    areas = drawn.loc[drawn["area"].to_numpy()]
    order = pd.to_datetime(dates[drawn["area"].to_numpy()], errors="coerce").to_numpy().argsort(kind="stable")
    places = areas["place"].iloc[order].groupby(areas["place"].iloc[order])
    rank, size = places.cumcount().to_numpy(), places.transform("size").to_numpy()
    taken = (size <= _DEEPEST) | (rank * _DEEPEST // size != (rank - 1) * _DEEPEST // size)
    kept = ~drawn["area"]
    positions = np.flatnonzero(drawn["area"].to_numpy())[order]
    kept.iloc[positions] = taken
    return kept


def _category(placed: gpd.GeoDataFrame) -> pd.Series:
    names = [name for name in ("event_type", "place_kind") if name in placed and placed[name].notna().any()]
    if not names:
        return pd.Series("event", placed.index, dtype=object)
    texts = placed[names[0]].astype(object).map(lambda value: _label(value, names[0]), na_action="ignore")
    texts = texts.where(texts.notna(), _UNSTATED)
    counts = texts.value_counts()
    order = sorted(counts.index, key=lambda name: (-counts[name], name))
    kept = set(order if len(order) <= len(PALETTE) else order[: len(PALETTE) - 1])
    return pd.Series([text if text in kept else _REST for text in texts], placed.index, dtype=object)


def _label(value: object, column: str) -> str:
    # The map takes a column of digits or dates for numbers, and then no colour fits: codes are given a word.
    text = str(_cell(value)).strip()
    return text if any(letter.isalpha() for letter in text) else f"{column.replace('_', ' ')} {text}".strip()


def _legend(drawn: pd.DataFrame) -> list[tuple[str, str]]:
    counts = drawn["category"].value_counts()
    order = sorted(counts.index, key=lambda name: (name == _REST, -counts[name], name))
    colours = [*PALETTE[: len(order) - 1], PALETTE[-1]] if _REST in order else PALETTE
    return [(str(name), colour) for name, colour in zip(order, colours, strict=False)]


def _parts(drawn: pd.DataFrame) -> list[_Part]:
    """Split events by how they are drawn; the first is on top."""
    dates = drawn["start"] if "start" in drawn else pd.Series(None, drawn.index, dtype=object)
    dated = pd.to_datetime(dates, errors="coerce").notna()
    parts = []
    for has_date in (True, False):
        name, suffix = ("", "") if has_date else ("undated-", " without a date")
        frame = drawn[(dated == has_date) & ~drawn["area"]]
        if len(frame):
            parts.append(_Part(f"{name}points", f"Places{suffix}", frame, 0, has_date))
    areas = drawn[drawn["area"]]
    shared = areas.groupby("place")["place"].transform("size")
    # A class for 1, 2–4, 5–16, 17–64 … events on a place: one opacity for all would hide the land or the lone event.
    depth = np.ceil(np.log(shared.astype("float64")) / np.log(4)).astype("int64")
    for level in sorted(depth.unique(), reverse=True):
        most = int(shared[depth == level].max())
        for has_date in (True, False):
            name, suffix = ("", "") if has_date else ("undated-", " without a date")
            frame = areas[(depth == level) & (dated[areas.index] == has_date)]
            if len(frame):
                label = f"Areas: the event is somewhere inside{suffix}"
                parts.append(_Part(f"{name}areas-{most}", label, frame, most, has_date))
    return parts


def _told(frame: pd.DataFrame) -> list[str]:
    return [name for name in _TOLD if name in frame and frame[name].notna().any()]


def _points(part: _Part) -> Json:
    frame = part.frame.sort_values(_SIZE, ascending=False, kind="stable")  # the smallest on top
    columns = ["category", _SIZE, *_told(frame)]
    places = [[round(float(value), 5) for value in frame[name]] for name in ("lon", "lat")]
    rest = [[_cell(value) for value in frame[name]] for name in columns]
    rows = [list(row) for row in zip(*places, *rest, strict=True)]
    return {"id": part.id, "format": "df", "data": {"columns": ["lon", "lat", *columns], "data": rows}}


def _areas(part: _Part) -> Json:
    # The largest come first and lie lowest, so that the smaller ones can be pointed at.
    frame = part.frame.iloc[np.argsort(-shapely.area(part.frame["shape"].to_numpy()), kind="stable")]
    columns = ["category", *_told(frame)]
    first = frame.drop_duplicates("place")
    shapes = dict(zip(first["place"], _geojson(first["shape"].to_numpy()), strict=True))
    features = [
        _feature(shapes[place], {name: _cell(value) for name, value in zip(columns, cells, strict=True)})
        for place, cells in zip(frame["place"], frame[columns].itertuples(index=False), strict=True)
    ]
    return _collection(part.id, features)


def _land() -> list[Json]:
    """Return the land as polygons; islets are left out, but not a country that is one."""
    parts = basemap().reset_index(drop=True).explode(index_parts=False)
    shapes = parts.geometry.to_numpy()
    area = pd.Series(shapely.area(shapes), index=parts.index)
    largest = area.groupby(level=0).transform("max")
    return _geojson(shapes[((area > 0.005) | (area == largest)).to_numpy()])


def _geojson(shapes: NDArray[np.object_]) -> list[Json]:
    """Return shapes as GeoJSON, as coarse as a map needs them and inside the reach of its projection."""
    boxed = shapely.clip_by_rect(shapely.make_valid(shapes), -180, -85, 180, 85)
    coarse = shapely.simplify(boxed, _TOLERANCE)
    coarse = np.where(shapely.is_empty(coarse), shapes, coarse)
    rounded = shapely.transform(coarse, lambda positions: positions.round(3))
    return [json.loads(text) for text in shapely.to_geojson(rounded)]


def _cell(value: object) -> str | int | float | bool | None:
    """Return a value as the map's JSON takes it: times in ISO 8601 UTC, long texts cut, what is missing null."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, pd.Timestamp):
        # A date alone would not become a time filter; the map reads times as UTC.
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bool | int):
        return value
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


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
        days = frame[name].dropna() if name in ("start", "end") else ()
        hours = any(pd.Timestamp(day) != pd.Timestamp(day).normalize() for day in days)
        form = ("YYYY-MM-DD HH:mm" if hours else "YYYY-MM-DD") if len(days) else None
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


def _layer(part: _Part, kind: str, columns: Json, look: Json, channels: Json) -> Json:
    config = {"dataId": part.id, "label": part.label, "columns": columns, "isVisible": True, "visConfig": look}
    return {"id": part.id, "type": kind, "config": config, "visualChannels": channels}


def _point_layer(part: _Part, colours: list[tuple[str, str]], sized: bool) -> Json:
    look: Json = {
        # In metres at zoom 14, kept in size at other zooms: about 4.8 a pixel at the equator.
        "radius": 24, "radiusRange": [20, 90], "opacity": 0.8, "filled": True, "outline": False,
        "colorRange": _colours(colours),
    }  # fmt: skip
    size: Json = {"sizeField": {"name": _SIZE, "type": "real"}, "sizeScale": "sqrt"} if sized else {}
    return _layer(part, "point", {"lat": "lat", "lng": "lon"}, look, _CHANNEL | size)


def _area_layer(part: _Part, colours: list[tuple[str, str]]) -> Json:
    hides = _ONE_HIDES if part.shared == 1 else 1 - (1 - _STACK_HIDES) ** (1 / part.shared)
    look: Json = {
        # The map raises an opacity to the power of 1/2.2 before it draws.
        "opacity": round(hides**2.2, 7), "strokeOpacity": 0.5, "thickness": 0.5, "stroked": True, "filled": True,
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


def _time_filter(parts: Iterable[_Part]) -> list[Json]:
    """Return a filter on the first day over the whole span; none when there is but one day."""
    dated = [part for part in parts if part.dated]
    times = [pd.to_datetime(part.frame["start"], utc=True) for part in dated]
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
