"""What only the whole of a table tells, lent to the work on a part of it.

The engines locate a table part by part. Whether ``03/04/2022`` is in March, whether an id is unique and whether a
count column has cells that are no counts can be seen in the whole table only: the engines look for it first, and
while `part_of` lasts the rooms that ask such questions of a column are answered from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Whole", "part_of", "whole"]


@dataclass(frozen=True)
class Whole:
    """Facts of a whole table.

    Attributes
    ----------
    ids
        The event ids of the rows of this part; None where they are those that the table's source gives.
    same_id
        Whether the column ``event_id`` holds an id for every row, each once.
    lost
        Count columns with cells that are no counts.
    orders
        By date column ``day-month`` or ``month-day``, and whether the ``column`` says so or it is ``assumed``.
    """

    ids: pd.Series | None
    same_id: bool
    lost: frozenset[str] = frozenset()
    orders: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_WHOLE: ContextVar[Whole | None] = ContextVar("whole", default=None)


def whole() -> Whole | None:
    """Return the facts of the table that is worked on in parts, None where a frame is all there is."""
    return _WHOLE.get()


@contextmanager
def part_of(facts: Whole) -> Iterator[None]:
    """Have frames taken for parts of a table while the block lasts."""
    token = _WHOLE.set(facts)
    try:
        yield
    finally:
        _WHOLE.reset(token)
