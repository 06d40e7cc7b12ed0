"""What people call their columns: the one list that every reader, `geoevents.locate` and the engines use.

The list is ``data/column_names.tsv``: a role, a language, and the names that columns of this role bear. Case, accents,
spaces, dashes, underscores and dots make no difference, and words that say nothing (``event``, ``of``, ``name``) may
stand around a name: ``Location of Incident`` is ``location``.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["NamedColumn", "column_key", "named_best", "roles_of", "world_regions"]

_FILLER = "filler"
# A title of a spreadsheet is not a name: longer ones are not compared.
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True, order=True)
class NamedColumn:
    """A column that a role may be read from; smaller is the better name.

    Attributes
    ----------
    extra
        How many words stand around the name.
    rank
        The place of the name in its list, the commonest first.
    column
        The column's own name.
    around
        The words around the name; columns that belong together (``from_lat`` and ``from_lon``) share them.
    """

    extra: int
    rank: int
    column: str
    around: tuple[str, ...]


def column_key(name: object) -> str:
    """Return a column's name in lower case, without accents, its words joined by underscores.

    Examples
    --------
    >>> column_key("Fecha-de.Inicio "), column_key("admin1Name"), column_key("_Location_GPS_latitude")
    ('fecha_de_inicio', 'admin1_name', 'location_gps_latitude')
    """
    return "_".join(_words(str(name)))


@cache
def _words(name: str) -> tuple[str, ...]:
    apart = re.sub(r"(?<=[a-zа-я0-9])(?=[A-ZА-Я][a-zа-я])", " ", name)
    plain = unicodedata.normalize("NFKD", apart.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(re.findall(r"[^\W_]+", plain.replace("'", " ").replace("’", " ")))


@cache
def _lists() -> tuple[Mapping[tuple[str, ...], tuple[tuple[str, int], ...]], frozenset[str]]:
    """Return roles and ranks by the words of a name, and the words that say nothing."""
    text = (files("geoevents") / "data" / "column_names.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t")
    found: dict[tuple[str, ...], dict[str, int]] = {}
    filler: set[str] = set()
    for row in rows:
        for rank, name in enumerate(row["names"].split("|")):
            words = _words(name)
            if row["role"] == _FILLER:
                filler |= set(words)
            else:
                ranks = found.setdefault(words, {})
                ranks[row["role"]] = min(rank, ranks.get(row["role"], rank))
    return {words: tuple(ranks.items()) for words, ranks in found.items()}, frozenset(filler)


def roles_of(name: object) -> dict[str, NamedColumn]:
    """Return the roles that a column's name fits, and how well.

    Examples
    --------
    >>> sorted(roles_of("Location of Incident")), sorted(roles_of("Широта")), roles_of("Serial")
    (['place'], ['lat'], {})
    """
    names, filler = _lists()
    found: dict[str, NamedColumn] = {}
    # Of a path ("group/village", "Location.lat") the last part may be the name by itself.
    whole = str(name)
    last = re.split(r"[/.:]", whole)[-1]
    for text, penalty in ((whole, 0), (last, 1)) if last != whole else ((whole, 0),):
        words = _words(text)[:_MOST_WORDS]
        for start in range(len(words)):
            for end in range(len(words), start, -1):
                around = words[:start] + words[end:]
                if words[start:end] not in names or not filler.issuperset(around):
                    continue
                outside = around if text == whole else (*_words(whole[: len(whole) - len(last)]), *around)
                for role, rank in names[words[start:end]]:
                    fit = NamedColumn(len(around) + penalty, rank, whole, outside)
                    found[role] = min(fit, found.get(role, fit))
    return found


def named_best(columns: Iterable[Mapping[str, NamedColumn]], *roles: str) -> list[NamedColumn]:
    """Return the columns whose names fit one of the roles, the best name first.

    Parameters
    ----------
    columns
        What `roles_of` says of each name.
    *roles
        Of a column that fits several, the first decides.

    Examples
    --------
    >>> names = map(roles_of, ["notes", "Town", "Place of event", "ID"])
    >>> [found.column for found in named_best(names, "place", "city")]
    ['Town', 'Place of event']
    """
    found = []
    for fits in columns:
        found += [fits[role] for role in roles if role in fits][:1]
    return sorted(found)


@cache
def world_regions() -> frozenset[str]:
    """Return continents and regions of the world, in lower case: a column of them names no place."""
    text = (files("geoevents") / "data" / "world_regions.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
