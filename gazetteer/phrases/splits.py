"""Finds where one name ends and the container behind it begins: "Houston TX", "Lashkar Gah Helmand Afghanistan".

A function of the caller tells whether words name a container; the ways to split come with the longest container
first. Whether the first part lies in the second is for the caller to look up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

__all__ = ["splits"]

# A container has at most so many words ("Democratic Republic of the Congo"), a phrase with one at most so many.
_MOST_TAIL, _MOST_WORDS = 6, 12


def splits(text: str, is_container: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield the first part and the container of each way to split a text, longest container first.

    Examples
    --------
    >>> list(splits("Rakhine State Myanmar", {"Myanmar", "State Myanmar"}.__contains__))
    [('Rakhine', 'State Myanmar'), ('Rakhine State', 'Myanmar')]
    """
    words = text.split()
    if not 2 <= len(words) <= _MOST_WORDS:
        return
    for first in range(max(1, len(words) - _MOST_TAIL), len(words)):
        tail = " ".join(words[first:])
        if is_container(tail):
            yield " ".join(words[:first]), tail
