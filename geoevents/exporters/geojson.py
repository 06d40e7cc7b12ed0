"""Writes GeoJSON as RFC 7946 has it: an events frame enters, a text file leaves, a feature a line.

Positions are lon/lat in EPSG:4326 with 7 decimals (about 1 cm); outer rings run counter-clockwise; what
crosses the antimeridian is cut there; ``bbox`` has its west edge east of its east edge when the events
straddle it. A row without a place keeps its feature, with a null geometry. The provenance is the foreign
member ``geoevents``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["bbox", "rfc7946", "write_geojson"]

_DECIMALS = 7
_CHUNK = 20_000


def write_geojson(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as a FeatureCollection to a path, as it is given; `geoevents.write` is the safe way in.

    Source: https://www.rfc-editor.org/rfc/rfc7946
    """
    events = events.to_crs("EPSG:4326")
    shapes = _Shapes()
    ids = _ids(events)
    head: dict[str, object] = {"type": "FeatureCollection"}
    box = bbox([shapes.clean(shape) for shape in _distinct(events.geometry.to_numpy())])
    if box:
        head["bbox"] = box
    if "geoevents" in events.attrs:
        head["geoevents"] = _strict(events.attrs["geoevents"])
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(json.dumps(head, ensure_ascii=False, allow_nan=False)[:-1] + ', "features": [\n')
        for start in range(0, len(events), _CHUNK):
            lines = _features(events.iloc[start : start + _CHUNK], ids[start : start + _CHUNK], shapes)
            file.write((",\n" if start else "") + ",\n".join(lines))
        file.write("\n]}\n")


def _ids(events: gpd.GeoDataFrame) -> list[str]:
    if "event_id" in events.columns:
        return [_dump(str(value)) for value in events["event_id"]]
    return [_dump(str(value)) for value in events.index]


def _features(events: gpd.GeoDataFrame, ids: list[str], shapes: _Shapes) -> list[str]:
    properties = events.drop(columns=events.geometry.name)
    columns = [_encoded(properties[name]) for name in properties.columns]
    keys = [_dump(str(name)) for name in properties.columns]
    geometries = [shapes.text(shape) for shape in events.geometry.to_numpy()]
    form = ", ".join(f"{key.replace('%', '%%')}: %s" for key in keys)
    form = f'{{"type": "Feature", "id": %s, "properties": {{{form}}}, "geometry": %s}}'
    return [form % row for row in zip(ids, *columns, geometries, strict=True)]


def _dump(value: object) -> str:
    return json.dumps(_strict(value), ensure_ascii=False, allow_nan=False)


def _strict(value: object) -> object:
    """Return a value as JSON can hold it: what is no number is null, what has no JSON form is its text."""
    if isinstance(value, dict):
        return {str(key): _strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if hasattr(value, "item"):
        return _strict(value.item())
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _encoded(column: pd.Series) -> list[str]:
    """Return a column's cells as JSON, each distinct text encoded once."""
    import numpy as np
    import pandas as pd

    types = pd.api.types
    empty = column.isna().to_numpy()
    if types.is_bool_dtype(column.dtype) or types.is_integer_dtype(column.dtype):
        return ["null" if none else str(value).lower() for value, none in zip(column, empty, strict=True)]
    if types.is_float_dtype(column.dtype):
        values = column.to_numpy("float64", na_value=np.nan)
        values = values.round(_DECIMALS) if column.name in ("lon", "lat") else values
        return [repr(value) if math.isfinite(value) else "null" for value in values.tolist()]
    if types.is_datetime64_any_dtype(column.dtype):
        return ["null" if none else f'"{_iso(value)}"' for value, none in zip(column, empty, strict=True)]
    if column.dtype.name == "geometry":
        column = column.to_wkt()
    if isinstance(column.dtype, pd.StringDtype | pd.CategoricalDtype):
        codes, distinct = pd.factorize(column)
        texts: NDArray[np.object_] = np.array([*map(_dump, distinct), "null"], dtype=object)
        return list(texts[codes])
    return ["null" if none else _dump(value) for value, none in zip(column, _null(column), strict=True)]


def _null(column: pd.Series) -> list[bool]:
    return [value is None or (not isinstance(value, list | dict | tuple) and value != value) for value in column]


def _iso(value: pd.Timestamp) -> str:
    text = value.isoformat()
    return text.removesuffix("T00:00:00")


def _distinct(shapes: NDArray[np.object_]) -> list[BaseGeometry]:
    return list({id(shape): shape for shape in shapes if shape is not None}.values())


class _Shapes:
    """Remembers the text of each shape: many events lie in one place, and share one geometry object."""

    def __init__(self) -> None:
        self._clean: dict[int, tuple[BaseGeometry, BaseGeometry]] = {}
        self._text: dict[int, str] = {}

    def clean(self, shape: BaseGeometry) -> BaseGeometry:
        # The original is kept beside its key: an id is only unique while its object lives.
        if id(shape) not in self._clean:
            self._clean[id(shape)] = (shape, rfc7946(shape))
        return self._clean[id(shape)][1]

    def text(self, shape: BaseGeometry | None) -> str:
        if shape is None:
            return "null"
        if id(shape) not in self._text:
            from shapely.geometry import mapping

            clean = self.clean(shape)
            self._text[id(shape)] = "null" if clean.is_empty else json.dumps(_rounded(mapping(clean)))
        return self._text[id(shape)]


def _rounded(member: object) -> object:
    if isinstance(member, dict):
        return {key: _rounded(value) for key, value in member.items()}
    if isinstance(member, list | tuple):
        return [_rounded(value) for value in member]
    return round(member, _DECIMALS) + 0.0 if isinstance(member, float) else member


def rfc7946(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape as RFC 7946 has it: cut at the antimeridian, 7 decimals, right-hand rings.

    Parameters
    ----------
    shape
        Lon/lat in degrees. Longitudes may run beyond ±180; an edge that spans more than 180° (and less than
        the whole circle) is taken to go the short way, across the antimeridian.

    Examples
    --------
    >>> from shapely import box
    >>> rfc7946(box(170, 0, 190, 10)).bounds
    (-180.0, 0.0, 180.0, 10.0)
    """
    import numpy as np
    import shapely

    if shape.is_empty:
        return shape
    unwrapped = shapely.transform(shape, lambda xy: xy)
    if any(_jumps(part) for part in _lines(shape)):
        unwrapped = _by_ring(shape)
    west, _, east, _ = unwrapped.bounds
    if west < -180 or east > 180:
        unwrapped = _cut(unwrapped, west, east)
    rounded = shapely.transform(unwrapped, lambda xy: np.round(xy, _DECIMALS) + 0.0)
    return _oriented(rounded)


def _lines(shape: BaseGeometry) -> Sequence[NDArray[np.float64]]:
    import shapely

    parts = shapely.get_parts(shape, return_index=False)
    lines = []
    for part in parts:
        if part.geom_type == "Polygon":
            lines += [shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)]
        elif part.geom_type == "LineString":
            lines.append(shapely.get_coordinates(part))
        elif hasattr(part, "geoms"):
            lines += _lines(part)
    return lines


def _jumps(coordinates: NDArray[np.float64]) -> bool:
    import numpy as np

    steps = np.abs(np.diff(coordinates[:, 0]))
    # A step of the whole circle is no jump: it is the walk along a pole that closes a ring such as
    # Antarctica's.
    return bool(((steps > 180) & (steps < 359.999)).any())


def _by_ring(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape with every ring or line that jumps made continuous, beyond ±180° where it must be."""
    import shapely
    from shapely.geometry import LineString, Polygon

    if shape.geom_type == "Polygon":
        shell = _continuous(shapely.get_coordinates(shape.exterior))
        middle = (shell[:, 0].min() + shell[:, 0].max()) / 2
        holes = [_continuous(shapely.get_coordinates(ring), near=middle) for ring in shape.interiors]
        return Polygon(shell, holes)
    if shape.geom_type == "LineString":
        return LineString(_continuous(shapely.get_coordinates(shape)))
    if hasattr(shape, "geoms"):
        return type(shape)([_by_ring(part) for part in shape.geoms])
    return shape


def _continuous(xy: NDArray[np.float64], near: float | None = None) -> NDArray[np.float64]:
    import numpy as np

    xy = xy.copy()
    if _jumps(xy):
        steps = np.diff(xy[:, 0])
        turns = np.where(steps > 180, -360.0, np.where(steps < -180, 360.0, 0.0))
        xy[1:, 0] += np.cumsum(turns)
    if near is not None:
        xy[:, 0] += 360.0 * round((near - (xy[:, 0].min() + xy[:, 0].max()) / 2) / 360.0)
    return xy


def _cut(shape: BaseGeometry, west: float, east: float) -> BaseGeometry:
    """Return the shape cut at every antimeridian it crosses, the pieces moved to between -180° and 180°."""
    import shapely
    from shapely import affinity

    if shape.geom_type == "Point":
        x = (shape.x + 180) % 360 - 180
        return affinity.translate(shape, xoff=x - shape.x)
    if shape.geom_type in ("MultiPoint", "GeometryCollection"):
        return type(shape)([rfc7946(part) for part in shape.geoms])
    if not shape.is_valid:
        shape = shapely.make_valid(shape)
    pieces = []
    for turn in range(math.floor((west + 180) / 360), math.floor((east + 180) / 360) + 1):
        window = shapely.box(turn * 360 - 180, -90, turn * 360 + 180, 90)
        piece = shapely.intersection(shape, window)
        if not piece.is_empty and shapely.get_dimensions(piece) == shapely.get_dimensions(shape):
            pieces.append(affinity.translate(piece, xoff=-360.0 * turn))
    return shapely.union_all(pieces)


def _oriented(shape: BaseGeometry) -> BaseGeometry:
    from shapely.geometry.polygon import orient

    if shape.geom_type == "Polygon":
        return orient(shape)
    if shape.geom_type in ("MultiPolygon", "GeometryCollection"):
        return type(shape)([_oriented(part) for part in shape.geoms])
    return shape


def bbox(shapes: Sequence[BaseGeometry]) -> list[float] | None:
    """Return west, south, east, north of shapes that `rfc7946` made, in degrees; None when there are none.

    West is greater than east when the shapes straddle the antimeridian and span less than half the globe that
    way.

    Examples
    --------
    >>> from shapely import Point
    >>> bbox([Point(177, -16), Point(-178, -20)])
    [177.0, -20.0, -178.0, -16.0]
    """
    import numpy as np
    import shapely

    parts = shapely.get_parts(np.array([s for s in shapes if not s.is_empty], dtype=object))
    if not len(parts):
        return None
    bounds = shapely.bounds(parts)
    west, south = bounds[:, 0].min(), bounds[:, 1].min()
    east, north = bounds[:, 2].max(), bounds[:, 3].max()
    # The widest stretch of longitudes, from west to east, that no part lies in.
    order = bounds[np.argsort(bounds[:, 0])]
    reached = np.maximum.accumulate(order[:-1, 2])
    gaps = order[1:, 0] - reached
    if len(gaps) and gaps.max() > 180:
        widest = int(gaps.argmax())
        west, east = order[widest + 1, 0], reached[widest]
    return [float(edge) for edge in (west, south, east, north)]
