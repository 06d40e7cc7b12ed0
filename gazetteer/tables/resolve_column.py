"""Resolves a column of place phrases: each distinct combination of phrase, country and day once.

Names that the index holds are resolved all together, all others one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gazetteer.candidates.batch import changes, resolve_keys
from gazetteer.candidates.name_index import SMALL_NAMESAKE, SMALL_PLACE
from gazetteer.dates import day_number
from gazetteer.errors import ArgumentError
from gazetteer.index.store import Store
from gazetteer.locks import FINDING, LOADING
from gazetteer.model import Area, Context
from gazetteer.names.normalize import normalize_name
from gazetteer.phrases.answer import Answer
from gazetteer.phrases.cells import is_empty_value
from gazetteer.phrases.meaning import Level
from gazetteer.phrases.parser import LONGEST
from gazetteer.phrases.patterns import JOINED
from gazetteer.phrases.resolver import Resolver
from gazetteer.score_calibration import calibrated_scores
from gazetteer.tables.distinct_texts import Texts
from gazetteer.tables.levels import level_in_name, level_of_column
from gazetteer.tables.timeless import are_timeless
from gazetteer.tables.worded_phrases import resolve_worded

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
_TYPED_TOWN = re.compile(r"^(?i:city|town|village)\s+of\s|\s(?:city|town|village)$")
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
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Resolve a column; see `gazetteer.api.Gazetteer.resolve_distinct`.

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
    cells = [Texts.of(text) for text in texts]
    named = Texts.of(countries) if isinstance(countries, pd.Series) else Texts.repeated(countries or "", len(index))
    codes, firsts = _distinct([*(cell.numbers for cell in cells), named.numbers])
    phrases = [cell.take(firsts) for cell in cells]
    known = np.array(resolver.countries.resolve_together(named.distinct), dtype=object)
    hints = known[named.numbers[firsts]]
    keys = _keys(resolver, phrases[0]) if len(phrases) == 1 else np.full(len(firsts), -1, dtype="int64")
    days = eras[firsts]
    if len(eras) and eras.min() != eras.max():
        if context != "file":  # where the rows speak for one another, they do so day by day
            # What means the same on every day is asked about once, on the day of its first row.
            eras = np.where(are_timeless(resolver, keys, hints)[codes], days[codes], eras)
        codes, firsts = _distinct([(combinations := codes), eras])
        of = combinations[firsts]
        phrases, hints, keys, days = [text.take(of) for text in phrases], hints[of], keys[of], eras[firsts]
    answers = _Answers(len(firsts))
    answers.resolve(resolver, phrases, keys, hints, days, _levels(resolver, texts, phrases, hints, days))
    if context == "file":
        answers.tell_apart(resolver, disambiguator(), phrases, hints, days, np.bincount(codes, minlength=len(firsts)))
    answers.calibrate()
    return answers.frame(resolver, _queries(phrases), firsts), codes


def _levels(
    resolver: Resolver,
    columns: list[pd.Series],
    phrases: list[Texts],
    hints: NDArray[np.object_],
    days: NDArray[np.int64],
) -> list[Level]:
    """Return what each column holds; the finest holds towns unless its name tells otherwise."""
    levels: list[Level] = [level_in_name(str(columns[0].name or "")) or "town"]
    for column, texts in zip(columns[1:], phrases[1:], strict=True):
        rows = zip(texts.tolist(), hints.tolist(), days.tolist(), strict=True)
        cells = dict.fromkeys(cell for cell in rows if cell[0].strip())
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


def _queries(phrases: list[Texts]) -> NDArray[np.object_]:
    """Return what was asked, the parts of a row with commas between."""
    if len(phrases) == 1:
        return phrases[0].each(lambda phrase: phrase if phrase.strip() else "", object)
    rows = zip(*(texts.tolist() for texts in phrases), strict=True)
    return np.array([", ".join(part for part in parts if part.strip()) for parts in rows], dtype=object)


def _spread(value: str | Iterable[str | None] | None, index: pd.Index, what: str) -> pd.Series | str | None:
    """Return a column of the length asked for; a scalar unchanged."""
    if value is None or isinstance(value, str):
        return value
    values = value if isinstance(value, pd.Series) else pd.Series(list(value), dtype=object)
    if len(values) != len(index):
        raise ArgumentError(f"{what}: expected one value, or {len(index)} like the column, got {len(values)}.")
    return values.set_axis(index)


def _eras(resolver: Resolver, on: str | date | Iterable[Any] | None, index: pd.Index) -> NDArray[np.int64]:
    """Return a day for each row; days between which no unit changed are one, and looked up once."""
    if on is None or isinstance(on, (str, date)):
        return np.full(len(index), day_number(on), dtype="int64")
    values = on if isinstance(on, pd.Series) and on.dtype.kind == "M" else pd.Series(list(on))
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
    days_of_change = np.unique([-10_000_000, *changes(resolver.store), *resolver.days_of_change])
    return days_of_change[np.searchsorted(days_of_change, days, side="right") - 1]


def _distinct(columns: list[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each row the number of its distinct combination of whole numbers, and the first row of each."""
    codes, count = np.zeros(len(columns[0]), dtype="int64"), min(len(columns[0]), 1)
    for column in columns:
        part, levels = pd.factorize(column)
        if count < 2:
            codes, count = part, len(levels)
        elif len(levels) > 1:
            codes, combinations = pd.factorize(codes * len(levels) + part)
            count = len(combinations)
    firsts = np.empty(count, dtype="int64")
    firsts[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)  # the last one written is the first
    return codes, firsts


def _keys(resolver: Resolver, phrases: Texts) -> NDArray[np.int64]:
    """Return the number of the key of each of n names that are looked up together; -1 for all that is read."""
    keys = _numbers(resolver, phrases)
    # Whether a country is called so is decided one by one, and whether a part of one, or two names, may be meant.
    own = [number for key in resolver.names.own_names if (number := resolver.store.key_of(key, -1)) >= 0]
    keys[np.isin(keys, own)] = -1
    two = resolver.interpreter.has_two_readings
    keys[phrases.each(lambda phrase: two(phrase) or JOINED.search(phrase) is not None, bool)] = -1
    return keys


def _numbers(resolver: Resolver, phrases: Texts) -> NDArray[np.int64]:
    """Return the number of each phrase's key; -1 where the resolver is to read it."""
    not_places = resolver.names.not_places

    def number(phrase: str) -> int:
        if len(phrase) > LONGEST:
            return -1
        key = normalize_name(phrase)
        # Of figures and empty values the resolver says what they are, and whether "City of X" is X.
        refused = key in not_places or key.isdigit() or is_empty_value(phrase)
        plain = key and not refused and not _TYPED_TOWN.search(phrase)
        return resolver.store.key_of(key, -1) if plain else -1

    numbers = phrases.each(number, np.int64)
    # What a name of a lesser-used language means is weighed one by one, and whether a country is called so.
    numbers[np.isin(numbers, list(resolver.names.rare))] = -1
    return numbers


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
        phrases: list[Texts],
        keys: NDArray[np.int64],
        hints: NDArray[np.object_],
        days: NDArray[np.int64],
        levels: list[Level],
    ) -> None:
        """Resolve names that the index holds, by the numbers of their keys, together; all others one by one."""
        single = len(phrases) == 1
        known = np.flatnonzero(keys >= 0)
        if len(known):
            capitals = phrases[0].each(str.isupper, bool)[known]
            place, score, close, small = resolve_keys(
                resolver.names, keys[known], hints[known], days[known], capitals=capitals
            )
            self.place[known], self.score[known] = place, score
            self.status[known] = np.where(close | small, "ambiguous", "matched")
            of_small = np.where(hints[known] == None, SMALL_PLACE, SMALL_NAMESAKE)  # noqa: E711 - elementwise
            self.reason[known] = np.where(small, of_small, np.where(close, "a rival is close", ""))
            self.method[known] = "exact"
            # What a day says of a place is told one by one.
            self.place[known[resolver.places_on_day.are_special(place, days[known])]] = -1
            kinds = resolver.store.take("kind", np.maximum(place, 0))
            # Whether the airport is meant, or its town, is decided one by one.
            self.place[known[kinds == "airport"]] = -1
            unit, in_country = np.isin(kinds, ("admin1", "admin2")), hints[known] != None  # noqa: E711 - elementwise
            if levels[0] == "town":
                # Where a country is known, a city is meant rather than the unit of its name: one by one.
                self.place[known[unit & in_country]] = -1
            elif levels[0] == "units":
                # Of a town, in a country of whatever is no unit, the unit of that name is meant: one by one.
                self.place[known[(kinds == "city") | (~unit & in_country)]] = -1
        left = np.flatnonzero(self.place < 0)
        if single:
            left = self._resolve_worded(resolver, phrases[0].take(left), left, hints, days)
        rows = list(zip(*(texts.take(left).tolist() for texts in phrases), strict=True))
        # Country by country, since what is remembered of one is asked for again by its other rows.
        for at in np.argsort([hint or "" for hint in hints[left]], kind="stable"):
            i, row = left[at], rows[at]
            answer = (
                resolver.resolve(row[0], country=hints[i], day=int(days[i]))
                if single and levels[0] != "units"
                else resolver.resolve_row(list(row), country=hints[i], day=int(days[i]), levels=levels)
            )
            self._set(int(i), answer)

    def _resolve_worded(
        self,
        resolver: Resolver,
        phrases: Texts,
        at: NDArray[np.int64],
        hints: NDArray[np.object_],
        days: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Resolve those of some phrases together that ask for something of a town; return where the others are."""
        read = {text: resolver.wordings.read(phrases.distinct[text]) for text in np.unique(phrases.numbers).tolist()}
        wordings = np.array([read[text] for text in phrases.numbers.tolist()], dtype=object)
        worded = np.flatnonzero(wordings != None)  # noqa: E711 - elementwise
        some = at[worded]
        answers = resolve_worded(resolver, wordings[worded].tolist(), hints[some], days[some])
        for i, answer in zip(some.tolist(), answers, strict=True):
            if answer is not None:
                self._set(i, answer)
        decided = np.array([answer is not None for answer in answers], dtype=bool)
        return np.delete(at, worded[decided])

    def tell_apart(
        self,
        resolver: Resolver,
        disambiguator: Disambiguator,
        phrases: list[Texts],
        hints: NDArray[np.object_],
        days: NDArray[np.int64],
        rows: NDArray[np.int64],
    ) -> None:
        """Let names that stand alone in their row mean what the other rows of the file speak for."""
        with LOADING:
            from gazetteer.tables.cooccurrence import resolve_together

        rows_of_cells = zip(*(texts.tolist() for texts in phrases), strict=True)
        filled = [[cell for cell in cells if cell.strip()] for cells in rows_of_cells]
        bare = [cells[0] if len(cells) == 1 and not hint else "" for cells, hint in zip(filled, hints, strict=True)]
        named = _numbers(resolver, Texts(bare, np.arange(len(bare)))) >= 0
        alone = named & (self.method == "exact") & (self.place >= 0)
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
        for method, status in set(zip(self.method.tolist(), self.status.tolist(), strict=True)):
            at = np.flatnonzero((self.method == method) & (self.status == status) & ~self.calibrated)
            self.score[at] = calibrated_scores(self.score[at], method, status)
        self.calibrated[:] = True

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

    def frame(self, resolver: Resolver, queries: NDArray[np.object_], firsts: NDArray[np.int64]) -> pd.DataFrame:
        """Return a row an answer, under the number of the first row that has it."""
        store = resolver.store
        found = self.place >= 0
        at = self.place[found]
        columns: dict[str, Any] = {"query": _spelt(queries)}
        for name, values in (("status", self.status), ("method", self.method), ("reason", self.reason)):
            columns[name] = _spelt(values)
        texts = {name: self._texts(store, source) for name, source in _PLACE_TEXTS.items()}
        if store.seen is not None:
            texts["country"][:] = store.seen.countries(texts["place_id"], texts["country"], texts["admin1"])
        for name, values in texts.items():
            columns[name] = _spelt(values)
        for name in _PLACE_NUMBERS:
            numbers = np.full(len(self.place), np.nan)
            numbers[found] = store.take(name, at)
            for i, area in self.areas.items():
                numbers[i] = getattr(area, name)
            if name == "radius_km":
                numbers = np.round(np.fmax(numbers, self.radius), 1)
            columns[name] = numbers
        placed = found.copy()
        placed[list(self.areas)] = True
        columns["score"] = np.where(placed, self.score, np.nan)
        return pd.DataFrame({name: columns[name] for name in COLUMNS}, index=firsts)


def _spelt(values: NDArray[np.object_]) -> pd.Categorical:
    """Return texts as a categorical; None is missing."""
    codes, levels = pd.factorize(values)
    return pd.Categorical.from_codes(codes, categories=pd.Index(levels, dtype=object))
