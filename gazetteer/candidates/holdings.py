"""Which countries and units belonged to a country on a day beside its own: territories, claimed land, parts of old.

``holdings.csv`` gives ISO 3166-1 alpha-3 codes of countries and ISO 3166-2 codes of units. A row says since
when and until when a part belonged to a holder; an empty end is open.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from gazetteer.dates import day_number
from gazetteer.locks import cached_property

__all__ = ["Holdings"]

_OPEN = 10**7


@dataclass(frozen=True, slots=True)
class _Holding:
    part: str
    first: int
    last: int


class Holdings:
    """The table of holdings, read when it is first asked for.

    Parameters
    ----------
    folder
        Where ``holdings.csv`` is.

    Examples
    --------
    >>> from gazetteer.dates import day_number
    >>> from gazetteer.bundled import BUNDLED
    >>> holdings = Holdings(BUNDLED)
    >>> holdings.on("SDN", day_number("2009-01-01")), holdings.on("SDN", day_number("2020-01-01"))
    (['SSD'], [])
    >>> holdings.ever("SDN")
    ['SSD']
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "holdings.csv"

    @cached_property
    def _by_holder(self) -> dict[str, list[_Holding]]:
        found: dict[str, list[_Holding]] = {}
        with self._path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                first = day_number(row["from"]) if row["from"] else -_OPEN
                last = day_number(row["to"]) if row["to"] else _OPEN
                found.setdefault(row["holder"], []).append(_Holding(row["part"], first, last))
        return found

    @property
    def days_of_change(self) -> set[int]:
        """The days on which a holding begins or is gone."""
        spells = [held for holdings in self._by_holder.values() for held in holdings]
        return {held.first for held in spells} | {held.last + 1 for held in spells}

    def on(self, country: str, day: int) -> list[str]:
        """Return what belonged to a country on a day, or is claimed by it."""
        return [held.part for held in self._by_holder.get(country, []) if held.first <= day <= held.last]

    def ever(self, country: str) -> list[str]:
        """Return what belongs, belonged or is claimed to belong to a country on any day."""
        return [held.part for held in self._by_holder.get(country, [])]
