"""List the units beside a choropleth, with figures by period, for the page's JSON.

Coordinates are lon/lat in degrees, EPSG:4326, of a point inside the unit.
"""

from __future__ import annotations

import pandas as pd

from geoevents.maps.event_list import Json
from geoevents.maps.scene import Part, Scene

__all__ = ["unit_list"]

_NOT_FIGURES = frozenset({"unit_name", "period"})
# Decimals below which shares of an event are not told apart.
_DECIMALS = 3


def unit_list(scene: Scene) -> Json:
    """Return the units in which there are events, and their figures, a cell a unit and period.

    Parameters
    ----------
    scene
        The scene of a choropleth, as `geoevents.maps.choropleth.scene_of` sets it.

    Returns
    -------
    dict
        ``names``, ``lon`` and ``lat`` of the units; ``starts``, the first days of the periods, empty where there are
        none; ``unit``, ``period`` and ``colour`` of each cell, by number; ``figures``, by name a value a cell.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> from geoevents.maps.choropleth import scene_of
    >>> counts = {"unit_id": ["a", "b"], "unit_name": ["A", "B"], "events": [2.0, 5.0]}
    >>> panel = gpd.GeoDataFrame(counts, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs="EPSG:4326")
    >>> found = unit_list(scene_of(panel))
    >>> found["names"], found["figures"], found["starts"]
    (['A', 'B'], {'events': [2, 5]}, [])
    """
    drawn = next((part for part in scene.parts if part.kind == "unit"), None)
    if drawn is None:
        return {"names": [], "lon": [], "lat": [], "starts": [], "unit": [], "period": [], "colour": [], "figures": {}}
    units = scene.rows.drop_duplicates("row")
    place = pd.Series(range(len(units)), units["row"])
    cells = drawn.frame[drawn.frame["row"].isin(place.index)]
    starts = sorted(cells["moment"].dropna().unique())
    number = {start: nth for nth, start in enumerate(starts)}
    colours = {name: nth for nth, (name, _) in enumerate(scene.colours)}
    return {
        "names": [str(name) for name in units["unit_name"]],
        "lon": units["lon"].astype("float64").round(4).tolist(),
        "lat": units["lat"].astype("float64").round(4).tolist(),
        "row": units["row"].tolist(),
        "starts": [f"{pd.Timestamp(start):%Y-%m-%d}" for start in starts],
        "unit": cells["row"].map(place).tolist(),
        "period": [number.get(moment, 0) for moment in cells["moment"]],
        "colour": cells["category"].map(colours).tolist(),
        "figures": _figures(drawn, cells),
    }


def _figures(part: Part, cells: pd.DataFrame) -> dict[str, list[object]]:
    names = [name for name in part.told or () if name not in _NOT_FIGURES]
    return {name: [_short(value) for value in cells[name]] for name in names}


def _short(value: float) -> float:
    return int(value) if value == int(value) else round(value, _DECIMALS)
