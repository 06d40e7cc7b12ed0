"""Tests points against the country that their rows name: a mirrored point that lies in it tells what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoevents.coordinates.units import country_at, is_near_country
from geoevents.frame.columns import as_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gazetteer import Gazetteer

__all__ = ["TELLING_DEGREES", "check_by_country", "said_countries"]

# A point and its mirror must lie this far apart, in degrees, for a country to say which of them is meant.
TELLING_DEGREES = 2.0
# A point this far outside the country that its row names, in degrees, is said to lie elsewhere; borders are coarse.
_BORDER_DEGREES = 0.3


def said_countries(given: pd.DataFrame, gazetteer: Gazetteer) -> NDArray[np.object_]:
    """Return the country that each row names, as its code; None where it names none that the gazetteer knows."""
    if "country" not in given:
        return np.full(len(given), None, dtype=object)
    countries = as_text(given["country"])
    which, distinct = pd.factorize(countries)
    answers = gazetteer.resolve_many(list(distinct))
    codes = [
        code if kind == "country" else None for kind, code in zip(answers["kind"], answers["country"], strict=True)
    ]
    # The last one is of the rows that name none, whose number is -1.
    return np.array([*codes, None], dtype=object)[which]


def check_by_country(
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    fault: NDArray[np.object_],
    said: NDArray[np.object_],
    country: NDArray[np.object_],
    gazetteer: Gazetteer,
    repair: str | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_], NDArray[np.object_]]:
    """Test points against the country of their rows: a mirrored point that lies in it tells what went wrong.

    Parameters
    ----------
    y, x
        Latitudes and longitudes that may be right, NaN where not.
    fault
        What each row is known to have wrong.
    said, country
        The code of the country that each row names, and of the one that it lies in as written; None for none.
    gazetteer
        Says where countries lie.
    repair
        ``swap`` and ``sign`` mend the rows that look so.

    Returns
    -------
    (n,), (n,), (n,), (n,)
        ``y`` and ``x``, NaN where a fault was found, the faults, and what is said of each row.
    """
    notes: NDArray[np.object_] = np.full(len(x), None, dtype=object)
    at = np.flatnonzero((said != None) & (said != country) & np.isfinite(x))  # noqa: E711
    if not len(at):
        return y, x, fault, notes
    at = at[~is_near_country(gazetteer, said[at], x[at], y[at], _BORDER_DEGREES)]
    y, x = y.copy(), x.copy()
    open_rows = np.ones(len(at), dtype=bool)
    for code, mirror in (
        ("swapped", (x[at], y[at])),
        ("sign", (y[at], -x[at])),
        ("sign", (-y[at], x[at])),
        ("sign", (-y[at], -x[at])),
    ):
        north, east = mirror
        far = np.hypot(north - y[at], east - x[at]) >= TELLING_DEGREES
        able = open_rows & far & (np.abs(north) <= 90)
        hit = np.zeros(len(at), dtype=bool)
        hit[able] = country_at(gazetteer, east[able], north[able]) == said[at[able]]
        rows = at[hit]
        if repair == {"swapped": "swap"}.get(code, code):
            y[rows], x[rows] = north[hit], east[hit]
            notes[rows] = f"coordinates mended: {repair}"
        else:
            fault[rows] = code
        open_rows &= ~hit
    for row in at[open_rows]:
        notes[row] = f"the coordinates do not lie in {said[row]}, which the row names"
    bad = np.asarray(fault != None, dtype=bool)  # noqa: E711
    return np.where(bad, np.nan, y), np.where(bad, np.nan, x), fault, notes
