"""Units onto parts of a table: each distinct place is shared out once in a process, not once a part.

Events of a part and areas give the rows of `geoevents.join`. The shares of a country in first-level units are
the same in every part, and computing them takes most of the time of a join.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoevents.engines.gazetteer_source import GazetteerSource
from geoevents.joins import join
from geoevents.joins.areas.prepared import prepare_units
from geoevents.joins.areas.units import Units
from geoevents.joins.join import Placed, place_among, with_units

if TYPE_CHECKING:
    import geopandas as gpd

    from geoevents.spatial.grids import Grid

__all__ = ["Areas", "joined", "unit_types"]

# What decides where an event lies among units, beside its geometry.
DECIDING = ("place_kind", "place_id", "match_method", "country", "admin1")
# Places that are kept; each takes about 300 bytes.
_MOST = 1_000_000


class Areas:
    """Areas to join with, as a key: names are the same by their text, frames by their identity.

    A layer's name means that of `gazetteer`, in its view.
    """

    def __init__(self, areas: Any, how: str, weight: str | None, gazetteer: GazetteerSource) -> None:
        self.areas, self.how, self.weight, self.gazetteer = areas, how, weight, gazetteer
        self._key = (areas if isinstance(areas, str) else id(areas), how, weight, gazetteer)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Areas) and self._key == other._key


def joined(events: gpd.GeoDataFrame, areas: Areas, within_km: float | None) -> gpd.GeoDataFrame:
    """Join a part of a table with areas, as `geoevents.join` does."""
    if areas.how == "nearest":
        ready = _ready(areas)
        return join(events, ready if isinstance(ready, Units) else areas.areas, "nearest", within_km=within_km)
    return _known(areas).join(events)


@lru_cache(maxsize=4)
def _ready(areas: Areas) -> Units | Grid:
    """Return areas ready to be joined; of a grid, whose cells are made as they are reached, the grid."""
    known = areas.gazetteer.load()
    return prepare_units(areas.areas, any_shape=areas.how == "nearest", gazetteer=known)


@lru_cache(maxsize=4)
def _known(areas: Areas) -> _Known:
    return _Known(areas)


class _Known:
    """The places seen so far: the units of each, and its shares in them."""

    def __init__(self, areas: Areas) -> None:
        self._areas = areas
        self._ready = _ready(areas)
        self._shares: dict[int, tuple[list[int], list[float], str | None]] = {}
        self._cells: dict[Any, int] = {}

    def join(self, events: gpd.GeoDataFrame) -> gpd.GeoDataFrame:

        code, distinct = pd.factorize(_keys(events, self._epochs(events)))
        first = np.empty(len(distinct), dtype=np.int64)
        first[code[::-1]] = np.arange(len(code) - 1, -1, -1)
        if len(self._shares) + len(distinct) > _MOST:
            self._shares.clear()
        keys = distinct.tolist()
        new = [i for i, key in enumerate(keys) if key not in self._shares]
        if new:
            self._learn(events.iloc[first[new]], [keys[i] for i in new])
        found = [self._shares[key] for key in keys]
        counts = np.array([len(units) for units, _, _ in found], dtype=np.int64)
        unit = np.array([unit for units, _, _ in found for unit in units], dtype=np.int64)
        share = np.array([share for _, shares, _ in found for share in shares], dtype=np.float64)
        contradicts = np.array([country for _, _, country in found], dtype=object)
        begin = np.cumsum(counts) - counts
        row = np.repeat(np.arange(len(events)), counts[code])
        rows = counts[code]
        at = np.repeat(begin[code] - (np.cumsum(rows) - rows), rows) + np.arange(len(row))
        placed = Placed(self._table(), row, unit[at], share[at], contradicts[code] if len(code) else contradicts)
        # All parts of a file have the same columns: notes are added where there is a column for them.
        noted = placed.noted(events) if "match_note" in events.columns else events
        added = {"weight" if self._areas.how == "allocate" else "unit_share": placed.share}
        return with_units(noted, placed.units, row, placed.unit, added)

    def _learn(self, events: gpd.GeoDataFrame, keys: list[int]) -> None:

        placed = place_among(events, self._areas.areas, self._areas.how, weight=self._areas.weight, ready=self._ready)
        unit = placed.unit if self._is_layer else self._numbered(placed.unit, placed.units)
        ends = np.searchsorted(placed.row, np.arange(len(events)), side="right").tolist()
        for i, (key, start, end) in enumerate(zip(keys, [0, *ends[:-1]], ends, strict=True)):
            self._shares[key] = unit[start:end].tolist(), placed.share[start:end].tolist(), placed.contradicts[i]

    def _epochs(self, events: gpd.GeoDataFrame) -> NDArray[np.int64] | None:
        """Return between which changes of the units each event lies, None where the units do not change."""
        if not isinstance(self._ready, Units) or self._ready.since is None or "start" not in events.columns:
            return None
        return self._ready.epochs_of(events["start"].to_numpy(dtype="datetime64[D]"))

    @property
    def _is_layer(self) -> bool:

        return isinstance(self._ready, Units)

    def _numbered(self, unit: NDArray[np.int64], units: Units) -> NDArray[np.int64]:
        """Return the numbers of a grid's cells among all that were reached so far."""
        ids = [self._cells.setdefault(cell, len(self._cells)) for cell in units.table["unit_id"].tolist()]
        return np.where(unit >= 0, np.append(np.array(ids, dtype=np.int64), -1)[unit], -1)

    def _table(self) -> Units:

        if isinstance(self._ready, Units):
            return self._ready
        cells = pd.Series(list(self._cells), name="unit_id", dtype=None if self._cells else object)
        table = pd.DataFrame(cells.astype("Int64") if cells.dtype.kind == "i" else cells)
        return Units(table, np.full(len(table), None, dtype=object))


def _keys(events: gpd.GeoDataFrame, epoch: NDArray[np.int64] | None) -> NDArray[np.uint64]:
    """Return a 64-bit hash of all that a join looks at, the same for events of one place."""
    shapes = events.geometry.to_numpy()
    code, _ = pd.factorize(np.array([id(shape) for shape in shapes], dtype=np.int64))
    first = np.empty(code.max(initial=-1) + 1, dtype=np.int64)
    first[code[::-1]] = np.arange(len(code) - 1, -1, -1)
    wkb = np.array([hash(shape) for shape in shapely.to_wkb(shapes[first])], dtype=np.int64)
    frame = pd.DataFrame({"shape": wkb[code] if len(code) else np.empty(0, dtype=np.int64)})
    at_point = (shapely.get_type_id(shapes) <= 0) | shapely.is_empty(shapes)  # of an area no point is looked at
    for name in ("lon", "lat", "radius_km"):
        if name in events.columns:
            frame[name] = events[name].reset_index(drop=True).where(at_point)
    for name in DECIDING:
        if name in events.columns and name not in frame:
            frame[name] = events[name].reset_index(drop=True)
    if epoch is not None:
        frame["epoch"] = epoch
    return np.asarray(pd.util.hash_pandas_object(frame, index=False), dtype=np.uint64)


def unit_types(areas: Areas) -> pd.DataFrame | None:
    """Return the columns that a join adds, with all values that they may have; None for a grid."""
    ready = _ready(areas)
    return ready.table if isinstance(ready, Units) else None
