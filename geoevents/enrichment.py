"""Codes and names of where events are: events enter; the same events with their units and time zone leave."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from geoevents.coordinates import COAST_KM
from geoevents.errors import ArgumentError, ColumnError
from geoevents.frame.columns import as_objects

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from geoevents.spatial.nearest import Nearest

__all__ = ["enrich"]

# The coarsest where_prec at which an event still has a unit of a level.
_KNOWN_TO = {"admin1": 4, "admin2": 3}
_NEAR_KM = 200.0  # the farthest town whose time zone says something


def enrich(
    events: gpd.GeoDataFrame, *, areas: gpd.GeoDataFrame | str | os.PathLike[str] | None = None
) -> gpd.GeoDataFrame:
    """Add the codes and names of each event's units, its UTM zone and its time zone.

    What a place's id tells is taken from there; else the event's point is looked up in the bundled layers, inside the
    country that is known. An event known only to a country gets no first-level unit, one known only to that no second.

    Parameters
    ----------
    events
        Events as `geoevents.locate` makes them; they are not changed.
    areas
        A layer of your own with codes, such as the P-codes of humanitarian data: every column whose name has
        ``pcode`` in it is taken from the area that holds the event's point, for events known to second-level units
        or better.

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
    ColumnError
        When the frame is no events frame, or has one of the new columns already.
    AreasError
        When `areas` are none.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> events = ge.locate(pd.DataFrame({"place": ["Aktau", "Kazakhstan"], "country": "KZ"}))
    >>> there = ge.enrich(events)
    >>> there[["country_iso2", "admin1", "utm_zone", "timezone"]].iloc[0].tolist()
    ['KZ', 'KZ-47', '39N', 'Asia/Aqtau']
    """
    import numpy as np

    from geoevents.frame.schema import is_events

    if not is_events(events):
        raise ArgumentError("Enrich: expected an events frame; use locate first.")
    out = events.copy(deep=False)
    lon, lat = (events[name].to_numpy(dtype="float64") for name in ("lon", "lat"))
    prec = events["where_prec"].to_numpy(dtype="float64", na_value=np.nan)
    kind = events["place_kind"].astype(object)
    no_unit = kind.isin(["country", "group", "region", "sea"]).to_numpy()
    country = _filled(events, "country", _at("country", lon, lat, "country"), prec <= 6)
    fine = (prec <= _KNOWN_TO["admin1"]) & ~no_unit
    admin1 = _filled(events, "admin1", _at("admin1", lon, lat, "admin1", inside=country), fine)
    out["country"], out["admin1"] = _text(country, events), _text(admin1, events)
    added: dict[str, Any] = {
        "country_name": _looked_up("country", "country", country, "unit_name"),
        "country_iso2": _looked_up("country", "country", country, "iso_a2"),
        "admin1_name": _looked_up("admin1", "admin1", admin1, "unit_name"),
        "admin1_geonames": _looked_up("admin1", "admin1", admin1, "geonames"),
    }
    second = _at("admin2", lon, lat, "unit_id", inside=country)
    second[~((prec <= _KNOWN_TO["admin2"]) & ~no_unit)] = None
    own = (kind == "admin2").to_numpy()
    second[own] = events["place_id"].astype(object).to_numpy()[own]
    added["admin2"] = second
    added["admin2_name"] = _looked_up("admin2", "unit_id", second, "unit_name")
    added["admin2_geonames"] = _looked_up("admin2", "unit_id", second, "geonames")
    added["utm_zone"] = _utm_zones(lon, lat)
    added["timezone"] = _time_zones(events, lon, lat, country, admin1, fine & (kind != "admin1").to_numpy())
    if areas is not None:
        added |= _pcodes(events, areas, (prec <= _KNOWN_TO["admin2"]) & ~no_unit)
    _add(out, added)
    out.attrs = dict(events.attrs)
    return out


def _add(out: gpd.GeoDataFrame, added: dict[str, Any]) -> None:
    there = [name for name in added if name in out.columns]
    if there:
        raise ColumnError(f"Enrich: expected events without the columns it adds, but {', '.join(there)} is there.")
    for name, values in added.items():
        out.insert(len(out.columns) - 1, name, _text(values, out))


def _text(values: NDArray[np.object_], like: pd.DataFrame) -> pd.Series:
    import pandas as pd

    return pd.Series(values, index=like.index, dtype="str")


@lru_cache(maxsize=8)
def _layer(name: str) -> tuple[pd.DataFrame, Any]:
    """Return a bundled layer's table with ids, and what finds the number of a point's unit."""
    import numpy as np

    from geoevents.joins.units import Units
    from geoevents.layers import areas

    frame = areas(name)
    if "valid_to" in frame:
        frame = frame[frame["valid_to"].isna()].reset_index(drop=True)
    polygons = frame.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
    rows = np.flatnonzero(polygons)
    units = Units.from_frame(frame[polygons])
    table = frame.drop(columns="geometry").rename(columns={"id": "unit_id", "name": "unit_name"})
    table["geonames"] = table["geonames"].astype("string")
    return table, (units, rows)


def _at(
    layer: str,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    column: str,
    inside: NDArray[np.object_] | None = None,
) -> NDArray[np.object_]:
    """Return a column's values of the units that hold points; None where there is none, or in another country."""
    import numpy as np

    table, (units, rows) = _layer(layer)
    found = units.containing_or_nearest(lon, lat, COAST_KM)
    held = found >= 0
    values = np.full(len(lon), None, dtype=object)
    at = rows[found[held]]
    values[held] = as_objects(table[column])[at]
    if inside is not None:
        theirs = np.full(len(lon), None, dtype=object)
        theirs[held] = as_objects(table["country"])[at]
        values[(theirs != inside) & np.array([c is not None for c in inside], dtype=bool)] = None
    return values


def _filled(
    events: gpd.GeoDataFrame, name: str, found: NDArray[np.object_], fine: NDArray[np.bool_]
) -> NDArray[np.object_]:
    import numpy as np

    own = as_objects(events[name])
    bare = np.array([value is None for value in own], dtype=bool) & fine
    return np.where(bare, found, own)


def _looked_up(layer: str, key: str, values: NDArray[np.object_], column: str) -> NDArray[np.object_]:
    """Return a column's values of the units that have the given keys."""
    import pandas as pd

    table, _ = _layer(layer)
    known = table[table[key].notna()].drop_duplicates(key).set_index(key)[column].astype(object)
    return as_objects(pd.Series(values, dtype=object).map(known))


def _utm_zones(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return zones with their hemisphere, those widened for Norway and Svalbard too."""
    import numpy as np

    known = np.isfinite(lon) & (lat <= 84) & (lat >= -80)
    x, y = np.nan_to_num(lon), np.nan_to_num(lat)
    zone = np.minimum(np.floor((x + 180) / 6), 59).astype("int64") + 1
    zone[(y >= 56) & (y < 64) & (x >= 3) & (x < 12)] = 32
    north = (y >= 72) & (x >= 0) & (x < 42)
    zone[north] = np.array([31, 33, 35, 37])[np.searchsorted([9, 21, 33], x[north], side="right")]
    out = np.full(len(lon), None, dtype=object)
    out[known] = [f"{n}{'N' if up else 'S'}" for n, up in zip(zone[known], y[known] >= 0, strict=True)]
    return out


@lru_cache(maxsize=1)
def _towns() -> tuple[pd.DataFrame, Nearest]:
    from geoevents.layers import areas
    from geoevents.spatial.nearest import Nearest

    towns = areas("cities")
    towns = towns[towns["timezone"].notna()].reset_index(drop=True)
    return towns.drop(columns="geometry"), Nearest(towns.geometry.array)


def _time_zones(
    events: gpd.GeoDataFrame,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    country: NDArray[np.object_],
    admin1: NDArray[np.object_],
    points: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """Return the zone of the town that an event is in, of the nearest one, or of a unit whose towns share one."""
    import numpy as np
    import pandas as pd

    towns, nearest = _towns()
    by_id = towns.set_index("id")["timezone"].astype(object)
    zone: NDArray[np.object_] = events["place_id"].astype(object).map(by_id).to_numpy(dtype=object)
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
    events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | str | os.PathLike[str], fine: NDArray[np.bool_]
) -> dict[str, NDArray[np.object_]]:
    import numpy as np

    from geoevents.joins.units import Units, prepare_units

    lon, lat = (events[name].to_numpy(dtype="float64") for name in ("lon", "lat"))
    ready = prepare_units(areas)
    units = ready if isinstance(ready, Units) else Units.for_grid(ready, lon, lat, np.empty(0, dtype=object))
    names = [name for name in units.table.columns if "pcode" in str(name).lower()]
    if not names:
        raise ColumnError(f"P-codes: expected a column with 'pcode' in its name, got {', '.join(units.table.columns)}.")
    found = np.where(fine, units.containing(lon, lat), -1)
    codes = {str(name): as_objects(units.table[name])[found] for name in names}
    for values in codes.values():
        values[found < 0] = None
    return codes
