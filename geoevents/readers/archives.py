"""Open ZIP and gzip archives, and put the file in them that holds the table on disk.

Archives are read as streams, and neither their size nor their ratio is believed: a file made to fill a disk is refused
once it is larger than any table of its size compressed.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import gettempdir
from typing import IO, Any

from gazetteer import scratch_folder
from geoevents.errors import ReadError

__all__ = ["check_archive", "is_archive", "unpacked_file"]

# Text of events compresses to a twentieth, markup to a fiftieth; what shrinks more, and is large, was made to.
_MOST_RATIO = 200
_SMALL = 64 << 20
_LARGEST = 4 << 30
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
# What an archive may hold, the likeliest first.
_INSIDE = (
    ".shp",
    ".csv",
    ".tsv",
    ".tab",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
    ".geojson",
    ".json",
    ".jsonl",
    ".ndjson",
    ".geojsonl",
    ".geojsons",
    ".parquet",
    ".geoparquet",
    ".gpkg",
    ".fgb",
    ".kml",
    ".kmz",
    ".gpx",
    ".xlsb",
    ".txt",
)
_ERRORS = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    LookupError,
)


def is_archive(path: Path, head: bytes) -> bool:
    """Return whether a file is an archive around another, told by its first bytes and its name."""
    if any(head.startswith(magic) for magic in _MAGIC):
        return True
    if not head.startswith(b"PK\x03\x04"):
        return False
    if path.suffix.lower() in (".kmz", ".xlsx", ".xlsm", ".xlsb", ".ods"):
        return False
    return not (b"xl/" in head or b"[Content_Types].xml" in head or b"application/vnd.oasis" in head)


def check_archive(path: Path, archive: zipfile.ZipFile) -> None:
    """Reject an archive whose files are too large, or too large for what they are compressed to.

    Raises
    ------
    ReadError
        Saying how large they are.
    """
    size = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist()) or 1
    if size > _LARGEST or (size > _SMALL and size / packed > _MOST_RATIO):
        raise ReadError(f"{path}: expected an archive of a usual size, but it unpacks to {size / 1e6:,.0f} MB.")


@contextmanager
def unpacked_file(path: Path) -> Iterator[Path]:
    """Lend the file that an archive holds, on disk while the block lasts.

    Raises
    ------
    ReadError
        When the archive is damaged, too large, closed with a password, or holds no table.
    """
    with scratch_folder(Path(gettempdir()), "geoevents.unpacked-") as folder:
        try:
            with path.open("rb") as file:
                kind = next(
                    (name for magic, name in _MAGIC.items() if file.read(6).startswith(magic) or file.seek(0)), None
                )
            inner = _from_zip(path, folder) if kind is None else _from_stream(path, folder, kind)
        except _ERRORS as error:
            why = " ".join(str(error).split()) or type(error).__name__
            raise ReadError(
                f"{path}: expected an archive with a table in it, but it cannot be read ({why})."
            ) from error
        yield inner


def _from_stream(path: Path, folder: Path, kind: str) -> Path:
    name = path.stem if "." in path.stem else path.stem + ".csv"
    target = folder / name
    with path.open("rb") as raw, _opened(raw, kind) as stream:
        _copy(path, stream, target, path.stat().st_size)
    return target


def _opened(raw: IO[bytes], kind: str) -> Any:
    if kind == "gzip":
        return gzip.GzipFile(fileobj=raw)
    return bz2.BZ2File(raw) if kind == "bzip2" else lzma.LZMAFile(raw)


def _from_zip(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        check_archive(path, archive)
        names = [entry for entry in archive.infolist() if not entry.is_dir() and _is_shown(entry.filename)]
        ranked = sorted(
            (entry for entry in names if PurePosixPath(entry.filename).suffix.lower() in _INSIDE),
            key=lambda entry: (_INSIDE.index(PurePosixPath(entry.filename).suffix.lower()), -entry.file_size),
        )
        if not ranked:
            held = ", ".join(entry.filename for entry in names[:5]) or "nothing"
            raise ReadError(f"{path}: expected an archive with a table in it, but it holds {held}.")
        best = PurePosixPath(ranked[0].filename)
        # A shapefile is several files of one name.
        parts = [e for e in names if PurePosixPath(e.filename).with_suffix("") == best.with_suffix("")]
        for entry in parts if best.suffix.lower() == ".shp" else ranked[:1]:
            with archive.open(entry) as source:
                _copy(path, source, folder / PurePosixPath(entry.filename).name, max(entry.compress_size, 1))
        return folder / best.name


def _is_shown(name: str) -> bool:
    """Return whether an entry is a file of its own, none of those that systems leave beside them."""
    return not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _copy(path: Path, source: IO[bytes], target: Path, packed: int) -> None:
    size = 0
    with target.open("wb") as out:
        while block := source.read(1 << 20):
            size += len(block)
            if size > _LARGEST or (size > _SMALL and size / packed > _MOST_RATIO):
                raise ReadError(
                    f"{path}: expected an archive of a usual size, but it unpacks to over {size / 1e6:,.0f} MB."
                )
            out.write(block)
