"""What writers and readers of files agree on: the names of neighbouring files, and the guard against formulas."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["AREAS", "FORMULA", "METADATA", "PLAIN", "UNPLACED", "companion", "shielded", "unshielded"]

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


def companion(path: Path, pattern: str) -> Path:
    """Return the neighbour of a file that a pattern names, such as ``{name}.unplaced.csv``.

    Examples
    --------
    >>> companion(Path("events.csv"), "{name}-metadata.json").name
    'events.csv-metadata.json'
    """
    return path.with_name(pattern.format(name=path.name, stem=path.stem))


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
