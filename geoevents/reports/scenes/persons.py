"""Tell names of persons from places of the same name: "the kidnapping of Foley" in a report of James Foley."""

from __future__ import annotations

import re

from geoevents.reports.language.event_types import role_words

__all__ = ["is_surname"]

_TITLES = role_words()["title"]
# Words before a name that are no first names, and those that say that what follows is a place.
_NO_FIRST_NAMES = (
    role_words()["before a place"]
    | role_words()["place noun"]
    | role_words()["particle of names"]
    | role_words()["not a name"]
    | role_words()["event word"]
    | role_words()["beside a place"]
    | role_words()["phrase end"]
    | role_words()["determiner"]
    | role_words()["place preposition"]
)
# What opens a sentence has a capital, whatever it is.
_OPENS = re.compile(r"(?:\A|[.!?:;\n\"“”‘(\[|•*]|[-–—])\s*\Z")
_LOCATED = re.compile(r"\b(?:in|at|near|around|outside|inside|to|from|of|through|towards?)(?: the)? \Z")
# A first name or a title right before a name, and how far before a name it is looked for, characters.
_FIRST_NAME, _REACH = re.compile(r"(?<![\w‑–.-])([A-ZÀ-Þ][a-zà-ÿ]+\.?) \Z"), 25


def is_surname(letters: str, name: str) -> bool:
    """Whether a text names somebody in full by a name of one word, or with a title.

    Parameters
    ----------
    letters
        The text.
    name
        The name as written.

    Examples
    --------
    >>> is_surname("The reporter James Foley was taken in Syria. The kidnapping of Foley shocked many.", "Foley")
    True
    >>> is_surname("Clashes in New Halfa went on. Two people died in Halfa.", "Halfa")
    False
    """
    if not name.isalpha():
        return False
    at = letters.find(name)
    while at >= 0:
        end = at + len(name)
        found = _FIRST_NAME.search(letters, max(0, at - _REACH), at)
        if found is not None and not (letters[end : end + 1].isalnum() or letters[end : end + 1] == "-"):
            first = found[1].lower().removesuffix(".")
            if first in _TITLES:
                return True
            before = letters[max(0, found.start() - _REACH) : found.start()]
            is_name = not found[1].endswith(".") and first not in _NO_FIRST_NAMES
            if is_name and not _LOCATED.search(before) and not _OPENS.search(before):
                return True
        at = letters.find(name, end)
    return False
