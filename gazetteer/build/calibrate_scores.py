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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gazetteer.arrays import Ints
from gazetteer.build.known_rows import Asked, made_rows, ucdp_rows
from gazetteer.build.score_fit import answer_weights, calibration_error, held_out, score_tables
from gazetteer.bundled import BUNDLED
from gazetteer.geometry.geodesy import haversine_km
from gazetteer.index.store import Store
from gazetteer.model import Status
from gazetteer.phrases.answer import Answer
from gazetteer.phrases.resolver import Resolver
from gazetteer.score_calibration import RIGHT_KM, ScoreTable

__all__ = ["ask"]


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


def _spot(store: Store, answer: Answer) -> tuple[float, float, float]:
    """Return lon, lat and the radius of an answer."""
    if answer.area is not None:
        lon, lat, radius = answer.area.lon, answer.area.lat, answer.area.radius_km
    else:
        at = store.index.values(("lon", "lat", "radius_km"), np.array([answer.place]))
        lon, lat, radius = (float(at[name][0]) for name in ("lon", "lat", "radius_km"))
    return lon, lat, max(radius, answer.radius or 0.0)


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
    for line in _report(answers):
        print(line)
    if asked.output:
        write_tables(asked.output, score_tables(answers))


def _report(answers: pd.DataFrame) -> Iterator[str]:
    """Yield a line for each method and status: how many answers are right, and the calibration error of the scores."""
    score, weight = held_out(answers), answer_weights(answers)
    right, raw = answers["right"].to_numpy("float64"), answers["raw"].to_numpy("float64")
    real = answers["source"].str.startswith("ucdp").to_numpy()
    yield "method      status     answers  right  raw ECE  ECE held out  real answers  right  raw ECE  ECE held out"
    methods, statuses = (answers[name].to_numpy(dtype=object) for name in ("method", "status"))
    for method, status in sorted({*zip(methods, statuses, strict=True), *((method, "") for method in methods)}):
        at = np.flatnonzero((methods == method) & ((statuses == status) | (status == "")))
        cells = f"{method:<11} {status or 'both':<9} {len(at):>8}"
        for here in (at, at[real[at]]):
            if len(here):
                before, after = (calibration_error(s[here], right[here], weight[here]) for s in (raw, score))
                share = np.average(right[here], weights=weight[here])
                cells += f" {len(here):>13}" if here is not at else ""
                cells += f" {share:>6.3f} {before:>8.3f} {after:>13.3f}"
        yield cells


def write_tables(path: Path, fitted: dict[tuple[str, Status], ScoreTable]) -> None:
    """Write the tables as CSV: method, status, raw score, share right."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("method", "status", "raw", "right"))
        for key, table in sorted(fitted.items()):
            writer.writerows((*key, raw, right) for raw, right in zip(table.raw, table.right, strict=True))


if __name__ == "__main__":
    main()
