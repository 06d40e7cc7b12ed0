"""Says by their outlines which units hold a place that is listed in none: a mountain range, a town without a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gazetteer.geometry.sphere import haversine_km
from gazetteer.index.store import Store

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["Outlines"]


class Outlines:
    """The outlines of units.

    Parameters
    ----------
    store
        The opened tables.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._outlines: dict[int, BaseGeometry | None] = {}

    def holds(self, unit: int, lon: float, lat: float, radius_km: float) -> bool | None:
        """Say whether a point, or what lies within some km of it, is in a unit; None where that has no outline."""
        import shapely

        if unit not in self._outlines:
            wkb = self._store.wkb(unit)
            self._outlines[unit] = None if wkb is None else shapely.from_wkb(wkb)
        outline = self._outlines[unit]
        if outline is None:
            return None
        point = shapely.Point(lon, lat)
        if outline.covers(point):
            return True
        nearest = shapely.get_coordinates(shapely.shortest_line(outline, point))[0]
        return bool(haversine_km(nearest[0], nearest[1], lon, lat) <= radius_km)
