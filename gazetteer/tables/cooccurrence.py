"""Tells names of a table apart by the other rows of the file.

Each bare name of a file may mean several places by its own row; the one is taken that fits the others best, and the
places of the rows that say more. The model is the one for running text (`gazetteer.geoparsing.disambiguator`): a
file is a document whose names stand far apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.candidates.name_index import CODE
from gazetteer.geometry.sphere import haversine_km
from gazetteer.geoparsing import Disambiguator, Document
from gazetteer.names.normalize import normalize_name

__all__ = ["resolve_together"]


# Below this chance the row's own answer stands; so does a clear one, unless more than this share of the others lie in
# the country of the new one: Dallas alone does not move the Paris beside Berlin.
_SURE, _MOST = 0.6, 0.5
# At most so many names, in the order of the file, are one document: the model compares each with all others.
_TOGETHER = 100
# So many places of certain rows are context, the surest and commonest first.
_MOST_CONTEXT = 200
# Rows side by side are not closer to each other than others, as words would be.
_WORDS_APART = 100
_SAME_SPOT_KM = 3.0


def resolve_together(
    disambiguator: Disambiguator,
    names: Sequence[str],
    place: Ints,
    clear: NDArray[np.bool_],
    days: Ints,
    others: tuple[Ints, Floats],
) -> tuple[Ints, Floats]:
    """Return what names mean beside each other, and the chance of it; place -1 where the row's own answer stands.

    Parameters
    ----------
    names
        n names in the order of the file, none with a container or a country.
    place, clear
        Of each by its own row: the number of the place, and that no rival is close.
    days
        Of each, days since 1970-01-01.
    others
        Places of rows that are certain, and their weights.
    """
    disambiguator.names.begin()
    numbers = np.array([disambiguator.names.number(normalize_name(name)) for name in names], dtype="int64")
    context = np.argsort(-others[1], kind="stable")[:_MOST_CONTEXT]
    meant, chance, company = place.copy(), np.zeros(len(names)), np.zeros(len(names))
    known = np.flatnonzero(numbers >= 0)
    for window in np.array_split(known, len(known) // _TOGETHER + 1):
        if len(np.unique(numbers[window])) + len(context) < 2:
            continue
        at = np.arange(len(window)) * _WORDS_APART
        for day in np.unique(days[window]).tolist():
            placed = disambiguator.disambiguate(
                Document(
                    at,
                    at,
                    numbers[window],
                    np.ones(len(at)),
                    np.zeros(len(at), dtype=bool),
                    others[0][context],
                    others[1][context],
                    day=day,
                )
            )
            mine = days[window] == day
            unit = placed.read.of[mine]
            best = placed.read.place[placed.best]
            # Whether a word is a code is seen by how it is written, which the row knows.
            spelt = placed.read.name_kind[placed.best] != CODE
            meant[window[mine]], chance[window[mine]] = best[unit], (placed.chance * spelt)[unit]
            company[window[mine]] = _company(disambiguator, best, others[0][context])[unit]
    stands = (chance < _SURE) | (clear & ((company <= _MOST) | _same_spot(disambiguator, place, meant)))
    return np.where(stands, -1, meant), chance


def _company(disambiguator: Disambiguator, places: Ints, others: Ints) -> Floats:
    """Return of each place the share of all the others that lie in its country."""
    country = disambiguator.names.places.country.astype("int64")
    here = np.bincount(country[np.concatenate([places, others])] + 1)
    here[0] = 1  # what lies in no country has no company but itself
    return np.asarray((here[country[places] + 1] - 1) / max(len(places) + len(others) - 1, 1))


def _same_spot(disambiguator: Disambiguator, one: Ints, other: Ints) -> NDArray[np.bool_]:
    """Say which places lie within each other, as a city and the region around it."""
    lon, lat, radius = (getattr(disambiguator.names.places, name) for name in ("lon", "lat", "radius"))
    apart = haversine_km(lon[one], lat[one], lon[other], lat[other])
    return np.asarray(apart <= np.maximum(radius[one], radius[other]) + _SAME_SPOT_KM)
