"""Find where events may lie: the distinct places of a frame.

An event whose geometry is an area or a line may lie anywhere on it, everywhere equally likely; one with a point and a
``radius_km`` lies around the point as the kernel of its place says; all other events lie at their point. Many events
share few places, so all work is done on distinct ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gazetteer import geodesy
from geoevents.cached import cached_property
from geoevents.errors import ColumnError
from geoevents.frame.columns import as_objects
from geoevents.joins.extents.kernel import Kernels, kernels_of
from geoevents.spatial.event_points import coordinates_of
from geoevents.spatial.make_valid import make_valid
from geoevents.spatial.outlines import in_lonlat

__all__ = ["Places", "iso_codes", "points_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Shapes = NDArray[np.object_]

# Codes that the events and the bundled layers have in common, and how they look.
_CODES = {"country": "[A-Z]{3}", "admin1": "[A-Z]{2}-[A-Z0-9]{1,3}"}
# Places that the words name and that lie in the unit which the gazetteer lists them in: of other kinds (rivers, seas,
# regions, places that a phrase derives) the code is that of a point or an anchor, and the geometry knows better.
_IN_ONE_UNIT = ("country", "admin1", "admin2", "city", "airport", "building", "neighbourhood")
# Corners of a disc lie at its radius, up to the difference between the sphere and the ellipsoid.
_ROUND = 0.02
_UNITS = ("country", "admin1", "admin2")
_BY_COORDINATES = "coordinates"
# A metre: what lies within it lies at the point.
_EXACT_KM = 1e-3
# What decides where an event may lie, beside its geometry.
_DECIDING = ("radius_km", "place_kind", "place_id", "match_method", *_CODES)


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
        The area or line that an event of the place may lie in; None for all places that a point stands for.
    radius
        Kilometres around the point, 0 for exactly at it; of no meaning where there is a shape.
    kernels
        How events with a radius lie around their point.
    codes
        ``country`` and ``admin1`` of each place where the events have ISO codes.
    named
        Whether words name a place whose codes are those of its unit.
    unit, derived
        Whether the place is an administrative unit itself; whether it was worked out from other places.
    epoch
        Between which changes of the units the events lie, 0 where the units do not change.
    """

    event: Ints
    lon: Floats
    lat: Floats
    shapes: Shapes
    radius: Floats
    kernels: Kernels
    codes: pd.DataFrame
    named: Bools
    unit: Bools
    derived: Bools
    epoch: Ints

    @cached_property
    def wide(self) -> Bools:
        """Whether an event of the place may lie elsewhere than at the point."""
        return self.areal | self.disc

    @cached_property
    def areal(self) -> Bools:
        """Whether the place is an area, a line or several points."""
        return np.asarray(~shapely.is_missing(self.shapes), dtype=bool)

    @cached_property
    def disc(self) -> Bools:
        """Whether events of the place lie around its point."""
        return ~self.areal & (self.radius > 0) & np.isfinite(self.lon)

    def circles(self) -> Shapes:
        """Return the shape of each place, a disc of its radius where it has one, None where there is neither."""
        shapes, disc = self.shapes.copy(), self.disc
        shapes[disc] = geodesy.geodesic_discs(self.lon[disc], self.lat[disc], self.radius[disc])
        return shapes

    def reach(self) -> Shapes:
        """Return all that events of each place can reach, None where that is a point or nothing."""
        shapes, disc = self.shapes.copy(), np.flatnonzero(self.disc)
        if len(disc):
            km = self.kernels.take(disc).reach(self.radius[disc])
            shapes[disc] = geodesy.geodesic_discs(self.lon[disc], self.lat[disc], km)
        return shapes

    @classmethod
    def of(cls, events: gpd.GeoDataFrame, epoch: Ints | None = None) -> Places:
        """Find the distinct places of events; what cannot differ for two events is looked at once.

        Parameters
        ----------
        events
            A GeoDataFrame with a CRS.
        epoch
            Between which changes of the units each event lies; None where they do not change.
        """
        lon, lat = points_of(events)
        extent = _extents(events)
        n = len(events)
        epoch = np.zeros(n, dtype=np.int64) if epoch is None else epoch
        facts = {name: _place_facts(events, name) for name in _DECIDING}
        radius = facts["radius_km"]
        if radius is None:
            radius = np.zeros(n)
        # Whatever point is told of an area, its events lie anywhere in it.
        at_point = extent.code == len(extent.shapes) - 1
        if at_point.all() and not (radius > 0).any():  # points only: there is nothing to share out and nothing to gain
            event: Ints = np.arange(n)
            return cls._exact(event, lon, lat, extent.shapes, facts, epoch)
        keys: dict[str, Any] = {"extent": extent.code, "epoch": epoch}
        keys |= {name: values for name, values in facts.items() if values is not None and name != "radius_km"}
        point = {"lon": lon, "lat": lat, "radius_km": radius}
        keys |= {name: np.where(at_point, values, 0.0) for name, values in point.items()}
        frame = pd.DataFrame({name: pd.factorize(values)[0] for name, values in keys.items()})
        event = np.asarray(frame.groupby(list(frame), sort=False).ngroup(), dtype=np.int64)
        at = np.flatnonzero(~pd.Series(event).duplicated().to_numpy())
        m = len(at)
        kind, method = (None if facts[c] is None else facts[c][at] for c in ("place_kind", "match_method"))
        shapes = extent.shapes[extent.code[at]]
        if kind is not None:
            shapes[_round(shapes, lon[at], lat[at], radius[at]) & (kind == "derived")] = None
        return cls(
            event,
            lon[at],
            lat[at],
            shapes,
            radius[at],
            kernels_of(method, kind, m),
            pd.DataFrame({name: facts[name][at] for name in _CODES if facts[name] is not None}, index=range(m)),
            _named(None if facts["place_id"] is None else facts["place_id"][at], kind, method, m),
            np.zeros(m, dtype=bool) if kind is None else np.isin(kind.astype(str), _UNITS),
            np.zeros(m, dtype=bool) if kind is None else np.asarray(kind == "derived", dtype=bool),
            epoch[at],
        )

    @classmethod
    def _exact(
        cls, event: Ints, lon: Floats, lat: Floats, shapes: Shapes, facts: dict[str, Any], epoch: Ints
    ) -> Places:
        """Return events at points as they are: each its own place, and nothing to share out."""
        n = len(event)
        no = np.zeros(n, dtype=bool)
        codes = pd.DataFrame({name: facts[name] for name in _CODES if facts[name] is not None}, index=range(n))
        kernels = kernels_of(None, None, n)
        return cls(event, lon, lat, np.broadcast_to(shapes, n), np.zeros(n), kernels, codes, no, no, no, epoch)


def _round(shapes: Shapes, lon: Floats, lat: Floats, radius: Floats) -> Bools:
    """Return which shapes are the disc of their radius around their point, as those of many derived places are."""
    disc = np.zeros(len(shapes), dtype=bool)
    rows = np.flatnonzero((shapely.get_type_id(shapes) == 3) & (radius > 0) & np.isfinite(lon))
    corners, owner = shapely.get_coordinates(shapes[rows], return_index=True)
    if len(corners):
        at = rows[owner]
        away = geodesy.geodesic_km(lon[at], lat[at], corners[:, 0], corners[:, 1]) / radius[at]
        off = np.bincount(owner, weights=np.abs(away - 1) > _ROUND, minlength=len(rows))
        disc[rows] = off == 0
    return disc


def _place_facts(events: gpd.GeoDataFrame, name: str) -> Any:
    """Return what a column tells of each event's place, None where it is missing or holds something else."""
    if name not in events.columns:
        return None
    if name in _CODES:
        return iso_codes(events, name)
    if name == "radius_km":
        if not pd.api.types.is_numeric_dtype(events[name]):
            return None
        radius = np.nan_to_num(events[name].to_numpy(dtype=np.float64, na_value=0.0), posinf=np.inf)
        bad = np.flatnonzero(~np.isfinite(radius) | (radius < 0))
        if len(bad):
            raise ColumnError(
                f"Events: expected radius_km of 0 or more kilometres, got {radius[bad[0]]:g} "
                f"in {len(bad)} row{'s' if len(bad) > 1 else ''} (first at index {events.index[bad[0]]})."
            )
        return np.where(radius < _EXACT_KM, 0.0, radius)
    values = as_objects(events[name])
    if name == "place_id":  # of an id only its kind decides
        distinct = {value: str(value).partition(":")[0] for value in pd.unique(values) if value is not None}
        return np.array([distinct.get(value) for value in values], dtype=object)
    return values


def _named(
    source: NDArray[np.object_] | None, kind: NDArray[np.object_] | None, method: NDArray[np.object_] | None, m: int
) -> Bools:
    if source is None or kind is None:
        return np.zeros(m, dtype=bool)
    named = np.isin(kind.astype(str), _IN_ONE_UNIT) & (source != "derived") & (source != None)  # noqa: E711
    return np.asarray(named if method is None else named & (method != _BY_COORDINATES), dtype=bool)


def points_of(events: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    """Return a point on each event, degrees, NaN for none: ``lon`` and ``lat`` of located events, else the geometry's.

    Raises
    ------
    ColumnError
        When the frame has no geometry or no CRS.
    """
    if not isinstance(events, gpd.GeoDataFrame) or events._geometry_column_name not in events.columns:
        raise ColumnError("Events: expected a GeoDataFrame with a geometry; use locate first.")
    if events.crs is None:
        raise ColumnError("Events: expected a CRS, but none is set; set_crs says which it is.")
    if {"lon", "lat", "match_status"} <= set(events.columns):
        lon, lat = (events[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("lon", "lat"))
        return lon, lat
    shapes = in_lonlat(events)
    wide = shapely.get_type_id(shapes) > 0
    if wide.any():
        shapes = shapes.copy()
        empty = shapely.is_empty(shapes)
        with np.errstate(invalid="ignore"):  # corners that are not numbers
            shapes[wide] = shapely.point_on_surface(shapes[wide])
        shapes[empty] = None
    lon, lat = coordinates_of(shapes)
    bad = np.abs(lon) > 180
    lon[bad] = (lon[bad] + 180) % 360 - 180
    return lon, lat


@dataclass(frozen=True)
class _Extents:
    """Distinct areas and lines, the last None for all that are neither; and which of them each event has."""

    shapes: Shapes
    code: Ints


def _extents(events: gpd.GeoDataFrame) -> _Extents:
    shapes = in_lonlat(events)
    wide = np.flatnonzero(shapely.get_type_id(shapes) > 0)
    if not len(wide):
        return _Extents(np.full(1, None, dtype=object), np.zeros(len(shapes), dtype=np.int64))
    wide = wide[~shapely.is_empty(shapes[wide])]
    # Events located in one place share one object; those from a file are the same only by content.
    by_object, objects = pd.factorize(np.array([id(shape) for shape in shapes[wide]], dtype=np.int64))
    first = np.empty(len(objects), dtype=np.int64)
    first[by_object[::-1]] = wide[::-1]
    by_content, distinct = pd.factorize(shapely.to_wkb(shapes[first]))
    kept = np.full(len(distinct) + 1, None, dtype=object)
    kept[by_content] = shapely.force_2d(shapes[first])
    kept[:-1] = geodesy.cut_many_at_antimeridian(make_valid(kept[:-1])[0])
    code = np.full(len(shapes), len(distinct), dtype=np.int64)
    code[wide] = by_content[by_object]
    return _Extents(kept, code)


def iso_codes(frame: pd.DataFrame, name: str) -> NDArray[np.object_] | None:
    """Return a column of ISO codes (``country`` or ``admin1``), None where it is missing or holds other words."""
    if name not in frame.columns:
        return None
    distinct = frame[name].dropna().unique()
    if not len(distinct) or not all(isinstance(v, str) and re.fullmatch(_CODES[name], v) for v in distinct):
        return None
    return as_objects(frame[name])
