"""How deep in a phrase the parser is: what a rule of the grammar is given beside its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gazetteer.phrases import lists
from gazetteer.phrases.tree import Node

__all__ = ["DEEPEST", "Level"]

DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Level:
    """How deep in a phrase the parser is, and what it reads the pieces with.

    Attributes
    ----------
    is_name
        Says whether a text is a name as a whole.
    reader
        Reads a piece at a level.
    """

    is_name: lists.IsName
    reader: Callable[[str, Level], Node]
    depth: int = 0

    def deeper(self) -> Level:
        """Return the level of a piece of this one."""
        return replace(self, depth=self.depth + 1)

    def read(self, text: str) -> Node:
        """Return the tree of a piece."""
        return self.reader(text, self)
