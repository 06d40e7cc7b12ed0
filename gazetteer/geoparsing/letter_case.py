"""Gives a text without capitals, or in capitals throughout, the capitals of the places that it may name.

A text enters, and a text of the same length leaves: all small letters, but for the names of well-known places. A text
that has both kinds of letters is returned as it is. The recognizer reads names by their capitals.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["with_capitals"]

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Shorter texts are names or codes; a name has at most so many words.
_FEWEST_WORDS, _MOST_WORDS = 4, 4


def with_capitals(text: str, is_place: Callable[[str], bool]) -> str:
    """Return a text of one case with capitals where well-known places are named.

    Parameters
    ----------
    text
        Running text.
    is_place
        Tells whether small letters are the name of a well-known place and no common word.

    Examples
    --------
    >>> with_capitals("explosions near port sudan again", {"port sudan"}.__contains__)
    'explosions near Port Sudan again'
    >>> with_capitals("TROOPS LEFT GOMA ON MONDAY", {"goma"}.__contains__)
    'troops left Goma on monday'
    """
    if any(map(str.isupper, text)) and any(map(str.islower, text)):
        return text
    small = text.lower()
    words = list(_WORD.finditer(small))
    if len(words) < _FEWEST_WORDS or len(small) != len(text):
        return text
    letters = list(small)
    first = 0
    while first < len(words):
        last = first
        for candidate in range(min(first + _MOST_WORDS, len(words)) - 1, first - 1, -1):
            if is_place(small[words[first].start() : words[candidate].end()]):
                last = candidate
                for word in words[first : last + 1]:
                    letters[word.start()] = letters[word.start()].upper()
                break
        first = last + 1
    capitals = "".join(letters)
    return capitals if len(capitals) == len(text) else text
