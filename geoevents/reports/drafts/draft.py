"""Hold what is known of an event while it is put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from geoevents.reports.language.status import Status
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.scenes.candidates import Candidate

__all__ = ["CountOf", "Draft", "TimeOf"]


@dataclass(frozen=True, slots=True)
class TimeOf:
    """The days on which an event happened, as far as a sentence says.

    Attributes
    ----------
    first, last
        The interval, both days included.
    prec
        UCDP's date_prec, 1–5.
    sure
        How near the words stand to the event: 2 its own clause, 1 its sentence, 0 taken over from elsewhere.
    is_range
        Whether both its days are said: "from 3 to 7 May", not "in May".
    """

    first: date
    last: date
    prec: int
    sure: int
    is_range: bool = False


@dataclass(frozen=True, slots=True)
class CountOf:
    """A figure of an event; `beside` says that it adds to the one before it."""

    low: int
    best: int
    high: int
    kind: str
    of: str
    is_total: bool
    beside: bool = False


@dataclass
class Draft:
    """An event as one or more triggers say it.

    Attributes
    ----------
    triggers
        With the odds the linear model gives each.
    scene
        The place; None where no sentence names it.
    scene_chance
        Of the scene, 0 where there is none.
    options
        Every place its sentences name, with the chance of being the scene.
    whole
        The event of which this one is a part: "103 of them in Almaty".
    is_reference
        Whether it only speaks of an event told elsewhere.
    line
        Number of the paragraph, where it is the entry of a log with a day of its own; else -1.
    is_by_force
        Whether its words name soldiers, police or an armed group as who did it: no flood, no accident.
    """

    event_class: str
    status: Status
    triggers: list[tuple[Trigger, float]]
    scene: Candidate | None = None
    scene_chance: float = 0.0
    time: TimeOf | None = None
    counts: list[CountOf] = field(default_factory=list)
    options: list[tuple[Candidate, float]] = field(default_factory=list)
    whole: Draft | None = None
    is_reference: bool = False
    is_by_force: bool = False
    actors: tuple[str, str] = ("", "")
    source: str = ""
    line: int = -1

    @property
    def lead(self) -> Trigger:
        """The trigger that says most: the first one."""
        return self.triggers[0][0]

    @property
    def sentences(self) -> list[int]:
        """Numbers of the sentences that say the event, in order."""
        return sorted({trigger.sentence for trigger, _ in self.triggers})
