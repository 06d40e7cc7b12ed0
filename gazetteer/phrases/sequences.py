"""Reads what commas and "and" join: one place inside the next, or several beside one another.

The pieces of a phrase, or the cells of a row, become a meaning. What lies in its right neighbour is one place
with it, what lies elsewhere begins a list, and what its neighbour lies in was written the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.generator import CandidateGenerator
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.ranking import heaviest
from gazetteer.phrases.chains import Chain, Judges
from gazetteer.phrases.list_checks import PROMINENT, ListChecks
from gazetteer.phrases.meaning import Level, Meaning, Scope
from gazetteer.phrases.neighbours import Neighbours, is_named
from gazetteer.phrases.operands import UNITS, Interpreter
from gazetteer.phrases.quarters import Quarters
from gazetteer.phrases.reading import PhraseReader
from gazetteer.phrases.seats import OF_A_POINT, Seats
from gazetteer.phrases.splits import splits
from gazetteer.phrases.towns_and_units import TownsAndUnits
from gazetteer.phrases.tree import Name, Node, Term

__all__ = ["SequenceInterpreter"]

# Codes behind a comma have at most so many letters.
_LONGEST_CODE = 3
# What parts the pieces of a path, and what it begins or ends with.
_PATHS = (("/", ("country", "admin1", "region")), (";", ("country", "region")))


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

    Attributes
    ----------
    city_of_region
        Prefers the city to the region around it that bears its name.
    unit_of_name
        Prefers a unit to the town of its name.
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
        self._generator = generator
        self._checks = ListChecks(names, generator)
        self._seats = Seats(names, generator)
        towns_and_units = TownsAndUnits(reader, names, generator, countries)
        neighbours = Neighbours(interpreter, reader, names, generator, towns_and_units, self._seats)
        self._judges = Judges(interpreter, neighbours, towns_and_units, self._checks)
        self._quarters = Quarters(interpreter, names, towns_and_units)
        self.city_of_region = towns_and_units.city_of_region
        self.unit_of_name = towns_and_units.unit_of_name
        self._take = names.store.index.take

    def sequence(self, node: Term, scope: Scope) -> Meaning:
        """Return what names between commas, brackets or dashes mean."""
        quarter = self._quarters.meaning(node, scope)
        return quarter if quarter.method != "none" else self.chain(self.flat(node.of, scope.day), scope)

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
        read = [self._read.meaning(item, scope) for item in node.of]
        items = self._checks.without_stray_parts(node.of, read)
        if self._may_be_path(node, items):
            path = self.chain(node.of, scope)
            if path.method in ("exact", "type-word") and not (path.left_out or path.missing or path.doubt):
                return path
        items = self._checks.near_the_rest(items)
        if any(mark in node.text for mark in "/,"):
            items = self._checks.without_strays(node.of, items)
        apart = self._apart(node, items, scope)
        return self._read.composer.unite(self._read.composer.align(apart, self._read.kind), scope)

    def _may_be_path(self, node: Term, items: Sequence[Meaning]) -> bool:
        """Say whether slashes or semicolons may part what lies one in the other: "Syria/Aleppo/Azaz", "Azaz/Aleppo".

        Two towns or districts stand beside one another: "Mpanda/Mlele".
        """
        wide = next((kinds for mark, kinds in _PATHS if mark in node.text), ())
        if not wide or any(isinstance(piece, Term) and piece.op in ("list", "sequence") for piece in node.of):
            return False
        kinds = [self._take("kind", item.readings.place) for item in items if item.is_stored]
        return any(np.isin(found, wide).any() for found in kinds)

    def _apart(self, node: Term, items: Sequence[Meaning], scope: Scope) -> list[Meaning]:
        """Return the items of a list; of two, one in the other, the smaller: "Kharkiv region, Kupiansk and Izium"."""
        apart: list[tuple[Node, Meaning]] = []
        for piece, item in zip(reversed(node.of), reversed(items), strict=True):
            behind, other = apart[0] if apart else (piece, Meaning())
            # "Palu and Sigi" are two, "Ariha, Idlib and Azaz" may be two as well.
            joined = any(f"{piece.text}{mark}{behind.text}" in node.text for mark in (" and ", " & ", "/"))
            if not apart or joined or item.method == "none":
                apart.insert(0, (piece, item))
            elif self._lies_in(piece, item, other, scope):
                apart[0] = piece, item
            elif not (self._read.kind(item) in UNITS and self._lies_in(behind, other, item, scope)):
                apart.insert(0, (piece, item))
        return [item for _, item in apart]

    def _lies_in(self, node: Node, inner: Meaning, outer: Meaning, scope: Scope) -> bool:
        """Say whether the place that a name means anyhow is one inside another."""
        if "none" in (inner.method, outer.method) or inner.area is not None or outer.area is not None:
            return False
        if not is_named(node, inner) or not self._judges.neighbours.is_smaller(inner, outer):
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
        inside = self._read.meaning(node, scope.within(outer))
        if inside.method == "none" or inside.area is not None:
            return False
        if self._read.kind(inside) in OF_A_POINT and not self._seats.is_held(node.text, outer, scope):
            return False  # towns and districts of a list stand beside one another
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
        nodes = _with_codes(nodes)
        chain = Chain(self._judges, scope, beside=levels is None)
        for position, node in reversed(list(enumerate(nodes))):
            chain.take(node, levels[position] if levels is not None else None, finest=not position)
        if len(nodes) > 1:
            chain.prefer_city()
        return chain.meaning()


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
