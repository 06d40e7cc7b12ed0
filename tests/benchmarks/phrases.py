"""Place phrases, in one run: ``python tests/benchmarks/phrases.py``.

Prints phrases a second: for a column of distinct phrases of which a tenth are directions and distances, against the
same column with the bare names instead, and for phrases one by one. Then the seconds of a group's geometry, when it
is made and when it is at hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import gazetteer

COLUMN, SINGLE = 100_000, 10_000
WINDS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
RULES = (
    "{km} km {wind} of {name}", "{wind} of {name}", "near {name}", "{wind}ern {name}", "outskirts of {name}",
    "about {km} miles from {name}", "{name} ({km} km {wind} of it)", "a village {km} km {wind} of {name}",
)  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def names(gaz: gazetteer.Gazetteer) -> np.ndarray:
    """Return distinct names of towns in random order."""
    towns = pd.unique(gaz.layer("cities")["name"])
    return np.random.default_rng(1).permutation(towns[pd.Series(towns).str.fullmatch(r"[A-Z][a-z]{3,}")])


def phrases(towns: np.ndarray, n: int) -> list[str]:
    """Return n distinct phrases with directions and distances."""
    draw = np.random.default_rng(2)
    made: dict[str, None] = {}
    while len(made) < n:
        rule, name = RULES[draw.integers(6)], towns[draw.integers(len(towns))]
        made[rule.format(km=draw.integers(1, 99), wind=WINDS[draw.integers(8)], name=name)] = None
    return list(made)


def columns(gaz: gazetteer.Gazetteer) -> None:
    every = pd.unique(gaz.store.names()["name"])
    plain = [name for name in np.random.default_rng(3).permutation(every)[:COLUMN] if name]
    tenth = phrases(names(gaz), COLUMN // 10)
    mixed = [*plain[: COLUMN - len(tenth)], *tenth]
    gaz.resolve_many(plain[:1000])
    bare, whole = (seconds(lambda column=column: gaz.resolve_many(column)) for column in (plain, mixed))
    print(f"resolve_many, {COLUMN:,} distinct names: {COLUMN / bare:,.0f} a second")
    print(f"the same, a tenth with directions or distances: {COLUMN / whole:,.0f} a second")
    print(f"the second column / the first: {whole / bare:.1f} times as long")


def single(gaz: gazetteer.Gazetteer) -> None:
    made = phrases(names(gaz)[::-1], SINGLE)
    taken = seconds(lambda: [gaz.resolve(phrase) for phrase in made])
    print(f"resolve, {SINGLE:,} distinct phrases with directions or distances: {SINGLE / taken:,.0f} a second")


def geometry(gaz: gazetteer.Gazetteer) -> None:
    for phrase in ("African Union members", "NATO members except Turkey", "western Kazakhstan", "northern Japan"):
        first, again = (seconds(lambda phrase=phrase: gaz.resolve(phrase).geometry) for _ in range(2))
        print(f"geometry of {phrase}: {first * 1000:,.1f} ms, at hand {again * 1000:.2f} ms")


if __name__ == "__main__":
    opened = gazetteer.load()
    columns(opened)
    single(opened)
    geometry(opened)
