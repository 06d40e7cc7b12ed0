"""What a phrase was found to mean. Plain data: stored places are numbers here, derived ones areas."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from gazetteer.arrays import Floats
from gazetteer.candidates.ranking import NO_READINGS, Readings
from gazetteer.model import Area, Method, Status

__all__ = ["Answer"]


@dataclass(frozen=True)
class Answer:
    """What a phrase was found to mean.

    Attributes
    ----------
    place
        Number of a stored place, -1 when there is none.
    area
        The derived place, where it is one.
    readings
        Up to ten, best first.
    probabilities
        The score of each reading.
    rival
        A derived place that the phrase may mean as well.
    radius
        Of the answer in km, where it is wider than the place; None is the place's own.
    """

    status: Status
    place: int
    score: float
    method: Method
    reason: str = ""
    readings: Readings = NO_READINGS
    probabilities: Floats = field(default_factory=partial(np.empty, 0))
    area: Area | None = None
    rival: Area | None = None
    radius: float | None = None
