"""How deep in a phrase the parser is: what a rule of the grammar is given beside its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gazetteer.phrases import lists
from gazetteer.phrases.tree import Node

__all__ = ["DEEPEST", "Known", "Level"]

DEEPEST = 6


def _no_name(_: str) -> bool:
    return False


def _no_kinds(_: str) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of texts while a phrase is read; nothing, if not given.

    Attributes
    ----------
    is_name
        Says whether a text is a name as a whole.
    kinds
        Returns the kinds of the places that a text names, `gazetteer.model.Kind`; of "Libyan" as of "Libya", with
        ``adjective`` where the text is no name of any: "Chechen".
    """

    is_name: lists.IsName = _no_name
    kinds: Callable[[str], frozenset[str]] = _no_kinds


@dataclass(frozen=True, slots=True)
class Level:
    """How deep in a phrase the parser is, and what it reads the pieces with.

    Attributes
    ----------
    known
        What is known of texts.
    reader
        Reads a piece at a level.
    """

    known: Known
    reader: Callable[[str, Level], Node]
    depth: int = 0

    @property
    def is_name(self) -> lists.IsName:
        """What says whether a text is a name as a whole."""
        return self.known.is_name

    def deeper(self) -> Level:
        """Return the level of a piece of this one."""
        return replace(self, depth=self.depth + 1)

    def read(self, text: str) -> Node:
        """Return the tree of a piece."""
        return self.reader(text, self)
