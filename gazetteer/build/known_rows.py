"""Rows of places whose points are known: real ones of a table of events, and rows made of the bundled places.

The made ones say a town as people do: its name alone, with a country and a unit behind it or beside it, misspelt, with
a type word, in phrases, as coordinates. Some are of towns that the index is to lack.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from gazetteer.arrays import Ints
from gazetteer.dates import EPOCH, day_number
from gazetteer.geometry.geodesy import destination
from gazetteer.index.store import Store

__all__ = ["Asked", "made_rows", "misspelt", "ucdp_rows"]

SEED = 20221
# Towns drawn from each country, one town more than once; and of all towns the share taken out of the index.
_TOWNS_A_COUNTRY, _HIDDEN = 8, 0.004
# Inhabitants of a town that no source counted.
_NOBODY = 1000.0
_COMPASS = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}


@dataclass(frozen=True)
class Asked:
    """A row whose point is known.

    Attributes
    ----------
    source
        Where it is from.
    cells
        Place phrases, finest first, each inside the next.
    country
        The country that is given beside them, alpha-3 or as it is written; None for none.
    land
        The country it lies in, by which the folds are made.
    day
        Days since 1970-01-01.
    lon, lat
        The true point, degrees.
    """

    source: str
    cells: tuple[str, ...]
    country: str | None
    land: str
    day: int
    lon: float
    lat: float


def ucdp_rows(path: Path) -> Iterator[Asked]:
    """Yield the rows of a table of UCDP's: their columns, and all that they say as one phrase."""
    for row in pd.read_csv(path, dtype=str, keep_default_na=False).to_dict(orient="records"):
        cells = tuple(str(row[name]) for name in ("where_coordinates", "adm_2", "adm_1"))
        day, land, at = day_number(row["date_start"]), row["country"], (float(row["longitude"]), float(row["latitude"]))
        yield Asked("ucdp: columns", cells, land, land, day, *at)
        yield Asked("ucdp: phrase", (", ".join(dict.fromkeys(filter(None, (*cells, land)))),), None, land, day, *at)


def made_rows(store: Store, seed: int = SEED) -> tuple[list[Asked], list[Asked], Ints]:
    """Return rows made of bundled places, rows of towns that the index is to lack, and the numbers of those towns.

    Parameters
    ----------
    store
        The opened bundled tables.
    seed
        Of the draw.
    """
    rng = random.Random(seed)
    frame = store.layer("cities").assign(number=store.numbers_of("cities")).dropna(subset=["country"])
    hidden = frame.sample(frac=_HIDDEN, random_state=seed)
    names = {str(unit): str(name) for unit, name in store.layer("admin1")[["id", "name"]].itertuples(index=False)}
    lands = {
        str(code): str(name) for code, name in store.layer("countries")[["country", "name"]].itertuples(index=False)
    }
    people = frame["population"].astype("float64").fillna(0) + _NOBODY
    drawn = (
        part.sample(_TOWNS_A_COUNTRY, replace=True, random_state=seed, weights=people[part.index])
        for _, part in frame.drop(hidden.index).groupby("country")
    )
    today = date.today().toordinal() - EPOCH
    whole = [row for town in pd.concat(drawn).itertuples() for row in _of_town(town, names, lands, today, rng)]
    lacking = [row for town in hidden.itertuples() for row in _of_hidden(town, names, lands, today)]
    return whole, lacking, hidden["number"].to_numpy("int64")


def _of_town(town: Any, units: dict[str, str], lands: dict[str, str], day: int, rng: random.Random) -> Iterator[Asked]:
    """Yield the ways in which a town may be said: about one of each kind for each second town."""
    name, land, unit = str(town.name), str(town.country), units.get(str(town.admin1), "")
    lon, lat = float(town.lon), float(town.lat)
    country = lands[land]

    def said(kind: str, *cells: str, hint: str | None = None, at: tuple[float, float] = (lon, lat)) -> Asked:
        return Asked(f"made: {kind}", cells, hint, land, day, *at)

    yield said("name", name)
    yield said("name with country", name, hint=land)
    yield said("name, country", f"{name}, {country}")
    if unit:
        yield said("name, unit, country", f"{name}, {unit}, {country}")
        yield said("columns", name, unit, country)
        yield said("columns", "Qwortz", name, unit, hint=land)
    wrong = misspelt(name, rng)
    yield said("misspelt with country", wrong, hint=land)
    yield said("misspelt, country", f"{wrong}, {country}")
    yield said("type word", f"{name} {rng.choice(('city', 'town', 'village', 'district', 'municipality'))}", hint=land)
    if unit:
        yield said("type word", f"{rng.choice(('city of', 'town of'))} {name}", unit, hint=land)
    toward, bearing = rng.choice(list(_COMPASS.items()))
    km = rng.choice((5, 15, 30, 60))
    away = destination(lon, lat, bearing, km)
    yield said("offset", f"{km} km {toward} of {name}", hint=land, at=away)
    yield said("offset", f"{km} km {toward} of {name}, {country}", at=away)
    yield said("near", f"{rng.choice(('near', 'outskirts of', 'vicinity of'))} {name}, {country}")
    digits = rng.choice((2, 3, 4))
    yield said("coordinates", f"{lat:.{digits}f}, {lon:.{digits}f}")
    yield said(
        "coordinates",
        f"{abs(lat):.{digits}f}°{'N' if lat >= 0 else 'S'} {abs(lon):.{digits}f}°{'E' if lon >= 0 else 'W'}",
    )


def _of_hidden(town: Any, units: dict[str, str], lands: dict[str, str], day: int) -> Iterator[Asked]:
    """Yield the ways in which a town that the index lacks may be said."""
    name, land, unit = str(town.name), str(town.country), units.get(str(town.admin1), "")

    def said(kind: str, *cells: str, hint: str | None = None) -> Asked:
        return Asked(f"lacking: {kind}", cells, hint, land, day, float(town.lon), float(town.lat))

    yield said("name", name)
    yield said("name with country", name, hint=land)
    yield said("name, country", f"{name}, {lands[land]}")
    if unit:
        yield said("columns", name, unit, hint=land)


def misspelt(name: str, rng: random.Random) -> str:
    """Return a name with one letter left out, doubled, exchanged with its neighbour, or another vowel.

    Examples
    --------
    >>> misspelt("Almaty", random.Random(1)) != "Almaty"
    True
    """
    letters = [i for i in range(1, len(name) - 1) if name[i].isalpha()]
    if not letters:
        return name + name[-1]
    i = rng.choice(letters)
    vowels = [vowel for vowel in "aeiou" if vowel != name[i]]
    ways: list[str] = [name[:i] + name[i + 1 :], name[:i] + name[i] + name[i:]]
    if name[i] in "aeiou":
        ways.append(name[:i] + rng.choice(vowels) + name[i + 1 :])
    if name[i + 1] != name[i]:
        ways.append(name[:i] + name[i + 1] + name[i] + name[i + 2 :])
    return rng.choice(ways)
