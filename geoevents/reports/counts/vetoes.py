"""Tell numbers that count nothing a report counts: ages, years, times, money, distances, shares, names of roads."""

from __future__ import annotations

from bisect import bisect_left

from geoevents.reports.counts.nouns import find_noun
from geoevents.reports.counts.number_words import Number, Word, classes, key_at

__all__ = ["counts_nothing"]

# What a number glued to the word before it makes an adjective of: "a 20-year-old", "a three-storey house".
_GLUED = {
    "year",
    "old",
    "day",
    "storey",
    "story",
    "member",
    "nation",
    "strong",
    "hour",
    "km",
    "foot",
    "point",
    "party",
    "time",
    "way",
    "page",
}
_OFFSPRING = {"children", "kids", "sons", "daughters", "siblings", "brothers", "sisters", "wives", "grandchildren"}
_OLDEST = 115
# Words of the label behind the hour of a line.
_LABEL_WITHIN = 7
# The word "aged" stands no more words before the last of a list of ages; longer lists of figures are tables.
_LISTED_WITHIN = 60
# "Not 11 people but 13": words to the "but".
_CORRECTED_WITHIN = 5
# "12 Old Canal Road".
_STREET_WITHIN = 3


def counts_nothing(words: list[Word], number: Number, timed: list[tuple[int, int]]) -> bool:
    """Return whether a number is not a count.

    Parameters
    ----------
    words, number
        The words of a text, and a number among them.
    timed
        The characters of the text that say a time, as (start, end), in order and apart.

    Examples
    --------
    >>> from geoevents.reports.counts.number_words import find_numbers, split_words
    >>> words = split_words("Ali Hassan, 34, drove 12 km to 3 towns")
    >>> [counts_nothing(words, number, []) for number in find_numbers(words)]
    [True, True, False]
    """
    first, last = words[number.value_first], words[number.last]
    if first.text[0] in "$€£¥₹":
        return True
    before = bisect_left(timed, (last.end, 0)) - 1
    if before >= 0 and timed[before][1] > first.start:
        return True
    if _is_offspring(words, number) or _is_ratio(words, number) or _is_corrected(words, number):
        return True
    if _has_unit(words, number) or _is_numbered(words, number) or _is_address(words, number):
        return True
    return _is_age(words, number) or _is_year(words, number) or _is_hour(words, number)


def _has_unit(words: list[Word], number: Number) -> bool:
    """Return whether a unit follows a number: "12 km", "three days", "a 20-year-old", "12:30", "his 60s"."""
    following, after = key_at(words, number.last + 1), key_at(words, number.last + 2)
    glued = bool(following) and words[number.last + 1].start == words[number.last].end
    if following in classes()["unit"] or (glued and following == "s"):
        return True
    if glued and following[0] in "-–—":
        return after in classes()["unit"] or after in _GLUED
    return glued and following in (":", "/") and after[:1].isdigit()


def _is_address(words: list[Word], number: Number) -> bool:
    """Return whether a number is that of a house: "12 Canal Road"."""
    at = number.last + 1
    while at < len(words) and at <= number.last + _STREET_WITHIN and words[at].text[:1].isupper():
        if at > number.last + 1 and words[at].key in classes()["street"]:
            return words[number.value_first].text.isdigit()
        at += 1
    return False


def _is_numbered(words: list[Word], number: Number) -> bool:
    """Return whether a number numbers the word before it, or is part of a larger one: "Route 66", "4:17", "#3"."""
    at = number.value_first - 1
    before = key_at(words, at)
    if before in classes()["unit before"] or before in ("$", "€", "£", "#"):
        return True
    touching = bool(before) and words[at].end == words[at + 1].start
    if touching and before.isalpha():
        return True  # "M23 rebels", "F16 jets"
    return touching and before in (":", "/", ".", "-") and key_at(words, at - 1)[:1].isdigit()


def _is_offspring(words: list[Word], number: Number) -> bool:
    """Return whether a number says how many children somebody has: "a father of two", "he has two children"."""
    before = key_at(words, number.first - 1)
    if before == "of":
        return key_at(words, number.first - 2) in classes()["parent"]
    if before == "with" and key_at(words, number.first - 2) in ("along", "together"):
        return False
    return before in ("has", "have", "had", "with") and find_noun(words, number.last + 1)[0].casefold() in _OFFSPRING


def _is_ratio(words: list[Word], number: Number) -> bool:
    """Return whether a number is one of a ratio: "one in three children", "nine out of ten"."""
    for first, step in ((number.value_first, -1), (number.last, 1)):
        link, other = key_at(words, first + step), key_at(words, first + 2 * step)
        if link == "in" and other == "every":
            return True
        if link == "in" and (other in classes()["number"] or other.isdigit()) and not other.isdigit():
            return key_at(words, first + 3 * step) not in ("the", "a") or step < 0
    return False


def _is_corrected(words: list[Word], number: Number) -> bool:
    """Return whether a number is the one that another corrects: "not 11 but 13", "13 dead, not 11", "up from nine"."""
    before, earlier = key_at(words, number.first - 1), key_at(words, number.first - 2)
    if before == "not":
        behind = [key_at(words, number.last + step) for step in range(1, _CORRECTED_WITHIN)]
        return earlier in (",", "(", "-", "–", "—", "and") or "but" in behind
    if (earlier, before) in (("rather", "than"), ("instead", "of"), ("up", "from"), ("down", "from")):
        return True
    return before == "from" and earlier in ("revised", "lowered", "raised", "corrected", "up", "down")


def _is_age(words: list[Word], number: Number) -> bool:
    """Return whether a number stands between commas behind a name: "Ali Hassan, 34, was killed"."""
    at, end = number.first, number.last + 1
    back = at - 1
    if key_at(words, back) == "of" and key_at(words, back - 1) in classes()["person"] and words[at].text.isdigit():
        return True  # "a man of 41"
    while back > at - _LISTED_WITHIN and (
        key_at(words, back) in ("and", ",", "to")
        or key_at(words, back) in classes()["number"]
        or (key_at(words, back).isdigit())
    ):
        back -= 1
    if key_at(words, back) in ("aged", "ages"):
        return True  # "three children aged two, five and nine"
    return (
        at == number.value_first
        and key_at(words, at - 1) == ","
        and key_at(words, end) in (",", ".", ")", "and")
        and at >= 2
        and (words[at - 2].text[:1].isupper() or words[at - 2].key in classes()["person"])
        and number.best is not None
        and 0 < number.best < _OLDEST
        and words[at].text.isdigit()
        and not (key_at(words, end) == "and" and key_at(words, end + 1) in classes()["number"])
    )


def _is_hour(words: list[Word], number: Number) -> bool:
    """Return whether a number is the hour of a log's line: "1410 Khiam: artillery fire"."""
    text, at = words[number.value_first].text, number.last + 1
    if number.first != number.last or len(text) != 4 or not text.isdigit() or int(text) > 2400 or int(text[2:]) > 59:
        return False
    label = [word.key for word in words[at : at + _LABEL_WITHIN]]
    return at < len(words) and words[at].text[0].isupper() and ":" in label


def _is_year(words: list[Word], number: Number) -> bool:
    text = words[number.value_first].text
    if not (text.isdigit() and len(text) == 4 and 1800 <= int(text) <= 2100):
        return False
    return find_noun(words, number.last + 1)[0] == "" and key_at(words, number.last + 1) not in classes()["verb"]
