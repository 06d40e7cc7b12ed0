"""Looks at the whole of a table: its parts enter, signs leave.

A sign is a pair of what was seen and the column it was seen in. Signs of the parts are put together as a union, so
that they can be collected in any order and by many.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from geoevents.frame.columns import as_counts
from geoevents.frame.dates import order_signs
from geoevents.frame.schema import OPTIONAL

__all__ = ["looked_at", "signs"]

_DATES = {"start", "end", "day", "when"}

Signs = frozenset[tuple[str, str]]


def looked_at(schema: pa.Schema, date: str | None) -> list[str]:
    """Return the columns that have something to tell: dates in words, counts, numbers with fractions."""
    counts = {name for name, kind in OPTIONAL.items() if kind == "count"}
    names = []
    for field in schema:
        name = field.name.strip().lower()
        dated = _is_text(field.type) and (field.name == date or "date" in name or name in _DATES)
        if dated or field.name in counts or pa.types.is_floating(field.type):
            names.append(field.name)
    return names


def signs(tables: Iterable[pa.Table], date: str | None) -> Signs:
    """Return what is seen in parts of a table.

    ``mixed``, ``day-first``, ``month-first``
        Dates such as 03/04/2022, whose meaning hangs on the order, and on which side a number above 12 was seen.
    ``lost``
        A count that is none.
    ``fraction``
        A number that is not whole.
    """
    seen: set[tuple[str, str]] = set()
    for table in tables:
        for name in looked_at(table.schema, date):
            column = table[name]
            if name in OPTIONAL:
                known = column.combine_chunks().to_pandas()
                if (as_counts(known).isna() & known.notna()).any():
                    seen.add(("lost", name))
            elif pa.types.is_floating(column.type):
                broken = pc.or_(pc.not_equal(pc.floor(column), column), pc.is_inf(column))
                if ("fraction", name) not in seen and pc.any(broken).as_py():
                    seen.add(("fraction", name))
            else:
                found = order_signs(str(text) for text in column.unique().to_pylist() if text is not None)
                names = ("mixed", "day-first", "month-first")
                seen |= {(sign, name) for sign, there in zip(names, found, strict=True) if there}
    return frozenset(seen)


def _is_text(kind: pa.DataType) -> bool:

    flat = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(flat)) or bool(pa.types.is_large_string(flat))
