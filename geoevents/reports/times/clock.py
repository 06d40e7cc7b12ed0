"""Give a day or month without a year its year, by what the text has said so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from geoevents.reports.times.intervals import Interval
from geoevents.reports.times.numbers import Phrase

__all__ = ["Clock", "in_its_year", "maybe"]

# A day this far ahead of the report is still of its year: reports are filed before midnight somewhere.
_AHEAD_DAYS = 3
# Without a verb, a day that comes this soon is the one meant: "the vote on 20 January" in a report of the 12th.
_SOON_DAYS = 31


@dataclass(frozen=True, slots=True)
class Clock:
    """What a phrase is read against.

    ``report`` is the report's day, ``anchor`` the day or few days last said in the text, ``span`` the time last said
    however long, ``written`` the last one said with its year, ``near`` the same when it stands in this sentence or
    the one before, ``future`` and ``past`` the tense, ``order`` how to read 03/04/2022.
    """

    report: date | None
    anchor: Interval | None = None
    span: Interval | None = None
    written: Interval | None = None
    near: Interval | None = None
    future: bool = False
    past: bool = False
    order: str = "day-month"


def _pointed_year(direction: str, clock: Clock) -> int | None:
    """Return the year that "last year", "of that year" and the like point to."""
    if direction in ("last", "this", "next"):
        return clock.report.year + {"last": -1, "this": 0, "next": 1}[direction] if clock.report else None
    base = clock.span.first if clock.span else None
    return base.year + {"following": 1, "previous": -1}.get(direction, 0) if base else None


def in_its_year(phrase: Phrase, clock: Clock, build: Callable[[int], Interval]) -> Interval | None:
    """Give a day or month without a year its year: said, carried through the text, or by the report's day and tense."""
    if phrase.year is not None:
        return build(phrase.year)
    if phrase.year_direction:
        year = _pointed_year(phrase.year_direction, clock)
        return build(year) if year is not None else None
    carried = clock.near or (clock.written if clock.report is None else None)
    if carried is not None and not (clock.report and carried.first.year == clock.report.year):
        if carried.first.month == 1 and carried.last.month == 12 and carried.first.day == 1 and carried.prec == 5:
            return _in_years(carried.first.year, carried.last.year, build)
        return _nearest(carried.first, build)
    if clock.report is None:
        return None
    return _by_tense(clock, build)


def _in_years(first: int, last: int, build: Callable[[int], Interval]) -> Interval | None:
    """Return the interval in a year, or in a season of two years: its second half of the first, first of the second."""
    found = build(first)
    return build(last) if last == first + 1 and found.first.month < 7 else found


def _nearest(day: date, build: Callable[[int], Interval]) -> Interval | None:
    found = [interval for year in (day.year - 1, day.year, day.year + 1) if (interval := maybe(build, year))]
    return min(found, key=lambda interval: abs((interval.first - day).days), default=None)


def maybe(build: Callable[[int], Interval], year: int) -> Interval | None:
    """Return what `build` makes of a year, None for a day that the year lacks."""
    try:
        return build(year)
    except ValueError:  # 29 February
        return None


def _by_tense(clock: Clock, build: Callable[[int], Interval]) -> Interval | None:
    if clock.report is None:
        return None
    years = range(clock.report.year - 4, clock.report.year + 5)
    found = [interval for year in years if (interval := maybe(build, year))]
    if clock.future:
        return next((interval for interval in found if interval.last >= clock.report), None)
    limit = clock.report + timedelta(days=_AHEAD_DAYS if clock.past else _SOON_DAYS)
    return next((interval for interval in reversed(found) if interval.first <= limit), None)
