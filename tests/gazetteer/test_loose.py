"""Names by their sound: what is worked out for few names only is what comparing all of them tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

import gazetteer
from gazetteer.candidates.phonetic_index import Sounds
from gazetteer.index.store import Store
from gazetteer.names.normalize import normalize_name
from gazetteer.names.phonetic import bearing, codes, plain, skeleton

COUNTRIES = ("AFG", "KAZ", "MLI", "PHL", "SYR")
# What writers change in a name: each is tried wherever it fits.
RESPELT = (
    ("a", "e"), ("i", "y"), ("u", "o"), ("k", "q"), ("kh", "h"), ("g", "gh"), ("z", "zh"), ("s", "ss"), ("w", "v"),
    ("", "al "), ("", "north "), ("", "upper "), ("l", ""), ("r", "n"), ("ah", "iyah"),
)  # fmt: skip


@pytest.fixture(scope="module")
def store() -> Store:
    return gazetteer.load().store


def _names(store: Store, country: str) -> list[tuple[int, str]]:
    """Return the places of a country and the keys of all their names, read from the tables."""
    names = store.names()
    places = names["place"].to_numpy()
    here = store.index.having("country", country)[places] & (places >= store.bases[1])
    keys = names["name"][here].map(normalize_name)
    return sorted(set(zip(places[here].tolist(), keys, strict=True)))


def _misspelt(keys: Iterable[str]) -> list[str]:
    spelt = (key.replace(old, new, 1) if old else new + key for key in keys for old, new in RESPELT)
    return sorted({key for key in spelt if key.isascii()})


def _one_code(keys: list[str]) -> bool:
    by_skeleton = defaultdict(set)
    for key, code in zip(keys, codes(keys).tolist(), strict=True):
        by_skeleton[skeleton(plain(key))].add(code)
    return all(len(found) == 1 for found in by_skeleton.values())


def test_names_of_one_skeleton_have_one_code(store: Store) -> None:
    """A code never parts two names of the gazetteer whose consonants are the same, in any script."""
    drawn = np.random.default_rng(1).choice(len(store.index.key_starts) - 1, 60_000, replace=False)
    keys = [store.key_text(key) for key in drawn.tolist()]
    assert _one_code(keys)
    assert len(np.unique(codes(keys))) > 0.8 * len({skeleton(plain(key)) for key in keys})


_PARTS = (
    "al", "el", "de", "north", "nord", "ouest", "tsch", "ch", "sh", "szh", "kh", "ckh", "dzh", "ce", "ck", "x", "w",
    "wa", "v", "a", "e", "iah", "h", "k", "q", "s", "t", "d", "z", "11", "к", "東", " ",
)  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(_PARTS), min_size=1, max_size=5), min_size=1, max_size=60))
def test_keys_of_one_skeleton_have_one_code(parts: list[list[str]]) -> None:
    """The same of any letters that romanisations write differently, and of names that are all particles."""
    assert _one_code([key for part in parts if (key := " ".join("".join(part).split()))] or ["a"])


@pytest.mark.parametrize("country", COUNTRIES)
def test_same_consonants_as_if_all_were_compared(store: Store, country: str) -> None:
    """In a country, those names sound alike that do when each of its names is compared with the one that is asked."""
    names = _names(store, country)
    alike = defaultdict(list)
    for place, key in names:
        if len(key) >= 4:
            alike[skeleton(plain(key))].append((place, plain(key), bearing(key)))
    sounds = Sounds(store, country)
    found = 0
    for key in _misspelt(key for _, key in names[::17]):
        bones, sound = skeleton(plain(key)), plain(key)
        likeness = [(p, Levenshtein.normalized_similarity(sound, s)) for p, s, b in alike[bones] if b == bearing(key)]
        expected = sorted((p, like) for p, like in likeness if like >= 0.75 and len(bones) >= 3)
        positions, told = sounds.alike(key, None)
        assert sorted(zip(sounds.place[positions].tolist(), told.tolist(), strict=True)) == expected, key
        found += bool(expected)
    assert found > 100


def test_members_are_all_names_long_enough(store: Store) -> None:
    """What is looked among in a unit are the plain forms of the names of its places."""
    sounds = Sounds(store, "KAZ")
    some = sounds.place % 3 == 0
    told = sorted((int(sounds.place[i]), sound) for i, sound in sounds.among(some).items())
    assert told == sorted((p, plain(key)) for p, key in _names(store, "KAZ") if p % 3 == 0 and len(key) >= 4)


def test_a_country_without_names(store: Store) -> None:
    """Where there is no name nothing sounds alike."""
    positions, likeness = Sounds(store, "XXX").alike("khaledia", None)
    assert not len(positions)
    assert not len(likeness)
