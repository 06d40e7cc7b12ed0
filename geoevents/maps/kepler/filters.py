"""Make the filters of a map on time, type and fatalities, in Kepler.gl's v1."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geoevents.maps.display_rows import SIZE
from geoevents.maps.kepler.datasets import EVENT, EVENT_ROW, MOMENT, Json
from geoevents.maps.scene import Part, Scene

__all__ = ["filters_of", "page_filters_of"]


def filters_of(scene: Scene) -> list[Json]:
    """Return a filter on time over all dates, one on types and one on fatalities, where there is a choice."""
    events = [part for part in scene.parts if part.kind not in ("label", "trip", "empty")]
    return [*_time(events, MOMENT[scene.lasting], scene.window), *_types(events, scene), *_fatalities(events, scene)]


def page_filters_of(scene: Scene) -> list[Json]:
    """Return the filters that the page around the map sets: on time, and on single events where they are drawn."""
    events = [part for part in scene.parts if part.kind not in ("label", "trip", "empty")]
    single = [part for part in events if EVENT_ROW in part.frame.columns]
    chosen = [_filter("event", "multiSelect", EVENT, [], single)] if single and not scene.panel else []
    return [*_time(events, MOMENT[scene.lasting], scene.window), *chosen]


def _time(parts: list[Part], name: str, window: tuple[pd.Timestamp, pd.Timestamp] | None) -> list[Json]:
    dated = [part for part in parts if part.dated]
    times = [part.frame["moment"].dt.tz_localize("UTC") for part in dated]
    if not times:
        return []
    first, last = min(time.min() for time in times), max(time.max() for time in times)
    if first == last:
        return []
    days = (last - first).days
    spans = ((90, "1-day"), (730, "1-week"), (7300, "1-month"))
    interval = next((span for most, span in spans if days <= most), "1-year")
    shown = [moment.tz_localize("UTC") for moment in window] if window else [first, last]
    value = [int(moment.timestamp() * 1000) for moment in shown]
    player = {
        "view": "minified",
        "plotType": {"type": "histogram", "interval": interval},
        "animationWindow": "free",
        "speed": 1,
        "syncedWithLayerTimeline": True,
        "timeFormat": "YYYY-MM-DD",
        "timezone": "UTC",
    }
    return [_filter("time", "timeRange", name, value, dated) | player]


def _types(parts: list[Part], scene: Scene) -> list[Json]:
    names = [name for name, _ in scene.colours]
    return [_filter("type", "multiSelect", "category", names, parts)] if len(names) > 1 and parts else []


def _fatalities(parts: list[Part], scene: Scene) -> list[Json]:
    # The map would hide the only row of a data set, whatever its number.
    parts = [part for part in parts if len(part.frame) > 1]
    most = float(scene.rows[SIZE].max()) if len(scene.rows) else 0.0
    return [_filter("fatalities", "range", SIZE, [0, most], parts)] if most > 0 and parts else []


def _filter(name: str, kind: str, column: str, value: Sequence[object], parts: list[Part]) -> Json:
    return {
        "id": name,
        "dataId": [part.id for part in parts],
        "name": [column] * len(parts),
        "type": kind,
        "value": list(value),
        "view": "side",
        "enabled": True,
    }
