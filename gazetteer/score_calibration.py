"""Turns the raw score of an answer into the chance that it is right.

A raw score of a method of `gazetteer.Match` becomes a calibrated one: of answers scored about .9, about 90 % are
right, by every method and status. An answer is right when the true place lies within its radius, or within 10 km. The
raw score ranks the answers of a method; the table ``score_calibration.csv`` says for some raw scores how often answers
are right, with straight lines between them. Each line rises, so that calibration changes no order; and that of
ambiguous answers lies nowhere above that of matched ones. What the table does not have keeps its score.
`gazetteer.build.calibrate_scores` writes the table, from sources that SOURCES.md names.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gazetteer.arrays import Floats
from gazetteer.bundled import BUNDLED

__all__ = ["RIGHT_KM", "ScoreTable", "calibrated_score", "calibrated_scores", "shared_out"]

# An answer is right when the true place lies no farther from it than its radius, or than this: a town's width.
RIGHT_KM = 10.0
_TABLE = BUNDLED / "score_calibration.csv"


@dataclass(frozen=True)
class ScoreTable:
    """How often answers of one method and status are right.

    Attributes
    ----------
    raw, right
        Raw scores from 0 to 1, rising, and the share that is right at each, rising too.
    """

    raw: tuple[float, ...]
    right: tuple[float, ...]

    def right_at(self, raw: Floats) -> Floats:
        """Return the share that is right at raw scores.

        Examples
        --------
        >>> ScoreTable((0.0, 1.0), (0.5, 0.9)).right_at(np.array([0.5])).round(2).tolist()
        [0.7]
        """
        return np.interp(raw, self.raw, self.right)


@lru_cache(maxsize=1)
def _tables() -> dict[tuple[str, str], ScoreTable]:
    points: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            points[row["method"], row["status"]].append((float(row["raw"]), float(row["right"])))
    return {key: ScoreTable(*zip(*sorted(found), strict=True)) for key, found in points.items()}


@lru_cache(maxsize=1)
def _lines() -> dict[tuple[str, str], tuple[Floats, Floats]]:
    """Return the tables as arrays, which one score after the other is asked of."""
    return {key: (np.array(table.raw), np.array(table.right)) for key, table in _tables().items()}


def calibrated_score(raw: float, method: str, status: str = "matched") -> float:
    """Return the chance that an answer is right, by its raw score, to four decimals.

    Parameters
    ----------
    raw
        Its raw score, 0–1.
    method, status
        Of `gazetteer.Match`.

    Examples
    --------
    >>> calibrated_score(0.6, "container", "ambiguous") > 0.6, calibrated_score(0.6, "online")
    (True, 0.6)
    """
    line = _lines().get((method, status))
    return raw if line is None else round(float(np.interp(raw, *line)), 4)


def calibrated_scores(raw: Floats, method: str, status: str = "matched") -> Floats:
    """Return the chances that answers of one method and status are right, as `calibrated_score` does."""
    table = _tables().get((method, status))
    return raw if table is None else np.round(table.right_at(raw), 4)


def shared_out(raw: Floats, best: float, calibrated: float) -> Floats:
    """Return the scores of the readings of one answer, to four decimals, once the best one is calibrated.

    Parameters
    ----------
    raw
        Raw scores of the readings, 0–1.
    best, calibrated
        The raw score of the answer and what it becomes. When it falls, all fall with it; when it rises, the others
        share what is left, so that the best one stays the best and all together stay below 1.

    Examples
    --------
    >>> shared_out(np.array([0.6, 0.3]), 0.6, 0.8).tolist(), shared_out(np.array([0.6, 0.3]), 0.6, 0.3).tolist()
    ([0.8, 0.15], [0.3, 0.15])
    """
    if not len(raw):
        return raw
    if best <= 0:
        return np.round(raw, 4)
    scale = calibrated / best
    if scale <= 1 or best >= 1:
        return np.round(raw * scale, 4)
    rest = (1 - calibrated) / (1 - best)
    shares: Floats = np.where(raw == raw.max(initial=0.0), raw * scale, raw * rest)
    return np.round(shares, 4)
