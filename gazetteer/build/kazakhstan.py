"""Kazakhstan's first-level units on both sides of 8 June 2022.

The rows and names of the layer ``admin1`` have the units of before; those of today are added.

On that day Abai was split from East Kazakhstan, Jetisu from Almaty Region and Ulytau from Karaganda; Shymkent had left
South Kazakhstan, which then became Turkistan Region, on 19 June 2018 (decrees of the President of Kazakhstan of those
years). No open source has the new borders: each unit is the union of the Voronoi cells of the towns that GeoNames lists
in it, cut from the old unit, and is marked approximate.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gazetteer.build.geonames import read_cities
from gazetteer.build.placed_shapes import placed

__all__ = ["CODES_BEFORE_2022", "parts", "split", "with_units"]

_CUT = "2022-06-08"
# Codes of ISO 3166-2 of before November 2022 -> today's, of the units that are the same.
CODES_BEFORE_2022 = {
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
# Old unit -> the units cut from it: code, GeoNames first-level code, GeoNames id, English and other names.
_UNITS: dict[str, list[tuple[str, str, int, tuple[str, ...]]]] = {
    "KZ-ALM": [
        (
            "KZ-19",
            "01",
            1537162,
            ("Almaty Region", "Almaty Oblast", "Алматинская область", "Алматы облысы", "Almaty oblysy"),
        ),
        (
            "KZ-33",
            "12510144",
            12510144,
            (
                "Jetisu Region",
                "Zhetysu Region",
                "Zhetisu Region",
                "Жетысуская область",
                "Жетісу облысы",
                "область Жетісу",
            ),
        ),
    ],
    "KZ-VOS": [
        (
            "KZ-63",
            "15",
            1517381,
            (
                "East Kazakhstan Region",
                "East Kazakhstan Oblast",
                "Восточно-Казахстанская область",
                "Шығыс Қазақстан облысы",
            ),
        ),
        (
            "KZ-10",
            "12510143",
            12510143,
            ("Abai Region", "Abay Region", "Абайская область", "Абай облысы", "область Абай"),
        ),
    ],
    "KZ-KAR": [
        (
            "KZ-35",
            "12",
            1523401,
            ("Karaganda Region", "Karagandy Region", "Qaraghandy Region", "Карагандинская область", "Қарағанды облысы"),
        ),
        (
            "KZ-62",
            "12510145",
            12510145,
            ("Ulytau Region", "Ulytaw Region", "Улытауская область", "Ұлытау облысы", "область Улытау"),
        ),
    ],
    "KZ-61": [
        ("KZ-79", "1537272", 1537272, ("Shymkent", "Chimkent", "Шымкент", "Чимкент")),
    ],
}
_FIRST_DAY = {"KZ-79": "2018-06-19"}


def parts() -> dict[str, list[str]]:
    """Return the ids of the units that each unit of before was divided into.

    Examples
    --------
    >>> parts()["iso:KZ-ALM"]
    ['iso:KZ-19', 'iso:KZ-33']
    """
    gone = {old: units for old, units in _UNITS.items() if len(units) > 1}
    return {f"iso:{old}": [f"iso:{code}" for code, *_ in units] for old, units in gone.items()}


def split(shape: shapely.Geometry, points: NDArray[np.float64], owners: list[str]) -> dict[str, shapely.Geometry]:
    """Divide a shape among owners: each gets the Voronoi cells of its points.

    Parameters
    ----------
    shape
        A polygon, lon/lat degrees.
    points
        n × 2, lon and lat; distinct.
    owners
        Of n points.

    Examples
    --------
    >>> halves = split(shapely.box(0, 0, 2, 1), np.array([[0.5, 0.5], [1.5, 0.5]]), ["a", "b"])
    >>> halves["a"].bounds
    (0.0, 0.0, 1.0, 1.0)
    """
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shape, ordered=True))
    out = {}
    for owner in sorted(set(owners)):
        own = shapely.union_all([cell for cell, of in zip(cells, owners, strict=True) if of == owner])
        out[owner] = shapely.intersection(own, shape)
    return out


def with_units(root: Path, rows: gpd.GeoDataFrame, names: pd.DataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the layer with today's units of Kazakhstan beside those of before."""
    new, new_names = [], []
    for old, units in _UNITS.items():
        shape = rows.loc[rows["iso"] == old, "geometry"].iloc[0]
        codes = {gn_code: code for code, gn_code, _, _ in units}
        points, owners = _towns(root, shape, codes, rest=old)
        shapes = split(shape, points, owners)
        # The first unit kept the name of the old one.
        new_names += [(f"iso:{old}", name, "alternate", "") for name in units[0][3] if len(units) > 1]
        for code, _, geonames, spellings in units:
            new.append((f"iso:{code}", spellings[0], code, geonames, shapes[code], _FIRST_DAY.get(code, _CUT)))
            kinds = ["primary", *["alternate"] * (len(spellings) - 1)]
            new_names += [(f"iso:{code}", name, kind, "") for name, kind in zip(spellings, kinds, strict=True)]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(new, columns=["id", "name", "iso", "geonames", "geometry", "valid_from"]),
        geometry="geometry",
        crs="EPSG:4326",
    )
    frame["geonames"] = frame["geonames"].astype("UInt32")
    frame = placed(frame).assign(kind="admin1", country="KAZ", admin1=frame["iso"], approximate=True, type="Region")
    frame["valid_to"] = None
    frame["population"] = pd.array([pd.NA] * len(frame), dtype="Int64")
    both = pd.concat([rows, frame], ignore_index=True)
    added = pd.DataFrame(new_names, columns=["id", "name", "kind", "lang"])
    former = [
        ("iso:KZ-61", name, "former", "")
        for name in ("South Kazakhstan Region", "South Kazakhstan", "Южно-Казахстанская область")
    ]
    return both, pd.concat([names, added, pd.DataFrame(former, columns=added.columns)], ignore_index=True)


def _towns(
    root: Path, shape: shapely.Geometry, codes: dict[str, str], *, rest: str
) -> tuple[NDArray[np.float64], list[str]]:
    """Return the towns inside a shape, and the unit each belongs to; `rest` where it is not one of the new ones."""
    found: dict[tuple[float, float], str] = {}
    for record in read_cities(root):
        if record["countrycode"] == "KZ":
            at = (float(record["longitude"]), float(record["latitude"]))
            found[at] = codes.get(record["admin1code"], rest)
    points = np.array(list(found))
    inside = shapely.contains_xy(shape, points[:, 0], points[:, 1])
    return points[inside], [owner for owner, within in zip(found.values(), inside, strict=True) if within]
