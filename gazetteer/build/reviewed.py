"""Places, names and days that no source has, curated by hand with their sources.

``curated/places.csv``, ``curated/place_names.csv``, ``curated/unit_points.csv`` and ``curated/unit_days.csv`` give
rows, names, points and days of the layers ``cities``, ``admin1`` and ``admin2``.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gazetteer.build.geonames import city_radius
from gazetteer.model import PLACE_FIELDS

__all__ = ["names", "names_of", "places", "with_days", "with_points"]

_CURATED = Path(__file__).with_name("curated")


def places() -> dict[str, pd.DataFrame]:
    """Return the curated rows of the layers ``cities`` (kind city) and ``admin2`` (units, as points).

    A town without a radius gets the one of its population.
    """
    table = _read("places")
    rows = table[["id", "name", "kind", "country"]].copy()
    rows["admin1"] = _or_none(table["admin1"])
    for column in ("lon", "lat"):
        rows[column] = pd.to_numeric(table[column])
    rows["population"] = pd.to_numeric(table["population"]).astype("Int64")
    of_people = city_radius(rows["population"].fillna(0).to_numpy(dtype="float64")).round(1)
    rows["radius_km"] = pd.to_numeric(table["radius_km"]).fillna(pd.Series(of_people, index=table.index))
    for column in ("valid_from", "valid_to"):
        rows[column] = _or_none(table[column])
    towns = rows["kind"] == "city"
    return {
        "cities": rows.loc[towns, [*PLACE_FIELDS]].assign(geonames=None, timezone=None, capital=False),
        "admin2": rows.loc[~towns, [*PLACE_FIELDS]].assign(geonames=None),
    }


def names() -> pd.DataFrame:
    """Return the names of the curated places, and names more for places of the sources: id, name, kind, lang."""
    own = [*names_of(_read("places")), *names_of(_read("unit_points"))]
    columns = ["id", "name", "kind", "lang"]
    return pd.concat([pd.DataFrame(own, columns=columns), _read("place_names")[columns]], ignore_index=True)


def names_of(table: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Return the names of the rows of a curated table, as id, name, kind, lang: the own ones, then those in ``also``.

    A row without a name keeps the one of its source.
    """
    own = [(id_, name, "primary", "en") for id_, name in zip(table["id"], table["name"], strict=True) if name]
    also = [
        (id_, other, "alternate", "")
        for id_, others in zip(table["id"], table["also"], strict=True)
        for other in others.split("|")
        if other
    ]
    return own + also


def with_points(units: pd.DataFrame) -> pd.DataFrame:
    """Return a layer with the names, codes, points, reaches and days that ``unit_points.csv`` gives its units."""
    table = _read("unit_points").set_index("id")
    reviewed = units.copy()
    for column in table.columns.drop(["also", "source"]):
        given = _or_none(reviewed["id"].map(table[column]).fillna(""))
        if column in ("lon", "lat", "radius_km"):
            given = pd.to_numeric(given)
        reviewed[column] = reviewed[column].where(given.isna(), given)
    return reviewed


def with_days(units: pd.DataFrame) -> pd.DataFrame:
    """Return a layer with the first and last days that ``unit_days.csv`` gives its units."""
    table = _read("unit_days").set_index("id")
    dated = units.copy()
    for column in ("valid_from", "valid_to"):
        days = dated["id"].map(_or_none(table[column]))
        dated[column] = days.astype(object).where(days.notna(), dated[column])
    return dated


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(_CURATED / f"{name}.csv", keep_default_na=False, dtype=str)


def _or_none(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column != "", None)
