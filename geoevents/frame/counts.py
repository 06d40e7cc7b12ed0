"""Read counts as people write them: the low, the best and the high figure of each cell of a column.

``1,200``, ``at least 3``, ``10+``, ``3–5``, ``a dozen`` and ``unknown`` all stand in columns of the dead. A bound that
the cell leaves open is null; what is not a count is null and counted.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

__all__ = ["Count", "loses_counts", "parse_count", "read_counts"]

# What floats hold exactly; a larger "count" is an identifier.
_LARGEST = 2**53
_LONGEST = 60
_NUMBER = r"\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3})+|\d+"
_GROUPS = re.compile(r"[ ,.'\u00a0\u202f](?=\d{3}(?!\d))")
_ONE = re.compile(rf"({_NUMBER})(?:[.,]0+)?")
_TWO = re.compile(rf"({_NUMBER})\s*(?:-|to|/|\.\.)\s*({_NUMBER})")
_BETWEEN = re.compile(rf"between ({_NUMBER}) (?:and|to) ({_NUMBER})")


@dataclass(frozen=True, slots=True)
class Count:
    """A count as it was meant: the least, the best figure and the most; None where the cell leaves it open."""

    low: int | None
    best: int | None
    high: int | None


@cache
def _vocabulary() -> dict[str, dict[str, str]]:
    """Return the words of counts by their kind: numbers, lower bounds, upper bounds, about, unknown, of people."""
    text = (files("geoevents") / "data" / "count_words.tsv").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t"):
        kind = found.setdefault(row["kind"], {})
        kind.update(dict.fromkeys(row["words"].split("|"), row["value"]))
    return found


@cache
def _phrases(kind: str) -> re.Pattern[str]:
    words = sorted(_vocabulary()[kind], key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)")


def parse_count(text: str) -> Count | None:
    """Return what a written count means; None when it is not a count.

    Examples
    --------
    >>> parse_count("at least 1,200"), parse_count("3–5"), parse_count("unknown")
    (Count(low=1200, best=1200, high=None), Count(low=3, best=4, high=5), None)
    """
    if len(text) > _LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", text).casefold().strip(" .;:*\"'")
    plain = re.sub(r"[‐-―−–—~]", lambda mark: "about " if mark[0] == "~" else "-", plain)
    plain = plain.translate(_DIGITS)
    number = _phrases("number")
    words = _vocabulary()["number"]
    plain = number.sub(lambda found: words[found[0]], plain)
    exact, bounds = plain, {}
    for kind in ("least", "most", "about", "people"):  # in this order: "no fewer than" holds "fewer than"
        exact, bounds[kind] = _phrases(kind).subn(" ", exact)
    exact = " ".join(exact.split())
    if plain.startswith((">", "≥")) or exact.endswith("+"):
        bounds["least"] = 1
    if plain.startswith(("<", "≤")):
        bounds["most"] = 1
    # "more than 10" is 11 at least; the figure that was written stands as the best all the same.
    exact = exact.strip("+<>≥≤ =()")
    if found := (_BETWEEN.fullmatch(exact) or _TWO.fullmatch(exact)):
        low, high = _whole(found[1]), _whole(found[2])
        return Count(low, (low + high) // 2, high) if low <= high < _LARGEST else None
    if found := _ONE.fullmatch(exact):
        figure = _whole(found[1])
        if figure >= _LARGEST:
            return None
        open_low, open_high = bounds["most"] or bounds["about"], bounds["least"] or bounds["about"]
        return Count(None if open_low else figure, figure, None if open_high else figure)
    return None


_DIGITS = {ord(arabic): str(n % 10) for n, arabic in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}


def _whole(text: str) -> int:
    return int(_GROUPS.sub("", text))


def read_counts(column: pd.Series) -> pd.DataFrame:
    """Read a column of counts.

    Parameters
    ----------
    column
        Numbers, text, or a mixture.

    Returns
    -------
    pandas.DataFrame
        Columns ``low``, ``best`` and ``high`` (Int64), with the column's index. ``attrs["counts"]`` has ``unread``
        (cells that are not counts) and ``examples`` of them.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = read_counts(pd.Series(["10+", "many", None, "2"]))
    >>> counts["best"].tolist(), counts.attrs["counts"]["unread"]
    ([10, <NA>, <NA>, 2], 1)
    """
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        numbers = pd.to_numeric(column, errors="coerce").astype("float64")
        good = np.isfinite(numbers) & (numbers >= 0) & (numbers % 1 == 0) & (numbers < _LARGEST)
        best = numbers.where(good).astype("Int64")
        out = pd.DataFrame({"low": best, "best": best, "high": best})
        missed = column[column.notna() & ~good]
        out.attrs["counts"] = _notes(missed)
        return out
    texts = column.astype("string")
    distinct = texts.dropna().unique()
    parsed = {text: parse_count(text) for text in distinct}
    parts = {
        name: pd.Series([getattr(parsed.get(text), name, None) for text in texts.astype(object)], column.index, "Int64")
        for name in ("low", "best", "high")
    }
    out = pd.DataFrame(parts)
    unknown = _vocabulary()["unknown"]
    written = texts.notna() & (texts.str.strip() != "").fillna(False)
    missed = texts[written & out["best"].isna() & ~texts.str.strip().str.casefold().isin(list(unknown)).fillna(False)]
    out.attrs["counts"] = _notes(missed)
    return out


def loses_counts(column: pd.Series) -> bool:
    """Return whether the whole numbers read of a column say less than its cells.

    Examples
    --------
    >>> import pandas as pd
    >>> loses_counts(pd.Series(["3", "4"])), loses_counts(pd.Series(["3-5"])), loses_counts(pd.Series([1.5]))
    (False, True, True)
    """
    counts = read_counts(column)
    return bool(((counts["best"].isna() | counts["low"].ne(counts["high"]).fillna(True)) & column.notna()).any())


def _notes(missed: pd.Series) -> dict[str, object]:
    return {"unread": len(missed), "examples": [str(text)[:40] for text in missed.unique()[:3]]}
