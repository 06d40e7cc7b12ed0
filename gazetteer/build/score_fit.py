"""Fits tables of scores: of answers that are known to be right or wrong, how often one of a raw score is right.

A table a method and status, by isotonic regression. A status of few answers takes the line of its method, moved as far
as these answers tell; and no ambiguous answer is surer than a matched one of the same method and raw score.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from gazetteer.arrays import Floats
from gazetteer.model import Status
from gazetteer.score_calibration import ScoreTable

__all__ = ["answer_weights", "calibration_error", "held_out", "in_order", "moved", "score_tables"]

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


def answer_weights(answers: pd.DataFrame) -> Floats:
    """Return how much each answer counts.

    The real ones have three quarters of the weight of a method, as far as they are not too few for that; of the others
    those that the index lacks have one twentieth.

    Parameters
    ----------
    answers
        Columns ``method`` and ``source``: "made: …", "lacking: …", or a real one.
    """
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


def score_tables(answers: pd.DataFrame) -> dict[tuple[str, Status], ScoreTable]:
    """Return the table of each method that has enough rows, for each status."""
    weight = answer_weights(answers)
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
        fitted = score_tables(answers[fold != k])
        for (method, status), table in fitted.items():
            of_kind = (answers["method"] == method) & (answers["status"] == status)
            at = np.flatnonzero((fold == k) & of_kind.to_numpy())
            score[at] = table.right_at(score[at])
    return score


def calibration_error(score: Floats, right: Floats, weight: Floats) -> float:
    """Return the expected calibration error over ten bins: the mean distance between score and share right."""
    bins = np.minimum((score * 10).astype(int), 9)
    of_bin = (bins == b for b in range(10))
    gaps = [abs(float(((score - right) * weight)[here].sum())) for here in of_bin]
    return sum(gaps) / float(weight.sum())
