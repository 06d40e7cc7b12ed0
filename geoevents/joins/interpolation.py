"""Transfer the figures of one layer of areas to another."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gazetteer import geodesy
from geoevents.errors import ArgumentError, ColumnError
from geoevents.joins.areas.prepared import prepare_units
from geoevents.joins.areas.units import Units

if TYPE_CHECKING:
    from gazetteer import Gazetteer

__all__ = ["interpolate"]

_LOG = logging.getLogger("geoevents")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def interpolate(
    source: gpd.GeoDataFrame | str | os.PathLike[str],
    target: gpd.GeoDataFrame | str | os.PathLike[str],
    *,
    extensive: Sequence[str] | str = (),
    intensive: Sequence[str] | str = (),
    gazetteer: Gazetteer | None = None,
) -> gpd.GeoDataFrame:
    """Carry figures from one layer of areas over to another, by area.

    Parameters
    ----------
    source
        Areas with the figures, as in `geoevents.join`.
    target
        Areas that get them. A grid gets the cells that the source touches.
    extensive
        Columns that add up, such as people or votes: each unit's figure is spread evenly over it, so that totals are
        kept as far as the target covers the source.
    intensive
        Columns that do not, such as rates, shares or temperatures: the mean over the part of a target unit that the
        source covers with a figure, weighted by area.
    gazetteer
        Whose layer a name means; None takes the bundled gazetteer.

    Returns
    -------
    geopandas.GeoDataFrame
        A row a target unit: ``unit_id``, ``unit_name``, its own columns, the figures (under ``<name>_source`` where
        the name is taken), and ``covered``, the share of the unit that the source covers. ``attrs["nesting"]`` is the
        mean over the source's units of the sum of squared shares in the target's: 1 where each lies in one.

    Raises
    ------
    ArgumentError
        When no column is asked for, or the source is a grid.
    ColumnError
        When a column is missing or holds no numbers.
    AreasError, ReadError
        As in `geoevents.join`.

    Notes
    -----
    Source: M. F. Goodchild and N. S.-N. Lam, Areal interpolation: a variant of the traditional spatial problem,
    Geo-Processing 1 (1980); nesting as in Y. M. Zhukov, J. Byers, M. Davidson and K. Kollman, Integrating data across
    misaligned spatial units, Political Analysis 32 (2024).

    Examples
    --------
    >>> import geopandas as gpd, geoevents as ge
    >>> from shapely import box
    >>> figures = {"people": [100, 300], "rate": [1.0, 3.0]}
    >>> old = gpd.GeoDataFrame(figures, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs=4326)
    >>> new = gpd.GeoDataFrame({"id": ["w", "e"]}, geometry=[box(0, 0, 1.5, 1), box(1.5, 0, 2, 1)], crs=4326)
    >>> found = ge.interpolate(old, new, extensive="people", intensive="rate")
    >>> found["people"].round(6).tolist(), found["rate"].round(3).tolist()
    ([250.0, 150.0], [1.667, 3.0])
    """
    sums, means = ([names] if isinstance(names, str) else list(names) for names in (extensive, intensive))
    if not sums and not means:
        raise ArgumentError("Interpolate: expected columns in extensive or intensive, got none.")
    given = prepare_units(source, gazetteer=gazetteer)
    if not isinstance(given, Units):
        raise ArgumentError("Interpolate: expected a source with figures, got a grid's name.")
    figures = {name: _numbers(given.table, name) for name in (*sums, *means)}
    ready = prepare_units(target, gazetteer=gazetteer)
    none = np.empty(0)
    wanted = ready if isinstance(ready, Units) else Units.for_grid(ready, none, none, given.shapes)
    left, right, area = _overlaps(given.shapes, wanted.shapes)
    whole, n = geodesy.area_km2(given.shapes), len(wanted.table)
    share = area / np.maximum(whole[left], 1e-12)
    out = wanted.table.copy()
    for name in sums:
        value = np.nan_to_num(figures[name][left]) * share
        out[_free(name, out)] = np.bincount(right, weights=value, minlength=n)
        _tell_lost(name, figures[name], np.bincount(left, weights=share, minlength=len(whole)).astype(np.float64))
    for name in means:
        known = np.isfinite(figures[name][left])
        weight = np.bincount(right[known], weights=area[known], minlength=n)
        total = np.bincount(right[known], weights=(figures[name][left] * area)[known], minlength=n)
        out[_free(name, out)] = np.divide(total, weight, out=np.full(n, np.nan), where=weight > 0)
    covered = np.bincount(right, weights=area, minlength=n) / np.maximum(geodesy.area_km2(wanted.shapes), 1e-12)
    out["covered"] = np.minimum(covered, 1.0)
    frame = gpd.GeoDataFrame(out, geometry=gpd.GeoSeries(list(wanted.shapes), crs="EPSG:4326"))
    squares = np.bincount(left, weights=share**2, minlength=len(whole))
    frame.attrs["nesting"] = float(squares[whole > 0].mean())
    return frame


def _overlaps(some: NDArray[np.object_], others: NDArray[np.object_]) -> tuple[Ints, Ints, Floats]:
    """Return pairs of areas that overlap, and the km² that they have in common."""
    right, left = shapely.STRtree(some).query(others)
    area = geodesy.area_km2(shapely.intersection(some[left], others[right]))
    kept = area > 0
    return left[kept], right[kept], area[kept]


def _numbers(table: pd.DataFrame, name: str) -> Floats:
    if name not in table.columns or not pd.api.types.is_numeric_dtype(table[name]):
        raise ColumnError(f"Interpolate: expected a column of numbers of the source, got {name!r}.")
    return table[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _free(name: str, table: pd.DataFrame) -> str:
    return f"{name}_source" if name in table.columns else name


def _tell_lost(name: str, values: Floats, covered: Floats) -> None:
    total = np.nansum(values)
    lost = np.nansum(values * np.maximum(1 - covered, 0.0))
    if total and lost / total > 1e-6:
        _LOG.warning("Interpolate: %.2g of all %s lies outside the target and is not counted.", lost / total, name)
