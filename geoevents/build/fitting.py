"""Fits the two kinds of models that reports use: hashed logistic regressions and boosted trees."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoevents.reports.linear import BITS, Linear, Trees, feature_key

__all__ = ["FOLDS", "fit_linear", "fit_trees", "fold_of", "folds"]

FOLDS = 5
SEED = 20220110
_ALWAYS = {
    "objective": "binary",
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "verbose": -1,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
}

_Floats = NDArray[np.float64]


def fit_linear(
    bags: Sequence[Sequence[str]], labels: Sequence[float], penalty: float, weights: Sequence[float] | None = None
) -> Linear:
    """Return the hashed logistic regression of bags of features."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    rows = [sorted({feature_key(feature) for feature in bag}) for bag in bags]
    ends = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    columns = np.array([key for row in rows for key in row], dtype="int64")
    table = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), 1 << BITS))
    y = np.asarray(labels, dtype="float64")
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype="float64")

    def loss(parameters: _Floats) -> tuple[float, _Floats]:
        own, bias = parameters[:-1], parameters[-1]
        z = table @ own + bias
        rest = w * (1 / (1 + np.exp(-z)) - y)
        total = float(np.sum(w * (np.logaddexp(0, z) - y * z)) + penalty / 2 * own @ own)
        return total, np.append(table.T @ rest + penalty * own, rest.sum())

    found = minimize(loss, np.zeros((1 << BITS) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    # As they will be shipped: whole multiples of a step.
    step = max(float(np.abs(found[:-1]).max()) / 127, 1e-6)
    return Linear((np.round(found[:-1] / step) * step).tolist(), float(found[-1]))


def fit_trees(
    rows: NDArray[np.float32],
    labels: Sequence[float],
    names: tuple[str, ...],
    settings: dict[str, Any],
    rounds: int,
    weights: Sequence[float] | None = None,
) -> tuple[Trees, list[str]]:
    """Return boosted trees and their lines."""
    import lightgbm

    data = lightgbm.Dataset(
        rows, np.asarray(labels, dtype="float64"), weight=None if weights is None else list(weights)
    )
    booster = lightgbm.train(_ALWAYS | settings, data, rounds)
    lines = ["features " + " ".join(names)]
    for tree in booster.dump_model()["tree_info"]:
        nodes: list[str] = []
        _flatten(tree["tree_structure"], nodes)
        lines += ["tree", *nodes]
    return Trees.parse(lines, "trained"), lines


def _flatten(node: dict[str, Any], out: list[str]) -> int:
    here = len(out)
    out.append("")
    if "leaf_value" in node:
        out[here] = f"leaf {node['leaf_value']:.5g}"
    else:
        left, right = _flatten(node["left_child"], out), _flatten(node["right_child"], out)
        out[here] = f"{node['split_feature']} {node['threshold']:.7g} {left} {right}"
    return here


def fold_of(document: str) -> int:
    """Return the fold of a document by its id: the same one in every table that its sentences stand in."""
    return zlib.crc32(document.encode()) % FOLDS


def folds(count: int) -> NDArray[np.int64]:
    """Return the fold of each document."""
    return np.random.default_rng(SEED).integers(0, FOLDS, count)
