"""Reads the tables of groups and regions: ``groups.csv`` and ``regions.csv``.

A group has members: ISO 3166-1 alpha-3, Kosovo ``XKX``; a state of the past stands under the code that ISO 3166-3
keeps for it (``SUN``, ``YUG``, ``DDR``). A suspension is a row of its own inside a membership: a suspended state is a
member still. A region has units: places of the gazetteer, other regions, groups; a leading ``-`` takes a unit away.
``from`` and ``to`` are the first and the last day, empty is open; where a source gives a year or a month only, ``from``
is its first day and ``to`` its last.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gazetteer.dates import day_number
from gazetteer.errors import DataError
from gazetteer.locks import LOADING

__all__ = ["OPEN", "Region", "Spell", "place_of_member", "read_group_names", "read_regions", "read_spells"]

# Withdrawn codes (ISO 3166-3), and codes that stood for another state up to a day: the state that was meant. Of a
# country that was larger, ``of`` in regions.csv says so.
_DISSOLVED = {
    "SUN": "region:soviet-union",
    "YUG": "region:yugoslavia",
    "SCG": "region:serbia-and-montenegro",
    "CSK": "region:czechoslovakia",
    "DDR": "region:east-germany",
    "YMD": "region:south-yemen",
    "VDR": "region:north-vietnam",
}
_BEFORE = {
    "DEU": (day_number("1990-10-02"), "region:west-germany"),
    "YEM": (day_number("1990-05-21"), "region:north-yemen"),
}
# Federal Yugoslavia of 1992 kept the code of the one before it.
_YUGOSLAVIA_OF_TWO = day_number("1992-04-27")
# Stands for an open end, before and after all days.
OPEN = 10**7


@dataclass(frozen=True, slots=True)
class Spell:
    """One membership: who, from which day to which (days since 1970-01-01), as what."""

    member: str
    first: int
    last: int
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Region:
    """One row of ``regions.csv``: a region in a time, and the units it consists of."""

    key: str
    names: tuple[str, ...]
    kind: str
    of: str
    direction: str
    units: tuple[str, ...]
    first: int
    last: int
    source: str
    note: str


def read_spells(folder: Path) -> dict[str, list[Spell]]:
    """Return the memberships of every group, by key, in the order of the file."""
    spells: dict[str, list[Spell]] = {}
    for row in _rows(folder, "groups.csv"):
        spell = Spell(row["member"], *_span(row), row["status"], row["source"])
        spells.setdefault(row["group"], []).append(spell)
    return spells


def read_group_names(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the names of every group, by key; the first is the one to show."""
    named = (row for row in _rows(folder, "groups.csv") if row["other_names"])
    return {row["group"]: tuple(row["other_names"].split("|")) for row in named}


def read_regions(folder: Path) -> dict[str, list[Region]]:
    """Return the rows of every region, by key, in the order of the file."""
    regions: dict[str, list[Region]] = {}
    for row in _rows(folder, "regions.csv"):
        region = Region(
            key=row["region"],
            names=tuple(name for name in (row["name"], *row["other_names"].split("|")) if name),
            kind=row["kind"],
            of=row["of"],
            direction=row["direction"],
            units=tuple(row["units"].split()),
            first=_span(row)[0],
            last=_span(row)[1],
            source=row["source"],
            note=row["note"],
        )
        regions.setdefault(region.key, []).append(region)
    return regions


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    path = folder / name
    if not path.is_file():
        raise DataError(f"{folder}: expected {name} for groups and regions, but it is not in it.")
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _span(row: dict[str, str]) -> tuple[int, int]:
    first = day_number(row["from"]) if row["from"] else -OPEN
    return first, day_number(row["to"]) if row["to"] else OPEN


def place_of_member(member: str, day: int) -> str:
    """Return the id of the place that a member's code stood for on a day, as large as it is today."""
    if member == "YUG" and day >= _YUGOSLAVIA_OF_TWO:
        return "region:federal-republic-of-yugoslavia"
    if member in _DISSOLVED:
        return _DISSOLVED[member]
    last, state = _BEFORE.get(member, (-OPEN, ""))
    return state if day <= last else f"iso:{_alpha2(member)}"


@lru_cache(maxsize=512)
def _alpha2(alpha3: str) -> str:
    with LOADING:
        import pycountry

    country = pycountry.countries.get(alpha_3=alpha3)
    if country is None and alpha3 != "XKX":
        raise DataError(f"groups.csv: expected members in ISO 3166-1 alpha-3, got {alpha3!r}.")
    return str(country.alpha_2) if country else "XK"
