"""A person's corrections: tables of overrides and located events enter; the events with the corrected places leave.

An override says where a place phrase is. It wins over everything that the gazetteer or the table says. Coordinates
are lon/lat in degrees, EPSG:4326; radii are kilometres.
"""

from __future__ import annotations

import csv
import hashlib
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer import GazetteerError, geodesy
from geoevents.errors import ArgumentError, ReadError
from geoevents.frame.provenance import KEY, missed
from geoevents.frame.schema import NEAR_KM, STATUSES, WHERE_PREC

if TYPE_CHECKING:
    import geopandas as gpd

    from gazetteer import Gazetteer

__all__ = ["COLUMNS", "NO_PLACE", "Override", "Overrides", "StrPath", "apply_overrides", "corrected", "read_overrides"]

StrPath = str | os.PathLike[str]

COLUMNS = ("phrase", "country", "place_id", "lon", "lat", "radius_km", "wkt", "note")
# What `place_id` says where a phrase is not a place.
NO_PLACE = "none"
# A point that a person clicked is as good as the map was: this far, unless the table says otherwise.
_CLICKED_KM = 5.0
_PLACE_COLUMNS = (
    "place_id",
    "place_name",
    "place_kind",
    "country",
    "admin1",
    "lon",
    "lat",
    "radius_km",
    "where_prec",
    "geometry",
)
# The commonest phrases without a place that the provenance keeps.
_MISSED = 10
# The faults that one message names.
_MOST_FAULTS = 12


@dataclass(frozen=True, slots=True)
class Override:
    """Where a place phrase is.

    Attributes
    ----------
    phrase
        The words as `place_query` has them; letters of either case and spaces do not matter.
    country
        ISO 3166-1 alpha-3, when the override holds in one country only; None holds everywhere.
    place_id
        A place of the gazetteer, or `NO_PLACE`; None when a point or a shape is given.
    lon, lat, radius_km
        A point and how far the place may lie from it.
    wkt
        A shape as well-known text.
    line
        Where it stands: ``file:line``.
    """

    phrase: str
    country: str | None
    place_id: str | None
    lon: float | None
    lat: float | None
    radius_km: float | None
    wkt: str | None
    note: str
    line: str

    @property
    def key(self) -> tuple[str, str | None]:
        """The phrase as it is compared, and the country."""
        return _folded(self.phrase), self.country


@dataclass(frozen=True, slots=True)
class Overrides:
    """Overrides by phrase and country, and the files they come from with their SHA-256."""

    by_key: dict[tuple[str, str | None], Override]
    files: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.by_key)

    def find(self, phrase: str, country: str | None) -> Override | None:
        """Return the override of a phrase: the one of its country, else the one of any country."""
        folded = _folded(phrase)
        return self.by_key.get((folded, country)) or self.by_key.get((folded, None))


def _folded(phrase: str) -> str:
    return " ".join(phrase.casefold().split())


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
        shape = shapely.from_wkt(text)
    except shapely.errors.GEOSException:
        shape = None
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        faults.append(f"{line}: expected a shape as well-known text (WKT), got {text[:40]!r}")
        return
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        faults.append(f"{line}: expected WKT in degrees, lon before lat, got {text[:40]!r}")


# Applying


def corrected(events: gpd.GeoDataFrame, overrides: Overrides, *, gazetteer: Gazetteer) -> gpd.GeoDataFrame:
    """Return located events with the overridden places; their provenance names the files, what was used and what not.

    An override of one country applies where the input says that country, or where the events lie in it.
    """
    facts = dict(events.attrs.get(KEY) or {})
    hint = _hinted(events, (facts.get("columns") or {}).get("country"), gazetteer)
    out, used = apply_overrides(events, overrides, gazetteer=gazetteer, country=hint)
    rows = int((out["match_method"].astype(object) == "override").sum())
    unused = [override.phrase for key, override in overrides.by_key.items() if key not in used]
    status = out["match_status"].astype(object)
    placed = out.loc[status != "unresolved", "place_kind"].astype(object)
    out.attrs = {
        **events.attrs,
        KEY: {
            **facts,
            "counts": {name: int((status == name).sum()) for name in STATUSES},
            "kinds": {str(kind): int(number) for kind, number in placed.value_counts().items()},
            "unresolved": missed(out, _MISSED),
            "overrides": {
                "files": [list(file) for file in overrides.files],
                "used": len(used),
                "rows": rows,
                "unused": unused,
            },
        },
    }
    return out


def _hinted(events: gpd.GeoDataFrame, country: object, gazetteer: Gazetteer) -> pd.Series:
    """Return the alpha-3 code of the country that each row's input says, else of the country it was placed in."""
    own: pd.Series = events["country"].astype(object)
    if not isinstance(country, str):
        return own
    name = next((name for name in (f"{country}_input", country) if name in events.columns), None)
    said = own.map(lambda _: country) if name is None else events[name].astype(object)
    places = {text: gazetteer.country(text) for text in said.dropna().unique() if isinstance(text, str)}
    codes: pd.Series = said.map(lambda text: place.country if (place := places.get(text)) else None)
    hinted: pd.Series = codes.where(codes.notna(), own)
    return hinted


def apply_overrides(
    events: gpd.GeoDataFrame, overrides: Overrides, *, gazetteer: Gazetteer, country: pd.Series | None = None
) -> tuple[gpd.GeoDataFrame, set[tuple[str, str | None]]]:
    """Return events with the overridden places, and the keys of the overrides that were used.

    Parameters
    ----------
    events
        An events frame; it is not changed.
    overrides
        As `read_overrides` returns them.
    gazetteer
        Holds the places that the overrides name.
    country
        What the input says of each row's country, alpha-3, where it says something; None takes the events' own.

    Returns
    -------
    events
        The same rows and index. An overridden row has ``match_method`` "override", ``match_status`` "matched"
        ("unresolved" where the phrase is not a place), ``match_score`` 1, and the override's note in ``match_note``.
    used
        Keys of `Overrides.by_key`.

    Examples
    --------
    >>> import gazetteer, geoevents as ge, pandas as pd
    >>> gaz = gazetteer.load()
    >>> events = ge.locate(pd.DataFrame({"place": ["the old depot", "Almaty"]}), gazetteer=gaz)
    >>> table = pd.DataFrame({"phrase": ["The old depot"], "lon": [76.9], "lat": [43.2], "radius_km": [2]})
    >>> corrected, used = apply_overrides(events, read_overrides(table, gazetteer=gaz), gazetteer=gaz)
    >>> corrected["match_method"].tolist(), corrected["where_prec"].tolist(), len(used)
    (['override', 'exact'], [1, 1], 1)
    """
    lands = events["country"].astype(object) if country is None else country.astype(object)
    queries = events["place_query"].astype(object)
    chosen: list[tuple[int, Override]] = []
    for row, (query, land) in enumerate(zip(queries, lands, strict=True)):
        override = overrides.find(query, land if isinstance(land, str) else None) if isinstance(query, str) else None
        if override is not None:
            chosen.append((row, override))
    if not chosen:
        return events, set()
    out = events.copy()
    if "match_note" not in out.columns:
        out.insert(out.columns.get_loc("match_method") + 1, "match_note", None)
    made: dict[tuple[tuple[str, str | None], object], dict[str, Any]] = {}
    values: dict[str, list[Any]] = {}
    for row, override in chosen:
        day = events["start"].iloc[row]
        at = (override.key, day)
        if at not in made:
            made[at] = _placed(override, day, gazetteer)
        for name, value in made[at].items():
            values.setdefault(name, []).append(value)
    rows = [row for row, _ in chosen]
    for name, column in values.items():
        _set(out, name, rows, column)
    return out, {override.key for _, override in chosen}


def _set(events: gpd.GeoDataFrame, name: str, rows: list[int], values: list[Any]) -> None:
    """Put values into a column by row numbers; the column keeps its type, a category grows."""
    column = events[name]
    if name == "geometry":
        shapes = column.to_numpy().copy()
        shapes[rows] = values
        events[name] = type(column)(shapes, index=events.index, crs=events.crs)
        return
    cells = column.astype(object).to_numpy().copy()
    cells[rows] = values
    fresh = pd.Series(cells, index=events.index, name=name)
    events[name] = fresh.astype("category" if isinstance(column.dtype, pd.CategoricalDtype) else column.dtype)


def _placed(override: Override, day: Any, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return the columns of a row that an override places."""
    on = None if pd.isna(day) else day.date()
    note = f"corrected: {override.note}" if override.note else "corrected"
    row: dict[str, Any] = {"match_method": "override", "match_score": 1.0, "match_note": note}
    if override.place_id == NO_PLACE:
        return {**row, **dict.fromkeys(_PLACE_COLUMNS), "match_status": "unresolved", "match_score": None}
    row["match_status"] = "matched"
    if override.place_id:
        place = gazetteer.place(override.place_id)
        shape = gazetteer.geometry(override.place_id, on=on)
        prec = WHERE_PREC.get(place.kind)
        if place.kind == "derived" and place.radius_km > NEAR_KM:
            prec = 5
        return {
            **row,
            "place_id": place.id,
            "place_name": place.name,
            "place_kind": place.kind,
            "country": place.country,
            "admin1": place.admin1,
            "lon": place.lon,
            "lat": place.lat,
            "radius_km": place.radius_km,
            "where_prec": prec,
            "geometry": shape,
        }
    return {**row, **_own_place(override, gazetteer)}


def _own_place(override: Override, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return the columns of a point or a shape that a person gave."""
    if override.wkt:
        shape: BaseGeometry = shapely.from_wkt(override.wkt)
        point = shapely.point_on_surface(shape)
        lon, lat = float(point.x), float(point.y)
        radius = override.radius_km if override.radius_km is not None else _reach(shape, lon, lat)
    else:
        assert override.lon is not None
        assert override.lat is not None
        lon, lat = override.lon, override.lat
        shape = shapely.Point(lon, lat)
        radius = _CLICKED_KM if override.radius_km is None else override.radius_km
    units = {place.kind: place for place in gazetteer.within(lon, lat)}
    digest = hashlib.sha256(shape.wkt.encode()).hexdigest()[:12]
    land, unit = units.get("country"), units.get("admin1")
    return {
        "place_id": f"override:{digest}",
        "place_name": override.phrase,
        "place_kind": "derived",
        "country": land.country if land else None,
        "admin1": unit.id.removeprefix("iso:") if unit else None,
        "lon": lon,
        "lat": lat,
        "radius_km": radius,
        "where_prec": 1 if radius <= NEAR_KM else 5,
        "geometry": shape,
    }


def _reach(shape: BaseGeometry, lon: float, lat: float) -> float:
    """Return how far a shape reaches from a point on it, km."""
    corners = shapely.get_coordinates(shape)
    return float(max(np.max(geodesy.haversine_km(lon, lat, corners[:, 0], corners[:, 1])), 0.1))
