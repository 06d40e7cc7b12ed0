"""Divide what a map shows into parts that are drawn alike, with what to say of them.

No event is drawn silently on top of another: points that share a place are spread over it, a label counts them,
and from a few thousand points on a density is drawn too. Coordinates are lon/lat in degrees, EPSG:4326.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import shapely

from geoevents.maps.display_rows import SIZE, colours_of, display
from geoevents.maps.extent import NOWHERE, View, beyond, view_of
from geoevents.maps.movements import arcs, trips

if TYPE_CHECKING:
    import geopandas as gpd

    from gazetteer import Gazetteer

__all__ = ["CROWD", "DEEPEST", "DOTS", "MOST", "Part", "Scene", "build"]

Kind = Literal["label", "arc", "trip", "point", "rough", "area", "wide", "circle", "cell", "unit", "empty"]

# More on one place would each be too faint for the 256 steps a screen has; the panel says how many are left out.
DEEPEST = 32
# From this many points on, where they crowd is drawn as a density as well.
CROWD = 5_000
# More points than this hide each other: they wait in the list of layers, and the density speaks for them.
DOTS = 20_000
# More points than this freeze a browser: they are counted in cells.
MOST = 100_000
_MOST_CELLS = 150_000
_MOST_CIRCLES = 3_000
# Labels that name their place; of more, only the number is written. Beyond the second figure there are none.
_NAMED, _LABELLED = 30, 1_500
# Of so few places all are named, those of one event too; labels nearer than this share of the view are put together.
_TOLD, _CLOSE = 12, 0.02
# Degrees: as well as the middle of an area need be known.
_COARSE = 0.05
# Kilometres that points of one place are spread over at most: not further than the place is known to reach.
_SPREAD_KM = 3.0
_KM_A_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that are drawn alike.

    Attributes
    ----------
    shared
        For areas: the most rows that lie on one of the places.
    dated
        Whether its rows have a ``moment`` the time filter goes by.
    told
        The columns a tooltip tells; None leaves it to what is known of events.
    """

    id: str
    kind: Kind
    label: str
    frame: pd.DataFrame
    dated: bool
    shared: int = 0
    told: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A map's parts, topmost first, with the colour of each category and notes for the reader.

    Attributes
    ----------
    rows
        Every event that has a place, as `geoevents.maps.display_rows.display` returns it.
    lasting
        Whether an event that lasts stands in a part once a step of time.
    view
        What is seen at first.
    panel
        Whether it is of units that were counted, not of events.
    what
        What is on the map, where that is not told by the events' dates.
    window
        The span of time that is seen at first; None is all.
    """

    rows: pd.DataFrame
    parts: list[Part]
    colours: list[tuple[str, str]]
    lasting: bool
    notes: list[str] = field(default_factory=list)
    view: View = NOWHERE
    panel: bool = False
    what: str = ""
    window: tuple[pd.Timestamp, pd.Timestamp] | None = None

    @property
    def crowded(self) -> bool:
        """Whether there are so many points that their density is drawn."""
        return int((~self.rows["area"]).sum()) > CROWD

    @property
    def dotted(self) -> bool:
        """Whether points can be told apart, so that they are shown from the start."""
        return int((~self.rows["area"]).sum()) <= DOTS


def build(events: gpd.GeoDataFrame, *, circles: bool = False, gazetteer: Gazetteer | None = None) -> Scene:
    """Set the scene of a map.

    Parameters
    ----------
    events
        An events frame, or any frame with a geometry and a CRS; it is not changed.
    circles
        Whether each point gets the circle of its ``radius_km``.
    gazetteer
        Says which country an actor is of; None takes the bundled one.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> scene = build(gpd.GeoDataFrame(geometry=[Point(76.95, 43.25)] * 2, crs="EPSG:4326"))
    >>> [(part.id, len(part.frame)) for part in scene.parts]
    [('labels', 1), ('undated-points', 2)]
    """
    rows = display(events)
    notes: list[str] = []
    view = view_of(rows)
    rows["wide"] = beyond(rows, view.box)
    areas = _thinned(rows[rows["area"] & ~rows["wide"]], notes)
    wide = _thinned(rows[rows["wide"]], notes)
    points = rows[~rows["area"]]
    step = _step(rows)
    parts = [
        *_labels(points, areas, view),
        *_arcs(rows.assign(category=rows["type"]), step, gazetteer),
        *_trips(points),
    ]
    if len(points) > MOST:
        parts += _areas(areas, step) + _cells(points, notes)
    else:
        parts += _points(_spread(points, notes), step) + _areas(areas, step)
        if len(points) > DOTS:
            notes.append(
                "Points are not shown at first, but their density: the list of layers (›, at the left) has them."
            )
    parts += _areas(wide, step, "wide", "Wider areas: somewhere inside, or beyond")
    if len(wide):
        notes.append(_wide_note(wide))
    if circles:
        parts += _circles(points, step, notes)
    lasting = step is not None and bool((rows["until"] - rows["date"] >= step).any())
    return Scene(rows, parts, colours_of(rows), lasting, notes, view)


# Time


def _step(rows: pd.DataFrame) -> pd.Timedelta | None:
    """Return the step in which events that last are repeated: whole days, at most 31 over all dates."""
    first, last = rows["date"].min(), rows["until"].max()
    return None if pd.isna(first) else pd.Timedelta(days=(last - first).days // 31 + 1)


def _repeated(frame: pd.DataFrame, step: pd.Timedelta | None, most: int) -> pd.DataFrame:
    """Give every row a ``moment``; one that lasts stands there once a step, `most` times at most.

    The map's filter asks whether one moment lies in its window; so an event that lasts answers in all its days.
    """
    if step is None or frame["date"].isna().all():
        return frame.assign(moment=frame["date"], events=1)
    days = (frame["until"] - frame["date"]).dt.days.fillna(0).to_numpy(dtype="int64")
    count = np.minimum(-(-days // step.days) + 1, max(most, 1))
    taken = np.repeat(np.arange(len(frame)), count)
    nth = np.arange(len(taken)) - np.repeat(np.cumsum(count) - count, count)
    # Evenly from the first day to the last.
    later = np.rint(nth * (days / np.maximum(count - 1, 1))[taken]).astype("timedelta64[D]")
    out = frame.iloc[taken].copy()
    out["moment"] = (out["date"] + later).astype(frame["date"].dtype)
    return out.assign(events=(nth == 0).astype("int64"))


def _dated(name: str, kind: Kind, label: str, frame: pd.DataFrame, shared: int = 0) -> list[Part]:
    """Split rows by whether they have a date: what has none stands apart, so that no window of time hides it."""
    known = frame["moment"].notna()
    parts = [
        Part(name, kind, label, frame[known], True, shared),
        Part(f"undated-{name}", kind, f"{label}, no date", frame[~known], False, shared),
    ]
    return [part for part in parts if len(part.frame)]


# Points


def _points(points: pd.DataFrame, step: pd.Timedelta | None) -> list[Part]:
    most = max(1, (MOST + 20_000) // max(len(points), 1))
    # The smallest lie on top.
    frame = _repeated(points, step, min(most, 31)).sort_values(SIZE, ascending=False, kind="stable")
    rough = frame["rough"]
    precise = _dated("points", "point", "Precise places", frame[~rough])
    return precise + _dated("rough-points", "rough", "Rough places: somewhere around", frame[rough])


def _spread(points: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Spread points of one place like the seeds of a sunflower, within half the radius that is known of it."""
    where = points[["lon", "lat"]].round(4)
    groups = points.groupby([where["lon"], where["lat"]], sort=False)
    number, nth = groups["lon"].transform("size"), groups.cumcount()
    if not (number > 1).any():
        return points
    known = (
        pd.to_numeric(points["radius_km"], errors="coerce") if "radius_km" in points else pd.Series(np.nan, where.index)
    )
    reach = (known / 2).fillna(0.3).clip(lower=0.1, upper=_SPREAD_KM) * np.sqrt(nth / (number - 1).clip(lower=1))
    angle = nth * np.pi * (3 - np.sqrt(5))
    north, east = reach * np.sin(angle), reach * np.cos(angle) / np.cos(np.radians(points["lat"].clip(-85, 85)))
    notes.append("Points of one place are spread around it, up to 3 km; a label counts the events of a place.")
    return points.assign(lon=points["lon"] + east / _KM_A_DEGREE, lat=points["lat"] + north / _KM_A_DEGREE)


def _cells(points: pd.DataFrame, notes: list[str]) -> list[Part]:
    """Count points in cells of degrees, apart by category and time, as fine as their number allows."""
    first, last = points["date"].min(), points["date"].max()
    step = pd.Timedelta(days=1) if pd.isna(first) else pd.Timedelta(days=(last - first).days // 12 + 1)
    moment = first + (points["date"] - first) // step * step
    size = 0.05
    while True:
        column, line = np.floor(points["lon"] / size), np.floor(points["lat"] / size)
        keys = [column.rename("column"), line.rename("line"), points["category"], moment.rename("moment")]
        counted = points.groupby(keys, sort=False, dropna=False, observed=True)
        if counted.ngroups <= _MOST_CELLS:
            break
        size *= 2
    cells = counted.agg(lon=("lon", "mean"), lat=("lat", "mean"), events=("lon", "size"), deaths=(SIZE, "sum"))
    cells = cells.reset_index().rename(columns={"deaths": SIZE}).assign(start=lambda frame: frame["moment"])
    notes.append(
        f"{len(points):,} points are too many to draw one by one: they are counted in cells of {size:g} degrees, "
        f"apart by type and by spans of {step.days} days."
    )
    return _dated("cells", "cell", "Events counted in cells", cells)


def _circles(points: pd.DataFrame, step: pd.Timedelta | None, notes: list[str]) -> list[Part]:
    radius = pd.to_numeric(points["radius_km"], errors="coerce") if "radius_km" in points else None
    if radius is None or not (radius > 0).any():
        return []
    frame = points[(radius > 0).to_numpy()]
    if len(frame) > _MOST_CIRCLES:
        notes.append(f"Of {len(frame):,} circles of uncertainty, the first {_MOST_CIRCLES:,} are drawn.")
        frame = frame.iloc[:_MOST_CIRCLES]
    frame = _repeated(frame, step, max(1, _MOST_CIRCLES // len(frame)))
    return _dated("circles", "circle", "Within this circle with 90 % certainty", frame)


# Areas


def _areas(
    areas: pd.DataFrame, step: pd.Timedelta | None, kind: Kind = "area", label: str = "Areas: somewhere inside"
) -> list[Part]:
    """Class areas by how many rows share one: one opacity for all would hide the land or the lone event."""
    number = areas.groupby("place")["place"].transform("size")
    pieces = [
        _repeated(areas[number == count], step, min(12, DEEPEST // int(count))) for count in sorted(number.unique())
    ]
    frame = pd.concat(pieces) if pieces else areas.assign(moment=areas["date"], events=1)
    shared = frame.groupby("place")["place"].transform("size")
    depth = np.ceil(np.log(shared.astype("float64")) / np.log(4)).astype("int64")
    parts = []
    for level in sorted(depth.unique(), reverse=True):
        most = int(shared[depth == level].max())
        parts += _dated(f"{kind}s-{most}", kind, label, frame[depth == level], most)
    return parts


def _thinned(areas: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Leave out what is too deep in a stack of areas, evenly over time."""
    ordered = areas.sort_values("date", kind="stable")
    stacks = ordered.groupby("place", sort=False)["place"]
    rank, size = stacks.cumcount(), stacks.transform("size").astype("int64")
    kept = (size <= DEEPEST) | (rank * DEEPEST // size != (rank - 1) * DEEPEST // size)
    left = len(areas) - int(kept.sum())
    if left:
        notes.append(f"Of areas that more than {DEEPEST} events share, {DEEPEST} are drawn: {left:,} are not.")
    return areas[kept.reindex(areas.index)]


def _wide_note(wide: pd.DataFrame) -> str:
    names = wide["place_name"] if "place_name" in wide else pd.Series(None, wide.index, dtype=object)
    counts = names.where(names.notna(), "an unnamed area").value_counts()
    listed = ", ".join(f"{str(name)[:60]} ({_events(number)})" for name, number in counts.head(5).items())
    return f"Areas that reach far beyond this view are faint, with an outline: {listed}."


# What is said and what moves


def _labels(points: pd.DataFrame, areas: pd.DataFrame, view: View) -> list[Part]:
    """Return a label for each place with two events or more, for each one where they are few and have names.

    There is none in a crowd, where the density counts. Labels that would lie on each other are one, of several lines.
    """
    if len(points) > CROWD:
        points = points.iloc[:0]
    both = pd.concat([points, areas])
    keys = both["place"].where(both["area"], both["lon"].round(4).astype(str) + " " + both["lat"].round(4).astype(str))
    names = {"name": ("place_name", "first")} if "place_name" in both else {}
    found = both.groupby(keys, sort=False).agg(
        lon=("lon", "first"),
        lat=("lat", "first"),
        number=("lon", "size"),
        deaths=(SIZE, "sum"),
        area=("area", "first"),
        shape=("shape", "first"),
        **names,
    )
    few = "name" in found and 1 < len(found) <= _TOLD and bool((found["number"] > 1).any())
    found = found if few else found[found["number"] > 1]
    found = found.nlargest(_LABELLED, "number", keep="all").head(_LABELLED)
    if not len(found):
        return []
    texts = found["number"].map(_events)
    if "name" in found and len(found) <= _NAMED:
        named = found["name"].astype(object).map(lambda name: f"{str(name)[:40]}: ", na_action="ignore").fillna("")
        texts = named + texts + found["deaths"].map(_deaths)
    frame = found.assign(text=texts, moment=pd.Series(pd.NaT, found.index, dtype="datetime64[us]"))
    frame = _apart(_amid(frame.reset_index(drop=True)), view) if few else frame.reset_index(drop=True)
    frame = frame.drop(columns="shape")
    label = "Events at one place, over all dates"
    parts = [
        Part("labels", "label", label, frame[~frame["area"]], False),
        Part("area-labels", "label", label, frame[frame["area"]], False),
    ]
    return [part for part in parts if len(part.frame)]


def _events(number: int) -> str:
    return "1 event" if number == 1 else f"{number:,} events"


def _deaths(number: float) -> str:
    if number < 1:
        return ""
    return ", 1 death" if number < 2 else f", {number:,.0f} deaths"


def _amid(labels: pd.DataFrame) -> pd.DataFrame:
    """Move the labels of areas to where there is most room, outside of the smaller areas that have labels too."""
    areas = labels[labels["area"]]
    taken: shapely.Geometry = shapely.MultiPolygon()
    for row in areas.index[np.argsort(shapely.area(areas["shape"].to_numpy()), kind="stable")]:
        coarse = shapely.make_valid(shapely.simplify(labels.at[row, "shape"], _COARSE))
        free = shapely.difference(coarse, taken)
        if shapely.area(free) > 0:
            middle = shapely.get_point(shapely.maximum_inscribed_circle(free, tolerance=_COARSE), 0)
            labels.loc[row, ["lon", "lat"]] = shapely.get_coordinates(middle)[0]
        taken = shapely.union(taken, coarse)
    return labels


def _apart(labels: pd.DataFrame, view: View) -> pd.DataFrame:
    """Write labels that lie close on the first view under each other, at the place of most events."""
    west, _, east, _ = view.box
    near = max(east - west, 0.5) * _CLOSE
    heads: list[int] = []
    texts = labels["text"].tolist()
    for row, (lon, lat) in enumerate(zip(labels["lon"], labels["lat"], strict=True)):
        for head in heads:
            close = abs(lon - labels["lon"][head]) < 4 * near and abs(lat - labels["lat"][head]) < near
            if close and labels["area"][row] == labels["area"][head]:
                texts[head] += f"\n{texts[row]}"
                break
        else:
            heads.append(row)
    return labels.assign(text=texts).loc[heads].reset_index(drop=True)


def _arcs(rows: pd.DataFrame, step: pd.Timedelta | None, gazetteer: Gazetteer | None) -> list[Part]:
    found = arcs(rows, gazetteer)
    label = "Deployments: from the force's country (its middle)"
    return _dated("arcs", "arc", label, _repeated(found, step, 31)) if len(found) else []


def _trips(points: pd.DataFrame) -> list[Part]:
    found = trips(points)
    return [Part("trips", "trip", "Movements of one id", found, False)] if len(found) else []
