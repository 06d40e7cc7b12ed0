"""Tests all points of a table together for latitude and longitude that were exchanged.

A row alone often cannot tell: its point and the mirrored one may both be possible. The bulk of its table can.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from geoevents.coordinates.country_check import TELLING_DEGREES
from geoevents.coordinates.units import country_at

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from gazetteer import Gazetteer

__all__ = ["check_by_table", "is_of_swapped_axes", "lies_at_sea_unless_swapped", "speaks_of_the_sea"]

# Rows that show exchanged axes must be so many, of those that show either so large a share, and of all so large a one:
# a single slip of the pen in a table of good points is no more than that.
_LEAST_ROWS, _SHARE_OF_TELLING, _SHARE_OF_ALL = 2, 0.9, 0.2
# So many different points (to a tenth of a degree) must lie at sea as written and on land when mirrored, and so large a
# share of them. Tables of piracy off Somalia lie so too, which is why `speaks_of_the_sea` is asked.
_LEAST_POINTS, _SHARE_AT_SEA = 5, 0.95
# Where 75 degrees west stands for the latitude, the point lies in Antarctica.
_ICE = "ATA"
# So many rows, spread over the table, are asked where they lie.
_ROWS_ASKED = 5_000
# So many rows of texts are read for words of the sea.
_ROWS_OF_TEXTS = 500


def check_by_table(
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    fault: NDArray[np.object_],
    notes: NDArray[np.object_],
    said: NDArray[np.object_],
    gazetteer: Gazetteer,
    repair: str | None,
    at_sea: Callable[[], bool],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the rows whose axes are exchanged, as the rest of the table shows; their faults and notes are set in place.

    Parameters
    ----------
    y, x
        Latitudes and longitudes that may be right, NaN where not.
    fault, notes
        What each row is known to have wrong, and what is said of it.
    said
        The code of the country that each row names, None where it names none.
    gazetteer
        Says where countries lie.
    repair
        ``swap`` mends the rows.
    at_sea
        Says whether the table's events may well lie at sea; asked only when that matters.
    """
    open_rows = np.isfinite(x) & (fault == None) & (notes != f"coordinates mended: {repair}")  # noqa: E711
    shown = (fault == "swapped") | ((notes == "coordinates mended: swap") & (repair == "swap"))
    if shown.any():
        denied = open_rows & (np.abs(x) > 90)
        judged = np.flatnonzero(open_rows & ~denied & (said != None))  # noqa: E711
        held = country_at(gazetteer, x[judged], y[judged]) == said[judged]
        denied[judged] = held & (country_at(gazetteer, y[judged], x[judged]) != said[judged])
        rows = open_rows & ~denied
        swapped = bool(rows.any()) and is_of_swapped_axes(shown, denied, int((open_rows | shown).sum()))
    else:
        rows = open_rows
        alone = bool(open_rows.any()) and not (said != None).any()  # noqa: E711
        swapped = alone and lies_at_sea_unless_swapped(y[rows], x[rows], gazetteer) and not at_sea()
    if not swapped:
        return y, x
    if repair == "swap":
        notes[rows] = "coordinates mended: swap"
        return np.where(rows, x, y), np.where(rows, y, x)
    fault[rows] = "swapped"
    return np.where(rows, np.nan, y), np.where(rows, np.nan, x)


def is_of_swapped_axes(shown: NDArray[np.bool_], denied: NDArray[np.bool_], rows: int) -> bool:
    """Return whether the bulk of a table shows that its latitudes and longitudes are exchanged.

    Parameters
    ----------
    shown, denied
        A row each: it can only be right when mirrored; it can only be right as written. Most rows say neither.
    rows
        How many rows have coordinates.

    Examples
    --------
    >>> import numpy as np
    >>> is_of_swapped_axes(np.array([True, True, False]), np.array([False, False, False]), 3)
    True
    >>> is_of_swapped_axes(np.array([True, True, False]), np.array([False, False, True]), 3)
    False
    """
    telling = int(shown.sum()), int(denied.sum())
    return (
        telling[0] >= _LEAST_ROWS
        and telling[0] >= _SHARE_OF_TELLING * sum(telling)
        and telling[0] >= _SHARE_OF_ALL * rows
    )


def lies_at_sea_unless_swapped(lat: NDArray[np.float64], lon: NDArray[np.float64], gazetteer: Gazetteer) -> bool:
    """Return whether nearly all points lie at sea or in Antarctica as written, and on land when mirrored.

    Parameters
    ----------
    lat, lon
        Degrees, finite.
    gazetteer
        Its countries are the land; what lies off their coasts within 5 km counts as land.
    """
    step = len(lat) // _ROWS_ASKED + 1
    points = np.unique(np.column_stack([lat[::step], lon[::step]]).round(1), axis=0)
    if len(points) < _LEAST_POINTS or (np.abs(points[:, 1]) > 90).any():
        return False
    if (np.abs(points[:, 0] - points[:, 1]) < TELLING_DEGREES).mean() > 1 - _SHARE_AT_SEA:
        return False
    found = country_at(gazetteer, points[:, 1], points[:, 0])
    at_sea = (found == None) | (found == _ICE)  # noqa: E711
    if at_sea.mean() < _SHARE_AT_SEA:
        return False
    on_land = country_at(gazetteer, points[:, 0], points[:, 1]) != None  # noqa: E711
    return bool(on_land.mean() >= _SHARE_AT_SEA)


def speaks_of_the_sea(records: pd.DataFrame) -> bool:
    """Return whether the columns or cells of a table have a word of the sea, so that its events may well lie there.

    Examples
    --------
    >>> import pandas as pd
    >>> speaks_of_the_sea(pd.DataFrame({"what": ["Tanker boarded"]})), speaks_of_the_sea(pd.DataFrame({"what": ["x"]}))
    (True, False)
    """
    words = _sea_words()
    texts = [str(name) for name in records.columns]
    for name in records.columns:
        if records[name].dtype.name in ("object", "str", "string", "category"):
            texts += [cell for cell in records[name].head(_ROWS_OF_TEXTS) if isinstance(cell, str)]
    return any(words.search(text.casefold()) for text in texts)


@lru_cache(maxsize=1)
def _sea_words() -> re.Pattern[str]:
    lines = (files("geoevents") / "data" / "sea_words.txt").read_text(encoding="utf-8").splitlines()
    words = (re.escape(line).replace(r"\*", r"\w*") for line in lines if line and not line.startswith("#"))
    return re.compile(r"(?<![^\W_])(?:" + "|".join(words) + r")(?![^\W_])")
