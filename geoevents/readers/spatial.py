"""Reads what `geoevents.write` wrote, and the files of a GIS: a path enters, a frame with geometries leaves.

A file that carries a note of the frame it was (see `geoevents.frame.arrow`) comes back as that frame: types, nulls,
index, order of rows, CRS. Others come as they are, in EPSG:4326. What is neither is left to the reader of
tables.
"""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyarrow import ArrowException
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError
from shapely.geometry import shape

from geoevents.errors import ReadError
from geoevents.frame.provenance import KEY, unpacked
from geoevents.frame.restore import restore
from geoevents.frame.schema import conform
from geoevents.frame.sidecar import AREAS, METADATA, UNPLACED, companion, unshielded
from geoevents.readers.archives import check_archive
from geoevents.readers.cells import column_from_text
from geoevents.readers.formats import FORMATS
from geoevents.readers.markup import Marked, read_gpx, read_kml, unzipped
from geoevents.suggestions import missing_file

__all__ = ["read_spatial"]

_LOG = logging.getLogger("geoevents")

# What this module alone reads.
_OWN = ("geojsons", "flatgeobuf", "geopackage", "kml", "kmz", "gpx", "shapefile")
_HEAD = 65_536
# What libraries raise of damaged files, whatever they promise.
_DAMAGE = (RuntimeError, ValueError, OSError, LookupError, TypeError, ArrowException, ShapelyError)


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
        frame = _geopackage(path, layer) if kind == "geopackage" else _READERS[kind](path)
    except RecursionError as error:
        raise ReadError(
            f"{path}: expected a file of a usual depth, but its parts lie too deep in each other."
        ) from error
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
        "csv": bool(head) and path.suffix.lower() == ".csv" and _metadata(path).is_file(),
    }
    found = next((kind for kind, shown in contents.items() if shown), None)
    if found is None and format is None:
        found = next((kind for kind in _OWN if path.suffix.lower() in FORMATS[kind]), None)
    asked = {"jsonl": "geojsons", "json": "geojson"}.get(format or "", format)
    return found if asked in (None, found) else None


def _made(cells: pd.DataFrame, shapes: Sequence[object], note: dict[str, Any], facts: object) -> gpd.GeoDataFrame:
    frame = restore(cells, shapes, note)
    frame.attrs = {KEY: facts} if facts else {}
    return frame


def _geojson(path: Path) -> gpd.GeoDataFrame | None:
    text = path.read_text(encoding="utf-8-sig")
    collection = _parsed(path, text, None)
    features = collection.get("features")
    facts, note = unpacked(json.dumps(collection.get(KEY)))
    if note is None or not isinstance(features, list):
        return None
    found = _of_features(path, features, note, facts)
    return _with_areas_beside(path, found, note["areas"]) if isinstance(note.get("areas"), dict) else found


def _with_areas_beside(path: Path, events: gpd.GeoDataFrame, told: dict[str, Any]) -> gpd.GeoDataFrame:
    """Return events with the areas that stand once in a file beside theirs; points where that file is gone."""
    key, beside = str(told.get("key")), companion(path, AREAS)
    if key not in events.columns:
        return events
    if not beside.is_file():
        _LOG.warning("%s: %s is not there, so that its areas are points.", path, beside.name)
        return events
    areas = _geojson(beside)
    if areas is None or key not in areas.columns:
        raise ReadError(f"{beside}: expected the areas of {path.name}, but it is another file.")
    shape_of = dict(zip(areas[key], areas.geometry, strict=True))
    own = [shape_of.get(name, point) for name, point in zip(events[key], events.geometry, strict=True)]
    attrs = events.attrs
    events = events.drop(columns=key)
    events[events.geometry.name] = gpd.GeoSeries(own, index=events.index, crs=events.crs)
    events.attrs = attrs
    return events


def _geojson_sequence(path: Path) -> gpd.GeoDataFrame | None:
    text = path.read_text(encoding="utf-8-sig")
    # Within JSON a record separator is escaped: one that stands there begins a record.
    parts = text.split("\x1e") if text.startswith("\x1e") else text.split("\n")
    features = [_parsed(path, part, n) for n, part in enumerate(parts, start=1) if part.strip()]
    if not features:
        raise ReadError(f"{path}: expected features, but the file has none.")
    facts, note = unpacked(json.dumps(features[0].get(KEY)))
    if note is None:
        note = {"columns": [], "geometry": "geometry", "crs": "EPSG:4326"}
    return _of_features(path, features, note, facts)


def _parsed(path: Path, text: str, number: int | None) -> dict[str, Any]:
    where = f"record {number}: " if number else ""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{path}: expected JSON, but {where}{error}.") from error
    if not isinstance(found, dict):
        raise ReadError(f"{path}: expected a GeoJSON object, but {where}it is something else.")
    return found


def _of_features(path: Path, features: list[Any], note: dict[str, Any], facts: object) -> gpd.GeoDataFrame:

    try:
        rows = [feature["properties"] or {} for feature in features]
        shapes = [shape(found) if (found := feature["geometry"]) else None for feature in features]
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise ReadError(f"{path}: expected GeoJSON features, but one cannot be read ({error!r}).") from error
    names = [column["name"] for column in note["columns"]]
    names = list(dict.fromkeys([*names, *(name for row in rows for name in row)]))
    cells = pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names})
    if not names:
        cells = pd.DataFrame(index=range(len(rows)))
    return _made(cells, shapes, note, facts)


def _parquet(path: Path) -> gpd.GeoDataFrame | None:

    try:
        facts, note = unpacked((pq.read_schema(path).metadata or {}).get(KEY.encode(), b"").decode())
        if note is None:
            return None
        geo = json.loads(pq.read_schema(path).metadata[b"geo"])
        shape = geo["primary_column"]
        covering = geo["columns"][shape]["covering"]["bbox"]["xmin"][0]
        table = pq.read_table(path).drop_columns([covering])
        shapes = shapely.from_wkb(table[shape].to_numpy(zero_copy_only=False))
        cells = table.drop_columns([shape]).to_pandas()
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        why = str(error).splitlines()[0]
        raise ReadError(f"{path}: expected a Parquet file, but it cannot be read ({why}).") from error
    return _made(cells, shapes, note, facts)


def _flatgeobuf(path: Path) -> gpd.GeoDataFrame:
    cells, shapes, crs, record = _layer(path, None)
    facts, note = unpacked(record)
    if note is None:
        return _foreign(cells, shapes, crs)
    if note.get("unplaced"):
        cells, shapes = _with_unplaced(path, cells, shapes, note)
    return _made(cells, shapes, note, facts)


def _with_unplaced(
    path: Path, cells: pd.DataFrame, shapes: Sequence[object], note: dict[str, Any]
) -> tuple[pd.DataFrame, list[object]]:
    """Return the rows of a file together with those that went to the file beside it."""
    beside = companion(path.resolve(), UNPLACED)
    count = f"{note['unplaced']} event{'' if note['unplaced'] == 1 else 's'} without a place"
    rest = _csv_cells(beside) if beside.is_file() else None
    if rest is None:
        _LOG.warning("%s: %s went to %s, which is not there.", path, count, beside.name)
        return cells, list(shapes)

    _LOG.info("%s: %s read from %s.", path, count, beside.name)
    described = {column["name"]: column for column in note["columns"]}
    if cells.empty:
        return rest, [None] * len(rest)
    parts = {
        name: pd.concat([cells[name].astype(object), rest[name].astype(object)], ignore_index=True)
        for name in cells.columns
        if name in rest.columns and (name in described or name == note["order"])
    }
    return pd.DataFrame(parts), [*shapes, *([None] * len(rest))]


def _shapefile(path: Path) -> gpd.GeoDataFrame:
    cells, shapes, crs, _ = _layer(path, None)
    return _foreign(cells, shapes, crs)


def _geopackage(path: Path, named: str | int | None = None) -> gpd.GeoDataFrame:

    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        every = [str(name) for name, _ in pyogrio.list_layers(path)]
    except (RuntimeError, ValueError, OSError) as error:
        why = str(error).splitlines()[0]
        raise ReadError(f"{path}: expected a GeoPackage, but it cannot be read ({why}).") from error
    wanted = "events" if "events" in layers else next(iter(layers), None)
    if named is not None:
        at = int(named) - 1 if str(named).isdecimal() and str(named) not in every else -1
        wanted = every[at] if 0 <= at < len(every) else str(named)
        if wanted not in every:
            raise ReadError(f"{path}: expected a layer that is one of {', '.join(every)}, got {named!r}.")
        cells, shapes, crs, _ = _layer(path, wanted)
        return _foreign(cells, shapes, crs)
    if wanted is None:
        raise ReadError(f"{path}: expected a layer with geometries, but there is none.")
    cells, shapes, crs, record = _layer(path, wanted)
    facts, note = unpacked(record)
    if note is None:
        if len(layers) > 1:
            _LOG.warning("%s: read the layer %s of %s.", path, wanted, ", ".join(layers))
        return _foreign(cells, shapes, crs)
    whole = list(shapes)
    if "unplaced" in every:
        rest = _layer(path, "unplaced")[0]
        whole += [None] * len(rest)
        parts = {
            name: pd.concat([cells[name].astype(object), rest[name].astype(object)], ignore_index=True)
            for name in cells.columns
        }
        cells = pd.DataFrame(parts) if len(cells) else rest
    if note.get("place") in cells.columns and "places" in layers:
        whole = _with_areas(path, cells.pop(note["place"]), whole)
    return _made(cells, whole, note, facts)


def _with_areas(path: Path, link: pd.Series, shapes: list[object]) -> list[object]:
    """Return the shapes with the areas of places put back where rows refer to one."""
    places, areas, _, _ = _layer(path, "places")
    single = places["shape"].eq("Polygon").to_numpy()
    own = [
        area.geoms[0] if alone and shapely.get_num_geometries(area) == 1 and area.geom_type == "MultiPolygon" else area
        for area, alone in zip(areas, single, strict=True)
    ]
    return [
        own[int(number) - 1] if not pd.isna(number) and 0 < int(number) <= len(own) else shape
        for number, shape in zip(link, shapes, strict=True)
    ]


def _layer(path: Path, layer: str | None) -> tuple[pd.DataFrame, Sequence[Any], str | None, str | None]:
    """Return a layer's cells, geometries, CRS and record."""
    try:
        metadata, table = pyogrio.read_arrow(path, layer=layer)
        info = pyogrio.read_info(path, layer=layer)
        named = [str(name) for name in metadata["fields"]]
        # By position: a column may have the geometry's name.
        shapes: Sequence[Any] = [None] * table.num_rows
        if table.num_columns > len(named):
            shapes = shapely.from_wkb(table.column(table.num_columns - 1).to_numpy(zero_copy_only=False))
        cells = pd.DataFrame({name: _series(table.column(n)) for n, name in enumerate(named)})
    except _DAMAGE as error:
        why = " ".join((str(error) or type(error).__name__).split())[:200].rstrip(".")
        raise ReadError(f"{path}: expected a file that GDAL opens, but it cannot be read ({why}).") from error
    return cells, shapes, metadata["crs"], (info.get("layer_metadata") or {}).get(KEY)


def _series(column: pa.ChunkedArray) -> pd.Series:

    kind = column.type
    if pa.types.is_date(kind):
        column = column.cast(pa.timestamp("s"))
    whole = pd.BooleanDtype() if pa.types.is_boolean(kind) else pd.Int64Dtype()
    mapped = {kind: whole} if pa.types.is_boolean(kind) or pa.types.is_integer(kind) else {}
    found: pd.Series = column.to_pandas(types_mapper=mapped.get)
    return found


def _foreign(cells: pd.DataFrame, shapes: Sequence[object], crs: str | None) -> gpd.GeoDataFrame:
    """Return another program's layer as a frame in EPSG:4326."""
    frame = cells.rename(columns={"geometry": "geometry_input"})
    found = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(list(shapes), index=frame.index, crs=crs))
    if found.crs is not None:
        try:
            found = found.to_crs("EPSG:4326")
        except (ProjError, ValueError) as error:
            why = " ".join(str(error).split())[:120]
            raise ReadError(f"CRS: expected one that can be turned into EPSG:4326, got {crs!r:.60} ({why}).") from error
    conformed: gpd.GeoDataFrame = conform(found)
    return conformed


def _kml(path: Path) -> gpd.GeoDataFrame:
    return _of_marked(read_kml(path, [path.read_bytes()]))


def _kmz(path: Path) -> gpd.GeoDataFrame:
    return _of_marked(read_kml(path, unzipped(path)))


def _gpx(path: Path) -> gpd.GeoDataFrame:
    return _of_marked(read_gpx(path, path.read_bytes()))


def _of_marked(found: Marked) -> gpd.GeoDataFrame:

    facts, note = unpacked(found.record)
    names = [column["name"] for column in note["columns"]] if note else []
    names = list(dict.fromkeys([*names, *(name for row in found.rows for name in row)]))
    cells = pd.DataFrame({name: pd.Series([row.get(name) for row in found.rows], dtype=object) for name in names})
    if not names:
        cells = pd.DataFrame(index=range(len(found.rows)))
    if note is not None:
        return _made(cells, found.shapes, note, facts)
    frame = _foreign(cells.apply(column_from_text) if names else cells, found.shapes, "EPSG:4326")
    frame.attrs = {KEY: facts} if facts else {}
    return frame


def _metadata(path: Path) -> Path:
    return companion(path.resolve(), METADATA)


def _csv(path: Path) -> gpd.GeoDataFrame | None:
    try:
        notes = json.loads(_metadata(path).read_text(encoding="utf-8")).get("notes") or [None]
    except (ValueError, OSError, AttributeError):
        return None
    facts, note = unpacked(json.dumps(notes[0]))
    cells = _csv_cells(path) if note else None
    if note is None or cells is None or note.get("wkt") not in cells.columns:
        # Saved anew by another program, most likely: a table like any other.
        return None

    try:
        written = cells.pop(note["wkt"]).astype(object)
        shapes = gpd.GeoSeries.from_wkt(written.where(written.notna(), None))
    except Exception as error:
        raise ReadError(f"{path}: expected WKT in {note['wkt']!r}, but one cell is none ({error}).") from error
    return _made(cells, shapes.to_numpy(), note, facts)


def _csv_cells(path: Path) -> pd.DataFrame | None:
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


def _excel(path: Path) -> gpd.GeoDataFrame | None:
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
            told = [row for row in book["provenance"].iter_rows(values_only=True) if row and row[0] == "record"]
            facts, note = unpacked("".join(str(row[1]) for row in told))
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
    return _made(cells.drop(columns=where["columns"] if where["added"] else []), shapes, note, facts)


_READERS: dict[str, Callable[[Path], gpd.GeoDataFrame | None]] = {
    "csv": _csv,
    "excel": _excel,
    "flatgeobuf": _flatgeobuf,
    "geojson": _geojson,
    "geojsons": _geojson_sequence,
    "geopackage": _geopackage,
    "gpx": _gpx,
    "kml": _kml,
    "kmz": _kmz,
    "parquet": _parquet,
    "shapefile": _shapefile,
}
