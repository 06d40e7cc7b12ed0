"""Count events by unit and period, in a zero-filled panel that keeps the totals."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

import gazetteer as package
from geoevents.errors import ArgumentError, ColumnError
from geoevents.frame.schema import OPTIONAL
from geoevents.joins.areas.prepared import prepare_units
from geoevents.joins.areas.units import Units
from geoevents.joins.extents.event_extents import points_of
from geoevents.joins.join import place_among
from geoevents.joins.periods import Periods, check_dated

if TYPE_CHECKING:
    from gazetteer import Gazetteer
    from geoevents.spatial.grids import Grid

__all__ = ["aggregate"]

_LOG = logging.getLogger("geoevents")
# What stays true of events that were counted: where their places come from.
_PROVENANCE = ("generator", "version", "gazetteer", "sources", "attribution", "created")
# Rows of a panel; each takes about 200 bytes with its figures and its polygon.
_MOST_ROWS = 20_000_000
_PER = 100_000

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def aggregate(
    events: gpd.GeoDataFrame,
    by: gpd.GeoDataFrame | str | os.PathLike[str],
    *,
    freq: str | None = None,
    counts: Sequence[str] | None = None,
    how: Literal["within", "allocate"] = "allocate",
    weight: str | os.PathLike[str] | None = None,
    country: str | Sequence[str] | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    population: str | None = None,
    on: str | date | None = None,
    to: str | date | None = None,
    renormalize: bool = False,
    gazetteer: Gazetteer | None = None,
) -> gpd.GeoDataFrame:
    """Count events and sum their figures by unit, and by period.

    Parameters
    ----------
    events
        A GeoDataFrame with a CRS; it is not changed. With `freq` or a window it needs the columns ``start`` and
        ``end``.
    by
        Areas, as in `geoevents.join`. Every unit has its row; of a bundled layer every unit of the countries that an
        event may lie in.
    freq
        A pandas period of a day or more, such as ``D``, ``W``, ``2W``, ``M``, ``Q`` or ``Y``. An event that spans
        several periods is shared out over them by its days; one without a date is counted in a row without a period.
        Periods of several weeks, months or years are counted from the one that holds `start`, else from 1970.
    counts
        The columns to sum; None takes ``fatalities``, ``injured`` and ``detained`` where they are. What is empty
        counts as 0.
    how, weight, on, to, renormalize
        ``allocate`` shares an event out over the units it may lie in, ``within`` gives it to one, as in
        `geoevents.join`.
    country
        A country or several, by name or code: all of their units have a row, reached or not, and no others; of a grid
        all cells that the countries touch. None takes all areas, and of a grid the cells that events reach, which
        selects cells by their outcome.
    start, end
        The study window: days, months (``2022-01``), ISO weeks (``2022-W01``) or years. Every period of it has its
        rows; what happened outside it is left out, and how much that is stands in the log. None takes the first and
        the last day of the events.
    population
        A column of the areas: the figures per 100,000 people are added as ``<figure>_per_100k``.
    gazetteer
        Whose layer a name means; None takes the bundled gazetteer.

    Returns
    -------
    geopandas.GeoDataFrame
        A row a unit (and period), 0 where nothing happened: ``unit_id``, ``unit_name`` and the areas' other columns,
        ``period`` (its first day, with `freq`), ``events``, ``incidence`` (the probability of at least one event,
        with events that are independent of each other), the summed columns, and the unit's polygon in EPSG:4326. A
        unit that is valid for some days only has rows in its own periods. A last row (a period) with an empty
        ``unit_id`` holds what lies in no unit, where there is any. Sums over all rows are those of the events in the
        window, to 1e-9.

    Raises
    ------
    ArgumentError
        When `how`, `freq`, `country`, `start` or `end` is not one of those expected, or the panel would have more
        than 20 million rows.
    ColumnError, AreasError, ReadError
        As in `geoevents.join`; and when a column of `counts` is missing or holds no numbers, or there are no dates.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> table = {"place": ["Almaty", "Almaty", "Aktau"], "country": "KZ", "fatalities": [3, None, 1]}
    >>> units = ge.aggregate(ge.locate(pd.DataFrame(table)), by="admin1", country="KZ")
    >>> units.loc[units["unit_id"] == "iso:KZ-75", ["events", "fatalities"]].values.tolist()
    [[2.0, 3.0]]
    """
    if how not in ("allocate", "within") or (weight is not None and how == "within"):
        raise ArgumentError(f"How: expected allocate, or within without a weight; got {how!r} and weight {weight!r}.")
    points_of(events)  # what cannot be placed is told before any work is done
    figures = _figures(events, counts)
    periods = None
    if freq is not None or start is not None or end is not None:
        check_dated(events)
        periods = Periods.over(events, freq, start, end)
    ready = _units_of(by, country, gazetteer)
    n = 1 if periods is None else len(periods) + 1
    if isinstance(ready, Units):
        _check_size(len(ready.table), n)
    placed = place_among(
        events, by, how, weight=weight, on=on, to=to, renormalize=renormalize, gazetteer=gazetteer, ready=ready
    )
    units, row, unit = placed.units, placed.row, placed.unit
    _check_size(len(units.table), n)
    share = np.ones(len(row)) if how == "within" else placed.share
    period = np.zeros(len(row), dtype=np.int64)
    if periods is not None:
        at, period, part = periods.share_out(events, row)
        row, unit, share = row[at], unit[at], share[at] * part
        _tell_left_out(len(events), float(share.sum()), periods)
    cell = np.where(unit >= 0, unit, len(units.table)) * n + period
    size = (len(units.table) + 1) * n
    sums = {"events": _summed(cell, share, size), "incidence": _incidence(cell, share, size)}
    sums |= {name: _summed(cell, share * values[row], size) for name, values in figures.items()}
    kept = _kept_rows(np.bincount(cell, minlength=size) > 0, units, periods)
    if country is None:
        kept &= np.repeat(_shown(units, unit), n)
    return _panel(events, units, periods, freq, kept, sums, population)


def _units_of(by: Any, country: str | Sequence[str] | None, gazetteer: Gazetteer | None) -> Units | Grid:
    ready = prepare_units(by, gazetteer=gazetteer)
    if country is None:
        return ready
    from geoevents.layers import country_code

    asked = gazetteer or package.load()
    names = [country] if isinstance(country, str) else list(country)
    codes = [country_code(name, asked) for name in names]
    if not isinstance(ready, Units):
        layer = asked.layer("countries")
        shapes = layer.loc[layer["country"].isin(codes), "geometry"].to_numpy()
        none = np.empty(0)
        return Units.for_grid(ready, none, none, np.asarray(shapes, dtype=object))
    if "country" not in ready.table:
        raise ArgumentError("Country: expected areas with a column country (ISO 3166-1 alpha-3), got none.")
    kept = ready.table["country"].isin(codes).to_numpy()
    if not kept.any():
        raise ArgumentError(f"Country: expected areas in {', '.join(names)}, got none there.")
    return ready.take(kept)


def _shown(units: Units, reached: Ints) -> NDArray[np.bool_]:
    """Return which units, and whether what lies in none, have rows: of a bundled layer those of countries reached."""
    shown = np.ones(len(units.table) + 1, dtype=bool)
    if units.bundled and "country" in units.table:
        countries = units.table["country"]
        shown[:-1] = countries.isin(countries.iloc[np.unique(reached[reached >= 0])]).to_numpy()
    return shown


def _check_size(units: int, periods: int) -> None:
    if units * periods > _MOST_ROWS:
        raise ArgumentError(
            f"Panel: expected at most {_MOST_ROWS:,} rows, got {units:,} units × {periods:,} periods; "
            "take longer periods, larger units, or one country."
        )


def _figures(events: gpd.GeoDataFrame, counts: Sequence[str] | None) -> dict[str, Floats]:
    if counts is None:
        counts = [name for name, kind in OPTIONAL.items() if kind == "count" and name in events.columns]
    figures = {}
    for name in [counts] if isinstance(counts, str) else counts:
        if name not in events.columns or not pd.api.types.is_numeric_dtype(events[name]):
            raise ColumnError(f"Counts: expected columns of numbers, got {name!r}.")
        figures[name] = np.nan_to_num(events[name].to_numpy(dtype=np.float64, na_value=0.0))
    return figures


def _tell_left_out(n: int, counted: float, periods: Periods) -> None:
    if n - counted > 1e-6:
        first, last = (np.datetime64(day, "D") for day in (periods.window[0], periods.window[1] - 1))
        _LOG.warning(
            "Aggregate: %.6g of %d events lie outside %s to %s and are not counted.", n - counted, n, first, last
        )


def _summed(cell: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(cell, weights=values, minlength=size).astype(np.float64)


def _incidence(cell: Ints, share: Floats, size: int) -> Floats:
    """Return the probability of at least one event: 1 less the product of what is left of each."""
    with np.errstate(divide="ignore"):
        left = np.log1p(-np.minimum(share, 1.0))
    return np.asarray(-np.expm1(_summed(cell, left, size)))


def _kept_rows(filled: NDArray[np.bool_], units: Units, periods: Periods | None) -> NDArray[np.bool_]:
    """Return which rows of the panel stay: those of every unit in its days, and what is filled of no unit or date."""
    n = 1 if periods is None else len(periods) + 1
    filled = filled.reshape(-1, n)
    kept = np.ones_like(filled)
    kept[-1] = filled[-1].any()
    if periods is not None:
        kept[:, -1] = filled[:, -1]
        if not len(periods):
            return kept.ravel()
        kept[-1, :-1] = filled[-1, :-1].any()
    if units.since is not None and units.until is not None:
        today = int(np.datetime64("today", "D").astype(np.int64))
        begins, ends = (np.array([today]), np.array([today + 1])) if periods is None else (periods.begins, periods.ends)
        since = np.where(np.isnat(units.since), np.iinfo(np.int64).min, units.since.astype(np.int64))
        until = np.where(np.isnat(units.until), np.iinfo(np.int64).max, units.until.astype(np.int64))
        valid = (since[:, None] < ends[None, :]) & (until[:, None] >= begins[None, :])
        kept[:-1, : valid.shape[1]] &= valid | filled[:-1, : valid.shape[1]]
    return kept.ravel()


def _panel(
    events: gpd.GeoDataFrame,
    units: Units,
    periods: Periods | None,
    freq: str | None,
    kept: NDArray[np.bool_],
    sums: dict[str, Floats],
    population: str | None,
) -> gpd.GeoDataFrame:
    at, when = np.divmod(np.flatnonzero(kept), 1 if periods is None else len(periods) + 1)
    table = units.table.reindex(np.where(at == len(units.table), -1, at)).reset_index(drop=True)
    people = None if population is None else _people(table, population)
    table = table.drop(columns=[name for name in ("period", *sums) if name in table])
    if periods is not None and freq is not None:
        table["period"] = pd.Series(periods.starts()[when], dtype="datetime64[us]")
    for name, total in sums.items():
        table[name] = total[kept]
        if people is not None and name != "incidence":
            table[f"{name}_per_100k"] = np.where(
                people > 0, _PER * total[kept] / np.where(people > 0, people, 1), np.nan
            )
    shapes = np.append(units.shapes, np.array([None], dtype=object))[at]
    counted = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(shapes), crs="EPSG:4326"))
    known = events.attrs.get("geoevents") or {}
    origin = {name: known[name] for name in _PROVENANCE if name in known}
    if origin:
        counted.attrs["geoevents"] = origin
    return counted


def _people(table: pd.DataFrame, population: str) -> Floats:
    if population not in table or not pd.api.types.is_numeric_dtype(table[population]):
        raise ColumnError(f"Population: expected a column of numbers of the areas, got {population!r}.")
    people = table[population].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(people > 0, people, np.nan)
