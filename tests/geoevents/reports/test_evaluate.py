"""Scores of extracted events: each measure counts what it says it counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import gazetteer
from geoevents.cli import main
from geoevents.errors import ReadError
from geoevents.reports.evaluate import score
from geoevents.reports.gold import read_gold

KANO = {"lon": 8.51672, "lat": 12.00012, "where_prec": 1, "admin1": None, "country": "Nigeria", "place_name": "Kano"}
EVENT: dict[str, Any] = {
    **KANO, "type": "assault", "date_start": "2022-01-08", "date_prec": 1, "fatalities": 4, "fatalities_in_text": True,
    "place_in_text": True,
}  # fmt: skip
ROW: dict[str, Any] = {
    "report_id": "a", "event_class": "assault", "lon": 8.5, "lat": 12.0, "admin1": "NG-KN", "country": "NGA",
    "where_prec": 1, "start": "2022-01-08", "fatalities": 4, "confidence": 0.9, "place_name": "Kano",
    "evidence_start": 0, "evidence_end": 40, "place_start": 30, "place_end": 34,
}  # fmt: skip


def gold(kind: str, *events: dict[str, Any], id_: str = "a") -> dict[str, Any]:
    return {"id": id_, "text": "Gunmen killed four farmers on Saturday.", "source_kind": kind, "events": list(events)}


def rates(documents: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, float]:
    return {name: rate for name, (rate, _) in score(documents, rows, gazetteer.load()).items()}


def test_a_note_that_is_all_right() -> None:
    """A note whose event has the class, place, day and dead scores 1 on each measure."""
    assert set(rates([gold("ucdp", EVENT)], [ROW]).values()) == {1.0}


@pytest.mark.parametrize(
    ("column", "value", "measure"),
    [
        ("event_class", "clash", "type"),
        ("lon", 20.0, "place said"),
        ("start", "2022-01-05", "date within a day"),
        ("fatalities", 3, "deaths said"),
    ],
)
def test_a_note_with_one_fault(column: str, value: object, measure: str) -> None:
    """What is wrong lowers its own measure to 0."""
    assert rates([gold("ucdp", EVENT)], [{**ROW, column: value}])[measure] == 0.0


def test_events_of_muc_are_matched_one_to_one() -> None:
    """Two events that were found for one of gold cost precision; a document without events that got one is false."""
    documents = [gold("muc4", EVENT), gold("muc4", id_="b")]
    rows = [ROW, ROW, {**ROW, "report_id": "b"}]
    found = rates(documents, rows)
    assert found["type F"] == pytest.approx(2 * 1 / (3 + 1))
    assert found["false documents"] == 1.0
    assert found["documents found"] == 1.0


def test_an_optional_event_is_neither_asked_for_nor_wrong() -> None:
    """An optional event of gold takes a row of its class without cost."""
    found = rates([gold("muc4", EVENT, {**EVENT, "optional": True})], [ROW, ROW])
    assert found["type F"] == 1.0


def test_scene_of_a_verb() -> None:
    """The span of the scene counts when it overlaps a marked one; a sentence without one is to stay empty."""
    event = {"verb": [7, 13], "locations": [[30, 34]]}
    assert rates([gold("eventloc", event)], [ROW])["scene F"] == 1.0
    assert rates([gold("eventloc", {**event, "locations": []})], [ROW])["empty kept empty"] == 0.0


def test_command_prints_the_rates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`geoevents evaluate GOLD.jsonl` extracts the events of the gold reports and prints each rate."""
    path = tmp_path / "gold.jsonl"
    text = "Gunmen killed four farmers near Kano on Saturday, police said."
    document = {**gold("ucdp", EVENT), "text": text, "report_date": "2022-01-10"}
    path.write_text(json.dumps(document) + "\n", encoding="utf-8")
    assert main(["evaluate", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["place said"] == 1.0


@pytest.mark.parametrize("content", ["", "{", '{"id": "a"}\n'])
def test_what_is_no_gold_is_named(tmp_path: Path, content: str) -> None:
    """A file that is empty, no JSON, or without events is one sentence with its name."""
    path = tmp_path / "gold.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReadError, match=r"gold\.jsonl"):
        read_gold(path)
