"""Sees at a glance that a phrase is nothing but a known name, or names between commas, as most phrases of tables are.

A phrase gives its names where no letter, mark or word of it asks for more: for the grammar, for the frames of
another language, for the forms of countries' names. All of these would give the same names, and cost much more.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.name_index import NameIndex
from gazetteer.languages.tables import all_triggers, unread_markers
from gazetteer.locks import cached_property
from gazetteer.names.normalize import normalize_name
from gazetteer.phrases.appositions import KINDS_OF_PLACE
from gazetteer.phrases.cells import is_empty_value
from gazetteer.phrases.named_borders import words_of_named_borders
from gazetteer.phrases.patterns import ASKING, COMPASS

__all__ = ["FirstLook"]

# Latin letters between blanks and commas; of anything else the rules decide.
_LETTERS = r"[A-Za-z\u00c0-\u024f]{2,}"
_WORD = re.compile(_LETTERS)
_NAME = rf"{_LETTERS}(?: {_LETTERS})*"
_PLAIN = re.compile(rf"{_NAME}(?:, ?{_NAME}){{0,5}}")
_COMMA = re.compile(", ?")
_LONGEST = 200
_WIND = re.compile(r"[NSEW]{2,3}")
_DIRECTION = re.compile(rf"(?:{COMPASS})", re.IGNORECASE)
# Abbreviations of titles, as `gazetteer.candidates.country_names` reads them.
_ABBREVIATED = frozenset(("Rep", "Is", "St", "Dem", "RB", "FYR", "DPR", "PDR", "DR", "SAR"))
_REMEMBERED = 50_000


class FirstLook:
    """Takes phrases apart that are names between commas and nothing else.

    Parameters
    ----------
    names
        The keys of names.
    countries
        The forms of countries' names.
    """

    def __init__(self, names: NameIndex, countries: CountryResolver) -> None:
        self._key = names.key
        self._key_of = names.store.key_of
        self._not_places = names.not_places
        self._forms = countries.forms
        self._readings = names.readings
        self._asks = lru_cache(maxsize=_REMEMBERED)(self._is_asking)

    def names(self, phrase: str) -> list[str] | None:
        """Return the names between the commas of a phrase, None where it may ask for more, or is one unknown name."""
        if (
            len(phrase) > _LONGEST
            or not _PLAIN.fullmatch(phrase)
            or any(map(self._asks, phrase.replace(",", " ").split()))
        ):
            return None
        pieces = _COMMA.split(phrase)
        if self._key(phrase) in self._not_places or self._is_form(pieces[-1]):
            return None
        if len(pieces) == 1:
            return pieces if self._key_of(self._key(phrase), -1) >= 0 and not is_empty_value(phrase) else None
        # What holds a comma may be one name: "Korea, Republic of".
        joined = [", ".join(pieces[i:j]) for i in range(len(pieces)) for j in range(i + 2, len(pieces) + 1)]
        return None if any(map(self._is_one_name, joined)) else pieces

    def is_plain(self, word: str) -> bool:
        """Say whether a word is letters that no rule reads, so that it can only be a part of a name."""
        return _WORD.fullmatch(word) is not None and not self._asks(word)

    def _is_one_name(self, text: str) -> bool:
        key = self._key(text)
        return self._key_of(key, -1) >= 0 or key in self._forms.table

    def _is_form(self, text: str) -> bool:
        """Say whether a text is a form of a country's name that the index lacks."""
        key = self._key(text)
        return key in self._forms.table and not len(self._readings(key, standalone=True).owner)

    def _is_asking(self, word: str) -> bool:
        """Say whether a word may be more than a part of a name."""
        # Patterns in any case take a dotless i for an i, and a long s for an s.
        small = word.lower()
        lower = small.replace("ı", "i").replace("ſ", "s")
        words, beginnings = self._asking
        return (
            lower in words
            or small in all_triggers()[0]
            or small.startswith(beginnings)
            or word in _ABBREVIATED
            or word in KINDS_OF_PLACE
            or _WIND.fullmatch(word) is not None
            or _DIRECTION.fullmatch(lower) is not None
            or normalize_name(word) in self._forms.title_words
        )

    @cached_property
    def _asking(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The words that may be more than a part of a name, in small letters, and how others of them begin."""
        words, beginnings = all_triggers()
        return ASKING | words | unread_markers()[0] | words_of_named_borders(), beginnings
