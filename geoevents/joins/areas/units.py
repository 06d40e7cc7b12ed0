"""Prepare the areas of a join.

What can be repaired is repaired and counted in the log; the rest is one clear error. The caller's frame stays as it is.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gazetteer import geodesy
from geoevents.cached import cached_property
from geoevents.errors import AreasError, ArgumentError
from geoevents.spatial.grids import Grid
from geoevents.spatial.make_valid import make_valid
from geoevents.spatial.nearest import Nearest
from geoevents.spatial.outlines import in_lonlat
from geoevents.spatial.point_in_polygon import PolygonIndex
from geoevents.spatial.threads import distinct_objects

__all__ = ["VALIDITY", "Units"]

_LOG = logging.getLogger("geoevents")
# The columns of a unit's first and last day.
VALIDITY = ("valid_from", "valid_to")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]
Shapes = NDArray[np.object_]


class Locator(Protocol):
    """Finds the unit of each point."""

    def containing(self, lon: Floats, lat: Floats) -> Ints:
        """Return the number of each point's unit, -1 for none."""


class SmallestFirst:
    """Finds the smallest of the polygons that hold a point, of equals the first."""

    def __init__(self, shapes: Shapes) -> None:
        self._order = np.argsort(np.nan_to_num(shapely.area(shapes)), kind="stable")
        self._index = PolygonIndex(shapes[self._order])

    def containing(self, lon: Floats, lat: Floats) -> Ints:
        """Return the number of each point's polygon, -1 for none."""
        found = self._index.containing(lon, lat)
        # Of points alone, as the former districts among second-level units are, none holds anything.
        return np.where(found >= 0, self._order[found], -1) if len(self._order) else found


class InGrid:
    """Finds the cell of each point by arithmetic."""

    def __init__(self, grid: Grid, ids: NDArray[Any]) -> None:
        self._grid, self._numbers = grid, pd.Index(ids)

    def containing(self, lon: Floats, lat: Floats) -> Ints:
        """Return the number of each point's cell, -1 where the point or the cell is not known."""
        known = np.isfinite(lon) & np.isfinite(lat)
        out = np.full(len(lon), -1, dtype=np.int64)
        if known.any():
            out[known] = self._numbers.get_indexer(self._grid.of(lon[known], lat[known]))
        return out


@dataclass(eq=False)
class Units:
    """Areas ready to be joined.

    Attributes
    ----------
    table
        A row a unit, numbered from 0: ``unit_id``, ``unit_name`` where there is one, and the areas' own columns.
    shapes
        Polygons in lon/lat, None where a unit has none.
    since, until
        The first and the last day of each unit, NaT for an open end; None where the areas have no days.
    grid
        The grid whose cells the units are, None for areas.
    bundled
        Whether the units are a layer of a gazetteer.
    """

    table: pd.DataFrame
    shapes: Shapes
    since: Days | None = None
    until: Days | None = None
    grid: Grid | None = None
    bundled: bool = False

    @classmethod
    def from_frame(cls, frame: gpd.GeoDataFrame, *, any_shape: bool = False) -> Units:
        """Make units of a frame in any CRS.

        Parameters
        ----------
        frame
            A row a unit; its days, where it has the columns ``valid_from`` and ``valid_to``, are read.
        any_shape
            Whether points and lines are taken too, as for a search of the nearest.

        Raises
        ------
        AreasError
            When there are none, they have no CRS, or none of them is a polygon.
        """
        _check(frame)
        since, until = (_days(frame, name) for name in VALIDITY)
        dated = since is not None and until is not None and not (np.isnat(since) & np.isnat(until)).all()
        shapes = _clean(in_lonlat(frame), any_shape)
        return cls(_table(frame), shapes, since if dated else None, until if dated else None)

    @classmethod
    def for_grid(cls, grid: Grid, lon: Floats, lat: Floats, shapes: Shapes) -> Units:
        """Make the cells of a grid that points (degrees, NaN for none) and shapes (None for none) reach, no others."""
        known = np.isfinite(lon) & np.isfinite(lat)
        reached = set(grid.of(lon[known], lat[known]).tolist()) if known.any() else set()
        for shape in shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]:
            reached.update(grid.touched(shape))
        ids = np.asarray(pd.Index(sorted(reached), dtype=None if reached else object))
        column = pd.Series(ids, name="unit_id")
        table = pd.DataFrame(column.astype("Int64") if column.dtype.kind == "i" else column)
        return cls(table, grid.shapes(ids), grid=grid)

    # Units and their days

    @cached_property
    def changes(self) -> Days:
        """The days on which units begin, or have just ended; between two of them the units stay the same."""
        if self.since is None or self.until is None:
            return np.empty(0, dtype="datetime64[D]")
        days = np.concatenate([self.since, self.until + np.timedelta64(1, "D")])
        return np.unique(days[~np.isnat(days)])

    def epochs_of(self, days: Days) -> Ints:
        """Return between which two changes each day lies, from 0; a day that is not known counts as today."""
        today = np.datetime64("today", "D")
        return np.searchsorted(self.changes, np.where(np.isnat(days), today, days), side="right").astype(np.int64)

    @cached_property
    def alive(self) -> NDArray[np.bool_]:
        """Which of n units are valid in each of the epochs."""
        alive = np.ones((len(self.table), len(self.changes) + 1), dtype=bool)
        if self.since is not None and self.until is not None:
            middle = np.concatenate([[np.datetime64("0001-01-01", "D")], self.changes])[None, :]
            alive &= np.isnat(self.since[:, None]) | (self.since[:, None] <= middle)
            alive &= np.isnat(self.until[:, None]) | (self.until[:, None] >= middle)
        return alive

    def take(self, kept: NDArray[np.bool_]) -> Units:
        """Return some of the units, numbered anew."""
        since, until = (None if days is None else days[kept] for days in (self.since, self.until))
        table = self.table[kept].reset_index(drop=True)
        return Units(table, self.shapes[kept], since, until, self.grid, self.bundled)

    def on(self, day: np.datetime64) -> Units:
        """Return the units that are valid on a day."""
        if self.since is None:
            return self
        epoch = int(self.epochs_of(np.array([day], dtype="datetime64[D]"))[0])
        if epoch not in self._by_epoch:
            self._by_epoch[epoch] = self.take(self.alive[:, epoch]).regardless_of_days()
        return self._by_epoch[epoch]

    @cached_property
    def _by_epoch(self) -> dict[int, Units]:
        return {}

    def regardless_of_days(self) -> Units:
        """Return the same units as if they were valid on all days."""
        return self if self.since is None else self._undated

    @cached_property
    def _undated(self) -> Units:
        return Units(self.table, self.shapes, grid=self.grid, bundled=self.bundled)

    # Units and points

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The units by their bounds."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def nearest(self) -> Nearest:
        """Which unit's outline is nearest to a point."""
        return Nearest(self.shapes)

    @cached_property
    def _locators(self) -> dict[int, tuple[Ints, Locator]]:
        return {}

    def _locator(self, epoch: int) -> tuple[Ints, Locator]:
        """Return what finds the unit of a point in an epoch, -1 for the units of all epochs, and the units' numbers."""
        if epoch not in self._locators:
            if epoch < 0 and self.grid is not None:
                numbers = np.arange(len(self.table))
                locator: Locator = InGrid(self.grid, self.table["unit_id"].to_numpy())
            else:
                always = self.alive.all(axis=1)
                numbers = np.flatnonzero(always if epoch < 0 else self.alive[:, epoch] & ~always)
                locator = SmallestFirst(self.shapes[numbers])
            self._locators[epoch] = numbers, locator
        return self._locators[epoch]

    def containing(self, lon: Floats, lat: Floats, epoch: Ints | None = None) -> Ints:
        """Return the number of each point's unit, -1 for none; of several the smallest, of equals the first.

        Parameters
        ----------
        lon, lat
            m degrees, NaN for no place.
        epoch
            As `epochs_of` gives it; None takes today's units.
        """
        numbers, locator = self._locator(-1)
        found = locator.containing(lon, lat)
        if self.since is None:
            return found
        found = np.where(found >= 0, numbers[found] if len(numbers) else -1, -1)
        if epoch is None:
            epoch = self.epochs_of(np.full(len(lon), np.datetime64("NaT", "D")))
        for one in np.unique(epoch):
            rows = np.flatnonzero(epoch == one)
            numbers, locator = self._locator(int(one))
            dated = locator.containing(lon[rows], lat[rows])
            dated = np.where(dated >= 0, numbers[dated] if len(numbers) else -1, -1)
            smaller = (dated >= 0) & ((found[rows] < 0) | (self._size[dated] < self._size[found[rows]]))
            found[rows[smaller]] = dated[smaller]
        return found

    @cached_property
    def _size(self) -> Floats:
        return np.asarray(np.nan_to_num(shapely.area(self.shapes)), dtype=np.float64)

    def containing_or_nearest(self, lon: Floats, lat: Floats, km: float) -> Ints:
        """Return the number of each point's unit, of the nearest within some kilometres where it is in none."""
        found = self.containing(lon, lat)
        bare = np.flatnonzero((found < 0) & np.isfinite(lon) & np.isfinite(lat))
        if len(bare):
            found[bare] = self.nearest.of(lon[bare], lat[bare], within_km=km)[0]
        return found

    def warn_of_overlaps(self, lon: Floats, lat: Floats, found: Ints, most: int = 2_000) -> None:
        """Say how many of the points, or of a sample of them, lie inside more than one unit."""
        if self.since is not None:
            return
        placed = np.flatnonzero(found >= 0)
        placed = placed[:: max(len(placed) // most, 1)][:most]
        points = shapely.points(lon[placed], lat[placed])
        several = np.bincount(self.tree.query(points, predicate="within")[0], minlength=1)
        if (several > 1).any():
            _LOG.warning(
                "Areas: they overlap: %d of %d points tried lie in more than one, and go to the smallest of them.",
                int((several > 1).sum()),
                len(placed),
            )


def _check(frame: object) -> None:
    if not isinstance(frame, gpd.GeoDataFrame) or frame._geometry_column_name not in frame.columns:
        raise ArgumentError(
            "Areas: expected a GeoDataFrame with a geometry, a file or a layer's name, got none of them."
        )
    if frame.columns.has_duplicates:
        doubled = frame.columns[frame.columns.duplicated()][0]
        raise AreasError(f"Areas: expected each column name once, but {doubled!r} is doubled.")
    if not len(frame):
        raise AreasError("Areas: expected at least one area, got an empty layer.")
    if frame.crs is None:
        raise AreasError("Areas: expected a CRS, but none is set; set_crs says which it is.")


def _days(frame: gpd.GeoDataFrame, name: str) -> Days | None:
    if name not in frame:
        return None
    days = pd.to_datetime(frame[name].astype(object), errors="coerce", utc=True).dt.tz_localize(None)
    return np.asarray(days.to_numpy(), dtype="datetime64[D]")


def _table(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the areas' own columns, with an id first: their ``id`` where it is one, else their index."""
    own = pd.DataFrame(frame.drop(columns=[c for c in frame.columns if frame[c].dtype.name == "geometry"]))
    ids: Any = frame.index if frame.index.nlevels == 1 and frame.index.is_unique else pd.RangeIndex(len(frame))
    source = next((c for c in ("unit_id", "id") if c in own and own[c].notna().all() and own[c].is_unique), None)
    if source is not None:
        ids = own.pop(source)
    first = {"unit_id": np.asarray(ids)}
    label = next((c for c in ("unit_name", "name") if c in own), None)
    if label is not None:
        first["unit_name"] = own.pop(label).to_numpy()
    table = pd.concat([pd.DataFrame(first), own.reset_index(drop=True)], axis=1)
    # Numbers that can be missing: events in no unit have none.
    whole = {name: "Int64" for name in table.columns if pd.api.types.is_signed_integer_dtype(table[name].dtype)}
    return table.astype(whole | {name: "boolean" for name in table.columns if table[name].dtype == bool})


def _clean(shapes: Shapes, any_shape: bool) -> Shapes:
    """Return valid polygons within the world; what was make_valid or left out is counted in the log."""
    shapes = shapely.force_2d(shapes) if shapely.has_z(shapes).any() else shapes.copy()
    shapes, broken = make_valid(distinct_objects(shapes))
    if broken.any():
        _LOG.warning("Areas: %d invalid geometr%s repaired.", broken.sum(), "y" if broken.sum() == 1 else "ies")
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not any_shape:
        mixed = there & ~np.isin(shapely.get_type_id(shapes), (3, 6))
        shapes[mixed] = [_polygons(shape) for shape in shapes[mixed]]
        bare = mixed & shapely.is_missing(shapes)
        if there.any() and not (there & ~bare).any():
            raise AreasError("Areas: expected polygons, got points or lines only; how='nearest' takes these.")
        if bare.any():
            _LOG.warning("Areas: %d have no polygon (points or lines) and hold no event.", bare.sum())
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not there.any():
        raise AreasError("Areas: expected at least one area with a geometry, got none.")
    shapes[there] = geodesy.cut_many_at_antimeridian(shapes[there])
    return shapes


def _polygons(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Return the polygons of a collection as one, None where it has none."""
    flat = shapely.get_parts(shapely.get_parts(shape))
    parts = flat[shapely.get_dimensions(flat) == 2]
    return shapely.union_all(parts) if len(parts) else None
