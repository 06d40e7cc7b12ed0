"""Read the numbers that a phrase of time says.

The rules stand in `geoevents.reports.times.phrases`; here are the readers of days, months, years and weekdays, and what
all readers share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from geoevents.reports.times.words import Token, Tokens

__all__ = [
    "DIRECTIONS",
    "NO_YEAR",
    "Phrase",
    "Year",
    "count_of",
    "read_dashed",
    "read_date",
    "read_month",
    "read_months",
    "read_two_months",
    "read_weekday",
    "read_weekdays_ago",
    "read_year",
    "read_years",
    "span_of",
    "stands_behind",
    "value_of",
    "year_of_tail",
]

# Four figures below this are a count more often than a year.
_OLDEST_YEAR = 1500
# Before this a year seldom stands right before a word.
_OLD_YEAR = 1800
# What the words of direction are called in a phrase.
DIRECTIONS = {
    "l": "last",
    "x": "next",
    "t": "this",
    "h": "that",
    "f": "following",
    "e": "previous",
    "S": "same",
    "c": "coming",
    "v": "past",
    "E": "earlier",
    "L": "later",
    "b": "before",
    "A": "after",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A time as it is said: tokens ``first`` to ``last``, a kind, and the fields that this kind uses.

    ``direction`` is last, next, this, that, following, previous, same, coming or past; ``part`` 0, 1, 2 is the
    early, middle and late third, ``part2`` the last of several ("mid to late"). ``number`` and ``number_high`` are
    equal unless the count is vague ("a few").
    """

    first: int
    last: int
    kind: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    direction: str = ""
    unit: str = ""
    part: int | None = None
    part2: int | None = None
    number: int = 0
    number_high: int = 0
    month2: int | None = None
    day2: int | None = None
    year2: int | None = None
    year_direction: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """The year at the tail of a date: said, or pointed to ("last year")."""

    said: int | None = None
    direction: str = ""


NO_YEAR = Year()


def value_of(tokens: Tokens, match: re.Match[str], group: str) -> int | None:
    """Return the number a group's token holds."""
    at = match.start(group)
    return int(tokens.items[at].value) if at >= 0 else None


def span_of(match: re.Match[str]) -> tuple[int, int]:
    """Return the first and last token of a match."""
    return match.start(), match.end() - 1


def year_of_tail(tokens: Tokens, match: re.Match[str]) -> Year | None:
    """Return the year of a date's tail, or how it points to one; None when the tail is not a year."""
    tail = match["year"]
    if not tail:
        return NO_YEAR
    last: Token = tokens.items[match.end("year") - 1]
    if tail[-1] == "Y":
        return Year(int(last.value))
    if tail[-1] in "yq":
        short = int(last.value)
        return Year(short + (1900 if short > 68 else 2000))
    direction = DIRECTIONS[tail[-2]]
    return Year(None, direction) if last.value == "year" else None


def stands_behind(tokens: Tokens, match: re.Match[str], codes: str) -> bool:
    """Return whether a token of some classes stands right before a match."""
    at = match.start()
    return at > 0 and tokens.codes[at - 1] in codes


def count_of(tokens: Tokens, match: re.Match[str]) -> tuple[int, int] | None:
    """Return the lowest and highest number a count of units says."""
    vague = match["count"].find("Q")
    if vague >= 0:
        low, high = tokens.items[match.start("count") + vague].value.split(",")
        return int(low), int(high)
    for at in range(match.start("count"), match.end("count")):
        token = tokens.items[at]
        if token.value.isdigit():
            return int(token.value), int(token.value)
        if token.word.isdigit():
            return int(token.word), int(token.word)
    return None


def read_date(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read a day of a month, or several: "Thursday, 6 January 2022", "Jan. 3-7", "3, 5 and 9 January"."""
    year = year_of_tail(tokens, match)
    if year is None:
        match = _without_year(match, tokens)
        year = NO_YEAR
    days = [i for i in range(match.start("d"), match.end("d")) if tokens.codes[i] in "do"]
    values = [int(tokens.items[i].value) for i in days]
    months = [i for i in range(match.start(), match.end()) if tokens.codes[i] in "Mm"]
    month = int(tokens.items[months[0]].value)
    if any(value > 31 for value in values):
        return None
    first, last = span_of(match)
    first += tokens.codes[first : first + 2] == "Td"
    base = Phrase(
        first,
        last,
        "date",
        month=month,
        weekday=value_of(tokens, match, "wd"),
        year=year.said,
        year_direction=year.direction,
    )
    if len(values) == 1:
        return [replace(base, day=values[0])]
    between = tokens.codes[days[0] + 1 : days[1]]
    is_range = len(values) == 2 and (
        set(between) & set("->K/") or values[1] == values[0] + 1 or stands_behind(tokens, match, "B")
    )
    if is_range:
        return [replace(base, kind="days", day=values[0], day2=values[1], month2=month)]
    # A list: every day its own phrase; the first carries the words before, the last those behind.
    edges = [first, *days[1:]]
    return [
        replace(base, first=edge, last=(days[i] if i + 1 < len(edges) else last), day=values[i])
        for i, edge in enumerate(edges)
    ]


def read_dashed(tokens: Tokens, match: re.Match[str]) -> list[Phrase]:
    """Read "5-May-2021" and "05-May-21"."""
    first, last = span_of(match)
    year = int(tokens.items[last].value)
    year += 0 if year > 99 else 1900 if year > 68 else 2000
    return [
        Phrase(first, last, "date", year=year, month=value_of(tokens, match, "m"), day=value_of(tokens, match, "d"))
    ]


def _without_year(match: re.Match[str], tokens: Tokens) -> re.Match[str]:
    """Match again on the tokens before a tail that turned out to be no year."""
    again = match.re.match(tokens.codes, match.start(), match.start("year"))
    return again if again else match


def read_two_months(tokens: Tokens, match: re.Match[str]) -> list[Phrase]:
    """Read days of two months: "30 December to 2 January", "Dec. 30 - Jan. 2, 2022"."""
    first, last = span_of(match)
    fields: dict[str, int | None] = {}
    for number, suffix in (("1", ""), ("2", "2")):
        for name in ("month", "day"):
            group = name[0] + number
            group = group if match.start(group) >= 0 else group + "b"
            fields[name + suffix] = value_of(tokens, match, group)
        fields["year" + suffix] = value_of(tokens, match, "y" + number)
    return [Phrase(first, last, "days", **fields)]  # type: ignore[arg-type]


def read_month(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read a month: "early March 2022", "last May", "in June"."""
    year = year_of_tail(tokens, match)
    if year is None:
        match, year = _without_year(match, tokens), NO_YEAR
    at = match.start("m")
    code, before = tokens.codes[at], tokens.codes[match.start() - 1] if match.start() else ""
    bare = year == NO_YEAR and match.start("part") < 0 and not match["way"]
    # A month alone needs a word of time before it: "in March", not "the March to the sea" or "Theresa May".
    if bare and before not in ("iskKFBO>jbA" if code == "m" else "iskKFBO>jbAT"):
        return None
    if (bare and before == "") or (
        bare and code == "m" and tokens.codes[at + 1 : at + 2] in ("z", "!") and before in ">O"
    ):
        return None
    direction = DIRECTIONS[match["way"]] if match["way"] else ""
    first, last = span_of(match)
    part = value_of(tokens, match, "part")
    return [
        Phrase(
            first,
            last,
            "month",
            month=int(tokens.items[at].value),
            direction=direction,
            part=part,
            year=year.said,
            year_direction=year.direction,
        )
    ]


def read_months(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read two months: "March and April 2020"."""
    year = year_of_tail(tokens, match)
    first, last = span_of(match)
    if year is None or not (year != NO_YEAR or stands_behind(tokens, match, "iskKFBOT")):
        return None
    one, two = value_of(tokens, match, "m"), value_of(tokens, match, "m2")
    return [
        Phrase(
            first,
            last,
            "months",
            month=one,
            month2=two,
            year2=year.said,
            year_direction=year.direction,
        )
    ]


def read_years(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read two years: "2015-16", "between 2015 and 2018"."""
    first, last = span_of(match)
    start, end = int(tokens.items[first].value), int(tokens.items[last].value)
    if end < 100:
        end += start // 100 * 100
    joined = tokens.codes[first + 1] in "&>"
    if end <= start or (joined and not stands_behind(tokens, match, "FBi")):
        return None
    return [Phrase(first, last, "years", year=start, year2=end)]


def read_year(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read a year: "in 2019", "late 2021", "the 2015 quake"."""
    at = match.end() - 1
    number = int(tokens.items[at].value)
    first, part = match.start(), value_of(tokens, match, "part")
    number += 0 if tokens.codes[at] == "Y" else 1900 if number > 68 else 2000
    before = tokens.codes[first - 1] if first else "¶"
    after = tokens.codes[at + 1 : at + 2]
    opened = before == "(" and after in (")", ",")
    if after == "^" or (tokens.items[first].word.startswith("0")) or _counts_things(tokens, at, before, number):
        return None
    named = before == "T" and after in ("z", "M") and number >= 1900
    if part is None and not (before in "iskKFBObA>&" or opened or named):
        return None
    if part is None and before in "O>&kiFbA" and after == "#" and number % 100 == 0:
        return None
    if part is None and before in "O>&ki" and (number < _OLDEST_YEAR or after in ("U", "-")):
        return None
    return [Phrase(first, at, "year", year=number, part=part)]


def _counts_things(tokens: Tokens, at: int, before: str, number: int) -> bool:
    """Return whether four figures count what stands behind them: "after 1200 air strikes", "of 2000 shells"."""
    if before not in "O>&kbAF" or tokens.codes[at + 1 : at + 2] != "z" or not tokens.items[at + 1].word.isalpha():
        return False
    return number < _OLD_YEAR or (number % 100 == 0 and tokens.items[at + 1].word.endswith("s"))


def read_weekday(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read a weekday: "last Thursday", "Friday of next week"."""
    at = match.start("w")
    before = tokens.codes[match.start() - 1] if match.start() else ""
    if not _names_day(tokens, at, before) or before in ("*", "~") or tokens.codes[at + 1 : at + 2] == "@":
        return None
    first, last = span_of(match)
    weekday = int(tokens.items[at].value)
    plain = Phrase(
        first, at, "weekday", weekday=weekday, direction=DIRECTIONS[match["way"][-1]] if match["way"] else ""
    )
    if match["lead"]:
        unit = tokens.items[match.start("lead") + 1].value
        direction = DIRECTIONS[match["lead"][0]]
        return [replace(plain, last=last, direction=direction, unit="week")] if unit == "week" else None
    if not match["shift"]:
        return [replace(plain, last=last)]
    unit = tokens.items[match.end("shift") - 1].value
    if match["shift"] == "u":
        ahead = replace(plain, last=last, direction="ahead", unit=unit)
        return [ahead if unit in ("week", "fortnight") else plain]
    direction = next(DIRECTIONS[code] for code in match["shift"] if code in DIRECTIONS)
    return [replace(plain, last=last, direction=direction, unit="week") if unit == "week" else plain]


def _names_day(tokens: Tokens, at: int, before: str) -> bool:
    """Return whether a word is a weekday here; "Sat" and "Sun" are when they have a full stop, "Fri" after "on" too."""
    token = tokens.items[at]
    if tokens.codes[at] != "w":
        return True
    dotted = token.end - token.start > len(token.word)
    return (before == "i" and token.value not in ("5", "6")) or (dotted and before in ("i", "<"))


def read_weekdays_ago(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "two Sundays ago" and "a week ago on Friday"."""
    first, last = span_of(match)
    number = count_of(tokens, match)
    unit_at = next(i for i in range(first, last + 1) if tokens.codes[i] in "uU$")
    if number is None or (tokens.codes[unit_at] != "$" and tokens.items[unit_at].value not in ("week", "fortnight")):
        return None
    day_at = next(i for i in range(last, first - 1, -1) if tokens.codes[i] in "W$")
    weeks = number[0] * (2 if tokens.items[unit_at].value == "fortnight" else 1)
    kind = "weekdays ago" if tokens.codes[unit_at] == "$" else "weekday weeks ago"
    return [Phrase(first, last, kind, weekday=int(tokens.items[day_at].value), number=weeks)]
