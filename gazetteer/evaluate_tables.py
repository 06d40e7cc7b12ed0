"""Measures how well the place columns of a table are placed, on rows whose points are known.

A table with place columns and the point of each row gives figures: for every method of `gazetteer.Match`, how
many rows it answered, how many of them lie within 50 km, how many inside the radius that the answer gave, the median
radius; and how often answers of each score are right, with the expected calibration error. A point is inside the radius
up to 1 km beyond it; an answer is right when the point lies within its radius, or within 10 km, as in
`gazetteer.score_calibration`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gazetteer.errors import ArgumentError
from gazetteer.evaluate import Reliability
from gazetteer.geometry.geodesy import haversine_km
from gazetteer.score_calibration import RIGHT_KM

if TYPE_CHECKING:
    from gazetteer.api import Gazetteer

__all__ = ["Columns", "TableScores", "evaluate_table", "read_table", "usual_columns"]

NEAR_KM = 50.0
_SLACK_KM = 1.0
# What tables call their columns: finest place first. Written as in UCDP, ACLED, EM-DAT and plain English.
_PLACES = (
    ("where_coordinates", "location", "place", "site", "village", "town", "city", "locality"),
    ("adm_3", "adm3", "admin3"),
    ("adm_2", "adm2", "admin2", "district", "county"),
    ("adm_1", "adm1", "admin1", "province", "state", "region", "governorate"),
)
_USUAL = {
    "country": ("country", "country_name", "iso3", "iso"),
    "date": ("date_start", "event_date", "date", "start", "start_date", "day"),
    "lat": ("latitude", "lat", "y"),
    "lon": ("longitude", "lon", "lng", "long", "x"),
}


@dataclass(frozen=True)
class Columns:
    """Which columns of a table say what; places finest first, None for what the table does not say."""

    places: tuple[str, ...]
    lat: str
    lon: str
    country: str | None = None
    date: str | None = None


@dataclass(frozen=True)
class TableScores:
    """The figures of a table.

    Attributes
    ----------
    rows
        How many rows have a point.
    located
        How many of them were placed.
    by_method
        A row a method: answers, within_50km, inside_radius, median_radius_km, mean_score, calibration_error.
    by_status
        How many answers of each status.
    reliability
        How often answers of each score are right, by method.
    """

    rows: int
    located: int
    by_method: pd.DataFrame
    by_status: dict[str, int]
    reliability: dict[str, Reliability]


def usual_columns(
    names: Iterable[str],
    *,
    places: Sequence[str] = (),
    country: str | None = None,
    date: str | None = None,
    lat: str | None = None,
    lon: str | None = None,
) -> Columns:
    """Return which columns say what: those that are given, others by their usual names.

    Raises
    ------
    ArgumentError
        When there is no such column, no place column, or no coordinates.

    Examples
    --------
    >>> usual_columns(["id", "location", "admin1", "country", "latitude", "longitude"]).places
    ('location', 'admin1')
    """
    known = {name.lower(): name for name in names}

    def named(what: str, given: str | None) -> str | None:
        if given is not None:
            if given.lower() not in known:
                raise ArgumentError(f"Column: expected one of {', '.join(known.values())}, got {given!r}.")
            return known[given.lower()]
        return next((known[usual] for usual in _USUAL.get(what, ()) if usual in known), None)

    chosen = [str(named("", place)) for place in places] or [
        known[usual] for level in _PLACES for usual in level if usual in known
    ]
    at = named("lat", lat), named("lon", lon)
    if not chosen or at[0] is None or at[1] is None:
        missing = "a column of places" if not chosen else "columns of latitude and longitude"
        raise ArgumentError(f"Table: expected {missing}, got the columns {', '.join(known.values())}; name them.")
    return Columns(tuple(chosen), at[0], at[1], named("country", country), named("date", date))


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV or TSV file, every cell as text.

    Raises
    ------
    ArgumentError
        When it is another table.
    """
    try:
        mark = "\t" if path.suffix.lower() == ".tsv" else ","
        return pd.read_csv(path, sep=mark, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError) as error:
        raise ArgumentError(f"{path}: expected a table of comma-separated values in UTF-8 ({error}).") from error


def evaluate_table(gaz: Gazetteer, table: pd.DataFrame, columns: Columns) -> TableScores:
    """Resolve the place columns of a table and compare the answers with its points.

    Parameters
    ----------
    gaz
        A gazetteer.
    table
        Rows with points in degrees (EPSG:4326).
    columns
        Which columns say what.
    """
    numbers = {"lon": table[columns.lon], "lat": table[columns.lat]}
    point = pd.DataFrame({name: pd.to_numeric(column, errors="coerce") for name, column in numbers.items()})
    there = point.notna().all(axis=1)
    table, point = table[there], point[there]
    days: Any = None if columns.date is None else [value or None for value in table[columns.date]]
    hints: Any = None if columns.country is None else [value or None for value in table[columns.country]]
    answers = gaz.resolve_many(table[list(columns.places)], country=hints, on=days)
    found = answers["place_id"].notna()
    placed = answers[found]
    given, gold = (frame[["lon", "lat"]].to_numpy("float64") for frame in (placed, point[found]))
    away = haversine_km(given[:, 0], given[:, 1], gold[:, 0], gold[:, 1])
    scored = pd.DataFrame(
        {
            "method": placed["method"].astype(str),
            "near": away <= NEAR_KM,
            "inside": away <= placed["radius_km"].to_numpy("float64") + _SLACK_KM,
            "right": away <= np.maximum(placed["radius_km"].to_numpy("float64"), RIGHT_KM),
            "radius": placed["radius_km"].to_numpy("float64"),
            "score": placed["score"].to_numpy("float64"),
        }
    )
    rows = [
        _figures("all", scored),
        *(_figures(str(method), part) for method, part in scored.groupby("method", sort=True)),
    ]
    reliability = {str(method): _reliability(part) for method, part in scored.groupby("method", sort=True)}
    statuses = {str(status): int(n) for status, n in answers["status"].astype(str).value_counts().items()}
    return TableScores(len(table), int(found.sum()), pd.DataFrame(rows), statuses, reliability)


def _figures(method: str, part: pd.DataFrame) -> dict[str, Any]:
    return {
        "method": method,
        "answers": len(part),
        "within_50km": part["near"].mean(),
        "inside_radius": part["inside"].mean(),
        "median_radius_km": part["radius"].median(),
        "mean_score": part["score"].mean(),
        "calibration_error": _reliability(part).error,
    }


def _reliability(part: pd.DataFrame) -> Reliability:
    found = Reliability()
    for score, right in zip(np.asarray(part["score"]).tolist(), np.asarray(part["right"]).tolist(), strict=True):
        found.add(float(score), bool(right))
    return found
