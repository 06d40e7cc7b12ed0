"""Copy what can be read only once (a pipe, a FIFO or a device) into a file on disk.

Readers look at the first bytes of a file, and then open it again; of ``/dev/stdin`` nothing would be left by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from gazetteer import scratch_folder
from geoevents.errors import ReadError

__all__ = ["is_stream", "spooled_file"]

# As large as the files that an archive may hold.
_LARGEST = 4 << 30
_BLOCK = 1 << 20
# What a stream without a suffix holds, told by its beginning; everything else is taken for a table of text.
_BEGINNINGS = (
    (b"SQLite format 3", ".gpkg"),
    (b"fgb\x03fgb", ".fgb"),
    (b"PAR1", ".parquet"),
)
_WITHIN = ((b'"FeatureCollection"', ".geojson"), (b"<kml", ".kml"), (b"<gpx", ".gpx"))


def is_stream(path: Path) -> bool:
    """Return whether a path is a pipe or a device, which gives its bytes once."""
    try:
        return path.exists() and not path.is_file() and not path.is_dir()
    except OSError:
        return False


@contextmanager
def spooled_file(path: Path) -> Iterator[Path]:
    """Lend a file with all that a stream gives, while the block lasts.

    Parameters
    ----------
    path
        Of a pipe, a FIFO or a device. Without a suffix its format is told by its beginning: a table of text, unless it
        is GeoJSON, KML, GPX, GeoPackage, FlatGeobuf or Parquet.

    Raises
    ------
    ReadError
        When it cannot be read, or gives more than 4 GiB. Sentences about the file in the block name the stream.
    """
    with scratch_folder(Path(gettempdir()), "geoevents.spooled-") as folder:
        made = folder / (path.name or "stream")
        try:
            beginning = _copied(path, made)
        except OSError as error:
            raise ReadError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}.") from error
        if not made.suffix:
            made = made.rename(made.with_suffix(_suffix(beginning)))
        try:
            yield made
        except ReadError as error:
            raise ReadError(str(error).replace(str(made), str(path))) from error


def _copied(path: Path, target: Path) -> bytes:
    """Copy a stream to disk, and return its beginning."""
    size, beginning = 0, b""
    with path.open("rb") as stream, target.open("wb") as out:
        while block := stream.read(_BLOCK):
            beginning = beginning or block[:4096]
            size += len(block)
            if size > _LARGEST:
                raise ReadError(f"{path}: expected a stream of at most {_LARGEST >> 30} GiB; save it as a file first.")
            out.write(block)
    return beginning


def _suffix(beginning: bytes) -> str:
    for magic, suffix in _BEGINNINGS:
        if beginning.startswith(magic):
            return suffix
    return next((suffix for word, suffix in _WITHIN if word in beginning), ".csv")
