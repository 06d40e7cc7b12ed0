"""The Kepler.gl widget as a page holds it: the bundle inside the installed keplergl package, in gzip and base64.

Packing its 12 MB takes longer than all else that a small page needs, and they change with the package only: what was
packed is kept in the folder of the user's caches, under the digest of the bundle. Where that cannot be written, or
holds something else, the bundle is packed again.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import struct
import zlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

from geoevents.errors import WriteError
from geoevents.exporters.atomic import replacing
from geoevents.maps.html.inline import packed

__all__ = ["bundle", "packed_widget"]

# So many letters of base64 hold the last eight bytes of a gzip file, padded or not: its checksum and its size.
_END = 16


def bundle(name: str) -> bytes:
    """Return a file of the widget; the package is found, not imported: that takes seconds.

    Raises
    ------
    WriteError
        When the package is missing or has no such file.
    """
    spec = find_spec("keplergl")
    if spec is None or spec.origin is None:
        raise WriteError("Kepler map: expected the package keplergl (0.4.0 or later), but it is not installed.")
    file = Path(spec.origin).parent / "static" / name
    if not file.is_file():
        raise WriteError(f"Kepler map: expected {file}, as keplergl 0.4.0 has it, but there is no such file.")
    return file.read_bytes()


@cache
def packed_widget() -> str:
    """Return the widget's script, packed."""
    script = bundle("widget.js")
    file = _file_of(script)
    kept = _kept(file, script) if file else None
    if kept is not None:
        return kept
    text = packed(script)
    if file:
        # The page needs no cache.
        with contextlib.suppress(OSError, WriteError):
            file.parent.mkdir(parents=True, exist_ok=True)
            with replacing(file) as beside:
                beside.write_text(text, encoding="ascii")
    return text


def _file_of(script: bytes) -> Path | None:
    """Return where a packed script is kept; None for a user without a home."""
    try:
        folder = user_cache_path("geoevents", appauthor=False)
    except RuntimeError:  # newer versions of platformdirs say so where there is no home
        return None
    return folder / f"kepler-{hashlib.sha256(script).hexdigest()[:32]}.txt" if folder.is_absolute() else None


def _kept(file: Path, script: bytes) -> str | None:
    """Return what a file holds, when that is gzip of a script as far as its checksum and its size tell."""
    try:
        text = file.read_text(encoding="ascii")
        end = base64.b64decode(text[-_END:], validate=True)[-8:]
    except (OSError, UnicodeDecodeError, binascii.Error):
        return None
    return text if end == struct.pack("<II", zlib.crc32(script), len(script) & 0xFFFFFFFF) else None
