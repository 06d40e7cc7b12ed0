"""Many reports are extracted in parallel, in order, and from where the work stopped."""

from __future__ import annotations

import json
import os
import resource
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geoevents.errors import ReadError
from geoevents.reports.documents.batch import Batch, journal_broken, journal_rows, run_batch
from geoevents.reports.documents.reading import Document


def make_extractor() -> Any:
    """Return an extractor that gives one row a sentence, and breaks on purpose where the text says so."""

    def extract(document: Document) -> list[dict[str, Any]]:
        if "ends the process" in document.text:
            os._exit(3)
        if "breaks" in document.text:
            raise KeyError("no such key")
        return [
            {"report_id": document.id, "evidence": sentence, "start": date(2022, 1, 10), "lon": None, "n": 1.5}
            for sentence in document.text.split(".")
            if sentence
        ]

    return extract


def documents(path: Path, texts: list[str]) -> Path:
    path.write_text("".join(json.dumps({"id": f"d{i}", "text": text}) + "\n" for i, text in enumerate(texts)))
    return path


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_come_in_the_order_of_the_documents(tmp_path: Path, workers: int) -> None:
    """Whatever the number of processes, the journal has each document's rows in order; dates come back as dates."""
    texts = [f"Event {i}. Event {i} again." * (1 + 50 * (i % 7 == 0)) for i in range(40)]
    source = documents(tmp_path / "d.jsonl", texts)
    batch = run_batch([source], tmp_path / "j", make_extractor, workers=workers)
    rows = list(journal_rows(tmp_path / "j"))
    assert batch == Batch(40, len(rows), 0, 0, 40)
    assert [row["report_id"] for row in rows] == [
        f"d{i}" for i, text in enumerate(texts) for sentence in text.split(".") if sentence
    ]
    assert rows[0] == {"report_id": "d0", "evidence": "Event 0", "start": date(2022, 1, 10), "lon": None, "n": 1.5}


@pytest.mark.parametrize("workers", [1, 2])
def test_broken_documents_are_named_and_the_others_go_on(tmp_path: Path, workers: int) -> None:
    """A file that cannot be read and a document the extractor fails on are in the journal with their sentence."""
    documents(tmp_path / "a.jsonl", ["One.", "This breaks.", "Two."])
    (tmp_path / "b.txt").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "c.txt").write_text("Three.")
    batch = run_batch([tmp_path], tmp_path.parent / f"{tmp_path.name}.journal", make_extractor, workers=workers)
    journal = tmp_path.parent / f"{tmp_path.name}.journal"
    assert batch == Batch(3, 3, 2, 0, 3)
    assert [item.reason for item in journal_broken(journal)] == [
        "d1: could not be extracted (KeyError: 'no such key').",
        "b.txt: expected a report, but it is a binary file.",
    ]
    assert [row["evidence"] for row in journal_rows(journal)] == ["One", "Two", "Three"]


def test_a_process_that_dies_names_its_document(tmp_path: Path) -> None:
    """When a process ends on a document, that document is named, and the rest is extracted."""
    source = documents(tmp_path / "d.jsonl", ["One.", "This ends the process.", *["More."] * 20])
    batch = run_batch([source], tmp_path / "j", make_extractor, workers=2)
    assert (batch.documents, batch.broken) == (21, 1)
    (broken,) = journal_broken(tmp_path / "j")
    assert broken.reason == "d1: could not be extracted (the process ended with code 3)."


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_work_that_stopped_goes_on(tmp_path: Path, cut: int) -> None:
    """A journal that was cut anywhere is completed; what it held is not extracted again."""
    source = documents(tmp_path / "d.jsonl", [f"Event {i}." for i in range(10)])
    run_batch([source], tmp_path / "whole", make_extractor, workers=1)
    whole = (tmp_path / "whole").read_bytes()
    (tmp_path / "cut").write_bytes(whole[:-cut])
    seen: list[str] = []
    batch = run_batch([source], tmp_path / "cut", make_extractor, workers=1, on_document=seen.append)
    assert (tmp_path / "cut").read_bytes() == whole
    assert batch == Batch(10, 10, 0, 10 - len(seen), 10)
    assert 0 < len(seen) < 10


def test_a_whole_journal_is_left_as_it_is(tmp_path: Path) -> None:
    """A second run over the same documents does nothing."""
    source = documents(tmp_path / "d.jsonl", ["One.", "Two."])
    run_batch([source], tmp_path / "j", make_extractor, workers=1)
    assert run_batch([source], tmp_path / "j", make_extractor, workers=2) == Batch(2, 2, 0, 2, 2)


def test_a_journal_of_other_documents_is_refused(tmp_path: Path) -> None:
    """Other documents, fewer documents, other settings and a file that is no journal give one sentence."""
    source = documents(tmp_path / "d.jsonl", ["One.", "Two."])
    run_batch([source], tmp_path / "j", make_extractor, workers=1, settings="a")
    before = (tmp_path / "j").read_bytes()
    for texts, settings, words in (
        (["One.", "Other."], "a", "of these documents"),
        (["One."], "a", "of these documents"),
        (["One.", "Two."], "b", "of the same settings"),
    ):
        documents(source, texts)
        with pytest.raises(ReadError, match=words):
            run_batch([source], tmp_path / "j", make_extractor, workers=1, settings=settings)
    assert (tmp_path / "j").read_bytes() == before
    with pytest.raises(ReadError, match="something else"):
        run_batch([source], source, make_extractor, workers=1)
    with pytest.raises(ReadError, match="something else"):
        list(journal_rows(source))


@pytest.mark.skipif(sys.platform == "darwin", reason="counts the memory of a process in other units")
def test_memory_does_not_grow_with_the_documents(tmp_path: Path) -> None:
    """Thirty megabytes of documents take no more memory than a few of them."""
    line = json.dumps({"text": "An event. " * 3000}) + "\n"
    (tmp_path / "d.jsonl").write_text(line * 1000)
    (tmp_path / "few.jsonl").write_text(line * 20)
    run_batch([tmp_path / "few.jsonl"], tmp_path / "few", _quiet, workers=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert run_batch([tmp_path / "d.jsonl"], tmp_path / "j", _quiet, workers=1).documents == 1000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000


def _quiet() -> Any:
    return lambda document: [{"n": len(document.text)}]
