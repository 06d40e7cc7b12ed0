"""Make the layers with which Kepler.gl (v1) draws a scene, topmost first."""

from __future__ import annotations

import math

import pandas as pd
import shapely

from geoevents.maps.display_rows import SIZE
from geoevents.maps.kepler.datasets import Json
from geoevents.maps.scene import Part, Scene
from geoevents.maps.themes import AREA_HIDES, DENSITY, STACK_HIDES, WIDE_HIDES, Theme

__all__ = ["layers_of"]

_ABOVE_AREAS = ("label", "arc", "trip", "point", "rough")
_BELOW = ("area", "wide", "circle", "unit", "empty")
_COUNTED = ("point", "rough", "cell")
# How wide a cell of the density is on the first view, in pixels.
_CELL_PIXELS = 12


def layers_of(scene: Scene, theme: Theme, *, zoom: float, latitude: float, land: bool) -> list[Json]:
    """Return the layers of a scene.

    Parameters
    ----------
    zoom, latitude
        Of the first view; the cells of a density are sized for it.
    land
        Whether the data set ``land`` is the ground.
    """
    above = [_layer(part, scene, theme) for part in scene.parts if part.kind in _ABOVE_AREAS]
    crowds = [part for part in scene.parts if part.kind in _COUNTED and scene.crowded]
    density = [_density(part, zoom, latitude) for part in crowds]
    below = [_layer(part, scene, theme) for part in scene.parts if part.kind in _BELOW]
    return [*_once_in_legend([*above, *density, *below]), *([_land(theme)] if land else [])]


def _layer(part: Part, scene: Scene, theme: Theme) -> Json:
    match part.kind:
        case "label":
            return _label(part, theme)
        case "arc":
            return _arc(part, scene)
        case "trip":
            return _trip(part, scene)
        case "area":
            return _area(part, scene)
        case "wide":
            return _wide(part, scene)
        case "unit" | "empty":
            return _unit(part, scene, theme)
        case "circle":
            return _circle(part, scene)
        case _:
            return _point(part, scene)


def _config(part: Part, kind: str, columns: Json, look: Json, channels: Json, **more: object) -> Json:
    config = {"dataId": part.id, "label": part.label, "columns": columns, "isVisible": True, "visConfig": look, **more}
    return {"id": part.id, "type": kind, "config": config, "visualChannels": channels}


_COLOUR: Json = {"colorField": {"name": "category", "type": "string"}, "colorScale": "customOrdinal"}
_STROKE: Json = {"strokeColorField": {"name": "category", "type": "string"}, "strokeColorScale": "customOrdinal"}
_PLACE: Json = {"lat": "lat", "lng": "lon"}


def _colours(scene: Scene) -> Json:
    return {
        "name": "Okabe-Ito",
        "type": "customOrdinal",
        "category": "Custom",
        "colors": [colour for _, colour in scene.colours],
        "colorMap": [list(pair) for pair in scene.colours],
    }


def _point(part: Part, scene: Scene) -> Json:
    rough = part.kind == "rough"
    colours = _colours(scene)
    least, most = _radii(part, scene)
    look: Json = {
        "radius": most,
        "radiusRange": [least, most],
        "opacity": 0.85,
        "filled": not rough,
        "outline": rough,
        "thickness": 1 if scene.crowded else 2,
        "colorRange": colours,
        "strokeColorRange": colours,
    }
    size: Json = {"sizeField": {"name": SIZE, "type": "real"}, "sizeScale": "sqrt"} if least < most else {}
    layer = _config(part, "point", _PLACE, look, (_STROKE if rough else _COLOUR) | size)
    _inner(layer)["isVisible"] = scene.dotted
    return layer


def _radii(part: Part, scene: Scene) -> tuple[float, float]:
    """Return the radius of a part's smallest and largest point.

    The map scales each part by itself; so each gets the piece of the common scale that its numbers span. Radii are
    in metres at zoom 14, kept in size at other zooms: about 4.8 a pixel at the equator.
    """
    most = float(scene.rows[SIZE].max())
    if scene.crowded or not most:
        return (8, 8) if scene.crowded else (24, 24)
    least, largest = (20 + 70 * math.sqrt(value / most) for value in (part.frame[SIZE].min(), part.frame[SIZE].max()))
    return round(least, 2), round(largest, 2)


def _label(part: Part, theme: Theme) -> Json:
    # Beside a point, in the middle of an area.
    area = bool(part.frame["area"].all())
    text = {
        "field": {"name": "text", "type": "string"},
        "color": list(theme.text),
        "size": 18,
        "anchor": "middle" if area else "start",
        "alignment": "center",
        "offset": [0, 0] if area else [14, 0],
        "outlineWidth": 0,
        "background": True,
        "backgroundColor": [*theme.land, 220],
    }
    look: Json = {"radius": 1, "opacity": 1, "filled": False, "outline": False}
    return _config(part, "point", _PLACE, look, {}, textLabel=[text], isIncludedInLegend=False)


def _area(part: Part, scene: Scene) -> Json:
    hides = AREA_HIDES if part.shared == 1 else 1 - (1 - STACK_HIDES) ** (1 / part.shared)
    look: Json = {
        # The map raises an opacity to the power of 1/2.2 before it draws.
        "opacity": round(hides**2.2, 7),
        "strokeOpacity": 0.6,
        "thickness": 0.5,
        "stroked": True,
        "filled": True,
        "colorRange": _colours(scene),
        "strokeColorRange": _colours(scene),
    }
    return _config(part, "geojson", {"geojson": "_geojson"}, look, _COLOUR | _STROKE)


def _wide(part: Part, scene: Scene) -> Json:
    look: Json = {
        "opacity": round((1 - (1 - WIDE_HIDES) ** (1 / part.shared)) ** 2.2, 7),
        "strokeOpacity": 0.9,
        "thickness": 0.8,
        "stroked": True,
        "filled": True,
        "colorRange": _colours(scene),
        "strokeColorRange": _colours(scene),
    }
    return _config(part, "geojson", {"geojson": "_geojson"}, look, _COLOUR | _STROKE)


def _unit(part: Part, scene: Scene, theme: Theme) -> Json:
    empty = part.kind == "empty"
    look: Json = {
        "opacity": 0.9,
        "strokeOpacity": 0.6,
        "thickness": 0.3,
        "stroked": True,
        "filled": True,
        "strokeColor": list(theme.border if empty else theme.line),
    }
    if empty:
        return _config(part, "geojson", {"geojson": "_geojson"}, look, {}, color=list(theme.pale))
    return _config(part, "geojson", {"geojson": "_geojson"}, look | {"colorRange": _colours(scene)}, _COLOUR)


def _circle(part: Part, scene: Scene) -> Json:
    colours = _colours(scene)
    look: Json = {
        "opacity": 0.8,
        "strokeOpacity": 0.6,
        "thickness": 0.3,
        "stroked": True,
        "filled": False,
        "colorRange": colours,
        "strokeColorRange": colours,
    }
    return _config(part, "geojson", {"geojson": "_geojson"}, look, _STROKE)


def _arc(part: Part, scene: Scene) -> Json:
    columns: Json = {"lat0": "from_lat", "lng0": "from_lon", "lat1": "lat", "lng1": "lon"}
    look: Json = {"opacity": 0.8, "thickness": 2, "colorRange": _colours(scene)}
    return _config(part, "arc", columns, look, _COLOUR)


def _trip(part: Part, scene: Scene) -> Json:
    look: Json = {
        "opacity": 0.9,
        "thickness": 2,
        "trailLength": _seconds(part.frame),
        "fadeTrail": False,
        "colorRange": _colours(scene),
    }
    return _config(part, "trip", {"geojson": "_geojson"}, look, _COLOUR, columnMode="geojson")


def _seconds(frame: pd.DataFrame) -> int:
    """Return how long the trips take together: a trail of that length shows them whole."""
    seconds = shapely.get_coordinates(frame["shape"].to_numpy(), include_z=True)[:, 2]
    return int(seconds.max() - seconds.min()) + 1


def _density(part: Part, zoom: float, latitude: float) -> Json:
    kilometres = _CELL_PIXELS / 2 * 40_075 / 512 / 2**zoom * math.cos(math.radians(latitude))
    look: Json = {
        "opacity": 0.75,
        "worldUnitSize": round(kilometres, 3),
        "resolution": 8,
        "coverage": 0.95,
        "enable3d": False,
        "colorAggregation": "sum",
        "percentile": [0, 100],
        "colorRange": {"name": "few to many", "type": "sequential", "category": "Custom", "colors": list(DENSITY)},
    }
    channels: Json = {"colorField": {"name": "events", "type": "integer"}, "colorScale": "quantile"}
    layer = _config(part, "hexagon", _PLACE, look, channels)
    return {**layer, "id": f"{part.id}-density", "config": {**_inner(layer), "label": "How many events there are"}}


def _land(theme: Theme) -> Json:
    config = {
        "dataId": "land",
        "label": "Land",
        "color": list(theme.land),
        "columns": {"geojson": "_geojson"},
        "isVisible": True,
        "isIncludedInLegend": False,
        "visConfig": {
            "opacity": 1,
            "strokeOpacity": 1,
            "thickness": 0.3,
            "strokeColor": list(theme.border),
            "stroked": True,
            "filled": True,
        },
    }
    return {"id": "land", "type": "geojson", "config": config, "visualChannels": {}}


def _inner(layer: Json) -> Json:
    config = layer["config"]
    assert isinstance(config, dict)
    return config


def _once_in_legend(layers: list[Json]) -> list[Json]:
    """Leave one layer of each look in the legend: those of other depths, or without a date, say the same."""
    seen: set[str] = set()
    for layer in layers:
        config = _inner(layer)
        look = str(config["label"]).removesuffix(", no date")
        if look in seen:
            config["isIncludedInLegend"] = False
        seen.add(look)
    return layers
