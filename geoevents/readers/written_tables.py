"""Read the tables that `geoevents.write` wrote: CSV, Excel and Parquet."""

from __future__ import annotations

import json
import logging
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import shapely
from shapely.errors import ShapelyError

from geoevents.errors import ReadError
from geoevents.frame.provenance import KEY, provenance_from_json
from geoevents.frame.shape_depth import check_wkt, from_wkb
from geoevents.frame.sidecar import METADATA, companion, mark, unshielded
from geoevents.readers.archives import check_archive
from geoevents.readers.file_frames import restored_frame

__all__ = ["csv_cells", "csv_note", "read_written_csv", "read_written_excel", "read_written_parquet"]

_LOG = logging.getLogger("geoevents")


def csv_note(path: Path) -> Path:
    """Return the path of the note beside a CSV."""
    return companion(path.resolve(), METADATA)


def read_written_csv(path: Path) -> gpd.GeoDataFrame | None:
    """Read a CSV that `geoevents.write` wrote, with its note beside it; None for any other."""
    try:
        notes = json.loads(csv_note(path).read_text(encoding="utf-8")).get("notes") or [None]
    except (ValueError, OSError, AttributeError):
        return None
    facts, note = provenance_from_json(json.dumps(notes[0]))
    cells = csv_cells(path) if note else None
    if note is None or cells is None or note.get("wkt") not in cells.columns:
        # Saved anew by another program, most likely: a table like any other.
        return None
    if "mark" in note and note["mark"] != mark(path):
        _LOG.warning(
            "%s: the file was changed since it was written, or %s is of another one; cells are read as that says.",
            path,
            csv_note(path).name,
        )
    try:
        written = cells.pop(note["wkt"]).astype(object)
        check_wkt(written)
        shapes = gpd.GeoSeries.from_wkt(written.where(written.notna(), None))
    except Exception as error:
        raise ReadError(f"{path}: expected WKT in {note['wkt']!r}, but one cell is none ({error}).") from error
    return restored_frame(cells, shapes.to_numpy(), note, facts)


def csv_cells(path: Path) -> pd.DataFrame | None:
    """Return the cells of a CSV that `geoevents.write` wrote, as text, without the apostrophes it put there."""
    try:
        with path.open("rb") as file:
            header = pa.csv.open_csv(file, parse_options=pa.csv.ParseOptions(newlines_in_values=True)).schema.names
        table = pa.csv.read_csv(
            path,
            parse_options=pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        )
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        return None
    cells = {unshielded(name): table.column(n).to_pandas() for n, name in enumerate(table.column_names)}
    return pd.DataFrame({name: column.map(unshielded, na_action="ignore") for name, column in cells.items()})


def read_written_excel(path: Path) -> gpd.GeoDataFrame | None:
    """Read a workbook that `geoevents.write` wrote; None for any other."""
    import openpyxl
    from openpyxl.utils.escape import unescape

    def plain(cell: object) -> object:
        return unescape(cell) if isinstance(cell, str) else cell

    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(path, archive)
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
            if not {"events", "provenance"} <= set(book.sheetnames):
                return None
            records = [row for row in book["provenance"].iter_rows(values_only=True) if row and row[0] == "record"]
            facts, note = provenance_from_json("".join(str(row[1]) for row in records))
            rows = [tuple(map(plain, row)) for row in book["events"].iter_rows(values_only=True)] if note else []
    except ReadError:
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook trips the library anywhere; the reader of tables says so
        return None
    if note is None or not rows or "lon_lat" not in note:
        return None
    names = [str(name) for name in rows[0]]
    # A row's empty cells at the end are not in the file.
    table = [row + (None,) * (len(names) - len(row)) for row in rows[1:]]
    columns = list(zip(*table, strict=True)) if table else [()] * len(names)
    cells = pd.DataFrame({n: pd.Series(c, dtype=object) for n, c in zip(names, columns, strict=True)})
    where = note["lon_lat"]
    if not set(where["columns"]) <= set(names):
        return None
    lon, lat = (pd.to_numeric(cells[name], errors="coerce").to_numpy("float64") for name in where["columns"])
    shapes = shapely.points(lon, lat)
    shapes[pd.isna(lon) | pd.isna(lat)] = None
    return restored_frame(cells.drop(columns=where["columns"] if where["added"] else []), shapes, note, facts)


def read_written_parquet(path: Path) -> gpd.GeoDataFrame | None:
    """Read a GeoParquet that `geoevents.write` wrote; None for any other."""
    try:
        facts, note = provenance_from_json((pq.read_schema(path).metadata or {}).get(KEY.encode(), b"").decode())
        if note is None:
            return None
        geo = json.loads(pq.read_schema(path).metadata[b"geo"])
        shape = geo["primary_column"]
        covering = geo["columns"][shape]["covering"]["bbox"]["xmin"][0]
        table = pq.read_table(path).drop_columns([covering])
        shapes = from_wkb(table[shape].to_numpy(zero_copy_only=False))
        cells = table.drop_columns([shape]).to_pandas()
    except (OSError, ValueError, KeyError, pa.ArrowException, ShapelyError) as error:
        why = str(error).splitlines()[0]
        raise ReadError(f"{path}: expected a Parquet file, but it cannot be read ({why}).") from error
    return restored_frame(cells, shapes, note, facts)
