"""Writes GeoParquet 1.1: an events frame enters, a file that QGIS, DuckDB and geopandas open leaves.

The geometry is WKB in the frame's CRS, with a covering column of bounding boxes, so that readers can skip
rows; the provenance stands in the file's metadata under ``geoevents``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

__all__ = ["write_geoparquet"]

_EDGES = ("xmin", "ymin", "xmax", "ymax")


def write_geoparquet(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as GeoParquet 1.1 to a path, as it is given; `geoevents.write` is the safe way in.

    Source: https://geoparquet.org/releases/v1.1.0/
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    shape = events.geometry.name
    covering = "bbox" if "bbox" not in events.columns else f"{shape}_bbox"
    plain = pd.DataFrame(events.drop(columns=shape)).copy()
    plain.attrs = {}
    others = [name for name in plain.columns if plain[name].dtype.name == "geometry"]
    plain = plain.assign(**{name: events[name].to_wkb() for name in others})
    table = pa.Table.from_pandas(plain, preserve_index=False)
    table = table.append_column(shape, pa.array(events.geometry.to_wkb().to_numpy(), pa.binary()))
    table = table.append_column(covering, _boxes(events.geometry))
    metadata = dict(table.schema.metadata or {})
    metadata[b"geo"] = json.dumps(_geo(events, covering)).encode()
    if "geoevents" in events.attrs:
        metadata[b"geoevents"] = json.dumps(events.attrs["geoevents"], default=str).encode()
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd")


def _boxes(shapes: gpd.GeoSeries) -> pa.StructArray:
    import numpy as np
    import pyarrow as pa

    bounds = shapes.bounds.to_numpy()
    empty = np.isnan(bounds).any(axis=1)
    arrays = [pa.array(bounds[:, i], pa.float64(), mask=empty) for i in range(4)]
    return pa.StructArray.from_arrays(arrays, names=list(_EDGES), mask=pa.array(empty))


def _geo(events: gpd.GeoDataFrame, covering: str) -> dict[str, object]:
    import numpy as np

    shapes = events.geometry
    known = shapes[shapes.notna() & ~shapes.is_empty]
    column: dict[str, object] = {
        "encoding": "WKB",
        "geometry_types": sorted(set(known.geom_type + np.where(known.has_z, " Z", ""))),
        "crs": events.crs.to_json_dict(),
        "covering": {"bbox": {edge: [covering, edge] for edge in _EDGES}},
    }
    if len(known):
        column["bbox"] = [float(edge) for edge in known.total_bounds]
    return {"version": "1.1.0", "primary_column": shapes.name, "columns": {shapes.name: column}}
