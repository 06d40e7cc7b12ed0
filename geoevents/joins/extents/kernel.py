"""How far an event may lie from the point of its place: a kernel around the point.

The kernel is a bivariate t distribution, round on the ground. Its density at a distance d (km) is

    f(d) = (1 + d² / (df · s²)) ^ (-(df + 2) / 2) / (2 π s²)

and the probability of a distance of at most d is 1 - (1 + d² / (df · s²)) ^ (-df / 2). The scale s is such that nine
tenths lie within ``radius_km``. The tail, ``df``, depends on how a place was found and on what it is; the table
``kernel.tsv`` has it, fitted by maximum likelihood on open event data (``tests/benchmarks/fit_kernel.py``), and what a
gazetteer's radius is multiplied by so that it holds nine tenths of the events. Most events lie much nearer to the point
than a uniform disc of the same radius says, and a few lie farther.

Source: S. Kotz and S. Nadarajah, Multivariate t Distributions and Their Applications, Cambridge University Press 2004.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Kernels", "kernel_classes", "kernels_of", "widening_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TABLE = Path(__file__).with_name("kernel.tsv")
# Kinds of places of which a point is the place; of others a disc stands for an area whose outline is not known.
_POINTS = ("city", "airport", "building", "neighbourhood", "derived")
_AREA, _POINT = "area", "point"
# Methods with lines of their own in the table, and what all others are called there.
_METHODS, _OTHER = ("container", "type-word", "fuzzy"), "other"
# What lies farther than this quantile is brought back: the tail of a t has no end, and a join needs one.
_REACH = 0.98


@dataclass(frozen=True)
class Kernels:
    """The kernel of each of m places.

    Attributes
    ----------
    df
        Degrees of freedom: the smaller, the heavier the tail.
    """

    df: Floats

    def take(self, rows: Ints) -> Kernels:
        """Return the kernels of some places."""
        return Kernels(self.df[rows])

    def quantile(self, radius_km: Floats, probability: Floats | float) -> Floats:
        """Return the distance (km) within which an event lies with a probability; the kernel ends at its reach.

        Examples
        --------
        >>> one = Kernels(np.array([3.0]))
        >>> one.quantile(np.array([10.0]), 0.9 / 0.98).round(6).tolist()
        [10.0]
        """
        return radius_km * np.sqrt(_z(np.asarray(probability) * _REACH, self.df) / _z(0.9, self.df))

    def log_density(self, radius_km: Floats, km: Floats) -> Floats:
        """Return the logarithm of the density (per km²) at a distance; the tail is not cut.

        Examples
        --------
        >>> one = Kernels(np.array([3.0]))
        >>> one.log_density(np.array([10.0]), np.array([0.0])).round(3).tolist()
        [-4.052]
        """
        s2 = radius_km**2 / (self.df * _z(0.9, self.df))
        return np.asarray(-np.log(2 * np.pi * s2) - (self.df + 2) / 2 * np.log1p(km**2 / (self.df * s2)))

    def reach(self, radius_km: Floats) -> Floats:
        """Return the kilometres at which each kernel ends."""
        return self.quantile(radius_km, 1.0)

    def within(self, radius_km: Floats, km: Floats) -> Floats:
        """Return the probability of a distance of at most so many kilometres.

        Examples
        --------
        >>> one = Kernels(np.array([3.0]))
        >>> one.within(np.array([10.0]), np.array([10.0])).round(4).tolist()
        [0.9184]
        """
        z = (km / radius_km) ** 2 * _z(0.9, self.df)
        return np.asarray(np.minimum((1 - (1 + z) ** (-self.df / 2)) / _REACH, 1.0))


def kernels_of(method: NDArray[np.object_] | None, kind: NDArray[np.object_] | None, n: int) -> Kernels:
    """Return the kernels of n places by the ``match_method`` and the ``place_kind`` of their events.

    Parameters
    ----------
    method, kind
        n texts each, None where it is not known; None for neither.
    """
    return Kernels(_looked_up("df", method, kind, n))


def widening_of(method: NDArray[np.object_], kind: NDArray[np.object_]) -> Floats:
    """Return what a gazetteer's radius is multiplied by to hold nine tenths of the events, for n places."""
    return _looked_up("widening", method, kind, len(kind))


def kernel_classes(
    method: NDArray[np.object_] | None, kind: NDArray[np.object_] | None, n: int
) -> list[tuple[str, str]]:
    """Return which line of the table tells of each of n places: how it was found, and what it is."""
    names = {(m, k): (m, k) for m in (*_METHODS, _OTHER) for k in (_AREA, _POINT)}
    methods = [_OTHER] * n if method is None else [m if m in _METHODS else _OTHER for m in method.tolist()]
    kinds = [None] * n if kind is None else kind.tolist()
    return [names[m, _POINT if k is None or k in _POINTS else _AREA] for m, k in zip(methods, kinds, strict=True)]


def _looked_up(column: str, method: NDArray[np.object_] | None, kind: NDArray[np.object_] | None, n: int) -> Floats:
    known = _table()[column]
    if method is None and kind is None:
        return np.full(n, known[_OTHER, _POINT])
    return np.array([known[name] for name in kernel_classes(method, kind, n)], dtype=np.float64)


@cache
def _table() -> dict[str, dict[tuple[str, str], float]]:
    """Return the columns of the table; what was too rare to be fitted is as if found directly."""
    rows = pd.read_csv(_TABLE, sep="\t", comment="#").set_index(["method", "kind"])
    columns = {}
    for column in ("widening", "df"):
        values = rows[column].to_dict()
        classes = [(method, kind) for method in (*_METHODS, _OTHER) for kind in (_AREA, _POINT)]
        columns[column] = {(m, k): float(values.get((m, k), values[_OTHER, k])) for m, k in classes}
    return columns


def _z(probability: Floats | float, df: Floats | float) -> Floats:
    """Return d² / (df · s²) at a quantile."""
    return np.asarray((1 - np.asarray(probability)) ** (-2 / np.asarray(df)) - 1)
