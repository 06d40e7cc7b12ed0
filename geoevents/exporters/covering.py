"""Make the column of bounds and the metadata that make a Parquet file GeoParquet 1.1.

Source: https://geoparquet.org/releases/v1.1.0/
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyproj
from numpy.typing import NDArray

__all__ = ["EDGES", "box_type", "boxes", "geo_metadata"]

EDGES = ("xmin", "ymin", "xmax", "ymax")


def box_type() -> pa.DataType:
    """Return the type of a covering: four single floats, half the size of doubles and enough to skip by."""
    return pa.struct([(edge, pa.float32()) for edge in EDGES])


def boxes(bounds: NDArray[np.float64]) -> pa.StructArray:
    """Return the covering of n geometries from their bounds (n, 4), rounded outwards; null where these are NaN.

    Examples
    --------
    >>> import numpy as np
    >>> box = boxes(np.array([[76.9, 43.2, 77.0, 43.3]]))[0].as_py()
    >>> box["xmin"] <= 76.9, box["ymin"] <= 43.2, box["xmax"] >= 77.0, box["ymax"] >= 43.3
    (True, True, True, True)
    """
    empty = np.isnan(bounds).any(axis=1)
    sides = []
    for edge, outwards in zip(bounds.T, (-np.inf, -np.inf, np.inf, np.inf), strict=True):
        near = edge.astype(np.float32)
        np.nextafter(near, np.float32(outwards), out=near, where=near > edge if outwards < 0 else near < edge)
        sides.append(pa.array(near, mask=empty))
    return pa.StructArray.from_arrays(sides, names=list(EDGES), mask=pa.array(empty))


def geo_metadata(
    shape: str, covering: str, crs: pyproj.CRS | str, kinds: Iterable[str], box: Iterable[float] | None = None
) -> str:
    """Return the value of the file's metadata key ``geo``.

    Parameters
    ----------
    shape, covering
        The names of the geometry column, of WKB, and of its covering.
    crs
        The CRS of the geometries, or its code.
    kinds
        Their types, such as ``Point`` or ``Polygon Z``.
    box
        West, south, east and north of all of them, or None.
    """
    column: dict[str, object] = {
        "encoding": "WKB",
        "geometry_types": sorted(kinds),
        "crs": pyproj.CRS.from_user_input(crs).to_json_dict(),
        "covering": {"bbox": {edge: [covering, edge] for edge in EDGES}},
    }
    if box is not None:
        column["bbox"] = list(map(float, box))
    return json.dumps({"version": "1.1.0", "primary_column": shape, "columns": {shape: column}})
