"""Write CSV and Excel that a spreadsheet opens.

CSV has the shapes as WKT, in the column ``WKT`` that GDAL and QGIS look for, in EPSG:4326; the provenance
stands in a neighbouring ``-metadata.json``, where CSV on the Web expects it. Text that a spreadsheet would take for
a formula gets an apostrophe before it, and loses it when it is read back. Excel has a row an event with its
lon/lat, text as text whatever it begins with, and the provenance on a second sheet.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from geoevents.errors import WriteError
from geoevents.exporters.progress import progress
from geoevents.frame.arrow import Column, Flat, dump, free_name, texts
from geoevents.frame.provenance import facts, provenance_to_json
from geoevents.frame.sidecar import FORMULA, METADATA, PLAIN, UNPLACED, companion, mark, shielded
from geoevents.spatial.event_points import spots
from geoevents.spatial.lonlat import to_lonlat

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["write_csv", "write_excel", "write_plain_csv", "write_unplaced"]

_LOG = logging.getLogger("geoevents")

_DATATYPES = {"whole": "integer", "real": "number", "truth": "boolean", "date": "date", "moment": "dateTime"}
# What Excel holds: rows, columns, letters of a cell, digits of a number.
_ROWS, _COLUMNS, _LETTERS, _DIGITS = 1_048_576, 16_384, 32_767, 10**15


def write_csv(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as CSV to a path, as it is given, and its metadata beside it.

    Source: https://www.rfc-editor.org/rfc/rfc4180, https://www.w3.org/TR/tabular-data-model/
    """
    events = to_lonlat(events)
    flat = Flat(events)
    wkt = flat.note["wkt"] = free_name("WKT", flat.schema.names)
    shapes = events.geometry.to_wkt(rounding_precision=-1)
    whole = pa.array(shapes, pa.large_string(), from_pandas=True)
    _write_rows(flat, np.arange(len(flat)), path, {wkt: whole})
    _write_metadata(events, flat, path, [{"titles": wkt, "datatype": "string"}])


def write_plain_csv(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as CSV without its shapes, for spreadsheets and statistics; its metadata stand beside it."""
    flat = Flat(events)
    _write_rows(flat, np.arange(len(flat)), path, {})
    _write_metadata(events, flat, path, [])


def _write_metadata(events: gpd.GeoDataFrame, flat: Flat, path: Path, more: list[dict[str, str]]) -> None:
    """Say beside a CSV that is whole what its columns are, and more of them, and which file that is."""
    known = facts(events)
    flat.note["mark"] = mark(path)
    columns = [{"titles": column.name, "datatype": _DATATYPES.get(column.kind, "string")} for column in flat.columns]
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": path.name,
        "dc:creator": f"{known['generator']} {known['version']}",
        "dc:created": known["created"],
        "dc:rights": known["attribution"],
        "tableSchema": {"columns": [*columns, *more]},
        "notes": [json.loads(provenance_to_json(events, flat.note))],
    }
    companion(path, METADATA).write_text(dump(metadata), encoding="utf-8", errors="replace")


def write_unplaced(flat: Flat, rows: NDArray[np.intp], path: Path) -> int:
    """Write the rows that a format cannot hold to a CSV beside its file, say so, and return how many they are."""
    if not len(rows):
        return 0
    beside = companion(path, UNPLACED)
    _write_rows(flat, rows, beside, {flat.note["order"]: pa.array(np.arange(len(flat), dtype=np.int64))})
    count = f"{len(rows)} event{'' if len(rows) == 1 else 's'}"
    _LOG.warning("%s: %s without a place went to %s.", path.name, count, beside.name)
    return len(rows)


def _write_rows(flat: Flat, rows: NDArray[np.intp], path: Path, extra: dict[str, pa.Array]) -> None:

    kinds = [pa.large_string() if _as_text(column) else flat.schema.field(column.name).type for column in flat.columns]
    fields = [pa.field(shielded(c.name), kind) for c, kind in zip(flat.columns, kinds, strict=True)]
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
    """Return text that a spreadsheet never reads as a formula."""
    risky = pc.and_(pc.match_substring_regex(cells, FORMULA), pc.invert(pc.match_substring_regex(cells, PLAIN)))
    if not pc.any(risky).as_py():
        return cells
    text = pa.large_string()
    marked = pc.binary_join_element_wise(pa.scalar("'", text), cells, pa.scalar("", text))
    return pc.if_else(risky, marked, cells)


def write_excel(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as an Excel workbook to a path, as it is given; `geoevents.write` is the safe way in.

    Raises
    ------
    WriteError
        When there are more rows or columns, or longer cells, than Excel holds.
    """
    events = to_lonlat(events)
    names = [str(name) for name in events.columns]
    added = not {"lon", "lat"} <= set(names)
    lon, lat = (free_name(name, names) if added else name for name in ("lon", "lat"))
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
    _check_letters(flat, path)
    book = _Book(path)
    book.events(flat)
    book.provenance(facts(events), provenance_to_json(events, flat.note))
    book.close()


def _check_letters(flat: Flat, path: Path) -> None:
    """Refuse cells that are too long before anything is written: a workbook that is left half made lingers."""
    for _, batch in flat.batches():
        for name, cells in zip(batch.schema.names, batch.columns, strict=True):
            longest = (pc.max(pc.utf8_length(cells)).as_py() or 0) if pa.types.is_large_string(cells.type) else 0
            if longest > _LETTERS:
                raise WriteError(
                    f"{path.name}: expected cells of at most {_LETTERS:,} letters, which is all Excel holds, "
                    f"got {longest:,} in {name!r}; .csv has no such limit."
                )


class _Book:
    """A workbook that is written row by row, every text of it as text."""

    def __init__(self, path: Path) -> None:
        import xlsxwriter

        self._path = path
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        self._marked = self._book.add_format({"quote_prefix": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})

    def events(self, flat: Flat) -> None:
        sheet = self._book.add_worksheet("events")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(flat.columns):
            self._put(sheet, 0, place, column.name)
        with progress(f"Writing {self._path.name}", len(flat)) as advance:
            row = 0
            for positions, batch in flat.batches():
                columns = [
                    _excel_cells(array, column) for array, column in zip(batch.columns, flat.columns, strict=True)
                ]
                for cells in zip(*columns, strict=True):
                    row += 1
                    sheet.write_blank(row, 0, None, self._marked)  # so that a row of nulls is a row
                    for place, cell in enumerate(cells):
                        self._put(sheet, row, place, cell)
                advance(len(positions))

    def provenance(self, known: dict[str, Any], record: str) -> None:
        """Write the record to a sheet of its own: what a person reads, then the whole, in parts that fit into cells."""
        made = f"{known['generator']} {known['version']}"
        self._book.set_properties({"author": made, "comments": str(known["attribution"]), "created": None})
        sheet = self._book.add_worksheet("provenance")
        rows = [
            (name, str(known[name] or "")) for name in ("generator", "version", "gazetteer", "created", "attribution")
        ]
        rows += [(f"events {status}", str(count)) for status, count in known["counts"].items()]
        rows += [("source", dump(source)[:_LETTERS]) for source in known["sources"]]
        ascii_only = json.dumps(json.loads(record))
        rows += [("record", ascii_only[start : start + _LETTERS]) for start in range(0, len(ascii_only), _LETTERS)]
        for row, (name, text) in enumerate(rows):
            self._put(sheet, row, 0, name)
            self._put(sheet, row, 1, text)

    def close(self) -> None:
        from xlsxwriter.exceptions import XlsxWriterException

        try:
            self._book.close()
        except XlsxWriterException as error:
            raise OSError(None, str(error).splitlines()[0]) from error

    def _put(self, sheet: Any, row: int, place: int, cell: object) -> None:

        if isinstance(cell, bool):
            sheet.write_boolean(row, place, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(row, place, cell)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, cell, self._day)
        elif isinstance(cell, str):
            # The mark keeps text that is edited in Excel from becoming a formula.
            sheet.write_string(row, place, cell, self._marked if re.match(FORMULA, cell) else None)


def _excel_cells(cells: pa.Array, column: Column) -> list[Any]:

    if column.kind == "real":
        cells = pc.if_else(pc.is_finite(cells), cells, pa.scalar(None, cells.type))
    edges = pc.min_max(cells).as_py() if column.kind == "whole" else {}
    large = any(abs(edge or 0) >= _DIGITS for edge in edges.values())
    early = column.kind == "date" and (pc.min(pc.year(cells)).as_py() or 9999) <= 1900
    if column.kind in ("whole", "real", "truth", "date") and not large and not early:
        return list(cells.to_pylist())
    # Days before 1901, times to the microsecond, time zones and long numbers are beyond Excel: they are text.
    return list(texts(cells).to_pylist())
