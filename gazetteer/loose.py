"""Finds the names of one country by how they sound, for rows that spell them otherwise than the gazetteer does.

A folded name and where to look enter; the names that sound alike leave, with their likeness.
Only ever inside a country or a unit: in the open, something sounds like every word.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gazetteer.fuzzy import bearing, plain, skeleton
from gazetteer.ranking import Floats, Ints
from gazetteer.store import Store

__all__ = ["Sounds"]

# Shorter names sound like too many others.
_SHORTEST_NAME, _SHORTEST_EDITED = 4, 5
# How alike two plain forms must be, with the same consonants or with any: by chance something alike is met the sooner,
# the more names there are to look among (up to so many: same consonants, any consonants, shortest skeleton).
_STRICTNESS = ((150, 0.6, 0.8, 2), (1000, 0.7, 0.84, 2), (math.inf, 0.75, 0.88, 3))
_MOST = 20


class Sounds:
    """The names of one country.

    Parameters
    ----------
    store
        The opened tables.
    country
        ISO 3166-1 alpha-3.

    Attributes
    ----------
    place
        Of n names, the place number.
    """

    def __init__(self, store: Store, country: str) -> None:
        first = store.bases[1]  # the country's own names are not looked for in it
        here = store.index.having("country", country)
        here[:first] = False
        rows, owners = store.index.postings_of(here)
        keys = store.index.keys_of(rows)
        distinct, of_row = np.unique(keys, return_inverse=True)
        texts = [store.key_text(int(key)) for key in distinct]
        sounds = [plain(text) if len(text) >= _SHORTEST_NAME else "" for text in texts]
        bearings = [bearing(text) for text in texts]
        said = np.array([bool(sound) for sound in sounds], dtype=bool)[of_row]
        self.place: Ints = owners[said]
        self._sounds = [sounds[i] for i in of_row[said]]
        self._bearings = {i: found for i, key in enumerate(of_row[said]) if (found := bearings[key])}
        self._by_skeleton: dict[str, list[int]] = {}
        for position, sound in enumerate(self._sounds):
            self._by_skeleton.setdefault(skeleton(sound), []).append(position)

    def among(self, names: NDArray[np.bool_]) -> dict[int, str]:
        """Return the plain forms of some of the names, by position: what `alike` looks among."""
        return {int(i): self._sounds[i] for i in np.flatnonzero(names)}

    def alike(self, key: str, inside: dict[int, str] | None) -> tuple[Ints, Floats]:
        """Return the names that sound alike: their positions, and their likeness from 0 to 1.

        Parameters
        ----------
        key
            A folded name.
        inside
            What to look among; None for all names of the country, of which the consonants must be the same.
        """
        # Imported here: a name that is found as it is written needs none of it.
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        sound = plain(key)
        bones = skeleton(sound)
        found: dict[int, float] = {}
        among = math.inf if inside is None else len(inside)
        _, least, least_edited, shortest = next(rule for rule in _STRICTNESS if among <= rule[0])
        if len(bones) >= shortest:
            for position in self._by_skeleton.get(bones, ()):
                likeness = Levenshtein.normalized_similarity(sound, self._sounds[position])
                if likeness >= least and (inside is None or position in inside):
                    found[position] = likeness
        if not found and inside is not None and len(sound) >= _SHORTEST_EDITED:
            scorer = Levenshtein.normalized_similarity
            near = process.extract(sound, inside, scorer=scorer, score_cutoff=least_edited, limit=_MOST)
            found = {position: likeness for _, likeness, position in near}
        facing = bearing(key)
        found = {position: like for position, like in found.items() if self._bearings.get(position, "") == facing}
        return np.array(list(found), dtype="int64"), np.array(list(found.values()), dtype="float64")
