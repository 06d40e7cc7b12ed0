"""What a day says of the place that a phrase means: how large it was, and whether it was there.

The name of a country of today means on a day of the past the state that bore it, with all that belonged to it: Sudan
with South Sudan. A state or a first-level unit that was not there on the day is a guess, and so is a country that was
several states.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.dates import EPOCH
from gazetteer.geometry.derived import ShapeEvaluator
from gazetteer.geometry.group_tables import OPEN
from gazetteer.geometry.groups import Groups
from gazetteer.index.store import Store
from gazetteer.locks import cached_property
from gazetteer.model import Area

__all__ = ["PlacesOnDay"]

# Degrees by which points of one place differ at the most.
_SAME_POINT = 1e-3


class PlacesOnDay:
    """Says what places were on a day.

    Parameters
    ----------
    store
        The opened tables.
    groups
        The table of regions.
    shapes
        Evaluates areas.
    """

    def __init__(self, store: Store, groups: Groups, shapes: ShapeEvaluator) -> None:
        self._store = store
        self._take = store.index.take
        self._groups = groups
        self._shapes = shapes

    def are_special(self, places: Ints, days: Ints) -> NDArray[np.bool_]:
        """Say which of n places, -1 for none, are on a day (days since 1970) something else than their row says."""
        known = places >= 0
        special = np.zeros(len(places), dtype=bool)
        kinds = self._take("kind", places[known])
        there = self._store.index.exist_on(places[known], days[known])
        past = (places[known] < self._store.bases[1]) & (days[known] <= self._latest)
        special[known] = (~there & np.isin(kinds, ("admin1", "region"))) | past | (kinds == "admin2")
        at = np.flatnonzero(special)
        special[at] = [self._is_special(int(places[i]), int(days[i])) for i in at]
        return special

    def area(self, place: int, day: int) -> Area | None:
        """Return what a place was on a day, where that is not what its row says."""
        if self._kind(place) not in ("country", "region"):
            return None
        place_id = self._shapes.place_id(place)
        changed = self._groups.changes(place_id) or self._groups.whole(place_id, day) is not None
        return self._shapes.evaluate(place_id, day) if changed else None

    def doubt(self, place: int, day: int) -> str:
        """Return why a place may not be meant on a day: it was not there, or was several states; empty when it may."""
        kind = self._kind(place)
        if kind == "country":
            states = self._groups.divisions(self._shapes.place_id(place), day) if day <= self._latest else []
            return f"{self._name(place)} was then {' and '.join(states)}" if states else ""
        if kind == "region" and not self._groups.is_state(self._shapes.place_id(place)):
            return ""
        return self.absence(place, day) if kind in ("admin1", "region") else ""

    def absence(self, place: int, day: int) -> str:
        """Return until or since when a place was there, empty when it was there on the day."""
        at = np.array([place])
        if self._store.index.exist_on(at, day)[0]:
            return ""
        last, first = (float(self._take(column, at)[0]) for column in ("valid_to", "valid_from"))
        if last < day:
            return f"{self._name(place)} existed until {_iso(last)}"
        return f"{self._name(place)} existed from {_iso(first)}"

    def unplaced(self, place: int) -> str:
        """Return the name of the first-level unit at whose point a unit stands, since no better one is known."""
        if self._kind(place) != "admin2":
            return ""
        at = np.array([place])
        code = self._take("admin1", at)[0]
        if code is None or not np.isnan(self._take("valid_to", at)[0]):
            return ""  # a unit of the past may be today's first-level unit of its code
        lon, lat = (float(self._take(column, at)[0]) for column in ("lon", "lat"))
        above = self._units.get(str(code))
        if above is None:
            return ""
        point = [float(self._take(column, np.array([above]))[0]) for column in ("lon", "lat")]
        same = abs(lon - point[0]) < _SAME_POINT and abs(lat - point[1]) < _SAME_POINT
        return self._name(above) if same else ""

    def _is_special(self, place: int, day: int) -> bool:
        return self.area(place, day) is not None or bool(self.doubt(place, day) or self.unplaced(place))

    @cached_property
    def _latest(self) -> int:
        """The last day on which a country was a state of other extent."""
        return max(self._groups.days_of_change, default=-OPEN)

    @cached_property
    def _units(self) -> dict[str, int]:
        """The place numbers of first-level units by their ISO 3166-2 code."""
        numbers = self._store.numbers_of("admin1")
        ids = self._store.take("id", numbers).tolist()
        coded = (pair for pair in zip(ids, numbers.tolist(), strict=True) if pair[0].startswith("iso:"))
        return {place_id.removeprefix("iso:"): number for place_id, number in coded}

    def _kind(self, place: int) -> str:
        return str(self._take("kind", np.array([place]))[0])

    def _name(self, place: int) -> str:
        return str(self._store.take("name", np.array([place]))[0])


def _iso(day: float) -> str:
    return date.fromordinal(int(day) + EPOCH).isoformat()
