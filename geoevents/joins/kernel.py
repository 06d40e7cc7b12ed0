"""How far an event may lie from the point of its place: a kernel around the point.

The kernel is a bivariate t distribution, round on the ground. Its density at a distance d (km) is

    f(d) = (1 + d² / (df · s²)) ^ (-(df + 2) / 2) / (2 π s²)

and the probability of a distance of at most d is 1 - (1 + d² / (df · s²)) ^ (-df / 2). The scale s is such that nine
tenths lie within ``scale · radius_km``. ``scale`` and ``df`` depend on how a place was found and on what it is; the
table ``kernel.tsv`` has them, fitted by maximum likelihood on open event data (``tests/benchmarks/fit_kernel.py``).
Most events lie much nearer to the point than a uniform disc of the same radius says, and a few lie farther.

Source: S. Kotz and S. Nadarajah, Multivariate t Distributions and Their Applications, Cambridge University Press 2004.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Kernels", "kernels_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TABLE = Path(__file__).with_name("kernel.tsv")
# Kinds of places of which a point is the place; of others a disc stands for an area whose outline is not known.
_POINTS = ("None", "nan", "city", "airport", "building", "neighbourhood", "derived")
# What lies farther than this quantile is brought back: the tail of a t has no end, and a join needs one.
_REACH = 0.98


@dataclass(frozen=True)
class Kernels:
    """The kernel of each of m places.

    Attributes
    ----------
    scale
        Times ``radius_km``: the kilometres within which nine tenths of the events lie.
    df
        Degrees of freedom: the smaller, the heavier the tail.
    """

    scale: Floats
    df: Floats

    def take(self, rows: Ints) -> Kernels:
        """Return the kernels of some places."""
        return Kernels(self.scale[rows], self.df[rows])

    def quantile(self, radius_km: Floats, probability: Floats | float) -> Floats:
        """Return the distance (km) within which an event lies with a probability; the kernel ends at its reach.

        Examples
        --------
        >>> one = Kernels(np.array([1.0]), np.array([3.0]))
        >>> one.quantile(np.array([10.0]), 0.9 / 0.98).round(6).tolist()
        [10.0]
        """
        return radius_km * self.scale * np.sqrt(_z(np.asarray(probability) * _REACH, self.df) / _z(0.9, self.df))

    def log_density(self, radius_km: Floats, km: Floats) -> Floats:
        """Return the logarithm of the density (per km²) at a distance; the tail is not cut.

        Examples
        --------
        >>> one = Kernels(np.array([1.0]), np.array([3.0]))
        >>> one.log_density(np.array([10.0]), np.array([0.0])).round(3).tolist()
        [-4.052]
        """
        s2 = (radius_km * self.scale) ** 2 / (self.df * _z(0.9, self.df))
        return np.asarray(-np.log(2 * np.pi * s2) - (self.df + 2) / 2 * np.log1p(km**2 / (self.df * s2)))

    def reach(self, radius_km: Floats) -> Floats:
        """Return the kilometres at which each kernel ends."""
        return self.quantile(radius_km, 1.0)

    def within(self, radius_km: Floats, km: Floats) -> Floats:
        """Return the probability of a distance of at most so many kilometres.

        Examples
        --------
        >>> one = Kernels(np.array([1.0]), np.array([3.0]))
        >>> one.within(np.array([10.0]), np.array([10.0])).round(4).tolist()
        [0.9184]
        """
        z = (km / (radius_km * self.scale)) ** 2 * _z(0.9, self.df)
        return np.asarray(np.minimum((1 - (1 + z) ** (-self.df / 2)) / _REACH, 1.0))


def kernels_of(method: NDArray[np.object_] | None, kind: NDArray[np.object_] | None, n: int) -> Kernels:
    """Return the kernels of places by the ``match_method`` and the ``place_kind`` of their events.

    Parameters
    ----------
    method, kind
        m texts each, None where it is not known; None for neither.
    n
        m.
    """
    table = _table()
    container = np.zeros(n, dtype=bool) if method is None else np.asarray(method == "container", dtype=bool)
    area = np.zeros(n, dtype=bool) if kind is None else ~np.isin(kind.astype(str), _POINTS)
    row = 2 * (~container).astype(np.int64) + (~area).astype(np.int64)
    names = [(m, k) for m in ("container", "direct") for k in ("area", "point")]
    scale, df = (np.array([table.loc[name, column] for name in names])[row] for column in ("scale", "df"))
    return Kernels(scale, df)


@cache
def _table() -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(_TABLE, sep="\t", comment="#").set_index(["method", "kind"])


def _z(probability: Floats | float, df: Floats | float) -> Floats:
    """Return d² / (df · s²) at a quantile."""
    return np.asarray((1 - np.asarray(probability)) ** (-2 / np.asarray(df)) - 1)
