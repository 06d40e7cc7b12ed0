"""Parse JSON in less time than Python's parser takes, where that is certain to find the same.

orjson keeps the last of two members of one name, and makes a float of a whole number of more than 64 bits. A text that
may hold either is left to the careful parser, as is one that orjson refuses: the careful one says what is wrong.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, compress

import orjson

__all__ = ["kept_objects", "parsed"]

_ONE_DIGIT, _ONE_BLANK = bytes.maketrans(b"123456789", b"0" * 9), bytes.maketrans(b"\t\n\r", b"   ")
_CONTAINERS = frozenset({dict, list})
# Digits in a row that may be more than 64 bits.
_LONG_NUMBER = b"0" * 19


@contextmanager
def kept_objects() -> Iterator[None]:
    """Make objects by the million without a search for cycles among them, which takes half of the time; none has any.

    Reference counts free what is no longer needed, as ever. The search goes on behind the block where it was on before.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def parsed(texts: Sequence[str]) -> list[object] | None:
    """Return the values of JSON texts, None where they are to be read with care.

    Examples
    --------
    >>> parsed(['{"a": 1}']), parsed(['{"a": 1, "a": 2}']), parsed(["[123456789012345678901]"]), parsed(["{"])
    ([{'a': 1}], None, None, None)
    """
    try:
        letters = "\n".join(texts).encode("utf-8")
        values = [orjson.loads(text) for text in texts]
    except (ValueError, RecursionError):
        return None
    if _has_long_number(letters) or _names(values) != _most_names(letters):
        return None
    return values


def _has_long_number(letters: bytes) -> bool:
    """Return whether a number, or a text, may have so many digits in front of its decimal point."""
    plain = letters.translate(_ONE_DIGIT)
    at = plain.find(_LONG_NUMBER)
    while at >= 0:
        # Behind a decimal point digits are many where a program writes all that a float has: both parsers round alike.
        if plain[at - 1 : at] != b".":
            return True
        at = plain.find(_LONG_NUMBER, at + len(_LONG_NUMBER))
    return False


def _names(values: list[object]) -> int:
    """Return the members of all objects in some values; coordinates, which have none, are not looked through."""
    names, level = 0, values
    while level:
        objects = [one for one in level if isinstance(one, dict)]
        names += sum(map(len, objects))
        inner = (one.values() for one in objects if "coordinates" not in one)
        lists = (one for one in level if isinstance(one, list))
        cells = list(chain.from_iterable(chain(inner, lists)))
        # By the million, without a step of Python's own for each.
        level = list(compress(cells, map(_CONTAINERS.__contains__, map(type, cells))))
    return names


def _most_names(letters: bytes) -> int:
    """Return how many names of members a text may have: its colons behind a quotation mark, also those within texts."""
    plain = letters.translate(_ONE_BLANK)
    return plain.count(b'":') + plain.count(b'" :') + plain.count(b"  :")
