"""Split text into tokens and give each the class it has in the grammar of time expressions.

Beside the tokens stands a string with one character a token, its class. The rules of
`geoevents.reports.times.phrases` are regular expressions over that string. The words of each class stand in
``data/time_words.tsv``, the holidays in ``data/holidays.tsv``.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["CLASSES", "Token", "Tokens", "tokenize"]

_DATA = Path(__file__).parents[1] / "data"

# One character a class; the rules are written in these characters.
CLASSES = {
    "month": "M",
    "risky month": "m",
    "weekday": "W",
    "short weekday": "w",
    "weekdays": "$",
    "number": "n",
    "article": "a",
    "vague number": "Q",
    "ordinal": "o",
    "unit": "u",
    "units": "U",
    "weekend": "X",
    "part of day": "p",
    "ago": "g",
    "last": "l",
    "next": "x",
    "this": "t",
    "coming": "c",
    "past": "v",
    "that": "h",
    "following": "f",
    "previous": "e",
    "same": "S",
    "earlier": "E",
    "later": "L",
    "before": "b",
    "after": "A",
    "part": "r",
    "half": "H",
    "in": "i",
    "of": "O",
    "the": "T",
    "from": "F",
    "between": "B",
    "and": "&",
    "to": ">",
    "until": "K",
    "since": "s",
    "by": "k",
    "deictic": "Z",
    "overnight": "V",
    "season": "G",
    "recent": "R",
    "decade word": "C",
    "habitual": "*",
    "into": "j",
    "week edge": "J",
    "named day": "~",
    "newspaper": "@",
    "counted noun": "#",
    "future": "!",
    "past tense": "<",
    "present be": "%",
    "be": "=",
    "holiday": "P",
    "time zone": "^",
    # Figures and marks.
    "day number": "d",
    "two digits": "q",
    "year": "Y",
    "short year": "y",
    "other number": "N",
    "full date": "I",
    "week of year": "8",
    "decade": "D",
    "quarter number": "4",
    "dash": "-",
    "slash": "/",
    "comma": ",",
    "open": "(",
    "close": ")",
    "stop": ".",
    "clause": ";",
    "paragraph": "¶",
    "other": "z",
}

_TOKEN = re.compile(
    r"""
    (?P<paragraph>\n[ \t]*\n\s*)
  | (?P<long_nth>\b(?i:twenty|thirty)[- ](?i:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b)
  | (?P<quarter>\b(?:Q[1-4]|H[12])\b)
  | (?P<word>[^\W\d_]+(?:['’](?:s|S|ll|LL|re|ve|t|T)?(?![^\W\d_]))?)
  | (?P<iso>(?<![\d.\-/])[12]\d{3}-\d{1,2}-\d{1,2}
        (?:[Tt\ ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?(?![\d\-]))
  | (?P<iso_week>(?<![\d.\-/])[12]\d{3}-?W\d{2}(?![\d\-]))
  | (?P<iso_slashed>(?<![\d.\-/])[12]\d{3}[/.]\d{1,2}[/.]\d{1,2}(?![\d/]|\.\d))
  | (?P<numeric>(?<![\d.\-/])\d{1,2}
        (?:/\d{1,2}/(?:[12]\d{3}|\d{2})|(?P<mark>[.\-])\d{1,2}(?P=mark)[12]\d{3})(?![\d/]|[.\-]\d))
  | (?P<label_day>(?<=[A-Za-z]:[ ])\d{1,2}/\d{1,2}(?=[ ]?[-–—:][ ]))
  | (?P<line_day>(?:\A|(?<=\n)|(?<=\n[-*•][ ]))\d{1,2}/\d{2}(?=[.,:–-]?[ \t]+[A-Z]))
  | (?P<short_numeric>(?<![\d.\-/])\d{2}\.\d{2}\.\d{2}(?![\d/]|[.\-]\d))
  | (?P<clock>(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?!\d)|\d{1,2}\.\d{2}(?=\s?[ap]\.?m\b))
  | (?P<decade>[12]\d\d0s\b|['’]\d0s\b)
  | (?P<nth>\d{1,2}(?:st|nd|rd|th|ST|ND|RD|TH)\b)
  | (?P<short_year>['’]\d\d\b(?!['’]))
  | (?P<figure>[$€£¥₹]?\d[\d,]*(?:\.\d+)?%?)
  | (?P<dash>[-‐-―−]+)
  | (?P<slash>/)
  | (?P<comma>,)
  | (?P<open>[(\[])
  | (?P<close>[)\]])
  | (?P<stop>[.!?]["”’]?)
  | (?P<clause>[;:])
    """,
    re.VERBOSE,
)
_MARKS = {"paragraph", "dash", "slash", "comma", "open", "close", "stop", "clause"}
# Classes whose words are names, and begin with a capital in mixed text.
_NAMES = {"month", "risky month", "weekday", "short weekday", "named day", "newspaper"}
# A longer figure is no number of a time.
_LONGEST_FIGURE = 9
_SHORT_MONTHS = {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
# Words in -ed that are not past tense.
_NOT_PAST = {
    "hundred",
    "need",
    "indeed",
    "speed",
    "united",
    "wounded",
    "injured",
    "armed",
    "red",
    "feed",
    "seed",
    "breed",
}


_CLOCK_ZONE = re.compile(r" ?(?:UTC|GMT|[Hh]rs?|HRS|[Hh]ours|Z|LT|local)\b")


class Token(NamedTuple):
    """A token: its place in the text, its class, and what the class says of it (a number, a unit's name)."""

    start: int
    end: int
    kind: str
    value: str
    word: str
    possessive: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text, and their classes as a string with one character a token."""

    items: list[Token]
    codes: str


@cache
def _words() -> dict[str, tuple[str, str]]:
    with (_DATA / "time_words.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["word"]: (row["class"], row["value"] or "") for row in rows}


@cache
def _holidays() -> tuple[re.Pattern[str], dict[str, str]]:
    with (_DATA / "holidays.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    values = {
        row["name"]: f"{row['month']}-{row['day']}" if row["month"] else f"easter{row['days from Easter']}"
        for row in rows
    }
    names = "|".join(re.escape(name).replace("'", "['’]") for name in sorted(values, key=len, reverse=True))
    return re.compile(rf"\b(?:{names})(?!\w)", re.IGNORECASE), values


def tokenize(text: str) -> Tokens:
    """Split a text into the tokens of the time grammar.

    Parameters
    ----------
    text
        Running text in English. Months and weekdays need a capital, unless the whole text is in one case.

    Examples
    --------
    >>> tokenize("On Thursday, 6 January").codes
    'iW,dM'
    """
    cased = any(letter.isupper() for letter in text) and any(letter.islower() for letter in text)
    pattern, values = _holidays()
    holidays = {found.start(): found for found in pattern.finditer(text) if not cased or found[0][0].isupper()}
    words = _words()
    items: list[Token] = []
    position: int | None = 0
    while position is not None:
        position = _read_on(text, position, items, words, cased, holidays, values)
    return Tokens(items, "".join([CLASSES[item.kind] for item in items]))


def _read_on(
    text: str,
    position: int,
    items: list[Token],
    words: dict[str, tuple[str, str]],
    cased: bool,
    holidays: dict[int, re.Match[str]],
    values: dict[str, str],
) -> int | None:
    """Add the tokens from a position on, up to one that ends elsewhere than the pattern did; return where, or None."""
    for found in _TOKEN.finditer(text, position):
        start, end = found.span()
        if start in holidays:
            holiday = holidays[start]
            value = values[holiday[0].casefold().replace("’", "'")]
            items.append(Token(start, holiday.end(), "holiday", value, holiday[0].casefold()))
            return holiday.end()
        if found.lastgroup != "word":
            token = _token(found, words)
            if token.kind == "year" and _CLOCK_ZONE.match(text, token.end):
                token = token._replace(kind="other number")  # "6 MAR 1130 UTC": no year
            items.append(token)
            # A figure's comma does not belong to it.
            if token.end != end:
                return token.end
            continue
        kind, value, key, letters = _classify(found[0], cased)
        # A possessive's ending belongs to the word.
        token_end, is_possessive = (start + letters, True) if letters else (end, False)
        if kind in _ABBREVIATED and not is_possessive and text[end : end + 1] == "." and _is_abbreviation(kind, key):
            items.append(Token(start, end + 1, kind, value, key))
            return end + 1
        items.append(Token(start, token_end, kind, value, key, is_possessive))
    return None


_ABBREVIATED = ("short weekday", "month", "risky month")


def _is_abbreviation(kind: str, word: str) -> bool:
    return kind == "short weekday" or word in _SHORT_MONTHS


def _token(found: re.Match[str], words: dict[str, tuple[str, str]]) -> Token:
    """Return the token of a figure or a mark."""
    group, text = str(found.lastgroup), found[0]
    start, end = found.span()
    if group in _MARKS:
        return Token(start, end, group, "", text)
    if group == "iso_week":
        return Token(start, end, "week of year", text.replace("-", ""), text)
    if group == "long_nth":
        tens, ones = re.split("[- ]", text.casefold())
        return Token(start, end, "ordinal", str(int(words[tens][1]) + int(words[ones][1])), "digits")
    if group in ("iso", "iso_slashed", "mark", "numeric", "short_numeric", "line_day", "label_day"):
        return Token(start, end, "full date", text, text)
    if group == "nth":
        day = int(text[:-2])
        return Token(start, end, "ordinal", str(day), "digits")
    if group == "figure":
        return _figure(text, start, end)
    kind = {"decade": "decade", "short_year": "short year", "quarter": "quarter number"}.get(group, "other")
    return Token(start, end, kind, text.strip("'’sQ"), text)


@lru_cache(maxsize=16_384)
def _classify(text: str, cased: bool) -> tuple[str, str, str, int]:
    """Return the class of a word, what it says, its key, and its letters before a possessive ending, 0 without one."""
    words = _words()
    key = text.casefold().replace("’", "'")
    possessive = key.endswith(("'s", "s'")) and key not in words
    if possessive:
        key = key[:-2] if key.endswith("'s") else key[:-1]
    bare = key.rstrip("'")
    kind, value = words.get(bare, ("other", ""))
    if kind in _NAMES and cased and not text[0].isupper():
        kind = "other"
    if kind == "other" and len(bare) > 4 and bare.endswith("ed") and bare not in _NOT_PAST:
        kind = "past tense"
    return kind, value, bare, len(key) if possessive else 0


def _figure(text: str, start: int, end: int) -> Token:
    text = text.rstrip(",")
    end = start + len(text)
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_FIGURE:
        return Token(start, end, "other number", "", text)
    number = int(text)
    if len(text) == 4 and 1000 <= number < 2100:
        kind = "year"
    elif len(text) <= 2:
        kind = "day number" if 1 <= number <= 31 else "two digits"
    else:
        kind = "other number"
    return Token(start, end, kind, text, text)
