"""Make Kepler.gl maps of events: data sets and a configuration, a page or a widget.

Precise places are points, rough ones rings, areas translucent shapes, deployments arcs; land and country borders
lie underneath. Coordinates are lon/lat in degrees, EPSG:4326. `geoevents.maps.scene` says what is drawn.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from geoevents.errors import WriteError
from geoevents.maps.choropleth import TITLE, is_panel, scene_of
from geoevents.maps.display_rows import colours_of, display
from geoevents.maps.event_list import event_list
from geoevents.maps.extent import Box, mercator
from geoevents.maps.html import write_page
from geoevents.maps.kepler.datasets import Json, datasets_of, told
from geoevents.maps.kepler.filters import filters_of, page_filters_of
from geoevents.maps.kepler.land import NAME as LAND
from geoevents.maps.kepler.land import land, packed_land
from geoevents.maps.kepler.layers import layers_of
from geoevents.maps.kepler.panels import legend_of, sources_of, what_of
from geoevents.maps.scene import Part, Scene, build
from geoevents.maps.themes import THEMES, Basemap, ThemeName
from geoevents.maps.unit_list import unit_list

if TYPE_CHECKING:
    import geopandas as gpd

    from gazetteer import Gazetteer

__all__ = ["KeplerMap", "for_widget", "kepler_config", "kepler_datasets", "legend", "map_of", "write_html"]

# The map that a view is worked out for, in pixels, and what lies free of labels and slider. The page scales to its own.
_WINDOW = (900, 800)
_FREE = (780, 600)
# Pixels that the view's centre is moved up by: the slider stands below.
_PLAYER = 30


@dataclass(frozen=True, slots=True)
class KeplerMap:
    """A map in the widget's terms: ``data``, ``config``, and what the page says beside them."""

    data: dict[str, Json]
    config: Json
    facts: Json = field(default_factory=dict)


def write_html(
    events: gpd.GeoDataFrame,
    path: Path,
    *,
    basemap: Basemap = "none",
    theme: ThemeName = "light",
    config: Mapping[str, Any] | None = None,
    circles: bool = False,
    embed: bool = False,
    gazetteer: Gazetteer | None = None,
) -> Json:
    """Write events as one self-contained page with a Kepler.gl map; `geoevents.write_map` is the safe way in.

    Parameters are those of `geoevents.write_map`. The page's text comes from ``events.attrs["geoevents"]``.

    Returns
    -------
    dict
        The configuration that was used.

    Raises
    ------
    WriteError
        When the installed keplergl package has no browser bundle, or `config` does not fit the events.
    """
    scene = _scene_of(events, circles, gazetteer)
    listed = None if scene.panel else event_list(events, scene)
    if not scene.panel:  # the page has labels and cards of its own
        scene = replace(scene, parts=[replace(part, told=()) for part in scene.parts if part.kind != "label"])
    made = _map_of_scene(
        scene, events, _Look(basemap, theme, page_filters_of(scene), tooltips=scene.panel, legend=False), config
    )
    facts = dict(events.attrs.get("geoevents") or {})
    facts.setdefault("counts", {"events": len(events)})
    if scene.panel:
        facts.setdefault("title", TITLE)
    write_page(
        path,
        made.data,
        made.config,
        facts=facts | made.facts,
        events=listed,
        units=unit_list(scene) if scene.panel else None,
        land=packed_land() if basemap == "none" else b"",
        theme=theme,
        online=basemap != "none",
        embed=embed,
    )
    return made.config


@dataclass(frozen=True, slots=True)
class _Look:
    """How a scene is shown: its ground and colours, what its reader can narrow, and whether Kepler tells what it is."""

    basemap: Basemap
    theme: ThemeName
    filters: list[Json]
    tooltips: bool = True
    legend: bool = True


def _scene_of(events: gpd.GeoDataFrame, circles: bool, gazetteer: Gazetteer | None) -> Scene:
    return scene_of(events) if is_panel(events) else build(events, circles=circles, gazetteer=gazetteer)


def map_of(
    events: gpd.GeoDataFrame,
    *,
    basemap: Basemap = "none",
    theme: ThemeName = "light",
    config: Mapping[str, Any] | None = None,
    circles: bool = False,
    gazetteer: Gazetteer | None = None,
) -> KeplerMap:
    """Return a map of events in the widget's terms; parameters as in `geoevents.write_map`."""
    scene = _scene_of(events, circles, gazetteer)
    made = _map_of_scene(scene, events, _Look(basemap, theme, filters_of(scene)), config)
    return replace(made, data={LAND: land(), **made.data}) if basemap == "none" else made


def _map_of_scene(scene: Scene, events: gpd.GeoDataFrame, look: _Look, config: Mapping[str, Any] | None) -> KeplerMap:
    """Return a map without its land, which the page holds packed."""
    data = datasets_of(scene)
    known = {*data, *([LAND] if look.basemap == "none" else [])}
    found = scene.view
    main, whole = (_state(box) for box in (found.box, found.whole))
    ours = _configuration(scene, main, look)
    used = _merged(ours, config, known) if config is not None else ours
    facts: Json = {
        "what": what_of(scene),
        **({"counts": {}} if scene.panel else {}),
        "sources": sources_of(events),
        "notes": scene.notes,
        **({"legend": legend_of(scene)} if used is ours and scene.parts else {}),
        "outside": found.outside if used is ours else 0,
        "whole": whole,
        "window": _WINDOW,
        "fit": used is ours,
        "placed": bool(scene.parts),
    }
    return KeplerMap(data, used, facts)


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
    """Return the data sets as the keplergl widget takes them: ``land``, and one for each part there is.

    Areas that events share are told apart by how many share them, and what has no date stands apart, so that
    the time filter does not hide it.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> list(kepler_datasets(gpd.GeoDataFrame(geometry=[Point(76.95, 43.25)], crs="EPSG:4326")))
    ['land', 'undated-points']
    """
    return map_of(events).data


def kepler_config(events: gpd.GeoDataFrame) -> Json:
    """Return the configuration that goes with `kepler_datasets`, in Kepler.gl's version v1.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> config = kepler_config(gpd.GeoDataFrame(geometry=[Point(76.95, 43.25)], crs="EPSG:4326"))
    >>> config["config"]["mapState"]["longitude"]
    76.95
    """
    return map_of(events).config


def for_widget(data: dict[str, Json]) -> dict[str, Any]:
    """Return data sets as the widget's serializer takes them: tables as frames, GeoJSON as it is."""
    out: dict[str, Any] = {}
    for name, dataset in data.items():
        content: Any = dataset["data"]
        if dataset["format"] == "df":
            content = pd.DataFrame(content["data"], columns=content["columns"], dtype=object)
        out[name] = content
    return out


# The configuration


def _configuration(scene: Scene, view: Json, look: _Look) -> Json:
    colours = THEMES[look.theme]
    zoom, latitude = float(str(view["zoom"])), float(str(view["latitude"]))
    layers = layers_of(scene, colours, zoom=zoom, latitude=latitude, land=look.basemap == "none")
    state: Json = {
        "filters": look.filters,
        "layers": layers,
        "interactionConfig": {
            "tooltip": {
                "fieldsToShow": {
                    **{part.id: _tooltip(part) for part in scene.parts},
                    "land": [{"name": "land", "format": None}],
                },
                "enabled": look.tooltips,
                "compareMode": False,
            },
            "brush": {"enabled": False},
            "geocoder": {"enabled": False},
            "coordinate": {"enabled": False},
        },
        "layerBlending": "normal",
    }
    trips = [part.frame for part in scene.parts if part.kind == "trip"]
    if trips:  # at its last moment, so that the whole way is seen
        last = shapely.get_coordinates(trips[0]["shape"].to_numpy(), include_z=True)[:, 2].max()
        state["animationConfig"] = {"currentTime": int(last) * 1000, "speed": 1}
    style = {"styleType": "no_map" if look.basemap == "none" else look.basemap, "backgroundColor": list(colours.sea)}
    # The legend is placed left of the buttons, which would cover its right edge.
    settings = {"position": {"x": 62, "y": 12, "anchorX": "right", "anchorY": "top"}, "contentHeight": -1}
    interface = {"mapControls": {"mapLegend": {"active": look.legend and bool(scene.parts), "settings": settings}}}
    return {
        "version": "v1",
        "config": {"visState": state, "mapState": view, "mapStyle": style, "uiState": interface},
    }


def _tooltip(part: Part) -> list[Json]:
    if part.kind == "label":
        return [{"name": "text", "format": None}]
    if part.kind == "trip":
        return [{"name": "track", "format": None}, {"name": "category", "format": None}]
    names = told(part.frame) if part.told is None else list(part.told)
    if part.kind == "cell":
        names = ["category", "events", "known fatalities"]
    return [{"name": name, "format": _time_format(part.frame[name])} for name in names]


def _time_format(column: pd.Series) -> str | None:

    times = (
        [value for value in column.drop_duplicates() if isinstance(value, pd.Timestamp)]
        if column.dtype == object
        else []
    )
    hours = any(time != time.normalize() for time in times)
    return ("YYYY-MM-DD HH:mm" if hours else "YYYY-MM-DD") if times else None


def _state(box: Box) -> Json:
    """Return the centre and zoom that show a box in what the slider leaves free of the window."""
    west, south, east, north = box
    top, bottom = mercator(north), mercator(south)
    # 1.15: room around; a world is 512 pixels wide at zoom 0.
    width, height = max(east - west, 0.5) / 360 * 1.15, max(top - bottom, 0.008) / math.tau * 1.15
    zoom = min(math.log2(_FREE[0] / 512 / width), math.log2(_FREE[1] / 512 / height))
    zoom = min(max(zoom, 0.6), 9.0)
    pixel = 1 / (512 * 2**zoom)
    latitude = math.degrees(2 * math.atan(math.exp((top + bottom) / 2 - _PLAYER * pixel * math.tau)) - math.pi / 2)
    longitude = (west + east) / 2
    return {
        "longitude": round(longitude, 4),
        "latitude": round(latitude, 4),
        "zoom": round(zoom, 2),
        "bearing": 0,
        "pitch": 0,
    }


def _merged(ours: Json, given: Mapping[str, Any], known: set[str]) -> Json:
    """Return the reader's configuration, with ours for the parts it leaves out."""
    inner: Any = given.get("config") if isinstance(given, Mapping) else None
    if not isinstance(inner, Mapping) or given.get("version") != "v1":
        raise WriteError(
            'Map configuration: expected one of Kepler.gl, with "version": "v1" and a "config"; '
            f"got {json.dumps(sorted(map(str, given)) if isinstance(given, Mapping) else type(given).__name__)[:80]}."
        )
    state = inner.get("visState")
    layers = state.get("layers") if isinstance(state, Mapping) else None
    wanted = {
        str(layer["config"]["dataId"])
        for layer in layers or []
        if isinstance(layer, Mapping) and isinstance(layer.get("config"), Mapping) and "dataId" in layer["config"]
    }
    if wanted and not wanted & known:
        raise WriteError(
            f"Map configuration: expected layers of the data sets {', '.join(sorted(known))}; "
            f"got {', '.join(sorted(wanted))[:200]}."
        )
    base: Any = ours["config"]
    return {"version": "v1", "config": {**base, **{key: value for key, value in inner.items() if value is not None}}}
