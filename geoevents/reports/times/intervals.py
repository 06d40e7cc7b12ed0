"""Calendar arithmetic: days, weeks, months and longer spans as intervals with UCDP's precision.

Weeks run from Monday to Sunday. The early, middle and late part of a month are its days 1–10, 11–20 and the rest, as
in `geoevents.frame.dates`; of a year, four months each.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = [
    "Interval",
    "add_months",
    "days_between",
    "easter",
    "month_of",
    "one_day",
    "step",
    "third_of",
    "unit_at",
    "week_of",
    "year_of",
]


@dataclass(frozen=True, slots=True)
class Interval:
    """First and last day, both included, and UCDP's date_prec 1 to 5."""

    first: date
    last: date
    prec: int


def days_between(first: date, last: date, coarsest: int = 1) -> Interval:
    """Return the days from a first to a last, with their date_prec or a coarser one.

    Examples
    --------
    >>> days_between(date(2022, 1, 3), date(2022, 1, 7)).prec
    2
    """
    length = (last - first).days + 1
    prec = 1 if length <= 1 else 2 if length <= 6 else 3 if length == 7 else 4 if length <= 31 else 5
    return Interval(first, last, max(prec, coarsest))


def one_day(day: date) -> Interval:
    """Return a day as an interval."""
    return Interval(day, day, 1)


def week_of(day: date) -> Interval:
    """Return the week that holds a day, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Interval(monday, monday + timedelta(days=6), 3)


def month_of(year: int, month: int) -> Interval:
    """Return a month; months beyond 12 or below 1 run into the years beside."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return Interval(date(year, month, 1), date(year, month, monthrange(year, month)[1]), 4)


def year_of(year: int) -> Interval:
    """Return a year."""
    return Interval(date(year, 1, 1), date(year, 12, 31), 5)


def third_of(whole: Interval, part: int | None) -> Interval:
    """Return the early, middle or late third of a month, a year, a week or a decade."""
    if part is None or whole.prec < 3:
        return whole
    first, days = whole.first, (whole.last - whole.first).days + 1
    if whole.prec == 3:
        start, end = ((0, 2), (2, 4), (3, 6))[part]
        return days_between(first + timedelta(days=start), first + timedelta(days=end))
    if whole.prec == 4 and days >= 28:
        start, end = ((1, 10), (11, 20), (21, days))[part]
        return Interval(first.replace(day=start), first.replace(day=end), 4)
    if 360 < days < 370:
        return Interval(date(first.year, 4 * part + 1, 1), month_of(first.year, 4 * part + 4).last, 5)
    years = whole.last.year - first.year + 1
    edges = (0, round(years * 0.4), round(years * 0.7), years)
    return Interval(date(first.year + edges[part], 1, 1), date(first.year + edges[part + 1] - 1, 12, 31), 5)


def add_months(day: date, months: int) -> date:
    """Return the day some months on, at most the last of its month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def unit_at(unit: str, day: date, steps: int) -> Interval:
    """Return the calendar unit a number of steps from the one that holds a day."""
    if unit in ("week", "fortnight"):
        return week_of(day + timedelta(days=7 * steps * (2 if unit == "fortnight" else 1)))
    if unit == "month":
        return month_of(day.year, day.month + steps)
    if unit == "quarter":
        first = month_of(day.year, 3 * ((day.month - 1) // 3 + steps) + 1)
        return Interval(first.first, add_months(first.first, 3) - timedelta(days=1), 5)
    if unit == "year":
        return year_of(day.year + steps)
    if unit == "decade":
        start = day.year // 10 * 10 + 10 * steps
        return Interval(date(start, 1, 1), date(start + 9, 12, 31), 5)
    if unit == "century":
        start = (day.year - 1) // 100 * 100 + 100 * steps
        return Interval(date(start + 1, 1, 1), date(start + 100, 12, 31), 5)
    return one_day(day + timedelta(days=steps))


def step(day: date, unit: str, number: int) -> date | None:
    """Return the day some units on; None for a unit the calendar lacks. Hours count as whole days of 24."""
    if unit in ("hour", "minute"):
        return day + timedelta(days=int(number / 24)) if unit == "hour" else day
    if unit in ("day", "week", "fortnight"):
        return day + timedelta(days=number * {"day": 1, "week": 7, "fortnight": 14}[unit])
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}.get(unit)
    return add_months(day, number * months) if months else None


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    shift = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * shift) // 451
    month, day = divmod(moon + shift - 7 * late + 114, 31)
    return date(year, month, day + 1)
