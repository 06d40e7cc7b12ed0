"""What each name in a text may mean: the readings of a name, kept once a name.

Folded names become numbers of names in a store, with arrays that say how many places bear a name, which is the
most prominent, and by which kind of name. A name that the index lacks is tried in the ways a writer bends it:
plural ("Kazakhs"), shortened ("Mt."), with a word of its kind ("Pleasant Township") or with a direction ("northern
Iraq").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.candidates.name_index import CAPITAL, NAME_WEIGHTS, NameIndex
from gazetteer.geoparsing.inflections import is_inflected_script, stems
from gazetteer.geoparsing.tokens import DIRECTIONS
from gazetteer.index.store import NAME_KINDS, Store
from gazetteer.model import KINDS
from gazetteer.names.affixes import split_type_word
from gazetteer.names.normalize import normalize_name

__all__ = ["NAME_FEATURES", "WAYS", "KnownNames", "PlaceArrays", "key_of_words"]


WAYS = ("exact", "plural", "shortened", "type-word", "direction", "inflected")
# A name's commonest bearers; the rest are never meant in practice.
_MOST = 48
_LONG = {
    "mt": "mount",
    "mts": "mountains",
    "ft": "fort",
    "co": "county",
    "cos": "counties",
    "twp": "township",
    "st": "saint",
    "ste": "sainte",
    "pt": "point",
    "is": "island",
    "intl": "international",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
}
_PLURALS = ("s", "men")
# A name is read without its ending when it is then this much better known (a tenfold prominence is 1).
_CLEARLY = 1.0
# A second-level unit that is called by its bare name as well is not heard beside a place of its country that is so much
# better known: Алматы is the city rather than the district of Astana, even beside Astana.
_UNHEARD = 3.0
_ALTERNATE, _DEMONYM, _ABBREVIATION, _CODE = (
    NAME_KINDS.index(kind) for kind in ("alternate", "demonym", "abbreviation", "code")
)
_COUNTRY, _ADMIN1, _ADMIN2, _CITY = (KINDS.index(kind) for kind in ("country", "admin1", "admin2", "city"))

NAME_FEATURES = (
    "places",
    "prominence",
    "gap",
    "kind",
    "name_kind",
    "demonym",
    "abbreviation",
    "code",
    "way",
    "country",
    "admin1",
    "admin2",
    "city",
    "exact",
)


class PlaceArrays:
    """What the ranking asks of every place, as arrays over place numbers.

    Attributes
    ----------
    lon, lat, radius, prominence
        Degrees, km, and `gazetteer.candidates.ranking`'s weight.
    kind
        Position in `KINDS`.
    country, admin1
        Numbers of codes, -1 for none; the same code has the same number.
    """

    def __init__(self, store: Store) -> None:
        self.lon = store.column("lon").astype("float32")
        self.lat = store.column("lat").astype("float32")
        self.radius = store.column("radius_km").astype("float32")
        self.prominence = store.column("prominence").astype("float32")
        kinds = [KINDS.index(kind) if kind else -1 for kind in store.index.labels("kind")]
        self.kind = np.array(kinds, dtype="int8")[store.index.array("kind")]
        self.country, self.admin1 = _codes(store, "country"), _codes(store, "admin1")
        self._store = store

    def is_capital(self, place: int) -> bool:
        """Say whether a town is the capital of a country: its prominence is greater than its inhabitants make it."""
        found = self._store.values(("population", "prominence"), np.array([place]))
        people = np.nan_to_num(found["population"].astype("float64"))
        return bool(found["prominence"][0] - np.log10(people[0] + 100) > CAPITAL / 2)


def _codes(store: Store, column: str) -> NDArray[np.int16]:
    """Return the number of each place's code, -1 for none, which is the last label."""
    codes = store.index.array(column).astype("int16")
    return np.where(codes == len(store.index.labels(column)) - 1, np.int16(-1), codes)


@dataclass(frozen=True)
class NameReadings:
    """The places a name may mean, most prominent first, and the kind of name (position in `NAME_KINDS`) of each."""

    places: Ints
    name_kinds: Ints


class KnownNames:
    """Names met so far, and their readings.

    Parameters
    ----------
    store
        The opened tables.
    index
        Knows the phrases that name no place.
    places
        Of the store.

    Attributes
    ----------
    readings
        By the number of a name.
    restarts
        How often all numbers were forgotten.
    """

    # Beyond this many spellings the names start anew, so that memory stays bounded.
    _MOST = 200_000

    def __init__(self, store: Store, index: NameIndex, places: PlaceArrays) -> None:
        self.store = store
        self._not_places = index.not_places
        self.places = places
        self.restarts = -1
        self._restart()

    def _restart(self) -> None:
        self._numbers: dict[str, int] = {}
        self.readings: list[NameReadings] = []
        self._rows = np.zeros((4096, len(NAME_FEATURES)), dtype="float32")
        self.restarts += 1

    def begin(self) -> None:
        """Say that no number is held any longer: a document begins."""
        if len(self._numbers) > self._MOST:
            self._restart()

    @property
    def table(self) -> NDArray[np.float32]:
        """Names × `NAME_FEATURES`."""
        return self._rows[: max(len(self.readings), 1)]

    def number(self, key: str) -> int:
        """Return the number of a folded name, -1 when nothing is called so."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = self._add(key)
        return found

    def _add(self, key: str) -> int:
        if not key or key in self._not_places:
            return -1
        for way, readings in enumerate(self._bent(key)):
            if readings is not None and len(readings.places):
                if is_inflected_script(key):
                    readings, way = self._better_known(key, readings, way)
                return self._keep(readings, way)
        return -1

    def _bent(self, key: str) -> Iterator[NameReadings | None]:
        """Yield the readings of a name in each of `WAYS`."""
        yield self._postings(key)
        yield self._plural(key) if key.endswith(_PLURALS) else None
        words = key.split()
        longer = key if _LONG.keys().isdisjoint(words) else " ".join([_LONG.get(word, word) for word in words])
        yield self._postings(longer) if longer != key and len(words) > 1 else None
        yield self._typed(key) or (self._typed(longer) if longer != key else None)
        yield self._directed(words)
        yield self._inflected(key) if is_inflected_script(key) else None

    def _better_known(self, key: str, readings: NameReadings, way: int) -> tuple[NameReadings, int]:
        """Return the readings of a name without its ending where these are much better known: Псков for "Пскове"."""
        stem = self._inflected(key)
        if stem is None or self._weight(stem) < self._weight(readings) + _CLEARLY:
            return readings, way
        return stem, WAYS.index("inflected")

    def _weight(self, readings: NameReadings) -> float:
        """Return how prominent the best known bearer of a name is."""
        return float(self.places.prominence[readings.places[0]] + NAME_WEIGHTS[readings.name_kinds[0]])

    def _inflected(self, key: str) -> NameReadings | None:
        """Return the readings of the best known name that a key may be a form of."""
        best, most = None, -1.0
        for stem in stems(key):
            found = self._postings(stem) or (self._typed(stem) if " " in stem else None)
            if found is not None and stem not in self._not_places and len(found.places):
                weight = self._weight(found)
                best, most = (found, weight) if weight > most else (best, most)
        return best

    def _postings(self, key: str) -> NameReadings | None:
        number = self.store.key_of(key, -1)
        if number < 0:
            return None
        places, rows = self.store.postings(number)
        return self._sorted(places, self.store.name_kinds(rows))

    def _sorted(self, places: Ints, kinds: Ints) -> NameReadings:
        weight = self.places.prominence[places] + NAME_WEIGHTS[kinds]
        order = np.lexsort((places, -weight))[:_MOST]
        places, kinds, weight = places[order], kinds[order], weight[order]
        if len(places) < 2 or weight[0] - weight[-1] < _UNHEARD:
            return NameReadings(places, kinds)
        at = self.places
        quarter = (at.kind[places] == _ADMIN2) & (kinds == _ALTERNATE) & (at.country[places] == at.country[places[0]])
        heard = ~quarter | (weight > weight[0] - _UNHEARD)
        return NameReadings(places[heard], kinds[heard])

    def _plural(self, key: str) -> NameReadings | None:
        """Return the places of a people: "Kazakhs" by "Kazakh", "Englishmen" by "Englishman"."""
        for one in (key.removesuffix(_PLURALS[0]), key.removesuffix(_PLURALS[1]) + "man"):
            if one != key:
                found = self._postings(one)
                if found is not None:
                    people = (found.name_kinds == _ALTERNATE) & (self.places.kind[found.places] <= _ADMIN1)
                    keep = (found.name_kinds == _DEMONYM) | people
                    return NameReadings(found.places[keep], found.name_kinds[keep])
        return None

    def _typed(self, key: str) -> NameReadings | None:
        for rest, kinds in split_type_word(key):
            found = self._postings(rest)
            if found is not None:
                wanted = [KINDS.index(kind) for kind in kinds]
                keep = np.isin(self.places.kind[found.places], wanted) & (found.name_kinds < _DEMONYM)
                if keep.any():
                    return NameReadings(found.places[keep], found.name_kinds[keep])
        return None

    def _directed(self, words: list[str]) -> NameReadings | None:
        """Return the places that a name names a part of: it lies where the whole does."""
        if len(words) < 2 or words[0] not in DIRECTIONS:
            return None
        found = self._postings(" ".join(words[1:]))
        if found is None:
            return None
        keep = (found.name_kinds != _CODE) & (found.name_kinds != _ABBREVIATION)
        return NameReadings(found.places[keep], found.name_kinds[keep])

    def _keep(self, readings: NameReadings, way: int) -> int:
        number = len(self.readings)
        if number == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self.readings.append(readings)
        places, kinds = readings.places, readings.name_kinds
        weight = self.places.prominence[places] + NAME_WEIGHTS[kinds]
        of_kind = self.places.kind[places]
        self._rows[number] = (
            np.log(len(places)),
            weight[0],
            weight[0] - weight[1] if len(weight) > 1 else 9.0,
            of_kind[0],
            kinds[0],
            kinds[0] == _DEMONYM,
            (kinds == _ABBREVIATION).any(),
            (kinds == _CODE).all(),
            way,
            _most(weight, of_kind == _COUNTRY),
            _most(weight, of_kind == _ADMIN1),
            _most(weight, of_kind == _ADMIN2),
            _most(weight, of_kind == _CITY),
            (kinds < 3).any(),
        )
        return number


def _most(weight: Floats, here: NDArray[np.bool_]) -> float:
    return float(weight[here].max()) if here.any() else 0.0


def key_of_words(words: Sequence[str]) -> str:
    """Return the key of words written one after the other."""
    if len(words) == 1:
        return normalize_name(words[0])
    return normalize_name(" ".join(words).replace(" '", "'").replace(" ’", "’"))
