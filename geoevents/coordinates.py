"""Records that come with coordinates: a table and what its source says enter, an events frame leaves, a row a row.

The source placed these events; its coordinates and its precision are taken over, with a radius that the precision
deserves. A precision of a first-level unit or a country makes the event that unit of the gazetteer, where the
coordinates lie in one, so that joins know that the point is not the place. Coordinates that cannot be right are not
used, and the events say why.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gazetteer import geodesy
from geoevents.frame.column_choice import ColumnChoice
from geoevents.frame.columns import as_objects, as_text, event_ids, kept_columns
from geoevents.frame.coordinate_cells import FAULTS, check_points, read_angles, read_pairs, repair_points
from geoevents.frame.counts import loses_counts, read_counts
from geoevents.frame.dates import joined_date_parts, read_spans
from geoevents.frame.provenance import KEY, noted
from geoevents.frame.schema import COLUMNS, CRS, OPTIONAL, STATUSES
from geoevents.spatial.source_shapes import radius_of_shapes, read_shapes, tidy_shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gazetteer import Gazetteer
    from geoevents.frame.table_facts import TableFacts
    from geoevents.joins.units import Units

__all__ = [
    "COAST_KM",
    "METHOD",
    "RADIUS_KM",
    "coordinates_given",
    "described_shapes",
    "events_at",
    "is_from_coordinates",
    "optional_columns",
    "records_of",
    "written_dates",
]

# How far an event may be from its coordinates, by where_prec, where no unit of the gazetteer says it better.
RADIUS_KM = {1: 5.0, 2: 25.0, 3: 40.0, 4: 150.0, 5: 100.0, 6: 500.0, 7: 500.0}
_LAYER = {4: "admin1", 6: "country"}
METHOD = "coordinates"
# How far off a coast, drawn as coarsely as the bundled ones, a port may lie.
COAST_KM = 5.0
# A line or an area as small as a place, as its surroundings, or wider: UCDP's where_prec 1, 2 and 5.
_SHAPE_PREC = ((5.0, 1), (25.0, 2))
# A point and its mirror must lie this far apart, in degrees, for a country to say which of them is meant.
_TELLING_DEGREES = 2.0
# A point this far outside the country that its row names, in degrees, is said to lie elsewhere; borders are coarse.
_BORDER_DEGREES = 0.3


def written_dates(table: pd.DataFrame, choice: ColumnChoice, facts: TableFacts | None = None) -> pd.DataFrame:
    """Return the dates of a table by its columns, as `geoevents.frame.dates.read_spans` gives them."""
    last = None
    if choice.date is not None:
        first, last = table[choice.date], None if choice.end is None else table[choice.end]
    elif choice.date_parts:
        first = joined_date_parts(table, choice.date_parts)
        last = joined_date_parts(table, choice.end_parts) if choice.end_parts else None
    else:
        first = pd.Series(None, index=table.index, dtype=object)
    dates = read_spans(first, last, facts)
    if choice.date is None and not choice.date_parts:
        dates.attrs["dates"]["missing"] = True
    return dates


def optional_columns(table: pd.DataFrame, choice: ColumnChoice) -> tuple[dict[str, pd.Series], list[str]]:
    """Return the schema's optional columns of a table, and those of its own columns that hold what was not read."""
    found: dict[str, pd.Series] = {}
    lost = []
    for ours, theirs in choice.others.items():
        column = table[theirs]
        if OPTIONAL[ours] != "count":
            found[ours] = as_text(column)
            continue
        counts = read_counts(column)
        # "3-5" in the column of the dead is its own bounds.
        bound = {"fatalities_low": "low", "fatalities_high": "high"}.get(ours, "best")
        found[ours] = counts[bound if theirs == choice.others.get("fatalities") else "best"]
        if loses_counts(column):
            lost.append(theirs)
    order = [name for name in OPTIONAL if name in found]
    return {name: found[name] for name in order}, lost


def coordinates_given(
    table: pd.DataFrame, choice: ColumnChoice, *, facts: TableFacts | None = None, repair: str | None = None
) -> pd.DataFrame:
    """Return what a table's own coordinates or shapes say, in the schema's words.

    Parameters
    ----------
    table
        A row a record; a GeoDataFrame in EPSG:4326 or without a CRS brings its shapes.
    choice
        Which column is what.
    facts
        As in `events_at`.
    repair
        A key of `geoevents.frame.coordinate_cells.REPAIRS`.

    Returns
    -------
    pandas.DataFrame
        As `events_at` takes it.
    """
    out: dict[str, Any] = {}
    if choice.lat is not None and choice.lon is not None:
        out["lat"], out["lon"] = read_angles(table[choice.lat]), read_angles(table[choice.lon])
        unread = (out["lat"].isna() & _is_said(table[choice.lat])) | (out["lon"].isna() & _is_said(table[choice.lon]))
        out["unread"] = unread
        out["lat"], out["lon"] = repair_points(out["lat"], out["lon"], repair)
    elif choice.pair is not None:
        swapped = column_says_longitude_first(choice.pair)
        out["lat"], out["lon"] = read_pairs(table[choice.pair], longitude_first=swapped)
        out["unread"] = out["lat"].isna() & _is_said(table[choice.pair])
        out["lat"], out["lon"] = repair_points(out["lat"], out["lon"], repair)
    else:
        column = table.geometry if choice.geometry is None else read_shapes(table[choice.geometry])
        if getattr(column, "crs", None) is not None and not column.crs.equals(CRS):
            column = column.to_crs(CRS)
        out |= described_shapes(column, repair)
    for name in ("where_prec", "radius_km"):
        at = next((column for column in table.columns if str(column).strip().lower() == name), None)
        if at is not None:
            values = pd.to_numeric(table[at], errors="coerce")
            out[name] = values.where(values >= 0) if name == "radius_km" else values.round().astype("Int64")
    dates = written_dates(table, choice, facts)
    out |= {str(name): dates[name] for name in dates}
    if choice.place:
        out["place_query"] = table[choice.place[0]]
    if choice.country is not None and choice.country in table.columns:
        out["country"] = table[choice.country]
    others, lost = optional_columns(table, choice)
    found = pd.DataFrame(out | others, index=table.index)
    found.attrs = {**dates.attrs, "lost": lost, "asked": list(choice.others.values())}
    return found


def column_says_longitude_first(name: str) -> bool | None:
    """Return whether a column's name says which coordinate stands first; None when it does not.

    Examples
    --------
    >>> column_says_longitude_first("lon_lat"), column_says_longitude_first("LatLng")
    (True, False)
    """
    lower = name.lower()
    lat, lon = lower.find("lat"), max(lower.find("lon"), lower.find("lng"))
    return lon < lat if lat >= 0 and lon >= 0 else None


def _is_said(column: pd.Series) -> pd.Series:
    """Return the rows where a cell holds more than a word for a missing value."""
    texts = column.astype("string").str.strip().str.casefold()
    return (~texts.isin(["", "na", "n/a", "nan", "none", "null", "-", "unknown", "?"]) & texts.notna()).fillna(False)


def described_shapes(shapes: gpd.GeoSeries, repair: str | None = None) -> dict[str, Any]:
    """Return points, precision and radius of shapes: a point is exact, a line or an area as wide as it is."""
    raw = np.asarray(shapes.array, dtype=object)
    tidy = tidy_shapes(raw)
    centre = shapely.point_on_surface(tidy)
    lon, lat = shapely.get_x(centre), shapely.get_y(centre)
    points = shapely.get_type_id(tidy) == 0
    lon, lat = np.where(points, shapely.get_x(tidy), lon), np.where(points, shapely.get_y(tidy), lat)
    radius = radius_of_shapes(tidy, lon, lat)
    prec = np.select([radius <= limit for limit, _ in _SHAPE_PREC], [code for _, code in _SHAPE_PREC], 5)
    y, x = repair_points(pd.Series(lat, shapes.index), pd.Series(lon, shapes.index), repair)
    known = ~shapely.is_missing(tidy)
    areas = tidy.copy()
    areas[points] = None
    return {
        "lat": y,
        "lon": x,
        "where_prec": pd.Series(np.where(points, 1, prec), shapes.index).where(known).astype("Int64"),
        "radius_km": pd.Series(np.where(points, np.nan, radius), shapes.index),
        "geometry": pd.Series(areas.tolist(), index=shapes.index, dtype="object"),
    }


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
        `geoevents.frame.dates.read_dates`, ``attrs["lost"]`` the columns whose cells could not all be taken over.
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
    said = _said_countries(given, gazetteer)
    y, x, fault, notes = _checked_by_country(y, x, fault, said, gazetteer, repair)
    if "unread" in given:
        fault[given["unread"].to_numpy(dtype=bool) & (fault == None)] = "unread"  # noqa: E711
    lon, lat = pd.Series(x, given.index), pd.Series(y, given.index)
    good = lon.notna()
    prec = _column(given, "where_prec", "Int64").fillna(1).clip(1, 7)
    radius = _column(given, "radius_km", "Float64").astype("float64").fillna(prec.map(RADIUS_KM).astype("float64"))
    places = _Places(gazetteer, x, y)
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
    ours["match_note"] = pd.Series(_notes(fault, notes), given.index, dtype="str")
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
    made = noted(events, gazetteer, dates=given.attrs.get("dates"), coordinates=counted)
    events.attrs = {"read": read, KEY: made}
    return events


def _notes(fault: NDArray[np.object_], notes: NDArray[np.object_]) -> list[str | None]:
    return [
        note if code is None else f"coordinates not used: {FAULTS[code]}"
        for code, note in zip(fault, notes, strict=True)
    ]


def _said_countries(given: pd.DataFrame, gazetteer: Gazetteer) -> NDArray[np.object_]:
    """Return the country that each row names, as its code; None where it names none that the gazetteer knows."""
    if "country" not in given:
        return np.full(len(given), None, dtype=object)
    countries = as_text(given["country"])
    distinct = list(countries.dropna().unique())
    answers = gazetteer.resolve_many(distinct)
    codes = {
        name: code
        for name, kind, code in zip(distinct, answers["kind"], answers["country"], strict=True)
        if kind == "country"
    }
    return np.array([codes.get(name) for name in countries.astype(object)], dtype=object)


def _checked_by_country(
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    fault: NDArray[np.object_],
    said: NDArray[np.object_],
    gazetteer: Gazetteer,
    repair: str | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_], NDArray[np.object_]]:
    """Test points against the country of their rows: a mirrored point that lies in it tells what went wrong."""
    notes: NDArray[np.object_] = np.full(len(x), None, dtype=object)
    at = np.flatnonzero([a is not None and np.isfinite(b) for a, b in zip(said, x, strict=True)])
    if not len(at):
        return y, x, fault, notes
    found = _country_at(gazetteer, x[at], y[at])
    at = at[(found != said[at]) & ~_near_country(gazetteer, said[at], x[at], y[at], _BORDER_DEGREES)]
    y, x = y.copy(), x.copy()
    open_rows = np.ones(len(at), dtype=bool)
    for code, mirror in (
        ("swapped", (x[at], y[at])),
        ("sign", (y[at], -x[at])),
        ("sign", (-y[at], x[at])),
        ("sign", (-y[at], -x[at])),
    ):
        north, east = mirror
        far = np.hypot(north - y[at], east - x[at]) >= _TELLING_DEGREES
        able = open_rows & far & (np.abs(north) <= 90)
        hit = np.zeros(len(at), dtype=bool)
        hit[able] = _country_at(gazetteer, east[able], north[able]) == said[at[able]]
        rows = at[hit]
        if repair == {"swapped": "swap"}.get(code, code):
            y[rows], x[rows] = north[hit], east[hit]
            notes[rows] = f"coordinates mended: {repair}"
        else:
            fault[rows] = code
        open_rows &= ~hit
    for row in at[open_rows]:
        notes[row] = f"the coordinates do not lie in {said[row]}, which the row names"
    bad = np.array([code is not None for code in fault], dtype=bool)
    return np.where(bad, np.nan, y), np.where(bad, np.nan, x), fault, notes


def _country_at(gazetteer: Gazetteer, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.object_]:
    units = _units(gazetteer, "country")
    return _Places.values_at(units, units.containing_or_nearest(lon, lat, COAST_KM), "country")


def _near_country(
    gazetteer: Gazetteer, codes: NDArray[np.object_], lon: NDArray[np.float64], lat: NDArray[np.float64], degrees: float
) -> NDArray[np.bool_]:
    """Return which points lie within some degrees of the country of a code."""
    units = _units(gazetteer, "country")
    shapes = dict(zip(as_objects(units.table["country"]), units.shapes, strict=True))
    near = np.zeros(len(codes), dtype=bool)
    for code in set(codes):
        rows = np.flatnonzero(codes == code)
        shape = shapes.get(code)
        if shape is not None:
            near[rows] = shapely.dwithin(shape, shapely.points(lon[rows], lat[rows]), degrees)
        else:
            near[rows] = True  # a country without a shape of its own says nothing
    return near


def _placed(
    given: pd.DataFrame, places: _Places, lon: pd.Series, lat: pd.Series, prec: pd.Series, radius: pd.Series
) -> pd.DataFrame:
    """Return the schema's columns, but for the ids."""
    good = lon.notna()
    query = as_text(given["place_query"]) if "place_query" in given else _empty(given)
    ours = pd.DataFrame(
        {
            "place_query": query,
            "place_id": places.id,
            "place_name": pd.Series(places.label, index=given.index).fillna(query),
            "place_kind": places.kind,
            "country": places.country,
            "admin1": places.admin1,
            "lon": lon,
            "lat": lat,
            "radius_km": radius,
            "where_prec": prec,
            "match_status": np.where(good, STATUSES[0], STATUSES[2]),
            "match_score": np.nan,
            "match_method": np.where(good, METHOD, "none"),
            "match_note": None,
            "start": _column(given, "start", "datetime64[us]"),
            "end": _column(given, "end", "datetime64[us]"),
            "date_prec": _column(given, "date_prec", "Int64"),
        },
        index=given.index,
    )
    texts = [name for name, kind in COLUMNS.items() if kind == "text" and name in ours]
    ours[texts] = ours[texts].astype("str")
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


@lru_cache(maxsize=4)
def _units(gazetteer: Gazetteer, layer: str) -> Units:

    from geoevents.joins.units import Units

    frame = gazetteer.layer({"country": "countries"}.get(layer, layer))
    if "valid_to" in frame:
        frame = frame[frame["valid_to"].isna()]
    frame = frame[frame.geom_type.isin(["Polygon", "MultiPolygon"])]
    return Units.from_frame(frame)


class _Places:
    """The texts of each row's place: id, name, kind, country, admin1."""

    def __init__(self, gazetteer: Gazetteer, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:

        self._gazetteer, self._lon, self._lat = gazetteer, lon, lat
        known = np.isfinite(lon)
        ids = [f"derived:{y:.5f},{x:.5f}" if ok else None for x, y, ok in zip(lon, lat, known, strict=True)]
        self.id: NDArray[np.object_] = np.array(ids, dtype=object)
        self.label: NDArray[np.object_] = np.full(len(lon), None, dtype=object)
        self.kind: NDArray[np.object_] = np.array(["derived" if ok else None for ok in known], dtype=object)
        units = _units(gazetteer, "admin1")
        found = units.containing_or_nearest(lon, lat, COAST_KM)
        self.country, self.admin1 = (self.values_at(units, found, name) for name in ("country", "admin1"))
        bare = (found < 0) & known
        self.country[bare] = self.values_at(*self._in("country", bare), "country")

    def _in(self, layer: str, rows: NDArray[np.bool_]) -> tuple[Units, NDArray[np.int64]]:
        units = _units(self._gazetteer, layer)
        return units, units.containing(self._lon[rows], self._lat[rows])

    @staticmethod
    def values_at(units: Units, found: NDArray[np.int64], name: str) -> NDArray[np.object_]:

        if name not in units.table:
            return np.full(len(found), None, dtype=object)
        values = as_objects(units.table[name])[found]
        values[found < 0] = None
        return values

    def take_word_for_country(self, said: NDArray[np.object_]) -> None:
        """Take the source's word for the country, where the gazetteer knows it; a unit of another is dropped."""
        sure = np.array([code is not None for code in said], dtype=bool)
        self.admin1[sure & (said != self.country)] = None
        self.country = np.where(sure, said, self.country)

    def widen(self, shapes: NDArray[np.object_], radius: pd.Series, rows: NDArray[np.bool_], layer: str) -> None:
        """Make rows the unit of a layer that holds them, with its shape and a radius that reaches all of it."""
        at = np.flatnonzero(rows)
        if not len(at):
            return
        units, found = self._in(layer, rows)
        at, found = at[found >= 0], found[found >= 0]
        own = self.values_at(units, found, "country")
        same = np.array([a is None or a == b for a, b in zip(own, self.country[at], strict=True)], dtype=bool)
        at, found = at[same], found[same]
        self.id[at] = as_objects(units.table["unit_id"])[found]
        self.label[at] = self.values_at(units, found, "unit_name")
        self.kind[at] = layer
        if layer == "country":
            self.admin1[at] = None
        shapes[at] = units.shapes[found]
        centre = [units.table[name].to_numpy(dtype="float64")[found] for name in ("lon", "lat")]
        reach = units.table["radius_km"].to_numpy(dtype="float64")[found]
        radius.iloc[at] = reach + geodesy.geodesic_km(self._lon[at], self._lat[at], *centre)
