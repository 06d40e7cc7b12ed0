"""Place a phrase of time on the calendar, as an interval, by what the text has said so far.

"Three weeks ago" is the calendar week three weeks back.
A phrase that needs a day which nothing has said (no report date, no day before it) gives None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from geoevents.reports.times.calendar_spans import SPAN_PLACERS, STEPS
from geoevents.reports.times.clock import Clock, in_its_year, maybe
from geoevents.reports.times.intervals import (
    Interval,
    days_between,
    month_of,
    one_day,
    step,
    third_of,
    unit_at,
    week_of,
    year_of,
)
from geoevents.reports.times.numbers import Phrase

__all__ = ["place"]


def place(phrase: Phrase, clock: Clock) -> Interval | None:
    """Return the days a phrase means, None when nothing says which.

    Examples
    --------
    >>> monday = Clock(date(2022, 1, 10))
    >>> place(Phrase(0, 1, "weekday", weekday=3, direction="last"), monday)
    Interval(first=datetime.date(2022, 1, 6), last=datetime.date(2022, 1, 6), prec=1)
    """
    try:
        return _PLACERS[phrase.kind](phrase, clock)
    except (ValueError, OverflowError):  # 31 February, or a year beyond the calendar
        return None


def _place_date(phrase: Phrase, clock: Clock) -> Interval | None:
    month, day = int(phrase.month or 0), int(phrase.day or 0)
    found = in_its_year(phrase, clock, lambda year: one_day(date(year, month, day)))
    if found is None or phrase.year is not None or phrase.weekday is None or found.first.weekday() == phrase.weekday:
        return found
    # The weekday said beside the day corrects the year that was worked out.
    for year in (found.first.year - 1, found.first.year + 1):
        other = maybe(lambda y: one_day(date(y, month, day)), year)
        if other and other.first.weekday() == phrase.weekday:
            return other
    return found


def _place_days(phrase: Phrase, clock: Clock) -> Interval | None:
    month, day, month2, day2 = (int(x or 0) for x in (phrase.month, phrase.day, phrase.month2, phrase.day2))
    over_new_year = month2 < month

    def build(year: int) -> Interval:
        first, last = date(year, month, day), date(year + over_new_year, month2, day2)
        if last < first:
            raise ValueError(phrase)
        return days_between(first, last)

    if phrase.year2 is not None and phrase.year is None:
        return build(phrase.year2 - over_new_year)
    return in_its_year(phrase, clock, build)


def _place_month(phrase: Phrase, clock: Clock) -> Interval | None:
    month = int(phrase.month or 0)
    if not phrase.direction:
        found = in_its_year(phrase, clock, lambda year: month_of(year, month))
        if found and phrase.part2 is not None:
            return Interval(third_of(found, phrase.part).first, third_of(found, phrase.part2).last, 4)
        return third_of(found, phrase.part) if found else None
    if phrase.direction in ("following", "previous"):
        base = clock.span.first if clock.span else clock.report
    else:
        base = clock.report
    if base is None:
        return None
    if phrase.direction in ("last", "past", "previous"):
        return month_of(base.year - (month >= base.month), month)
    if phrase.direction in ("next", "coming", "following"):
        return month_of(base.year + (month <= base.month), month)
    return month_of(base.year, month)


def _place_months(phrase: Phrase, clock: Clock) -> Interval | None:
    one, two = int(phrase.month or 0), int(phrase.month2 or 0)
    over = two < one

    def build(year: int) -> Interval:
        return Interval(month_of(year, one).first, month_of(year + over, two).last, 5)

    if phrase.year2 is not None:
        return build(phrase.year2 - over)
    return in_its_year(phrase, clock, build)


def _place_year(phrase: Phrase, clock: Clock) -> Interval | None:
    return third_of(year_of(int(phrase.year or 0)), phrase.part)


def _place_years(phrase: Phrase, clock: Clock) -> Interval | None:
    return Interval(date(int(phrase.year or 0), 1, 1), date(int(phrase.year2 or 0), 12, 31), 5)


def _place_full_date(phrase: Phrase, clock: Clock) -> Interval | None:
    text = phrase.text.split("T")[0].split("t")[0].split(" ")[0]
    mark = next(character for character in text if not character.isdigit())
    if text.count(mark) == 1:
        one, two = (int(piece) for piece in text.split(mark))
        return _day_of_line(one, two, clock)
    one, two, three = (int(piece) for piece in text.split(mark)[:3])
    if len(text.split(mark)[0]) == 4:
        return one_day(date(one, two, three))
    year = three if three > 99 else three + (1900 if three > 68 else 2000)
    if two > 12 or (clock.order == "month-day" and one <= 12):
        one, two = two, one
    return one_day(date(year, two, one))


def _day_of_line(one: int, two: int, clock: Clock) -> Interval | None:
    """Return the day of a line of a log, "07/03 Marka: …": the last such day up to the report's own."""
    if clock.report is None:
        return None
    if two > 12 or (clock.order == "month-day" and one <= 12):
        one, two = two, one
    for year in (clock.report.year, clock.report.year - 1):
        try:
            day = date(year, two, one)
        except ValueError:
            continue
        if day <= clock.report:
            return one_day(day)
    return None


def _place_weekday(phrase: Phrase, clock: Clock) -> Interval | None:
    weekday, report = int(phrase.weekday or 0), clock.report
    if phrase.direction in ("that", "following", "previous", "same"):
        return _weekday_beside(phrase, clock)
    if report is None:
        return None
    if phrase.unit:
        if phrase.direction == "ahead":
            coming = report + timedelta(days=(weekday - report.weekday() - 1) % 7 + 1)
            return one_day(coming + timedelta(days=7 if phrase.unit == "week" else 14))
        weeks = {"last": -1, "this": 0, "next": 1}.get(phrase.direction, 0)
        return one_day(week_of(report).first + timedelta(days=7 * weeks + weekday))
    back = (report.weekday() - weekday) % 7
    if phrase.direction in ("last", "past"):
        return one_day(report - timedelta(days=back or 7))
    if phrase.direction in ("next", "coming"):
        return one_day(report + timedelta(days=(7 - back) % 7 or 7))
    if clock.future or (phrase.direction == "this" and back > report.weekday()):
        return one_day(report + timedelta(days=(7 - back) % 7))
    return one_day(report - timedelta(days=back))


def _place_night_to(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place "the night to Tuesday": it begins on Monday."""
    day = _place_weekday(phrase, clock)
    return days_between(day.first - timedelta(days=1), day.last) if day else None


def _weekday_beside(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place "the following Monday", "the previous Monday" and "that Monday", from the day last said."""
    base = clock.anchor.last if clock.anchor else clock.report
    if base is None or (clock.anchor is None and phrase.direction == "following"):
        return None
    back = (base.weekday() - int(phrase.weekday or 0)) % 7
    if phrase.direction == "previous":
        return one_day(base - timedelta(days=back or 7))
    if phrase.direction == "following":
        return one_day(base + timedelta(days=7 - back))
    return one_day(base + timedelta(days=(7 - back) % 7))


def _place_weekdays_ago(phrase: Phrase, clock: Clock) -> Interval | None:
    if clock.report is None:
        return None
    last = clock.report - timedelta(days=(clock.report.weekday() - int(phrase.weekday or 0)) % 7 or 7)
    weeks = phrase.number - 1 if phrase.kind == "weekdays ago" else phrase.number
    return one_day(last - timedelta(days=7 * weeks))


def _place_deictic(phrase: Phrase, clock: Clock) -> Interval | None:
    return one_day(clock.report + timedelta(days=int(phrase.text))) if clock.report else None


def _place_second_day(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place "the day before yesterday" and "the day after tomorrow"."""
    return one_day(clock.report + timedelta(days=2 * int(phrase.text))) if clock.report else None


def _place_part_of_day(phrase: Phrase, clock: Clock) -> Interval | None:
    return one_day(clock.report - timedelta(days=phrase.direction == "last")) if clock.report else None


def _place_overnight(phrase: Phrase, clock: Clock) -> Interval | None:
    return days_between(clock.report - timedelta(days=1), clock.report) if clock.report else None


def _place_near_day(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place "that evening", "the next morning", "the previous night", "the same afternoon"."""
    if clock.anchor is None:
        return one_day(clock.report - timedelta(days=1)) if clock.report and phrase.direction == "previous" else None
    if phrase.direction in ("next", "following"):
        return one_day(clock.anchor.last + timedelta(days=1))
    if phrase.direction == "previous":
        return one_day(clock.anchor.first - timedelta(days=1))
    return one_day(clock.anchor.last)


def _stepped(day: date, phrase: Phrase, sign: int) -> Interval | None:
    """Return the day or calendar unit some units away: coarse counts mean coarse spans."""
    low, high = phrase.number, phrase.number_high
    if phrase.unit in ("hour", "minute", "day"):
        ends = [step(day, phrase.unit, sign * number) for number in (low, high)]
        if ends[0] is None or ends[1] is None:
            return None
        return days_between(min(ends[0], ends[1]), max(ends[0], ends[1]))
    near, far = (unit_at(phrase.unit, day, sign * number) for number in (low, high))
    return Interval(min(near.first, far.first), max(near.last, far.last), max(near.prec, 4 if low != high else 3))


def _place_ago(phrase: Phrase, clock: Clock) -> Interval | None:
    return _stepped(clock.report, phrase, -1) if clock.report else None


def _place_exactly_ago(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place "a year ago today" and "two weeks ago tomorrow": a day."""
    day = step(clock.report, phrase.unit, -phrase.number) if clock.report else None
    return one_day(day) if day else None


def _place_this_day(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place "on this day in 2013"."""
    return one_day(clock.report.replace(year=int(phrase.year or 0))) if clock.report else None


def _place_shift(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place "two days later" and "a week earlier", from the day last said."""
    later = phrase.direction in ("later", "after")
    coarse = phrase.unit not in ("hour", "minute", "day")
    said = clock.span if coarse else clock.anchor
    if said is None and later:
        return None
    base = (said.last if later else said.first) if said else clock.report
    return _stepped(base, phrase, 1 if later else -1) if base else None


def _place_beside(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place "the day before" and "the day after"."""
    return _place_shift(replace(phrase, number=1, number_high=1), clock)


def _place_ahead(phrase: Phrase, clock: Clock) -> Interval | None:
    return _stepped(clock.report, phrase, 1) if clock.report and clock.future else None


def _place_from_now(phrase: Phrase, clock: Clock) -> Interval | None:
    return _stepped(clock.report, phrase, 1) if clock.report else None


def _place_day_of_month(phrase: Phrase, clock: Clock) -> Interval | None:
    base = clock.report or (clock.anchor.last if clock.anchor else None)
    if base is None:
        return None
    month = month_of(base.year, base.month + STEPS.get(phrase.direction, 0)).first
    found = month.replace(day=int(phrase.day or 0))
    if not phrase.direction and clock.report and found > base and not clock.future:
        found = month_of(base.year, base.month - 1).first.replace(day=int(phrase.day or 0))
    return one_day(found)


_PLACERS: dict[str, Callable[[Phrase, Clock], Interval | None]] = SPAN_PLACERS | {
    "date": _place_date,
    "days": _place_days,
    "month": _place_month,
    "months": _place_months,
    "year": _place_year,
    "years": _place_years,
    "full date": _place_full_date,
    "weekday": _place_weekday,
    "night to": _place_night_to,
    "weekdays ago": _place_weekdays_ago,
    "weekday weeks ago": _place_weekdays_ago,
    "deictic": _place_deictic,
    "second day": _place_second_day,
    "part of day": _place_part_of_day,
    "overnight": _place_overnight,
    "near day": _place_near_day,
    "exactly ago": _place_exactly_ago,
    "ago": _place_ago,
    "this day": _place_this_day,
    "shift": _place_shift,
    "beside": _place_beside,
    "ahead": _place_ahead,
    "from now": _place_from_now,
    "day of month": _place_day_of_month,
}
