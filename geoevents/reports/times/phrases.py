"""Find the phrases of a text that say a time, by rules over the classes of its tokens.

Phrases come in the order of the text, each with its kind and the numbers it says, before any of them
is placed on the calendar. `geoevents.reports.times.calendar_days` does that. A rule is a regular expression in the
characters of `geoevents.reports.times.words.CLASSES`. The first that fits at a token wins: a longer form stands above a
shorter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from geoevents.reports.times.numbers import (
    DIRECTIONS,
    NO_YEAR,
    Phrase,
    count_of,
    read_dashed,
    read_date,
    read_month,
    read_months,
    read_two_months,
    read_weekday,
    read_weekdays_ago,
    read_year,
    read_years,
    span_of,
    stands_behind,
    value_of,
    year_of_tail,
)
from geoevents.reports.times.words import Tokens, tokenize

__all__ = ["TimePhrases", "find_phrases", "read_phrases"]


# The tail that gives a date its year: "2022", "'22", "89", "last year", "of that year".
_YEAR = r"(?P<year>(?:,?O?[Yy])|(?:q(?!U|u|\#))|(?:,?O?T?[lxthfeS]u(?=\W|.|$)))?"
_WEEKDAY = r"(?:T?r[\-iO]?T?)?(?:[tl]?(?P<wd>[Ww])[,(]?T?)?"
_PART = r"(?:T?(?P<part>r)[\-iO]?T?)?"
# How police reports and letters point to a month: "15th instant".
_WAYS_OF_MONTHS = {"instant": "this", "inst": "this", "ultimo": "last", "ult": "last"}
_COUNT = r"(?P<count>aQO?|TQ|[Qandq]|N)"


@dataclass(frozen=True, slots=True)
class TimePhrases:
    """The tokens of a text and the phrases among them that say a time."""

    tokens: Tokens
    phrases: list[Phrase]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The characters of each phrase, in order and apart."""
        items = self.tokens.items
        return [(items[phrase.first].start, items[phrase.last].end) for phrase in self.phrases]


def read_phrases(text: str) -> TimePhrases:
    """Return the phrases of a text that say a time.

    Examples
    --------
    >>> read_phrases("between 3 and 7 January, and last week").spans
    [(8, 23), (29, 38)]
    """
    tokens = tokenize(text)
    return TimePhrases(tokens, find_phrases(tokens))


def find_phrases(tokens: Tokens) -> list[Phrase]:
    """Return the phrases that say a time, in the order of the text; none overlaps another.

    Examples
    --------
    >>> from geoevents.reports.times.words import tokenize
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


def _simple(kind: str) -> Callable[[Tokens, re.Match[str]], list[Phrase] | None]:
    """Return a reader of phrases whose fields are the groups: way, unit, part, season, year."""

    def read(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
        groups = match.groupdict()
        first, last = span_of(match)
        fields: dict[str, object] = {}
        if groups.get("year"):
            found = year_of_tail(tokens, match)
            if found is None:
                return None
            fields |= {"year": found.said, "year_direction": found.direction}
        if groups.get("way"):
            fields["direction"] = DIRECTIONS.get(str(groups["way"])[0], "")
        if groups.get("unit"):
            fields["unit"] = tokens.items[match.start("unit")].value
        if groups.get("part"):
            fields["part"] = value_of(tokens, match, "part")
        if groups.get("count"):
            number = count_of(tokens, match)
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
    year = year_of_tail(tokens, match)
    if year is None or unit not in ("day", "week", "fortnight", "month", "weekend", "weekday", "half", "quarter"):
        return None
    first, last = span_of(match)
    month = value_of(tokens, match, "m")
    alone = match["alone"] or ""
    if month is None and not alone and year == NO_YEAR:
        return None
    if alone:
        container = tokens.items[match.end("alone") - 1].value
        way = DIRECTIONS.get(alone[-2:-1], "this")
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


def _on_date(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read the day of "on March 3 soldiers fired"; "in March 3 soldiers died" counts soldiers."""
    on = match.start() > 0 and tokens.items[match.start() - 1].word == "on"
    return read_date(tokens, match) if on else None


def _month_parts(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "mid to late October"."""
    year = year_of_tail(tokens, match) or NO_YEAR
    first, last = span_of(match)
    return [
        Phrase(
            first,
            last,
            "month",
            month=value_of(tokens, match, "m"),
            year=year.said,
            year_direction=year.direction,
            part=value_of(tokens, match, "part"),
            part2=value_of(tokens, match, "part2"),
        )
    ]


def _week_of_year(tokens: Tokens, match: re.Match[str]) -> list[Phrase]:
    """Read "2022-W23"."""
    first, last = span_of(match)
    year, week = tokens.items[first].value.split("W")
    return [Phrase(first, last, "week number", year=int(year), number=int(week))]


def _numbered_week(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "week 23 of 2022" and "epidemiological week 23"; "week 23 of the war" is left."""
    first, last = match.start(), match.start("d")
    week, year = int(tokens.items[last].value), value_of(tokens, match, "y")
    before = tokens.codes[first - 1] if first else "¶"
    named = first > 0 and tokens.items[first - 1].word in ("epidemiological", "epi", "iso", "calendar", "reporting")
    if tokens.items[first].value != "week" or week > 53 or not (named or before in "¶.;(,-ikKsFB"):
        return None
    if year is None and tokens.codes[last + 1 : last + 2] in ("O", "#", "z") and not named:
        return None
    return [Phrase(first, span_of(match)[1] if year else last, "week number", year=year, number=week)]


def _ordinal_day(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    token = tokens.items[match.start("d")]
    day = int(token.value)
    if token.word != "digits" or day > 31:
        return None
    first, last = span_of(match)
    tail = match["tail"] or ""
    if tail and tokens.items[last].value != "month":
        return None
    return [Phrase(first, last, "day of month", day=day, direction=DIRECTIONS.get(tail[-2:-1], ""))]


def _instant(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "15th instant", a day of this month, and "15th ultimo", one of the last."""
    first, last = span_of(match)
    token, way = tokens.items[match.start("d")], _WAYS_OF_MONTHS.get(tokens.items[last].word, "")
    if not way or token.word != "digits" or int(token.value) > 31:
        return None
    return [Phrase(first, last, "day of month", day=int(token.value), direction=way)]


def _ahead(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "in three weeks", which is a time only of what is to come, and "in a week's time", which always is."""
    if tokens.items[match.start()].word != "in":
        return None
    after = tokens.items[match.end()].word if match.end() < len(tokens.items) else ""
    return _simple("from now" if after == "time" else "ahead")(tokens, match)


def _this_day(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "on this day in 2013"."""
    first, last = span_of(match)
    if tokens.items[first + 1].value != "day":
        return None
    return [Phrase(first, last, "this day", year=int(tokens.items[last].value))]


def _ago(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "three weeks ago"; "half a century ago" is left."""
    if stands_behind(tokens, match, "H"):
        return None
    exactly = match.start() > 0 and tokens.items[match.start() - 1].word == "exactly"
    return _simple("exactly ago" if exactly else "ago")(tokens, match)


def _from_now(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "three weeks from now"."""
    return _simple("from now")(tokens, match) if tokens.items[match.end() - 1].word == "now" else None


def _hours_ago(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "hours ago" and "minutes ago"; "weeks ago" says no time."""
    first, last = span_of(match)
    return [Phrase(first, last, "deictic", text="0")] if tokens.items[first].value in ("hour", "minute") else None


def _night_before(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "the night before," which goes back from the day last said."""
    first, last = span_of(match)
    return [Phrase(first, last, "near day", direction="previous")]


def _night_to(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    """Read "in the night to Tuesday": Monday and Tuesday."""
    first, last = span_of(match)
    if tokens.items[first + 1].word != "night":
        return None
    return [Phrase(first, last, "night to", weekday=value_of(tokens, match, "w"))]


def _century(tokens: Tokens, match: re.Match[str]) -> list[Phrase] | None:
    first, last = span_of(match)
    if tokens.items[last].value != "century" or tokens.codes[last + 1 : last + 2] == "-":
        return None
    number = int(tokens.items[match.start("d")].value)
    return [Phrase(first, last, "century", number=number, part=value_of(tokens, match, "part"))]


_Build = Callable[[Tokens, re.Match[str]], list[Phrase] | None]
_DAYS = r"(?P<d>[do](?:(?:,[do])*,?(?:-|>|&|/|K)T?[Ww]?,?[do])?)"
# First characters, the rule, its reader; the first that fits wins.
_RULES: list[tuple[str, str, _Build]] = [
    ("I", r"(?P<value>I)", _simple("full date")),
    ("8", r"(?P<value>8)", _week_of_year),
    ("u", r"u(?P<d>[dq])[,(]?(?:[O/]|-)?T?(?P<y>Y)?", _numbered_week),
    ("d", r"(?P<d>d)-(?P<m>[Mm])-(?P<y>[Yqd])", read_dashed),
    # "12 Apr 22 – checkpoint": the day of a line.
    ("d", r"(?:(?<=[.¶])|^)(?P<d>d)(?P<m>[Mm])(?P<y>[qd])(?=[\-/:;¶(.]|$)", read_dashed),
    # Days of two months.
    (
        "do",
        r"(?P<d1>[do])O?(?P<m1>[Mm]),?(?P<y1>Y)?(?:-|>|&|K)T?(?P<d2>[do])O?(?P<m2>[Mm]),?(?P<y2>Y)?",
        read_two_months,
    ),
    (
        "Mm",
        r"(?P<m1>[Mm])T?(?P<d1>[do]),?(?P<y1>Y)?(?:-|>|&|K)(?P<m2>[Mm])T?(?P<d2>[do])(?!\#),?(?P<y2>Y)?",
        read_two_months,
    ),
    # Days of one month, the day before or behind it.
    ("rWwTdotl", _WEEKDAY + r"T?" + _DAYS + r"O?[Mm](?!T?[do](?!\#)[^\-])" + _YEAR, read_date),
    ("rTWwMmtl", _WEEKDAY + r"[Mm]T?" + _DAYS + r"(?!\#)" + _YEAR, read_date),
    ("Mm", r"(?P<wd>(?!))?[Mm](?P<d>[do])(?P<year>(?!))?(?=\#)", _on_date),
    (
        "Tol",
        r"T?(?P<order>[ol])(?P<many>[nd])?-?(?P<unit>[uUXWH])[Oi](?:(?P<alone>T?[ltx]?u)|(?P<m>[Mm])?" + _YEAR + r")",
        _slice,
    ),
    ("4", r"(?P<value>4)(?:O|,)?" + _YEAR, _simple("quarter")),
    ("Mm", r"(?P<m>[Mm])(?:-|>|&|K)(?P<m2>[Mm])" + _YEAR, read_months),
    ("r", r"(?P<part>r)-?[>&/]-?(?P<part2>r)[\-iO]?T?(?P<m>[Mm])" + _YEAR, _month_parts),
    ("TrMm", _PART + r"(?P<way>)(?P<m>[Mm])(?!T?[do](?!\#))" + _YEAR, read_month),
    ("lxtcvfe", r"(?P<part>(?!))?(?P<way>[lxtcvfe])(?P<m>[Mm])(?P<year>(?!))?", read_month),
    ("Y", r"Y(?:-|>|&|/)[Ydq]", read_years),
    # Weekdays.
    ("anQdT", _COUNT + r"(?:\$g|[uU]gi?W|[uU](?:W))", read_weekdays_ago),
    ("ltxW", r"(?:(?P<lead>[ltx]u)i?)(?P<way>)(?P<w>W)(?P<shift>)", read_weekday),
    (
        "TltxcvhfeSWw",
        r"(?P<lead>(?!))?T?(?P<way>[ltxcvhfeS][cv]?)?(?P<w>[Ww])(?P<shift>(?:[Oi]?[lxt]u)|u)?(?:p(?!z))?",
        read_weekday,
    ),
    # Days by their relation to the report's day.
    ("t", r"tu[iO]Y", _this_day),
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
    ("anQdNqT", _COUNT + r"(?P<unit>[uU])g", _ago),
    ("anQdNqT", _COUNT + r"(?P<unit>[uU])Fz", _from_now),
    ("U", r"(?P<unit>U)g", _hours_ago),
    ("anQdNqT", _COUNT + r"(?P<unit>[uU])(?P<way>[ELbA])", _simple("shift")),
    ("TlvxcfRti", r"T?(?P<way>[lvxcfet])" + _COUNT + r"(?P<unit>U|u(?!-))", _simple("window")),
    ("iR", r"i?(?P<way>R)(?P<unit>U)", _simple("recent")),
    ("Tt", r"T(?P<way>[v])(?P<unit>u)(?!-)", _simple("last unit")),
    ("i", r"i(?P<way>)" + _COUNT + r"(?P<unit>[uU])(?!O|-)", _ahead),
    # This week, the end of last month, later that year, earlier in the day.
    ("ELrT", r"(?P<edge>[EL]i?|T?(?P<part>r)[Oi\-]?)T?(?P<way>[ltxvcehfS])?(?P<unit>u)(?![bA\-])", _unit),
    ("Tltxcehf", r"T?(?P<way>[ltxcehfS])(?P<unit>u)(?!-)", _unit),
    ("T", r"T(?P<unit>u)(?P<way>[bA])", _simple("beside")),
    ("T", r"(?:(?<=[.¶])|^)Tpb(?!T|h|t)|Tpb(?=[.,;])", _night_before),
    ("T", r"Tp>(?P<w>W)", _night_to),
    # Larger spans.
    ("TrD", _PART + r"(?P<value>D)", _simple("decade")),
    ("TrC", r"T" + _PART + r"(?P<value>C)", _simple("decade word")),
    ("Tor", _PART + r"T?(?P<d>o)-?u", _century),
    ("TrG", _PART + r"(?P<value>G)(?:O|i)?(?P<year>,?Y|[lxt]u)", _simple("season")),
    ("lxt", r"(?P<way>[lxt])(?P<value>G)", _simple("season")),
    ("P", r"(?P<value>P)" + _YEAR, _simple("holiday")),
    ("lxt", r"(?P<way>[lxt])(?P<value>P)", _simple("holiday")),
    ("TrYy", _PART + r"[Yy]", read_year),
    ("T", r"T(?P<d>o)(?P<tail>O[tlxh]u)", _ordinal_day),
    ("To", r"T?(?P<d>o)z", _instant),
    ("T", r"(?:(?<=pi)|(?<=pO))T(?P<d>o)(?P<tail>)(?=z)(?!z[iO])", _ordinal_day),
    ("T", r"(?:(?<=[iKks>F])|(?<=pO))T(?P<d>o)(?P<tail>)(?=[.,;)¶iA&]|$)", _ordinal_day),
]


def _by_first() -> Iterator[tuple[str, list[tuple[re.Pattern[str], _Build]]]]:
    compiled = [(firsts, re.compile(rule), build) for firsts, rule, build in _RULES]
    for character in set("".join(firsts for firsts, _, _ in compiled)):
        yield character, [(rule, build) for firsts, rule, build in compiled if character in firsts]


_BY_FIRST = dict(_by_first())
