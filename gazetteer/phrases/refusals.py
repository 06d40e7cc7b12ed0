"""Says why a text is no place phrase, or no name: it is empty, too long, too short, or a word that is not a place.

A refusal is a text for people; an empty one refuses nothing.
"""

from __future__ import annotations

from gazetteer.candidates.name_index import NameIndex
from gazetteer.phrases import parser
from gazetteer.phrases.meaning import Scope

__all__ = ["refusal_of_name", "refusal_of_text"]


def refusal_of_text(text: str, names: NameIndex) -> str:
    """Return why a text is not a place phrase.

    Examples
    --------
    >>> import gazetteer
    >>> names = gazetteer.load().parts.resolver.names
    >>> [refusal_of_text(text, names) for text in ("Kabul", " ", "unknown")]
    ['', 'empty', 'not a place: filler']
    """
    if not text or not text.strip():
        return "empty"
    if len(text) > parser.LONGEST:
        return f"longer than {parser.LONGEST} characters: a text, not a place"
    reason = names.not_places.get(names.key(text))
    return f"not a place: {reason}" if reason else ""


def refusal_of_name(text: str, names: NameIndex, scope: Scope) -> str:
    """Return why a text is not a name, for what it says or for its length."""
    return refusal_of_text(text, names) or _too_short(text, scope)


def _too_short(text: str, scope: Scope) -> str:
    letters = [letter for letter in text if letter.isalnum()]
    if letters and not any(map(str.isalpha, letters)):
        return "not a place: no letter in it"
    bare = scope.country is None and not scope.containers
    return "not a place: one letter" if len(letters) == 1 and letters[0].isascii() and bare else ""
