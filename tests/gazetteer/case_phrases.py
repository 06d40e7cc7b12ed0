"""The phrases that people wrote, of all tables of cases."""

from __future__ import annotations

import csv
from pathlib import Path

__all__ = ["phrases"]

_CASES = Path(__file__).parent / "cases"


def phrases() -> list[str]:
    """Return the phrases of all case tables."""
    found = []
    for name in ("names", "phrases", "frames", "country_forms", "negatives"):
        with (_CASES / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
            found += [row[0] for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]
    return found
