"""Which of the places that bear a name is meant: the heaviest reading, its share and its closest rival.

The readings of a key say which place, by which kind of name. Readings of any number of names are flat arrays; every
name gets its best reading, that reading's share of the weight and its closest rival. One name and a million go
the same way.

A reading's weight is the log10 of the inhabitants of the place, plus what its kind and the kind of name add; a
difference of 1 is a tenfold difference in prominence. Readings of one name that lie at the same spot (a city and the
region around it) are one answer, so they are never rivals.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.geometry.sphere import LEAST_KM, haversine_km

__all__ = ["CLOSE", "NO_READINGS", "Decision", "Readings", "chance", "decide", "heaviest", "joined", "top_weights"]

# A rival is close when it is less than tenfold less prominent.
CLOSE = 1.0
# One reading is clearly meant when no other is nearly as prominent and all others together leave it so much of the
# weight. Of every twentieth town of 30,000 people, asked for by name and country, those below either bound are right in
# nine of ten cases and those above in ninety-nine of a hundred.
_CLEAR_GAP, _CLEAR_SHARE = 1.15, 0.74
# Steepness of weight -> probability.
_STEEPNESS = 1.5
_SAME_SPOT_KM = 3.0
_WIDE_KM = 100.0


@dataclass(frozen=True)
class Readings:
    """What each of n names may mean: flat arrays, sorted by owner.

    Attributes
    ----------
    owner
        Which of the n names a reading belongs to.
    place
        Place number.
    weight
        See the module docstring.
    lon, lat, radius
        Of the place: degrees and km.
    """

    owner: Ints
    place: Ints
    weight: Floats
    lon: Floats
    lat: Floats
    radius: Floats

    def where(self, keep: NDArray[Any] | slice) -> Readings:
        """Return the readings at a mask, at positions or in a slice."""
        return Readings(
            self.owner[keep], self.place[keep], self.weight[keep], self.lon[keep], self.lat[keep], self.radius[keep]
        )

    def weighing(self, weight: Floats) -> Readings:
        """Return the readings with other weights."""
        return Readings(self.owner, self.place, weight, self.lon, self.lat, self.radius)


NO_READINGS = Readings(*(np.empty(0, dtype=kind) for kind in ("int64", "int64", "f8", "f8", "f8", "f8")))


@dataclass(frozen=True)
class Decision:
    """For each of n names: position of the best reading (-1: none), its share, the gap to the closest rival."""

    best: Ints
    share: Floats
    gap: Floats

    @property
    def unclear(self) -> NDArray[np.bool_]:
        """Of each name, whether one rival is close or several lesser ones together are."""
        return np.asarray((self.best >= 0) & ((self.gap < _CLEAR_GAP) | (self.share < _CLEAR_SHARE)))


def decide(readings: Readings, n: int) -> Decision:
    """Choose the best reading of each of n names.

    Examples
    --------
    >>> two = np.zeros(2)
    >>> readings = Readings(np.array([0, 0]), np.array([7, 8]), np.array([6.0, 4.0]), np.array([2.3, -95.5]),
    ...                     np.array([48.8, 33.6]), two)
    >>> decision = decide(readings, 1)
    >>> int(decision.best[0]), round(float(decision.share[0]), 2), float(decision.gap[0])
    (0, 0.95, 2.0)
    """
    best = np.full(n, -1, dtype="int64")
    share = np.zeros(n)
    gap = np.full(n, np.inf)
    if not len(readings.owner):
        return Decision(best, share, gap)
    if n == 1:
        return _decide_one(readings)
    owners, chosen = _heaviest(readings)
    best[owners] = chosen
    mass = np.exp(-_STEEPNESS * (readings.weight[best[readings.owner]] - readings.weight))
    total = np.bincount(readings.owner, mass, n)
    others = np.flatnonzero(_apart(readings, best[readings.owner]))
    rivals = np.bincount(readings.owner[others], mass[others], n)
    share[owners] = 1 - rivals[owners] / total[owners]
    behind = readings.weight[best[readings.owner[others]]] - readings.weight[others]
    np.minimum.at(gap, readings.owner[others], behind)
    return Decision(best, share, gap)


def _decide_one(readings: Readings) -> Decision:
    """Choose the best reading of one name, as `decide` does of many."""
    if len(readings.owner) == 1:
        return Decision(np.zeros(1, dtype="int64"), np.ones(1), np.full(1, np.inf))
    best = _position_of_heaviest(readings)
    behind = readings.weight[best] - readings.weight
    mass = np.exp(-_STEEPNESS * behind)
    others = np.flatnonzero(_apart(readings, best))
    if not len(others):
        return Decision(np.array([best]), np.ones(1), np.full(1, np.inf))
    # Added up one after the other, as the masses of many names are: pairwise sums differ in the last digit.
    share = 1 - mass[others].cumsum()[-1:] / mass.cumsum()[-1:]
    return Decision(np.array([best]), share, behind[others].min(keepdims=True))


def heaviest(readings: Readings) -> int:
    """Return the place of the heaviest reading of one name; of equals the one of least number."""
    return int(readings.place[_position_of_heaviest(readings)])


def _position_of_heaviest(readings: Readings) -> int:
    """Return the position of the heaviest reading of one name; of equals that of the place of least number."""
    weight = readings.weight
    if len(weight) == 1:
        return 0
    top = np.flatnonzero(weight == weight.max())
    return int(top[0] if len(top) == 1 else top[int(readings.place[top].argmin())])


def joined(one: Readings, other: Readings) -> Readings:
    """Return the readings of one name that stand in two parts."""
    pairs = [(getattr(one, name.name), getattr(other, name.name)) for name in fields(Readings)]
    return Readings(*(np.concatenate(pair) for pair in pairs))


def _heaviest(readings: Readings) -> tuple[Ints, Ints]:
    """Return the names that have readings, and of each the position of the heaviest; of equals that of least number."""
    heaviest = np.flatnonzero(readings.weight == top_weights(readings.owner, readings.weight))
    if len(heaviest) > np.count_nonzero(_begins(readings.owner)):
        heaviest = heaviest[np.lexsort((readings.place[heaviest], readings.owner[heaviest]))]
        heaviest = heaviest[_begins(readings.owner[heaviest])]
    return readings.owner[heaviest], heaviest


def top_weights(owner: Ints, weight: Floats) -> Floats:
    """Return for each reading the weight of the heaviest one of its name; readings are sorted by their owner."""
    if owner[0] == owner[-1]:
        return np.full(len(weight), weight.max())
    new = _begins(owner)
    return np.asarray(np.maximum.reduceat(weight, np.flatnonzero(new))[np.cumsum(new) - 1])


def _begins(owner: Ints) -> NDArray[np.bool_]:
    """Say which readings are the first of their name."""
    new = np.ones(len(owner), dtype=bool)
    new[1:] = owner[1:] != owner[:-1]
    return new


def _apart(readings: Readings, chosen: Ints | int) -> NDArray[np.bool_]:
    """Say which readings lie at another spot than the chosen one of their name, or of the only name."""
    own = readings.radius[chosen]
    smaller, larger = np.minimum(readings.radius, own), np.maximum(readings.radius, own)
    # A wide area lies in another only when all of it does: else they are neighbours, as the two Congos are.
    reach, most = np.where(smaller > _WIDE_KM, smaller, 0.0), larger + _SAME_SPOT_KM
    lon, lat = readings.lon[chosen], readings.lat[chosen]
    # Most readings lie far north or south, which is seen without any trigonometry.
    apart = np.abs(readings.lat - lat) * LEAST_KM + reach > most
    near = np.flatnonzero(~apart)
    if not len(near):
        return np.asarray(apart)
    if not isinstance(chosen, int):
        lon, lat = lon[near], lat[near]
    away = haversine_km(readings.lon[near], readings.lat[near], lon, lat)
    apart[near] = away + reach[near] > most[near]
    return np.asarray(apart)


def chance(weight: Floats) -> Floats:
    """Return the probabilities of readings of one name by their weights; they sum to 1."""
    mass = np.exp(_STEEPNESS * (weight - weight.max()))
    return np.asarray(mass / mass.sum())
