"""Which areas a point lies in.

The areas are numbers of places in a store. The index over the shapes is built on the first call.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from gazetteer.dates import day_number
from gazetteer.index.store import Store
from gazetteer.locks import LOADING

__all__ = ["containing"]


@lru_cache(maxsize=2)
def _index(store: Store) -> tuple[shapely.STRtree, NDArray[np.int64]]:
    """Return a tree over the shapes that exist today, and their place numbers."""
    shapes, numbers, today = [], [], day_number(None)
    for base, table in zip(store.bases, store.layers, strict=False):
        if "geometry" not in table.columns:
            continue
        wkb = table.column("geometry")
        if store.seen is not None and base == 0:
            wkb[list(store.seen.outlines)] = _objects(store.seen.outlines.values())
            wkb[list(store.seen.parts)] = None
        exist = store.index.exist_on(np.arange(base, base + len(table)), today)
        has = np.flatnonzero(np.array([value is not None for value in wkb]) & exist)
        shapes.append(shapely.from_wkb(wkb[has]))
        numbers.append(has + base)
    return shapely.STRtree(np.concatenate(shapes)), np.concatenate(numbers)


def _objects(outlines: Iterable[bytes]) -> NDArray[np.object_]:
    found = list(outlines)
    out = np.empty(len(found), dtype=object)
    out[:] = found
    return out


def containing(store: Store, lon: float, lat: float) -> list[int]:
    """Return the numbers of the areas that hold a point (degrees), smallest radius first."""
    # Of threads that ask at once one makes the tree.
    with LOADING:
        tree, numbers = _index(store)
    found = numbers[tree.query(shapely.Point(lon, lat), predicate="intersects")]
    return [int(number) for number in found[np.argsort(store.take("radius_km", found), kind="stable")]]
