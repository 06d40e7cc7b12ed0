"""Days as the tables count them.

A date as a person or a program gives it becomes days since 1970-01-01. A month or a year stands for its
first day.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from gazetteer.errors import ArgumentError

__all__ = ["EPOCH", "day_number"]

EPOCH = date(1970, 1, 1).toordinal()


# What people write beside ISO 8601; a numeric day and month that could be exchanged is not guessed.
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?)?")
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<mark>[./-])(?P<b>\d{1,2})[./-](?P<y>\d{4})")
_MONTH_YEAR = re.compile(r"(?P<m>\d{1,2})[/.-](?P<y>\d{4})")
_NAMED = re.compile(
    r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?\.?(?:\s+of)?[\s-]+)?(?P<month>[A-Za-z]{3,9})\.?"
    r"(?:\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?)?[\s,-]+(?P<y>\d{4})"
)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}


def day_number(on: str | date | None) -> int:
    """Return days since 1970-01-01; today for None.

    Parameters
    ----------
    on
        A day, a month or a year: ISO 8601 ("2022-01-10", "2022-01", "2022"), with other separators ("2022/1/10",
        "10.01.2022"), or with the English name of the month ("10 Jan 2022", "January 2022").

    Raises
    ------
    ArgumentError
        When `on` has another form, or may be two days ("01/02/2022").

    Examples
    --------
    >>> day_number("1970-02-01"), day_number("1 Feb 1970"), day_number("1971")
    (31, 31, 365)
    """
    if on is None:
        return date.today().toordinal() - EPOCH
    if isinstance(on, datetime):
        return on.date().toordinal() - EPOCH
    if isinstance(on, date):
        return on.toordinal() - EPOCH
    text = str(on).strip()
    try:
        return date.fromisoformat(text[:10]).toordinal() - EPOCH
    except ValueError:
        pass
    try:
        return _written(text).toordinal() - EPOCH
    except ValueError as error:
        raise ArgumentError(f"Date: expected a day like 2022-01-10, got {on!r}{error}.") from error


def _written(text: str) -> date:
    """Return the day of a date in another form; ValueError, with what to add to the message, when there is none."""
    year_last = _YEAR_LAST.fullmatch(text)
    if year_last:
        first, second = int(year_last["a"]), int(year_last["b"])
        exchangeable = first <= 12 and second <= 12 and first != second
        if exchangeable and year_last["mark"] != ".":
            raise ValueError(", which may be two days")
        day, month = (second, first) if second > 12 else (first, second)
        return _day(int(year_last["y"]), month, day)
    for pattern in (_YEAR_FIRST, _MONTH_YEAR):
        found = pattern.fullmatch(text)
        if found:
            parts = found.groupdict()
            return _day(int(parts["y"]), int(parts["m"] or 1), int(parts.get("d") or 1))
    named = _NAMED.fullmatch(text)
    if not named or named["month"][:3].lower() not in _MONTHS:
        raise ValueError("")
    return _day(int(named["y"]), _MONTHS[named["month"][:3].lower()], int(named["d"] or named["d2"] or 1))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(", a day that no calendar has") from None
