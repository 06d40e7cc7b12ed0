"""Makes one meaning of several: a derived place, the union of a list.

The meaning tells how sure the places are that it was made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from gazetteer.candidates.found import QUALITY
from gazetteer.candidates.ranking import CLOSE, decide, heaviest
from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.derived import ShapeEvaluator
from gazetteer.geometry.groups import Groups
from gazetteer.geometry.sphere import haversine_km
from gazetteer.index.store import Store
from gazetteer.phrases.meaning import Meaning, Scope

__all__ = ["ASKED_FOR", "Composer"]

# What a kind of place that the words ask for weighs, where a name has several readings.
ASKED_FOR = 1.5


class Composer:
    """Makes meanings of meanings.

    Parameters
    ----------
    store
        The opened tables.
    groups
        Country lists and macro-regions.
    shapes
        Evaluates derived places.
    """

    def __init__(self, store: Store, groups: Groups, shapes: ShapeEvaluator) -> None:
        self._store = store
        self._groups = groups
        self._shapes = shapes

    def place_id(self, meaning: Meaning) -> str:
        """Return the id of the place that is meant most likely."""
        if meaning.area is not None:
            return meaning.area.id
        return self._shapes.place_id(heaviest(meaning.readings))

    def place_ids(self, meaning: Meaning, most: int) -> list[str]:
        """Return the ids of the places that may be meant, best first, a few at most."""
        if meaning.area is not None:
            return [meaning.area.id]
        order = np.argsort(-meaning.readings.weight, kind="stable")[:most]
        return [self._shapes.place_id(int(number)) for number in meaning.readings.place[order]]

    def prefer(self, meaning: Meaning, kinds: Sequence[str]) -> Meaning:
        """Let readings of some kinds weigh more."""
        if not kinds or not len(meaning.readings.owner):
            return meaning
        readings = meaning.readings
        of_kind = self._store.index.among("kind", readings.place, kinds)
        return replace(meaning, readings=readings.weighing(readings.weight + np.where(of_kind, ASKED_FOR, 0.0)))

    def derive(self, op: str, arguments: Sequence[str], of: Sequence[Meaning], scope: Scope) -> Meaning:
        """Return the place that an operation makes of others; arguments that are ids of derived places are nested.

        Where only the place around one of them was found, that is what is returned.
        """
        fallen = [meaning for meaning in of if meaning.method == "container"]
        if fallen and op != "union":
            return fallen[0]
        formula = f"derived:{op}({','.join(a.removeprefix('derived:') for a in arguments)})"
        missing = tuple(text for meaning in of for text in meaning.missing)
        left_out = tuple(text for meaning in of for text in meaning.left_out)
        doubt = next((meaning.doubt for meaning in of if meaning.doubt), "")
        try:
            area = self._shapes.evaluate(formula, scope.day)
        except UnknownPlaceError as error:
            return Meaning(missing=missing, reason=str(error))
        share = min((self._certainty(meaning) for meaning in of), default=1.0)
        return Meaning(
            area=area,
            method="phrase",
            quality=QUALITY["phrase"],
            share=share,
            missing=missing,
            left_out=left_out,
            doubt=doubt,
        )

    def align(self, items: list[Meaning], kind_of: Callable[[Meaning], str]) -> list[Meaning]:
        """Let the kind that most of a list is weigh more in the rest of it: "Georgia and Armenia" are countries."""
        kinds = Counter(kind_of(item) for item in items if _is_sure(item))
        return [self.prefer(item, [kinds.most_common(1)[0][0]]) for item in items] if kinds else items

    def unite(self, items: list[Meaning], scope: Scope) -> Meaning:
        """Return the union of what was found of a list; what lies in another item adds nothing."""
        found = [item for item in items if item.method != "none"]
        missing = tuple(text for item in items for text in item.missing)
        if not found:
            return replace(items[0], missing=missing) if items else Meaning()
        ids = list(dict.fromkeys(self.place_id(item) for item in found))
        for group in [one for one in ids if one.startswith("group:")]:
            members = set(self._groups.units(group, scope.day))
            ids = [one for one in ids if one not in members]
        if len(ids) == 1:
            return replace(next(item for item in found if self.place_id(item) == ids[0]), missing=missing)
        whole = self.derive("union", ids, found, scope)
        return replace(whole, missing=missing, quality=whole.quality * len(found) / len(items))

    def unit_around_town(self, town: Meaning) -> str:
        """Return the name of the first-level unit that bears the name of a town in it, empty for none."""
        readings = town.readings
        if town.area is not None or town.method != "exact":
            return ""
        kinds, countries = (self._store.take(column, readings.place) for column in ("kind", "country"))
        best = int(np.argmax(readings.weight))
        if kinds[best] != "city":
            return ""
        away = haversine_km(readings.lon, readings.lat, readings.lon[best], readings.lat[best])
        around = (away <= readings.radius) & (readings.radius > readings.radius[best])
        units = around & (kinds == "admin1") & (countries == countries[best])
        if not units.any():
            return ""
        return f"{self._store.take('name', readings.place[[int(np.argmax(units))]])[0]}, the unit around the town"

    def _certainty(self, meaning: Meaning) -> float:
        of_area = meaning.share if meaning.area is not None else float(decide(meaning.readings, 1).share[0])
        return meaning.quality * of_area


def _is_sure(meaning: Meaning) -> bool:
    """Say whether a piece was found and no rival of its place is close."""
    if meaning.method == "none":
        return False
    return meaning.area is not None or float(decide(meaning.readings, 1).gap[0]) >= CLOSE
