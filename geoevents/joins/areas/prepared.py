"""Prepare areas for joins once: a frame, a file, a layer's or a grid's name becomes `Units`.

A layer of a gazetteer is made ready once in a process, a frame as often as it changes.
"""

from __future__ import annotations

import logging
import os
import weakref
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

import gazetteer as package
from geoevents.errors import ReadError
from geoevents.joins.areas.units import VALIDITY, Units
from geoevents.spatial.grids import Grid, grid_of

if TYPE_CHECKING:
    from gazetteer import Gazetteer

__all__ = ["FrameMemory", "prepare_units"]

_LOG = logging.getLogger("geoevents")
# The columns of a bundled layer that a join brings.
_BUNDLED = ("id", "name", "country", "admin1")


@dataclass(frozen=True)
class _Made:
    """Units, and the frame that they were made of as it was then."""

    frame: weakref.ref[gpd.GeoDataFrame]
    units: Units
    shapes: NDArray[np.object_]
    crs: object
    table: pd.DataFrame

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame, units: Units, ref: weakref.ref[gpd.GeoDataFrame]) -> _Made:
        return cls(ref, units, _shapes(frame), frame.crs, _other_columns(frame).copy())

    def still_holds(self, frame: gpd.GeoDataFrame) -> bool:
        """Return whether a frame is the one that the units were made of, and is as it was."""
        if id(self.frame()) != id(frame):
            return False
        shapes = _shapes(frame)
        return (
            len(shapes) == len(self.shapes)
            and all(new is old for new, old in zip(shapes, self.shapes, strict=True))
            and frame.crs == self.crs
            and self.table.index.equals(frame.index)
            and self.table.equals(_other_columns(frame))
        )


class FrameMemory:
    """The units made of frames, for as long as a frame lives and stays as it was.

    Geometries are compared by identity, as they never change; all else by its values.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> memory, frame = FrameMemory(), gpd.GeoDataFrame({"id": ["a"]}, geometry=[box(0, 0, 1, 1)], crs=4326)
    >>> memory.units_of(frame) is memory.units_of(frame)
    True
    >>> first = memory.units_of(frame)
    >>> frame.loc[0, "id"] = "b"
    >>> memory.units_of(frame) is first
    False
    """

    def __init__(self) -> None:
        self._made: dict[tuple[int, bool], _Made] = {}

    def units_of(self, frame: gpd.GeoDataFrame, *, any_shape: bool = False) -> Units:
        """Return the units of a frame; parameters and errors as in `Units.from_frame`."""
        key = (id(frame), any_shape)
        made = self._made.get(key)
        if made is not None and made.still_holds(frame):
            return made.units
        units = Units.from_frame(frame, any_shape=any_shape)
        gone = weakref.ref(frame, lambda _: self._made.pop(key, None))
        self._made[key] = _Made.of(frame, units, gone)
        return units


_MADE = FrameMemory()


def _shapes(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    return np.array(frame.geometry.array, dtype=object)


def _other_columns(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns=frame.geometry.name))


def prepare_units(
    areas: Units | gpd.GeoDataFrame | str | os.PathLike[str],
    *,
    any_shape: bool = False,
    gazetteer: Gazetteer | None = None,
) -> Units | Grid:
    """Return areas ready to be joined; of a grid, whose cells follow from the events, the grid.

    Parameters
    ----------
    areas
        A GeoDataFrame in any CRS, a file that pyogrio reads or a GeoParquet file, or what `geoevents.areas` knows;
        units made ready before are taken as they are. A bundled layer comes with its units of all days.
    any_shape
        Whether points and lines are taken too, as for a search of the nearest.
    gazetteer
        Whose layer a name means; None takes the bundled gazetteer.

    Raises
    ------
    ArgumentError
        When `areas` is neither a frame with a geometry, a file nor a name.
    AreasError
        When there are none, they have no CRS, or none of them is a polygon.
    ReadError
        When the file cannot be read.
    """
    if isinstance(areas, Units):
        return areas
    if isinstance(areas, str) and (grid := grid_of(areas)) is not None:
        return grid
    if isinstance(areas, str) and not Path(areas).suffix and not Path(areas).exists():
        return _layer(areas, any_shape, gazetteer or package.load())
    if isinstance(areas, str | os.PathLike):
        return Units.from_frame(_read(Path(areas)), any_shape=any_shape)
    return _MADE.units_of(areas, any_shape=any_shape)


@lru_cache(maxsize=8)
def _layer(name: str, any_shape: bool, gazetteer: Gazetteer) -> Units:
    """Return a layer of a gazetteer, which is the same for every join."""
    from geoevents.layers import areas

    frame = areas(name, gazetteer=gazetteer)
    if not any_shape:
        polygons = frame.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
        if not polygons.all() and polygons.any():
            _LOG.warning("Areas: %d of %s are known only as points and are left out.", (~polygons).sum(), name)
            frame = frame[polygons]
    frame = frame[[column for column in (*_BUNDLED, *VALIDITY, frame.geometry.name) if column in frame]]
    units = Units.from_frame(frame.reset_index(drop=True), any_shape=any_shape)
    units.table = units.table.drop(columns=[name for name in VALIDITY if name in units.table])
    units.bundled = True
    return units


def _read(path: Path) -> gpd.GeoDataFrame:
    if not path.exists():
        raise ReadError(f"{path}: expected a file of areas, but there is none.")
    try:
        if path.suffix.lower() in (".parquet", ".geoparquet", ".pq"):
            return gpd.read_parquet(path)
        return gpd.read_file(path)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        # Arrow's errors are OSError or ValueError, GDAL's RuntimeError.
        raise ReadError(f"{path}: expected areas, but it cannot be read ({str(error).splitlines()[0]}).") from error
