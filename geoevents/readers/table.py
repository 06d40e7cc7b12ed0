"""Reads tables: a file of rows enters, a frame of records leaves, every cell as it was written."""

from __future__ import annotations

import codecs
import csv
import io
import json
import logging
import math
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from geoevents.errors import ReadError
from geoevents.frame.provenance import KEY, unpacked
from geoevents.readers.registry import FORMATS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["from_text", "header_of", "read_table", "separator_of"]

_LOG = logging.getLogger("geoevents")

_PLAIN = r"-?(?:0|[1-9]\d{0,17})"
_PLAIN_FLOAT = r"-?(?:0|[1-9]\d{0,17})(?:\.\d+(?:[eE][+-]?\d{1,2})?)?"
_BINARY = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old Office file (save a table as .xlsx)",
    b"SQLite format 3": "a SQLite or GeoPackage file",
    b"\x7fELF": "a program",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Encodings that tables are still saved in: of scripts that share their letters with ASCII, and of others.
_LATIN = ("cp1252", "cp1250", "cp1254")
_OTHERS = ("cp1251", "cp1256", "cp1253", "cp1255", "koi8_r", "cp932", "gb18030", "big5", "euc_kr")


def read_table(path: Path, format: str | None) -> pd.DataFrame:
    """Read a table; `geoevents.read` is the way in.

    Raises
    ------
    ReadError
        When the file is missing, empty, binary, damaged, or has a column name twice.
    """
    from geoevents.frame.schema import conform

    data = _bytes(path)
    kind = format if format in FORMATS else _recognise(path, data)
    encoding = None
    if kind == "parquet":
        frame = _parquet(path)
    elif kind == "excel":
        frame = _excel(path, data)
    else:
        text, encoding = _decode(path, data)
        if not text.strip():
            raise ReadError(f"{path}: expected a table, but the file is empty.")
        if kind in ("csv", "tsv"):
            frame = _delimited(path, text, "\t" if kind == "tsv" else None, header_of(text, format))
        else:
            frame = _json(path, text, lines=kind == "jsonl")
    attrs = {**frame.attrs, "read": {"file": path.name, "format": kind, "encoding": encoding}}
    frame = conform(frame)
    frame.attrs = attrs
    return frame


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise ReadError(f"{path}: expected a file to read, but it is a folder.")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ReadError(f"{path}: expected a file to read, but there is none.") from None
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
    for magic, what in _BINARY.items():
        if data.startswith(magic):
            raise ReadError(f"{path}: expected a table, but it is {what}.")
    if named in ("parquet", "excel"):
        raise ReadError(f"{path}: expected {named.title()} content after its suffix, but it is something else.")
    if named:
        return named
    start = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start[:1] in (b"{", b"["):
        return "jsonl" if start[:1] == b"{" and re.search(rb"\}\s*\n\s*\{", data[:1_000_000]) else "json"
    raise ReadError(f"{path}: expected a suffix of {', '.join(s[0] for s in FORMATS.values())}, or a named format.")


def _decode(path: Path, data: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding: by its mark, as UTF-8, else detected."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(path, data, encoding).removeprefix("\ufeff"), encoding
    zeros = data[:4000].count(0)
    if zeros:
        # ASCII letters in UTF-16 have a zero in every other byte; anywhere else zeros mean no text.
        if zeros > 0.2 * len(data[:4000]):
            encoding = "utf-16-be" if data[:4000:2].count(0) > zeros / 2 else "utf-16-le"
            return _strictly(path, data, encoding), encoding
        raise ReadError(f"{path}: expected text, but it is a binary file.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        encoding = _detect(path, data)
        text = _strictly(path, data, encoding)
        _LOG.warning("%s: not UTF-8, read as %s.", path, encoding)
        return text, encoding
    if sum(map(text[:4000].count, map(chr, [*range(1, 9), *range(14, 27)]))) > 0.02 * len(text[:4000]):
        raise ReadError(f"{path}: expected text, but it is a binary file.")
    return text, "utf-8"


def _strictly(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{path}: expected text in {encoding}, but byte {error.start} does not fit; save it as UTF-8."
        ) from error


def _detect(path: Path, data: bytes) -> str:
    from charset_normalizer import from_bytes

    # Only lines that are not ASCII say anything; the cap keeps a large file cheap.
    telling = [line for line in data[:4_000_000].splitlines() if not line.isascii()]
    sample = b"\n".join(telling)[:65_536]
    controls = sum(sample.count(bytes([code])) for code in (*range(1, 9), *range(14, 27)))
    # Of encodings that fit equally well the first is taken; words without an ASCII letter are in another script.
    letters = sum(byte > 127 or chr(byte).isalpha() for byte in sample)
    foreign = sum(byte > 127 for byte in sample) > letters / 2
    order = [*_OTHERS, *_LATIN] if foreign else [*_LATIN, *_OTHERS]
    found = list(from_bytes(sample, cp_isolation=order)) if controls <= 0.02 * len(sample) else []
    if not found:
        raise ReadError(f"{path}: expected text, but it is a binary file or in an unknown encoding; save it as UTF-8.")
    fits = [
        (match.chaos, -match.coherence, order.index(encoding))
        for match in found
        for encoding in match.could_be_from_charset
        if encoding in order
    ]
    best = order[min(fits)[2]]
    # The letters ş and ğ of Turkish are þ and ð of Icelandic in the Western encoding, which far fewer tables are in.
    return "cp1254" if best == "cp1252" and sample.translate(None, b"\xfe\xf0\xde\xd0") != sample else best


def header_of(text: str, format: str | None = None) -> Sequence[str] | None:
    """Return the column names of GDELT's tables, which have none in the file; None for all others."""
    from geoevents.readers import gdelt_events, gdelt_mentions

    cells = text[:1_000_000].lstrip("\ufeff").split("\n", 1)[0].rstrip("\r").split("\t")
    for name, columns, at, digits in (
        ("gdelt-events", gdelt_events.COLUMNS, 1, 8),
        ("gdelt-mentions", gdelt_mentions.COLUMNS, 2, 14),
    ):
        written = len(cells) == len(columns) and cells[0].isdecimal() and cells[at].isdecimal()
        if written and len(cells[at]) == digits and format in (None, name):
            return columns
    return None


def _delimited(path: Path, text: str, separator: str | None, names: Sequence[str] | None = None) -> pd.DataFrame:
    import pandas as pd

    separator = "\t" if names else separator or separator_of(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            cells = pd.read_csv(
                io.StringIO(text),
                sep=separator,
                header=None,
                dtype=str,
                keep_default_na=False,
                na_values=[""],
                quoting=csv.QUOTE_NONE if names else csv.QUOTE_MINIMAL,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError) as error:
        why = re.sub(r"^Error tokenizing data\. C error: ", "", str(error)).strip()
        raise ReadError(f"{path}: expected rows of one length separated by {separator!r}: {why}.") from error
    if names:
        return _frame(path, names, [from_text(cells[position]) for position in range(len(names))])
    header = ["" if pd.isna(name) else str(name).strip() for name in cells.iloc[0]]
    body = cells.iloc[1:].reset_index(drop=True)
    return _frame(path, header, [from_text(body[position]) for position in range(len(header))])


def separator_of(text: str) -> str:
    """Return the separator that splits the header most often; quoted parts do not count."""
    header = re.sub(r'"[^"]*"', "", text[:1_000_000].lstrip().split("\n", 1)[0])
    counts = {mark: header.count(mark) for mark in ",;\t|"}
    return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","


def _frame(path: Path, header: Sequence[str], columns: Sequence[pd.Series]) -> pd.DataFrame:
    """Build a frame from named columns: each name once, empty columns without a name gone."""
    import pandas as pd

    kept = [i for i, name in enumerate(header) if name or columns[i].notna().any()]
    names = [header[i] or f"column_{i + 1}" for i in kept]
    doubled = [name for name, count in Counter(names).items() if count > 1]
    if doubled:
        where = [str(i + 1) for i, name in zip(kept, names, strict=True) if name == doubled[0]]
        raise ReadError(
            f"{path}: expected each column name once, but {doubled[0]!r} names columns {' and '.join(where)}."
        )
    if not names:
        raise ReadError(f"{path}: expected a table, but no column has a name.")
    return pd.DataFrame({name: columns[i] for name, i in zip(names, kept, strict=True)})


def from_text(column: pd.Series) -> pd.Series:
    """Return a column of written cells: numbers where each is a plain number, else the text as it stands."""
    column = column.astype("str")
    column = column.mask(column.str.strip() == "")
    known = column.dropna()
    if known.empty:
        return column
    # A look at the first cells spares most text columns the whole test.
    if known.head(50).str.fullmatch(_PLAIN).all() and known.str.fullmatch(_PLAIN).all():
        numbers = known.astype("int64")
        return numbers if len(numbers) == len(column) else numbers.astype("Int64").reindex(column.index)
    if known.head(50).str.fullmatch(_PLAIN_FLOAT).all() and known.str.fullmatch(_PLAIN_FLOAT).all():
        return column.astype("float64")
    return column


def _from_values(values: Sequence[object]) -> pd.Series:
    """Return a column of JSON's or Excel's values: one type stays as it is, a mixture becomes text."""
    import pandas as pd

    cells = [None if _is_empty(value) else value for value in values]
    kinds = {type(value) for value in cells if value is not None}
    whole = None not in cells
    if kinds == {bool}:
        return pd.Series(cells, dtype="bool" if whole else "boolean")
    if kinds == {int} and all(-(2**63) <= value < 2**63 for value in cells if isinstance(value, int)):
        return pd.Series(cells, dtype="int64" if whole else "Int64")
    if kinds and kinds <= {int, float}:
        return pd.Series(cells, dtype="float64")
    return pd.Series([_cell_text(value) for value in cells], dtype="str")


def _is_empty(value: object) -> bool:
    # JSON as Python reads it may hold NaN and Infinity, which are no numbers.
    if isinstance(value, float):
        return not math.isfinite(value)
    return value is None or (isinstance(value, str) and not value.strip())


def _cell_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, bool | int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _excel(path: Path, data: bytes) -> pd.DataFrame:
    """Read the first sheet that holds anything; its first filled row is the header."""
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and extensions openpyxl does not know
            with closing(openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)) as book:
                sheets = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
                rows = next((found for sheet in sheets if (found := [row for row in sheet if any(_filled(row))])), [])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
        raise ReadError(f"{path}: expected an Excel workbook, but it cannot be read ({error}).") from error
    if not rows:
        raise ReadError(f"{path}: expected a table, but every sheet is empty.")
    width = max(map(len, rows))
    table = [tuple(row) + (None,) * (width - len(row)) for row in rows]
    header = [(_cell_text(name) or "").strip() for name in table[0]]
    columns = list(zip(*table[1:], strict=True)) if len(table) > 1 else [()] * width
    return _frame(path, header, [_from_values(column) for column in columns])


def _filled(row: Sequence[object]) -> list[bool]:
    return [not _is_empty(value) for value in row]


def _parquet(path: Path) -> pd.DataFrame:
    import geopandas as gpd
    import pyarrow as pa
    import pyarrow.parquet as pq

    frame: pd.DataFrame
    try:
        metadata = pq.read_schema(path).metadata or {}
        if b"geo" in metadata:
            shapes = gpd.read_parquet(path)
            frame = shapes if shapes.crs is None else shapes.to_crs("EPSG:4326")
        else:
            frame = pq.read_table(path).to_pandas()
        frame = _with_whole_numbers(path, frame)
    except (OSError, ValueError, pa.ArrowException) as error:
        why = str(error).splitlines()[0]
        raise ReadError(f"{path}: expected a Parquet file, but it cannot be read ({why}).") from error
    facts, _ = unpacked(metadata.get(KEY.encode(), b"").decode(errors="replace"))
    frame.attrs = {KEY: facts} if facts else {}
    return frame


def _with_whole_numbers(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose whole numbers have all their digits where some are missing and pandas made them floats."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    whole = {field.name: field.type for field in pq.read_schema(path) if pa.types.is_integer(field.type)}
    broken = [name for name in whole if list(frame.columns).count(name) == 1 and frame[name].dtype.kind == "f"]
    if not broken:
        return frame
    signs = {name: "UInt64" if pa.types.is_unsigned_integer(whole[name]) else "Int64" for name in broken}
    table = pq.read_table(path, columns=broken)
    kinds = {whole[name]: pd.api.types.pandas_dtype(sign) for name, sign in signs.items()}
    columns = {name: table[name].to_pandas(types_mapper=kinds.get).set_axis(frame.index) for name in broken}
    return frame.assign(**columns)


def _json(path: Path, text: str, *, lines: bool) -> pd.DataFrame:
    records: object
    if lines:
        records = [_load(path, line, n) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    else:
        records = _load(path, text)
    provenance = None
    if isinstance(records, dict):
        provenance = records.get("geoevents")
        records = _rows_of(path, records)
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ReadError(f"{path}: expected a JSON list of objects or a FeatureCollection, got something else.")
    frame = _features(path, records) if _all_features(records) else _objects(path, records)
    if provenance is not None:
        frame.attrs["geoevents"] = provenance
    return frame


def _load(path: Path, text: str, line: int | None = None) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            name = Counter(key for key, _ in pairs).most_common(1)[0][0]
            raise ReadError(f"{path}: expected each name once in an object, but {name!r} stands twice.")
        return found

    try:
        return json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        where = f"line {line}: " if line else ""
        raise ReadError(f"{path}: expected JSON, but {where}{error}.") from error


def _rows_of(path: Path, member: dict[str, object]) -> object:
    if member.get("type") == "FeatureCollection":
        return member.get("features")
    if member.get("type") == "Feature":
        return [member]
    tables = [value for value in member.values() if isinstance(value, list) and value]
    tables = [value for value in tables if all(isinstance(row, dict) for row in value)]
    if len(tables) != 1:
        raise ReadError(f"{path}: expected a JSON list of objects, got one object without exactly one such list.")
    return tables[0]


def _all_features(records: Sequence[dict[str, object]]) -> bool:
    return bool(records) and all(record.get("type") == "Feature" and "geometry" in record for record in records)


def _objects(path: Path, records: Sequence[dict[str, object]]) -> pd.DataFrame:
    if not records:
        raise ReadError(f"{path}: expected records, but the list is empty.")
    names = list(dict.fromkeys(name for record in records for name in record))
    return _frame(path, names, [_from_values([record.get(name) for record in records]) for name in names])


def _features(path: Path, features: Sequence[dict[str, object]]) -> gpd.GeoDataFrame:
    """Build a frame from GeoJSON features: properties, the id where no property has it, the geometry."""
    import geopandas as gpd
    import pandas as pd
    import shapely
    from shapely.geometry import shape

    rows = [properties if isinstance(properties := f.get("properties"), dict) else {} for f in features]
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: _from_values([row.get(name) for row in rows]) for name in names}
    if "geometry" in columns:
        columns["geometry_input"] = columns.pop("geometry")
    if "id" not in columns and "event_id" not in columns and any("id" in feature for feature in features):
        columns["id"] = _from_values([feature.get("id") for feature in features])
    try:
        shapes = [shape(found) if (found := feature["geometry"]) else None for feature in features]
    except (
        AttributeError,
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        shapely.errors.ShapelyError,
    ) as error:
        raise ReadError(f"{path}: expected GeoJSON geometries, but one cannot be read ({error}).") from error
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(features)))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs="EPSG:4326"))
