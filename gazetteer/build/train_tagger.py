"""Trains the model that says which spans of a text are places' names.

Gold files (one JSON document a line, see `gazetteer.evaluate`) give ``tagger.model``. Documents are the
unit of every split: no document is ever on both sides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.geoparsing.candidates import NAME_FEATURES, KnownNames
from gazetteer.geoparsing.recognizer import Lexical
from gazetteer.geoparsing.span_features import FEATURES, SLOTS, describe_spans, neighbours
from gazetteer.geoparsing.spans import SpanFinder, Spans
from gazetteer.geoparsing.tokens import Text, Vocabulary, scan
from gazetteer.geoparsing.trees import Trees

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = [
    "REPEATABLE_TREES",
    "SEED",
    "Example",
    "examples",
    "fit_lexical",
    "fit_trees",
    "fold_of",
    "fold_of_document",
    "from_booster",
    "out_of_fold",
    "rows_of",
]

_Floats = NDArray[np.float64]
SEED = 20_220_110
_FOLDS = 5
# A word counts in a slot from this many documents on.
_DOCUMENTS = 3
_PENALTY = 1.0
# What the trees of both models have in common: the same seed gives the same trees on any machine.
REPEATABLE_TREES = {
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbose": -1,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "use_missing": False,
}
_TREES = {
    **REPEATABLE_TREES,
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 24,
    "min_data_in_leaf": 25,
    "feature_fraction": 0.5,
}
_ROUNDS = 220
_DEMONYM = NAME_FEATURES.index("demonym")


@dataclass(frozen=True)
class Example:
    """A gold document: its spans, whether each is a gold mention, and whether it may be learned from."""

    corpus: str
    document: dict[str, Any]
    text: Text
    spans: Spans
    right: NDArray[np.bool_]
    usable: NDArray[np.bool_]


def examples(
    corpora: Mapping[str, Sequence[dict[str, Any]]],
    names: KnownNames,
    vocabulary: Vocabulary,
    without_demonyms: set[str],
) -> list[Example]:
    """Return the gold documents with their spans; corpora that leave demonyms out teach nothing about them."""
    spanner, out = SpanFinder(names), []
    for corpus, documents in corpora.items():
        for document in documents:
            text = scan(document["text"], vocabulary)
            spans = spanner.spans(text, vocabulary)
            gold = {(t["start"], t["end"]) for t in document["toponyms"]}
            at = zip(text.start[spans.first].tolist(), text.end[spans.last].tolist(), strict=True)
            right = np.array([span in gold for span in at], dtype=bool)
            usable = np.ones(len(right), dtype=bool)
            if corpus in without_demonyms:
                known = spans.name >= 0
                usable[known] = names.table[spans.name[known], _DEMONYM] == 0
            out.append(Example(corpus, document, text, spans, right, usable))
    return out


def fold_of_document(corpus: str, document: dict[str, Any]) -> int:
    """Return the fold of a document, by a hash of its corpus and id."""
    key = f"{corpus}:{document['id']}"
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % _FOLDS


def fold_of(example: Example) -> int:
    """Return the fold of a document."""
    return fold_of_document(example.corpus, example.document)


def fit_lexical(training: Sequence[Example], vocabulary: Vocabulary) -> Lexical:
    """Return a logistic regression over the words in each slot."""
    from scipy.sparse import csr_matrix

    lower = [word.lower() for word in vocabulary.words]
    seen: dict[tuple[int, str], set[int]] = {}
    places = [neighbours(example.text, example.spans) for example in training]
    for number, (example, place) in enumerate(zip(training, places, strict=True)):
        for slot in range(len(SLOTS)):
            for at in set(place[:, slot].tolist()) - {-1}:
                seen.setdefault((slot, lower[example.text.word[at]]), set()).add(number)
    columns = {key: i for i, key in enumerate(sorted(k for k, docs in seen.items() if len(docs) >= _DOCUMENTS))}
    rows, cols, fixed, target = [], [], [], []
    n = 0
    for example, place in zip(training, places, strict=True):
        for i in np.flatnonzero(example.usable).tolist():
            for slot, at in enumerate(place[i].tolist()):
                column = columns.get((slot, lower[example.text.word[at]])) if at >= 0 else None
                if column is not None:
                    rows.append(n)
                    cols.append(column)
            fixed.append(
                (1.0, float(example.spans.name[i] >= 0), float(example.spans.last[i] - example.spans.first[i]))
            )
            target.append(float(example.right[i]))
            n += 1
    matrix = csr_matrix((np.ones(len(rows)), (rows, cols)), shape=(n, len(columns)))
    weights = _logistic(matrix, np.array(fixed), np.array(target))
    words = {key: round(float(weights[i]), 3) for key, i in columns.items() if abs(weights[i]) >= 0.02}
    bias = weights[len(columns) :]
    return Lexical(words, (float(bias[0]), float(bias[1]), float(bias[2])))


def _logistic(matrix: csr_matrix, fixed: _Floats, target: _Floats) -> _Floats:
    """Return the weights of a penalised logistic regression: of the sparse columns, then of the fixed ones."""
    from scipy.optimize import minimize

    k = matrix.shape[1]
    sign = 2 * target - 1

    def loss(weights: _Floats) -> tuple[float, _Floats]:
        margin = sign * (matrix @ weights[:k] + fixed @ weights[k:])
        pull = -sign / (1 + np.exp(np.clip(margin, -50, 50)))
        slope = np.concatenate([matrix.T @ pull + _PENALTY * weights[:k], fixed.T @ pull])
        return float(np.logaddexp(0, -margin).sum() + _PENALTY / 2 * (weights[:k] ** 2).sum()), slope

    found = minimize(loss, np.zeros(k + fixed.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 150})
    return np.asarray(found.x)


def out_of_fold(training: Sequence[Example], vocabulary: Vocabulary) -> list[_Floats]:
    """Return for each document what a lexical model says that has not seen it."""
    out: list[_Floats] = [np.empty(0)] * len(training)
    for fold in range(_FOLDS):
        model = fit_lexical([e for e in training if fold_of(e) != fold], vocabulary)
        for i, example in enumerate(training):
            if fold_of(example) == fold:
                out[i] = model.score(example.text, example.spans, vocabulary)
    return out


def rows_of(example: Example, lexical: _Floats, vocabulary: Vocabulary, names: KnownNames) -> NDArray[np.float32]:
    """Return the features of a document's spans."""
    return describe_spans(example.text, example.spans, vocabulary, names, lexical)


def fit_trees(rows: NDArray[np.float32], right: NDArray[np.bool_], *, rounds: int = _ROUNDS) -> Trees:
    """Return boosted trees for the log-odds that a span is a mention."""
    import lightgbm

    data = lightgbm.Dataset(rows, right.astype("float64"), feature_name=list(FEATURES), params={"verbose": -1})
    booster = lightgbm.train(_TREES, data, num_boost_round=rounds)
    return from_booster(booster, FEATURES)


def from_booster(booster: Any, features: tuple[str, ...]) -> Trees:
    """Return a LightGBM model as trees of our own."""
    trees: list[list[tuple[int, float, int, int, float]]] = []

    def add(node: dict[str, Any], tree: list[tuple[int, float, int, int, float]]) -> int:
        here = len(tree)
        if "leaf_value" in node:
            tree.append((-1, 0.0, here, here, node["leaf_value"]))
        else:
            tree.append((0, 0.0, 0, 0, 0.0))
            left, right = add(node["left_child"], tree), add(node["right_child"], tree)
            tree[here] = (node["split_feature"], node["threshold"], left, right, 0.0)
        return here

    for info in booster.dump_model()["tree_info"]:
        trees.append([])
        add(info["tree_structure"], trees[-1])
    return Trees(features, trees)
