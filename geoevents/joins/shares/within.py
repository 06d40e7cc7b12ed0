"""Find the one unit of every event, and say how sure it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geoevents.joins.areas.units import Units
from geoevents.joins.extents.event_extents import Places
from geoevents.joins.shares.by_geometry import contradicted, share_out

__all__ = ["within"]


def within(
    places: Places, units: Units, *, renormalize: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.object_]]:
    """Choose a unit for each of m places.

    Returns
    -------
    (m,), (m,), (m,)
        The unit's number, -1 for none; the share of the place that lies in it (of one in no unit: the share that lies
        in none; NaN without a place); and the country of the point's unit where the place's own contradicts it. The
        unit is the one that holds the place's point. For an area, a line, and what was worked out from other places,
        it is the one with the largest share, or none where most of it lies in none. For another point with a radius
        that is in no unit (a port off a coarse coast) it is the one with the largest share. Of equals the first is
        taken.
    """
    found = units.containing(places.lon, places.lat, places.epoch)
    wide, areal = places.wide, places.areal
    units.warn_of_overlaps(places.lon, places.lat, np.where(wide, -1, found))
    share = np.where(np.isfinite(places.lon) | wide, 1.0, np.nan)
    if not wide.any():
        return found, share, contradicted(places, units, found)
    shares = share_out(places, units, renormalize=renormalize)
    # A disc's own point decides where its unit has a share; nothing but the share does for areas.
    own = (shares.unit == found[shares.place]) & (shares.unit >= 0) & ~areal[shares.place]
    bare = (shares.unit < 0) & ~(areal | places.derived)[shares.place]
    order = np.lexsort((shares.unit, -shares.share, bare, ~own, shares.place))
    first = order[np.flatnonzero(np.diff(shares.place[order], prepend=-1))]
    at = shares.place[first]
    rows = wide[at]
    found[at[rows]], share[at[rows]] = shares.unit[first[rows]], shares.share[first[rows]]
    return found, share, shares.contradicts
