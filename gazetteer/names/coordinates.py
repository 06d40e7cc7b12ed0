"""Reads coordinates that are written out in a text cell, in any usual notation.

A cell becomes a point, with the radius that its digits leave open. Read are decimal degrees, degrees with
minutes and seconds, hemispheres before or behind in several languages, decimal commas, labels ("Lat: … Long: …"), ISO
6709, WKT and GeoJSON points, ``geo:`` and map addresses, MGRS, UTM, plus codes and geohashes. Whole numbers alone are
never a place. The words of the notations (hemispheres, labels) stand in ``data/coordinate_words.csv``.

Source
------
MGRS: NGA GEOTRANS through the package mgrs; UTM: PROJ; plus codes: the package openlocationcode; geohash: Niemeyer
(2008).
"""

from __future__ import annotations

import math
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from openlocationcode import openlocationcode as codes

from gazetteer.locks import LOADING
from gazetteer.names.coordinate_patterns import GEOHASH, UTM_BANDS, coordinate_patterns, notation_words

__all__ = ["Coordinates", "read_coordinates", "read_short_code", "recover_short_code"]

_KM_PER_DEGREE = 111.2
# A bare pair of numbers is a pair of coordinates when one has this many decimals: "3.5, 4.2" may be anything; so may
# "12.50 13.75", with nothing but a blank between.
_FEWEST_DECIMALS, _FEWEST_BESIDE_BLANK = 2, 3
# Three digits behind a comma are thousands: "3,500 4,200".
_THOUSANDS = 3
# Beside words, and without brackets, whole degrees are numbers of something else: "Block 12 N 34 E".
_COARSEST_BESIDE_WORDS = 0.1
# A point is known no better than this, however many digits it has: 100 m, as radii are rounded.
_LEAST_KM = 0.1
# A square of MGRS that an edge of its band crosses reaches this far over it, in degrees.
_SQUARE = 1.0
_FEWEST_DIGITS = 3
# A longer text is no cell of coordinates; the patterns would take a time that grows with its square.
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A point that a cell gives in digits.

    Attributes
    ----------
    lon, lat
        Degrees, WGS84; NaN where `reason` says why the digits are not a point on Earth.
    radius_km
        Half the diagonal of the cell that the last digits leave open.
    notation
        ``decimal``, ``dms``, ``wkt``, ``mgrs``, ``utm``, ``plus code``, ``geohash``, ``address``.
    ordered
        Whether the notation says which number is which; a bare pair is taken as latitude, longitude.
    name
        Words that stand beside the digits: "Kabul (34.5553, 69.2075)".
    reason
        Why it is not a point; empty when it is one.
    """

    lon: float
    lat: float
    radius_km: float
    notation: str
    ordered: bool = True
    name: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Angle:
    """An angle as it is written: degrees, the step of its last digit in degrees, its decimals, its hemisphere."""

    degrees: float
    step: float
    decimals: int
    side: str = ""
    sexagesimal: bool = False
    reason: str = ""


def read_coordinates(text: str) -> Coordinates | None:
    """Return the point that a text gives in digits, None when it holds no coordinates.

    Examples
    --------
    >>> point = read_coordinates("33°18'N, 44°21'E")
    >>> point.lat, point.lon, round(point.radius_km, 1)
    (33.3, 44.35, 1.2)
    >>> read_coordinates("34,5553; 69,2075").lon
    69.2075
    >>> read_coordinates("Kabul 12"), read_coordinates("12, 34")
    (None, None)
    >>> read_coordinates("95.1234 N, 44.1234 E").reason
    'coordinates out of range: 95.1234 is no latitude'
    """
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return None
    plain = _plain(text)
    if sum(map(str.isdigit, plain)) < _FEWEST_DIGITS:
        return _of_code(plain)
    found = _point(plain)
    if found is not None:
        return found
    found = _addressed(plain)
    if found is not None:
        return found
    for name, rest in _beside(plain):
        found = _point(rest)
        if found is not None and not found.reason and found.radius_km < _COARSEST_BESIDE_WORDS * _KM_PER_DEGREE:
            return replace(found, name=name)
    return None


def _of_code(text: str) -> Coordinates | None:
    """Read the notations that may hold hardly a digit."""
    for name in ("plus", "geohash"):
        found = coordinate_patterns()[name].match(text)
        if found:
            return _READERS[name](found)
    return None


def read_short_code(text: str) -> tuple[str, str] | None:
    """Return a short plus code and the place near which it is to be read, None when the text is not such a pair.

    Examples
    --------
    >>> read_short_code("GRQ4+V7 Kabul, Afghanistan")
    ('GRQ4+V7', 'Kabul, Afghanistan')
    """
    found = re.match(r"^([2-9CFGHJMPQRVWX]{4,6}\+[2-9CFGHJMPQRVWX]{2,3})[\s,]+(\S.*)$", text.strip(), re.IGNORECASE)
    return (found[1].upper(), found[2].strip()) if found else None


def recover_short_code(code: str, lon: float, lat: float) -> Coordinates:
    """Return the point of a short plus code, the nearest to a reference point (degrees).

    Examples
    --------
    >>> point = recover_short_code("H635+69", 69.17, 34.53)
    >>> round(point.lat, 4), round(point.lon, 4)
    (34.5531, 69.2084)
    """
    return _of_plus_code(codes.recoverNearest(code, lat, lon))


def _plain(text: str) -> str:
    """Return a text with one spelling of each sign: ° ' " - and Latin digits."""
    text = unicodedata.normalize("NFKC", text.replace("º", "°").replace("´", "'").replace("″", '"').replace("′", "'"))
    text = text.translate(_SIGNS).replace("''", '"')
    return re.sub(r"\s+", " ", text).strip(" \t;,")


_SIGNS = str.maketrans(
    {
        **dict.fromkeys("’‘ʹʼ`", "'"),
        **dict.fromkeys("”“ʺ", '"'),
        **dict.fromkeys("˚∘", "°"),
        **dict.fromkeys("−–‐‑", "-"),
        "٫": ".",
        "،": ",",
        **{chr(ord(zero) + value): str(value) for zero in "٠۰" for value in range(10)},
    }
)


def _point(text: str) -> Coordinates | None:
    for name, pattern in coordinate_patterns().items():
        found = pattern.match(text)
        point = _READERS.get(name, _of_pair)(found) if found else None
        if point is not None:
            return point
    return None


_ADDRESSED = (
    re.compile(r"^geo:(?P<a>[+-]?\d{1,2}(?:\.\d+)?),(?P<b>[+-]?\d{1,3}(?:\.\d+)?)(?:[,;?].*)?$", re.IGNORECASE),
    re.compile(
        r"^(?:https?://|www\.)\S*?[?&#]m?lat=(?P<a>[+-]?\d{1,2}\.\d+)&m?lo?ng?=(?P<b>[+-]?\d{1,3}\.\d+)(?:\D\S*)?$"
    ),
    re.compile(
        r"^(?:https?://|www\.)\S*?[@=/](?P<a>[+-]?\d{1,2}\.\d+)(?:,|%2C|/)\+?(?P<b>[+-]?\d{1,3}\.\d+)(?:\D\S*)?$"
    ),
)


def _addressed(text: str) -> Coordinates | None:
    """Read ``geo:`` addresses and those of maps."""
    for pattern in _ADDRESSED:
        found = pattern.match(text)
        if found:
            return _made(_angle(found["a"]), _angle(found["b"]), "address", ordered=True)
    return None


def _beside(text: str) -> Iterator[tuple[str, str]]:
    """Split "Kabul (34.5553, 69.2075)" into the words and the digits."""
    found = re.match(r"^(?P<name>[^\d()\[\]]*[^\W\d][^\d()\[\]]*?)\s*[(\[](?P<rest>[^()\[\]]*\d[^()\[\]]*)[)\]]$", text)
    if found:
        yield found["name"].strip(" ,;:-"), found["rest"].strip(" ,;")
    found = re.match(r"^(?P<rest>[^()\[\]]*\d[^()\[\]]*?)\s*[(\[](?P<name>[^\d()\[\]]*[^\W\d][^\d()\[\]]*)[)\]]$", text)
    if found:
        yield found["name"].strip(" ,;:-"), found["rest"].strip(" ,;")
    found = re.match(r"^[(\[](?P<rest>[^()\[\]]*\d[^()\[\]]*)[)\]]$", text)
    if found:
        yield "", found["rest"].strip(" ,;")
    found = re.match(r"^(?P<name>[^\d]*[^\W\d][^\d]*?)\s*[,;:@-]?\s+(?P<rest>[+-]?\d.*)$", text)
    if found:
        yield found["name"].strip(" ,;:-@"), found["rest"]


def _angle(text: str) -> _Angle:
    """Return an angle in degrees, with the step of its last digit."""
    sign = -1.0 if text.lstrip().startswith("-") else 1.0
    parts = [part.replace(",", ".") for part in re.findall(r"\d+(?:[.,]\d+)?", text)][:3]
    values = [float(part) for part in parts]
    decimals = len(parts[-1].partition(".")[2])
    step = 10.0**-decimals / 60 ** (len(parts) - 1)
    wrong = next((part for part, value in zip(parts[1:], values[1:], strict=True) if value >= 60), "")
    if any("." in part for part in parts[:-1]):
        wrong = text.strip()
    degrees = sign * sum(value / 60**i for i, value in enumerate(values))
    reason = f"coordinates out of range: {wrong} is no count of minutes or seconds" if wrong else ""
    return _Angle(degrees, step, decimals, sexagesimal=len(parts) > 1, reason=reason)


def _of_pair(found: re.Match[str]) -> Coordinates | None:
    groups = found.groupdict()
    sides = [notation_words("N", "S", "E", "W").get((groups.get(name) or "").lower(), "") for name in ("sa", "sb")]
    labels = [notation_words("lat", "lon").get((groups.get(name) or "").lower(), "") for name in ("la", "lb")]
    axes = [
        label or {"N": "lat", "S": "lat", "E": "lon", "W": "lon"}.get(side, "")
        for label, side in zip(labels, sides, strict=True)
    ]
    if any(axes) and sorted(axes) != ["lat", "lon"]:
        return None
    angles = [_faced(_angle(groups[name]), side) for name, side in zip(("a", "b"), sides, strict=True)]
    ordered = any(axes) or found.re in (
        coordinate_patterns()["wkt"],
        coordinate_patterns()["geojson"],
        coordinate_patterns()["iso6709"],
    )
    if not ordered and not _is_pair(found[0], angles):
        return None
    if axes[0] == "lon":
        angles.reverse()
    notation = "dms" if angles[0].sexagesimal else "wkt" if found.re in (coordinate_patterns()["wkt"],) else "decimal"
    return _made(angles[0], angles[1], notation, ordered=bool(ordered))


def _is_pair(text: str, angles: list[_Angle]) -> bool:
    """Say whether two bare numbers are written as coordinates are."""
    if all(angle.sexagesimal for angle in angles) or "°" in text:
        return True
    if "." not in text and all(angle.decimals == _THOUSANDS for angle in angles):
        return False
    parted = re.search(r"[,;/|]\s", text) or re.search(r"\.\d+[,;/|]", text)
    least = _FEWEST_DECIMALS if parted else _FEWEST_BESIDE_BLANK
    # A nought at the end is often left out: "34.5553, 69.2".
    decimals = [angle.decimals for angle in angles]
    return max(decimals) >= least and min(decimals) >= 1


def _of_packed(found: re.Match[str]) -> Coordinates | None:
    """Read "343319N 0691227E" as notices to airmen write it."""

    def spaced(digits: str, first: int) -> str:
        return " ".join([digits[:first], *re.findall(r"\d\d", digits[first:])])

    if len(found["b"]) != len(found["a"]) + 1:
        return None
    lat = _faced(_angle(spaced(found["a"], 2)), found["sa"].upper())
    lon = _faced(_angle(spaced(found["b"], 3)), found["sb"].upper())
    return _made(lat, lon, "dms", ordered=True)


def _faced(angle: _Angle, side: str) -> _Angle:
    return replace(angle, degrees=-abs(angle.degrees) if side in ("S", "W") else angle.degrees, side=side)


def _made(lat: _Angle, lon: _Angle, notation: str, *, ordered: bool) -> Coordinates:
    reason = lat.reason or lon.reason
    if abs(lat.degrees) > 90:
        swapped = "; latitude comes first" if not ordered and abs(lon.degrees) <= 90 else ""
        reason = reason or f"coordinates out of range: {lat.degrees:g} is no latitude{swapped}"
    if abs(lon.degrees) > 180:
        reason = reason or f"coordinates out of range: {lon.degrees:g} is no longitude"
    if not reason and lat.degrees == 0 and lon.degrees == 0:
        reason = "coordinates 0, 0: they stand for none"
    if reason:
        return Coordinates(math.nan, math.nan, math.nan, notation, ordered, reason=reason)
    return _cell(lon.degrees, lat.degrees, lon.step, lat.step, notation, ordered=ordered)


def _cell(lon: float, lat: float, wide: float, high: float, notation: str, *, ordered: bool = True) -> Coordinates:
    """Return the middle of a cell, whose width and height are degrees."""
    across = wide * _KM_PER_DEGREE * math.cos(math.radians(lat))
    radius = max(math.hypot(across, high * _KM_PER_DEGREE) / 2, _LEAST_KM)
    return Coordinates(round(lon, 7), round(lat, 7), radius, notation, ordered)


def _of_mgrs(found: re.Match[str]) -> Coordinates | None:
    with LOADING:
        import mgrs

    digits = found["en"] or f"{found['e']}{found['n']}"
    if len(digits) % 2 or (found["e"] and len(found["e"]) != len(found["n"])):
        return None
    each = len(digits) // 2
    # The middle of the square that the digits name.
    east, north = (half + "5" if each < 5 else half for half in (digits[:each], digits[each:]))
    code = f"{found['zone']}{found['band']}{found['square']}{east}{north}".upper()
    try:
        # Of a point outside the band the library only warns. Filters of warnings are the whole process's.
        with LOADING, warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            lat, lon = mgrs.MGRS().toLatLon(code)
        middle = UTM_BANDS.index(found["band"].upper()) * 8 - 76
        # The northernmost band is half as high again.
        is_square = abs(lat - middle) <= 4 + _SQUARE or (middle == 76 and lat > middle)
    except mgrs.core.MGRSError:
        is_square = False
    if not is_square:
        return Coordinates(math.nan, math.nan, math.nan, "mgrs", reason="no such square in MGRS")
    metres = 10.0 ** (5 - each)
    return Coordinates(round(lon, 7), round(lat, 7), max(metres / 1000 * math.sqrt(0.5), _LEAST_KM), "mgrs")


def _of_utm(found: re.Match[str]) -> Coordinates | None:
    zone, band = int(found["zone"]), (found["band"] or "").upper()
    if not 1 <= zone <= 60 or not band:
        return None
    east, north = float(found["e"]), float(found["n"])
    points = [_utm(zone, east, north, south=south) for south in (False, True)]
    if len(band) > 1:
        chosen = points[band == "SOUTH"]
    else:
        inside = [point for point in points if point is not None and _band(point[1]) == band]
        # "36S" may be the southern hemisphere, where the northing lies in no band S.
        hemisphere = points[band == "S"] if band in "NS" else None
        chosen = inside[0] if inside else hemisphere
    if chosen is None:
        return Coordinates(math.nan, math.nan, math.nan, "utm", reason="the northing lies outside the zone's band")
    return Coordinates(round(chosen[0], 7), round(chosen[1], 7), _LEAST_KM, "utm")


def _utm(zone: int, east: float, north: float, *, south: bool) -> tuple[float, float] | None:
    with LOADING:
        from pyproj import Transformer

    transform = Transformer.from_crs(32600 + zone + 100 * south, 4326, always_xy=True)
    lon, lat = transform.transform(east, north)
    return (lon, lat) if math.isfinite(lon) and -80 <= lat <= 84 else None


def _band(lat: float) -> str:
    return UTM_BANDS[min(int((lat + 80) // 8), len(UTM_BANDS) - 1)]


def _of_plus(found: re.Match[str]) -> Coordinates | None:
    return _of_plus_code(found["code"].upper())


def _of_plus_code(code: str) -> Coordinates:
    area = codes.decode(code)
    wide, high = area.longitudeHi - area.longitudeLo, area.latitudeHi - area.latitudeLo
    return _cell(area.longitudeCenter, area.latitudeCenter, wide, high, "plus code")


def _of_geohash(found: re.Match[str]) -> Coordinates | None:
    code = found["code"]
    # A digit at an end alone is the number of a camp or a district.
    if not found["labelled"] and not (
        re.search(r"[a-z]\d+[a-z]", code) and sum(map(str.isdigit, code)) < len(code) - 1
    ):
        return None
    bits = "".join(f"{GEOHASH.index(letter):05b}" for letter in code)
    across, along = bits[::2], bits[1::2]
    wide, high = 360 / 2 ** len(across), 180 / 2 ** len(along)
    lon, lat = -180 + (int(across, 2) + 0.5) * wide, -90 + (int(along, 2) + 0.5) * high
    return _cell(lon, lat, wide, high, "geohash")


_READERS: dict[str, Callable[[re.Match[str]], Coordinates | None]] = {
    "packed": _of_packed,
    "mgrs": _of_mgrs,
    "utm": _of_utm,
    "plus": _of_plus,
    "geohash": _of_geohash,
}
