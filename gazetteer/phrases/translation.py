"""Reads place phrases of other languages than English.

A phrase becomes its tree, with the names as they are to be looked up. The frames stand in `gazetteer.languages`;
which words are names is asked of the index.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.name_index import NameIndex
from gazetteer.languages.frames import Frames, unread_language
from gazetteer.phrases import parser
from gazetteer.phrases.tree import Name, Node, Term

__all__ = ["Translator"]

_PLACEHOLDER = re.compile(r"Qq[a-z]")
_REMEMBERED = 20_000
_WORDS_OF_A_NAME = 2


class Translator:
    """Reads phrases by the frames of several languages.

    Parameters
    ----------
    names
        The readings of names.
    countries
        What a country's name means.
    """

    def __init__(self, names: NameIndex, countries: CountryResolver) -> None:
        self._names = names
        self._countries = countries
        self._prominence = lru_cache(maxsize=_REMEMBERED)(self._weight)
        self._frames = Frames(
            self._prominence,
            countries.official_name,
            countries.of_adjective,
            lru_cache(maxsize=_REMEMBERED)(countries.name_in_language),
        )

    def read(self, phrase: str) -> Node | None:
        """Return the tree of a phrase, None when no frame of another language fits it."""
        found = self._frames.read(phrase)
        if found is None or (not found.known and _may_be_a_name(phrase)):
            return None
        return _with_names(parser.read(found.english), found.names)

    def unread(self, phrase: str) -> str:
        """Return why a phrase is not read: the frames of its language are not known; empty when it may be read."""
        language = unread_language(phrase)
        return f"a phrase in {language}, which is not read: {phrase}" if language else ""

    def _weight(self, name: str) -> float | None:
        """Return how prominent the place is that a name means; None for a name that the index lacks."""
        readings = self._names.readings(self._names.key(name), standalone=True)
        return float(readings.weight.max()) if len(readings.owner) else None


def _may_be_a_name(phrase: str) -> bool:
    """Say whether a phrase may be one name, of two words in capitals: "Um Baru" is not "near Baru" in German."""
    words = phrase.split()
    return len(words) == _WORDS_OF_A_NAME and all(word[:1].isupper() for word in words)


def _with_names(node: Node, names: dict[str, str]) -> Node:
    """Put the names into a tree in the place of the letters that stood for them."""

    def put(text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: names.get(found[0], found[0]), text)

    if isinstance(node, Name):
        return Name(put(node.text))
    return Term(node.op, tuple(_with_names(part, names) for part in node.of), put(node.text), node.direction, node.km)
