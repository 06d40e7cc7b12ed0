"""The readings of names: which places bear a key, by which kind of name, and how much each of them weighs.

A reading's weight is the log10 of the inhabitants of the place, plus what its kind and the kind of name add; a
difference of 1 is a tenfold difference in prominence.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.bundled import BUNDLED
from gazetteer.candidates.phonetic_index import likeness
from gazetteer.candidates.ranking import CLOSE, NO_READINGS, Readings, heaviest, joined, top_weights
from gazetteer.errors import UnknownPlaceError
from gazetteer.index.store import LAYERS, NAME_KINDS, Store
from gazetteer.locks import cached_property
from gazetteer.names.affixes import split_type_word
from gazetteer.names.normalize import normalize_name
from gazetteer.names.phonetic import plain, skeleton

__all__ = [
    "ALIKE",
    "CAPITAL",
    "CODE",
    "NAME_WEIGHTS",
    "OUT_OF_DATE",
    "PROMINENCE",
    "SHARED_NAMES",
    "SMALL",
    "SMALL_NAMESAKE",
    "SMALL_PLACE",
    "SMALL_QUALITY",
    "UNCOUNTED",
    "NameIndex",
]

# Kind of place: constant, and slope on log10(inhabitants + 100).
PROMINENCE: dict[str, tuple[float, float]] = {
    "country": (1.0, 0.9),
    "admin1": (0.1, 0.9),
    "admin2": (3.0, 0.0),
    "city": (0.0, 1.0),
    "airport": (3.2, 0.0),
    "sea": (5.5, 0.0),
    "region": (6.5, 0.0),
    "group": (7.0, 0.0),
    "building": (6.0, 0.0),
    "neighbourhood": (4.6, 0.0),
    "river": (5.2, 0.0),
    "lake": (5.2, 0.0),
    "island": (5.2, 0.0),
    "landform": (5.5, 0.0),
}
# A settlement whose inhabitants nobody counted, as packs bring them: a hamlet, whatever else bears its name. One of the
# bundled tables, which hold places of 500 people and seats, weighs 2 or more.
UNCOUNTED = 1.5
# A capital stands for its country in the news.
CAPITAL = 0.5
_NAME_WEIGHT = {
    "primary": 0.0,
    "official": 0.0,
    "short": 0.0,
    "alternate": -0.7,
    "former": -0.4,
    "demonym": -0.6,
    "abbreviation": -0.2,
    "code": -1.5,
}
NAME_WEIGHTS: Floats = np.array([_NAME_WEIGHT[kind] for kind in NAME_KINDS])
CODE, _DEMONYM, _FORMER, _PRIMARY, _SHORT = map(NAME_KINDS.index, ("code", "demonym", "former", "primary", "short"))
_LESSER: NDArray[np.bool_] = np.isin(NAME_KINDS, ("alternate", "former", "abbreviation"))

# Against a town that is itself called so and has 15,000 people or more, a place loses that bears the name as a lesser
# one, in another language say: "Sakata" is not Jakarta. So does a country by a name of another language ("Beni"), but
# not by an informal one of its own ("Holland"). Of the bare names of the 19,435 towns of 30,000 people in the index 235
# meant another place of another name before, and 2 with these, both with a close rival.
_OWN_TOWN, _LESSER_LOSES, _FOREIGN_LOSES, _INFORMAL_WINS = 4.18, 2.5, 4.5, 0.9

# A town this prominent goes by a part of its own name as well, and does not lose by it.
_LARGE = 4.5
# A country by a part of its name weighs so much less than a unit that is called so: it is a close rival.
_PART_OF_A_NAME = 0.5
# A town whose name is this much like a text is called so: "Karagandy" Karaganda. Chosen over the first-level units of
# all countries, in rows that repeat them.
ALIKE, _SHORT_NAME = 0.75, 5
# A town may be this much unlike its own name in another language: "Napoli", "Köln", "Warszawa".
_FOREIGN = 0.5
# Where a country is known a town is meant rather than its unit while it is 1.5 less prominent: this is more.
_UNIT_WINS = 1.6

# A bare name may mean a place that the index lacks, rather than a hamlet anywhere on earth whose people nobody counted:
# these weigh 2.
SMALL, SMALL_QUALITY = 2.05, 0.6
SMALL_PLACE = "a small place, and no country is given"
SMALL_NAMESAKE = "a small place, and others of the country may be written so"
# Nor does a hamlet of a country where names of many places become one in Latin letters without tones: of the towns of
# China in an outside list that were matched elsewhere a third were hamlets of the same spelling.
SHARED_NAMES = "CHN"
# A place that did not exist on the day in question is meant only when nothing else is.
OUT_OF_DATE = 2.5
# How many names keep their keys.
_REMEMBERED = 2_048


class NameIndex:
    """The readings of names, as the index holds them.

    Parameters
    ----------
    store
        The opened tables.

    Attributes
    ----------
    key
        Gives the key of a name; those of the latest names are kept.
    readings
        Returns the readings of a key, of one that stands alone (``standalone=True``) without those by a code, in a
        country (``country="UKR"``) those that lie in it, if any; those of the latest keys are kept.
    type_words
        Splits a key as `split_type_word` does; the latest are kept.
    is_country
        Says whether a country bears a name with a key, by more than a code; the latest are kept.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._values = store.index.values
        self.key = lru_cache(maxsize=_REMEMBERED)(normalize_name)
        self.readings = lru_cache(maxsize=_REMEMBERED)(self._readings)
        self._of_key = lru_cache(maxsize=_REMEMBERED)(self._weighed)
        self.type_words = lru_cache(maxsize=_REMEMBERED)(split_type_word)
        self.is_country = lru_cache(maxsize=_REMEMBERED)(self._is_country)
        self._first_unit = int(store.bases[1])

    @cached_property
    def not_places(self) -> dict[str, str]:
        """Keys of phrases that name no place, and why."""
        with (self.store.folder / "not_places.csv").open(encoding="utf-8", newline="") as lines:
            return {normalize_name(row["phrase"]): row["reason"] for row in csv.DictReader(lines)}

    def knows(self, key: str) -> bool:
        """Say whether any place bears a name with this key."""
        return bool(key) and self.store.key_of(key, -1) >= 0

    def is_adjective(self, key: str) -> bool:
        """Say whether a key is the adjective of places, and no name of any: "chechen"."""
        number = self.store.key_of(key, -1) if key else -1
        return number >= 0 and bool((self.store.name_kinds(self.store.postings(number)[1]) == _DEMONYM).all())

    def _is_country(self, key: str) -> bool:
        number = self.store.key_of(key, -1) if key else -1
        if number < 0:
            return False
        if self.store.index.first_place(number) >= self._first_unit:
            return False  # places are ascending, countries first
        places, rows = self.store.postings(number)
        return bool((self.store.name_kinds(rows)[places < self._first_unit] != CODE).any())

    def _readings(self, key: str, *, standalone: bool = False, country: str | None = None) -> Readings:
        readings, named = self._of_key(key, country)
        # "or", "in" and "me" are words; as codes of Oregon, Indiana and Maine they stand behind a comma.
        return readings.where(named) if standalone and not named.all() else readings

    def _weighed(self, key: str, country: str | None) -> tuple[Readings, NDArray[np.bool_]]:
        """Return the readings of a key, and which of them are by more than a code.

        Where a country has places of the name these alone are weighed: Odessa in Texas takes nothing from Ukraine's.
        """
        number = self.store.key_of(key, -1) if key else -1
        if number < 0:
            return NO_READINGS, np.empty(0, dtype=bool)
        places, rows = self.store.postings(number)
        if country is not None:
            here = self.store.take("country", places) == country
            places, rows = (places[here], rows[here]) if here.any() else (places, rows)
        kinds = self.store.name_kinds(rows)
        readings = self.weigh(np.zeros(len(places), dtype="int64"), places, kinds, np.array([number]))
        losing = self.rare.get(number)
        if losing is not None:
            lost = np.isin(self.store.take("id", places), losing)
            readings = readings.weighing(readings.weight - np.where(lost, _FOREIGN_LOSES, 0.0))
        return readings, kinds != CODE

    def with_own_name(self, name: str, key: str, readings: Readings) -> Readings:
        """Let the country weigh more whose own name in a language of the UN a name is, accents aside where it has none.

        Towns bear it as well: without a hint the country is meant, and the town is a close rival.
        """
        own = self.own_names.get(key)
        if own is None or not (name.isascii() or name.casefold() == own[0]):
            return readings
        others = readings.where(readings.place != own[1])
        country = self.readings_of_places([own[1]])
        top = float(others.weight.max()) if len(others.owner) else 0.0
        return joined(others, country.weighing(np.array([top + _INFORMAL_WINS])))

    @cached_property
    def own_names(self) -> dict[str, tuple[str, int]]:
        """By the key: a country's name that towns bear as well, as it is written, and the country's place number."""
        found: dict[str, tuple[str, int]] = {}
        with (BUNDLED / "own_names.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                with suppress(UnknownPlaceError):  # a build of its own may lack the country
                    found[normalize_name(row["name"])] = row["name"].casefold(), self.store.find(row["id"])
        return found

    @cached_property
    def rare(self) -> dict[int, list[str]]:
        """The ids of countries that lose a name of a lesser-used language to a town, by the number of its key."""
        found: dict[int, list[str]] = {}
        with (BUNDLED / "rare_names.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                number = self.store.key_of(row["name"], -1)
                if number >= 0:
                    found.setdefault(number, []).append(row["id"])
        return found

    def readings_of_places(self, places: Sequence[int] | Ints) -> Readings:
        """Return places as the readings of one name."""
        numbers = np.array(places, dtype="int64")
        none = np.zeros(len(numbers), dtype="int64")
        return self.weigh(none, numbers, none)

    def weigh(self, owner: Ints, places: Ints, name_kinds: Ints, keys: Ints | None = None) -> Readings:
        """Return places as readings, each weighed by its prominence and the kind of its name.

        Parameters
        ----------
        keys
            The number of the key of each name, where the names are keys.
        """
        found = self._values(("prominence", "lon", "lat", "radius_km"), places)
        weight = found["prominence"] + NAME_WEIGHTS[name_kinds]
        loss = self._against_own_names(owner, places, name_kinds, weight, keys)
        if keys is not None and len(places) > 1:
            loss = np.maximum(loss, self._against_units(owner, places, name_kinds, weight, keys))
        weight -= loss
        return Readings(owner, places, weight, found["lon"], found["lat"], found["radius_km"].astype("float64"))

    def _against_own_names(
        self, owner: Ints, places: Ints, name_kinds: Ints, weight: Floats, keys: Ints | None
    ) -> Floats:
        """Return what readings lose to a town that bears the name as its own."""
        loss = np.zeros(len(places))
        if len(places) == 1:
            return loss  # nothing to lose to
        abroad = (name_kinds == _SHORT) & (places < self.store.bases[1])
        losing = _LESSER[name_kinds] | abroad
        if not losing.any():
            return loss
        first, last = self._units
        units = (name_kinds == _PRIMARY) & (places >= first) & (places < last)
        for i in np.flatnonzero(abroad & np.isin(owner, owner[units])).tolist():
            rivals = np.flatnonzero(units & (owner == owner[i]))
            if self._is_part_of_name(places[rivals], places[i]):
                loss[i] = max(weight[i] - weight[rivals].max() + _PART_OF_A_NAME, 0.0)
        own = (name_kinds == _PRIMARY) & (weight >= _OWN_TOWN) & (places >= self._towns[0]) & (places < self._towns[1])
        if not own.any():
            return loss
        against = losing & np.isin(owner, owner[own])
        lesser = against & _LESSER[name_kinds]
        loss[lesser] = _LESSER_LOSES
        if keys is not None:
            for i in np.flatnonzero(lesser & (weight >= _LARGE)).tolist():
                # "Matamoros" is a part of Heroica Matamoros, and its name in the same language.
                if weight[i] > weight[own & (owner == owner[i])].max() - CLOSE and self._is_shortened(
                    places[i], keys[owner[i]]
                ):
                    loss[i] = 0.0
        loss[against & abroad] = _FOREIGN_LOSES
        for i in np.flatnonzero(against)[np.isin(places[against], self._informal)].tolist():
            # It is meant rather than the town, which is a close rival.
            loss[i] = max(weight[i] - weight[own & (owner == owner[i])].max() - _INFORMAL_WINS, 0.0)
        return loss

    def _against_units(self, owner: Ints, places: Ints, name_kinds: Ints, weight: Floats, keys: Ints) -> Floats:
        """Return what towns by a lesser name lose to a unit of their country: Bahia is not Salvador, nor Sulu Jolo.

        A town whose own name is spelt otherwise, or longer, loses nothing: "Odessa", "Santa Cruz" de la Sierra.
        """
        loss = np.zeros(len(places))
        towns = _LESSER[name_kinds] & (places >= self._towns[0]) & (places < self._towns[1])
        towns &= ~np.isin(places, self._informal)
        if not towns.any():
            return loss
        towns &= weight >= top_weights(owner, weight) - CLOSE  # the others are not meant anyway
        units = (name_kinds == _PRIMARY) & (places >= self._units[0]) & (places < self._units[1])
        second = (places >= self._units[1]) & (places < self._towns[0]) & np.isin(owner, owner[towns])
        for i in np.flatnonzero(second).tolist():
            units[i] = name_kinds[i] == _PRIMARY or self._is_called(places[i], keys[owner[i]])
        for i in np.flatnonzero(towns & np.isin(owner, owner[units])).tolist():
            rivals = np.flatnonzero(units & (owner == owner[i]))
            lands = self.store.take("country", places[[i, *rivals]])
            rivals = rivals[lands[1:] == lands[0]]
            if name_kinds[i] == _FORMER:
                rivals = rivals[places[rivals] < self._units[1]]  # it was the town's own name
            if not len(rivals) or weight[i] <= weight[rivals].max() - _UNIT_WINS:
                continue
            first_level = bool((places[rivals] < self._units[1]).any())
            if not self._is_spelt_like(places[i], keys[owner[i]], ALIKE if first_level else _FOREIGN):
                loss[i] = weight[i] - weight[rivals].max() + _UNIT_WINS
        return loss

    def _is_called(self, unit: int, number: int) -> bool:
        """Say whether a key is a unit's own name without its type word: the Clatsop of Clatsop County."""
        own, key = self.key(str(self.store.take("name", np.array([unit]))[0])), self.store.key_text(number)
        return any(rest == key for rest, _ in self.type_words(own))

    def _is_spelt_like(self, place: int, number: int, least: float) -> bool:
        """Say whether a key is a part of a town's own name, or nearly that name."""
        whole, key = self.key(str(self.store.take("name", np.array([place]))[0])), self.store.key_text(number)
        if f" {key} " in f" {whole} ":
            return True
        shared = set(whole.split()) & set(key.split())
        one, other = (" ".join(word for word in name.split() if word not in shared) for name in (whole, key))
        # Short names are soon alike: Jolo is not Sulu.
        begins = skeleton(plain(one))[:1] == skeleton(plain(other))[:1]
        return likeness(one, other) >= (least if begins else ALIKE) and (begins or len(other) > _SHORT_NAME)

    def _is_shortened(self, place: int, number: int) -> bool:
        """Say whether a key is a part of a town's own name, at its beginning or end."""
        whole, key = self.key(str(self.store.take("name", np.array([place]))[0])), self.store.key_text(number)
        return whole.startswith(f"{key} ") or whole.endswith(f" {key}")

    def _is_part_of_name(self, units: Ints, country: int) -> bool:
        """Say whether the name of a unit abroad is a part of a country's: "Papua" of Papua New Guinea."""
        names, lands = (self.store.take(column, np.append(units, country)) for column in ("name", "country"))
        *unit_keys, whole = (normalize_name(str(name)) for name in names)
        return any(
            land != lands[-1] and key != whole and f" {key} " in f" {whole} "
            for key, land in zip(unit_keys, lands[:-1], strict=True)
        )

    @cached_property
    def _units(self) -> tuple[int, int]:
        layer = LAYERS.index("admin1")
        return int(self.store.bases[layer]), int(self.store.bases[layer + 1])

    @cached_property
    def _towns(self) -> tuple[int, int]:
        layer = LAYERS.index("cities")
        return int(self.store.bases[layer]), int(self.store.bases[layer + 1])

    @cached_property
    def _informal(self) -> Ints:
        """The places that go by a name in everyday use, or of old, which a town bears as well."""
        with (BUNDLED / "informal_names.csv").open(encoding="utf-8", newline="") as lines:
            ids = {row["id"] for row in csv.DictReader(lines)}
        found: list[int] = []
        for place_id in ids:
            with suppress(UnknownPlaceError):  # a build of its own may lack them
                found.append(self.store.find(place_id))
        return np.array(sorted(found), dtype="int64")

    def date(self, readings: Readings, day: Ints | int) -> Readings:
        """Let readings of places that did not exist on a day, or each on a day of its own, weigh less."""
        if not len(readings.owner):
            return readings
        there = self.store.index.exist_on(readings.place, day)
        if there.all():
            return readings
        return readings.weighing(readings.weight - np.where(there, 0.0, OUT_OF_DATE))

    def kind(self, readings: Readings) -> str:
        """Return the kind of the place that readings of one name mean most likely."""
        return str(self.store.index.value("kind", heaviest(readings)))
