"""Place phrases of weeks, months and longer on the calendar: "last month", "the first week of March", "the 1990s"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from geoevents.reports.times.clock import Clock, in_its_year
from geoevents.reports.times.intervals import (
    Interval,
    days_between,
    easter,
    month_of,
    one_day,
    step,
    third_of,
    unit_at,
    week_of,
    year_of,
)
from geoevents.reports.times.numbers import Phrase

__all__ = ["SPAN_PLACERS", "STEPS"]

# How far back "in recent days", "weeks" and "months" reach.
_RECENT = {"day": 6, "week": 4, "month": 3}
# How many units from the one that holds the day.
STEPS = {"last": -1, "previous": -1, "past": -1, "next": 1, "coming": 1, "following": 1}


def _place_weekend(phrase: Phrase, clock: Clock) -> Interval | None:
    anchored = phrase.direction in ("following", "previous", "that", "same")
    report = clock.anchor.last if anchored and clock.anchor else clock.report
    if report is None:
        return None
    # The Saturday of the weekend that has begun, or of the last one.
    saturday = report - timedelta(days=(report.weekday() - 5) % 7)
    # "This weekend" on a weekday is the one to come, unless it is told of in the past.
    to_come = clock.future or (phrase.direction == "this" and not clock.past and report.weekday() > 0)
    if phrase.direction in ("next", "coming", "following") or to_come:
        saturday += timedelta(days=7 if report.weekday() not in (5, 6) or phrase.direction not in ("", "this") else 0)
    elif phrase.direction in ("last", "previous", "past"):
        saturday -= timedelta(days=7 if report.weekday() in (5, 6) else 0)
    if phrase.kind == "weekend before last":
        saturday -= timedelta(days=14 if report.weekday() in (5, 6) else 7)
    return days_between(saturday, saturday + timedelta(days=1))


def _place_unit(phrase: Phrase, clock: Clock) -> Interval | None:
    steps = STEPS.get(phrase.direction, 0)
    anchored = phrase.direction in ("that", "same", "following", "previous") or (
        phrase.unit == "day" and phrase.direction in ("next", "this")
    )
    if phrase.unit == "day":
        # "Later in the day" is the day last spoken of, or the report's own.
        base = clock.anchor or (
            one_day(clock.report) if clock.report and phrase.direction in ("this", "previous") else None
        )
        if base is None:
            return None
        return one_day((base.first if steps < 0 else base.last) + timedelta(days=steps))
    day = clock.span.last if anchored and clock.span else clock.report
    if day is None or (anchored and not clock.span and phrase.direction != "previous"):
        return None
    whole = unit_at(phrase.unit, day, steps)
    if not phrase.text:
        return third_of(whole, phrase.part)
    if steps or anchored:
        return whole if phrase.text == "earlier" else Interval(min(day, whole.last), whole.last, whole.prec)
    if phrase.text == "earlier":
        return days_between(
            whole.first,
            max(whole.first, day - timedelta(days=phrase.unit == "week")),
            2 if whole.prec == 3 else whole.prec,
        )
    return days_between(
        min(whole.last, day + timedelta(days=phrase.unit == "week")), whole.last, 2 if whole.prec == 3 else whole.prec
    )


def _place_before_last(phrase: Phrase, clock: Clock) -> Interval | None:
    return unit_at(phrase.unit, clock.report, -2) if clock.report else None


def _place_last_unit(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place "the past week": the span of that length which ends on the report's day."""
    return _back(clock.report, phrase.unit, 1) if clock.report else None


def _back(day: date, unit: str, number: int) -> Interval | None:
    first = step(day, unit, -number)
    if first is None:
        return None
    # "The past week" is a week, though it has an eighth day at one of its ends.
    prec = {"week": 3, "month": 4}.get(unit, 0) if number == 1 else 0
    return Interval(first, day, prec or days_between(first, day).prec)


def _place_window(phrase: Phrase, clock: Clock) -> Interval | None:
    number, forward = phrase.number_high, phrase.direction in ("next", "coming", "following")
    base = clock.report
    if phrase.direction in ("following", "previous") or (
        phrase.direction == "next" and clock.anchor and not clock.future
    ):
        base = (clock.anchor.last if forward else clock.anchor.first) if clock.anchor else None
    if base is None or (phrase.direction == "this"):
        return None
    if forward:
        end = step(base, phrase.unit, number)
        return days_between(base + timedelta(days=1), end) if end and end > base else None
    if phrase.direction == "previous":
        base -= timedelta(days=1)
        first = step(base, phrase.unit, -number)
        return days_between(first + timedelta(days=1), base) if first and first < base else None
    return _back(base, phrase.unit, number)


def _place_recent(phrase: Phrase, clock: Clock) -> Interval | None:
    number = _RECENT.get(phrase.unit)
    return _back(clock.report, phrase.unit, number) if clock.report and number else None


def _place_week_number(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place "week 23 of 2022" by ISO 8601; without a year the last such week that has begun."""
    week = phrase.number
    if phrase.year is not None:
        return week_of(date.fromisocalendar(phrase.year, week, 1))
    if clock.report is None:
        return None
    year = clock.report.isocalendar().year
    found = [week_of(day) for day in (_week_start(year, week), _week_start(year - 1, week)) if day]
    return next((span for span in found if span.first <= clock.report or clock.future), None)


def _week_start(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:  # a year without a week 53
        return None


def _months_of(year: Interval, phrase: Phrase) -> Interval | None:
    """Return the first or last months of a year: "the last three months of 2020"."""
    if (year.last - year.first).days < 364:
        return None
    count, start = phrase.number_high or 1, year.first.year
    if phrase.number < 0:
        return Interval(month_of(start, 13 - count).first, year.last, 4 if count == 1 else 5)
    first = phrase.number if not phrase.number_high else 1
    return Interval(month_of(start, first).first, month_of(start, first + count - 1).last, 4 if count == 1 else 5)


def _place_slice(phrase: Phrase, clock: Clock) -> Interval | None:
    if phrase.text:
        day = clock.report
        whole = unit_at(phrase.text, day, STEPS.get(phrase.direction, 0)) if day else None
    elif phrase.month is not None:
        month = phrase.month
        whole = in_its_year(phrase, clock, lambda year: month_of(year, month))
    else:
        whole = in_its_year(phrase, clock, year_of)
    if whole is None:
        return None
    length, number, last = (whole.last - whole.first).days + 1, phrase.number, phrase.number < 0
    if phrase.unit == "half":
        middle = whole.first + timedelta(days=15) if length < 40 else date(whole.first.year, 7, 1)
        return (
            days_between(middle, whole.last, 4)
            if number == 2 or last
            else days_between(whole.first, middle - timedelta(days=1), 4)
        )
    if phrase.unit == "month":
        return _months_of(whole, phrase)
    if phrase.unit == "quarter":
        month = 3 * (4 if last else number) - 2
        return Interval(month_of(whole.first.year, month).first, month_of(whole.first.year, month + 2).last, 5)
    if phrase.unit == "day":
        count = phrase.number_high or 10
        if last:
            return days_between(whole.last - timedelta(days=count - 1), whole.last, 2)
        return (
            days_between(whole.first, whole.first + timedelta(days=count - 1), 4 if count == 10 else 2)
            if number == 1
            else None
        )
    if phrase.unit == "fortnight":
        first = whole.last - timedelta(days=13) if last or number > 1 else whole.first
        return days_between(first, first + timedelta(days=13))
    if phrase.unit == "week" and last:
        return days_between(whole.last - timedelta(days=7 * max(1, phrase.number_high) - 1), whole.last)
    if phrase.unit == "week":
        first = whole.last - timedelta(days=6) if last else whole.first + timedelta(days=7 * (number - 1))
        return Interval(first, first + timedelta(days=6), 3)
    weekday = 5 if phrase.unit == "weekend" else int(phrase.weekday or 0)
    first = whole.first + timedelta(days=(weekday - whole.first.weekday()) % 7)
    first += timedelta(days=7 * ((length - (first - whole.first).days - 1) // 7 if last else number - 1))
    return days_between(first, first + timedelta(days=1)) if phrase.unit == "weekend" else one_day(first)


def _place_century(phrase: Phrase, clock: Clock) -> Interval | None:
    first = 100 * (phrase.number - 1) + 1
    return third_of(Interval(date(first, 1, 1), date(first + 99, 12, 31), 5), phrase.part)


def _place_decade(phrase: Phrase, clock: Clock) -> Interval | None:
    start = int(phrase.text)
    start += 0 if start > 99 else 1900 if start >= 30 else 2000
    return third_of(Interval(date(start, 1, 1), date(start + 9, 12, 31), 5), phrase.part)


def _place_season(phrase: Phrase, clock: Clock) -> Interval | None:
    """Place a season of the northern half of the world."""
    month = int(phrase.text)

    def build(year: int) -> Interval:
        return Interval(month_of(year, month).first, month_of(year, month + 2).last, 5)

    if not phrase.direction:
        return in_its_year(phrase, clock, build)
    if clock.report is None:
        return None
    found = [build(year) for year in range(clock.report.year - 2, clock.report.year + 3)]
    if phrase.direction == "last":
        return next(season for season in reversed(found) if season.last < clock.report)
    if phrase.direction == "next":
        return next(season for season in found if season.first > clock.report)
    inside = [season for season in found if season.first <= clock.report <= season.last]
    return inside[0] if inside else build(clock.report.year)


def _place_holiday(phrase: Phrase, clock: Clock) -> Interval | None:
    def build(year: int) -> Interval:
        if phrase.text.startswith("easter"):
            return one_day(easter(year) + timedelta(days=int(phrase.text[6:])))
        month, day = phrase.text.split("-")
        return one_day(date(year, int(month), int(day)))

    if phrase.direction and clock.report:
        days = [build(clock.report.year + step) for step in (-1, 0, 1)]
        if phrase.direction == "last":
            return next((day for day in reversed(days) if day.last < clock.report), None)
        if phrase.direction == "next":
            return next((day for day in days if day.first > clock.report), None)
        return days[1]
    return in_its_year(phrase, clock, build)


def _place_quarter(phrase: Phrase, clock: Clock) -> Interval | None:
    if phrase.text.startswith("H"):
        start = 6 * int(phrase.text[1:]) - 5
        return in_its_year(
            phrase, clock, lambda year: Interval(month_of(year, start).first, month_of(year, start + 5).last, 5)
        )
    month = 3 * int(phrase.text) - 2
    return in_its_year(
        phrase, clock, lambda year: Interval(month_of(year, month).first, month_of(year, month + 2).last, 5)
    )


SPAN_PLACERS: dict[str, Callable[[Phrase, Clock], Interval | None]] = {
    "weekend": _place_weekend,
    "weekend before last": _place_weekend,
    "before last": _place_before_last,
    "window": _place_window,
    "recent": _place_recent,
    "last unit": _place_last_unit,
    "unit": _place_unit,
    "decade": _place_decade,
    "decade word": _place_decade,
    "century": _place_century,
    "season": _place_season,
    "holiday": _place_holiday,
    "slice": _place_slice,
    "quarter": _place_quarter,
    "week number": _place_week_number,
}
