"""Turns phrases round that ask behind a name what they ask of it: "Kandahar, 30 km southwest", "Tripoli (suburbs)"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gazetteer.phrases.patterns import DIRECTION, DIRECTIONS, NUMBER, PORTION, UNIT, Rule

__all__ = ["TurnedPhrase", "turn_round"]

_AROUND = (
    r"(?:suburbs?|outskirts|countryside|environs|surroundings|vicinity|outlying\s+areas|neighbou?rhoods|quarters|"
    r"districts)"
)
_IT = r"\s+(?:it|there|(?:the\s+)?(?:city|town|village|capital))"
_OF_IT = rf"\s+of{_IT}"
_ASKED = (
    rf"(?P<offset>(?:(?:about|around|some|approximately|approx\.?|ca\.?|~)\s*)?{NUMBER}\s*-?\s*{UNIT}\s*(?:to\s+the\s+|due\s+)?"
    rf"{DIRECTION})(?:{_OF_IT})?"
    r"|(?P<off>off(?:\s+(?:the|its))?\s+(?:coast|shore)|offshore)"
    rf"|(?P<coast>(?:{DIRECTION}\s+)?coast)(?:line|al\s+(?:areas?|regions?|strip|zone))?"
    rf"|(?P<around>(?:{DIRECTIONS}\s+)?{_AROUND})(?:{_OF_IT})?"
    rf"|(?P<toward>{DIRECTION}){_OF_IT}"
    rf"|(?P<away>{NUMBER}\s*-?\s*{UNIT}\s+(?:away\s+)?from){_IT}"
)
# A direction alone is turned only behind the name: "north, Mali" is read as it stands.
_PART = rf"(?P<part>{DIRECTIONS})(?:\s+{PORTION})?"
_SPELT_OUT = {
    "N": "North",
    "S": "South",
    "E": "East",
    "W": "West",
    "NE": "Northeast",
    "NW": "Northwest",
    "SE": "Southeast",
    "SW": "Southwest",
}
_SEVERAL = re.compile(r"[,;/]|\sand\s", re.IGNORECASE)
_LEAD = r"(?:(?:in|to|on|at)\s+)?(?:(?:the|its)\s+)?"
_BEHIND = Rule(rf"(?P<name>[^()\[\]]+?)\s*(?:[,;:(\[]|\s[-–—]\s)\s*{_LEAD}(?:{_ASKED}|{_PART})\s*[)\]]?")
_BEFORE = Rule(rf"{_LEAD}(?:{_ASKED})\s*(?:[,;:]|\s[-–—]\s)\s*(?P<name>[^\n]+)")


@dataclass(frozen=True)
class TurnedPhrase:
    """A phrase with what it asks of a name before the name.

    Attributes
    ----------
    phrase
        With what it asks in front.
    maybe_unit
        The words that ask, where they may be a unit's name; a direction is spelt out.
    as_written
        The phrase as it is written, but for that.
    """

    phrase: str
    maybe_unit: str
    as_written: str


def turn_round(phrase: str) -> TurnedPhrase | None:
    """Return a phrase with what it asks of a name before the name; None where it asks nothing so.

    Examples
    --------
    >>> turn_round("Kandahar, 30 km southwest")
    TurnedPhrase(phrase='30 km southwest of Kandahar', maybe_unit='', as_written='Kandahar, 30 km southwest')
    >>> turn_round("Tripoli, Libya, southern suburbs").phrase
    'southern suburbs of Tripoli, Libya'
    >>> turn_round("Kumbo, NW")
    TurnedPhrase(phrase='the NW part of Kumbo', maybe_unit='Northwest', as_written='Kumbo, Northwest')
    >>> turn_round("Homs, Hama")
    """
    found = _BEHIND.match(phrase) or _BEFORE.match(phrase)
    if found is None:
        return None
    form, asked = next((form, asked) for form, asked in found.groupdict().items() if asked and form != "name")
    if form == "part" and _SEVERAL.search(found["name"]):
        return None  # "Badakhshan, Takhar (North-East)": where the list lies
    words = {"off": "off the coast of", "part": f"the {asked} part of", "away": asked}.get(form, f"{asked} of")
    turned = f"{words} {found['name'].strip()}"
    if form not in ("part", "coast"):
        return TurnedPhrase(turned, "", phrase)
    unit = _SPELT_OUT.get(asked, asked)
    return TurnedPhrase(turned, unit, unit.join(phrase.rsplit(asked, 1)))
