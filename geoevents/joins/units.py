"""The areas of a join, made ready: a frame, a file, a layer's or a grid's name enters, `Units` leave.

What can be repaired is repaired and counted in the log; what cannot is one clear error. The caller's frame stays as
it is.
"""

from __future__ import annotations

import logging
import os
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoevents.errors import AreasError
from geoevents.spatial.geodesy import in_lonlat, wrapped
from geoevents.spatial.grids import Grid, grid_of
from geoevents.spatial.make_valid import mended
from geoevents.spatial.nearest import Nearest
from geoevents.spatial.point_in_polygon import Cover
from geoevents.spatial.threads import apart

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Units", "units_of"]

_LOG = logging.getLogger("geoevents")
_BUNDLED = ("id", "name", "country", "admin1")


class Units:
    """Areas ready to be joined.

    Attributes
    ----------
    table
        A row a unit, numbered from 0: ``unit_id``, ``unit_name`` where there is one, and the areas' own columns.
    shapes
        Polygons in lon/lat, None where a unit has none.
    """

    def __init__(self, table: pd.DataFrame, shapes: NDArray[np.object_]) -> None:
        self.table = table
        self.shapes = shapes

    @cached_property
    def _by_size(self) -> tuple[NDArray[np.int64], Cover]:
        order = np.argsort(np.nan_to_num(shapely.area(self.shapes)), kind="stable")
        return order, Cover(self.shapes[order])

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The units by their bounds."""
        return shapely.STRtree(self.shapes)

    def of(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the number of each point's unit, -1 for none; of several the smallest, of equals the first."""
        order, cover = self._by_size
        found = cover.of(lon, lat)
        return np.where(found >= 0, order[found], -1)

    @cached_property
    def nearest(self) -> Nearest:
        """Which unit's outline is nearest to a point."""
        return Nearest(self.shapes)

    def of_or_near(self, lon: NDArray[np.float64], lat: NDArray[np.float64], km: float) -> NDArray[np.int64]:
        """Return the number of each point's unit, of the nearest within some kilometres where it is in none."""
        found = self.of(lon, lat)
        bare = np.flatnonzero((found < 0) & np.isfinite(lon) & np.isfinite(lat))
        if len(bare):
            found[bare] = self.nearest.of(lon[bare], lat[bare], within_km=km)[0]
        return found

    def warn_of_overlaps(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], found: NDArray[np.int64], most: int = 2_000
    ) -> None:
        """Say how many of the points, or of a sample of them, lie inside more than one unit."""
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


class _Cells(Units):
    """The cells of a grid that events may lie in."""

    def __init__(self, grid: Grid, ids: NDArray[Any]) -> None:
        import pandas as pd

        column = pd.Series(ids, name="unit_id")
        table = pd.DataFrame(column.astype("Int64") if column.dtype.kind == "i" else column)
        super().__init__(table, grid.shapes(ids))
        self._grid = grid
        self._numbers = pd.Index(ids)

    def of(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        known = np.isfinite(lon) & np.isfinite(lat)
        out = np.full(len(lon), -1, dtype=np.int64)
        if known.any():
            out[known] = self._numbers.get_indexer(self._grid.of(lon[known], lat[known]))
        return out


def units_of(
    areas: Units | gpd.GeoDataFrame | str | os.PathLike[str],
    *,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    shapes: NDArray[np.object_],
    any_shape: bool = False,
) -> Units:
    """Return areas ready to be joined.

    Parameters
    ----------
    areas
        A GeoDataFrame in any CRS, a file that pyogrio reads or a GeoParquet file, or what `geoevents.areas` knows;
        units made ready before are taken as they are.
    lon, lat, shapes
        Where events may lie: points (degrees, NaN for none) and places (None for none). A grid makes the cells that
        these reach and no more.
    any_shape
        Whether points and lines are taken too, as for a search of the nearest.

    Raises
    ------
    AreasError
        When there are none, they have no CRS, or none of them is a polygon.
    ReadError
        When the file cannot be read.
    """
    if isinstance(areas, Units):
        return areas
    if isinstance(areas, str) and (grid := grid_of(areas)) is not None:
        return _cells(grid, lon, lat, shapes)
    if isinstance(areas, str) and not Path(areas).suffix and not Path(areas).exists():
        return _bundled(areas, any_shape)
    frame = _read(Path(areas)) if isinstance(areas, str | os.PathLike) else areas
    return _ready(frame, any_shape)


def _cells(grid: Grid, lon: NDArray[np.float64], lat: NDArray[np.float64], shapes: NDArray[np.object_]) -> Units:
    import pandas as pd

    known = np.isfinite(lon) & np.isfinite(lat)
    ids = set(grid.of(lon[known], lat[known]).tolist()) if known.any() else set()
    for shape in shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]:
        ids.update(grid.touched(shape))
    return _Cells(grid, np.asarray(pd.Index(sorted(ids), dtype=None if ids else object)))


def _bundled(name: str, any_shape: bool) -> Units:
    import gazetteer

    # Grids and groups are made anew; a layer of one gazetteer is the same for every join.
    return _layer(name, any_shape, gazetteer.load())


@lru_cache(maxsize=8)
def _layer(name: str, any_shape: bool, _: object) -> Units:
    import pandas as pd

    from geoevents.layers import areas

    frame = areas(name)
    if "valid_to" in frame:  # units that are no more would lie over those of today
        ended = pd.to_datetime(frame["valid_to"].astype(object), errors="coerce") < pd.Timestamp.now()
        frame = frame[~ended.to_numpy()]
    if not any_shape:
        polygons = frame.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
        if not polygons.all() and polygons.any():
            _LOG.warning("Areas: %d of %s are known only as points and are left out.", (~polygons).sum(), name)
            frame = frame[polygons]
    frame = frame[[column for column in (*_BUNDLED, frame.geometry.name) if column in frame]]
    return _ready(frame.reset_index(drop=True), any_shape)


def _read(path: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pyogrio

    from geoevents.errors import ReadError

    if not path.exists():
        raise ReadError(f"{path}: expected a file of areas, but there is none.")
    try:
        if path.suffix.lower() in (".parquet", ".geoparquet", ".pq"):
            return gpd.read_parquet(path)
        return gpd.read_file(path)
    except (OSError, ValueError, KeyError, pyogrio.errors.DataSourceError) as error:
        # Arrow's errors are OSError or ValueError.
        raise ReadError(f"{path}: expected areas, but it cannot be read ({str(error).splitlines()[0]}).") from error


def _ready(frame: gpd.GeoDataFrame, any_shape: bool) -> Units:
    import geopandas as gpd

    if not isinstance(frame, gpd.GeoDataFrame) or frame._geometry_column_name not in frame.columns:
        raise AreasError("Areas: expected a GeoDataFrame with a geometry, a file or a layer's name, got none of them.")
    if frame.columns.has_duplicates:
        doubled = frame.columns[frame.columns.duplicated()][0]
        raise AreasError(f"Areas: expected each column name once, but {doubled!r} is doubled.")
    if not len(frame):
        raise AreasError("Areas: expected at least one area, got an empty layer.")
    if frame.crs is None:
        raise AreasError("Areas: expected a CRS, but none is set; set_crs says which it is.")
    return Units(_table(frame), _clean(in_lonlat(frame), any_shape))


def _table(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the areas' own columns, with an id first: their ``id`` where it is one, else their index."""
    import pandas as pd

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


def _clean(shapes: NDArray[np.object_], any_shape: bool) -> NDArray[np.object_]:
    """Return valid polygons within the world; what was mended or left out is counted in the log."""
    shapes = shapely.force_2d(shapes) if shapely.has_z(shapes).any() else shapes.copy()
    shapes, broken = mended(apart(shapes))
    if broken.any():
        _LOG.warning("Areas: %d invalid geometr%s repaired.", broken.sum(), "y" if broken.sum() == 1 else "ies")
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not any_shape:
        mixed = there & ~np.isin(shapely.get_type_id(shapes), (3, 6))
        shapes[mixed] = [_polygons(shape) for shape in shapes[mixed]]
        none = mixed & shapely.is_missing(shapes)
        if there.any() and not (there & ~none).any():
            raise AreasError("Areas: expected polygons, got points or lines only; how='nearest' takes these.")
        if none.any():
            _LOG.warning("Areas: %d have no polygon (points or lines) and hold no event.", none.sum())
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not there.any():
        raise AreasError("Areas: expected at least one area with a geometry, got none.")
    shapes[there] = wrapped(shapes[there])
    return shapes


def _polygons(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Return the polygons of a collection as one, None where it has none."""
    flat = shapely.get_parts(shapely.get_parts(shape))
    parts = flat[shapely.get_dimensions(flat) == 2]
    return shapely.union_all(parts) if len(parts) else None
