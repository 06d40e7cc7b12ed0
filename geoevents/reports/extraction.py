"""Extract events from paths or documents, as an events frame.

The one way through the room: read, find triggers, judge, place, date, count, merge, choose, and write rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazetteer import Gazetteer
from geoevents.errors import ArgumentError
from geoevents.overrides import Overrides, StrPath, corrected, read_overrides
from geoevents.reports.documents.plain import without_invisible
from geoevents.reports.documents.reading import BrokenDocument, Document, read_documents
from geoevents.reports.drafts.across import merge_reports
from geoevents.reports.drafts.assemble import Reading, read_report
from geoevents.reports.drafts.draft import Draft, TimeOf
from geoevents.reports.event_rows import Report, frame_of, row_of
from geoevents.reports.gold import Gold, document_text
from geoevents.reports.language.actors import actors_of
from geoevents.reports.language.event_types import EventTypes, read_event_types, role_words
from geoevents.reports.language.sides import class_of_roles, role_of, with_sides
from geoevents.reports.language.sources import source_of
from geoevents.reports.language.text import is_english
from geoevents.reports.models import Models, load_models
from geoevents.reports.stories.placing import place_drafts
from geoevents.reports.stories.scene_places import Placed
from geoevents.reports.times.dateline import find_dateline
from geoevents.reports.times.when import FILED_DAYS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["extract", "rows_of", "rows_of_gold"]

# Letters of reports that a map can show beside its events: some fifty articles.
_BESIDE_THE_MAP = 300_000
# A day that is not said but taken from the report's own date: within the week before it (UCDP's date_prec).
_REPORT_PREC = 2
# Kinds of violence whose class the two sides give; who takes a town or an airport does not matter.
_GIVEN_BY_SIDES = ("FIGHT:clash", "FIGHT:ambush", "ASSAULT:attack", "ASSAULT:kill", "ASSAULT:firearms")
# A text of fewer sentences is a headline, a line of a log or a note; in a longer one the model sees enough.
_TALK, _LONG = 3, 15
# From this chance on an event needs nothing else that speaks for it.
_SURE = 0.8
_VICTIMS = ("killed", "injured", "missing", "displaced", "abducted", "detained")
# Sentences from an event to the only day that a text says.
_DAY_WITHIN = 2
# The lines that say what days a log or a situation report is about.
_HEADINGS = 5
_COVERS = re.compile(r"\b(?:reporting period|period covered|covering|covers|incident log|week(?:ly)?)\b", re.I)
# What is left of the confidence of an event whose place is no finer than a country. Chosen on hrds. A country of this
# radius is a town too (Hong Kong, Singapore, Malta), km.
_WIDE, _WIDE_SHARE, _TOWN_KM = ("country", "region", "group"), 0.5, 25.0
# How much an event counts less in a report that tells little of its country. Chosen on hrds.
_COUNTRY_POWER = 0.7
# From this sentence on an event is told late: the main ones of a report stand above it.
_LATE = 20


def extract(
    reports: str | Path | Document | Sequence[str | Path | Document],
    *,
    date: date | str | None = None,
    types: str | Path | None = None,
    overrides: Overrides | pd.DataFrame | StrPath | Sequence[StrPath] | None = None,
    merge: bool = False,
    gazetteer: Gazetteer | None = None,
    broken: list[str] | None = None,
) -> gpd.GeoDataFrame:
    """Find the events that reports tell: what, where, when, how many, by whom.

    Parameters
    ----------
    reports
        A file (text, Markdown, HTML, PDF, e-mail, JSON lines of documents), a folder of them, or several of these.
    date
        The day of reports that do not say theirs, ISO 8601.
    types
        A table of event types of one's own (`geoevents.reports.language.event_types.read_event_types`).
    overrides
        A person's corrections of places, as in `geoevents.locate`: a corrected place wins.
    merge
        Whether to bring together what several reports tell of one event: one row with all their sentences, the range
        of their figures, and the other reports' ids in ``also_in``.
    gazetteer
        The gazetteer to ask; None takes the bundled one.
    broken
        Where to note, a sentence each, reports that cannot be read; the others go on. Without it the first one raises.

    Returns
    -------
    geopandas.GeoDataFrame
        A row an event, in the order of the reports and of their first telling; the columns of every events frame,
        then ``report_id report_date event_class event_type acled_type status actor1 actor2 fatalities fatalities_low
        fatalities_high injured detained displaced count count_of part_of is_total evidence evidence_start evidence_end
        place_start place_end source confidence``. Geometry in EPSG:4326, lon/lat; radii in kilometres; positions count
        characters of the report's text. ``attrs["reports"]`` has the texts of a few reports (``id title text``), for
        the map that shows them.

    Raises
    ------
    ReadError
        When a report cannot be read and `broken` is None, or a table of types or overrides is not one.
    ArgumentError
        When `date` is not a day or a report not a path.

    Examples
    --------
    >>> import datetime, geoevents as ge
    >>> from geoevents.reports.documents.reading import Document
    >>> words = "Gunmen killed four farmers near Kano on Saturday, police said on Sunday."
    >>> report = Document("a", words, datetime.date(2022, 1, 10), "", "")
    >>> events = ge.extract(report)
    >>> events[["event_class", "place_name", "fatalities"]].values.tolist()
    [['assault', 'Kano', 4]]
    """
    gaz = gazetteer if gazetteer is not None else _load()
    corrections = overrides
    if corrections is not None and not isinstance(corrections, Overrides):
        corrections = read_overrides(corrections, gazetteer=gaz)
    day = _day(date)
    table, models = read_event_types(types), load_models()
    rows: list[dict[str, Any]] = []
    texts: list[dict[str, str]] = []
    read = undated = foreign = 0
    for document in _documents(reports, broken):
        read += 1
        texts.append({"id": document.id, "title": document.title, "text": document.text})
        undated += (document.date or day) is None
        foreign += not is_english(document.text)
        rows += rows_of(document, day, table, gaz, models)
    rows = merge_reports(rows) if merge else rows
    events = frame_of(rows, gaz, reports=read, undated=undated, not_english=foreign)
    if corrections is not None:
        events = corrected(events, corrections, gazetteer=gaz)
    if sum(len(text["text"]) for text in texts) <= _BESIDE_THE_MAP:
        events.attrs["reports"] = texts
    return events


def rows_of_gold(
    documents: Iterable[Gold], gazetteer: Gazetteer, types: str | Path | None = None
) -> list[dict[str, Any]]:
    """Return the rows of the events of gold reports, for `geoevents.reports.evaluate.score`."""
    table, models = read_event_types(types), load_models()
    out: list[dict[str, Any]] = []
    for gold in documents:
        day = _day(gold.get("report_date"))
        document = Document(str(gold["id"]), document_text(gold), day, "", "")
        out += rows_of(document, None, table, gazetteer, models)
    return out


def _load() -> Gazetteer:
    import gazetteer

    return gazetteer.load()


def _day(value: date | str | None) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ArgumentError(f"Date of the reports: expected a day such as 2022-01-10, got {value!r}.") from None


def _documents(
    reports: str | Path | Document | Sequence[str | Path | Document], broken: list[str] | None
) -> Iterator[Document]:
    several: Iterable[str | Path | Document] = (
        [reports] if isinstance(reports, (str, Path, Document)) else list(reports)
    )
    for report in several:
        if isinstance(report, Document):
            yield replace(report, text=without_invisible(report.text, kept_length=True))
            continue
        if not isinstance(report, (str, Path)):
            raise ArgumentError(f"Report: expected a path or a document, got {report!r:.60}.")
        unread: list[BrokenDocument] | None = None if broken is None else []
        yield from read_documents([Path(report)], unread)
        if broken is not None:
            broken += [item.reason for item in unread or ()]


def rows_of(
    document: Document, day: date | None, types: EventTypes, gazetteer: Gazetteer, models: Models
) -> list[dict[str, Any]]:
    """Return the rows of the events of one document."""
    report_date = document.date or day
    reading = read_report(
        document.text, report_date, types, gazetteer, models.scenes, models.news.linear, models.lower_words
    )
    if not reading.drafts:
        return []
    chances = models.news.chances(reading.text, reading.drafts, report_date, reading.judged).tolist()
    kept = [
        (draft, chance)
        for draft, chance in zip(reading.drafts, chances, strict=True)
        if chance >= models.news.threshold and _is_told(draft) and (chance >= _SURE or _is_grounded(reading, draft))
    ]
    drafts = [draft for draft, _ in kept]
    filed = _filing_day(reading, report_date) if any(draft.time is None for draft in drafts) else report_date
    for draft in drafts:
        _fill(reading, draft, filed)
    placed = place_drafts(reading.text, drafts, reading.mentions, gazetteer, models.story)
    report = Report(document.id, report_date, document.source)
    trust = [_confidence(chance, draft, where) for (draft, chance), where in zip(kept, placed, strict=True)]
    shares = _country_shares(placed, trust)
    rows = [
        # The lines of a log may be of several countries, each as sure as the others.
        row_of(report, reading.text, draft, where, value * (share**_COUNTRY_POWER if draft.line < 0 else 1), "")
        for draft, where, value, share in zip(drafts, placed, trust, shares, strict=True)
    ]
    rows = _distinct(rows)
    _mark_parts(rows, drafts)
    return rows


def _filing_day(reading: Reading, report_date: date | None) -> date | None:
    """Return the day of the dateline where the report appeared within days of it, else that of the report."""
    line = find_dateline(reading.text.text, report_date)
    if line is None or line.day is None or report_date is None or line.day > report_date:
        return report_date
    return line.day if (report_date - line.day).days <= FILED_DAYS else report_date


def _is_told(draft: Draft) -> bool:
    """Whether a draft says enough to be an event: statements a day or the headline, other politics a day or a place."""
    if draft.event_class != "politics":
        return True
    if draft.lead.type.lemma in role_words()["statement lemma"]:
        return (draft.time is not None and draft.time.prec == 1) or draft.sentences[0] == 0
    return draft.scene is not None or draft.time is not None or bool(draft.counts)


def _is_grounded(reading: Reading, draft: Draft) -> bool:
    """Whether a draft has a day, a place or victims of its own; what has none in a text of no news agency is talk.

    Chosen on the project's own reports: of 14 such drafts 12 were of columns, reviews, matches and the like.
    """
    if not _TALK <= len(reading.text.sentences) <= _LONG or reading.text.dateline is not None:
        return True
    return draft.time is not None or draft.scene is not None or any(count.kind in _VICTIMS for count in draft.counts)


def _confidence(chance: float, draft: Draft, placed: Placed) -> float:
    """Return how far to trust an event: its chance, less when its place is wide or not said, or when it comes late."""
    late = min(draft.sentences[0], _LATE) / _LATE if draft.line < 0 else 0.0
    wide = placed.place is None or (
        placed.place.kind in _WIDE and not (placed.radius_km is not None and placed.radius_km <= _TOWN_KM)
    )
    return chance * (1 - 0.15 * (draft.scene is None)) * (1 - 0.3 * late) * (_WIDE_SHARE if wide else 1)


def _country_shares(placed: Sequence[Placed], trust: Sequence[float]) -> list[float]:
    """Return for each event how much of the confidence in a report's events lies in its country."""
    countries = [where.place.country if where.place is not None else None for where in placed]
    total = sum(trust)
    sums: Counter[str | None] = Counter()
    for country, value in zip(countries, trust, strict=True):
        sums[country] += value  # type: ignore[assignment]
    return [sums[country] / total if total else 1.0 for country in countries]


def _fill(reading: Reading, draft: Draft, report_date: date | None) -> None:
    """Give a draft its actors, its source, and the day it inherits."""
    text = reading.text
    if draft.time is None:
        draft.time = _inherited(reading, draft, report_date)
    for trigger, _ in draft.triggers[:4]:
        found = actors_of(text, text.sentences[trigger.sentence], trigger)
        draft.actors = with_sides(draft.actors, found)
    if draft.lead.type.event_type in _GIVEN_BY_SIDES:
        draft.event_class = class_of_roles(draft.event_class, *draft.actors)
    if draft.event_class == "disaster" and not draft.is_by_force:
        draft.actors = _of_disaster(draft.actors)
    draft.source = next(filter(None, (source_of(text, text.sentences[n]) for n in draft.sentences)), "")


def _of_disaster(actors: tuple[str, str]) -> tuple[str, str]:
    """Return whom a disaster befell: nobody acts in it."""
    return "", next((actor for actor in reversed(actors) if role_of(actor)), "")


def _inherited(reading: Reading, draft: Draft, report_date: date | None) -> TimeOf | None:
    """Return the day of the nearest telling before, else that of the report as an upper end."""
    first = draft.sentences[0]
    before = [
        (n, other.time)
        for other in reading.drafts
        if other is not draft and other.time is not None and other.status != "planned"
        for n in other.sentences[:1]
        if 0 < first - n <= 2 and other.time.sure
    ]
    if before:
        time = max(before, key=lambda item: item[0])[1]
        assert time is not None
        return TimeOf(time.first, time.last, max(time.prec, _REPORT_PREC), 0)
    told = _told_in_heading(reading) or _only_day(reading, draft, report_date)
    if told is not None:
        return told
    if report_date is None:
        return None
    return TimeOf(report_date, report_date, _REPORT_PREC, 0)


def _told_in_heading(reading: Reading) -> TimeOf | None:
    """Return the day or the span that a log or a situation report is about: "Reporting period: 12–18 January"."""
    told = False
    for sentence in reading.text.sentences[:_HEADINGS]:
        words = reading.text.text[sentence.start : sentence.end]
        covers = _COVERS.search(words) is not None
        told = told or words[-1] in ".!?:;"
        if not covers and told:
            continue
        for time in reading.times:
            if time.first is None or time.last is None or not sentence.start <= time.start < sentence.end:
                continue
            if covers or time.first == time.last:
                return TimeOf(time.first, time.last, max(time.prec, _REPORT_PREC), 0, time.is_range)
    return None


def _only_day(reading: Reading, draft: Draft, report_date: date | None) -> TimeOf | None:
    """Return the one day that a short text says, near its event: "The hill came down. That was on Monday"."""
    sentences = reading.text.sentences
    # The lines of a log have each its own day.
    if len(sentences) > _LONG or sentences[-1].paragraph > 1:
        return None
    days = {
        (time.first, time.last): reading.text.sentence_at(time.start)
        for time in reading.times
        if time.first is not None and time.last is not None and time.prec == 1
    }
    if len(days) != 1:
        return None
    ((first, last), number) = next(iter(days.items()))
    near = min(abs(number - own) for own in draft.sentences) <= _DAY_WITHIN
    if not near or (report_date is not None and first > report_date):
        return None
    return TimeOf(first, last, _REPORT_PREC, 0)


def _mark_parts(rows: list[dict[str, Any]], drafts: Sequence[Draft]) -> None:
    """Say of which event one is a part; the whole is a total."""
    by_draft = {id(draft): row for draft, row in zip(drafts, rows, strict=True)}
    for draft, row in zip(drafts, rows, strict=True):
        whole = by_draft.get(id(draft.whole)) if draft.whole is not None else None
        if whole is not None:
            row["part_of"] = whole["event_id"]
            whole["is_total"] = True


def _distinct(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: dict[str, int] = {}
    for row in rows:
        n = seen[row["event_id"]] = seen.get(row["event_id"], 0) + 1
        if n > 1:
            row["event_id"] = f"{row['event_id']}-{n}"
    return rows
