"""Reports become events: what, where, when, how many; and nothing where nothing happened."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

import gazetteer
import geoevents as ge
from geoevents.cli import main
from geoevents.errors import ArgumentError, ReadError
from geoevents.reports.documents.reading import Document
from geoevents.reports.event_rows import COLUMNS_OF_REPORTS
from geoevents.reports.language.event_types import CLASSES, read_event_types
from geoevents.reports.language.text import read_text
from geoevents.reports.language.triggers import find_triggers

HERE = Path(__file__).parent


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def events_of(text: str, day: date | None = date(2022, 1, 10), **options: object) -> object:
    return ge.extract(Document("a", text, day, "", ""), **options)


@pytest.mark.parametrize("case", table("events.tsv"), ids=lambda case: case["claim"])
def test_report_tells_an_event(case: dict[str, str]) -> None:
    """The event of a sentence has its class, status, place, day and dead."""
    events = events_of(case["text"], date.fromisoformat(case["date"]))
    found = events[events["event_class"] == case["class"]]
    assert len(found) == 1, events[["event_class", "status", "evidence"]].values.tolist()
    row = found.iloc[0]
    assert row["status"] == case["status"]
    assert row["place_name"] == case["place"]
    if case["start"]:
        assert str(row["start"].date()) == case["start"]
    if case["fatalities"]:
        assert row["fatalities"] == int(case["fatalities"])


@pytest.mark.parametrize("case", table("nothing.tsv"), ids=lambda case: case["claim"])
def test_nothing_happened(case: dict[str, str]) -> None:
    """Sport, films, history, conditions and comparisons make no event."""
    events = events_of(case["text"])
    assert events.empty, events[["event_class", "status", "evidence"]].values.tolist()


def test_rows_are_an_events_frame() -> None:
    """What extract returns is a valid events frame with the columns of reports, and so is an answer without rows."""
    for text in ("Gunmen killed four farmers near Kano on Saturday.", "Nothing is said here."):
        events = events_of(text)
        ge.validate(events)
        assert set(COLUMNS_OF_REPORTS) <= set(events.columns)


def test_positions_point_into_the_text() -> None:
    """Evidence and place are characters of the text that was given."""
    text = "Officials met. Gunmen killed four farmers near Kano on Saturday."
    row = events_of(text).query("event_class == 'assault'").iloc[0]
    assert text[row["place_start"] : row["place_end"]] == "Kano"
    assert text[row["evidence_start"] : row["evidence_end"]] == "Gunmen killed four farmers near Kano on Saturday."


TYPES = read_event_types()


@pytest.mark.parametrize("row", TYPES.rows, ids=lambda row: f"{row.lemma}-{row.kind}-{row.event_class}")
def test_example_of_an_event_type_is_found(row: object) -> None:
    """The example in each row of the table is read as that row's class."""
    text = read_text(row.example)
    assert row.event_class in {trigger.type.event_class for trigger in find_triggers(text, TYPES)}


def test_event_types_cover_every_class() -> None:
    """The table tells each of the eight classes, and no other."""
    assert {row.event_class for row in TYPES.rows} == set(CLASSES)


def test_own_types_come_first(tmp_path: Path) -> None:
    """A table of one's own adds a kind of event, and a first line #replace leaves only its own."""
    own = tmp_path / "types.csv"
    rows = "lemma,frame,event_class,event_type\nblockade,noun,protest,PROTEST:obstruct\n"
    own.write_text(rows, encoding="utf-8")
    text = "A blockade closed the port of Abidjan on Saturday. Gunmen killed four farmers near Kano on Sunday."
    assert set(events_of(text, types=own)["event_class"]) == {"protest", "assault"}
    own.write_text("#replace\n" + rows, encoding="utf-8")
    assert set(events_of(text, types=own)["event_class"]) == {"protest"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("lemma,frame\nx,noun\n", "event_class is missing"),
        ("lemma,frame,event_class\nx,adverb,protest\n", "line 2: expected a frame"),
        ("lemma,frame,event_class\nx,noun,party\n", "line 2: expected an event_class"),
        ("lemma,frame,event_class\nx,noun; beside y,protest\n", "line 2: expected a condition"),
        ("lemma,frame,event_class\nx,noun; with @martians,protest\n", "line 2: expected a role"),
        ("lemma,frame,event_class\n,noun,protest\n", "line 2: expected a lemma"),
    ],
)
def test_faults_of_a_table_of_types_are_named(tmp_path: Path, rows: str, said: str) -> None:
    """A table of types that is wrong is one sentence with its file and line."""
    own = tmp_path / "types.csv"
    own.write_text(rows, encoding="utf-8")
    with pytest.raises(ReadError, match=said):
        read_event_types(own)


def test_a_day_that_is_no_day_is_misuse() -> None:
    """A date that cannot be read is named."""
    with pytest.raises(ArgumentError, match="expected a day such as 2022-01-10"):
        events_of("Gunmen killed four farmers near Kano.", date="soon")


def test_figures_with_a_place_each_are_events_of_their_own() -> None:
    """Twelve people in one town and 15 in another are two events."""
    events = events_of("Gunmen killed 12 people in Aleppo and 15 in Idlib on Friday.")
    assert events[["place_name", "fatalities"]].values.tolist() == [["Aleppo", 12], ["Idlib", 15]]


def test_the_displaced_are_of_the_flight() -> None:
    """A figure goes to the event that may have it as its outcome: who fled, not the clashes fled from."""
    events = events_of("At least 10 000 people fled their homes in Goma after clashes between the army and M23 rebels.")
    flight = events[events["event_type"] == "RETREAT:flee"]
    assert flight["displaced"].tolist() == [10_000]
    assert events["count"].isna().all()


def test_without_a_date_nothing_is_invented() -> None:
    """A report without a date gives no day for a weekday."""
    row = events_of("Gunmen killed four farmers near Kano on Saturday.", None).iloc[0]
    assert row[["start", "end", "date_prec"]].isna().all()


def test_command_writes_events_and_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`geoevents extract` writes a file, prints a table on request, and says what it did on stderr."""
    report, out = tmp_path / "report.txt", tmp_path / "events.geojson"
    report.write_text("Gunmen killed four farmers near Kano on Saturday.", encoding="utf-8")
    assert main(["extract", str(report), "-o", str(out), "--date", "2022-01-10", "--format", "table"]) == 0
    said = capsys.readouterr()
    assert "Kano" in said.out
    assert "1 report, 1 event." in said.err
    properties = json.loads(out.read_text(encoding="utf-8"))["features"][0]["properties"]
    assert (properties["event_class"], properties["fatalities"], properties["start"][:10]) == (
        "assault",
        4,
        "2022-01-08",
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", "", "it is empty"),
        ("a.csv", "place,date\nKano,2022-01-01\n", "`geoevents locate"),
        ("a.txt", "place,date,dead\nKano,2022-01-01,4\nLagos,2022-01-02,5\nAbuja,2022-01-03,6\n", "it is a table"),
    ],
)
def test_what_is_no_report_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, said: str
) -> None:
    """An empty file and a table given as a report are named, with the command that is meant, and exit 1."""
    report, out = tmp_path / name, tmp_path / "events.geojson"
    report.write_text(content, encoding="utf-8")
    assert main(["extract", str(report), "-o", str(out)]) == 1
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert not out.exists()


def test_a_report_given_as_a_table_names_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`geoevents locate` of a report says that extract reads reports."""
    report = tmp_path / "report.md"
    report.write_text("Gunmen killed four farmers near Kano on Saturday.", encoding="utf-8")
    assert main(["locate", str(report), "-o", str(tmp_path / "out.geojson")]) == 1
    assert "geoevents extract" in capsys.readouterr().err


def test_extract_takes_the_gazetteer_it_is_given() -> None:
    """A gazetteer that is handed over is the one that is asked."""
    gaz = gazetteer.load()
    assert len(events_of("Gunmen killed four farmers near Kano on Saturday.", gazetteer=gaz)) == 1
