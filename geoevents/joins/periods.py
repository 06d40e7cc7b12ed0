"""Divide the time of a study into periods, and compute each event's share in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoevents.errors import ArgumentError, ColumnError
from geoevents.joins.days import days_of

__all__ = ["Periods", "as_day", "as_day_or_start"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DAY = np.timedelta64(1, "D")


def as_day(day: str | date, *, what: str = "On", last: bool = False) -> np.datetime64:
    """Return a day from a day, or the first (or last) day of a week (``2022-W01``), a month or a year.

    Raises
    ------
    ArgumentError
        When it is something else.

    Examples
    --------
    >>> as_day("2022-01-10"), as_day("2022-W01"), as_day("2024-02", last=True)
    (np.datetime64('2022-01-10'), np.datetime64('2022-01-03'), np.datetime64('2024-02-29'))
    """
    text = day.strip() if isinstance(day, str) else ""
    try:
        if week := re.fullmatch(r"(\d{4})-?W(\d\d)", text):
            monday = np.datetime64(date.fromisocalendar(int(week[1]), int(week[2]), 1), "D")
            return monday + 6 * _DAY if last else monday
        if re.fullmatch(r"\d{4}(-\d\d)?", text):
            period = pd.Period(text, freq="M" if "-" in text else "Y")
            return np.datetime64((period.end_time if last else period.start_time).date(), "D")
        stamp = pd.Timestamp(day) if isinstance(day, str | date | np.datetime64) else None
    except ValueError:
        stamp = None
    if stamp is None or pd.isna(stamp):
        raise ArgumentError(f"{what}: expected a day such as 2022-01-10, got {day!r}.")
    return np.datetime64(stamp.date(), "D")


def as_day_or_start(day: str | date | None) -> np.datetime64 | Literal["start"] | None:
    """Return a day as `as_day` does, ``start`` or None as they are."""
    if day is None or (isinstance(day, str) and day == "start"):
        return None if day is None else "start"
    return as_day(day)


@dataclass(frozen=True)
class Periods:
    """Periods without a gap, and a window of days that count.

    Attributes
    ----------
    begins, ends
        The first day of each of n periods, and the first day after it, counted from 1970.
    window
        The first day that counts and the first one after.
    """

    begins: Ints
    ends: Ints
    window: tuple[int, int]

    @classmethod
    def over(
        cls, events: gpd.GeoDataFrame, freq: str | None, start: str | date | None, end: str | date | None
    ) -> Periods:
        """Make the periods of a study.

        Parameters
        ----------
        events
            Their days bound the study where no window does.
        freq
            A pandas period of a day or more; None makes one period of the window. Periods of several weeks, months
            or years are counted from the one that holds `start`, else from 1970, so that a part of the events has
            the same ones.
        start, end
            The first and the last day of the window; None takes those of the events.

        Raises
        ------
        ArgumentError
            When `freq` is another period, or the window ends before it starts.
        ColumnError
            When there are no dates.
        """
        unit = _unit(freq)
        days = days_of(events)
        low = None if start is None else int(as_day(start, what="Start").astype(np.int64))
        high = None if end is None else int(as_day(end, what="End", last=True).astype(np.int64))
        if low is not None and high is not None and high < low:
            raise ArgumentError(f"Window: expected an end on or after the start, got {start} to {end}.")
        known = np.isfinite(days.first) & np.isfinite(days.last)
        if (low is None or high is None) and not known.any():
            return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), (0, 0))
        first = int(days.first[known].min()) if low is None else low
        last = max(int(days.last[known].max()) if high is None else high, first)
        window = (first, last + 1)
        if unit is None:
            return cls(np.array([first]), np.array([last + 1]), window)
        begins, ends = _numbered(*unit, first, last, from_first=start is not None)
        return cls(begins, ends, window)

    def __len__(self) -> int:
        return len(self.begins)

    def share_out(self, events: gpd.GeoDataFrame, row: Ints) -> tuple[Ints, Ints, Floats]:
        """Share rows of events out over the periods by their days.

        Parameters
        ----------
        events
            The n events.
        row
            m numbers of events.

        Returns
        -------
        (k,), (k,), (k,)
            Positions in `row`, numbers of periods, and shares of the event; an event without a date has the number of
            periods for its period. What lies outside the window is left out.
        """
        days = days_of(events)
        known = np.isfinite(days.first) & np.isfinite(days.last)
        first, last = (np.nan_to_num(values).astype(np.int64) for values in (days.first, days.last))
        low, high = np.maximum(first, self.window[0]), np.minimum(last, self.window[1] - 1)
        n = len(self)
        begin = np.searchsorted(self.begins, low, side="right") - 1
        span = np.where(known, np.searchsorted(self.begins, high, side="right") - begin, 1)
        span = np.where(known & (high < low), 0, span)
        begin = np.where(known, begin, n)
        times = span[row]
        at = np.repeat(np.arange(len(row)), times)
        nth = np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
        period, event = begin[row[at]] + nth, row[at]
        inside = np.minimum(period, max(n - 1, 0))
        share = np.ones(len(at))
        if n:
            spent = np.minimum(high[event] + 1, self.ends[inside]) - np.maximum(low[event], self.begins[inside])
            share = np.where(known[event], spent / (last[event] + 1 - first[event]), 1.0)
        return at, period, share

    def starts(self) -> NDArray[np.datetime64]:
        """Return the first moment of each period, and a NaT for events without a date."""
        days = np.append(self.begins.astype("datetime64[D]"), np.datetime64("NaT", "D"))
        return days.astype("datetime64[us]")


def _unit(freq: str | None) -> tuple[str, int] | None:
    """Return the period that a frequency repeats and how often, None for no frequency."""
    if freq is None:
        return None
    wrong = ArgumentError(f"Freq: expected a period of a day or more such as D, W, M, Q or Y, got {freq!r}.")
    if not isinstance(freq, str):
        raise wrong
    if re.fullmatch(r"\d*B", freq.strip().upper()):
        raise ArgumentError(
            f"Freq: expected a period that has every day, but {freq!r} leaves weekends out; take D or W."
        )
    try:
        period = pd.Period("2022-01-01", freq=freq)
    except ValueError:
        raise wrong from None
    if period.end_time - period.start_time < pd.Timedelta(hours=23):
        raise wrong
    times = int(period.freq.n)
    return re.sub(r"^\d+", "", freq.strip()), times


def _numbered(unit: str, times: int, first: int, last: int, *, from_first: bool) -> tuple[Ints, Ints]:
    low, high = (pd.Period(pd.Timestamp(day, unit="D"), freq=unit).ordinal for day in (first, last))
    origin = low if from_first else 0
    low = origin + (low - origin) // times * times
    ordinals = np.arange(low, high + times + 1, times)
    from_ordinals: Any = pd.PeriodIndex.from_ordinals  # type: ignore[attr-defined]
    days = from_ordinals(ordinals, freq=unit).start_time.to_numpy()
    edges = days.astype("datetime64[D]").astype(np.int64)
    kept = int(np.searchsorted(edges, last, side="right"))
    return edges[:kept], edges[1 : kept + 1]


def check_dated(events: gpd.GeoDataFrame) -> None:
    """Raise a ColumnError where events have no columns of dates."""
    if not {"start", "end"} <= set(events.columns):
        raise ColumnError("Periods: expected the columns start and end; use locate with a date first.")
