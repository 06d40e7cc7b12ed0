"""Give each column of cells one type; nothing is rounded and nothing guessed."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geoevents.errors import ReadError

__all__ = [
    "cell_text",
    "check_shape",
    "column_from_text",
    "column_from_values",
    "frame_of_columns",
    "is_empty",
    "numbered",
]

# As many as a spreadsheet holds; each takes milliseconds to be looked at.
_MOST_COLUMNS = 16_384
# Of a table with more cells than these at least so many must be there: a cell far to the right makes no wide table.
_LARGE, _LEAST_FILLED = 50_000_000, 0.02

_PLAIN = r"^-?(?:0|[1-9][0-9]{0,17})$"
_PLAIN_FLOAT = r"^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+(?:[eE][+-]?[0-9]{1,2})?)?$"


def check_shape(path: Path, columns: int, rows: int = 0, filled: int = 0) -> None:
    """Refuse a table that is too wide, or so large and so empty that its cells are not those of one table.

    Parameters
    ----------
    columns, rows
        How many there are.
    filled
        How many cells the file has, of columns × rows.

    Raises
    ------
    ReadError
        Saying how wide it is.
    """
    if columns > _MOST_COLUMNS or (columns * rows > _LARGE and filled < _LEAST_FILLED * columns * rows):
        held = f"{columns:,}" if columns > _MOST_COLUMNS else f"{columns:,}, nearly all of them empty in every row"
        raise ReadError(f"{path}: expected a table with up to {_MOST_COLUMNS:,} columns, got {held}.")


def frame_of_columns(path: Path, header: Sequence[str], columns: Sequence[pd.Series]) -> pd.DataFrame:
    """Build a frame from named columns: a doubled name gets a number, empty columns without a name are left out.

    Raises
    ------
    ReadError
        When no column has a name or a value.
    """
    kept = [i for i, name in enumerate(header) if name or columns[i].notna().any()]
    names = numbered([header[i] or f"column_{i + 1}" for i in kept])
    if not names:
        raise ReadError(f"{path}: expected a table, but no column has a name.")
    return pd.DataFrame({name: columns[i] for name, i in zip(names, kept, strict=True)})


def numbered(names: Sequence[str]) -> list[str]:
    """Return names, each once: the second ``place`` is ``place_2``.

    Examples
    --------
    >>> numbered(["place", "date", "place", "place_2"])
    ['place', 'date', 'place_3', 'place_2']
    """
    given = set(names)
    taken: set[str] = set()
    seen: Counter[str] = Counter()
    out: list[str] = []
    for name in names:
        seen[name] += 1
        n = seen[name]
        new = name
        while (n > 1) and (new == name or new in given or new in taken):
            new = f"{name}_{n}"
            n += 1
        out.append(new)
        taken.add(new)
    return out


def column_from_text(column: pd.Series) -> pd.Series:
    """Return a column of written cells: numbers where each is a plain number, else the text as it stands."""
    cells = pa.array(column, pa.large_string(), from_pandas=True)
    cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    blank = pc.or_(pc.utf8_is_space(cells), pc.equal(cells, ""))
    if pc.any(blank).as_py():
        cells = pc.if_else(blank, None, cells)
    known = cells.drop_null()
    kind: Any = pd.StringDtype(na_value=float("nan"))
    if len(known):
        # A look at the first cells spares most text columns the whole test.
        for pattern, whole in ((_PLAIN, True), (_PLAIN_FLOAT, False)):
            if pc.all(pc.match_substring_regex(known[:50], pattern)).as_py():
                if _all_match(known, pattern, whole):
                    found = cells.cast(pa.int64() if whole else pa.float64())
                    mapper = {pa.int64(): pd.Int64Dtype()}.get if whole and found.null_count else None
                    numbers: pd.Series = found.to_pandas(types_mapper=mapper)
                    return numbers.set_axis(column.index)
                if not whole:
                    break
    texts: pd.Series = pd.Series(kind.__from_arrow__(cells), index=column.index)
    return texts


def _all_match(known: pa.Array, pattern: str, whole: bool) -> bool:
    """Return whether all cells are plain numbers; whole ones show by coming back as they were written."""
    if whole:
        try:
            return bool(pc.all(pc.equal(known.cast(pa.int64()).cast(pa.large_string()), known)).as_py())
        except pa.ArrowInvalid:
            return False
    return bool(pc.all(pc.match_substring_regex(known, pattern)).as_py())


def column_from_values(values: Sequence[object]) -> pd.Series:
    """Return a column of JSON's or Excel's values: one type stays as it is, a mixture becomes text."""
    plain = _plain_column(values)
    if plain is not None:
        return plain
    # Texts are looked at here: a call for each would cost more than the look.
    cells = [None if (not value.strip() if type(value) is str else is_empty(value)) else value for value in values]
    kinds = set(map(type, cells))
    whole = type(None) not in kinds
    kinds.discard(type(None))
    if kinds == {bool}:
        return pd.Series(cells, dtype="bool" if whole else "boolean")
    if kinds == {int} and all(-(2**63) <= value < 2**63 for value in cells if isinstance(value, int)):
        return pd.Series(cells, dtype="int64" if whole else "Int64")
    if kinds and kinds <= {int, float}:
        return pd.Series(cells, dtype="float64")
    texts = [value if type(value) is str and value.isascii() else cell_text(value) for value in cells]
    return pd.Series(texts, dtype="str")


def _plain_column(values: Sequence[object]) -> pd.Series | None:
    """Return a column of values of one type of which none is empty, None where they are to be looked at one by one."""
    kinds = set(map(type, values))
    if kinds and kinds <= {int, float}:
        try:
            numbers = np.array(values, dtype="int64" if kinds == {int} else "float64")
        except OverflowError:
            return None
        return pd.Series(numbers) if np.isfinite(numbers).all() else None
    texts: Any = [value for value in values if value is not None] if kinds == {str, type(None)} else values
    if str not in kinds or not kinds <= {str, type(None)} or "" in set(map(str.strip, texts)):
        return None
    dtype: Any = pd.StringDtype(na_value=math.nan)
    try:
        return pd.Series(dtype.__from_arrow__(pa.array(values, pa.large_string())))
    except UnicodeError:  # half a character
        return None


def is_empty(value: object) -> bool:
    """Return whether a cell of JSON or Excel holds nothing: a blank, or a number that is not one."""
    # JSON as Python reads it may hold NaN and Infinity, which are not numbers.
    if isinstance(value, float):
        return not math.isfinite(value)
    return value is None or (isinstance(value, str) and not value.strip())


def cell_text(value: object) -> str | None:
    """Return a cell of JSON or Excel as text: days and times in ISO form, lists and objects as JSON."""
    if isinstance(value, str):
        # JSON may hold half a character, which no file can; it is shown as one that is not known.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if value is None:
        return None
    if isinstance(value, datetime | date | time):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, bool | int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
