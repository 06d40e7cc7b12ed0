"""What a piece of a phrase means, and what is known around it.

Both are plain data that the modules of this room pass on: a `Scope` goes down into the tree of a phrase, a `Meaning`
comes up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gazetteer.candidates.ranking import NO_READINGS, Readings
from gazetteer.model import Area, Method

__all__ = ["Level", "Meaning", "Scope"]

# What a column of a table holds: towns; units or towns; units alone, as its name says.
Level = Literal["town", "unit", "units"]


@dataclass(frozen=True)
class Meaning:
    """What a piece means: readings of a name, or a derived area.

    Attributes
    ----------
    method
        How it was found; ``none`` where nothing was found.
    share
        Of an area: how sure the places are that it was derived from.
    missing
        The pieces that were not found.
    left_out
        Words that look like names and say nothing in this meaning: an outer part that was not found, a number.
    doubt
        Why the place may be another one, where everything was read: it is spelt otherwise, or lies elsewhere today.
    reason
        Why nothing was found.
    rival
        A derived place that may be meant as well.
    radius
        In km, where it is wider than the place: of a town that stands for the unit around it.
    """

    readings: Readings = NO_READINGS
    area: Area | None = None
    method: Method = "none"
    quality: float = 0.0
    share: float = 1.0
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    doubt: str = ""
    reason: str = ""
    rival: Area | None = None
    radius: float | None = None

    @property
    def is_stored(self) -> bool:
        """Whether it is places of the tables, rather than a derived area or nothing."""
        return self.method != "none" and self.area is None and len(self.readings.owner) > 0


@dataclass(frozen=True)
class Scope:
    """What is known of a place before its name is read.

    Attributes
    ----------
    country
        ISO 3166-1 alpha-3 that it lies in, None where that is not known.
    day
        Days since 1970-01-01: places are taken as of that day.
    containers
        What it lies in, widest first, each within the one before.
    around
        A derived place it lies in, if that is what stands around it.
    """

    country: str | None
    day: int
    containers: tuple[Readings, ...] = ()
    around: Area | None = None

    def within(self, outer: Meaning) -> Scope:
        """Return what is known of a place that lies in another as well."""
        if outer.area is not None:
            return replace(self, around=outer.area)
        return replace(self, containers=(*self.containers, outer.readings))
