"""Make an events frame of records that come with coordinates, by what their source says; a row a row.

The source placed these events; its coordinates and its precision are taken over, with a radius that the precision
deserves. A precision of a first-level unit or a country makes the event that unit of the gazetteer, where the
coordinates lie in one, so that joins know that the point is not the place. Coordinates that cannot be right are not
used, and the events say why.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geoevents.coordinates.axis_check import check_by_table, speaks_of_the_sea
from geoevents.coordinates.country_check import check_by_country, said_countries
from geoevents.coordinates.unit_places import UnitPlaces
from geoevents.frame.columns import as_text, as_texts, event_ids, kept_columns
from geoevents.frame.coordinate_cells import FAULTS, check_points
from geoevents.frame.counts import read_counts
from geoevents.frame.provenance import KEY, provenance_of
from geoevents.frame.schema import COLUMNS, CRS, OPTIONAL, STATUSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gazetteer import Gazetteer
    from geoevents.frame.table_facts import TableFacts

__all__ = ["METHOD", "RADIUS_KM", "events_at", "is_from_coordinates", "records_of"]

# How far an event may be from its coordinates, by where_prec, where no unit of the gazetteer says it better.
RADIUS_KM = {1: 5.0, 2: 25.0, 3: 40.0, 4: 150.0, 5: 100.0, 6: 500.0, 7: 500.0}
_LAYER = {4: "admin1", 6: "country"}
METHOD = "coordinates"


def events_at(
    records: pd.DataFrame,
    given: pd.DataFrame,
    *,
    gazetteer: Gazetteer | None = None,
    facts: TableFacts | None = None,
    repair: str | None = None,
) -> gpd.GeoDataFrame:
    """Make events of records that have coordinates.

    Parameters
    ----------
    records
        A row a record, any columns, any index.
    given
        What the source says, in the schema's words, under the same index: ``lon`` and ``lat`` (degrees), and of
        ``event_id``, ``place_query``, ``country`` (a name or code), ``where_prec``, ``radius_km``, ``start``,
        ``end``, ``date_prec`` and the optional columns those that it knows; ``geometry`` for its own shapes;
        ``unread`` where a cell of coordinates holds something else. ``attrs["dates"]`` has the notes of
        `geoevents.frame.dates.read_dates`, ``attrs["lost"]`` the columns whose cells could not all be taken over,
        ``attrs["axes_named"]`` whether the caller or the source says which is which.
    gazetteer
        Says in which country and unit the coordinates lie; None takes the bundled one.
    facts
        What the whole table shows that `records` are a part of; None when they are the whole.
    repair
        ``swap`` or ``sign`` mends the rows whose coordinates look so.

    Returns
    -------
    geopandas.GeoDataFrame
        As from `geoevents.locate`, with the method ``coordinates`` and no score. A row without coordinates, or with
        impossible ones, is unresolved; ``match_note`` says what is wrong with them, and
        ``attrs["geoevents"]["coordinates"]`` counts the faults.
    """
    if gazetteer is None:
        import gazetteer as package

        gazetteer = package.load()
    y, x = (pd.to_numeric(given[name], errors="coerce").to_numpy("float64") for name in ("lat", "lon"))
    y, x, fault = check_points(y, x)
    said = said_countries(given, gazetteer)
    places = UnitPlaces(gazetteer, x, y)
    y, x, fault, notes = check_by_country(y, x, fault, said, places.country, gazetteer, repair)

    def may_lie_at_sea() -> bool:
        # Who names the columns, or knows the source, knows which is which.
        return bool(given.attrs.get("axes_named")) or speaks_of_the_sea(records)

    y, x = check_by_table(y, x, fault, notes, said, gazetteer, repair, may_lie_at_sea)
    if "unread" in given:
        fault[given["unread"].to_numpy(dtype=bool) & (fault == None)] = "unread"  # noqa: E711
    lon, lat = pd.Series(x, given.index), pd.Series(y, given.index)
    good = lon.notna()
    prec = _column(given, "where_prec", "Int64").fillna(1).clip(1, 7)
    radius = _column(given, "radius_km", "Float64").astype("float64").fillna(_radius_of(prec))
    places.move(x, y)
    places.take_word_for_country(said)
    shapes = np.full(len(given), None, dtype=object)
    shapes[good] = shapely.points(x[good], y[good])
    own = given["geometry"].array if "geometry" in given else shapes
    if "geometry" not in given:
        for level, layer in _LAYER.items():
            places.widen(shapes, radius, np.asarray(good & (prec == level)), layer)
    own = np.asarray(own, dtype=object)
    shapes = np.where((shapely.get_type_id(own) > 0) & good.to_numpy(), own, shapes)
    ours = _placed(given, places, lon, lat, prec.where(good), radius.where(good).round(1))
    ours["event_id"] = _ids(given, records, facts)
    ours["match_note"] = as_texts(pa.array(_notes(fault, notes), pa.string()), given.index)
    known = {name: given[name] for name in OPTIONAL if name in given}
    known = {name: read_counts(c)["best"] if OPTIONAL[name] == "count" else as_text(c) for name, c in known.items()}
    plain = pd.DataFrame(records.drop(columns=[c for c in records if records[c].dtype.name == "geometry"]))
    lost = [name for name in OPTIONAL if name not in given]
    lost += list(given.attrs.get("lost", ())) if facts is None else sorted(facts.lost & {*given.attrs.get("asked", ())})
    kept = kept_columns(plain, lost, facts)
    kept.attrs = {}
    frame = pd.concat([kept, ours[list(COLUMNS)], pd.DataFrame(known, index=given.index)], axis=1)
    events = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=CRS))
    names = {str(name): _now(str(name), kept.columns) for name in plain.columns}
    read = {**records.attrs.get("read", {}), "columns": names}
    counted = {code: int(n) for code, n in sorted(Counter(fault[fault != None]).items())}  # noqa: E711
    made = provenance_of(events, gazetteer, dates=given.attrs.get("dates"), coordinates=counted)
    events.attrs = {"read": read, KEY: made}
    return events


def _radius_of(prec: pd.Series) -> pd.Series:
    """Return the radius in kilometres of each precision, which are all known."""
    by_prec = np.array([RADIUS_KM.get(code, np.nan) for code in range(max(RADIUS_KM) + 1)])
    return pd.Series(by_prec[prec.to_numpy("int64")], prec.index)


def _notes(fault: NDArray[np.object_], notes: NDArray[np.object_]) -> NDArray[np.object_]:
    notes = notes.copy()
    for row in np.flatnonzero(fault != None):  # noqa: E711
        notes[row] = f"coordinates not used: {FAULTS[fault[row]]}"
    return notes


def _placed(
    given: pd.DataFrame, places: UnitPlaces, lon: pd.Series, lat: pd.Series, prec: pd.Series, radius: pd.Series
) -> pd.DataFrame:
    """Return the schema's columns, but for the ids."""
    good = lon.notna()
    query = as_text(given["place_query"]) if "place_query" in given else _empty(given)
    placed = pa.array(good.to_numpy(dtype="int8"))
    texts = places.texts(given.index)
    ours = pd.DataFrame(
        {
            "place_query": query,
            **texts,
            "place_name": texts["place_name"].fillna(query),
            "lon": lon,
            "lat": lat,
            "radius_km": radius,
            "where_prec": prec,
            "match_status": as_texts(pa.array([STATUSES[2], STATUSES[0]]).take(placed), given.index),
            "match_score": np.nan,
            "match_method": as_texts(pa.array(["none", METHOD]).take(placed), given.index),
            "match_note": _empty(given),
            "start": _column(given, "start", "datetime64[us]"),
            "end": _column(given, "end", "datetime64[us]"),
            "date_prec": _column(given, "date_prec", "Int64"),
        },
        index=given.index,
    )
    return ours


def is_from_coordinates(frame: pd.DataFrame) -> bool:
    """Return whether a frame's events were placed by their source, and no longer a plain table."""
    return "columns" in frame.attrs.get("read", {}) and "match_method" in frame.columns


def records_of(events: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the records that events were made of, under their own column names, to be placed anew."""
    names = {old: new for old, new in events.attrs["read"]["columns"].items() if new in events.columns}
    records = pd.DataFrame(events[list(names.values())]).set_axis(list(names), axis=1)
    records.attrs = {"read": {k: v for k, v in events.attrs["read"].items() if k != "columns"}}
    return records


def _now(name: str, kept: pd.Index) -> str:
    while name not in kept and name not in OPTIONAL and name + "_input" in kept:
        name += "_input"
    return name


def _column(given: pd.DataFrame, name: str, dtype: str) -> pd.Series:
    if name in given:
        return given[name].astype(dtype)  # type: ignore[call-overload,no-any-return]
    return pd.Series(None, index=given.index, dtype=dtype)


def _empty(given: pd.DataFrame) -> pd.Series:
    return pd.Series(None, index=given.index, dtype="str")


def _ids(given: pd.DataFrame, records: pd.DataFrame, facts: TableFacts | None) -> pd.Series:
    if "event_id" in given and (facts is None or facts.ids is None):
        ids = as_text(given["event_id"])
        if facts is not None:
            return ids
        if ids.notna().all() and ids.is_unique:
            return ids
    plain = records.drop(columns=[name for name in records if records[name].dtype.name == "geometry"])
    return event_ids(pd.DataFrame(plain), facts)
