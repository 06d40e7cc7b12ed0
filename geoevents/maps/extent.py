"""Find the part of the world that a map shows: a box around the main of its rows, and what lies outside.

Boxes are west, south, east, north in degrees. A few events far away do not make the map small: places at the edge
are left out as long as the map gains more by it than the events weigh, and the page says how many they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

__all__ = ["NOWHERE", "Box", "View", "beyond", "mercator", "view_of"]

Box = tuple[float, float, float, float]

# With nothing to show: the inhabited world.
WORLD: Box = (-120.0, -45.0, 140.0, 70.0)
# What may be left out at most, as a share of all events.
_MOST = 0.34
# Zoom steps (doublings of the scale) that leaving out all events would have to bring, and the least worth a cut.
_PRICE, _WORTH = 4.0, 0.5
# Of fewer events none is left out.
_FEW = 5
# Cuts are tried at so many places from each edge; more are tried at shares of the events.
_CUTS = 24
# No map is narrower than this, in degrees: a lone town is seen with its surroundings.
_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class View:
    """A box to fit, how many events lie beyond it, and the box of all."""

    box: Box
    outside: int
    whole: Box


# The view of nothing.
NOWHERE = View(WORLD, 0, WORLD)


def view_of(rows: pd.DataFrame) -> View:
    """Return the view on display rows; a column ``weight``, where there is one, says how much each row matters.

    Examples
    --------
    >>> near = pd.DataFrame({"lon": [76.9, 51.2, 71.4] * 4, "lat": [43.2, 43.7, 51.1] * 4, "area": False})
    >>> far = pd.DataFrame({"lon": [-77.0], "lat": [38.9], "area": False})
    >>> view_of(pd.concat([near, far], ignore_index=True).assign(place="", shape=None))
    View(box=(51.2, 43.2, 76.9, 51.1), outside=1, whole=(-77.0, 38.9, 76.9, 51.1))
    """
    if not len(rows):
        return NOWHERE
    boxes = _boxes(rows)
    distinct, which, number = np.unique(boxes.round(2), axis=0, return_inverse=True, return_counts=True)
    weight = rows["weight"].to_numpy(dtype="float64") if "weight" in rows else np.ones(len(rows))
    share = np.bincount(which, weights=weight if weight.any() else None)
    kept = _main(distinct, share / share.sum()) if len(rows) >= _FEW else np.ones(len(distinct), dtype=bool)
    outside = int(number[~kept].sum())
    whole = _around(boxes)
    return View(_around(distinct[kept]) if outside else whole, outside, whole)


def beyond(rows: pd.DataFrame, box: Box) -> NDArray[np.bool_]:
    """Return which rows are areas that lie partly in a box and reach out of it."""
    west, south, east, north = box
    areas = rows["area"].to_numpy(dtype=bool)
    out = np.zeros(len(rows), dtype=bool)
    if areas.any():
        found = _boxes(rows[areas]).round(2)
        touches = (found[:, 0] < east) & (found[:, 2] > west) & (found[:, 1] < north) & (found[:, 3] > south)
        slack = 0.01 + np.array([east - west, north - south]) * 0.25
        low, high = (west - slack[0], south - slack[1]), (east + slack[0], north + slack[1])
        out[areas] = touches & ((found[:, :2] < low).any(axis=1) | (found[:, 2:] > high).any(axis=1))
    return out


def _boxes(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Return each row's box, n × 4; of an area without its far small islands."""
    points = rows[["lon", "lat"]].to_numpy(dtype="float64")
    boxes = np.hstack([points, points])
    areas = rows.loc[rows["area"], ["place", "shape"]]
    first = areas.drop_duplicates("place")
    pieces, owner = shapely.get_parts(first["shape"].to_numpy(), return_index=True)
    size = pd.Series(shapely.area(pieces))
    seen = (size >= 0.03 * size.groupby(owner).transform("max")).to_numpy()
    edges = pd.DataFrame(shapely.bounds(pieces[seen]).reshape(-1, 4)).groupby(owner[seen])
    own = np.hstack([edges.min().to_numpy()[:, :2], edges.max().to_numpy()[:, 2:]])
    number = pd.Series(np.arange(len(first)), index=first["place"].to_numpy())
    boxes[rows["area"].to_numpy()] = own[number[areas["place"]].to_numpy()]
    return boxes


def _main(boxes: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which boxes stay when what lies far out is cut off, side by side, as long as a cut is worth it."""
    kept = np.ones(len(boxes), dtype=bool)
    while True:
        best, rest = 0.0, kept
        for cut in _cuts(boxes, share, kept):
            lost = share[kept & ~cut].sum()
            gain = _zoom(_around(boxes[cut])) - _zoom(_around(boxes[kept]))
            if gain >= _WORTH and share[cut].sum() >= 1 - _MOST and gain - _PRICE * lost > best:
                best, rest = gain - _PRICE * lost, cut
        if rest is kept:
            return kept
        kept = rest


def _cuts(boxes: NDArray[np.float64], share: NDArray[np.float64], kept: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    cuts = []
    for side in range(4):
        edge = boxes[:, side] if side >= 2 else -boxes[:, side]
        ordered = np.flatnonzero(kept)[np.argsort(-edge[kept], kind="stable")]
        gone = np.cumsum(share[ordered])
        steps = np.searchsorted(gone, np.linspace(0, _MOST, _CUTS))
        for number in np.unique(np.append(steps, np.arange(1, _CUTS))):
            if 0 < number < len(ordered) and edge[ordered[number]] < edge[ordered[number - 1]]:
                cut = kept.copy()
                cut[ordered[:number]] = False
                cuts.append(cut)
    return cuts


def _around(boxes: NDArray[np.float64]) -> Box:
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _zoom(box: Box) -> float:
    """Return a zoom at which a window half as high as wide holds a box, but for a constant."""
    west, south, east, north = box
    width = max(east - west, _LEAST) / 360
    height = max(mercator(north) - mercator(south), math.radians(_LEAST)) / math.tau
    return -math.log2(max(width, 1.6 * height))


def mercator(latitude: float) -> float:
    """Return the Mercator ordinate of a latitude in degrees, for a sphere of radius 1; cut at 80 degrees."""
    clipped = math.radians(min(max(latitude, -80.0), 80.0))
    return math.log(math.tan(math.pi / 4 + clipped / 2))
