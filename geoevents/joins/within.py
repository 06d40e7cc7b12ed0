"""One unit an event: places and units enter; the number of a unit and how sure it is leave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geoevents.joins.event_extents import Places, share_out
from geoevents.joins.units import Units

__all__ = ["within"]


def within(places: Places, units: Units) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Choose a unit for each of m places.

    Returns
    -------
    (m,), (m,)
        The unit's number, -1 for none, and the share of the place that lies in it, NaN for none. It is the unit that
        holds the place's point; for an area, for a line, and for a disc whose point is in no unit (a port off a
        coarse coast), the one with the largest share, of equals the first.
    """
    found = units.of(places.lon, places.lat)
    share = np.where(found >= 0, 1.0, np.nan)
    wide = places.wide
    units.warn_of_overlaps(places.lon, places.lat, np.where(wide, -1, found))
    if not wide.any():
        return found, share
    shares = share_out(places, units)
    # A disc's own point decides where its unit has a share; nothing does for areas.
    own = (shares.unit == found[shares.place]) & places.disc[shares.place]
    order = np.lexsort((shares.unit, -shares.share, ~own, shares.place))
    first = order[np.flatnonzero(np.diff(shares.place[order], prepend=-1))]
    at = shares.place[first]
    found[wide], share[wide] = -1, np.nan
    found[at], share[at] = shares.unit[first], shares.share[first]
    return found, share
