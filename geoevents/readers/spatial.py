"""Read what `geoevents.write` wrote, and the files of a GIS, as a frame with geometries.

A file that carries a note of the frame it was comes back as that frame, others come as they are, in EPSG:4326 (see
`geoevents.readers.file_frames`). What is neither is left to the reader of tables.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pyproj.exceptions import ProjError

from geoevents.errors import ReadError
from geoevents.frame.provenance import KEY, provenance_from_json
from geoevents.readers.cells import column_from_text
from geoevents.readers.file_frames import foreign_frame, restored_frame
from geoevents.readers.formats import FORMATS
from geoevents.readers.geojson import read_geojson, read_geojson_sequence
from geoevents.readers.gis_layers import read_flatgeobuf, read_geopackage, read_shapefile
from geoevents.readers.markup import Marked, read_gpx, read_kml, unzipped
from geoevents.readers.written_tables import csv_note, read_written_csv, read_written_excel, read_written_parquet
from geoevents.suggestions import missing_file

__all__ = ["read_spatial"]

# What this module alone reads.
_OWN = ("geojsons", "flatgeobuf", "geopackage", "kml", "kmz", "gpx", "shapefile")
_HEAD = 65_536


def read_spatial(path: Path, format: str | None, layer: str | int | None = None) -> gpd.GeoDataFrame | None:
    """Read a file of geometries; None for one that the reader of tables is to read.

    Raises
    ------
    ReadError
        When the file is of a format that only this module reads and missing, empty, closed to us or damaged.
    """
    kind = format if format in _OWN else _recognised(path, format)
    if kind is None:
        return None
    if path.is_dir():
        raise ReadError(f"{path}: expected a file to read, but it is a folder.")
    if not path.is_file():
        raise missing_file(path)
    if not path.stat().st_size:
        raise ReadError(f"{path}: expected a table, but the file is empty.")
    try:
        frame = read_geopackage(path, layer) if kind == "geopackage" else _READERS[kind](path)
    except RecursionError as error:
        raise ReadError(
            f"{path}: expected a file of a usual depth, but its parts lie too deep in each other."
        ) from error
    except ProjError as error:
        why = " ".join(str(error).split())[:120].rstrip(".")
        raise ReadError(f"{path}: expected coordinates in a reference system that is known ({why}).") from error
    except UnicodeDecodeError as error:
        raise ReadError(f"{path}: expected text in UTF-8, but byte {error.start} does not fit.") from error
    except OSError as error:
        raise ReadError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}.") from error
    if frame is None:
        return None
    frame.attrs["read"] = {"file": path.name, "format": kind, "encoding": None}
    return frame


def _recognised(path: Path, format: str | None) -> str | None:
    """Return the format that content shows, else what the suffix says, of those that are read here."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        head = b""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    ours = f'"{KEY}": {{'.encode() in head
    contents: dict[str, bool] = {
        "flatgeobuf": head.startswith(b"fgb"),
        "geopackage": head.startswith(b"SQLite format 3"),
        "kmz": head.startswith(b"PK\x03\x04") and path.suffix.lower() == ".kmz",
        "excel": head.startswith(b"PK\x03\x04") and path.suffix.lower() == ".xlsx",
        "kml": start.startswith(b"<") and b"<kml" in head,
        "gpx": start.startswith(b"<") and b"<gpx" in head,
        "shapefile": head.startswith(b"\x00\x00\x27\x0a") and path.suffix.lower() == ".shp",
        "geojsons": head.startswith(b"\x1e") or (ours and start.startswith(b'{"type": "Feature", ')),
        "geojson": ours and start.startswith(b'{"type": "FeatureCollection"'),
        "parquet": head.startswith(b"PAR1"),
        "csv": bool(head) and path.suffix.lower() == ".csv" and csv_note(path).is_file(),
    }
    found = next((kind for kind, shown in contents.items() if shown), None)
    if found is None and format is None:
        found = next((kind for kind in _OWN if path.suffix.lower() in FORMATS[kind]), None)
    asked = {"jsonl": "geojsons", "json": "geojson"}.get(format or "", format)
    return found if asked in (None, found) else None


def _kml(path: Path) -> gpd.GeoDataFrame:
    return _frame_of_marked(read_kml(path, [path.read_bytes()]))


def _kmz(path: Path) -> gpd.GeoDataFrame:
    return _frame_of_marked(read_kml(path, unzipped(path)))


def _gpx(path: Path) -> gpd.GeoDataFrame:
    return _frame_of_marked(read_gpx(path, path.read_bytes()))


def _frame_of_marked(found: Marked) -> gpd.GeoDataFrame:
    facts, note = provenance_from_json(found.record)
    names = [column["name"] for column in note["columns"]] if note else []
    names = list(dict.fromkeys([*names, *(name for row in found.rows for name in row)]))
    cells = pd.DataFrame({name: pd.Series([row.get(name) for row in found.rows], dtype=object) for name in names})
    if not names:
        cells = pd.DataFrame(index=range(len(found.rows)))
    if note is not None:
        return restored_frame(cells, found.shapes, note, facts)
    frame = foreign_frame(cells.apply(column_from_text) if names else cells, found.shapes, "EPSG:4326")
    frame.attrs = {KEY: facts} if facts else {}
    return frame


_READERS: dict[str, Callable[[Path], gpd.GeoDataFrame | None]] = {
    "csv": read_written_csv,
    "excel": read_written_excel,
    "flatgeobuf": read_flatgeobuf,
    "geojson": read_geojson,
    "geojsons": read_geojson_sequence,
    "geopackage": read_geopackage,
    "gpx": _gpx,
    "kml": _kml,
    "kmz": _kmz,
    "parquet": read_written_parquet,
    "shapefile": read_shapefile,
}
