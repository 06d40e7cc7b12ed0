"""Says whether a column of a table holds towns or units, so that a cell of it stands for no more than that.

The name of a column and its cells show its level. The words of names stand in ``data/column_levels.csv``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache

import numpy as np

from gazetteer.bundled import BUNDLED
from gazetteer.names.normalize import normalize_name
from gazetteer.phrases.meaning import Level
from gazetteer.phrases.resolver import Resolver

__all__ = ["level_in_name", "level_of_column"]

# So many cells of a column tell what it holds, and fewer than the least tell nothing. Towns bear the name of a unit
# often, units seldom lack one in the index: a column where half of the known cells name no unit is one of towns.
_SAMPLE, _LEAST, _HALF = 40, 3, 0.5


def level_of_column(name: str, cells: Iterable[tuple[str, str | None, int]], resolver: Resolver) -> Level:
    """Return the level of a column: by its name, or else by what its cells name; the wider one where neither tells.

    Parameters
    ----------
    name
        Of the column; empty where it has none.
    cells
        Distinct cells, each with the country (alpha-3) and the day of its row.
    resolver
        Knows what the cells name.
    """
    said = level_in_name(name)
    if said is not None:
        return said
    units = towns = 0
    for text, country, day in cells:
        if units + towns >= _SAMPLE:
            break
        found = resolver.generator.generate_exact(text, country, day)
        if len(found.readings.owner):
            kinds = resolver.store.take("kind", found.readings.place)
            unit = bool(np.isin(kinds, ("admin1", "admin2", "region", "country")).any())
            units, towns = units + unit, towns + (not unit)
    return "town" if units + towns >= _LEAST and towns > _HALF * (units + towns) else "unit"


def level_in_name(name: str) -> Level | None:
    """Return the level that the name of a column tells, None where it tells none.

    Examples
    --------
    >>> level_in_name("Province"), level_in_name("place")
    ('units', None)
    """
    words = _words(name)
    whole = _levels().get(" ".join(words))
    said = {level for word in words if (level := _levels().get(word))} if whole is None else {whole}
    return said.pop() if len(said) == 1 else None


def _words(name: str) -> list[str]:
    """Return the words of a column's name: of "adm_2" and "Admin2Name" as well."""
    return normalize_name(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|_", " ", name)).split()


@cache
def _levels() -> dict[str, Level]:
    with (BUNDLED / "column_levels.csv").open(encoding="utf-8", newline="") as lines:
        return {
            normalize_name(row["word"]): "town" if row["level"] == "town" else "units" for row in csv.DictReader(lines)
        }
