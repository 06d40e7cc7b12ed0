"""Says which names of a column mean the same on every day, so that a table of many days asks about them once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.candidates.countries import FILED
from gazetteer.candidates.name_index import CODE
from gazetteer.index.store import LAYERS, concatenated_ranges
from gazetteer.phrases.resolver import Resolver

__all__ = ["are_timeless"]

# Places of these layers change with the day only where they have a first or a last one.
_LAYERS = ("admin1", "admin2", "cities", "airports")


def are_timeless(resolver: Resolver, keys: Ints, countries: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Say which of n names mean the same on every day.

    No place that bears one of them begins or ends, or is a country, a region or a group, whose extent may change; and
    where a country is known, such a place lies in it, so that nobody asks what belonged to the country on the day.

    Parameters
    ----------
    keys
        The number of each name's key; -1 for what is no name of the index, which is not looked into.
    countries
        The alpha-3 code of the country that each lies in, None where that is not known.
    """
    store, index = resolver.store, resolver.store.index
    timeless = np.zeros(len(keys), dtype=bool)
    at = np.flatnonzero(keys >= 0)
    if store.seen is not None or not len(at):
        return timeless
    rows, owner = concatenated_ranges(*store.spans(keys[at]))
    places, hints = index.places(rows), countries[at]
    first, last = (store.bases[[LAYERS.index(layer), LAYERS.index(layer) + 1]] for layer in (_LAYERS[0], _LAYERS[-1]))
    plain = (places >= first[0]) & (places < last[1])
    plain &= np.isnan(index.take("valid_from", places)) & np.isnan(index.take("valid_to", places))
    here = (index.take("country", places) == hints[owner]) & (index.name_kinds(rows) != CODE)
    free = np.array([hint is None for hint in hints], dtype=bool)
    filed = np.isin(hints, list(FILED))
    timeless[at] = (np.bincount(owner[~plain], minlength=len(at)) == 0) & (
        free | (~filed & (np.bincount(owner[here], minlength=len(at)) > 0))
    )
    return timeless
