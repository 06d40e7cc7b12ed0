"""Choose an equal-area projection for the extent of a flat map, so that it does no place wrong.

For anything up to a continent it is Lambert's azimuthal equal-area projection around the middle, to which the
poles and the antimeridian are places like any other; for the world it is Equal Earth, cut where no event is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from geoevents.cached import cached_property
from geoevents.maps.extent import Box, view_of

__all__ = ["Projection", "projection_of"]

# Degrees of arc from the middle to the corner beyond which a map is one of the world.
_WIDEST = 65.0
# Degrees of latitude from which on a map that goes round is one of the pole.
_POLAR = 50.0
# The least half-width of a map, in kilometres: a lone town is seen with its surroundings.
_LEAST_KM = 120.0
_EARTH_KM = 6371.0
_MARGIN = 0.08
_STEP = 0.5
# Closes the seam where a shape was cut at the antimeridian or at a pole, in kilometres.
_SEAM_KM = 1.0


@dataclass(frozen=True)
class Projection:
    """Coordinates in kilometres, x to the east and y to the north of the middle.

    Attributes
    ----------
    frame
        West, south, east, north of the map, in kilometres.
    outside
        How many events lie beyond the frame on purpose.
    """

    lon: float
    lat: float
    whole: bool
    frame: Box
    outside: int

    @property
    def crs(self) -> str:
        """The projection as PROJ writes it."""
        if self.whole:
            return f"+proj=eqearth +lon_0={self.lon} +units=km +R=6371000"
        return f"+proj=laea +lat_0={self.lat} +lon_0={self.lon} +units=km +R=6371000"

    @cached_property
    def _forward(self) -> Callable[[NDArray[np.float64], NDArray[np.float64]], tuple[NDArray[np.float64], ...]]:

        found: Callable[..., tuple[NDArray[np.float64], ...]] = Transformer.from_crs(
            "+proj=longlat +R=6371000", self.crs, always_xy=True
        ).transform
        return found

    def points(self, lon: pd.Series | NDArray[np.float64], lat: pd.Series | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points in kilometres, n × 2, from degrees."""
        x, y = self._forward(np.asarray(lon, dtype="float64"), np.asarray(lat, dtype="float64"))
        return np.column_stack([x, y])

    def shapes(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return shapes in kilometres; what the map does not reach is empty."""
        return np.array([self._shape(shape) for shape in shapes], dtype=object)

    def _shape(self, shape: shapely.Geometry) -> shapely.Geometry:
        pieces = shapely.get_parts(shapely.segmentize(shape, _STEP))
        pieces = self._cut(pieces) if self.whole else pieces[[self._near(piece) for piece in pieces]]
        if not len(pieces):
            return shapely.Polygon()
        flat = shapely.transform(pieces, lambda places: self.points(places[:, 0], places[:, 1]))
        joined = shapely.union_all(shapely.make_valid(flat, method="structure", keep_collapsed=False))
        west, _, east, _ = shapely.total_bounds(pieces)
        if not self.whole and (west <= -179.9 or east >= 179.9):
            joined = joined.buffer(_SEAM_KM, join_style="mitre").buffer(-_SEAM_KM, join_style="mitre")
        return joined

    def _cut(self, pieces: NDArray[np.object_]) -> NDArray[np.object_]:
        """Cut shapes at the map's edge, half a turn from its middle."""
        edge = 1e-6
        out = []
        for turn in (-360.0, 0.0, 360.0):
            moved = shapely.transform(pieces, partial(np.add, np.array([turn, 0.0])))
            out.append(shapely.clip_by_rect(moved, self.lon - 180 + edge, -90, self.lon + 180 - edge, 90))
        parts: NDArray[np.object_] = shapely.get_parts(np.concatenate(out))
        seen: NDArray[np.object_] = parts[~shapely.is_empty(parts)]
        return seen

    def _near(self, piece: shapely.Geometry) -> bool:
        """Return whether a shape comes near the map; what lies on the far side of the globe would be turned out."""
        west, south, east, north = self.frame
        reach = _degrees(max(math.hypot(x, y) for x in (west, east) for y in (south, north))) + 15
        places = shapely.get_coordinates(piece)
        return bool(_distance(self.lon, self.lat, places[:, 0], places[:, 1]).min() <= reach)


def projection_of(rows: pd.DataFrame, *, shape: float = 1.5) -> Projection:
    """Return the projection and the frame for display rows.

    Parameters
    ----------
    shape
        The frame's width by its height.

    Examples
    --------
    >>> rows = pd.DataFrame({"lon": [178.4, -179.9], "lat": [-18.1, -16.8], "area": False, "place": "", "shape": None})
    >>> found = projection_of(rows)
    >>> round(found.lon, 1), found.whole
    (179.2, False)
    """
    turned = _unwrapped(rows)
    view = view_of(turned)
    places, outside = _places(turned), view.outside
    west, south, east, north = view.whole
    if (south > _POLAR or north < -_POLAR) and east - west > 60:
        lon, lat, outside = 0.0, math.copysign(90.0, south), 0  # around a pole, nothing lies at an edge
    else:
        west, south, east, north = view.box
        inside = (places >= (west - 0.01, south - 0.01)) & (places <= (east + 0.01, north + 0.01))
        places = places[inside.all(axis=1)]
        lon = ((west + east) / 2 + 180) % 360 - 180
        lat = _middle(places, lon)
    whole = not len(rows) or bool(_distance(lon, lat, places[:, 0], places[:, 1]).max() > _WIDEST)
    flat = Projection(lon, lat, whole, (0, 0, 0, 0), outside).points(places[:, 0], places[:, 1])
    return Projection(lon, lat, whole, _frame(flat, shape), outside)


def _places(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Return the points and the areas' vertices, n × 2: lon, lat; the corners of the world when there are none."""
    if not len(rows):
        west, south, east, north = view_of(rows).box
        return np.array([[west, south], [west, north], [east, south], [east, north]])
    areas = rows.loc[rows["area"]].drop_duplicates("place")
    points = rows.loc[~rows["area"], ["lon", "lat"]].to_numpy(dtype="float64")
    return np.vstack([points, shapely.get_coordinates(shapely.segmentize(areas["shape"].to_numpy(), 1.0))])


def _middle(around: NDArray[np.float64], lon: float) -> float:
    """Return the latitude from which the furthest of the points is nearest."""
    # Over a wide span of longitudes the middle lies nearer to the pole than any of the points.
    tried = np.linspace(max(around[:, 1].min() - 20, -90), min(around[:, 1].max() + 20, 90), 81)
    hull = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(around)))
    return float(min(tried, key=lambda lat: _distance(lon, lat, hull[:, 0], hull[:, 1]).max()))


def _frame(flat: NDArray[np.float64], shape: float) -> Box:
    (west, south), (east, north) = flat.min(axis=0), flat.max(axis=0)
    width, height = ((1 + 2 * _MARGIN) * max(side, 2 * _LEAST_KM) for side in (east - west, north - south))
    width, height = max(width, height * shape), max(height, width / shape)
    x, y = (west + east) / 2, (south + north) / 2
    return float(x - width / 2), float(y - height / 2), float(x + width / 2), float(y + height / 2)


def _unwrapped(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with longitudes that run on past 180 where the events lie on both sides of it."""
    if not len(rows):
        return rows
    areas = rows.loc[rows["area"]].drop_duplicates("place")
    pieces = shapely.get_parts(areas["shape"].to_numpy())
    bounds = shapely.bounds(pieces).reshape(-1, 4)
    starts = np.append(rows.loc[~rows["area"], "lon"].to_numpy(dtype="float64"), bounds[:, 0])
    ends = np.append(rows.loc[~rows["area"], "lon"].to_numpy(dtype="float64"), bounds[:, 2])
    order = np.argsort(starts)
    starts, reached = starts[order], np.maximum.accumulate(ends[order])
    gaps = np.append(starts[1:] - reached[:-1], starts[0] + 360 - reached[-1])
    widest = int(gaps.argmax())
    if widest == len(gaps) - 1:
        return rows
    cut = reached[widest] + gaps[widest] / 2

    def turn(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([places[:, 0] + np.where(places[:, 0] < cut, 360.0, 0.0), places[:, 1]])

    shapes = rows["shape"].to_numpy()
    moved = np.where(rows["area"], shapely.transform(shapes, turn), shapes)
    lon = rows["lon"].astype("float64")
    return rows.assign(lon=lon.where(lon >= cut, lon + 360), shape=moved)


def _distance(lon: float, lat: float, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the degrees of arc from a place to places."""
    a, b, d = math.radians(lat), np.radians(lats), np.radians(lons - lon)
    h = np.sin((b - a) / 2) ** 2 + math.cos(a) * np.cos(b) * np.sin(d / 2) ** 2
    found: NDArray[np.float64] = np.degrees(2 * np.arcsin(np.sqrt(np.clip(h, 0, 1))))
    return found


def _degrees(kilometres: float) -> float:
    """Return the degrees of arc that lie that far from the middle of an azimuthal equal-area map."""
    return math.degrees(2 * math.asin(min(1.0, kilometres / (2 * _EARTH_KM))))
