"""What a table says of its events in columns: coordinates or shapes, dates, counts and texts.

The chosen columns become the schema's, unchecked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoevents.frame.columns import as_text
from geoevents.frame.coordinate_cells import read_angles, read_pairs, repair_points
from geoevents.frame.counts import loses_counts, read_counts
from geoevents.frame.dates import joined_date_parts, read_spans
from geoevents.frame.schema import CRS, OPTIONAL
from geoevents.spatial.lonlat import to_lonlat
from geoevents.spatial.source_shapes import radius_of_shapes, read_shapes, tidy_shapes

if TYPE_CHECKING:
    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["coordinates_given", "described_shapes", "optional_columns", "written_dates"]

# A line or an area as small as a place, as its surroundings, or wider: UCDP's where_prec 1, 2 and 5.
_SHAPE_PREC = ((5.0, 1), (25.0, 2))


def written_dates(table: pd.DataFrame, choice: ColumnChoice, facts: TableFacts | None = None) -> pd.DataFrame:
    """Return the dates of a table by its columns, as `geoevents.frame.dates.read_spans` gives them."""
    last = None
    if choice.date is not None:
        first, last = table[choice.date], None if choice.end is None else table[choice.end]
    elif choice.date_parts:
        first = joined_date_parts(table, choice.date_parts)
        last = joined_date_parts(table, choice.end_parts) if choice.end_parts else None
    else:
        first = pd.Series(None, index=table.index, dtype=object)
    dates = read_spans(first, last, facts)
    if choice.date is None and not choice.date_parts:
        dates.attrs["dates"]["missing"] = True
    return dates


def optional_columns(table: pd.DataFrame, choice: ColumnChoice) -> tuple[dict[str, pd.Series], list[str]]:
    """Return the schema's optional columns of a table, and those of its own columns that hold what was not read."""
    found: dict[str, pd.Series] = {}
    lost = []
    for ours, theirs in choice.others.items():
        column = table[theirs]
        if OPTIONAL[ours] != "count":
            found[ours] = as_text(column)
            continue
        counts = read_counts(column)
        # "3-5" in the column of the dead is its own bounds.
        bound = {"fatalities_low": "low", "fatalities_high": "high"}.get(ours, "best")
        found[ours] = counts[bound if theirs == choice.others.get("fatalities") else "best"]
        if loses_counts(column):
            lost.append(theirs)
    order = [name for name in OPTIONAL if name in found]
    return {name: found[name] for name in order}, lost


def coordinates_given(
    table: pd.DataFrame, choice: ColumnChoice, *, facts: TableFacts | None = None, repair: str | None = None
) -> pd.DataFrame:
    """Return what a table's own coordinates or shapes say, in the schema's words.

    Parameters
    ----------
    table
        A row a record; a GeoDataFrame in EPSG:4326 or without a CRS brings its shapes.
    choice
        Which column is what.
    facts
        As in `events_at`.
    repair
        A key of `geoevents.frame.coordinate_cells.REPAIRS`.

    Returns
    -------
    pandas.DataFrame
        As `events_at` takes it.
    """
    out: dict[str, Any] = {}
    if choice.lat is not None and choice.lon is not None:
        out["lat"], out["lon"] = read_angles(table[choice.lat]), read_angles(table[choice.lon])
        unread = (out["lat"].isna() & _is_said(table[choice.lat])) | (out["lon"].isna() & _is_said(table[choice.lon]))
        out["unread"] = unread
        out["lat"], out["lon"] = repair_points(out["lat"], out["lon"], repair)
    elif choice.pair is not None:
        swapped = column_says_longitude_first(choice.pair)
        out["lat"], out["lon"] = read_pairs(table[choice.pair], longitude_first=swapped)
        out["unread"] = out["lat"].isna() & _is_said(table[choice.pair])
        out["lat"], out["lon"] = repair_points(out["lat"], out["lon"], repair)
    else:
        column = table.geometry if choice.geometry is None else read_shapes(table[choice.geometry])
        if getattr(column, "crs", None) is not None and not column.crs.equals(CRS):
            column = to_lonlat(column)
        out |= described_shapes(column, repair)
    for name in ("where_prec", "radius_km"):
        at = next((column for column in table.columns if str(column).strip().lower() == name), None)
        if at is not None:
            values = pd.to_numeric(table[at], errors="coerce")
            out[name] = values.where(values >= 0) if name == "radius_km" else values.round().astype("Int64")
    dates = written_dates(table, choice, facts)
    out |= {str(name): dates[name] for name in dates}
    if choice.place:
        out["place_query"] = table[choice.place[0]]
    if choice.country is not None and choice.country in table.columns:
        out["country"] = table[choice.country]
    others, lost = optional_columns(table, choice)
    found = pd.DataFrame(out | others, index=table.index)
    named = {"lat", "lon"} <= set(choice.named)
    found.attrs = {**dates.attrs, "lost": lost, "asked": list(choice.others.values()), "axes_named": named}
    return found


def column_says_longitude_first(name: str) -> bool | None:
    """Return whether a column's name says which coordinate stands first; None when it does not.

    Examples
    --------
    >>> column_says_longitude_first("lon_lat"), column_says_longitude_first("LatLng")
    (True, False)
    """
    lower = name.lower()
    lat, lon = lower.find("lat"), max(lower.find("lon"), lower.find("lng"))
    return lon < lat if lat >= 0 and lon >= 0 else None


def _is_said(column: pd.Series) -> pd.Series:
    """Return the rows where a cell holds more than a word for a missing value."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.notna()
    texts = column.astype("string").str.strip().str.casefold()
    return (~texts.isin(["", "na", "n/a", "nan", "none", "null", "-", "unknown", "?"]) & texts.notna()).fillna(False)


def described_shapes(shapes: gpd.GeoSeries, repair: str | None = None) -> dict[str, Any]:
    """Return points, precision and radius of shapes: a point is exact, a line or an area as wide as it is."""
    raw = np.asarray(shapes.array, dtype=object)
    tidy = tidy_shapes(raw)
    centre = shapely.point_on_surface(tidy)
    lon, lat = shapely.get_x(centre), shapely.get_y(centre)
    points = shapely.get_type_id(tidy) == 0
    lon, lat = np.where(points, shapely.get_x(tidy), lon), np.where(points, shapely.get_y(tidy), lat)
    radius = radius_of_shapes(tidy, lon, lat)
    prec = np.select([radius <= limit for limit, _ in _SHAPE_PREC], [code for _, code in _SHAPE_PREC], 5)
    y, x = repair_points(pd.Series(lat, shapes.index), pd.Series(lon, shapes.index), repair)
    known = ~shapely.is_missing(tidy)
    areas = tidy.copy()
    areas[points] = None
    return {
        "lat": y,
        "lon": x,
        "where_prec": pd.Series(np.where(points, 1, prec), shapes.index).where(known).astype("Int64"),
        "radius_km": pd.Series(np.where(points, np.nan, radius), shapes.index),
        "geometry": pd.Series(areas.tolist(), index=shapes.index, dtype="object"),
    }
