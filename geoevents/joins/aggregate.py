"""Events counted by unit and period: events and areas enter, a zero-filled panel leaves, totals kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from geoevents.errors import ColumnError
from geoevents.frame.schema import OPTIONAL
from geoevents.joins.event_extents import Places
from geoevents.joins.join import allocate
from geoevents.joins.units import Units, units_of

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["aggregate"]

# What stays true of events that were counted: where their places come from.
_PROVENANCE = ("generator", "version", "gazetteer", "sources", "attribution", "created")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def aggregate(
    events: gpd.GeoDataFrame,
    by: gpd.GeoDataFrame | str | os.PathLike[str],
    *,
    freq: str | None = None,
    counts: Sequence[str] | None = None,
    how: Literal["within", "allocate"] = "allocate",
    weight: str | None = None,
) -> gpd.GeoDataFrame:
    """Count events and sum their figures by unit, and by period.

    Parameters
    ----------
    events
        A GeoDataFrame with a CRS; it is not changed. With `freq` it needs the columns ``start`` and ``end``.
    by
        Areas, as in `geoevents.join`. Every unit has its row: for one country pass its units only,
        ``units = ge.areas("admin1"); units[units["country"] == "KAZ"]``.
    freq
        A pandas period of a day or more, such as ``D``, ``W``, ``2W``, ``M``, ``Q`` or ``Y``. An event that spans
        several periods is shared out over them by its days; one without a date is counted in a row without a period.
    counts
        The columns to sum; None takes ``fatalities``, ``injured`` and ``detained`` where they are. What is empty
        counts as 0.
    how, weight
        ``allocate`` shares an event out over the units it may lie in, ``within`` gives it to one, as in
        `geoevents.join`.

    Returns
    -------
    geopandas.GeoDataFrame
        A row a unit (and period), 0 where nothing happened: ``unit_id``, ``unit_name`` and the areas' other columns,
        ``period`` (its first day, with `freq`), ``events``, the summed columns, and the unit's polygon in EPSG:4326.
        Of a grid only the cells that events reach. A last row (a period) with an empty ``unit_id`` holds what lies
        in no unit, where there is any. Sums over all rows are those of the events, to 1e-9.

    Raises
    ------
    ColumnError, AreasError, ReadError
        As in `geoevents.join`; and when a column of `counts` is missing or holds no numbers, when `freq` is no
        period or there are no dates.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> table = {"place": ["Almaty", "Almaty", "Aktau"], "country": "KZ", "fatalities": [3, None, 1]}
    >>> units = ge.aggregate(ge.locate(pd.DataFrame(table)), by="admin1")
    >>> units.loc[units["unit_id"] == "iso:KZ-75", ["events", "fatalities"]].values.tolist()
    [[2.0, 3.0]]
    """
    import geopandas as gpd
    import pandas as pd

    places = Places.of(events)
    figures = _figures(events, counts)
    units = units_of(by, lon=places.lon, lat=places.lat, shapes=places.shapes)
    row, unit, share = _placed(places, units, how, weight)
    period, n = np.zeros(len(row), dtype=np.int64), 1
    starts: Any = None
    if freq is not None:
        starts, row, unit, period, share = _over_time(events, freq, row, unit, share)
        n = len(starts)
    cell = unit * n + period
    cell[unit < 0] = len(units.table) * n + period[unit < 0]
    size = (len(units.table) + 1) * n
    sums: dict[str, Floats] = {"events": np.bincount(cell, weights=share, minlength=size).astype(np.float64)}
    for name, values in figures.items():
        sums[name] = np.bincount(cell, weights=share * values[row], minlength=size).astype(np.float64)
    kept = _kept(np.bincount(cell, minlength=size) > 0, len(units.table), n, undated=bool(n) and _has_undated(starts))
    at, when = np.divmod(np.flatnonzero(kept), max(n, 1))
    table = units.table.reindex(np.where(at == len(units.table), -1, at)).reset_index(drop=True)
    table = table.drop(columns=[name for name in ("period", *sums) if name in table])
    if freq is not None:
        table["period"] = pd.Series(starts[when], dtype="datetime64[us]")
    for name, total in sums.items():
        table[name] = total[kept]
    shapes = np.append(units.shapes, np.array([None], dtype=object))[at]
    counted = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(shapes), crs="EPSG:4326"))
    known = events.attrs.get("geoevents") or {}
    origin = {name: known[name] for name in _PROVENANCE if name in known}
    if origin:
        counted.attrs["geoevents"] = origin
    return counted


def _figures(events: gpd.GeoDataFrame, counts: Sequence[str] | None) -> dict[str, Floats]:
    import pandas as pd

    if counts is None:
        counts = [name for name, kind in OPTIONAL.items() if kind == "count" and name in events.columns]
    figures = {}
    for name in [counts] if isinstance(counts, str) else counts:
        if name not in events.columns or not pd.api.types.is_numeric_dtype(events[name]):
            raise ColumnError(f"Counts: expected columns of numbers, got {name!r}.")
        figures[name] = np.nan_to_num(events[name].to_numpy(dtype=np.float64, na_value=0.0))
    return figures


def _placed(places: Places, units: Units, how: str, weight: str | None) -> tuple[Ints, Ints, Floats]:
    if how == "allocate":
        return allocate(places, units, weight)
    if how != "within" or weight is not None:
        raise ColumnError(f"How: expected allocate, or within without a weight; got {how!r} and weight {weight!r}.")
    from geoevents.joins.within import within

    unit, _ = within(places, units)
    n = len(places.event)
    return np.arange(n), unit[places.event], np.ones(n)


def _over_time(
    events: gpd.GeoDataFrame, freq: str, row: Ints, unit: Ints, share: Floats
) -> tuple[NDArray[np.datetime64], Ints, Ints, Ints, Floats]:
    """Share rows out over periods; the last period, where there is a NaT, is that of events without a date."""
    import pandas as pd

    if not {"start", "end"} <= set(events.columns):
        raise ColumnError("Periods: expected the columns start and end; use locate with a date first.")
    try:
        first, last = (pd.PeriodIndex(events[name], freq=freq) for name in ("start", "end"))
        shortest = pd.Period("2022-01-01", freq=freq)
    except ValueError:
        raise ColumnError(f"Freq: expected a period such as D, W, M, Q or Y, got {freq!r}.") from None
    if shortest.end_time - shortest.start_time < pd.Timedelta(hours=23):
        raise ColumnError(f"Freq: expected a period of a day or more, got {freq!r}.")
    known = np.asarray(events["start"].notna() & events["end"].notna())
    if not known.any():
        return np.array(["NaT"], dtype="datetime64[us]"), row, unit, np.zeros(len(row), dtype=np.int64), share
    every = pd.period_range(first[known].min(), last[known].max(), freq=freq)
    begins = every.start_time.to_numpy().astype("datetime64[D]").astype(np.int64)
    ends = np.append(begins[1:], every[-1].end_time.to_datetime64().astype("datetime64[D]").astype(np.int64) + 1)
    start, end = (events[name].to_numpy().astype("datetime64[D]").astype(np.int64) for name in ("start", "end"))
    # Periods of two weeks are numbered by weeks.
    low, high = ((days.asi8 - every.asi8[0]) // shortest.freq.n for days in (first, last))
    span = np.where(known, high - low + 1, 1)
    low = np.where(known, low, len(every))
    times = span[row]
    period = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times) + np.repeat(low[row], times)
    row, unit, share = np.repeat(row, times), np.repeat(unit, times), np.repeat(share, times)
    within = np.minimum(period, len(every) - 1)
    days = np.minimum(end[row] + 1, ends[within]) - np.maximum(start[row], begins[within])
    share = np.where(known[row], share * days / (end[row] + 1 - start[row]), share)
    starts = every.start_time.to_numpy().astype("datetime64[us]")
    if not known.all():
        starts = np.append(starts, np.datetime64("NaT"))
    return starts, row, unit, period, share


def _has_undated(starts: NDArray[np.datetime64] | None) -> bool:
    return starts is not None and bool(len(starts)) and bool(np.isnat(starts[-1]))


def _kept(filled: NDArray[np.bool_], units: int, n: int, *, undated: bool) -> NDArray[np.bool_]:
    """Return which rows of the panel stay: all of every unit, and what is filled of no unit and of no date."""
    kept = np.ones((units + 1, n), dtype=bool)
    filled = filled.reshape(units + 1, n)
    if not filled[-1].any():
        kept[-1] = False
    if undated:
        kept[:, -1] = filled[:, -1]
    return kept.ravel()
