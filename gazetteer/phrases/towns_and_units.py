"""Judges towns and units that stand side by side, and those of one name: which of them is meant.

Towns beyond the unit they are filed under, codes of units, the city of a region, the unit around what was not found.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.found import QUALITY
from gazetteer.candidates.generator import CandidateGenerator
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.ranking import CLOSE, decide, heaviest
from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.sphere import haversine_km
from gazetteer.phrases.meaning import Level, Meaning, Scope
from gazetteer.phrases.reading import PhraseReader
from gazetteer.phrases.tree import Name, Node

__all__ = ["AT_FEATURE_KM", "FEATURES", "NEIGHBOUR", "TownsAndUnits", "of_both"]

_AROUND_KM = 15.0
# How much further than a unit reaches from its point the places lie that were looked for in it: the radius holds .87
# of the UCDP rows whose place is not found, and of made rows whose finest cell is removed.
_SLACK = {"country": 1.25, "admin1": 1.05, "admin2": 1.5, "region": 1.25}
# A city is meant rather than the region of its name, where a country is known, while it is this nearly as prominent.
_SEAT = 1.5
_CODE = re.compile(r"[A-Z]{1,3}")
_SAME_SPOT_KM, _SEAT_AHEAD = 3.0, 0.01
# A town that is not in the unit of its row may lie in a neighbour, which was a part of it or is taken for it: within so
# many times its radius and so many km more, and when it is this prominent. It is meant about half the time.
NEIGHBOUR, _NEIGHBOUR_KM, _KNOWN_TOWN, _EITHER_UNIT = 1.5, 80.0, 3.5, 0.6
# Features of the land whose radius says what lies at them, and so many km more.
FEATURES, AT_FEATURE_KM = ("landform", "lake", "island", "river"), 25.0
_TOWN_OR_UNIT = ("city", "admin1")
# A town that lies in its neighbour only where that is taken for a place so much less prominent stands beside it.
_FAR_FETCHED, _SAME_WEIGHT = 2.0, 1e-6


class TownsAndUnits:
    """Judges towns and units.

    Parameters
    ----------
    reader
        Says which texts are names with a type word.
    names
        The readings of names.
    generator
        Finds what a name may mean.
    countries
        How wide the units of a country are.
    """

    def __init__(
        self,
        reader: PhraseReader,
        names: NameIndex,
        generator: CandidateGenerator,
        countries: CountryResolver,
    ) -> None:
        self._reader = reader
        self._names = names
        self._generator = generator
        self._countries = countries
        self._store = names.store
        self._take = names.store.index.take

    def unit_of_code(self, node: Node, country: Meaning) -> Meaning:
        """Return the first-level unit that a code before its country is ISO 3166-2's for: the GD of "GD, CN"."""
        if not _CODE.fullmatch(node.text) or not country.is_stored:
            return Meaning()
        if self._names.kind(country.readings) != "country":
            return Meaning()
        holder = self._take("id", np.array([heaviest(country.readings)]))[0]
        try:
            unit = self._names.readings_of_places([self._store.find(f"{holder}-{node.text}")])
        except UnknownPlaceError:
            return Meaning()
        return Meaning(unit, None, "exact", QUALITY["exact"])

    def is_far_fetched(
        self, node: Node, alone: Meaning, inside: Meaning, outer_node: Node | None, outer: Meaning
    ) -> bool:
        """Say whether a town lies in a neighbour of its own size only by a lesser reading of it: "Homs, Hama"."""
        if not isinstance(node, Name) or not isinstance(outer_node, Name):
            return False
        if not (alone.is_stored and inside.is_stored and outer.is_stored):
            return False
        same = alone.readings.weight[alone.readings.place == heaviest(inside.readings)]
        top = float(alone.readings.weight.max())
        if not len(same) or top - same[0] >= CLOSE or self._reader.is_typed(self._names.key(outer_node.text)):
            return False
        if (
            abs(top - float(outer.readings.weight.max())) >= CLOSE
            or self._names.kind(alone.readings) not in _TOWN_OR_UNIT
        ):
            return False
        loss = same[0] - inside.readings.weight.max()
        if loss < _FAR_FETCHED:
            return False
        # "Rafah, Gaza": the Strip, though the city is better known.
        holds = np.abs(outer.readings.weight.max() - outer.readings.weight - loss) < _SAME_WEIGHT
        places = outer.readings.place[holds]
        lesser = (self._take("kind", places) == "admin2") | ~np.isnan(self._take("valid_to", places))
        return bool(lesser.all())

    def beyond_unit(self, node: Node, unit: Meaning, scope: Scope) -> Meaning:
        """Return a town that lies near the unit of its row in the same country: it was in it, or is taken for it.

        Or one that lies at a mountain range, a lake or an island: "Strasbourg, Alsace".
        """
        if not isinstance(node, Name) or not unit.is_stored:
            return Meaning()
        kind = self._names.kind(unit.readings)
        if kind not in ("admin1", "admin2", *FEATURES):
            return Meaning()
        place = np.array([heaviest(unit.readings)])
        columns = self._store.index.values(("name", "country", "lon", "lat", "radius_km"), place)
        found = self._generator.generate_exact(node.text, scope.country or columns["country"][0], scope.day)
        towns = found.readings.where(self._take("kind", found.readings.place) == "city")
        if found.method != "exact" or not len(towns.owner):
            return Meaning()
        decision = decide(towns, 1)
        best = int(decision.best[0])
        away = float(haversine_km(towns.lon[best], towns.lat[best], columns["lon"][0], columns["lat"][0]))
        radius = float(columns["radius_km"][0])
        reach = radius + AT_FEATURE_KM if kind in FEATURES else NEIGHBOUR * radius + _NEIGHBOUR_KM
        if away > reach or decision.gap[0] < CLOSE or towns.weight[best] < _KNOWN_TOWN:
            return Meaning()
        doubt = "" if kind in FEATURES else f"not in {columns['name'][0]}"
        quality = QUALITY["exact"] * (_EITHER_UNIT if doubt else 1.0)
        return Meaning(towns, None, "exact", quality, doubt=doubt)

    def unit_around(self, meaning: Meaning) -> Meaning:
        """Prefer the unit that bears the name of a town in it."""
        readings = meaning.readings
        if meaning.area is not None or self._names.kind(readings) != "city":
            return meaning
        town = int(np.argmax(readings.weight))
        units = self._store.index.among("kind", readings.place, ("admin1", "admin2"))
        away = haversine_km(readings.lon, readings.lat, readings.lon[town], readings.lat[town])
        around = units & (away <= readings.radius + _SAME_SPOT_KM)
        if not around.any():
            return meaning
        unit = int(np.argmax(np.where(around, readings.weight, -np.inf)))
        weight = readings.weight.copy()
        weight[unit] = weight[town] + _SEAT_AHEAD
        return replace(meaning, readings=readings.weighing(weight))

    def unit_of_name(self, meaning: Meaning, *, in_country: bool) -> Meaning:
        """Prefer a unit to the town of its name, wherever it lies: of Washington the state.

        In a country that is known it goes before the country itself, a lake or an island as well: "Guatemala".
        """
        readings = meaning.readings
        if meaning.area is not None or not (in_country or self._names.kind(readings) == "city"):
            return meaning
        units = self._store.index.among("kind", readings.place, ("admin1", "admin2"))
        if not units.any():
            return meaning
        ahead = readings.weight.max() - readings.weight[units].max() + 2 * CLOSE
        weight = readings.weight + np.where(units, ahead, 0.0)
        return replace(meaning, readings=readings.weighing(weight))

    def city_of_region(self, meaning: Meaning) -> Meaning:
        """Prefer the city to the region around it that bears its name, where it is about as well known."""
        readings = meaning.readings
        if meaning.area is not None or meaning.method != "exact":
            return meaning
        kinds = self._take("kind", readings.place)
        top = readings.weight.max()
        region = int(np.flatnonzero(readings.weight == top)[0])
        if kinds[region] not in ("admin1", "admin2"):
            return meaning
        away = haversine_km(readings.lon, readings.lat, readings.lon[region], readings.lat[region])
        units = self._take("admin1", readings.place)
        around = (away <= readings.radius[region]) | ((units == units[region]) & (units != None))  # noqa: E711
        city = (kinds == "city") & (readings.weight >= top - _SEAT) & around
        if not city.any():
            return meaning
        seat = int(np.argmax(np.where(city, readings.weight, -np.inf)))
        weight = readings.weight.copy()
        weight[[region, seat]] = weight[seat], top + _SEAT_AHEAD
        return replace(meaning, readings=readings.weighing(weight))

    def fallen_back(
        self, current: Meaning, missing: list[Meaning], level: Level | None, outer: Scope | None = None
    ) -> Meaning:
        """Return the place around pieces that were not found, as the container of what they name.

        In a column of units the unit is meant that holds the piece, rather than its town; a town that stands there
        alone is as wide as these are, and no wider than what it lies in. A town of a column of towns is as wide as what
        lies around it.
        """
        lost = tuple(text for item in missing for text in item.missing)
        of_units = level in ("unit", "units")
        current = self.unit_around(current) if of_units else current
        radius = current.radius
        if current.area is None:
            kind, place = self._names.kind(current.readings), np.array([heaviest(current.readings)])
            found = self._store.index.values(("country", "radius_km"), place)
            own = max(radius or 0.0, float(found["radius_km"][0]))
            if kind == "city":
                unit = self._countries.unit_radius(str(found["country"][0])) if of_units else 0.0
                if outer is not None and outer.containers:
                    unit = min(unit, float(outer.containers[-1].radius[np.argmax(outer.containers[-1].weight)]))
                radius = max(own, _AROUND_KM, unit)
            else:
                radius = round(_SLACK.get(kind, 1.0) * own, 1)
        return replace(current, method="container", quality=QUALITY["container"], missing=lost, radius=radius)


def of_both(one: Meaning, other: Meaning) -> Meaning:
    """Keep of a meaning the places that another one has as well; nothing where it has none."""
    if not one.is_stored or not other.is_stored:
        return Meaning()
    readings = one.readings.where(np.isin(one.readings.place, other.readings.place))
    return replace(one, readings=readings) if len(readings.owner) else Meaning()
