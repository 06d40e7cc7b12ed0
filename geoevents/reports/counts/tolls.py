"""Read tolls: "the death toll rose to 164", "deaths: 12", "raising to 13 the number of civilians killed"."""

from __future__ import annotations

from functools import cache

from geoevents.reports.counts.number_words import Number, Word, classes, key_at

__all__ = ["ENDS", "kinds_of", "toll_kind"]

ENDS = {".", "!", "?", ";"}

_TOLL_REACH = 26
_TOLLS = {"toll", "tally", "number", "figure", "count", "total"}
_TOLL_LINKS = {
    "to",
    "at",
    "as",
    "is",
    "was",
    "of",
    "reached",
    "hit",
    "exceeded",
    "passed",
    "topped",
    "surpassed",
    ":",
    "stood",
    "stands",
    "reaches",
    "hits",
    "now",
    "past",
    "above",
    "passes",
    "tops",
    "exceeds",
    "nears",
    "surpasses",
}


@cache
def kinds_of(*names: str) -> dict[str, str]:
    """Return the kinds of the words of some classes."""
    return {word: kind for name in names for word, kind in classes()[name].items()}


def toll_kind(words: list[Word], number: Number) -> str:
    """Return the kind of the toll whose figure a number is, "" for none.

    Examples
    --------
    >>> from geoevents.reports.counts.number_words import find_numbers, split_words
    >>> words = split_words("raising the death toll to 164")
    >>> toll_kind(words, find_numbers(words)[-1])
    'killed'
    """
    before = key_at(words, number.first - 1)
    behind = [key_at(words, number.last + step) for step in range(1, 14)]
    if behind[0] == ",":
        behind = behind[1:]
    if before == "to" and behind[0] == "the" and behind[1] in ("number", "numbers", "toll"):
        # "Raising to 13 the number of civilians killed".
        kinds_behind = kinds_of("verb", "casualty", "state")
        return next((kinds_behind[key] for key in behind[2:] if key in kinds_behind), "")
    if before not in _TOLL_LINKS:
        return ""
    kinds, kind, is_figure = kinds_of("casualty", "state", "verb", "happening"), "", False
    for at in range(number.first - 1, max(-1, number.first - 1 - _TOLL_REACH), -1):
        key, earlier = key_at(words, at), key_at(words, at - 1)
        if key in ENDS:
            break
        if key in ("toll", "tally"):
            return kinds.get(earlier, "") or kind or "killed"
        if key in _TOLLS:
            if kind:
                return kind
            is_figure = True
        if is_figure and key in kinds:
            return kinds[key]
        if key in kinds and not kind:
            kind = kinds[key]
            # "Deaths rose to 12", "the injured at 40": the noun is the toll; "Deaths: 12" is one in a table.
            named = key in classes()["casualty"] or earlier == "the"
            rises = named and before in ("to", "at", "is") and earlier != "of" and kind != "other" and key != "lives"
            coded = before == "as" and key_at(words, number.first - 2) in ("coded", "recorded", "listed")
            if rises or coded or (before == ":" and at >= number.first - 3 and kind != "other"):
                return kind
    return ""
