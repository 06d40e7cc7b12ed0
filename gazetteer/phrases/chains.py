"""Reads a chain of pieces, one inside the next or several beside one another: "Azaz, Aleppo, Syria", "Homs, Hama".

The widest piece is read first, and each finer one inside it. What lies elsewhere than in its neighbour begins a list,
what its neighbour lies in was written the other way round, and what is not found falls back to what stands around it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gazetteer.candidates.ranking import heaviest
from gazetteer.phrases import patterns
from gazetteer.phrases.list_checks import ListChecks
from gazetteer.phrases.meaning import Level, Meaning, Scope
from gazetteer.phrases.neighbours import Neighbours, is_border, is_part
from gazetteer.phrases.operands import Interpreter
from gazetteer.phrases.towns_and_units import TownsAndUnits, of_both
from gazetteer.phrases.tree import Name, Node, Term

__all__ = ["Chain", "Judges"]

# A place that reaches so many times as far as another does not lie in it.
_FAR_WIDER = 2.0


@dataclass(frozen=True)
class Judges:
    """What a chain asks about its pieces.

    Attributes
    ----------
    interpreter
        Says what each piece means.
    neighbours
        Judges two neighbouring pieces.
    towns_and_units
        Judges towns and units that stand side by side, or bear one name.
    checks
        Checks the items of a list.
    """

    interpreter: Interpreter
    neighbours: Neighbours
    towns_and_units: TownsAndUnits
    checks: ListChecks


@dataclass(frozen=True)
class _Piece:
    """A piece beside what was read behind it.

    Attributes
    ----------
    level
        What the column of its cell holds; None in a phrase.
    alone
        What it means anywhere; nothing where it cannot stand beside the others.
    found
        What it means inside what was read behind it.
    sibling
        Whether it lies beside that, in what is around both.
    doubt
        What else it may mean.
    """

    node: Node
    level: Level | None
    alone: Meaning
    found: Meaning
    sibling: bool
    doubt: str = ""


class Chain:
    """What was read of a chain, piece by piece from the widest on.

    Parameters
    ----------
    judges
        What is asked about the pieces.
    scope
        What is known of all of them.
    beside
        Whether pieces may stand beside one another: those of a phrase may, the cells of a row do not.
    """

    def __init__(self, judges: Judges, scope: Scope, *, beside: bool) -> None:
        self._read = judges.interpreter
        self._neighbours = judges.neighbours
        self._towns_and_units = judges.towns_and_units
        self._checks = judges.checks
        self._scope = scope
        self._beside = beside
        # The finest place so far, its piece, what is known of what lies in it, and what was known of itself.
        self._current: Meaning | None = None
        self._node: Node | None = None
        self._level: Level | None = None
        self._within = self._outer = scope
        # Pieces behind the finest place: items of the list that are whole, and what was not found or may mean more.
        self._done: list[tuple[Node, Meaning]] = []
        self._missing: list[Meaning] = []
        # What the missing ones mean by themselves.
        self._elsewhere: list[tuple[Node, Meaning]] = []
        self._left_out: list[str] = []
        self._doubts: list[str] = []

    def take(self, node: Node, level: Level | None, *, finest: bool) -> None:
        """Read the next piece; the finest comes last."""
        if self._current is None:
            self._begin(node, level)
        elif finest or not self._take_code(node, level, self._current):
            self._take(self._piece(node, level, self._current), self._current)

    def _begin(self, node: Node, level: Level | None) -> None:
        found = self._read.meaning(node, self._within)
        if found.method == "none":
            self._missing.insert(0, found)
        else:
            self._leave_out_missing(found)
            self._go_inside(node, found, level)

    def _take_code(self, node: Node, level: Level | None, current: Meaning) -> bool:
        """Read the GD of "Ducheng, GD, CN"; say whether it is such a code."""
        unit = self._towns_and_units.unit_of_code(node, current)
        if unit.method == "none":
            return False
        self._outer, self._node, self._level = self._within, node, level
        self._current, self._within = unit, self._within.within(unit)
        return True

    def _piece(self, node: Node, level: Level | None, current: Meaning) -> _Piece:
        # "Camp 9" is not a place of that name elsewhere, nor one that sounds so; a bank lies in what is behind it.
        bank = isinstance(node, Term) and node.op == "bank"
        numbered = bank or patterns.NUMBERED.match(node.text) is not None
        alone = self._read.meaning(node, self._scope) if self._beside and not numbered else Meaning()
        found = self._read.meaning(node, self._within)
        if numbered and found.method not in ("exact", "phrase"):
            found = Meaning(missing=(node.text,))
        if found.method == "container" and alone.method in ("exact", "type-word"):
            found = Meaning(missing=(node.text,))  # "Jawa Tengah, Jawa Timur": not some Tengah in Jawa Timur
        if self._neighbours.is_of_another_level(node, found, self._node, current):
            found = alone = Meaning(missing=(node.text,))
        sibling = self._beside and self._neighbours.is_sibling(node, found, current, self._within)
        piece = _Piece(node, level, alone, found, sibling)
        if is_part(node) and self._are_units(alone, current):
            return replace(piece, found=Meaning())  # "Northwest, Southwest" are two regions of Cameroon
        if sibling or not self._neighbours.are_one_place(alone, found):
            return piece
        if self._towns_and_units.is_far_fetched(node, alone, found, self._node, current):
            return replace(piece, found=Meaning(), doubt=f"or {node.text} in {self._node.text if self._node else ''}")
        return piece

    def _are_units(self, one: Meaning, other: Meaning) -> bool:
        """Say whether two are first-level units of one country."""
        return self._are_of_country("admin1", one, other) and heaviest(one.readings) != heaviest(other.readings)

    def _are_of_country(self, kind: str, one: Meaning, other: Meaning) -> bool:
        """Say whether both are places of a kind, in one country."""
        if not (one.is_stored and other.is_stored and self._read.kind(one) == self._read.kind(other) == kind):
            return False
        places = np.array([heaviest(meaning.readings) for meaning in (one, other)])
        countries = self._read.names.store.take("country", places)
        return bool(countries[0] == countries[1])

    def _take(self, piece: _Piece, current: Meaning) -> None:
        turned = self._turned(piece, current)
        if turned is None:
            return
        piece = turned
        beside = self._read.meaning(piece.node, self._outer) if piece.sibling else Meaning()
        if beside.method != "none":
            self._begin_item(piece.node, beside, current, self._outer)
        elif piece.found.method != "none":
            self._leave_out_missing(piece.found)
            self._go_inside(piece.node, self._doubted(piece, current), piece.level)
        elif self._stands_beside(piece, current):
            doubt = piece.doubt or self._neighbours.doubt_of_unit(piece.node, piece.alone, self._node, current)
            self._doubts += [doubt] if doubt else []
            self._outer = self._scope
            self._begin_item(piece.node, piece.alone, current, self._scope)
        else:
            self._fall_back(piece, current)

    def _turned(self, piece: _Piece, current: Meaning) -> _Piece | None:
        """Read "Syria, Aleppo", where the wider place stands first; return what is left to read, None for nothing."""
        if self._node is None or piece.alone.method == "none" or self._is_plain(piece, current):
            return piece
        if is_part(self._node) and self._are_units(piece.alone, current):
            return piece
        if piece.found.method == "exact" and self._is_far_wider(current, piece.alone):
            return piece  # "Hackney, London": no London lies in Hackney
        # Written the other way round, it lies in all that stands behind as well.
        around = piece.alone if self._outer == self._scope else self._read.meaning(piece.node, self._outer)
        if around.method != "none":
            inside = self._neighbours.inside(self._node, current, around, self._outer)
        elif self._outer != self._scope:
            # "Russia > Smolensk > Smolensk": the widest stands first.
            around = piece.alone
            inside = of_both(self._neighbours.inside(self._node, current, around, self._scope), current)
        else:
            inside = Meaning()
        if inside.method == "none":
            return piece
        if self._towns_and_units.is_far_fetched(self._node, current, inside, piece.node, around):
            return replace(piece, doubt=f"or {self._node.text} in {piece.node.text}")
        self._current, self._within = inside, self._outer.within(around).within(inside)
        return None

    def _is_far_wider(self, one: Meaning, other: Meaning) -> bool:
        """Say whether a place reaches farther than any that another name may mean."""
        if not (one.is_stored and other.is_stored):
            return False
        best = int(np.argmax(one.readings.weight))
        return bool(one.readings.radius[best] > _FAR_WIDER * other.readings.radius.max())

    def _is_plain(self, piece: _Piece, current: Meaning) -> bool:
        """Say whether a piece lies in its neighbour as it is written, and is smaller."""
        if piece.found.method not in ("exact", "type-word") or not self._neighbours.is_smaller(piece.alone, current):
            return False
        return not (is_border(self._node) and self._neighbours.may_be_unit(piece.alone))

    def _doubted(self, piece: _Piece, current: Meaning) -> Meaning:
        """Return what a piece means, with a doubt where it lies far from its neighbour."""
        found = piece.found
        if not self._beside or self._node is None:
            return found
        if not self._neighbours.lies_beyond(piece.node, found, current, self._within):
            return found
        return replace(found, doubt=found.doubt or f"not in {self._node.text}")

    def _stands_beside(self, piece: _Piece, current: Meaning) -> bool:
        if piece.alone.method == "none" or not self._neighbours.stands_beside(piece.alone, current):
            return False
        return not self._neighbours.was_inside(piece.node, self._node, current, self._scope)

    def _leave_out_missing(self, found: Meaning) -> None:
        """Note the pieces that were not found behind one that is; another name of it says nothing more."""
        for lost in self._missing:
            self._left_out += self._neighbours.not_said_by(lost, found, self._scope)
        self._missing, self._elsewhere = [], []

    def _go_inside(self, node: Node, found: Meaning, level: Level | None) -> None:
        self._outer = self._within
        self._current, self._node, self._level = found, node, level
        self._within = self._within.within(found)

    def _begin_item(self, node: Node, found: Meaning, current: Meaning, scope: Scope) -> None:
        """Begin another item of a list; the one before is whole."""
        self._done.insert(0, (self._node or node, current))
        self._left_out += [text for lost in self._missing for text in lost.missing]
        self._current, self._node, self._within = found, node, scope.within(found)
        self._missing, self._elsewhere = [], []

    def _fall_back(self, piece: _Piece, current: Meaning) -> None:
        """Take a town beyond the unit that it is filed under; else the piece is missing."""
        beyond = self._towns_and_units.beyond_unit(piece.node, current, self._scope)
        if beyond.method == "none" or self._missing:
            self._missing.insert(0, piece.found)
            if piece.alone.method == "exact" and self._are_of_country("city", piece.alone, current):
                self._elsewhere.insert(0, (piece.node, piece.alone))
            return
        self._current, self._node, self._level = beyond, piece.node, piece.level
        self._within = self._scope.within(beyond)

    def meaning(self) -> Meaning:
        """Return what the whole chain means."""
        current = self._current
        if current is None:
            return self._missing[0] if self._missing else Meaning()
        if len(self._missing) > 1 and len(self._elsewhere) == len(self._missing) and self._node is not None:
            current = self._list_missing(current, self._node)
        if self._missing:
            current = self._towns_and_units.fallen_back(current, self._missing, self._level, self._outer)
        if self._done and self._node is not None:
            pieces, items = zip((self._node, current), *self._done, strict=True)
            checked = self._checks.without_strays(pieces, items)
            current = self._read.composer.unite(self._read.composer.align(checked, self._read.kind), self._scope)
        if self._doubts and not current.doubt:
            current = replace(current, doubt="; ".join(self._doubts))
        return replace(current, left_out=(*current.left_out, *self._left_out)) if self._left_out else current

    def _list_missing(self, current: Meaning, node: Node) -> Meaning:
        """Let several towns that do not lie in the one behind them stand beside it: "Galle, Matara, Hambantota"."""
        self._doubts += [f"or {piece.text} in {node.text}" for piece, _ in self._elsewhere]
        (self._node, found), *rest = self._elsewhere
        self._done = [*rest, (node, current), *self._done]
        self._missing = []
        return found

    def prefer_city(self) -> None:
        """Prefer the city to the region of its name, where the finest piece is a name and was found.

        Of a column of units the unit is preferred.
        """
        if self._current is not None and isinstance(self._node, Name) and not self._missing:
            if self._level == "units":
                in_country = self._scope.country is not None
                self._current = self._towns_and_units.unit_of_name(self._current, in_country=in_country)
            else:
                self._current = self._towns_and_units.city_of_region(self._current)
