"""Writes tables: an events frame enters, CSV or Excel that a spreadsheet opens leaves.

CSV has the shapes as WKT, in the column ``WKT`` that GDAL and QGIS look for, in EPSG:4326; the provenance
stands in a neighbouring ``-metadata.json``, where CSV on the Web has it. Text that a spreadsheet would take for
a formula gets an apostrophe before it, and loses it when it is read back. Excel has a row an event with its
lon/lat, text as text whatever it begins with, and the provenance on a second sheet.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoevents.errors import WriteError
from geoevents.exporters.files import METADATA, UNPLACED, companion
from geoevents.exporters.progress import progress
from geoevents.exporters.spots import spots
from geoevents.flat import Column, Flat, dump, free_name, texts
from geoevents.provenance import facts, packed

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["write_csv", "write_excel", "write_unplaced"]

_LOG = logging.getLogger("geoevents")

# What a spreadsheet may take for a formula, in its full-width forms too, unless it is a plain number; text that
# begins with apostrophes before such a mark gets one more, so that reading takes off just what was put on.
FORMULA = r"^\s*'*\s*[=+\-@\t\r\n＝＋－＠]"
_PLAIN = r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$"
_DATATYPES = {"whole": "integer", "real": "number", "truth": "boolean", "date": "date", "moment": "dateTime"}
# What a workbook spells as _xHHHH_: what XML cannot hold, and what would read as such a spelling.
_CODED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
# What Excel holds: rows, columns, letters of a cell, digits of a number.
_ROWS, _COLUMNS, _LETTERS, _DIGITS = 1_048_576, 16_384, 32_767, 10**15


def write_csv(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as CSV to a path, as it is given, and its metadata beside it.

    Source: https://www.rfc-editor.org/rfc/rfc4180, https://www.w3.org/TR/tabular-data-model/
    """
    import numpy as np
    import pyarrow as pa

    events = events.to_crs("EPSG:4326")
    flat = Flat(events)
    wkt = flat.note["wkt"] = free_name("WKT", flat.schema.names)
    shapes = events.geometry.to_wkt(rounding_precision=-1)
    known = facts(events)
    columns = [{"titles": column.name, "datatype": _DATATYPES.get(column.kind, "string")} for column in flat.columns]
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": path.name,
        "dc:creator": f"{known['generator']} {known['version']}",
        "dc:created": known["created"],
        "dc:rights": known["attribution"],
        "tableSchema": {"columns": [*columns, {"titles": wkt, "datatype": "string"}]},
        "notes": [json.loads(packed(events, flat.note))],
    }
    companion(path, METADATA).write_text(dump(metadata), encoding="utf-8", errors="replace")
    whole = pa.array(shapes, pa.large_string(), from_pandas=True)
    _write_rows(flat, np.arange(len(flat)), path, {wkt: whole})


def write_unplaced(flat: Flat, rows: NDArray[np.intp], path: Path) -> int:
    """Write the rows that a format cannot hold to a CSV beside its file, say so, and return how many they are."""
    import numpy as np
    import pyarrow as pa

    if not len(rows):
        return 0
    beside = companion(path, UNPLACED)
    _write_rows(flat, rows, beside, {flat.note["order"]: pa.array(np.arange(len(flat), dtype=np.int64))})
    count = f"{len(rows)} event{'' if len(rows) == 1 else 's'}"
    _LOG.warning("%s: %s without a place went to %s.", path.name, count, beside.name)
    return len(rows)


def _write_rows(flat: Flat, rows: NDArray[np.intp], path: Path, extra: dict[str, pa.Array]) -> None:
    import pyarrow as pa
    import pyarrow.csv

    kinds = [pa.large_string() if _as_text(column) else flat.schema.field(column.name).type for column in flat.columns]
    fields = [pa.field(_shielded_text(c.name), kind) for c, kind in zip(flat.columns, kinds, strict=True)]
    schema = pa.schema([*fields, *(pa.field(name, array.type) for name, array in extra.items())])
    with (
        progress(f"Writing {path.name}", len(rows)) as advance,
        pa.csv.CSVWriter(path, schema, write_options=pa.csv.WriteOptions(quoting_style="needed")) as writer,
    ):
        for positions, batch in flat.batches(rows):
            arrays = [_cells(array, column) for array, column in zip(batch.columns, flat.columns, strict=True)]
            arrays += [array.take(pa.array(positions)) for array in extra.values()]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            advance(len(positions))


def _as_text(column: Column) -> bool:
    return column.kind not in ("whole", "real", "truth", "date")


def _cells(cells: pa.Array, column: Column) -> pa.Array:
    if not _as_text(column):
        return cells
    return texts(cells) if column.kind == "moment" else _shielded(texts(cells))


def _shielded(cells: pa.Array) -> pa.Array:
    """Return text of which a spreadsheet takes no cell for a formula."""
    import pyarrow as pa
    import pyarrow.compute as pc

    risky = pc.and_(pc.match_substring_regex(cells, FORMULA), pc.invert(pc.match_substring_regex(cells, _PLAIN)))
    if not pc.any(risky).as_py():
        return cells
    text = pa.large_string()
    marked = pc.binary_join_element_wise(pa.scalar("'", text), cells, pa.scalar("", text))
    return pc.if_else(risky, marked, cells)


def _shielded_text(text: str) -> str:
    return f"'{text}" if re.search(FORMULA, text) and not re.search(_PLAIN, text) else text


def write_excel(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as an Excel workbook to a path, as it is given; `geoevents.write` is the safe way in.

    Raises
    ------
    WriteError
        When there are more rows or columns, or longer cells, than Excel holds.
    """
    import openpyxl

    events = events.to_crs("EPSG:4326")
    names = [str(name) for name in events.columns]
    lon, lat = ("lon", "lat") if {"lon", "lat"} <= set(names) else (free_name("lon", names), free_name("lat", names))
    added = lon not in names or lat not in names
    if added:
        points = spots(events)
        events = events.assign(**{lon: points.x.to_numpy(), lat: points.y.to_numpy()})
    flat = Flat(events)
    flat.note["lon_lat"] = {"columns": [lon, lat], "added": added}
    width = len(flat.columns)
    if len(flat) >= _ROWS or width > _COLUMNS:
        raise WriteError(
            f"{path.name}: expected at most {_ROWS - 1:,} rows and {_COLUMNS:,} columns, which is all Excel holds, "
            f"got {len(flat):,} and {width:,}; .csv has no such limit."
        )
    book = openpyxl.Workbook(write_only=True)
    try:
        _excel_events(book, flat, path)
        _excel_provenance(book, events, flat, path)
        book.save(path)
    except (OSError, WriteError):
        raise
    except Exception as error:  # noqa: BLE001
        # What lies below openpyxl tells of a full disk in its own ways.
        raise OSError(None, str(error) or type(error).__name__) from error


def _excel_events(book: Any, flat: Flat, path: Path) -> None:
    sheet = book.create_sheet("events")
    sheet.freeze_panes = "A2"
    sheet.append([_excel_text(sheet, column.name, column.name, path) for column in flat.columns])
    with progress(f"Writing {path.name}", len(flat)) as advance:
        for positions, batch in flat.batches():
            columns = [
                _excel_cells(sheet, array, c, path) for array, c in zip(batch.columns, flat.columns, strict=True)
            ]
            for row in zip(*columns, strict=True):
                sheet.append(row)
            advance(len(positions))


def _excel_provenance(book: Any, events: gpd.GeoDataFrame, flat: Flat, path: Path) -> None:
    """Write the record to a sheet of its own: what a person reads, then the whole, in parts that fit into cells."""
    known = facts(events)
    book.properties.creator = f"{known['generator']} {known['version']}"
    book.properties.description = str(known["attribution"]) or None
    sheet = book.create_sheet("provenance")
    for name in ("generator", "version", "gazetteer", "created", "attribution"):
        sheet.append([name, _excel_text(sheet, str(known[name] or ""), name, path)])
    for status, count in known["counts"].items():
        sheet.append([f"events {status}", count])
    for source in known["sources"]:
        sheet.append(["source", _excel_text(sheet, dump(source)[:_LETTERS], "source", path)])
    record = json.dumps(json.loads(packed(events, flat.note)))
    step = _LETTERS - 1
    for start in range(0, len(record), step):
        sheet.append(["record", record[start : start + step]])


def _excel_cells(sheet: Any, cells: pa.Array, column: Column, path: Path) -> Iterator[object]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.kind == "real":
        cells = pc.if_else(pc.is_finite(cells), cells, pa.scalar(None, cells.type))
    large = column.kind == "whole" and (pc.max(pc.abs_checked(pc.fill_null(cells, 0))).as_py() or 0) >= _DIGITS
    if column.kind in ("whole", "real", "truth") and not large:
        yield from cells.to_pylist()
        return
    if column.kind == "date" and (pc.min(pc.year(cells)).as_py() or 9999) > 1900:
        yield from cells.to_pylist()
        return
    # Days before 1901, times to the microsecond and time zones are beyond Excel: they are text that sorts right.
    for text in texts(cells).to_pylist():
        yield None if text is None else _excel_text(sheet, text, column.name, path)


def _excel_text(sheet: Any, text: str, name: str, path: Path) -> object:
    """Return a cell that is text, whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell

    escaped = _CODED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    if len(escaped) > _LETTERS:
        raise WriteError(
            f"{path.name}: expected cells of at most {_LETTERS:,} letters, which is all Excel holds, "
            f"got {len(text):,} in {name!r}; .csv has no such limit."
        )
    if not re.match(FORMULA, text) and not text.startswith("#"):
        return escaped
    cell = WriteOnlyCell(sheet)
    cell._value = escaped
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
