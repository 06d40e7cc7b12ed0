"""Read coordinates as people write them, and tell what is wrong with those that cannot be read.

A cell may hold decimal degrees with a point or a comma, degrees, minutes and seconds, a letter for the hemisphere, or
latitude and longitude together. What cannot be on the map is named by its fault (`FAULTS`), never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoevents.frame.repairs import REPAIRS

__all__ = [
    "FAULTS",
    "REPAIRS",
    "check_points",
    "parse_angle",
    "parse_pair",
    "read_angles",
    "read_pairs",
    "repair_points",
]

# Why a point is not placed by its coordinates: the code that the engines count, and the words of the summary.
FAULTS = {
    "zero": "at 0, 0",
    "missing": "a code for a missing value such as -999",
    "swapped": "latitude and longitude look swapped (--repair swap)",
    "sign": "the sign of one looks wrong (--repair sign)",
    "metres": "metres or another projection, not degrees (--repair mercator, or convert to EPSG:4326)",
    "impossible": "beyond 90 degrees north or 180 degrees east",
    "half": "only one of latitude and longitude",
    "unread": "not coordinates",
}
# Codes that statistical programs write for a missing number.
_MISSING = (-99.0, -999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0, 999999.0, 99.0)

_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_DMS = re.compile(
    r"(?P<sign>[-+])?\s*(?P<d>\d{1,3}(?:[.,]\d+)?)\s*[°ºd:\s]\s*(?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*(?:['′’m:]|\s|$)\s*"
    r"(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|''|’’|”|s|$)?)?)?\s*"
)
_LETTERS_BEHIND = re.compile(r"(.+?[NSns])\W+(.+?[EWOewo])|(.+?[EWOewo])\W+(.+?[NSns])")
_LETTERS_BEFORE = re.compile(r"([NSns]\W*\d.*?)\s+([EWOewo]\W*\d.*)|([EWOewo]\W*\d.*?)\s+([NSns]\W*\d.*)")
_HEMISPHERE = re.compile(
    r"(?:north|south|east|west|norte|sur|este|oeste|nord|sud|est|ouest|с\.?\s?ш\.?|ю\.?\s?ш\.?|в\.?\s?д\.?|з\.?\s?д\.?"
    r"|(?<![a-z])[nsewo](?![a-z]))"
)


def parse_angle(text: str) -> tuple[float, str] | None:
    """Return the degrees of a written latitude or longitude and its hemisphere; None when it is neither.

    Examples
    --------
    >>> parse_angle("1,5"), parse_angle("32.5W"), parse_angle("1° 30' S"), parse_angle("Delmas 73")
    ((1.5, ''), (-32.5, 'w'), (-1.5, 's'), None)
    """
    if len(text) > 60:
        return None
    # The sign of ordinals, which stands for that of degrees on Spanish keyboards, would become the letter o.
    plain = unicodedata.normalize("NFKC", text.replace("º", "°")).casefold().strip().replace("−", "-").replace("–", "-")
    plain = re.sub(r"^(?:latitude|longitude|long|lat|lon|lng)\.?\s*[:=]?\s*", "", plain)
    letter = ""
    if found := _HEMISPHERE.search(plain):
        word = found[0]
        letter = {"с": "n", "ю": "s", "в": "e", "з": "w"}.get(word[0], word[0])
        letter = "w" if word in ("o", "ouest", "oeste") else "e" if word in ("est", "este") else letter
        plain = (plain[: found.start()] + plain[found.end() :]).strip()
    degrees = _degrees(plain)
    if degrees is None:
        return None
    return (-abs(degrees) if letter in ("s", "w") and letter else degrees), letter


def _degrees(plain: str) -> float | None:
    plain = plain.removesuffix("°").removesuffix("º").strip()
    if re.fullmatch(_NUMBER, plain):
        return float(plain.replace(",", "."))
    found = _DMS.fullmatch(plain)
    if not found or not found["m"]:
        return None
    parts = [float((found[name] or "0").replace(",", ".")) for name in ("d", "m", "s")]
    if parts[1] >= 60 or parts[2] >= 60:
        return None
    return (-1 if found["sign"] == "-" else 1) * (parts[0] + parts[1] / 60 + parts[2] / 3600)


def parse_pair(text: str) -> tuple[float, float, bool] | None:
    """Return latitude, longitude, and whether letters say which is which; None when a cell is not a pair.

    Latitude is taken to stand first where nothing says otherwise, as in most tables; a cell whose first number is above
    90 says otherwise.

    Examples
    --------
    >>> parse_pair("(41.80, -87.70)"), parse_pair("32.5E 1.5N"), parse_pair("1.5 32.5 1100 4.5"), parse_pair("5, 6")
    ((41.8, -87.7, False), (1.5, 32.5, True), (1.5, 32.5, False), (5.0, 6.0, False))
    """
    if len(text) > 200:
        return None
    named = re.findall(
        r"\"?'?(lat|lon|lng)[a-z]*\"?'?\s*[:=]\s*\"?'?(" + _NUMBER.replace(",", "") + ")", text.casefold()
    )
    if {name[:3] for name, _ in named} in ({"lat", "lon"}, {"lat", "lng"}):
        at = {name[:3]: float(number) for name, number in named}
        return at["lat"], at.get("lon", at.get("lng", 0.0)), True
    plain = text.strip().strip("()[]{} ").replace("−", "-")
    if re.fullmatch(r"[-+]?\d+,\d+\s+[-+]?\d+,\d+", plain):
        return _together(plain.split())
    for separator in (";", "|", ", ", ",", "/", "\t"):
        parts = [part.strip() for part in plain.split(separator)]
        if len(parts) == 2 or (len(parts) in (3, 4) and separator in (", ", ",", ";", "|")):
            return _together(parts)
    parts = plain.split()
    if 2 <= len(parts) <= 4 and all(re.fullmatch(_NUMBER + r"°?[nsewo]?", part.casefold()) for part in parts):
        return _together(parts)
    for form in (_LETTERS_BEHIND, _LETTERS_BEFORE):
        if found := form.fullmatch(plain):
            return _together([part for part in found.groups() if part])
    return None


def _together(parts: Sequence[str]) -> tuple[float, float, bool] | None:
    first, second = parse_angle(parts[0]), parse_angle(parts[1])
    if first is None or second is None or any(parse_angle(part) is None for part in parts[2:]):
        return None
    if first[1] and second[1]:
        flip = first[1] in "ew"
        return (second[0], first[0], True) if flip else (first[0], second[0], True)
    return first[0], second[0], False


def read_angles(column: pd.Series) -> pd.Series:
    """Return a column of latitudes or longitudes as degrees, NaN where a cell is empty or not an angle.

    Examples
    --------
    >>> import pandas as pd
    >>> read_angles(pd.Series(["1,5", "2.5N", None])).tolist()
    [1.5, 2.5, nan]
    """
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    rest = column.notna() & numbers.isna()
    if rest.any():
        texts = column[rest].astype(str)
        found = {text: parse_angle(text) for text in texts.unique()}
        degrees = [value[0] if (value := found[text]) is not None else float("nan") for text in texts]
        numbers = numbers.mask(rest, pd.Series(degrees, texts.index).reindex(numbers.index))
    return numbers


def read_pairs(column: pd.Series, *, longitude_first: bool | None = None) -> tuple[pd.Series, pd.Series]:
    """Return latitudes and longitudes of a column that holds both.

    Parameters
    ----------
    column
        Text.
    longitude_first
        Which number comes first where letters do not say; None lets the cells decide: a first number above 90 in any
        of them, and none above 90 in second place, says longitude.
    """
    texts = column.astype("string")
    found = {text: parse_pair(text) for text in texts.dropna().unique()}
    bare = [pair for pair in found.values() if pair is not None and not pair[2]]
    if longitude_first is None:
        longitude_first = any(abs(a) > 90 for a, _, _ in bare) and all(abs(b) <= 90 for _, b, _ in bare)
    lat, lon = [], []
    for text in texts.astype(object):
        pair = None if text is None or text is pd.NA else found.get(text)
        first, second = (float("nan"), float("nan")) if pair is None else pair[:2]
        flipped = pair is not None and not pair[2] and longitude_first
        lat.append(second if flipped else first)
        lon.append(first if flipped else second)
    return pd.Series(lat, column.index, "float64"), pd.Series(lon, column.index, "float64")


def check_points(
    lat: NDArray[np.float64], lon: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_]]:
    """Return latitudes and longitudes that can be on the map, NaN where not, and the fault of each row, None for none.

    Longitudes from 180 to 360 degrees are the same meridians counted eastwards, and come back as those below 180.

    Examples
    --------
    >>> import numpy as np
    >>> lat, lon, fault = check_points(np.array([10.0, 0, 132.5]), np.array([200.0, 0, 1.5]))
    >>> lon.tolist(), fault.tolist()
    ([-160.0, nan, nan], [None, 'zero', 'swapped'])
    """
    fault: NDArray[np.object_] = np.full(len(lat), None, dtype=object)
    known_lat, known_lon = np.isfinite(lat), np.isfinite(lon)
    both = known_lat & known_lon
    y, x = np.where(both, lat, 0.5), np.where(both, lon, 0.5)
    missing = np.isin(y, _MISSING) & (np.isin(x, _MISSING) | (np.abs(y) > 90))
    missing |= np.isin(x, _MISSING) & (np.abs(x) > 360)
    wrapped = (np.abs(y) <= 90) & (np.abs(x) > 180) & (np.abs(x) <= 360)
    x = np.where(wrapped, (x + 180) % 360 - 180, x)
    metres = ((np.abs(x) > 360) | (np.abs(y) > 360)) & ~missing
    swapped = (np.abs(y) > 90) & (np.abs(y) <= 180) & (np.abs(x) <= 90) & ~missing
    beyond = ((np.abs(y) > 90) | (np.abs(x) > 180)) & ~missing & ~metres & ~swapped
    for code, rows in (
        ("half", known_lat ^ known_lon),
        ("zero", (np.abs(y) < 1e-6) & (np.abs(x) < 1e-6) & both),
        ("missing", missing & both),
        ("metres", metres & both),
        ("swapped", swapped & both),
        ("impossible", beyond & both),
    ):
        fault[rows] = code
    good = both & np.asarray(fault == None, dtype=bool)  # noqa: E711
    return np.where(good, y, np.nan), np.where(good, x, np.nan), fault


def repair_points(lat: pd.Series, lon: pd.Series, repair: str | None) -> tuple[pd.Series, pd.Series]:
    """Return coordinates that a repair of `REPAIRS` mended; ``swap`` and ``sign`` are for rows whose fault is known."""
    if repair == "swap-all":
        return lon, lat
    if repair == "swap":
        _, _, fault = check_points(lat.to_numpy("float64"), lon.to_numpy("float64"))
        rows = fault == "swapped"
        return lat.mask(rows, lon), lon.mask(rows, lat)
    if repair == "wrap":
        return lat, (lon + 180) % 360 - 180
    if repair == "comma":
        return lat.map(lambda value: _scaled(value, 90)), lon.map(lambda value: _scaled(value, 180))
    if repair == "mercator":
        radius = 6_378_137.0
        metres = (lat.abs() > 360) | (lon.abs() > 360)
        north = np.degrees(2 * np.arctan(np.exp(lat / radius)) - np.pi / 2)
        return lat.mask(metres, north), lon.mask(metres, np.degrees(lon / radius))
    return lat, lon


def _scaled(value: Any, most: float) -> Any:
    while abs(value) > most:
        value /= 10
    return value
