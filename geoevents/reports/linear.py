"""Score bags of words with hashed linear models: one of the room's two models; the other is the gazetteer's trees.

Both are read from files that ``geoevents.build.train_reports`` writes. They hold numbers only: a feature's weight
stands at the place that its hash gives.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetteer import Trees

__all__ = ["BITS", "Linear", "Trees", "feature_key"]

# Weights of a hashed model: 2 to this power.
BITS = 16
_MASK = (1 << BITS) - 1


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
