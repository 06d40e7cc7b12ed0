"""Interprets a place phrase: reads what a tree of words asks for, and gives it a meaning.

A phrase, or the cells of a row, enters; a `Meaning` leaves. A name that exists wins over the words in it ("South
Sudan"). Of a sequence, what lies in its right neighbour is one place, what lies elsewhere begins a list, and what its
neighbour lies in was written the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.found import QUALITY, Found
from gazetteer.candidates.generator import CandidateGenerator
from gazetteer.candidates.ranking import CLOSE, NameIndex, Readings, decide, heaviest
from gazetteer.dates import day_number
from gazetteer.geometry.derived import ShapeEvaluator
from gazetteer.geometry.groups import Groups
from gazetteer.geometry.sphere import haversine_km
from gazetteer.model import KIND_RANK, Area
from gazetteer.names.affixes import TYPE_WORDS, spelt_out
from gazetteer.phrases import parser, patterns
from gazetteer.phrases.composition import Composer
from gazetteer.phrases.meaning import Meaning, Scope
from gazetteer.phrases.named_borders import named_border
from gazetteer.phrases.operations import OPERATIONS
from gazetteer.phrases.parser import Name, Node, Term
from gazetteer.phrases.splits import splits
from gazetteer.phrases.translation import Translator

__all__ = ["PhraseInterpreter"]

# Two places of a kind stand beside one another when both are this prominent: "Paris, London" is not a place in London.
_PROMINENT = 5.0
_AROUND_KM = 15.0
_LONGEST_CODE = 3
# How much further than a unit reaches from its point the places lie that were looked for in it: the radius holds .87
# of the UCDP rows whose place is not found, and of made rows whose finest cell is removed.
_SLACK = {"country": 1.25, "admin1": 1.05, "admin2": 1.5, "region": 1.25}
_SAME_SPOT_KM = 3.0
# A city is meant rather than the region of its name, where a country is known, while it is this nearly as prominent.
_SEAT, _SEAT_AHEAD = 1.5, 0.01
# A town that is not in the unit of its row may lie in a neighbour, which was a part of it or is taken for it: within so
# many times its radius and so many km more, and when it is this prominent. It is meant about half the time.
_NEIGHBOUR, _NEIGHBOUR_KM, _KNOWN_TOWN, _EITHER_UNIT = 1.5, 80.0, 3.5, 0.6
# A name that begins so may as well be a part of a place.
_DIVIDED = frozenset(
    (
        "north",
        "northern",
        "south",
        "southern",
        "east",
        "eastern",
        "west",
        "western",
        "central",
        "northeast",
        "northeastern",
        "northwest",
        "northwestern",
        "southeast",
        "southeastern",
        "southwest",
        "southwestern",
        "n",
        "s",
        "e",
        "w",
        "inner",
        "downtown",
        "capital",
    )
)
# Descriptions longer than this are texts; shorter names than this are found in any text.
_MOST_WORDS, _SHORTEST = 14, 4
# "nr. Gao" is near Gao.
_NEAR = re.compile(r"^nr\.?\s+(?=\S)", re.IGNORECASE)
_TYPE_OF = re.compile(r"(city|town|village)\s+of\s+(.+)", re.IGNORECASE)


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
    """

    def __init__(
        self,
        names: NameIndex,
        countries: CountryResolver,
        generator: CandidateGenerator,
        groups: Groups,
        shapes: ShapeEvaluator,
    ) -> None:
        self.names = names
        self.countries = countries
        self.groups = groups
        self.shapes = shapes
        self.composer = Composer(names.store, groups, shapes)
        self._generator = generator
        self._translator = Translator(names, countries)
        self._store = names.store

    def interpret(self, phrase: str, scope: Scope) -> Meaning:
        """Return what a phrase means."""
        unread = "" if self.names.knows(self.names.key(phrase)) else self._translator.unread(phrase)
        return Meaning(missing=(phrase,), reason=unread) if unread else self.meaning(self._read(phrase), scope)

    def interpret_row(self, cells: Sequence[str], scope: Scope) -> Meaning:
        """Return what the cells of a row mean, finest first, each inside the next; a last cell may be the country."""
        country = self.countries.country_of_cell(cells[-1])
        if len(cells) < 2 or country is None or scope.country not in (None, country):
            return self._chain([self._read(cell) for cell in cells], scope, beside=False)
        within = replace(scope, country=self._generator.country_of_unit(country, cells[-2], scope.day))
        found = self._chain([self._read(cell) for cell in cells[:-1]], within, beside=False)
        if found.method != "none":
            return found
        readings = self.names.readings_of_places([self.countries.place(country)])
        return Meaning(readings, None, "container", QUALITY["container"], missing=tuple(cells[:-1]))

    def refusal(self, text: str) -> str:
        """Return why a text is not a place phrase; empty when it may be one."""
        if not text or not text.strip():
            return "empty"
        if len(text) > parser.LONGEST:
            return f"longer than {parser.LONGEST} characters: a text, not a place"
        reason = self.names.not_places.get(self.names.key(text))
        return f"not a place: {reason}" if reason else ""

    def has_two_readings(self, text: str) -> bool:
        """Say whether a name may as well be a part of a country: "West Kazakhstan"."""
        if text[:1] not in "nsewNSEW":
            return False
        first, _, rest = self.names.key(text).partition(" ")
        if first not in ("north", "south", "east", "west"):
            return False
        key = self._store.key_of(rest, -1)
        return key >= 0 and bool((self._store.postings(key)[0] < self._store.bases[1]).any())

    def meaning(self, node: Node, scope: Scope) -> Meaning:
        """Return what a piece means."""
        if isinstance(node, Name):
            return self.name(node.text, scope)
        whole = self.name_as_a_whole(node, scope)
        if whole.method != "none":
            return whole
        if node.op == "sequence":
            return self._chain(self._flat(node.of, scope.day), scope, beside=True)
        if node.op == "list":
            return self._list(node, scope)
        return OPERATIONS[node.op](self, node, scope)

    def name(self, text: str, scope: Scope) -> Meaning:
        """Return what a name means."""
        refusal = self.refusal(text) or _too_short(text, scope)
        if refusal:
            return Meaning(missing=(text,), reason=refusal)
        found = self._generate(text, scope)
        if not len(found.readings.owner):
            found = self._country_form(text) or found
        readings = found.readings if scope.around is None else _close_to(scope.around, found.readings)
        if len(readings.owner):
            doubt = self._doubt(text, found, readings, scope)
            return Meaning(readings, None, found.method, found.quality, doubt=doubt, radius=found.radius)
        if scope.around is None:
            split = self._split(text, scope)
            if split.method != "none":
                return split
        place = f" in {scope.country}" if scope.country else ""
        nothing = Meaning(missing=(text,), reason=f"no place of that name{place}: {text}")
        return self._name_in_description(text, scope, nothing) if scope.country else nothing

    def _country_form(self, text: str) -> Found | None:
        """Return the country that a form with a comma or brackets names."""
        code = self.countries.named_otherwise(text)
        if code is None:
            return None
        return Found(self.names.readings_of_places([self.countries.place(code)]), "exact", QUALITY["exact"])

    def _doubt(self, text: str, found: Found, readings: Readings, scope: Scope) -> str:
        """Return why the place may not be meant although its name was found: its spelling, or whose it is today."""
        place = np.array([heaviest(readings)])
        columns = self._store.index.values(("name", "country", "admin1"), place)
        name, country, unit = (columns[column][0] for column in ("name", "country", "admin1"))
        if found.method == "fuzzy" and not found.usual:
            return f"spelt otherwise: {name}"
        if found.method == "type-word" and not found.usual:
            return f"not of that kind: {name}"
        holders = {scope.country} if scope.country else self._countries_around(scope)
        if not holders or country in (None, *holders):
            return ""
        held = [part for holder in holders for part in self.countries.territory(str(holder), scope.day)]
        return "" if country in held or unit in held else f"{name} lies in {country} on that day"

    def _countries_around(self, scope: Scope) -> set[str | None]:
        """Return the countries that the innermost container may be or lie in; none where it may be larger."""
        if not scope.containers:
            return set()
        countries = set(self._store.take("country", scope.containers[-1].place).tolist())
        return set() if None in countries else countries

    def _split(self, text: str, scope: Scope) -> Meaning:
        """Read two names without a comma: "Houston TX" is the Houston in what the last words name."""
        for head, tail in splits(text, self._is_container):
            outer = self.name(tail, scope)
            if outer.method not in ("exact", "type-word") or len(outer.readings.owner) == 0:
                continue
            inner = self._read(head)
            pieces = self._flat(inner.of, scope.day) if isinstance(inner, Term) and inner.op == "sequence" else [inner]
            found = self._chain([*pieces, Name(tail)], scope, beside=False)
            if found.method in ("exact", "type-word", "phrase") and not found.left_out and not found.doubt:
                return found
        return Meaning()

    def _is_abbreviated(self, text: str) -> bool:
        """Say whether a text is a name with abbreviated words."""
        return any(map(self.names.knows, spelt_out(self.names.key(text), text)))

    def _is_container(self, text: str) -> bool:
        """Say whether a text names a country or a first-level unit, or is a code of one."""
        readings = self.names.readings(self.names.key(text), standalone=not _is_code(text))
        return bool(np.isin(self._store.take("kind", readings.place), ("country", "admin1")).any())

    def name_as_a_whole(self, node: Term, scope: Scope) -> Meaning:
        """Look the words of a branch up as one name; a part that is also a unit's lesser name has both meanings."""
        if not node.text:
            return Meaning()
        key = self.names.key(node.text)
        is_name = self.names.knows(key)
        if not is_name and node.op == "part":
            # "S. Paulo" is São Paulo.
            is_name = self._is_abbreviated(node.text)
        if not is_name and node.op == "part":
            # "North Welo zone" inside Amhara is North Wollo, otherwise spelt, rather than the north of something.
            is_name = self._is_typed(key) or (bool(scope.containers) and self._generator.names_unit(key))
        if not is_name:
            return Meaning()
        whole = self.name(node.text, scope)
        if whole.method == "none" or whole.area is not None or node.op != "part" or not node.of:
            return whole
        return self._with_part(node, whole, scope)

    def kind(self, meaning: Meaning) -> str:
        """Return the kind of the place that is meant."""
        return meaning.area.kind if meaning.area is not None else self.names.kind(meaning.readings)

    def _read(self, phrase: str) -> Node:
        """Read a phrase; one that is a name as a whole stays whole, unless a part or a border goes by it too."""
        key = self.names.key(phrase)
        known = self.names.knows(key)
        if named_border(phrase) and (not known or phrase.isalpha()):
            return parser.read(phrase)
        phrase = phrase if known else _NEAR.sub("near ", phrase)
        if known and key.partition(" ")[0] not in _DIVIDED:
            return Name(phrase)
        otherwise = None if known else self._read_otherwise(phrase)
        if otherwise is not None:
            return otherwise
        if self.countries.named_otherwise(phrase) and not known:
            return Name(phrase)
        behind = None if known else self._country_behind(phrase)
        if behind is not None:
            return behind
        node = parser.read(phrase, self.is_name)
        if isinstance(node, Term) and node.op in ("part", "capital", "border"):
            return node
        # A key knows no commas: "Springfield, IL" is not a province (in Turkish, il) of that name.
        one_name = known or (not patterns.SEPARATED.search(phrase) and self._is_typed(key))
        return Name(phrase) if one_name else node

    def _read_otherwise(self, phrase: str) -> Node | None:
        """Read a country's official form, alone or at the end of a phrase, and phrases of other languages."""
        if self.countries.official(phrase) or self._translator.unread(phrase):
            return Name(phrase)
        at_the_end = self.countries.country_at_the_end(phrase)
        if at_the_end is not None:
            inner = self._read(at_the_end[0])
            pieces = inner.of if isinstance(inner, Term) and inner.op == "sequence" else (inner,)
            return Term("sequence", (*pieces, Name(self.countries.name(at_the_end[1]))), phrase)
        return self._translator.read(phrase)

    def _country_behind(self, phrase: str) -> Node | None:
        """Read "Arima Trinidad and Tobago" and "Chicago United States": a place in the country behind it."""
        if patterns.SEPARATED.search(phrase):
            return None
        for head, tail in splits(phrase, self._is_country):
            country = self.names.readings(self.names.key(tail), standalone=True)
            found = self._generator.generate_exact(head, None, day_number(None), (country,))
            if found.method in ("exact", "type-word"):
                return Term("sequence", (Name(head), Name(tail)), phrase)
        return None

    def _is_country(self, text: str) -> bool:
        readings = self.names.readings(self.names.key(text), standalone=True)
        return bool((readings.place < self._store.bases[1]).any())

    def is_name(self, text: str) -> bool:
        """Say whether a text is a name as a whole; one with a comma only when it is a country's form."""
        if patterns.HARD_COMMA.search(text):
            return (self.countries.named_otherwise(text) or self.countries.official(text)) is not None
        return self.names.knows(self.names.key(text)) or (
            patterns.SEPARATED.search(text) is not None and self.countries.official(text) is not None
        )

    def _is_typed(self, key: str) -> bool:
        """Say whether a key is a name with a type word."""
        return any(self.names.knows(rest) for rest, _ in self.names.type_words(key))

    def _generate(self, text: str, scope: Scope) -> Found:
        """Look a name up; "city of Damascus" is the city of that name rather than a lesser place of the whole one."""
        found = self._generator.generate(text, scope.country, scope.day, scope.containers)
        of_type = _TYPE_OF.match(text)
        if not of_type or found.method != "exact":
            return found
        turned = f"{of_type[2]} {of_type[1]}"
        other = self._generator.generate(turned, scope.country, scope.day, scope.containers)
        if not len(other.readings.owner):
            return found
        return other if other.readings.weight.max() >= found.readings.weight.max() + CLOSE else found

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

    def _flat(self, nodes: Sequence[Node], day: int) -> list[Node]:
        """Return the pieces of sequences inside a sequence one after the other; "Cox's Bazar" is one piece."""
        pieces: list[Node] = []
        for node in nodes:
            if isinstance(node, Name):
                pieces += self._separate(node, day)
            elif node.op != "sequence" or self.names.knows(self.names.key(node.text)):
                pieces.append(node)
            else:
                pieces += self._flat(node.of, day)
        return pieces

    def _separate(self, node: Name, day: int) -> list[Node]:
        """Return the two names of a piece that the index lacks as a whole: "Texas USA"."""
        key = self.names.key(node.text)
        # "Lamar Co" is Lamar County rather than Lamar in Colorado.
        if not self.names.knows(key) and not self._is_typed(key) and not self._is_abbreviated(node.text):
            for head, tail in splits(node.text, self._is_container):
                outer = self.names.readings(self.names.key(tail))
                scope = Scope(None, day, (outer,))
                if self.name(head, scope).method in ("exact", "type-word"):
                    return [Name(head), Name(tail)]
        return [node]

    def _list(self, node: Term, scope: Scope) -> Meaning:
        items = [self.meaning(item, scope) for item in node.of]
        apart: list[Meaning] = []
        for piece, item in zip(reversed(node.of), reversed(items), strict=True):
            if apart and self._lies_in(piece, item, apart[0], scope):
                apart[0] = item
            else:
                apart.insert(0, item)
        return self.composer.unite(self.composer.align(apart, self.kind), scope)

    def _lies_in(self, node: Node, inner: Meaning, outer: Meaning, scope: Scope) -> bool:
        """Say whether the place that a name means anyhow is one inside another."""
        if "none" in (inner.method, outer.method) or inner.area is not None or outer.area is not None:
            return False
        if not isinstance(node, Name):
            return False
        inside = self.meaning(node, _within(scope, outer))
        if inside.method == "none" or inside.area is not None:
            return False
        return heaviest(inside.readings) == heaviest(inner.readings)

    def _chain(self, nodes: Sequence[Node], scope: Scope, *, beside: bool) -> Meaning:
        """Read pieces, finest first, each inside the next; one that cannot be found falls back to the next.

        Where pieces may stand beside one another, a piece that lies elsewhere than in its neighbour begins a list,
        and what its neighbour lies in was written the other way round ("Syria, Aleppo").
        """
        nodes = _with_codes(nodes)
        done: list[Meaning] = []
        current: Meaning | None = None
        inmost: Node | None = None
        missing: list[Meaning] = []
        left_out: list[str] = []
        within = outer = scope
        for node in reversed(nodes):
            alone = self.meaning(node, scope) if beside and current is not None else Meaning()
            found = self.meaning(node, within)
            plain = found.method == "exact" and current is not None and self._is_smaller(alone, current)
            if current is not None and inmost is not None and alone.method != "none" and not plain:
                # Written the other way round, it lies in all that stands behind as well.
                around = alone if outer == scope else self.meaning(node, outer)
                inside = self._inside(inmost, current, around, outer) if around.method != "none" else around
                if inside.method != "none":
                    current, within = inside, _within(_within(outer, around), inside)
                    continue
            if found.method != "none":
                left_out += [text for item in missing for text in self._not_said_by(item, found, scope)]
                outer = within
                current, inmost, missing, within = found, node, [], _within(within, found)
            elif (
                current is not None
                and alone.method != "none"
                and self._stands_beside(alone, current)
                and not self._was_inside(node, inmost, current, scope)
            ):
                done.insert(0, current)
                left_out += [text for item in missing for text in item.missing]
                outer = scope
                current, inmost, missing, within = alone, node, [], _within(scope, alone)
            else:
                beyond = self._beyond_unit(node, current, scope) if current is not None else Meaning()
                if beyond.method != "none" and not missing:
                    current, inmost, within = beyond, node, _within(scope, beyond)
                else:
                    missing.insert(0, found)
        if current is None:
            return missing[0] if missing else Meaning()
        if isinstance(inmost, Name) and len(nodes) > 1 and not missing:
            current = self.city_of_region(current)
        if missing:
            current = self._fallen_back(current, missing, in_row=not beside)
        if done:
            current = self.composer.unite(self.composer.align([current, *done], self.kind), scope)
        return replace(current, left_out=(*current.left_out, *left_out)) if left_out else current

    def city_of_region(self, meaning: Meaning) -> Meaning:
        """Prefer the city to the region around it that bears its name, where it is about as well known."""
        readings = meaning.readings
        if meaning.area is not None or meaning.method != "exact":
            return meaning
        kinds = self._store.take("kind", readings.place)
        top = readings.weight.max()
        region = int(np.flatnonzero(readings.weight == top)[0])
        if kinds[region] not in ("admin1", "admin2"):
            return meaning
        away = haversine_km(readings.lon, readings.lat, readings.lon[region], readings.lat[region])
        city = (kinds == "city") & (readings.weight >= top - _SEAT) & (away <= readings.radius[region])
        if not city.any():
            return meaning
        seat = int(np.argmax(np.where(city, readings.weight, -np.inf)))
        weight = readings.weight.copy()
        weight[[region, seat]] = weight[seat], top + _SEAT_AHEAD
        return replace(meaning, readings=replace(readings, weight=weight))

    def _not_said_by(self, lost: Meaning, found: Meaning, scope: Scope) -> list[str]:
        """Return the texts of an outer piece that was not found, but for those that are another name of what was."""
        if found.area is not None:
            return list(lost.missing)
        texts: list[str] = []
        for text in lost.missing:
            if self.refusal(text):
                continue
            other = self._generator.generate(text, None, scope.day)
            if not np.isin(found.readings.place, other.readings.place).any():
                texts.append(text)
        return texts

    def _was_inside(self, node: Node, outer: Node | None, unit: Meaning, scope: Scope) -> bool:
        """Say whether a unit with a type word stands behind a town that lies near it, rather than beside it in a list.

        "Ménaka, Gao Region": a region of its own today.
        """
        if not isinstance(outer, Name) or not isinstance(node, Name) or not self._is_typed(self.names.key(outer.text)):
            return False
        typed = self._is_typed(self.names.key(node.text))
        return not typed and self._beyond_unit(node, unit, scope).method != "none"

    def _beyond_unit(self, node: Node, unit: Meaning, scope: Scope) -> Meaning:
        """Return a town that lies near the unit of its row in the same country: it was in it, or is taken for it."""
        if not isinstance(node, Name) or unit.area is not None or self.kind(unit) not in ("admin1", "admin2"):
            return Meaning()
        place = np.array([heaviest(unit.readings)])
        columns = self._store.index.values(("name", "country", "lon", "lat", "radius_km"), place)
        found = self._generator.generate_exact(node.text, scope.country or str(columns["country"][0]), scope.day)
        towns = found.readings.where(self._store.take("kind", found.readings.place) == "city")
        if found.method != "exact" or not len(towns.owner):
            return Meaning()
        decision = decide(towns, 1)
        best = int(decision.best[0])
        away = float(haversine_km(towns.lon[best], towns.lat[best], columns["lon"][0], columns["lat"][0]))
        reach = _NEIGHBOUR * float(columns["radius_km"][0]) + _NEIGHBOUR_KM
        if away > reach or decision.gap[0] < CLOSE or towns.weight[best] < _KNOWN_TOWN:
            return Meaning()
        doubt = f"not in {columns['name'][0]}"
        return Meaning(towns, None, "exact", QUALITY["exact"] * _EITHER_UNIT, doubt=doubt)

    def _fallen_back(self, current: Meaning, missing: list[Meaning], *, in_row: bool) -> Meaning:
        """Return the place around pieces that were not found, as the container of what they name.

        Of a unit and its town in a row the unit is meant, which holds the piece; a town that stands alone in a column
        of units is as wide as these are.
        """
        lost = tuple(text for item in missing for text in item.missing)
        current = self._unit_around(current) if in_row else current
        radius = current.radius
        if current.area is None:
            kind, place = self.kind(current), np.array([heaviest(current.readings)])
            found = self._store.index.values(("country", "radius_km"), place)
            own = max(radius or 0.0, float(found["radius_km"][0]))
            if kind == "city":
                unit = self.countries.unit_radius(str(found["country"][0])) if in_row else 0.0
                radius = max(own, _AROUND_KM, unit)
            else:
                radius = round(_SLACK.get(kind, 1.0) * own, 1)
        return replace(current, method="container", quality=QUALITY["container"], missing=lost, radius=radius)

    def _unit_around(self, meaning: Meaning) -> Meaning:
        """Prefer the unit that bears the name of a town in it."""
        readings = meaning.readings
        if meaning.area is not None or self.kind(meaning) != "city":
            return meaning
        town = int(np.argmax(readings.weight))
        units = np.isin(self._store.take("kind", readings.place), ("admin1", "admin2"))
        away = haversine_km(readings.lon, readings.lat, readings.lon[town], readings.lat[town])
        around = units & (away <= readings.radius + _SAME_SPOT_KM)
        if not around.any():
            return meaning
        unit = int(np.argmax(np.where(around, readings.weight, -np.inf)))
        weight = readings.weight.copy()
        weight[unit] = weight[town] + _SEAT_AHEAD
        return replace(meaning, readings=replace(readings, weight=weight))

    def _is_smaller(self, one: Meaning, other: Meaning) -> bool:
        """Say whether a place is of a smaller kind than its neighbour, whatever else it may be."""
        return one.method != "none" and KIND_RANK[self.kind(one)] < self._rank(other)

    def _inside(self, node: Node, inner: Meaning, outer: Meaning, scope: Scope) -> Meaning:
        """Return what a piece means inside a larger place, nothing when it is no smaller or does not lie there."""
        if KIND_RANK[self.kind(inner)] >= self._rank(outer):
            return Meaning()
        if inner.area is not None and outer.area is None and inner.area.radius_km > outer.readings.radius.max():
            return Meaning()
        found = self.meaning(node, _within(scope, outer))
        alike = (found.area is None) == (inner.area is None) and found.method in ("exact", "type-word", "phrase")
        return found if alike else Meaning()

    def _rank(self, meaning: Meaning) -> int:
        """Return the rank of the largest place that may well be meant: of "Idlib" the governorate."""
        if meaning.area is not None:
            return KIND_RANK["derived"]
        weight = meaning.readings.weight
        close = meaning.readings.place[weight > weight.max() - CLOSE]
        return max(KIND_RANK[kind] for kind in self._store.index.take("kind", close))

    def _stands_beside(self, one: Meaning, other: Meaning) -> bool:
        """Say whether a place is too large, or too well known, to be meant as a piece of its neighbour."""
        if one.method == "fuzzy":
            return False
        kind = self.kind(other)
        rank = KIND_RANK[kind]
        if one.area is not None:
            return rank <= KIND_RANK["derived"]
        largest = self._rank(one)
        if largest > rank:
            # "Lebanon, Kansas" is a town too small to be listed, not a country and a state.
            return kind not in ("admin1", "admin2")
        return largest == rank and (largest > KIND_RANK["admin2"] or float(one.readings.weight.max()) >= _PROMINENT)


def _is_code(text: str) -> bool:
    """Say whether a text may be a code: capitals, or the three small letters of an alpha-3 code."""
    return text.isupper() or (len(text) == 3 and text.isalpha() and text.isascii())


def _with_codes(nodes: Sequence[Node]) -> Sequence[Node]:
    """Write the last of several pieces in capitals where it may be a code: "ca" is one behind a comma, not alone."""
    last = nodes[-1]
    if (
        len(nodes) < 2
        or not isinstance(last, Name)
        or not last.text.islower()
        or not 2 <= len(last.text) <= _LONGEST_CODE
    ):
        return nodes
    return [*nodes[:-1], Name(last.text.upper())]


def _too_short(text: str, scope: Scope) -> str:
    """Return why a text is not a name by its length; empty when it may be one."""
    letters = [letter for letter in text if letter.isalnum()]
    if letters and not any(map(str.isalpha, letters)):
        return "not a place: no letter in it"
    bare = scope.country is None and not scope.containers
    return "not a place: one letter" if len(letters) == 1 and letters[0].isascii() and bare else ""


def _within(scope: Scope, meaning: Meaning) -> Scope:
    """Return what is known of a place that lies in another."""
    if meaning.area is not None:
        return replace(scope, around=meaning.area)
    return replace(scope, containers=(*scope.containers, meaning.readings))


def _close_to(area: Area, readings: Readings) -> Readings:
    """Keep the readings that lie in a derived area, as far as its radius tells."""
    away = haversine_km(readings.lon, readings.lat, area.lon, area.lat)
    return readings.where(away <= 1.3 * area.radius_km + 10)
