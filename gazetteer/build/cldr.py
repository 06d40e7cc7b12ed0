"""Names of countries and first-level units in all languages of the Unicode CLDR.

Reads the names from the folder of unpacked sources.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pycountry

from gazetteer.build.download import unpacked
from gazetteer.build.kazakhstan import CODES_BEFORE_2022
from gazetteer.names.normalize import normalize_name

__all__ = ["countries", "subdivisions"]

_TERRITORY = re.compile(r"^(?P<code>[A-Z]{2})(?:-alt-(?P<form>\w+))?$")
_UNIT = re.compile(r"^(?P<country>[a-z]{2})(?P<unit>[a-z0-9]{1,3})$")
# Codes of ISO 3166-2 that were replaced after CLDR 41.
_RENAMED = CODES_BEFORE_2022 | {
    # ISO 3166-2 numbered the provinces of Iran anew in November 2020.
    "IR-01": "IR-03",
    "IR-02": "IR-04",
    "IR-03": "IR-24",
    "IR-04": "IR-10",
    "IR-05": "IR-16",
    "IR-06": "IR-18",
    "IR-07": "IR-23",
    "IR-08": "IR-14",
    "IR-10": "IR-06",
    "IR-11": "IR-19",
    "IR-12": "IR-20",
    "IR-13": "IR-11",
    "IR-14": "IR-07",
    "IR-15": "IR-08",
    "IR-16": "IR-12",
    "IR-17": "IR-05",
    "IR-18": "IR-17",
    "IR-19": "IR-01",
    "IR-20": "IR-15",
    "IR-21": "IR-02",
    "IR-22": "IR-00",
    "IR-23": "IR-22",
    "IR-24": "IR-13",
    "IR-25": "IR-21",
    "IR-26": "IR-25",
    "IR-28": "IR-26",
    "IR-30": "IR-09",
    "IR-31": "IR-28",
    "IR-32": "IR-30",
    "IN-CT": "IN-CG",
    "IN-OR": "IN-OD",
    "IN-TG": "IN-TS",
    "IN-UT": "IN-UK",
    "ZA-GT": "ZA-GP",
    "ZA-NL": "ZA-KZN",
    "NO-23": "NO-50",
    "KZ-ALA": "KZ-75",
    "KZ-SHY": "KZ-79",
}
# Codes that another unit has today: the regions of Morocco of before 2015.
_REUSED = re.compile(r"^MA-\d\d$")
# Uganda's districts stand one beside another in all languages but English: "Butaleja-Distrikt" under Bukedea's code.
_ENGLISH_ALONE = frozenset({"UG"})
# CLDR's mark of a name that another subdivision has too ("Kaliro-Distrikt²"): that one is meant by it.
_SECOND = "²"
# Languages in which first-level units are named in reports; countries are kept in all of CLDR's.
_UNIT_LANGUAGES = frozenset(
    (
        "am",
        "ar",
        "de",
        "en",
        "es",
        "fa",
        "fr",
        "he",
        "hi",
        "it",
        "ja",
        "kk",
        "ko",
        "ky",
        "pl",
        "pt",
        "ru",
        "tr",
        "uk",
        "ur",
        "uz",
        "zh",
    )
)
_COLUMNS = ["id", "name", "kind", "lang"]


def countries(root: Path) -> pd.DataFrame:
    """Return the names of countries, a row a language and form; spellings with one key are kept once, English first.

    A name that is spelled like the ISO 3166-1 code of another country is left to that country.

    Source
    ------
    CLDR localenames, Unicode-3.0.
    """
    known = {country.alpha_2 for country in pycountry.countries} | {"XK"}
    # Several languages call the United Kingdom after its largest part; to a gazetteer England is England.
    units = {(unit.country_code, normalize_name(unit.name)) for unit in pycountry.subdivisions}
    codes = _codes()
    rows = []
    for path in unpacked(root, "cldr-localenames-full-*/package/main/*/territories.json"):
        lang = path.parent.name
        content = json.loads(path.read_text(encoding="utf-8"))["main"][lang]["localeDisplayNames"]["territories"]
        for key, name in content.items():
            found = _TERRITORY.match(key)
            if not found or found["code"] not in known or (found["code"], normalize_name(name)) in units:
                continue
            if codes.get(normalize_name(name), found["code"]) == found["code"]:
                rows.append((f"iso:{found['code']}", name, "short", lang))
    return _first_of_each_key(rows)


def subdivisions(root: Path) -> pd.DataFrame:
    """Return the names of first-level units, in the languages most reports are in.

    Source
    ------
    CLDR subdivisions, Unicode-3.0.
    """
    known = {unit.code for unit in pycountry.subdivisions}
    rows = []
    for path in unpacked(root, "unicode-cldr-core_*/usr/share/unicode/cldr/common/subdivisions/*.xml"):
        if path.stem not in _UNIT_LANGUAGES:
            continue
        for element in ElementTree.parse(path).iter("subdivision"):  # noqa: S314 - of a pinned package
            found = _UNIT.match(element.get("type", ""))
            code = f"{found['country']}-{found['unit']}".upper() if found else ""
            name, lang = element.text or "", path.stem.replace("_", "-")
            if not name or name.endswith(_SECOND) or _REUSED.match(code):
                continue
            if lang != "en" and code[:2] in _ENGLISH_ALONE:
                continue
            code = _RENAMED.get(code, code)
            if code in known:
                rows.append((f"iso:{code}", name, "alternate", lang))
    return _first_of_each_key(rows)


def _codes() -> dict[str, str]:
    """Return the key of each ISO 3166-1 code and the alpha-2 code it stands for.

    French "R.-U." is the United Kingdom and Vietnamese "Nga" is Russia, but RU and NGA are codes of other countries.
    """
    pairs = [(code, c.alpha_2) for c in pycountry.countries for code in (c.alpha_2, c.alpha_3)]
    return {normalize_name(code): alpha2 for code, alpha2 in [*pairs, ("XK", "XK"), ("XKX", "XK")]}


def _first_of_each_key(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    names = pd.DataFrame(rows, columns=_COLUMNS)
    names["order"] = (names["lang"] != "en").astype(int)
    names["key"] = names["name"].map(normalize_name)
    names = names.sort_values(["id", "order", "lang"], kind="stable").drop_duplicates(["id", "key"])
    return names[_COLUMNS].reset_index(drop=True)
