"""Make the cells of grids that are asked for, as units; a name says which grid.

``square:0.5`` is a grid of that many degrees from (-180, -90); ``priogrid`` is PRIO-GRID, 0.5 degrees with its own
numbers; ``h3:5`` is Uber's hexagons of a resolution. A point on the edge of squares belongs to the cell north and
east of it; at 180 and 90 degrees to the last one.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gazetteer import geodesy
from geoevents.errors import AreasError, ArgumentError

__all__ = ["Grid", "grid_of"]

Floats = NDArray[np.float64]
_MOST = 2_000_000
# How far a piece of an edge may bend, as a share of its length; into how many pieces it is cut at most; and the
# latitude (radians) from which on they are no more.
_BEND, _MOST_PIECES, _STEEPEST = 1e-4, 64, 1.56


class Grid(Protocol):
    """Cells with ids: those of points, those a shape touches, and their shapes."""

    def of(self, lon: Floats, lat: Floats) -> NDArray[Any]:
        """Return the id of each point's cell; every point (degrees, not NaN) has one."""

    def touched(self, shape: shapely.Geometry) -> Sequence[Hashable]:
        """Return the ids of the cells that a shape reaches, or a few more."""

    def shapes(self, ids: NDArray[Any]) -> NDArray[np.object_]:
        """Return the cells' polygons."""

    def world(self) -> gpd.GeoDataFrame:
        """Return all cells."""


def grid_of(name: str) -> Grid | None:
    """Return the grid a name stands for, None where it names none.

    Raises
    ------
    ArgumentError
        When the name is a grid's, but its size is not a number or out of range.

    Examples
    --------
    >>> grid_of("priogrid").of(np.array([-180.0, 51.2]), np.array([-90.0, 43.65])).tolist()
    [1, 192703]
    """
    kind, _, size = name.partition(":")
    try:
        if name == "priogrid":
            return _PrioGrid()
        if kind == "square":
            return _Squares(float(size))
        if kind == "h3":
            return _Hexagons(int(size))
    except ValueError:
        raise ArgumentError(
            f"Areas: expected a grid such as square:0.5 (degrees), priogrid or h3:5 (0–15), got {name!r}."
        ) from None
    return None


def _frame(ids: NDArray[Any], shapes: NDArray[np.object_]) -> gpd.GeoDataFrame:

    return gpd.GeoDataFrame({"id": ids}, geometry=shapes, crs="EPSG:4326")


class _Squares:
    def __init__(self, step: float) -> None:
        if not 1e-4 <= step <= 180:
            raise ValueError(step)
        self.step = step
        # A step that does not divide the globe leaves a narrower last column.
        self.columns, self.rows = (int(np.ceil(span / step - 1e-9)) for span in (360, 180))

    def _at(self, lon: Floats, lat: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        column = np.clip(np.floor((lon + 180) / self.step), 0, self.columns - 1).astype(np.int64)
        return column, np.clip(np.floor((lat + 90) / self.step), 0, self.rows - 1).astype(np.int64)

    def _ids(self, number: NDArray[np.int64]) -> NDArray[Any]:
        row, column = np.divmod(number, self.columns)
        west, south = np.round(column * self.step - 180, 6), np.round(row * self.step - 90, 6)
        return np.array([f"{x:g},{y:g}" for x, y in zip(west, south, strict=True)], dtype=object)

    def _numbers(self, ids: NDArray[Any]) -> NDArray[np.int64]:
        corners = np.array([text.split(",") for text in ids], dtype=np.float64).reshape(-1, 2)
        column, row = self._at(corners[:, 0] + self.step / 2, corners[:, 1] + self.step / 2)
        return row * self.columns + column

    def of(self, lon: Floats, lat: Floats) -> NDArray[Any]:
        column, row = self._at(lon, lat)
        number, back = np.unique(row * self.columns + column, return_inverse=True)
        return self._ids(number)[back]

    def touched(self, shape: shapely.Geometry) -> Sequence[Hashable]:
        numbers: list[NDArray[np.int64]] = []
        for part in shapely.get_parts(shape):  # parts on both sides of the antimeridian stay apart
            west, south, east, north = shapely.bounds(part)
            column, row = self._at(np.array([west, east]), np.array([south, north]))
            columns, rows = np.arange(column[0], column[1] + 1), np.arange(row[0], row[1] + 1)
            if len(columns) * len(rows) > _MOST:
                raise AreasError(f"Areas: expected larger cells than {self.step:g} degrees for a place so wide.")
            numbers.append((rows[:, None] * self.columns + columns).ravel())
        found = np.unique(np.concatenate(numbers)) if numbers else np.empty(0, dtype=np.int64)
        shapely.prepare(shape)
        return list(self._ids(found[shapely.intersects(shape, self._boxes(found))]))

    def _boxes(self, number: NDArray[np.int64]) -> NDArray[np.object_]:
        row, column = np.divmod(number, self.columns)
        west, south = column * self.step - 180, row * self.step - 90
        boxes = shapely.box(west, south, np.minimum(west + self.step, 180), np.minimum(south + self.step, 90))
        return np.asarray(boxes, dtype=object)

    def shapes(self, ids: NDArray[Any]) -> NDArray[np.object_]:
        return self._boxes(self._numbers(ids))

    def world(self) -> gpd.GeoDataFrame:
        if self.columns * self.rows > _MOST:
            raise AreasError(f"Areas: expected a grid of at most {_MOST:,} cells, got {self.columns * self.rows:,}.")
        numbers = np.arange(self.columns * self.rows)
        return _frame(self._ids(numbers), self._boxes(numbers))


class _PrioGrid(_Squares):
    """Half a degree, numbered from 1 in the south-west, row by row.

    Source: A. F. Tollefsen, H. Strand and H. Buhaug, PRIO-GRID: a unified spatial data structure (2012).
    """

    def __init__(self) -> None:
        super().__init__(0.5)

    def _ids(self, number: NDArray[np.int64]) -> NDArray[Any]:
        return number + 1

    def _numbers(self, ids: NDArray[Any]) -> NDArray[np.int64]:
        return ids.astype(np.int64) - 1


class _Hexagons:
    def __init__(self, resolution: int) -> None:
        if not 0 <= resolution <= 15:
            raise ValueError(resolution)
        self.resolution = resolution

    def of(self, lon: Floats, lat: Floats) -> NDArray[Any]:
        import h3

        out = np.empty(len(lon), dtype=object)
        out[:] = [h3.latlng_to_cell(y, x, self.resolution) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
        return out

    def touched(self, shape: shapely.Geometry) -> Sequence[Hashable]:
        import h3

        found: set[Hashable] = set()
        for part in shapely.get_parts(shape):
            if part.geom_type != "Polygon":  # a line is walked in steps shorter than a cell
                step = 0.5 * h3.average_hexagon_edge_length(self.resolution, unit="km") / 111.2
                points = shapely.get_coordinates(shapely.segmentize(part, step))
                found.update(self.of(points[:, 0], points[:, 1]))
                continue
            # H3 takes a polygon's edges wider than 180 degrees for crossings of the antimeridian; thirds are safe.
            west, south, east, north = part.bounds
            for k in range(n := int((east - west) // 120) + 1):
                slab = shapely.box(west + k * (east - west) / n, south, west + (k + 1) * (east - west) / n, north)
                for piece in shapely.get_parts(part if n == 1 else shapely.intersection(part, slab)):
                    if piece.geom_type == "Polygon" and not piece.is_empty:
                        rings = [ring.coords[:-1] for ring in (piece.exterior, *piece.interiors)]
                        shape_ = h3.LatLngPoly(*([(y, x) for x, y in ring] for ring in rings))
                        cells = h3.polygon_to_cells_experimental(shape_, self.resolution, "overlap")
                        found.update(cells)
        return sorted(found, key=str)

    def shapes(self, ids: NDArray[Any]) -> NDArray[np.object_]:
        import h3

        out = np.empty(len(ids), dtype=object)
        out[:] = [self._polygon(h3.cell_to_boundary(cell)) for cell in ids]
        return geodesy.cut_many_at_antimeridian(out)

    @staticmethod
    def _polygon(corners: Sequence[tuple[float, float]]) -> shapely.Geometry:
        """Return a cell's polygon in the lon/lat plane; the cells on the poles reach up to them."""
        lat, lon = _along_great_circles(np.array(corners))
        step = (np.diff(lon, append=lon[0]) + 180) % 360 - 180
        if abs(step.sum()) > 180:
            return geodesy.polar_cap(lon % 360, lat, 90.0 if lat[0] > 0 else -90.0)
        return shapely.Polygon(np.column_stack([lon[0] + np.concatenate([[0.0], np.cumsum(step[:-1])]), lat]))

    def world(self) -> gpd.GeoDataFrame:
        import h3

        if h3.get_num_cells(self.resolution) > _MOST:
            raise AreasError(
                f"Areas: expected a resolution of at most 5 for the whole world, got {self.resolution}; "
                "joined by its name, a grid makes only the cells it needs."
            )
        cells = [cell for base in h3.get_res0_cells() for cell in h3.cell_to_children(base, self.resolution)]
        ids = np.array(sorted(cells), dtype=object)
        return _frame(ids, self.shapes(ids))


def _along_great_circles(corners: Floats) -> tuple[Floats, Floats]:
    """Return a ring's latitudes and longitudes with corners added where an edge bends in the lon/lat plane.

    The edges of H3's cells are great circles. One of the length L (radians) at a latitude bends by about L tan(lat) / 8
    of its length, which matters for large cells and near the poles.
    """
    lat, lon = np.radians(corners).T
    here = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    there = np.roll(here, -1, axis=0)
    length = np.arccos(np.clip(np.einsum("ij,ij->i", here, there), -1, 1))
    bend = length * np.abs(np.tan(np.clip(np.maximum(np.abs(lat), np.abs(np.roll(lat, -1))), 0, _STEEPEST))) / 8
    pieces = np.clip(np.ceil(np.sqrt(bend / _BEND)), 1, _MOST_PIECES).astype(int)
    edge = np.repeat(np.arange(len(pieces)), pieces)
    t = (np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / pieces[edge]
    points = here[edge] + t[:, None] * (there - here)[edge]
    y, x = np.arctan2(points[:, 2], np.hypot(points[:, 0], points[:, 1])), np.arctan2(points[:, 1], points[:, 0])
    corner = t == 0  # corners stay what H3 says they are
    return np.where(corner, corners[edge, 0], np.degrees(y)), np.where(corner, corners[edge, 1], np.degrees(x))
