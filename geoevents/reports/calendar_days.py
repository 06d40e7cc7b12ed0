"""Places a phrase of time on the calendar: a phrase and what the text has said so far enter; an interval leaves.

"Three weeks ago" is the calendar week three weeks back.
A phrase that needs a day which nothing has said (no report date, no day before it) gives None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from geoevents.reports.intervals import (
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
from geoevents.reports.time_phrases import Phrase

__all__ = ["Clock", "place"]

# A day this far ahead of the report is still of its year: reports are filed before midnight somewhere.
_AHEAD_DAYS = 3


@dataclass(frozen=True, slots=True)
class Clock:
    """What a phrase is read against.

    ``report`` is the report's day, ``anchor`` the day or few days last said in the text, ``span`` the time last said
    however long, ``written`` the last one said with its year, ``near`` the same when it stands in this sentence or
    the one before, ``future`` the tense, ``order`` how to read 03/04/2022.
    """

    report: date | None
    anchor: Interval | None = None
    span: Interval | None = None
    written: Interval | None = None
    near: Interval | None = None
    future: bool = False
    order: str = "day-month"


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


def _pointed_year(direction: str, clock: Clock) -> int | None:
    """Return the year that "last year", "of that year" and the like point to."""
    if direction in ("last", "this", "next"):
        return clock.report.year + {"last": -1, "this": 0, "next": 1}[direction] if clock.report else None
    base = clock.span.first if clock.span else None
    return base.year + {"following": 1, "previous": -1}.get(direction, 0) if base else None


def _year_of(phrase: Phrase, clock: Clock, build: Callable[[int], Interval]) -> Interval | None:
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
    found = [interval for year in (day.year - 1, day.year, day.year + 1) if (interval := _maybe(build, year))]
    return min(found, key=lambda interval: abs((interval.first - day).days), default=None)


def _maybe(build: Callable[[int], Interval], year: int) -> Interval | None:
    try:
        return build(year)
    except ValueError:  # 29 February
        return None


def _by_tense(clock: Clock, build: Callable[[int], Interval]) -> Interval | None:
    if clock.report is None:
        return None
    years = range(clock.report.year - 4, clock.report.year + 5)
    found = [interval for year in years if (interval := _maybe(build, year))]
    if clock.future:
        return next((interval for interval in found if interval.last >= clock.report), None)
    limit = clock.report + timedelta(days=_AHEAD_DAYS)
    return next((interval for interval in reversed(found) if interval.first <= limit), None)


def _place_date(phrase: Phrase, clock: Clock) -> Interval | None:
    month, day = int(phrase.month or 0), int(phrase.day or 0)
    found = _year_of(phrase, clock, lambda year: one_day(date(year, month, day)))
    if found is None or phrase.year is not None or phrase.weekday is None or found.first.weekday() == phrase.weekday:
        return found
    # The weekday said beside the day corrects the year that was worked out.
    for year in (found.first.year - 1, found.first.year + 1):
        other = _maybe(lambda y: one_day(date(y, month, day)), year)
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
    return _year_of(phrase, clock, build)


def _place_month(phrase: Phrase, clock: Clock) -> Interval | None:
    month = int(phrase.month or 0)
    if not phrase.direction:
        found = _year_of(phrase, clock, lambda year: month_of(year, month))
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
    return _year_of(phrase, clock, build)


def _place_year(phrase: Phrase, clock: Clock) -> Interval | None:
    return third_of(year_of(int(phrase.year or 0)), phrase.part)


def _place_years(phrase: Phrase, clock: Clock) -> Interval | None:
    return Interval(date(int(phrase.year or 0), 1, 1), date(int(phrase.year2 or 0), 12, 31), 5)


def _place_full_date(phrase: Phrase, clock: Clock) -> Interval | None:
    text = phrase.text.split("T")[0].split("t")[0].split(" ")[0]
    mark = next(character for character in text if not character.isdigit())
    one, two, three = (int(piece) for piece in text.split(mark)[:3])
    if len(text.split(mark)[0]) == 4:
        return one_day(date(one, two, three))
    year = three if three > 99 else three + (1900 if three > 68 else 2000)
    if two > 12 or (clock.order == "month-day" and one <= 12):
        one, two = two, one
    return one_day(date(year, two, one))


def _place_weekday(phrase: Phrase, clock: Clock) -> Interval | None:
    weekday, report = int(phrase.weekday or 0), clock.report
    if phrase.direction in ("that", "following", "previous", "same"):
        base = clock.anchor.last if clock.anchor else report
        return one_day(base + timedelta(days=(weekday - base.weekday()) % 7)) if base else None
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


def _place_weekend(phrase: Phrase, clock: Clock) -> Interval | None:
    anchored = phrase.direction in ("following", "previous", "that", "same")
    report = clock.anchor.last if anchored and clock.anchor else clock.report
    if report is None:
        return None
    # The Saturday of the weekend that has begun, or of the last one.
    saturday = report - timedelta(days=(report.weekday() - 5) % 7)
    if phrase.direction in ("next", "coming", "following") or clock.future:
        saturday += timedelta(days=7 if report.weekday() not in (5, 6) or phrase.direction else 0)
    elif phrase.direction in ("last", "previous", "past"):
        saturday -= timedelta(days=7 if report.weekday() in (5, 6) else 0)
    if phrase.kind == "weekend before last":
        saturday -= timedelta(days=14 if report.weekday() in (5, 6) else 7)
    return days_between(saturday, saturday + timedelta(days=1))


_STEPS = {"last": -1, "previous": -1, "past": -1, "next": 1, "coming": 1, "following": 1}


def _place_unit(phrase: Phrase, clock: Clock) -> Interval | None:
    steps = _STEPS.get(phrase.direction, 0)
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
    return _back(clock.report, "day", 6) if clock.report and phrase.unit == "day" else None


def _place_ahead(phrase: Phrase, clock: Clock) -> Interval | None:
    return _stepped(clock.report, phrase, 1) if clock.report and clock.future else None


def _place_slice(phrase: Phrase, clock: Clock) -> Interval | None:
    if phrase.text:
        day = clock.report
        whole = unit_at(phrase.text, day, _STEPS.get(phrase.direction, 0)) if day else None
    elif phrase.month is not None:
        month = phrase.month
        whole = _year_of(phrase, clock, lambda year: month_of(year, month))
    else:
        whole = _year_of(phrase, clock, year_of)
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
    if phrase.unit == "week" and last:
        return days_between(whole.last - timedelta(days=7 * max(1, phrase.number_high) - 1), whole.last)
    if phrase.unit == "week":
        first = whole.last - timedelta(days=6) if last else whole.first + timedelta(days=7 * (number - 1))
        return Interval(first, first + timedelta(days=6), 3)
    weekday = 5 if phrase.unit == "weekend" else int(phrase.weekday or 0)
    first = whole.first + timedelta(days=(weekday - whole.first.weekday()) % 7)
    first += timedelta(days=7 * ((length - (first - whole.first).days - 1) // 7 if last else number - 1))
    return days_between(first, first + timedelta(days=1)) if phrase.unit == "weekend" else one_day(first)


def _place_day_of_month(phrase: Phrase, clock: Clock) -> Interval | None:
    base = clock.report or (clock.anchor.last if clock.anchor else None)
    if base is None:
        return None
    month = month_of(base.year, base.month + _STEPS.get(phrase.direction, 0)).first
    found = month.replace(day=int(phrase.day or 0))
    if not phrase.direction and clock.report and found > base and not clock.future:
        found = month_of(base.year, base.month - 1).first.replace(day=int(phrase.day or 0))
    return one_day(found)


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
        return _year_of(phrase, clock, build)
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
    return _year_of(phrase, clock, build)


def _place_quarter(phrase: Phrase, clock: Clock) -> Interval | None:
    month = 3 * int(phrase.text) - 2
    return _year_of(
        phrase, clock, lambda year: Interval(month_of(year, month).first, month_of(year, month + 2).last, 5)
    )


_PLACERS: dict[str, Callable[[Phrase, Clock], Interval | None]] = {
    "date": _place_date, "days": _place_days, "month": _place_month, "months": _place_months, "year": _place_year,
    "years": _place_years, "full date": _place_full_date, "weekday": _place_weekday,
    "weekdays ago": _place_weekdays_ago, "weekday weeks ago": _place_weekdays_ago, "deictic": _place_deictic,
    "second day": _place_second_day, "part of day": _place_part_of_day, "overnight": _place_overnight,
    "near day": _place_near_day, "weekend": _place_weekend, "weekend before last": _place_weekend,
    "before last": _place_before_last, "exactly ago": _place_exactly_ago, "ago": _place_ago, "shift": _place_shift,
    "beside": _place_beside, "window": _place_window, "recent": _place_recent, "last unit": _place_last_unit,
    "ahead": _place_ahead, "unit": _place_unit, "decade": _place_decade, "decade word": _place_decade,
    "century": _place_century, "season": _place_season, "holiday": _place_holiday, "slice": _place_slice,
    "day of month": _place_day_of_month, "quarter": _place_quarter,
}  # fmt: skip
