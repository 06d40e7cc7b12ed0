"""The first and last days of events as numbers, and the days between them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoevents.errors import ColumnError

__all__ = ["Days", "day_gaps", "days_of"]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Days:
    """The first and the last day of n events, counted from 1970, NaN where they are not known."""

    first: NDArray[np.float64]
    last: NDArray[np.float64]


def days_of(events: gpd.GeoDataFrame) -> Days:
    """Return the days of events from the columns ``start`` and ``end``.

    Raises
    ------
    ColumnError
        When these are not dates, or an event ends before it starts.
    """
    for name in ("start", "end"):
        if name not in events.columns or not pd.api.types.is_datetime64_any_dtype(events[name]):
            raise ColumnError(f"Events: expected dates in the columns start and end, but {name} has none.")
    first, last = (_counted(events[name]) for name in ("start", "end"))
    wrong = np.flatnonzero(last < first)
    if len(wrong):
        raise ColumnError(
            f"Events: expected the end on or after the start, but {len(wrong)} "
            f"event{'s end' if len(wrong) > 1 else ' ends'} before (first at index {events.index[wrong[0]]})."
        )
    return Days(first, last)


def day_gaps(events: gpd.GeoDataFrame, other: gpd.GeoDataFrame, left: Ints, right: Ints) -> NDArray[np.float64]:
    """Return the days from the end of one event to the start of the other, negative where the other came before."""
    here, there = days_of(events), days_of(other)
    after, before = there.first[right] - here.last[left], here.first[left] - there.last[right]
    return np.where(after > 0, after, np.where(before > 0, -before, after - after))


def _counted(dates: pd.Series) -> NDArray[np.float64]:
    days = dates.dt.tz_localize(None).to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype("int64"))
