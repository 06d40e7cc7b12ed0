"""Apply overrides to located events.

An override wins over everything that the gazetteer or the table says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer import geodesy
from geoevents.frame.provenance import KEY, phrases_missed
from geoevents.frame.schema import NEAR_KM, STATUSES, WHERE_PREC
from geoevents.frame.shape_depth import from_wkt
from geoevents.overrides.override import NO_PLACE, Override, Overrides, folded

if TYPE_CHECKING:
    import geopandas as gpd

    from gazetteer import Gazetteer

__all__ = ["apply_overrides", "corrected", "united_figures", "unused_overrides"]

# A point that a person clicked is as good as the map was: this far, unless the table says otherwise.
_CLICKED_KM = 5.0
_PLACE_COLUMNS = (
    "place_id",
    "place_name",
    "place_kind",
    "country",
    "admin1",
    "lon",
    "lat",
    "radius_km",
    "where_prec",
    "geometry",
)
# The commonest phrases without a place that the provenance keeps.
_MISSED = 10


def corrected(events: gpd.GeoDataFrame, overrides: Overrides, *, gazetteer: Gazetteer) -> gpd.GeoDataFrame:
    """Return located events with the overridden places; their provenance names the files, what was used and what not.

    An override of one country applies where the input says that country, or where the events lie in it.
    """
    facts = dict(events.attrs.get(KEY) or {})
    hint = _hinted(events, (facts.get("columns") or {}).get("country"), gazetteer)
    out, used = apply_overrides(events, overrides, gazetteer=gazetteer, country=hint)
    rows = int((out["match_method"].astype(object) == "override").sum())
    status = out["match_status"].astype(object)
    placed = out.loc[status != "unresolved", "place_kind"].astype(object)
    out.attrs = {
        **events.attrs,
        KEY: {
            **facts,
            "counts": {name: int((status == name).sum()) for name in STATUSES},
            "kinds": {str(kind): int(number) for kind, number in placed.value_counts().items()},
            "unresolved": phrases_missed(out, _MISSED),
            "overrides": {
                "files": [list(file) for file in overrides.files],
                "used": len(used),
                "rows": rows,
                "unused": [override.label for key, override in overrides.by_key.items() if key not in used],
            },
        },
    }
    return out


def united_figures(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the provenance says of overrides for a whole table, from what it says for each of its parts.

    Examples
    --------
    >>> first = {"files": [["o.csv", "1f"]], "used": 1, "rows": 2, "unused": ["b", "c"]}
    >>> second = {"files": [["o.csv", "1f"]], "used": 2, "rows": 3, "unused": ["c"]}
    >>> united_figures([first, second])
    {'files': [['o.csv', '1f']], 'used': 2, 'rows': 5, 'unused': ['c']}
    """
    first = parts[0]
    unused = [label for label in first["unused"] if all(label in part["unused"] for part in parts)]
    return {
        "files": first["files"],
        "used": first["used"] + len(first["unused"]) - len(unused),
        "rows": sum(part["rows"] for part in parts),
        "unused": unused,
    }


def unused_overrides(
    placed: Iterable[tuple[str, str | None]], overrides: Overrides, *, gazetteer: Gazetteer
) -> list[str]:
    """Return the overrides that placed no row.

    Parameters
    ----------
    placed
        The phrase and the place's id of every row that an override placed, as `apply_overrides` wrote them.
    overrides
        The overrides that were applied.
    gazetteer
        The one that was asked.

    Returns
    -------
    list of str
        Their phrases, with the country of those that hold in one only.

    Examples
    --------
    >>> import gazetteer, pandas as pd
    >>> from geoevents.overrides import read_overrides
    >>> gaz = gazetteer.load()
    >>> table = pd.DataFrame({"phrase": ["the depot", "the camp"], "place_id": ["iso:KZ-75", "none"]})
    >>> unused_overrides([("The depot", "iso:KZ-75")], read_overrides(table, gazetteer=gaz), gazetteer=gaz)
    ['the camp']
    """
    seen = {(folded(phrase), place_id) for phrase, place_id in placed}
    return [
        one.label
        for one in overrides.by_key.values()
        if (folded(one.phrase), _placed(one, None, gazetteer)["place_id"]) not in seen
    ]


def _hinted(events: gpd.GeoDataFrame, country: object, gazetteer: Gazetteer) -> pd.Series:
    """Return the alpha-3 code of the country that each row's input says, else of the country it was placed in."""
    own: pd.Series = events["country"].astype(object)
    if not isinstance(country, str):
        return own
    name = next((name for name in (f"{country}_input", country) if name in events.columns), None)
    said = own.map(lambda _: country) if name is None else events[name].astype(object)
    places = {text: gazetteer.country(text) for text in said.dropna().unique() if isinstance(text, str)}
    codes: pd.Series = said.map(lambda text: place.country if (place := places.get(text)) else None)
    hinted: pd.Series = codes.where(codes.notna(), own)
    return hinted


def apply_overrides(
    events: gpd.GeoDataFrame, overrides: Overrides, *, gazetteer: Gazetteer, country: pd.Series | None = None
) -> tuple[gpd.GeoDataFrame, set[tuple[str, str | None]]]:
    """Return events with the overridden places, and the keys of the overrides that were used.

    Parameters
    ----------
    events
        An events frame; it is not changed.
    overrides
        As `read_overrides` returns them.
    gazetteer
        Holds the places that the overrides name.
    country
        What the input says of each row's country, alpha-3, where it says something; None takes the events' own.

    Returns
    -------
    events
        The same rows and index. An overridden row has ``match_method`` "override", ``match_status`` "matched"
        ("unresolved" where the phrase is not a place), ``match_score`` 1, and the override's note in ``match_note``.
    used
        Keys of `Overrides.by_key`.

    Examples
    --------
    >>> import gazetteer, geoevents as ge, pandas as pd
    >>> from geoevents.overrides import read_overrides
    >>> gaz = gazetteer.load()
    >>> events = ge.locate(pd.DataFrame({"place": ["the old depot", "Almaty"]}), gazetteer=gaz)
    >>> table = pd.DataFrame({"phrase": ["The old depot"], "lon": [76.9], "lat": [43.2], "radius_km": [2]})
    >>> corrected, used = apply_overrides(events, read_overrides(table, gazetteer=gaz), gazetteer=gaz)
    >>> corrected["match_method"].tolist(), corrected["where_prec"].tolist(), len(used)
    (['override', 'exact'], [1, 1], 1)
    """
    lands = events["country"].astype(object) if country is None else country.astype(object)
    queries = events["place_query"].astype(object)
    # Distinct phrases are compared once, however often they come.
    codes, phrases = pd.factorize(queries)
    known = {words for words, _ in overrides.by_key}
    named = [isinstance(phrase, str) and folded(phrase) in known for phrase in phrases]
    chosen: list[tuple[int, Override]] = []
    for row in np.flatnonzero(np.array([*named, False], dtype=bool)[codes]).tolist():
        land = lands.iloc[row]
        override = overrides.find(phrases[codes[row]], land if isinstance(land, str) else None)
        if override is not None:
            chosen.append((row, override))
    if "match_note" in events.columns and not chosen:
        return events, set()
    out = events.copy()
    if "match_note" not in out.columns:
        none = pd.Series(None, out.index, dtype="str")
        out.insert(out.columns.get_loc("match_method") + 1, "match_note", none)
    made: dict[tuple[tuple[str, str | None], object], dict[str, Any]] = {}
    values: dict[str, list[Any]] = {}
    for row, override in chosen:
        day = events["start"].iloc[row]
        at = (override.key, day)
        if at not in made:
            made[at] = _placed(override, day, gazetteer)
        for name, value in made[at].items():
            values.setdefault(name, []).append(value)
    rows = [row for row, _ in chosen]
    for name, column in values.items():
        _set(out, name, rows, column)
    return out, {override.key for _, override in chosen}


def _set(events: gpd.GeoDataFrame, name: str, rows: list[int], values: list[Any]) -> None:
    """Put values into a column by row numbers; the column keeps its type, a category grows."""
    column = events[name]
    if name == "geometry":
        shapes = column.to_numpy().copy()
        shapes[rows] = values
        events[name] = type(column)(shapes, index=events.index, crs=events.crs)
        return
    cells = column.astype(object).to_numpy().copy()
    cells[rows] = values
    fresh = pd.Series(cells, index=events.index, name=name)
    events[name] = fresh.astype("category" if isinstance(column.dtype, pd.CategoricalDtype) else column.dtype)


def _placed(override: Override, day: Any, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return the columns of a row that an override places."""
    on = None if day is None or pd.isna(day) else day.date()
    note = f"corrected: {override.note}" if override.note else "corrected"
    row: dict[str, Any] = {"match_method": "override", "match_score": 1.0, "match_note": note}
    if override.place_id == NO_PLACE:
        return {**row, **dict.fromkeys(_PLACE_COLUMNS), "match_status": "unresolved", "match_score": None}
    row["match_status"] = "matched"
    if override.place_id:
        place = gazetteer.place(override.place_id)
        shape = gazetteer.geometry(override.place_id, on=on)
        prec = WHERE_PREC.get(place.kind)
        if place.kind == "derived" and place.radius_km > NEAR_KM:
            prec = 5
        return {
            **row,
            "place_id": place.id,
            "place_name": place.name,
            "place_kind": place.kind,
            "country": place.country,
            "admin1": place.admin1,
            "lon": place.lon,
            "lat": place.lat,
            "radius_km": place.radius_km,
            "where_prec": prec,
            "geometry": shape,
        }
    return {**row, **_own_place(override, gazetteer)}


def _own_place(override: Override, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return the columns of a point or a shape that a person gave."""
    if override.wkt:
        shape: BaseGeometry = from_wkt(override.wkt)
        point = shapely.point_on_surface(shape)
        lon, lat = float(point.x), float(point.y)
        radius = override.radius_km if override.radius_km is not None else _reach(shape, lon, lat)
    else:
        assert override.lon is not None
        assert override.lat is not None
        lon, lat = override.lon, override.lat
        shape = shapely.Point(lon, lat)
        radius = _CLICKED_KM if override.radius_km is None else override.radius_km
    units = {place.kind: place for place in gazetteer.within(lon, lat)}
    digest = hashlib.sha256(shape.wkt.encode()).hexdigest()[:12]
    land, unit = units.get("country"), units.get("admin1")
    return {
        "place_id": f"override:{digest}",
        "place_name": override.phrase,
        "place_kind": "derived",
        "country": land.country if land else None,
        "admin1": unit.id.removeprefix("iso:") if unit else None,
        "lon": lon,
        "lat": lat,
        "radius_km": radius,
        "where_prec": 1 if radius <= NEAR_KM else 5,
        "geometry": shape,
    }


def _reach(shape: BaseGeometry, lon: float, lat: float) -> float:
    """Return how far a shape reaches from a point on it, km."""
    corners = shapely.get_coordinates(shape)
    return float(max(np.max(geodesy.haversine_km(lon, lat, corners[:, 0], corners[:, 1])), 0.1))
