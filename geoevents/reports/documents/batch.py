"""Extract events from many reports: on all cores, in constant memory, and from where it stopped.

The journal has a line for each document, in the order of the documents, with its rows or the sentence that says why it
has none. When work stops half way, the next run with the same journal reads the documents again, checks that
they are the same, and goes on behind the last one that is written.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from geoevents.errors import ReadError
from geoevents.reports.documents.reading import BrokenDocument, Document, read_documents

__all__ = ["Batch", "Extractor", "journal_broken", "journal_rows", "run_batch"]

Extractor = Callable[[Document], list[dict[str, Any]]]
Row = dict[str, Any]

# Documents that may wait behind one that takes long, for each worker.
_WINDOW = 8
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run did, the runs it took up included.

    Attributes
    ----------
    documents
        Documents that were read, with rows or without.
    rows
        Rows of all of them.
    broken
        Documents that could not be read.
    resumed
        Documents, broken ones too, of an earlier run.
    undated
        Documents that do not say their day.
    """

    documents: int
    rows: int
    broken: int
    resumed: int
    undated: int = 0


@dataclass(frozen=True, slots=True)
class _Written:
    """What a journal holds so far: its whole lines, the mark of the documents behind them, and its bytes."""

    lines: int
    mark: str
    size: int
    rows: int
    broken: int
    undated: int


def run_batch(
    paths: Iterable[str | Path],
    journal: Path,
    make_extractor: Callable[[], Extractor],
    *,
    workers: int | None = None,
    settings: str = "",
    on_document: Callable[[str], None] | None = None,
) -> Batch:
    """Extract the events of many reports into a journal.

    Parameters
    ----------
    paths
        Files and folders, as in `read_documents`.
    journal
        JSON lines, written as the work goes on. One that exists is continued.
    make_extractor
        Makes, once in each process, what turns a document into rows; importable by its name. A row holds text,
        numbers, dates, truth values and None.
    workers
        How many processes; None takes one for each core, 1 works in this process.
    settings
        Anything that changes the rows, such as a table of types; a journal of other settings is not continued.
    on_document
        Called with the id of each document when it is written.

    Returns
    -------
    Batch
        Counts over the whole journal.

    Raises
    ------
    ReadError
        When the journal is of other documents or settings, or is not a journal.
    """
    workers = workers or os.cpu_count() or 1
    header = {"geoevents_batch": _FORMAT, "settings": settings}
    before = _written(journal, header)
    items = _numbered(paths)
    _skip(items, before, journal)
    documents, rows, broken, undated = before.lines, before.rows, before.broken, before.undated
    with journal.open("r+b" if before.size else "wb") as file:
        file.truncate(before.size)
        file.seek(before.size)
        if not before.size:
            file.write(_line(header))
        for item, result in _extracted(items, make_extractor, workers):
            failed = isinstance(result, str)
            line: dict[str, Any] = {"id": item.id, "mark": item.mark, "broken" if failed else "rows": result}
            if not failed and item.document is not None and item.document.date is None:
                line["undated"] = True
                undated += 1
            file.write(_line(line))
            file.flush()
            documents, rows, broken = documents + 1, rows + (0 if failed else len(result)), broken + failed
            if on_document:
                on_document(item.id)
    return Batch(documents - broken, rows, broken, before.lines, undated)


def journal_rows(journal: Path) -> Iterator[Row]:
    """Read the rows of a journal, one after the other.

    Raises
    ------
    ReadError
        When the file is not a journal.
    """
    for line in _lines(journal):
        yield from line.get("rows", ())


def journal_broken(journal: Path) -> Iterator[BrokenDocument]:
    """Read what a journal says of the documents that could not be read.

    Raises
    ------
    ReadError
        When the file is not a journal.
    """
    for line in _lines(journal):
        if "broken" in line:
            yield BrokenDocument(line["id"], line["broken"])


# -- the documents ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Item:
    """A document or a broken one in its place, and the mark of all up to it."""

    number: int
    id: str
    mark: str
    document: Document | None
    reason: str


def _numbered(paths: Iterable[str | Path]) -> Iterator[_Item]:
    """Yield documents and broken ones in the order they are met."""
    broken: list[BrokenDocument] = []
    numbers, chain = count(), hashlib.blake2b(digest_size=8)
    documents = read_documents(paths, broken)
    while True:
        document = next(documents, None)
        for item in broken:
            chain.update(f"{item.id}\0{item.reason}\0".encode(errors="replace"))
            yield _Item(next(numbers), item.id, chain.hexdigest(), None, item.reason)
        broken.clear()
        if document is None:
            return
        chain.update(f"{document.id}\0{document.date}\0{document.text}\0".encode(errors="replace"))
        yield _Item(next(numbers), document.id, chain.hexdigest(), document, "")


def _skip(items: Iterator[_Item], before: _Written, journal: Path) -> None:
    """Pass by the documents that a journal holds, and check that they are the same."""
    mark = ""
    for _ in range(before.lines):
        item = next(items, None)
        if item is None:
            mark = ""
            break
        mark = item.mark
    if mark != before.mark:
        raise ReadError(
            f"{journal}: expected a journal of these documents, but it is of others; name another file or delete it."
        )


# -- the work ---------------------------------------------------------------------------------------------------------


_Result = tuple[_Item, "list[Row] | str"]


def _extracted(items: Iterator[_Item], make_extractor: Callable[[], Extractor], workers: int) -> Iterator[_Result]:
    """Yield each document's rows, or the sentence on why there are none, in the order of the documents."""
    if workers > 1:
        yield from _in_processes(items, make_extractor, workers)
        return
    extract: Extractor | None = None
    for item in items:
        if item.document is None:
            yield item, item.reason
            continue
        extract = extract or make_extractor()
        yield item, _rows(extract, item.document)


def _rows(extract: Extractor, document: Document) -> list[Row] | str:
    try:
        return extract(document)
    except Exception as error:  # noqa: BLE001 - one document that breaks the extractor must not stop a million others
        return f"{document.id}: could not be extracted ({type(error).__name__}: {error})."


def _work(connection: Connection, make_extractor: Callable[[], Extractor]) -> None:
    """Extract the documents that come through a connection, until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    extract = make_extractor()
    while True:
        try:
            document = connection.recv()
        except EOFError:
            return
        connection.send(_rows(extract, document))


class _Pool:
    """Processes that extract, each with the document it has in hand."""

    def __init__(self, make_extractor: Callable[[], Extractor], workers: int) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._make_extractor = make_extractor
        self._processes: dict[Connection, Any] = {}
        self._busy: dict[Connection, _Item] = {}
        for _ in range(workers):
            self._start()

    def _start(self) -> None:
        here, there = self._context.Pipe()
        process = self._context.Process(target=_work, args=(there, self._make_extractor), daemon=True)
        process.start()
        there.close()
        self._processes[here] = process

    @property
    def idle(self) -> bool:
        """Whether a process has no document in hand."""
        return len(self._busy) < len(self._processes)

    @property
    def busy(self) -> bool:
        """Whether a process has a document in hand."""
        return bool(self._busy)

    def give(self, item: _Item) -> None:
        """Hand a document to an idle process."""
        connection = next(one for one in self._processes if one not in self._busy)
        self._busy[connection] = item
        connection.send(item.document)

    def take(self) -> Iterator[_Result]:
        """Wait for a process, and yield what is done; a process that died names its document, and another starts."""
        for connection in wait(list(self._busy)):
            assert isinstance(connection, Connection)
            item = self._busy.pop(connection)
            try:
                yield item, connection.recv()
            except (EOFError, OSError):
                process = self._processes.pop(connection)
                process.join()
                connection.close()
                yield item, f"{item.id}: could not be extracted (the process ended with code {process.exitcode})."
                self._start()

    def close(self) -> None:
        """End the processes."""
        for connection, process in self._processes.items():
            connection.close()
            if connection in self._busy:
                process.terminate()
            process.join()


def _in_processes(items: Iterator[_Item], make_extractor: Callable[[], Extractor], workers: int) -> Iterator[_Result]:
    pool = _Pool(make_extractor, workers)
    done: dict[int, _Result] = {}
    try:
        due: int | None = None
        item = next(items, None)
        while item is not None or pool.busy or done:
            if due is None and item is not None:
                due = item.number
            while item is not None and pool.idle and due is not None and item.number - due < _WINDOW * workers:
                if item.document is None:
                    done[item.number] = (item, item.reason)
                else:
                    pool.give(item)
                item = next(items, None)
            if pool.busy and due not in done:
                done |= {finished.number: (finished, result) for finished, result in pool.take()}
            while due is not None and due in done:
                yield done.pop(due)
                due += 1
    finally:
        pool.close()


# -- the journal ------------------------------------------------------------------------------------------------------


def _line(item: dict[str, Any]) -> bytes:
    return json.dumps(item, ensure_ascii=False, default=_plain).encode(errors="replace") + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if hasattr(value, "item"):  # a number of numpy
        return value.item()
    raise TypeError(f"A row holds text, numbers, dates, truth values and None, not {type(value).__name__}.")


def _dated(item: dict[str, Any]) -> Any:
    return date.fromisoformat(item["$date"]) if item.keys() == {"$date"} else item


def _lines(journal: Path) -> Iterator[dict[str, Any]]:
    with journal.open("rb") as file:
        _check_header(file.readline(), None, journal)
        for line in file:
            if line.endswith(b"\n"):  # the last one may have been cut
                yield json.loads(line, object_hook=_dated)


def _check_header(line: bytes, header: dict[str, Any] | None, journal: Path) -> None:
    try:
        found = json.loads(line)
        version = found["geoevents_batch"]
    except (ValueError, KeyError, TypeError):
        raise ReadError(
            f"{journal}: expected a journal of a batch, but it is something else; name another file."
        ) from None
    if version != _FORMAT or (header is not None and found != header):
        raise ReadError(
            f"{journal}: expected a journal of the same settings, but it is of others; name another file or delete it."
        )


def _written(journal: Path, header: dict[str, Any]) -> _Written:
    """Return what a journal holds; a last line that was cut is left out."""
    if not journal.exists() or not journal.stat().st_size:
        return _Written(0, "", 0, 0, 0, 0)
    lines, mark, rows, broken, undated = 0, "", 0, 0, 0
    with journal.open("rb") as file:
        first = file.readline()
        _check_header(first, header, journal)
        size = len(first)
        for line in file:
            if not line.endswith(b"\n"):
                break
            item = json.loads(line)
            lines, mark, size = lines + 1, str(item["mark"]), size + len(line)
            rows, broken = rows + len(item.get("rows", ())), broken + ("broken" in item)
            undated += "undated" in item
    return _Written(lines, mark, size, rows, broken, undated)
