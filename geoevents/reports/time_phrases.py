"""Finds the phrases of a text that say a time, by rules over the classes of its tokens.

Tokens enter; phrases leave, in the order of the text, each with its kind and the numbers it says, before any of them
is placed on the calendar. `geoevents.reports.calendar_days` does that. A rule is a regular expression in the
characters of `geoevents.reports.time_words.CLASSES`. The first that fits at a token wins: a longer form stands above a
shorter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from geoevents.reports.time_words import Token, Tokens

__all__ = ["Phrase", "find_phrases"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A time as it is said: tokens ``first`` to ``last``, a kind, and the fields that this kind uses.

    ``direction`` is last, next, this, that, following, previous, same, coming or past; ``part`` 0, 1, 2 is the
    early, middle and late third. ``number`` and ``number_high`` are equal unless the count is vague ("a few").
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
    number: int = 0
    number_high: int = 0
    month2: int | None = None
    day2: int | None = None
    year2: int | None = None
    year_direction: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Year:
    """The year at the tail of a date: said, or pointed to ("last year")."""

    said: int | None = None
    direction: str = ""


_NO_YEAR = _Year()
_DIRECTIONS = {"l": "last", "x": "next", "t": "this", "h": "that", "f": "following", "e": "previous", "S": "same",
               "c": "coming", "v": "past", "E": "earlier", "L": "later", "b": "before", "A": "after"}  # fmt: skip
# The tail that gives a date its year: "2022", "'22", "89", "last year", "of that year".
_YEAR = r"(?P<year>(?:,?O?[Yy])|(?:q(?!U|u|\#))|(?:,?O?T?[lxthfeS]u(?=\W|.|$)))?"
_WEEKDAY = r"(?:T?r[\-iO]?T?)?(?:(?P<wd>[Ww])[,(]?T?)?"
_PART = r"(?:T?(?P<part>r)[\-iO]?T?)?"
_COUNT = r"(?P<count>aQO?|TQ|[Qandq]|N)"


def find_phrases(tokens: Tokens) -> list[Phrase]:
    """Return the phrases that say a time, in the order of the text; none overlaps another.

    Examples
    --------
    >>> from geoevents.reports.time_words import tokenize
    >>> [(p.kind, p.month, p.day) for p in find_phrases(tokenize("between 3 and 7 January, and last week"))]
    [('days', 1, 3), ('unit', None, None)]
    """
    found: list[Phrase] = []
    position, codes = 0, tokens.codes
    while position < len(codes):
        for rule, build in _BY_FIRST.get(codes[position], ()):
            match = rule.match(codes, position)
            phrases = build(tokens, match) if match else None
            if phrases:
                found.extend(phrases)
                position = phrases[-1].last
                break
        position += 1
    return found


def _value(tokens: Tokens, match: re.Match[str], group: str) -> int | None:
    """Return the number a group's token holds."""
    at = match.start(group)
    return int(tokens.items[at].value) if at >= 0 else None


def _span(match: re.Match[str]) -> tuple[int, int]:
    return match.start(), match.end() - 1


def _year_fields(tokens: Tokens, match: re.Match[str]) -> _Year | None:
    """Return the year of a date's tail, or how it points to one; None when the tail is no year."""
    tail = match["year"]
    if not tail:
        return _NO_YEAR
    last: Token = tokens.items[match.end("year") - 1]
    if tail[-1] == "Y":
        return _Year(int(last.value))
    if tail[-1] in "yq":
        short = int(last.value)
        return _Year(short + (1900 if short > 68 else 2000))
    direction = _DIRECTIONS[tail[-2]]
    return _Year(None, direction) if last.value == "year" else None


def _before(tokens: Tokens, match: re.Match[str], codes: str) -> bool:
    at = match.start()
    return at > 0 and tokens.codes[at - 1] in codes


def _date(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read a day of a month, or several: "Thursday, 6 January 2022", "Jan. 3-7", "3, 5 and 9 January"."""
    year = _year_fields(tokens, match)
    if year is None:
        match = _without_year(match, tokens)
        year = _NO_YEAR
    days = [i for i in range(match.start("d"), match.end("d")) if tokens.codes[i] in "do"]
    values = [int(tokens.items[i].value) for i in days]
    months = [i for i in range(match.start(), match.end()) if tokens.codes[i] in "Mm"]
    month = int(tokens.items[months[0]].value)
    if any(value > 31 for value in values):
        return None
    first, last = _span(match)
    first += tokens.codes[first : first + 2] == "Td"
    base = Phrase(
        first,
        last,
        "date",
        month=month,
        weekday=_value(tokens, match, "wd"),
        year=year.said,
        year_direction=year.direction,
    )
    if len(values) == 1:
        return [replace(base, day=values[0])]
    between = tokens.codes[days[0] + 1 : days[1]]
    is_range = len(values) == 2 and (
        set(between) & set("->K/") or values[1] == values[0] + 1 or _before(tokens, match, "B")
    )
    if is_range:
        return [replace(base, kind="days", day=values[0], day2=values[1], month2=month)]
    # A list: every day its own phrase; the first carries the words before, the last those behind.
    edges = [first, *days[1:]]
    return [
        replace(base, first=edge, last=(days[i] if i + 1 < len(edges) else last), day=values[i])
        for i, edge in enumerate(edges)
    ]


def _without_year(match: re.Match[str], tokens: Tokens) -> re.Match[str]:
    """Match again on the tokens before a tail that turned out to be no year."""
    again = match.re.match(tokens.codes, match.start(), match.start("year"))
    return again if again else match


def _two_months(tokens: Tokens, match: re.Match[str]) -> list[Phrase]:
    """Read days of two months: "30 December to 2 January", "Dec. 30 - Jan. 2, 2022"."""
    first, last = _span(match)
    fields: dict[str, int | None] = {}
    for number, suffix in (("1", ""), ("2", "2")):
        for name in ("month", "day"):
            group = name[0] + number
            group = group if match.start(group) >= 0 else group + "b"
            fields[name + suffix] = _value(tokens, match, group)
        fields["year" + suffix] = _value(tokens, match, "y" + number)
    return [Phrase(first, last, "days", **fields)]  # type: ignore[arg-type]


def _month(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    year = _year_fields(tokens, match)
    if year is None:
        match, year = _without_year(match, tokens), _NO_YEAR
    at = match.start("m")
    code, before = tokens.codes[at], tokens.codes[match.start() - 1] if match.start() else ""
    bare = year == _NO_YEAR and match.start("part") < 0 and not match["way"]
    # A month alone needs a word of time before it: "in March", not "the March to the sea" or "Theresa May".
    if bare and before not in ("iskKFBO>jbA" if code == "m" else "iskKFBO>jbAT"):
        return None
    if (bare and before == "") or (
        bare and code == "m" and tokens.codes[at + 1 : at + 2] in ("z", "!") and before in ">O"
    ):
        return None
    direction = _DIRECTIONS[match["way"]] if match["way"] else ""
    first, last = _span(match)
    part = _value(tokens, match, "part")
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


def _months(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    year = _year_fields(tokens, match)
    first, last = _span(match)
    if year is None or not (year != _NO_YEAR or _before(tokens, match, "iskKFBOT")):
        return None
    one, two = _value(tokens, match, "m"), _value(tokens, match, "m2")
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


def _years(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    first, last = _span(match)
    start, end = int(tokens.items[first].value), int(tokens.items[last].value)
    if end < 100:
        end += start // 100 * 100
    joined = tokens.codes[first + 1] in "&>"
    if end <= start or (joined and not _before(tokens, match, "FBi")):
        return None
    return [Phrase(first, last, "years", year=start, year2=end)]


def _year(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    at = match.end() - 1
    number = int(tokens.items[at].value)
    first, part = match.start(), _value(tokens, match, "part")
    number += 0 if tokens.codes[at] == "Y" else 1900 if number > 68 else 2000
    before = tokens.codes[first - 1] if first else "¶"
    after = tokens.codes[at + 1 : at + 2]
    opened = before == "(" and after in (")", ",")
    if after == "^" or (tokens.items[first].word.startswith("0")):
        return None
    named = before == "T" and after in ("z", "M") and number >= 1900
    if part is None and not (before in "iskKFBObA>&" or opened or named):
        return None
    if part is None and before in "O>&kiFbA" and after == "#" and number % 100 == 0:
        return None
    if (
        part is None
        and before in "O>&ki"
        and (number < 1500 or tokens.items[at].word != str(number) or after in ("U", "-"))
    ):
        return None
    return [Phrase(first, at, "year", year=number, part=part)]


def _weekday(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    at = match.start("w")
    code, before = tokens.codes[at], tokens.codes[match.start() - 1] if match.start() else ""
    token = tokens.items[at]
    if code == "w" and not (before == "i" and token.value not in ("5", "6")) and not token.word.endswith("."):
        dotted = token.end - token.start > len(token.word)
        if not (dotted and before in "i<"):
            return None
    if before in ("*", "~") or tokens.codes[at + 1 : at + 2] == "@":
        return None
    first, last = _span(match)
    shift = match["shift"] or match["lead"] or ""
    way = _DIRECTIONS[match["way"][-1]] if match["way"] else ""
    unit_at = (match.end("shift") if match["shift"] else match.end("lead")) - 1
    if shift:
        unit = tokens.items[unit_at if match["shift"] else match.start("lead") + 1].value
        if match["shift"] == "u":
            return (
                [Phrase(first, last, "weekday", weekday=int(token.value), direction="ahead", unit=unit)]
                if unit in ("week", "fortnight")
                else [Phrase(first, at, "weekday", weekday=int(token.value), direction=way)]
            )
        if unit != "week":
            return None if match["lead"] else [Phrase(first, at, "weekday", weekday=int(token.value), direction=way)]
        direction = next(_DIRECTIONS[c] for c in shift if c in _DIRECTIONS)
        return [Phrase(first, last, "weekday", weekday=int(token.value), direction=direction, unit="week")]
    return [Phrase(first, last, "weekday", weekday=int(token.value), direction=way)]


def _weekdays_ago(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    first, last = _span(match)
    number = _number(tokens, match)
    unit_at = next(i for i in range(first, last + 1) if tokens.codes[i] in "uU$")
    if number is None or (tokens.codes[unit_at] != "$" and tokens.items[unit_at].value not in ("week", "fortnight")):
        return None
    day_at = next(i for i in range(last, first - 1, -1) if tokens.codes[i] in "W$")
    weeks = number[0] * (2 if tokens.items[unit_at].value == "fortnight" else 1)
    kind = "weekdays ago" if tokens.codes[unit_at] == "$" else "weekday weeks ago"
    return [Phrase(first, last, kind, weekday=int(tokens.items[day_at].value), number=weeks)]


def _number(tokens: Tokens, match: re.Match[str]) -> tuple[int, int] | None:
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


def _simple(kind: str) -> Callable[[Tokens, re.Match[str]], list[Phrase] | None]:
    """Return a reader of phrases whose fields are the groups: way, unit, part, season, year."""

    def read(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
        groups = match.groupdict()
        first, last = _span(match)
        fields: dict[str, object] = {}
        if groups.get("year"):
            found = _year_fields(tokens, match)
            if found is None:
                return None
            fields |= {"year": found.said, "year_direction": found.direction}
        if groups.get("way"):
            fields["direction"] = _DIRECTIONS.get(str(groups["way"])[0], "")
        if groups.get("unit"):
            fields["unit"] = tokens.items[match.start("unit")].value
        if groups.get("part"):
            fields["part"] = _value(tokens, match, "part")
        if groups.get("count"):
            number = _number(tokens, match)
            if number is None or number[1] > 3000:
                return None
            fields["number"], fields["number_high"] = number
        if groups.get("value"):
            fields["text"] = tokens.items[match.start("value")].value
        return [Phrase(first, last, kind, **fields)]  # type: ignore[arg-type]

    return read


def _unit(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    phrases = _simple("unit")(tokens, match)
    phrase = phrases[0] if phrases else None
    if phrase is None or phrase.unit in ("hour", "minute"):
        return None
    edge = match.groupdict().get("edge") or ""
    if not phrase.direction:
        # "the week" alone says no time; "earlier in the week" and "the end of the month" do.
        phrase = replace(phrase, direction="this") if edge or phrase.part is not None else None
    if phrase is None or (phrase.unit == "day" and phrase.direction in ("last", "past", "coming")):
        return None
    if phrase.unit == "day" and phrase.direction == "this" and not edge:
        return None
    return [replace(phrase, text={"E": "earlier", "L": "later"}.get(edge[:1], ""))]


def _slice(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read a part of a month or year that is counted: its first week, last days, second half, third Sunday."""
    unit_at = match.start("unit")
    unit = {"W": "weekday", "H": "half", "X": "weekend"}.get(tokens.codes[unit_at]) or tokens.items[unit_at].value
    order = match["order"]
    number = -1 if order == "l" else int(tokens.items[match.start("order")].value)
    count = int(tokens.items[match.start("many")].value) if match["many"] else 0
    year = _year_fields(tokens, match)
    if year is None or unit not in ("day", "week", "weekend", "weekday", "half", "quarter"):
        return None
    first, last = _span(match)
    month = _value(tokens, match, "m")
    alone = match["alone"] or ""
    if month is None and not alone and year == _NO_YEAR:
        return None
    if alone:
        container = tokens.items[match.end("alone") - 1].value
        way = _DIRECTIONS.get(alone[-2:-1], "this")
        if container not in ("month", "year"):
            return None
        base = Phrase(
            first, last, "slice", unit=unit, number=number, number_high=count, direction=way, text=container, day=count
        )
    else:
        base = Phrase(
            first,
            last,
            "slice",
            unit=unit,
            number=number,
            number_high=count,
            month=month,
            year=year.said,
            year_direction=year.direction,
        )
    weekday = int(tokens.items[unit_at].value) if unit == "weekday" else None
    return [replace(base, weekday=weekday)]


def _ordinal_day(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    token = tokens.items[match.start("d")]
    day = int(token.value)
    if token.word != "digits" or day > 31:
        return None
    first, last = _span(match)
    tail = match["tail"] or ""
    if tail and tokens.items[last].value != "month":
        return None
    return [Phrase(first, last, "day of month", day=day, direction=_DIRECTIONS.get(tail[-2:-1], ""))]


def _ahead(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    return _simple("ahead")(tokens, match) if tokens.items[match.start()].word == "in" else None


def _hours_ago(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "hours ago" and "minutes ago"; "weeks ago" says no time."""
    first, last = _span(match)
    return [Phrase(first, last, "deictic", text="0")] if tokens.items[first].value in ("hour", "minute") else None


def _century(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    first, last = _span(match)
    if tokens.items[last].value != "century" or tokens.codes[last + 1 : last + 2] == "-":
        return None
    return [
        Phrase(
            first, last, "century", number=int(tokens.items[match.start("d")].value), part=_value(tokens, match, "part")
        )
    ]


_Build = Callable[[Tokens, re.Match[str]], list[Phrase] | None]
_DAYS = r"(?P<d>[do](?:(?:,[do])*,?(?:-|>|&|/|K)T?[do])?)"
# First characters, the rule, its reader; the first that fits wins.
_RULES: list[tuple[str, str, _Build]] = [
    ("I", r"(?P<value>I)", _simple("full date")),
    # Days of two months.
    ("do", r"(?P<d1>[do])O?(?P<m1>[Mm]),?(?P<y1>Y)?(?:-|>|&|K)T?(?P<d2>[do])O?(?P<m2>[Mm]),?(?P<y2>Y)?", _two_months),
    (
        "Mm",
        r"(?P<m1>[Mm])T?(?P<d1>[do]),?(?P<y1>Y)?(?:-|>|&|K)(?P<m2>[Mm])T?(?P<d2>[do])(?!\#),?(?P<y2>Y)?",
        _two_months,
    ),
    # Days of one month, the day before or behind it.
    ("rWwTdo", _WEEKDAY + r"T?" + _DAYS + r"O?[Mm](?!T?[do](?!\#)[^\-])" + _YEAR, _date),
    ("rTWwMm", _WEEKDAY + r"[Mm]T?" + _DAYS + r"(?!\#)" + _YEAR, _date),
    (
        "Tol",
        r"T?(?P<order>[ol])(?P<many>[nd])?-?(?P<unit>[uUXWH])[Oi](?:(?P<alone>T?[ltx]?u)|(?P<m>[Mm])?" + _YEAR + r")",
        _slice,
    ),
    ("4", r"(?P<value>4)(?:O|,)?" + _YEAR, _simple("quarter")),
    ("Mm", r"(?P<m>[Mm])(?:-|>|&|K)(?P<m2>[Mm])" + _YEAR, _months),
    ("TrMm", _PART + r"(?P<way>)(?P<m>[Mm])(?!T?[do](?!\#))" + _YEAR, _month),
    ("lxtcvfe", r"(?P<part>(?!))?(?P<way>[lxtcvfe])(?P<m>[Mm])(?P<year>(?!))?", _month),
    ("Y", r"Y(?:-|>|&|/)[Ydq]", _years),
    # Weekdays.
    ("anQdT", _COUNT + r"(?:\$g|[uU]gi?W|[uU](?:W))", _weekdays_ago),
    ("ltxW", r"(?:(?P<lead>[ltx]u)i?)(?P<way>)(?P<w>W)(?P<shift>)", _weekday),
    (
        "ltxcvhWw",
        r"(?P<lead>(?!))?(?P<way>[ltxcvh][cv]?)?(?P<w>[Ww])(?P<shift>(?:[Oi]?[lxt]u)|u)?(?:p(?!z))?",
        _weekday,
    ),
    # Days by their relation to the report's day.
    ("T", r"Tu(?P<way>[bA])(?P<value>Z)", _simple("second day")),
    ("rELTZ", r"(?:[rEL]i?)?(?P<value>Z)p?", _simple("deictic")),
    ("tl", r"(?P<way>[tl])p", _simple("part of day")),
    ("V", r"V", _simple("overnight")),
    ("TThfexS", r"T?(?P<way>[hfexS])p", _simple("near day")),
    ("TX", r"TXb(?P<way>l)", _simple("weekend before last")),
    ("ltxcvfehTXir", r"(?:r)?T?(?P<way>[ltxcvfehS])?X(?!U)", _simple("weekend")),
    ("T", r"T(?P<unit>u)b(?P<way>l)", _simple("before last")),
    # Counts of units.
    ("anQdNqT", _COUNT + r"(?P<unit>[uU])gZ", _simple("exactly ago")),
    ("anQdNqT", _COUNT + r"(?P<unit>[uU])g", _simple("ago")),
    ("U", r"(?P<unit>U)g", _hours_ago),
    ("anQdNqT", _COUNT + r"(?P<unit>[uU])(?P<way>[ELbA])", _simple("shift")),
    ("TlvxcfRti", r"T?(?P<way>[lvxcfet])" + _COUNT + r"(?P<unit>[U])", _simple("window")),
    ("iR", r"i?(?P<way>R)(?P<unit>U)", _simple("recent")),
    ("Tt", r"T(?P<way>[v])(?P<unit>u)(?!-)", _simple("last unit")),
    ("i", r"i(?P<way>)" + _COUNT + r"(?P<unit>[uU])(?!O|-)", _ahead),
    # This week, the end of last month, later that year, earlier in the day.
    ("ELrT", r"(?P<edge>[EL]i?|T?(?P<part>r)[Oi\-]?)T?(?P<way>[ltxvcehfS])?(?P<unit>u)(?![bA\-])", _unit),
    ("Tltxcehf", r"T?(?P<way>[ltxcehfS])(?P<unit>u)(?!-)", _unit),
    ("T", r"T(?P<unit>u)(?P<way>[bA])", _simple("beside")),
    # Larger spans.
    ("TrD", _PART + r"(?P<value>D)", _simple("decade")),
    ("TrC", r"T" + _PART + r"(?P<value>C)", _simple("decade word")),
    ("Tor", _PART + r"T?(?P<d>o)-?u", _century),
    ("TrG", _PART + r"(?P<value>G)(?:O|i)?(?P<year>,?Y|[lxt]u)", _simple("season")),
    ("lxt", r"(?P<way>[lxt])(?P<value>G)", _simple("season")),
    ("P", r"(?P<value>P)" + _YEAR, _simple("holiday")),
    ("lxt", r"(?P<way>[lxt])(?P<value>P)", _simple("holiday")),
    ("TrYy", _PART + r"[Yy]", _year),
    ("T", r"T(?P<d>o)(?P<tail>O[tlxh]u)", _ordinal_day),
    ("T", r"(?<=i)T(?P<d>o)(?P<tail>)(?=[.,;)¶iA&]|$)", _ordinal_day),
]


def _by_first() -> Iterator[tuple[str, list[tuple[re.Pattern[str], _Build]]]]:
    compiled = [(firsts, re.compile(rule), build) for firsts, rule, build in _RULES]
    for character in set("".join(firsts for firsts, _, _ in compiled)):
        yield character, [(rule, build) for firsts, rule, build in compiled if character in firsts]


_BY_FIRST = dict(_by_first())
