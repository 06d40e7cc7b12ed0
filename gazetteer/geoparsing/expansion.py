"""Widens a name found in a text to the place phrase it stands in.

The bounds of the phrase are found: "western Kazakhstan", "30 km north of Almaty",
"CSTO members". What the phrase means is read by the grammar (`gazetteer.phrases.resolver`); here only its ends are
found.
"""

from __future__ import annotations

import re

from gazetteer.phrases.patterns import COMPASS, NUMBER, OTHER_STATUSES, PORTION, UNIT

__all__ = ["expand_to_phrase"]

# How far before a name its phrase may begin, in characters.
_REACH = 60
_WAY = rf"(?:(?:far|central|inner)[\s-]+)?(?:{COMPASS})|central"
_AHEAD = re.compile(
    rf"(?<![\w-])(?:{NUMBER}\s*{UNIT}\s+(?:to\s+the\s+)?(?:{_WAY})\s+(?:of|from)\s+(?:the\s+)?"
    rf"|(?:{_WAY})\s+{PORTION}\s+of\s+(?:the\s+)?"
    rf"|(?:just\s+)?(?:{COMPASS})\s+of\s+(?:the\s+)?"
    rf"|(?:{_WAY})\s+)$",
    re.IGNORECASE,
)
# What all of these hold; most names stand behind nothing of the kind.
_DIRECTED = re.compile(r"north|south|east|west|central", re.IGNORECASE)
_BEHIND = re.compile(rf"\s+(?:members?|{'|'.join(OTHER_STATUSES)})s?(?:\s+(?:states?|countries|nations))?(?!\w)")


def expand_to_phrase(text: str, start: int, end: int, kind: str) -> tuple[int, int]:
    """Return the bounds of the phrase that a name stands in; those of the name where there is none.

    Parameters
    ----------
    kind
        Of the place: only a group has members.

    Examples
    --------
    >>> text = "Troops of CSTO members went to western Kazakhstan and 30 km north of Almaty."
    >>> for name, kind in (("CSTO", "group"), ("Kazakhstan", "country"), ("Almaty", "city")):
    ...     start, end = expand_to_phrase(text, text.index(name), text.index(name) + len(name), kind)
    ...     print(text[start:end])
    CSTO members
    western Kazakhstan
    30 km north of Almaty
    """
    if text.startswith(("'s", "’s"), end):
        # "West of England's capital" is not the west of England.
        return start, end
    before = text[max(0, start - _REACH) : start]
    ahead = _AHEAD.search(before) if _DIRECTED.search(before) else None
    if ahead and "\n" not in ahead.group():
        return start - len(before) + ahead.start(), end
    behind = _BEHIND.match(text, end) if kind == "group" else None
    return (start, behind.end()) if behind else (start, end)
