"""Tell what a cell of a table may hold: a name, coordinates, a geometry, a date or a count."""

from __future__ import annotations

import json
import re

from geoevents.frame.coordinate_cells import parse_angle, parse_pair
from geoevents.frame.counts import parse_count
from geoevents.frame.date_forms import parse

__all__ = [
    "is_angle",
    "is_count",
    "is_date",
    "is_day",
    "is_month",
    "is_name",
    "is_pair",
    "is_shape",
    "is_sure_pair",
    "is_year",
]

_WKT = re.compile(
    r"\s*(?:SRID=\d+;\s*)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\s*(?:Z|M|ZM)?\s*(?:\(|EMPTY)", re.I
)
# The numbers of a city's own parts: "Ward 3", "Zone IV".
_NUMBERED = re.compile(r"(?:zone|ward|sector|beat|block|precinct)s?[ -]?(?:no\.? ?)?(?:\d+|[IVX]+)\w?", re.I)
_WKB = re.compile(r"(?:\\x)?0[01](?:[0-9A-Fa-f]{2}){20,}")


def is_name(cell: object) -> bool:
    """Return whether a cell may be the name of a place: words, no number, code, link, JSON or coordinates."""
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    if sum(map(str.isalpha, text)) < 2 or text[:1] in "{[" or re.match(r"[a-z]+://|www\.|<", text, re.I):
        return False
    if re.fullmatch(r"[A-Z]{0,4}[-_ ]?\d{2,}\w*", text) or re.fullmatch(r"[0-9a-fA-F-]{16,}", text):
        return False
    if _NUMBERED.fullmatch(text):
        return False
    return not (any(map(str.isdigit, text)) and (parse_pair(text) is not None or is_shape(text)))


def is_angle(cell: object) -> bool:
    """Return whether a cell may be a latitude or a longitude."""
    if isinstance(cell, bool):
        return False
    return isinstance(cell, (int, float)) or _number(cell) or (isinstance(cell, str) and parse_angle(cell) is not None)


def _number(cell: object) -> bool:
    try:
        float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True


def is_pair(cell: object) -> bool:
    """Return whether a cell holds a latitude and a longitude."""
    if isinstance(cell, str) and (cell.strip()[:1] in "{[") and is_shape(cell):
        return False
    pair = parse_pair(cell) if isinstance(cell, str) else None
    return pair is not None and abs(pair[0]) <= 180 and abs(pair[1]) <= 360


def is_sure_pair(cell: object) -> bool:
    """Return whether a cell of a column that no name speaks for is a pair: both numbers have two decimals or more."""
    return is_pair(cell) and len(re.findall(r"\d\.\d{2,}", str(cell))) >= 2


def is_shape(cell: object) -> bool:
    """Return whether a cell holds a geometry as WKT, WKB or GeoJSON."""
    if isinstance(cell, bytes):
        return len(cell) >= 21 and cell[0] in (0, 1)
    if not isinstance(cell, str):
        return False
    if _WKT.match(cell) or _WKB.fullmatch(cell.strip()):
        return True
    if cell.lstrip()[:1] != "{" or "coordinates" not in cell:
        return False
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "type" in found and "coordinates" in found


def is_date(cell: object) -> bool:
    """Return whether a cell holds a date."""
    if hasattr(cell, "isoformat"):
        return True
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return parse(text.strip()) is not None


def is_count(cell: object) -> bool:
    """Return whether a cell holds a count, or a word that says that it is unknown."""
    if isinstance(cell, str):
        return parse_count(cell) is not None or cell.strip().casefold() in ("unknown", "na", "n/a", "-", "?")
    return not isinstance(cell, bool) and _number(cell)


def _whole(cell: object) -> int | None:
    try:
        number = float(cell)  # type: ignore[arg-type]
        return int(number) if number.is_integer() else None
    except (TypeError, ValueError, OverflowError):
        return None


def is_year(cell: object) -> bool:
    """Return whether a cell holds a year from 1000 to 2999."""
    year = _whole(cell)
    return year is not None and 1000 <= year <= 2999


def is_month(cell: object) -> bool:
    """Return whether a cell holds the number or the name of a month; 0 is an unknown one."""
    month = _whole(cell)
    return (
        0 <= month <= 12 if month is not None else isinstance(cell, str) and parse(f"{cell.strip()} 2000") is not None
    )


def is_day(cell: object) -> bool:
    """Return whether a cell holds a day of a month; 0 is an unknown one."""
    day = _whole(cell)
    return day is not None and 0 <= day <= 31
