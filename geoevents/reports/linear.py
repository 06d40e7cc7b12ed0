"""Scores bags of words with hashed linear models, and rows of numbers with boosted trees: the room's two models.

Both are read from files that ``geoevents.build.train_reports`` writes. They hold numbers only: a feature's weight
stands at the place that its hash gives.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoevents.errors import ReadError

__all__ = ["BITS", "Linear", "Trees", "feature_key"]

# Weights of a hashed model: 2 to this power.
BITS = 16
_MASK = (1 << BITS) - 1
# Rows × trees walked together; more would fall out of the processor's cache.
_CELLS = 60_000


def feature_key(feature: str) -> int:
    """Return the place of a feature's weight."""
    return zlib.crc32(feature.encode()) & _MASK


@dataclass(frozen=True)
class Linear:
    """A hashed linear model.

    Attributes
    ----------
    weights
        Of each hash, shape (2 ** BITS,).
    bias
        Added to every sum.
    """

    weights: list[float]
    bias: float

    def score(self, features: Iterable[str]) -> float:
        """Return the log odds of a bag of features.

        Examples
        --------
        >>> weights = [0.0] * 2**BITS
        >>> weights[feature_key("word:killed")] = 2.0
        >>> Linear(weights, -0.5).score(["word:killed", "word:unknown"])
        1.5
        """
        weights, crc = self.weights, zlib.crc32
        return self.bias + sum([weights[crc(feature.encode()) & _MASK] for feature in features])

    @classmethod
    def from_bytes(cls, data: NDArray[np.int8], scale: float, bias: float) -> Linear:
        """Return the model whose weights are whole multiples of `scale`."""
        return cls((data.astype("float64") * scale).tolist(), bias)


class Trees:
    """A sum of regression trees, in the text format of the gazetteer's models.

    ::

        file = "features" { name } newline { "tree" newline { node newline } } ;
        node = feature threshold left right | "leaf" value ;

    A row goes to the right where its feature is above the threshold.
    """

    def __init__(
        self, features: tuple[str, ...], trees: Sequence[Sequence[tuple[int, float, int, int, float]]]
    ) -> None:
        self.features = features
        starts = np.concatenate([[0], np.cumsum([len(tree) for tree in trees])]).astype("int64")
        flat = [
            (f, t, a + s, b + s, v) for tree, s in zip(trees, starts.tolist(), strict=False) for f, t, a, b, v in tree
        ]
        self._feature = np.array([max(node[0], 0) for node in flat], dtype="int32")
        self._threshold = np.array([node[1] if node[0] >= 0 else np.inf for node in flat], dtype="float32")
        self._children = np.array([node[2:4] for node in flat], dtype="int32").ravel()
        self._value = np.array([node[4] for node in flat], dtype="float64")
        self._roots = starts[:-1].astype("int32")
        self._depth = max((_depth(tree) for tree in trees), default=0)

    def score(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the sum of the leaves each row falls into.

        Examples
        --------
        >>> step = [(0, 0.5, 1, 2, 0.0), (-1, 0.0, 1, 1, -1.0), (-1, 0.0, 2, 2, 1.0)]
        >>> Trees(("x",), [step]).score(np.array([[0.5], [0.6]], dtype="float32")).tolist()
        [-1.0, 1.0]
        """
        size = max(1, _CELLS // max(1, len(self._roots)))
        parts = [self._some(rows[first : first + size]) for first in range(0, len(rows), size)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _some(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        flat = np.ascontiguousarray(rows, dtype="float32").ravel()
        node = np.tile(self._roots, len(rows))
        offset = np.repeat(np.arange(len(rows), dtype="int32") * rows.shape[1], len(self._roots))
        for _ in range(self._depth):
            right = flat.take(offset + self._feature.take(node)) > self._threshold.take(node)
            node = self._children.take(2 * node + right)
        total: NDArray[np.float64] = self._value.take(node).reshape(len(rows), -1).sum(axis=1)
        return total

    @classmethod
    def parse(cls, lines: Iterable[str], name: str) -> Trees:
        """Read trees from the lines of a model file.

        Raises
        ------
        ReadError
            When a line is not of the format.
        """
        features: tuple[str, ...] = ()
        trees: list[list[tuple[int, float, int, int, float]]] = []
        for number, line in enumerate(lines, 1):
            cells = line.split()
            try:
                if not cells or cells[0].startswith("#"):
                    continue
                if cells[0] == "features":
                    features = tuple(cells[1:])
                elif cells[0] == "tree":
                    trees.append([])
                elif cells[0] == "leaf":
                    here = len(trees[-1])
                    trees[-1].append((-1, 0.0, here, here, float(cells[1])))
                else:
                    trees[-1].append((int(cells[0]), float(cells[1]), int(cells[2]), int(cells[3]), 0.0))
            except (ValueError, IndexError) as error:
                raise ReadError(f"{name}, line {number}: expected a node of a tree, got {line.strip()!r}.") from error
        return cls(features, trees)


def _depth(tree: Sequence[tuple[int, float, int, int, float]]) -> int:
    depth = [0] * len(tree)
    for i, (feature, _, left, right, _) in enumerate(tree):
        if feature >= 0:
            depth[left] = depth[right] = depth[i] + 1
    return max(depth, default=0)
