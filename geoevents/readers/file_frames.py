"""Build frames from the cells and shapes of files, in EPSG:4326.

A file that carries a note of the frame it was (see `geoevents.frame.arrow`) comes back as that frame: types, nulls,
index, order of rows, CRS. Others come as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
from pyproj.exceptions import ProjError

from geoevents.errors import ReadError
from geoevents.frame.provenance import KEY
from geoevents.frame.restore import restore
from geoevents.frame.schema import conform

__all__ = ["foreign_frame", "restored_frame"]


def restored_frame(
    cells: pd.DataFrame, shapes: Sequence[object], note: dict[str, Any], facts: object
) -> gpd.GeoDataFrame:
    """Return the frame that a note describes, from its cells and shapes."""
    frame = restore(cells, shapes, note)
    frame.attrs = {KEY: facts} if facts else {}
    return frame


def foreign_frame(cells: pd.DataFrame, shapes: Sequence[object], crs: str | None) -> gpd.GeoDataFrame:
    """Return another program's layer as a frame in EPSG:4326."""
    frame = cells.rename(columns={"geometry": "geometry_input"})
    found = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(list(shapes), index=frame.index, crs=crs))
    if found.crs is not None:
        try:
            found = found.to_crs("EPSG:4326")
        except (ProjError, ValueError) as error:
            why = " ".join(str(error).split())[:120]
            raise ReadError(f"CRS: expected one that can be turned into EPSG:4326, got {crs!r:.60} ({why}).") from error
    conformed: gpd.GeoDataFrame = conform(found)
    return conformed
