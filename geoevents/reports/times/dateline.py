"""Read a report's dateline: where and on which day it was filed.

"ALMATY, Jan. 10 (Reuters) -", "BOGOTA, 3 APR 90 (EFE) -- [TEXT]", "Geneva, 10 January 2022 –", "Published: 10 January
2022" and a first line that is only a date are datelines; "On 3 May 2019, gunmen" is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from geoevents.reports.times.calendar_days import place
from geoevents.reports.times.clock import Clock
from geoevents.reports.times.numbers import Phrase
from geoevents.reports.times.phrases import find_phrases
from geoevents.reports.times.words import tokenize

__all__ = ["Dateline", "dateline_date", "find_dateline", "find_filing"]

_DATA = Path(__file__).parents[2] / "data"

# Kinds of phrases that give a report its day.
_KINDS = ("date", "full date", "days", "week number")
# A dateline stands in the first lines, and its date near the start of its line.
_LINES = 8
_REACH = 110
_DATED = re.compile(
    r"\d[\d.)]*(?:st|nd|rd|th)?[\s,/.-]+(?:of\s+)?(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:the\s+)?\d|week\s+\d|\d-?w\d\d",
    re.IGNORECASE,
)
_CLOCK_BEFORE = r"(?:\d{1,2}:\d{2}\s*(?:[ap]\.?m\.?)?\s*(?:[A-Z]{2,4})?,?\s*)?"
_LABEL = re.compile(
    r"[\W_]*(?:(?:(?:report(?:ing)?|publication|release|issue|posting)\s+date|"
    r"date of (?:the )?(?:report|issue|publication|release)|date|dated|published|posted|(?:last )?updated|filed|"
    r"issued|sent|received|created|as of|as at|epidemiological|epi|iso|calendar|"
    r"(?:reporting period|period covered|covering|period)|(?:epidemiological |epi |iso )?week (?:no\.? ?)?\d{1,2}|"
    r"by [\w .'’-]{3,60})"
    r"(?:\s+on)?\s*[:,|–—-]?\s*)?[\W_]*" + _CLOCK_BEFORE + r"[\W_]*$",
    re.IGNORECASE,
)
# "SITREP 12", "Sudan: Humanitarian Update", "Flash Update No. 4 (as of": a line that begins so is a report's heading.
_HEADING = re.compile(
    r"\b(?:sit-?reps?|(?:situation|weekly|daily|monthly|security|incident|field|progress|press|protection|access)"
    r"(?: \w+)? (?:report|brief|briefing|overview|update|release|note|bulletin|summary|digest)|"
    r"(?:humanitarian|operational|emergency|media|news) (?:update|brief|briefing|bulletin|snapshot|overview|digest)|"
    r"flash update|update (?:no|#)|bulletin|newsletter|dispatch|report (?:no|#))\b",
    re.IGNORECASE,
)
_DAY_OF_LINE = re.compile(r"\d+/\d+")
# A sentence's date follows these; "as of", "issued on" and the like end a heading.
_IN_SENTENCE = re.compile(r"\b(?:on|in|since|from|until|by|before|after|during)\s*$", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:on|in|since|by|from|until|after|before|the|during|between|early|late)\s+$", re.IGNORECASE
)
_AS_OF = re.compile(r"\b(?:as of|as at|issued on|published on|released on|dated)\s*$", re.IGNORECASE)
_NAME = r"[^\W\d_a-zß-ÿ][\w'’-]*(?:\.(?=\w))?"
_NAMES = rf"{_NAME}(?:(?:,? | ?/ ?){_NAME}){{0,4}}"
_ZONE = r"(?:\s*(?:[A-Z]{2,4}|[+-]\d{2}:?\d{2})(?!\w))?"
_CLOCK = (
    rf"(?:,?\s*(?:at |@ ?)?\d{{1,2}}[:.]\d{{2}}(?::\d{{2}})?\s*(?:[ap]\.?m\.?)?{_ZONE})?(?:\s*(?:UTC|GMT))?[)\]]?\s*"
)
_AGENCY = r"(?:\([^)]{1,80}\)|/[^/]{1,40}/)"
_MARK = r"(?:--|[—–|:]|-(?:\s|$))"
_END = re.compile(_CLOCK + rf"{_AGENCY}?\s*(?:{_MARK}|\[|\.?\s*$|by\b)")
# Behind a place an agency in brackets, or a full stop, ends a dateline too.
_END_OF_PLACED = re.compile(_CLOCK + rf"(?:{_AGENCY}\s|\.\s)")
_CLOSED = re.compile(_CLOCK + r"(?<=\])")
# "14 February 2023, Kyiv - ", "SITREP 12, 3 June 2023, Khartoum.": the place behind the day.
_PLACE_BEHIND = re.compile(rf"{_CLOCK},?\s*(?P<place>{_NAMES})\s*{_AGENCY}?\s*(?:{_MARK}|\.(?:\s|$)|$)")
_END_OF_HEADING = re.compile(_CLOCK + r"[\s.)\]*_]*$")
_PLACE = re.compile(
    r"[\W_]*(?P<place>(?:[^\W\d_][\w.'’-]*)(?:[ ,/-]+(?:\([^)]*\)|[^\W\d_][\w.'’-]*)){0,7}?)"
    r"\s*(?:\([^)]{1,40}\)\s*)?[,:;|–—-]*\s*\(?$"
)
_NOT_PLACES = re.compile(
    r"\b(?:on|in|since|by|at|from|until|after|before|the|of|for|as|it|he|she|was|is|during|between)\b", re.IGNORECASE
)
# A first line such as "Situation report no. 3, issued 21 June 2022" says the report's day.
_ISSUED = re.compile(
    r".{0,70}\b(?:date(?=\s*:)|issued|dated|published|posted|updated|released)(?:\s+on)?[\s:]+", re.IGNORECASE
)
# "PTI | Srinagar | Updated:" and "Press Release No. 45, Port Moresby,": the place between a heading and the day.
_PLACE_BETWEEN = re.compile(
    rf".*[|,]\s*(?P<place>{_NAMES})\s*"
    r"(?:[|,]\s*(?i:(?:last )?updated|published|posted|issued|dated)(?: on)?\s*:?|,)\s*"
)
# What may open a dateline: a by-line, an agency, a label.
_OPENING = re.compile(
    r"[\W_]*(?:by [^,|/\n]{3,60}[,|/]\s*|\([^)\n]{2,40}\)\s*[-–—]*\s*|(?:dateline|place|location)\s*:\s*"
    rf"|(?-i:{_NAME}(?: {_NAME}){{1,3}} in (?={_NAMES},?\s*$)))",
    re.IGNORECASE,
)

# A comma of a dateline parts the town from its country, or from the day.
_NO_MONTH = r"(?!Jan|Feb|Mar|Apr|May |Jun|Jul|Aug|Sep|Oct|Nov|Dec|No )"
_FILED = re.compile(
    r"\s*(?P<place>[A-ZÀ-ÞЀ-Я][^\W\d_a-zà-þа-я]+(?:[ .'’\-/][^\W\d_a-zà-þа-я]+)*(?:, ?"
    + _NO_MONTH
    + r"[^\W\d_][\w .'’\-]{1,40})?"
    r"|[A-ZÀ-Þ][\w'’\-]+(?: [A-ZÀ-Þ][\w'’\-]+){0,3}(?:, ?" + _NO_MONTH + r"[A-ZÀ-Þ][\w .'’\-]{1,40})?)"
    r"(?P<rest>(?: ?\([^)\n]{2,60}\))?(?:,? ?(?:\d{1,2}(?:st|nd|rd|th)? ?[A-Za-z]{3,9}\.?,? ?(?:\d{4}|\d{2})?"
    r"|[A-Za-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?))?(?:,? ?\([^)\n]{2,80}\))?(?:,? ?[A-Z]{2,}[\w /]{0,20})?)"
    r"\s*(?P<mark>--+|—|–| - |-(?= )|:(?= ))\s*",
)
# Letters of a sentence in which a dateline without a day ends; one of a few words with a dash alone is shorter.
_FILED_REACH, _DASHED_REACH, _DASHED_WORDS = 160, 45, 3


@dataclass(frozen=True, slots=True)
class Dateline:
    """What opens a report and says where and on which day it was filed: ALMATY, Jan. 10 (Agency) --.

    Attributes
    ----------
    start, end
        Characters of the whole dateline.
    place
        The words of its place; empty where it names none.
    place_start, place_end
        Characters of these words; equal where there are none.
    day
        None when it has none, or no year and nothing gives it one.
    """

    start: int
    end: int
    place: str
    place_start: int
    place_end: int
    day: date | None


def find_dateline(text: str, near: date | None = None) -> Dateline | None:
    """Return the dateline at the head of a report, None when it has none with a date.

    Parameters
    ----------
    text
        The report.
    near
        A day that gives a dateline without a year its own: the latest such day up to three days after it.

    Examples
    --------
    >>> found = find_dateline("BOGOTA, 3 APR 90 (EFE) -- [TEXT] THE ARMY")
    >>> found.start, found.end, found.place, found.day
    (0, 16, 'BOGOTA', datetime.date(1990, 4, 3))
    >>> find_dateline("On 3 May 2019, gunmen attacked a village.") is None
    True
    """
    start = lines = 0
    while start < len(text) and lines < _LINES:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        if line.strip():
            lines += 1
            found = _line(text, start, line, near) if _may_be(line) else None
            if found:
                return found
        start = end + 1
    return None


def _may_be(line: str) -> bool:
    """Return whether a line may be a dateline, which is quick to see: most hold no date, or have "on" before it."""
    dated = _DATED.search(line[:_REACH]) or _foreign_months()[0].search(line, 0, _REACH)
    if dated is None:
        return False
    before = line[: dated.start()]
    return not _PREPOSITION.search(before) or bool(_AS_OF.search(before) or _LABEL.fullmatch(before))


@cache
def _foreign_months() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return the pattern of days with a month in another language, and the English month of each."""
    table = (_DATA / "date_words.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in table if line and not line.startswith("#")][1:]
    english = {word for language, _, words in rows if language == "en" for word in words.split("|")}
    months = {
        word: read_as[:3].title()
        for language, read_as, words in rows
        if read_as in _MONTHS and language != "en"
        for word in words.split("|")
        if word not in english and len(word) > 2
    }
    names = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    day = r"(?P<day>(?<![\d/.])\d{1,2})(?P<mark>er|\.|º|°)?(?P<of> (?:de )?)"
    return re.compile(rf"{day}(?P<month>{names})\b(?P<stop>\.?)(?P<year> de(?= \d{{4}}))?", re.IGNORECASE), months


_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def _in_english(line: str) -> str:
    """Return a line with its first day in another language in English, as long as before: "12 mars (AFP)"."""
    pattern, months = _foreign_months()
    found = pattern.search(line, 0, _REACH)
    if found is None:
        return line
    day = " ".join((found["day"], months[found["month"].casefold()]))
    return line[: found.start()] + day.ljust(len(found[0])) + line[found.end() :]


def _line(text: str, start: int, line: str, near: date | None) -> Dateline | None:
    line = _in_english(line)
    tokens = tokenize(line[:_REACH])
    phrases = [
        phrase
        for phrase in find_phrases(tokens)
        # "07/03 Marka: two shells landed" is the day of a line of a log.
        if phrase.kind in _KINDS and not _DAY_OF_LINE.fullmatch(phrase.text)
    ]
    for phrase in phrases:
        if phrase.kind == "week number" and phrase.year is None and phrase is not phrases[-1]:
            continue  # "week 23 (6-12 June 2022)"
        first, last = tokens.items[phrase.first].start, tokens.items[phrase.last].end
        found = _around(line, first, last)
        if found is not None:
            end, place_words = found
            at = start + max(line.find(place_words), 0)
            return Dateline(start, start + end, place_words, at, at + len(place_words), _day(phrase, near))
        if phrase.kind != "week number":
            return None  # a sentence with a date is the story
    return None


def _around(line: str, first: int, last: int) -> tuple[int, str] | None:
    """Return where a dateline ends whose day stands there, and the words of its place; None when it is not one."""
    before = line[:first]
    heading = _HEADING.search(before)
    if (heading or _ISSUED.fullmatch(before)) and (not _IN_SENTENCE.search(before) or _AS_OF.search(before)):
        between = _PLACE_BETWEEN.fullmatch(before)
        named = between["place"] if between and not _HEADING.search(between["place"]) else ""
        if _END_OF_HEADING.match(line, last):
            return last, named
        behind = _PLACE_BEHIND.match(line, last)
        if behind:
            return behind.end("place"), behind["place"]
    opening = _OPENING.match(before)
    place_words = _place_words(before[opening.end() :] if opening else before)
    if place_words is None:
        return None
    if _END.match(line, last) or _CLOSED.match(line, last):
        return last, place_words
    if place_words:
        return (last, place_words) if _END_OF_PLACED.match(line, last) else None
    behind = _PLACE_BEHIND.match(line, last)
    return (behind.end("place"), behind["place"]) if behind else None


def _place_words(before: str) -> str | None:
    """Return the words of the place before the date, "" for none; None when the words are a sentence's."""
    if _LABEL.fullmatch(before):
        return ""
    found = _PLACE.fullmatch(before)
    if not found or _NOT_PLACES.search(re.sub(r"\([^)]*\)", "", found["place"])):
        return None
    words = re.findall(r"[^\W\d_][\w'’-]*", found["place"])
    return found["place"].strip(" ,.-–—") if all(word[0].isupper() for word in words if len(word) > 3) else None


def _day(phrase: Phrase, near: date | None) -> date | None:
    intervals = [place(phrase, Clock(near, order=order)) for order in ("day-month", "month-day")]
    # A report on a week is of its last day.
    days = [interval.last for interval in intervals if interval]
    if not days:
        return None
    # 03/04/2022 is in the month nearer to a known day.
    return min(days, key=lambda day: abs((day - near).days)) if near else days[0]


def find_filing(text: str, heads: Sequence[tuple[int, int]]) -> Dateline | None:
    """Return the dateline that names where a report was filed, with a day or without; None when there is none.

    Parameters
    ----------
    heads
        Characters of the report's first sentences, one of which it may open.

    Examples
    --------
    >>> words = "ALMATY (Agency) - Police said on Monday"
    >>> found = find_filing(words, [(0, len(words))])
    >>> words[found.place_start : found.place_end], found.day
    ('ALMATY', None)
    """
    dated = find_dateline(text)
    for start, end in heads:
        found = _FILED.match(text, start, min(end, start + _FILED_REACH))
        if not found:
            continue
        place_words = found["place"]
        # A colon alone ends a heading or a speaker; a dateline with one says its day or is in capitals.
        strong = bool(re.search(r"\d|\(", found["rest"])) or place_words.split(",")[0].isupper()
        dashed = found["mark"] in ("—", "–", "--") and found.end() - found.start() < _DASHED_REACH
        if strong or (len(place_words.split()) <= _DASHED_WORDS and dashed):
            day = dated.day if dated is not None and dated.start <= found.start("place") < dated.end else None
            return Dateline(found.start("place"), found.end(), place_words, *found.span("place"), day)
    # Headings of situation reports and other forms with a day: "SITREP 12, 3 June 2023, Khartoum."
    return replace(dated, start=dated.place_start) if dated is not None and dated.place else None


def dateline_date(text: str, near: date | None = None) -> date | None:
    """Return the day of a report's dateline, None when there is none or its year is not known.

    Examples
    --------
    >>> dateline_date("SAN SALVADOR, 14 Jan 90 -- [TEXT] The army")
    datetime.date(1990, 1, 14)
    >>> dateline_date("ALMATY, Jan. 10 (Agency) - Police", near=date(2022, 1, 11))
    datetime.date(2022, 1, 10)
    >>> dateline_date("ALMATY (Agency) - Police said on Monday") is None
    True
    """
    found = find_dateline(text, near)
    return found.day if found else None
