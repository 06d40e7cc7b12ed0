"""Interprets a place phrase: reads what a tree of words asks for, and gives it a meaning.

A phrase, or the cells of a row, enters; a `Meaning` leaves. A name that exists wins over the words in it ("South
Sudan"). Of a sequence, what lies in its right neighbour is one place, what lies elsewhere begins a list, and what its
neighbour lies in was written the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.generator import QUALITY, CandidateGenerator, Found
from gazetteer.candidates.ranking import CLOSE, NameIndex, Readings, heaviest
from gazetteer.geometry.derived import ShapeEvaluator
from gazetteer.geometry.groups import Groups
from gazetteer.geometry.sphere import haversine_km
from gazetteer.model import KIND_RANK, Area
from gazetteer.names.affixes import TYPE_WORDS, spelt_out
from gazetteer.phrases import parser, patterns
from gazetteer.phrases.composition import Composer
from gazetteer.phrases.meaning import Meaning, Scope
from gazetteer.phrases.operations import OPERATIONS
from gazetteer.phrases.parser import Name, Node, Term
from gazetteer.phrases.translation import Translator

__all__ = ["PhraseInterpreter"]

# Two places of a kind stand beside one another when both are this prominent: "Paris, London" is no place in London.
_PROMINENT = 5.0
_AROUND_KM = 15.0
# A name that begins so may as well be a part of a place.
_DIVIDED = frozenset(
    (
        "north",
        "northern",
        "south",
        "southern",
        "east",
        "eastern",
        "west",
        "western",
        "central",
        "northeast",
        "northeastern",
        "northwest",
        "northwestern",
        "southeast",
        "southeastern",
        "southwest",
        "southwestern",
        "n",
        "s",
        "e",
        "w",
        "inner",
        "downtown",
        "capital",
    )
)
# Descriptions longer than this are texts; shorter names than this are found in any text.
_MOST_WORDS, _SHORTEST = 14, 4
# "nr. Gao" is near Gao.
_NEAR = re.compile(r"^nr\.?\s+(?=\S)", re.IGNORECASE)
_TYPE_OF = re.compile(r"(city|town|village)\s+of\s+(.+)", re.IGNORECASE)


class PhraseInterpreter:
    """Gives place phrases a meaning.

    Parameters
    ----------
    names
        The readings of names.
    countries
        Which country a cell names.
    generator
        Finds what a name may mean.
    groups
        Country lists and macro-regions.
    shapes
        Evaluates derived places.
    """

    def __init__(
        self,
        names: NameIndex,
        countries: CountryResolver,
        generator: CandidateGenerator,
        groups: Groups,
        shapes: ShapeEvaluator,
    ) -> None:
        self.names = names
        self.countries = countries
        self.groups = groups
        self.shapes = shapes
        self.composer = Composer(names.store, groups, shapes)
        self._generator = generator
        self._translator = Translator(names, countries)
        self._store = names.store

    def interpret(self, phrase: str, scope: Scope) -> Meaning:
        """Return what a phrase means."""
        unread = "" if self.names.knows(self.names.key(phrase)) else self._translator.unread(phrase)
        return Meaning(missing=(phrase,), reason=unread) if unread else self.meaning(self._read(phrase), scope)

    def interpret_row(self, cells: Sequence[str], scope: Scope) -> Meaning:
        """Return what the cells of a row mean, finest first, each inside the next; a last cell may be the country."""
        country = self.countries.country_of_cell(cells[-1])
        if len(cells) < 2 or country is None or scope.country not in (None, country):
            return self._chain([self._read(cell) for cell in cells], scope, beside=False)
        within = replace(scope, country=self._generator.country_of_unit(country, cells[-2], scope.day))
        found = self._chain([self._read(cell) for cell in cells[:-1]], within, beside=False)
        if found.method != "none":
            return found
        readings = self.names.readings_of_places([self.countries.place(country)])
        return Meaning(readings, None, "container", QUALITY["container"], missing=tuple(cells[:-1]))

    def refusal(self, text: str) -> str:
        """Return why a text is not a place phrase; empty when it may be one."""
        if not text or not text.strip():
            return "empty"
        if len(text) > parser.LONGEST:
            return f"longer than {parser.LONGEST} characters: a text, not a place"
        reason = self.names.not_places.get(self.names.key(text))
        return f"not a place: {reason}" if reason else ""

    def has_two_readings(self, text: str) -> bool:
        """Say whether a name may as well be a part of a country: "West Kazakhstan"."""
        if text[:1] not in "nsewNSEW":
            return False
        first, _, rest = self.names.key(text).partition(" ")
        if first not in ("north", "south", "east", "west"):
            return False
        key = self._store.key_of(rest, -1)
        return key >= 0 and bool((self._store.postings(key)[0] < self._store.bases[1]).any())

    def meaning(self, node: Node, scope: Scope) -> Meaning:
        """Return what a piece means."""
        if isinstance(node, Name):
            return self.name(node.text, scope)
        whole = self.name_as_a_whole(node, scope)
        if whole.method != "none":
            return whole
        if node.op == "sequence":
            return self._chain(self._flat(node.of), scope, beside=True)
        if node.op == "list":
            return self._list(node, scope)
        return OPERATIONS[node.op](self, node, scope)

    def name(self, text: str, scope: Scope) -> Meaning:
        """Return what a name means."""
        refusal = self.refusal(text)
        if refusal:
            return Meaning(missing=(text,), reason=refusal)
        found = self._generate(text, scope)
        readings = found.readings if scope.around is None else _close_to(scope.around, found.readings)
        if len(readings.owner):
            return Meaning(readings, None, found.method, found.quality, radius=found.radius)
        place = f" in {scope.country}" if scope.country else ""
        nothing = Meaning(missing=(text,), reason=f"no place of that name{place}: {text}")
        return self._name_in_description(text, scope, nothing) if scope.country else nothing

    def name_as_a_whole(self, node: Term, scope: Scope) -> Meaning:
        """Look the words of a branch up as one name; a part that is also a unit's lesser name has both meanings."""
        if not node.text:
            return Meaning()
        key = self.names.key(node.text)
        is_name = self.names.knows(key)
        if not is_name and node.op == "part":
            # "S. Paulo" is São Paulo.
            is_name = any(map(self.names.knows, spelt_out(key)))
        if not is_name and node.op == "part":
            # "North Welo zone" inside Amhara is North Wollo, otherwise spelt, rather than the north of something.
            is_name = self._is_typed(key) or (bool(scope.containers) and self._generator.names_unit(key))
        if not is_name:
            return Meaning()
        whole = self.name(node.text, scope)
        if whole.method == "none" or node.op != "part" or not node.of:
            return whole
        return self._with_part(node, whole, scope)

    def kind(self, meaning: Meaning) -> str:
        """Return the kind of the place that is meant."""
        return meaning.area.kind if meaning.area is not None else self.names.kind(meaning.readings)

    def _read(self, phrase: str) -> Node:
        """Read a phrase; one that is a name as a whole stays whole, unless a part or a border goes by it too."""
        key = self.names.key(phrase)
        known = self.names.knows(key)
        phrase = phrase if known else _NEAR.sub("near ", phrase)
        if known and key.partition(" ")[0] not in _DIVIDED:
            return Name(phrase)
        otherwise = None if known else self._read_otherwise(phrase)
        if otherwise is not None:
            return otherwise
        node = parser.read(phrase)
        if isinstance(node, Term) and node.op in ("part", "capital", "border"):
            return node
        # A key knows no commas: "Springfield, IL" is no province (in Turkish, il) of that name.
        one_name = known or (not patterns.SEPARATED.search(phrase) and self._is_typed(key))
        return Name(phrase) if one_name else node

    def _read_otherwise(self, phrase: str) -> Node | None:
        """Read a country's official form, alone or at the end of a phrase, and phrases of other languages."""
        if self.countries.official(phrase) or self._translator.unread(phrase):
            return Name(phrase)
        at_the_end = self.countries.country_at_the_end(phrase)
        if at_the_end is not None:
            inner = self._read(at_the_end[0])
            pieces = inner.of if isinstance(inner, Term) and inner.op == "sequence" else (inner,)
            return Term("sequence", (*pieces, Name(self.countries.name(at_the_end[1]))), phrase)
        return self._translator.read(phrase)

    def _is_typed(self, key: str) -> bool:
        """Say whether a key is a name with a type word."""
        return any(self.names.knows(rest) for rest, _ in self.names.type_words(key))

    def _generate(self, text: str, scope: Scope) -> Found:
        """Look a name up; "city of Damascus" is the city of that name rather than a lesser place of the whole one."""
        found = self._generator.generate(text, scope.country, scope.day, scope.containers)
        of_type = _TYPE_OF.match(text)
        if not of_type or found.method != "exact":
            return found
        turned = f"{of_type[2]} {of_type[1]}"
        other = self._generator.generate(turned, scope.country, scope.day, scope.containers)
        if not len(other.readings.owner):
            return found
        return other if other.readings.weight.max() >= found.readings.weight.max() + CLOSE else found

    def _name_in_description(self, text: str, scope: Scope, nothing: Meaning) -> Meaning:
        """Return the longest name among the words of a description, where at least its country is known."""
        words = text.split()
        if not 2 <= len(words) <= _MOST_WORDS:
            return nothing
        for length in range(len(words) - 1, 0, -1):
            for first in range(len(words) - length, -1, -1):
                name = " ".join(words[first : first + length]).strip(patterns.EDGES)
                key = self.names.key(name)
                if not name[:1].isupper() or key in TYPE_WORDS or len(key) < _SHORTEST:
                    continue
                found = self._generator.generate_exact(name, scope.country, scope.day, scope.containers)
                readings = found.readings if scope.around is None else _close_to(scope.around, found.readings)
                if len(readings.owner):
                    return Meaning(readings, None, "container", QUALITY["container"], missing=(text,))
        return nothing

    def _with_part(self, node: Term, whole: Meaning, scope: Scope) -> Meaning:
        """Return the meaning of a unit's lesser name with the part of a country that its words name as well."""
        number = heaviest(whole.readings)
        found = self._store.index.values(("name", "kind", "country"), np.array([number]))
        name, kind, country = (found[column][0] for column in ("name", "kind", "country"))
        if self.names.key(str(name)) == self.names.key(node.text) or kind not in ("admin1", "admin2"):
            return whole
        base = self.meaning(node.of[0], scope)
        if base.method == "none" or base.area is not None:
            return whole
        outer = self.shapes.evaluate(self.composer.place_id(base), scope.day)
        if outer.kind != "country" or outer.country != country:
            return whole
        part = OPERATIONS["part"](self, node, scope)
        if part.method == "none":
            return whole
        return replace(whole, rival=part.area or self.shapes.evaluate(self.composer.place_id(part), scope.day))

    def _flat(self, nodes: Sequence[Node]) -> list[Node]:
        """Return the pieces of sequences inside a sequence one after the other; "Cox's Bazar" is one piece."""
        pieces: list[Node] = []
        for node in nodes:
            if isinstance(node, Name) or node.op != "sequence" or self.names.knows(self.names.key(node.text)):
                pieces.append(node)
            else:
                pieces += self._flat(node.of)
        return pieces

    def _list(self, node: Term, scope: Scope) -> Meaning:
        items = [self.meaning(item, scope) for item in node.of]
        apart: list[Meaning] = []
        for piece, item in zip(reversed(node.of), reversed(items), strict=True):
            if apart and self._lies_in(piece, item, apart[0], scope):
                apart[0] = item
            else:
                apart.insert(0, item)
        return self.composer.unite(self.composer.align(apart, self.kind), scope)

    def _lies_in(self, node: Node, inner: Meaning, outer: Meaning, scope: Scope) -> bool:
        """Say whether the place that a name means anyhow is one inside another."""
        if "none" in (inner.method, outer.method) or inner.area is not None or outer.area is not None:
            return False
        if not isinstance(node, Name):
            return False
        inside = self.meaning(node, _within(scope, outer))
        if inside.method == "none" or inside.area is not None:
            return False
        return heaviest(inside.readings) == heaviest(inner.readings)

    def _chain(self, nodes: Sequence[Node], scope: Scope, *, beside: bool) -> Meaning:
        """Read pieces, finest first, each inside the next; one that cannot be found falls back to the next.

        Where pieces may stand beside one another, a piece that lies elsewhere than in its neighbour begins a list,
        and what its neighbour lies in was written the other way round ("Syria, Aleppo").
        """
        nodes = self._without_repeats(nodes)
        done: list[Meaning] = []
        current: Meaning | None = None
        inmost: Node | None = None
        missing: list[Meaning] = []
        within = scope
        for node in reversed(nodes):
            alone = self.meaning(node, scope) if beside and current is not None else Meaning()
            if current is not None and inmost is not None and alone.method != "none":
                inside = self._inside(inmost, current, alone, scope)
                if inside.method != "none":
                    current, within = inside, _within(_within(scope, alone), inside)
                    continue
            found = self.meaning(node, within)
            if found.method != "none":
                current, inmost, missing, within = found, node, [], _within(within, found)
            elif current is not None and alone.method != "none" and self._stands_beside(alone, current):
                done.insert(0, current)
                current, inmost, missing, within = alone, node, [], _within(scope, alone)
            else:
                missing.insert(0, found)
        if current is None:
            return missing[0] if missing else Meaning()
        if missing:
            current = self._fallen_back(current, missing)
        return self.composer.unite(self.composer.align([current, *done], self.kind), scope) if done else current

    def _without_repeats(self, nodes: Sequence[Node]) -> list[Node]:
        """Leave out names that repeat the one before them."""
        kept: list[Node] = []
        before = None
        for node in nodes:
            key = self.names.key(node.text) if isinstance(node, Name) else None
            if key is None or key != before:
                kept.append(node)
            before = key
        return kept

    def _fallen_back(self, current: Meaning, missing: list[Meaning]) -> Meaning:
        """Return the place around pieces that were not found, as the container of what they name."""
        lost = tuple(text for item in missing for text in item.missing)
        # What is said to be in a town, and is not known there, may as well lie around it.
        in_town = current.area is None and self.kind(current) == "city"
        radius = max(current.radius or 0.0, _AROUND_KM) if in_town else current.radius
        return replace(current, method="container", quality=QUALITY["container"], missing=lost, radius=radius)

    def _inside(self, node: Node, inner: Meaning, outer: Meaning, scope: Scope) -> Meaning:
        """Return what a piece means inside a larger place, nothing when it is no smaller or does not lie there."""
        if KIND_RANK[self.kind(inner)] >= self._rank(outer):
            return Meaning()
        if inner.area is not None and outer.area is None and inner.area.radius_km > outer.readings.radius.max():
            return Meaning()
        found = self.meaning(node, _within(scope, outer))
        alike = (found.area is None) == (inner.area is None) and found.method in ("exact", "type-word", "phrase")
        return found if alike else Meaning()

    def _rank(self, meaning: Meaning) -> int:
        """Return the rank of the largest place that may well be meant: of "Idlib" the governorate."""
        if meaning.area is not None:
            return KIND_RANK["derived"]
        weight = meaning.readings.weight
        close = meaning.readings.place[weight > weight.max() - CLOSE]
        return max(KIND_RANK[kind] for kind in self._store.index.take("kind", close))

    def _stands_beside(self, one: Meaning, other: Meaning) -> bool:
        """Say whether a place is too large, or too well known, to be meant as a piece of its neighbour."""
        if one.method == "fuzzy":
            return False
        kind = self.kind(other)
        rank = KIND_RANK[kind]
        if one.area is not None:
            return rank <= KIND_RANK["derived"]
        largest = self._rank(one)
        if largest > rank:
            # "Lebanon, Kansas" is a town too small to be listed, not a country and a state.
            return kind not in ("admin1", "admin2")
        return largest == rank and (largest > KIND_RANK["admin2"] or float(one.readings.weight.max()) >= _PROMINENT)


def _within(scope: Scope, meaning: Meaning) -> Scope:
    """Return what is known of a place that lies in another."""
    if meaning.area is not None:
        return replace(scope, around=meaning.area)
    return replace(scope, containers=(*scope.containers, meaning.readings))


def _close_to(area: Area, readings: Readings) -> Readings:
    """Keep the readings that lie in a derived area, as far as its radius tells."""
    away = haversine_km(readings.lon, readings.lat, area.lon, area.lat)
    return readings.where(away <= 1.3 * area.radius_km + 10)
