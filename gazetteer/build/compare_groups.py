"""Compares the memberships of ``groups.csv`` with an outside table, so that the check can be repeated.

The outside table is a CSV file with the columns group, member, from and to; lines say where the two differ. Run
``python -m gazetteer.build.compare_groups TABLE.csv [DAYS]``: days nearer than DAYS count as the same (0).
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gazetteer.bundled import BUNDLED
from gazetteer.dates import EPOCH, day_number
from gazetteer.errors import DataError, GazetteerError
from gazetteer.geometry.group_tables import OPEN
from gazetteer.geometry.groups import MEMBER, Groups

__all__ = ["Difference", "compare_groups", "read_memberships"]

_COLUMNS = ("group", "member", "from", "to")
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the comparison: which group and member, what is unlike, what is ours and what the other table has."""

    group: str
    member: str
    what: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        return f"{self.group} {self.member}: {self.what}: {self.ours} here, {self.theirs} there"


def read_memberships(path: Path) -> list[dict[str, str]]:
    """Return the rows of an outside table.

    Raises
    ------
    DataError
        When a column is missing or the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [column for column in _COLUMNS if column not in (reader.fieldnames or [])]
            if missing:
                raise DataError(f"{path}: expected the columns {', '.join(_COLUMNS)}, but {missing[0]!r} is missing.")
            return [{column: (row[column] or "").strip() for column in _COLUMNS} for row in reader]
    except OSError as error:
        raise DataError(f"{path}: expected a table of memberships, but it cannot be read: {error}.") from error


def compare_groups(groups: Groups, rows: Iterable[dict[str, str]], tolerance: int = 0) -> Iterator[Difference]:
    """Yield where an outside table and ours differ, in the groups that both have.

    Parameters
    ----------
    groups
        Our tables.
    rows
        Memberships: group (id, key or any name), member (ISO 3166-1 alpha-3), from and to (first and last day, a month
        or a year; empty is open).
    tolerance
        Days nearer than this count as the same.

    Raises
    ------
    ArgumentError
        When a day cannot be read.

    Examples
    --------
    >>> rows = [{"group": "CSTO", "member": "UZB", "from": "2006-08-16", "to": "2012-12-31"}]
    >>> [str(one) for one in compare_groups(Groups(BUNDLED), rows) if one.member == "UZB"]
    ['csto UZB: last day: 2012-12-19 here, 2012-12-31 there']
    """
    theirs: dict[str, dict[str, list[_Span]]] = {}
    for row in rows:
        key = groups.find(row["group"])
        if key is None:
            yield Difference(row["group"], row["member"], "group", "unknown", "listed")
            continue
        span = (_first(row["from"]), _last(row["to"]))
        theirs.setdefault(key, {}).setdefault(row["member"], []).append(span)
    for key, members in theirs.items():
        ours: dict[str, list[_Span]] = {}
        for spell in groups.spells[key]:
            if spell.status in MEMBER:
                ours.setdefault(spell.member, []).append((spell.first, spell.last))
        for member in sorted({*ours, *members}):
            yield from _unlike(key, member, sorted(ours.get(member, [])), sorted(members.get(member, [])), tolerance)


def _unlike(key: str, member: str, ours: list[_Span], theirs: list[_Span], tolerance: int) -> Iterator[Difference]:
    if len(ours) != len(theirs):
        yield Difference(key, member, "memberships", _listed(ours), _listed(theirs))
        return
    for own, other in zip(ours, theirs, strict=True):
        for what, a, b in zip(("first day", "last day"), own, other, strict=True):
            if abs(a - b) > tolerance:
                yield Difference(key, member, what, _shown(a), _shown(b))


def _listed(spells: list[_Span]) -> str:
    return ", ".join(f"{_shown(first)} to {_shown(last)}" for first, last in spells) or "none"


def _shown(day: int) -> str:
    return "open" if abs(day) == OPEN else date.fromordinal(day + EPOCH).isoformat()


def _first(text: str) -> int:
    return day_number(text) if text else -OPEN


def _last(text: str) -> int:
    """Return the last day; of a year its last, of a month the day before the next."""
    if not text:
        return OPEN
    if _YEAR.fullmatch(text):
        return day_number(f"{text}-12-31")
    if _MONTH.fullmatch(text):
        year, month = (int(part) for part in text.split("-"))
        return day_number(f"{year + month // 12}-{month % 12 + 1:02}-01") - 1
    return day_number(text)


def main(arguments: list[str]) -> int:
    """Run the command line: the table, and how many days may lie between two dates."""
    if len(arguments) not in (1, 2) or not all(text.isdigit() for text in arguments[1:]):
        print("usage: python -m gazetteer.build.compare_groups TABLE.csv [DAYS]", file=sys.stderr)
        return 2
    try:
        rows = read_memberships(Path(arguments[0]))
        for difference in compare_groups(Groups(BUNDLED), rows, int("".join(arguments[1:]) or 0)):
            print(difference)
    except GazetteerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
