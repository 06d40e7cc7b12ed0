"""Writes rows and names as the tables and the name index that `gazetteer.store` opens.

Frames enter; ``<layer>.parquet``, ``names.parquet``, ``names.marisa`` and ``info.json`` leave. The same frames
give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import marisa_trie
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gazetteer.names import fold
from gazetteer.ranking import PROMINENCE
from gazetteer.store import NAME_KINDS

__all__ = ["COMMON", "write_info", "write_layer", "write_names", "write_shapes"]

COMMON = (
    "place", "id", "name", "kind", "country", "admin1", "lon", "lat", "population", "radius_km", "valid_from",
    "valid_to", "geonames", "prominence",
)  # fmt: skip
_TYPES = {
    **dict.fromkeys(("id", "name", "kind", "country", "admin1"), pa.string()),
    "place": pa.uint32(),
    "population": pa.int64(),
    "radius_km": pa.float32(),
    "valid_from": pa.date32(),
    "valid_to": pa.date32(),
    "geonames": pa.uint32(),
    "prominence": pa.float32(),
    "lon": pa.float64(),
    "lat": pa.float64(),
}
_ROWS_A_GROUP = 8_192
_SHAPES_A_GROUP = 128
_FEW_SHAPES = 10_000
_NAMES_A_GROUP = 16_384


def prominence(rows: pd.DataFrame, inhabitants: pd.Series) -> pd.Series:
    """Return the weight a place has before any context: log10 of inhabitants, and what its kind adds."""
    people = np.log10(inhabitants.reindex(rows["id"]).fillna(0).to_numpy(dtype="float64") + 100)
    weights = [PROMINENCE[k][0] + PROMINENCE[k][1] * p for k, p in zip(rows["kind"], people, strict=True)]
    return pd.Series(weights).round(2)


def write_layer(rows: pd.DataFrame, path: Path) -> None:
    """Write a layer, sorted by id; one with a geometry column becomes GeoParquet 1.1."""
    if "geometry" in rows:
        write_shapes(gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326"), path)
        return
    pq.write_table(
        _arrow(rows), path, compression="zstd", compression_level=19, row_group_size=_ROWS_A_GROUP,
        use_dictionary=[
            "kind", "country", "admin1", "valid_from", "valid_to", "radius_km", "prominence", *_also(rows, "timezone"),
        ],
        column_encoding={"id": "DELTA_BYTE_ARRAY", "name": "PLAIN", "place": "DELTA_BINARY_PACKED"},
    )  # fmt: skip


def write_shapes(rows: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer with shapes as GeoParquet 1.1."""
    frame = rows.copy()
    for column in ("valid_from", "valid_to"):
        if column in frame:
            days = pa.array([_date(value) for value in frame[column]], pa.date32())
            frame[column] = pd.Series(pd.arrays.ArrowExtensionArray(days), index=frame.index)
    frame = frame.astype(dict(_pandas_types(frame).items()))
    size = _SHAPES_A_GROUP if len(frame) < _FEW_SHAPES else _ROWS_A_GROUP
    frame.to_parquet(
        path, index=False, compression="zstd", compression_level=19, row_group_size=size,
        schema_version="1.1.0",
    )  # fmt: skip


def write_names(names: pd.DataFrame, numbers: pd.Series, folder: Path) -> None:
    """Write the names and the index over their keys.

    Parameters
    ----------
    names
        Columns id, name, kind, lang; of the names of a place with one key the first of the best kind is kept.
    numbers
        Place number by id.
    folder
        Where to write.
    """
    frame = names.assign(key=names["name"].map(fold), rank=names["kind"].map(NAME_KINDS.index))
    frame = frame[frame["key"] != ""]
    frame["place"] = frame["id"].map(numbers)
    frame = frame.sort_values(["key", "place", "rank"], kind="stable").drop_duplicates(["key", "place"])
    trie = marisa_trie.Trie(sorted(set(frame["key"])))
    trie.save(str(folder / "names.marisa"))
    frame["key"] = frame["key"].map(trie.get)
    frame = frame.sort_values(["key", "place"], kind="stable")
    table = pa.table(
        {
            "key": pa.array(frame["key"].to_numpy(dtype="uint32")),
            "place": pa.array(frame["place"].to_numpy(dtype="uint32")),
            "name": pa.array(frame["name"].tolist(), pa.string()),
            "kind": pa.array(frame["kind"].tolist(), pa.string()),
            "lang": pa.array(frame["lang"].tolist(), pa.string()),
        }
    )
    pq.write_table(
        table, folder / "names.parquet", compression="zstd", compression_level=19, row_group_size=_NAMES_A_GROUP,
        use_dictionary=["kind", "lang"],
        column_encoding={"key": "DELTA_BINARY_PACKED", "place": "DELTA_BINARY_PACKED", "name": "DELTA_BYTE_ARRAY"},
    )  # fmt: skip


def write_info(folder: Path, info: dict[str, Any]) -> None:
    """Write ``info.json``: rows by layer, sources, and one short hash over all tables."""
    digest = hashlib.sha256()
    layers = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".parquet", ".marisa"):
            digest.update(path.read_bytes())
        if path.suffix == ".parquet":
            layers[path.stem] = pq.read_metadata(path).num_rows
    text = json.dumps({"build": digest.hexdigest()[:12], "layers": layers, **info}, indent=1, ensure_ascii=False)
    (folder / "info.json").write_text(text + "\n", encoding="utf-8")


def _also(rows: pd.DataFrame, *columns: str) -> list[str]:
    return [column for column in columns if column in rows]


def _pandas_types(rows: pd.DataFrame) -> dict[str, Any]:
    types: dict[str, Any] = {
        "place": "uint32", "radius_km": "float32", "prominence": "float32", "population": "Int64",
        "geonames": "UInt32",
    }  # fmt: skip
    return {column: dtype for column, dtype in types.items() if column in rows}


def _arrow(rows: pd.DataFrame) -> pa.Table:
    arrays = {}
    for column in rows.columns:
        values = [None if _missing(v) else v for v in rows[column].tolist()]
        if column.startswith("valid_"):
            values = [_date(v) for v in values]
        arrays[column] = pa.array(values, _TYPES.get(column))
    return pa.table(arrays)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _date(value: Any) -> date | None:
    if _missing(value) or value is pd.NaT or value == "":
        return None
    if isinstance(value, str):
        return date.fromisoformat(value)
    return date(value.year, value.month, value.day)
