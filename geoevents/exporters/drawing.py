"""What a map draws of an events frame: a frame enters; display rows, split by how they look, leave.

Any frame with a geometry will do: what it lacks of the events' columns is read off its shapes. Coordinates are
lon/lat in degrees, EPSG:4326.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["DEEPEST", "PALETTE", "SIZE", "TOLD", "Part", "cell", "colours_of", "display", "split"]

# Okabe and Ito (2008), told apart by colour-blind readers: a colour each for the commonest seven, grey for the rest.
PALETTE = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#6B7280")

_REST = "other"
_UNSTATED = "not stated"
# What a tooltip tells, in this order, where it is known.
TOLD = (
    "event_type", "place_kind", "place_name", "place_query", "start", "end", "fatalities", "actor1", "radius_km",
    "match_status", "evidence", "description", "notes", "source",
)  # fmt: skip
# The map does not draw a point whose size is unknown: this column has 0 there, and the tooltip stays silent.
SIZE = "known fatalities"
_LONGEST = 160
# From admin-2 on (UCDP's where_prec) an event lies somewhere in an area, not at a point.
_AREA_PREC = 3
# More on one place would each be too faint for the 256 steps a screen has; the page says how many are left out.
DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Part:
    """Events that are drawn alike.

    Attributes
    ----------
    shared
        For areas: the most events that lie on one of the places. 0 for points.
    """

    id: str
    label: str
    frame: pd.DataFrame
    shared: int
    dated: bool


def display(events: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the rows to draw: those with a place, in a frame of their own.

    Columns: what tooltips tell, ``shape``, ``lon``, ``lat``, ``category``, ``date``, ``SIZE``, ``area`` (drawn as
    one) and ``place`` (equal where areas lie on each other).
    """
    placed = events[events.geometry.notna() & ~events.geometry.is_empty].to_crs("EPSG:4326")
    placed = placed.reset_index(drop=True)
    drawn = pd.DataFrame({name: placed[name].astype(object) for name in TOLD if name in placed})
    shapes = placed.geometry.to_numpy()
    drawn["shape"] = shapes
    drawn["category"] = _category(placed)
    drawn["date"] = _dates(placed)
    deaths = placed["fatalities"] if "fatalities" in placed else pd.Series(np.nan, placed.index)
    drawn[SIZE] = pd.to_numeric(deaths, errors="coerce").astype("float64").clip(lower=0, upper=1e9).fillna(0)
    points = shapely.point_on_surface(shapes)
    for name, values in (("lon", shapely.get_x(points)), ("lat", shapely.get_y(points))):
        known = pd.to_numeric(placed[name], errors="coerce") if name in placed else np.nan
        drawn[name] = pd.Series(known, index=placed.index, dtype="float64").fillna(
            pd.Series(values, index=placed.index)
        )
    areal = np.isin(shapely.get_type_id(shapes), (3, 6))
    precision = (
        pd.to_numeric(placed["where_prec"], errors="coerce")
        if "where_prec" in placed
        else pd.Series(_AREA_PREC, placed.index)
    )
    drawn["area"] = areal & (precision.fillna(_AREA_PREC) >= _AREA_PREC).to_numpy()
    keys = placed["place_id"] if "place_id" in placed else pd.Series(None, placed.index, dtype=object)
    drawn["place"] = keys.astype(object).where(keys.notna(), pd.Series(shapely.to_wkb(shapes), placed.index))
    return drawn[_is_kept(drawn)]


def _dates(placed: gpd.GeoDataFrame) -> pd.Series:
    if "start" not in placed or not pd.api.types.is_datetime64_any_dtype(placed["start"]):
        return pd.Series(pd.NaT, placed.index, dtype="datetime64[us]")
    dates: pd.Series = placed["start"]
    if dates.dt.tz is None:
        return dates
    utc: pd.Series = dates.dt.tz_convert("UTC").dt.tz_localize(None)
    return utc


def _is_kept(drawn: pd.DataFrame) -> pd.Series:
    """Leave out what is too deep in a stack of areas, evenly over time."""
    areas = drawn[drawn["area"]].sort_values("date", kind="stable")
    stacks = areas.groupby("place", sort=False)["place"]
    rank, size = stacks.cumcount(), stacks.transform("size").astype("int64")
    kept = ~drawn["area"]
    kept[areas.index] = (size <= DEEPEST) | (rank * DEEPEST // size != (rank - 1) * DEEPEST // size)
    return kept


def _category(placed: gpd.GeoDataFrame) -> pd.Series:
    names = [name for name in ("event_type", "place_kind") if name in placed and placed[name].notna().any()]
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
    """Return the categories of display rows with their colours, the commonest first, "other" last."""
    counts = drawn["category"].value_counts()
    order = sorted(counts.index, key=lambda name: (name == _REST, -counts[name], name))
    colours = [*PALETTE[: len(order) - 1], PALETTE[-1]] if _REST in order else PALETTE
    return [(str(name), colour) for name, colour in zip(order, colours, strict=False)]


def split(drawn: pd.DataFrame) -> list[Part]:
    """Split events by how they are drawn; the first is on top."""
    dated = drawn["date"].notna()
    parts = []
    for has_date in (True, False):
        name, suffix = ("", "") if has_date else ("undated-", " without a date")
        frame = drawn[(dated == has_date) & ~drawn["area"]]
        if len(frame):
            parts.append(Part(f"{name}points", f"Places{suffix}", frame, 0, has_date))
    areas = drawn[drawn["area"]]
    shared = areas.groupby("place")["place"].transform("size")
    # A class for 1, 2–4, 5–16, 17–64 … events on a place: one opacity for all would hide the land or the lone event.
    depth = np.ceil(np.log(shared.astype("float64")) / np.log(4)).astype("int64")
    for level in sorted(depth.unique(), reverse=True):
        most = int(shared[depth == level].max())
        for has_date in (True, False):
            name, suffix = ("", "") if has_date else ("undated-", " without a date")
            frame = areas[(depth == level) & (dated[areas.index] == has_date)]
            if len(frame):
                label = f"Areas: the event is somewhere inside{suffix}"
                parts.append(Part(f"{name}areas-{most}", label, frame, most, has_date))
    return parts


def cell(value: object) -> str | int | float | bool | None:
    """Return a value as the map's JSON takes it: times in ISO 8601 UTC, long texts cut, what is missing null."""
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
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
