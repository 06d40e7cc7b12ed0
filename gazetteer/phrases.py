"""Reads a place phrase into its pieces.

A phrase as a person wrote it enters; its pieces leave, finest first, each a name inside the next:
``Zhanaozen, Mangystau, Kazakhstan``. What the pieces mean is looked up elsewhere.

::

    phrase    = piece { separator piece } ;
    separator = "," | ";" | "(" | ")" | "[" | "]" | " in " ;
"""

from __future__ import annotations

import re

__all__ = ["LONGEST", "pieces"]

# Longer cells are texts, not place phrases.
LONGEST = 500
_MOST_PIECES = 8
_SEPARATOR = re.compile(r"\s*[,;()\[\]，、،]\s*|\s+in\s+")
_FILLER = re.compile(r"^(?:(?:in|at|near the centre of|somewhere in|the)\s+)+", re.IGNORECASE)


def pieces(phrase: str) -> list[str]:
    """Return the pieces of a phrase, finest first, without empty ones and leading fillers.

    Examples
    --------
    >>> pieces("Zhanaozen, Mangystau, Kazakhstan")
    ['Zhanaozen', 'Mangystau', 'Kazakhstan']
    >>> pieces("in the village of Rami (Idlib)")
    ['village of Rami', 'Idlib']
    """
    parts = [_FILLER.sub("", part.strip()) for part in _SEPARATOR.split(_FILLER.sub("", phrase.strip()))]
    return [part for part in parts if part][:_MOST_PIECES]
