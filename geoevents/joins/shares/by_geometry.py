"""Compute the share of each place in each unit.

The geometry decides. Codes help where the words name the unit: of a place that the gazetteer lists in a unit, what its
radius or a coarser drawing puts into other units counts for nothing. What lies in no unit, at sea or abroad, has a
share of its own, with the unit's number -1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gazetteer import geodesy
from geoevents.frame.columns import as_objects
from geoevents.joins.areas.units import Units
from geoevents.joins.extents.event_extents import Places, iso_codes
from geoevents.joins.extents.kernel_mass import clip_to_boxes, kernel_mass
from geoevents.spatial.make_valid import make_valid

__all__ = ["Shares", "contradicted", "share_out"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Shapes = NDArray[np.object_]

# Two drawings of one border differ by slivers; less of a place than this is not taken for a share of it.
_SLIVER = 1e-4
# Two drawings of one administrative unit, a country and its provinces say, leave up to this share in no unit.
_DRAWN_OTHERWISE = 0.1
# A code is followed where at least this share of the place lies in units that bear it; below it, it contradicts.
_AGREEING = 0.05
# Corners of an outline, from which on it is clipped before it is cut.
_DETAILED = 500
# Degrees: about a tenth of a millimetre.
_GRID = 1e-9


@dataclass(frozen=True)
class Shares:
    """How places are shared out over units.

    Attributes
    ----------
    place, unit, share
        Place numbers (ascending), unit numbers (-1, for no unit, comes last) and shares that sum to 1 a place.
    contradicts
        For each of m places the country of the unit that holds its point, where the place's own country is another;
        of a place that words name, where hardly any of it lies in its own country. None elsewhere.
    """

    place: Ints
    unit: Ints
    share: Floats
    contradicts: NDArray[np.object_]


def share_out(places: Places, units: Units, *, weight: Floats | None = None, renormalize: bool = False) -> Shares:
    """Share each place out over the units it may lie in.

    Parameters
    ----------
    places
        m distinct places.
    units
        The units.
    weight
        A weight of each unit, such as its population, spread evenly over it; None takes the area alone.
    renormalize
        Whether what lies in no unit counts for nothing, as long as a part of the place lies in one.

    Returns
    -------
    Shares
        By area for areas, by length for lines, by number for points, and by the kernel around points with a radius.
    """
    m = len(places.lon)
    place, unit, share = _geometric(places, units)
    at = units.containing(places.lon, places.lat, places.epoch)
    place, unit, share, contradicts = _agreeing(places, units, place, unit, share, at)
    inside = np.bincount(place, weights=share, minlength=m)
    # Units that overlap hold more than all of a place.
    share = share / np.maximum(inside, 1.0)[place]
    outside = np.maximum(1 - inside, 0.0)
    if weight is not None:
        share = _weighted(share, units.shapes, place, unit, weight, m)
    kept = share > _SLIVER * (1 - outside)[place] if weight is not None else share > _SLIVER
    place, unit, share = place[kept], unit[kept], share[kept]
    held = np.bincount(place, minlength=m) > 0
    outside[(outside <= _SLIVER) & held] = 0.0
    if renormalize:
        outside[held] = 0.0
    outside[~held] = 1.0
    rest = np.flatnonzero(outside > 0)
    place, unit = np.concatenate([place, rest]), np.concatenate([unit, np.full(len(rest), -1)])
    share = np.concatenate([share, outside[rest]])
    order = np.lexsort((np.where(unit < 0, len(units.table), unit), place))
    place, unit, share = place[order], unit[order], share[order]
    return Shares(place, unit, share / np.bincount(place, weights=share, minlength=m)[place], contradicts)


def _geometric(places: Places, units: Units) -> tuple[Ints, Ints, Floats]:
    """Return which share of each place lies in which unit, as the geometry says, pairs sorted."""
    exact = np.flatnonzero(~places.wide)
    at = units.containing(places.lon[exact], places.lat[exact], places.epoch[exact])
    found = [(exact[at >= 0], at[at >= 0], np.ones(int((at >= 0).sum())))]
    wide = np.flatnonzero(places.wide)
    if len(wide):
        reach = places.reach()
        pair, unit = units.tree.query(reach[wide])
        place = wide[pair]
        if units.since is not None:
            there = units.alive[unit, places.epoch[place]]
            place, unit = place[there], unit[there]
        found.append((place, unit, _common(places, reach, units.shapes, place, unit)))
    place, unit, share = (np.concatenate(parts) for parts in zip(*found, strict=True))
    kept = np.flatnonzero(share > 0)
    kept = kept[np.lexsort((unit[kept], place[kept]))]
    return place[kept], unit[kept], share[kept]


def _common(places: Places, reach: Shapes, units: Shapes, place: Ints, unit: Ints) -> Floats:
    """Return the share of each place in each unit: of an area's km², a line's km, points, or a kernel's mass."""
    share = np.zeros(len(place))
    if not len(place):
        return share
    dimension = shapely.get_dimensions(reach[place])
    # There are fewer units than places, so it is the units whose index pays.
    shapely.prepare(units[np.unique(unit)])
    whole = np.asarray(shapely.contains_properly(units[unit], reach[place]), dtype=bool)
    share[whole] = 1.0
    met = np.zeros(len(place), dtype=bool)
    met[~whole] = shapely.intersects(units[unit[~whole]], reach[place[~whole]])
    disc = places.disc[place]
    cut = np.flatnonzero(met & disc)
    if len(cut):
        at, bounds = place[cut], shapely.bounds(reach[place[cut]])
        pieces = clip_to_boxes(units[unit[cut]], bounds)
        kernels = places.kernels.take(at)
        share[cut] = kernel_mass(pieces, places.lon[at], places.lat[at], places.radius[at], kernels)
    for level, measure in ((2, geodesy.area_km2), (1, geodesy.length_km), (0, _counts)):
        cut = np.flatnonzero(met & ~disc & (dimension == level))
        if len(cut):
            owner, back = np.unique(place[cut], return_inverse=True)
            total = measure(places.shapes[owner])[back]
            part = measure(_intersection(places.shapes[place[cut]], units[unit[cut]]))
            share[cut] = np.divide(part, total, out=np.zeros(len(cut)), where=total > 0)
    return np.asarray(np.minimum(share, 1.0), dtype=np.float64)


def _counts(shapes: Shapes) -> Floats:
    return np.asarray(shapely.get_num_geometries(shapes) * (shapely.get_dimensions(shapes) == 0), dtype=np.float64)


def _intersection(places: Shapes, units: Shapes) -> Shapes:
    """Return what places and units have in common, pair by pair.

    A unit inside a place is taken as it is, and of a detailed place only what lies in the unit's bounds is cut: an
    outline of 20,000 corners would else be walked whole for each of the thousand cells that it crosses.
    """
    common = units.copy()
    detailed = shapely.get_num_coordinates(places) > _DETAILED
    shapely.prepare(places[detailed])
    crossed = ~detailed
    crossed[detailed] = ~shapely.contains_properly(places[detailed], units[detailed])
    cut = places[crossed]
    bounds = shapely.bounds(units[crossed])
    for i in np.flatnonzero(detailed[crossed] & (shapely.get_dimensions(cut) == 2)):
        cut[i] = shapely.clip_by_rect(cut[i], *bounds[i])
    cut, _ = make_valid(cut)  # edges along the bounds may touch
    common[crossed] = _cut(cut, units[crossed])
    return common


def _cut(some: Shapes, others: Shapes) -> Shapes:
    """Return what shapes have in common, pair by pair; of shapes rounded a little where lines all but touch."""
    try:
        return np.asarray(shapely.intersection(some, others))
    except shapely.GEOSException:
        return np.asarray(shapely.intersection(shapely.set_precision(some, _GRID), others))


def _agreeing(
    places: Places, units: Units, place: Ints, unit: Ints, share: Floats, at: Ints
) -> tuple[Ints, Ints, Floats, NDArray[np.object_]]:
    """Follow the codes of places that words name; return the pairs that stay, their shares, and contradictions."""
    m = len(places.lon)
    contradicts = np.full(m, None, dtype=object)
    free = np.ones(m, dtype=bool)  # no code was followed yet
    allowed = np.ones(len(place), dtype=bool)
    folded = np.zeros(m, dtype=bool)
    for name in ("admin1", "country"):
        theirs = iso_codes(units.table, name)
        if theirs is None or name not in places.codes:
            continue
        ours = as_objects(places.codes[name])
        same = _equal(ours[place], theirs[unit])
        agreed = np.bincount(place, weights=share * same, minlength=m)
        if name == "country":
            contradicts = contradicted(places, units, at)
            contradicts[(agreed >= _AGREEING) & places.named] = None
        followed = places.named & free & places.wide & (agreed >= _AGREEING)
        allowed &= ~followed[place] | same
        bearers = _bearers(theirs, units, places.epoch, ours)
        folded |= followed & (bearers == 1)
        free &= ~followed
    followed = ~free
    inside = np.bincount(place, weights=share, minlength=m)
    outside = np.maximum(1 - inside, 0.0)
    folded |= followed & places.unit & places.areal & (outside <= _DRAWN_OTHERWISE)
    kept = np.bincount(place, weights=share * allowed, minlength=m)
    total = kept + np.where(folded, 0.0, outside)
    share = np.where(followed[place], share / np.maximum(total, 1e-12)[place], share)
    return place[allowed], unit[allowed], share[allowed], contradicts


def _equal(some: NDArray[np.object_], others: NDArray[np.object_]) -> Bools:
    known = np.array([a is not None for a in some], dtype=bool)
    return np.asarray(known & (some == others), dtype=bool)


def _bearers(theirs: NDArray[np.object_], units: Units, epoch: Ints, ours: NDArray[np.object_]) -> Ints:
    """Return how many units bear each place's code, among those of its epoch."""
    out = np.zeros(len(ours), dtype=np.int64)
    for one in np.unique(epoch):
        codes = theirs if units.since is None else theirs[units.alive[:, one]]
        counts = pd.Series(codes, dtype=object).value_counts()
        rows = epoch == one
        out[rows] = pd.Series(ours[rows], dtype=object).map(counts).fillna(0).to_numpy(dtype=np.int64)
    return out


def contradicted(places: Places, units: Units, at: Ints) -> NDArray[np.object_]:
    """Return for each of m places the country of the unit at its point, where the place's own country is another."""
    contradicts = np.full(len(at), None, dtype=object)
    theirs = iso_codes(units.table, "country") if "country" in places.codes else None
    if theirs is None or not len(at):
        return contradicts
    held, ours = theirs[at], as_objects(places.codes["country"])
    differ = np.flatnonzero((at >= 0) & np.asarray(ours != held, dtype=bool))
    known = [i for i in differ if ours[i] is not None and held[i] is not None]
    contradicts[known] = held[known]
    return contradicts


def _weighted(share: Floats, units: Shapes, place: Ints, unit: Ints, weight: Floats, m: int) -> Floats:
    """Share out by weight what lies in units; a unit without a number has the mean density of the others."""
    if not len(place):
        return share
    used, back = np.unique(unit, return_inverse=True)
    area = np.maximum(geodesy.area_km2(units[used]), 1e-12)
    known = np.isfinite(weight[used])
    mean = weight[used][known].sum() / area[known].sum() if known.any() else 0.0
    density = np.where(known, weight[used] / area, mean)
    weighted = share * density[back]
    inside = np.bincount(place, weights=share, minlength=m)
    total = np.bincount(place, weights=weighted, minlength=m)
    # Where nobody lives as far as is known, area decides.
    factor = np.divide(inside, total, out=np.zeros(m), where=total > 0)
    return np.where(total[place] > 0, weighted * factor[place], share)
