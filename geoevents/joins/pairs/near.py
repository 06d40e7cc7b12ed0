"""Find pairs of events near each other in space and time."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gazetteer import geodesy
from geoevents.errors import ArgumentError, ColumnError
from geoevents.joins.days import day_gaps
from geoevents.joins.extents.event_extents import points_of

__all__ = ["near", "near_pairs"]

Ints = NDArray[np.int64]


def near(events: gpd.GeoDataFrame, other: gpd.GeoDataFrame, *, km: float, days: float | None = None) -> pd.DataFrame:
    """Return the pairs of events that are near each other.

    Parameters
    ----------
    events, other
        GeoDataFrames with a CRS; with `days` both need the columns ``start`` and ``end``. Given one frame twice, no
        event is its own neighbour, and a pair comes once from each side.
    km
        The most kilometres between their points, geodesic.
    days
        The most days between the end of one and the start of the other; None for any. Spans that overlap are 0 days
        apart; an event without a date is near none.

    Returns
    -------
    pandas.DataFrame
        A row a pair, by the order of `events`, then of `other`: ``event`` and ``other`` (their index labels),
        ``distance_km`` and ``days``, negative where the other came before; empty without dates.

    Raises
    ------
    ArgumentError
        When `km` or `days` is negative or no number.
    ColumnError
        When a frame has no geometry, CRS or dates, or an event ends before it starts.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> table = {"place": ["Almaty", "Talgar", "Aktau"], "country": "KZ", "date": ["2022-01-05", "2022-01-08", None]}
    >>> events = ge.locate(pd.DataFrame(table))
    >>> ge.near(events, events, km=50, days=7)[["event", "other", "days"]].values.tolist()
    [[0, 1, 3], [1, 0, -3]]
    """
    if not np.isfinite(km) or km < 0 or (days is not None and not days >= 0):
        raise ArgumentError(f"Near: expected 0 or more km and days, got {km} km and {days} days.")
    left, right, distance = near_pairs(events, other, km)
    if events is other:
        left, right, distance = (part[left != right] for part in (left, right, distance))
    gap = day_gaps(events, other, left, right) if _dated(events, other, days) else None
    if days is not None and gap is not None:
        kept = np.abs(np.nan_to_num(gap, nan=np.inf)) <= days
        left, right, distance, gap = left[kept], right[kept], distance[kept], gap[kept]
    return pd.DataFrame(
        {
            "event": events.index[left],
            "other": other.index[right],
            "distance_km": distance,
            "days": pd.Series(np.nan if gap is None else gap, index=range(len(left)), dtype="Int64"),
        }
    )


def near_pairs(events: gpd.GeoDataFrame, other: gpd.GeoDataFrame, km: float) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Return the positions of n pairs within some kilometres of each other, and the kilometres between them."""
    (lon, lat), (x, y) = points_of(events), points_of(other)
    lon, x = (np.where(values >= 180, values - 360, values) for values in (lon, x))  # one meridian, one number
    here, there = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat)), np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    tree = shapely.STRtree(shapely.points(x[there], y[there]))
    owner, boxes = geodesy.boxes_around(lon[here], lat[here], km)
    box, found = tree.query(boxes, predicate="intersects")
    key = np.unique(owner[box] * max(len(there), 1) + found)  # a point on the antimeridian is in both boxes
    left, right = np.divmod(key, max(len(there), 1))
    left, right = here[left], there[right]
    distance = geodesy.geodesic_km(lon[left], lat[left], x[right], y[right])
    return left[distance <= km], right[distance <= km], distance[distance <= km]


def _dated(events: gpd.GeoDataFrame, other: gpd.GeoDataFrame, days: float | None) -> bool:
    missing = [name for frame in (events, other) for name in ("start", "end") if name not in frame.columns]
    if missing and days is not None:
        raise ColumnError(f"Near: expected the columns start and end in both frames for days, but {missing[0]} is not.")
    return not missing
