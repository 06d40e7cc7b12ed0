"""Make the rows that a map draws of an events frame, with a colour for each category.

Any frame with a geometry will do: what it lacks of the events' columns is read off its shapes. Coordinates are
lon/lat in degrees, EPSG:4326.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geoevents.spatial.lonlat import to_lonlat

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["LONGEST", "MIXED", "PALETTE", "SIZE", "TOLD", "TRACKS", "cell", "colours_of", "display"]

# Okabe and Ito (2008), told apart by colour-blind readers: a colour each for the commonest seven, grey for the rest.
PALETTE = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#6B7280")

_REST = "other"
# Areas that events of several types share.
MIXED, _MIXED_COLOUR = "several types", "#8492a6"
_UNSTATED = "not stated"
# What a tooltip tells, in this order, where it is known.
TOLD = (
    "event_type",
    "sub_event_type",
    "place_kind",
    "place_name",
    "place_query",
    "start",
    "end",
    "fatalities",
    "actor1",
    "actor2",
    "radius_km",
    "match_status",
    "evidence",
    "description",
    "notes",
    "source",
)
# Columns that may say that rows are one thing at several times.
TRACKS = (
    "track_id",
    "trip_id",
    "vessel_id",
    "vehicle_id",
    "unit_id",
    "mmsi",
    "imo",
    "icao24",
    "event_id",
    "event_id_input",
    "id",
    "id_input",
)
# The map does not draw a point whose size is unknown: this column has 0 there, and the tooltip stays silent.
SIZE = "known fatalities"
LONGEST = 160
# From admin-2 on (UCDP's where_prec) an event lies somewhere in an area, not at a point.
_AREA_PREC = 3
# A point whose place is known to no better than this, in kilometres, is rough, whatever its kind.
_ROUGH_KM = 25.0


def display(events: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the rows to draw: those with a place, in a frame of their own, numbered from 0.

    Columns: what tooltips tell; ``shape``; ``lon``, ``lat``; ``category``; ``date`` and ``until`` (days without a
    zone, NaT when unknown); ``SIZE``; ``area`` (drawn as one); ``rough`` (a point, but not a precise one);
    ``place`` (equal where events share one); ``country``; ``track`` (equal where rows are one thing that moves);
    ``row`` (the row's place in the frame that entered); and ``type`` (``category`` is the type too, but `MIXED` where
    events of several types share an area).
    """
    has_place = (events.geometry.notna() & ~events.geometry.is_empty).to_numpy()
    placed = to_lonlat(events[has_place]).reset_index(drop=True)
    placed.attrs = {}  # of which each column that is taken would get a copy
    drawn = pd.DataFrame({name: placed[name].astype(object) for name in TOLD if name in placed}, index=placed.index)
    shapes = placed.geometry.to_numpy()
    drawn["shape"] = shapes
    drawn["row"] = np.flatnonzero(has_place)
    drawn["type"] = _category(placed)
    drawn["date"] = _dates(placed, "start")
    ends = _dates(placed, "end")
    drawn["until"] = ends.where(ends >= drawn["date"], drawn["date"])
    drawn[SIZE] = _numbers(placed, "fatalities").clip(lower=0, upper=1e9).fillna(0)
    drawn["lon"], drawn["lat"] = _positions(placed, shapes)
    precision = _numbers(placed, "where_prec")
    areal = np.isin(shapely.get_type_id(shapes), (3, 6))
    drawn["area"] = areal & (precision.fillna(_AREA_PREC) >= _AREA_PREC).to_numpy()
    loose = (precision >= _AREA_PREC) | (_numbers(placed, "radius_km") > _ROUGH_KM)
    drawn["rough"] = ~drawn["area"] & loose
    keys = placed["place_id"] if "place_id" in placed else pd.Series(None, placed.index, dtype=object)
    drawn["place"] = keys.astype(object)
    bare = keys.isna().to_numpy()
    drawn.loc[bare, "place"] = shapely.to_wkb(shapes[bare])
    drawn["country"] = placed["country"].astype(object) if "country" in placed else None
    drawn["track"] = _tracks(placed)
    drawn["category"] = _colour_groups(drawn)
    return drawn


def _colour_groups(drawn: pd.DataFrame) -> pd.Series:
    """Return what each row is coloured by: its type; where events of several types share an area, `MIXED`.

    Translucent areas of several colours on one place would show a colour that no legend has.
    """
    several = drawn[drawn["area"]].groupby("place")["type"].transform("nunique") > 1
    mixed: pd.Series = several.reindex(drawn.index, fill_value=False).astype(bool)
    return drawn["type"].where(~mixed, MIXED)


def _tracks(placed: gpd.GeoDataFrame) -> pd.Series:
    """Return the ids that come back, of the first column that has such: what moves from row to row."""
    for name in TRACKS:
        if name in placed:
            ids = placed[name].astype(object)
            repeated = ids.notna() & ids.duplicated(keep=False)
            if repeated.any():
                found: pd.Series = ids.where(repeated, None)
                return found
    return pd.Series(None, placed.index, dtype=object)


def _numbers(placed: gpd.GeoDataFrame, name: str) -> pd.Series:
    if name not in placed:
        return pd.Series(np.nan, placed.index, dtype="float64")
    numbers: pd.Series = pd.to_numeric(placed[name], errors="coerce").astype("float64")
    return numbers.replace([np.inf, -np.inf], np.nan)


def _positions(placed: gpd.GeoDataFrame, shapes: NDArray[np.object_]) -> tuple[pd.Series, pd.Series]:
    """Return a point on each place, degrees: the one the frame names, else one on the shape."""
    lon, lat = _numbers(placed, "lon"), _numbers(placed, "lat")
    known = (lon.notna() & lat.notna()).to_numpy()
    points = shapely.point_on_surface(shapes[~known])
    lon[~known], lat[~known] = shapely.get_x(points), shapely.get_y(points)
    return lon, lat


def _dates(placed: gpd.GeoDataFrame, name: str) -> pd.Series:
    if name not in placed or not pd.api.types.is_datetime64_any_dtype(placed[name]):
        return pd.Series(pd.NaT, placed.index, dtype="datetime64[us]")
    dates: pd.Series = placed[name]
    if dates.dt.tz is None:
        return dates
    utc: pd.Series = dates.dt.tz_convert("UTC").dt.tz_localize(None)
    return utc


def _category(placed: gpd.GeoDataFrame) -> pd.Series:
    names = [
        name for name in ("event_class", "event_type", "place_kind") if name in placed and placed[name].notna().any()
    ]
    if not names:
        return pd.Series("event", placed.index, dtype=object)
    texts = placed[names[0]].astype(object).map(lambda value: _label(value, names[0]), na_action="ignore")
    texts = texts.where(texts.notna(), _UNSTATED)
    counts = texts.value_counts()
    order = sorted(counts.index, key=lambda name: (-counts[name], name))
    kept = set(order if len(order) <= len(PALETTE) else order[: len(PALETTE) - 1])
    return pd.Series([text if text in kept else _REST for text in texts], placed.index, dtype=object)


def _label(value: object, column: str) -> str:
    # The map takes a column of digits or dates for numbers, and then no colour fits: codes are given a word.
    text = str(cell(value)).strip()
    return text if any(letter.isalpha() for letter in text) else f"{column.replace('_', ' ')} {text}".strip()


def colours_of(drawn: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the categories of display rows with their colours, the commonest first, "other" and `MIXED` last."""
    counts = drawn["type"].value_counts()
    order = sorted(counts.index, key=lambda name: (name == _REST, -counts[name], name))
    colours = [*PALETTE[: len(order) - 1], PALETTE[-1]] if _REST in order else PALETTE
    found = [(str(name), colour) for name, colour in zip(order, colours, strict=False)]
    return [*found, (MIXED, _MIXED_COLOUR)] if (drawn["category"] == MIXED).any() else found


def cell(value: object, longest: int = LONGEST) -> str | int | float | bool | None:
    """Return a value as the map's JSON takes it: times in ISO 8601 UTC, long texts cut, what is missing null."""
    if isinstance(value, str):
        return value if len(value) <= longest else value[: longest - 1] + "…"
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, pd.Timestamp):
        value = value if value.tzinfo is None else value.tz_convert("UTC")
        # A date alone would not become a time filter; the map reads times as UTC.
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bool | int):
        return value
    return cell(str(value), longest)
