"""Add lags and spells as columns to a panel that `aggregate` made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoevents.errors import ArgumentError, ColumnError
from geoevents.spatial.event_points import coordinates_of
from geoevents.spatial.outlines import in_lonlat

__all__ = ["lag", "spells"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def lag(
    panel: gpd.GeoDataFrame,
    columns: str | Sequence[str],
    *,
    periods: int | Sequence[int] | None = None,
    space: Literal["queen", "rook"] | int | None = None,
) -> gpd.GeoDataFrame:
    """Add what happened before, or next door.

    Parameters
    ----------
    panel
        Rows of units and periods, as `geoevents.aggregate` makes them, each once.
    columns
        Columns of numbers.
    periods
        How many periods before: ``<column>_lag1`` is the unit's value one period earlier, NaN before the first.
    space
        The mean of a unit's neighbours in the same period, ``<column>_near``, NaN without neighbours: ``queen`` takes
        units that touch at a border or a corner, ``rook`` those that share a border, a number the so many nearest by
        the geodesic distance of their middles.

    Returns
    -------
    geopandas.GeoDataFrame
        The panel with the new columns.

    Raises
    ------
    ArgumentError
        When neither or a wrong kind of lag is asked for.
    ColumnError
        When a column is missing or holds no numbers, or a unit has a period twice.

    Examples
    --------
    >>> import geopandas as gpd, geoevents as ge
    >>> from shapely import box
    >>> units = [box(i, 0, i + 1, 1) for i in range(3)]
    >>> panel = gpd.GeoDataFrame({"unit_id": list("abc"), "events": [3.0, 0.0, 1.0]}, geometry=units, crs=4326)
    >>> ge.lag(panel, "events", space="queen")["events_near"].tolist()
    [0.0, 2.0, 0.0]
    """
    names = [columns] if isinstance(columns, str) else list(columns)
    values = {name: _numbers(panel, name) for name in names}
    back = [] if periods is None else [periods] if isinstance(periods, int) else list(periods)
    if (not back and space is None) or any(isinstance(n, bool) or n < 1 for n in back):
        raise ArgumentError(f"Lag: expected periods of 1 or more, or space; got {periods!r} and {space!r}.")
    grid = _Grid.of(panel)
    out = panel.copy(deep=False)
    for name, column in values.items():
        for n in back:
            _insert(out, f"{name}_lag{n}", grid.flat(_shifted(grid.square(column), n)))
    if space is not None:
        left, right = _neighbours(grid.shapes(panel), space)
        for name, column in values.items():
            _insert(out, f"{name}_near", grid.flat(_means(grid.square(column), left, right)))
    return out


def spells(panel: gpd.GeoDataFrame, column: str = "events", *, least: float = 0.5, gap: int = 1) -> gpd.GeoDataFrame:
    """Add how long it has been quiet, and where something begins.

    Parameters
    ----------
    panel
        Rows of units and periods, as `geoevents.aggregate` makes them, each once.
    column
        The column of numbers that tells whether anything happened, such as ``events`` or ``incidence``.
    least
        From which value on something happened.
    gap
        How many quiet periods come before an onset.

    Returns
    -------
    geopandas.GeoDataFrame
        The panel with ``<column>_since``, the periods since something last happened before this one (1 where it did in
        the period before; NaN where it has not yet), ``<column>_onset``, 1 where something happens after at least
        `gap` quiet periods and 0 elsewhere, NaN where it goes on and in the first `gap` periods, which do not tell;
        and ``<column>_spell``, how many periods in a row something has happened up to this one.

    Raises
    ------
    ArgumentError
        When `gap` is less than 1.
    ColumnError
        When the column is missing or holds no numbers, or there are no periods.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd, geoevents as ge
    >>> months = pd.date_range("2022-01-01", periods=5, freq="MS")
    >>> panel = pd.DataFrame({"unit_id": "a", "period": months, "events": [0, 2, 1, 0, 3]})
    >>> found = ge.spells(panel)
    >>> found["events_since"].tolist(), found["events_onset"].tolist(), found["events_spell"].tolist()
    ([nan, nan, 1.0, 1.0, 2.0], [nan, 1.0, nan, 0.0, 1.0], [0.0, 1.0, 2.0, 0.0, 1.0])
    """
    if isinstance(gap, bool) or gap < 1:
        raise ArgumentError(f"Spells: expected a gap of 1 period or more, got {gap!r}.")
    if "period" not in panel.columns:
        raise ColumnError("Spells: expected a panel with periods; aggregate with freq makes one.")
    grid = _Grid.of(panel)
    happened = grid.square(_numbers(panel, column)) >= least
    since, onset, spell = (np.full(happened.shape, np.nan) for _ in range(3))
    last, run = np.full(len(happened), -1), np.zeros(len(happened))
    for t in range(happened.shape[1]):
        since[:, t] = np.where(last >= 0, t - last, np.nan)
        quiet = np.where(last >= 0, t - last > gap, True)
        onset[:, t] = np.where(happened[:, t], np.where(quiet, 1.0, np.nan), 0.0) if t >= gap else np.nan
        run = np.where(happened[:, t], run + 1, 0)
        spell[:, t] = run
        last = np.where(happened[:, t], t, last)
    out = panel.copy(deep=False)
    for name, square in (("since", since), ("onset", onset), ("spell", spell)):
        _insert(out, f"{column}_{name}", grid.flat(square))
    return out


class _Grid:
    """Rows of a panel as a square of units and periods."""

    def __init__(self, unit: Ints, period: Ints, units: int, periods: int) -> None:
        self._unit, self._period, self._size = unit, period, (units, periods)

    @classmethod
    def of(cls, panel: pd.DataFrame) -> _Grid:
        if "unit_id" not in panel.columns:
            raise ColumnError("Panel: expected a column unit_id; aggregate makes one.")
        unit, units = pd.factorize(panel["unit_id"], use_na_sentinel=False)
        period, n = np.zeros(len(panel), dtype=np.int64), 1
        if "period" in panel.columns:
            period, days = pd.factorize(panel["period"], sort=True)
            period, n = np.where(period < 0, len(days), period), len(days) + 1
        key = unit * n + period
        if len(np.unique(key)) < len(key):
            raise ColumnError("Panel: expected each unit once a period, but some are there more often.")
        return cls(unit, period, len(units), n)

    def square(self, values: Floats) -> Floats:
        out = np.full(self._size, np.nan)
        out[self._unit, self._period] = values
        return out

    def flat(self, square: Floats) -> Floats:
        return np.asarray(square[self._unit, self._period])

    def shapes(self, panel: gpd.GeoDataFrame) -> NDArray[np.object_]:
        out = np.full(self._size[0], None, dtype=object)
        out[self._unit] = in_lonlat(panel)
        return out


def _numbers(panel: pd.DataFrame, name: str) -> Floats:
    if name not in panel.columns or not pd.api.types.is_numeric_dtype(panel[name]):
        raise ColumnError(f"Panel: expected a column of numbers, got {name!r}.")
    return panel[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _shifted(square: Floats, n: int) -> Floats:
    out = np.full(square.shape, np.nan)
    out[:, n:] = square[:, :-n]
    return out


def _neighbours(shapes: NDArray[np.object_], space: str | int) -> tuple[Ints, Ints]:
    """Return pairs of units that are neighbours, each from both sides."""
    if isinstance(space, int) and not isinstance(space, bool) and space > 0:
        return _nearest(shapes, space)
    if space not in ("queen", "rook"):
        raise ArgumentError(f"Lag: expected queen, rook or a number of neighbours, got {space!r}.")
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    other = left != right
    left, right = left[other], right[other]
    if space == "rook":
        shared = shapely.intersection(shapely.boundary(shapes[left]), shapely.boundary(shapes[right]))
        touching = shapely.length(shared) > 0
        left, right = left[touching], right[touching]
    return left, right


def _nearest(shapes: NDArray[np.object_], k: int) -> tuple[Ints, Ints]:
    there = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    x, y = map(np.radians, coordinates_of(shapely.centroid(shapes[there])))
    on_sphere = np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
    pairs = []
    for i in range(len(there)):
        order = np.argsort(-on_sphere @ on_sphere[i], kind="stable")
        pairs.append(there[order[order != i][:k]])
    count = [len(found) for found in pairs]
    return np.repeat(there, count), np.concatenate(pairs) if pairs else there[:0]


def _means(square: Floats, left: Ints, right: Ints) -> Floats:
    """Return for each unit and period the mean of the neighbours that have a number."""
    known = np.isfinite(square)
    total, count = np.zeros(square.shape), np.zeros(square.shape)
    np.add.at(total, left, np.where(known, square, 0.0)[right])
    np.add.at(count, left, known[right].astype(np.float64))
    return np.asarray(np.divide(total, count, out=np.full(square.shape, np.nan), where=count > 0))


def _insert(out: pd.DataFrame, name: str, values: Floats) -> None:
    if name in out.columns:
        raise ColumnError(f"Panel: expected no column {name!r} yet, but there is one.")
    last = getattr(out, "_geometry_column_name", None)
    out.insert(len(out.columns) - (out.columns[-1] == last), name, values)
