"""Borders that have a name of their own: the Durand Line, the Line of Control.

Such a phrase becomes the names of the two countries. The names stand in ``data/named_borders.csv``.
"""

from __future__ import annotations

import csv
from functools import lru_cache

from gazetteer.bundled import BUNDLED
from gazetteer.names.normalize import normalize_name

__all__ = ["named_border", "words_of_named_borders"]

# An abbreviation counts only as it is written in the table: "LAC" is a border, "lac" a lake.
_LONGEST_ABBREVIATION = 4


def named_border(phrase: str) -> tuple[str, str] | None:
    """Return the countries on both sides of a border that has a name, None for any other phrase.

    Examples
    --------
    >>> named_border("along the Durand Line"), named_border("LAC"), named_border("lac")
    (('Afghanistan', 'Pakistan'), ('India', 'China'), None)
    """
    words = phrase.strip()
    for lead in ("along ", "across ", "on ", "near ", "at ", "the "):
        if words.lower().startswith(lead):
            words = words[len(lead) :].strip()
    abbreviations, names = _table()
    return abbreviations.get(words) or names.get(normalize_name(words))


@lru_cache(maxsize=1)
def words_of_named_borders() -> frozenset[str]:
    """Return the words of all such names, in small letters."""
    abbreviations, names = _table()
    return frozenset(word for name in (*abbreviations, *names) for word in name.lower().split())


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
    abbreviations: dict[str, tuple[str, str]] = {}
    names: dict[str, tuple[str, str]] = {}
    with (BUNDLED / "named_borders.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            pair = row["one"], row["other"]
            if len(row["name"]) <= _LONGEST_ABBREVIATION:
                abbreviations[row["name"]] = pair
            else:
                names[normalize_name(row["name"])] = pair
    return abbreviations, names
