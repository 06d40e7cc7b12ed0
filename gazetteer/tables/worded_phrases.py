"""Resolves phrases that ask for something of a town, "30 km southwest of Kandahar", all those of a column together.

The names are weighed as one column, and the ways that lead away from them measured together. The answers are those
that the resolver gives one by one; what it decides by more than the weights of a name's readings is left to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.candidates.batch import readings_of_keys
from gazetteer.candidates.countries import FILED
from gazetteer.candidates.found import QUALITY
from gazetteer.candidates.name_index import SHARED_NAMES, SMALL, SMALL_NAMESAKE, SMALL_PLACE, SMALL_QUALITY
from gazetteer.candidates.ranking import Readings, decide
from gazetteer.geometry.formulas import Derivation, is_number
from gazetteer.phrases.answer import Answer
from gazetteer.phrases.composition import ASKED_FOR
from gazetteer.phrases.meaning import Meaning, Scope
from gazetteer.phrases.operands import TOWNS
from gazetteer.phrases.operations import is_mere_part, offset_literals
from gazetteer.phrases.resolver import Resolver
from gazetteer.phrases.tree import Name, Term
from gazetteer.phrases.wordings import Wording

__all__ = ["resolve_worded"]

# So many phrases at a time: what is made of their readings stays in the processor's caches.
_AT_ONCE = 4_096
# Shorter names are looked at one by one.
_SHORTEST = 3


def resolve_worded(
    resolver: Resolver, wordings: Sequence[Wording], countries: NDArray[np.object_], days: Ints
) -> list[Answer | None]:
    """Resolve n phrases; None where the resolver is to decide.

    Parameters
    ----------
    wordings
        What the phrases ask for, and of which name.
    countries, days
        Of n phrases: alpha-3 that it lies in or None, days since 1970.
    """
    answers: list[Answer | None] = [None] * len(wordings)
    if resolver.store.seen is not None:
        return answers
    keys = _keys(resolver, wordings)
    keys[np.isin(countries.astype(str), list(FILED))] = -1
    at = np.flatnonzero(keys >= 0)
    for some in (at[first : first + _AT_ONCE] for first in range(0, len(at), _AT_ONCE)):
        asked = [wordings[i] for i in some]
        towns = _towns(resolver, asked, keys[some], countries[some], days[some])
        found = _answers(resolver, asked, towns, countries[some], days[some])
        for i, answer in zip(some[towns.at].tolist(), found, strict=True):
            answers[i] = answer
    return answers


def _keys(resolver: Resolver, wordings: Sequence[Wording]) -> Ints:
    """Return the number of the key of each name; -1 where more is asked than the weights of its readings tell."""
    names = resolver.names
    own = {names.store.key_of(key, -1) for key in names.own_names}
    keys = np.full(len(wordings), -1, dtype="int64")
    for i, one in enumerate(wordings):
        key = names.key(one.name)
        if _literals(one.tree) is None or len(one.name) < _SHORTEST or key in names.not_places:
            continue
        number = names.store.key_of(key, -1)
        keys[i] = -1 if number in own or number in names.rare else number
    return keys


def _literals(tree: Term) -> tuple[str, ...] | None:
    """Return the arguments of what is asked before the place; None for what is read one by one."""
    if not isinstance(tree.of[0], Name):
        return None
    if tree.op == "offset":
        literals = offset_literals(tree)
        return literals if is_number(literals[0]) else None
    if tree.op == "toward" or (tree.op == "part" and is_mere_part(tree.text)):
        return (tree.direction,)
    return () if tree.op in ("near", "outskirts") else None


@dataclass(frozen=True)
class _Towns:
    """The towns that n phrases are about, of those that are about one.

    Attributes
    ----------
    at
        Which of the phrases.
    place
        Number of the town.
    sureness
        How far it can be trusted that this town is meant.
    doubt
        Why another place may be meant.
    """

    at: Ints
    place: Ints
    sureness: Floats
    doubt: NDArray[np.object_]


def _towns(
    resolver: Resolver, asked: Sequence[Wording], keys: Ints, countries: NDArray[np.object_], days: Ints
) -> _Towns:
    """Find the town that each phrase is about."""
    index, n = resolver.store.index, len(keys)
    capitals = np.array([one.name.isupper() for one in asked], dtype=bool)
    readings = readings_of_keys(resolver.names, keys, countries, days, capitals=capitals)
    # Where a part is asked for, areas are as likely as towns.
    parts = np.array([one.tree.op == "part" for one in asked], dtype=bool)
    liked = index.among("kind", readings.place, TOWNS)
    plain = decide(readings, n)
    preferred = decide(readings.weighing(readings.weight + np.where(liked, ASKED_FOR, 0.0)), n)
    best, share = np.where(parts, plain.best, preferred.best), np.where(parts, plain.share, preferred.share)
    at = np.flatnonzero((best >= 0) & ~(parts & _has_unit(resolver, readings, plain.best)))
    at = at[index.among("kind", readings.place[best[at]], ("city",)) & resolver.are_towns(readings.place[best[at]])]
    doubt = _doubts(resolver, readings, plain.best[at], countries[at])
    quality = QUALITY["exact"] * np.where(doubt == "", 1.0, SMALL_QUALITY)
    return _Towns(at, readings.place[best[at]], quality * share[at], doubt)


def _has_unit(resolver: Resolver, readings: Readings, best: Ints) -> NDArray[np.bool_]:
    """Say of n names whether a first-level unit in the country of the best reading bears it, which may be meant."""
    index = resolver.store.index
    country = index.array("country")[readings.place]
    units = index.among("kind", readings.place, ("admin1",)) & (country == country[best[readings.owner]])
    return np.bincount(readings.owner[units], minlength=len(best)) > 0


def _doubts(
    resolver: Resolver, readings: Readings, heaviest: Ints, countries: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Return why places may not be meant although their names were found, by the heaviest reading of each."""
    index, place = resolver.store.index, readings.place[heaviest]
    known = np.array([country is not None for country in countries], dtype=bool)
    small = np.where(known, index.take("prominence", place), readings.weight[heaviest]) < SMALL
    small &= index.among("kind", place, ("city",)) & (~known | (countries == SHARED_NAMES))
    return np.where(small, np.where(known, SMALL_NAMESAKE, SMALL_PLACE), "").astype(object)


def _answers(
    resolver: Resolver, asked: Sequence[Wording], towns: _Towns, countries: NDArray[np.object_], days: Ints
) -> list[Answer]:
    """Return the answers of phrases about towns."""
    wordings = [asked[i] for i in towns.at]
    scopes = [Scope(countries[i], int(days[i])) for i in towns.at]
    derived = [
        Derivation(one.tree.op, _literals(one.tree) or (), of, scope.day)
        for one, of, scope in zip(wordings, resolver.shapes.points(towns.place), scopes, strict=True)
    ]
    meanings = [
        Meaning(area=area, method="phrase", quality=QUALITY["phrase"], share=share, doubt=doubt)
        for area, share, doubt in zip(
            resolver.shapes.derive_all(derived), towns.sureness.tolist(), towns.doubt.tolist(), strict=True
        )
    ]
    return [
        resolver.answer(meaning, scope, one.name)
        for meaning, scope, one in zip(meanings, scopes, wordings, strict=True)
    ]
