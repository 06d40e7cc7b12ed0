"""Reads dates as people write them: a column enters; first day, last day and precision leave, a row a row.

Dates are the days at the place: a time of day is kept, an offset such as ``+06:00`` is dropped, nothing is
shifted. What is no date gives an empty row and is counted, never dropped.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    import pandas as pd

    from geoevents.frame.table_facts import TableFacts

__all__ = ["Order", "Span", "order_signs", "parse", "precision", "precisions", "read_dates", "read_spans"]

Order = Literal["day-month", "month-day"]

_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
         "november", "december"),
        start=1,
    )
    for length in (3, len(name))
} | {"sept": 9}  # fmt: skip
_MONTH = "(?P<{0}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_YEAR = r"(?P<y>[12]\d{3})"
_WEEKDAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?\s*")
_TO = r"\s*(?:-|to|until|and)\s*"

_CLOCK = r"(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:z|utc|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
_ISO = re.compile(rf"{_YEAR}([-/.])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}}){_CLOCK}")
_COMPACT = re.compile(r"(?P<y>1[89]\d{2}|20\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_ISO_MONTH = re.compile(rf"{_YEAR}[-/.](?P<m>\d{{1,2}})")
_YEAR_ONLY = re.compile(_YEAR)
_QUARTER = re.compile(rf"(?:q(?P<q>[1-4])\s*{_YEAR}|(?P<y2>[12]\d{{3}})[\s-]*q(?P<q2>[1-4]))")
_NUMERIC = re.compile(rf"(?P<a>\d{{1,2}})([-/.])(?P<b>\d{{1,2}})\2(?P<y>\d{{4}}|\d{{2}}){_CLOCK}")
_DAY_MONTH = re.compile(rf"{_DAY.format('d')}(?:\s+of)?\s+{_MONTH.format('m')}\s+{_YEAR}{_CLOCK}")
_DAY_MONTH_DASHED = re.compile(rf"(?P<d>\d{{1,2}})-{_MONTH.format('m')}-{_YEAR}")
_MONTH_DAY = re.compile(rf"{_MONTH.format('m')}\s+{_DAY.format('d')}\s+{_YEAR}{_CLOCK}")
_MONTH_ONLY = re.compile(rf"{_MONTH.format('m')}\s+{_YEAR}")
_DAYS_MONTH = re.compile(
    rf"{_DAY.format('d')}(?:\s+{_MONTH.format('m')})?{_TO}{_DAY.format('d2')}\s+{_MONTH.format('m2')}\s+{_YEAR}"
)
_MONTH_DAYS = re.compile(
    rf"{_MONTH.format('m')}\s+{_DAY.format('d')}{_TO}(?:{_MONTH.format('m2')}\s+)?{_DAY.format('d2')}\s+{_YEAR}"
)
_PART = re.compile(
    r"(?:the\s+)?(?P<part>early|mid(?:dle)?|late|beginning|start|first days|end|last days)"
    r"[\s-]+(?:of\s+|in\s+)?(?P<rest>.+)"
)
_WEEK = re.compile(r"(?:the\s+)?week\s+(?:of|from|beginning|starting)\s+(?P<rest>.+)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

# Excel counts days from here (with a 29 February 1900 that never was); the range is 1954 to 2119.
_EXCEL_EPOCH = datetime(1899, 12, 30)
_EXCEL_DAYS = (20_000.0, 80_000.0)


@dataclass(frozen=True, slots=True)
class Span:
    """A date as it was meant: its first and last day (or one moment), and UCDP's precision 1 to 5."""

    start: datetime
    end: datetime
    date_prec: int


def precision(start: date, end: date) -> int:
    """Return UCDP's date_prec of a span: 1 a day, 2 two to six days, 3 a week, 4 a month, 5 more.

    Examples
    --------
    >>> precision(date(2022, 1, 4), date(2022, 1, 9))
    2
    """
    days = (date(end.year, end.month, end.day) - date(start.year, start.month, start.day)).days + 1
    return 1 if days <= 1 else 2 if days <= 6 else 3 if days == 7 else 4 if days <= 31 else 5


def precisions(start: pd.Series, end: pd.Series) -> pd.Series:
    """Return `precision` of each row, empty where a day is or the end comes before the start.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(pd.Series(["2022-01-04", "2022-01-10", None]))
    >>> precisions(days, pd.Series(pd.Timestamp("2022-01-09 18:00"), days.index)).tolist()
    [2, <NA>, <NA>]
    """
    import pandas as pd

    days = (end.dt.normalize() - start.dt.normalize()).dt.days + 1
    codes: pd.Series = pd.cut(days, [0, 1, 6, 7, 31, float("inf")], labels=False) + 1
    return codes.astype("Int64")


def parse(text: str, *, order: Order = "day-month") -> Span | None:
    """Return what a written date means; None when it is none.

    Parameters
    ----------
    text
        A date in English words or figures, a span of them, a month, a quarter, a year, or Excel's count of
        days.
    order
        How to read ``03/04/2022``; a day above 12 decides for itself.

    Examples
    --------
    >>> span = parse("early January 2022")
    >>> span.start.date().isoformat(), span.end.date().isoformat(), span.date_prec
    ('2022-01-01', '2022-01-10', 4)
    >>> parse("2022-01-04/2022-01-09").date_prec, parse("soon") is None
    (2, True)
    """
    # A date is short; a page of text that landed in the column is none.
    if len(text) > 80:
        return None
    cleaned = re.sub(r"[‐-―−]", "-", text.strip().casefold())
    cleaned = _WEEKDAY.sub("", cleaned)
    cleaned = re.sub(r"\s+", " ", cleaned.replace(",", " ") if not _ISO.match(cleaned) else cleaned)
    cleaned = re.sub(r"\b([a-z]{3,4})\.", r"\1", cleaned).strip(" .")
    try:
        return _single(cleaned, order) or _words(cleaned, order) or _range(cleaned, order) or _serial(cleaned)
    except (ValueError, OverflowError):  # 31 February, a month 13
        return None


def _single(text: str, order: Order) -> Span | None:
    if found := (_ISO.fullmatch(text) or _COMPACT.fullmatch(text)):
        return _moment(int(found["y"]), int(found["m"]), int(found["d"]), text)
    if found := _NUMERIC.fullmatch(text):
        first, second = int(found["a"]), int(found["b"])
        year = int(found["y"]) if len(found["y"]) == 4 else _century(int(found["y"]))
        swapped = second > 12 or (order == "month-day" and first <= 12)
        return _moment(year, first if swapped else second, second if swapped else first, text)
    if found := (_DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text) or _DAY_MONTH_DASHED.fullmatch(text)):
        return _moment(int(found["y"]), _MONTHS[found["m"]], int(found["d"]), text)
    if found := _ISO_MONTH.fullmatch(text):
        return _month(int(found["y"]), int(found["m"]))
    if found := _MONTH_ONLY.fullmatch(text):
        return _month(int(found["y"]), _MONTHS[found["m"]])
    if found := _QUARTER.fullmatch(text):
        year, last = int(found["y"] or found["y2"]), 3 * int(found["q"] or found["q2"])
        return Span(datetime(year, last - 2, 1), _month(year, last).end, 5)
    if found := _YEAR_ONLY.fullmatch(text):
        return Span(datetime(int(text), 1, 1), datetime(int(text), 12, 31), 5)
    return None


def _words(text: str, order: Order) -> Span | None:
    """Read spans that share a month or a year, parts of a month or a year, and weeks."""
    if found := (_DAYS_MONTH.fullmatch(text) or _MONTH_DAYS.fullmatch(text)):
        year = int(found["y"])
        first = _MONTHS[found["m"] or found["m2"]]
        last = _MONTHS[found["m2"] or found["m"]]
        return _span(datetime(year, first, int(found["d"])), datetime(year, last, int(found["d2"])))
    if found := _WEEK.fullmatch(text):
        day = _single(found["rest"], order)
        return Span(day.start, day.start + timedelta(days=6), 3) if day and day.date_prec == 1 else None
    if found := _PART.fullmatch(text):
        whole = _single(found["rest"], order)
        return _part(whole, found["part"]) if whole else None
    return None


def _part(whole: Span, part: str) -> Span | None:
    """Return the first, middle or last third of a month or a year: ten days, four months."""
    third = 0 if part in ("early", "beginning", "start", "first days") else 1 if part.startswith("mid") else 2
    year, month = whole.start.year, whole.start.month
    if whole.date_prec == 4:
        last = (10, 20, monthrange(year, month)[1])[third]
        return Span(datetime(year, month, (1, 11, 21)[third]), datetime(year, month, last), 4)
    if (whole.end - whole.start).days >= 364:
        return Span(datetime(year, 4 * third + 1, 1), _month(year, 4 * third + 4).end, 5)
    return None


def _range(text: str, order: Order) -> Span | None:
    for separator in ("/", " to ", " until ", " - ", "..", " and ", "-"):
        pieces = text.removeprefix("from ").removeprefix("between ").split(separator)
        half = len(pieces) // 2
        if len(pieces) < 2 or len(pieces) % 2:
            continue
        first = _single(separator.join(pieces[:half]).strip(), order)
        last = _single(separator.join(pieces[half:]).strip(), order)
        if first and last:
            return _span(first.start, last.end, coarsest=max(first.date_prec, last.date_prec))
    return None


def _span(start: datetime, end: datetime, coarsest: int = 1) -> Span | None:
    return Span(start, end, max(coarsest, precision(start, end))) if start <= end else None


def _serial(text: str) -> Span | None:
    if not _NUMBER.fullmatch(text) or not _EXCEL_DAYS[0] <= float(text) < _EXCEL_DAYS[1]:
        return None
    moment = _EXCEL_EPOCH + timedelta(seconds=round(float(text) * 86_400))
    return Span(moment, moment, 1)


def _century(year: int) -> int:
    # As POSIX has it: 69 to 99 are 19xx.
    return year + (1900 if year > 68 else 2000)


def _month(year: int, month: int) -> Span:
    return Span(datetime(year, month, 1), datetime(year, month, monthrange(year, month)[1]), 4)


def _moment(year: int, month: int, day: int, text: str) -> Span:
    moment = datetime(year, month, day)
    if clock := re.search(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6}))?)?", text):
        hours, minutes, seconds = int(clock[1]), int(clock[2]), int(clock[3] or 0)
        moment = moment.replace(hour=hours, minute=minutes, second=seconds, microsecond=_fraction(clock[4]))
    return Span(moment, moment, 1)


def _fraction(digits: str | None) -> int:
    return int((digits or "0").ljust(6, "0"))


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
        ``attrs["dates"]`` has ``unread`` (cells that are no date), ``examples`` of them, ``order``
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
    import numpy as np
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        column = column.dt.tz_localize(None)
    try:
        codes, distinct = pd.factorize(column.astype(object))
    except TypeError:  # lists and the like, which have no hash, are no dates either
        codes, distinct = pd.factorize(column.map(str, na_action="ignore").astype(object))
    texts = [_text(value) for value in distinct]
    if facts is not None and column.name in facts.orders:
        order, order_from = cast("tuple[Order | None, str | None]", facts.orders[str(column.name)])
    else:
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
    import pandas as pd

    dates = read_dates(first, facts)
    if last is None:
        return dates
    ends = read_dates(last, facts)
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
