"""The notations of coordinates, as patterns.

`gazetteer.names.coordinates` reads with these. The words of the notations stand in
``data/coordinate_words.csv``.
"""

from __future__ import annotations

import csv
import re
from functools import cache

from gazetteer.bundled import BUNDLED

__all__ = ["GEOHASH", "UTM_BANDS", "coordinate_patterns", "notation_words"]

GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz"
UTM_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_WORDS_FILE = BUNDLED / "coordinate_words.csv"
# A shorter geohash is a word with a digit in it.
_SHORTEST_GEOHASH = 7


@cache
def notation_words(*meanings: str) -> dict[str, str]:
    """Return the words of some meanings (``N``, ``lat``, ``label``, …), each with what it means."""
    with _WORDS_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["word"]: row["meaning"] for row in csv.DictReader(lines) if row["meaning"] in meanings}


def _any_of(*meanings: str) -> str:
    """Return a pattern of the words of some meanings, longest first."""
    return "|".join(sorted(map(re.escape, notation_words(*meanings)), key=len, reverse=True))


@cache
def coordinate_patterns() -> dict[str, re.Pattern[str]]:
    """Return the pattern of each notation, in the order they are tried; each matches a whole text."""
    number = r"\d{1,3}(?:[.,]\d+)?"
    degrees = rf"{number}\s*(?:°|deg(?:rees)?\.?|grados|градус\w*)"
    # Minutes and seconds stand behind a sign, or behind degrees and a blank.
    angle = (
        rf"(?:(?:{degrees}|\d{{1,3}}(?=[\s:]))\s*:?\s*(?:\d{{1,2}}(?:[.,]\d+)?\s*(?:'|min\.?|:|(?!\d))\s*)"
        rf"(?:\d{{1,2}}(?:[.,]\d+)?\s*(?:\"|sec\.?|'')?)?|{degrees}|{number})"
    )
    side, label = _any_of("N", "S", "E", "W"), _any_of("lat", "lon")
    between = r"\s*[,;/|]?\s*(?:and\s+)?"
    signed = rf"[+-]?\s*{angle}"
    lead = rf"(?:(?:{_any_of('label')})\s*[:=]?\s*)*"
    plus = "[2-9CFGHJMPQRVWX]"
    sources = {
        "behind": rf"{lead}(?P<a>{angle})\s*(?P<sa>{side}){between}(?P<b>{angle})\s*(?P<sb>{side})",
        "before": rf"{lead}(?P<sa>{side})\s*[:=]?\s*(?P<a>{angle}){between}(?P<sb>{side})\s*[:=]?\s*(?P<b>{angle})",
        "packed": r"(?P<a>\d{4}|\d{6})\s*(?P<sa>[NS])[\s,/]*(?P<b>\d{5}|\d{7})\s*(?P<sb>[EW])",
        "labelled": (
            rf"{lead}(?P<la>{label})\s*[:=]?\s*(?P<a>{signed})\s*(?P<sa>{side})?{between}"
            rf"(?P<lb>{label})\s*[:=]?\s*(?P<b>{signed})\s*(?P<sb>{side})?"
        ),
        "iso6709": r"(?P<a>[+-]\d{1,2}(?:\.\d+)?)(?P<b>[+-]\d{1,3}(?:\.\d+)?)(?:[+-]\d+(?:\.\d+)?)?(?:CRSWGS_84)?/?",
        "points": rf"{lead}(?P<a>[+-]?\s?\d{{1,3}}\.\d+\s*°?)(?:\s*[,;/|]\s*|\s+)(?P<b>[+-]?\s?\d{{1,3}}\.\d+\s*°?)",
        "commas": rf"{lead}(?P<a>[+-]?\s?\d{{1,3}},\d+\s*°?)(?:\s*[;/|]\s*|,?\s+)(?P<b>[+-]?\s?\d{{1,3}},\d+\s*°?)",
        "degrees": rf"{lead}(?P<a>[+-]?\s?{degrees})\s*[,;]?\s*(?P<b>[+-]?\s?{degrees})",
        "wkt": (
            r"(?:SRID\s*=\s*4326\s*;\s*)?POINT\s*(?:Z|M|ZM)?\s*\(\s*(?P<b>[+-]?\d{1,3}(?:\.\d+)?)\s+"
            r"(?P<a>[+-]?\d{1,3}(?:\.\d+)?)(?:\s+[+-]?\d+(?:\.\d+)?){0,2}\s*\)"
        ),
        "geojson": (
            r"\{[^{}]*\"coordinates\"\s*:\s*\[\s*(?P<b>[+-]?\d{1,3}(?:\.\d+)?)\s*,\s*(?P<a>[+-]?\d{1,3}(?:\.\d+)?)"
            r"(?:\s*,\s*[+-]?[\d.]+)?\s*\][^{}]*\}"
        ),
        "mgrs": rf"{lead}(?P<zone>\d{{1,2}})\s*(?P<band>[{UTM_BANDS}])\s*(?P<square>[A-HJ-NP-Z][A-HJ-NP-V])\s*"
        r"(?:(?P<e>\d{2,5})\s+(?P<n>\d{2,5})|(?P<en>(?:\d\d){2,5}))",
        "utm": rf"{lead}(?:zone\s*)?(?P<zone>\d{{1,2}})\s*(?P<band>[{UTM_BANDS}]|north|south)?\s*[,;]?\s*"
        r"(?:E(?:asting)?\s*[:=]?\s*)?(?P<e>\d{6}(?:\.\d+)?)\s*(?:m\.?)?\s*E?\s*[,;]?\s*(?:N(?:orthing)?\s*[:=]?\s*)?"
        r"(?P<n>\d{5,8}(?:\.\d+)?)\s*(?:m\.?)?\s*N?",
        "plus": rf"{lead}(?P<code>[2-9C][2-9CFGHJMPQRV](?:{plus}{{6}}|{plus}{{4}}00|{plus}{{2}}0000)"
        rf"\+(?:{plus}{{2,7}})?)",
        "geohash": rf"(?P<labelled>(?:{_any_of('label')})\s*[:=]?\s*)?(?P<code>[{GEOHASH}]{{{_SHORTEST_GEOHASH},12}})",
    }
    # Of a geohash the case counts: "1994summer" is not one.
    return {
        name: re.compile(rf"^(?:{source})[.,;\s]*$", re.IGNORECASE if name != "geohash" else 0)
        for name, source in sources.items()
    }
