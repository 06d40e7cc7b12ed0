"""Tell forms of incidents, "Date: 3 May 2023. Location: Goma.", and logs whose days stand in lines of their own."""

from __future__ import annotations

import re

__all__ = ["form_days", "form_places", "heads_days", "is_form"]

_OPENS = r"(?:^|\n|[.;|]\s)[ \t]*(?:[-*•]\s*)?"
_DAY = re.compile(rf"{_OPENS}(?:(?:incident )?date(?: of (?:the )?(?:incident|event|attack))?|when)\s*:", re.IGNORECASE)
_PLACE = re.compile(
    rf"{_OPENS}(?:(?:incident )?(?:location|place|site)(?: of (?:the )?(?:incident|event|attack))?|where)\s*:",
    re.IGNORECASE,
)
# "Sat 13 Jan", "Sun 14 Jan": several lines that are days head the entries of a log, none is a dateline.
_DAYS_ALONE = re.compile(
    r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (?:\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8}|[A-Z][a-z]{2,8} \d{1,2})"
    r"(?:,? \d{4})?:?[ \t]*$",
    re.MULTILINE,
)
_SEVERAL_DAYS = 2
# A form stands at the head of a text.
_REACH = 1000


def is_form(text: str) -> bool:
    """Return whether a text is a form: it has fields for the day and for the place of an incident.

    Examples
    --------
    >>> is_form("Date: 3 May. Location: Goma. A guard was shot."), is_form("Date: 3 May. Gunmen attacked Goma.")
    (True, False)
    """
    head = text[:_REACH]
    return _DAY.search(head) is not None and _PLACE.search(head) is not None


def form_days(text: str) -> list[int]:
    """Return where the values of a form's fields for the day begin, in order."""
    return [found.end() for found in _DAY.finditer(text)] if is_form(text) else []


def form_places(text: str) -> list[int]:
    """Return where the values of a form's fields for the place begin, in order."""
    return [found.end() for found in _PLACE.finditer(text)] if is_form(text) else []


def heads_days(text: str) -> bool:
    """Return whether several lines of a text are days, the headings of a log's entries.

    Examples
    --------
    >>> log = chr(10).join(["Sat 13 Jan", "0930 Khiam: shelling", "Sun 14 Jan"])
    >>> heads_days(log), heads_days("Sat 13 Jan")
    (True, False)
    """
    return len(_DAYS_ALONE.findall(text)) >= _SEVERAL_DAYS
