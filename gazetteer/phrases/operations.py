"""What the words around a name ask for: a part, a distance, a border, a coast, members, an exception.

A branch of the tree of a phrase becomes a meaning, by what is known around it. Each function reads one kind of
branch, and reads the pieces of it by the interpreter that it is given. `OPERATIONS` names them as the parser does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gazetteer.candidates.found import QUALITY
from gazetteer.candidates.ranking import CLOSE, heaviest
from gazetteer.dates import day_number
from gazetteer.phrases import patterns
from gazetteer.phrases.borders import border, side_of_border, tripoint
from gazetteer.phrases.meaning import Meaning, Scope
from gazetteer.phrases.operands import AREAS, TOWNS, UNITS, Interpreter, of_base, of_one, spread, surroundings
from gazetteer.phrases.tree import Term

__all__ = ["OPERATIONS", "is_mere_part", "offset_literals"]

# A number of members is smaller.
_FIRST_YEAR = 1800
_POSSESSED_NAME = re.compile(r"(?:['’]s|s['’])\s+(.+)$")
_FRONT = re.compile(r"\s(?:front(?:\s?line)?|direction)$", re.IGNORECASE)
# "North Huntingdon" is a town beside Huntingdon; the north of a town this prominent is spoken of like that as well.
_NAMED_PART, _LARGE_TOWN = re.compile(r"(?:North|South|East|West)\s(?!of\b)"), 5.0
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


def _offset(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    return of_one(read, node, scope, TOWNS, *offset_literals(node))


def offset_literals(node: Term) -> tuple[str, str]:
    """Return the arguments of a distance before the place, as its formula has them: km and direction."""
    return f"{node.km or 0:g}", node.direction or "-"


def _around(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    is_greater = patterns.GREATER.match(node.text)
    if not (is_greater or _FRONT.search(node.text)):
        return of_one(read, node, scope, TOWNS)
    base = read.composer.prefer(read.meaning(node.of[0], scope), TOWNS)
    if is_greater:
        found = of_base(read, node, base, scope)
        large = base.is_stored and read.kind(base) == "city" and base.readings.weight.max() >= _LARGE_TOWN
        # Large towns have surroundings that are called so; "Greater Sunda" is something else.
        return found if large or found.doubt else replace(found, doubt=f"{node.text} may be a place of its own")
    if base.method != "none" and read.kind(base) in ("country", "region", "group"):
        # "Sudan front" is somewhere in Sudan, not around it.
        return replace(base, method="container", quality=QUALITY["container"], missing=(node.text,))
    return of_base(read, node, base, scope)


def _bank(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "the left bank of the Dnipro": what lies along a river of that name, and no town of that name."""
    apart = spread(read, node, scope)
    if apart:
        return read.meaning(apart, scope)
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
    return of_one(read, node, scope, UNITS)


def _coast(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "the west coast of X" and "X's Red Sea coast"."""
    sea = read.meaning(node.of[1], Scope(None, scope.day)) if node.of[1:] else Meaning()
    sea = read.composer.prefer(sea, ("sea",))
    is_sea = sea.method != "none" and read.kind(sea) == "sea"
    return of_one(read, node, scope, AREAS, after=read.composer.place_id(sea) if is_sea else node.direction)


def _offshore(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "off Somalia", "off Valparaíso": of a coast, which a town has where it is called as its region is."""
    base = read.composer.prefer(read.meaning(node.of[0], scope), ("country", "sea"))
    km = f"{node.km:g}" if node.km is not None else "-"
    town = base if base.method == "none" else read.city_of_region(base)
    return of_base(read, node, town, scope, km, after=node.direction)


def _capital(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Return the capital of a country; of anything else, whose capital is not known, the place itself."""
    around = read.meaning(node.of[0], scope) if node.of else surroundings(read, node, scope)
    if patterns.APPOSED_CAPITAL.match(node.text):
        return read.composer.prefer(around, TOWNS)
    base = read.composer.prefer(around, ("country",))
    if base.method == "none":
        return base
    if read.kind(base) == "city":
        town = np.array([heaviest(base.readings)])
        if not node.of or read.countries.are_unit_capitals(town)[0]:
            return base  # "the capital, Bamako", "Kunduz provincial capital"
    if read.kind(base) != "country":
        return _seat(read, base, scope)
    country = read.names.store.take("country", np.array([heaviest(base.readings)]))[0]
    capitals = read.names.readings_of_places(read.countries.capitals(country, scope.day))
    if not len(capitals.owner):
        return Meaning(missing=(node.text,))
    return Meaning(capitals, None, "phrase", QUALITY["phrase"])


def _seat(read: Interpreter, unit: Meaning, scope: Scope) -> Meaning:
    """Return the capital of a first-level unit; where that is not known, the town it is called after, or the unit."""
    doubt = "its capital is not known"
    around = replace(unit, method="container", quality=QUALITY["container"], doubt=doubt)
    index = read.names.store.index
    if unit.area is not None or read.kind(unit) != "admin1":
        return around
    place = np.array([heaviest(unit.readings)])
    columns = index.values(("name", "admin1", "valid_to"), place)
    code = columns["admin1"][0]
    if code is None or not np.isnan(columns["valid_to"][0]):
        return around  # the towns are those of today's unit of the code, and so are their capitals
    towns = read.names.readings_of_places(np.flatnonzero(index.having("admin1", code) & index.having("kind", "city")))
    if not len(towns.owner):
        return around
    seats = towns.where(read.countries.are_unit_capitals(towns.place))
    if len(seats.owner) > 1:
        # Ottawa lies in Ontario, whose capital is Toronto.
        country = index.take("country", place)[0]
        seats = seats.where(~np.isin(seats.place, read.countries.capitals(country, scope.day)))
    if len(seats.owner):
        return Meaning(seats, None, "phrase", QUALITY["phrase"])
    known = towns.where(towns.weight >= towns.weight.max() - CLOSE)
    keys = [read.names.key(str(name)) for name in index.take("name", known.place)]
    called = read.names.key(str(columns["name"][0]))
    bare = {called, *(rest for rest, _ in read.names.type_words(called))}
    named = known.where(np.array([key in bare for key in keys], dtype=bool))
    if len(named.owner):
        return Meaning(named, None, "phrase", QUALITY["phrase"])
    return around


def _toward(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "north of X": beyond a town, but the north of an area."""
    base = read.composer.prefer(read.meaning(node.of[0], scope), TOWNS)
    if base.method == "none":
        return base
    if read.kind(base) in AREAS:
        return _part(read, replace(node, op="part"), scope)
    return read.composer.derive("toward", [node.direction, read.composer.place_id(base)], [base], scope)


def _part(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    apart = spread(read, node, scope)
    if apart:
        return read.meaning(apart, scope)
    base = read.meaning(node.of[0], scope) if node.of else surroundings(read, node, scope)
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
    small = base.area is None and read.kind(base) == "city" and base.readings.weight.max() < _LARGE_TOWN
    if small and _NAMED_PART.match(node.text) and not found.doubt:
        return replace(found, doubt=f"{node.text.split(',')[0]} may be a town of its own")
    unit = read.composer.unit_around_town(base)
    return replace(found, share=found.share * _TOWN_OR_UNIT, doubt=f"or a part of {unit}") if unit else found


def is_mere_part(text: str) -> bool:
    """Say whether a text asks for a part of a place and nothing else: no "far north", no town called "North X"."""
    return not (patterns.DEGREED.match(text) or _NAMED_PART.match(text) or _POSSESSED_NAME.search(text))


def _far_part(read: Interpreter, node: Term, name: str, base: Meaning, scope: Scope) -> Meaning:
    """Read "the far north": a unit of that name, or the north; "the deep south" is the south of the south."""
    if base.area is None:
        found = read.name(name, replace(scope, containers=(*scope.containers, base.readings)))
        if found.method in ("exact", "type-word") and found.area is None and read.kind(found) in UNITS:
            return found
    near = _part(read, replace(node, text=""), scope)
    if near.method == "none" or not name.lower().startswith("deep"):
        return near
    return read.composer.derive("part", [node.direction, read.composer.place_id(near)], [near], scope)


def _called_so(read: Interpreter, node: Term, base: Meaning, scope: Scope) -> Meaning:
    """Read "Cameroon's Northwest region": a unit that bears the direction as its name."""
    possessed = _POSSESSED_NAME.search(node.text)
    if not possessed or base.area is not None:
        return Meaning()
    found = read.name(possessed[1], replace(scope, containers=(*scope.containers, base.readings)))
    named = found.method in ("exact", "type-word") and read.kind(found) in UNITS
    return found if named else Meaning()


def _corridor(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    ends = [read.composer.prefer(read.meaning(end, scope), TOWNS) for end in node.of]
    lost = [end for end in ends if end.method == "none"]
    if lost:
        return lost[0]
    return read.composer.derive(node.op, [read.composer.place_id(end) for end in ends], ends, scope)


def _members(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "CSTO members", "EU countries": a group, or the countries of a region."""
    name = node.of[0]
    groups, composer = read.groups, read.composer
    key = groups.find(name.text) or groups.find(node.text)
    if key and node.direction.isdigit():
        then = _day_of_members(read, f"group:{key}", int(node.direction), scope.day)
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


def _day_of_members(read: Interpreter, group: str, number: int, day: int) -> int | None:
    """Return the last day of a year, or the day on which a group had so many members; None where it never had."""
    if number >= _FIRST_YEAR:
        return min(day_number(f"{number}-12-31"), day)
    return read.groups.day_with(group, number, day)


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
    "border": border,
    "coast": _coast,
    "offshore": _offshore,
    "capital": _capital,
    "members": _members,
    "minus": _minus,
    "side": side_of_border,
    "tripoint": tripoint,
}
