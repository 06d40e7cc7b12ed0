"""Map what sources call an event to classes that can be compared.

The table ``kinds.tsv`` maps ACLED's types and sub-types, UCDP's types of violence, GTD's attack types, GDELT's CAMEO
codes, EM-DAT's disasters and geoevents' own classes; a line added there is a text known.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoevents.errors import ArgumentError
from geoevents.frame.columns import as_objects

__all__ = ["KindTable", "Kinds", "kinds_of"]

_TABLE = Path(__file__).with_name("kinds.tsv")
# Where an events frame says what happened; of the first that is there and known the class is taken.
_COLUMNS = ("event_class", "event_type", "acled_type", "sub_event_type", "attacktype1_txt")

# A text, or the beginning of one, and its classes.
KindTable = Mapping[str, tuple[str, ...]]
Kinds = NDArray[np.int64]


def read_kinds(path: str | os.PathLike[str] | None = None) -> KindTable:
    """Read a table of kinds: ``source``, ``text`` and ``classes`` (separated by spaces) in tab-separated columns.

    Raises
    ------
    ArgumentError
        When the file is missing or has other columns.
    """
    try:
        rows = pd.read_csv(_TABLE if path is None else path, sep="\t", comment="#", dtype=str, keep_default_na=False)
        pairs = zip(rows["text"], rows["classes"], strict=True)
    except (OSError, KeyError, ValueError) as error:
        raise ArgumentError(
            f"Kinds: expected a table with the columns text and classes, got {path} ({error})."
        ) from None
    return {text.strip().lower(): tuple(classes.split()) for text, classes in pairs}


@cache
def bundled_kinds() -> KindTable:
    """Return the bundled table."""
    return read_kinds()


def classes_of(text: str, table: KindTable) -> tuple[str, ...]:
    """Return the classes that a text can be, none for one that is not known; the longest beginning wins.

    Examples
    --------
    >>> classes_of("Explosions/Remote violence", bundled_kinds()), classes_of("1831", bundled_kinds())
    (('explosion',), ('explosion',))
    """
    key = " ".join(text.lower().split())
    if key in table:
        return table[key]
    beginnings = [known for known in table if known.endswith("*") and key.startswith(known[:-1])]
    return table[max(beginnings, key=len)] if beginnings else ()


def kinds_of(events: pd.DataFrame, table: KindTable) -> Kinds:
    """Return the classes of each event as bits, 0 for an event of a kind that is not known."""
    names = sorted({name for classes in table.values() for name in classes})
    bit = {name: 1 << i for i, name in enumerate(names)}
    found = np.zeros(len(events), dtype=np.int64)
    for column in _COLUMNS:
        if column not in events.columns or not (found == 0).any():
            continue
        values = as_objects(events[column])
        known = {value: sum(bit[name] for name in set(classes_of(str(value), table))) for value in set(values) - {None}}
        of_column = np.array([known.get(value, 0) for value in values], dtype=np.int64)
        found = np.where(found == 0, of_column, found)
    return found
