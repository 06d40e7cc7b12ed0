"""Gives a text without capitals, or in capitals throughout, the capitals of the places that it may name.

The text keeps its length: it becomes all small letters, but for the names of well-known places. A text
that has both kinds of letters is returned as it is. The recognizer reads names by their capitals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

__all__ = ["with_capitals"]

_WORD = re.compile(r"[^\W\d_]+(?:['’-](?!s\b)[^\W\d_]+)*")
# Shorter texts are names or codes; a name has at most so many words.
_FEWEST_WORDS, _MOST_WORDS = 4, 4
_JOINING = ("and", "or")


def with_capitals(text: str, is_place: Callable[[str, bool, str], bool], supporting: Collection[str] = ()) -> str:
    """Return a text of one case with capitals where well-known places are named.

    Parameters
    ----------
    text
        Running text.
    is_place
        Tells whether small letters are the name of a well-known place and no common word; when the second argument is
        true, of a lesser one, since the words before it speak for a place. The third is the word that follows.
    supporting
        Words before a name that speak for a place: "in".

    Examples
    --------
    >>> with_capitals("explosions near port sudan again", lambda words, *_: words == "port sudan")
    'explosions near Port Sudan again'
    >>> with_capitals("ATTACK IN DJIBO AND KAYA", lambda words, told, _: told and words in ("djibo", "kaya"), {"in"})
    'attack in Djibo and Kaya'
    """
    if any(map(str.isupper, text)) and any(map(str.islower, text)):
        return text
    small = text.lower()
    words = list(_WORD.finditer(small))
    if len(words) < _FEWEST_WORDS or len(small) != len(text):
        return text
    letters = list(small)
    first, place = 0, -1
    while first < len(words):
        last = first
        before = words[first - 1].group() if first else ""
        is_supported = before in supporting or (before in _JOINING and first - 2 == place)
        for candidate in range(min(first + _MOST_WORDS, len(words)) - 1, first - 1, -1):
            after = words[candidate + 1] if candidate + 1 < len(words) else None
            behind = after.group() if after and small[after.start() - 1] == " " else ""
            if is_place(small[words[first].start() : words[candidate].end()], is_supported, behind):
                last = place = candidate
                for word in words[first : last + 1]:
                    letters[word.start()] = letters[word.start()].upper()
                break
        first = last + 1
    capitals = "".join(letters)
    return capitals if len(capitals) == len(text) else text
