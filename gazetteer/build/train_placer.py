"""Trains the model that says which place a name in a text means.

Gold documents with their mentions give trees, a calibration and what they were measured at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.build.train_tagger import REPEATABLE_TREES, SEED, fold_of_document, from_booster
from gazetteer.geometry.sphere import haversine_km
from gazetteer.geoparsing import SourceMemory
from gazetteer.geoparsing.candidates import KnownNames
from gazetteer.geoparsing.disambiguator import (
    DOUBT_FEATURES,
    Calibration,
    Disambiguation,
    best_readings,
    doubt_features,
)
from gazetteer.geoparsing.document_features import FEATURES, describe_readings
from gazetteer.geoparsing.document_names import DistinctNames, Document, distinct_names
from gazetteer.geoparsing.trees import Trees
from gazetteer.index.store import Store
from gazetteer.names.normalize import normalize_name

__all__ = [
    "Case",
    "Doubted",
    "Marks",
    "calibrate",
    "doubt_out_of_fold",
    "doubted",
    "fit_doubt",
    "fit_trees",
    "fold_of",
    "invented",
    "marked",
    "out_of_fold",
    "remembering",
    "right_places",
    "rows_of",
]

_Floats = NDArray[np.float64]
_RIGHT_KM = 161.0
_TREES = {
    **REPEATABLE_TREES,
    "objective": "lambdarank",
    "lambdarank_truncation_level": 3,
    "learning_rate": 0.04,
    "num_leaves": 28,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.45,
}
_ROUNDS = 260
# A corpus counts by its documents' number of mentions and by this.
_WEIGHTS = {"wiktor": 0.25, "geovirus": 0.5, "invented": 0.18}
_BINS = 40
_DOUBT_TREES = _TREES | {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 8,
    "min_data_in_leaf": 60,
    "bagging_fraction": 0.7,
}
_DOUBT_ROUNDS = 90
_DOUBT_WEIGHTS = {"wiktor": 0.15, "invented": 0.15}
_INVENTED = 1_500
_BY_ANOTHER_NAME = 0.4


@dataclass(frozen=True)
class Marks:
    """A gold document: where its gold toponyms are among the mentions.

    Attributes
    ----------
    gold
        For each mention its toponym, or None.
    """

    corpus: str
    document: dict[str, Any]
    mentions: Document
    gold: list[dict[str, Any] | None]


@dataclass(frozen=True)
class Case:
    """A document's readings and how many gold mentions of its name each is right for."""

    marks: Marks
    read: DistinctNames
    right: _Floats
    asked: _Floats


def right_places(
    names: KnownNames, places: NDArray[np.int64], gold: dict[str, Any], numbers: _Floats
) -> NDArray[np.bool_]:
    """Say which places answer a gold toponym: the same GeoNames number, or within 161 km; a unit that holds it."""
    known = names.places
    km = haversine_km(known.lon[places].astype("f8"), known.lat[places].astype("f8"), gold["lon"], gold["lat"])
    right = (km <= _RIGHT_KM) | (numbers[places] == (gold["geonames_id"] or -1))
    if gold["geonames_id"] is None:
        # Without a number a country's middle is a matter of taste.
        right |= (known.kind[places] <= 1) & (km <= known.radius[places] * 1.1)
    return np.asarray(right)


def marked(marks: Marks, names: KnownNames, numbers: _Floats) -> Case:
    """Return which readings of a document are right."""
    read = distinct_names(marks.mentions, names)
    right, asked = np.zeros(len(read.owner)), np.zeros(len(read.name))
    bounds = np.searchsorted(read.owner, np.arange(len(read.name) + 1))
    for unit, gold in zip(read.of.tolist(), marks.gold, strict=True):
        if gold is not None and gold["lat"] is not None:
            here = slice(bounds[unit], bounds[unit + 1])
            right[here] += right_places(names, read.place[here], gold, numbers)
            asked[unit] += 1
    return Case(marks, read, right, asked)


def fold_of(marks: Marks) -> int:
    """Return the fold of a document, the same as the tagger's."""
    return fold_of_document(marks.corpus, marks.document)


def fit_trees(cases: Sequence[Case], rows: Sequence[NDArray[np.float32]], *, rounds: int = _ROUNDS) -> Trees:
    """Return boosted trees that rank the readings of a name."""
    import lightgbm

    parts, labels, weights, sizes = [], [], [], []
    for case, described in zip(cases, rows, strict=True):
        keep = case.asked[case.read.owner] > 0
        if keep.any():
            asked = case.asked[case.read.owner[keep]]
            parts.append(described[keep])
            labels.append(case.right[keep] * 2 > asked)
            weights.append(np.sqrt(asked) * _WEIGHTS.get(case.marks.corpus, 1.0))
            sizes += [size for size in np.bincount(case.read.owner[keep]).tolist() if size]
    data = lightgbm.Dataset(
        np.concatenate(parts),
        np.concatenate(labels).astype(int),
        weight=np.concatenate(weights),
        group=sizes,
        feature_name=list(FEATURES),
        params={"verbose": -1},
    )
    return from_booster(lightgbm.train(_TREES, data, num_boost_round=rounds), FEATURES)


def out_of_fold(
    cases: Sequence[Case], rows: Sequence[NDArray[np.float32]], split: Callable[[Marks], Any]
) -> list[_Floats]:
    """Return for each document the scores of trees that have not seen its fold."""
    keys = [split(case.marks) for case in cases]
    out: list[_Floats] = [np.empty(0)] * len(cases)
    for key in sorted(set(keys)):
        training = [i for i, other in enumerate(keys) if other != key]
        trees = fit_trees([cases[i] for i in training], [rows[i] for i in training])
        for i, other in enumerate(keys):
            if other == key:
                out[i] = trees.score(rows[i])
    return out


def remembering(cases: Sequence[Case], scores: Sequence[_Floats], names: KnownNames) -> list[Case]:
    """Return the documents as a reader finds them that remembers what earlier ones of the same source were about."""
    memory, out = SourceMemory(), []
    for case, score in zip(cases, scores, strict=True):
        source = (
            f"{case.marks.corpus} {case.marks.document.get('source')}" if case.marks.document.get("source") else None
        )
        earlier, weight = memory.of(source)
        mentions = replace(case.marks.mentions, earlier=earlier, earlier_weight=weight)
        out.append(replace(case, marks=replace(case.marks, mentions=mentions)))
        best, share = best_readings(score, case.read)
        memory.add(source, Disambiguation(case.read, best, share[best], share))
    return out


@dataclass(frozen=True)
class Doubted:
    """Of every asked name: what `placing.DOUBTS` says of it, how many mentions it has and how many are right."""

    keys: list[Any]
    corpora: NDArray[np.object_]
    rows: NDArray[np.float32]
    asked: _Floats
    right: _Floats

    @property
    def weight(self) -> _Floats:
        """How much each name counts; the corpora whose coverage is low by design count less."""
        return np.asarray(self.asked * np.array([_DOUBT_WEIGHTS.get(corpus, 1.0) for corpus in self.corpora]))


def doubted(
    cases: Sequence[Case],
    rows: Sequence[NDArray[np.float32]],
    scores: Sequence[_Floats],
    names: KnownNames,
    split: Callable[[Marks], Any],
) -> Doubted:
    """Return what there is to say about the best reading of every asked name."""
    keys: list[Any] = []
    parts, corpora, asked, right = [], [], [], []
    for case, described, score in zip(cases, rows, scores, strict=True):
        best, share = best_readings(score, case.read)
        units_asked = np.flatnonzero(case.asked)
        parts.append(doubt_features(described, score, case.read, best, share, names)[units_asked])
        keys += [split(case.marks)] * len(units_asked)
        corpora += [case.marks.corpus] * len(units_asked)
        asked.append(case.asked[units_asked])
        right.append(case.right[best[units_asked]])
    return Doubted(
        keys, np.array(corpora, dtype=object), np.concatenate(parts), np.concatenate(asked), np.concatenate(right)
    )


def fit_doubt(given: Doubted, keep: NDArray[np.bool_]) -> Trees:
    """Return boosted trees for the log-odds that the best reading is right."""
    import lightgbm

    target = (given.right[keep] * 2 > given.asked[keep]).astype("float64")
    data = lightgbm.Dataset(
        given.rows[keep], target, weight=given.weight[keep], feature_name=list(DOUBT_FEATURES), params={"verbose": -1}
    )
    return from_booster(lightgbm.train(_DOUBT_TREES, data, num_boost_round=_DOUBT_ROUNDS), DOUBT_FEATURES)


def doubt_out_of_fold(given: Doubted) -> _Floats:
    """Return for each name what trees say that have not seen its fold."""
    keys = np.array([str(key) for key in given.keys])
    said = np.zeros(len(keys))
    for key in sorted(set(keys.tolist())):
        said[keys == key] = fit_doubt(given, keys != key).score(given.rows[keys == key])
    return said


def calibrate(given: Doubted, said: _Floats) -> Calibration:
    """Return the monotonic table from what the trees say to how often that is right (pool adjacent violators)."""
    order = np.argsort(said, kind="stable")
    weight, right = given.weight, given.right / given.asked
    blocks: list[list[float]] = []  # middle, right and number, weighted
    for group in np.array_split(order, _BINS):
        w = weight[group]
        blocks.append([float((said[group] * w).sum()), float((right[group] * w).sum()), float(w.sum())])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    points = [(s / n, r / n) for s, r, n in blocks]
    return Calibration(np.array([p[0] for p in points]), np.array([p[1] for p in points]))


def invented(store: Store, names: KnownNames) -> list[Marks]:
    """Return made-up documents of one to three names that have nothing to do with each other.

    They say what a name means where no context helps: the place is drawn in proportion to its inhabitants, so that
    the model learns to trust prominence then. No text is involved, just names in a row.
    """
    draw = np.random.default_rng(SEED)
    places = names.places
    weight = np.where(places.prominence > 0, 10.0 ** (0.8 * places.prominence.astype("f8")), 0.0)
    wide = np.isin(places.kind, (0, 1))
    table = store.names()
    table = table[table["kind"].isin(["alternate", "short"]) & table["name"].map(str.isascii)]
    others = table.groupby("place")["name"].agg(list).to_dict()
    out = []
    for number in range(_INVENTED):
        rows: list[tuple[int, dict[str, Any]]] = []
        commas: list[bool] = []
        for _ in range(int(draw.integers(1, 4))):
            here = np.where(wide if draw.random() < 0.25 else ~wide, weight, 0.0)
            place = int(np.searchsorted(np.cumsum(here), draw.random() * here.sum()))
            chain = [place]
            country = np.flatnonzero((places.kind == 0) & (places.country == places.country[place]))
            if not wide[place] and len(country) and draw.random() < 0.3:
                chain.append(int(country[0]))
            for link, one in enumerate(chain):
                written = str(store.take("name", np.array([one]))[0])
                if others.get(one) and draw.random() < _BY_ANOTHER_NAME:
                    written = others[one][int(draw.integers(len(others[one])))]
                name = names.number(normalize_name(written))
                if name >= 0:
                    at = {"lat": float(places.lat[one]), "lon": float(places.lon[one]), "geonames_id": None}
                    rows.append((name, at))
                    commas.append(link + 1 < len(chain))
        first = np.cumsum([0, *(2 if comma else 12 for comma in commas)])[: len(rows)]
        document = Document(
            first,
            first,
            np.array([name for name, _ in rows], dtype="int64"),
            np.ones(len(rows)),
            np.array(commas, dtype=bool),
            np.empty(0, dtype="int64"),
            np.empty(0),
        )
        out.append(Marks("invented", {"id": str(number)}, document, [gold for _, gold in rows]))
    return out


def rows_of(cases: Sequence[Case], names: KnownNames) -> list[NDArray[np.float32]]:
    """Return the features of the readings of each document."""
    return [describe_readings(case.marks.mentions, case.read, names) for case in cases]
