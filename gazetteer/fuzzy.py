"""Repairs a misspelt key by one letter.

A key that no name has enters; the keys one edit away that some name has leave. Whether one of them is clearly meant
is for the ranking to say.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

__all__ = ["SHORTEST", "neighbours"]

# Below this length one edit makes another word more often than it repairs one.
SHORTEST = 5
_LONGEST = 40
_LATIN = "abcdefghijklmnopqrstuvwxyz "
_CYRILLIC = "абвгдежзиклмнопрстуфхцчшщъыьэюяәғқңөұүһії "


def neighbours(key: str, number: Callable[[str, int], int]) -> list[int]:
    """Return the numbers of all keys one insertion, deletion, replacement or swap away (Damerau 1964).

    Parameters
    ----------
    key
        A folded name.
    number
        Key to number, and what to return when there is none.

    Examples
    --------
    >>> known = {"kandahar": 1, "djibouti": 2}
    >>> neighbours("kandahr", known.get), neighbours("almaty", known.get)
    ([1], [])
    """
    if not SHORTEST <= len(key) <= _LONGEST:
        return []
    letters = _letters(key)
    found = {number(candidate, -1) for i in range(len(key) + 1) for candidate in _edits(key[:i], key[i:], letters)}
    return sorted(found - {-1})


def _edits(head: str, tail: str, letters: str) -> list[str]:
    edits = [head + letter + tail for letter in letters]
    if tail:
        edits.append(head + tail[1:])
        edits += [head + letter + tail[1:] for letter in letters]
    if len(tail) > 1:
        edits.append(head + tail[1] + tail[0] + tail[2:])
    return edits


def _letters(key: str) -> str:
    if key.isascii():
        return _LATIN
    script = unicodedata.name(key[0], "").split(" ")[0]
    return _CYRILLIC if script == "CYRILLIC" else "".join(sorted(set(key)))
