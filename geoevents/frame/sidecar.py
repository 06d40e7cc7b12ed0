"""What writers and readers of files agree on: neighbouring files and how one is told from another, formulas.

Two files cannot be replaced in one step: a run that is killed between them leaves one file of each run. So that a
reader notices, one of the two has the mark of the other.
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path

__all__ = ["AREAS", "FORMULA", "METADATA", "PLAIN", "UNPLACED", "companion", "mark", "shielded", "unshielded"]

# The files that may stand beside an output: what CSV says of its columns, the events without a place.
METADATA = "{name}-metadata.json"
UNPLACED = "{name}.unplaced.csv"
# The areas of events that GeoJSON refers to.
AREAS = "{stem}_areas.geojson"

# Text that a spreadsheet may read as a formula, in full-width forms too, unless it is a plain number ("+1" is not: a
# spreadsheet would drop the sign of a telephone number). Text that begins with apostrophes before such a mark gets one
# more, so that reading removes exactly what writing added.
FORMULA = r"^\s*'*\s*[=+\-@\t\r\n＝＋－＠]"
PLAIN = r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$"


# How much of a file's beginning and of its end its mark is made from, in bytes.
_MARKED = 65_536


def companion(path: Path, pattern: str) -> Path:
    """Return the neighbour of a file that a pattern names, such as ``{name}.unplaced.csv``.

    Examples
    --------
    >>> companion(Path("events.csv"), "{name}-metadata.json").name
    'events.csv-metadata.json'
    """
    return path.with_name(pattern.format(name=path.name, stem=path.stem))


def mark(path: Path) -> str:
    """Return what tells a file from another one: its length, and a checksum (CRC-32) of its beginning and its end.

    It costs the same for a file of any size; a change in the middle that keeps the length goes unseen.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     _ = path.write_bytes(b"a,b")
    ...     mark(path)
    '3-34ec4a1c'
    """
    length = path.stat().st_size
    with path.open("rb") as file:
        sum_ = zlib.crc32(file.read(_MARKED))
        file.seek(max(length - _MARKED, 0))
        sum_ = zlib.crc32(file.read(_MARKED), sum_)
    return f"{length}-{sum_:08x}"


def shielded(text: str) -> str:
    """Return text that a spreadsheet reads as text.

    Examples
    --------
    >>> shielded("=1+1"), shielded("-5"), unshielded(shielded("=1+1"))
    ("'=1+1", '-5', '=1+1')
    """
    return f"'{text}" if re.search(FORMULA, text) and not re.search(PLAIN, text) else text


def unshielded(text: str) -> str:
    """Undo `shielded`."""
    return text[1:] if text.startswith("'") and re.search(FORMULA, text[1:]) else text
