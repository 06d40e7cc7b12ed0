"""Borders, their sides, and the points where they meet: "the Turkish border", "Idlib, Syrian-Turkish border"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from gazetteer.candidates.found import QUALITY
from gazetteer.geometry.sphere import haversine_km
from gazetteer.phrases.meaning import Meaning, Scope
from gazetteer.phrases.operands import AREAS, TOWNS, Interpreter, area_of, spread, surroundings
from gazetteer.phrases.tree import Node, Term

__all__ = ["border", "side_of_border", "tripoint"]

# A town lies at a border that is so near, in degrees.
_BESIDE_A_BORDER = 0.3
# The points of second-level units that share a border are this near.
_NEIGHBOURS_KM = 120.0


def border(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Derive the line that two areas share; the neighbour lies outside the country that is known."""
    several = _border_of_several(read, node, scope)
    if several.method != "none":
        return several
    apart = spread(read, node, scope) if len(node.of) == 1 else None
    if apart:
        return read.meaning(apart, scope)
    directed = _directed_border(read, node.of[0], node, scope) if len(node.of) == 1 else None
    if directed:
        return directed
    composer, anywhere = read.composer, Scope(None, scope.day)
    sides = [area_of(read, read.meaning(side, anywhere)) for side in node.of]
    lost = [side for side in sides if side.method in ("none", "container")]
    if lost:
        return Meaning(missing=lost[0].missing, reason=lost[0].reason)
    if len(sides) == 1 and _is_point(read, sides[0], scope):
        # "Torkham border": the crossing at a town, in the country that is known or beside it.
        if scope.country is not None:
            town = read.shapes.evaluate(composer.place_id(sides[0]), scope.day)
            known = read.shapes.evaluate(read.shapes.place_id(read.countries.place(scope.country)), scope.day)
            if known.shape.distance(town.shape) > _BESIDE_A_BORDER:
                return Meaning(missing=(node.text,), reason=f"no such border in {scope.country}: {node.text}")
        return composer.derive("near", [composer.place_id(sides[0])], sides, scope)
    if scope.containers:
        return _border_along(read, node, sides, scope)
    found = Meaning(missing=(node.text,), reason=f"no such border in {scope.country}: {node.text}")
    for ids in _pairs(read, node, sides, scope):
        if _touches_country(read, ids, scope):
            found = composer.derive("border", ids, sides, scope)
        if found.method != "none":
            return found
    middle = _between_units(read, node, scope)
    return found if middle.method == "none" else middle


def _between_units(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "the Rutshuru-Masisi border", of units that are known by a point: it lies between the two."""
    if len(node.of) != 2:
        return Meaning()
    sides = [_of_kind(read, read.meaning(side, Scope(scope.country, scope.day)), "admin2") for side in node.of]
    if any(side.method not in ("exact", "type-word") or not len(side.readings.owner) for side in sides):
        return Meaning()
    pairs = list(product(*(read.composer.place_ids(side, 3) for side in sides)))
    nearest = min(pairs, key=lambda pair: _km_between(read, pair, scope))
    near = _km_between(read, nearest, scope) <= _NEIGHBOURS_KM
    return read.composer.derive("between", nearest, sides, scope) if near else Meaning()


def _km_between(read: Interpreter, pair: Sequence[str], scope: Scope) -> float:
    here, there = (read.shapes.evaluate(place, scope.day) for place in pair)
    return float(haversine_km(here.lon, here.lat, there.lon, there.lat))


def _pairs(read: Interpreter, node: Term, sides: Sequence[Meaning], scope: Scope) -> list[tuple[str, ...]]:
    """Return the ids of what may be meant on both sides of a border; of one side, with the country around it first."""
    composer = read.composer
    options = [composer.place_ids(side, 3) for side in sides]
    if scope.country is not None and len(sides) == 2:
        # "The Rakhine-Chin border" in Myanmar: the name of a unit there may be a country's elsewhere.
        here = [read.meaning(side, Scope(scope.country, scope.day)) for side in node.of]
        options = [
            [*ids, *composer.place_ids(_of_kind(read, unit, "admin1"), 1)]
            for ids, unit in zip(options, here, strict=True)
        ]
    # Both sides of "the border of Bosnia and Herzegovina" are one country.
    pairs = [tuple(dict.fromkeys(ids)) for ids in product(*options)]
    around = surroundings(read, node, scope) if len(sides) == 1 else Meaning()
    if around.method == "none" or read.kind(around) != "country":
        return pairs
    known, named = composer.place_id(around), composer.place_id(sides[0])
    return pairs if known == named else [(known, named), *pairs]


def _of_kind(read: Interpreter, meaning: Meaning, kind: str) -> Meaning:
    """Return a meaning with the readings of a kind alone."""
    kinds = read.names.store.take("kind", meaning.readings.place)
    return replace(meaning, area=None, readings=meaning.readings.where(kinds == kind))


def _is_point(read: Interpreter, meaning: Meaning, scope: Scope) -> bool:
    """Say whether a place has no shape, or is a town: it has no border."""
    if meaning.area is None and read.kind(meaning) in TOWNS:
        return True
    return read.shapes.evaluate(read.composer.place_id(meaning), scope.day).is_point


def _border_of_several(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "the Chad and Sudan border", and of three countries the point where they meet."""
    of = node.of[0]
    if len(node.of) > 1 or not isinstance(of, Term) or of.op != "list" or len(of.of) not in (2, 3):
        return Meaning()
    if read.name_as_a_whole(of, scope).method != "none":
        return Meaning()
    return read.meaning(Term("border" if len(of.of) == 2 else "tripoint", of.of, ""), scope)


def _border_along(read: Interpreter, node: Term, sides: Sequence[Meaning], scope: Scope) -> Meaning:
    """Read "the Line of Control in Poonch": what of a border lies along a unit, or around a town."""
    composer = read.composer
    around = Meaning(scope.containers[-1], None, "exact", QUALITY["exact"])
    unit = area_of(read, around)
    for ids in _pairs(read, node, sides, scope):
        line = composer.derive("border", ids, sides, scope)
        if line.area is None:
            continue
        along = composer.derive("side", [composer.place_id(line), composer.place_id(unit)], [line, unit], scope)
        if along.method != "none":
            return along
        town = read.shapes.evaluate(composer.place_id(around), scope.day)
        if town.is_point and line.area.shape.distance(town.shape) <= _BESIDE_A_BORDER:
            return composer.derive("near", [composer.place_id(around)], [line, around], scope)
    return Meaning(missing=(node.text,), reason=f"no such border there: {node.text}")


def side_of_border(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "the Syrian side of the Turkish border"; without a neighbour, of the border with the country around."""
    border, side = node.of
    line = read.meaning(border, Scope(None, scope.day))
    of = read.composer.prefer(read.meaning(side, Scope(None, scope.day)), AREAS)
    for part in (line, of):
        if part.method in ("none", "container"):
            return part
    return read.composer.derive("side", [read.composer.place_id(line), read.composer.place_id(of)], [line, of], scope)


def tripoint(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Read "the tri-border area of Mali, Niger and Burkina Faso"."""
    sides = [read.composer.prefer(read.meaning(side, Scope(None, scope.day)), AREAS) for side in node.of]
    lost = [side for side in sides if side.method in ("none", "container")]
    if lost:
        return lost[0]
    ids = [read.composer.place_id(side) for side in sides]
    if not _touches_country(read, ids, scope):
        return Meaning(missing=(node.text,), reason=f"no such border in {scope.country}: {node.text}")
    return read.composer.derive("tripoint", ids, sides, scope)


def _touches_country(read: Interpreter, ids: Sequence[str], scope: Scope) -> bool:
    """Say whether one of the sides of a border lies in the country that is known."""
    return scope.country in (None, *(read.shapes.evaluate(one, scope.day).country for one in ids))


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
        border = surroundings(read, side, scope)
        if border.method != "none":
            border = composer.derive("border", [composer.place_id(border)], [border], scope)
    if border.method == "none":
        return border
    return composer.derive("part", [side.direction, composer.place_id(border)], [border], scope)
