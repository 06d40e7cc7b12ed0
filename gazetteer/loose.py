"""Finds the names of one country by how they sound, for rows that spell them otherwise than the gazetteer does.

A folded name and where to look enter; the names that sound alike leave, with their likeness.
Only ever inside a country or a unit: in the open, something sounds like every word.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from gazetteer.fuzzy import bearing, plain, skeleton
from gazetteer.ranking import Floats, Ints
from gazetteer.store import Store

__all__ = ["Sounds"]

# Shorter names sound like too many others.
_SHORTEST_NAME, _SHORTEST_SKELETON, _SHORTEST_EDITED = 4, 2, 5
# How alike two plain forms must be: with the same consonants, or with any.
_SAME_CONSONANTS, _EDITED = 0.6, 0.8
# Country-wide there are a hundred times as many names to meet by chance.
_SKELETON_WIDE, _ALIKE_WIDE = 3, 0.75
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
        here = store.column("country") == country
        here[:first] = False
        owners = store.names.column("place")
        rows = np.flatnonzero(here[owners])
        keys = store.names.column("key")[rows]
        distinct, of_row = np.unique(keys, return_inverse=True)
        texts = [store.key_text(int(key)) for key in distinct]
        sounds = [plain(text) if len(text) >= _SHORTEST_NAME else "" for text in texts]
        bearings = [bearing(text) for text in texts]
        said = np.array([bool(sound) for sound in sounds], dtype=bool)[of_row]
        self.place: Ints = owners[rows][said].astype("int64")
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
        sound = plain(key)
        bones = skeleton(sound)
        found: dict[int, float] = {}
        if len(bones) >= (_SKELETON_WIDE if inside is None else _SHORTEST_SKELETON):
            least = _ALIKE_WIDE if inside is None else _SAME_CONSONANTS
            for position in self._by_skeleton.get(bones, ()):
                likeness = Levenshtein.normalized_similarity(sound, self._sounds[position])
                if likeness >= least and (inside is None or position in inside):
                    found[position] = likeness
        if not found and inside is not None and len(sound) >= _SHORTEST_EDITED:
            scorer = Levenshtein.normalized_similarity
            near = process.extract(sound, inside, scorer=scorer, score_cutoff=_EDITED, limit=_MOST)
            found = {position: likeness for _, likeness, position in near}
        facing = bearing(key)
        found = {position: like for position, like in found.items() if self._bearings.get(position, "") == facing}
        return np.array(list(found), dtype="int64"), np.array(list(found.values()), dtype="float64")
