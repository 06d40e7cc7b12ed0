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
from geoevents.joins.extents.kernel import widening_of
from geoevents.suggestions import did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gazetteer import Context, Gazetteer, Geocoder

__all__ = ["FoundPlaces", "Lookup", "find_places", "plain_records"]

_POINTS = ("city", "airport")
# Kinds whose radius is widened by how they were found, as the table of kernels says.
_WIDENED = ("city", "airport", "building", "neighbourhood", "admin2")
_LISTED = ("geonames:", "airport:")
_DATED = ("group:", "region:", "derived:")
# A town that was found by a type word it does not bear ("Ariha district") scores no more than this.
_UNSURE = 0.6
# Why the gazetteer refuses a cell that holds no value, or a word in place of one.
_NOTHING_SAID = ("empty", "not a place: no value", "not a place: filler")
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
    ) -> tuple[pd.DataFrame, NDArray[np.int64]]:
        """Ask the gazetteer about rows of phrases, and then a service on the network, where one is given.

        Returns the answers, and which of them each row has, as `Gazetteer.resolve_distinct` does.
        """
        answers, rows = self.gazetteer.resolve_distinct(phrases, country=country, on=on, context=self.context)
        if self.online is not None:
            hints = country.iloc[answers.index] if isinstance(country, pd.Series) else country
            answers = self.online.fill(answers, country=hints)
        return answers, rows


@dataclass(frozen=True)
class FoundPlaces:
    """The places of n records.

    Attributes
    ----------
    columns
        n rows under the names of the events frame, from ``place_query`` to ``match_note``.
    shapes
        n geometries, None where no place was found; rows in one place share one object.
    unknown_countries
        The countries that the gazetteer does not know, which gave no hint.
    """

    columns: pd.DataFrame
    shapes: NDArray[np.object_]
    unknown_countries: list[str]


def plain_records(records: pd.DataFrame) -> pd.DataFrame:
    """Return the records as a plain frame, names as text; geometries of the input become text, nothing is lost."""
    plain = pd.DataFrame(records).copy(deep=False)
    plain.attrs = {}
    for name in plain.columns:
        if plain[name].dtype.name == "geometry":
            plain[name] = gpd.GeoSeries(records[name]).to_wkt()
    return plain.set_axis([str(name) for name in plain.columns], axis=1)


def find_places(plain: pd.DataFrame, choice: ColumnChoice, on: pd.Series, lookup: Lookup) -> FoundPlaces:
    """Find the place of each record by its words, on its day; what is worked out is worked out once a distinct phrase.

    Parameters
    ----------
    plain
        Records as `plain_records` gives them.
    choice
        Which of their columns say where.
    on
        The first day of each.
    lookup
        Who is asked.

    Raises
    ------
    ColumnError
        When the country for all rows is not one.
    """
    days, gazetteer = _days(on), lookup.gazetteer
    country, unknown = _countries(plain, choice, gazetteer)
    phrases = pd.DataFrame({name: as_text(plain[name]) for name in choice.place}, index=plain.index)
    if not isinstance(country, pd.Series):
        answers, rows = lookup.resolve(_squeezed(phrases), country, days)
    else:
        if not choice.place:
            phrases["country"] = as_text(plain[str(choice.country)])
        # A row that names nothing but its country happened there, as far as anyone knows.
        bare = phrases.isna().all(axis=1) & country.notna()
        if bare.any():
            phrases[phrases.columns[0]] = phrases.iloc[:, 0].mask(bare, country)
        answers, rows = lookup.resolve(_squeezed(phrases), country, days)
        firsts = answers.index
        answers = _or_in_country(answers, country.iloc[firsts], days.iloc[firsts], gazetteer)
    answers, rows = _merged(answers, rows)
    answers = _place_columns(answers)
    columns = answers.take(rows).set_axis(plain.index)
    return FoundPlaces(columns, _shapes_of_rows(answers, rows, on, gazetteer), unknown)


def _merged(answers: pd.DataFrame, rows: NDArray[np.int64]) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return each answer once, though it was given for several times or countries, and which of them each row has."""
    number = answers.groupby(list(answers.columns), dropna=False, sort=False, observed=True).ngroup()
    return answers[~number.duplicated()], np.asarray(number, dtype=np.int64)[rows]


def _countries(
    plain: pd.DataFrame, choice: ColumnChoice, gazetteer: Gazetteer
) -> tuple[pd.Series | str | None, list[str]]:
    """Return the country of each row or of all, and the countries that the gazetteer does not know."""
    if choice.country is None:
        return None, []
    if choice.country not in plain.columns:
        if why := _no_country(choice.country, gazetteer):
            near = did_you_mean(choice.country, plain.columns)
            raise ColumnError(f"{why.rstrip('.')}; the columns are {', '.join(plain.columns)}{near}.")
        return choice.country, []
    country = as_text(plain[choice.country])
    unknown = [name for name in country.dropna().unique() if _no_country(name, gazetteer)]
    return (country.mask(country.isin(unknown)) if unknown else country), unknown


def _or_in_country(answers: pd.DataFrame, country: pd.Series, on: pd.Series, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return the answers, the country of the row in place of a phrase that was not found; it says so.

    "Unknown" says no more than an empty cell: as far as anyone knows, the event happened in the country.
    """
    rows = np.flatnonzero((answers["status"] == STATUSES[2]).to_numpy() & country.notna().to_numpy())
    if not len(rows):
        return answers
    wide = gazetteer.resolve_many(country.iloc[rows], on=on.iloc[rows])
    known = (wide["kind"] == "country").to_numpy()
    rows, wide = rows[known], wide[known]
    out = answers.astype({name: object for name in answers.columns if answers[name].dtype.name == "category"})
    for name in ("place_id", "name", "kind", "country", "admin1", "lon", "lat", "radius_km", "score"):
        column = out[name].to_numpy(copy=True)
        column[rows] = wide[name].astype(object).to_numpy()
        out[name] = column
    queries = answers["query"].astype(object).to_numpy()[rows]
    silent = answers["reason"].isin(_NOTHING_SAID).to_numpy()[rows]
    notes = [f"not found: {query}; placed in the country of the row" for query in queries]
    for name, values in (
        ("status", np.where(silent, STATUSES[0], STATUSES[1])),
        ("method", np.where(silent, "exact", "container")),
        ("reason", np.where(silent, "", np.array(notes, dtype=object))),
    ):
        column = out[name].to_numpy(copy=True)
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


def _place_columns(answers: pd.DataFrame) -> pd.DataFrame:
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
    ours = answers.rename(columns=renamed)
    ours["place_query"] = as_text(ours["place_query"])
    prec = ours["place_kind"].astype(object).map(WHERE_PREC).astype("Int64")
    kind = ours["place_kind"].astype(object)
    at_sea = (kind == "sea") & ours["country"].isna()
    wide = ours["radius_km"] > NEAR_KM
    # A town that stands for the unit around it, or for a place in it that was not found, is not an exact place.
    unit = (kind == "city") & wide & (answers["score"] <= _unsure(ours["match_method"], ours["match_status"]))
    near = (kind == "city") & (answers["method"].astype(object) == "container")
    prec = prec.mask(at_sea, 7).mask((kind == "derived") & wide, 5).mask(near, 2).mask(unit, 3)
    # The radius of a unit without an outline and of a town holds nine tenths of the events found so.
    near_point = kind.isin(_WIDENED).to_numpy()
    widened = ours["radius_km"] * widening_of(as_objects(ours["match_method"]), as_objects(kind))
    ours["radius_km"] = ours["radius_km"].mask(near_point, widened.round(1))
    note = as_text(ours["match_note"])
    return pd.DataFrame(ours).assign(where_prec=prec, match_note=note)


def _unsure(method: pd.Series, status: pd.Series) -> NDArray[np.float64]:
    """Return the score of each row at and below which its town may stand for something wider."""
    code, kinds = pd.factorize(pd.MultiIndex.from_arrays([method.astype(object), status.astype(object)]))
    least = [calibrated_score(_UNSURE, *kind) if isinstance(kind[0], str) else np.nan for kind in kinds]
    return np.append(np.array(least, dtype="float64"), np.nan)[code]


def _shapes_of_rows(
    places: pd.DataFrame, rows: NDArray[np.int64], days: pd.Series, gazetteer: Gazetteer
) -> NDArray[np.object_]:
    """Return the geometry of each row's place on its day; `rows` says which of the places each has."""
    # Towns and airports are points, which the row has; of the others, only what is made of members or units changes
    # with the day.
    shapes: NDArray[np.object_] = shapely.points(places[["lon", "lat"]].to_numpy(dtype="float64"))
    kinds, ids = places["place_kind"].astype(object), places["place_id"].astype(object).fillna("")
    shapes[kinds.isna().to_numpy()] = None
    # One's own towns may have outlines.
    known = kinds.isin(_POINTS) & ids.str.startswith(_LISTED).astype(bool)
    # Of a place that a service on the network gave no more than the point is known.
    known |= places["match_method"].astype(object) == "online"
    areas = (kinds.notna() & ~known).to_numpy()
    dated = areas & (ids.str.startswith(_DATED) | ids.isin(gazetteer.groups.former_wholes)).to_numpy(dtype=bool)
    codes, distinct = pd.factorize(ids[areas & ~dated])
    shapes[areas & ~dated] = gazetteer.geometries(distinct)[codes]
    at = np.flatnonzero(dated[rows])
    by_row: NDArray[np.object_] = shapes[rows]
    keys = pd.MultiIndex.from_arrays([ids.to_numpy()[rows[at]], days.iloc[at].dt.normalize()])
    codes, distinct = pd.factorize(keys)
    on = [None if pd.isna(day) else day.date() for day in distinct.get_level_values(1)]
    by_row[at] = gazetteer.geometries(distinct.get_level_values(0), on=on)[codes]
    return by_row
