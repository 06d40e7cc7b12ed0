"""Places onto records: a frame with place phrases enters, an events frame leaves, a row a row.

The only room that calls the gazetteer for frames. Every row is kept in its order, with its index; what cannot
be placed stays, with the status ``unresolved``, and the caller's frame is not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from geoevents.coordinates import is_from_coordinates, records_of
from geoevents.errors import ColumnError
from geoevents.frame.columns import as_counts, as_objects, as_text, event_ids, kept_columns
from geoevents.frame.dates import read_spans
from geoevents.frame.provenance import noted
from geoevents.frame.schema import COLUMNS, CRS, NEAR_KM, OPTIONAL, WHERE_PREC
from geoevents.joins.kernel import widening_of

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from gazetteer import Context, Gazetteer
    from geoevents.frame.table_facts import TableFacts

__all__ = ["described", "locate", "summary"]

_POINTS = ("city", "airport")
# Kinds whose radius is widened by how they were found, as the table of kernels says.
_WIDENED = ("city", "airport", "building", "neighbourhood", "admin2")
_LISTED = ("geonames:", "airport:")
# A town that was found by a type word it does not bear ("Ariha district") scores no more than this.
_UNSURE = 0.6
# Usual column names, finest place first; of each line the first that is there is taken.
_PLACES = (
    (
        "location",
        "place",
        "where",
        "place_name",
        "location_name",
        "where_coordinates",
        "locality",
        "site",
        "venue",
    ),
    ("city", "town", "village", "settlement", "municipality"),
    ("admin3", "adm_3", "adm3"),
    ("admin2", "adm_2", "adm2", "district", "county"),
    ("admin1", "adm_1", "adm1", "province", "state", "region", "oblast", "governorate"),
)
_COUNTRIES = ("country", "country_name", "country_code", "iso3", "iso2", "iso")
# The column of dates, and the one that may hold the last day beside it.
_DATES = {
    "date": ("end_date", "date_end"),
    "event_date": ("event_date_end", "end_date", "date_end"),
    "date_start": ("date_end",),
    "start_date": ("end_date",),
    "start": ("end",),
    "day": (),
    "when": (),
}


def locate(
    records: pd.DataFrame,
    *,
    place: str | Sequence[str] | None = None,
    country: str | None = None,
    date: str | None = None,
    context: Context = "row",
    gazetteer: Gazetteer | None = None,
    facts: TableFacts | None = None,
) -> gpd.GeoDataFrame:
    """Find the place and the date of every record.

    Parameters
    ----------
    records
        A row a record, any columns, any index. What `geoevents.read` found to come with coordinates is an events
        frame already, and stays as it is unless `place` is named.
    place
        The column of place phrases, or several, finest first: each is a place inside the next, and a finer
        one that cannot be found falls back to the next. None takes the usual names (location, city, adm_2,
        adm_1 …).
    country
        A column of countries, or one country (code or name) for all rows; no answer lies outside it. None
        takes a column of the usual name where there is one.
    date
        A column of dates, in any form that `geoevents.frame.dates` reads. None takes one of the usual names; a
        column of last days beside it (``date`` and ``end_date``) is used with it.
    context
        What tells places of one name apart. ``row``: the other place columns of its row. ``file``: the other rows of
        the file as well, for a name that stands alone in its row, without a country ("Paris" among "Dallas" and
        "Houston"). ``none``: nothing, the finest place of a row is taken by itself.
    gazetteer
        The gazetteer to ask; None takes the bundled one.
    facts
        What the whole table shows that `records` are a part of; None when they are the whole.

    Returns
    -------
    geopandas.GeoDataFrame
        The records' own columns, then those of `geoevents.frame.schema`, with the same index and order; geometry in
        EPSG:4326, lon/lat, radius in kilometres. A column of the input that has one of the schema's names and
        is something else is kept as ``<name>_input``. The figures of the work are in ``attrs["geoevents"]``.

    Raises
    ------
    ColumnError
        When `records` are no frame, a named column is not there, no place column can be guessed, or two columns have
        one name.
    gazetteer.GazetteerError
        When the gazetteer's tables cannot be read, or there is no such `context`.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> records = pd.DataFrame({"location": ["Almaty", "Interfax"], "date": ["2022-01-05", "January 2022"]})
    >>> events = ge.locate(records)
    >>> events["match_status"].tolist(), events["date_prec"].tolist()
    (['matched', 'unresolved'], [1, 4])
    """
    import geopandas as gpd
    import pandas as pd

    if not isinstance(records, pd.DataFrame):
        raise ColumnError(f"Records: expected a DataFrame, got {records!r:.60}; read makes one of a file.")
    if is_from_coordinates(records):
        if place is None:
            return records.copy(deep=False)
        records = records_of(records)
    columns = _Columns(records, place, country, date)
    if gazetteer is None:
        import gazetteer as package

        gazetteer = package.load()
    plain = _without_geometry(records)
    empty = pd.Series(None, index=plain.index, dtype=object)
    dates = read_spans(
        plain[columns.date] if columns.date else empty, plain[columns.end] if columns.end is not None else None, facts
    )
    matches, unknown = _matches(plain, columns, dates, context, gazetteer)
    ours = _place_columns(matches).assign(event_id=event_ids(plain, facts), **{c: dates[c] for c in dates.columns})
    known = {name: plain[name] for name in OPTIONAL if name in plain.columns}
    counts = {name: as_counts(column) for name, column in known.items() if OPTIONAL[name] == "count"}
    lost = [name for name, column in counts.items() if (column.isna() & known[name].notna()).any()]
    lost = lost if facts is None else [name for name in counts if name in facts.lost]
    known = {name: counts.get(name, as_text(column)) for name, column in known.items()}
    kept = kept_columns(plain, lost, facts)
    frame = pd.concat([kept, ours[list(COLUMNS)], pd.DataFrame(known, index=plain.index)], axis=1)
    shapes = _shapes(ours, dates["start"], gazetteer)
    events = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=CRS))
    events.attrs = {k: v for k, v in records.attrs.items() if k != "geoevents"}
    events.attrs["geoevents"] = noted(
        events, gazetteer, columns=columns.taken(), dates=dates.attrs["dates"], unknown=unknown, context=context
    )
    return events


class _Columns:
    """Which columns of the input are what, named by the caller or guessed."""

    def __init__(
        self, records: pd.DataFrame, place: str | Sequence[str] | None, country: str | None, date: str | None
    ) -> None:
        self._there = [str(name) for name in records.columns]
        doubled = sorted({name for name in self._there if self._there.count(name) > 1})
        if doubled:
            raise ColumnError(f"Columns: expected each name once, but {', '.join(map(repr, doubled))} is doubled.")
        lower = {name.strip().lower().replace(" ", "_"): name for name in reversed(self._there)}
        try:
            self.place = self._places(lower) if place is None else [place] if isinstance(place, str) else list(place)
        except TypeError:
            raise ColumnError(f"Place columns: expected names of columns, got {place!r}.") from None
        if not self.place:
            raise ColumnError("Place columns: expected at least one name, got none.")
        self.country = country
        if country is None:
            found = [lower[name] for name in _COUNTRIES if name in lower and lower[name] not in self.place]
            self.country = found[0] if found else None
        self.date = date or next((lower[name] for name in _DATES if name in lower), None)
        for what, names in (("Place", self.place), ("Date", [self.date] if self.date else [])):
            for name in names:
                self._need(what, name)
        ends = _DATES.get((self.date or "").strip().lower().replace(" ", "_"), ())
        self.end = next((lower[name] for name in ends if name in lower), None)

    def _places(self, lower: dict[str, str]) -> list[str]:
        found = [next((lower[name] for name in line if name in lower), None) for line in _PLACES]
        places = [name for name in found if name]
        if not places:
            raise ColumnError(
                "Place columns: expected one named location, city, adm_2, adm_1 or alike; "
                f"say which with place (--place) of those there are: {', '.join(self._there)}."
            )
        return places

    def _need(self, what: str, name: str) -> None:
        if name not in self._there:
            raise ColumnError(f"{what} column: expected one of {', '.join(self._there)}; got {name!r}.")

    def taken(self) -> dict[str, Any]:
        """Return which column is what."""
        return {"place": self.place, "country": self.country, "date": self.date, "end": self.end}

    def no_country(self, why: str) -> ColumnError:
        """Return the error for a country that is neither a column nor, as the gazetteer says, a country."""
        return ColumnError(f"{why.rstrip('.')}; the columns are {', '.join(self._there)}.")


def _without_geometry(records: pd.DataFrame) -> pd.DataFrame:
    """Return the records as a plain frame, names as text; geometries of the input become text, nothing is lost."""
    import geopandas as gpd
    import pandas as pd

    plain = pd.DataFrame(records).copy(deep=False)
    plain.attrs = {}
    for name in plain.columns:
        if plain[name].dtype.name == "geometry":
            plain[name] = gpd.GeoSeries(records[name]).to_wkt()
    return plain.set_axis([str(name) for name in plain.columns], axis=1)


def _matches(
    plain: pd.DataFrame, columns: _Columns, dates: pd.DataFrame, context: Context, gazetteer: Gazetteer
) -> tuple[pd.DataFrame, list[str]]:
    """Ask the gazetteer; return its answers and the countries it does not know, which give no hint."""
    import pandas as pd

    phrases = pd.DataFrame({name: as_text(plain[name]) for name in columns.place})
    on = dates["start"]
    if columns.country is None or columns.country not in plain.columns:
        if columns.country is not None and (why := _no_country(columns.country, gazetteer)):
            raise columns.no_country(why)
        return gazetteer.resolve_many(_squeezed(phrases), country=columns.country, on=on, context=context), []
    country = as_text(plain[columns.country])
    unknown = [name for name in country.dropna().unique() if _no_country(name, gazetteer)]
    country = country.mask(country.isin(unknown))
    # A row that names nothing but its country happened there, as far as anyone knows.
    bare = phrases.isna().all(axis=1) & country.notna()
    phrases[columns.place[0]] = phrases[columns.place[0]].mask(bare, country)
    return gazetteer.resolve_many(_squeezed(phrases), country=country, on=on, context=context), unknown


def _squeezed(phrases: pd.DataFrame) -> pd.DataFrame | pd.Series:
    return phrases if phrases.shape[1] > 1 else phrases.iloc[:, 0]


def _no_country(name: str, gazetteer: Gazetteer) -> str:
    """Return what the gazetteer has against a country, nothing where it is one."""
    from gazetteer import GazetteerError

    try:
        gazetteer.resolve("", country=name)
    except GazetteerError as error:
        return str(error)
    return ""


def _place_columns(matches: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    renamed = {
        "query": "place_query",
        "name": "place_name",
        "kind": "place_kind",
        "status": "match_status",
        "score": "match_score",
        "method": "match_method",
    }
    ours = matches.rename(columns=renamed)
    ours["place_query"] = as_text(ours["place_query"])
    prec = ours["place_kind"].astype(object).map(WHERE_PREC).astype("Int64")
    kind = ours["place_kind"].astype(object)
    at_sea = (kind == "sea") & ours["country"].isna()
    wide = ours["radius_km"] > NEAR_KM
    # A town that stands for the unit around it, or for a place in it that was not found, is no exact place.
    unit = (kind == "city") & wide & (matches["score"] <= _UNSURE)
    near = (kind == "city") & (matches["method"].astype(object) == "container")
    prec = prec.mask(at_sea, 7).mask((kind == "derived") & wide, 5).mask(near, 2).mask(unit, 3)
    # The radius of a unit without an outline and of a town holds nine tenths of the events found so.
    near_point = kind.isin(_WIDENED).to_numpy()
    widened = ours["radius_km"] * widening_of(as_objects(ours["match_method"]), as_objects(kind))
    ours["radius_km"] = ours["radius_km"].mask(near_point, widened.round(1))
    return pd.DataFrame(ours).assign(where_prec=prec)


def _shapes(ours: pd.DataFrame, days: pd.Series, gazetteer: Gazetteer) -> NDArray[np.object_]:
    """Return each row's geometry on its day; rows in one place share one object."""
    import pandas as pd
    import shapely

    # Towns and airports are points, which the row has; of the others, only what is made of members or units changes
    # with the day.
    shapes: NDArray[np.object_] = shapely.points(ours[["lon", "lat"]].to_numpy(dtype="float64"))
    kinds = ours["place_kind"].astype(object)
    shapes[kinds.isna().to_numpy()] = None
    # One's own towns may have outlines.
    known = ours["place_id"].astype(object).fillna("").str.startswith(_LISTED).astype(bool)
    areas = (kinds.notna() & ~(kinds.isin(_POINTS) & known)).to_numpy()
    ids = ours.loc[areas, "place_id"].astype(object)
    dated = ids.str.startswith(("group:", "region:", "derived:")).astype(bool)
    keys = pd.MultiIndex.from_arrays([ids, days[areas].dt.normalize().where(dated)])
    codes, distinct = pd.factorize(keys)
    on = [None if pd.isna(day) else day.date() for day in distinct.get_level_values(1)]
    shapes[areas] = gazetteer.geometries(distinct.get_level_values(0), on=on)[codes]
    return shapes


def summary(events: gpd.GeoDataFrame) -> str:
    """Return in a few lines how many events were placed, where, and what was not.

    Parameters
    ----------
    events
        What `locate` returned, or a file that kept its provenance.

    Raises
    ------
    ColumnError
        When the frame does not carry the figures of its making.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> print(ge.summary(ge.locate(pd.DataFrame({"place": ["Almaty", "Interfax"]}))))
    2 events: 1 matched, 0 ambiguous, 1 unresolved; placed: 1 city.
    Unresolved: "Interfax" 1.
    """
    facts = getattr(events, "attrs", {}).get("geoevents")
    if not isinstance(facts, dict) or "counts" not in facts:
        raise ColumnError("Summary: expected events with the figures that locate leaves in attrs, got none.")
    return described(facts)


def described(facts: dict[str, Any]) -> str:
    """Return the figures of the work in a few lines; of a file that does not tell, that."""
    if "counts" not in facts:
        return "Events placed by others."
    counts, kinds = facts["counts"], facts.get("kinds", {})
    by_kind = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items(), key=lambda item: (-item[1], item[0])))
    total = sum(counts.values())
    lines = [
        f"{total} event{'' if total == 1 else 's'}: {counts['matched']} matched, "
        f"{counts['ambiguous']} ambiguous, {counts['unresolved']} unresolved"
        f"{f'; placed: {by_kind}' if by_kind else ''}."
    ]
    if facts.get("unresolved"):
        phrases = ", ".join(f'"{phrase[:60]}" {n}' for phrase, n in facts["unresolved"][:5])
        lines.append(f"Unresolved: {phrases}.")
    if facts.get("unknown_countries"):
        lines.append(f"No country of the gazetteer, so no hint: {', '.join(facts['unknown_countries'][:5])}.")
    return "\n".join(lines + _date_lines(facts.get("dates") or {}))


def _date_lines(dates: dict[str, Any]) -> list[str]:
    lines = []
    if dates.get("unread"):
        examples = ", ".join(f'"{text}"' for text in dates["examples"])
        lines.append(f"Dates that could not be read: {dates['unread']} ({examples}).")
    if dates.get("order_from") == "assumed":
        lines.append("Dates such as 03/04/2022 were taken as day, then month; the column does not say.")
    if dates.get("ends_before_start"):
        lines.append(f"Last days before the first day, left out: {dates['ends_before_start']}.")
    return lines
