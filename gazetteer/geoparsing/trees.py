"""Evaluates gradient-boosted regression trees.

A text file that a trainer wrote holds the trees, which give feature rows their scores. With NumPy all rows go down all
trees at once, one level a step, and a few rows look at all nodes at once (`gazetteer.geoparsing.leaf_sets`). Where
``tree_walk.c`` was compiled, it goes to the same leaves.

::

    file    = { "#" comment } "features" { name } newline { tree } ;
    tree    = "tree" newline { node newline } ;
    node    = feature threshold left right | "leaf" value ;

Features are counted from 0 in the order of their names, nodes from 0 in their tree; a row goes to the right where its
feature is above the threshold.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gazetteer.errors import DataError
from gazetteer.geoparsing.leaf_sets import LeafSets

try:
    from gazetteer.geoparsing import tree_walk
except ImportError:  # as in all wheels that nobody compiled
    tree_walk = None  # type: ignore[assignment]

__all__ = ["Trees"]

# A node as the compiled walk reads it.
_NODE = np.dtype([("feature", "int32"), ("threshold", "float32"), ("children", "int32", 2)])

# Rows × trees looked at together; more would fall out of the processor's cache.
_CELLS = 60_000
# Rows × inner nodes up to which sets of leaves are quicker than a walk, which they are up to some 85,000 on the six
# models of this distribution.
_FEW = 60_000
# Steps that all rows take together.
_ALL_GO = 4


class Trees:
    """A sum of regression trees.

    Parameters
    ----------
    features
        Names of the columns the trees ask for, in order.
    nodes
        Of each tree its nodes: (feature, threshold, left, right, value); a leaf has feature -1, and its
        children are itself.
    """

    def __init__(self, features: tuple[str, ...], trees: list[list[tuple[int, float, int, int, float]]]) -> None:
        self.features = features
        sizes = [len(tree) for tree in trees]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype("int64")
        flat = [node for tree in trees for node in tree]
        base = np.repeat(starts[:-1], sizes)
        # Positions have the width of the machine's pointers: NumPy would copy others before each look-up.
        self._feature = np.array([max(node[0], 0) for node in flat], dtype=np.intp)
        self._threshold = np.array([node[1] if node[0] >= 0 else np.inf for node in flat], dtype="float32")
        children = np.array([node[2:4] for node in flat], dtype="int64").reshape(-1, 2) + base[:, None]
        # Of each node its left child, then its right one.
        self._children = children.astype(np.intp).ravel()
        self._inner = np.array([node[0] >= 0 for node in flat], dtype=bool)
        self._value = np.array([node[4] for node in flat], dtype="float64")
        self._roots = starts[:-1].astype(np.intp)
        self._steps = np.array([_depth(tree) for tree in trees], dtype="int32")
        self._depth = int(self._steps.max(initial=0))
        self._nodes = np.empty(len(flat), dtype=_NODE)
        self._nodes["feature"], self._nodes["threshold"] = self._feature, self._threshold
        self._nodes["children"] = children
        self._first_nodes = self._roots.astype("int32")
        self._sets = LeafSets.of(self._feature, self._threshold, self._children, self._inner, self._roots)

    def score(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the sum of the leaves each row falls into.

        Examples
        --------
        >>> step = [(0, 0.5, 1, 2, 0.0), (-1, 0.0, 1, 1, -1.0), (-1, 0.0, 2, 2, 1.0)]
        >>> Trees(("x",), [step]).score(np.array([[0.5], [0.6]], dtype="float32")).tolist()
        [-1.0, 1.0]
        """
        if not len(rows):
            return np.zeros(0)
        size = max(1, _CELLS // max(1, len(self._roots)))
        if len(rows) <= size:
            return self._some(rows)
        out = np.zeros(len(rows))
        for first in range(0, len(rows), size):
            out[first : first + size] = self._some(rows[first : first + size])
        return out

    def _some(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        rows = np.ascontiguousarray(rows, dtype="float32")
        if tree_walk is not None:
            leaves = self._leaves_compiled(rows)
        elif self._sets is not None and len(rows) * self._sets.size <= _FEW:
            leaves = self._sets.leaves(rows)
        else:
            leaves = self._leaves(rows)
        # Added up here on all paths: in which order decides the last digit.
        total: NDArray[np.float64] = self._value.take(leaves, mode="clip").sum(axis=1)
        return total

    def _leaves_compiled(self, rows: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the leaf that each row falls into in each tree, as `_leaves` does."""
        out = np.empty((len(rows), len(self._roots)), dtype="int64")
        tree_walk.leaves(self._nodes, self._first_nodes, self._steps, rows, rows.shape[1], out)
        return out

    def _leaves(self, rows: NDArray[np.float32]) -> NDArray[np.intp]:
        """Return the leaf that each row falls into in each tree."""
        width, flat = rows.shape[1], rows.ravel()
        node = np.tile(self._roots, len(rows))
        offset = np.repeat(np.arange(len(rows), dtype=np.intp) * width, len(self._roots))
        going: NDArray[np.int64] | None = None
        at, of = node, offset
        for step in range(self._depth):
            # Positions are right by construction; to clip them costs less than to check them.
            asked = of + self._feature.take(at, mode="clip")
            right = flat.take(asked, mode="clip") > self._threshold.take(at, mode="clip")
            at = self._children.take(2 * at + right, mode="clip")
            if step >= _ALL_GO and step % 2 == 0:
                # Most rows are in their leaf by now; only the others go on.
                inner = np.flatnonzero(self._inner.take(at, mode="clip"))
                if going is None:
                    node, going = at, inner
                else:
                    node[going] = at
                    going = going[inner]
                at, of = at[inner], of[inner]
        if going is None:
            node = at
        else:
            node[going] = at
        return node.reshape(len(rows), len(self._roots))

    @classmethod
    def parse(cls, lines: Iterable[str], path: str | Path) -> Trees:
        """Read trees from the lines of a model file.

        Parameters
        ----------
        path
            What to call the file in a message.

        Raises
        ------
        DataError
            When a line does not have the format.
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
                raise DataError(f"{path}, line {number}: expected a node of a tree, got {line.strip()!r}.") from error
        return cls(features, trees)

    def lines(self) -> list[str]:
        """Return the lines that `parse` reads."""
        out = ["features " + " ".join(self.features)]
        bounds = np.append(self._roots, len(self._feature))
        for first, last in pairwise(bounds.tolist()):
            out.append("tree")
            for i in range(first, last):
                left, right = self._children[2 * i : 2 * i + 2]
                if left == i:
                    out.append(f"leaf {self._value[i]:.5g}")
                else:
                    out.append(f"{self._feature[i]} {self._threshold[i]:.7g} {left - first} {right - first}")
        return out


def _depth(tree: list[tuple[int, float, int, int, float]]) -> int:
    """Return the number of steps from the root to the deepest leaf."""
    depth = [0] * len(tree)
    for i, (feature, _, left, right, _) in enumerate(tree):
        if feature >= 0:
            depth[left] = depth[right] = depth[i] + 1
    return max(depth)
