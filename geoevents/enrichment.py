"""Add codes and names of units, and time zones, to events."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

import gazetteer as package
from gazetteer import Gazetteer
from geoevents.coordinates import COAST_KM
from geoevents.errors import ArgumentError, ColumnError
from geoevents.frame.columns import as_objects
from geoevents.frame.schema import is_events
from geoevents.joins.areas.prepared import prepare_units
from geoevents.joins.areas.units import Units
from geoevents.joins.periods import as_day_or_start
from geoevents.layers import LAYERS
from geoevents.spatial.nearest import Nearest

__all__ = ["enrich"]

# The coarsest where_prec at which an event still has a unit of a level.
_KNOWN_TO = {"admin1": 4, "admin2": 3}
# The farthest town whose time zone an event takes: beyond lie open sea, desert and ice, whose zone no town tells.
_NEAR_KM = 200.0


def enrich(
    events: gpd.GeoDataFrame,
    *,
    areas: gpd.GeoDataFrame | str | os.PathLike[str] | None = None,
    on: str | date | None = None,
    gazetteer: Gazetteer | None = None,
) -> gpd.GeoDataFrame:
    """Add the codes and names of each event's units, its UTM zone and its time zone.

    What a place's id tells is taken from there. Otherwise the event's point is looked up in the layers of its day,
    inside the country that is known. An event known only to a country gets no first-level unit, one known only to a
    first-level unit no second-level unit.

    Parameters
    ----------
    events
        Events as `geoevents.locate` makes them; they are not changed.
    areas
        A layer of your own with codes, such as the P-codes of humanitarian data. Every column whose name has ``pcode``
        in it is taken from the area that holds the event's point, for events known to second-level units or better.
    on
        ``start`` takes the units that were valid on each event's first day (today's for events without a date), a day
        takes those of that day. None is ``start``.
    gazetteer
        The gazetteer whose layers are used, the one that placed the events; None takes the bundled one.

    Returns
    -------
    geopandas.GeoDataFrame
        The events' columns, ``country`` and ``admin1`` filled where they were empty, then ``country_name``,
        ``country_iso2``, ``admin1_name``, ``admin1_geonames``, ``admin2`` (an id of the gazetteer), ``admin2_name``,
        ``admin2_geonames``, ``utm_zone`` (``39N``; empty beyond 84° N and 80° S), ``timezone`` (IANA; of an area only
        where all its towns share one) and the P-codes. Where only a part of the world's second level is drawn,
        ``admin2`` is empty elsewhere.

    Raises
    ------
    ArgumentError
        When the frame is not an events frame, or `on` is neither ``start`` nor a day.
    ColumnError
        When the frame has one of the new columns already, or `areas` has no column of P-codes.
    AreasError
        When `areas` cannot be used.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> events = ge.locate(pd.DataFrame({"place": ["Aktau", "Kazakhstan"], "country": "KZ"}))
    >>> there = ge.enrich(events)
    >>> there[["country_iso2", "admin1", "utm_zone", "timezone"]].iloc[0].tolist()
    ['KZ', 'KZ-47', '39N', 'Asia/Aqtau']
    """
    if not is_events(events):
        raise ArgumentError("Enrich: expected an events frame; use locate first.")
    known = package.load() if gazetteer is None else gazetteer
    distinct, group = np.unique(_days(events, known, on), return_inverse=True)
    if len(distinct) < 2:
        return _enriched(events, areas, known, distinct[0].item() if len(distinct) else date.today())
    rows = [np.flatnonzero(group == i) for i in range(len(distinct))]
    parts = [_enriched(events.iloc[at], areas, known, day.item()) for at, day in zip(rows, distinct, strict=True)]
    out = pd.concat(parts).iloc[np.argsort(np.concatenate(rows), kind="stable")]
    out.attrs = dict(events.attrs)
    return out


def _days(events: gpd.GeoDataFrame, gazetteer: Gazetteer, on: str | date | None) -> NDArray[np.datetime64]:
    """Return for each event a day on which the units are those of its own day: the same one between two changes."""
    day = as_day_or_start(on)
    if day is not None and not isinstance(day, str):
        return np.full(len(events), day)
    units = prepare_units("admin1", gazetteer=gazetteer)
    start = events["start"].to_numpy(dtype="datetime64[D]")
    start = np.where(np.isnat(start), np.datetime64("today", "D"), start)
    if not isinstance(units, Units) or units.since is None:
        return np.full(len(events), np.datetime64("today", "D"))
    changes = np.concatenate([units.changes[:1] - np.timedelta64(1, "D"), units.changes])
    return np.asarray(changes[units.epochs_of(start)])


def _enriched(
    events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | str | os.PathLike[str] | None, known: Gazetteer, day: date
) -> gpd.GeoDataFrame:
    countries, first, second = (_layer(known, name, day) for name in ("country", "admin1", "admin2"))
    out = events.copy(deep=False)
    lon, lat = (events[name].to_numpy(dtype="float64") for name in ("lon", "lat"))
    prec = events["where_prec"].to_numpy(dtype="float64", na_value=np.nan)
    kind = events["place_kind"].astype(object)
    in_unit = ~kind.isin(["country", "group", "region", "sea"]).to_numpy()
    in_first, in_second = (in_unit & (prec <= _KNOWN_TO[level]) for level in ("admin1", "admin2"))
    country = _filled(events, "country", countries.at(lon, lat, "country"), prec <= 6)
    admin1 = _filled(events, "admin1", first.at(lon, lat, "admin1", inside=country), in_first)
    admin2 = second.at(lon, lat, "unit_id", inside=country)
    admin2[~in_second] = None
    is_second = (kind == "admin2").to_numpy()
    admin2[is_second] = as_objects(events["place_id"])[is_second]
    out["country"], out["admin1"] = _text(country, events), _text(admin1, events)
    added: dict[str, Any] = {
        "country_name": countries.of("country", country, "unit_name"),
        "country_iso2": countries.of("country", country, "iso_a2"),
        "admin1_name": first.of("admin1", admin1, "unit_name"),
        "admin1_geonames": first.of("admin1", admin1, "geonames"),
        "admin2": admin2,
        "admin2_name": second.of("unit_id", admin2, "unit_name"),
        "admin2_geonames": second.of("unit_id", admin2, "geonames"),
        "utm_zone": _utm_zones(lon, lat),
        "timezone": _time_zones(events, known, lon, lat, country, admin1, in_first & (kind != "admin1").to_numpy()),
    }
    if areas is not None:
        added |= _pcodes(events, areas, in_second, known)
    _add(out, added)
    out.attrs = dict(events.attrs)
    return out


def _add(out: gpd.GeoDataFrame, added: dict[str, Any]) -> None:
    """Insert columns before the geometry."""
    there = [name for name in added if name in out.columns]
    if there:
        raise ColumnError(f"Enrich: expected events without the columns it adds, but {', '.join(there)} is there.")
    for name, values in added.items():
        out.insert(len(out.columns) - 1, name, _text(values, out))


def _text(values: NDArray[np.object_], like: pd.DataFrame) -> pd.Series:
    return pd.Series(values, index=like.index, dtype="str")


@dataclass(frozen=True)
class _Layer:
    """A layer of a gazetteer: its table, and its polygons ready to be asked what holds a point.

    Attributes
    ----------
    rows
        The rows of `table` that the polygons of `units` are of.
    """

    table: pd.DataFrame
    units: Units
    rows: NDArray[np.intp]

    def at(
        self,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        column: str,
        inside: NDArray[np.object_] | None = None,
    ) -> NDArray[np.object_]:
        """Return a column's values of the units that hold points; None where there is none, or in another country."""
        found = self.units.containing_or_nearest(lon, lat, COAST_KM)
        held = found >= 0
        row = self.rows[found[held]]
        values = np.full(len(lon), None, dtype=object)
        values[held] = as_objects(self.table[column])[row]
        if inside is not None:
            theirs = np.full(len(lon), None, dtype=object)
            theirs[held] = as_objects(self.table["country"])[row]
            values[(theirs != inside) & np.array([c is not None for c in inside], dtype=bool)] = None
        return values

    def of(self, key: str, values: NDArray[np.object_], column: str) -> NDArray[np.object_]:
        """Return a column's values of the units that have the given keys."""
        known = self.table[self.table[key].notna()].drop_duplicates(key).set_index(key)[column].astype(object)
        return as_objects(pd.Series(values, dtype=object).map(known))


@lru_cache(maxsize=16)
def _layer(gazetteer: Gazetteer, name: str, day: date) -> _Layer:
    frame = gazetteer.layer(LAYERS[name], on=day).reset_index(drop=True)
    polygons = frame.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
    table = frame.drop(columns="geometry").rename(columns={"id": "unit_id", "name": "unit_name"})
    table["geonames"] = table["geonames"].astype("string")
    units = Units.from_frame(frame[polygons]).regardless_of_days()
    return _Layer(table, units, np.flatnonzero(polygons))


def _filled(
    events: gpd.GeoDataFrame, name: str, found: NDArray[np.object_], fine: NDArray[np.bool_]
) -> NDArray[np.object_]:
    """Return a column with its empty cells filled where the event is known finely enough."""
    own = as_objects(events[name])
    bare = np.array([value is None for value in own], dtype=bool) & fine
    return np.where(bare, found, own)


def _utm_zones(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return zones with their hemisphere, those widened for Norway and Svalbard too."""
    known = np.isfinite(lon) & (lat <= 84) & (lat >= -80)
    x, y = np.nan_to_num(lon), np.nan_to_num(lat)
    zone = np.minimum(np.floor((x + 180) / 6), 59).astype("int64") + 1
    zone[(y >= 56) & (y < 64) & (x >= 3) & (x < 12)] = 32
    north = (y >= 72) & (x >= 0) & (x < 42)
    zone[north] = np.array([31, 33, 35, 37])[np.searchsorted([9, 21, 33], x[north], side="right")]
    out = np.full(len(lon), None, dtype=object)
    out[known] = [f"{n}{'N' if up else 'S'}" for n, up in zip(zone[known], y[known] >= 0, strict=True)]
    return out


@lru_cache(maxsize=4)
def _towns(gazetteer: Gazetteer) -> tuple[pd.DataFrame, Nearest]:
    """Return the towns with a time zone, and what finds the nearest of them."""
    towns = gazetteer.layer("cities")
    towns = towns[towns["timezone"].notna()].reset_index(drop=True)
    return towns.drop(columns="geometry"), Nearest(towns.geometry.array)


def _time_zones(
    events: gpd.GeoDataFrame,
    gazetteer: Gazetteer,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    country: NDArray[np.object_],
    admin1: NDArray[np.object_],
    points: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """Return the zone of the town that an event is in, of the nearest one, or of a unit whose towns share one."""
    towns, nearest = _towns(gazetteer)
    by_id = towns.set_index("id")["timezone"].astype(object)
    zone = as_objects(events["place_id"].astype(object).map(by_id))
    left = np.flatnonzero(points & pd.isna(zone) & np.isfinite(lon))
    code, at = pd.factorize(lon[left] + 1j * lat[left])
    found, _ = nearest.of(at.real, at.imag, within_km=_NEAR_KM)
    near = as_objects(towns["timezone"])[found]
    near[found < 0] = None
    zone[left] = near[code]
    for key, values in (("admin1", admin1), ("country", country)):
        zones = towns[towns[key].notna()].groupby(key)["timezone"].agg(["first", "nunique"])
        sole = zones.loc[zones["nunique"] == 1, "first"].astype(object)
        unit = pd.Series(values, dtype=object).map(sole).to_numpy(dtype=object)
        bare = pd.isna(zone) & ~points
        zone[bare] = unit[bare]
    zone[pd.isna(zone)] = None
    return zone


def _pcodes(
    events: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | str | os.PathLike[str],
    fine: NDArray[np.bool_],
    gazetteer: Gazetteer,
) -> dict[str, NDArray[np.object_]]:
    """Return the columns of P-codes of the areas that hold events."""
    lon, lat = (events[name].to_numpy(dtype="float64") for name in ("lon", "lat"))
    ready = prepare_units(areas, gazetteer=gazetteer)
    units = ready if isinstance(ready, Units) else Units.for_grid(ready, lon, lat, np.empty(0, dtype=object))
    names = [name for name in units.table.columns if "pcode" in str(name).lower()]
    if not names:
        raise ColumnError(f"P-codes: expected a column with 'pcode' in its name, got {', '.join(units.table.columns)}.")
    found = np.where(fine, units.containing(lon, lat), -1)
    codes = {str(name): as_objects(units.table[name])[found] for name in names}
    for values in codes.values():
        values[found < 0] = None
    return codes
