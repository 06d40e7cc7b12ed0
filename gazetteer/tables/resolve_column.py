"""Resolves a column of place phrases: one answer for each row.

A column (or columns, finest first) becomes a frame with the same index. Each distinct combination of phrase,
country and day is resolved once: names that the index holds all together, all others one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gazetteer.candidates.batch import changes, resolve_keys
from gazetteer.candidates.ranking import SMALL_PLACE
from gazetteer.dates import day_number
from gazetteer.errors import ArgumentError
from gazetteer.index.store import Store
from gazetteer.locks import FINDING, LOADING
from gazetteer.model import Area, Context
from gazetteer.names.normalize import normalize_name
from gazetteer.phrases.cells import is_empty_value
from gazetteer.phrases.meaning import Level
from gazetteer.phrases.parser import LONGEST
from gazetteer.phrases.resolver import Answer, Resolver
from gazetteer.score_calibration import calibrated_scores
from gazetteer.tables.levels import level_of_column

if TYPE_CHECKING:
    from gazetteer.geoparsing import Disambiguator

__all__ = ["COLUMNS", "resolve_column"]

COLUMNS = (
    "query",
    "status",
    "place_id",
    "name",
    "kind",
    "country",
    "admin1",
    "lon",
    "lat",
    "radius_km",
    "score",
    "method",
    "reason",
)
_PLACE_TEXTS = {"place_id": "id", "name": "name", "kind": "kind", "country": "country", "admin1": "admin1"}
_PLACE_NUMBERS = ("lon", "lat", "radius_km")


def resolve_column(
    resolver: Resolver,
    column: pd.Series | pd.DataFrame | Sequence[str | None],
    *,
    country: str | Iterable[str | None] | None,
    on: str | date | Iterable[Any] | None,
    context: Context = "row",
    disambiguator: Callable[[], Disambiguator],
) -> pd.DataFrame:
    """Resolve a column; see `gazetteer.api.Gazetteer.resolve_many`.

    Parameters
    ----------
    disambiguator
        Gives the model that the context ``file`` needs; called only then.
    """
    if context not in get_args(Context):
        raise ArgumentError(f"context: expected one of {', '.join(get_args(Context))}, got {context!r}.")
    texts = _columns(column)
    if context == "none":
        texts = [_finest(texts)]
    index = texts[0].index
    countries, eras = _spread(country, index, "country"), _eras(resolver, on, index)
    codes, firsts = _distinct([*texts, *(values for values in (countries, eras) if isinstance(values, pd.Series))])
    phrases = [_texts(text.iloc[firsts]) for text in texts]
    if isinstance(countries, pd.Series):
        hints = [resolver.countries.resolve(hint) for hint in _texts(countries.iloc[firsts])]
    else:
        hints = [resolver.countries.resolve(countries)] * len(firsts)
    days = eras.iloc[firsts].to_numpy("int64") if isinstance(eras, pd.Series) else np.full(len(firsts), eras, "int64")
    answers = _Answers(len(firsts))
    answers.resolve(resolver, phrases, hints, days, _levels(resolver, texts, phrases, hints, days))
    if context == "file":
        answers.tell_apart(resolver, disambiguator(), phrases, hints, days, np.bincount(codes, minlength=len(firsts)))
    answers.calibrate()
    return answers.frame(resolver, _queries(phrases), codes, index)


def _levels(
    resolver: Resolver,
    columns: list[pd.Series],
    phrases: list[list[str]],
    hints: list[str | None],
    days: NDArray[np.int64],
) -> list[Level]:
    """Return what each column holds; of one column, or of the finest, nobody asks."""
    levels: list[Level] = ["town"]
    for column, texts in zip(columns[1:], phrases[1:], strict=True):
        cells = dict.fromkeys(cell for cell in zip(texts, hints, days.tolist(), strict=True) if cell[0].strip())
        levels.append(level_of_column(str(column.name or ""), cells, resolver))
    return levels


def _columns(column: pd.Series | pd.DataFrame | Sequence[str | None]) -> list[pd.Series]:
    if isinstance(column, pd.DataFrame):
        return [column.iloc[:, i] for i in range(column.shape[1])]
    return [column if isinstance(column, pd.Series) else pd.Series(column, dtype=object)]


def _finest(columns: list[pd.Series]) -> pd.Series:
    """Return the first cell of each row that says something."""
    finest = columns[0].astype(object)
    for column in columns[1:]:
        finest = finest.mask(finest.isna() | (finest.astype(str).str.strip() == ""), column)
    return finest


def _texts(column: pd.Series) -> list[str]:
    missing = column.isna().tolist()
    return ["" if none else str(value) for value, none in zip(column.tolist(), missing, strict=True)]


def _queries(phrases: list[list[str]]) -> list[str]:
    if len(phrases) == 1:
        return [phrase if phrase.strip() else "" for phrase in phrases[0]]
    return [", ".join(part for part in parts if part.strip()) for parts in zip(*phrases, strict=True)]


def _spread(value: str | Iterable[str | None] | None, index: pd.Index, what: str) -> pd.Series | str | None:
    """Return a column of the length asked for; a scalar unchanged."""
    if value is None or isinstance(value, str):
        return value
    values = pd.Series(list(value), dtype=object)
    if len(values) != len(index):
        raise ArgumentError(f"{what}: expected one value, or {len(index)} like the column, got {len(values)}.")
    values.index = index
    return values


def _eras(resolver: Resolver, on: str | date | Iterable[Any] | None, index: pd.Index) -> pd.Series | int:
    """Return a day for each row, or for all; days between which no unit changed are one, and looked up once."""
    if on is None or isinstance(on, (str, date)):
        return day_number(on)
    values = pd.Series(list(on))
    if len(values) != len(index):
        raise ArgumentError(f"on: expected one date, or {len(index)} like the column, got {len(values)}.")
    try:
        stamps = pd.to_datetime(values, utc=True, format="ISO8601" if values.dtype == object else None)
    except (ValueError, TypeError) as error:
        raise ArgumentError(
            f"on: expected dates like 2022-01-10 or nothing, got one that cannot be read ({error})."
        ) from error
    known = stamps.notna().to_numpy()
    days = np.full(len(index), day_number(None), dtype="int64")
    days[known] = (stamps[known] - pd.Timestamp(0, tz="UTC")).dt.days.to_numpy()
    days_of_change = np.concatenate([[-10_000_000], changes(resolver.store)])
    return pd.Series(days_of_change[np.searchsorted(days_of_change, days, side="right") - 1], index=index)


def _distinct(columns: list[pd.Series]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each row the number of its distinct combination, and the first row of each."""
    codes, count = np.zeros(len(columns[0]), dtype="int64"), min(len(columns[0]), 1)
    for column in columns:
        part, levels = pd.factorize(column, use_na_sentinel=False)
        if count < 2:
            codes, count = part, len(levels)
        elif len(levels) > 1:
            codes, combinations = pd.factorize(codes * len(levels) + part)
            count = len(combinations)
    firsts = np.empty(count, dtype="int64")
    firsts[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)  # the last one written is the first
    return codes, firsts


class _Answers:
    """What n distinct phrases were found to mean, column by column."""

    def __init__(self, n: int) -> None:
        self.place = np.full(n, -1, dtype="int64")
        self.score = np.zeros(n)
        self.radius = np.full(n, np.nan)
        self.status = np.full(n, "unresolved", dtype=object)
        self.method = np.full(n, "none", dtype=object)
        self.reason = np.full(n, "", dtype=object)
        self.calibrated = np.zeros(n, dtype=bool)
        self.areas: dict[int, Area] = {}

    def resolve(
        self,
        resolver: Resolver,
        phrases: list[list[str]],
        hints: list[str | None],
        days: NDArray[np.int64],
        levels: list[Level],
    ) -> None:
        """Resolve names that the index holds together, all others one by one."""
        countries = np.array(hints, dtype=object)
        single = len(phrases) == 1
        numbers = self._numbers(resolver, phrases[0]) if single else np.full(len(hints), -1, dtype="int64")
        # Whether a country is called so is decided one by one.
        own = [number for key in resolver.names.own_names if (number := resolver.store.key_of(key, -1)) >= 0]
        known = np.flatnonzero((numbers >= 0) & ~np.isin(numbers, own))
        if len(known):
            capitals = np.array([phrases[0][i].isupper() for i in known])
            place, score, close, small = resolve_keys(
                resolver.names, numbers[known], countries[known], days[known], capitals=capitals
            )
            self.place[known], self.score[known] = place, score
            self.status[known] = np.where(close | small, "ambiguous", "matched")
            self.reason[known] = np.where(small, SMALL_PLACE, np.where(close, "a rival is close", ""))
            self.method[known] = "exact"
        both = [i for i in known if resolver.interpreter.has_two_readings(phrases[0][i])]
        self.place[both] = -1
        # Country by country, since what is remembered of one is asked for again by its other rows.
        left = np.flatnonzero(self.place < 0)
        for i in left[np.argsort([hints[i] or "" for i in left], kind="stable")]:
            row = [column[i] for column in phrases]
            answer = (
                resolver.resolve(row[0], country=hints[i], day=int(days[i]))
                if single
                else resolver.resolve_row(row, country=hints[i], day=int(days[i]), levels=levels)
            )
            self._set(int(i), answer)

    def tell_apart(
        self,
        resolver: Resolver,
        disambiguator: Disambiguator,
        phrases: list[list[str]],
        hints: list[str | None],
        days: NDArray[np.int64],
        rows: NDArray[np.int64],
    ) -> None:
        """Let names that stand alone in their row mean what the other rows of the file speak for."""
        with LOADING:
            from gazetteer.tables.cooccurrence import resolve_together

        filled = [[cell for cell in cells if cell.strip()] for cells in zip(*phrases, strict=True)]
        bare = [cells[0] if len(cells) == 1 and not hint else "" for cells, hint in zip(filled, hints, strict=True)]
        alone = (self._numbers(resolver, bare) >= 0) & (self.method == "exact") & (self.place >= 0)
        clear = self.status == "matched"
        certain = np.flatnonzero(~alone & clear & (self.place >= 0))
        at = np.flatnonzero(alone)
        with FINDING:
            place, chance = resolve_together(
                disambiguator,
                [bare[i] for i in at],
                self.place[at],
                clear[at],
                days[at],
                (self.place[certain], self.score[certain] * np.log1p(rows[certain])),
            )
        chosen = (place >= 0) & ((place != self.place[at]) | ~clear[at])
        changed = at[chosen]
        self.reason[changed] = np.where(place != self.place[at], "by the other rows of the file", "")[chosen]
        self.place[changed], self.score[changed], self.status[changed] = (
            place[chosen],
            chance[chosen].round(4),
            "matched",
        )
        self.calibrated[changed] = True  # the model of texts gives chances

    def calibrate(self) -> None:
        """Turn raw scores into the chance that an answer is right."""
        for method in set(self.method.tolist()):
            at = np.flatnonzero((self.method == method) & ~self.calibrated)
            self.score[at] = calibrated_scores(self.score[at], method)
        self.calibrated[:] = True

    def _numbers(self, resolver: Resolver, phrases: list[str]) -> NDArray[np.int64]:
        key_of, not_places = resolver.store.key_of, resolver.names.not_places
        numbers = np.full(len(phrases), -1, dtype="int64")
        for i, phrase in enumerate(phrases):
            if len(phrase) <= LONGEST:
                key = normalize_name(phrase)
                # Of figures and empty values the resolver says what they are.
                if key not in not_places and not key.isdigit() and not is_empty_value(phrase):
                    numbers[i] = key_of(key, -1) if key else -1
        # What a name of a lesser-used language means is weighed one by one, and whether a country is called so.
        numbers[np.isin(numbers, list(resolver.names.rare))] = -1
        return numbers

    def _set(self, i: int, answer: Answer) -> None:
        self.place[i], self.score[i], self.status[i] = answer.place, answer.score, answer.status
        self.method[i], self.reason[i] = answer.method, answer.reason
        if answer.area is not None:
            self.areas[i] = answer.area
        self.radius[i] = np.nan if answer.radius is None else answer.radius

    def _texts(self, store: Store, column: str) -> NDArray[np.object_]:
        """Return a column of texts of the places that were found, None for the others."""
        found = self.place >= 0
        values = np.full(len(self.place), None, dtype=object)
        values[found] = store.take(column, self.place[found])
        for i, area in self.areas.items():
            values[i] = getattr(area, column)
        return values

    def frame(self, resolver: Resolver, queries: list[str], codes: NDArray[np.int64], index: pd.Index) -> pd.DataFrame:
        """Return one row for each code."""
        store = resolver.store
        found = self.place >= 0
        at = self.place[found]
        columns: dict[str, Any] = {"query": _spelt(np.array(queries, dtype=object), codes)}
        for name, values in (("status", self.status), ("method", self.method), ("reason", self.reason)):
            columns[name] = _spelt(values, codes)
        texts = {name: self._texts(store, source) for name, source in _PLACE_TEXTS.items()}
        if store.seen is not None:
            texts["country"][:] = store.seen.countries(texts["place_id"], texts["country"], texts["admin1"])
        for name, values in texts.items():
            columns[name] = _spelt(values, codes)
        for name in _PLACE_NUMBERS:
            numbers = np.full(len(self.place), np.nan)
            numbers[found] = store.take(name, at)
            for i, area in self.areas.items():
                numbers[i] = getattr(area, name)
            if name == "radius_km":
                numbers = np.round(np.fmax(numbers, self.radius), 1)
            columns[name] = numbers[codes]
        placed = found.copy()
        placed[list(self.areas)] = True
        columns["score"] = np.where(placed, self.score, np.nan)[codes]
        return pd.DataFrame({name: columns[name] for name in COLUMNS}, index=index)


def _spelt(values: NDArray[np.object_], codes: NDArray[np.int64]) -> pd.Categorical:
    """Return a categorical that has a value for each code; None is missing."""
    part, levels = pd.factorize(values)
    return pd.Categorical.from_codes(part[codes], categories=pd.Index(levels, dtype=object))
