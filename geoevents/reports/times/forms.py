"""Tell the forms on which incidents are reported: "Date: 3 May 2023. Location: Goma."."""

from __future__ import annotations

import re

__all__ = ["form_days", "form_places", "is_form"]

_OPENS = r"(?:^|\n|[.;|]\s)[ \t]*(?:[-*•]\s*)?"
_DAY = re.compile(rf"{_OPENS}(?:(?:incident )?date(?: of (?:the )?(?:incident|event|attack))?|when)\s*:", re.IGNORECASE)
_PLACE = re.compile(
    rf"{_OPENS}(?:(?:incident )?(?:location|place|site)(?: of (?:the )?(?:incident|event|attack))?|where)\s*:",
    re.IGNORECASE,
)
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
