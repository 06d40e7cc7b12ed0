"""Units onto events: an events frame and areas enter; the events with their units leave, none lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from geoevents.errors import AreasError, ColumnError
from geoevents.joins.event_extents import Places, points_of, share_out
from geoevents.joins.units import Units, units_of

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["join"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def join(
    events: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | str | os.PathLike[str],
    how: Literal["within", "allocate", "nearest"] = "within",
    *,
    weight: str | None = None,
    within_km: float | None = None,
) -> gpd.GeoDataFrame:
    """Find the unit of every event, or its shares in several.

    An event known to an area (a polygon or line as geometry) or to a ``radius_km`` around its point may lie anywhere
    in it, everywhere equally likely; any other lies at its point. Where events and areas both have ISO codes in
    ``country`` (alpha-3) or ``admin1`` (3166-2), as those that were located and the bundled layers do, a unit with
    another code than such an event's is out of the question.

    Parameters
    ----------
    events
        A GeoDataFrame with a CRS, such as `geoevents.locate` makes; it is not changed.
    areas
        Polygons: a GeoDataFrame, a file, or a name that `geoevents.areas` knows: ``admin1``, ``group:csto``,
        ``h3:5``. Of a bundled layer only the polygons of today are taken. For ``nearest`` points and lines do too.
    how
        ``within``
            A row an event: the unit that holds its point; for an event that is an area or a line, or whose point
            lies in no unit, the unit with the largest share. A point on a border, or where areas overlap, goes to
            the smallest of its units, of equals to the first; in a grid of squares to the cell north and east.
        ``allocate``
            A row an event and unit it may lie in, with weights that sum to 1 an event.
        ``nearest``
            A row an event: the unit nearest to its point by geodesic distance, 0 km for one that holds it.
    weight
        For ``allocate``: a column of `areas`, such as population, taken as spread evenly over each unit; None
        shares out by area (lines by length).
    within_km
        For ``nearest``: what is farther is no unit.

    Returns
    -------
    geopandas.GeoDataFrame
        The events' columns under their index; then ``unit_id`` (the areas' ``id`` where it is unique, else their
        index), ``unit_name`` and the areas' other columns, under ``<name>_unit`` where the name is taken; and
        ``unit_share``, the probability that the event lies in this unit (``within``), ``weight`` (``allocate``, each
        index once a unit) or ``distance_km`` (``nearest``). An event in no unit or without a place has one row with
        an empty ``unit_id`` (and weight 1).

    Raises
    ------
    ColumnError
        When the events have no geometry or no CRS, or `weight` is no column of numbers.
    AreasError
        When the areas have no CRS, hold no polygon or nothing at all, or an option does not fit `how`.
    ReadError
        When a file of areas cannot be read.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> events = ge.locate(pd.DataFrame({"place": ["Aktau", "Kazakhstan"], "country": "KZ"}))
    >>> ge.join(events, "country")["unit_name"].tolist()
    ['Kazakhstan', 'Kazakhstan']
    >>> shared = ge.join(events, "admin1", how="allocate")
    >>> shared.groupby(level=0)["weight"].sum().round(9).tolist()
    [1.0, 1.0]
    """
    if how not in ("within", "allocate", "nearest"):
        raise AreasError(f"How: expected one of within, allocate, nearest; got {how!r}.")
    if weight is not None and how != "allocate":
        raise AreasError(f"Weight: expected none with how={how!r}; it says how to allocate.")
    if within_km is not None and (how != "nearest" or not within_km >= 0):
        raise AreasError(f"Within km: expected a distance of 0 or more with how='nearest', got {within_km} ({how}).")
    if how == "nearest":
        return _nearest(events, areas, within_km)
    places = Places.of(events)
    units = units_of(areas, lon=places.lon, lat=places.lat, shapes=places.shapes)
    if how == "within":
        from geoevents.joins.within import within

        unit, share = within(places, units)
        return with_units(
            events, units, np.arange(len(events)), unit[places.event], {"unit_share": share[places.event]}
        )
    row, unit, weights = allocate(places, units, weight)
    return with_units(events, units, row, unit, {"weight": weights})


def allocate(places: Places, units: Units, weight: str | None) -> tuple[Ints, Ints, Floats]:
    """Return row numbers of events (ascending), numbers of units (-1 for none) and weights that sum to 1 an event."""
    shares = share_out(places, units, weight=None if weight is None else _weights(units, weight))
    m = len(places.lon)
    count = np.bincount(shares.place, minlength=m)
    first = np.cumsum(count) - count
    rows = np.maximum(count, 1)[places.event]
    row = np.repeat(np.arange(len(places.event)), rows)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(rows) - rows, rows)
    place = places.event[row]
    unit, weights = np.full(len(row), -1, dtype=np.int64), np.ones(len(row))
    shared = count[place] > 0
    at = (first[place] + nth)[shared]
    unit[shared], weights[shared] = shares.unit[at], shares.share[at]
    return row, unit, weights


def _weights(units: Units, name: str) -> Floats:
    import pandas as pd

    if name not in units.table.columns or not pd.api.types.is_numeric_dtype(units.table[name]):
        there = ", ".join(c for c in units.table.columns if pd.api.types.is_numeric_dtype(units.table[c]))
        raise ColumnError(f"Weight: expected a column of numbers of the areas ({there or 'none there'}), got {name!r}.")
    weights = units.table[name].to_numpy(dtype=np.float64, na_value=np.nan)
    if (weights < 0).any() or np.isinf(weights).any():
        raise ColumnError(f"Weight: expected numbers of 0 or more in {name!r}, got others.")
    return weights


def _nearest(
    events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | str | os.PathLike[str], within_km: float | None
) -> gpd.GeoDataFrame:
    import pandas as pd

    lon, lat = points_of(events)
    code, points = pd.factorize(lon + 1j * lat, use_na_sentinel=False)
    lon, lat = points.real, points.imag
    units = units_of(areas, lon=lon, lat=lat, shapes=np.empty(0, dtype=object), any_shape=True)
    unit = units.of(lon, lat)
    km = np.where(unit >= 0, 0.0, np.nan)
    outside = np.flatnonzero(unit < 0)
    if len(outside):
        unit[outside], km[outside] = units.nearest.of(lon[outside], lat[outside], within_km=within_km)
    return with_units(events, units, np.arange(len(events)), unit[code], {"distance_km": km[code]})


def with_units(
    events: gpd.GeoDataFrame, units: Units, row: Ints, unit: Ints, added: dict[str, Any]
) -> gpd.GeoDataFrame:
    """Return rows of events with the columns of units beside them, empty where the unit's number is -1."""
    from pandas.api.extensions import take

    # A shallow copy: what is not changed is shared with the caller's frame.
    out = events.copy(deep=False) if np.array_equal(row, np.arange(len(events))) else events.iloc[row]
    theirs = {name: take(units.table[name].array, unit, allow_fill=True) for name in units.table.columns}
    taken = {*out.columns, *added}
    for name, values in {**theirs, **added}.items():
        free = str(name)
        while name in theirs and free in taken:
            free += "_unit"
        taken.add(free)
        out.insert(len(out.columns) - (out.columns[-1] == out.geometry.name), free, values)
    out.attrs = dict(events.attrs)
    return out
