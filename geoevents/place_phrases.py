"""Turn the place phrases of records into places, each with a precision and a shape, a row a row.

A row whose phrase is not found falls back to the country that it names, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gazetteer import GazetteerError, calibrated_score
from geoevents.errors import ColumnError
from geoevents.frame.column_choice import ColumnChoice
from geoevents.frame.columns import as_objects, as_text
from geoevents.frame.schema import NEAR_KM, STATUSES, WHERE_PREC
from geoevents.joins.kernel import widening_of
from geoevents.suggestions import did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gazetteer import Context, Gazetteer, Geocoder

__all__ = ["Lookup", "match_phrases", "place_columns", "plain_records", "shapes_of_places"]

_POINTS = ("city", "airport")
# Kinds whose radius is widened by how they were found, as the table of kernels says.
_WIDENED = ("city", "airport", "building", "neighbourhood", "admin2")
_LISTED = ("geonames:", "airport:")
# A town that was found by a type word it does not bear ("Ariha district") scores no more than this.
_UNSURE = 0.6
# Nanoseconds, in which the gazetteer counts days, reach from 1677 to 2262.
_YEARS_OF_BORDERS = (1700, 2261)


@dataclass(frozen=True)
class Lookup:
    """Who is asked about place phrases, and how: `geoevents.locate` describes the three."""

    gazetteer: Gazetteer
    context: Context = "row"
    online: Geocoder | None = None

    def resolve(
        self, phrases: pd.Series | pd.DataFrame, country: pd.Series | str | None, on: pd.Series
    ) -> pd.DataFrame:
        """Ask the gazetteer about rows of phrases, and then a service on the network, where one is given."""
        found = self.gazetteer.resolve_many(phrases, country=country, on=on, context=self.context)
        return found if self.online is None else self.online.fill(found, country=country)


def plain_records(records: pd.DataFrame) -> pd.DataFrame:
    """Return the records as a plain frame, names as text; geometries of the input become text, nothing is lost."""
    plain = pd.DataFrame(records).copy(deep=False)
    plain.attrs = {}
    for name in plain.columns:
        if plain[name].dtype.name == "geometry":
            plain[name] = gpd.GeoSeries(records[name]).to_wkt()
    return plain.set_axis([str(name) for name in plain.columns], axis=1)


def match_phrases(
    plain: pd.DataFrame, choice: ColumnChoice, on: pd.Series, lookup: Lookup
) -> tuple[pd.DataFrame, list[str]]:
    """Ask the gazetteer; return its answers and the countries it does not know, which give no hint."""
    days, gazetteer = _days(on), lookup.gazetteer
    phrases = pd.DataFrame({name: as_text(plain[name]) for name in choice.place}, index=plain.index)
    if choice.country is None or choice.country not in plain.columns:
        if choice.country is not None and (why := _no_country(choice.country, gazetteer)):
            near = did_you_mean(choice.country, plain.columns)
            raise ColumnError(f"{why.rstrip('.')}; the columns are {', '.join(plain.columns)}{near}.")
        return lookup.resolve(_squeezed(phrases), choice.country, days), []
    country = as_text(plain[choice.country])
    unknown = [name for name in country.dropna().unique() if _no_country(name, gazetteer)]
    country = country.mask(country.isin(unknown))
    if not choice.place:
        phrases["country"] = as_text(plain[choice.country])
    # A row that names nothing but its country happened there, as far as anyone knows.
    bare = phrases.isna().all(axis=1) & country.notna()
    phrases[phrases.columns[0]] = phrases.iloc[:, 0].mask(bare, country)
    found = lookup.resolve(_squeezed(phrases), country, days)
    return _or_in_country(found, country, days, gazetteer), unknown


def _or_in_country(found: pd.DataFrame, country: pd.Series, on: pd.Series, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return the answers, the country of the row in place of a phrase that was not found; it says so."""
    rows = np.flatnonzero((found["status"].astype(object) == STATUSES[2]).to_numpy() & country.notna().to_numpy())
    if not len(rows):
        return found
    wide = gazetteer.resolve_many(country.iloc[rows], on=on.iloc[rows])
    known = (wide["kind"].astype(object) == "country").to_numpy()
    rows, wide = rows[known], wide[known]
    out = found.astype({name: object for name in found.columns if found[name].dtype.name == "category"})
    for name in ("place_id", "name", "kind", "country", "admin1", "lon", "lat", "radius_km", "score"):
        column = out[name].to_numpy(copy=True)
        column[rows] = wide[name].astype(object).to_numpy()
        out[name] = column
    queries = found["query"].astype(object).to_numpy()[rows]
    for name, values in (
        ("status", [STATUSES[1]] * len(rows)),
        ("method", ["container"] * len(rows)),
        ("reason", [f"not found: {query}; placed in the country of the row" for query in queries]),
    ):
        column = out[name].astype(object).to_numpy(copy=True)
        column[rows] = values
        out[name] = column
    return out


def _days(on: pd.Series) -> pd.Series:
    """Return the days that the gazetteer is asked about; borders of other centuries are not in it."""
    return on.where(on.dt.year.between(*_YEARS_OF_BORDERS))


def _squeezed(phrases: pd.DataFrame) -> pd.DataFrame | pd.Series:
    return phrases if phrases.shape[1] > 1 else phrases.iloc[:, 0]


def _no_country(name: str, gazetteer: Gazetteer) -> str:
    """Return what the gazetteer has against a country, nothing where it is one."""
    try:
        gazetteer.resolve("", country=name)
    except GazetteerError as error:
        return str(error)
    return ""


def place_columns(matches: pd.DataFrame) -> pd.DataFrame:
    """Return the gazetteer's answers under the names of the events frame, with their precision as where_prec."""
    renamed = {
        "query": "place_query",
        "name": "place_name",
        "kind": "place_kind",
        "status": "match_status",
        "score": "match_score",
        "method": "match_method",
        "reason": "match_note",
    }
    ours = matches.rename(columns=renamed)
    ours["place_query"] = as_text(ours["place_query"])
    prec = ours["place_kind"].astype(object).map(WHERE_PREC).astype("Int64")
    kind = ours["place_kind"].astype(object)
    at_sea = (kind == "sea") & ours["country"].isna()
    wide = ours["radius_km"] > NEAR_KM
    # A town that stands for the unit around it, or for a place in it that was not found, is not an exact place.
    unit = (kind == "city") & wide & (matches["score"] <= _unsure(ours["match_method"]))
    near = (kind == "city") & (matches["method"].astype(object) == "container")
    prec = prec.mask(at_sea, 7).mask((kind == "derived") & wide, 5).mask(near, 2).mask(unit, 3)
    # The radius of a unit without an outline and of a town holds nine tenths of the events found so.
    near_point = kind.isin(_WIDENED).to_numpy()
    widened = ours["radius_km"] * widening_of(as_objects(ours["match_method"]), as_objects(kind))
    ours["radius_km"] = ours["radius_km"].mask(near_point, widened.round(1))
    note = as_text(ours["match_note"])
    return pd.DataFrame(ours).assign(where_prec=prec, match_note=note)


def _unsure(method: pd.Series) -> NDArray[np.float64]:
    """Return the score of each row at and below which its town may stand for something wider."""
    of = {name: calibrated_score(_UNSURE, name) for name in set(method.dropna())}
    return method.astype(object).map(of).to_numpy(dtype="float64")


def shapes_of_places(ours: pd.DataFrame, days: pd.Series, gazetteer: Gazetteer) -> NDArray[np.object_]:
    """Return each row's geometry on its day; rows in one place share one object."""
    # Towns and airports are points, which the row has; of the others, only what is made of members or units changes
    # with the day.
    shapes: NDArray[np.object_] = shapely.points(ours[["lon", "lat"]].to_numpy(dtype="float64"))
    kinds = ours["place_kind"].astype(object)
    shapes[kinds.isna().to_numpy()] = None
    # One's own towns may have outlines.
    known = ours["place_id"].astype(object).fillna("").str.startswith(_LISTED).astype(bool)
    # Of a place that a service on the network gave no more than the point is known.
    known = (known & kinds.isin(_POINTS)) | (ours["match_method"].astype(object) == "online")
    areas = (kinds.notna() & ~known).to_numpy()
    ids = ours.loc[areas, "place_id"].astype(object)
    dated = ids.str.startswith(("group:", "region:", "derived:")).astype(bool)
    keys = pd.MultiIndex.from_arrays([ids, days[areas].dt.normalize().where(dated)])
    codes, distinct = pd.factorize(keys)
    on = [None if pd.isna(day) else day.date() for day in distinct.get_level_values(1)]
    shapes[areas] = gazetteer.geometries(distinct.get_level_values(0), on=on)[codes]
    return shapes
