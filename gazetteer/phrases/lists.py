"""Splits what commas, brackets and "and" join into pieces, without breaking a name that holds one of them itself.

A function of the caller tells whether a text is a name as a whole. "Port Blair, Andaman and Nicobar
Islands" has two pieces, "Seoul, Korea, Republic of" has two, "Homs and Aleppo Governorates" has two with their word.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gazetteer.names.affixes import TYPE_WORDS
from gazetteer.phrases import patterns
from gazetteer.phrases.tree import direction_code

__all__ = [
    "IsName",
    "and_items",
    "bracket_items",
    "headed_items",
    "parted",
    "segments",
    "typed_items",
    "with_shared_name",
    "with_shared_tail",
]

IsName = Callable[[str], bool]

# A name of a country holds at most so many commas or "and"s: "Saint Helena, Ascension and Tristan da Cunha".
_MOST_JOINED = 3
# In small letters, as no name begins: "… et du Sud-Kivu", "… y de Orellana".
_OF = re.compile(r"^(?:du|des|de\s+la|de\s+los|de\s+las|del|de|do|da|dos|das)\s+|^(?:de\s+l|d)['’]\s*")
_LEADING_AND = re.compile(r"^(?:and|&)\s+", re.IGNORECASE)


def segments(text: str, is_name: IsName) -> list[str]:
    """Split a text at its commas, but not inside a name.

    Examples
    --------
    >>> segments("Seoul, Korea, Republic of", {"Korea, Republic of"}.__contains__)
    ['Seoul', 'Korea, Republic of']
    """
    return _pieces(text, patterns.COMMA, is_name)


def and_items(text: str, is_name: IsName) -> list[str]:
    """Split a text at "and" and its like, but not inside a name.

    Examples
    --------
    >>> and_items("Jammu and Kashmir and Ladakh", {"Jammu and Kashmir"}.__contains__)
    ['Jammu and Kashmir', 'Ladakh']
    >>> and_items("provinces du Nord-Kivu et du Sud-Kivu", lambda text: False)
    ['provinces du Nord-Kivu', 'Sud-Kivu']
    """
    first, *rest = _pieces(_LEADING_AND.sub("", text), patterns.AND, is_name) or [text]
    return [first, *(item if is_name(item) else _OF.sub("", item) for item in rest)]


def _pieces(text: str, between: re.Pattern[str], is_name: IsName) -> list[str]:
    """Return the pieces between separators; neighbours that are a name together stay together, with what joins them."""
    cuts = [(found.start(), found.end()) for found in between.finditer(text)]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    pieces: list[str] = []
    first = 0
    while first < len(starts):
        last = first
        for candidate in range(min(first + _MOST_JOINED, len(starts) - 1), first, -1):
            if is_name(text[starts[first] : ends[candidate]].strip(patterns.EDGES)):
                last = candidate
                break
        pieces.append(text[starts[first] : ends[last]])
        first = last + 1
    return [piece for piece in pieces if piece.strip(patterns.EDGES)]


def with_shared_name(items: list[str], is_name: IsName) -> list[str]:
    """Return the items, each direction alone with the name in front of the direction before it.

    Examples
    --------
    >>> with_shared_name(["Imphal West", "East"], {"Imphal West"}.__contains__)
    ['Imphal West', 'Imphal East']
    """
    shared = ""
    full: list[str] = []
    for item in items:
        front, _, last = item.rpartition(" ")
        if shared and direction_code(item):
            full.append(f"{shared} {item}")
            continue
        shared = front if direction_code(last) and (is_name(item) or is_name(front)) else ""
        full.append(item)
    return full


def with_shared_tail(items: list[str], is_name: IsName) -> list[str]:
    """Return the items, each qualifier alone with the name behind the qualifier of the last one.

    Examples
    --------
    >>> with_shared_tail(["Lower", "Middle Juba"], {"Lower Juba", "Middle Juba"}.__contains__)
    ['Lower Juba', 'Middle Juba']
    """
    found = patterns.QUALIFIED.fullmatch(items[-1]) if len(items) > 1 else None
    if found is None:
        return items
    full = [f"{item.rstrip('-')}{found['tail']}" for item in items[:-1]]
    alone = [patterns.QUALIFIER.fullmatch(item.rstrip("-")) is not None for item in items[:-1]]
    kept = [whole if bare and is_name(whole) else item for whole, bare, item in zip(full, alone, items, strict=False)]
    return [*kept, items[-1]]


def typed_items(text: str, is_name: IsName) -> list[str]:
    """Return the items of "A, B and C provinces" and "provinces of A, B and C", each with the word in the singular.

    Nothing where the plural word belongs to a name: of "Chicago, United States" and "Honiara, Solomon Islands".

    Examples
    --------
    >>> typed_items("Homs and Aleppo governorates", lambda text: False)
    ['Homs governorate', 'Aleppo governorate']
    >>> typed_items("Chicago, United States", {"United States"}.__contains__)
    []
    """
    for pattern in (patterns.TYPED_LIST, patterns.TYPES_OF):
        found = pattern.match(text)
        if not found:
            continue
        whole = [item for part in segments(text, is_name) for item in and_items(part, is_name)]
        if pattern is patterns.TYPED_LIST and (len(whole) < 2 or is_name(whole[-1])):
            continue
        each = [item for part in segments(found["items"], is_name) for item in and_items(part, is_name)]
        items = with_shared_tail(each, is_name)
        word = patterns.PLURALS[found["word"].lower()]
        if len(items) > 1:
            return [item if _ends_typed(item) else f"{item} {word}" for item in items]
    return []


def _ends_typed(item: str) -> bool:
    return item.rsplit(" ", 1)[-1].lower() in TYPE_WORDS


def parted(text: str) -> list[str]:
    """Return the parts between the semicolons of a text; nothing where it has none.

    Examples
    --------
    >>> parted("Springfield, IL; Peoria, IL")
    ['Springfield, IL', 'Peoria, IL']
    """
    parts = [part for part in text.split(";") if part.strip(patterns.EDGES)]
    return [part.strip() for part in parts] if len(parts) > 1 else []


def headed_items(text: str) -> list[str]:
    """Return the lists of "Sofala: Beira, Dondo; Manica: Chimoio", each with its head; nothing where one has none.

    Examples
    --------
    >>> headed_items("Sofala: Beira, Dondo; Manica: Chimoio")
    ['Sofala: Beira, Dondo', 'Manica: Chimoio']
    >>> headed_items("Sofala: Beira; Dondo")
    []
    """
    parts = parted(text)
    return parts if all(patterns.HEAD.match(part) for part in parts) else []


def bracket_items(text: str) -> list[str]:
    """Return the items of a list whose items have brackets of their own; nothing where there are not two of these.

    Examples
    --------
    >>> bracket_items("Nasai District (Badakhshan Province), Jawand District (Badghis Province)")
    ['Nasai District (Badakhshan Province)', 'Jawand District (Badghis Province)']
    """
    items: list[str] = []
    start, depth = 0, 0
    for found in re.finditer(rf"[(\[{{（]|[)\]}}）]|{patterns.COMMA.pattern}|{patterns.AND.pattern}", text, re.I):
        mark = found.group(0)
        if mark in "([{（":
            depth += 1
        elif mark in ")]}）":
            depth -= 1
        elif depth == 0 and patterns.BRACKETED.search(text[start : found.start()]):
            items.append(text[start : found.start()])
            start = found.end()
    items.append(text[start:])
    of_own = [item for item in items if patterns.BRACKETED.search(item)]
    return items if len(of_own) > 1 and len(of_own) == len(items) else []
