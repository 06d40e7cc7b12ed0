"""Calibrates the scores of matches: ``python -m gazetteer.build.calibrate_scores GED.csv [-o score_calibration.csv]``.

Rows whose points are known give a table that says, for each method and status of `gazetteer.Match`, how often an
answer of each raw score is right. An answer is right when the true point lies within its radius, or within 10 km. A
status of few answers takes the line of its method, moved as far as these answers tell; and no ambiguous answer is surer
than a matched one of the same method and raw score.

Two sources; the real one has three quarters of the weight of each method, as far as its rows are not too few for that:

- GED.csv has the columns of UCDP's Georeferenced Event Dataset (https://ucdp.uu.se, CC BY 4.0): words
  (where_coordinates, adm_2, adm_1, country), a day, and the coordinates that coders gave.
- Rows made of the bundled towns and units, as many of each country, a town as often as it has people: names alone,
  with a country and a unit behind them or beside them, misspelt, with a type word, in phrases, as coordinates; and, as
  one row in twenty, names of towns that were taken out of the index first, as no index has every village.

No row of either is kept. Printed is, for each method and status, the expected calibration error before and after, on
countries that the fit did not see.
"""

from __future__ import annotations

import argparse
import csv
import random
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from gazetteer.arrays import Floats, Ints
from gazetteer.dates import EPOCH, day_number
from gazetteer.geometry.geodesy import destination, haversine_km
from gazetteer.geometry.groups import BUNDLED
from gazetteer.index.store import Store
from gazetteer.model import Status
from gazetteer.phrases.resolver import Answer, Resolver
from gazetteer.score_calibration import RIGHT_KM, ScoreTable

__all__ = ["Asked", "ask", "in_order", "made_rows", "moved", "tables", "ucdp_rows"]

SEED = 20221
# Towns drawn from each country, one town more than once; and of all towns the share taken out of the index.
_TOWNS_A_COUNTRY, _HIDDEN = 8, 0.004
# Inhabitants of a town that no source counted.
_NOBODY = 1000.0
# The share of made rows that name a town which the index lacks, the share of real rows among all, by weight, and how
# many made rows a real one weighs at the most.
_LACKING, _REAL, _MOST = 0.05, 0.75, 60.0
_FOLDS = 5
# How steep a table is at the least, so that no two scores become one.
_STEP = 0.01
# No answer is surer: of the rows of a table none may be wrong and of a user's some.
_MOST_SURE = 0.995
# Rows of a step of the table at the least; fewer say little of how often answers are right.
_FEWEST = 50
# A method with fewer rows keeps its raw score; a status with fewer takes its method's line, as if so many answers of
# the method stood beside its own.
_FEWEST_OF_METHOD, _BESIDE = 100, 20
_STATUSES: tuple[Status, ...] = ("ambiguous", "matched")
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


def resolver_without(folder: Path, hidden: Ints) -> Resolver:
    """Return a resolver over the tables of a folder from whose index some places are gone."""
    store = Store(folder)
    postings, key_of, postings_of = store.postings, store.key_of, store.index.postings_of

    def left(number: int) -> tuple[Ints, Any]:
        places, rows = postings(number)
        kept = ~np.isin(places, hidden)
        return places[kept], np.arange(rows.start, rows.stop)[kept] if isinstance(rows, slice) else rows[kept]

    def known(key: str, default: int = -1) -> int:
        number = key_of(key, -1)
        return number if number >= 0 and len(left(number)[0]) else default

    def left_of(places: Any) -> tuple[Ints, Ints]:
        gone = places.copy()
        gone[hidden] = False
        return postings_of(gone)

    changed: dict[str, Callable[..., Any]] = {"postings": left, "key_of": known}
    for name, function in changed.items():
        setattr(store, name, function)
    store.index.postings_of = left_of  # type: ignore[method-assign]
    return Resolver(store)


def ask(resolver: Resolver, rows: list[Asked]) -> pd.DataFrame:
    """Return what the answers to the rows are: source, land, method, status, raw score, and whether it is right."""
    lines = []
    for row in rows:
        hint = None if row.country is None else resolver.countries.resolve(row.country)
        answer = resolver.resolve_row(list(row.cells), country=hint, day=row.day)
        if answer.area is None and answer.place < 0:
            continue
        lon, lat, radius = _spot(resolver.store, answer)
        away = float(haversine_km(lon, lat, row.lon, row.lat))
        right = away <= max(radius, RIGHT_KM)
        lines.append((row.source, row.land, answer.method, answer.status, answer.score, right, " ¦ ".join(row.cells)))
    return pd.DataFrame(lines, columns=["source", "land", "method", "status", "raw", "right", "cells"])


def weights(answers: pd.DataFrame) -> Floats:
    """Return how much each answer counts, as the module's docstring says."""
    weight = np.ones(len(answers))
    source = answers["source"].str.partition(":")[0]
    made, lacking = (source == "made").to_numpy(), (source == "lacking").to_numpy()
    weight[lacking] = _LACKING / (1 - _LACKING) * made.sum() / max(lacking.sum(), 1)
    for at in answers.groupby("method").indices.values():
        real = ~made[at] & ~lacking[at]
        if real.any():
            weight[at[real]] = min(_REAL / (1 - _REAL) * weight[at[~real]].sum() / real.sum(), _MOST)
    return weight


def fit(raw: Floats, right: Floats, weight: Floats) -> list[tuple[float, float]]:
    """Return points (raw score, share right) of a rising line: isotonic regression, each step by its two ends.

    Steps of few rows are joined with the next, and what is seen is shrunk by one row that is half right.
    """
    at, of, rows = np.unique(raw, return_inverse=True, return_counts=True)
    mass = np.bincount(of, weight)
    good = np.bincount(of, weight * right)
    level = np.asarray(isotonic_regression(good / mass, weights=mass).x)
    points: list[tuple[float, float]] = []
    first = 0
    for end in _ends(level):
        here = slice(first, end)
        if rows[here].sum() < _FEWEST and end < len(at):
            continue
        one = mass[here].sum() / rows[here].sum()
        share = float((good[here].sum() + one / 2) / (mass[here].sum() + one))
        points += [(float(at[edge]), share) for edge in dict.fromkeys((first, end - 1))]
        first = end
    return points


def _ends(level: Floats) -> list[int]:
    """Return where each run of equal values ends."""
    return [*(np.flatnonzero(np.diff(level)) + 1).tolist(), len(level)]


def tables(answers: pd.DataFrame) -> dict[tuple[str, Status], ScoreTable]:
    """Return the table of each method that has enough rows, for each status."""
    weight = weights(answers)
    raw, right = (answers[name].to_numpy("float64") for name in ("raw", "right"))
    found: dict[tuple[str, Status], ScoreTable] = {}
    methods, statuses = (answers[name].to_numpy(dtype=object) for name in ("method", "status"))
    for method in sorted(set(methods)):
        of_method = np.flatnonzero(methods == method)
        if len(of_method) < _FEWEST_OF_METHOD:
            continue
        whole = _table(fit(raw[of_method], right[of_method], weight[of_method]))
        lines: dict[Status, ScoreTable] = {}
        least = 1.0
        for status in _STATUSES:
            at = of_method[statuses[of_method] == status]
            if len(at) >= _FEWEST_OF_METHOD:
                lines[status] = _table(fit(raw[at], right[at], weight[at]))
            else:
                lines[status] = moved(whole, raw[at], right[at], weight[at])
            # A few matched answers hold no line of many ambiguous ones down.
            if status == "matched" and len(at) >= _FEWEST_OF_METHOD:
                least = float(raw[at].min())
        ambiguous, matched = in_order(lines["ambiguous"], lines["matched"], least)
        found |= {(method, "ambiguous"): ambiguous, (method, "matched"): matched}
    return found


def moved(table: ScoreTable, raw: Floats, right: Floats, weight: Floats) -> ScoreTable:
    """Return a table moved, in log odds, to the share that is right among a few answers.

    Examples
    --------
    >>> whole = ScoreTable((0.0, 0.5, 1.0), (0.0, 0.9, 0.99))
    >>> few = np.full(20, 0.5)
    >>> [moved(whole, few[:n], np.zeros(n), np.ones(n)).right[1] for n in (0, 20)]
    [0.9, 0.45]
    """
    if not len(raw):
        return table
    rows = weight / weight.mean()
    expected = float(np.average(table.right_at(raw), weights=weight))
    seen = (float(rows @ right) + _BESIDE * expected) / (len(raw) + _BESIDE)
    by = _log_odds(seen) - _log_odds(expected)
    shares = [1 / (1 + np.exp(-_log_odds(share) - by)) if 0 < share < 1 else share for share in table.right]
    return _table([(at, float(share)) for at, share in zip(table.raw, shares, strict=True)])


def in_order(ambiguous: ScoreTable, matched: ScoreTable, least: float) -> tuple[ScoreTable, ScoreTable]:
    """Return two tables of which that of ambiguous answers lies nowhere above the other.

    Parameters
    ----------
    ambiguous, matched
        The tables of one method.
    least
        The least raw score of a matched answer: below it the table of the matched says nothing and gives way.
    """
    raw = np.unique([*ambiguous.raw, *matched.raw, least])
    low, high = ambiguous.right_at(raw), matched.right_at(raw)
    high = np.maximum.accumulate(np.where(raw < least, np.maximum(low, high), high))
    return _table(zip(raw, np.minimum(low, high), strict=True)), _table(zip(raw, high, strict=True))


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _table(points: Iterable[tuple[float, float]]) -> ScoreTable:
    told = rising(points)
    return ScoreTable(tuple(raw for raw, _ in told), tuple(share for _, share in told))


def rising(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points from 0 to 1 that rise at every step, so that no two scores become one.

    Above the last raw score that was seen nothing is surer than it.
    """
    out = [(0.0, 0.0)]
    for raw, share in (*points, (1.0, 0.0)):
        if raw > out[-1][0]:
            step = out[-1][1] + _STEP * (raw - out[-1][0])
            out.append((round(float(raw), 4), round(min(max(float(share), step), _MOST_SURE), 4)))
    return out


def held_out(answers: pd.DataFrame) -> Floats:
    """Return the score that a fit on the other countries gives to each answer."""
    score = answers["raw"].to_numpy("float64").copy()
    fold = np.array([zlib.crc32(land.encode()) % _FOLDS for land in answers["land"]])
    for k in range(_FOLDS):
        fitted = tables(answers[fold != k])
        for (method, status), table in fitted.items():
            of_kind = (answers["method"] == method) & (answers["status"] == status)
            at = np.flatnonzero((fold == k) & of_kind.to_numpy())
            score[at] = table.right_at(score[at])
    return score


def _spot(store: Store, answer: Answer) -> tuple[float, float, float]:
    """Return lon, lat and the radius of an answer."""
    if answer.area is not None:
        lon, lat, radius = answer.area.lon, answer.area.lat, answer.area.radius_km
    else:
        at = store.index.values(("lon", "lat", "radius_km"), np.array([answer.place]))
        lon, lat, radius = (float(at[name][0]) for name in ("lon", "lat", "radius_km"))
    return lon, lat, max(radius, answer.radius or 0.0)


def error(score: Floats, right: Floats, weight: Floats) -> float:
    """Return the expected calibration error over ten bins: the mean distance between score and share right."""
    bins = np.minimum((score * 10).astype(int), 9)
    of_bin = (bins == b for b in range(10))
    gaps = [abs(float(((score - right) * weight)[here].sum())) for here in of_bin]
    return sum(gaps) / float(weight.sum())


def main() -> None:
    """Fit the tables, print what they were measured at, and write them where that is asked for."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("path", type=Path)
    arguments.add_argument("-o", "--output", type=Path)
    asked = arguments.parse_args()
    store = Store(BUNDLED)
    whole, lacking, hidden = made_rows(store)
    answers = pd.concat(
        [
            ask(Resolver(store), [*ucdp_rows(asked.path), *whole]),
            ask(resolver_without(BUNDLED, hidden), lacking),
        ],
        ignore_index=True,
    )
    score, weight = held_out(answers), weights(answers)
    right, raw = answers["right"].to_numpy("float64"), answers["raw"].to_numpy("float64")
    real = answers["source"].str.startswith("ucdp").to_numpy()
    print("method      status     answers  right  raw ECE  ECE held out  real answers  right  raw ECE  ECE held out")
    methods, statuses = (answers[name].to_numpy(dtype=object) for name in ("method", "status"))
    for method, status in sorted({*zip(methods, statuses, strict=True), *((method, "") for method in methods)}):
        at = np.flatnonzero((methods == method) & ((statuses == status) | (status == "")))
        cells = f"{method:<11} {status or 'both':<9} {len(at):>8}"
        for here in (at, at[real[at]]):
            if len(here):
                before, after = (error(s[here], right[here], weight[here]) for s in (raw, score))
                share = np.average(right[here], weights=weight[here])
                cells += f" {len(here):>13}" if here is not at else ""
                cells += f" {share:>6.3f} {before:>8.3f} {after:>13.3f}"
        print(cells)
    if asked.output:
        write_tables(asked.output, tables(answers))


def write_tables(path: Path, fitted: dict[tuple[str, Status], ScoreTable]) -> None:
    """Write the tables as CSV: method, status, raw score, share right."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("method", "status", "raw", "right"))
        for key, table in sorted(fitted.items()):
            writer.writerows((*key, raw, right) for raw, right in zip(table.raw, table.right, strict=True))


if __name__ == "__main__":
    main()
