"""Where events may lie: a frame enters; its distinct places leave, and each place's shares in units.

An event whose geometry is an area or a line may lie anywhere on it; one with a point and a ``radius_km`` anywhere in
that disc; all other events lie at their point. Within its place an event is equally likely everywhere. Many events
share few places, so all work is done on distinct ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoevents.errors import ColumnError
from geoevents.frame.columns import as_objects
from geoevents.spatial.geodesy import area_km2, discs, in_lonlat, length_km, wrapped
from geoevents.spatial.make_valid import mended

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geoevents.joins.units import Units

__all__ = ["Places", "Shares", "points_of", "share_out"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Two drawings of one border differ by slivers; less of a place than this is not taken for a share of it.
_SLIVER = 1e-4
# Degrees: about a tenth of a millimetre.
_GRID = 1e-9
# Codes that the events and the bundled layers have in common, and how they look.
_CODES = {"country": "[A-Z]{3}", "admin1": "[A-Z]{2}-[A-Z0-9]{1,3}"}
# Kinds of places whose codes are those of a point on them: they run through other units as well.
_ACROSS = ("river", "lake", "landform")


@dataclass(frozen=True)
class Places:
    """Distinct places of events.

    Attributes
    ----------
    event
        For each of n events the number of its place.
    lon, lat
        A point on each of m places, degrees; NaN where none is known.
    shapes
        Where in lon/lat an event of the place may lie; None for exactly at its point, or nowhere.
    wide
        Whether the place has a shape.
    disc
        Whether the shape is the disc of a radius around the point.
    codes
        ``country`` and ``admin1`` of each place where the events have ISO codes.
    """

    event: Ints
    lon: Floats
    lat: Floats
    shapes: NDArray[np.object_]
    wide: NDArray[np.bool_]
    disc: NDArray[np.bool_]
    codes: pd.DataFrame

    @classmethod
    def of(cls, events: gpd.GeoDataFrame) -> Places:
        """Find the distinct places of events; what cannot differ for two events is looked at once."""
        import pandas as pd

        lon, lat = points_of(events)
        extent = _extents(events)
        radius = np.zeros(len(events))
        if "radius_km" in events.columns and pd.api.types.is_numeric_dtype(events["radius_km"]):
            radius = np.nan_to_num(events["radius_km"].to_numpy(dtype=np.float64, na_value=0.0))
        if len(extent.shapes) == 1 and not (radius > 0).any():  # points only: nothing to share out, nothing to gain
            n = len(events)
            no = np.zeros(n, dtype=bool)
            return cls(np.arange(n), lon, lat, np.broadcast_to(extent.shapes, n), no, no, pd.DataFrame(index=range(n)))
        codes = {name: _iso(events, name) for name in _CODES}
        # Whatever point is told of an area, its events lie anywhere in it.
        at_point = extent.code == len(extent.shapes) - 1
        point = {"lon": lon, "lat": lat, "radius": radius}
        keys: dict[str, Any] = {"extent": extent.code, **codes}
        keys |= {name: np.where(at_point, values, 0.0) for name, values in point.items()}
        keys = {name: values for name, values in keys.items() if values is not None}
        frame = pd.DataFrame({name: pd.factorize(values)[0] for name, values in keys.items()})
        event: Ints = np.asarray(frame.groupby(list(frame), sort=False).ngroup(), dtype=np.int64)
        at = np.flatnonzero(~pd.Series(event).duplicated().to_numpy())
        shapes = extent.shapes[extent.code[at]]
        disc = shapely.is_missing(shapes) & (radius[at] > 0) & np.isfinite(lon[at])
        shapes[disc] = discs(lon[at][disc], lat[at][disc], radius[at][disc])
        known = {name: values[at] for name, values in codes.items() if values is not None}
        return cls(
            event,
            lon[at],
            lat[at],
            shapes,
            ~shapely.is_missing(shapes),
            disc,
            pd.DataFrame(known, index=range(len(at))),
        )


def points_of(events: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    """Return a point on each event, degrees, NaN for none: ``lon`` and ``lat`` of located events, else the geometry's.

    Raises
    ------
    ColumnError
        When the frame has no geometry or no CRS.
    """
    import geopandas as gpd

    if not isinstance(events, gpd.GeoDataFrame) or events._geometry_column_name not in events.columns:
        raise ColumnError("Events: expected a GeoDataFrame with a geometry; use locate first.")
    if events.crs is None:
        raise ColumnError("Events: expected a CRS, but none is set; set_crs says which it is.")
    if {"lon", "lat", "match_status"} <= set(events.columns):
        lon, lat = (events[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("lon", "lat"))
        return lon, lat
    shapes = in_lonlat(events)
    wide, empty = shapely.get_type_id(shapes) > 0, shapely.is_empty(shapes)
    if wide.any() or empty.any():
        shapes = shapes.copy()
        with np.errstate(invalid="ignore"):  # corners that are no numbers
            shapes[wide] = shapely.point_on_surface(shapes[wide])
        shapes[empty] = None
    lon, lat = shapely.get_x(shapes), shapely.get_y(shapes)
    bad = np.abs(lon) > 180
    lon[bad] = (lon[bad] + 180) % 360 - 180
    return lon, lat


@dataclass(frozen=True)
class _Extents:
    """Distinct areas and lines, the last None for all that are neither; and which of them each event has."""

    shapes: NDArray[np.object_]
    code: Ints


def _extents(events: gpd.GeoDataFrame) -> _Extents:
    import pandas as pd

    shapes = in_lonlat(events)
    wide = np.flatnonzero(shapely.get_type_id(shapes) > 0)
    wide = wide[~shapely.is_empty(shapes[wide])]
    # Events located in one place share one object; those from a file are the same only by content.
    by_object, objects = pd.factorize(np.array([id(shape) for shape in shapes[wide]], dtype=np.int64))
    first = np.empty(len(objects), dtype=np.int64)
    first[by_object[::-1]] = wide[::-1]
    by_content, distinct = pd.factorize(shapely.to_wkb(shapes[first]))
    kept = np.full(len(distinct) + 1, None, dtype=object)
    kept[by_content] = shapely.force_2d(shapes[first])
    kept[:-1] = wrapped(mended(kept[:-1])[0])
    code = np.full(len(shapes), len(distinct), dtype=np.int64)
    code[wide] = by_content[by_object]
    return _Extents(kept, code)


def _iso(frame: pd.DataFrame, name: str) -> NDArray[np.object_] | None:
    """Return a column of ISO codes, None where it is missing or holds other words."""
    import re

    if name not in frame.columns:
        return None
    distinct = frame[name].dropna().unique()
    if not len(distinct) or not all(isinstance(v, str) and re.fullmatch(_CODES[name], v) for v in distinct):
        return None
    codes = as_objects(frame[name]).copy()
    if "place_kind" in frame.columns:
        codes[frame["place_kind"].astype(object).isin(_ACROSS).to_numpy()] = None
    return codes


@dataclass(frozen=True)
class Shares:
    """How places are shared out over units: place numbers (sorted), unit numbers, and shares that sum to 1 a place."""

    place: Ints
    unit: Ints
    share: Floats


def share_out(places: Places, units: Units, *, weight: Floats | None = None) -> Shares:
    """Share each place out over the units it may lie in.

    Parameters
    ----------
    places
        m distinct places.
    units
        The units.
    weight
        A weight of each unit, such as its population, spread evenly over it; None takes the area alone.

    Returns
    -------
    Shares
        By area for areas and discs, by length for lines; a place that reaches no unit has none. What of a place lies
        in no unit counts for nothing, and a unit in another country (or first-level unit) than the place's is out of
        the question, where both have ISO codes.
    """
    exact = np.flatnonzero(~places.wide)
    at = units.of(places.lon[exact], places.lat[exact])
    wide = np.flatnonzero(places.wide)
    pair, unit = units.tree.query(places.shapes[wide])
    place = wide[pair]
    allowed = _allowed(places, units, place, unit)
    place, unit = place[allowed], unit[allowed]
    order = np.lexsort((unit, place))
    place, unit = place[order], unit[order]
    size = _common(places.shapes, units.shapes, place, unit)
    kept = size > _SLIVER * np.bincount(place, weights=size, minlength=len(places.lon))[place]
    place, unit, size = place[kept], unit[kept], size[kept]
    size = _weighted(size, units.shapes, place, unit, weight, len(places.lon))
    place = np.concatenate([place, exact[at >= 0]])
    unit = np.concatenate([unit, at[at >= 0]])
    size = np.concatenate([size, np.ones(int((at >= 0).sum()))])
    place, unit, size = place[size > 0], unit[size > 0], size[size > 0]
    order = np.lexsort((unit, place))
    place, unit, size = place[order], unit[order], size[order]
    return Shares(place, unit, size / np.bincount(place, weights=size, minlength=len(places.lon))[place])


def _allowed(places: Places, units: Units, place: Ints, unit: Ints) -> NDArray[np.bool_]:
    allowed = np.ones(len(place), dtype=bool)
    for name in places.codes.columns:
        theirs = _iso(units.table, name)
        if theirs is None:
            continue
        here, there = as_objects(places.codes[name])[place], theirs[unit]
        known = np.array([a is not None and b is not None for a, b in zip(here, there, strict=True)], dtype=bool)
        allowed &= ~known | (here == there)
    return allowed


def _common(shapes: NDArray[np.object_], units: NDArray[np.object_], place: Ints, unit: Ints) -> Floats:
    """Return how much of each place lies in each unit: km² of areas, km of lines, points of scattered points."""
    size = np.zeros(len(place))
    if not len(place):
        return size
    dimension = shapely.get_dimensions(shapes[place])
    # There are fewer units than places, so it is the units whose index pays.
    shapely.prepare(units[np.unique(unit)])
    whole = shapely.contains_properly(units[unit], shapes[place])
    met = whole.copy()
    met[~whole] = shapely.intersects(units[unit[~whole]], shapes[place[~whole]])
    for level, measure in ((2, area_km2), (1, length_km), (0, _counts)):
        here = dimension == level
        inside, cut = np.flatnonzero(here & whole), np.flatnonzero(here & met & ~whole)
        if len(inside):
            size[inside] = measure(shapes[place[inside]])
        if len(cut):
            size[cut] = measure(_intersection(shapes[place[cut]], units[unit[cut]]))
    return size


def _counts(shapes: NDArray[np.object_]) -> Floats:
    return np.asarray(shapely.get_num_geometries(shapes), dtype=np.float64)


def _weighted(
    size: Floats, units: NDArray[np.object_], place: Ints, unit: Ints, weight: Floats | None, m: int
) -> Floats:
    if weight is None or not len(place):
        return size
    used, back = np.unique(unit, return_inverse=True)
    density = np.nan_to_num(weight[used]) / np.maximum(area_km2(units[used]), 1e-12)
    weighted = size * density[back]
    # Where nobody lives as far as is known, area decides.
    empty = np.bincount(place, weights=weighted, minlength=m)[place] <= 0
    return np.where(empty, size, weighted)


def _intersection(some: NDArray[np.object_], others: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return what shapes have in common, pair by pair; of shapes rounded a little where lines all but touch."""
    try:
        return np.asarray(shapely.intersection(some, others))
    except shapely.GEOSException:
        return np.asarray(shapely.intersection(shapely.set_precision(some, _GRID), others))
