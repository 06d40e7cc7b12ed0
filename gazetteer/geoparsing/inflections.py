"""Names in running text that bear the ending of a case, or a small word in front: "Пакистане", "Нижнем Новгороде".

A key becomes the keys that it may be a form of. The endings, and the words that stand before names and behind the
adjectives of units, are those of the tables of `gazetteer.languages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, product

from gazetteer.geoparsing.tokens import Text, Vocabulary
from gazetteer.languages.tables import CODES, language
from gazetteer.names.normalize import normalize_name

__all__ = ["is_inflected_script", "stems", "unit_words", "words_before_places"]

_CYRILLIC, _ARABIC = ("ru", "uk", "kk"), "ar"
# Of names of several words each may have an ending; more combinations than this are not tried.
_MOST_FORMS, _MOST_WORDS, _SHORTEST = 100, 4, 3
_ENGLISH = frozenset(
    ("the", "of", "and", "in", "to", "was", "is", "for", "on", "with", "by", "that", "at", "from", "his", "were", "as")
)
# Letters of Turkish, whose texts have few small words.
_TURKISH = re.compile("[şğı]")
# "Vio a Arias", "a Maria".
_BEFORE_PERSONS = frozenset(("a",))
_UNITS = frozenset(("oblast", "krai", "district", "raion", "okrug", "republic", "province", "oblysy", "state"))


def is_inflected_script(key: str) -> bool:
    """Say whether a key is written in letters whose languages bend names.

    Examples
    --------
    >>> is_inflected_script("киеве"), is_inflected_script("kyiv")
    (True, False)
    """
    return "\u0400" <= key[:1] <= "\u04ff" or "\u0620" <= key[:1] <= "\u064a"


def stems(key: str) -> Iterator[str]:
    """Yield the keys that a key may be a form of, but for itself.

    Examples
    --------
    >>> "нижнии новгород" in set(stems("нижнем новгороде"))
    True
    """
    words = key.split()
    if len(words) > _MOST_WORDS:
        return
    if key[0] > "\u04ff":
        yield from (key[len(front) :] for front in _fronts() if key.startswith(front) and len(key) > len(front) + 2)
        return
    each = [list(dict.fromkeys([word, *_stripped(word)])) for word in words]
    yield from (" ".join(form) for form in islice(product(*each), 1, _MOST_FORMS))


def _stripped(word: str) -> Iterator[str]:
    for ending, instead in _endings():
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) > 1 and len(stem) + len(instead) >= _SHORTEST:
            yield stem + instead


@cache
def _endings() -> tuple[tuple[str, str], ...]:
    rows = ((normalize_name(a), normalize_name(b)) for code in _CYRILLIC for a, b in language(code).roles["ending"])
    return tuple(dict.fromkeys(rows))


@cache
def _fronts() -> tuple[str, ...]:
    return tuple(normalize_name(written) for written, _ in language(_ARABIC).roles["front"])


@cache
def words_before_places() -> frozenset[str]:
    """Return the words of other languages behind which a place's name is to be expected."""
    rows = (row for code in CODES for role in ("in", "before", "type") for row in _role(code, role))
    return frozenset(written.rstrip("'") for written, _ in rows if " " not in written) - _BEFORE_PERSONS


@cache
def unit_words() -> frozenset[str]:
    """Return the words in small letters that end the names of units: "области" of "Донецкой области"."""
    rows = (row for code in _CYRILLIC for row in _role(code, "type"))
    return frozenset(written for written, meaning in rows if meaning in _UNITS and written.isalpha())


def _role(code: str, role: str) -> tuple[tuple[str, str], ...]:
    return language(code).roles.get(role, ())


@cache
def _small_words() -> frozenset[str]:
    return frozenset(written for code in CODES for written, _ in _role(code, "small"))


def is_little_read(text: Text, vocabulary: Vocabulary) -> bool:
    """Say whether a text is in a language in Latin letters other than English, by its small words."""
    small = [vocabulary.small[word] for word in text.word.tolist()]
    others = sum(word in _small_words() for word in small) + 2 * any(map(_TURKISH.search, small))
    return others > 1 and others > 2 * sum(word in _ENGLISH for word in small)
