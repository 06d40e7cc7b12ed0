"""The project's own reports: every event that happened is found, and nothing where nothing happened."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import gazetteer
import geoevents as ge
from geoevents.reports.documents.reading import Document
from geoevents.reports.drafts.merge import distance_km

HERE = Path(__file__).parent
SEED = HERE.parents[2] / "seeds" / "kazakhstan-2022"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rows_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    day = date.fromisoformat(report["report_date"])
    return ge.extract(Document(report["id"], report["text"], day, "", "")).to_dict("records")


def is_told(row: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether a row is an event of gold: its class, its place or what it lies in, its days."""
    if row["event_class"] not in event.get("types", [event["type"]]) or row["status"] not in ("happened", "alleged"):
        return False
    days = [date.fromisoformat(event[name]) for name in ("date_start", "date_end")]
    start = row["start"].date()
    if not days[0] - timedelta(days=1) <= start <= days[1] + timedelta(days=1):
        return False
    near = row["lon"] == row["lon"] and distance_km(row["lon"], row["lat"], event["lon"], event["lat"]) <= 50
    whole = gazetteer.load().resolve(event["place_name"]).place
    return near or (whole is not None and row["place_id"] == whole.id)


SEED_ROWS = rows_of(lines(SEED.with_suffix(".gold.jsonl"))[0])
SEED_EVENTS = lines(SEED.with_suffix(".gold.jsonl"))[0]["events"]


@pytest.mark.parametrize("event", SEED_EVENTS, ids=lambda event: event["evidence"][:40])
def test_the_seed_report_tells_every_event(event: dict[str, Any]) -> None:
    """Each event of the seed report that happened has a row with its class, place and days."""
    assert any(is_told(row, event) for row in SEED_ROWS)


def test_the_seed_report_tells_little_else() -> None:
    """At most two rows of the seed report are no event of its gold, and none lies where nothing happened."""
    other = [row for row in SEED_ROWS if not any(is_told(row, event) for event in SEED_EVENTS)]
    assert len(other) <= 2, [(row["event_type"], row["place_name"], row["evidence"]) for row in other]
    assert not {"London", "Ukraine"} & {row["place_name"] for row in SEED_ROWS}


def test_a_part_is_not_added_to_its_whole() -> None:
    """The dead of Almaty are a part of the dead of the country, which is a total."""
    (part,) = [row for row in SEED_ROWS if row["fatalities"] == 103]
    (whole,) = [row for row in SEED_ROWS if row["event_id"] == part["part_of"]]
    assert (whole["fatalities"], whole["is_total"], whole["place_name"]) == (164, True, "Kazakhstan")


def tally(name: str) -> tuple[int, int, int, int]:
    """Return of a file of gold the events found and wanted, and the texts without an event: those that get one, all."""
    found = wanted = wrong = quiet = 0
    for report in lines(HERE / name):
        rows = rows_of(report)
        wanted += len(report["events"])
        found += sum(any(is_told(row, event) for row in rows) for event in report["events"])
        quiet += not report["events"]
        wrong += not report["events"] and any(row["status"] in ("happened", "alleged") for row in rows)
    return found, wanted, wrong, quiet


def test_most_events_of_the_short_reports_are_found() -> None:
    """At least three of four events of the short reports have their row."""
    found, wanted, _, _ = tally("reports.gold.jsonl")
    assert found >= 0.75 * wanted, (found, wanted)


def test_other_kinds_of_events_are_told_from_what_is_no_event() -> None:
    """Of the texts on further kinds three of four events are found, and one of seven others gets one at most."""
    found, wanted, wrong, quiet = tally("kinds.gold.jsonl")
    assert found >= 0.75 * wanted, (found, wanted)
    assert wrong * 7 <= quiet, (wrong, quiet)


def test_events_of_notes_and_logs_are_found() -> None:
    """Of bulletins, logs and notes two of three events are found, and one text of four without an event gets one."""
    found, wanted, wrong, _ = tally("notes.gold.jsonl")
    assert found >= 2 / 3 * wanted, (found, wanted)
    assert wrong <= 1


def test_events_of_wires_and_bulletins_are_told_from_what_is_no_event() -> None:
    """Of logs, wires and accidents two of three events are found; of twelve other texts two at most get one."""
    found, wanted, wrong, _ = tally("wire.gold.jsonl")
    assert found >= 2 / 3 * wanted, (found, wanted)
    assert wrong <= 2


def test_texts_that_no_rule_was_made_for_are_read() -> None:
    """Of ten texts written when the rules stood, half of the events are found, and half of the others get none."""
    found, wanted, wrong, quiet = tally("unread.gold.jsonl")
    assert 2 * found >= wanted, (found, wanted)
    assert 2 * wrong <= quiet, (wrong, quiet)


def test_texts_of_many_genres_are_told_apart() -> None:
    """Of texts of many genres two of three events are found, and one of 15 texts without an event gets one at most."""
    found, wanted, wrong, quiet = tally("genres.gold.jsonl")
    assert 3 * found >= 2 * wanted, (found, wanted)
    assert 15 * wrong <= quiet, (wrong, quiet)


QUIET = [report for report in lines(HERE / "reports.gold.jsonl") if not report["events"]]


@pytest.mark.parametrize("report", QUIET, ids=lambda report: report["id"])
def test_nothing_happened_in_texts_of_other_kinds(report: dict[str, Any]) -> None:
    """A column, history, sport, fiction, plans and analogies have no row of something that happened."""
    happened = [row for row in rows_of(report) if row["status"] in ("happened", "alleged")]
    assert not happened, [(row["event_type"], row["evidence"]) for row in happened]
