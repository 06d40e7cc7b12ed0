"""What a name was found to mean, how it was found, and how far that can be trusted.

Plain data that the searches of this room return.
"""

from __future__ import annotations

from dataclasses import dataclass

from gazetteer.candidates.ranking import NO_READINGS, Readings
from gazetteer.model import Method

__all__ = ["NOTHING", "QUALITY", "WRONG_TYPE", "Found"]

# How far an answer by each method can be trusted, before what its rivals take away.
QUALITY: dict[Method, float] = {
    "exact": 0.97,
    "type-word": 0.95,
    "fuzzy": 0.75,
    "phrase": 0.9,
    "container": 0.6,
    "online": 0.8,
    "none": 0.0,
}
# A type word that no such place bears ("Zhanaozen district") still names the place, less surely.
WRONG_TYPE = 0.6


@dataclass(frozen=True)
class Found:
    """The readings of one name, how they were found, and how far that can be trusted.

    Attributes
    ----------
    radius
        Of the answer in km, where it is wider than the place: a town that stands for the unit around it.
    usual
        Of a name that is spelt otherwise: that the spellings differ as romanisations of one name usually do. Of one
        with a type word: that a place of that kind bears the name, or a town that stands for the unit around it.
    rival
        A better known place elsewhere that bears the name without its type word; empty for none.
    """

    readings: Readings
    method: Method
    quality: float
    radius: float | None = None
    usual: bool = True
    rival: str = ""


NOTHING = Found(NO_READINGS, "none", 0.0)
