"""What names mean where they stand, and what meanings make together.

A name with what is known around it (`Where`) enters; a `Meaning` leaves: readings of stored places, or a derived area.
Meanings can be preferred by kind, joined to one, or made the operands of a derived place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gazetteer.candidates.generator import NO_READINGS, QUALITY, Found, Lookup
from gazetteer.candidates.ranking import CLOSE, Readings, decide
from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.derived import Shapes
from gazetteer.geometry.geodesy import haversine_km
from gazetteer.geometry.groups import Groups
from gazetteer.model import Area, Method
from gazetteer.names.normalize import TYPE_WORDS, normalize_name, split_type_word
from gazetteer.phrases import parser, patterns

__all__ = ["SIZES", "Meaning", "Meanings", "Where"]

# What a kind of place that the words ask for weighs, where a name has several readings.
_ASKED_FOR = 1.5
# Descriptions longer than this are texts; shorter names than this are found in any text.
_MOST_WORDS, _SHORTEST = 14, 4
_TYPE_OF = re.compile(r"(city|town|village)\s+of\s+(.+)", re.IGNORECASE)
# The kinds of places by size: which may lie in which.
SIZES = {
    "building": 0, "airport": 0, "neighbourhood": 0, "city": 1, "derived": 1, "island": 1, "lake": 1, "admin2": 2,
    "river": 3, "landform": 3, "admin1": 3, "region": 4, "country": 5, "sea": 5, "group": 6,
}  # fmt: skip


@dataclass(frozen=True)
class Meaning:
    """What a piece means: readings of a name, or a derived area; neither where nothing was found.

    Attributes
    ----------
    share
        Of an area: how sure the places are that it was derived from.
    missing
        The pieces that were not found.
    reason
        Why nothing was found.
    rival
        A derived place that may be meant as well.
    radius
        In km, where it is wider than the place: of a town that stands for the unit around it.
    """

    readings: Readings = field(default_factory=lambda: NO_READINGS)
    area: Area | None = None
    method: Method = "none"
    quality: float = 0.0
    share: float = 1.0
    missing: tuple[str, ...] = ()
    reason: str = ""
    rival: Area | None = None
    radius: float | None = None

    @property
    def found(self) -> bool:
        """Whether it means anything."""
        return self.area is not None or bool(len(self.readings.owner))


@dataclass(frozen=True)
class Where:
    """What is known of a place before its name is read.

    Attributes
    ----------
    containers
        What it lies in, widest first, each within the one before.
    around
        A derived place it lies in, if that is what stands around it.
    """

    country: str | None
    day: int
    containers: tuple[Readings, ...] = ()
    around: Area | None = None

    def inside(self, meaning: Meaning) -> Where:
        """Return what is known of a place that lies in another."""
        if meaning.area is not None:
            return replace(self, around=meaning.area)
        return replace(self, containers=(*self.containers, meaning.readings))


class Meanings:
    """Gives the pieces of phrases a meaning.

    Parameters
    ----------
    lookup
        Finds names.
    groups
        Country lists and macro-regions.
    shapes
        Evaluates derived places.
    """

    def __init__(self, lookup: Lookup, groups: Groups, shapes: Shapes) -> None:
        self.store = lookup.store
        self.lookup = lookup
        self.groups = groups
        self.shapes = shapes

    def best(self, readings: Readings) -> int:
        """Return the number of the place that readings of one name mean most likely."""
        return int(readings.place[decide(readings, 1).best[0]])

    def has_two_readings(self, text: str) -> bool:
        """Say whether a name may as well be a part of a country: "West Kazakhstan"."""
        if text[:1] not in "nsewNSEW":
            return False
        first, _, rest = normalize_name(text).partition(" ")
        if first not in ("north", "south", "east", "west"):
            return False
        key = self.store.key_of(rest, -1)
        return key >= 0 and bool((self.store.postings(key)[0] < self.store.bases[1]).any())

    def refusal(self, text: str) -> str:
        """Return why a text is no place phrase; empty when it may be one."""
        if not text or not text.strip():
            return "empty"
        if len(text) > parser.LONGEST:
            return f"longer than {parser.LONGEST} characters: a text, not a place"
        reason = self.lookup.not_places.get(normalize_name(text))
        return f"not a place: {reason}" if reason else ""

    def _is_known(self, text: str) -> bool:
        """Say whether a phrase is a name as a whole."""
        key = normalize_name(text)
        return bool(key) and self.store.key_of(key, -1) >= 0

    def _is_typed(self, text: str) -> bool:
        return any(self.store.key_of(rest, -1) >= 0 for rest, _ in split_type_word(normalize_name(text)))

    def _name(self, text: str, where: Where) -> Meaning:
        refusal = self.refusal(text)
        if refusal:
            return Meaning(missing=(text,), reason=refusal)
        found = self._typed_of(text, where)
        readings = found.readings if where.around is None else _close_to(where.around, found.readings)
        if len(readings.owner):
            return Meaning(readings, None, found.method, found.quality, radius=found.radius)
        place = f" in {where.country}" if where.country else ""
        nothing = Meaning(missing=(text,), reason=f"no place of that name{place}: {text}")
        return self._name_in(text, where, nothing) if where.country else nothing

    def _typed_of(self, text: str, where: Where) -> Found:
        """Look a name up; "city of Damascus" is the city of that name rather than a lesser place of the whole one."""
        found = self.lookup.among(text, where.country, where.day, list(where.containers))
        of_type = _TYPE_OF.match(text)
        if not of_type or found.method != "exact":
            return found
        other = self.lookup.among(f"{of_type[2]} {of_type[1]}", where.country, where.day, list(where.containers))
        if not len(other.readings.owner):
            return found
        return other if other.readings.weight.max() >= found.readings.weight.max() + CLOSE else found

    def _name_in(self, text: str, where: Where, nothing: Meaning) -> Meaning:
        """Return the longest name among the words of a description, where at least its country is known."""
        words = text.split()
        if not 2 <= len(words) <= _MOST_WORDS:
            return nothing
        for length in range(len(words) - 1, 0, -1):
            for first in range(len(words) - length, -1, -1):
                name = " ".join(words[first : first + length]).strip(patterns.EDGES)
                if (
                    not name[:1].isupper()
                    or normalize_name(name) in TYPE_WORDS
                    or len(normalize_name(name)) < _SHORTEST
                ):
                    continue
                found = self.lookup.written(name, where.country, where.day, where.containers)
                readings = found.readings if where.around is None else _close_to(where.around, found.readings)
                if len(readings.owner):
                    return Meaning(readings, None, "container", QUALITY["container"], missing=(text,))
        return nothing

    def _id(self, meaning: Meaning) -> str:
        if meaning.area is not None:
            return meaning.area.id
        return self.shapes.id(self.best(meaning.readings))

    def _ids(self, meaning: Meaning, most: int) -> list[str]:
        if meaning.area is not None:
            return [meaning.area.id]
        order = np.argsort(-meaning.readings.weight, kind="stable")[:most]
        return [self.shapes.id(int(number)) for number in meaning.readings.place[order]]

    def _share(self, meaning: Meaning) -> float:
        of_area = meaning.share if meaning.area is not None else float(decide(meaning.readings, 1).share[0])
        return meaning.quality * of_area

    def _kind(self, meaning: Meaning) -> str:
        if meaning.area is not None:
            return meaning.area.kind
        return str(self.store.take("kind", np.array([self.best(meaning.readings)]))[0])

    def _size(self, meaning: Meaning) -> int:
        """Return the size of the largest place that may well be meant: of "Idlib" the governorate."""
        if meaning.area is not None:
            return SIZES["derived"]
        weight = meaning.readings.weight
        close = meaning.readings.place[weight > weight.max() - CLOSE]
        return max(SIZES[kind] for kind in self.store.take("kind", close))

    def _preferring(self, meaning: Meaning, kinds: Sequence[str]) -> Meaning:
        """Let readings of some kinds weigh more."""
        if not kinds or not len(meaning.readings.owner):
            return meaning
        of_kind = np.isin(self.store.take("kind", meaning.readings.place), kinds)
        weight = meaning.readings.weight + np.where(of_kind, _ASKED_FOR, 0.0)
        return replace(meaning, readings=replace(meaning.readings, weight=weight))

    def _derive(self, op: str, arguments: Sequence[str], of: Sequence[Meaning], where: Where) -> Meaning:
        """Return the place that an operation makes of others; arguments that are ids of derived places are nested.

        Where one of them was not found but the place around it, that is what is returned.
        """
        fallen = [meaning for meaning in of if meaning.method == "container"]
        if fallen and op != "union":
            return fallen[0]
        formula = f"derived:{op}({','.join(a.removeprefix('derived:') for a in arguments)})"
        missing = tuple(text for meaning in of for text in meaning.missing)
        try:
            area = self.shapes.area(formula, where.day)
        except UnknownPlaceError as error:
            return Meaning(missing=missing, reason=str(error))
        share = min((self._share(meaning) for meaning in of), default=1.0)
        return Meaning(area=area, method="phrase", quality=QUALITY["phrase"], share=share, missing=missing)

    def _alike(self, items: list[Meaning]) -> list[Meaning]:
        """Let the kind that most of a list is weigh more in the rest of it: "Georgia and Armenia" are countries."""
        kinds = Counter(
            self._kind(item)
            for item in items
            if item.found and (item.area is not None or decide(item.readings, 1).gap[0] >= CLOSE)
        )
        return [self._preferring(item, [kinds.most_common(1)[0][0]]) for item in items] if kinds else items

    def _together(self, items: list[Meaning], where: Where) -> Meaning:
        """Return the union of what was found of a list; what lies in another item adds nothing."""
        found = [item for item in items if item.found]
        missing = tuple(text for item in items for text in item.missing)
        if not found:
            return replace(items[0], missing=missing) if items else Meaning()
        ids = list(dict.fromkeys(self._id(item) for item in found))
        for group in [one for one in ids if one.startswith("group:")]:
            members = set(self.groups.units(group, where.day))
            ids = [one for one in ids if one not in members]
        if len(ids) == 1:
            return replace(next(item for item in found if self._id(item) == ids[0]), missing=missing)
        whole = self._derive("union", ids, found, where)
        return replace(whole, missing=missing, quality=whole.quality * len(found) / len(items))


def _close_to(area: Area, readings: Readings) -> Readings:
    """Keep the readings that lie in a derived area, as far as its radius tells."""
    away = haversine_km(readings.lon, readings.lat, area.lon, area.lat)
    return readings.where(away <= 1.3 * area.radius_km + 10)
