"""Draw locations and days of events at random, a row for each event and draw.

What an analysis of many draws says of its own uncertainty holds that of the places; one of fractional counts does not.
"""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoevents.errors import ArgumentError
from geoevents.frame.columns import as_objects
from geoevents.joins.areas.units import Units
from geoevents.joins.days import days_of
from geoevents.joins.draws.rivals import with_rivals
from geoevents.joins.extents.event_extents import Places, points_of
from geoevents.joins.extents.random_numbers import Keys, mixed, uniform
from geoevents.joins.extents.scatter import Scatter
from geoevents.joins.join import units_and_places
from geoevents.joins.shares.by_geometry import share_out

if TYPE_CHECKING:
    from gazetteer import Gazetteer

__all__ = ["draw"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Rows of a result; each takes about 40 bytes.
_MOST_ROWS = 200_000_000
# How often a location in a unit that is out of the question is drawn anew; the place's own point is taken after that.
_TRIES = 64
# What the random numbers of one draw are for.
_PLACE, _DAY, _RIVAL = 1, 2, 3


def draw(
    events: gpd.GeoDataFrame,
    m: int = 100,
    *,
    seed: int = 0,
    by: Units | gpd.GeoDataFrame | str | os.PathLike[str] | None = None,
    shared: bool = False,
    on: str | date | None = None,
    to: str | date | None = None,
    gazetteer: Gazetteer | None = None,
) -> pd.DataFrame:
    """Draw where and when every event may have happened, m times.

    A location follows the kernel around a point with a radius, or lies anywhere in an area or on a line; a day lies
    anywhere from ``start`` to ``end``. Of an ambiguous match the candidates are drawn too: the best guess as often as
    ``match_score`` says, its rivals in proportion to their scores. The mean of the draws in a unit is the weight that
    ``join(how="allocate")`` gives it.

    Parameters
    ----------
    events
        n events in a GeoDataFrame with a CRS; not changed.
    m
        How many draws.
    seed
        The same seed gives the same draws: an event's numbers depend on its ``event_id`` (else its index label) and
        on nothing else, so that a file can be drawn in parts.
    by
        Areas as in `geoevents.join`: the unit of each location is added, and locations in units that the codes of a
        place rule out are not drawn.
    shared
        Whether events at one place have one location in each draw, as where all of them are known to the same
        village; else each has its own.
    on, to
        As in `geoevents.join`, for `by`.
    gazetteer
        Who lists the rivals of an ambiguous match, and whose layer a name means; None takes the bundled gazetteer.

    Returns
    -------
    pandas.DataFrame
        m × n rows, draw by draw: ``draw`` (from 0), ``event`` (its index label), ``lon``, ``lat`` (degrees, NaN
        without a place), ``day`` (NaT without a date) and, with `by`, ``unit_id`` (empty in no unit).

    Raises
    ------
    ArgumentError
        When `m` or `seed` is not a whole number of the right size, or the result would have over 200 million rows.
    ColumnError, AreasError, ReadError
        As in `geoevents.join`.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> events = ge.locate(pd.DataFrame({"place": ["Aktau"], "country": "KZ", "date": ["2022-01-05"]}))
    >>> draws = ge.draw(events, 200, seed=1, by="admin1")
    >>> draws["unit_id"].value_counts().to_dict()
    {'iso:KZ-47': 200}
    """
    _check(events, m, seed)
    options = with_rivals(events, gazetteer)
    units = None
    if by is None:
        places = Places.of(options.events)
    else:
        units, places = units_and_places(options.events, by, on=on, to=to, gazetteer=gazetteer)
    n = len(events)
    keys = _event_keys(events, seed)
    nth = np.repeat(np.arange(m, dtype=np.uint64), n)
    of_event = mixed(np.tile(keys, m), nth)
    place = places.event[options.choose(np.tile(np.arange(n), m), uniform(of_event, _RIVAL))]
    of_place = mixed(_place_keys(places, seed)[place], nth) if shared else mixed(of_event, _PLACE)
    scatter = Scatter(places)
    out: dict[str, Any] = {"draw": nth.astype(np.int32), "event": np.tile(np.asarray(events.index), m)}
    if units is None:
        out["lon"], out["lat"] = scatter.at(place, of_place)
    else:
        out["lon"], out["lat"], unit = _within_units(scatter, places, units, place, of_place)
    out["day"] = _days(events, of_event, m)
    if units is not None:
        ids = np.append(as_objects(units.table["unit_id"]), np.array([None], dtype=object))
        out["unit_id"] = pd.Series(ids[unit], dtype=units.table["unit_id"].dtype)
    return pd.DataFrame(out)


def _check(events: gpd.GeoDataFrame, m: object, seed: object) -> None:
    whole = (int, np.integer)
    if not isinstance(m, whole) or isinstance(m, bool) or m < 1:
        raise ArgumentError(f"Draw: expected a number of draws of 1 or more, got {m!r}.")
    if not isinstance(seed, whole) or isinstance(seed, bool) or seed < 0:
        raise ArgumentError(f"Draw: expected a seed of 0 or more, got {seed!r}.")
    points_of(events)  # what has no geometry is told before any work is done
    if int(m) * len(events) > _MOST_ROWS:
        raise ArgumentError(
            f"Draw: expected at most {_MOST_ROWS:,} rows, got {m:,} draws × {len(events):,} events; "
            "draw parts of the events, whose draws are the same."
        )


def _event_keys(events: gpd.GeoDataFrame, seed: int) -> Keys:
    labels = events["event_id"] if "event_id" in events.columns else pd.Series(events.index)
    hashed = pd.util.hash_array(np.asarray(labels.astype(str), dtype=object), categorize=False)
    return mixed(np.asarray(hashed, dtype=np.uint64), int(seed) & (1 << 63) - 1)


def _place_keys(places: Places, seed: int) -> Keys:
    """Return a key of each place, the same for one place in any table."""
    import shapely

    frame = pd.DataFrame({"lon": places.lon, "lat": places.lat, "radius": places.radius})
    areal = places.areal
    frame[areal] = 0.0
    keys = np.asarray(pd.util.hash_pandas_object(frame, index=False), dtype=np.uint64)
    texts = np.array([shape.hex() for shape in shapely.to_wkb(places.shapes[areal])], dtype=object)
    if len(texts):
        keys[areal] = pd.util.hash_array(texts, categorize=False)
    return mixed(keys, int(seed) & (1 << 63) - 1)


def _within_units(
    scatter: Scatter, places: Places, units: Units, place: Ints, keys: Keys
) -> tuple[Floats, Floats, Ints]:
    """Draw locations in the units that places may lie in, and return the unit of each."""
    shares = share_out(places, units)
    width = len(units.table) + 1
    possible = np.unique(shares.place * width + shares.unit + 1)
    lon, lat = np.empty(len(place)), np.empty(len(place))
    unit = np.full(len(place), -1, dtype=np.int64)
    left = np.arange(len(place))
    for attempt in range(_TRIES):
        lon[left], lat[left] = scatter.at(place[left], keys[left] if not attempt else mixed(keys[left], attempt))
        unit[left] = units.containing(lon[left], lat[left], places.epoch[place[left]])
        key = place[left] * width + unit[left] + 1
        at = np.minimum(np.searchsorted(possible, key), len(possible) - 1)
        left = left[(possible[at] != key) & places.wide[place[left]]]
        if not len(left):
            return lon, lat, unit
    lon[left], lat[left] = places.lon[place[left]], places.lat[place[left]]
    # The largest share, for the few whose own point lies elsewhere.
    order = np.lexsort((-shares.share, shares.place))
    first = order[np.flatnonzero(np.diff(shares.place[order], prepend=-1))]
    unit[left] = shares.unit[first][place[left]]
    return lon, lat, unit


def _days(events: gpd.GeoDataFrame, keys: Keys, m: int) -> NDArray[np.datetime64]:
    if not {"start", "end"} <= set(events.columns):
        return np.full(len(keys), np.datetime64("NaT", "us"))
    days = days_of(events)
    first, span = np.tile(days.first, m), np.tile(days.last - days.first + 1, m)
    known = np.isfinite(first) & np.isfinite(span)
    found = np.nan_to_num(np.floor(first + uniform(keys, _DAY) * span)).astype("datetime64[D]").astype("datetime64[us]")
    return np.where(known, found, np.datetime64("NaT", "us"))
