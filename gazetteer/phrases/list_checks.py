"""Checks what a list is made of: whether its names are names of one place, and which of its items stray.

The items of a list and their meanings enter; a meaning, or the items that are left, leave. "Tadmur/Palmyra town" is one
town, and of "Homs, Palmyra" no town in another continent is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gazetteer.candidates.found import QUALITY
from gazetteer.candidates.generator import CandidateGenerator
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.ranking import CLOSE, decide, heaviest
from gazetteer.geometry.sphere import haversine_km
from gazetteer.phrases.meaning import Meaning, Scope
from gazetteer.phrases.tree import Name, Node, Term

__all__ = ["PROMINENT", "ListChecks"]

# Two places of a kind stand beside one another when both are this prominent: "Paris, London" is not a place in London.
PROMINENT = 5.0
# A list seldom spans more than a continent; a lesser place that lies so far from the rest is a namesake of what is
# meant. One within the shorter distance of another item is meant rather than a namesake elsewhere.
_STRAY_KM, _NEARBY_KM = 3_000.0, 100.0
# A namesake near the rest of a list is meant while it is at most so much less prominent.
_NAMESAKE = 1.5
_LESSER = ("city", "admin2", "neighbourhood", "building")


class ListChecks:
    """Checks lists of places.

    Parameters
    ----------
    names
        The readings of names.
    generator
        Finds what a name may mean.
    """

    def __init__(self, names: NameIndex, generator: CandidateGenerator) -> None:
        self._names = names
        self._generator = generator
        self._take = names.store.index.take

    def place_of_all_names(self, node: Term, scope: Scope) -> Meaning:
        """Return the place that all names between slashes are names of; a type word behind the last is of them all."""
        texts = [item.text for item in node.of if isinstance(item, Name)]
        if "/" not in node.text or len(texts) < max(2, len(node.of)):
            return Meaning()
        *others, last = texts
        typed_names = self._names.type_words(self._names.key(last))
        if any(all(self._names.key(text) == rest for text in others) for rest, _ in typed_names):
            return Meaning()  # "Krasnoyarsk/Krasnoyarsk Krai" is a town in its unit
        for bare, kinds in [(last, ()), *typed_names]:
            found = [
                self._generator.generate_exact(text, scope.country, scope.day, scope.containers) for text in others
            ]
            found.append(self._generator.generate_exact(bare, scope.country, scope.day, scope.containers))
            if any(one.method != "exact" for one in found):
                continue
            if kinds and "city" not in kinds:
                # "Kyiv/Kiev region": the bare names are those of the town as well, the last name says which unit.
                typed = self._generator.generate_exact(last, scope.country, scope.day, scope.containers)
                bare_last = found[-1].readings.place
                if all(np.isin(bare_last, one.readings.place).any() for one in found) and len(typed.readings.owner):
                    return Meaning(typed.readings, None, typed.method, typed.quality)
                continue
            first = found[0].readings
            shared = np.all([np.isin(first.place, one.readings.place) for one in found], axis=0)
            if kinds:
                shared &= self._names.store.index.among("kind", first.place, kinds)
            if shared.any():
                return Meaning(first.where(shared), None, "exact", QUALITY["exact"])
        return Meaning()

    def near_the_rest(self, items: Sequence[Meaning]) -> list[Meaning]:
        """Return the items; a town abroad becomes its namesake near another item, where that is about as well known.

        "Ariha and Idlib" is hardly Jericho, which is called so as well.
        """
        kept = list(items)
        for i, item in enumerate(items):
            others = [other for j, other in enumerate(items) if j != i and other.method != "none"]
            if not others or not all(one.is_stored for one in (item, *others)):
                continue
            places = np.array([heaviest(one.readings) for one in (item, *others)])
            kinds, countries, names = (self._take(column, places) for column in ("kind", "country", "name"))
            if kinds[0] != "city" or countries[0] in countries[1:]:
                continue
            near = self._nearby(item, others)
            if near is None or heaviest(near.readings) == places[0]:
                continue  # Goma and Gisenyi, on both sides of a border
            if near.readings.weight.max() >= item.readings.weight.max() - _NAMESAKE:
                kept[i] = replace(near, doubt=f"or {names[0]} in {countries[0]}")
        return kept

    def without_strays(self, nodes: Sequence[Node], items: Sequence[Meaning]) -> list[Meaning]:
        """Return the items; a lesser place far from all others becomes its namesake near one of them, or is missing."""
        kept = list(items)
        weights = [float(item.readings.weight.max()) if item.is_stored else np.inf for item in items]
        repaired = np.array([item.method == "fuzzy" for item in items], dtype=bool)
        for i in np.lexsort((np.array(weights), ~repaired)).tolist():
            others = [item for j, item in enumerate(kept) if j != i and item.method != "none"]
            if others and (self.is_stray(kept[i], others) or self._is_stray_country(nodes[i].text, kept[i], others)):
                text = nodes[i].text
                missing = Meaning(missing=(text,), reason=f"no place of that name near the others: {text}")
                kept[i] = self._nearby(kept[i], others) or missing
        return kept

    def without_stray_parts(self, nodes: Sequence[Node], items: Sequence[Meaning]) -> list[Meaning]:
        """Return the items; a part far from a unit that is called like a part of the same place is missing.

        "Northern and Southern Samar": the one is a province of the Philippines, a Samar with a south lies in Ukraine.
        """
        kept = []
        for node, item in zip(nodes, items, strict=True):
            named = [
                other for one, other in zip(nodes, items, strict=True) if other.is_stored and _are_parts(node, one)
            ]
            area = item.area
            if area is not None and named and all(self._lie_apart(area.lon, area.lat, area.country, o) for o in named):
                item = Meaning(missing=(node.text,), reason=f"no place of that name near the others: {node.text}")
            kept.append(item)
        return kept

    def is_stray(self, item: Meaning, others: Sequence[Meaning]) -> bool:
        """Say whether a lesser place, or one with a close rival, is in another country than all others and far away.

        So is any place whose name is spelt otherwise: of "Azaz/Marea" no Malaysia is meant.
        """
        if not item.is_stored:
            return False
        place = heaviest(item.readings)
        kind, country = (self._take(column, np.array([place]))[0] for column in ("kind", "country"))
        if item.method == "fuzzy":
            return all(self._is_far(place, country, other) for other in others)
        if item.readings.weight.max() >= PROMINENT and decide(item.readings, 1).gap[0] >= CLOSE:
            return False
        return kind in _LESSER and all(self._is_far(place, country, other) for other in others)

    def _is_stray_country(self, text: str, item: Meaning, others: Sequence[Meaning]) -> bool:
        """Say whether a country far away is meant by no name of its own: "Sud-Kivu / Fizi" is not Fiji in Friulian."""
        if not item.is_stored:
            return False
        place = np.array([heaviest(item.readings)])
        kind, country, name = (self._take(column, place)[0] for column in ("kind", "country", "name"))
        if kind != "country" or self._names.key(text) == self._names.key(str(name)):
            return False
        smaller = [other for other in others if other.is_stored and self._names.kind(other.readings) != "country"]
        return len(smaller) == len(others) and all(self._is_far(int(place[0]), country, other) for other in others)

    def _is_far(self, place: int, country: str | None, other: Meaning) -> bool:
        here = self._names.store.index.values(("lon", "lat"), np.array([place]))
        return self._lie_apart(here["lon"][0], here["lat"][0], country, other)

    def _lie_apart(self, lon: float, lat: float, country: str | None, other: Meaning) -> bool:
        """Say whether another place lies far from a point, in another country."""
        if other.area is not None:
            there = (other.area.lon, other.area.lat, other.area.country, other.area.radius_km)
        elif other.is_stored:
            columns = ("lon", "lat", "country", "radius_km")
            found = self._names.store.index.values(columns, np.array([heaviest(other.readings)]))
            there = tuple(found[column][0] for column in columns)
        else:
            return False
        away = float(haversine_km(lon, lat, there[0], there[1]))
        return there[2] != country and away > _STRAY_KM + there[3]

    def _nearby(self, item: Meaning, others: Sequence[Meaning]) -> Meaning | None:
        """Return the readings of an item that lie near one of the others, None where none does."""
        readings = item.readings
        near = np.zeros(len(readings.owner), dtype=bool)
        for other in [other for other in others if other.is_stored]:
            best = int(np.argmax(other.readings.weight))
            lon, lat = other.readings.lon[best], other.readings.lat[best]
            near |= haversine_km(readings.lon, readings.lat, lon, lat) <= _NEARBY_KM
        return replace(item, readings=readings.where(near)) if near.any() else None


def _are_parts(one: Node, other: Node) -> bool:
    """Say whether two pieces are parts of one place, as they are written."""
    if not (isinstance(one, Term) and isinstance(other, Term)) or one is other:
        return False
    return one.op == other.op == "part" and one.of == other.of
