"""Files out: an events frame and a path enter; a file in the suffix's format leaves, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from geoevents.errors import ColumnError, WriteError
from geoevents.exporters.files import replacing

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["FORMATS", "Format", "check", "format_of", "write"]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name, the suffixes that ask for it, its writer and what it cannot hold.

    Attributes
    ----------
    writer
        ``module:function``; the module is imported at the first write.
    limits
        What is lost or changed, in a phrase.
    """

    name: str
    suffixes: tuple[str, ...]
    writer: str
    limits: str

    def write(self, events: gpd.GeoDataFrame, path: Path) -> None:
        """Write events to a path, as it is given; `geoevents.write` is the safe way in."""
        module, function = self.writer.split(":")
        writer: Callable[[gpd.GeoDataFrame, Path], None] = getattr(import_module(module), function)
        writer(events, path)


FORMATS: tuple[Format, ...] = (
    Format(
        "GeoJSON",
        (".geojson", ".json"),
        "geoevents.exporters.geojson:write_geojson",
        "RFC 7946: 7 decimals, dates as text, shapes cut at the antimeridian",
    ),
    Format(
        "GeoParquet",
        (".parquet", ".geoparquet"),
        "geoevents.exporters.geoparquet:write_geoparquet",
        "version 1.1, nothing is lost",
    ),
    Format(
        "Kepler map",
        (".html", ".htm"),
        "geoevents.exporters.kepler:write_html",
        "a page to look at, not to read back; events without a place are counted, not drawn",
    ),
    Format(
        "map picture",
        (".png", ".svg"),
        "geoevents.exporters.static:write_static",
        "a picture for a report, not to read back; events without a place are counted, not drawn",
    ),
)


def format_of(path: str | os.PathLike[str]) -> Format:
    """Return the format that a path's suffix asks for.

    Raises
    ------
    WriteError
        When no format has the suffix; the message lists those there are.

    Examples
    --------
    >>> format_of("events.geojson").name
    'GeoJSON'
    """
    suffix = Path(path).suffix.lower()
    for known in FORMATS:
        if suffix in known.suffixes:
            return known
    suffixes = ", ".join(known.suffixes[0] for known in FORMATS)
    raise WriteError(f"{path}: expected a file name that ends in one of {suffixes}, got {suffix or 'no suffix'!r}.")


def write(events: gpd.GeoDataFrame, path: str | os.PathLike[str]) -> None:
    """Write events to a file, in the format of its suffix.

    The file appears whole or not at all; what stood there before is replaced only by a complete file.

    Parameters
    ----------
    events
        A GeoDataFrame with a CRS, such as `geoevents.locate` makes; it is not changed.
    path
        Where to write; ``.geojson``, ``.parquet``, ``.html``, ``.png`` or another suffix of `FORMATS`.

    Raises
    ------
    WriteError
        When no format has the suffix, the frame has no geometry or CRS, or the disk refuses.
    ColumnError
        When two columns have one name.

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
    with replacing(path) as beside:
        wanted.write(events, beside)


def check(events: gpd.GeoDataFrame, path: Path) -> None:
    """Refuse what no format can hold: a doubled column name, no geometry, no CRS.

    Raises
    ------
    ColumnError
        When two columns have one name.
    WriteError
        When the frame has no geometry or no CRS.
    """
    doubled = events.columns[events.columns.duplicated()].unique().tolist()
    if doubled:
        raise ColumnError(f"{path}: expected each column name once, but {', '.join(map(repr, doubled))} is doubled.")
    name = getattr(events, "_geometry_column_name", None)
    if name is None or name not in events.columns:
        raise WriteError(f"{path}: expected a frame with a geometry to write; use locate first.")
    if events.crs is None:
        raise WriteError(f"{path}: expected a frame with a CRS, but none is set; set_crs says which it is.")
