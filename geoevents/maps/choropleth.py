"""Colour units by how much happened in them, as `geoevents.aggregate` counted it.

Classes are cut at means, and at means of what lies above (head/tail breaks): few units have most of the events, and
equal steps would show these alone. Units in which nothing happened are a part of their own, drawn once for all periods.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geoevents.maps.display_rows import SIZE
from geoevents.maps.extent import Box, view_of
from geoevents.maps.scene import Part, Scene
from geoevents.maps.themes import DENSITY
from geoevents.spatial.lonlat import to_lonlat

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["TITLE", "classes_of", "is_panel", "scene_of", "totals"]

# What a choropleth is called that nobody named.
TITLE = "Events by unit"

# More shapes than this make a page slow: periods are then added up.
_MOST = 30_000
# Of more units without events those are drawn that lie in the first view or near it.
_MOST_EMPTY = 1_000
# Colours from this one on stand out from land without events.
_COLOURS = DENSITY[1:]


def is_panel(frame: gpd.GeoDataFrame) -> bool:
    """Return whether a frame counts events by unit: its columns say so, and its shapes are areas or null.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> counted = gpd.GeoDataFrame({"unit_id": ["a"], "events": [2.0]}, geometry=[box(0, 0, 1, 1)], crs="EPSG:4326")
    >>> is_panel(counted), is_panel(counted.set_geometry([Point(0, 0)], crs="EPSG:4326"))
    (True, False)
    """
    if not {"unit_id", "events"} <= set(frame.columns) or "event_id" in frame.columns:
        return False
    kinds = set(shapely.get_type_id(frame.geometry.to_numpy()).tolist())
    return pd.api.types.is_numeric_dtype(frame["events"]) and kinds & {3, 6} != set() and kinds <= {-1, 3, 6}


def totals(panel: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a panel with its periods added up: a row a unit; one without periods comes back as it is."""
    if "period" not in panel:
        return panel
    sums = panel.groupby("unit_id", dropna=False, sort=False)[_figures(panel)].sum()
    first = panel.drop_duplicates("unit_id").drop(columns="period").copy()
    first[sums.columns] = sums.to_numpy()
    first.attrs = panel.attrs
    return first


def scene_of(panel: gpd.GeoDataFrame, *, together: bool = False) -> Scene:
    """Set the scene of a choropleth.

    Parameters
    ----------
    panel
        A frame that `is_panel`; it is not changed.
    together
        Whether the periods are added up, for a picture that does not move.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> counts = {"unit_id": ["a", "b", None], "events": [2.0, 0.0, 1.0]}
    >>> panel = gpd.GeoDataFrame(counts, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), None], crs="EPSG:4326")
    >>> scene = scene_of(panel)
    >>> [(part.id, len(part.frame)) for part in scene.parts], scene.what
    ([('undated-units', 1), ('empty-units', 1)], '2 events in 1 of 2 units · 1 event in no unit')
    """
    panel = to_lonlat(panel)
    shapes = panel.geometry.to_numpy()
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes)) & panel["unit_id"].notna().to_numpy()
    figures = _figures(panel)
    whole = _rows(totals(panel[placed]), figures)
    rows = whole if together else _rows(panel[placed], figures)
    notes: list[str] = []
    filled = _coarser(rows[rows["events"] > 0], figures, notes)
    classes = classes_of(filled["events"])
    filled["category"] = _class_names(filled["events"], classes)
    named = ("unit_name", *(["period"] if "period" in rows else []), *figures)
    seen = whole[whole["events"] > 0] if (whole["events"] > 0).any() else whole
    view = view_of(seen)
    parts = _parts(filled, _near(whole, view.box, notes), named)
    notes += _said(panel, placed, together)
    window = _window(filled)
    if window is not None:
        notes.append(
            f"One period is shown at a time, first that with the most events ({window[0]:%Y-%m-%d}): press play, or"
            " move the window of time."
        )
    colours = [(name, _COLOURS[place]) for name, place in zip(_names(classes), _spaced(len(classes) + 1), strict=True)]
    what = _what(panel, whole, placed)
    return Scene(seen, parts, colours if len(filled) else [], False, notes, view, panel=True, what=what, window=window)


def classes_of(values: pd.Series) -> list[float]:
    """Return where classes of positive values are cut, at most four places, rounded to a figure.

    Examples
    --------
    >>> classes_of(pd.Series([1.0] * 20 + [5.0] * 5 + [60.0]))
    [4.0, 10.0]
    """
    numbers = values[values > 0].to_numpy(dtype="float64")
    if len(np.unique(numbers)) < 2:
        return []
    cuts: list[float] = []
    head = numbers
    while len(head) > 1 and len(cuts) < 3 and head.min() < head.max():
        cuts.append(float(head.mean()))
        head = head[head > cuts[-1]]
    cuts.append(float(numbers[numbers <= cuts[0]].mean()))
    rounded = {float(f"{cut:.1g}") for cut in cuts}
    if (numbers == np.rint(numbers)).all():
        rounded = {float(np.ceil(cut)) for cut in rounded}
    return sorted(cut for cut in rounded if numbers.min() < cut <= numbers.max())


def _names(classes: list[float]) -> list[str]:
    """Return what each class is called; each has a letter, for the map takes digits alone for numbers."""
    if not classes:
        return ["events"]
    texts = [f"{cut:,.10g}" for cut in classes]
    between = [f"{low} to under {high}" for low, high in pairwise(texts)]
    return [f"under {texts[0]}", *between, f"{texts[-1]} or more"]


def _class_names(values: pd.Series, classes: list[float]) -> pd.Series:
    names = np.array(_names(classes), dtype=object)
    return pd.Series(names[np.searchsorted(classes, values.to_numpy(dtype="float64"), side="right")], values.index)


def _spaced(number: int) -> NDArray[np.int64]:
    """Return so many places in the scale of colours, as far apart as can be; a lone one in the middle."""
    ends = (0, len(_COLOURS) - 1) if number > 1 else (2, 2)
    return np.rint(np.linspace(*ends, number)).astype("int64")


def _figures(panel: gpd.GeoDataFrame) -> list[str]:
    """Return the columns of figures from ``events`` on; those before are the areas' own.

    ``incidence`` is left out: it is a chance, and periods cannot be added up.
    """
    names = panel.columns[panel.columns.get_loc("events") :].drop([panel.geometry.name, "incidence"], errors="ignore")
    return [name for name in names if pd.api.types.is_numeric_dtype(panel[name])]


def _rows(panel: gpd.GeoDataFrame, figures: list[str]) -> pd.DataFrame:
    rows = pd.DataFrame(panel[figures]).astype("float64").fillna(0.0)
    rows["place"] = panel["unit_id"].astype(object)
    rows["row"] = pd.factorize(rows["place"])[0]
    names = panel["unit_name"].astype(object) if "unit_name" in panel else rows["place"]
    rows["unit_name"] = names.where(names.notna(), rows["place"])
    rows["shape"] = panel.geometry.to_numpy()
    inside = shapely.point_on_surface(panel.geometry.to_numpy())
    rows["lon"], rows["lat"] = shapely.get_x(inside), shapely.get_y(inside)
    dates = pd.to_datetime(panel["period"], errors="coerce") if "period" in panel else pd.NaT
    rows["moment"] = pd.Series(dates, rows.index, dtype="datetime64[us]")
    if "period" in panel:
        rows["period"] = rows["moment"].astype(object)
    rows["date"] = rows["until"] = rows["moment"]
    rows["category"] = ""
    rows["area"], rows["rough"], rows[SIZE], rows["weight"] = True, False, 0.0, rows["events"]
    return rows.reset_index(drop=True)


def _coarser(rows: pd.DataFrame, figures: list[str], notes: list[str]) -> pd.DataFrame:
    """Add up neighbouring periods where there are more shapes than a page can hold."""
    together = -(-len(rows) // _MOST)
    if together == 1 or rows["moment"].isna().all():
        return rows.copy()
    moments = np.sort(rows["moment"].dropna().unique())
    starts = pd.Series(np.repeat(moments[::together], together)[: len(moments)], index=moments)
    moment = rows["moment"].map(starts)
    sums = rows.groupby([rows["place"], moment], sort=False, dropna=False)[figures].transform("sum")
    rows = rows.assign(moment=moment, period=moment.astype(object), **{name: sums[name] for name in figures})
    notes.append(f"{len(moments):,} periods are too many to draw one by one: {together} at a time are added up.")
    return rows.drop_duplicates(["place", "moment"]).copy()


def _parts(filled: pd.DataFrame, whole: pd.DataFrame, named: tuple[str, ...]) -> list[Part]:
    dated = bool(filled["moment"].notna().any())
    filled = filled[filled["moment"].notna()] if dated else filled
    label = "Events in a unit and period" if dated else "Events in a unit"
    parts = [Part("units" if dated else "undated-units", "unit", label, filled, dated, told=named)]
    # With periods, a unit may be empty in any of them.
    empty = whole if dated else whole[whole["events"] == 0]
    parts.append(Part("empty-units", "empty", "Units without events", empty, False, told=("unit_name",)))
    return [part for part in parts if len(part.frame)]


def _near(whole: pd.DataFrame, box: Box, notes: list[str]) -> pd.DataFrame:
    """Leave out empty units far from the first view where there are so many that they make a page slow."""
    empty = whole["events"] == 0
    if empty.sum() <= _MOST_EMPTY:
        return whole
    west, south, east, north = box
    reach = max(east - west, north - south, 1.0) / 2
    found = shapely.bounds(whole["shape"].to_numpy())
    near = (found[:, 0] < east + reach) & (found[:, 2] > west - reach)
    near &= (found[:, 1] < north + reach) & (found[:, 3] > south - reach)
    far = empty & ~near
    if far.any():
        notes.append(f"{_number(int(far.sum()), 'unit')} without events far from this view are not drawn.")
    kept: pd.DataFrame = whole[~far]
    return kept


def _window(filled: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Return the span of the period with the most events, up to a second before the next begins."""
    by_period = filled.groupby("moment")["events"].sum()
    starts = [pd.Timestamp(start) for start in by_period.index.to_numpy()]
    if len(starts) < 2:
        return None
    busiest = int(by_period.to_numpy().argmax())
    later = starts[busiest + 1 : busiest + 2]
    return starts[busiest], (later[0] - pd.Timedelta(seconds=1) if later else starts[busiest])


def _number(value: float, what: str = "event") -> str:
    """Return a number of events with as many figures as say something."""
    text = f"{value:,.0f}" if value >= 1000 or abs(value - round(value)) < 1e-6 else f"{value:.3g}"
    return f"{text} {what}" if text == "1" else f"{text} {what}s"


def _what(panel: gpd.GeoDataFrame, whole: pd.DataFrame, placed: NDArray[np.bool_]) -> str:
    filled = int((whole["events"] > 0).sum())
    parts = [f"{_number(float(panel.loc[placed, 'events'].sum()))} in {filled:,} of {_number(len(whole), 'unit')}"]
    rest = float(panel.loc[~placed, "events"].sum())
    if rest > 0:
        parts.append(f"{_number(rest)} in no unit")
    if "period" in panel:
        dates = pd.to_datetime(panel["period"], errors="coerce").dropna()
        if len(dates):
            parts.insert(0, f"{dates.nunique():,} periods, {dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}")
    return " · ".join(parts)


def _said(panel: gpd.GeoDataFrame, placed: NDArray[np.bool_], together: bool) -> list[str]:
    """Return notes on what is counted but lies in no unit or in no period."""
    notes = []
    bare = panel.loc[~placed, _figures(panel)].sum()
    if bare["events"] > 0:
        more = "".join(f", {name} {value:,.10g}" for name, value in bare.drop("events").items() if value)
        notes.append(f"In no unit, and so not drawn: {_number(float(bare['events']))}{more}.")
    if "period" in panel and not together:
        undated = float(panel.loc[placed & panel["period"].isna().to_numpy(), "events"].sum())
        if undated > 0:
            notes.append(f"Without a date, and so in no period and not drawn: {_number(undated)}.")
    notes.append("What is known only to a wider area may be shared out over its units, in parts of an event.")
    return notes
