"""Find the header of a table: the row of names, what stands before and after it, and tags.

Real tables begin with titles and notes, bear HXL tags under their names, and end with sources and totals. What is not
a record is left out, and ``attrs["read"]`` says which rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geoevents.frame.column_names import roles_of

__all__ = ["HeaderRow", "find_header", "footer_length", "hxl_roles", "table_score"]

# So many rows may stand before the header.
LOOK_AT = 60
# A title fills few cells of a row; names fill at least this share of the widest row.
_FILLED = 0.6
_FOOTER = re.compile(
    r"\s*(?:sources?|notes?|total|©|\(c\)|copyright|generated|downloaded|exported|extracted|end of|data (?:from|as of)"
    r"|\*|last updated|disclaimer|created by|prepared by|www\.|https?://|quellen?|fuentes?|fontes?|источник|примечани)",
    re.I,
)
_TOTAL = re.compile(
    r"\s*(?:grand |sub-?)?(?:totals?|sum|gesamt|summe|insgesamt|somme|suma|soma|total (?:general|geral|général)|итого"
    r"|всего|всього|разом|المجموع)\s*:?\s*",
    re.I,
)
_TAG = re.compile(r"\s*#[A-Za-z][\w-]*(?:[\s+@]+[\w-]+)*\s*")
# The roles that HXL's tags mean, by tag and attribute; the first that fits is taken.
_HXL = (
    ("#date", "end", "end"),
    ("#date", "", "date"),
    ("#country", "name", "country"),
    ("#country", "", "country"),
    ("#adm1", "", "admin1"),
    ("#adm2", "", "admin2"),
    ("#adm3", "", "admin3"),
    ("#adm4", "", "city"),
    ("#loc", "", "place"),
    ("#geo", "lat", "lat"),
    ("#geo", "lon", "lon"),
    ("#geo", "coord", "pair"),
    ("#affected", "killed", "fatalities"),
    ("#affected", "f+killed", "fatalities"),
    ("#affected", "injured", "injured"),
    ("#affected", "deaths", "fatalities"),
    ("#event", "type", "event_type"),
)
_CODES = ("code", "id", "iso")


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """Where the names of a table stand: the row from 0, and that of its HXL tags, None where it has none."""

    row: int
    tags: int | None = None

    @property
    def first(self) -> int:
        """The first row of records."""
        return max(self.row, -1 if self.tags is None else self.tags) + 1


def find_header(rows: Sequence[Sequence[str]], named: int | None = None) -> HeaderRow:
    """Return where the header stands.

    Parameters
    ----------
    rows
        The first rows, their cells as text, an empty text for an empty cell.
    named
        The row of the names, from 1, where the caller says it.

    Examples
    --------
    >>> rows = [["Source: Foo agency"], [], ["place", "date", "killed"], ["#loc", "#date", "#affected"], ["Aktau"]]
    >>> find_header(rows)
    HeaderRow(row=2, tags=3)
    """
    tags = next((n for n, row in enumerate(rows[:LOOK_AT]) if _are_tags(row)), None)
    if named is not None:
        return HeaderRow(named - 1, tags if tags is not None and tags >= named - 1 else None)
    if tags is not None:
        above = next((n for n in range(tags - 1, -1, -1) if _filled(rows[n]) >= 0.5 * _filled(rows[tags])), None)
        return HeaderRow(tags, tags) if above is None else HeaderRow(above, tags)
    first = next((n for n, row in enumerate(rows) if _filled(row)), 0)
    widest = max((_filled(row) for row in rows[:LOOK_AT]), default=0)
    names = next((n for n in range(first, len(rows)) if _filled(rows[n]) >= _FILLED * widest), first)
    titled = _filled(rows[first]) <= 0.5 * widest if rows else False
    # In a table of two columns a title and a header with an empty cell look alike, unless the title's row ends there.
    sure = widest >= 3 or (widest == 2 and len(rows[first]) == 1)
    return HeaderRow(names if names > first and titled and sure else first)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _are_tags(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell.strip()]
    tagged = [cell for cell in cells if _TAG.fullmatch(cell)]
    return bool(tagged) and len(tagged) >= 0.5 * len(cells) and len({*tagged}) >= min(2, len(cells))


def hxl_roles(names: Sequence[str], tags: Sequence[str]) -> Mapping[str, list[str]]:
    """Return the columns that HXL tags mean for each role; codes are not names.

    Examples
    --------
    >>> hxl_roles(["Province", "PCode", "Y"], ["#adm1+name", "#adm1+code", "#geo+lat"])
    {'admin1': ['Province'], 'lat': ['Y']}
    """
    roles: dict[str, list[str]] = {}
    for name, tag in zip(names, tags, strict=False):
        base, *attributes = re.split(r"\s*\+\s*", tag.strip().lower())
        if any(code in attributes for code in _CODES):
            continue
        for wanted, attribute, role in _HXL:
            if base == wanted and (not attribute or set(attribute.split("+")) <= set(attributes)):
                roles.setdefault(role, []).append(name)
                break
    return roles


def footer_length(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return how many of the last rows are a footer: notes, sources and blank rows after the records.

    Examples
    --------
    >>> footer_length([["Aktau", "2022", "3"], ["", "", ""], ["Source: Foo", "", ""]], 3)
    2
    """
    count = 0
    for n, row in enumerate(reversed(rows), start=1):
        filled = _filled(row)
        if filled == 0:
            if count == n - 1 and (n == 1 or count):
                count = n
            continue
        note = filled == 1 and row[0].strip() and _FOOTER.match(row[0])
        # Sums below the records: "Total", and a figure or two in a row that is bare otherwise.
        sums = filled <= max(width // 2, 2) and _TOTAL.fullmatch(row[0]) and all(map(_is_sum, row[1:]))
        if width >= 3 and (note or sums):
            count = n
        else:
            break
    return count


def _is_sum(cell: str) -> bool:
    return not cell.strip() or re.fullmatch(r"[\d.,\s]+", cell) is not None


def table_score(rows: Sequence[Sequence[str]]) -> int:
    """Return how much rows look like a table of events: by the columns that their header names."""
    if len(rows) < 2:
        return 0
    header = rows[find_header(rows).row]
    if _filled(header) < 2:
        return 1
    return 2 + sum(bool(roles_of(name)) for name in header if name.strip())
