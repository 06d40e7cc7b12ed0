"""Judges two neighbouring pieces of a phrase: which is larger, which lies in which, which stand side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gazetteer.candidates.generator import CandidateGenerator
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.ranking import CLOSE, decide, heaviest
from gazetteer.geometry.sphere import haversine_km
from gazetteer.model import KIND_RANK
from gazetteer.phrases.list_checks import PROMINENT
from gazetteer.phrases.meaning import Meaning, Scope
from gazetteer.phrases.operands import Interpreter
from gazetteer.phrases.reading import PhraseReader
from gazetteer.phrases.refusals import refusal_of_text
from gazetteer.phrases.seats import Seats
from gazetteer.phrases.towns_and_units import AT_FEATURE_KM, FEATURES, NEIGHBOUR, TownsAndUnits
from gazetteer.phrases.tree import Name, Node, Term

__all__ = ["Neighbours", "is_border", "is_named", "is_part"]

# What is measured from land may lie in these, which are longer than wide.
_WATERS, _LONG = ("sea", "lake", "river"), 2.0


class Neighbours:
    """Judges pairs of neighbouring pieces.

    Parameters
    ----------
    interpreter
        Says what each piece means.
    reader
        Says which texts are names with a type word.
    names
        The readings of names.
    generator
        Finds what a name may mean.
    towns_and_units
        Knows towns beyond the unit that they are filed under.
    seats
        Knows which towns are seats of units of their own.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        reader: PhraseReader,
        names: NameIndex,
        generator: CandidateGenerator,
        towns_and_units: TownsAndUnits,
        seats: Seats,
    ) -> None:
        self._read = interpreter
        self._reader = reader
        self._names = names
        self._generator = generator
        self._towns_and_units = towns_and_units
        self._seats = seats
        self._store = names.store
        self._take = names.store.index.take

    def _rank(self, meaning: Meaning) -> int:
        """Return the rank of the largest place that may well be meant: of "Idlib" the governorate."""
        if meaning.area is not None:
            return KIND_RANK["derived"]
        weight = meaning.readings.weight
        close = meaning.readings.place[weight > weight.max() - CLOSE]
        return max(KIND_RANK[kind] for kind in self._take("kind", close))

    def is_of_another_level(self, node: Node, found: Meaning, outer: Node | None, unit: Meaning) -> bool:
        """Say whether a first-level unit was taken for the second-level one of its name in it, which is not known.

        "Helmand district, Helmand province": the district is not the province.
        """
        if not (isinstance(node, Name) and isinstance(outer, Name) and self.are_one_place(found, unit)):
            return False
        if self._read.kind(unit) != "admin1":
            return False
        words = [kinds for _, kinds in self._names.type_words(self._names.key(node.text))]
        inner = any(kinds[:1] == ("admin2",) for kinds in words)
        return inner and self._generator.asks_for_first_level(self._names.key(outer.text), unit.readings)

    def is_smaller(self, one: Meaning, other: Meaning) -> bool:
        """Say whether a place is of a smaller kind than its neighbour, whatever else it may be."""
        return one.method != "none" and KIND_RANK[self._read.kind(one)] < self._rank(other)

    def may_be_unit(self, meaning: Meaning) -> bool:
        """Say whether a unit may well be meant: of "Idlib" the governorate."""
        return meaning.method != "none" and meaning.area is None and self._rank(meaning) >= KIND_RANK["admin2"]

    def inside(self, node: Node, inner: Meaning, outer: Meaning, scope: Scope) -> Meaning:
        """Return what a piece means inside a larger place, nothing when it is no smaller or does not lie there."""
        if is_border(node):
            # "Batken region, Tajik-Kyrgyz border": a border has no size, and runs along what it is longer than.
            return self._read.meaning(node, scope.within(outer)) if self.may_be_unit(outer) else Meaning()
        if outer.is_stored and self._is_at(inner, outer):
            return inner
        if KIND_RANK[self._read.kind(inner)] >= self._rank(outer):
            # "Spain: Granada" is the town, though a country is called so as well.
            if inner.area is not None or outer.area is not None or decide(inner.readings, 1).gap[0] >= CLOSE:
                return Meaning()
            found = self._read.meaning(node, scope.within(outer))
            smaller = found.method == "exact" and KIND_RANK[self._read.kind(found)] < self._rank(outer)
            return found if smaller and heaviest(found.readings) in inner.readings.place else Meaning()
        if inner.area is not None and outer.area is None and inner.area.radius_km > outer.readings.radius.max():
            return Meaning()
        # In that place itself, not only in what lies around it as well.
        found = self._read.meaning(node, replace(scope, containers=()).within(outer))
        if found.area is not None or inner.area is not None:
            both = found.area is not None and inner.area is not None
            return found if both and found.method == "phrase" else Meaning()
        if found.method == "fuzzy":
            # "Mandera County, Elwak": otherwise spelt, and there is but one such place anyhow.
            same = inner.method == "fuzzy" and heaviest(found.readings) == heaviest(inner.readings)
            return found if same else Meaning()
        if found.method not in ("exact", "type-word", "phrase"):
            return Meaning()
        if outer.area is None and heaviest(found.readings) in outer.readings.place:
            return Meaning()  # the larger place itself does not lie in it
        another = is_named(node, found) and self._seats.is_of_another_unit(node.text, found, outer, scope, turned=True)
        return Meaning() if another else found

    def _is_at(self, inner: Meaning, feature: Meaning) -> bool:
        """Say whether a town lies at a feature of the land, or what is measured from one in a water.

        "Waziristan, Mir Ali", "Red Sea, 40 nautical miles west of Mocha".
        """
        kind = self._read.kind(feature)
        if inner.area is not None:
            measured = inner.area.kind == "derived" and kind in _WATERS
            return measured and self._is_within(feature, inner.area.lon, inner.area.lat, inner.area.radius_km, _LONG)
        if kind not in FEATURES or not inner.is_stored or self._read.kind(inner) != "city":
            return False
        best = int(np.argmax(inner.readings.weight))
        return self._is_within(feature, inner.readings.lon[best], inner.readings.lat[best], AT_FEATURE_KM)

    def _is_within(self, feature: Meaning, lon: float, lat: float, more_km: float, times: float = 1.0) -> bool:
        at = self._store.index.values(("lon", "lat", "radius_km"), np.array([heaviest(feature.readings)]))
        away = float(haversine_km(at["lon"][0], at["lat"][0], lon, lat))
        return away <= times * float(at["radius_km"][0]) + more_km

    def is_sibling(self, node: Node, found: Meaning, current: Meaning, within: Scope) -> bool:
        """Say whether a place as large as its neighbour lies beside that in what is around both.

        "Badakhshan, Takhar (North-East)" are two provinces of a region, "Cizre, Silopi" two districts.
        """
        if not is_named(node, found) or found.method != "exact":
            return False
        # A town in a first-level unit or a country is seen at a glance.
        wide = self._read.kind(current) in ("country", "admin1") and self._read.kind(found) == "city"
        if not wide and self._seats.is_of_another_unit(node.text, found, current, within):
            return True
        if len(within.containers) < 2 or found.area is not None or current.area is not None:
            return False
        rank = KIND_RANK[self._read.kind(current)]
        if all(KIND_RANK[kind] < rank for kind in self._take("kind", found.readings.place)):
            return False
        return self._lies_around(node, within)

    def lies_beyond(self, node: Node, found: Meaning, current: Meaning | None, within: Scope) -> bool:
        """Say whether a place lies far from its neighbour, only in what is around both."""
        if current is None or len(within.containers) < 2 or not is_named(node, found) or found.method != "exact":
            return False
        if found.area is not None or current.area is not None or not self._lies_around(node, within):
            return False
        places = np.array([heaviest(found.readings), heaviest(current.readings)])
        at = self._store.index.values(("lon", "lat", "radius_km"), places)
        away = float(haversine_km(at["lon"][0], at["lat"][0], at["lon"][1], at["lat"][1]))
        return away > NEIGHBOUR * float(at["radius_km"][1]) + AT_FEATURE_KM

    def _lies_around(self, node: Node, within: Scope) -> bool:
        """Say whether a place lies in the wider containers, not in the innermost."""
        inside = self._generator.generate_exact(node.text, within.country, within.day, within.containers)
        return not len(inside.readings.owner)

    def stands_beside(self, one: Meaning, other: Meaning) -> bool:
        """Say whether a place is too large, or too well known, to be meant as a piece of its neighbour."""
        if one.method == "fuzzy":
            return False
        kind = self._read.kind(other)
        rank = KIND_RANK[kind]
        if one.area is not None:
            return rank <= KIND_RANK["derived"]
        largest = self._rank(one)
        if largest > rank:
            # "Lebanon, Kansas" is a town too small to be listed, not a country and a state.
            return kind not in ("admin1", "admin2")
        return largest == rank and (largest > KIND_RANK["admin2"] or float(one.readings.weight.max()) >= PROMINENT)

    def doubt_of_unit(self, node: Node, unit: Meaning, town_node: Node | None, town: Meaning) -> str:
        """Return that a lesser namesake may be meant of a town that stands behind a unit it does not lie in.

        "Apure, La Victoria": a village there, rather than the city of that name elsewhere.
        """
        if town_node is None or not (is_named(node, unit) and is_named(town_node, town)):
            return ""
        if not (unit.is_stored and town.is_stored):
            return ""
        if self._read.kind(unit) not in ("admin1", "admin2") or self._read.kind(town) != "city":
            return ""
        return "" if self.may_be_unit(town) else f"or {town_node.text} in {node.text}"

    def was_inside(self, node: Node, outer: Node | None, unit: Meaning, scope: Scope) -> bool:
        """Say whether a unit with a type word stands behind a town that lies near it, rather than beside it in a list.

        "Ménaka, Gao Region": a region of its own today. A town at a lake or in mountains does not stand beside it.
        """
        if unit.area is None and self._read.kind(unit) in FEATURES:
            return self._towns_and_units.beyond_unit(node, unit, scope).method != "none"
        if not isinstance(outer, Name) or not isinstance(node, Name):
            return False
        if not self._reader.is_typed(self._names.key(outer.text)):
            return False
        typed = self._reader.is_typed(self._names.key(node.text))
        return not typed and self._towns_and_units.beyond_unit(node, unit, scope).method != "none"

    def not_said_by(self, lost: Meaning, found: Meaning, scope: Scope) -> list[str]:
        """Return the texts of an outer piece that was not found, but for those that are another name of what was."""
        if found.area is not None:
            return list(lost.missing)
        texts: list[str] = []
        for text in lost.missing:
            if refusal_of_text(text, self._names):
                continue
            other = self._generator.generate(text, None, scope.day)
            if not np.isin(found.readings.place, other.readings.place).any():
                texts.append(text)
        return texts

    @staticmethod
    def are_one_place(one: Meaning, other: Meaning) -> bool:
        """Say whether two meanings are most likely one place of the tables."""
        return one.is_stored and other.is_stored and heaviest(one.readings) == heaviest(other.readings)


def is_named(node: Node, meaning: Meaning) -> bool:
    """Say whether a piece is a name: "South Jordan" is one where it means a town, and the south of Jordan elsewhere."""
    return isinstance(node, Name) or (node.op == "part" and meaning.is_stored)


def is_part(node: Node | None) -> bool:
    """Say whether a piece asks for a part, or is a name that reads so: "Northwest", "Northern Cape"."""
    return isinstance(node, Term) and node.op == "part"


def is_border(node: Node | None) -> bool:
    """Say whether a piece asks for a border."""
    return isinstance(node, Term) and node.op == "border"
