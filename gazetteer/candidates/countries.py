"""Which country a code or a name means, and what belonged to it on a day.

A code, a name or a cell of a table becomes ISO 3166-1 alpha-3.
"""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.bundled import BUNDLED
from gazetteer.candidates.country_names import CountryNames
from gazetteer.candidates.holdings import Holdings
from gazetteer.candidates.name_index import NameIndex
from gazetteer.candidates.official_names import country_by_official_name, country_in_language
from gazetteer.candidates.ranking import heaviest
from gazetteer.dates import day_number
from gazetteer.errors import ArgumentError, UnknownPlaceError
from gazetteer.geometry.group_tables import OPEN
from gazetteer.index.store import LAYERS
from gazetteer.locks import cached_property

__all__ = ["FILED", "CountryResolver"]

# Of two readings of a cell the country is meant while it is so much more prominent.
_CLEARLY = 1.5
# How far a second-level unit reaches where the country has none to tell.
_USUAL_KM = 30.0
_REMEMBERED = 20_000
# "Congo, Dem. Rep.", "Macedonia, FYR": what stands behind a country's name and what it abbreviates.
_QUALIFIED = re.compile(
    r"^(?P<head>[^,]+),\s*(?P<tail>(?:the|fyr|rb|.*\b(?:rep|republic|states?|sts|st)\b\.?))$", re.IGNORECASE
)
_SHORT = {"dem.": "democratic", "rep.": "republic", "fed.": "federated", "sts.": "states", "arab rep.": "arab republic"}
# Occupied or claimed land of another code, whose events UCDP and others file under the country that holds it.
FILED = {"ISR": ("PSE",), "MAR": ("ESH",), "SRB": ("XKX",)}
# What two countries are called for short; a table that names the one in full means the other: UCDP's "Congo".
_SHARED = {"congo": ("COG", "COD"), "korea": ("KOR", "PRK")}
_LONGEST_SHARED = 20


def _spellings(text: str) -> list[str]:
    """Return a country's name as it is written, and as others write it.

    Examples
    --------
    >>> _spellings("DR Congo (Zaire)"), _spellings("Congo, Dem. Rep.")[1]
    (['DR Congo (Zaire)', 'DR Congo'], 'democratic republic of Congo')
    """
    spellings = [text]
    if "(" in text:
        # UCDP writes former names behind.
        spellings.append(text.split("(")[0].strip())
    found = _QUALIFIED.match(text)
    if found:
        tail = " ".join(_SHORT.get(word, word) for word in found["tail"].lower().split())
        spellings += [f"{tail} of {found['head']}", found["head"]]
    return spellings


class CountryResolver:
    """Finds countries by their codes and names.

    Parameters
    ----------
    names
        The readings of names.

    Attributes
    ----------
    forms
        The forms of countries' names.
    official
        Returns the alpha-3 code of the country that an official or a foreign form names, None for none; see
        `gazetteer.candidates.country_names.CountryNames.find`. The latest are kept.
    country_at_the_end
        Returns what stands before a country's name at the end of a phrase, and its alpha-3 code; None for none.
    """

    def __init__(self, names: NameIndex) -> None:
        self._names = names
        self._store = names.store
        self._holdings = Holdings(BUNDLED)
        self._resolved: dict[str, str | None] = {}
        self._cells: dict[str, str | None] = {}
        self._unit_radius: dict[str, float] = {}
        self.forms = CountryNames(lru_cache(maxsize=_REMEMBERED)(self._bearers))
        self.official = lru_cache(maxsize=_REMEMBERED)(self.forms.find)
        self.country_at_the_end = lru_cache(maxsize=_REMEMBERED)(self.forms.at_the_end)

    def resolve(self, hint: str | None) -> str | None:
        """Return ISO 3166-1 alpha-3 for a country given by any ISO code or name; None for no hint.

        A part of a country, a state of the past and a code of another list are taken for the country that they lie
        in, with a warning; ``country_hints.csv`` names them.

        Raises
        ------
        ArgumentError
            When the gazetteer knows no such country; for a part of a country the message says which country.
        """
        text = str(hint).strip() if hint is not None else ""
        if not text:
            return None
        if text not in self._resolved:
            found = (self._by_name(spelling) for spelling in _spellings(text))
            known = next((country for country in found if country), None)
            self._resolved[text] = known or self.official(text) or country_by_official_name(self._names.key(text))
        if self._resolved[text] is None and self._names.key(text) in self._usual_hints:
            self._resolved[text] = country = self._usual_hints[self._names.key(text)]
            warnings.warn(f"Country: {text!r} is taken for {country}.", stacklevel=4)
        if self._resolved[text] is None:
            holder = self._holder(text)
            where = f", which lies in {holder}" if holder else ""
            raise ArgumentError(f"Country: expected an ISO 3166-1 code or a country's name, got {hint!r}{where}.")
        return self._resolved[text]

    def resolve_together(self, hints: Sequence[str]) -> list[str | None]:
        """Return ISO 3166-1 alpha-3 for the distinct countries of a table, None for an empty one.

        A name that two countries share means the one that the table does not name otherwise: "Congo" beside
        "DR Congo (Zaire)".

        Raises
        ------
        ArgumentError
            As `resolve` does.
        """
        codes = [self.resolve(hint) for hint in hints]
        short = [self._names.key(hint) if len(hint) <= _LONGEST_SHARED else "" for hint in hints]
        for name, countries in _SHARED.items():
            if name in short:
                said = {code for code, key in zip(codes, short, strict=True) if key != name}
                left = [country for country in countries if country not in said]
                if len(left) == 1:
                    codes = [left[0] if key == name else code for code, key in zip(codes, short, strict=True)]
        return codes

    def named_otherwise(self, text: str) -> str | None:
        """Return the country that a form with a comma names ("Korea, Republic of"), None for none."""
        return self.official(text) if "," in text.strip(" ,") else None

    def country_of_cell(self, cell: str) -> str | None:
        """Return the country that a cell of a table names, None when it may as well name something else."""
        key = self._names.key(cell)
        if key not in self._cells:
            self._cells[key] = self._country_of_cell(cell)
        return self._cells[key]

    def official_name(self, text: str) -> str | None:
        """Return the name of the country that an official or a foreign form names, None for none."""
        country = self.official(text)
        return self.name(country) if country else None

    def name_in_language(self, text: str, language: str) -> str | None:
        """Return the name of the country that a text names in one language (ISO 639-1), None for none."""
        country = country_in_language(self._names.key(text), language)
        return self.name(country) if country else None

    def of_adjective(self, word: str) -> str | None:
        """Return the name of the country that an adjective is made of, None for none."""
        country = self.forms.of_adjective(word)
        return self.name(country) if country else None

    def name(self, country: str) -> str:
        """Return the name of a country by its alpha-3 code."""
        return str(self._store.take("name", np.array([self.place(country)]))[0])

    def place(self, country: str) -> int:
        """Return the place number of a country by its alpha-3 code."""
        countries = np.arange(self._store.bases[1])
        return int(countries[self._store.take("country", countries) == country][0])

    def territory(self, country: str, day: int) -> list[str]:
        """Return the countries and units of today that belonged to a country on a day, or are claimed by it."""
        held = [] if self._store.seen is None else self._store.seen.held(country)
        return [*self._holdings.on(country, day), *held]

    def territory_ever(self, country: str) -> list[str]:
        """Return the countries and units that belonged to a country on any day."""
        held = [] if self._store.seen is None else self._store.seen.held(country)
        return [*self._holdings.ever(country), *held]

    @cached_property
    def days_of_change(self) -> set[int]:
        """The days on which a holding or a capital begins or is gone."""
        spells = [(first, last) for _, _, first, last in self._former_capitals]
        return self._holdings.days_of_change | {first for first, _ in spells} | {last + 1 for _, last in spells}

    def capitals(self, country: str, day: int) -> list[int]:
        """Return the place numbers of the capitals that a country, by its alpha-3 code, had on a day."""
        then = [place for land, place, first, last in self._former_capitals if land == country and first <= day <= last]
        return then or self._capitals.get(country, [])

    def are_unit_capitals(self, places: Ints) -> NDArray[np.bool_]:
        """Say which places, by number, are the capitals of first-level units, as far as ``unit_capitals.csv`` knows."""
        return np.isin(self._store.take("id", places).astype(str), self._unit_capitals)

    def unit_radius(self, country: str) -> float:
        """Return how far a second-level unit of a country usually reaches, in km: the median."""
        if country not in self._unit_radius:
            having = self._store.index.having
            of_country = np.flatnonzero(having("country", country) & having("kind", "admin2"))
            reach = self._store.take("radius_km", of_country)
            self._unit_radius[country] = float(np.median(reach)) if len(reach) else _USUAL_KM
        return self._unit_radius[country]

    def _bearers(self, key: str) -> tuple[str | None, frozenset[str]]:
        """Return the country that a key names by more than a code, and the kinds of the other places that bear it."""
        readings = self._names.readings(key, standalone=True)
        if not len(readings.owner):
            return None, frozenset()
        kinds = self._store.take("kind", readings.place)
        countries = readings.where(kinds == "country")
        others = frozenset(str(kind) for kind in kinds if kind != "country")
        if not len(countries.owner):
            return None, others
        found = self._store.take("country", countries.place[[int(np.argmax(countries.weight))]])[0]
        return str(found), others

    @cached_property
    def _usual_hints(self) -> dict[str, str]:
        with (BUNDLED / "country_hints.csv").open(encoding="utf-8", newline="") as lines:
            return {self._names.key(row["hint"]): row["country"] for row in csv.DictReader(lines)}

    def _by_name(self, text: str) -> str | None:
        # Codes are ASCII letters: "Mỹ" is not the code of Malaysia.
        readings = self._names.readings(self._names.key(text), standalone=not text.isascii())
        layer = np.searchsorted(self._store.bases, readings.place, side="right") - 1
        countries = readings.where(layer == 0)
        if not len(countries.owner):
            # States of the past lie in the country of today: South Yemen in Yemen.
            countries = readings.where(self._store.take("kind", readings.place) == "region")
        if not len(countries.owner):
            return None
        found = self._store.take("country", np.array([heaviest(countries)]))[0]
        return None if found is None else str(found)

    def _holder(self, name: str) -> str | None:
        """Return the country that holds the most prominent place of a name that is not a country's."""
        readings = self._names.readings(self._names.key(name), standalone=True)
        if not len(readings.place):
            return None
        found = self._store.take("country", readings.place[[int(np.argmax(readings.weight))]])[0]
        return None if found is None else str(found)

    def _country_of_cell(self, cell: str) -> str | None:
        readings = self._names.readings(self._names.key(_spellings(cell)[-1]))
        others = readings.weight[self._store.take("kind", readings.place) != "country"]
        if len(others) and others.max() > readings.weight.max() - _CLEARLY:
            return None
        try:
            return self.resolve(cell)
        except ArgumentError:
            return None

    @cached_property
    def of_one_spelling(self) -> frozenset[str]:
        """Countries, by alpha-3, whose names of places are written in Latin letters in one way."""
        with (BUNDLED / "one_spelling.csv").open(encoding="utf-8", newline="") as lines:
            return frozenset(row["country"] for row in csv.DictReader(lines))

    @cached_property
    def _unit_capitals(self) -> list[str]:
        lines = (BUNDLED / "unit_capitals.csv").read_text(encoding="utf-8").splitlines()
        return [f"geonames:{number}" for number in lines[1:]]

    @cached_property
    def _former_capitals(self) -> list[tuple[str, int, int, int]]:
        """Countries, place numbers of what was their capital, and the first and last day of it."""
        found: list[tuple[str, int, int, int]] = []
        with (BUNDLED / "capitals.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                first = day_number(row["from"]) if row["from"] else -OPEN
                with suppress(UnknownPlaceError):  # a build of its own may lack the town
                    found.append((row["country"], self._store.find(row["id"]), first, day_number(row["to"])))
        return found

    @cached_property
    def _capitals(self) -> dict[str, list[int]]:
        layer = LAYERS.index("cities")
        first = int(self._store.bases[layer])
        numbers = np.flatnonzero(self._store.layers[layer].column("capital").astype(bool)) + first
        capitals: dict[str, list[int]] = {}
        for number, country in zip(numbers.tolist(), self._store.take("country", numbers), strict=True):
            capitals.setdefault(country, []).append(number)
        return capitals
