"""The tree of a phrase: its leaves are names, its branches say what the words around them ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Name", "Node", "Op", "Term", "direction_code"]

Op = Literal[
    "part",
    "toward",
    "offset",
    "near",
    "bank",
    "outskirts",
    "countryside",
    "between",
    "road",
    "border",
    "coast",
    "offshore",
    "capital",
    "members",
    "minus",
    "sequence",
    "list",
    "side",
    "tripoint",
]


@dataclass(frozen=True, slots=True)
class Name:
    """A leaf: words that are to be looked up."""

    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A branch: what the words ask for, and of what.

    Attributes
    ----------
    op
        ``sequence``: things separated by commas, finest first as a rule, each of which may lie in the next or stand
        beside it. ``list``: things joined by "and", which stand beside one another unless one contains the other.
    of
        What it is asked for; nothing where that is what stands around ("the north").
    text
        The words it was read from: where they are a name as a whole, the name wins.
    direction
        N, NE, E, … NNW, or C for the middle; empty where none is said. Of members, their status where that is
        another, or how many there are.
    km
        A distance; None where none is said.
    """

    op: Op
    of: tuple[Node, ...]
    text: str
    direction: str = ""
    km: float | None = None


Node = Name | Term


def direction_code(words: str) -> str:
    """Return N, NE, … or C for a direction in any usual spelling; empty for none.

    Examples
    --------
    >>> [direction_code(w) for w in ("north-western", "N.", "far south", "central", "SSW", "upper")]
    ['NW', 'N', 'S', 'C', 'SSW', '']
    """
    plain = re.sub(r"^(?:far|extreme|deep|remote)[\s-]+", "", words.strip().lower())
    plain = re.sub(r"(?:ern(?:most)?|erly)$", "", re.sub(r"[\s.-]", "", plain))
    if plain in ("central", "inner", "centre", "center", "middle", "downtown"):
        return "C"
    code = re.sub("north", "n", re.sub("south", "s", re.sub("east", "e", re.sub("west", "w", plain)))).upper()
    return code if re.fullmatch(r"[NSEW]|[NS][EW]|[NS]{2}[EW]|[EW][NS][EW]", code) else ""
