"""Which country a code or a name means, and what belonged to it on a day.

A code, a name or a cell of a table enters; ISO 3166-1 alpha-3 leaves. Under it lies what every look-up begins with: the
readings of a key, as the index holds them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.candidates.ranking import NAME_WEIGHTS, Readings, decide, out_of_date
from gazetteer.dates import day_number
from gazetteer.errors import ArgumentError
from gazetteer.index.store import NAME_KINDS, Store
from gazetteer.names.normalize import normalize_name

__all__ = ["CODE", "FILED", "NO_READINGS", "Countries"]

CODE = NAME_KINDS.index("code")
# Of two readings of a cell the country is meant while it is so much more prominent.
_CLEARLY = 1.5
NO_READINGS = Readings(*(np.empty(0, dtype=t) for t in ("int64", "int64", "f8", "f8", "f8", "f8")))
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
        ("XKX", "2008-02-16"), ("MNE", "2006-06-27"), ("BIH", "1992-05-21"), ("HRV", "1992-05-21"),
        ("SVN", "1992-05-21"), ("MKD", "1993-04-07"),
    ),
    "RUS": (
        *((state, "1991-09-16") for state in ("EST", "LVA", "LTU")),
        *((state, "1991-12-25") for state in ("BLR", "UKR")),
        *((state, "1992-03-01") for state in ("ARM", "AZE", "KAZ", "KGZ", "MDA", "TJK", "TKM", "UZB")),
        ("GEO", "1992-07-30"),
    ),
}  # fmt: skip


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


class Countries:
    """Finds countries.

    Parameters
    ----------
    store
        The opened tables.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._countries: dict[str, str | None] = {}
        self._cells: dict[str, str | None] = {}
        self._busy = False

    def country(self, hint: str | None) -> str | None:
        """Return ISO 3166-1 alpha-3 for a country given by any ISO code or name; None for no hint.

        Raises
        ------
        ArgumentError
            When the hint is no country that the gazetteer knows; of a part of a country the message says which.
        """
        text = str(hint).strip() if hint is not None else ""
        if not text:
            return None
        if text not in self._countries:
            found = (self._country(spelling) for spelling in _spellings(text))
            self._countries[text] = next((country for country in found if country), None)
        if self._countries[text] is None:
            holder = self._holder(text)
            where = f", which lies in {holder}" if holder else ""
            raise ArgumentError(f"Country: expected an ISO 3166-1 code or a country's name, got {hint!r}{where}.")
        return self._countries[text]

    def alpha2(self, country: str) -> str:
        """Return ISO 3166-1 alpha-2 for the alpha-3 code of a country."""
        return str(self.store.take("id", np.array([self.country_place(country)]))[0]).removeprefix("iso:")

    def country_place(self, country: str) -> int:
        """Return the number of a country by its alpha-3 code."""
        countries = np.arange(self.store.bases[1])
        return int(countries[self.store.take("country", countries) == country][0])

    def of_places(self, places: list[int]) -> Readings:
        """Return places as readings of one name."""
        numbers = np.array(places, dtype="int64")
        return self.weighed(np.zeros(len(numbers), dtype="int64"), numbers, np.zeros(len(numbers), dtype="int64"))

    def _country(self, text: str) -> str | None:
        reading = self.named(normalize_name(text))
        layer = np.searchsorted(self.store.bases, reading.place, side="right") - 1
        countries = reading.where(layer == 0)
        if not len(countries.owner):
            # States that are no more lie in the country of today: South Yemen in Yemen.
            countries = reading.where(self.column("kind", reading.place) == "region")
        best = decide(countries, 1).best[0]
        found = None if best < 0 else self.column("country", countries.place[[best]])[0]
        return None if found is None else str(found)

    def _holder(self, name: str) -> str | None:
        """Return the country that holds the most prominent place of a name, for one who took it for a country."""
        reading = self.named(normalize_name(name), standalone=True)
        if not len(reading.place):
            return None
        found = self.column("country", reading.place[[int(np.argmax(reading.weight))]])[0]
        return None if found is None else str(found)

    def country_only(self, name: str) -> str | None:
        """Return the country that a cell names, None when it may as well be something else."""
        if normalize_name(name) not in self._cells:
            self._cells[normalize_name(name)] = self._country_only(name)
        return self._cells[normalize_name(name)]

    def _country_only(self, name: str) -> str | None:
        readings = self.named(normalize_name(_spellings(name)[-1]))
        kinds = self.column("kind", readings.place)
        others = readings.weight[kinds != "country"]
        if len(others) and others.max() > readings.weight.max() - _CLEARLY:
            return None
        try:
            return self.country(name)
        except ArgumentError:
            return None

    def territory(self, country: str, day: int) -> list[str]:
        """Return the countries of today that belonged to a country on a day."""
        return [part for part, last in _THEN.get(country, ()) if day <= day_number(last)]

    def column(self, column: str, places: Ints) -> NDArray[Any]:
        """Return a column's values at places: from the whole column once there is much to look at."""
        return self.store.column(column)[places] if self._busy else self.store.take(column, places)

    def named(self, key: str, *, standalone: bool = False) -> Readings:
        """Return the readings of a key; of one that stands alone, those by a code left out."""
        number = self.store.key_of(key, -1) if key else -1
        if number < 0:
            return NO_READINGS
        places, rows = self.store.postings(number)
        kinds = self.store.name_kinds(rows)
        if standalone:
            # "or", "in" and "me" are words; as codes of Oregon, Indiana and Maine they stand behind a comma.
            places, kinds = places[kinds != CODE], kinds[kinds != CODE]
        return self.weighed(np.zeros(len(places), dtype="int64"), places, kinds)

    def weighed(self, owner: Ints, places: Ints, name_kinds: Ints) -> Readings:
        """Return places as readings, each weighed by its prominence and the kind of its name."""
        names = ("prominence", "lon", "lat", "radius_km")
        found = {name: self.column(name, places) for name in names} if self._busy else self.store.values(names, places)
        prominence, lon, lat, radius = (found[name].astype("float64") for name in names)
        return Readings(owner, places, prominence + NAME_WEIGHTS[name_kinds], lon, lat, radius)

    def dated(self, readings: Readings, day: int) -> Readings:
        """Let readings of places that were not there on a day weigh less."""
        if not len(readings.owner):
            return readings
        first, last = (self.column(c, readings.place).astype("float64") for c in ("valid_from", "valid_to"))
        return replace(readings, weight=readings.weight - out_of_date(first, last, day))
