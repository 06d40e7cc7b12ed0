"""Read tables of corrections as overrides; one message names every fault."""

from __future__ import annotations

import csv
import hashlib
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gazetteer import GazetteerError
from geoevents.errors import ArgumentError, ReadError
from geoevents.frame.shape_depth import from_wkt
from geoevents.overrides.override import COLUMNS, NO_PLACE, Override, Overrides

if TYPE_CHECKING:
    from gazetteer import Gazetteer

__all__ = ["StrPath", "read_overrides"]

StrPath = str | os.PathLike[str]

# The faults that one message names.
_MOST_FAULTS = 12


def read_overrides(
    source: str | os.PathLike[str] | pd.DataFrame | Sequence[str | os.PathLike[str]], *, gazetteer: Gazetteer
) -> Overrides:
    """Read tables of overrides; where two files say something of one phrase, the later one wins.

    Parameters
    ----------
    source
        A CSV file, several, or a frame, with the column ``phrase`` and, as far as needed, the others of `COLUMNS`.
    gazetteer
        Knows the places and countries that the tables name.

    Raises
    ------
    ReadError
        When a file cannot be read, or a row is wrong; one message names every fault and where it stands.
    ArgumentError
        When `source` is of another type.

    Examples
    --------
    >>> import gazetteer, pandas as pd
    >>> table = pd.DataFrame({"phrase": ["the old depot"], "lon": [76.9], "lat": [43.2]})
    >>> len(read_overrides(table, gazetteer=gazetteer.load()))
    1
    """
    if isinstance(source, pd.DataFrame):
        rows = [{str(k): _text(v) for k, v in row.items()} for row in source.to_dict("records")]
        return Overrides(_checked([("overrides", rows)], gazetteer))
    if isinstance(source, str | os.PathLike):
        source = [source]
    if not isinstance(source, Iterable) or not all(isinstance(path, str | os.PathLike) for path in source):
        raise ArgumentError(f"Overrides: expected a frame or paths of CSV files, got {source!r:.60}.")
    paths = [Path(path) for path in source]
    tables = [(str(path), _read_csv(path)) for path in paths]
    hashes = tuple((path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths)
    return Overrides(_checked(tables, gazetteer), hashes)


def _text(value: object) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)


def _read_csv(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{k: v for k, v in row.items() if k is not None} for row in csv.DictReader(file)]
    except OSError as error:
        raise ReadError(f"{path}: expected a table of overrides to read: {error.strerror or error}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReadError(f"{path}: expected a CSV table in UTF-8, got something else ({error}).") from None


def _checked(
    tables: Sequence[tuple[str, list[dict[str, str]]]], gazetteer: Gazetteer
) -> dict[tuple[str, str | None], Override]:
    """Return the overrides of all tables, or say every fault in one message."""
    found: dict[tuple[str, str | None], Override] = {}
    faults: list[str] = []
    for name, rows in tables:
        here: dict[tuple[str, str | None], str] = {}
        if rows and "phrase" not in rows[0]:
            faults.append(f"{name}: expected a column named phrase, got {', '.join(rows[0])}")
            continue
        for number, row in enumerate(rows, start=2):
            line = f"{name}, line {number}"
            if not any(str(value).strip() for value in row.values() if value is not None) or _is_undecided(row):
                continue
            override = _override(row, line, gazetteer, faults)
            if override is None:
                continue
            if override.key in here:
                faults.append(f"{line}: {override.phrase!r} stands in {here[override.key]} already")
            here[override.key] = f"line {number}"
            found[override.key] = override
    if faults:
        more = f"; and {len(faults) - _MOST_FAULTS} more" if len(faults) > _MOST_FAULTS else ""
        raise ReadError(f"Overrides: {'; '.join(faults[:_MOST_FAULTS])}{more}.")
    return found


def _is_undecided(row: dict[str, str]) -> bool:
    """Return whether a row of a review's table is not filled in yet; the column ``rivals`` marks such a table."""
    return "rivals" in row and not any((row.get(name) or "").strip() for name in ("place_id", "lon", "lat", "wkt"))


def _override(row: dict[str, str], line: str, gazetteer: Gazetteer, faults: list[str]) -> Override | None:
    """Return one override; what is wrong with it is added to the faults."""
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    before = len(faults)
    if not cells["phrase"]:
        faults.append(f"{line}: expected a phrase, got an empty cell")
    lon, lat, radius = (_number(cells, name, line, faults) for name in ("lon", "lat", "radius_km"))
    ways = [bool(cells["place_id"]), lon is not None or lat is not None, bool(cells["wkt"])]
    if len(faults) == before and sum(ways) != 1:
        faults.append(f"{line}: expected one of place_id, lon and lat, or wkt, got {sum(ways)} of them")
    if ways[1] and (lon is None or lat is None):
        faults.append(f"{line}: expected both lon and lat, got one of them")
    country = _country(cells["country"], line, gazetteer, faults)
    if cells["place_id"]:
        _check_place(cells["place_id"], line, gazetteer, faults)
    if cells["wkt"]:
        _check_wkt(cells["wkt"], line, faults)
    if len(faults) > before:
        return None
    return Override(
        cells["phrase"], country, cells["place_id"] or None, lon, lat, radius, cells["wkt"] or None, cells["note"], line
    )


_LIMITS = {"lon": (-180.0, 180.0), "lat": (-90.0, 90.0), "radius_km": (0.0, 20_038.0)}


def _number(cells: dict[str, str], name: str, line: str, faults: list[str]) -> float | None:
    text, (least, most) = cells[name], _LIMITS[name]
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        faults.append(f"{line}: expected {name} between {least:g} and {most:g}, got {text!r}")
        return None
    return number


def _country(text: str, line: str, gazetteer: Gazetteer, faults: list[str]) -> str | None:
    if not text:
        return None
    place = gazetteer.country(text)
    if place is None:
        faults.append(f"{line}: expected a country or its code, got {text!r}")
        return None
    return place.country


def _check_place(place_id: str, line: str, gazetteer: Gazetteer, faults: list[str]) -> None:

    if place_id == NO_PLACE:
        return
    try:
        gazetteer.place(place_id)
    except GazetteerError:
        faults.append(f"{line}: expected the id of a place in the gazetteer or {NO_PLACE!r}, got {place_id!r}")


def _check_wkt(text: str, line: str, faults: list[str]) -> None:

    try:
        shape = from_wkt(text)
    except shapely.errors.GEOSException:
        shape = None
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        faults.append(f"{line}: expected a shape as well-known text (WKT), got {text[:40]!r}")
        return
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        faults.append(f"{line}: expected WKT in degrees, lon before lat, got {text[:40]!r}")
