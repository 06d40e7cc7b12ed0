"""Finds the leaves of a few rows by looking at all nodes of all trees at once, instead of walking down.

Each inner node has the set of leaves to its left, as bits. A row that goes to the right there falls into none of them;
the leftmost leaf that no node rules out is the row's leaf. After Lucchese et al., "QuickScorer" (SIGIR 2015). A walk
takes some fifty calls of NumPy however few its rows are, and this takes eight, but it looks at every node.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["LeafSets"]

# Bits of a set: a tree of more leaves has none.
_BITS = 64
_ONE = np.uint64(1)


class LeafSets:
    """The sets of leaves that the inner nodes of trees rule out.

    Parameters
    ----------
    feature, threshold
        Of each inner node; of a tree that is one leaf, a node that every row passes to the left.
    ruled_out
        Of each of these nodes the leaves to its left, as bits; the leftmost leaf of a tree is bit 0.
    first_node, first_leaf
        Of each tree.
    leaf
        Position among all nodes of each leaf, from left to right.
    """

    def __init__(
        self,
        feature: NDArray[np.intp],
        threshold: NDArray[np.float32],
        ruled_out: NDArray[np.uint64],
        first_node: NDArray[np.intp],
        first_leaf: NDArray[np.intp],
        leaf: NDArray[np.intp],
    ) -> None:
        self._feature, self._threshold, self._ruled_out = feature, threshold, ruled_out
        # `frexp` counts from 1.
        self._first_node, self._before_first_leaf, self._leaf = first_node, first_leaf - 1, leaf

    @classmethod
    def of(
        cls,
        feature: NDArray[np.intp],
        threshold: NDArray[np.float32],
        children: NDArray[np.intp],
        inner: NDArray[np.bool_],
        roots: NDArray[np.intp],
    ) -> LeafSets | None:
        """Return the sets of trees, None where a tree has too many leaves or does not go down its left side first.

        Parameters
        ----------
        children
            Of each node its left child, then its right one, flat.
        inner
            Which nodes are no leaves.
        roots
            The first node of each tree.
        """
        left, right = children[::2], children[1::2]
        nodes = np.flatnonzero(inner)
        leaves = np.diff(np.append(roots, len(inner))) // 2 + 1
        if not len(roots) or leaves.max() > _BITS or (left[nodes] != nodes + 1).any() or not _in_order(inner, right):
            return None
        before: NDArray[np.int64] = np.cumsum(~inner) - ~inner
        ruled_out = np.zeros(len(inner), dtype="uint64")
        first_leaf: NDArray[np.int64] = before[roots]
        tree = np.repeat(np.arange(len(roots)), np.diff(np.append(roots, len(inner))))
        count: NDArray[np.uint64] = (before[right[nodes]] - before[nodes]).astype("uint64")
        ruled_out[nodes] = ((_ONE << count) - _ONE) << (before[nodes] - first_leaf[tree[nodes]]).astype("uint64")
        kept = inner.copy()
        kept[roots] = True
        first_node = (np.cumsum(kept) - 1)[roots]
        return cls(feature[kept], threshold[kept], ruled_out[kept], first_node, first_leaf, np.flatnonzero(~inner))

    @property
    def size(self) -> int:
        """How many nodes a row is compared with."""
        return len(self._feature)

    def leaves(self, rows: NDArray[np.float32]) -> NDArray[np.intp]:
        """Return the leaf that each row falls into in each tree, shape (rows, trees)."""
        right = rows.take(self._feature, axis=1, mode="clip") > self._threshold
        gone = np.bitwise_or.reduceat(self._ruled_out * right, self._first_node, axis=1)
        # The lowest bit that is not set, which is a power of 2 and so exact.
        lowest = ~gone & (gone + _ONE)
        at = np.frexp(lowest.astype("float64"))[1] + self._before_first_leaf
        return np.asarray(self._leaf.take(at, mode="clip"))


def _in_order(inner: NDArray[np.bool_], right: NDArray[np.intp]) -> bool:
    """Whether the right side of each node stands right behind its left side."""
    waiting: list[int] = []
    for at, (is_inner, child) in enumerate(zip(inner.tolist(), right.tolist(), strict=True)):
        if is_inner:
            waiting.append(child)
        elif waiting and waiting.pop() != at + 1:
            return False
    return not waiting
