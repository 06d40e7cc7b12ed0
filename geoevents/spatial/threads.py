"""Work that the cores of the machine share.

Shapely lets go of Python's lock while it works on arrays, so that threads do.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["distinct_objects", "over_cores"]

# Corners and points, about ten milliseconds: what is less is done before threads have started.
_LEAST = 100_000


def over_cores(work: Callable[[slice], NDArray[Any]], weight: NDArray[np.int64]) -> NDArray[Any]:
    """Return what `work` gives for all of its items, in parts of about equal weight, one a core.

    Parameters
    ----------
    work
        Gives an array for a range of items; called from several threads at once.
    weight
        How much there is to do for each of the n items. ``OMP_NUM_THREADS``, which Spark sets for its workers, says
        how many cores to use at most.

    Examples
    --------
    >>> numbers = np.arange(5)
    >>> over_cores(lambda part: numbers[part] ** 2, weight=numbers).tolist()
    [0, 1, 4, 9, 16]
    """
    done = np.cumsum(weight)
    total = int(done[-1]) if len(done) else 0
    parts = min(_cores(), total // _LEAST)
    if parts < 2:
        return work(slice(0, len(weight)))

    at = [0, *np.searchsorted(done, total * np.arange(1, parts) / parts).tolist(), len(weight)]
    with ThreadPoolExecutor(parts) as threads:
        return np.concatenate(list(threads.map(work, map(slice, at[:-1], at[1:]))))


def distinct_objects(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return geometries of which no two are one object: what GEOS keeps in one is not made for two threads.

    Examples
    --------
    >>> import shapely
    >>> box = shapely.box(0, 0, 1, 1)
    >>> one, other = distinct_objects(np.array([box, box]))
    >>> one is other, one == other
    (False, True)
    """
    again = ~shapely.is_missing(shapes)
    again[np.unique([id(shape) for shape in shapes], return_index=True)[1]] = False
    if again.any():
        shapes = shapes.copy()
        shapes[again] = shapely.from_wkb(shapely.to_wkb(shapes[again]))
    return shapes


def _cores() -> int:
    """Return the cores that this process may use."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(there, int(asked)) if asked.isdigit() and int(asked) else there
