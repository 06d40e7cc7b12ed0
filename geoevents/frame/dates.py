"""Read dates as people write them: the first day, the last day and the precision of each cell of a column.

Dates are the days at the place: a time of day is kept, an offset such as ``+06:00`` is dropped, nothing is
shifted. A cell that is not a date gives an empty row and is counted, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from geoevents.frame.date_forms import Order, Span, parse, precision

if TYPE_CHECKING:
    from geoevents.frame.table_facts import TableFacts

__all__ = [
    "Order",
    "Span",
    "joined_date_parts",
    "order_signs",
    "parse",
    "precision",
    "precisions",
    "read_dates",
    "read_spans",
]


def precisions(start: pd.Series, end: pd.Series) -> pd.Series:
    """Return `precision` of each row, empty where a day is or the end comes before the start.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(pd.Series(["2022-01-04", "2022-01-10", None]))
    >>> precisions(days, pd.Series(pd.Timestamp("2022-01-09 18:00"), days.index)).tolist()
    [2, <NA>, <NA>]
    """
    days = (end.dt.normalize() - start.dt.normalize()).dt.days + 1
    codes: pd.Series = pd.cut(days, [0, 1, 6, 7, 31, float("inf")], labels=False) + 1
    return codes.astype("Int64")


def read_dates(column: pd.Series, facts: TableFacts | None = None) -> pd.DataFrame:
    """Read a column of dates.

    Whether ``03/04/2022`` is in March or April is taken from the column: another date in it whose day is
    above 12 decides. When none does, or they contradict each other, the day is taken to come first and
    `attrs` says so.

    Parameters
    ----------
    column
        Text, datetimes, Excel's counts of days, years, or a mixture.
    facts
        What the whole table shows that `column` is a part of; None when `column` is the whole.

    Returns
    -------
    pandas.DataFrame
        Columns ``start`` and ``end`` (datetime64, without a time zone, ``end`` is the last day, included) and
        ``date_prec`` (1 day, 2 two to six days, 3 week, 4 month, 5 more), with the column's index.
        ``attrs["dates"]`` has ``unread`` (cells that are not dates), ``examples`` of them, ``order``
        (``day-month`` or ``month-day``, None when it did not matter) and ``order_from`` (``column`` or
        ``assumed``).

    Examples
    --------
    >>> import pandas as pd
    >>> dates = read_dates(pd.Series(["2022-01", "13/01/2022", "then"]))
    >>> dates["start"].dt.strftime("%Y-%m-%d").tolist(), dates["date_prec"].tolist()
    (['2022-01-01', '2022-01-13', nan], [4, 1, <NA>])
    >>> dates.attrs["dates"]["unread"]
    1
    """
    if facts is not None and column.name in facts.orders:
        order, order_from = facts.orders[str(column.name)]
        return _read_dates(column, cast("Order | None", order), order_from)
    return _read_dates(column, None, None)


def _read_dates(column: pd.Series, order: Order | None, order_from: str | None) -> pd.DataFrame:
    """Read a column of dates in a known order; None lets the column show it."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        column = column.dt.tz_localize(None)
    is_text = isinstance(column.dtype, pd.StringDtype)
    try:
        codes, distinct = pd.factorize(column if is_text else column.astype(object))
    except TypeError:  # lists and the like, which have no hash, are not dates either
        codes, distinct = pd.factorize(column.map(str, na_action="ignore").astype(object))
    texts = [_text(value) for value in distinct.astype(object)]
    if order is None:
        order, order_from = _order(texts)
    spans = [parse(text, order=order or "day-month") for text in texts]
    # One more row, empty, for the code -1 that stands for an empty cell.
    start = np.array([*(span.start if span else None for span in spans), None], dtype="datetime64[us]")
    end = np.array([*(span.end if span else None for span in spans), None], dtype="datetime64[us]")
    prec = pd.array([*(span.date_prec if span else None for span in spans), None], dtype="Int64")
    out = pd.DataFrame({"start": start[codes], "end": end[codes], "date_prec": prec.take(codes)}, index=column.index)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    missed = [i for i, span in enumerate(spans) if span is None and texts[i]]
    out.attrs["dates"] = {
        "unread": int(counts[missed].sum()),
        "examples": [texts[i][:40] for i in missed[:3]],
        "order": order,
        "order_from": order_from,
    }
    return out


def read_spans(first: pd.Series, last: pd.Series | None, facts: TableFacts | None = None) -> pd.DataFrame:
    """Read a column of dates, and one of last days beside it that stretches them.

    Parameters
    ----------
    first
        As in `read_dates`.
    last
        Under the same index; a last day that is empty, or before the first, stretches nothing. None for none.
    facts
        As in `read_dates`.

    Returns
    -------
    pandas.DataFrame
        As from `read_dates`, the notes of both columns together; ``ends_before_start`` counts the last days that were
        left out.

    Examples
    --------
    >>> import pandas as pd
    >>> read_spans(pd.Series(["2022-01-05"]), pd.Series(["2022-01-20"]))["date_prec"].tolist()
    [4]
    """
    dates = read_dates(first, facts)
    if last is None:
        return dates
    ends = read_dates(last, facts)
    # One hand wrote both columns: where one shows the order, the other has it too.
    shown = {notes["order"] for notes in (dates.attrs["dates"], ends.attrs["dates"]) if notes["order_from"] == "column"}
    if len(shown) == 1:
        order = shown.pop()
        if dates.attrs["dates"]["order_from"] == "assumed":
            dates = _read_dates(first, order, "column")
        if ends.attrs["dates"]["order_from"] == "assumed":
            ends = _read_dates(last, order, "column")
    longer = (ends["end"] > dates["end"]).fillna(False)
    dates["end"] = dates["end"].mask(longer, ends["end"])
    coarser = pd.concat([dates["date_prec"], precisions(dates["start"], dates["end"])], axis=1).max(axis=1)
    dates["date_prec"] = dates["date_prec"].mask(longer, coarser)
    notes, more = dates.attrs["dates"], ends.attrs["dates"]
    notes["unread"] += more["unread"]
    notes["examples"] = (notes["examples"] + more["examples"])[:3]
    if more["order_from"] == "assumed" or notes["order"] is None:
        notes |= {name: more[name] for name in ("order", "order_from")}
    notes["ends_before_start"] = int((ends["end"] < dates["start"]).sum())
    return dates


def joined_date_parts(table: pd.DataFrame, names: Sequence[str | None]) -> pd.Series:
    """Return the dates of columns of years, months and days as text; a missing or zero part makes a date coarser.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"y": [1972, 1999, 2001], "m": [2, 0, 7], "d": ["22", None, "0"]})
    >>> joined_date_parts(table, ["y", "m", "d"]).tolist()
    ['1972-02-22', '1999', '2001-07']
    """
    columns = [table[name] for name in names if name is not None]
    joined = []
    for cells in zip(*(column.astype(object) for column in columns), strict=True):
        parts: list[str] = []
        for cell in cells:
            text = "" if pd.isna(cell) else _text(cell).removesuffix(".0")
            if not text or not text.strip("0"):
                break
            parts.append(text.zfill(2) if text.isdigit() else text)
        figures = all(part.isdigit() for part in parts)
        joined.append("-".join(parts) if figures else " ".join(reversed(parts)))
    return pd.Series(joined, index=table.index, dtype="str").replace("", None)


def _text(value: object) -> str:
    if isinstance(value, date):
        text = value.isoformat()
        return text.removesuffix("T00:00:00")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _order(texts: Iterable[str]) -> tuple[Order | None, str | None]:
    """Return the order of day and month in a column, and whether the column shows it or it is assumed."""
    mixed, day_first, month_first = order_signs(texts)
    if not mixed:
        return None, None
    if day_first != month_first:
        return ("day-month" if day_first else "month-day"), "column"
    return "day-month", "assumed"


def order_signs(texts: Iterable[str]) -> tuple[bool, bool, bool]:
    """Return whether a date's meaning hangs on the order of day and month, whether a day comes first, and a month.

    Examples
    --------
    >>> order_signs(["03/04/2022"]), order_signs(["25/04/2022", "version 3.4.22"])
    ((True, False, False), (False, True, False))
    """
    numeric = {text: pairs for text in texts if (pairs := _pairs(text))}
    pairs = [pair for found in numeric.values() for pair in found]
    matters = any(parse(text, order="day-month") != parse(text, order="month-day") for text in numeric)
    return matters, any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)


def _pairs(text: str) -> list[tuple[int, int]]:
    found = re.findall(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)", text[:80])
    return [(int(a), int(b)) for a, _, b in found]
