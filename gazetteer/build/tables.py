"""Writes rows and names as the tables and the name index that `gazetteer.index.store` opens.

Frames become ``<layer>.parquet``, ``names.parquet``, ``names.marisa`` and ``info.json``. The same frames
give the same bytes. Columns that `gazetteer.index.pages` maps are written plain, in one page a row group.
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
import shapely
from numpy.typing import NDArray

from gazetteer.build.index import write_index
from gazetteer.candidates.name_index import PROMINENCE
from gazetteer.dates import EPOCH
from gazetteer.index.checksums import FILES, measured_files
from gazetteer.index.pages import PLAIN, TEXTS
from gazetteer.index.store import NAME_KINDS
from gazetteer.model import PLACE_FIELDS
from gazetteer.names.normalize import normalize_name

__all__ = [
    "COMMON",
    "NAMES_A_GROUP",
    "ROWS_A_GROUP",
    "TYPES",
    "layout",
    "write_info",
    "write_layer",
    "write_names",
    "write_shapes",
]

COMMON = ("place", *PLACE_FIELDS, "geonames")
TYPES = {
    **dict.fromkeys(("id", "name", "kind", "country", "admin1"), pa.string()),
    "place": pa.uint32(),
    "population": pa.int64(),
    "radius_km": pa.float32(),
    "valid_from": pa.date32(),
    "valid_to": pa.date32(),
    "geonames": pa.uint32(),
    "lon": pa.float64(),
    "lat": pa.float64(),
}
# No more rows than Arrow puts into one page, so that a column of a row group is one stretch of the file.
ROWS_A_GROUP = 16_384
_SHAPES_A_GROUP = 128
_FEW_SHAPES = 10_000
NAMES_A_GROUP = 2**17
_ANY_SIZE = 2**30
# Brotli's highest level: the shapes take an eighth less room than with Zstandard, the names a sixteenth.
_SMALLEST = 11
# More tries inside one another make the index of keys a little smaller, and no slower.
_TRIES = 5
# Positions in shapes are multiples of 2^-14 degrees (at most 7 m apart): what lies behind the last bit is zeros, which
# take no room, where four decimals fill all eight bytes of a number.
_GRID = 2.0**14


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
    pq.write_table(_arrow(rows), path, row_group_size=ROWS_A_GROUP, **layout(list(map(str, rows))))


def write_shapes(rows: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer with shapes as GeoParquet 1.1."""
    frame = rows.copy()
    for column in ("valid_from", "valid_to"):
        if column in frame:
            days = pa.array([_date(value) for value in frame[column]], pa.date32())
            frame[column] = pd.Series(pd.arrays.ArrowExtensionArray(days), index=frame.index)
    frame = frame.astype(dict(_pandas_types(frame).items()))
    size = _SHAPES_A_GROUP if len(frame) < _FEW_SHAPES else ROWS_A_GROUP
    frame.geometry = _on_grid(frame.geometry.to_numpy())
    frame.to_parquet(path, index=False, row_group_size=size, schema_version="1.1.0", **layout(list(map(str, frame))))


def layout(columns: list[str], level: int | None = None) -> dict[str, Any]:
    """Return the options of Arrow's writer: mapped columns as they are, all others packed.

    Without a level they are packed as small as can be, for the wheel: slow to write, and no slower to read.
    """
    mapped = [column for column in columns if column in PLAIN or column in TEXTS]
    packed = [column for column in columns if column not in mapped]
    varied = ("place", "population", "geonames", "geometry")
    return {
        "compression": {column: "NONE" if column in mapped else _codec(level) for column in columns},
        "compression_level": dict.fromkeys(packed, _SMALLEST if level is None else level),
        "use_dictionary": [column for column in packed if column not in varied],
        "column_encoding": {
            **dict.fromkeys(mapped, "PLAIN"),
            **({"place": "DELTA_BINARY_PACKED"} if "place" in columns else {}),
        },
        "data_page_size": _ANY_SIZE,
    }


def _codec(level: int | None) -> str:
    return "BROTLI" if level is None else "ZSTD"


def _on_grid(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes with their positions on the grid, valid."""
    moved = shapely.transform(shapes, lambda positions: np.round(positions * _GRID) / _GRID)
    broken = ~shapely.is_valid(moved) & ~shapely.is_missing(moved)
    moved[broken] = shapely.make_valid(moved[broken], method="structure")
    return np.asarray(moved)


def write_names(names: pd.DataFrame, places: pd.DataFrame, folder: Path) -> None:
    """Write the trie of keys, the index, and the names that belong to no place alone.

    Parameters
    ----------
    names
        Columns id, name, kind, lang; of the names of a place with one key the first of the best kind is kept.
    places
        The rows of all layers, in the order of their numbers.
    folder
        Where to write.
    """
    numbers = pd.Series(places["place"].to_numpy(), index=places["id"])
    shown = names["id"].map(pd.Series(places["name"].to_numpy(), index=places["id"]))
    # Of a unit that a curated table calls otherwise, the name that its source gives it is another name of it.
    primary = names["kind"] == "primary"
    named = set(names.loc[primary & (names["name"] == shown), "id"])
    regions = names["id"].str.startswith(("region:", "group:"))  # all of whose names are in one table
    renamed = primary & (names["name"] != shown) & names["id"].isin(named) & ~regions
    names = names.assign(kind=names["kind"].mask(renamed, "alternate"))
    frame = names.assign(key=names["name"].map(normalize_name), rank=names["kind"].map(NAME_KINDS.index))
    frame = frame[frame["key"] != ""]
    frame["place"] = frame["id"].map(numbers)
    frame = frame.sort_values(["key", "place", "rank"], kind="stable").drop_duplicates(["key", "place"])
    trie = marisa_trie.Trie(sorted(set(frame["key"])), num_tries=_TRIES, order=marisa_trie.LABEL_ORDER)
    trie.save(str(folder / "names.marisa"))
    frame["key"] = frame["key"].map(trie.get)
    frame = frame.sort_values(["key", "place"], kind="stable")
    days = {name: places[name].map(_day) for name in ("valid_from", "valid_to")}
    write_index(places.assign(**days), frame[["key", "place", "kind"]], len(trie), folder)
    own = (frame["kind"] == "primary") & (frame["name"].to_numpy() == places["name"].to_numpy()[frame["place"]])
    others = frame[~own].sort_values(["place", "rank", "name"], kind="stable")
    table = pa.table(
        {
            "place": pa.array(others["place"].to_numpy(dtype="uint32")),
            **{column: pa.array(others[column].tolist(), pa.string()) for column in ("name", "kind", "lang")},
        }
    )
    pq.write_table(
        table,
        folder / "names.parquet",
        compression=_codec(None),
        compression_level=_SMALLEST,
        row_group_size=NAMES_A_GROUP,
        use_dictionary=["kind", "lang"],
        data_page_size=_ANY_SIZE,
        column_encoding={"place": "DELTA_BINARY_PACKED", "name": "DELTA_LENGTH_BYTE_ARRAY"},
    )


def write_info(folder: Path, info: dict[str, Any]) -> None:
    """Write ``info.json``: rows by layer, sources, a short hash over all tables, and what tells a damaged file."""
    digest = hashlib.sha256()
    layers = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".parquet", ".marisa", ".npy"):
            with path.open("rb") as file:
                while block := file.read(1 << 24):
                    digest.update(block)
        if path.suffix == ".parquet":
            layers[path.stem] = pq.read_metadata(path).num_rows
    text = json.dumps(
        {"build": digest.hexdigest()[:12], "layers": layers, **info, FILES: measured_files(folder)},
        indent=1,
        ensure_ascii=False,
    )
    (folder / "info.json").write_text(text + "\n", encoding="utf-8")


def _pandas_types(rows: pd.DataFrame) -> dict[str, Any]:
    types: dict[str, Any] = {
        "place": "uint32",
        "radius_km": "float32",
        "population": "Int64",
        "geonames": "UInt32",
    }
    return {column: dtype for column, dtype in types.items() if column in rows}


def _arrow(rows: pd.DataFrame) -> pa.Table:
    arrays = {}
    for column in rows.columns:
        values = [None if _missing(v) else v for v in rows[column].tolist()]
        if column.startswith("valid_"):
            values = [_date(v) for v in values]
        arrays[column] = pa.array(values, TYPES.get(column))
    return pa.table(arrays)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _day(value: Any) -> float:
    """Return days since 1970, NaN for none."""
    day = _date(value)
    return math.nan if day is None else day.toordinal() - EPOCH


def _date(value: Any) -> date | None:
    if _missing(value) or value is pd.NaT or value == "":
        return None
    if isinstance(value, str):
        return date.fromisoformat(value)
    return date(value.year, value.month, value.day)
