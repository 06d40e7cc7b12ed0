"""Files in: a path enters, a frame of records leaves; suffix and content tell the format, or it is named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from geoevents.errors import ReadError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FORMATS", "read"]

# What can be read, and the suffixes that ask for it.
FORMATS: dict[str, tuple[str, ...]] = {
    "csv": (".csv", ".txt"),
    "tsv": (".tsv", ".tab"),
    "json": (".json",),
    "jsonl": (".jsonl", ".ndjson", ".geojsonl"),
    "geojson": (".geojson",),
    "excel": (".xlsx", ".xlsm"),
    "parquet": (".parquet", ".geoparquet", ".pq"),
    "geojsons": (".geojsons",),
    "flatgeobuf": (".fgb",),
    "geopackage": (".gpkg",),
    "kml": (".kml",),
    "kmz": (".kmz",),
    "gpx": (".gpx",),
}


def read(path: str | os.PathLike[str], *, format: str | None = None) -> pd.DataFrame:
    r"""Read a file of records, every cell as it was written.

    An id ``007`` stays ``007`` and ``NA`` stays text (it is Namibia's code); empty cells become null. A
    column is numeric only where every cell that is not empty is a plain number without leading zeros.

    Parameters
    ----------
    path
        A CSV, TSV, JSON, JSON lines, GeoJSON, Excel, Parquet, FlatGeobuf, GeoPackage, KML, KMZ or GPX file.
        ACLED, UCDP GED, GDELT 2 events and mentions,
        EM-DAT and collections of geolocated media are recognised by their columns. Text in another encoding than
        UTF-8 is detected, logged, and noted in ``attrs["read"]["encoding"]``.
    format
        A key of `geoevents.readers.FORMATS`, when suffix and content do not tell; or one of ``acled``, ``ucdp``,
        ``gdelt-events``, ``gdelt-mentions``, ``emdat``, ``osint`` and ``coordinates`` (any table with lat and lon).

    Returns
    -------
    pandas.DataFrame
        A row a record, in the file's order; a GeoDataFrame in EPSG:4326 where the file has geometries. Data that
        come with coordinates and a precision are an events frame already; each module of `geoevents.readers` has the
        table of its precision codes. What `geoevents.write` wrote comes back as it was: types, nulls, index,
        order and CRS, where the format holds them.
        ``attrs["read"]`` has ``file``, ``format`` and ``encoding``; the provenance that `geoevents.write`
        left is back in ``attrs["geoevents"]``.

    Raises
    ------
    ReadError
        When `path` is no path, or the file is missing, empty, binary, damaged, or has a column name twice.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "events.csv"
    ...     _ = file.write_text("id,place,dead\n007,NA,2\n008,Nan,\n")
    ...     records = read(file)
    >>> records["id"].tolist(), records["place"].tolist(), str(records["dead"].dtype)
    (['007', '008'], ['NA', 'Nan'], 'Int64')
    """
    from geoevents.frame.schema import is_events
    from geoevents.readers.sources import SOURCES, recognised, to_records
    from geoevents.readers.spatial import read_spatial
    from geoevents.readers.table import read_table

    try:
        file = Path(path)
    except TypeError:
        raise ReadError(f"Path: expected the path of a file to read, got {path!r}.") from None
    if format is not None and format not in FORMATS and format not in SOURCES:
        raise ReadError(f"{file}: expected a format that is one of {', '.join((*FORMATS, *SOURCES))}, got {format!r}.")
    spatial: pd.DataFrame | None = None if format in SOURCES else read_spatial(file, format)
    if spatial is not None and "geoevents" in spatial.attrs:
        return spatial
    table = read_table(file, format) if spatial is None else spatial
    source = format if format in SOURCES else None
    if format is None and not is_events(table):
        source = recognised(table)
    if source is None:
        return table
    try:
        records = to_records(table, source)
    except ReadError as error:
        raise ReadError(f"{file}: {error}") from None
    records.attrs["read"] = {**records.attrs["read"], "source": source}
    return records
