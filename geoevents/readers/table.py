"""Read files of rows as frames of records, every cell as it was written."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError

from geoevents.errors import ReadError
from geoevents.frame.provenance import KEY, provenance_from_json
from geoevents.frame.schema import conform
from geoevents.frame.shape_depth import MAY_BE_DEEP, check_wkb
from geoevents.readers.delimited import read_delimited
from geoevents.readers.formats import FORMATS
from geoevents.readers.json_records import read_json
from geoevents.readers.text import decode
from geoevents.readers.workbooks import read_workbook
from geoevents.suggestions import missing_file

__all__ = ["read_table"]

_BINARY = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"Rar!": "a RAR archive (unpack it first)",
    b"7z\xbc\xaf": "a 7z archive (unpack it first)",
    b"SQLite format 3": "a SQLite or GeoPackage file",
    b"\x7fELF": "a program",
}
# What libraries raise of damaged Parquet files.
_PARQUET_ERRORS = (
    OSError, ValueError, TypeError, LookupError, AttributeError, ProjError, ShapelyError, pa.ArrowException,
)  # fmt: skip
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read_table(
    path: Path, format: str | None, *, sheet: str | int | None = None, header: int | None = None
) -> pd.DataFrame:
    """Read a table; `geoevents.read` is the way in.

    Raises
    ------
    ReadError
        When the file is missing, empty, binary or damaged.
    """
    data = _bytes(path)
    kind = format if format in FORMATS else _recognise(path, data)
    encoding = None
    if kind == "parquet":
        frame = _parquet(path)
    elif kind == "excel":
        frame = read_workbook(path, data, sheet, header)
    else:
        text, encoding = decode(path, data)
        if not text or text.isspace():
            raise ReadError(f"{path}: expected a table, but the file is empty.")
        if kind in ("csv", "tsv"):
            frame = read_delimited(path, text, "\t" if kind == "tsv" else None, format, header)
        else:
            frame = read_json(path, text, lines=kind == "jsonl")
    read = {"file": path.name, "format": kind, "encoding": encoding, **frame.attrs.get("read", {})}
    attrs = {**frame.attrs, "read": read}
    frame = conform(frame)
    frame.attrs = attrs
    return frame


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise ReadError(f"{path}: expected a file to read, but it is a folder.")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise missing_file(path) from None
    except OSError as error:
        raise ReadError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}.") from error
    if not data:
        raise ReadError(f"{path}: expected a table, but the file is empty.")
    return data


def _recognise(path: Path, data: bytes) -> str:
    """Return the format that content shows beyond doubt, else the one the suffix says."""
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(b"PK\x03\x04") and b"xl/" in data[:100_000] + data[-100_000:]:
        return "excel"
    suffix = path.suffix.lower()
    named = next((kind for kind, suffixes in FORMATS.items() if suffix in suffixes), None)
    if data.startswith(_OLD_OFFICE) or (data.startswith(b"PK\x03\x04") and suffix == ".ods"):
        return "excel"
    for magic, what in _BINARY.items():
        if data.startswith(magic):
            raise ReadError(f"{path}: expected a table, but it is {what}.")
    if named in ("parquet", "excel"):
        raise ReadError(f"{path}: expected {named.title()} content after its suffix, but it is something else.")
    start = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if named in ("csv", "tsv", None) and start[:1] in (b"{", b"["):
        return "jsonl" if start[:1] == b"{" and re.search(rb"\}\s*\n\s*\{", data[:1_000_000]) else "json"
    if named:
        return named
    raise ReadError(f"{path}: expected a suffix of {', '.join(s[0] for s in FORMATS.values())}, or a named format.")


def _decoded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns of bytes that are not shapes are text; what is not UTF-8 is shown as unknown."""
    for name in [n for n in frame.columns if frame[n].dtype.name == "object"]:
        cells = frame[name]
        known = [cell for cell in cells.head(1000) if isinstance(cell, bytes)]
        # WKB begins with its byte order.
        if known and not all(len(cell) >= 21 and cell[0] in (0, 1) for cell in known):
            texts = [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell for cell in cells]
            frame[name] = pd.Series(texts, index=frame.index, dtype="str")
    return frame


def _parquet(path: Path) -> pd.DataFrame:

    frame: pd.DataFrame
    try:
        metadata = pq.read_schema(path).metadata or {}
        if b"geo" in metadata:
            _check_depth(path)
            shapes = gpd.read_parquet(path)
            frame = shapes if shapes.crs is None else shapes.to_crs("EPSG:4326")
        else:
            frame = _decoded(pq.read_table(path).to_pandas())
        frame = _with_whole_numbers(path, frame)
        for number in [i for i, dtype in enumerate(frame.dtypes) if str(dtype) == "str"]:
            pa.array(frame.iloc[:, number]).validate(full=True)  # Arrow reads bytes that are not UTF-8 as text
    except (
        OSError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ProjError,
        ShapelyError,
        pa.ArrowException,
    ) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise ReadError(f"{path}: expected a Parquet file, but it cannot be read ({why}).") from error
    facts, _ = provenance_from_json(metadata.get(KEY.encode(), b"").decode(errors="replace"))
    frame.attrs = {KEY: facts} if facts else {}
    return frame


def _check_depth(path: Path) -> None:
    """Refuse shapes that would end the process; cells too short for that are not looked at."""
    columns = list(json.loads(pq.read_schema(path).metadata[b"geo"])["columns"])
    for column in pq.read_table(path, columns=columns).columns:
        if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            check_wkb(column.filter(pc.greater(pc.binary_length(column), MAY_BE_DEEP)).to_pylist())


def _with_whole_numbers(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose whole numbers have all their digits where some are missing and pandas made them floats."""
    whole = {field.name: field.type for field in pq.read_schema(path) if pa.types.is_integer(field.type)}
    times = Counter(frame.columns)
    broken = [name for name in whole if times[name] == 1 and frame[name].dtype.kind == "f"]
    if not broken:
        return frame
    signs = {name: "UInt64" if pa.types.is_unsigned_integer(whole[name]) else "Int64" for name in broken}
    table = pq.read_table(path, columns=broken)
    kinds = {whole[name]: pd.api.types.pandas_dtype(sign) for name, sign in signs.items()}
    columns = {name: table[name].to_pandas(types_mapper=kinds.get).set_axis(frame.index) for name in broken}
    return frame.assign(**columns)
