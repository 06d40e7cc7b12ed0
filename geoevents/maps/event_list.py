"""List the events beside a map, in columns as the page's JSON holds them.

Every event is in the list, those without a place or a date too. Coordinates are lon/lat in degrees, EPSG:4326.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoevents.frame.schema import COLUMNS, OPTIONAL
from geoevents.maps.display_rows import cell

if TYPE_CHECKING:
    import geopandas as gpd

    from geoevents.maps.scene import Scene

__all__ = ["PRECISIONS", "Json", "event_list"]

Json = dict[str, object]

# UCDP's where_prec in words.
PRECISIONS = {
    1: "Exact place",
    2: "Near a known place",
    3: "Somewhere in a district",
    4: "Somewhere in a province",
    5: "Somewhere in a region",
    6: "Somewhere in a country",
    7: "In international waters",
}
# Figures in the order in which a card tells them: column, and the word behind the number.
_FIGURES = (
    ("fatalities", "killed"),
    ("injured", "injured"),
    ("detained", "detained"),
    ("displaced", "displaced"),
    ("missing", "missing"),
    ("abducted", "abducted"),
)
_TEXTS = ("evidence", "description", "notes")
# Letters that all texts of a page have together; where events are many, each gets a shorter text.
_LETTERS, _LONGEST, _SHORTEST = 6_000_000, 1_000, 60
# Columns of the schema that a card tells in words, or not at all.
_TOLD_OTHERWISE = frozenset({*COLUMNS, *OPTIONAL, "geometry", *_TEXTS})
# What an extracted event has of its report: the card tells it in words, and the marks in the text show it.
_OF_REPORTS = frozenset(
    {"event_class", "status", "report_id", "evidence_start", "evidence_end", "place_start", "place_end"}
)
_MOST_OWN = 30


def event_list(events: gpd.GeoDataFrame, scene: Scene) -> Json:
    """Return the rows of the list, a list a column; columns in which nothing is known are left out.

    Parameters
    ----------
    events
        Any frame with a geometry.
    scene
        The scene that the map draws of it.

    Returns
    -------
    dict
        ``count``, the number of events; ``columns``, by name a list of that length; ``own``, the input's own columns
        under their own names; ``figures``, by the word behind a number its column; ``precisions``, words a code;
        ``reports``, the texts that the events were extracted from.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> from geoevents.maps.scene import build
    >>> events = gpd.GeoDataFrame({"town": ["Almaty"], "dead": [None]}, geometry=[Point(76.95, 43.25)], crs="EPSG:4326")
    >>> event_list(events, build(events))["own"]
    {'town': ['Almaty']}
    """
    reports = _reports(events)
    events = events.copy(deep=False)
    events.attrs = {}  # of which each column that is taken would get a copy
    drawn = scene.rows.set_index("row")
    longest = min(_LONGEST, max(_SHORTEST, _LETTERS // max(1, len(events))))
    names = {name: place for place, (name, _) in enumerate(scene.colours)}
    columns: dict[str, list[object]] = {
        "colour": _aligned(drawn["type"].map(names), len(events)),
        "type": _first(events, ("event_class", "event_type", "sub_event_type", "place_kind"), longest),
        "place": _first(events, ("place_name", "place_query", "location"), longest),
        "lon": _aligned(drawn["lon"].astype("float64").round(4), len(events)),
        "lat": _aligned(drawn["lat"].astype("float64").round(4), len(events)),
        "area": _aligned(drawn["area"].astype(int), len(events)),
    }
    for name in (
        "place_query",
        "country",
        "match_status",
        "match_note",
        "status",
        "actor1",
        "actor2",
        *_TEXTS,
        "source",
    ):
        columns[name] = _texts(events, name, longest)
    for name in ("start", "end"):
        columns[name] = _days(events, name)
    for name in ("where_prec", "date_prec", "radius_km"):
        columns[name] = _numbers(events, name)
    figures: dict[str, list[object]] = {word: _numbers(events, name) for name, word in _FIGURES}
    figures |= {
        f"{word} ({end})": _numbers(events, f"{name}_{end}") for name, word in _FIGURES for end in ("low", "high")
    }
    if reports:
        number = {str(report["id"]): place for place, report in enumerate(reports)}
        columns["report"] = [
            None if id_ is None else number.get(str(id_)) for id_ in _texts(events, "report_id", longest)
        ]
        for name in ("evidence_start", "evidence_end"):
            columns[name] = _numbers(events, name)
    return {
        "count": len(events),
        "columns": _known(columns),
        "figures": _known(figures),
        "own": _own(events, longest),
        "precisions": PRECISIONS,
        "reports": reports,
    }


def _reports(events: gpd.GeoDataFrame) -> list[dict[str, str]]:
    """Return the reports that the events were extracted from, where the events know their texts and sentences."""
    texts = events.attrs.get("reports")
    if not isinstance(texts, list) or not {"report_id", "evidence_start", "evidence_end"} <= set(events.columns):
        return []
    return [{name: str(report.get(name) or "") for name in ("id", "title", "text")} for report in texts]


def _known(columns: dict[str, list[object]]) -> dict[str, list[object]]:
    return {name: values for name, values in columns.items() if any(value is not None for value in values)}


def _aligned(values: pd.Series, count: int) -> list[object]:
    """Return values of drawn rows in the order of all events; None for events that are not drawn."""
    out: list[object] = [None] * count
    for row, value in zip(values.index, values, strict=True):
        number = float(value)
        out[row] = None if math.isnan(number) else int(number) if number.is_integer() else number
    return out


def _texts(events: gpd.GeoDataFrame, name: str, longest: int) -> list[object]:
    if name not in events.columns:
        return [None] * len(events)
    found = (cell(value, longest) for value in events[name].astype(object))
    return [None if value is None or not str(value).strip() else str(value) for value in found]


def _first(events: gpd.GeoDataFrame, names: tuple[str, ...], longest: int) -> list[object]:
    """Return for each event the first known text of several columns."""
    columns = [_texts(events, name, longest) for name in names]
    return [next((value for value in row if value is not None), None) for row in zip(*columns, strict=True)]


def _numbers(events: gpd.GeoDataFrame, name: str) -> list[object]:
    if name not in events.columns:
        return [None] * len(events)
    numbers = pd.to_numeric(events[name], errors="coerce").astype("float64")
    return [
        None if not np.isfinite(number) else int(number) if float(number).is_integer() else round(number, 3)
        for number in numbers
    ]


def _days(events: gpd.GeoDataFrame, name: str) -> list[object]:
    """Return days as ISO 8601; moments keep their minutes."""
    if name not in events.columns or not pd.api.types.is_datetime64_any_dtype(events[name]):
        return [None] * len(events)
    moments = events[name]
    if moments.dt.tz is not None:
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    whole = moments.isna() | (moments == moments.dt.normalize())
    texts = moments.dt.strftime("%Y-%m-%d").where(whole, moments.dt.strftime("%Y-%m-%dT%H:%M"))
    return [text if isinstance(text, str) else None for text in texts]


def _own(events: gpd.GeoDataFrame, longest: int) -> dict[str, list[object]]:
    """Return the input's own columns, those in which something is known."""
    extracted = {"report_id", "evidence_start", "evidence_end"} <= set(events.columns)
    told = _TOLD_OTHERWISE | _OF_REPORTS if extracted else _TOLD_OTHERWISE
    names = [name for name in events.columns if str(name) not in told and name != events.geometry.name]
    out: dict[str, list[object]] = {}
    for name in names:
        values = events[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            found = _days(events, name)
        else:
            found = [cell(value, longest) for value in values.astype(object)]
            found = [None if isinstance(value, str) and not value.strip() else value for value in found]
            if extracted and name == "is_total":
                found = [value or None for value in found]  # only of a total is that worth a line
        if any(value is not None for value in found):
            out[_as_written(str(name), out)] = found
        if len(out) == _MOST_OWN:
            break
    return out


def _as_written(name: str, taken: dict[str, list[object]]) -> str:
    """Return a column's own name: `geoevents.locate` adds ``_input`` where the schema has a column of that name."""
    own = name
    while own.endswith("_input"):
        own = own.removesuffix("_input")
    return own if own and own not in taken else name
