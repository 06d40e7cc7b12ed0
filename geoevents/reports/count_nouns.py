"""Finds the noun that a number counts: the words of a text and a place among them enter; the noun leaves."""

from __future__ import annotations

from geoevents.reports.number_words import Word, classes, key_at

__all__ = ["PREPOSITIONS", "find_noun"]

# Words of a noun phrase between a number and its noun: "12 heavily armed police officers".
_NOUN_REACH = 6
# Participles that may stand between a number and its casualties: "five confirmed deaths".
_CONFIRMED = {"confirmed", "reported", "known", "presumed", "suspected"}
PREPOSITIONS = {
    "in", "at", "from", "near", "on", "by", "of", "with", "aboard", "inside", "outside", "across", "around", "over",
    "for", "among", "under", "into", "after", "during", "along", "between", "throughout", "and",
}  # fmt: skip


def find_noun(words: list[Word], at: int) -> tuple[str, int, str]:
    """Return the noun counted from a word on, the word behind it, and its class: people, person, thing, casualty or "".

    Examples
    --------
    >>> from geoevents.reports.number_words import split_words
    >>> find_noun(split_words("12 armed police officers"), 1)
    ('officers', 4, 'people')
    """
    table = classes()
    best = ("", at, "")
    if key_at(words, at) == "of":
        at += 1
        at += key_at(words, at) in ("the", "these", "those", "its", "their")
        at += key_at(words, at) in table["number"] or key_at(words, at).isdigit()
    for position in range(at, min(len(words), at + _NOUN_REACH)):
        key = words[position].key
        for kind in ("people", "person", "thing", "casualty"):
            if key in table[kind]:
                best = (words[position].text, position + 1, kind)
                break
        else:
            glued = key in ("-", "‐", "‑") and words[position - 1].end == words[position].start
            if glued or (key in _CONFIRMED and not best[0]):
                continue
            if best[0] or not key[0].isalpha() or key in table["aux"] or key in table["stop"] or key in PREPOSITIONS:
                break
            if key in table["happening"] or (
                key in table["verb"] and position > at and key_at(words, position + 1) not in table["people"]
            ):
                break
    if not best[0]:
        best = _demonym(words, at)
    return best


def _demonym(words: list[Word], at: int) -> tuple[str, int, str]:
    """Read a capitalised plural as people: "12 Rohingyas were killed", "six Anti-Government Militias"."""
    position = at
    while position < len(words) and words[position].text[:1].isupper() and position < at + 4:
        position += 1
    if (
        position > at
        and words[position - 1].key.endswith(("s", "i", "ese"))
        and words[position - 1].key not in classes()["unit"]
    ):
        return words[position - 1].text, position, "people"
    return "", at, ""
