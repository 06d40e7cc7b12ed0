"""Say beside the map what it shows: the facts of the text panel and of the legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoevents.maps.display_rows import SIZE
from geoevents.maps.kepler.datasets import Json
from geoevents.maps.scene import Kind, Scene

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["legend_of", "sources_of", "what_of"]

_SOURCES = 5
_ORDER: tuple[Kind, ...] = ("point", "rough", "area", "wide", "circle", "label", "arc", "trip", "empty")


def what_of(scene: Scene) -> str:
    """Return of when the events on the map are, or what was counted."""
    if scene.what:
        return scene.what
    first, last = scene.rows["date"].min(), scene.rows["until"].max()
    if pd.isna(first):
        return ""
    days = [f"{moment:%Y-%m-%d}" for moment in (first, last)]
    return days[0] if days[0] == days[1] else f"{days[0]} to {days[1]}"


def sources_of(events: gpd.GeoDataFrame) -> list[str]:
    """Return the commonest sources that the events name; "a; b" names two."""
    if "source" not in events:
        return []
    texts = events["source"].dropna().astype(str).str.split(";").explode().str.strip()
    return [name[:60] for name in texts[texts != ""].value_counts().head(_SOURCES).index]


def legend_of(scene: Scene) -> Json:
    """Return the legend: types with colour and number of events, and what each kind of mark means."""
    counts = scene.rows["type" if "type" in scene.rows else "category"].value_counts()
    hidden = {"cell"} if scene.dotted else {"cell", "point", "rough"}
    kinds = {part.kind: part.label.removesuffix(", no date") for part in scene.parts if part.kind not in hidden}
    marks = [[kind, kinds[kind]] for kind in _ORDER if kind in kinds]
    if scene.crowded:
        marks.append(["density", "Few to many events"])
    most = scene.rows[SIZE].max() if len(scene.rows) else 0
    if most > 0 and kinds.keys() & {"point", "rough"} and not scene.crowded:
        marks.append(["size", f"Larger: more known fatalities, up to {most:,.0f}"])
    coloured = kinds.keys() - {"label"}
    if scene.panel:  # of a class there is no number that holds for every period
        heading = "Events in a unit, in one period" if scene.window else "Events in a unit"
        classes = [[name, colour, None] for name, colour in scene.colours]
        return {"heading": heading, "types": classes, "marks": [mark for mark in marks if mark[0] != "unit"]}
    types = [
        [name, colour if coloured else None, int(counts[name]) if name in counts else None]
        for name, colour in scene.colours
    ]
    return {"types": types, "marks": marks}
