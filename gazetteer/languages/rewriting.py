"""A place phrase in English, with letters for the names in it; and what tells whether a text may be one."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field

from gazetteer.languages.tables import Language

__all__ = ["EDGES", "Rewriting", "has_trigger", "is_triggered", "renamed", "word_pieces"]

EDGES = ' \t\n.,;:«»"“”()'
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True)
class Rewriting:
    """A phrase in English.

    Attributes
    ----------
    english
        With `Qqa`, `Qqb`, … in the place of the names.
    names
        What each of them is to be looked up as.
    certain
        Whether all of them are known.
    known
        Whether one of them is.
    """

    english: str
    names: dict[str, str] = field(default_factory=dict)
    certain: bool = True
    known: bool = True


def word_pieces(text: str) -> set[str]:
    """Return the words of a text in small letters, and what stands before and behind their apostrophes."""
    found = set(_WORD.findall(text.lower().replace("’", "'")))
    return found | {piece for word in found if "'" in word for piece in (*word.split("'"), "'" + word.split("'")[-1])}


def is_triggered(pieces: Set[str], spoken: Language) -> bool:
    """Say whether one of the words is a word of a frame, which most names have none of."""
    return has_trigger(pieces, *spoken.triggers)


def has_trigger(pieces: Set[str], words: frozenset[str], beginnings: tuple[str, ...]) -> bool:
    """Say whether one of the words is among some, or begins as some do."""
    return not words.isdisjoint(pieces) or any(piece.startswith(beginnings) for piece in pieces)


def renamed(one: Rewriting, names: dict[str, str]) -> str:
    """Add the names of a rewriting to those of another; return its English with letters that are free there."""

    def fresh(found: re.Match[str]) -> str:
        letter = f"Qq{chr(ord('a') + len(names))}"
        names[letter] = one.names[found[0]]
        return letter

    return re.sub(r"Qq[a-z]", fresh, one.english)
