"""Reads the words of a phrase, knowing which of them are names: what is a name as a whole stays whole.

A phrase becomes its tree. The grammar is in `gazetteer.phrases.parser`, the frames of other languages in
`gazetteer.phrases.translation`; here is decided which of them is asked.
"""

from __future__ import annotations

import re

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.generator import CandidateGenerator
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.ranking import Readings
from gazetteer.dates import day_number
from gazetteer.names.affixes import spelt_out
from gazetteer.phrases import parser, patterns
from gazetteer.phrases.levels import Known
from gazetteer.phrases.named_borders import named_border
from gazetteer.phrases.splits import splits
from gazetteer.phrases.translation import Translator
from gazetteer.phrases.tree import Name, Node, Term

__all__ = ["DIVIDED", "PhraseReader"]

# A name that begins so may as well be a part of a place.
DIVIDED = frozenset(
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
_BETWEEN = re.compile(rf"{patterns.COMMA.pattern}|[()/\[\]]")
# "nr. Gao" is near Gao.
_NEAR = re.compile(r"^nr\.?\s+(?=\S)", re.IGNORECASE)


class PhraseReader:
    """Reads phrases into trees.

    Parameters
    ----------
    names
        The readings of names.
    countries
        The forms of countries' names.
    generator
        Finds what a name may mean.
    """

    def __init__(self, names: NameIndex, countries: CountryResolver, generator: CandidateGenerator) -> None:
        self._names = names
        self._countries = countries
        self._generator = generator
        self._translator = Translator(names, countries)
        self._store = names.store
        self._known = Known(self.is_name, self._kinds)

    def unread(self, phrase: str) -> str:
        """Return why a phrase is not read: the frames of its language are not known; empty when it may be read."""
        return "" if self._names.knows(self._names.key(phrase)) else self._translator.unread(phrase)

    def read(self, phrase: str) -> Node:
        """Read a phrase; one that is a name as a whole stays whole, unless a part or a border goes by it too."""
        key = self._names.key(phrase)
        known = self.is_whole(phrase)
        if named_border(phrase) and (not known or phrase.isalpha()):
            return parser.read(phrase)
        phrase = phrase if known else _NEAR.sub("near ", phrase)
        if known and key.partition(" ")[0] not in DIVIDED:
            return Name(phrase)
        otherwise = None if known or self._is_all_names(phrase) else self._read_otherwise(phrase)
        if otherwise is not None:
            return otherwise
        if self._countries.named_otherwise(phrase) and not known:
            return Name(phrase)
        behind = None if known else self._country_behind(phrase)
        if behind is not None:
            return behind
        node = parser.read(phrase, self._known)
        if isinstance(node, Term) and node.op in ("part", "capital", "border"):
            return node
        # A key knows no commas: "Springfield, IL" is not a province (in Turkish, il) of that name.
        one_name = known or (not patterns.SEPARATED.search(phrase) and self.is_typed(key))
        return Name(phrase) if one_name else node

    def _is_all_names(self, phrase: str) -> bool:
        """Say whether a phrase is names between commas, dashes and brackets, of which none is a form of a country."""
        pieces = [piece.strip(patterns.EDGES) for piece in _BETWEEN.split(phrase)]
        pieces = [piece for piece in pieces if piece]
        return (
            len(pieces) > 1
            and all(self._names.knows(self._names.key(piece)) for piece in pieces)
            and not self._countries.official(phrase)
            and self._countries.country_at_the_end(phrase) is None
        )

    def _read_otherwise(self, phrase: str) -> Node | None:
        """Read a country's official form, alone or at the end of a phrase, and phrases of other languages."""
        if self._countries.official(phrase) or self._translator.unread(phrase):
            return Name(phrase)
        at_the_end = self._countries.country_at_the_end(phrase)
        if at_the_end is not None:
            inner = self.read(at_the_end[0])
            pieces = inner.of if isinstance(inner, Term) and inner.op == "sequence" else (inner,)
            return Term("sequence", (*pieces, Name(self._countries.name(at_the_end[1]))), phrase)
        # "West" is German as well, and says the same; "capital de Bolivia" says it in Spanish.
        english = self._names.key(phrase).partition(" ")[0] in DIVIDED - {"capital"}
        return None if english else self._translator.read(phrase)

    def _country_behind(self, phrase: str) -> Node | None:
        """Read "Arima Trinidad and Tobago" and "Chicago United States": a place in the country behind it."""
        if patterns.COMMA.search(phrase):
            return None
        for head, tail in splits(phrase, self._is_country):
            country = self._names.readings(self._names.key(tail), standalone=True)
            found = self._generator.generate_exact(head, None, day_number(None), (country,))
            if found.method in ("exact", "type-word"):
                return Term("sequence", (Name(head), Name(tail)), phrase)
            within = self._unit_behind(head, country)
            if within is not None:
                return Term("sequence", (*within, Name(tail)), phrase)
        return None

    def _unit_behind(self, phrase: str, country: Readings) -> tuple[Name, Name] | None:
        """Read the "Fort Myers Florida" of "Fort Myers Florida United States": a place in the unit behind it."""
        for head, tail in splits(phrase, self._is_unit):
            if self._countries.official(head):
                continue
            unit = self._generator.generate_exact(tail, None, day_number(None), (country,)).readings
            units = unit.where(self._store.take("kind", unit.place) == "admin1")
            if not len(units.owner):
                continue
            found = self._generator.generate_exact(head, None, day_number(None), (country, units))
            if found.method in ("exact", "type-word"):
                return Name(head), Name(tail)
        return None

    def _is_country(self, text: str) -> bool:
        return self._names.is_country(self._names.key(text))

    def _kinds(self, text: str) -> frozenset[str]:
        """Return the kinds of what a text names, which two letters of a code do not, and whether it is an adjective."""
        key = self._names.key(text)
        kinds = frozenset(self._store.take("kind", self._names.readings(key, standalone=True).place))
        named = kinds if self._names.is_country(key) else kinds - {"country"}
        return named | {"adjective"} if self._names.is_adjective(key) else named

    def _is_unit(self, text: str) -> bool:
        key = self._names.key(text)
        return any(
            bool((self._store.take("kind", self._names.readings(form).place) == "admin1").any())
            for form in (key, *(rest for rest, kinds in self._names.type_words(key) if "admin1" in kinds))
        )

    def is_name(self, text: str) -> bool:
        """Say whether a text is a name as a whole; one with a comma only when it is a country's form."""
        if patterns.HARD_COMMA.search(text):
            return (self._countries.named_otherwise(text) or self._countries.official(text)) is not None
        return self._names.knows(self._names.key(text)) or (
            patterns.SEPARATED.search(text) is not None and self._countries.official(text) is not None
        )

    def is_whole(self, phrase: str) -> bool:
        """Say whether the index has a phrase as one name, rather than the names that its marks join.

        "Jos, Plateau" is not the Jos Plateau, "El Alto/La Paz" is not the airport of that name.
        """
        key = self._names.key(phrase)
        if not self._names.knows(key):
            return False
        pieces = [piece for piece in patterns.JOINED.split(phrase) if piece.strip()]
        if len(pieces) < 2 or not all(self._names.knows(self._names.key(piece)) for piece in pieces):
            return True
        kinds = self._store.take("kind", self._names.readings(key).place)
        return bool((kinds != "airport").any()) and not self._is_name_in_unit(phrase)

    def _is_name_in_unit(self, phrase: str) -> bool:
        """Say whether a place lies in what stands behind its comma."""
        inner, comma, outer = phrase.rpartition(", ")
        if not comma or not self._is_unit(outer):
            return False
        unit = self._names.readings(self._names.key(outer), standalone=True)
        if not len(unit.owner):
            return False  # a unit with its type word, under which the index has none
        return self._generator.generate_exact(inner, None, day_number(None), (unit,)).method == "exact"

    def is_typed(self, key: str) -> bool:
        """Say whether a key is a name with a type word."""
        return any(self._names.knows(rest) for rest, _ in self._names.type_words(key))

    def is_abbreviated(self, text: str) -> bool:
        """Say whether a text is a name with abbreviated words."""
        return any(map(self._names.knows, spelt_out(self._names.key(text), text)))
