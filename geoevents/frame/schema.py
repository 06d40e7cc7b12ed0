"""The events frame: its columns, their types, and the check that a frame is one.

A frame that is not one gets a `ValidationError` that lists every fault. The geometry is in
EPSG:4326, longitude before latitude, in the column ``geometry``; radii are kilometres; dates are days (or
moments) at the place, without a time zone.
"""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geoevents.errors import ValidationError

__all__ = [
    "ADDED_LATER",
    "COLUMNS",
    "CRS",
    "NEAR_KM",
    "OPTIONAL",
    "STATUSES",
    "WHERE_PREC",
    "conform",
    "is_events",
    "validate",
]

Type = Literal["text", "number", "count", "date"]

CRS = "EPSG:4326"
STATUSES = ("matched", "ambiguous", "unresolved")

# Every events frame has these, in this order, after the input's own columns.
COLUMNS: dict[str, Type] = {
    "event_id": "text",
    "place_query": "text",
    "place_id": "text",
    "place_name": "text",
    "place_kind": "text",
    "country": "text",
    "admin1": "text",
    "lon": "number",
    "lat": "number",
    "radius_km": "number",
    "where_prec": "count",
    "match_status": "text",
    "match_score": "number",
    "match_method": "text",
    "match_note": "text",
    "start": "date",
    "end": "date",
    "date_prec": "count",
}
# Files of events that were written before a column was added lack it, and are events all the same.
ADDED_LATER = frozenset({"match_note"})
# These follow when the input knows them.
OPTIONAL: dict[str, Type] = {
    "event_type": "text",
    "actor1": "text",
    "actor2": "text",
    "fatalities": "count",
    "fatalities_low": "count",
    "fatalities_high": "count",
    "injured": "count",
    "detained": "count",
    "evidence": "text",
    "source": "text",
}
# UCDP's where_prec for a kind of place; a sea that belongs to no country is 7. What is worked out from other places
# ("30 km south of …") is near a known place (2) while its radius is small, else a fuzzy area (5).
WHERE_PREC: dict[str, int] = {
    "city": 1,
    "airport": 1,
    "building": 1,
    "neighbourhood": 1,
    "derived": 2,
    "admin2": 3,
    "admin1": 4,
    "region": 5,
    "sea": 5,
    "river": 5,
    "lake": 5,
    "island": 5,
    "landform": 5,
    "country": 6,
    "group": 6,
}
NEAR_KM = 25.0

_RANGES: dict[str, tuple[float, float | None]] = {
    "lon": (-180, 180),
    "lat": (-90, 90),
    "radius_km": (0, None),
    "match_score": (0, 1),
    "where_prec": (1, 7),
    "date_prec": (1, 5),
    "fatalities": (0, None),
    "fatalities_low": (0, None),
    "fatalities_high": (0, None),
    "injured": (0, None),
    "detained": (0, None),
}


def is_events(frame: pd.DataFrame) -> bool:
    """Return whether a frame has the columns of an events frame, whatever they hold."""
    return (
        set(COLUMNS) - ADDED_LATER <= set(getattr(frame, "columns", ()))
        and getattr(frame, "_geometry_column_name", None) == "geometry"
    )


def validate(events: pd.DataFrame) -> None:
    """Check that a frame is an events frame.

    Parameters
    ----------
    events
        A GeoDataFrame as `geoevents.locate` makes it; it is not changed.

    Raises
    ------
    ValidationError
        When it is not one. One message names every fault, with how many rows have it and the first of
        them.

    Examples
    --------
    >>> import geopandas as gpd
    >>> validate(gpd.GeoDataFrame({"event_id": ["a"]}))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    geoevents.errors.ValidationError: Not an events frame: columns are missing: place_query, place_id, ...
    """
    if not isinstance(events, pd.DataFrame):
        raise ValidationError(f"Not an events frame: expected a GeoDataFrame, got {events!r:.60}.")
    faults = [] if isinstance(events, gpd.GeoDataFrame) else ["it is not a GeoDataFrame"]
    doubled = events.columns[events.columns.duplicated()].unique().tolist()
    if doubled:
        faults.append(f"columns stand more than once: {', '.join(map(str, doubled))}")
    missing = [name for name in COLUMNS if name not in events.columns and name not in ADDED_LATER]
    if missing:
        faults.append(f"columns are missing: {', '.join(missing)}")
    for name, kind in (COLUMNS | OPTIONAL).items():
        if name in events.columns and name not in doubled:
            faults += _column_faults(events[name], kind)
    if not missing and not doubled:
        faults += _row_faults(events)
    if isinstance(events, gpd.GeoDataFrame):
        faults += _geometry_faults(events)
    if faults:
        raise ValidationError(f"Not an events frame: {'; '.join(faults)}.")


def _column_faults(column: pd.Series, kind: Type) -> list[str]:

    if not _is_type(column, kind):
        return [f"{column.name} is to hold {_WORDS[kind]}, it holds {column.dtype}"]
    if kind in ("text", "date"):
        return []
    faults = []
    if kind == "number":
        faults += _rows(np.isinf(column), f"{column.name} is infinite")
    low, high = _RANGES[str(column.name)]
    outside = column < low if high is None else (column < low) | (column > high)
    wanted = f"at least {low:g}" if high is None else f"{low:g} to {high:g}"
    return faults + _rows(outside.fillna(False) & ~column.isin([np.inf]), f"{column.name} is not {wanted}")


_WORDS: dict[Type, str] = {
    "text": "text",
    "number": "floating-point numbers",
    "count": "whole numbers",
    "date": "dates without a time zone",
}


def _is_type(column: pd.Series, kind: Type) -> bool:

    types = pd.api.types
    if kind == "number":
        return types.is_float_dtype(column.dtype)
    if kind == "count":
        return types.is_integer_dtype(column.dtype)
    if kind == "date":
        return types.is_datetime64_dtype(column.dtype)
    values = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
    if isinstance(values.dtype, pd.StringDtype):
        return True
    return values.dtype == object and types.infer_dtype(values, skipna=True) in ("string", "empty")


def _row_faults(events: pd.DataFrame) -> list[str]:
    ids = events["event_id"]
    faults = _rows(ids.isna(), "event_id is empty")
    faults += _rows(ids.duplicated() & ids.notna(), "event_id is not unique")
    faults += _rows(events["lon"].isna() != events["lat"].isna(), "only one of lon and lat is given")
    if _is_type(events["start"], "date") and _is_type(events["end"], "date"):
        faults += _rows(events["start"].isna() != events["end"].isna(), "only one of start and end is given")
        faults += _rows(events["start"] > events["end"], "start is after end")
    status = events["match_status"].astype(object)
    faults += _rows(~status.isin(STATUSES), f"match_status is none of {', '.join(STATUSES)}")
    placed = status.isin(STATUSES[:2])
    faults += _rows(placed & events["place_id"].isna(), "a place was found but place_id is empty")
    faults += _rows(placed & events["lon"].isna(), "a place was found but lon and lat are empty")
    faults += _rows((status == "unresolved") & events["place_id"].notna(), "unresolved but place_id is given")
    return faults


def _geometry_faults(events: gpd.GeoDataFrame) -> list[str]:
    if events._geometry_column_name != "geometry" or "geometry" not in events.columns:
        return [f"the active geometry is to be 'geometry', it is {events._geometry_column_name!r}"]
    shapes = events.geometry
    faults = []
    if shapes.crs is None or not shapes.crs.equals(CRS):
        faults.append(f"the CRS is to be {CRS}, it is {shapes.crs.to_string() if shapes.crs else 'not set'}")
    bounds = shapes.bounds
    outside = (bounds["minx"] < -180) | (bounds["maxx"] > 180) | (bounds["miny"] < -90) | (bounds["maxy"] > 90)
    faults += _rows(outside, "geometry reaches beyond -180 to 180 degrees east or -90 to 90 degrees north")
    return faults


def _rows(bad: pd.Series, what: str) -> list[str]:
    count = int(bad.sum())
    if not count:
        return []
    first = int(bad.to_numpy().argmax())
    return [f"{what} in {count} row{'s' if count > 1 else ''} (first at index {bad.index[first]})"]


def _as_written(column: pd.Series) -> pd.Series:
    """Return numbers as text: 2022 is a year, not nanoseconds."""
    return column.astype("string") if pd.api.types.is_numeric_dtype(column.dtype) else column


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the schema's columns in the schema's types, where their values allow it.

    What a file format cannot carry (dates in JSON, an all-empty column) is put back here; a column whose
    values do not fit stays as it is, for `validate` to name.
    """
    frame = frame.copy()
    for name, kind in (COLUMNS | OPTIONAL).items():
        if name not in frame.columns or _is_type(frame[name], kind):
            continue
        column = frame[name]
        try:
            if kind == "date":
                frame[name] = pd.to_datetime(_as_written(column), format="ISO8601").astype("datetime64[us]")
            elif kind == "number":
                frame[name] = column.astype("float64")
            elif kind == "count":
                with np.errstate(invalid="ignore"):  # an infinity is not a count, and stays
                    frame[name] = column.astype("Int64")
            elif column.isna().all():
                frame[name] = column.astype("str")
        except (TypeError, ValueError, OverflowError):
            continue
    return frame
