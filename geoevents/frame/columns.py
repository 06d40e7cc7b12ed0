"""Convert columns of the input to the types of the events frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoevents.frame.schema import COLUMNS, OPTIONAL

if TYPE_CHECKING:
    import pyarrow as pa

    from geoevents.frame.table_facts import TableFacts

__all__ = ["as_counts", "as_objects", "as_text", "as_texts", "digests", "event_ids", "in_hexadecimal", "kept_columns"]


def as_text(column: pd.Series) -> pd.Series:
    """Return a column as text, blank cells null, whole floats without their ``.0``."""
    if isinstance(column.dtype, pd.StringDtype):
        text = column.astype("str")
    elif pd.api.types.is_float_dtype(column.dtype) and _are_whole(column.dropna()):
        text = column.astype("Int64").astype("string").astype("str")
    else:
        try:
            text = column.astype("string").astype("str")
        except UnicodeError:  # bytes of another encoding, or half a character: what can be read of them
            text = column.map(_readable, na_action="ignore").astype("str")
    return text.mask(text.str.strip() == "")


def _readable(cell: object) -> str:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    return str(cell).encode("utf-8", "replace").decode()


def _are_whole(numbers: pd.Series) -> bool:
    numbers = numbers.astype("float64")
    return bool(((numbers % 1 == 0) & (numbers.abs() < 2**63)).all())


def as_counts(column: pd.Series) -> pd.Series:
    """Return a column of counts as whole numbers; cells that are not counts (text, negative, infinite) are null."""
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    good = np.isfinite(numbers) & (numbers >= 0) & (numbers % 1 == 0) & (numbers < 2**53)
    return numbers.where(good).astype("Int64")


def as_objects(column: pd.Series) -> NDArray[np.object_]:
    """Return a column's values as objects, None for what is missing."""
    values: NDArray[np.object_] = np.array(column.astype(object), dtype=object)
    values[column.isna().to_numpy()] = None
    return values


def as_texts(texts: pa.Array | pa.ChunkedArray, index: pd.Index) -> pd.Series:
    """Return texts of Arrow as a column."""
    dtype: Any = pd.StringDtype(na_value=np.nan)
    return pd.Series(dtype.__from_arrow__(texts), index=index)


def event_ids(plain: pd.DataFrame, facts: TableFacts | None = None) -> pd.Series:
    """Return the own ids where they are unique, else a hash of each row's content, numbered where rows repeat."""
    if facts is not None and facts.ids is not None:
        return facts.ids.set_axis(plain.index)
    for name in ("event_id", "id"):
        if name in plain.columns:
            own = plain[name]
            ids = as_text(own)
            # Whole numbers are told apart sooner than texts.
            if ids.notna().all() and (own if pd.api.types.is_integer_dtype(own.dtype) else ids).is_unique:
                return ids
    hashes = digests(plain)
    ids = in_hexadecimal(hashes)
    nth = hashes.groupby(hashes).cumcount()
    return ids.where(nth == 0, ids + "-" + (nth + 1).astype("str")) if nth.any() else ids


def in_hexadecimal(numbers: pd.Series) -> pd.Series:
    """Return 64-bit numbers as texts of 16 digits."""
    digits = numbers.to_numpy().astype(">u8").tobytes().hex().encode("ascii")
    return pd.Series(np.frombuffer(digits, dtype="S16").astype("U16"), numbers.index, dtype="str")


def digests(plain: pd.DataFrame) -> pd.Series:
    """Return a 64-bit hash of each row's content."""
    texts = pd.DataFrame({name: as_text(plain[name]).fillna("") for name in plain.columns}, index=plain.index)
    return pd.util.hash_pandas_object(texts, index=False)


def kept_columns(plain: pd.DataFrame, lost: list[str], facts: TableFacts | None = None) -> pd.DataFrame:
    """Return the input's columns under names that leave the schema's free.

    A column that becomes one of the schema's is not repeated, unless some of its cells could not be taken
    over.
    """
    ids = as_text(plain["event_id"]) if "event_id" in plain.columns else None
    same_id = ids is not None and (facts.same_id if facts else bool(ids.notna().all() and ids.is_unique))
    dropped = [name for name in plain.columns if name in OPTIONAL and name not in lost]
    kept = plain.drop(columns=[*dropped, *(["event_id"] if same_id else [])])
    names: list[str] = []
    # Some formats hold no two names that differ by case alone: "Country" gives way to "country" too.
    taken = {*COLUMNS, *OPTIONAL, "geometry"}
    for name in map(str, kept.columns):
        free = name
        while free.lower() in taken or free in names or (free != name and free in kept.columns):
            free += "_input"
        names.append(free)
    return kept.set_axis(names, axis=1)
