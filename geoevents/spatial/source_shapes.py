"""Turn WKT, WKB and GeoJSON of files into geometries in EPSG:4326 that a map can draw."""

from __future__ import annotations

import binascii
import json
import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj.exceptions import ProjError

from gazetteer import geodesy
from geoevents.frame.shape_depth import from_wkb, from_wkt

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["radius_of_shapes", "read_shapes", "tidy_shapes"]

Shapes = Any
_EWKT = re.compile(r"\s*SRID=(\d+);\s*(.+)", re.I | re.S)
# So many vertices of a shape tell how wide it is; more are thinned.
_MOST_VERTICES = 400


def read_shapes(column: pd.Series) -> gpd.GeoSeries:
    """Read a column of WKT, EWKT, WKB (bytes or hexadecimal) or GeoJSON; a cell of anything else is null.

    Examples
    --------
    >>> import pandas as pd
    >>> read_shapes(pd.Series(["SRID=4326;POINT (32.5 1.5)", "nowhere", None])).notna().tolist()
    [True, False, False]
    """
    cells = column.astype(object)
    codes: dict[int, list[int]] = {}
    found: NDArray[np.object_] = np.full(len(cells), None, dtype=object)
    for row, cell in enumerate(cells):
        shape, code = _shape_of(cell)
        found[row] = shape
        if code not in (None, 0, 4326):
            codes.setdefault(int(code or 0), []).append(row)
    for code, rows in codes.items():
        found[rows] = _in_degrees(found[rows], code)
    return gpd.GeoSeries(found, index=column.index, crs="EPSG:4326")


def _in_degrees(shapes: NDArray[np.object_], code: int) -> Shapes:

    try:
        return np.asarray(gpd.GeoSeries(shapes, crs=code).to_crs("EPSG:4326").array, dtype=object)
    except ProjError:  # a code that no one knows, or of a site: the numbers stand, and are checked like any others
        return shapes


def _shape_of(cell: object) -> tuple[Any, int | None]:
    """Return the geometry of a cell and its SRID; None for what is not one."""
    code = None
    try:
        if isinstance(cell, bytes | bytearray):
            shape = from_wkb(bytes(cell))
        elif not isinstance(cell, str) or not cell.strip():
            return None, None
        elif cell.lstrip().startswith("{"):
            area = json.loads(cell)
            shape = shapely.from_geojson(json.dumps(area.get("geometry", area)))
        elif re.fullmatch(r"(?:\\x)?[0-9A-Fa-f]{20,}", cell.strip()):
            shape = from_wkb(binascii.unhexlify(cell.strip().removeprefix("\\x")))
        else:
            parts = _EWKT.fullmatch(cell)
            code = int(parts[1]) if parts else None
            shape = from_wkt(parts[2] if parts else cell.strip())
    except (ValueError, TypeError, AttributeError, RecursionError, shapely.errors.ShapelyError):
        return None, None
    return shape, code or (shapely.get_srid(shape) or None)


def tidy_shapes(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes in two dimensions, empty and infinite ones as None, and what crosses 180 degrees cut there.

    A ring that jumps from 179 to -179 degrees goes the short way, across the antimeridian, as its author meant.

    Examples
    --------
    >>> box = shapely.Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)])
    >>> sorted(part.bounds for part in tidy_shapes(np.array([box]))[0].geoms)
    [(-180.0, 0.0, -179.0, 1.0), (179.0, 0.0, 180.0, 1.0)]
    """
    flat = shapely.force_2d(np.asarray(shapes, dtype=object))
    # GeoSeries hold NaN, not None, for what is missing in some versions.
    flat = np.array(flat, dtype=object)
    flat[~shapely.is_geometry(flat) | shapely.is_empty(flat)] = None
    many = shapely.get_type_id(flat) > 0
    bounds = shapely.bounds(flat)
    # A shape that reaches to infinity, or a point of no numbers, is nowhere.
    flat[~np.isfinite(bounds).all(axis=1)] = None
    with np.errstate(invalid="ignore"):
        jumping = np.flatnonzero(many & (bounds[:, 2] - bounds[:, 0] > 180) & (bounds[:, 2] <= 180))
        degrees = many & (np.abs(bounds) <= 540).all(axis=1)
    for row in jumping:
        if _jumps(flat[row]):
            flat[row] = _unrolled(flat[row])
    bounds = shapely.bounds(flat)
    with np.errstate(invalid="ignore"):
        beyond = np.flatnonzero(degrees & ((bounds[:, 0] < -180) | (bounds[:, 2] > 180)))
    if len(beyond):
        flat[beyond] = geodesy.cut_many_at_antimeridian(shapely.make_valid(flat[beyond]))
    return flat


def _jumps(shape: Any) -> bool:
    """Return whether a line goes from one side of the map to the other; an edge along its whole width does not."""
    steps = (np.abs(np.diff(shapely.get_coordinates(part)[:, 0])) for part in _lines(shape))
    return any(((step > 180) & (step < 359.9)).any() for step in steps)


def _lines(shape: Any) -> Any:
    parts = shapely.get_parts(shape)
    areas = parts[shapely.get_dimensions(parts) == 2]
    return [*shapely.get_rings(areas), *parts[shapely.get_dimensions(parts) == 1]]


def _unrolled(shape: Any) -> Any:
    def east(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([np.where(xy[:, 0] < 0, xy[:, 0] + 360, xy[:, 0]), xy[:, 1]])

    return shapely.transform(shape, east)


def radius_of_shapes(
    shapes: NDArray[np.object_], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far each shape reaches from a point on it, in kilometres; NaN without a shape.

    Examples
    --------
    >>> line = shapely.LineString([(0, 0), (1, 0)])
    >>> radius_of_shapes(np.array([line]), np.array([0.0]), np.array([0.0])).round()
    array([111.])
    """
    out = np.full(len(shapes), np.nan)
    for row, shape in enumerate(shapes):
        if shape is None or shapely.get_type_id(shape) == 0:
            continue
        xy = shapely.get_coordinates(shape)
        xy = xy[:: max(1, len(xy) // _MOST_VERTICES)]
        if not len(xy) or not np.isfinite([lon[row], lat[row]]).all() or np.abs(xy[:, 1]).max() > 90:
            continue
        here = np.full(len(xy), lon[row]), np.full(len(xy), lat[row])
        out[row] = float(geodesy.geodesic_km(*here, xy[:, 0], xy[:, 1]).max())
    return out
