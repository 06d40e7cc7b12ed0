"""Which country a code or a name means, and what belonged to it on a day.

A code, a name or a cell of a table enters; ISO 3166-1 alpha-3 leaves.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

import numpy as np

from gazetteer.candidates.country_names import CountryNames
from gazetteer.candidates.official_names import country_by_official_name
from gazetteer.candidates.ranking import NameIndex, heaviest
from gazetteer.dates import day_number
from gazetteer.errors import ArgumentError
from gazetteer.index.store import LAYERS

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
# Today's members of the United Nations that were parts of another, until the day before they joined; Kosovo until it
# declared itself independent. Source: member states, un.org, and the declaration of 17 February 2008.
_THEN: dict[str, tuple[tuple[str, str], ...]] = {
    "SDN": (("SSD", "2011-07-13"),),
    "ETH": (("ERI", "1993-05-27"),),
    "IDN": (("TLS", "2002-09-26"),),
    "ZAF": (("NAM", "1990-04-22"),),
    "PAK": (("BGD", "1974-09-16"),),
    "CZE": (("SVK", "1993-01-18"),),
    "SRB": (
        ("XKX", "2008-02-16"),
        ("MNE", "2006-06-27"),
        ("BIH", "1992-05-21"),
        ("HRV", "1992-05-21"),
        ("SVN", "1992-05-21"),
        ("MKD", "1993-04-07"),
    ),
    "RUS": (
        *((state, "1991-09-16") for state in ("EST", "LVA", "LTU")),
        *((state, "1991-12-25") for state in ("BLR", "UKR")),
        *((state, "1992-03-01") for state in ("ARM", "AZE", "KAZ", "KGZ", "MDA", "TJK", "TKM", "UZB")),
        ("GEO", "1992-07-30"),
    ),
}


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
    official
        Returns the alpha-3 code of the country that an official or a foreign form names, None for none; see
        `gazetteer.candidates.country_names.CountryNames.find`. The latest are kept.
    country_at_the_end
        Returns what stands before a country's name at the end of a phrase, and its alpha-3 code; None for none.
    """

    def __init__(self, names: NameIndex) -> None:
        self._names = names
        self._store = names.store
        self._resolved: dict[str, str | None] = {}
        self._cells: dict[str, str | None] = {}
        self._unit_radius: dict[str, float] = {}
        self._forms = CountryNames(lru_cache(maxsize=_REMEMBERED)(self._bearers))
        self.official = lru_cache(maxsize=_REMEMBERED)(self._forms.find)
        self.country_at_the_end = lru_cache(maxsize=_REMEMBERED)(self._forms.at_the_end)

    def resolve(self, hint: str | None) -> str | None:
        """Return ISO 3166-1 alpha-3 for a country given by any ISO code or name; None for no hint.

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
            known = next((country for country in found if country), None) or self.official(text)
            self._resolved[text] = known or country_by_official_name(self._names.key(text))
        if self._resolved[text] is None:
            holder = self._holder(text)
            where = f", which lies in {holder}" if holder else ""
            raise ArgumentError(f"Country: expected an ISO 3166-1 code or a country's name, got {hint!r}{where}.")
        return self._resolved[text]

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

    def of_adjective(self, word: str) -> str | None:
        """Return the name of the country that an adjective is made of, None for none."""
        country = self._forms.of_adjective(word)
        return self.name(country) if country else None

    def name(self, country: str) -> str:
        """Return the name of a country by its alpha-3 code."""
        return str(self._store.take("name", np.array([self.place(country)]))[0])

    def place(self, country: str) -> int:
        """Return the place number of a country by its alpha-3 code."""
        countries = np.arange(self._store.bases[1])
        return int(countries[self._store.take("country", countries) == country][0])

    def territory(self, country: str, day: int) -> list[str]:
        """Return the countries of today that belonged to a country on a day."""
        return [part for part, last in _THEN.get(country, ()) if day <= day_number(last)]

    def capitals(self, country: str) -> list[int]:
        """Return the place numbers of the capitals of a country by its alpha-3 code."""
        return self._capitals.get(country, [])

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
        """Return the country that holds the most prominent place of a name that is no country's."""
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
    def _capitals(self) -> dict[str, list[int]]:
        layer = LAYERS.index("cities")
        first = int(self._store.bases[layer])
        numbers = np.flatnonzero(self._store.layers[layer].column("capital").astype(bool)) + first
        capitals: dict[str, list[int]] = {}
        for number, country in zip(numbers.tolist(), self._store.take("country", numbers), strict=True):
            capitals.setdefault(country, []).append(number)
        return capitals
