"""Find the times a report speaks of, as intervals.

The grammar is of news English: weekdays before and after the report's day by the tense beside them, days and months
without a year, parts of months and weeks, ranges, "since", "three weeks ago", "the previous day", and the year that an
earlier date of the text gives to later ones. Ages, durations ("for three weeks") and habits ("every
Friday") are not times.

Nothing is invented: a phrase whose day is not said and not inherited gives nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from geoevents.reports.times.calendar_days import place
from geoevents.reports.times.clock import Clock
from geoevents.reports.times.dateline import find_dateline
from geoevents.reports.times.forms import heads_days, is_form
from geoevents.reports.times.intervals import Interval, days_between, step
from geoevents.reports.times.numbers import Phrase
from geoevents.reports.times.phrases import TimePhrases, read_phrases
from geoevents.reports.times.tense import tense_of
from geoevents.reports.times.words import Tokens

__all__ = ["FILED_DAYS", "TimeExpression", "find_times"]

# Phrases that name one day.
_DAY_KINDS = {"date", "full date", "weekday", "deictic", "holiday", "second day", "day of month"}
_SAME_KIND = {
    "full date": "date",
    "holiday": "date",
    "year": "year",
    "weekday": "weekday",
    "month": "month",
    "date": "date",
}
# A report appears at most so many days after its dateline's day; a heading with an earlier day dates an event.
FILED_DAYS = 3
# Tokens at most between two phrases that say one time; "on Friday night and into the early hours of Saturday".
_GAP = 7
_INTO = re.compile(r",?&?jT?(?:rUO)?")
# Verbs of saying, and how many words before a time they may stand.
_SAYING = {"said", "told", "announced", "reported", "added", "stated", "confirmed", "says", "dated"}
_TOLD_REACH = 4


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time said in a text.

    Attributes
    ----------
    start, end
        Where it stands: characters of the text, ``end`` excluded.
    first, last
        The first and last day, both included; None where open ("until Friday" has no first day).
    prec
        UCDP's date_prec: 1 a day, 2 two to six days, 3 a week, 4 a month, 5 more.
    is_range
        Whether its first and last day are said: "from 3 to 7 May", not "in May".
    """

    start: int
    end: int
    first: date | None
    last: date | None
    prec: int
    is_range: bool = False


@dataclass(frozen=True, slots=True)
class _Said:
    """What a text has said so far: the anchors of later phrases, and the sentences they stood in."""

    anchor: Interval | None = None
    span: Interval | None = None
    written: Interval | None = None
    year_said: Interval | None = None
    year_sentence: int = -9


def find_times(text: str, report_date: date | None, read: TimePhrases | None = None) -> list[TimeExpression]:
    """Return the times a text says, in its order; the dateline is left out.

    Parameters
    ----------
    text
        Running English text, of one report.
    report_date
        The day of the report, which weekdays, "yesterday" and days without a year are read against. None takes the
        dateline's; without one, only what the text dates itself is found.
    read
        The phrases of the text, where they have been read.

    Examples
    --------
    >>> [(t.first.isoformat(), t.last.isoformat(), t.prec) for t in find_times(
    ...     "He was arrested last Thursday, the police said on Saturday. The rally is planned for Friday.",
    ...     date(2022, 1, 10))]
    [('2022-01-06', '2022-01-06', 1), ('2022-01-08', '2022-01-08', 1), ('2022-01-14', '2022-01-14', 1)]
    >>> find_times("The war lasted for three weeks and killed 2,000 people.", date(2022, 1, 10))
    []
    """
    read = read or read_phrases(text)
    tokens = read.tokens
    dateline = None if heads_days(text) else find_dateline(text, report_date)
    report = report_date or (dateline.day if dateline else None)
    if dateline and dateline.day and report and abs((dateline.day - report).days) > FILED_DAYS:
        dateline = None  # "April 2nd 2017: Hunaida village" in a report of May: the day of the event
    elif dateline and dateline.day and report and dateline.day <= report:
        report = dateline.day  # "today" and "on Monday" were written on that day
    if dateline and is_form(text):
        dateline = None  # "Date: 3 May. Location: Goma.": the day of an incident
    phrases = [
        phrase
        for phrase in read.phrases
        # "Reporting period: 12-18 January": the days that the report is about.
        if dateline is None
        or phrase.kind == "days"
        or not dateline.start <= tokens.items[phrase.first].start < dateline.end
    ]
    sentences = _sentence_numbers(tokens)
    order = _numeric_order(tokens, report)
    found: list[TimeExpression] = []
    said, position = _Said(), 0
    while position < len(phrases):
        used, expression, said = _read(tokens, phrases, position, said, Clock(report, order=order), sentences)
        if expression is not None:
            found.append(expression)
        position += used
    return found


def _read(
    tokens: Tokens, phrases: list[Phrase], at: int, said: _Said, clock: Clock, sentences: list[int]
) -> tuple[int, TimeExpression | None, _Said]:
    """Read the phrase at a position, with those that belong to it; return how many were used."""
    phrase = phrases[at]
    sentence, tense = sentences[phrase.first], tense_of(tokens, phrase)
    clock = replace(
        clock,
        anchor=said.anchor,
        span=said.span,
        written=said.written,
        near=_near(said, sentence),
        future=tense == "future" and tokens.codes[phrase.first - 1 : phrase.first] != "s",
        past=tense == "past",
    )
    used, interval = _compound(tokens, phrases, at, clock)
    if interval is None:
        return 1, None, said
    last = phrases[at + used - 1]
    first_token, expression = _opened(tokens, phrase, last, interval, clock, ranged=used > 1)
    opened = first_token != phrase.first
    said = _remember(said, phrases[at : at + used], interval, sentence, opened=opened, told=_is_told(tokens, phrase))
    if expression is None:
        return used, None, said
    start, end = tokens.items[first_token].start, tokens.items[max(last.last, phrase.last)].end
    prec = interval.prec
    if expression[0] and expression[1] and first_token != phrase.first:
        prec = max(prec, days_between(expression[0], expression[1]).prec)
    is_range = phrase.kind == "days" or (used > 1 and {phrase.kind, last.kind} <= _DAY_KINDS)
    return used, TimeExpression(start, end, expression[0], expression[1], prec, is_range), said


def _near(said: _Said, sentence: int) -> Interval | None:
    """Return the time with a year that stands in this sentence or, if it is a day or month, in the one before."""
    if said.year_said is None:
        return None
    reach = 1 if said.year_said.prec < 5 else 0
    return said.year_said if sentence - said.year_sentence <= reach else None


def _is_told(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether a time is when something was said: "police said on Thursday"."""
    before = tokens.items[max(0, phrase.first - _TOLD_REACH) : phrase.first]
    return any(token.word in _SAYING for token in before)


def _remember(
    said: _Said, phrases: list[Phrase], interval: Interval, sentence: int, *, opened: bool, told: bool
) -> _Said:
    # The day on which something was said is that of the story only while there is no other.
    if interval.prec <= 2 and not (told and said.anchor):
        said = replace(said, anchor=interval)
    if interval.prec <= 5 and not opened:
        said = replace(said, span=interval)
    with_year = any(phrase.year or phrase.year2 or phrase.kind == "full date" for phrase in phrases)
    if with_year and not (opened and interval.prec == 5):
        said = replace(said, year_said=interval, year_sentence=sentence)
    elif said.year_said and sentence - said.year_sentence <= 1 and interval.first.year == said.year_said.first.year:
        # The year goes on being spoken of.
        said = replace(said, year_sentence=sentence)
    dated = interval.prec <= 4
    if dated or (with_year and not opened and said.written is None):
        said = replace(said, written=interval)
    return said


# -- several phrases that say one time -------------------------------------------------------------------------------


def _compound(tokens: Tokens, phrases: list[Phrase], at: int, clock: Clock) -> tuple[int, Interval | None]:
    phrase, codes = phrases[at], tokens.codes
    following = phrases[at + 1] if at + 1 < len(phrases) else None
    gap = codes[phrase.last + 1 : following.first] if following and following.first - phrase.last <= _GAP else None
    if following is not None and gap is not None:
        if _joins_range(phrase, following, gap, codes[phrase.first - 1] if phrase.first else ""):
            interval = _range(phrase, following, clock)
            if interval:
                return 2, interval
        if phrase.kind in ("shift", "beside") and phrase.direction in ("before", "after") and gap in ("", "T"):
            base = place(following, clock)
            if base:
                return 2, place(phrase, replace(clock, anchor=base, span=base))
        if phrase.kind == "ago" and following.kind == "unit" and gap == "" and clock.report:
            # "Ten years ago this week".
            then = step(clock.report, phrase.unit, -phrase.number)
            return (2, place(following, replace(clock, report=then))) if then else (1, None)
        if phrase.kind == "overnight" and gap in ("i", "F", "j", "", "O", "iT", "jT"):
            return _overnight(tokens, phrases, at, gap, clock)
        if following.kind == "overnight" and gap == "" and phrase.kind in _DAY_KINDS:
            day = place(phrase, clock)
            return (2, _stretch(day, 0, 1)) if day else (1, None)
        if phrase.kind == "weekend" and gap == "O" and following.kind in ("date", "days", "full date"):
            day = place(following, clock)
            return 2, _stretch(day, 0, 1) if day and day.prec == 1 and day.first.weekday() == 5 else day
    if phrase.direction in ("before", "after") and codes[phrase.last + 1 : phrase.last + 2] not in (
        "",
        ".",
        ",",
        ";",
        "¶",
        ")",
    ):
        return 1, _of_the_other(tokens, phrases, at, clock)
    interval = place(phrase, clock)
    if interval is not None and interval.prec == 1 and phrase.first >= 2:
        interval = _week_of(tokens, phrase, interval)
    return 1, interval


def _of_the_other(tokens: Tokens, phrases: list[Phrase], at: int, clock: Clock) -> Interval | None:
    """Return the day of what stands behind "on Wednesday, a day after"; None where the days are not counted."""
    phrase, said = phrases[at], phrases[at - 1] if at else None
    exact = phrase.kind == "shift" and phrase.unit == "day" and phrase.number_high == phrase.number
    if said is None or not exact or said.kind not in _DAY_KINDS:
        return None
    between = tokens.codes[said.last + 1 : phrase.first]
    if between[-1:] not in (",", "-") or not {".", ";", "¶"}.isdisjoint(between):
        return None
    day = place(said, clock)
    days = -phrase.number if phrase.direction == "after" else phrase.number
    return _stretch(day, days, days) if day is not None and day.prec == 1 else None


def _joins_range(phrase: Phrase, following: Phrase, gap: str, before: str) -> bool:
    kinds = [_SAME_KIND.get(p.kind, p.kind) for p in (phrase, following)]
    same = kinds[0] == kinds[1]
    if _INTO.fullmatch(gap):
        return same and kinds[0] in ("weekday", "date")
    if gap.lstrip(",") in (">", "K", ">T", "KT", "j"):
        return before == "F" or (same and kinds[0] in ("weekday", "date", "month", "year"))
    if gap in ("-",):
        return same and kinds[0] in ("weekday", "date", "month", "year")
    if gap in ("&", "&T"):
        return before == "B" or (same and kinds[0] == "weekday" and _follows(phrase, following))
    return False


def _follows(phrase: Phrase, following: Phrase) -> bool:
    """Return whether two weekdays follow each other: Saturday and Sunday are one time, Monday and Friday two."""
    plain = not (phrase.direction or phrase.unit or following.direction or following.unit)
    return plain and (int(phrase.weekday or 0) + 1) % 7 == following.weekday


def _range(phrase: Phrase, following: Phrase, clock: Clock) -> Interval | None:
    end = place(following, clock)
    if phrase.year is None and following.year is not None and phrase.month is not None and end:
        start = place(replace(phrase, year=end.first.year), clock)
        if start and start.first > end.last:
            start = place(replace(phrase, year=end.first.year - 1), clock)
    else:
        start = place(phrase, clock)
    if start is None or end is None:
        return None
    if end.last < start.first and following.kind == "weekday":
        end = _stretch(end, 7 * ((start.first - end.last).days // 7 + 1), 7 * ((start.first - end.last).days // 7 + 1))
    elif following.kind == "weekday" and phrase.kind == "weekday" and (end.last - start.first).days > 6:
        start = _stretch(start, 7, 7)
    elif end.last < start.first and following.year is None and following.month is not None:
        end = (
            place(replace(following, year=start.first.year + (following.month < int(phrase.month or 1))), clock) or end
        )
    if end.last < start.first:
        return None
    return days_between(start.first, end.last, max(start.prec, end.prec))


def _stretch(day: Interval, start: int, end: int) -> Interval:
    """Move the first and last day of a time."""
    first, last = day.first + timedelta(days=start), day.last + timedelta(days=end)
    return Interval(first, last, max(day.prec, 1 if first == last else 2))


def _overnight(tokens: Tokens, phrases: list[Phrase], at: int, gap: str, clock: Clock) -> tuple[int, Interval | None]:
    used, interval = _compound(tokens, phrases, at + 1, clock)
    if interval is None or phrases[at + 1].kind not in _DAY_KINDS | {"days"}:
        return 1, place(phrases[at], clock)
    if interval.prec == 1:
        interval = _stretch(interval, -1, 0) if gap.startswith("j") else _stretch(interval, 0, 1)
    return used + 1, interval


def _week_of(tokens: Tokens, phrase: Phrase, day: Interval) -> Interval:
    """Read "the week of 5 July" and "the week ending 5 July"."""
    before, link = tokens.items[phrase.first - 2], tokens.items[phrase.first - 1]
    if before.value != "week" or link.kind not in ("of", "week edge"):
        return day
    back = -6 if link.value == "-6" else 0
    return Interval(day.first + timedelta(days=back), day.first + timedelta(days=back + 6), 3)


# -- the word before ----------------------------------------------------------------------------------------------


def _opened(
    tokens: Tokens, phrase: Phrase, last: Phrase, interval: Interval, clock: Clock, *, ranged: bool
) -> tuple[int, tuple[date | None, date | None] | None]:
    """Apply "since", "until", "by" and "before"; return the first token, and the first and last day."""
    at = phrase.first - 1
    if at >= 0 and tokens.codes[at] == "T" and phrase.kind not in _DAY_KINDS:
        at -= 1
    if at >= 1 and tokens.codes[at] == "r" and phrase.kind in _DAY_KINDS and phrase.part is None:
        at -= 1  # "by late Monday"
    code = tokens.codes[at] if at >= 0 else ""
    days: tuple[date | None, date | None] = (interval.first, interval.last)
    if ranged or phrase.kind in ("days", "months", "years"):
        return (at if code in ("F", "B") and code else phrase.first), days
    if code == "s":
        known = clock.report if clock.report and clock.report >= interval.first else None
        return at, (interval.first, known)
    if code == "K":
        return at, (None, interval.last)
    if code == "k" and phrase.kind not in ("deictic", "window"):
        return at, (None, interval.last)
    possessive = tokens.items[last.last].possessive
    if (
        code == "b"
        and not possessive
        and phrase.kind in ("date", "full date", "year", "month", "weekday")
        and phrase.part is None
    ):
        after = tokens.codes[last.last + 1 : last.last + 2]
        if after in ("", ".", ",", ";", "¶", ")", "&") or phrase.kind != "weekday":
            return at, (None, interval.first - timedelta(days=1))
    return phrase.first, days


# -- sentences and figures ---------------------------------------------------------------------------------------------


def _sentence_numbers(tokens: Tokens) -> list[int]:
    numbers, current = [], 0
    for code in tokens.codes:
        current += code in ".¶"
        numbers.append(current)
    return numbers


def _numeric_order(tokens: Tokens, report: date | None) -> str:
    """Return how to read 03/04/2022: as another date of the text shows, else the reading nearer to the report."""
    pairs = []
    for token in tokens.items:
        if token.kind == "full date" and not token.value[:4].isdigit():
            mark = next(character for character in token.value if not character.isdigit())
            one, two, *years = (int(piece) for piece in token.value.split(mark)[:3])
            year = years[0] if years else report.year if report else 0
            if year:
                pairs.append((one, two, year if year > 99 else year + (1900 if year > 68 else 2000)))
    if any(one > 12 for one, _, _ in pairs):
        return "day-month"
    if any(two > 12 for _, two, _ in pairs):
        return "month-day"
    if report and pairs and all(0 < part < 13 for pair in pairs for part in pair[:2]):
        far = {
            order: max(
                abs((date(year, *((two, one) if order == "day-month" else (one, two))) - report).days)
                for one, two, year in pairs
            )
            for order in ("day-month", "month-day")
        }
        return "month-day" if far["month-day"] < min(far["day-month"], 15) else "day-month"
    return "day-month"
