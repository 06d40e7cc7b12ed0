"""What the pieces of a place phrase mean: a tree of words enters, readings of names or a derived area leave.

The tree says what the words ask for; here it is decided what is meant. A name that exists wins over the words in it
("South Sudan"). Of a sequence, what lies in its right neighbour is one place, what lies elsewhere begins a list, and
what its neighbour lies in was written the other way round.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

import numpy as np

from gazetteer import patterns, phrases
from gazetteer.errors import UnknownPlaceError
from gazetteer.groups import Groups
from gazetteer.lookup import NO_READINGS, QUALITY, Found, Lookup, names_unit
from gazetteer.model import Area, Method
from gazetteer.names import TYPE_WORDS, fold, typed
from gazetteer.phrases import Name, Node, Term
from gazetteer.ranking import CLOSE, Readings, decide, haversine_km
from gazetteer.shapes import Shapes
from gazetteer.store import LAYERS

__all__ = ["Meaning", "Meanings", "Where"]

# What a kind of place that the words ask for weighs, where a name has several readings.
_ASKED_FOR = 1.5
# Two places of a kind stand beside one another when both are this prominent: "Paris, London" is no place in London.
_PROMINENT = 5.0
# Descriptions longer than this are texts; shorter names than this are found in any text.
_MOST_WORDS, _SHORTEST = 14, 4
_TOWNS = ("city", "airport")
_UNITS = ("admin1", "admin2")
_TYPE_OF = re.compile(r"(city|town|village)\s+of\s+(.+)", re.IGNORECASE)
_POSSESSED_NAME = re.compile(r"(?:['’]s|s['’])\s+(.+)$")
_AREAS = ("country", "admin1", "region", "group")
_SIZES = {
    "airport": 0,
    "city": 1,
    "derived": 1,
    "admin2": 2,
    "admin1": 3,
    "region": 4,
    "country": 5,
    "sea": 5,
    "group": 6,
}
_LONG = {
    "N": "north", "NE": "northeast", "E": "east", "SE": "southeast", "S": "south", "SW": "southwest", "W": "west",
    "NW": "northwest", "C": "central",
}  # fmt: skip


@dataclass(frozen=True)
class Meaning:
    """What a piece means: readings of a name, or a derived area; neither where nothing was found.

    Attributes
    ----------
    share
        Of an area: how sure the places are that it was derived from.
    missing
        The pieces that were not found.
    reason
        Why nothing was found.
    rival
        A derived place that may be meant as well.
    radius
        In km, where it is wider than the place: of a town that stands for the unit around it.
    """

    readings: Readings = field(default_factory=lambda: NO_READINGS)
    area: Area | None = None
    method: Method = "none"
    quality: float = 0.0
    share: float = 1.0
    missing: tuple[str, ...] = ()
    reason: str = ""
    rival: Area | None = None
    radius: float | None = None

    @property
    def found(self) -> bool:
        """Whether it means anything."""
        return self.area is not None or bool(len(self.readings.owner))


@dataclass(frozen=True)
class Where:
    """What is known of a place before its name is read.

    Attributes
    ----------
    containers
        What it lies in, widest first, each within the one before.
    around
        A derived place it lies in, if that is what stands around it.
    """

    country: str | None
    day: int
    containers: tuple[Readings, ...] = ()
    around: Area | None = None

    def inside(self, meaning: Meaning) -> Where:
        """Return what is known of a place that lies in another."""
        if meaning.area is not None:
            return replace(self, around=meaning.area)
        return replace(self, containers=(*self.containers, meaning.readings))


class Meanings:
    """Gives the pieces of phrases a meaning.

    Parameters
    ----------
    lookup
        Finds names.
    groups
        Country lists and macro-regions.
    shapes
        Evaluates derived places.
    """

    def __init__(self, lookup: Lookup, groups: Groups, shapes: Shapes) -> None:
        self.store = lookup.store
        self.lookup = lookup
        self.groups = groups
        self.shapes = shapes

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

    def best(self, readings: Readings) -> int:
        """Return the number of the place that readings of one name mean most likely."""
        return int(readings.place[decide(readings, 1).best[0]])

    def has_two_readings(self, text: str) -> bool:
        """Say whether a name may as well be a part of a country: "West Kazakhstan"."""
        first, _, rest = fold(text).partition(" ")
        if first not in ("north", "south", "east", "west"):
            return False
        key = self.store.key_of(rest, -1)
        return key >= 0 and bool((self.store.postings(key)[0] < self.store.bases[1]).any())

    def refusal(self, text: str) -> str:
        """Return why a text is no place phrase; empty when it may be one."""
        if not text or not text.strip():
            return "empty"
        if len(text) > phrases.LONGEST:
            return f"longer than {phrases.LONGEST} characters: a text, not a place"
        reason = self.lookup.not_places.get(fold(text))
        return f"not a place: {reason}" if reason else ""

    def _read(self, phrase: str) -> Node:
        """Read a phrase; one that is a name as a whole is not taken apart, unless a part of a place goes by it too."""
        node = phrases.read(phrase)
        if isinstance(node, Term) and node.op in ("part", "capital"):
            return node
        # A key knows no commas: "Springfield, IL" is no province (in Turkish, il) of that name.
        one_name = self._is_known(phrase) or (self._is_typed(phrase) and not patterns.SEPARATED.search(phrase))
        return Name(phrase) if one_name else node

    def _is_known(self, text: str) -> bool:
        """Say whether a phrase is a name as a whole."""
        key = fold(text)
        return bool(key) and self.store.key_of(key, -1) >= 0

    def _meaning(self, node: Node, where: Where) -> Meaning:
        if isinstance(node, Name):
            return self._name(node.text, where)
        whole = self._name_as_a_whole(node, where)
        if whole.found:
            return whole
        return _OPERATIONS[node.op](self, node, where)

    def _name(self, text: str, where: Where) -> Meaning:
        refusal = self.refusal(text)
        if refusal:
            return Meaning(missing=(text,), reason=refusal)
        found = self._typed_of(text, where)
        readings = found.readings if where.around is None else _close_to(where.around, found.readings)
        if len(readings.owner):
            return Meaning(readings, None, found.method, found.quality, radius=found.radius)
        place = f" in {where.country}" if where.country else ""
        nothing = Meaning(missing=(text,), reason=f"no place of that name{place}: {text}")
        return self._name_in(text, where, nothing) if where.country else nothing

    def _typed_of(self, text: str, where: Where) -> Found:
        """Look a name up; "city of Damascus" is the city of that name rather than a lesser place of the whole one."""
        found = self.lookup.among(text, where.country, where.day, list(where.containers))
        of_type = _TYPE_OF.match(text)
        if not of_type or found.method != "exact":
            return found
        other = self.lookup.among(f"{of_type[2]} {of_type[1]}", where.country, where.day, list(where.containers))
        if not len(other.readings.owner):
            return found
        return other if other.readings.weight.max() >= found.readings.weight.max() + CLOSE else found

    def _name_in(self, text: str, where: Where, nothing: Meaning) -> Meaning:
        """Return the longest name among the words of a description, where at least its country is known."""
        words = text.split()
        if not 2 <= len(words) <= _MOST_WORDS:
            return nothing
        for length in range(len(words) - 1, 0, -1):
            for first in range(len(words) - length, -1, -1):
                name = " ".join(words[first : first + length]).strip(patterns.EDGES)
                if not name[:1].isupper() or fold(name) in TYPE_WORDS or len(fold(name)) < _SHORTEST:
                    continue
                found = self.lookup.written(name, where.country, where.day, where.containers)
                readings = found.readings if where.around is None else _close_to(where.around, found.readings)
                if len(readings.owner):
                    return Meaning(readings, None, "container", QUALITY["container"], missing=(text,))
        return nothing

    def _name_as_a_whole(self, node: Term, where: Where) -> Meaning:
        """Look the words of a branch up as one name; a part that is also a unit's lesser name has both meanings."""
        known = self._is_known(node.text) or (node.op == "part" and self._is_typed(node.text))
        # "North Welo zone" inside Amhara is North Wollo, otherwise spelt, rather than the north of something.
        unit = node.op == "part" and bool(where.containers) and names_unit(fold(node.text))
        if not node.text or not (known or unit):
            return Meaning()
        whole = self._name(node.text, where)
        if not whole.found or node.op != "part" or not node.of:
            return whole
        number = self.best(whole.readings)
        name, kind, country = (self.store.take(c, np.array([number]))[0] for c in ("name", "kind", "country"))
        if fold(str(name)) == fold(node.text) or kind not in ("admin1", "admin2"):
            return whole
        base = self._meaning(node.of[0], where)
        if not base.found or base.area is not None:
            return whole
        outer = self.shapes.area(self._id(base), where.day)
        if outer.kind != "country" or outer.country != country:
            return whole
        part = _OPERATIONS["part"](self, node, where)
        return replace(whole, rival=part.area or self.shapes.area(self._id(part), where.day)) if part.found else whole

    def _is_typed(self, text: str) -> bool:
        return any(self.store.key_of(rest, -1) >= 0 for rest, _ in typed(fold(text)))

    def _id(self, meaning: Meaning) -> str:
        if meaning.area is not None:
            return meaning.area.id
        return self.shapes.id(self.best(meaning.readings))

    def _share(self, meaning: Meaning) -> float:
        of_area = meaning.share if meaning.area is not None else float(decide(meaning.readings, 1).share[0])
        return meaning.quality * of_area

    def _kind(self, meaning: Meaning) -> str:
        if meaning.area is not None:
            return meaning.area.kind
        return str(self.store.take("kind", np.array([self.best(meaning.readings)]))[0])

    def _preferring(self, meaning: Meaning, kinds: Sequence[str]) -> Meaning:
        """Let readings of some kinds weigh more."""
        if not kinds or not len(meaning.readings.owner):
            return meaning
        of_kind = np.isin(self.store.take("kind", meaning.readings.place), kinds)
        weight = meaning.readings.weight + np.where(of_kind, _ASKED_FOR, 0.0)
        return replace(meaning, readings=replace(meaning.readings, weight=weight))

    def _derive(self, op: str, arguments: Sequence[str], of: Sequence[Meaning], where: Where) -> Meaning:
        """Return the place that an operation makes of others; arguments that are ids of derived places are nested.

        Where one of them was not found but the place around it, that is what is returned.
        """
        fallen = [meaning for meaning in of if meaning.method == "container"]
        if fallen and op != "union":
            return fallen[0]
        formula = f"derived:{op}({','.join(a.removeprefix('derived:') for a in arguments)})"
        missing = tuple(text for meaning in of for text in meaning.missing)
        try:
            area = self.shapes.area(formula, where.day)
        except UnknownPlaceError as error:
            return Meaning(missing=missing, reason=str(error))
        share = min((self._share(meaning) for meaning in of), default=1.0)
        return Meaning(area=area, method="phrase", quality=QUALITY["phrase"], share=share, missing=missing)

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

    def _ids(self, meaning: Meaning, most: int) -> list[str]:
        if meaning.area is not None:
            return [meaning.area.id]
        order = np.argsort(-meaning.readings.weight, kind="stable")[:most]
        return [self.shapes.id(int(number)) for number in meaning.readings.place[order]]

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

    def _alike(self, items: list[Meaning]) -> list[Meaning]:
        """Let the kind that most of a list is weigh more in the rest of it: "Georgia and Armenia" are countries."""
        kinds = Counter(
            self._kind(item)
            for item in items
            if item.found and (item.area is not None or decide(item.readings, 1).gap[0] >= CLOSE)
        )
        return [self._preferring(item, [kinds.most_common(1)[0][0]]) for item in items] if kinds else items

    def _together(self, items: list[Meaning], where: Where) -> Meaning:
        """Return the union of what was found of a list; what lies in another item adds nothing."""
        found = [item for item in items if item.found]
        missing = tuple(text for item in items for text in item.missing)
        if not found:
            return replace(items[0], missing=missing) if items else Meaning()
        ids = list(dict.fromkeys(self._id(item) for item in found))
        for group in [one for one in ids if one.startswith("group:")]:
            members = set(self.groups.units(group, where.day))
            ids = [one for one in ids if one not in members]
        if len(ids) == 1:
            return replace(next(item for item in found if self._id(item) == ids[0]), missing=missing)
        whole = self._derive("union", ids, found, where)
        return replace(whole, missing=missing, quality=whole.quality * len(found) / len(items))

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
            current = replace(current, method="container", quality=QUALITY["container"], missing=lost)
        return self._together(self._alike([current, *done]), where) if done else current

    def _inside(self, node: Node, inner: Meaning, outer: Meaning, where: Where) -> Meaning:
        """Return what a piece means inside a larger place, nothing when it is no smaller or does not lie there."""
        if _SIZES[self._kind(inner)] >= self._size(outer):
            return Meaning()
        if inner.area is not None and outer.area is None and inner.area.radius_km > outer.readings.radius.max():
            return Meaning()
        found = self._meaning(node, where.inside(outer))
        alike = (found.area is None) == (inner.area is None) and found.method in ("exact", "type-word", "phrase")
        return found if alike else Meaning()

    def _stands_beside(self, one: Meaning, other: Meaning) -> bool:
        """Say whether a place is too large, or too well known, to be meant as a piece of its neighbour."""
        size = _SIZES[self._kind(other)]
        if one.method == "fuzzy":
            return False
        if one.area is not None:
            return size <= _SIZES["derived"]
        largest = self._size(one)
        if largest > size:
            # "Lebanon, Kansas" is a town too small to be listed, not a country and a state.
            return self._kind(other) not in ("admin1", "admin2")
        return largest == size and (largest > _SIZES["admin2"] or float(one.readings.weight.max()) >= _PROMINENT)

    def _size(self, meaning: Meaning) -> int:
        """Return the size of the largest place that may well be meant: of "Idlib" the governorate."""
        if meaning.area is not None:
            return _SIZES["derived"]
        weight = meaning.readings.weight
        close = meaning.readings.place[weight > weight.max() - CLOSE]
        return max(_SIZES[kind] for kind in self.store.take("kind", close))


def _same(one: Node, other: Node) -> bool:
    return isinstance(one, Name) and isinstance(other, Name) and fold(one.text) == fold(other.text)


def _close_to(area: Area, readings: Readings) -> Readings:
    """Keep the readings that lie in a derived area, as far as its radius tells."""
    away = haversine_km(readings.lon, readings.lat, area.lon, area.lat)
    return readings.where(away <= 1.3 * area.radius_km + 10)


_OPERATIONS: dict[str, Callable[[Meanings, Term, Where], Meaning]] = {
    "part": Meanings._part, "toward": Meanings._toward, "offset": Meanings._offset, "near": Meanings._around,
    "outskirts": Meanings._around, "countryside": Meanings._countryside, "between": Meanings._corridor,
    "road": Meanings._corridor, "border": Meanings._border, "coast": Meanings._coast, "offshore": Meanings._offshore,
    "capital": Meanings._capital, "members": Meanings._members, "minus": Meanings._minus,
    "sequence": Meanings._sequence, "list": Meanings._list,
}  # fmt: skip
