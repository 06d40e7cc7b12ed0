"""Survey a whole table, part by part, for the signs that only the whole table shows.

A sign is a pair: what was seen, and the column it was seen in. The signs of the table are the union of those of its
parts, so that many workers can collect them in any order.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from geoevents.frame.column_choice import ColumnChoice
from geoevents.frame.counts import loses_counts
from geoevents.frame.dates import order_signs
from geoevents.frame.schema import OPTIONAL

__all__ = ["columns_to_survey", "survey_signs"]

_DATES = {"start", "end", "day", "when"}

Signs = frozenset[tuple[str, str]]


def columns_to_survey(schema: pa.Schema, choice: ColumnChoice | None) -> list[str]:
    """Return the columns worth a survey: dates as text, counts, numbers with fractions."""
    counts = _counts(choice)
    dates = set() if choice is None else {choice.date, choice.end}
    names = []
    for field in schema:
        name = field.name.strip().lower()
        dated = _is_text(field.type) and (field.name in dates or "date" in name or name in _DATES)
        if dated or field.name in counts or pa.types.is_floating(field.type):
            names.append(field.name)
    return names


def survey_signs(tables: Iterable[pa.Table], choice: ColumnChoice | None) -> Signs:
    """Return the signs in parts of a table.

    ``mixed``, ``day-first``, ``month-first``
        Dates such as 03/04/2022, whose meaning hangs on the order, and on which side a number above 12 was seen.
    ``lost``
        A count column with a cell that is not a count.
    ``fraction``
        A number that is not whole.
    """
    seen: set[tuple[str, str]] = set()
    for table in tables:
        for name in columns_to_survey(table.schema, choice):
            column = table[name]
            if name in _counts(choice) and loses_counts(column.combine_chunks().to_pandas()):
                seen.add(("lost", name))
            if name in OPTIONAL:
                continue
            if pa.types.is_floating(column.type):
                broken = pc.or_(pc.not_equal(pc.floor(column), column), pc.is_inf(column))
                if ("fraction", name) not in seen and pc.any(broken).as_py():
                    seen.add(("fraction", name))
            elif _is_text(column.type):
                found = order_signs(str(text) for text in column.unique().to_pylist() if text is not None)
                names = ("mixed", "day-first", "month-first")
                seen |= {(sign, name) for sign, there in zip(names, found, strict=True) if there}
    return frozenset(seen)


def _counts(choice: ColumnChoice | None) -> set[str]:
    """Return the columns that counts are read from."""
    counts = {name for name, kind in OPTIONAL.items() if kind == "count"}
    return counts | ({column for ours, column in choice.others.items() if ours in counts} if choice else set())


def _is_text(kind: pa.DataType) -> bool:
    flat = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(flat)) or bool(pa.types.is_large_string(flat))
