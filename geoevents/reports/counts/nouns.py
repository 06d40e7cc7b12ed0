"""Find the noun that a number counts, among the words around it."""

from __future__ import annotations

from geoevents.reports.counts.number_words import Word, classes, key_at

__all__ = ["PREPOSITIONS", "find_noun", "noun_class"]

# Words of a noun phrase between a number and its noun: "12 heavily armed police officers".
_NOUN_REACH = 6
# Endings of nouns for people in the plural; those that are things stand in the table as "not people".
_AGENTS = ("ers", "ors", "ists", "ees", "men", "women", "ants")
_SHORTEST_AGENT = 5
# Participles that may stand between a number and its casualties: "five confirmed deaths".
_CONFIRMED = {"confirmed", "reported", "known", "presumed", "suspected"}
# An age that stands for a person, and its class.
_AGED = {"old": "person", "olds": "people"}
# "Took seven workers hostage": how they are held is not what is counted.
_CAPTIVE = {"hostage", "captive", "prisoner"}
PREPOSITIONS = {
    "in",
    "at",
    "from",
    "near",
    "on",
    "by",
    "of",
    "with",
    "aboard",
    "inside",
    "outside",
    "across",
    "around",
    "over",
    "for",
    "among",
    "under",
    "into",
    "after",
    "during",
    "along",
    "between",
    "throughout",
    "and",
}


def find_noun(words: list[Word], at: int) -> tuple[str, int, str]:
    """Return the noun counted from a word on, the word behind it, and its class: people, person, thing, casualty or "".

    Examples
    --------
    >>> from geoevents.reports.counts.number_words import split_words
    >>> find_noun(split_words("12 armed police officers"), 1)
    ('officers', 4, 'people')
    """
    table = classes()
    best = ("", at, "")
    if key_at(words, at) == "of":
        at += 1
        at += key_at(words, at) in ("the", "these", "those", "its", "their")
        at += key_at(words, at) in table["number"] or key_at(words, at).isdigit()
    aged = _behind_age(words, at)
    for position in range(aged or at, min(len(words), at + _NOUN_REACH)):
        key = words[position].key
        kind = noun_class(key) if not (best[0] and key in _CAPTIVE) else ""
        if key == "accused" and position == at:
            kind = "people"  # "seven accused were held"
        if kind:
            best = (words[position].text, position + 1, kind)
            continue
        glued = key in ("-", "‐", "‑") and words[position - 1].end == words[position].start
        if glued or (key in _CONFIRMED and not best[0]):
            continue
        if best[0] or not key[0].isalpha() or key in table["aux"] or key in table["stop"] or key in PREPOSITIONS:
            break
        verb = key in table["verb"] and position > at and key_at(words, position + 1) not in table["people"]
        if verb or key in table["happening"]:
            break
    if aged and not best[0]:
        end = aged - 1
        return " ".join(word.text for word in words[at:aged]).replace(" - ", "-"), aged, _AGED[words[end].key]
    return best if best[0] else _demonym(words, at)


def _behind_age(words: list[Word], at: int) -> int:
    """Return the word behind "45-year-old" or "17-year-olds", 0 when no age stands there."""
    if key_at(words, at + 2) not in ("year", "month") or key_at(words, at + 4) not in _AGED:
        return 0
    return at + 5


def noun_class(word: str) -> str:
    """Return the class of a noun: by the table, else people by its ending, else "".

    Examples
    --------
    >>> noun_class("soldiers"), noun_class("trucks"), noun_class("growers"), noun_class("rain")
    ('people', 'thing', 'people', '')
    """
    table = classes()
    found = next((kind for kind in ("people", "person", "thing", "casualty") if word in table[kind]), "")
    if not found and word.endswith(_AGENTS) and len(word) > _SHORTEST_AGENT and word not in table["not people"]:
        return "people"
    return found


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
