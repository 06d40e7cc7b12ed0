"""Score extracted events against gold reports.

The gold is of the format of JSON lines ``{"id", "text", "report_date", "source_kind", "events": [...]}``. By the
``source_kind``: notes of one event compare the event of highest confidence; ``muc4`` matches events one to one by class
and counts documents without any event that got one; ``eventloc`` compares the scene of the event whose evidence holds
the verb; articles (``hrds``, ``giveme5w1h``, ``wiki_disasters``) compare the main event. A place is right within 50 km,
or in the same first-level unit where it is not a country.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from gazetteer import Gazetteer
from geoevents.reports.drafts.merge import distance_km
from geoevents.reports.gold import Gold

__all__ = ["Rate", "score"]

Row = dict[str, Any]
Rate = tuple[float, int]
# Kinds of source whose texts tell one event each.
_NOTES = ("acled", "gtd", "ucdp", "case2021", "plover", "india")
_NEAR_KM = 50.0
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_MARKED = ("assault", "explosion", "abduction")


def score(documents: Sequence[Gold], rows: Iterable[Row], gazetteer: Gazetteer) -> dict[str, Rate]:
    """Return each measure's rate and of how many cases it is.

    Parameters
    ----------
    documents
        Gold of one ``source_kind``.
    rows
        Events with the columns of `geoevents.extract`; ``start`` is a day, its text, or empty.
    """
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["report_id"]), []).append(row)
    kind = documents[0]["source_kind"]
    scorer = _Scorer(gazetteer)
    pairs = [(document, found.get(str(document["id"]), [])) for document in documents]
    if kind == "muc4":
        return scorer.muc(pairs)
    if kind == "eventloc":
        return scorer.scenes(pairs)
    return scorer.notes(pairs) if kind.startswith(_NOTES) else scorer.articles(pairs, kind)


class _Tally:
    """Counts of right answers and of cases, a measure each."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.cases: Counter[str] = Counter()

    def add(self, name: str, right: object) -> None:
        self.right[name] += bool(right)
        self.cases[name] += 1

    def rates(self) -> dict[str, Rate]:
        return {name: (self.right[name] / n, n) for name, n in self.cases.items()}


class _Scorer:
    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.units: dict[str, str | None] = {}
        self.countries: dict[str, str | None] = {}

    def country(self, name: str | None) -> str | None:
        if not name:
            return None
        if name not in self.countries:
            place = self.gazetteer.resolve(name).place
            self.countries[name] = place.country if place else None
        return self.countries[name]

    def unit(self, gold: Row) -> str | None:
        if not gold.get("admin1"):
            return None
        name = ", ".join(part for part in (gold["admin1"], gold.get("country")) if part)
        if name not in self.units:
            place = self.gazetteer.resolve(name).place
            self.units[name] = place.admin1 if place else None
        return self.units[name]

    def placed(self, row: Row | None, gold: Row) -> bool:
        if row is None or row.get("lon") is None:
            return False
        if gold["lon"] is not None and _km(row, gold) <= _NEAR_KM:
            return True
        unit = self.unit(gold)
        return unit is not None and row.get("admin1") == unit and (row.get("where_prec") or 6) < 6

    def notes(self, pairs: Sequence[tuple[Gold, list[Row]]]) -> dict[str, Rate]:
        tally = _Tally()
        for document, rows in pairs:
            gold, row = document["events"][0], _best(rows)
            if gold["type"]:
                tally.add("type", row and row.get("event_class") == gold["type"])
            if gold["lon"] is not None and (gold["where_prec"] or 1) <= 4:
                tally.add("place", self.placed(row, gold))
                if gold.get("place_in_text"):
                    tally.add("place said", self.placed(row, gold))
            if gold["date_start"] and gold["date_prec"] == 1:
                tally.add("date within a day", _near(row, gold))
                if _WEEKDAY.search(document["text"]):
                    tally.add("weekday said", _near(row, gold, 0))
            if gold["fatalities"] and gold.get("fatalities_in_text"):
                tally.add("deaths said", row and (row.get("fatalities") or 0) == gold["fatalities"])
        return tally.rates()

    def muc(self, pairs: Sequence[tuple[Gold, list[Row]]]) -> dict[str, Rate]:
        tally = _Tally()
        made = asked = hit = whole = empty = false = full = found = 0
        for document, rows in pairs:
            events = [row for row in rows if row.get("event_class") in _MARKED]
            gold = [event for event in document["events"] if not _is_aside(event)]
            made, asked = made + len(events), asked + len(gold)
            empty, false = empty + (not document["events"]), false + (not document["events"] and bool(events))
            full, found = full + bool(gold), found + (bool(gold) and bool(events))
            used: set[int] = set()
            for event in gold:
                same = [i for i, row in enumerate(events) if i not in used and row["event_class"] == event["type"]]
                if not same:
                    continue
                right = {i: self._is_there(events[i], event) for i in same}
                best = max(same, key=lambda i: (right[i], events[i].get("fatalities") == event["fatalities"]))
                used.add(best)
                hit += 1
                if event["lon"] is not None:
                    tally.add("place given type", right[best])
                if event["date_prec"] == 1:
                    tally.add("date given type", _near(events[best], event))
                if event["fatalities"] is not None:
                    tally.add("deaths given type", (events[best].get("fatalities") or 0) == event["fatalities"])
                whole += right[best] and (event["date_prec"] != 1 or _near(events[best], event))
            for event in filter(_is_aside, document["events"]):
                same = [i for i, row in enumerate(events) if i not in used and row["event_class"] == event["type"]]
                if same:
                    used.add(same[0])
                    made -= 1
        return {
            "type F": (2 * hit / max(made + asked, 1), asked),
            "type, place and date F": (2 * whole / max(made + asked, 1), asked),
            "documents found": (found / max(full, 1), full),
            "false documents": (false / max(empty, 1), empty),
            **tally.rates(),
        }

    def _is_there(self, row: Row, gold: Row) -> bool:
        return self.placed(row, gold) or (
            gold["where_prec"] == 6 and row.get("country") == self.country(gold["country"])
        )

    def scenes(self, pairs: Sequence[tuple[Gold, list[Row]]]) -> dict[str, Rate]:
        right = made = has = none = kept = 0
        for document, rows in pairs:
            gold = document["events"][0]
            low, high = gold["verb"]
            holding = [
                row
                for row in rows
                if (row.get("evidence_start") or 0) <= low and high <= (row.get("evidence_end") or 0)
            ]
            row = _best(holding or rows)
            span = (row["place_start"], row["place_end"]) if row and row.get("place_start") is not None else None
            spans = gold["locations"]
            made, has, none = made + (span is not None), has + bool(spans), none + (not spans)
            kept += not spans and span is None
            right += span is not None and any(span[0] < b and a < span[1] for a, b in spans)
        return {
            "scene F": (2 * right / max(made + has, 1), len(pairs)),
            "empty kept empty": (kept / max(none, 1), none),
        }

    def articles(self, pairs: Sequence[tuple[Gold, list[Row]]], kind: str) -> dict[str, Rate]:
        tally = _Tally()
        for document, rows in pairs:
            gold = document["events"][0]
            row = _best([row for row in rows if row.get("lon") is not None]) or _best(rows)
            if kind == "hrds" and gold["country"]:
                tally.add("country", row and row.get("country") == self.country(gold["country"]))
            if kind == "hrds" and gold.get("city") and gold["lon"] is not None:
                tally.add("city", row and row.get("lon") is not None and _km(row, gold) <= _NEAR_KM)
            if kind == "giveme5w1h" and gold.get("where"):
                name = str((row or {}).get("place_name") or "").lower()
                said = bool(name) and any(name in x.lower() or x.lower() in name for x in gold["where"])
                near = gold["lon"] is not None and row and row.get("lon") is not None and _km(row, gold) <= _NEAR_KM
                tally.add("where", said or near)
            if gold["date_start"] and gold["date_prec"] == 1:
                asked = [row] if kind == "giveme5w1h" else rows
                tally.add("first day", any(_near(event, gold) for event in asked))
            if gold["fatalities"] and gold.get("fatalities_in_text"):
                most = max((event.get("fatalities") or 0 for event in rows), default=0)
                tally.add("deaths", most == gold["fatalities"])
        return tally.rates()


def _is_aside(event: Row) -> bool:
    """Whether an event of muc4 is neither asked for nor wrong."""
    return bool(event.get("optional")) or event.get("stage") == "THREATENED"


def _km(row: Row, gold: Row) -> float:
    return distance_km(row["lon"], row["lat"], gold["lon"], gold["lat"])


def _best(rows: Sequence[Row]) -> Row | None:
    return max(rows, key=lambda row: row.get("confidence") or 0, default=None)


def _near(row: Row | None, gold: Row, days: int = 1) -> bool:
    a, b = _day(row.get("start")) if row else None, _day(gold["date_start"])
    return a is not None and b is not None and abs((a - b).days) <= days


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
