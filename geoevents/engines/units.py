"""Units onto parts of a table: each distinct place is shared out once in a process, not once a part.

Events of a part and a plan enter; the rows of `geoevents.join` leave. Where the countries of a table lie in first-level
units does not change from one part to the next, and takes most of the time of a join.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geoevents.joins.units import Units

__all__ = ["Areas", "joined", "unit_types"]

# Places that are kept in mind; each takes about 300 bytes.
_MOST = 1_000_000


class Areas:
    """Areas to join with, as a key: names are the same by their text, frames by their identity."""

    def __init__(self, areas: Any, how: str, weight: str | None) -> None:
        self.areas, self.how, self.weight = areas, how, weight
        self._key = (areas if isinstance(areas, str) else id(areas), how, weight)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Areas) and self._key == other._key


def joined(events: gpd.GeoDataFrame, areas: Areas, within_km: float | None) -> gpd.GeoDataFrame:
    """Join a part of a table with areas, as `geoevents.join` does."""
    from geoevents.joins import join

    if areas.how == "nearest":
        units = _ready(areas)
        return join(events, areas.areas if units is None else units, "nearest", within_km=within_km)
    return _known(areas).join(events)


@lru_cache(maxsize=4)
def _ready(areas: Areas) -> Units | None:
    """Return areas ready to be joined, None for a grid, whose cells are made as they are reached."""
    from geoevents.joins.units import units_of
    from geoevents.spatial.grids import grid_of

    if isinstance(areas.areas, str) and grid_of(areas.areas) is not None:
        return None
    none: Any = np.empty(0)
    return units_of(areas.areas, lon=none, lat=none, shapes=none, any_shape=areas.how == "nearest")


@lru_cache(maxsize=4)
def _known(areas: Areas) -> _Known:
    return _Known(areas)


class _Known:
    """What is known of the places seen so far: the units of each and its shares in them."""

    def __init__(self, areas: Areas) -> None:
        self._areas = areas
        self._units = _ready(areas)
        self._shares: dict[int, tuple[list[int], list[float]]] = {}
        self._cells: dict[Any, int] = {}

    def join(self, events: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        import pandas as pd

        from geoevents.joins.join import with_units

        code, distinct = pd.factorize(_keys(events))
        first = np.empty(len(distinct), dtype=np.int64)
        first[code[::-1]] = np.arange(len(code) - 1, -1, -1)
        if len(self._shares) + len(distinct) > _MOST:
            self._shares.clear()
        keys = distinct.tolist()
        new = [i for i, key in enumerate(keys) if key not in self._shares]
        if new:
            self._learn(events.iloc[first[new]], [keys[i] for i in new])
        found = [self._shares[key] for key in keys]
        counts = np.array([len(units) for units, _ in found], dtype=np.int64)
        unit = np.array([unit for units, _ in found for unit in units], dtype=np.int64)
        share = np.array([share for _, shares in found for share in shares], dtype=np.float64)
        begin = np.cumsum(counts) - counts
        row = np.repeat(np.arange(len(events)), counts[code])
        rows = counts[code]
        at = np.repeat(begin[code] - (np.cumsum(rows) - rows), rows) + np.arange(len(row))
        added = {"weight" if self._areas.how == "allocate" else "unit_share": share[at]}
        return with_units(events, self._table(), row, unit[at], added)

    def _learn(self, events: gpd.GeoDataFrame, keys: list[int]) -> None:
        from geoevents.joins.event_extents import Places
        from geoevents.joins.join import allocate
        from geoevents.joins.units import units_of
        from geoevents.joins.within import within

        places = Places.of(events)
        units = self._units or units_of(self._areas.areas, lon=places.lon, lat=places.lat, shapes=places.shapes)
        if self._areas.how == "within":
            unit, share = within(places, units)
            row, unit, share = np.arange(len(events)), unit[places.event], share[places.event]
        else:
            row, unit, share = allocate(places, units, self._areas.weight)
        unit = unit if self._units is not None else self._numbered(unit, units)
        ends = np.searchsorted(row, np.arange(len(events)), side="right").tolist()
        for key, start, end in zip(keys, [0, *ends[:-1]], ends, strict=True):
            self._shares[key] = unit[start:end].tolist(), share[start:end].tolist()

    def _numbered(self, unit: NDArray[np.int64], units: Units) -> NDArray[np.int64]:
        """Return the numbers of a grid's cells among all that were reached so far."""
        ids = [self._cells.setdefault(cell, len(self._cells)) for cell in units.table["unit_id"].tolist()]
        return np.where(unit >= 0, np.append(np.array(ids, dtype=np.int64), -1)[unit], -1)

    def _table(self) -> Units:
        import pandas as pd

        from geoevents.joins.units import Units

        if self._units is not None:
            return self._units
        cells = pd.Series(list(self._cells), name="unit_id", dtype=None if self._cells else object)
        table = pd.DataFrame(cells.astype("Int64") if cells.dtype.kind == "i" else cells)
        return Units(table, np.full(len(table), None, dtype=object))


def _keys(events: gpd.GeoDataFrame) -> NDArray[np.uint64]:
    """Return a 64-bit hash of all that a join looks at, the same for events of one place."""
    import pandas as pd
    import shapely

    shapes = events.geometry.to_numpy()
    code, _ = pd.factorize(np.array([id(shape) for shape in shapes], dtype=np.int64))
    first = np.empty(code.max(initial=-1) + 1, dtype=np.int64)
    first[code[::-1]] = np.arange(len(code) - 1, -1, -1)
    wkb = np.array([hash(shape) for shape in shapely.to_wkb(shapes[first])], dtype=np.int64)
    frame = pd.DataFrame({"shape": wkb[code] if len(code) else np.empty(0, dtype=np.int64)})
    at_point = (shapely.get_type_id(shapes) <= 0) | shapely.is_empty(shapes)  # of an area no point is looked at
    for name in ("lon", "lat", "radius_km", "country", "admin1"):
        if name in events.columns:
            values = events[name].reset_index(drop=True)
            frame[name] = values if name in ("country", "admin1") else values.where(at_point)
    return np.asarray(pd.util.hash_pandas_object(frame, index=False), dtype=np.uint64)


def unit_types(areas: Areas) -> pd.DataFrame | None:
    """Return the columns that a join adds, with all values that they may have; None for a grid."""
    units = _ready(areas)
    return None if units is None else units.table
