"""Find the units of every event; no event is lost."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoevents.errors import ArgumentError, ColumnError
from geoevents.frame.columns import as_objects
from geoevents.joins.areas.prepared import prepare_units
from geoevents.joins.areas.units import Units
from geoevents.joins.extents.event_extents import Places, points_of
from geoevents.joins.periods import as_day, as_day_or_start
from geoevents.joins.shares.by_geometry import share_out
from geoevents.joins.shares.by_raster import is_raster, share_by_raster
from geoevents.joins.shares.within import within

if TYPE_CHECKING:
    from gazetteer import Gazetteer
    from geoevents.spatial.grids import Grid

__all__ = ["Placed", "allocate", "join", "place_among", "units_and_places", "with_units"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Day = str | date


def join(
    events: gpd.GeoDataFrame,
    areas: Units | gpd.GeoDataFrame | str | os.PathLike[str],
    how: Literal["within", "allocate", "nearest"] = "within",
    *,
    weight: str | os.PathLike[str] | None = None,
    within_km: float | None = None,
    on: Day | None = None,
    to: Day | None = None,
    renormalize: bool = False,
    gazetteer: Gazetteer | None = None,
) -> gpd.GeoDataFrame:
    """Find the unit of every event, or its shares in several.

    An event known to an area (a polygon or line as geometry) may lie anywhere in it, everywhere equally likely; one
    with a ``radius_km`` lies around its point as the kernel in `geoevents.joins.extents.kernel` says; any other lies at
    its point. Coordinates and shapes decide. Where the words name a place that the gazetteer lists in a unit, and
    events and areas both have ISO codes in ``country`` (alpha-3) or ``admin1`` (3166-2), units with other codes are out
    of the question, as long as a part of the place lies in a unit with its code. What is worked out from other places
    ("100 km east of Kabul"), and what comes with coordinates, is where its geometry is; a country that contradicts the
    point is told in ``match_note``.

    Parameters
    ----------
    events
        A GeoDataFrame with a CRS, such as `geoevents.locate` makes; it is not changed.
    areas
        Polygons: a GeoDataFrame, a file, or a name that `geoevents.areas` knows: ``admin1``, ``group:csto``,
        ``h3:5``. For ``nearest`` points and lines do too.
    how
        ``within``
            A row an event: the unit that holds its point; for an event that is an area or a line the one with the
            largest share, and none where most of it lies in none; for a point with a radius that lies in no unit the
            one with the largest share. A point on a border, or where areas overlap, goes to the smallest of its
            units, of equals to the first; in a grid of squares to the cell north and east.
        ``allocate``
            A row an event and unit it may lie in, with weights that sum to 1 an event. What of it may lie in no unit,
            at sea or abroad, has a row with an empty ``unit_id``.
        ``nearest``
            A row an event: the unit nearest to its point by geodesic distance, 0 km for one that holds it.
    weight
        For ``allocate``: a column of `areas`, such as population, taken as spread evenly over each unit; a unit
        without a number counts as dense as the others together. Or a raster's file, such as ``population.tif``: each
        part of a place counts by the people on it. None shares out by area (lines by length).
    within_km
        For ``nearest``: the most kilometres to a unit.
    on
        ``start`` takes the units that were valid on each event's first day (today's for events without a date), a day
        takes those of that day. None is ``start`` for a bundled layer where the events have a column ``start``, and
        today for a bundled layer where they have none; of other areas it takes all. A frame of areas has its days
        in the columns ``valid_from`` and ``valid_to``.
    to
        A day: events of all days get the units of this day, so that units stay the same over time. What is known only
        to a unit that has changed since is shared out over its successors by area, or by `weight`; the shares are the
        weights. ``unit_then`` is the unit of the event's own day.
    renormalize
        Whether what lies in no unit counts for nothing, and the rest sums to 1, as long as a part lies in a unit.
    gazetteer
        Whose layer a name means; None takes the bundled gazetteer.

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
    ArgumentError
        When an option is not one of those expected, or does not fit `how`.
    ColumnError
        When the events have no geometry or no CRS, or `weight` is not a column of numbers.
    AreasError
        When the areas have no CRS, hold no polygon or nothing at all.
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
        raise ArgumentError(f"How: expected one of within, allocate, nearest; got {how!r}.")
    if weight is not None and how != "allocate":
        raise ArgumentError(f"Weight: expected none with how={how!r}; it says how to allocate.")
    if within_km is not None and (how != "nearest" or not within_km >= 0):
        raise ArgumentError(f"Within km: expected a distance of 0 or more with how='nearest', got {within_km} ({how}).")
    if how == "nearest":
        return _nearest(events, areas, within_km, as_day_or_start(on), gazetteer)
    placed = place_among(events, areas, how, weight=weight, on=on, to=to, renormalize=renormalize, gazetteer=gazetteer)
    added: dict[str, Any] = {}
    if to is not None:
        then = place_among(events, areas, "within", on=on, gazetteer=gazetteer)
        added["unit_then"] = _ids(then)[placed.row]
    added["unit_share" if how == "within" else "weight"] = placed.share
    return with_units(placed.noted(events), placed.units, placed.row, placed.unit, added)


@dataclass(frozen=True)
class Placed:
    """Events among units: row numbers of events (ascending), numbers of units (-1 for none) and shares.

    ``contradicts`` has for each event the country of its point's unit where the event's own country contradicts it.
    """

    units: Units
    row: Ints
    unit: Ints
    share: Floats
    contradicts: NDArray[np.object_]

    def noted(self, events: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return the events, with a note for those whose country contradicts their point."""
        if "country" not in events.columns:
            return events
        contradicted = np.flatnonzero(pd.notna(self.contradicts))
        if not len(contradicted):
            return events
        own, notes = as_objects(events["country"]), np.full(len(events), None, dtype=object)
        if "match_note" in events.columns:
            notes = as_objects(events["match_note"]).copy()
        for i in contradicted:
            note = f"country {own[i]}, but the point lies in {self.contradicts[i]}"
            notes[i] = f"{notes[i]}; {note}" if notes[i] else note
        out = events.copy(deep=False)
        column = pd.Series(notes, index=events.index, dtype="str")
        if "match_note" in out.columns:
            out["match_note"] = column
        else:
            out.insert(len(out.columns) - (out.columns[-1] == out.geometry.name), "match_note", column)
        return out


def place_among(
    events: gpd.GeoDataFrame,
    areas: Units | gpd.GeoDataFrame | str | os.PathLike[str],
    how: str,
    *,
    weight: str | os.PathLike[str] | None = None,
    on: Day | None = None,
    to: Day | None = None,
    renormalize: bool = False,
    gazetteer: Gazetteer | None = None,
    ready: Units | Grid | None = None,
) -> Placed:
    """Find where events lie among areas, or among those made ready before; parameters and errors as in `join`."""
    units, places = units_and_places(events, areas, on=on, to=to, gazetteer=gazetteer, ready=ready)
    if how == "within":
        unit, share, contradicts = within(places, units, renormalize=renormalize)
        event = places.event
        return Placed(units, np.arange(len(event)), unit[event], share[event], contradicts[event])
    return allocate(places, units, weight, renormalize=renormalize)


def units_and_places(
    events: gpd.GeoDataFrame,
    areas: Units | gpd.GeoDataFrame | str | os.PathLike[str],
    *,
    on: Day | None = None,
    to: Day | None = None,
    gazetteer: Gazetteer | None = None,
    ready: Units | Grid | None = None,
) -> tuple[Units, Places]:
    """Return the units that count and the distinct places of events; parameters and errors as in `join`."""
    day = None if to is None else as_day(to, what="To")
    when = as_day_or_start(on) if day is None else day
    ready = prepare_units(areas, gazetteer=gazetteer) if ready is None else ready
    if isinstance(ready, Units):
        units, epoch = _dated(ready, events, when)
        return units, Places.of(events, epoch)
    places = Places.of(events)
    return Units.for_grid(ready, places.lon, places.lat, places.reach()), places


def _dated(units: Units, events: gpd.GeoDataFrame, on: np.datetime64 | str | None) -> tuple[Units, Ints | None]:
    """Return the units that count, and in which of their epochs each event lies."""
    has_dates = "start" in getattr(events, "columns", ()) and pd.api.types.is_datetime64_any_dtype(events["start"])
    if isinstance(on, str) and not has_dates:
        raise ArgumentError("On: expected events with dates in the column start, got none; use locate with a date.")
    if units.since is None:
        return units, None
    if on is None and not units.bundled:
        return units.regardless_of_days(), None
    if on is None:
        on = "start" if has_dates else np.datetime64("today", "D")
    if isinstance(on, str):
        start = pd.to_datetime(events["start"]).dt.tz_localize(None)
        return units, units.epochs_of(start.to_numpy(dtype="datetime64[D]"))
    return units.on(on), None


def allocate(
    places: Places, units: Units, weight: str | os.PathLike[str] | None, *, renormalize: bool = False
) -> Placed:
    """Return the shares of events in units, weights that sum to 1 an event."""
    if is_raster(weight):
        shares = share_by_raster(places, units, str(weight))
    else:
        weights = None if weight is None else _weights(units, str(weight))
        shares = share_out(places, units, weight=weights, renormalize=renormalize)
    count = np.bincount(shares.place, minlength=len(places.lon))
    first = np.cumsum(count) - count
    rows = count[places.event]
    row = np.repeat(np.arange(len(places.event)), rows)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(rows) - rows, rows)
    at = first[places.event[row]] + nth
    return Placed(units, row, shares.unit[at], shares.share[at], shares.contradicts[places.event])


def _weights(units: Units, name: str) -> Floats:
    if name not in units.table.columns or not pd.api.types.is_numeric_dtype(units.table[name]):
        there = ", ".join(c for c in units.table.columns if pd.api.types.is_numeric_dtype(units.table[c]))
        raise ColumnError(f"Weight: expected a column of numbers of the areas ({there or 'none there'}), got {name!r}.")
    weights = units.table[name].to_numpy(dtype=np.float64, na_value=np.nan)
    if (weights < 0).any() or np.isinf(weights).any():
        raise ColumnError(f"Weight: expected numbers of 0 or more in {name!r}, got others.")
    if np.isnan(weights).any():
        logging.getLogger("geoevents").warning(
            "Weight: %d of %d units have no number in %s and count as dense as the others together.",
            int(np.isnan(weights).sum()),
            len(weights),
            name,
        )
    return weights


def _ids(placed: Placed) -> NDArray[np.object_]:
    ids = as_objects(placed.units.table["unit_id"])
    out = ids[placed.unit]
    out[placed.unit < 0] = None
    return out


def _nearest(
    events: gpd.GeoDataFrame,
    areas: Units | gpd.GeoDataFrame | str | os.PathLike[str],
    within_km: float | None,
    on: np.datetime64 | str | None,
    gazetteer: Gazetteer | None,
) -> gpd.GeoDataFrame:
    if isinstance(on, str):
        raise ArgumentError("On: expected a day with how='nearest', got 'start'.")
    lon, lat = points_of(events)
    code, points = pd.factorize(lon + 1j * lat, use_na_sentinel=False)
    lon, lat = points.real, points.imag
    ready = prepare_units(areas, any_shape=True, gazetteer=gazetteer)
    units = ready if isinstance(ready, Units) else Units.for_grid(ready, lon, lat, np.empty(0, dtype=object))
    if on is not None or units.bundled:
        units = units.on(np.datetime64("today", "D") if on is None else on)
    else:
        units = units.regardless_of_days()
    unit = units.containing(lon, lat)
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
    taken, columns = {*out.columns, *added}, {}
    for name, values in {**theirs, **added}.items():
        free = str(name)
        while name in theirs and free in taken:
            free += "_unit"
        taken.add(free)
        columns[free] = values
    geometry = out.columns.get_loc(out.geometry.name)
    out = pd.concat([out, pd.DataFrame(columns, index=out.index, copy=False)], axis=1)
    if geometry == len(events.columns) - 1:  # a geometry that stands last stays last
        out = out.iloc[:, [*range(geometry), *range(geometry + 1, len(out.columns)), geometry]]
    out.attrs = dict(events.attrs)
    return out
