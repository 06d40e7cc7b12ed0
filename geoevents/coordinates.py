"""Records that come with coordinates: a table and what its source says enter, an events frame leaves, a row a row.

The source placed these events; its coordinates and its precision are taken over, with a radius that the precision
deserves. A precision of a first-level unit or a country makes the event that unit of the gazetteer, where the
coordinates lie in one, so that joins know that the point is not the place.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from geoevents.frame.columns import as_counts, as_objects, as_text, event_ids, kept_columns
from geoevents.frame.provenance import KEY, noted
from geoevents.frame.schema import COLUMNS, CRS, OPTIONAL, STATUSES

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from gazetteer import Gazetteer
    from geoevents.frame.table_facts import TableFacts
    from geoevents.joins.units import Units

__all__ = ["COAST_KM", "RADIUS_KM", "events_at", "is_from_coordinates", "records_of"]

# How far an event may be from its coordinates, by where_prec, where no unit of the gazetteer says it better.
RADIUS_KM = {1: 5.0, 2: 25.0, 3: 40.0, 4: 150.0, 5: 100.0, 6: 500.0, 7: 500.0}
_LAYER = {4: "admin1", 6: "country"}
METHOD = "coordinates"
# How far off a coast, drawn as coarsely as the bundled ones, a port may lie.
COAST_KM = 5.0


def events_at(
    records: pd.DataFrame,
    given: pd.DataFrame,
    *,
    gazetteer: Gazetteer | None = None,
    facts: TableFacts | None = None,
) -> gpd.GeoDataFrame:
    """Make events of records that have coordinates.

    Parameters
    ----------
    records
        A row a record, any columns, any index.
    given
        What the source says, in the schema's words, under the same index: ``lon`` and ``lat`` (degrees), and of
        ``event_id``, ``place_query``, ``country`` (a name or code), ``where_prec``, ``radius_km``, ``start``,
        ``end``, ``date_prec`` and the optional columns those that it knows; ``geometry`` for its own shapes.
        ``attrs["dates"]`` has the notes of `geoevents.frame.dates.read_dates`.
    gazetteer
        Says in which country and unit the coordinates lie; None takes the bundled one.
    facts
        What the whole table shows that `records` are a part of; None when they are the whole.

    Returns
    -------
    geopandas.GeoDataFrame
        As from `geoevents.locate`, with the method ``coordinates`` and no score. A row without coordinates, or with
        impossible ones, is unresolved.
    """
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import shapely

    if gazetteer is None:
        import gazetteer as package

        gazetteer = package.load()
    lon, lat = _points(given)
    good = lon.notna()
    prec = _column(given, "where_prec", "Int64").fillna(1).clip(1, 7)
    radius = _column(given, "radius_km", "Float64").astype("float64").fillna(prec.map(RADIUS_KM).astype("float64"))
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    places = _Places(gazetteer, x, y)
    places.name(as_text(given["country"]) if "country" in given else None, gazetteer)
    shapes = np.full(len(given), None, dtype=object)
    shapes[good] = shapely.points(x[good], y[good])
    own = given["geometry"].array if "geometry" in given else shapes
    for level, layer in _LAYER.items():
        places.widen(shapes, radius, np.asarray(good & (prec == level)), layer)
    shapes = np.where(shapely.get_type_id(np.asarray(own, dtype=object)) > 0, np.asarray(own, dtype=object), shapes)
    ours = _placed(given, places, lon, lat, prec.where(good), radius.where(good).round(1))
    ours["event_id"] = _ids(given, records, facts)
    known = {name: given[name] for name in OPTIONAL if name in given}
    known = {name: as_counts(c) if OPTIONAL[name] == "count" else as_text(c) for name, c in known.items()}
    plain = pd.DataFrame(records.drop(columns=[c for c in records if records[c].dtype.name == "geometry"]))
    kept = kept_columns(plain, [name for name in OPTIONAL if name not in given], facts)
    kept.attrs = {}
    frame = pd.concat([kept, ours[list(COLUMNS)], pd.DataFrame(known, index=given.index)], axis=1)
    events = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=CRS))
    names = {str(name): _now(str(name), kept.columns) for name in plain.columns}
    read = {**records.attrs.get("read", {}), "columns": names}
    events.attrs = {"read": read, KEY: noted(events, gazetteer, dates=given.attrs.get("dates"))}
    return events


def _points(given: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return longitudes and latitudes, both empty where one is none or impossible."""
    import pandas as pd

    lon, lat = (pd.to_numeric(given[name], errors="coerce").astype("float64") for name in ("lon", "lat"))
    good = (lon.abs() <= 180) & (lat.abs() <= 90)
    return lon.where(good), lat.where(good)


def _placed(
    given: pd.DataFrame, places: _Places, lon: pd.Series, lat: pd.Series, prec: pd.Series, radius: pd.Series
) -> pd.DataFrame:
    """Return the schema's columns, but for the ids."""
    import numpy as np
    import pandas as pd

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
    import pandas as pd

    names = {old: new for old, new in events.attrs["read"]["columns"].items() if new in events.columns}
    records = pd.DataFrame(events[list(names.values())]).set_axis(list(names), axis=1)
    records.attrs = {"read": {k: v for k, v in events.attrs["read"].items() if k != "columns"}}
    return records


def _now(name: str, kept: pd.Index) -> str:
    while name not in kept and name not in OPTIONAL and name + "_input" in kept:
        name += "_input"
    return name


def _column(given: pd.DataFrame, name: str, dtype: str) -> pd.Series:
    import pandas as pd

    if name in given:
        return given[name].astype(dtype)  # type: ignore[call-overload,no-any-return]
    return pd.Series(None, index=given.index, dtype=dtype)


def _empty(given: pd.DataFrame) -> pd.Series:
    import pandas as pd

    return pd.Series(None, index=given.index, dtype="str")


def _ids(given: pd.DataFrame, records: pd.DataFrame, facts: TableFacts | None) -> pd.Series:
    import pandas as pd

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
        import numpy as np

        self._gazetteer, self._lon, self._lat = gazetteer, lon, lat
        known = np.isfinite(lon)
        ids = [f"derived:{y:.5f},{x:.5f}" if ok else None for x, y, ok in zip(lon, lat, known, strict=True)]
        self.id: NDArray[np.object_] = np.array(ids, dtype=object)
        self.label: NDArray[np.object_] = np.full(len(lon), None, dtype=object)
        self.kind: NDArray[np.object_] = np.array(["derived" if ok else None for ok in known], dtype=object)
        units = _units(gazetteer, "admin1")
        found = units.containing_or_nearest(lon, lat, COAST_KM)
        self.country, self.admin1 = (self._of(units, found, name) for name in ("country", "admin1"))
        bare = (found < 0) & known
        self.country[bare] = self._of(*self._in("country", bare), "country")

    def _in(self, layer: str, rows: NDArray[np.bool_]) -> tuple[Units, NDArray[np.int64]]:
        units = _units(self._gazetteer, layer)
        return units, units.containing(self._lon[rows], self._lat[rows])

    @staticmethod
    def _of(units: Units, found: NDArray[np.int64], name: str) -> NDArray[np.object_]:
        import numpy as np

        if name not in units.table:
            return np.full(len(found), None, dtype=object)
        values = as_objects(units.table[name])[found]
        values[found < 0] = None
        return values

    def name(self, countries: pd.Series | None, gazetteer: Gazetteer) -> None:
        """Take the source's word for the country, where the gazetteer knows it; a unit of another is dropped."""
        if countries is None:
            return
        import numpy as np

        known = countries.notna().to_numpy()
        distinct = list(countries[known].unique())
        answers = gazetteer.resolve_many(distinct)
        codes = {
            name: code
            for name, kind, code in zip(distinct, answers["kind"], answers["country"], strict=True)
            if kind == "country"
        }
        said = np.array([codes.get(name) for name in countries.astype(object)], dtype=object)
        sure = np.array([code is not None for code in said], dtype=bool)
        self.admin1[sure & (said != self.country)] = None
        self.country = np.where(sure, said, self.country)

    def widen(self, shapes: NDArray[np.object_], radius: pd.Series, rows: NDArray[np.bool_], layer: str) -> None:
        """Make rows the unit of a layer that holds them, with its shape and a radius that reaches all of it."""
        import numpy as np

        from gazetteer import geodesy

        at = np.flatnonzero(rows)
        if not len(at):
            return
        units, found = self._in(layer, rows)
        at, found = at[found >= 0], found[found >= 0]
        own = self._of(units, found, "country")
        same = np.array([a is None or a == b for a, b in zip(own, self.country[at], strict=True)], dtype=bool)
        at, found = at[same], found[same]
        self.id[at] = as_objects(units.table["unit_id"])[found]
        self.label[at] = self._of(units, found, "unit_name")
        self.kind[at] = layer
        if layer == "country":
            self.admin1[at] = None
        shapes[at] = units.shapes[found]
        centre = [units.table[name].to_numpy(dtype="float64")[found] for name in ("lon", "lat")]
        reach = units.table["radius_km"].to_numpy(dtype="float64")[found]
        radius.iloc[at] = reach + geodesy.geodesic_km(self._lon[at], self._lat[at], *centre)
