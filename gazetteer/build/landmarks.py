"""Well-known buildings, neighbourhoods, rivers, lakes, islands, landforms and regions, curated by hand.

The folder of unpacked sources and ``curated/landmarks.csv`` give the rows and names of the layer ``landmarks``.
News writes them like towns ("the White House said"), and no registry package lists them.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from gazetteer.build import natural_earth
from gazetteer.names.normalize import normalize_name

__all__ = ["landmarks", "numbers"]

_TABLE = Path(__file__).with_name("curated") / "landmarks.csv"


def landmarks(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows and the names of the layer ``landmarks``; the first-level unit is the one the point lies in.

    Source
    ------
    Collected by this project: names, points to about a kilometre (rivers and ranges: a middle), half-extents.
    """
    table = _table()
    named = [
        f"{kind}:{normalize_name(name).replace(' ', '-')}"
        for kind, name in zip(table["kind"], table["name"], strict=True)
    ]
    table["id"] = table["id"].where(table["id"] != "", named)
    points = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326")
    units, _ = natural_earth.admin1(root)
    holds = points[["id", "country", "geometry"]].sjoin(units[["iso", "country", "geometry"]], predicate="within")
    # A river or a range may have its middle in the country beside.
    holds = holds[holds["country_left"] == holds["country_right"]].drop_duplicates("id")
    rows = table[["id", "name", "kind", "lon", "lat", "radius_km"]].assign(
        country=table["country"].where(table["country"] != "", None),
        admin1=table["id"].map(holds.set_index("id")["iso"]).astype(object).where(lambda code: code.notna(), None),
        population=pd.array([pd.NA] * len(table), dtype="Int64"),
        valid_from=None,
        valid_to=None,
        geonames=pd.to_numeric(table["geonames"].where(table["geonames"] != "", None)),
    )
    names = [(id_, name, "primary", "en") for id_, name in zip(table["id"], table["name"], strict=True)]
    names += [
        (id_, other, kind, "en")
        for column, kind in (("also", "alternate"), ("demonyms", "demonym"))
        for id_, others in zip(table["id"], table[column], strict=True)
        for other in others.split("|")
        if other
    ]
    return rows, pd.DataFrame(names, columns=["id", "name", "kind", "lang"])


def numbers() -> dict[str, int]:
    """Return the GeoNames numbers of regions and groups by id: what other gazetteers call them."""
    table = _table()
    known = table[(table["geonames"] != "") & (table["id"] != "")]
    return {id_: int(number) for id_, number in zip(known["id"], known["geonames"], strict=True)}


def _table() -> pd.DataFrame:
    return pd.read_csv(_TABLE, keep_default_na=False, dtype={"geonames": str})
