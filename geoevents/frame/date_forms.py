"""Read one written date: its first day, its last day and its precision.

Words of seven other languages (``data/date_words.tsv``) are read as the English ones; then the patterns below decide.
Dates are the days at the place: a time of day is kept, an offset such as ``+06:00`` is dropped, nothing is shifted.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

__all__ = ["Order", "Span", "parse", "precision"]

Order = Literal["day-month", "month-day"]

# A date is short; a page of text that landed in the column is not one.
_LONGEST = 80
_MONTHS = {
    name: number
    for number, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        start=1,
    )
}
_MONTH = "(?P<{0}>" + "|".join(_MONTHS) + ")"
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?"
_YEAR = r"(?P<y>[12]\d{3})"
_SHORT_YEAR = r"(?P<y>[12]\d{3}|'?\d{2})"
_TO = r"\s*(?:-|to|and|/)\s*"
_ZONE = r"(?:z|[+-]\d{2}:?\d{2}|[+-]\d{1,2}|(?:utc|gmt)(?:[+-]\d{1,2}(?::?\d{2})?)?|[a-z]{2,5}t|msk|[a-z]+/[a-z_]+)"
_CLOCK = (
    rf"(?:(?:t|\s+at\s+|\s*-\s+|\s)\s*\d{{1,2}}[:.h]\d{{2}}(?:[:.]\d{{2}}(?:[.,]\d+)?)?"
    rf"\s*(?:[ap]\.?m\.?)?(?:\s*\(?{_ZONE}\)?)?(?:\s*\(.*\))?|(?:t|\s+)\d{{1,2}}\s*[ap]\.?m\.?|\s+\d{{4}}\s*(?:h|hrs))?"
)
_ISO = re.compile(rf"(?P<y>\d{{4}})([-/.])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}}){_CLOCK}")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COMPACT = re.compile(r"(?P<y>1[5-9]\d{2}|20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:t?(?P<clock>\d{4}|\d{6})z?)?")
_COMPACT_MONTH = re.compile(r"(?P<y>1[89]\d{2}|20\d{2})(?P<m>0[1-9]|1[0-2])")
_ISO_WEEK = re.compile(
    r"(?P<y>\d{4})-?\s*w(?:eek)?\s*(?P<w>\d{1,2})(?:-?(?P<wd>[1-7]))?|week\s*(?P<w2>\d{1,2})[\s,/-]*(?P<y2>\d{4})"
)
_ORDINAL = re.compile(r"(?P<y>1[89]\d{2}|20\d{2})-(?P<n>\d{3})")
_ISO_MONTH = re.compile(rf"{_YEAR}\s*[-/.]\s*(?P<m>0?[1-9]|1[0-2])")
_MONTH_YEAR = re.compile(rf"(?P<m>\d{{1,2}})\s*[-/.]\s*{_YEAR}")
_YEAR_ONLY = re.compile(rf"{_YEAR}(?:\.0)?")
_QUARTER = re.compile(rf"(?:q(?P<q>[1-4])[\s/-]*{_YEAR}|(?P<y2>[12]\d{{3}})[\s/-]*q(?P<q2>[1-4]))")
_HALF = re.compile(rf"h(?P<h>[12])[\s/-]*{_YEAR}|(?P<y2>[12]\d{{3}})[\s/-]*h(?P<h2>[12])")
_NUMERIC = re.compile(rf"(?P<a>\d{{1,2}})\s?([-/.])\s?(?P<b>\d{{1,2}})\s?\2\s?(?P<y>\d{{4}}|\d{{2}}){_CLOCK}")
_DAY_MONTH = re.compile(rf"{_DAY.format('d')}[\s/-]*{_MONTH.format('m')}[\s/-]+{_SHORT_YEAR}{_CLOCK}")
_MONTH_DAY = re.compile(rf"{_MONTH.format('m')}[\s/-]+{_DAY.format('d')}[\s/-]+{_YEAR}{_CLOCK}")
_YEAR_MONTH_DAY = re.compile(rf"{_YEAR}[\s/-]+{_MONTH.format('m')}[\s/-]+{_DAY.format('d')}{_CLOCK}")
# "Tue Jan 4 10:15:00 +0300 2022", as Twitter and Unix write it.
_UNIX = re.compile(
    rf"{_MONTH.format('m')}\s+(?P<d>\d{{1,2}})\s+(?P<clock>\d{{1,2}}:\d{{2}}:\d{{2}})\s+(?:{_ZONE}\s+)?{_YEAR}"
)
_MONTH_ONLY = re.compile(
    rf"{_MONTH.format('m')}[\s/-]+{_SHORT_YEAR}|{_YEAR.replace('<y>', '<y2>')}[\s/-]+{_MONTH.format('m2')}"
)
_DAYS_MONTH = re.compile(
    rf"{_DAY.format('d')}(?:\s+{_MONTH.format('m')})?{_TO}{_DAY.format('d2')}\s+{_MONTH.format('m2')}\s+{_YEAR}"
)
_MONTH_DAYS = re.compile(
    rf"{_MONTH.format('m')}\s+{_DAY.format('d')}{_TO}(?:{_MONTH.format('m2')}\s+)?{_DAY.format('d2')}\s+{_YEAR}"
)
_MONTHS_YEAR = re.compile(rf"{_MONTH.format('m')}{_TO}{_MONTH.format('m2')}\s+{_YEAR}")
_DAYS_NUMERIC = re.compile(r"(?P<d>\d{1,2})\s*-\s*(?P<d2>\d{1,2})([/.])(?P<m>\d{1,2})\3(?P<y>\d{4})")
_YEARS = re.compile(rf"{_YEAR}\s*[-/]\s*(?P<y2>\d{{2}})")
_PART = re.compile(r"(?P<part>early|mid|late|firsthalf|secondhalf)[\s-]+(?P<rest>.+)")
# Which of how many equal parts the words mean.
_PARTS = {"early": (0, 3), "mid": (1, 3), "late": (2, 3), "firsthalf": (0, 2), "secondhalf": (1, 2)}
_WEEK_OF = re.compile(r"week\s+(?:(?:from|early|to)\s+)?(?P<rest>.+)")
_ABOUT = re.compile(r"(?:about|\?|~)\s*(?P<rest>.+)|(?P<rest2>.+?)\s*(?:\?|\(?about\)?)")
_DECADE = re.compile(r"(?P<y>[12]\d{2}0)\s*'?(?:s|er|х|ies)")
_CENTURY = re.compile(r"(?P<n>\d{1,2})(?:st|nd|rd|th|e|\.|-?й)?\s*century|century\s*(?P<n2>\d{1,2})")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

# Excel counts days from here (with a 29 February 1900 that never was); the range is 1954 to 2119.
_EXCEL_EPOCH = datetime(1899, 12, 30)
_EXCEL_DAYS = (20_000.0, 80_000.0)
# Seconds since 1970, as computers count; from 1990 on, since smaller numbers are ids. Milliseconds alike.
_UNIX_EPOCH = datetime(1970, 1, 1)
_UNIX_SECONDS = (631_152_000.0, 4_102_444_800.0)


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


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return the pattern of all words of dates and the English word that each is read as."""
    text = (files("geoevents") / "data" / "date_words.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t")
    read_as: dict[str, str] = {}
    for row in rows:
        for word in row["words"].split("|"):
            read_as.setdefault(_plain(word), row["read_as"])
    longest = sorted(read_as, key=len, reverse=True)
    return re.compile(r"(?<![^\W\d_])(?:" + "|".join(map(re.escape, longest)) + r")(?![^\W\d_])\.?"), read_as


def _plain(text: str) -> str:
    """Return a text in lower case, without accents, with plain dashes and digits."""
    if text.isascii():
        return text.strip().lower()
    apart = unicodedata.normalize("NFKD", text.strip().casefold())
    apart = "".join(letter for letter in apart if not unicodedata.combining(letter))
    apart = re.sub(r"[‐-―−]", "-", apart)
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in apart)


def _in_english(text: str) -> str:
    if re.fullmatch(r"[\d\s:./+tz-]*", text):
        return text
    pattern, read_as = _words()

    def english(found: re.Match[str]) -> str:
        word = read_as[found[0].rstrip(".") if found[0].rstrip(".") in read_as else found[0]]
        return {"weekday": " "}.get(word, f" {word} " if word else " ")

    text = re.sub(r"(\d)\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?", _east_asian, text)
    return pattern.sub(english, text)


def _east_asian(found: re.Match[str]) -> str:
    return "-".join(part for part in found.groups() if part)


def parse(text: str, *, order: Order = "day-month") -> Span | None:
    """Return what a written date means; None when it is not a date.

    Parameters
    ----------
    text
        A date in figures or in words of eight languages, a span of them, a week, a month, a quarter, a year, a decade,
        a century, Excel's count of days, or seconds (or milliseconds) since 1970.
    order
        How to read ``03/04/2022``; a day above 12 decides for itself.

    Examples
    --------
    >>> span = parse("early January 2022")
    >>> span.start.date().isoformat(), span.end.date().isoformat(), span.date_prec
    ('2022-01-01', '2022-01-10', 4)
    >>> parse("2022-01-04/2022-01-09").date_prec, parse("4 января 2022 г.").date_prec, parse("soon") is None
    (2, 1, True)
    """
    if len(text) > _LONGEST:
        return None
    if _ISO_DAY.fullmatch(text):
        with suppress(ValueError):  # no such day, or a day or month 0
            day = datetime.fromisoformat(text)
            return Span(day, day, 1)
    plain = _plain(text)
    written = plain if _ISO.match(plain) else plain.replace(",", " ")
    english = re.sub(r"\s+", " ", _in_english(re.sub(r"^(?:mi[,.]|am)\s*(?=\d)", "", written))).strip(" .;")
    english = english.removeprefix("from ")
    try:
        return _read(english, order) or _read(re.sub(r"\s+", " ", written).strip(" .;"), order)
    except (ValueError, OverflowError):  # 31 February, a month 13
        return None


def _read(text: str, order: Order) -> Span | None:
    return _single(text, order) or _of_words(text, order) or _range(text, order) or _serial(text) or _about(text, order)


def _single(text: str, order: Order) -> Span | None:
    return _of_figures(text, order) or _of_names(text) or _of_months_and_more(text)


def _of_figures(text: str, order: Order) -> Span | None:
    if found := _ISO.fullmatch(text):
        return _moment(int(found["y"]), int(found["m"]), int(found["d"]), text[found.end("d") :])
    if found := _COMPACT.fullmatch(text):
        clock = re.sub(r"(\d\d)(?=\d)", r"\1:", found["clock"] or "")
        return _moment(int(found["y"]), int(found["m"]), int(found["d"]), clock)
    if found := _NUMERIC.fullmatch(text):
        first, second = int(found["a"]), int(found["b"])
        year = _full_year(found["y"])
        swapped = second > 12 or (order == "month-day" and first <= 12) or (second == 0 and 0 < first <= 12)
        return _moment(year, first if swapped else second, second if swapped else first, text[found.end("y") :])
    return None


def _of_names(text: str) -> Span | None:
    found = _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text) or _YEAR_MONTH_DAY.fullmatch(text)
    if found:
        last = max(found.end(name) for name in ("y", "m", "d"))
        return _moment(_full_year(found["y"]), _MONTHS[found["m"]], int(found["d"]), text[last:])
    if found := _UNIX.fullmatch(text):
        return _moment(int(found["y"]), _MONTHS[found["m"]], int(found["d"]), found["clock"])
    return None


def _of_months_and_more(text: str) -> Span | None:
    if found := (_ISO_MONTH.fullmatch(text) or _COMPACT_MONTH.fullmatch(text) or _MONTH_YEAR.fullmatch(text)):
        return _month(int(found["y"]), int(found["m"]))
    if found := _MONTH_ONLY.fullmatch(text):
        return _month(_full_year(found["y"] or found["y2"]), _MONTHS[found["m"] or found["m2"]])
    if found := _QUARTER.fullmatch(text):
        year, last = int(found["y"] or found["y2"]), 3 * int(found["q"] or found["q2"])
        return Span(datetime(year, last - 2, 1), _month(year, last).end, 5)
    if found := _HALF.fullmatch(text):
        year, last = int(found["y"] or found["y2"]), 6 * int(found["h"] or found["h2"])
        return Span(datetime(year, last - 5, 1), _month(year, last).end, 5)
    if found := _ISO_WEEK.fullmatch(text):
        return _week(int(found["y"] or found["y2"]), int(found["w"] or found["w2"]), found["wd"])
    if found := _ORDINAL.fullmatch(text):
        day = datetime(int(found["y"]), 1, 1) + timedelta(days=int(found["n"]) - 1)
        return Span(day, day, 1) if day.year == int(found["y"]) else None
    if found := _YEAR_ONLY.fullmatch(text):
        return _years(int(found["y"]), 1)
    if found := _DECADE.fullmatch(text):
        return _years(int(found["y"]), 10)
    if found := _CENTURY.fullmatch(text):
        return _years(100 * int(found["n"] or found["n2"]) - 99, 100)
    return None


def _of_words(text: str, order: Order) -> Span | None:
    """Read spans that share a month or a year, parts of a month or a year, and weeks."""
    if found := (_DAYS_MONTH.fullmatch(text) or _MONTH_DAYS.fullmatch(text)):
        year = int(found["y"])
        first = _MONTHS[found["m"] or found["m2"]]
        last = _MONTHS[found["m2"] or found["m"]]
        return _span(datetime(year, first, int(found["d"])), datetime(year, last, int(found["d2"])))
    if found := _DAYS_NUMERIC.fullmatch(text):
        year, month = int(found["y"]), int(found["m"])
        return _span(datetime(year, month, int(found["d"])), datetime(year, month, int(found["d2"])))
    if (found := _YEARS.fullmatch(text)) and int(found["y"]) % 100 < int(found["y2"]) > 12:
        year = int(found["y"])
        return _span(datetime(year, 1, 1), datetime(year // 100 * 100 + int(found["y2"]), 12, 31), coarsest=5)
    if found := _MONTHS_YEAR.fullmatch(text):
        year = int(found["y"])
        return _span(datetime(year, _MONTHS[found["m"]], 1), _month(year, _MONTHS[found["m2"]]).end, coarsest=4)
    if found := _WEEK_OF.fullmatch(text):
        day = _single(found["rest"], order)
        return Span(day.start, day.start + timedelta(days=6), 3) if day and day.date_prec == 1 else None
    if found := _PART.fullmatch(text):
        whole = _single(found["rest"], order)
        return _part(whole, found["part"]) if whole else None
    return None


def _about(text: str, order: Order) -> Span | None:
    """Read "circa 1850": the same span, one step less precise."""
    found = _ABOUT.fullmatch(text)
    rest = (found["rest"] or found["rest2"] or "").strip() if found else ""
    if not rest or rest == text:
        return None
    whole = _single(rest, order) or _of_words(rest, order) or _range(rest, order)
    return whole and replace(whole, date_prec=min(5, whole.date_prec + 1))


def _part(whole: Span, part: str) -> Span | None:
    """Return the first, middle or last third of a month (ten days), of a year, a decade or a century, or a half."""
    of, at = (
        (2, ("firsthalf", "secondhalf").index(part)) if "half" in part else (3, ("early", "mid", "late").index(part))
    )
    year, month = whole.start.year, whole.start.month
    if whole.date_prec == 4:
        ends = (15, monthrange(year, month)[1]) if of == 2 else (10, 20, monthrange(year, month)[1])
        return Span(datetime(year, month, (0, *ends)[at] + 1), datetime(year, month, ends[at]), 4)
    years = whole.end.year - year + 1
    if years == 1 and (whole.end - whole.start).days >= 364:
        months = 12 // of
        return Span(datetime(year, months * at + 1, 1), _month(year, months * (at + 1)).end, 5)
    if years in (10, 100):
        first, after = (round(years * cut / of) for cut in (at, at + 1))
        return Span(datetime(year + first, 1, 1), datetime(year + after - 1, 12, 31), 5)
    return None


def _range(text: str, order: Order) -> Span | None:
    for separator in ("/", " to ", " - ", "..", " and ", "-"):
        pieces = text.split(separator)
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
    """Read Excel's count of days, and seconds or milliseconds since 1970."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if _EXCEL_DAYS[0] <= number < _EXCEL_DAYS[1]:
        moment = _EXCEL_EPOCH + timedelta(seconds=round(number * 86_400))
        return Span(moment, moment, 1)
    seconds = number / 1000 if number >= 1e11 else number
    if _UNIX_SECONDS[0] <= seconds < _UNIX_SECONDS[1]:
        moment = _UNIX_EPOCH + timedelta(microseconds=round(seconds * 1e6))
        return Span(moment, moment, 1)
    return None


def _full_year(text: str) -> int:
    year = int(text.lstrip("'"))
    # As POSIX has it: 69 to 99 are 19xx.
    return year if len(text.lstrip("'")) == 4 else year + (1900 if year > 68 else 2000)


def _years(year: int, count: int) -> Span:
    return Span(datetime(year, 1, 1), datetime(year + count - 1, 12, 31), 5)


def _week(year: int, week: int, weekday: str | None) -> Span:
    first = datetime.fromisocalendar(year, week, int(weekday or 1))
    return Span(first, first, 1) if weekday else Span(first, first + timedelta(days=6), 3)


def _month(year: int, month: int) -> Span:
    return Span(datetime(year, month, 1), datetime(year, month, monthrange(year, month)[1]), 4)


def _moment(year: int, month: int, day: int, clock: str) -> Span:
    """Return a day with its time; a day or month 0, as in ``12/00/2004``, is a month or a year."""
    if month == 0:
        return _years(year, 1)
    if day == 0:
        return _month(year, month)
    moment = datetime(year, month, day) + _time_of_day(clock)
    return Span(moment, moment, 1)


def _time_of_day(clock: str) -> timedelta:
    found = re.search(r"(\d{1,2})(?:[:.h]?(\d{2})(?:[:.](\d{2})(?:[.,](\d{1,6}))?)?)?\s*([ap])?\.?m?", clock)
    if not found or not (found[2] or found[5]):
        return timedelta()
    hours, minutes, seconds = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[5]:
        hours = hours % 12 + (12 if found[5] == "p" else 0)
    if hours == 24 and not minutes and not seconds:
        return timedelta()  # midnight at the end of the day
    if hours > 23 or minutes > 59 or seconds > 60:
        raise ValueError(clock)
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=int((found[4] or "0").ljust(6, "0")))
