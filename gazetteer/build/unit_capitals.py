"""Which towns are the capitals of first-level units, by their GeoNames numbers.

A dump of GeoNames (``cities500.txt``, or its extract for a country) gives ``data/unit_capitals.csv``:
``python -m gazetteer.build.unit_capitals cities500.txt``.

Source
------
GeoNames, feature codes PPLA (seat of a first-level unit) and PPLC (capital of a country); CC BY 4.0.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from gazetteer.bundled import BUNDLED
from gazetteer.index.store import LAYERS, Store

__all__ = ["write_unit_capitals"]

_NUMBER, _FEATURE = 0, 7
_SEATS = ("PPLA", "PPLC")


def write_unit_capitals(dump: Path, store: Store, path: Path) -> int:
    """Write the numbers of the seats that the tables hold, ascending; return how many.

    Parameters
    ----------
    dump
        A table of GeoNames: tab-separated, without a header, the number in the first column and the feature code in
        the eighth.
    store
        The opened tables.
    path
        What to write.
    """
    first, last = (int(store.bases[LAYERS.index("cities") + step]) for step in (0, 1))
    held = set(store.take("id", np.arange(first, last)))
    with dump.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        seats = {row[_NUMBER] for row in rows if row[_FEATURE] in _SEATS}
    numbers = sorted(int(number) for number in seats if f"geonames:{number}" in held)
    path.write_text("\n".join(["geonames", *map(str, numbers)]) + "\n", encoding="utf-8")
    return len(numbers)


if __name__ == "__main__":
    print(write_unit_capitals(Path(sys.argv[1]), Store(BUNDLED), BUNDLED / "unit_capitals.csv"), "capitals of units")
