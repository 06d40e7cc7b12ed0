"""Airports of the airportsdata package.

Reads the rows and names of the layer ``airports`` from the folder of unpacked sources.
"""

from __future__ import annotations

import re
from collections.abc import Set
from pathlib import Path

import pandas as pd

from gazetteer.build.download import unpacked
from gazetteer.build.geonames import alpha3
from gazetteer.names.normalize import normalize_name

__all__ = ["airports", "own_names"]

_TYPE = re.compile(
    r"\b(?:(?:international|regional|municipal|national|domestic) )?(?:airport|air base|airfield)\b.*", re.I
)
# Words that make a name common to many airfields, or the name of the unit around one.
_COMMON = re.compile(
    r"\b(?:county|city|municipal|regional|field|airpark|memorial|central|north|south|east|west|new|valley|island|harbou?r|base)\b"
)
_SHORTEST = 4
# An airfield's runways and buildings lie within this distance of its reference point.
_RADIUS_KM = 3.0


def airports(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows and the names of the layer ``airports``: those with an IATA code, by ICAO code.

    Private strips without an IATA code are left out: nobody names them in a report, and their names are people's.

    Source
    ------
    airportsdata, MIT.
    """
    path = unpacked(root, "airportsdata-*/airportsdata/airports.csv")[0]
    raw = pd.read_csv(path, keep_default_na=False, dtype=str)
    raw = raw[(raw["iata"] != "") & (raw["icao"] != "")].copy()
    raw["country"] = raw["country"].map(alpha3)
    raw = raw[raw["country"].notna()].sort_values("icao").drop_duplicates("icao")
    ids = "airport:" + raw["icao"]
    rows = pd.DataFrame(
        {
            "id": ids,
            "name": raw["name"],
            "kind": "airport",
            "country": raw["country"],
            "admin1": None,
            "lon": raw["lon"].astype(float).round(5),
            "lat": raw["lat"].astype(float).round(5),
            "population": pd.array([pd.NA] * len(raw), dtype="Int64"),
            "radius_km": _RADIUS_KM,
            "valid_from": None,
            "valid_to": None,
            "geonames": pd.NA,
            "iata": raw["iata"],
            "icao": raw["icao"],
            "city": raw["city"].replace("", None),
        }
    ).reset_index(drop=True)
    names = []
    for row in rows.itertuples(index=False):
        names.append((row.id, row.name, "primary", ""))
        names += [(row.id, row.iata, "code", ""), (row.id, row.icao, "code", "")]
        names += [(row.id, name, "short", "en") for name in _short_names(str(row.name), row.city)]
    return rows, pd.DataFrame(names, columns=["id", "name", "kind", "lang"])


def _short_names(name: str, city: object) -> list[str]:
    """Return the forms in use: with and without "International", and the city's name with "airport"."""
    forms = []
    plain = name.replace(" International Airport", " Airport").replace(" Regional Airport", " Airport")
    forms.append(plain)
    if city:
        forms += [f"{city} Airport", f"{city} International Airport"]
    forms.append(name.replace(" Airport", "") + " Airport")
    seen = {normalize_name(name)}
    return [form for form in forms if not (normalize_name(form) in seen or seen.add(normalize_name(form)))]  # type: ignore[func-returns-value]


def own_names(rows: pd.DataFrame, units: Set[tuple[str, str]]) -> pd.DataFrame:
    """Return the names that airports have apart from the city they serve: "Heathrow", "Heathrow Airport".

    Parameters
    ----------
    rows
        Of the layer ``airports``.
    units
        Country and key of units: what people call so is the unit.
    """
    names = []
    for row in rows.itertuples(index=False):
        own = _own_name(str(row.name), row.city)
        if own:
            names.append((row.id, f"{own} Airport", "short", "en"))
            if (row.country, normalize_name(own)) not in units:
                names.append((row.id, own, "alternate", "en"))
    return pd.DataFrame(names, columns=["id", "name", "kind", "lang"])


def _own_name(name: str, city: object) -> str | None:
    """Return what is left of a name without its type and its city; None when that is not a name of its own.

    Examples
    --------
    >>> _own_name("London Heathrow Airport", "London"), _own_name("Paris-Orly Airport", "Paris")
    ('Heathrow', 'Orly')
    >>> _own_name("Sheremetyevo International Airport", "Moscow"), _own_name("Kabul International Airport", "Kabul")
    ('Sheremetyevo', None)
    """
    if not city:
        return None
    own = _TYPE.sub("", name)
    own = re.sub(rf"^{re.escape(str(city))}\b", "", own, flags=re.I).strip(" -/–,.()")
    if len(own) < _SHORTEST or _COMMON.search(own.lower()) or normalize_name(own) == normalize_name(str(city)):
        return None
    return own
