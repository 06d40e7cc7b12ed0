"""What operations ask of the pieces that they work on: what a piece means, what stands around it, which area it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.found import QUALITY
from gazetteer.candidates.name_index import NameIndex
from gazetteer.geometry.derived import ShapeEvaluator
from gazetteer.geometry.groups import Groups
from gazetteer.phrases.composition import Composer
from gazetteer.phrases.meaning import Meaning, Scope
from gazetteer.phrases.tree import Node, Term

__all__ = ["AREAS", "TOWNS", "UNITS", "Interpreter", "area_of", "of_base", "of_one", "spread", "surroundings"]

TOWNS = ("city", "airport", "building", "neighbourhood")
UNITS = ("admin1", "admin2")
AREAS = ("country", "admin1", "region", "group")


class Interpreter(Protocol):
    """What operations and sequences may ask of the interpreter that they work for."""

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

    def city_of_region(self, meaning: Meaning) -> Meaning:
        """Prefer the city to the region around it that bears its name, where it is about as well known."""

    def kind(self, meaning: Meaning) -> str:
        """Return the kind of the place that is meant."""

    def is_container(self, text: str) -> bool:
        """Say whether a text names a country or a first-level unit, or is a code of one."""


def of_one(
    read: Interpreter, node: Term, scope: Scope, kinds: Sequence[str], *literals: str, after: str = ""
) -> Meaning:
    """Derive a place from one other: ``op(literals…,id[,after])``."""
    base = read.composer.prefer(read.meaning(node.of[0], scope), kinds)
    return of_base(read, node, base, scope, *literals, after=after)


def of_base(read: Interpreter, node: Term, base: Meaning, scope: Scope, *literals: str, after: str = "") -> Meaning:
    """Derive a place from another one that was read: ``op(literals…,id[,after])``."""
    if base.method == "none":
        return base
    arguments = [*literals, read.composer.place_id(base), *([after] if after else [])]
    return read.composer.derive(node.op, arguments, [base], scope)


def spread(read: Interpreter, node: Term, scope: Scope) -> Term | None:
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


def surroundings(read: Interpreter, node: Term, scope: Scope) -> Meaning:
    """Return what stands around a piece: the innermost container, or the country that is known."""
    if scope.around is not None:
        return Meaning(area=scope.around, method="phrase", quality=QUALITY["phrase"])
    if scope.containers:
        return Meaning(scope.containers[-1], None, "exact", QUALITY["exact"])
    if scope.country:
        country = read.names.readings_of_places([read.countries.place(scope.country)])
        return Meaning(country, None, "exact", QUALITY["exact"])
    return Meaning(missing=(node.text,), reason=f"no place of that name: {node.text}")


def area_of(read: Interpreter, meaning: Meaning) -> Meaning:
    """Prefer areas in the country of what is meant most likely: of Gaza the strip, not the province of Mozambique."""
    readings = meaning.readings
    if meaning.area is not None or not len(readings.owner):
        return meaning
    kinds, countries = (read.names.store.take(column, readings.place) for column in ("kind", "country"))
    best = int(np.argmax(readings.weight))
    near = np.isin(kinds, AREAS) & (countries == countries[best])
    if kinds[best] in AREAS or not near.any():
        return read.composer.prefer(meaning, AREAS)
    return replace(meaning, readings=readings.where(near))
