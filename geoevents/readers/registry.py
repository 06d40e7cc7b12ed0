"""Read a file as a frame of records; suffix and content tell the format, or the caller names it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from geoevents.errors import GeoEventsError, ReadError
from geoevents.frame.provenance import KEY
from geoevents.frame.schema import is_events
from geoevents.readers.archives import is_archive, unpacked_file
from geoevents.readers.formats import FORMATS
from geoevents.readers.sources.recognition import SOURCES, recognised, to_records
from geoevents.readers.spatial import read_spatial
from geoevents.readers.streams import is_stream, spooled_file
from geoevents.readers.table import read_table
from geoevents.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from gazetteer import Gazetteer

__all__ = ["read"]


def read(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    sheet: str | int | None = None,
    header: int | None = None,
    gazetteer: Gazetteer | None = None,
) -> pd.DataFrame:
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
        When `path` is not a path, or the file is missing, empty, binary, damaged, or has a column name twice.

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
    try:
        file = Path(path)
    except TypeError:
        raise ReadError(f"Path: expected the path of a file to read, got {path!r}.") from None
    if format is not None and format not in FORMATS and format not in SOURCES:
        known = (*FORMATS, *SOURCES)
        raise ReadError(
            f"{file}: expected a format that is one of {', '.join(known)}, got {format!r}{did_you_mean(format, known)}."
        )
    if header is not None and (not isinstance(header, int) or header < 1):
        raise ReadError(f"{file}: expected the number of the row of names, from 1, got {header!r}.")
    if is_stream(file):
        with spooled_file(file) as spooled:
            table = _read_packed(spooled, format, sheet, header)
        table.attrs["read"] = {**table.attrs.get("read", {}), "file": file.name}
    else:
        table = _read_packed(file, format, sheet, header)
    if KEY in table.attrs and "format" in table.attrs["read"] and is_events(table):
        return table
    source = format if format in SOURCES else None
    if format is None and not is_events(table):
        source = recognised(table)
    if source is None:
        return table
    try:
        records = to_records(table, source, gazetteer=gazetteer)
    except ReadError as error:
        raise ReadError(f"{file}: {error}") from None
    records.attrs["read"] = {**records.attrs["read"], "source": source}
    return records


def _read_packed(file: Path, format: str | None, sheet: str | int | None, header: int | None) -> pd.DataFrame:
    """Read a file, or the one that it is an archive around."""
    if not is_archive(file, _head(file)):
        return _read_file(file, format, sheet, header)
    with unpacked_file(file) as inner:
        try:
            table = _read_file(inner, format, sheet, header)
        except GeoEventsError as error:
            # The folder that the file lay in meanwhile says nothing to anybody.
            raise type(error)(str(error).replace(str(inner), f"{file} ({inner.name})")) from error
    table.attrs["read"] = {**table.attrs.get("read", {}), "file": file.name, "inside": inner.name}
    return table


def _read_file(file: Path, format: str | None, sheet: str | int | None, header: int | None) -> pd.DataFrame:
    try:
        spatial: pd.DataFrame | None = None if format in SOURCES else read_spatial(file, format, sheet)
        return read_table(file, format, sheet=sheet, header=header) if spatial is None else spatial
    except (GeoEventsError, MemoryError):
        raise
    except Exception as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())[:160].rstrip(".")
        raise ReadError(f"{file}: expected a file that is whole, but it cannot be read ({why}).") from error


def _head(file: Path) -> bytes:
    """Return the first bytes of a file; none of one that cannot be opened, which its reader will say."""
    try:
        with file.open("rb") as opened:
            return opened.read(4096)
    except OSError:
        return b""
