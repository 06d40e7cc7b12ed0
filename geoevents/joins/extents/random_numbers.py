"""Make random numbers in [0, 1) that depend on their keys and on nothing else.

Each number is a hash (SplitMix64) of a seed, a key and a counter, so that it is the same in whatever order, and in
whatever parts of a file, the events come. Source: G. Steele, D. Lea and C. Flood, Fast splittable pseudorandom number
generators, OOPSLA 2014.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["mixed", "uniform"]

Keys = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def mixed(keys: Keys, more: Keys | int) -> Keys:
    """Return keys with more mixed into them, well spread over 64 bits."""
    with np.errstate(over="ignore"):
        z = keys + _STEP * (np.asarray(more, dtype=np.uint64) + np.uint64(1))
        z = (z ^ (z >> np.uint64(30))) * _FIRST
        z = (z ^ (z >> np.uint64(27))) * _SECOND
        return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


def uniform(keys: Keys, counter: int) -> NDArray[np.float64]:
    """Return a number in [0, 1) for each key; another counter gives other numbers.

    Examples
    --------
    >>> keys = mixed(np.arange(100_000, dtype=np.uint64), 7)
    >>> round(float(uniform(keys, 0).mean()), 2), abs(np.corrcoef(uniform(keys, 0), uniform(keys, 1))[0, 1]) < 0.01
    (0.5, np.True_)
    """
    return np.asarray((mixed(keys, counter) >> np.uint64(11)) * (1.0 / (1 << 53)), dtype=np.float64)
