"""Resolves many names of the index at once, as the generator and the ranking do one by one.

Each number of a key, with a country and a day, gets the places it means, with their scores.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.candidates.countries import FILED
from gazetteer.candidates.found import QUALITY
from gazetteer.candidates.name_index import CODE, SHARED_NAMES, SMALL, SMALL_QUALITY, NameIndex
from gazetteer.candidates.ranking import Readings, decide
from gazetteer.index.store import Store, concatenated_ranges

__all__ = ["changes", "readings_of_keys", "resolve_keys"]

# How many readings of many names are weighed at once.
_AT_ONCE = 16_384


def resolve_keys(
    names: NameIndex, keys: Ints, countries: NDArray[np.object_], days: Ints, *, capitals: NDArray[np.bool_]
) -> tuple[Ints, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Resolve n names that are in the index.

    Parameters
    ----------
    names
        The readings of names.
    keys, countries, days
        Of n names: number of its key, alpha-3 or None, days since 1970.
    capitals
        Of n names: whether it is written in capitals, so that it may be a code.

    Returns
    -------
    places, scores, ambiguous, small
        Of n names; place -1 where the country leaves no reading; whether a rival is close; whether a small town is
        meant by a name whose country is not known.
    """
    starts, ends = names.store.spans(keys)
    # Some names at a time: what is made of their readings stays in the processor's caches.
    blocks = np.cumsum(ends - starts) // _AT_ONCE
    cuts = [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist(), len(keys)]
    parts = [
        _resolve(names, keys[part], starts[part], ends[part], countries[part], days[part], capitals[part])
        for part in (slice(first, last) for first, last in pairwise(cuts))
    ]
    place, share, unclear, weight = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    small = (weight < SMALL) & ((countries == None) | (countries == SHARED_NAMES)) & (place >= 0)  # noqa: E711
    small[small] = names.store.index.take("kind", place[small]) == "city"
    quality = QUALITY["exact"] * np.where(small, SMALL_QUALITY, 1.0)
    return place, np.round(quality * share, 4), unclear, small


def _resolve(
    names: NameIndex,
    keys: Ints,
    starts: Ints,
    ends: Ints,
    countries: NDArray[np.object_],
    days: Ints,
    capitals: NDArray[np.bool_],
) -> tuple[Ints, Floats, NDArray[np.bool_], Floats]:
    """Return for each key, by its postings, the place, its share, whether it is unclear, and its weight."""
    store = names.store
    rows, owner = concatenated_ranges(starts, ends)
    places, kinds = store.index.places(rows), store.name_kinds(rows)
    keep = (kinds != CODE) | capitals[owner]
    hinted = countries != None  # noqa: E711 - elementwise
    if hinted.any():
        keep &= ~hinted[owner] | _inside(store, places, countries[owner])
    owner, places, kinds = owner[keep], places[keep], kinds[keep]
    readings = names.date(names.weigh(owner, places, kinds, keys), days[owner])
    decision = decide(readings, len(starts))
    found = decision.best >= 0
    chosen = np.where(found, places[np.where(found, decision.best, 0)], -1) if len(places) else decision.best
    weight = readings.weight[np.where(found, decision.best, 0)] if len(places) else np.zeros(len(starts))
    return chosen, decision.share, decision.unclear, weight


def readings_of_keys(
    names: NameIndex, keys: Ints, countries: NDArray[np.object_], days: Ints, *, capitals: NDArray[np.bool_]
) -> Readings:
    """Return the readings of n names, weighed as one by one: those of its country among themselves.

    Parameters
    ----------
    keys, countries, days, capitals
        As of `resolve_keys`.
    """
    store = names.store
    rows, owner = concatenated_ranges(*store.spans(keys))
    places, kinds = store.index.places(rows), store.name_kinds(rows)
    keep = (kinds != CODE) | capitals[owner]
    hinted = countries != None  # noqa: E711 - elementwise
    if hinted.any():
        keep &= ~hinted[owner] | _inside(store, places, countries[owner])
    readings = names.weigh(owner[keep], places[keep], kinds[keep], keys)
    return names.date(readings, days[readings.owner])


def _inside(store: Store, places: Ints, countries: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Say which places lie in the country beside them, in the tables or in the view of them."""
    here = store.take("country", places)
    inside = here == countries
    for holder, parts in FILED.items():
        inside |= (countries == holder) & np.isin(here, parts)
    if store.seen is not None:
        for country in {one for one in countries if one is not None}:
            inside |= (countries == country) & store.seen.are_of(country, places)
    return np.asarray(inside, dtype=bool)


def changes(store: Store) -> Ints:
    """Return the days on which some place begins or is gone, ascending; between two of them nothing changes."""
    first, last = (store.index.known(column) for column in ("valid_from", "valid_to"))
    return np.unique(np.concatenate([first, last + 1])).astype("int64")
