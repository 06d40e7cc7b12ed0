"""Locate and join a part of a table, as a plan says: the core of the engines.

One machine and a cluster run the same function. What only the whole table shows (`geoevents.frame.table_facts`) is in
the `Plan`, which `geoevents.engines.survey` completes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from geoevents.engines.gazetteer_source import USUAL, GazetteerSource
from geoevents.engines.units import Areas, joined
from geoevents.frame.column_choice import ColumnChoice, choose_columns
from geoevents.frame.column_samples import SAMPLE_ROWS
from geoevents.frame.columns import as_text, digests, in_hexadecimal
from geoevents.frame.provenance import KEY
from geoevents.frame.schema import CRS, conform
from geoevents.frame.shape_depth import from_wkb
from geoevents.frame.table_facts import TableFacts
from geoevents.location import locate
from geoevents.overrides import Overrides, StrPath, corrected, read_overrides
from geoevents.readers.sources.recognition import SOURCES, recognised, to_records

if TYPE_CHECKING:
    from gazetteer import Geocoder

__all__ = [
    "COVERING",
    "SHAPE",
    "Plan",
    "id_columns",
    "overrides_of",
    "part_frame",
    "plain_records",
    "process_part",
    "recognised_in",
    "shapes_and_none",
]

SHAPE, COVERING = "geometry", "bbox"

How = Literal["within", "allocate", "nearest"]
# Where the event ids of a table come from.
Ids = Literal["given", "event_id", "id", "digest"]


@dataclass(frozen=True)
class Plan:
    """What to do with every part of a table.

    Attributes
    ----------
    place, country, date, end, lat, lon, geometry, repair
        As in `geoevents.locate`; of located events, `country` is the column or country that their provenance names.
    format, header
        As in `geoevents.read`.
    overrides
        A person's corrections, as `geoevents.overrides.read_overrides` returns them.
    areas, how, weight, within_km
        As in `geoevents.join`; without areas nothing is joined. JSON holds the name of a file or a layer, but
        not a frame.
    gazetteer
        The gazetteer to ask, and the view that it is opened in.
    located
        Whether the table holds events already, with their geometry as WKB.
    source
        The format of the field's own data that the table is of.
    choice
        Which column is what, told by the head of the table; None until it was looked at.
    ids
        Where the event ids come from.
    seen
        What `geoevents.engines.survey` saw in the table: pairs of a sign and a column.
    """

    place: tuple[str, ...] | None = None
    country: str | None = None
    date: str | None = None
    end: str | None = None
    lat: str | None = None
    lon: str | None = None
    geometry: str | None = None
    repair: str | None = None
    format: str | None = None
    header: int | None = None
    overrides: Overrides | None = None
    areas: Any = None
    how: How = "within"
    weight: str | None = None
    within_km: float | None = None
    gazetteer: GazetteerSource = USUAL
    located: bool = False
    source: str | None = None
    choice: ColumnChoice | None = None
    ids: Ids = "digest"
    seen: frozenset[tuple[str, str]] = frozenset()

    def columns(self, sign: str) -> list[str]:
        """Return the columns in which the survey saw a sign."""
        return sorted(column for found, column in self.seen if found == sign)

    @property
    def orders(self) -> dict[str, tuple[str, str]]:
        """The order of day and month by date column where it matters, and whether the column shows it."""
        day, month = set(self.columns("day-first")), set(self.columns("month-first"))
        return {
            name: ("month-day" if name in month - day else "day-month", "column" if name in day ^ month else "assumed")
            for name in self.columns("mixed")
        }

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON holds it."""
        overrides = None if self.overrides is None else self.overrides.to_json()
        plain = asdict(replace(self, overrides=None))
        return {**plain, "overrides": overrides, "seen": sorted(map(list, self.seen))}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        """Return the plan that `to_json` described."""
        place = None if data["place"] is None else tuple(data["place"])
        choice = None if data["choice"] is None else ColumnChoice.from_json(data["choice"])
        overrides = None if data["overrides"] is None else Overrides.from_json(data["overrides"])
        seen = frozenset((sign, name) for sign, name in data["seen"])
        known = GazetteerSource(**data["gazetteer"])
        read = {"place": place, "choice": choice, "overrides": overrides, "seen": seen, "gazetteer": known}
        return cls(**{**data, **read})

    @property
    def names_columns(self) -> bool:
        """Whether the caller named a column, or wants coordinates mended, so that the source's reading is not taken."""
        asked = (self.place, self.country, self.date, self.end, self.lat, self.lon, self.geometry, self.repair)
        return any(value is not None for value in asked)


def recognised_in(head: pa.Table, plan: Plan) -> Plan:
    """Return the plan for the kind of table that its head shows: its source, and which column is what."""
    frame = part_frame(head.slice(0, SAMPLE_ROWS))
    name = recognised(frame) if plan.format is None else plan.format if plan.format in SOURCES else None
    source = SOURCES.get(name or "")
    records = source.records(frame) if source is not None and source.records is not None else frame
    place = None if plan.place is None else list(plan.place)
    prefer = {} if source is None else source.prefer
    choice = choose_columns(
        records,
        place=place,
        country=plan.country,
        date=plan.date,
        end=plan.end,
        lat=plan.lat,
        lon=plan.lon,
        geometry=plan.geometry,
        prefer=prefer,
    )
    return replace(plan, source=name, choice=choice)


def overrides_of(
    given: Overrides | pd.DataFrame | StrPath | Sequence[StrPath] | None, known: GazetteerSource
) -> Overrides | None:
    """Return a person's corrections, read and checked once for all parts of a table.

    Parameters
    ----------
    given
        As in `geoevents.locate`.
    known
        The gazetteer that the table asks.

    Raises
    ------
    ReadError, ArgumentError
        As `geoevents.overrides.read_overrides`.
    """
    if given is None or isinstance(given, Overrides):
        return given
    return read_overrides(given, gazetteer=known.load())


def part_frame(table: pa.Table) -> pd.DataFrame:
    """Return a part as a frame; whole numbers stay whole where some are missing."""

    def kind(given: pa.DataType) -> Any:
        if not pa.types.is_integer(given):
            return None
        return pd.UInt64Dtype() if given == pa.uint64() else pd.Int64Dtype()

    frame: pd.DataFrame = table.to_pandas(types_mapper=kind)
    return frame


def plain_records(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return the records of a part as `geoevents.locate` is given them, numbers written as in the whole table."""
    records = SOURCES[plan.source].records if plan.source else None
    plain = frame if records is None else records(frame)
    broken = [name for name in plan.columns("fraction") if name in plain.columns]
    return plain.assign(**{name: plain[name].astype("string") for name in broken})


def id_columns(frame: pd.DataFrame, plan: Plan) -> dict[Ids, pd.Series]:
    """Return the columns of a part that may hold the ids of its events, in the order in which they are asked."""
    found: dict[Ids, pd.Series] = {}
    if plan.source and plan.place is None:
        described = SOURCES[plan.source].given
        given = None if described is None else described(frame, None, plan.choice)
        if given is not None and "event_id" in given:
            found["given"] = as_text(given["event_id"])
    names: tuple[Ids, Ids] = ("event_id", "id")
    found.update({name: as_text(frame[name]) for name in names if name in frame.columns})
    return found


def process_part(
    table: pa.Table, plan: Plan, nth: NDArray[np.int64] | None = None, online: Geocoder | None = None
) -> gpd.GeoDataFrame:
    """Locate and join a part of a table, as the plan says.

    Parameters
    ----------
    table
        n rows.
    plan
        What to do with it.
    nth
        For ids that are hashes: how many rows with the same content come before each of the n rows; None where none
        does.
    online
        The service to ask about what is not found, as in `geoevents.locate`.
    """
    events = _corrected_events(table, plan) if plan.located else _located(table, plan, nth, online)
    if plan.areas is None:
        return events
    return joined(events, Areas(plan.areas, plan.how, plan.weight, plan.gazetteer), plan.within_km)


def _events_of(table: pa.Table) -> gpd.GeoDataFrame:
    """Return a part of a file of events as `geoevents.read` would."""
    own = [name for name in table.column_names if name not in (SHAPE, COVERING)]
    frame = conform(part_frame(table.select(own)))
    coded = table[SHAPE].combine_chunks()
    coded = coded if pa.types.is_dictionary(coded.type) else coded.dictionary_encode()
    # Events in one place share one object, as located events do.
    shapes = shapes_and_none(from_wkb(coded.dictionary.to_numpy(zero_copy_only=False)))
    at = coded.indices.fill_null(len(shapes) - 1).to_numpy()
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes[at], index=frame.index, crs=CRS))


def _corrected_events(table: pa.Table, plan: Plan) -> gpd.GeoDataFrame:
    events = _events_of(table)
    if plan.overrides is None:
        return events
    events.attrs = {KEY: {"columns": {"country": plan.country}}}
    return corrected(events, plan.overrides, gazetteer=plan.gazetteer.load())


def _located(table: pa.Table, plan: Plan, nth: NDArray[np.int64] | None, online: Geocoder | None) -> gpd.GeoDataFrame:

    frame = part_frame(table)
    facts = TableFacts(
        ids=_ids(frame, plan, nth),
        same_id=("unique", "event_id") in plan.seen,
        lost=frozenset(plan.columns("lost")),
        orders=plan.orders,
    )
    known = plan.gazetteer.load()
    records = frame
    if plan.source and (SOURCES[plan.source].records is not None or not plan.names_columns):
        records = to_records(frame, plan.source, gazetteer=known, facts=facts, choice=plan.choice)
        records.attrs["read"] = {**records.attrs.get("read", {}), "source": plan.source}
    return locate(
        records,
        repair=plan.repair,
        overrides=plan.overrides,
        gazetteer=known,
        online=online,
        facts=facts,
        choice=plan.choice,
    )


def _ids(frame: pd.DataFrame, plan: Plan, nth: NDArray[np.int64] | None) -> pd.Series | None:
    """Return the ids of a part; None where its source gives them."""
    if plan.ids == "given":
        return None
    if plan.ids != "digest":
        return as_text(frame[plan.ids])
    ids = in_hexadecimal(digests(plain_records(frame, plan)))
    if nth is None or not nth.any():
        return ids
    again = pd.Series(nth + 1, index=ids.index)
    return ids.where(again == 1, ids + "-" + again.astype("str"))


def shapes_and_none(shapes: Any) -> NDArray[np.object_]:
    """Return shapes with None behind the last."""
    out: NDArray[np.object_] = np.full(len(shapes) + 1, None, dtype=object)
    out[:-1] = shapes
    return out
