"""Reads the formulas that are the ids of derived places.

The id of a derived place holds its operation and arguments, which are checked::

    derived:offset(30,SW,geonames:1138958)      30 km southwest of Kandahar
    derived:part(W,iso:KZ)                      the west of Kazakhstan
    derived:minus(group:csto,iso:AM)            CSTO members but Armenia, on a given day
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, pairwise

from gazetteer.errors import UnknownPlaceError
from gazetteer.model import Area

__all__ = ["BEARINGS", "Derivation", "is_number", "read_formula", "split_formula"]

BEARINGS = {
    name: i * 22.5
    for i, name in enumerate(
        ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
    )
}
# What each takes, as a pattern of letters: P a place, W a wind, C the centre, N a number, D one below zero, - nothing.
_FORMS = {
    op: re.compile(form)
    for op, form in {
        "point": "[ND][ND]N",
        "offset": "N[W-]P",
        "toward": "WP",
        "near": "P",
        "outskirts": "P",
        "countryside": "P",
        "between": "PP",
        "road": "PP",
        "border": "PP?",
        "coast": "P[WP]?",
        "offshore": "[N-]PW?",
        "part": "[WC]P",
        "union": "P+",
        "minus": "PP",
        "side": "PP",
        "tripoint": "PPP",
    }.items()
}
_NUMBER, _BELOW_ZERO = re.compile(r"\d{1,5}(?:\.\d{1,5})?"), re.compile(r"-\d{1,3}(?:\.\d{1,5})?")
# Phrases never nest deeper; errors show the beginning of longer formulas.
_DEEPEST = 20
# A union of more places takes seconds; no list that a phrase gives is longer.
_MOST_ARGUMENTS = 200
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Derivation:
    """What is asked of one place.

    Attributes
    ----------
    op, literals
        The operation, and its arguments before the place.
    of
        The place.
    day
        Days since 1970-01-01.
    """

    op: str
    literals: tuple[str, ...]
    of: Area
    day: int

    @property
    def place_id(self) -> str:
        """The formula, which is the id of the derived place."""
        return f"derived:{self.op}({','.join((*self.literals, self.of.id.removeprefix('derived:')))})"


def is_number(text: str) -> bool:
    """Say whether a text is a number that a formula takes."""
    return _NUMBER.fullmatch(text) is not None


def read_formula(place_id: str) -> tuple[str, list[tuple[str, bool]]]:
    """Return the operation of a derived place, and its arguments, each with whether it is the id of a place.

    Raises
    ------
    UnknownPlaceError
        When there is no such operation, or it takes other arguments.

    Examples
    --------
    >>> read_formula("derived:part(W,near(geonames:1526384))")
    ('part', [('W', False), ('derived:near(geonames:1526384)', True)])
    """
    op, arguments = split_formula(place_id)
    if op not in _FORMS:
        known = ", ".join(sorted(_FORMS))
        raise UnknownPlaceError(f"Place id: expected one of {known}, got {_short(place_id)}.")
    letters = [_letter(argument) for argument in arguments]
    if not _FORMS[op].fullmatch("".join(letters)):
        raise UnknownPlaceError(f"Place id: expected the arguments of {op}, got {_short(place_id)}.")
    if len(arguments) > _MOST_ARGUMENTS:
        most = f"at most {_MOST_ARGUMENTS} arguments of {op}"
        raise UnknownPlaceError(f"Place id: expected {most}, got {len(arguments)}; unite fewer places.")
    return op, [
        (f"derived:{argument}" if "(" in argument else argument, letter == "P")
        for argument, letter in zip(arguments, letters, strict=True)
    ]


def split_formula(place_id: str) -> tuple[str, list[str]]:
    """Split ``derived:op(a,b(c,d))`` into op and arguments.

    Examples
    --------
    >>> split_formula("derived:minus(group:csto,union(iso:AM,iso:BY))")
    ('minus', ['group:csto', 'union(iso:AM,iso:BY)'])
    """
    op, bracket, rest = place_id.removeprefix("derived:").partition("(")
    if bracket and rest[-1:] == ")" and "(" not in rest and ")" not in rest[:-1]:
        return op, rest[:-1].split(",")  # as most are, of stored places
    levels = list(accumulate((letter == "(") - (letter == ")") for letter in rest))
    if not bracket or levels[-1:] != [-1] or min(levels[:-1], default=0) < 0 or max(levels) > _DEEPEST:
        raise UnknownPlaceError(f"Place id: expected derived:operation(…), got {_short(place_id)}.")
    commas = [i for i, letter in enumerate(rest) if letter == "," and levels[i] == 0]
    return op, [rest[start + 1 : end] for start, end in pairwise([-1, *commas, len(rest) - 1])]


def _letter(argument: str) -> str:
    """Return the letter that stands for an argument in `_FORMS`; ``?`` where there is none."""
    if ":" in argument or "(" in argument:
        return "P"
    if argument in BEARINGS:
        return "W"
    if argument in ("C", "-"):
        return argument
    if _NUMBER.fullmatch(argument):
        return "N"
    return "D" if _BELOW_ZERO.fullmatch(argument) else "?"


def _short(place_id: str) -> str:
    return repr(place_id if len(place_id) <= _SHOWN else f"{place_id[:_SHOWN]}…")
