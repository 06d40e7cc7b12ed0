"""List the file formats, and write events in each of them, whole or not at all.

To add a format, write a function ``(events, path) -> None`` in a module of this room, and add a `Format` to `FORMATS`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, get_args

import shapely

from geoevents.errors import ArgumentError, ColumnError, WriteError
from geoevents.exporters.atomic import replacing
from geoevents.exporters.geojson import (
    Shapes,
    stand_once,
    write_geojson,
    write_lines,
    write_sequence,
    write_shapes_once,
)
from geoevents.exporters.geoparquet import write_geoparquet
from geoevents.exporters.gpx import write_gpx
from geoevents.exporters.kml import write_kml, write_kmz
from geoevents.exporters.ogr import write_flatgeobuf, write_geopackage
from geoevents.exporters.table import write_csv, write_excel, write_plain_csv
from geoevents.frame.sidecar import AREAS, METADATA, UNPLACED
from geoevents.suggestions import did_you_mean

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["FORMATS", "LOSSES", "Format", "Writer", "check", "format_of", "write"]


class Writer(Protocol):
    """Writes events to a path exactly as the path is given; `geoevents.write` is the safe way in."""

    def __call__(self, events: gpd.GeoDataFrame, path: Path, /) -> object:
        """Write the file; raise OSError or a GeoEventsError when that fails."""


def _write_page(events: gpd.GeoDataFrame, path: Path) -> None:
    from geoevents.maps.kepler import write_html

    write_html(events, path)


def _write_picture(events: gpd.GeoDataFrame, path: Path) -> None:
    from geoevents.maps.static import write_static

    write_static(events, path)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name, the suffixes that ask for it, its writer and what it cannot hold.

    Attributes
    ----------
    limits
        What is lost or changed, in a phrase.
    provenance
        Where in the file the provenance stands.
    loses
        What does not come back when the file is read again, in words of `LOSSES`; None when the file is only to be
        looked at.
    beside
        Patterns of the files that may stand beside the one that was asked for.
    is_map
        Whether the file is a map to look at, which `geoevents.write_map` writes with options.
    is_page
        Of maps: whether it is a page, which takes a basemap and a configuration; otherwise it is a picture.
    """

    name: str
    suffixes: tuple[str, ...]
    writer: Writer
    limits: str
    provenance: str = ""
    loses: frozenset[str] | None = None
    beside: tuple[str, ...] = ()
    is_map: bool = False
    is_page: bool = False


# What a format may lose, and what becomes of it.
LOSSES = {
    "columns": "columns that the format has no room for",
    "controls": "control characters become U+FFFD",
    "crs": "the CRS becomes EPSG:4326",
    "decimals": "coordinates keep 7 decimals, and shapes are cut at the antimeridian",
    "digits": "numbers keep 16 digits",
    "empty": "an empty geometry becomes null",
    "infinity": "infinities become null",
    "microseconds": "times keep milliseconds",
    "no rows": "a frame without rows is refused",
    "nul": "NUL in text becomes U+FFFD",
    "shapes": "a shape becomes a point on it",
}
_TEXT = frozenset({"crs", "decimals", "empty", "infinity"})

FORMATS: tuple[Format, ...] = (
    Format(
        "GeoJSON",
        (".geojson", ".json"),
        write_geojson,
        "RFC 7946: 7 decimals, EPSG:4326, shapes cut at the antimeridian; dates as text, infinities null",
        "the collection's member `geoevents`",
        _TEXT,
    ),
    Format(
        "GeoJSON text sequence",
        (".geojsons",),
        write_sequence,
        "RFC 8142, a record separator before each feature; as GeoJSON, and at least one row",
        "the first feature's member `geoevents`",
        _TEXT | {"no rows"},
    ),
    Format(
        "GeoJSON lines",
        (".geojsonl", ".ndjson"),
        write_lines,
        "a feature a line; as GeoJSON, and at least one row",
        "the first feature's member `geoevents`",
        _TEXT | {"no rows"},
    ),
    Format(
        "GeoParquet",
        (".parquet", ".geoparquet"),
        write_geoparquet,
        "version 1.1, nothing is lost; rows lie along a Hilbert curve, the column `row` has their order",
        "the file's metadata, key `geoevents`",
        frozenset(),
    ),
    Format(
        "FlatGeobuf",
        (".fgb",),
        write_flatgeobuf,
        "events without a place go to `.unplaced.csv` beside it; times keep milliseconds; names must differ by more"
        " than case; the index sorts the rows, the column `row` has their order",
        "the layer's metadata, key `geoevents`",
        frozenset({"empty", "microseconds", "nul"}),
        (UNPLACED,),
    ),
    Format(
        "GeoPackage",
        (".gpkg",),
        write_geopackage,
        "layers events (points), places (areas, by the column `place`), unplaced; times keep milliseconds; names must"
        " differ by more than case",
        "metadata of the file and of the layer, key `geoevents`",
        frozenset({"empty", "microseconds", "nul"}),
    ),
    Format(
        "KML",
        (".kml",),
        write_kml,
        "7 decimals, EPSG:4326, shapes cut at the antimeridian; control characters become U+FFFD",
        "the document's data `geoevents` and its description",
        frozenset({"crs", "decimals", "empty", "controls", "nul"}),
    ),
    Format(
        "KMZ",
        (".kmz",),
        write_kmz,
        "as KML, compressed",
        "the document's data `geoevents` and its description",
        frozenset({"crs", "decimals", "empty", "controls", "nul"}),
    ),
    Format(
        "CSV",
        (".csv",),
        write_csv,
        "shapes as WKT in EPSG:4326; text that looks like a formula has an apostrophe before it; types stand in"
        " `-metadata.json` beside it",
        "`-metadata.json` beside it (CSV on the Web), under `notes`",
        frozenset({"crs"}),
        (METADATA,),
    ),
    Format(
        "Excel",
        (".xlsx",),
        write_excel,
        "a shape becomes the point on it; 1,048,575 rows, 32,767 letters a cell; numbers keep 16 digits, infinities"
        " become null",
        "the sheet `provenance`",
        frozenset({"crs", "digits", "empty", "infinity", "shapes"}),
    ),
    Format(
        "GPX",
        (".gpx",),
        write_gpx,
        "waypoints with name, time, type, evidence and source; other columns and shapes are lost; events without a"
        " place go to `.unplaced.csv` beside it",
        "the keywords of its metadata",
        frozenset({"columns"}),
        (UNPLACED,),
    ),
    Format(
        "Kepler map",
        (".html", ".htm"),
        _write_page,
        "a page to look at, not to read back; events without a place are counted, not drawn",
        "the page's panel",
        is_map=True,
        is_page=True,
    ),
    Format(
        "map picture",
        (".png", ".svg"),
        _write_picture,
        "a picture for a report, not to read back; events without a place are counted, not drawn",
        "the description in its metadata, and the credits line",
        is_map=True,
    ),
)


def format_of(path: str | os.PathLike[str]) -> Format:
    """Return the format that a path's suffix asks for.

    Raises
    ------
    ArgumentError
        When `path` is not a path, or no format has the suffix; the message lists the suffixes that there are.

    Examples
    --------
    >>> format_of("events.geojson").name
    'GeoJSON'
    """
    try:
        suffix = Path(path).suffix.lower()
    except TypeError:
        raise ArgumentError(f"Path: expected the path of a file to write, got {path!r}.") from None
    for known in FORMATS:
        if suffix in known.suffixes:
            return known
    suffixes = [known.suffixes[0] for known in FORMATS]
    raise ArgumentError(
        f"{path}: expected a file name that ends in one of {', '.join(suffixes)}, "
        f"got {suffix or 'no suffix'!r}{did_you_mean(suffix, suffixes)}."
    )


# Which formats can write shapes in more than one way.
_SHAPES: dict[Writer, tuple[Shapes, ...]] = {
    write_geojson: ("auto", "each", "once"),
    write_csv: ("auto", "each", "none"),
}


def write(events: gpd.GeoDataFrame, path: str | os.PathLike[str], *, shapes: Shapes = "auto") -> None:
    """Write events to a file, in the format of its suffix.

    The file appears whole or not at all; what stood there before is replaced only by a complete file.

    Parameters
    ----------
    events
        A GeoDataFrame with a CRS, such as `geoevents.locate` makes; it is not changed.
    path
        Where to write; the suffix says how, by `geoevents.exporters.FORMATS`. A format may keep a second file
        beside it: what CSV says of its columns, what FlatGeobuf and GPX have no room for, areas that GeoJSON refers to.
    shapes
        Of GeoJSON: ``each`` event has the shape of its place; or a shape stands ``once``, in ``<name>_areas.geojson``
        beside the file, and the events are points with the key of their area (its place's id) in ``area_id``.
        ``auto`` does so where shapes would otherwise repeat for more than 50 MB. Reading the file brings the shapes
        back, if both files are there. Of CSV: ``none`` leaves out the column ``WKT``, for spreadsheets and statistics;
        what is read back then is a table. Other formats have ways of their own and take ``auto`` only.

    Raises
    ------
    ArgumentError
        When `events` has no geometry, or no format has the suffix.
    ColumnError
        When two columns have one name, or names that the format does not tell apart.
    WriteError
        When the frame has no CRS or geometries of several CRSs, or the disk refuses.

    Examples
    --------
    >>> import tempfile, geopandas as gpd, geoevents as ge
    >>> from shapely import Point
    >>> events = gpd.GeoDataFrame({"event_id": ["1"]}, geometry=[Point(76.95, 43.25)], crs="EPSG:4326")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ge.write(events, f"{folder}/events.geojson")
    ...     len(ge.read(f"{folder}/events.geojson"))
    1
    """
    wanted = format_of(path)
    check(events, Path(path))
    if shapes not in get_args(Shapes):
        raise ArgumentError(f"Shapes: expected one of {', '.join(get_args(Shapes))}, got {shapes!r}.")
    taken = _SHAPES.get(wanted.writer, ("auto",))
    if shapes not in taken:
        raise ArgumentError(f"{path}: expected shapes of {' or '.join(taken)} for {wanted.name}, got {shapes!r}.")
    if wanted.writer is write_geojson and stand_once(events, shapes):
        with replacing(path, beside=(AREAS,)) as beside:
            write_shapes_once(events, beside)
        return
    writer = write_plain_csv if shapes == "none" else wanted.writer
    with replacing(path, beside=wanted.beside) as beside:
        writer(events, beside)


def check(events: gpd.GeoDataFrame, path: Path) -> None:
    """Refuse a frame that no format can hold.

    Raises
    ------
    ArgumentError
        When the frame has no geometry.
    ColumnError
        When two columns have one name.
    WriteError
        When the frame has no CRS, or geometries of several CRSs.
    """
    name = getattr(events, "_geometry_column_name", None)
    if name is None or name not in events.columns:
        raise ArgumentError(f"{path}: expected a frame with a geometry to write; use locate first.")
    doubled = events.columns[events.columns.duplicated()].unique().tolist()
    if doubled:
        raise ColumnError(f"{path}: expected each column name once, but {', '.join(map(repr, doubled))} is doubled.")
    if events.crs is None:
        raise WriteError(f"{path}: expected a frame with a CRS, but none is set; set_crs says which it is.")

    marked = {int(code) for code in shapely.get_srid(events.geometry.to_numpy()) if code > 0}
    if len(marked) > 1 or (marked and marked != {events.crs.to_epsg()}):
        codes = ", ".join(f"EPSG:{code}" for code in sorted(marked))
        raise WriteError(f"{path}: expected geometries in the frame's CRS, {events.crs.to_string()}, got {codes}.")
