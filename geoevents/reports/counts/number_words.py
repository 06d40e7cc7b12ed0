"""Find numbers in text, in figures and words, with the bounds their words give them.

The words of a text are split, and the numbers among them read: "at least 12", "between three and five", "some 1,200",
"dozens", "a dozen", "no". What a number counts is the matter of `geoevents.reports.counts.counting`.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["Number", "Word", "classes", "find_numbers", "key_at", "split_words"]

_DATA = Path(__file__).parents[1] / "data"
_WORD = re.compile(
    r"""
    (?<![\d.,])\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d%]|[.,]\d)   # figures with spaces: 10 000
  | [$€£¥₹]?\d+(?:,\d{2,3})*(?:\.\d+)?%?      # figures
  | [^\W\d_]+(?:['’][^\W\d_]+)?       # words
  | \n[ \t]*\n\s*                     # a new paragraph
  | [-‐-―−]+ | [.,;:()!?/+<>~\[\]"“”]
    """,
    re.VERBOSE,
)
_SPACES = re.compile(r"\s")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
# "The toll rose from 12 to 19" says 19; words between "rose" and "from".
_RISING_WITHIN = 5
# "The number has gone up to 214" says 214, not at most 214.
_RISING_UP = {"gone", "went", "go", "goes", "going", "shot", "crept", "inched"}
# "Without causing any casualties": words between the denial and "any".
_DENIED_WITHIN = 4
# "A pair of brothers".
_SETS = {"pair": 2, "trio": 3, "quartet": 4}
# Behind these an article belongs to the number that follows: "a total of six".
_SUMMING = {"total", "further", "additional", "estimated", "minimum", "maximum", "combined", "record", "reported"}


class Word(NamedTuple):
    """A word or mark of a text: where it stands, its letters as written, and in lower case."""

    start: int
    end: int
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number: words ``first`` to ``last``, the qualifiers among them; None for a bound nothing gives.

    ``value_first`` is the first word of the number itself. ``article`` says that it is only "a" or "an", ``total`` that
    the words call it a sum.
    """

    first: int
    last: int
    value_first: int
    low: int | None
    best: int | None
    high: int | None
    total: bool = False
    article: bool = False


@cache
def classes() -> dict[str, dict[str, str]]:
    """Return the classes of words of ``data/count_words.tsv``: class → word → value.

    Examples
    --------
    >>> classes()["scale"]["dozen"]
    '12'
    """
    found: dict[str, dict[str, str]] = {}
    with (_DATA / "count_words.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found.setdefault(row["class"], {})[row["word"]] = row["value"] or ""
    return found


@cache
def _qualifiers() -> dict[tuple[str, ...], str]:
    with (_DATA / "count_qualifiers.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {tuple(row["words"].split()): row["bound"] for row in rows}


def split_words(text: str) -> list[Word]:
    """Split a text into words, figures and marks.

    Examples
    --------
    >>> [word.key for word in split_words("About 1,200 fled.")]
    ['about', '1,200', 'fled', '.']
    """
    spans = [found.span() for found in _WORD.finditer(text)]
    small = text.casefold().replace("’", "'")
    if len(small) == len(text):
        words = [Word(a, b, text[a:b], small[a:b]) for a, b in spans]
    else:  # a letter whose small form is longer: "ß"
        words = [Word(a, b, text[a:b], text[a:b].casefold().replace("’", "'")) for a, b in spans]
    spaced = [at for at, word in enumerate(words) if word.key[0].isdigit() and _SPACES.search(word.key)]
    for at in reversed(spaced):
        if key_at(words, at - 1) in classes()["month"]:  # "on March 5 300 people fled" has two numbers
            start = words[at].start
            parts = re.finditer(r"\S+", words[at].text)
            words[at : at + 1] = [Word(start + part.start(), start + part.end(), part[0], part[0]) for part in parts]
    return words


def find_numbers(words: list[Word]) -> list[Number]:
    """Return the numbers among the words of a text, in order.

    Examples
    --------
    >>> [(n.low, n.best, n.high) for n in find_numbers(split_words("at least 12, three to five, some 1,200, dozens"))]
    [(12, 12, None), (3, 3, 5), (None, 1200, None), (24, 24, None)]
    """
    found: list[Number] = []
    at, opening = 0, _opening()
    while at < len(words):
        key = words[at].key
        number = _number(words, at) if key in opening or key[0].isdigit() else None
        if number is None:
            at += 1
            continue
        number = _qualified(words, _range(words, number), found[-1].last if found else -1)
        found.append(number)
        at = number.last + 1
    return found


@cache
def _opening() -> frozenset[str]:
    """Return the words that a number may begin with, beside figures."""
    few = "a an half no nobody none neither zero any anyone anybody both another the"
    return frozenset((*few.split(), *classes()["number"], *classes()["many"]))


def _one_more(words: list[Word], at: int) -> int:
    """Return the last word of "another" or "a third" that stands for a person: "a third died"; 0 when it does not."""
    last = at if words[at].key == "another" else at + 1
    if last > at and key_at(words, last) not in classes()["ordinal"]:
        return 0
    return last if _befalls(key_at(words, last + 1)) else 0


def _is_denied(words: list[Word], at: int) -> bool:
    """Return whether a word of denial stands shortly before: "did not cause any casualties"."""
    before = [word.key for word in words[max(0, at - _DENIED_WITHIN) : at]]
    return any(key in ("not", "never", "without") or key.endswith("n't") for key in before) and "." not in before


def _befalls(key: str) -> bool:
    return any(key in classes()[name] for name in ("aux", "happening", "verb"))


def _exact(first: int, last: int, value: int) -> Number:
    return Number(first, last, first, value, value, value)


def _number(words: list[Word], at: int) -> Number | None:
    """Read the number that begins at a word; None when none does."""
    key = words[at].key
    scale, small, many = classes()["scale"], classes()["number"], classes()["many"]
    if key[0].isdigit():
        return _figure(words, at)
    if key in small:
        return _spelled(words, at)
    if key in ("a", "an") and key_at(words, at + 1) in scale:
        return _spelled(words, at)
    if key == "half" and key_at(words, at + 1) in ("a", "an") and key_at(words, at + 2) in scale:
        return _exact(at, at + 2, int(scale[words[at + 2].key]) // 2)
    if key == "a" and key_at(words, at + 1) in _SETS and key_at(words, at + 2) == "of":
        return _exact(at, at + 2, _SETS[words[at + 1].key])
    if key == "a" and key_at(words, at + 1) in ("few", "couple", "handful"):
        last = at + 1 + (key_at(words, at + 2) == "of")
        low, high = {"few": (2, 5), "couple": (2, 2), "handful": (2, 6)}[words[at + 1].key]
        return Number(at, last, at, low, low, high)
    if key in many:
        return _many(words, at)
    if key == "no" and key_at(words, at + 1) in ("fewer", "less", "more", "longer", "."):
        return None
    if key in ("no", "nobody", "none", "neither", "zero"):
        last = at + (key == "no" and key_at(words, at + 1) == "one")
        return _exact(at, last, 0)
    if key in ("any", "anyone", "anybody") and _is_denied(words, at):
        return _exact(at, at, 0)
    if key == "both" and key_at(words, at + 1) in classes()["people"]:
        return replace(_exact(at, at, 2), article=True)
    if key in ("another", "a", "the") and (last := _one_more(words, at)):
        return _exact(at, last, 1)
    if key in ("a", "an") and key_at(words, at + 1) not in _SUMMING:
        return replace(_exact(at, at, 1), article=True)
    return None


def key_at(words: list[Word], at: int) -> str:
    """Return a word in lower case, "" before the first and behind the last.

    Examples
    --------
    >>> key_at(split_words("Nine died"), 1), key_at(split_words("Nine died"), 2)
    ('died', '')
    """
    return words[at].key if 0 <= at < len(words) else ""


def _figure(words: list[Word], at: int) -> Number | None:
    text = _SPACES.sub("", words[at].key.replace(",", ""))
    if not _FIGURE.fullmatch(text):
        return None
    last, value = at, float(text)
    scale = classes()["scale"].get(key_at(words, at + 1))
    if scale and key_at(words, at + 1) != "score":
        value *= int(scale)
        last += 1
    elif key_at(words, at + 1) in ("m", "mn", "k") and key_at(words, at + 2) in classes()["people"]:
        value, last = value * (1000 if words[at + 1].key == "k" else 1_000_000), at + 1
    elif "." in text:
        return None
    if value > 1e10:
        return None
    if key_at(words, last + 1) == "+" and words[last + 1].start == words[last].end:
        return Number(at, last + 1, at, round(value), round(value), None)
    return _exact(at, last, round(value))


def _spelled(words: list[Word], at: int) -> Number | None:
    """Read a number in words: "twenty-one", "three hundred and five", "two dozen", "12 thousand"."""
    small, scale = classes()["number"], classes()["scale"]
    total, current, last = 0, int(small.get(words[at].key, 1)), at
    position = at + 1
    while position < len(words):
        key = words[position].key
        following = key_at(words, position + 1)
        if key == "-" and following in small and current % 10 == 0 and current and int(small[following]) < 10:
            current += int(small[following])
            position += 2
        elif [key, following, key_at(words, position + 2)] == ["and", "a", "half"] and key_at(
            words, position + 3
        ) in scale:
            current = round((current + 0.5) * int(scale[words[position + 3].key]))
            position += 4
        elif key in scale and not (key == "score" and following != "of"):
            current = max(1, current) * int(scale[key])
            total, current = (total + current, 0) if current >= 1000 else (total, current)
            position += 1
        elif key == "and" and following in small and (total or current >= 100) and _scaled_before(words, position):
            current += int(small[following])
            position += 2
        elif (
            key in small
            and (current % 100 == 0 or (current % 10 == 0 and 0 < int(small[key]) < 10))
            and _scaled_before(words, position)
        ):
            current += int(small[key])
            position += 1
        else:
            break
        last = position - 1
    return _exact(at, last, total + current)


def _scaled_before(words: list[Word], at: int) -> bool:
    return words[at - 1].key in ("hundred", "thousand", "million") or (
        words[at - 1].key in classes()["number"] and int(classes()["number"][words[at - 1].key]) >= 20
    )


def _many(words: list[Word], at: int) -> Number | None:
    """Read "dozens", "hundreds", "tens of thousands": at least two of the unit."""
    many, key = classes()["many"], words[at].key
    if key == "tens" and key_at(words, at + 1) != "of":
        return None
    value, last = int(many[key]), at
    if key_at(words, at + 1) == "of" and key_at(words, at + 2) in ("thousands", "hundreds", "millions"):
        unit = int(many[words[at + 2].key]) // 2
        value, last = {"tens": 20, "dozens": 24, "scores": 40, "hundreds": 200, "several": 3}.get(key, 2) * unit, at + 2
    elif key == "several" and key_at(words, at + 1) in ("dozen", "hundred", "thousand"):
        value, last = 3 * int(classes()["scale"][words[at + 1].key]), at + 1
    if key == "several" and last == at:
        return Number(at, last, at, 3, 3, 7)
    return Number(at, last, at, value, value, None)


def _range(words: list[Word], number: Number) -> Number:
    """Read a second number behind "to", "or" and a dash, or behind "and" after "between"."""
    link = key_at(words, number.last + 1)
    before = words[number.first - 1].key if number.first else ""
    opened = before in ("between", "from")
    joined = (
        link in ("to", "or")
        or (link and link[0] in "-–—‐‑" and len(link) == 1)
        or (link == "and" and before == "between")
    )
    if before == "by" and link == "to":
        return number  # "has risen by nine to 130"
    if not joined or number.article or number.last + 2 >= len(words) or number.best == 0:
        return number
    if before == "from" and link == "to":
        earlier = {words[i].key for i in range(max(0, number.first - 1 - _RISING_WITHIN), number.first - 1)}
        if not earlier.isdisjoint(classes()["rising"]):
            return number
    second = _number(words, number.last + 2)
    if second is None or second.article or second.best is None or number.best is None:
        return number
    low, high = number.best, second.best
    scale = classes()["scale"].get(words[second.last].key)
    if scale and words[number.last].key not in classes()["scale"] and low < int(scale):
        low *= int(scale)  # "two to three thousand" shares its scale
    if link == "or" and key_at(words, number.last + 2) in ("more", "so"):
        return number
    if high <= low or (link == "to" and not opened and number.low is None):
        return number
    return Number(number.first - opened, second.last, number.value_first, low, low, high)


def _qualified(words: list[Word], number: Number, limit: int) -> Number:
    """Apply the qualifiers before a number, and "or more" behind it."""
    table = _qualifiers()
    first, total, bound = number.first, number.total, ""
    searching = True
    while searching:
        searching = False
        for length in (3, 2, 1):
            start = first - length
            kind = table.get(tuple(word.key for word in words[max(0, start) : first])) if start > limit else None
            if kind == "high" and length == 2 and key_at(words, start - 1) in _RISING_UP and words[start].key == "up":
                continue  # "has gone up to 214"
            if kind and not (number.article and kind not in ("low", "plain")):
                first, searching = start, True
                total = total or kind == "total"
                if kind in ("low", "high", "near") and not bound:
                    bound = kind
                break
    last = number.last
    low, best, high = number.low, number.best, number.high
    if (key_at(words, last + 1), key_at(words, last + 2)) == ("or", "more"):
        bound, last = "low", last + 2
    elif (key_at(words, last + 1), key_at(words, last + 2)) == ("or", "so"):
        bound, last = "near", last + 2
    elif key_at(words, last + 1) in ("-", "‑", "odd") and "odd" in (key_at(words, last + 1), key_at(words, last + 2)):
        bound, last = "near", last + 1 + (key_at(words, last + 1) != "odd")  # "thirty-odd passengers"
    if first and words[first - 1].key in (">", "<", "~") and not bound:
        bound, first = {">": "low", "<": "high", "~": "near"}[words[first - 1].key], first - 1
    if bound == "low":
        high = None if low == high else high
    elif bound == "high":
        low, high = None, high if high is not None else best
    elif bound == "near" and low == high:
        low = high = None
    return replace(number, first=first, last=last, low=low, best=best, high=high, total=total)
