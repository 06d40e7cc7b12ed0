"""Reads what a tree of words asks for, and gives the place phrase its meaning.

A tree of `gazetteer.phrases.parser` enters; a `Meaning` leaves. A name that exists wins over the words in it ("South
Sudan"). Of a sequence, what lies in its right neighbour is one place, what lies elsewhere begins a list, and what its
neighbour lies in was written the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import product

import numpy as np

from gazetteer.candidates.generator import QUALITY, names_unit
from gazetteer.index.store import LAYERS
from gazetteer.names.normalize import normalize_name
from gazetteer.phrases import parser, patterns
from gazetteer.phrases.meaning import SIZES, Meaning, Meanings, Where
from gazetteer.phrases.parser import Name, Node, Term

__all__ = ["Interpreter"]

# Two places of a kind stand beside one another when both are this prominent: "Paris, London" is no place in London.
_PROMINENT = 5.0
_AROUND_KM = 15.0
# A name that begins so may as well be a part of a place.
_DIVIDED = frozenset(
    ("north", "northern", "south", "southern", "east", "eastern", "west", "western", "central", "northeast",
     "northeastern", "northwest", "northwestern", "southeast", "southeastern", "southwest", "southwestern", "n", "s",
     "e", "w", "inner", "downtown", "capital")
)  # fmt: skip
_TOWNS = ("city", "airport", "building", "neighbourhood")
_UNITS = ("admin1", "admin2")
_AREAS = ("country", "admin1", "region", "group")
_POSSESSED_NAME = re.compile(r"(?:['’]s|s['’])\s+(.+)$")
_LONG = {
    "N": "north", "NE": "northeast", "E": "east", "SE": "southeast", "S": "south", "SW": "southwest", "W": "west",
    "NW": "northwest", "C": "central",
}  # fmt: skip


class Interpreter(Meanings):
    """Gives place phrases a meaning; see `gazetteer.phrases.meaning.Meanings` for what it is made with."""

    def of_phrase(self, phrase: str, where: Where) -> Meaning:
        """Return what a phrase means."""
        return self._meaning(self._read(phrase), where)

    def of_row(self, cells: Sequence[str], where: Where) -> Meaning:
        """Return what the cells of a row mean, finest first, each inside the next; a last cell may be the country."""
        country = self.lookup.country_only(cells[-1])
        if len(cells) < 2 or country is None or where.country not in (None, country):
            return self._chain([self._read(cell) for cell in cells], where, beside=False)
        within = replace(where, country=self.lookup.filed(country, cells[-2], where.day))
        found = self._chain([self._read(cell) for cell in cells[:-1]], within, beside=False)
        if found.found:
            return found
        readings = self.lookup.of_places([self.lookup.country_place(country)])
        return Meaning(readings, None, "container", QUALITY["container"], missing=tuple(cells[:-1]))

    def _read(self, phrase: str) -> Node:
        """Read a phrase; one that is a name as a whole is not taken apart, unless a part or a border goes by it too."""
        known = self._is_known(phrase)
        if known and normalize_name(phrase).partition(" ")[0] not in _DIVIDED:
            return Name(phrase)
        node = parser.read(phrase)
        if isinstance(node, Term) and node.op in ("part", "capital", "border"):
            return node
        # A key knows no commas: "Springfield, IL" is no province (in Turkish, il) of that name.
        one_name = known or (self._is_typed(phrase) and not patterns.SEPARATED.search(phrase))
        return Name(phrase) if one_name else node

    def _meaning(self, node: Node, where: Where) -> Meaning:
        if isinstance(node, Name):
            return self._name(node.text, where)
        whole = self._name_as_a_whole(node, where)
        if whole.found:
            return whole
        return _OPERATIONS[node.op](self, node, where)

    def _name_as_a_whole(self, node: Term, where: Where) -> Meaning:
        """Look the words of a branch up as one name; a part that is also a unit's lesser name has both meanings."""
        known = self._is_known(node.text) or (node.op == "part" and self._is_typed(node.text))
        # "North Welo zone" inside Amhara is North Wollo, otherwise spelt, rather than the north of something.
        unit = node.op == "part" and bool(where.containers) and names_unit(normalize_name(node.text))
        if not node.text or not (known or unit):
            return Meaning()
        whole = self._name(node.text, where)
        if not whole.found or node.op != "part" or not node.of:
            return whole
        number = self.best(whole.readings)
        name, kind, country = (self.store.take(c, np.array([number]))[0] for c in ("name", "kind", "country"))
        if normalize_name(str(name)) == normalize_name(node.text) or kind not in ("admin1", "admin2"):
            return whole
        base = self._meaning(node.of[0], where)
        if not base.found or base.area is not None:
            return whole
        outer = self.shapes.area(self._id(base), where.day)
        if outer.kind != "country" or outer.country != country:
            return whole
        part = _OPERATIONS["part"](self, node, where)
        return replace(whole, rival=part.area or self.shapes.area(self._id(part), where.day)) if part.found else whole

    def _of_one(self, node: Term, where: Where, kinds: Sequence[str], *literals: str, after: str = "") -> Meaning:
        """Derive a place from one other: ``op(literals…,id[,after])``."""
        base = self._preferring(self._meaning(node.of[0], where), kinds)
        if not base.found:
            return base
        return self._derive(node.op, [*literals, self._id(base), *([after] if after else [])], [base], where)

    def _offset(self, node: Term, where: Where) -> Meaning:
        return self._of_one(node, where, _TOWNS, f"{node.km or 0:g}", node.direction or "-")

    def _around(self, node: Term, where: Where) -> Meaning:
        return self._of_one(node, where, _TOWNS)

    def _countryside(self, node: Term, where: Where) -> Meaning:
        """Read "Aleppo countryside": the unit that is called after its town, or what lies around a town."""
        return self._of_one(node, where, _UNITS)

    def _coast(self, node: Term, where: Where) -> Meaning:
        """Read "the west coast of X" and "X's Red Sea coast"."""
        sea = self._meaning(node.of[1], Where(None, where.day)) if node.of[1:] else Meaning()
        sea = self._preferring(sea, ("sea",))
        after = self._id(sea) if sea.found and self._kind(sea) == "sea" else node.direction
        return self._of_one(node, where, _AREAS, after=after)

    def _capital(self, node: Term, where: Where) -> Meaning:
        """Return the capital of a country; of what has none that is known, the place itself."""
        base = self._preferring(self._meaning(node.of[0], where), ("country",))
        if not base.found or self._kind(base) != "country":
            return replace(base, method="container", quality=QUALITY["container"]) if base.found else base
        number = self.best(base.readings)
        capitals = self.lookup.of_places(self._capitals.get(self.store.take("country", np.array([number]))[0], []))
        return Meaning(capitals, None, "phrase", QUALITY["phrase"], missing=() if len(capitals.owner) else (node.text,))

    @cached_property
    def _capitals(self) -> dict[str, list[int]]:
        """The capitals of countries, by alpha-3."""
        layer = LAYERS.index("cities")
        first = int(self.store.bases[layer])
        numbers = np.flatnonzero(self.store.layers[layer].column("capital").astype(bool)) + first
        capitals: dict[str, list[int]] = {}
        for number, country in zip(numbers.tolist(), self.store.take("country", numbers), strict=True):
            capitals.setdefault(country, []).append(number)
        return capitals

    def _offshore(self, node: Term, where: Where) -> Meaning:
        km = f"{node.km:g}" if node.km is not None else "-"
        return self._of_one(node, where, ("country", "sea"), km, after=node.direction)

    def _toward(self, node: Term, where: Where) -> Meaning:
        """Read "north of X": beyond a town, but the north of an area."""
        base = self._preferring(self._meaning(node.of[0], where), _TOWNS)
        if not base.found:
            return base
        if self._kind(base) in _AREAS:
            return self._part(replace(node, op="part"), where)
        return self._derive("toward", [node.direction, self._id(base)], [base], where)

    def _part(self, node: Term, where: Where) -> Meaning:
        spread = self._spread(node, where)
        if spread:
            return self._meaning(spread, where)
        base = self._meaning(node.of[0], where) if node.of else self._around_it(node, where)
        if not base.found or base.method == "container":
            return base
        called = self._called_so(node, base, where)
        if called.found:
            return called
        code = node.direction if node.direction in _LONG else node.direction[0]
        usual = self.groups.part_id(self._id(base), _LONG[code])
        if usual:
            number = self.store.find(usual)
            return replace(base, readings=self.lookup.of_places([number]), area=None, method="phrase")
        return self._derive("part", [node.direction, self._id(base)], [base], where)

    def _spread(self, node: Term, where: Where) -> Term | None:
        """Let what is said of a sequence or a list be said of its first, unless that is a name as a whole.

        "Northern Helmand in Afghanistan" is the north of Helmand, "the east of the Republic of the Congo" is not the
        east of a republic.
        """
        of = node.of[0] if node.of else None
        if not isinstance(of, Term) or of.op not in ("sequence", "list") or self._name_as_a_whole(of, where).found:
            return None
        first, *rest = of.of
        lead = node.text[: -len(of.text)] if of.text and node.text.endswith(of.text) else ""
        text = lead + first.text if lead and first.text else ""
        return Term(of.op, (replace(node, of=(first,), text=text), *rest), node.text)

    def _around_it(self, node: Term, where: Where) -> Meaning:
        """Return what stands around a piece: the innermost container, or the country that is known."""
        if where.around is not None:
            return Meaning(area=where.around, method="phrase", quality=QUALITY["phrase"])
        if where.containers:
            return Meaning(where.containers[-1], None, "exact", QUALITY["exact"])
        if where.country:
            country = self.lookup.of_places([self.lookup.country_place(where.country)])
            return Meaning(country, None, "exact", QUALITY["exact"])
        return Meaning(missing=(node.text,), reason=f"no place of that name: {node.text}")

    def _called_so(self, node: Term, base: Meaning, where: Where) -> Meaning:
        """Read "Cameroon's Northwest region": a unit that bears the direction as its name."""
        possessed = _POSSESSED_NAME.search(node.text)
        if not possessed or base.area is not None:
            return Meaning()
        found = self._name(possessed[1], where.inside(base))
        named = found.method in ("exact", "type-word") and self._kind(found) in _UNITS
        return found if named else Meaning()

    def _corridor(self, node: Term, where: Where) -> Meaning:
        ends = [self._preferring(self._meaning(end, where), _TOWNS) for end in node.of]
        lost = [end for end in ends if not end.found]
        if lost:
            return lost[0]
        return self._derive(node.op, [self._id(end) for end in ends], ends, where)

    def _border(self, node: Term, where: Where) -> Meaning:
        """Derive the line that two areas share; the neighbour lies outside the country that is known."""
        spread = self._spread(node, where) if len(node.of) == 1 else None
        if spread:
            return self._meaning(spread, where)
        directed = self._directed_border(node.of[0], node, where) if len(node.of) == 1 else None
        if directed:
            return directed
        anywhere = Where(None, where.day)
        sides = [self._preferring(self._meaning(side, anywhere), _AREAS) for side in node.of]
        lost = [side for side in sides if not side.found or side.method == "container"]
        if lost:
            return Meaning(missing=lost[0].missing, reason=lost[0].reason)
        pairs: list[tuple[str, ...]] = list(product(*(self._ids(side, 3) for side in sides)))
        around = self._around_it(node, where) if len(sides) == 1 else Meaning()
        if around.found and self._kind(around) == "country" and self._id(around) != self._id(sides[0]):
            pairs.insert(0, (self._id(around), self._id(sides[0])))
        found = Meaning(missing=(node.text,), reason=f"no such border in {where.country}: {node.text}")
        for ids in pairs:
            if where.country in (None, *(self.shapes.area(one, where.day).country for one in ids)):
                found = self._derive("border", ids, sides, where)
            if found.found:
                break
        return found

    def _directed_border(self, side: Node, node: Term, where: Where) -> Meaning | None:
        """Read "Iran's eastern border" and, where a country is known, "the eastern border": a part of the border."""
        if not isinstance(side, Term) or side.op != "part":
            return None
        if side.of and self._name_as_a_whole(side, where).found:
            return None
        if side.of:
            border = self._meaning(Term("border", side.of, node.text), where)
        else:
            border = self._around_it(side, where)
            border = self._derive("border", [self._id(border)], [border], where) if border.found else border
        return self._derive("part", [side.direction, self._id(border)], [border], where) if border.found else border

    def _members(self, node: Term, where: Where) -> Meaning:
        """Read "CSTO members", "EU countries": a group, or the countries of a region."""
        name = node.of[0]
        text = name.text
        key = self.groups.find(text) or self.groups.find(node.text)
        if key and node.direction:
            others = self.groups.member_units(f"group:{key}", where.day, frozenset({node.direction}))
            return self._derive("union", others, [], where) if others else Meaning(missing=(node.text,))
        if key:
            return Meaning(self.lookup.of_places([self.store.find(f"group:{key}")]), None, "phrase", QUALITY["exact"])
        base = self._meaning(name, where)
        if not base.found or self._kind(base) != "region":
            return base
        countries = sorted(
            {unit.split("-")[0] for unit in self.groups.units(self._id(base), where.day) if unit[0] != "-"}
        )
        return self._derive("union", [c for c in countries if c.startswith("iso:")], [base], where)

    def _minus(self, node: Term, where: Where) -> Meaning:
        whole = self._meaning(node.of[0], where)
        taken = self._meaning(node.of[1], replace(where, country=None))
        lost = [side for side in (whole, taken) if not side.found]
        if not lost and taken.method == "container":
            # What is around the exception is no exception.
            return replace(whole, method="container", quality=QUALITY["container"], missing=taken.missing)
        return lost[0] if lost else self._derive("minus", [self._id(whole), self._id(taken)], [whole, taken], where)

    def _sequence(self, node: Term, where: Where) -> Meaning:
        return self._chain(self._flat(node.of), where, beside=True)

    def _flat(self, nodes: Sequence[Node]) -> list[Node]:
        """Return the pieces of sequences inside a sequence one after the other; "Cox's Bazar" is one piece."""
        pieces: list[Node] = []
        for node in nodes:
            within = isinstance(node, Term) and node.op == "sequence" and not self._is_known(node.text)
            pieces += self._flat(node.of) if isinstance(node, Term) and within else [node]
        return pieces

    def _list(self, node: Term, where: Where) -> Meaning:
        items = [self._meaning(item, where) for item in node.of]
        apart: list[Meaning] = []
        for piece, item in zip(reversed(node.of), reversed(items), strict=True):
            if apart and self._lies_in(piece, item, apart[0], where):
                apart[0] = item
            else:
                apart.insert(0, item)
        return self._together(self._alike(apart), where)

    def _lies_in(self, node: Node, inner: Meaning, outer: Meaning, where: Where) -> bool:
        """Say whether the place that a node means anyhow is one inside another."""
        if not inner.found or not outer.found or inner.area is not None or outer.area is not None:
            return False
        if not isinstance(node, Name):
            return False
        inside = self._meaning(node, where.inside(outer))
        return inside.found and inside.area is None and self.best(inside.readings) == self.best(inner.readings)

    def _chain(self, nodes: Sequence[Node], where: Where, *, beside: bool) -> Meaning:
        """Read pieces, finest first, each inside the next; one that cannot be found falls back to the next.

        Where pieces may stand beside one another, what is no place in its neighbour but one elsewhere begins a list,
        and what its neighbour lies in was written the other way round ("Syria, Aleppo").
        """
        nodes = [node for i, node in enumerate(nodes) if i == 0 or not _same(node, nodes[i - 1])]
        done: list[Meaning] = []
        current: Meaning | None = None
        inmost: Node | None = None
        missing: list[Meaning] = []
        within = where
        for node in reversed(nodes):
            alone = self._meaning(node, where) if beside and current is not None else Meaning()
            if current is not None and inmost is not None and alone.found:
                inside = self._inside(inmost, current, alone, where)
                if inside.found:
                    current, within = inside, where.inside(alone).inside(inside)
                    continue
            found = self._meaning(node, within)
            if found.found:
                current, inmost, missing, within = found, node, [], within.inside(found)
            elif current is not None and alone.found and self._stands_beside(alone, current):
                done.insert(0, current)
                current, inmost, missing, within = alone, node, [], where.inside(alone)
            else:
                missing.insert(0, found)
        if current is None:
            return missing[0] if missing else Meaning()
        if missing:
            lost = tuple(text for item in missing for text in item.missing)
            # What is said to be in a town, and is not known there, may as well lie around it.
            in_town = current.area is None and self._kind(current) == "city"
            radius = max(current.radius or 0.0, _AROUND_KM) if in_town else current.radius
            current = replace(current, method="container", quality=QUALITY["container"], missing=lost, radius=radius)
        return self._together(self._alike([current, *done]), where) if done else current

    def _inside(self, node: Node, inner: Meaning, outer: Meaning, where: Where) -> Meaning:
        """Return what a piece means inside a larger place, nothing when it is no smaller or does not lie there."""
        if SIZES[self._kind(inner)] >= self._size(outer):
            return Meaning()
        if inner.area is not None and outer.area is None and inner.area.radius_km > outer.readings.radius.max():
            return Meaning()
        found = self._meaning(node, where.inside(outer))
        alike = (found.area is None) == (inner.area is None) and found.method in ("exact", "type-word", "phrase")
        return found if alike else Meaning()

    def _stands_beside(self, one: Meaning, other: Meaning) -> bool:
        """Say whether a place is too large, or too well known, to be meant as a piece of its neighbour."""
        size = SIZES[self._kind(other)]
        if one.method == "fuzzy":
            return False
        if one.area is not None:
            return size <= SIZES["derived"]
        largest = self._size(one)
        if largest > size:
            # "Lebanon, Kansas" is a town too small to be listed, not a country and a state.
            return self._kind(other) not in ("admin1", "admin2")
        return largest == size and (largest > SIZES["admin2"] or float(one.readings.weight.max()) >= _PROMINENT)


def _same(one: Node, other: Node) -> bool:
    return isinstance(one, Name) and isinstance(other, Name) and normalize_name(one.text) == normalize_name(other.text)


_OPERATIONS: dict[str, Callable[[Interpreter, Term, Where], Meaning]] = {
    "part": Interpreter._part,
    "toward": Interpreter._toward,
    "offset": Interpreter._offset,
    "near": Interpreter._around,
    "outskirts": Interpreter._around,
    "countryside": Interpreter._countryside,
    "between": Interpreter._corridor,
    "road": Interpreter._corridor,
    "border": Interpreter._border,
    "coast": Interpreter._coast,
    "offshore": Interpreter._offshore,
    "capital": Interpreter._capital,
    "members": Interpreter._members,
    "minus": Interpreter._minus,
    "sequence": Interpreter._sequence,
    "list": Interpreter._list,
}
