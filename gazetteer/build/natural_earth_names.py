"""Names of the first-level units of Natural Earth: in English, in other languages, and what else they are called."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

__all__ = ["ENGLISH", "LANGUAGES", "unit_id", "unit_names"]

LANGUAGES = (
    "ar",
    "de",
    "es",
    "fr",
    "hi",
    "it",
    "ja",
    "ko",
    "pl",
    "pt",
    "ru",
    "tr",
    "zh",
    "he",
    "uk",
    "ur",
    "fa",
    "zht",
)
# English names that need a word more to be told from a city, or a newer name.
ENGLISH = {
    "UA-32": "Kyiv Oblast",
    "RU-MOS": "Moscow Oblast",
    "RU-ALT": "Altai Krai",
    "RU-YEV": "Jewish Autonomous Oblast",
    "BA-SRP": "Republika Srpska",
    "SD-DW": "West Darfur",
    "KZ-ALM": "Almaty Region",
    "KZ-75": "Almaty",
    "KZ-71": "Astana",
    "KZ-31": "Jambyl Region",
    "KZ-61": "Turkistan Region",
    "KZ-27": "West Kazakhstan Region",
    "KZ-VOS": "East Kazakhstan Region",
    "KZ-59": "North Kazakhstan Region",
    "KZ-KAR": "Karaganda Region",
    "KZ-47": "Mangystau Region",
    "KZ-43": "Kyzylorda Region",
    "KZ-15": "Aktobe Region",
    "KZ-39": "Kostanay Region",
    "KZ-55": "Pavlodar Region",
    "KZ-23": "Atyrau Region",
    "KZ-11": "Akmola Region",
    "AF-DAY": "Daykundi",
    "AF-PAN": "Panjshir",
    "ER-MA": "Maekel",
    "ER-DU": "Debub",
    "ER-AN": "Anseba",
    "ER-SK": "Northern Red Sea",
    "DK-84": "Capital Region of Denmark",
    "TJ-SU": "Sughd Region",
    "ML-3": "Sikasso Region",
    "BA-BIH": "Federation of Bosnia and Herzegovina",
    "MD-GA": "Gagauzia",
    "KH-5": "Kampong Speu",
    "CZ-32": "Plzeň Region",
    "VN-53": "Bắc Kạn",
    "VN-66": "Hưng Yên",
    "MX-CMX": "Mexico City",
    "VN-39": "Đồng Nai",
    "LV-094": "Smiltene",
    "LV-102": "Varakļāni",
    "geonames:1283182": "Koshi Zone",
    "geonames:7628381": "Jaunpiebalga",
    "PA-1": "Bocas del Toro",
    "PG-NSB": "Bougainville",
    "CL-MA": "Magallanes",
    "YE-SA": "Amanat Al Asimah",
    "geonames:786711": "Prizren",
    "geonames:786713": "Pristina",
    "geonames:789226": "Kamenica",
}
# Where the names in English and other languages are those of the province of before: these are left to the province,
# which is a region here.
_UNDER_PROVINCES = ("MG",)
# Units that bear the names of another: what stands at Anseba is the Northern Red Sea, at Prizren a place of Montenegro.
_NAMED_AS_ANOTHER = ("ER-AN", "geonames:786711", "geonames:786713", "geonames:789226")


def unit_names(units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the names that Natural Earth has for units, by the key they are indexed by."""
    rows = []
    for key, unit in zip(units.index, units.to_dict("records"), strict=True):
        id_ = unit_id(key)
        kept = _own_names(key, unit)
        primary = ENGLISH.get(key) or kept["name_en"] or kept["name"]
        if not primary:
            continue
        rows.append((id_, primary, "primary", "en"))
        rows += [
            (id_, kept[c], "alternate", "") for c in ("name", "name_en", "name_local", "woe_name", "gn_name") if kept[c]
        ]
        rows += [(id_, part.strip(), "alternate", "") for part in (kept["name_alt"] or "").split("|") if part.strip()]
        rows += [
            (id_, kept[f"name_{lang}"], "alternate", "zh-Hant" if lang == "zht" else lang)
            for lang in LANGUAGES
            if kept.get(f"name_{lang}")
        ]
    return pd.DataFrame(rows, columns=["id", "name", "kind", "lang"])


def _own_names(key: str, unit: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a unit, those of names empty where they hold the names of another."""
    under_province = unit["country2"] in _UNDER_PROVINCES
    if key not in _NAMED_AS_ANOTHER and not under_province:
        return unit
    others = {"name_alt", "name_local", "woe_name"}
    if unit["name_en"] != unit["name"] or not under_province:
        others |= {"name_en", *(f"name_{lang}" for lang in LANGUAGES)}
    if not under_province:
        others.add("name")
    return {column: "" if column in others else value for column, value in unit.items()}


def unit_id(key: str) -> str:
    """Return the id of a unit: its ISO 3166-2 code, or the id of another source that stands in its place."""
    return key if ":" in key else f"iso:{key}"
