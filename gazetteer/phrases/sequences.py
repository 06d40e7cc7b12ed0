"""Reads what commas and "and" join: one place inside the next, or several beside one another.

The pieces of a phrase, or the cells of a row, become a meaning. What lies in its right neighbour is one place
with it, what lies elsewhere begins a list, and what its neighbour lies in was written the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.found import QUALITY
from gazetteer.candidates.generator import CandidateGenerator
from gazetteer.candidates.ranking import CLOSE, NameIndex, decide, heaviest
from gazetteer.geometry.sphere import haversine_km
from gazetteer.model import KIND_RANK
from gazetteer.phrases import patterns
from gazetteer.phrases.composition import Composer
from gazetteer.phrases.containment import AT_FEATURE_KM, FEATURES, NEIGHBOUR, Containment, of_both
from gazetteer.phrases.list_checks import PROMINENT, ListChecks
from gazetteer.phrases.meaning import Level, Meaning, Scope
from gazetteer.phrases.reading import PhraseReader
from gazetteer.phrases.seats import Seats
from gazetteer.phrases.splits import splits
from gazetteer.phrases.tree import Name, Node, Term

__all__ = ["SequenceInterpreter"]

_AROUND_KM = 15.0
_LONGEST_CODE = 3
# How much further than a unit reaches from its point the places lie that were looked for in it: the radius holds .87
# of the UCDP rows whose place is not found, and of made rows whose finest cell is removed.
_SLACK = {"country": 1.25, "admin1": 1.05, "admin2": 1.5, "region": 1.25}
# A city is meant rather than the region of its name, where a country is known, while it is this nearly as prominent.
_SEAT, _SEAT_AHEAD = 1.5, 0.01


class Interpreter(Protocol):
    """What a sequence may ask of the interpreter that it is read for."""

    composer: Composer

    def meaning(self, node: Node, scope: Scope) -> Meaning:
        """Return what a piece means."""

    def name(self, text: str, scope: Scope) -> Meaning:
        """Return what a name means."""

    def refusal(self, text: str) -> str:
        """Return why a text is not a place phrase; empty when it may be one."""

    def is_container(self, text: str) -> bool:
        """Say whether a text names a country or a first-level unit, or is a code of one."""

    def kind(self, meaning: Meaning) -> str:
        """Return the kind of the place that is meant."""


class SequenceInterpreter:
    """Gives sequences and lists a meaning.

    Parameters
    ----------
    interpreter
        Says what each piece means.
    reader
        Says which texts are names with a type word, or abbreviated.
    names
        The readings of names.
    countries
        How wide the units of a country are.
    generator
        Finds what a name may mean.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        reader: PhraseReader,
        names: NameIndex,
        countries: CountryResolver,
        generator: CandidateGenerator,
    ) -> None:
        self._read = interpreter
        self._reader = reader
        self._names = names
        self._countries = countries
        self._generator = generator
        self._checks = ListChecks(names, generator)
        self._seats = Seats(names, generator)
        self._containment = Containment(reader, names, generator)
        self._store = names.store
        self._take = names.store.index.take

    def flat(self, nodes: Sequence[Node], day: int) -> list[Node]:
        """Return the pieces of sequences inside a sequence one after the other; "Cox's Bazar" is one piece."""
        pieces: list[Node] = []
        for node in nodes:
            if isinstance(node, Name):
                pieces += self._separate(node, day)
            elif node.op != "sequence" or self._names.knows(self._names.key(node.text)):
                pieces.append(node)
            else:
                pieces += self.flat(node.of, day)
        return pieces

    def _separate(self, node: Name, day: int) -> list[Node]:
        """Return the two names of a piece that the index lacks as a whole: "Texas USA"."""
        key = self._names.key(node.text)
        # "Lamar Co" is Lamar County rather than Lamar in Colorado.
        if not self._names.knows(key) and not self._reader.is_typed(key) and not self._reader.is_abbreviated(node.text):
            for head, tail in splits(node.text, self._read.is_container):
                outer = self._names.readings(self._names.key(tail))
                scope = Scope(None, day, (outer,))
                if self._read.name(head, scope).method in ("exact", "type-word"):
                    return [Name(head), Name(tail)]
        return [node]

    def list_of(self, node: Term, scope: Scope) -> Meaning:
        """Return the union of what "and" joins; an item that lies in the one behind it is one place with it."""
        one = self._checks.place_of_all_names(node, scope)
        if one.method != "none":
            return one
        if "/" in node.text and not any(isinstance(item, Term) and item.op in ("list", "sequence") for item in node.of):
            # "Syria/Aleppo/Azaz" and "Azaz/Aleppo": one inside the other.
            path = self.chain(node.of, scope)
            if path.method in ("exact", "type-word") and not (path.left_out or path.missing or path.doubt):
                return path
        items = self._checks.near_the_rest([self._read.meaning(item, scope) for item in node.of])
        if any(mark in node.text for mark in "/,"):
            items = self._checks.without_strays(node.of, items)
        apart: list[Meaning] = []
        behind = ""
        for piece, item in zip(reversed(node.of), reversed(items), strict=True):
            # "Palu and Sigi" are two, "Ariha, Idlib and Azaz" may be two as well.
            inside = apart and not any(f"{piece.text} {word} {behind}" in node.text for word in ("and", "&"))
            if inside and self._lies_in(piece, item, apart[0], scope):
                apart[0] = item
            else:
                apart.insert(0, item)
            behind = piece.text
        return self._read.composer.unite(self._read.composer.align(apart, self._read.kind), scope)

    def _lies_in(self, node: Node, inner: Meaning, outer: Meaning, scope: Scope) -> bool:
        """Say whether the place that a name means anyhow is one inside another."""
        if "none" in (inner.method, outer.method) or inner.area is not None or outer.area is not None:
            return False
        if not isinstance(node, Name):
            return False
        # A name that is known lies there as it is written, or not at all.
        at = (node.text, scope.country, scope.day, [*scope.containers, outer.readings])
        if self._names.knows(self._names.key(node.text)) and not len(
            self._generator.generate_exact(*at).readings.owner
        ):
            return False
        if inner.readings.weight.max() >= PROMINENT and self._read.kind(inner) == "city":
            units = self._take("admin1", np.array([heaviest(inner.readings), heaviest(outer.readings)]))
            if None not in units and units[0] != units[1]:
                return False  # "Homs and Hama"
        inside = self._read.meaning(node, _narrowed(scope, outer))
        if inside.method == "none" or inside.area is not None:
            return False
        if self._seats.is_of_another_unit(node.text, inside, outer, scope):
            return False
        return heaviest(inside.readings) == heaviest(inner.readings)

    def chain(self, nodes: Sequence[Node], scope: Scope, *, levels: Sequence[Level] | None = None) -> Meaning:
        """Read pieces, finest first, each inside the next; one that cannot be found falls back to the next.

        Where pieces may stand beside one another, a piece that lies elsewhere than in its neighbour begins a list,
        and what its neighbour lies in was written the other way round ("Syria, Aleppo").

        Parameters
        ----------
        levels
            What the column of each cell of a row holds; None for a phrase, whose pieces may stand beside one another.
        """
        nodes, beside = _with_codes(nodes), levels is None
        done: list[tuple[Node, Meaning]] = []
        current: Meaning | None = None
        inmost: Node | None = None
        missing: list[Meaning] = []
        left_out: list[str] = []
        doubts: list[str] = []
        within = outer = scope
        level: Level | None = None
        for position, node in reversed(list(enumerate(nodes))):
            # "Camp 9" is not a place of that name elsewhere, nor one that sounds so; a bank lies in what is behind it.
            coded = self._containment.unit_of_code(node, current) if current is not None and position else Meaning()
            if coded.method != "none":
                outer, inmost, level = within, node, levels[position] if levels is not None else None
                current, within = coded, _narrowed(within, coded)
                continue
            bank = isinstance(node, Term) and node.op == "bank"
            numbered = current is not None and (bank or patterns.NUMBERED.match(node.text) is not None)
            alone = self._read.meaning(node, scope) if beside and current is not None and not numbered else Meaning()
            found = self._read.meaning(node, within)
            if numbered and found.method not in ("exact", "phrase"):
                found = Meaning(missing=(node.text,))
            doubt = ""
            sibling = beside and current is not None and self._is_sibling(node, found, current, within)
            if current is None or sibling or not _are_one_place(alone, found):
                pass
            elif self._containment.is_far_fetched(node, alone, found, inmost, current):
                doubt, found = f"or {node.text} in {inmost.text if inmost else ''}", Meaning()
            plain = found.method in ("exact", "type-word") and current is not None and self._is_smaller(alone, current)
            plain = plain and not (_is_border(inmost) and self._may_be_unit(alone))
            if current is not None and inmost is not None and alone.method != "none" and not plain:
                # Written the other way round, it lies in all that stands behind as well.
                around = alone if outer == scope else self._read.meaning(node, outer)
                inside = self._inside(inmost, current, around, outer) if around.method != "none" else around
                if around.method == "none" and outer != scope:
                    # "Russia > Smolensk > Smolensk": the widest stands first.
                    around, inside = alone, of_both(self._inside(inmost, current, alone, scope), current)
                if inside.method == "none":
                    pass
                elif self._containment.is_far_fetched(inmost, current, inside, node, around):
                    doubt = f"or {inmost.text} in {node.text}"
                else:
                    current, within = inside, _narrowed(_narrowed(outer, around), inside)
                    continue
            if sibling and current is not None:
                done.insert(0, (inmost or node, current))
                left_out += [text for item in missing for text in item.missing]
                current = self._read.meaning(node, outer)
                inmost, missing, within = node, [], _narrowed(outer, current)
            elif found.method != "none":
                left_out += [text for item in missing for text in self._not_said_by(item, found, scope)]
                if beside and inmost is not None and self._lies_beyond(node, found, current, within):
                    found = replace(found, doubt=found.doubt or f"not in {inmost.text}")
                outer = within
                current, inmost, missing, within = found, node, [], _narrowed(within, found)
                level = levels[position] if levels is not None else None
            elif (
                current is not None
                and alone.method != "none"
                and self._stands_beside(alone, current)
                and not self._was_inside(node, inmost, current, scope)
            ):
                done.insert(0, (inmost or node, current))
                doubts += [doubt] if doubt else []
                left_out += [text for item in missing for text in item.missing]
                outer = scope
                current, inmost, missing, within = alone, node, [], _narrowed(scope, alone)
            else:
                beyond = self._containment.beyond_unit(node, current, scope) if current is not None else Meaning()
                if beyond.method != "none" and not missing:
                    current, inmost, within = beyond, node, _narrowed(scope, beyond)
                    level = levels[position] if levels is not None else None
                else:
                    missing.insert(0, found)
        if current is None:
            return missing[0] if missing else Meaning()
        if isinstance(inmost, Name) and len(nodes) > 1 and not missing:
            current = self.city_of_region(current)
        if missing:
            current = self._fallen_back(current, missing, level)
        if done and inmost is not None:
            pieces, items = zip((inmost, current), *done, strict=True)
            checked = self._checks.without_strays(pieces, items)
            current = self._read.composer.unite(self._read.composer.align(checked, self._read.kind), scope)
        if doubts and not current.doubt:
            current = replace(current, doubt="; ".join(doubts))
        return replace(current, left_out=(*current.left_out, *left_out)) if left_out else current

    def city_of_region(self, meaning: Meaning) -> Meaning:
        """Prefer the city to the region around it that bears its name, where it is about as well known."""
        readings = meaning.readings
        if meaning.area is not None or meaning.method != "exact":
            return meaning
        kinds = self._take("kind", readings.place)
        top = readings.weight.max()
        region = int(np.flatnonzero(readings.weight == top)[0])
        if kinds[region] not in ("admin1", "admin2"):
            return meaning
        away = haversine_km(readings.lon, readings.lat, readings.lon[region], readings.lat[region])
        units = self._take("admin1", readings.place)
        around = (away <= readings.radius[region]) | ((units == units[region]) & (units != None))  # noqa: E711
        city = (kinds == "city") & (readings.weight >= top - _SEAT) & around
        if not city.any():
            return meaning
        seat = int(np.argmax(np.where(city, readings.weight, -np.inf)))
        weight = readings.weight.copy()
        weight[[region, seat]] = weight[seat], top + _SEAT_AHEAD
        return replace(meaning, readings=replace(readings, weight=weight))

    def _not_said_by(self, lost: Meaning, found: Meaning, scope: Scope) -> list[str]:
        """Return the texts of an outer piece that was not found, but for those that are another name of what was."""
        if found.area is not None:
            return list(lost.missing)
        texts: list[str] = []
        for text in lost.missing:
            if self._read.refusal(text):
                continue
            other = self._generator.generate(text, None, scope.day)
            if not np.isin(found.readings.place, other.readings.place).any():
                texts.append(text)
        return texts

    def _was_inside(self, node: Node, outer: Node | None, unit: Meaning, scope: Scope) -> bool:
        """Say whether a unit with a type word stands behind a town that lies near it, rather than beside it in a list.

        "Ménaka, Gao Region": a region of its own today. A town at a lake or in mountains does not stand beside it.
        """
        if unit.area is None and self._read.kind(unit) in FEATURES:
            return self._containment.beyond_unit(node, unit, scope).method != "none"
        if not isinstance(outer, Name) or not isinstance(node, Name):
            return False
        if not self._reader.is_typed(self._names.key(outer.text)):
            return False
        typed = self._reader.is_typed(self._names.key(node.text))
        return not typed and self._containment.beyond_unit(node, unit, scope).method != "none"

    def _fallen_back(self, current: Meaning, missing: list[Meaning], level: Level | None) -> Meaning:
        """Return the place around pieces that were not found, as the container of what they name.

        In a column of units the unit is meant that holds the piece, rather than its town; a town that stands there
        alone is as wide as these are. A town of a column of towns is as wide as what lies around it.
        """
        lost = tuple(text for item in missing for text in item.missing)
        current = self._containment.unit_around(current) if level == "unit" else current
        radius = current.radius
        if current.area is None:
            kind, place = self._read.kind(current), np.array([heaviest(current.readings)])
            found = self._store.index.values(("country", "radius_km"), place)
            own = max(radius or 0.0, float(found["radius_km"][0]))
            if kind == "city":
                unit = self._countries.unit_radius(str(found["country"][0])) if level == "unit" else 0.0
                radius = max(own, _AROUND_KM, unit)
            else:
                radius = round(_SLACK.get(kind, 1.0) * own, 1)
        return replace(current, method="container", quality=QUALITY["container"], missing=lost, radius=radius)

    def _is_smaller(self, one: Meaning, other: Meaning) -> bool:
        """Say whether a place is of a smaller kind than its neighbour, whatever else it may be."""
        return one.method != "none" and KIND_RANK[self._read.kind(one)] < self._rank(other)

    def _inside(self, node: Node, inner: Meaning, outer: Meaning, scope: Scope) -> Meaning:
        """Return what a piece means inside a larger place, nothing when it is no smaller or does not lie there."""
        if _is_border(node):
            # "Batken region, Tajik-Kyrgyz border": a border has no size, and runs along what it is longer than.
            return self._read.meaning(node, _narrowed(scope, outer)) if self._may_be_unit(outer) else Meaning()
        if KIND_RANK[self._read.kind(inner)] >= self._rank(outer):
            # "Spain: Granada" is the town, though a country is called so as well.
            if inner.area is not None or outer.area is not None or decide(inner.readings, 1).gap[0] >= CLOSE:
                return Meaning()
            found = self._read.meaning(node, _narrowed(scope, outer))
            smaller = found.method == "exact" and KIND_RANK[self._read.kind(found)] < self._rank(outer)
            return found if smaller and heaviest(found.readings) in inner.readings.place else Meaning()
        if inner.area is not None and outer.area is None and inner.area.radius_km > outer.readings.radius.max():
            return Meaning()
        # In that place itself, not only in what lies around it as well.
        found = self._read.meaning(node, _narrowed(replace(scope, containers=()), outer))
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
        another = isinstance(node, Name) and self._seats.is_of_another_unit(node.text, found, outer, scope, turned=True)
        return Meaning() if another else found

    def _is_sibling(self, node: Node, found: Meaning, current: Meaning, within: Scope) -> bool:
        """Say whether a place as large as its neighbour lies beside that in what is around both.

        "Badakhshan, Takhar (North-East)" are two provinces of a region, "Cizre, Silopi" two districts.
        """
        if not isinstance(node, Name) or found.method != "exact":
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

    def _lies_beyond(self, node: Node, found: Meaning, current: Meaning | None, within: Scope) -> bool:
        """Say whether a place lies far from its neighbour, only in what is around both."""
        if current is None or len(within.containers) < 2 or not isinstance(node, Name) or found.method != "exact":
            return False
        if found.area is not None or current.area is not None or not self._lies_around(node, within):
            return False
        places = np.array([heaviest(found.readings), heaviest(current.readings)])
        at = self._store.index.values(("lon", "lat", "radius_km"), places)
        away = float(haversine_km(at["lon"][0], at["lat"][0], at["lon"][1], at["lat"][1]))
        return away > NEIGHBOUR * float(at["radius_km"][1]) + AT_FEATURE_KM

    def _lies_around(self, node: Name, within: Scope) -> bool:
        """Say whether a place lies in the wider containers, not in the innermost."""
        inside = self._generator.generate_exact(node.text, within.country, within.day, within.containers)
        return not len(inside.readings.owner)

    def _may_be_unit(self, meaning: Meaning) -> bool:
        """Say whether a unit may well be meant: of "Idlib" the governorate."""
        return meaning.method != "none" and meaning.area is None and self._rank(meaning) >= KIND_RANK["admin2"]

    def _rank(self, meaning: Meaning) -> int:
        """Return the rank of the largest place that may well be meant: of "Idlib" the governorate."""
        if meaning.area is not None:
            return KIND_RANK["derived"]
        weight = meaning.readings.weight
        close = meaning.readings.place[weight > weight.max() - CLOSE]
        return max(KIND_RANK[kind] for kind in self._take("kind", close))

    def _stands_beside(self, one: Meaning, other: Meaning) -> bool:
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


def _is_border(node: Node | None) -> bool:
    return isinstance(node, Term) and node.op == "border"


def _are_one_place(one: Meaning, other: Meaning) -> bool:
    """Say whether two meanings are most likely one place of the tables."""
    if one.area is not None or other.area is not None or "none" in (one.method, other.method):
        return False
    return heaviest(one.readings) == heaviest(other.readings)


def _with_codes(nodes: Sequence[Node]) -> Sequence[Node]:
    """Write the last of several pieces in capitals where it may be a code: "ca" is one behind a comma, not alone."""
    last = nodes[-1]
    if (
        len(nodes) < 2
        or not isinstance(last, Name)
        or not last.text.islower()
        or not 2 <= len(last.text) <= _LONGEST_CODE
    ):
        return nodes
    return [*nodes[:-1], Name(last.text.upper())]


def _narrowed(scope: Scope, meaning: Meaning) -> Scope:
    """Return what is known of a place that lies in another."""
    if meaning.area is not None:
        return replace(scope, around=meaning.area)
    return replace(scope, containers=(*scope.containers, meaning.readings))
