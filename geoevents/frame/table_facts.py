"""Facts of a whole table that its parts cannot show.

The engines locate a table part by part. Whether ``03/04/2022`` is in March, whether an id is unique and whether a
count column has cells that are not counts shows only in the whole table. The engines survey the table first and hand
what they found to the functions that work on a part, as the parameter ``facts``; None means that a frame is all there
is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TableFacts"]


@dataclass(frozen=True)
class TableFacts:
    """Facts of the whole table that a frame is a part of.

    Attributes
    ----------
    ids
        The event ids of the rows of this part; None where the table's source gives them.
    same_id
        Whether the column ``event_id`` holds an id for every row, each once.
    lost
        Count columns with cells that are not counts.
    orders
        By date column: ``day-month`` or ``month-day``, and whether the ``column`` shows the order or it is
        ``assumed``.
    """

    ids: pd.Series | None
    same_id: bool
    lost: frozenset[str] = frozenset()
    orders: Mapping[str, tuple[str, str]] = field(default_factory=dict)
