"""Shapes become rows of places: rounded, each with a central point and a radius."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

__all__ = ["as_rows", "placed", "polygonal"]

_DECIMALS = 4


def polygonal(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes without the lines and points that a repair leaves behind."""
    out = np.array(shapes, dtype=object)
    mixed = np.flatnonzero(shapely.get_type_id(out) == 7)
    for i in mixed:
        out[i] = shapely.union_all([part for part in shapely.get_parts(out[i]) if "Polygon" in part.geom_type])
    return out


def placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Round shapes, and add a central point of the largest part and the radius about it.

    The point is the centroid of the largest part where that lies inside it, as gazetteers and event data give it, else
    the centre of the largest disc inside (its pole of inaccessibility). The radius is 1.2 times that of the disc of
    the same area (EPSG:6933, equal area): about nine tenths of an area of usual shape lie within it.
    """
    shapes = shapely.set_precision(frame.geometry.to_numpy(), 10.0**-_DECIMALS)
    shapes = shapely.orient_polygons(polygonal(shapely.make_valid(shapes)))
    out = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs="EPSG:4326"))
    parts = out.geometry.explode(index_parts=False)
    sizes = pd.Series(shapely.area(parts.to_numpy()), index=np.arange(len(parts)))
    largest = sizes.groupby(parts.index.to_numpy()).idxmax()
    inner = _centres(parts.to_numpy()[largest.loc[out.index].to_numpy()])
    out["lon"], out["lat"] = shapely.get_x(inner).round(_DECIMALS), shapely.get_y(inner).round(_DECIMALS)
    area = out.geometry.to_crs("EPSG:6933").area.to_numpy()
    out["radius_km"] = np.round(np.maximum(1.2 * np.sqrt(area / np.pi) / 1000, 1.0), 1)
    return out


def _centres(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the centroid of each polygon, or the centre of its largest inscribed disc where that lies outside."""
    centres = shapely.centroid(shapes)
    outside = np.flatnonzero(~shapely.contains(shapes, centres))
    for i in outside:
        disc = shapely.maximum_inscribed_circle(shapes[i], tolerance=0.005)
        centres[i] = shapely.get_point(disc, 0)
    return np.asarray(centres)


def as_rows(frame: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    """Return placed shapes with the columns that every layer has."""
    rows = placed(frame)
    rows["kind"] = kind
    rows["population"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    for column in ("valid_from", "valid_to", "admin1", "geonames"):
        if column not in rows:
            rows[column] = None
    return rows
