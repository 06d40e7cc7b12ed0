"""What the words around a name ask for: a part, a distance, a border, a coast, members, an exception.

A branch of the tree of a phrase becomes a meaning, by what is known around it. Each function reads one kind of
branch, and reads the pieces of it by the interpreter that it is given. `OPERATIONS` names them as the parser does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Protocol

import numpy as np

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.found import QUALITY
from gazetteer.candidates.ranking import CLOSE, NameIndex, heaviest
from gazetteer.geometry.derived import ShapeEvaluator
from gazetteer.geometry.groups import Groups
from gazetteer.geometry.sphere import haversine_km
from gazetteer.phrases import patterns
from gazetteer.phrases.composition import Composer
from gazetteer.phrases.meaning import Meaning, Scope
from gazetteer.phrases.tree import Node, Term

__all__ = ["OPERATIONS", "Interpreter"]

_TOWNS = ("city", "airport", "building", "neighbourhood")
_UNITS = ("admin1", "admin2")
_AREAS = ("country", "admin1", "region", "group")
_POSSESSED_NAME = re.compile(r"(?:['’]s|s['’])\s+(.+)$")
# Of "northern Gaza" the north of the unit is meant about as often as that of the town.
_TOWN_OR_UNIT = 0.6
_LONG = {
    "N": "north",
    "NE": "northeast",
    "E": "east",
    "SE": "southeast",
    "S": "south",
    "SW": "southwest",
    "W": "west",
    "NW": "northwest",
    "C": "central",
}


class Interpreter(Protocol):
    """What an operation may ask of the interpreter that it works for."""

    names: NameIndex
    countries: CountryResolver
    groups: Groups
    shapes: ShapeEvaluator
    composer: Composer

    def meaning(self, node: Node, scope: Scope) -> Meaning:
        """Return what a piece means."""

    def name(self, text: str, scope: Scope) -> Meaning:
        """Return what a name means."""

    def name_as_a_whole(self, node: Term, scope: Scope) -> Meaning:
        """Return what the words of a branch mean as one name."""

    def kind(self, meaning: Meaning) -> str:
        """Return the kind of the place that is meant."""


def _of_one(
    read: Interpreter, node: Term, scope: Scope, kinds: Sequence[str], *literals: str, after: str = ""
) -> Meaning:
    """Derive a place from one other: ``op(literals…,id[,after])``."""
    base = read.composer.prefer(read.meaning(node.of[0], scope), kinds)
    if base.method == "none":
        return base
    arguments = [*literals, read.composer.place_id(base), *([after] if after else [])]
    return read.composer.derive(node.op, arguments, [base], scope)


def _offset(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    return _of_one(read, node, scope, _TOWNS, f"{node.km or 0:g}", node.direction or "-")


def _around(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    return _of_one(read, node, scope, _TOWNS)


def _bank(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "the left bank of the Dnipro": what lies along a river of that name, and no town of that name."""
    spread = _spread(read, node, scope)
    if spread:
        return read.meaning(spread, scope)
    for name in (node.of[0].text, f"{node.of[0].text} River"):
        found = read.name(name, scope)
        readings = found.readings
        rivers = readings.where(read.names.store.take("kind", readings.place) == "river")
        if found.method == "exact" and len(rivers.owner):
            river = replace(found, readings=rivers, doubt="")
            return read.composer.derive("near", [read.composer.place_id(river)], [river], scope)
    return Meaning(missing=(node.text,), reason=f"no river of that name: {node.of[0].text}")


def _countryside(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "Aleppo countryside": the unit that is called after its town, or what lies around a town."""
    return _of_one(read, node, scope, _UNITS)


def _coast(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "the west coast of X" and "X's Red Sea coast"."""
    sea = read.meaning(node.of[1], Scope(None, scope.day)) if node.of[1:] else Meaning()
    sea = read.composer.prefer(sea, ("sea",))
    is_sea = sea.method != "none" and read.kind(sea) == "sea"
    return _of_one(read, node, scope, _AREAS, after=read.composer.place_id(sea) if is_sea else node.direction)


def _offshore(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    km = f"{node.km:g}" if node.km is not None else "-"
    return _of_one(read, node, scope, ("country", "sea"), km, after=node.direction)


def _capital(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Return the capital of a country; of anything else, whose capital is not known, the place itself."""
    around = read.meaning(node.of[0], scope) if node.of else _surroundings(read, node, scope)
    base = read.composer.prefer(around, ("country",))
    if base.method == "none":
        return base
    if not node.of and read.kind(base) == "city":
        return base  # "the capital, Bamako"
    if read.kind(base) != "country":
        return _seat(read, base)
    country = read.names.store.take("country", np.array([heaviest(base.readings)]))[0]
    capitals = read.names.readings_of_places(read.countries.capitals(country, scope.day))
    if not len(capitals.owner):
        return Meaning(missing=(node.text,))
    return Meaning(capitals, None, "phrase", QUALITY["phrase"])


def _seat(read: Interpreter, unit: Meaning) -> Meaning:
    """Return the town that a unit is called after, or else its largest: which is the capital is not known."""
    doubt = "its capital is not known"
    around = replace(unit, method="container", quality=QUALITY["container"], doubt=doubt)
    index = read.names.store.index
    if unit.area is not None or read.kind(unit) != "admin1":
        return around
    place = np.array([heaviest(unit.readings)])
    columns = index.values(("name", "admin1", "lon", "lat", "radius_km"), place)
    code = columns["admin1"][0]
    if code is None:
        return around
    towns = read.names.readings_of_places(np.flatnonzero(index.having("admin1", code) & index.having("kind", "city")))
    if not len(towns.owner):
        return around
    known = towns.where(towns.weight >= towns.weight.max() - CLOSE)
    keys = [read.names.key(str(name)) for name in index.take("name", known.place)]
    called = read.names.key(str(columns["name"][0]))
    bare = {called, *(rest for rest, _ in read.names.type_words(called))}
    named = known.where(np.array([key in bare for key in keys], dtype=bool))
    if len(named.owner):
        return Meaning(named, None, "phrase", QUALITY["phrase"])
    largest = towns.where(np.array([int(np.argmax(towns.weight))]))
    away = haversine_km(largest.lon[0], largest.lat[0], columns["lon"][0], columns["lat"][0])
    radius = round(float(away) + float(columns["radius_km"][0]), 1)
    return Meaning(largest, None, "container", QUALITY["container"], doubt=f"{doubt}; its largest town", radius=radius)


def _toward(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "north of X": beyond a town, but the north of an area."""
    base = read.composer.prefer(read.meaning(node.of[0], scope), _TOWNS)
    if base.method == "none":
        return base
    if read.kind(base) in _AREAS:
        return _part(read, replace(node, op="part"), scope)
    return read.composer.derive("toward", [node.direction, read.composer.place_id(base)], [base], scope)


def _part(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    spread = _spread(read, node, scope)
    if spread:
        return read.meaning(spread, scope)
    base = read.meaning(node.of[0], scope) if node.of else _surroundings(read, node, scope)
    if base.method in ("none", "container"):
        return base
    called = _called_so(read, node, base, scope)
    if called.method != "none":
        return called
    farther = patterns.DEGREED.match(node.text)
    if farther:
        return _far_part(read, node, farther["name"], base, scope)
    code = node.direction if node.direction in _LONG else node.direction[0]
    base_id = read.composer.place_id(base)
    usual = read.groups.part_id(base_id, _LONG[code])
    if usual:
        readings = read.names.readings_of_places([read.names.store.find(usual)])
        return replace(base, readings=readings, area=None, method="phrase")
    found = read.composer.derive("part", [node.direction, base_id], [base], scope)
    unit = read.composer.unit_around_town(base)
    return replace(found, share=found.share * _TOWN_OR_UNIT, doubt=f"or a part of {unit}") if unit else found


def _far_part(read: Interpreter, node: Term, name: str, base: Meaning, scope: Scope) -> Meaning:
    """Read "the far north": a unit of that name, or the north; "the deep south" is the south of the south."""
    if base.area is None:
        found = read.name(name, replace(scope, containers=(*scope.containers, base.readings)))
        if found.method in ("exact", "type-word") and found.area is None and read.kind(found) in _UNITS:
            return found
    near = _part(read, replace(node, text=""), scope)
    if near.method == "none" or not name.lower().startswith("deep"):
        return near
    return read.composer.derive("part", [node.direction, read.composer.place_id(near)], [near], scope)


def _spread(read: Interpreter, node: Term, scope: Scope) -> Term | None:
    """Let what is said of a sequence or a list be said of its first piece, unless that is a name as a whole.

    "Northern Helmand in Afghanistan" is the north of Helmand, "the east of the Republic of the Congo" is not the east
    of a republic.
    """
    of = node.of[0] if node.of else None
    if not isinstance(of, Term) or of.op not in ("sequence", "list"):
        return None
    if read.name_as_a_whole(of, scope).method != "none":
        return None
    first, *rest = of.of
    lead = node.text[: -len(of.text)] if of.text and node.text.endswith(of.text) else ""
    text = lead + first.text if lead and first.text else ""
    return Term(of.op, (replace(node, of=(first,), text=text), *rest), node.text)


def _surroundings(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Return what stands around a piece: the innermost container, or the country that is known."""
    if scope.around is not None:
        return Meaning(area=scope.around, method="phrase", quality=QUALITY["phrase"])
    if scope.containers:
        return Meaning(scope.containers[-1], None, "exact", QUALITY["exact"])
    if scope.country:
        country = read.names.readings_of_places([read.countries.place(scope.country)])
        return Meaning(country, None, "exact", QUALITY["exact"])
    return Meaning(missing=(node.text,), reason=f"no place of that name: {node.text}")


def _called_so(read: Interpreter, node: Term, base: Meaning, scope: Scope) -> Meaning:
    """Read "Cameroon's Northwest region": a unit that bears the direction as its name."""
    possessed = _POSSESSED_NAME.search(node.text)
    if not possessed or base.area is not None:
        return Meaning()
    found = read.name(possessed[1], replace(scope, containers=(*scope.containers, base.readings)))
    named = found.method in ("exact", "type-word") and read.kind(found) in _UNITS
    return found if named else Meaning()


def _corridor(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    ends = [read.composer.prefer(read.meaning(end, scope), _TOWNS) for end in node.of]
    lost = [end for end in ends if end.method == "none"]
    if lost:
        return lost[0]
    return read.composer.derive(node.op, [read.composer.place_id(end) for end in ends], ends, scope)


def _border(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Derive the line that two areas share; the neighbour lies outside the country that is known."""
    spread = _spread(read, node, scope) if len(node.of) == 1 else None
    if spread:
        return read.meaning(spread, scope)
    directed = _directed_border(read, node.of[0], node, scope) if len(node.of) == 1 else None
    if directed:
        return directed
    composer, anywhere = read.composer, Scope(None, scope.day)
    sides = [_area_of(read, read.meaning(side, anywhere)) for side in node.of]
    lost = [side for side in sides if side.method in ("none", "container")]
    if lost:
        return Meaning(missing=lost[0].missing, reason=lost[0].reason)
    pairs: list[tuple[str, ...]] = list(product(*(composer.place_ids(side, 3) for side in sides)))
    around = _surroundings(read, node, scope) if len(sides) == 1 else Meaning()
    if around.method != "none" and read.kind(around) == "country":
        known, named = composer.place_id(around), composer.place_id(sides[0])
        pairs = pairs if known == named else [(known, named), *pairs]
    found = Meaning(missing=(node.text,), reason=f"no such border in {scope.country}: {node.text}")
    if scope.containers and scope.country is None:
        # "The Line of Control in Poonch": what of it lies along the unit.
        unit = Meaning(scope.containers[-1], None, "exact", QUALITY["exact"])
        for ids in pairs:
            line = composer.derive("border", ids, sides, scope)
            part = (
                composer.derive("side", [composer.place_id(line), composer.place_id(unit)], [line, unit], scope)
                if line.method != "none"
                else line
            )
            if part.method != "none":
                return part
    for ids in pairs:
        if scope.country in (None, *(read.shapes.evaluate(one, scope.day).country for one in ids)):
            found = composer.derive("border", ids, sides, scope)
        if found.method != "none":
            break
    return found


def _side(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "the Syrian side of the Turkish border"; without a neighbour, of the border with the country around."""
    border, side = node.of
    line = read.meaning(border, Scope(None, scope.day))
    of = read.composer.prefer(read.meaning(side, Scope(None, scope.day)), _AREAS)
    for part in (line, of):
        if part.method in ("none", "container"):
            return part
    return read.composer.derive("side", [read.composer.place_id(line), read.composer.place_id(of)], [line, of], scope)


def _tripoint(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "the tri-border area of Mali, Niger and Burkina Faso"."""
    sides = [read.composer.prefer(read.meaning(side, Scope(None, scope.day)), _AREAS) for side in node.of]
    lost = [side for side in sides if side.method in ("none", "container")]
    return (
        lost[0] if lost else read.composer.derive("tripoint", [read.composer.place_id(s) for s in sides], sides, scope)
    )


def _area_of(read: Interpreter, meaning: Meaning) -> Meaning:
    """Prefer areas in the country of what is meant most likely: of Gaza the strip, not the province of Mozambique."""
    readings = meaning.readings
    if meaning.area is not None or not len(readings.owner):
        return meaning
    kinds, countries = (read.names.store.take(column, readings.place) for column in ("kind", "country"))
    best = int(np.argmax(readings.weight))
    near = np.isin(kinds, _AREAS) & (countries == countries[best])
    if kinds[best] in _AREAS or not near.any():
        return read.composer.prefer(meaning, _AREAS)
    return replace(meaning, readings=readings.where(near))


def _directed_border(read: Interpreter, side: Node, node: Term, scope: Scope) -> Meaning | None:
    """Read "Iran's eastern border" and, where a country is known, "the eastern border": a part of the border."""
    if not isinstance(side, Term) or side.op != "part":
        return None
    if side.of and read.name_as_a_whole(side, scope).method != "none":
        return None
    composer = read.composer
    if side.of:
        border = read.meaning(Term("border", side.of, node.text), scope)
    else:
        border = _surroundings(read, side, scope)
        if border.method != "none":
            border = composer.derive("border", [composer.place_id(border)], [border], scope)
    if border.method == "none":
        return border
    return composer.derive("part", [side.direction, composer.place_id(border)], [border], scope)


def _members(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "CSTO members", "EU countries": a group, or the countries of a region."""
    name = node.of[0]
    groups, composer = read.groups, read.composer
    key = groups.find(name.text) or groups.find(node.text)
    if key and node.direction.isdigit():
        then = groups.day_with(f"group:{key}", int(node.direction), scope.day)
        counted = groups.member_units(f"group:{key}", then) if then is not None else []
        return composer.derive("union", counted, [], scope) if counted else Meaning(missing=(node.text,))
    if node.direction.isdigit():
        return Meaning(missing=(node.text,))
    if key and node.direction:
        others = groups.member_units(f"group:{key}", scope.day, frozenset({node.direction}))
        return composer.derive("union", others, [], scope) if others else Meaning(missing=(node.text,))
    if key:
        readings = read.names.readings_of_places([read.names.store.find(f"group:{key}")])
        return Meaning(readings, None, "phrase", QUALITY["exact"])
    base = read.meaning(name, scope)
    if base.method == "none" or read.kind(base) != "region":
        return base
    units = groups.units(composer.place_id(base), scope.day)
    if not any(unit.startswith("iso:") and "-" not in unit for unit in units):
        return base  # "the three Darfur states" are Darfur
    countries = sorted({unit.split("-")[0] for unit in units if unit[0] != "-"})
    return composer.derive("union", [c for c in countries if c.startswith("iso:")], [base], scope)


def _minus(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    whole = read.meaning(node.of[0], scope)
    taken = read.meaning(node.of[1], replace(scope, country=None))
    for side in (whole, taken):
        if side.method == "none":
            return side
    if taken.method == "container":
        # What is around the exception is not the exception.
        return replace(whole, method="container", quality=QUALITY["container"], missing=taken.missing)
    ids = [read.composer.place_id(whole), read.composer.place_id(taken)]
    return read.composer.derive("minus", ids, [whole, taken], scope)


OPERATIONS: dict[str, Callable[[Interpreter, Term, Scope], Meaning]] = {
    "part": _part,
    "toward": _toward,
    "offset": _offset,
    "near": _around,
    "bank": _bank,
    "outskirts": _around,
    "countryside": _countryside,
    "between": _corridor,
    "road": _corridor,
    "border": _border,
    "coast": _coast,
    "offshore": _offshore,
    "capital": _capital,
    "members": _members,
    "minus": _minus,
    "side": _side,
    "tripoint": _tripoint,
}
