"""Finds the names of one country by how they sound, for rows that spell them otherwise than the gazetteer does.

The names that sound like a folded name come with their likeness.
Only ever inside a country or a unit: in the open, something sounds like every word.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.index.store import Store
from gazetteer.locks import LOADING, cached_property
from gazetteer.names.phonetic import RULES, bearing, codes, plain, skeleton

__all__ = ["CODES", "Sounds", "codes_of"]

# Shorter names sound like too many others.
_SHORTEST_NAME, _SHORTEST_EDITED = 4, 5
# How alike two plain forms must be, with the same consonants or with any: by chance something alike is met the sooner,
# the more names there are to look among (up to so many: same consonants, any consonants, shortest skeleton).
_STRICTNESS = ((150, 0.6, 0.8, 2), (1000, 0.7, 0.84, 2), (math.inf, 0.75, 0.88, 3))
_MOST = 20
# How many names get their codes together.
_AT_ONCE = 65_536
# The array of the index that holds the codes of all keys, where the build made one.
CODES = f"key_codes_{RULES:08x}"


def codes_of(text: Callable[[int], str], keys: Ints) -> NDArray[np.uint32]:
    """Return the codes of some keys by their numbers; no more than some thousand are texts at a time."""
    parts = (keys[i : i + _AT_ONCE].tolist() for i in range(0, len(keys), _AT_ONCE))
    return np.concatenate([np.empty(0, "uint32"), *(codes(list(map(text, part))) for part in parts)])


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
        rows, self.place = store.index.postings_of(here)
        self._key = store.index.keys_of(rows)  # ascending, as the postings are
        self._text = store.key_text
        # A country may have millions of names: all get a code, and what sounds alike is worked out for those of one.
        distinct, times = np.unique(self._key, return_counts=True)
        kept = store.index.kept(CODES)
        of_name = np.repeat(codes_of(self._text, distinct) if kept is None else kept[distinct], times)
        self._order = np.argsort(of_name)
        self._codes = of_name[self._order]
        self._plain: dict[int, str] = {}
        self._by_skeleton: dict[str, dict[int, str]] = {}

    @cached_property
    def distinct_places(self) -> tuple[Ints, Ints]:
        """The numbers of the places, ascending, and of n names which of these places has it."""
        places, of_name = np.unique(self.place, return_inverse=True)
        return places, of_name

    def among(self, names: NDArray[np.bool_]) -> dict[int, str]:
        """Return the plain forms of some of the names, by position: what `alike` looks among."""
        return self._sounds(np.flatnonzero(names))

    def _sounds(self, positions: Ints) -> dict[int, str]:
        """Return the plain forms of names by position, without those that are too short to tell."""
        keys = self._key[positions].tolist()
        for key in set(keys).difference(self._plain):
            text = self._text(key)
            self._plain[key] = plain(text) if len(text) >= _SHORTEST_NAME else ""
        return {i: sound for i, key in zip(positions.tolist(), keys, strict=True) if (sound := self._plain[key])}

    def _sharing(self, bones: str, key: str) -> dict[int, str]:
        """Return the plain forms of all names that have the skeleton of a key, by position."""
        if bones not in self._by_skeleton:
            code = codes([key])[0]
            first, last = (int(np.searchsorted(self._codes, code, side=side)) for side in ("left", "right"))
            near = self._sounds(np.sort(self._order[first:last]))
            self._by_skeleton[bones] = {i: sound for i, sound in near.items() if skeleton(sound) == bones}
        return self._by_skeleton[bones]

    def alike(self, key: str, inside: dict[int, str] | None) -> tuple[Ints, Floats]:
        """Return the names that sound alike: their positions, and their likeness from 0 to 1.

        Parameters
        ----------
        key
            A folded name.
        inside
            What to look among; None for all names of the country, of which the consonants must be the same.
        """
        similarity, extract = _levenshtein()
        sound = plain(key)
        bones = skeleton(sound)
        found: dict[int, float] = {}
        among = math.inf if inside is None else len(inside)
        _, least, least_edited, shortest = next(rule for rule in _STRICTNESS if among <= rule[0])
        if len(bones) >= shortest:
            for position, other in self._sharing(bones, key).items():
                likeness = similarity(sound, other)
                if likeness >= least and (inside is None or position in inside):
                    found[position] = likeness
        if not found and inside is not None and len(sound) >= _SHORTEST_EDITED:
            near = extract(sound, inside, scorer=similarity, score_cutoff=least_edited, limit=_MOST)
            found = {position: likeness for _, likeness, position in near}
        facing = bearing(key)
        found = {i: like for i, like in found.items() if bearing(self._text(int(self._key[i]))) == facing}
        return np.array(list(found), dtype="int64"), np.array(list(found.values()), dtype="float64")


def likeness(one: str, other: str) -> float:
    """Return how much alike two folded names sound, from 0 to 1."""
    similarity, _ = _levenshtein()
    return float(similarity(plain(one), plain(other)))


def _levenshtein() -> tuple[Callable[..., float], Callable[..., list[Any]]]:
    """Return the likeness of two texts and the search for the texts most alike."""
    # Imported here: a name that is found as it is written needs none of it.
    with LOADING:
        from rapidfuzz import distance, process

    return distance.Levenshtein.normalized_similarity, process.extract
