"""Turn the events of a report into rows, and rows into an events frame."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from gazetteer import Gazetteer
from geoevents.frame.schema import COLUMNS, CRS, NEAR_KM, OPTIONAL, WHERE_PREC
from geoevents.reports.drafts.across import ALSO_IN
from geoevents.reports.drafts.draft import CountOf, Draft, TimeOf
from geoevents.reports.language.text import Text, is_heading
from geoevents.reports.stories.scene_places import Placed

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["COLUMNS_OF_REPORTS", "Report", "frame_of", "row_of"]

# Columns beside those of every events frame, in order, and what they hold.
COLUMNS_OF_REPORTS = {
    "match_note": "text",
    "report_id": "text",
    "report_date": "date",
    "event_class": "text",
    "event_type": "text",
    "acled_type": "text",
    "status": "text",
    "actor1": "text",
    "actor2": "text",
    "fatalities": "count",
    "fatalities_low": "count",
    "fatalities_high": "count",
    "injured": "count",
    "detained": "count",
    "displaced": "count",
    "count": "count",
    "count_of": "text",
    "part_of": "text",
    "is_total": "bool",
    "evidence": "text",
    "evidence_start": "count",
    "evidence_end": "count",
    "place_start": "count",
    "place_end": "count",
    "source": "text",
    "confidence": "number",
}
# A figure is another telling of the best one, not a part of it, when it is at least this share of it.
_SAME_FIGURE = 0.5
# Between the sentences that tell one event.
_GAP = " […] "


@dataclass(frozen=True)
class Report:
    """What identifies a report."""

    id: str
    date: date | None
    source: str


@dataclass
class _Figures:
    low: int | None = None
    best: int | None = None
    high: int | None = None
    of: str = ""
    is_total: bool = False
    kinds: dict[str, int] = field(default_factory=dict)


def row_of(report: Report, text: Text, draft: Draft, placed: Placed, confidence: float, source: str) -> dict[str, Any]:
    """Return the row of an event."""
    type_ = draft.lead.type
    told = _without_headings(text, draft.sentences)
    sentences = [text.sentences[n] for n in told]
    lead = text.sentences[draft.lead.sentence if draft.lead.sentence in told else told[0]]
    killed = _figures(draft.counts, "killed")
    place, time = placed.place, draft.time or TimeOf(date.min, date.min, 0, 0)
    other = _other_count(draft.counts)
    row: dict[str, Any] = {
        "event_id": _id(report.id, draft, lead.start, placed),
        "place_query": placed.query or None,
        "place_id": place.id if place else None,
        "place_name": place.name if place else None,
        "place_kind": place.kind if place else None,
        "country": place.country if place else None,
        "admin1": place.admin1 if place else None,
        "lon": place.lon if place else None,
        "lat": place.lat if place else None,
        "radius_km": placed.radius_km,
        "where_prec": _where_prec(placed),
        "match_status": placed.status,
        "match_score": placed.score if place else 0.0,
        "match_method": placed.method,
        "match_note": placed.note or None,
        "start": time.first if draft.time else None,
        "end": time.last if draft.time else None,
        "date_prec": time.prec if draft.time else None,
        "report_id": report.id,
        "report_date": report.date,
        "event_class": draft.event_class,
        "event_type": type_.event_type or None,
        "acled_type": type_.acled_type or None,
        "status": draft.status,
        "actor1": draft.actors[0] or None,
        "actor2": draft.actors[1] or None,
        "fatalities": killed.best,
        "fatalities_low": killed.low,
        "fatalities_high": killed.high,
        "injured": _figures(draft.counts, "injured").best,
        "detained": _figures(draft.counts, "detained").best,
        "displaced": _figures(draft.counts, "displaced").best,
        "count": other.best if other else None,
        "count_of": (other.of or ("people" if other.kind == "other" else other.kind)) if other else None,
        "part_of": None,
        "is_total": any(count.is_total for count in draft.counts),
        "evidence": _GAP.join(" ".join(text.text[s.start : s.end].split()) for s in sentences),
        "evidence_start": lead.start,
        "evidence_end": lead.end,
        "place_start": placed.start,
        "place_end": placed.end,
        "source": draft.source or source or report.source or None,
        "confidence": round(confidence, 4),
    }
    return row


def _without_headings(text: Text, numbers: Sequence[int]) -> list[int]:
    """Return the sentences that tell an event without the headings that only name it; all where nothing else does."""
    told = [n for n in numbers if not is_heading(text, text.sentences[n])]
    return told or list(numbers)


def _id(report_id: str, draft: Draft, at: int, placed: Placed) -> str:
    said = (
        f"{report_id}|{draft.event_class}|{at}|{draft.lead.first}|{placed.place.id if placed.place else placed.query}"
    )
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def _where_prec(placed: Placed) -> int | None:
    place = placed.place
    if place is None:
        return None
    wide = (placed.radius_km or 0) > NEAR_KM
    if place.kind == "sea" and not place.country:
        return 7
    if place.kind == "derived" and wide:
        return 5
    if place.kind == "city" and placed.method == "container":
        return 2
    return WHERE_PREC.get(place.kind, 5)


def _figures(counts: Sequence[CountOf], kind: str) -> _Figures:
    """Return the figures of a kind: the best one said, and the range of those that disagree with it."""
    same = [count for count in counts if count.kind == kind]
    if not same:
        return _Figures()
    same = _summed(same)
    totals = [count for count in same if count.is_total] or same
    best = max(totals, key=lambda count: count.best)
    rivals = [count for count in same if count.best >= _SAME_FIGURE * best.best]
    return _Figures(min(c.low for c in rivals), best.best, max(c.high for c in [*rivals, best]), best.of, best.is_total)


def _summed(counts: Sequence[CountOf]) -> list[CountOf]:
    """Return the counts with those that are told side by side added up: "eight rebels and two soldiers"."""
    out: list[CountOf] = []
    for count in counts:
        if out and count.beside and not count.is_total and not out[-1].is_total:
            last = out.pop()
            count = CountOf(
                last.low + count.low, last.best + count.best, last.high + count.high, count.kind, last.of, False
            )
        out.append(count)
    return out


def _other_count(counts: Sequence[CountOf]) -> CountOf | None:
    return next((count for count in counts if count.kind in ("other", "missing", "abducted")), None)


def frame_of(rows: Sequence[dict[str, Any]], gazetteer: Gazetteer, **noted_options: Any) -> gpd.GeoDataFrame:
    """Return rows as an events frame."""
    import geopandas as gpd
    import pandas as pd

    from geoevents.frame.provenance import provenance_of

    kinds = {**COLUMNS, **OPTIONAL, **COLUMNS_OF_REPORTS, ALSO_IN: "text"}
    names = [*COLUMNS, *(name for name in COLUMNS_OF_REPORTS if name not in COLUMNS)]
    if any(ALSO_IN in row for row in rows):
        names.append(ALSO_IN)
    table = pd.DataFrame({name: _column([row.get(name) for row in rows], kinds[name]) for name in names})
    shapes = _shapes(table, gazetteer)
    events = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, index=table.index, crs=CRS))
    events.attrs["geoevents"] = provenance_of(events, gazetteer, **noted_options)
    return events


def _column(values: list[Any], kind: str) -> pd.Series:
    import pandas as pd

    if kind == "count":
        return pd.Series(values, dtype="Int64")
    if kind == "number":
        return pd.Series(values, dtype="float64")
    if kind == "date":
        days = [str(value) if value is not None else None for value in values]
        return pd.to_datetime(pd.Series(days, dtype=object), format="ISO8601", errors="coerce").astype("datetime64[us]")
    if kind == "bool":
        return pd.Series(values, dtype="boolean")
    return pd.Series(values, dtype="str")


def _shapes(table: pd.DataFrame, gazetteer: Gazetteer) -> Any:
    """Return each row's geometry: towns are points, areas the shapes they had on the day."""
    import numpy as np
    import shapely

    shapes = np.empty(len(table), dtype=object)
    known: dict[tuple[str, Any], Any] = {}
    former = gazetteer.groups.former_wholes
    for i, (place_id, kind, lon, lat, day) in enumerate(
        zip(table["place_id"], table["place_kind"], table["lon"], table["lat"], table["start"], strict=True)
    ):
        if not isinstance(place_id, str):
            shapes[i] = None
        elif kind in ("city", "airport", "building", "neighbourhood"):
            shapes[i] = shapely.Point(lon, lat)
        else:
            on = None if day is None or day != day else day.date()
            dated = place_id.startswith(("group:", "region:", "derived:")) or place_id in former
            key = place_id, on if dated else None
            if key not in known:
                known[key] = gazetteer.geometry(place_id, on=key[1])
            shapes[i] = known[key]
    return shapes
