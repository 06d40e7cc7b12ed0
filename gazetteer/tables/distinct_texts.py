"""A column of texts with each distinct one once, so that what is asked of a text is asked once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Texts"]


@dataclass(frozen=True, slots=True)
class Texts:
    """n texts, each distinct one once.

    Attributes
    ----------
    distinct
        The texts; "" is an empty cell.
    numbers
        Which of them each of the n is.
    """

    distinct: list[str]
    numbers: NDArray[np.int64]

    @classmethod
    def of(cls, column: pd.Series) -> Texts:
        """Return the texts of a column."""
        numbers, values = pd.factorize(column, use_na_sentinel=False)
        missing = values.isna().tolist()
        texts = ["" if none else str(value) for value, none in zip(values.tolist(), missing, strict=True)]
        return cls(texts, numbers)

    @classmethod
    def repeated(cls, text: str, n: int) -> Texts:
        """Return one text n times."""
        return cls([text], np.zeros(n, dtype="int64"))

    def take(self, rows: NDArray[np.int64]) -> Texts:
        """Return some of the texts."""
        return Texts(self.distinct, self.numbers[rows])

    def each(self, function: Callable[[str], Any], dtype: type) -> NDArray[Any]:
        """Return what a function gives for each text; it is called once for each distinct one."""
        return np.array([function(text) for text in self.distinct], dtype=dtype)[self.numbers]

    def tolist(self) -> list[str]:
        """Return the n texts."""
        found: list[str] = self.each(str, object).tolist()
        return found
