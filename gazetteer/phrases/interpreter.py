"""Interprets a place phrase: reads what a tree of words asks for, and gives it a meaning.

A phrase, or the cells of a row, becomes a `Meaning`. A name that exists wins over the words in it ("South
Sudan"). Of a sequence, what lies in its right neighbour is one place, what lies elsewhere begins a list, and what its
neighbour lies in was written the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gazetteer.candidates.containment import reach_km
from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.found import QUALITY, Found
from gazetteer.candidates.generator import CandidateGenerator
from gazetteer.candidates.name_index import SMALL_NAMESAKE, SMALL_PLACE, SMALL_QUALITY, NameIndex
from gazetteer.candidates.ranking import CLOSE, Readings, heaviest
from gazetteer.errors import UnknownPlaceError
from gazetteer.geometry.derived import ShapeEvaluator
from gazetteer.geometry.groups import Groups
from gazetteer.geometry.sphere import haversine_km
from gazetteer.model import Area
from gazetteer.names.affixes import TYPE_WORDS
from gazetteer.phrases import patterns
from gazetteer.phrases.composition import Composer
from gazetteer.phrases.doubts import Doubts
from gazetteer.phrases.meaning import Level, Meaning, Scope
from gazetteer.phrases.operands import AREAS
from gazetteer.phrases.operations import OPERATIONS
from gazetteer.phrases.reading import PhraseReader
from gazetteer.phrases.refusals import refusal_of_name
from gazetteer.phrases.sequences import SequenceInterpreter
from gazetteer.phrases.splits import splits
from gazetteer.phrases.tree import Name, Node, Term
from gazetteer.phrases.turning import turn_round

__all__ = ["PhraseInterpreter"]

# Descriptions longer than this are texts; shorter names than this are found in any text.
_MOST_WORDS, _SHORTEST = 14, 4
_TYPE_OF = re.compile(r"(?P<word>city|town|village)\s+of\s+(?P<name>.+)", re.IGNORECASE)
# With a small letter the word is not a part of the name: "Clarksville city" is not Clarksville City.
_OF_TYPE = re.compile(r"(?P<name>.+)\s(?P<word>city|town|village)")
_DIRECTIONS = ("north", "south", "east", "west")
# A name that is spelt otherwise has at most so many words.
_MOST_IN_NAME = 4
_UNIT_CODE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_IN_REGION = re.compile(r"derived:part\(\w+,region:")
# What an airport's name ends with. Where only its town is named, it may lie so far from the airport.
_AIRPORT = re.compile("(?: international| regional| domestic| municipal)* air(?:port|field|base)")
_TOWN_OF_AIRPORT_KM = 15.0
# Shorter texts may be too short for a name.
_SHORT = 3


class PhraseInterpreter:
    """Gives place phrases a meaning.

    Parameters
    ----------
    names
        The readings of names.
    countries
        Which country a cell names.
    generator
        Finds what a name may mean.
    groups
        Country lists and macro-regions.
    shapes
        Evaluates derived places.
    doubts
        Says why a place may not be meant although its name was found.
    """

    def __init__(
        self,
        names: NameIndex,
        countries: CountryResolver,
        generator: CandidateGenerator,
        groups: Groups,
        shapes: ShapeEvaluator,
        doubts: Doubts,
    ) -> None:
        self.names = names
        self.countries = countries
        self.groups = groups
        self.shapes = shapes
        self.composer = Composer(names.store, groups, shapes)
        self._generator = generator
        self._doubts = doubts
        self._reader = PhraseReader(names, countries, generator)
        self.is_name = self._reader.is_name
        self._sequences = SequenceInterpreter(self, self._reader, names, countries, generator)
        self.city_of_region = self._sequences.city_of_region
        self.unit_of_name = self._sequences.unit_of_name
        self._store = names.store
        self._take = names.store.index.take

    def interpret(self, phrase: str, scope: Scope) -> Meaning:
        """Return what a phrase means."""
        unread = self._reader.unread(phrase)
        if unread:
            return Meaning(missing=(phrase,), reason=unread)
        turned = turn_round(phrase)
        if turned is None:
            return self.meaning(self._reader.read(phrase), scope)
        if self._are_units(re.split(patterns.AND_DIRECTION, phrase), scope):
            return self.meaning(self._reader.read(phrase), scope)  # "Adamawa, North and Far North"
        # "Garoua, North" is in the region of that name; "Kandahar, 30 km southwest" only reads the other way.
        is_unit = bool(turned.maybe_unit) and self.is_name(turned.maybe_unit)
        as_written = self.meaning(self._reader.read(turned.as_written), scope) if is_unit else None
        if as_written is not None and _is_one_place(as_written):
            return as_written
        found = self.meaning(self._reader.read(turned.phrase), scope)
        if _reads_all(found):
            return found
        return self.meaning(self._reader.read(phrase), scope) if as_written is None else as_written

    def _are_units(self, names: Sequence[str], scope: Scope) -> bool:
        """Say whether several names are first-level units of the country that is known."""
        if scope.country is None or len(names) < 2:
            return False
        found = [self.name(name, scope) for name in names]
        return all(one.method == "exact" and self.kind(one) == "admin1" for one in found)

    def interpret_names(self, names: Sequence[str], scope: Scope) -> Meaning:
        """Return what names between commas mean."""
        pieces = self._sequences.flat(list(map(Name, names)), scope.day)
        found = self._sequences.chain(pieces, scope)
        return found if scope.country is None else self._sequences.city_of_region(found)

    def interpret_row(self, cells: Sequence[str], scope: Scope, levels: Sequence[Level]) -> Meaning:
        """Return what the cells of a row mean, finest first, each inside the next; a last cell may be the country.

        Parameters
        ----------
        levels
            What the column of each cell holds.
        """
        country = self.countries.country_of_cell(cells[-1])
        if len(cells) < 2 or country is None or scope.country not in (None, country):
            return self._sequences.chain([self._reader.read(cell) for cell in cells], scope, levels=levels)
        within = replace(scope, country=self._generator.country_of_unit(country, cells[-2], scope.day))
        found = self._sequences.chain([self._reader.read(cell) for cell in cells[:-1]], within, levels=levels[:-1])
        if found.method != "none":
            return found
        readings = self.names.readings_of_places([self.countries.place(country)])
        return Meaning(readings, None, "container", QUALITY["container"], missing=tuple(cells[:-1]))

    def has_two_readings(self, text: str) -> bool:
        """Say whether a name may as well be a part of a country: "West Kazakhstan", "South West Singapore District"."""
        if text[:1] not in "nsewNSEW":
            return False
        words = self.names.key(text).split()
        directions = next((i for i, word in enumerate(words) if word not in _DIRECTIONS), len(words))
        rest = " ".join(words[directions:])
        return directions > 0 and any(
            map(self._stands_for_country, (rest, *(name for name, _ in self.names.type_words(rest))))
        )

    def _stands_for_country(self, key: str) -> bool:
        """Say whether a key is a name or a code of a country."""
        number = self._store.key_of(key, -1)
        return number >= 0 and bool((self._store.postings(number)[0] < self._store.bases[1]).any())

    def meaning(self, node: Node, scope: Scope) -> Meaning:
        """Return what a piece means."""
        if isinstance(node, Name):
            return self.name(node.text, scope)
        whole = self.name_as_a_whole(node, scope)
        if whole.method != "none":
            return whole
        if node.op == "sequence":
            return self._sequences.sequence(node, scope)
        if node.op == "list":
            return self._sequences.list_of(node, scope)
        found = OPERATIONS[node.op](self, node, scope)
        if not node.text or len(node.text.split()) > _MOST_IN_NAME:
            return found
        if found.method == "none":
            whole = self.name(node.text, scope)
            return whole if whole.method in ("exact", "type-word", "fuzzy") else found
        if scope.country and found.area is not None and _IN_REGION.match(found.area.id):
            # "West Wollega" in Ethiopia is West Wellega, otherwise spelt, rather than the west of Wollega.
            whole = self.name(node.text, scope)
            return whole if whole.method == "fuzzy" and self.kind(whole) in ("admin1", "admin2") else found
        return found

    def name(self, text: str, scope: Scope) -> Meaning:
        """Return what a name means."""
        if self.names.key(text) in self.names.not_places or len(text) < _SHORT or not text[:2].isalpha():
            refusal = refusal_of_name(text, self.names, scope)
            if refusal:
                return Meaning(missing=(text,), reason=refusal)
        found = self._unit_code(text, scope) or self._generate(text, scope)
        if not len(found.readings.owner):
            found = self._country_form(text, scope) or found
        readings = found.readings if scope.around is None else _close_to(scope.around, found.readings)
        if len(readings.owner):
            place, radius = heaviest(readings), found.radius
            doubt = self._doubts.of_place(place, found, readings, scope)
            if found.method == "exact" and self._is_called_after_town(text, place):
                radius = max(radius or 0.0, _TOWN_OF_AIRPORT_KM)
            quality = found.quality * (SMALL_QUALITY if doubt in (SMALL_PLACE, SMALL_NAMESAKE) else 1.0)
            return Meaning(readings, None, found.method, quality, doubt=doubt, radius=radius)
        if scope.around is None:
            split = self._split(text, scope)
            if split.method != "none":
                return split
        inside = f" in {scope.country}" if scope.country else ""
        nothing = Meaning(missing=(text,), reason=f"no place of that name{inside}: {text}")
        return self._name_in_description(text, scope, nothing) if scope.country else nothing

    def _unit_code(self, text: str, scope: Scope) -> Found | None:
        """Return the unit that a text is the ISO 3166-2 code of: "US-TX"."""
        if not _UNIT_CODE.fullmatch(text):
            return None
        try:
            readings = self.names.readings_of_places([self._store.find(f"iso:{text}")])
        except UnknownPlaceError:
            return None
        here = scope.country in (None, self._take("country", readings.place)[0])
        return Found(readings, "exact", QUALITY["exact"]) if here else None

    def _country_form(self, text: str, scope: Scope) -> Found | None:
        """Return the country that a form with a comma or brackets names, where it is or belongs to the known one."""
        code = self.countries.named_otherwise(text)
        if code is None:
            return None
        if scope.country is not None and code not in (
            scope.country,
            *self.countries.territory(scope.country, scope.day),
        ):
            return None
        return Found(self.names.readings_of_places([self.countries.place(code)]), "exact", QUALITY["exact"])

    def _is_called_after_town(self, text: str, place: int) -> bool:
        """Say whether a name is that of an airport's town, which is not known itself: "El Alto"."""
        if self._store.index.value("kind", place) != "airport":
            return False
        full = self.names.key(str(self._store.index.value("name", place)))
        return self.names.key(text) == _AIRPORT.split(full)[0] != full

    def _split(self, text: str, scope: Scope) -> Meaning:
        """Read two names without a comma: "Houston TX" is the Houston in what the last words name."""
        for head, tail in splits(text, self.is_container):
            outer = self.name(tail, scope)
            if outer.method not in ("exact", "type-word") or len(outer.readings.owner) == 0:
                continue
            inner = self._reader.read(head)
            pieces: list[Node] = [inner]
            if isinstance(inner, Term) and inner.op == "sequence":
                pieces = self._sequences.flat(inner.of, scope.day)
            found = self._sequences.chain([*pieces, Name(tail)], scope, levels=["unit"] * (len(pieces) + 1))
            if found.method in ("exact", "type-word", "phrase") and not found.left_out and not found.doubt:
                return found
        return Meaning()

    def is_container(self, text: str) -> bool:
        """Say whether a text names a country or a first-level unit, or is a code of one."""
        readings = self.names.readings(self.names.key(text), standalone=not _is_code(text))
        return bool(self._store.index.among("kind", readings.place, ("country", "admin1")).any())

    def name_as_a_whole(self, node: Term, scope: Scope) -> Meaning:
        """Look the words of a branch up as one name; a part that is also a unit's lesser name has both meanings."""
        if not node.text:
            return Meaning()
        key = self.names.key(node.text)
        is_name = self._reader.is_whole(node.text)
        if not is_name and node.op == "part":
            # "S. Paulo" is São Paulo.
            is_name = self._reader.is_abbreviated(node.text)
        if not is_name and node.op == "part":
            # "North Welo zone" inside Amhara is North Wollo, otherwise spelt, rather than the north of something.
            is_name = self._reader.is_typed(key) or (bool(scope.containers) and self._generator.names_unit(key))
        if not is_name:
            return Meaning()
        whole = self.name(node.text, scope)
        if node.op == "part" and whole.method == "container":
            return Meaning()  # only "Masaka region" of "eastern Masaka region" is a name
        if whole.method == "none" or whole.area is not None or node.op != "part":
            return whole
        if not node.of:
            # "East" is a region of Cameroon; it is the east of India rather than East Delhi, which is called so too.
            return whole if self.kind(whole) in AREAS else Meaning()
        return Meaning() if self._is_lesser(node, whole, scope) else self._with_part(node, whole, scope)

    def _is_lesser(self, node: Term, whole: Meaning, scope: Scope) -> bool:
        """Say whether a name is a second-level unit's, and its words a part of a larger one: "east Enugu state"."""
        operand = node.of[0]
        if self.kind(whole) != "admin2" or not isinstance(operand, Name):
            return False
        base = self.meaning(operand, scope)
        is_unit = base.is_stored and self.kind(base) == "admin1"
        return is_unit and self._generator.asks_for_first_level(self.names.key(operand.text), base.readings)

    def kind(self, meaning: Meaning) -> str:
        """Return the kind of the place that is meant."""
        return meaning.area.kind if meaning.area is not None else self.names.kind(meaning.readings)

    def _generate(self, text: str, scope: Scope) -> Found:
        """Look a name up; "city of Damascus" is the city of that name rather than a lesser place of the whole one."""
        found = self._generator.generate(text, scope.country, scope.day, scope.containers)
        of_type = _TYPE_OF.match(text) or _OF_TYPE.match(text)
        if not of_type or found.method != "exact":
            return found
        for other_name in (f"{of_type['name']} {of_type['word']}", of_type["name"]):
            other = self._generator.generate(other_name, scope.country, scope.day, scope.containers)
            towns = other.readings.where(self._take("kind", other.readings.place) == "city")
            if len(towns.owner) and towns.weight.max() >= found.readings.weight.max() + CLOSE:
                return replace(other, readings=towns)
        return found

    def _name_in_description(self, text: str, scope: Scope, nothing: Meaning) -> Meaning:
        """Return the longest name among the words of a description, where at least its country is known."""
        words = text.split()
        if not 2 <= len(words) <= _MOST_WORDS:
            return nothing
        for length in range(len(words) - 1, 0, -1):
            for first in range(len(words) - length, -1, -1):
                name = " ".join(words[first : first + length]).strip(patterns.EDGES)
                key = self.names.key(name)
                if not name[:1].isupper() or key in TYPE_WORDS or len(key) < _SHORTEST:
                    continue
                found = self._generator.generate_exact(name, scope.country, scope.day, scope.containers)
                readings = found.readings if scope.around is None else _close_to(scope.around, found.readings)
                if len(readings.owner):
                    doubt = f"only {name} was read"
                    return Meaning(readings, None, "container", QUALITY["container"], missing=(text,), doubt=doubt)
        return nothing

    def _with_part(self, node: Term, whole: Meaning, scope: Scope) -> Meaning:
        """Return the meaning of a unit's lesser name with the part of a country that its words name as well."""
        number = heaviest(whole.readings)
        found = self._store.index.values(("name", "kind", "country"), np.array([number]))
        name, kind, country = (found[column][0] for column in ("name", "kind", "country"))
        if self.names.key(str(name)) == self.names.key(node.text) or kind not in ("admin1", "admin2"):
            return whole
        base = self.meaning(node.of[0], scope)
        if base.method == "none" or base.area is not None:
            return whole
        outer = self.shapes.evaluate(self.composer.place_id(base), scope.day)
        if outer.kind != "country" or outer.country != country:
            return whole
        part = OPERATIONS["part"](self, node, scope)
        if part.method == "none":
            return whole
        return replace(whole, rival=part.area or self.shapes.evaluate(self.composer.place_id(part), scope.day))


def _reads_all(meaning: Meaning) -> bool:
    """Say whether all of a phrase was read."""
    return meaning.method not in ("none", "container") and not (meaning.missing or meaning.left_out)


def _is_one_place(meaning: Meaning) -> bool:
    """Say whether all of a phrase was read, and names one place rather than several."""
    several = meaning.area is not None and meaning.area.id.startswith("derived:union")
    return _reads_all(meaning) and not several


def _is_code(text: str) -> bool:
    """Say whether a text may be a code: capitals, or the three small letters of an alpha-3 code."""
    return text.isupper() or (len(text) == 3 and text.isalpha() and text.isascii())


def _close_to(area: Area, readings: Readings) -> Readings:
    """Keep the readings that lie in a derived area, as far as its radius tells."""
    away = haversine_km(readings.lon, readings.lat, area.lon, area.lat)
    return readings.where(away <= reach_km(area.radius_km))
