"""Bring together what several reports tell of one event.

Rows of different reports are one event when their class and status agree, they lie at one place, and their days
overlap. The row of the report that is most sure of it stays; the figures of the others become its low and high, their
sentences are added to its evidence, and `also_in` names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from geoevents.reports.drafts.merge import distance_km

__all__ = ["ALSO_IN", "merge_reports"]

Row = dict[str, Any]
ALSO_IN = "also_in"
# Two towns are one place within this distance; days of two reports may differ by so much, since one takes the day of
# the event and another the day after it.
_NEAR_KM, _SLACK = 15.0, timedelta(days=1)
# Rows that are less precise than this are too vague to be one event: UCDP's date_prec, and its where_prec of a country.
_LEAST_DATE_PREC, _COUNTRY = 2, 6
_GAP = " […] "
_FIGURES = ("injured", "detained", "displaced")


def merge_reports(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with those of several reports that tell one event brought together, in the order of the first.

    Parameters
    ----------
    rows
        With the columns of `geoevents.extract`; days are `datetime.date`.

    Examples
    --------
    >>> one = {"event_id": "1", "report_id": "a", "event_class": "assault", "status": "happened", "place_id": "p",
    ...        "country": "NGA", "where_prec": 1, "lon": 8.5, "lat": 12.0, "start": date(2022, 1, 8),
    ...        "end": date(2022, 1, 8), "date_prec": 1, "fatalities": 4, "fatalities_low": 4, "fatalities_high": 4,
    ...        "confidence": 0.9, "evidence": "Four died.", "report_date": date(2022, 1, 9)}
    >>> two = one | {"event_id": "2", "report_id": "b", "fatalities": 6, "fatalities_low": 6, "fatalities_high": 6,
    ...              "confidence": 0.8, "evidence": "Six died.", "report_date": date(2022, 1, 10)}
    >>> (row,) = merge_reports([one, two])
    >>> [row[name] for name in ("fatalities_low", "fatalities", "fatalities_high", "evidence", "also_in")]
    [4, 6, 6, 'Four died. […] Six died.', 'b']
    """
    groups: list[list[Row]] = []
    by_kind: dict[tuple[Any, ...], list[list[Row]]] = {}
    for row in rows:
        near = by_kind.setdefault((row["event_class"], row["status"], row["country"]), [])
        group = next((g for g in near if _is_told_by(g, row)), None)
        if group is None:
            group = []
            groups.append(group)
            near.append(group)
        group.append(row)
    merged = [_merged(group) for group in groups]
    kept = {row["event_id"]: out["event_id"] for group, out in zip(groups, merged, strict=True) for row in group}
    for row in merged:
        whole = kept.get(row.get("part_of"), row.get("part_of"))
        row["part_of"] = whole if whole != row["event_id"] else None
    return merged


def _is_told_by(group: Sequence[Row], row: Row) -> bool:
    """Whether a row tells the event of a group; two rows of one report are two events."""
    if any(other["report_id"] == row["report_id"] for other in group):
        return False
    return all(_is_same(other, row) for other in group)


def _is_same(one: Row, other: Row) -> bool:
    if None in (one["place_id"], other["place_id"], one["start"], other["start"]):
        return False
    if max(one["date_prec"], other["date_prec"]) > _LEAST_DATE_PREC:
        return False
    if max(one["where_prec"] or _COUNTRY, other["where_prec"] or _COUNTRY) >= _COUNTRY:
        return False
    if one["start"] > other["end"] + _SLACK or other["start"] > one["end"] + _SLACK:
        return False
    if bool(one.get("part_of")) != bool(other.get("part_of")):
        return False
    if one["place_id"] == other["place_id"]:
        return True
    return distance_km(one["lon"], one["lat"], other["lon"], other["lat"]) <= _NEAR_KM


def _merged(group: Sequence[Row]) -> Row:
    if len(group) == 1:
        return dict(group[0])
    lead = max(group, key=lambda row: (row["confidence"], -group.index(row)))
    # What is told last knows most.
    latest = sorted(group, key=lambda row: (row.get("report_date") or date.min, row is lead))
    out = dict(lead)
    for name in lead:
        if out[name] is None:
            out[name] = next((row.get(name) for row in reversed(latest) if row.get(name) is not None), None)
    dated = min(group, key=lambda row: (row["date_prec"], row is not lead))
    out |= {name: dated[name] for name in ("start", "end", "date_prec")}
    deaths = [row for row in latest if row.get("fatalities") is not None]
    if deaths:
        out["fatalities"] = deaths[-1]["fatalities"]
        out["fatalities_low"] = min(_present(row.get("fatalities_low") for row in deaths), default=out["fatalities"])
        out["fatalities_high"] = max(_present(row.get("fatalities_high") for row in deaths), default=out["fatalities"])
    for name in _FIGURES:
        figures = _present(row.get(name) for row in group)
        out[name] = max(figures, default=None)
    missed = 1.0
    for row in group:
        missed *= 1 - row["confidence"]
    out["confidence"] = round(1 - missed, 4)
    others = [row for row in group if row is not lead]
    out["evidence"] = _GAP.join(dict.fromkeys(row["evidence"] for row in (lead, *others)))
    sources = dict.fromkeys(_present(row.get("source") for row in (lead, *others)))
    out["source"] = "; ".join(sources) or None
    out["is_total"] = any(row.get("is_total") for row in group)
    out[ALSO_IN] = "; ".join(str(row["report_id"]) for row in others)
    return out


def _present(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if value is not None]
