"""Read reports from files and folders, one after the other, in constant memory.

Plain text, Markdown, web pages, PDF (extra ``pdf``), e-mail, folders of them, and JSON lines with ``text`` and, where
known, ``id``, ``date``, ``title`` and ``source``. What cannot be read is named in a sentence, and the others go on.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from geoevents.errors import ReadError
from geoevents.frame.dates import parse
from geoevents.reports.documents.mail import read_mail
from geoevents.reports.documents.markup import Page, read_html, read_markdown
from geoevents.reports.documents.pdf_text import read_pdf
from geoevents.reports.documents.plain import (
    UnreadableError,
    binary_kind,
    decode,
    looks_like_prose,
    looks_like_table,
    without_invisible,
)
from geoevents.reports.times.dateline import dateline_date

__all__ = ["LARGEST_DOCUMENT", "BrokenDocument", "Document", "read_documents"]

# A longer text is not one report; a book has a million characters.
LARGEST_DOCUMENT = 10_000_000
# A file that holds one document may be larger than its text: pictures of a PDF, scripts of a page.
_LARGEST_FILE = 100_000_000
_TABLES = {".csv", ".tsv", ".tab", ".xlsx", ".xls", ".ods", ".parquet", ".dta", ".feather", ".arrow"}
_DELIMITED = {".csv", ".tsv", ".tab"}
_MAPS = {".geojson", ".geojsonl", ".shp", ".gpkg", ".kml", ".kmz", ".gml", ".fgb", ".gpx", ".topojson"}


@dataclass(frozen=True, slots=True)
class Document:
    r"""A report to extract events from.

    Attributes
    ----------
    id
        The id its file gives it, else the file's name; of a folder, the path inside it.
    text
        Running text; positions of evidence count its characters. Of JSON lines it is the text as given, of files the
        text with its markup removed and lines ended by ``\n``.
    date
        The day of the report, as its file or dateline says; None when nothing does.
    title, source
        What the file says, else "" and the file's name.
    """

    id: str
    text: str
    date: date | None
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class BrokenDocument:
    """A document that could not be read: its id, and one sentence on why and what to do."""

    id: str
    reason: str


def read_documents(paths: Iterable[str | Path], broken: list[BrokenDocument] | None = None) -> Iterator[Document]:
    r"""Read reports, one after the other.

    Parameters
    ----------
    paths
        Files and folders; "-" is standard input. A folder is read with all folders in it, in the order of names; hidden
        files are passed by.
    broken
        Where to note documents that cannot be read; the others go on. Without it the first one raises.

    Yields
    ------
    Document

    Raises
    ------
    ReadError
        When a document cannot be read and `broken` is None.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "report.md"
    ...     _ = file.write_text("# Strike\n\nALMATY, 10 January 2022 - Troops **fired**.")
    ...     _ = (pathlib.Path(folder) / "empty.txt").write_text("")
    ...     broken = []
    ...     documents = list(read_documents([folder], broken))
    >>> documents[0].id, documents[0].date.isoformat(), documents[0].title, documents[0].text[-13:]
    ('report.md', '2022-01-10', 'Strike', 'Troops fired.')
    >>> [(item.id, item.reason) for item in broken]
    [('empty.txt', 'empty.txt: expected a report, but it is empty.')]
    """

    def note(document: str, reason: str) -> None:
        sentence = f"{document}: expected a report, but {reason}."
        if broken is None:
            raise ReadError(sentence)
        broken.append(BrokenDocument(document, sentence))

    for path in map(Path, paths):
        if path.is_dir():
            yield from _read_folder(path, note)
        else:
            yield from _read_file(path, path.name, note)


_Note = Callable[[str, str], None]


def _read_folder(folder: Path, note: _Note) -> Iterator[Document]:
    files = (
        file for file in _files(folder) if not any(part.startswith(".") for part in file.relative_to(folder).parts)
    )
    empty = True
    for file in files:
        empty = False
        yield from _read_file(file, file.relative_to(folder).as_posix(), note)
    if empty:
        note(folder.name, "it is a folder without files")


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and of those in it, in the order of names; links to folders are not followed."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            if not entry.is_symlink():
                yield from _files(entry)
        elif entry.is_file():
            yield entry


def _read_file(path: Path, name: str, note: _Note) -> Iterator[Document]:
    suffix = path.suffix.lower()
    if str(path) == "-":
        yield from _read_stdin(note)
        return
    if (suffix in _TABLES or suffix in _MAPS) and not (suffix in _DELIMITED and _is_prose(path)):
        kind = "a table" if suffix in _TABLES else "a spatial file"
        note(name, f"it is {kind}; `geoevents locate {path.name}` reads it")
        return
    try:
        if suffix in (".jsonl", ".ndjson", ".jsonlines"):
            yield from _read_lines(path, name, note)
            return
        size = path.stat().st_size
        if size > _LARGEST_FILE:
            raise UnreadableError(f"it has {size / 1e6:,.0f} MB; {_SPLIT}")
        data = path.read_bytes()
        if not data.strip():
            raise UnreadableError("it is empty")
        if suffix == ".json":
            yield from _read_json(data, path.name, name, note)
            return
        yield _document(_page(data, suffix), name, path.name)
    except UnreadableError as error:
        note(name, str(error))
    except FileNotFoundError:
        note(name, "there is no such file")
    except OSError as error:
        note(name, f"it cannot be opened ({error.strerror or type(error).__name__})")


def _is_prose(path: Path) -> bool:
    """Return whether a file named as a table holds running text."""
    try:
        with path.open("rb") as file:
            text = decode(file.read(65_536))
    except (OSError, UnreadableError):
        return False
    return looks_like_prose(text) and not looks_like_table(text)


def _read_stdin(note: _Note) -> Iterator[Document]:
    """Read what is piped in: a report, or JSON lines of documents."""
    data = sys.stdin.buffer.read(_LARGEST_FILE + 1)
    name = "standard input"
    try:
        if len(data) > _LARGEST_FILE:
            raise UnreadableError(f"it has more than {_LARGEST_FILE / 1e6:,.0f} MB; {_SPLIT}")
        if not data.strip():
            raise UnreadableError("it is empty")
        if data.lstrip(b"\x1e\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            yield from _piped_json(data, name, note)
        else:
            yield _document(_page(data, ""), name, "")
    except UnreadableError as error:
        note(name, str(error))


_SPLIT = (
    f"a report has at most {LARGEST_DOCUMENT / 1e6:.0f} MB of text, so split it, or write JSON lines, a report a line"
)


def _page(data: bytes, suffix: str) -> Page:
    """Return the text of a file that holds one document."""
    start = data[:1024].lstrip().lower()
    if data.startswith(b"%PDF") or suffix == ".pdf":
        if b"%PDF" not in data[:1024]:
            raise UnreadableError(f"it is {binary_kind(data) or 'no PDF after all'}")
        text, title = read_pdf(data)
        return Page(text, title)
    if suffix in (".eml", ".mbox"):
        return read_mail(data)
    if suffix in (".html", ".htm", ".xhtml") or start.startswith((b"<!doctype html", b"<html")):
        return read_html(decode(data, _declared(data)))
    text = decode(data)
    if suffix in (".md", ".markdown"):
        return read_markdown(text)
    if looks_like_table(text):
        raise UnreadableError("it is a table; `geoevents locate` reads tables")
    return Page(text.replace("\r\n", "\n").replace("\r", "\n"))


def _declared(data: bytes) -> str | None:
    found = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]+)", data[:4096])
    return found[1].decode("ascii") if found else None


def _document(page: Page, name: str, source: str) -> Document:
    text = without_invisible(page.text)
    _check(text)
    return Document(name, text, _day(page.day) or dateline_date(text), page.title, page.source or source)


def _check(text: str) -> None:
    if not text.strip():
        raise UnreadableError("it has no text in it")
    if len(text) > LARGEST_DOCUMENT:
        raise UnreadableError(f"it has {len(text) / 1e6:,.0f} MB of text; {_SPLIT}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        found = parse(text)
        return found.start.date() if found and found.date_prec == 1 else None


# -- JSON ---------------------------------------------------------------------------------------------------------


def _read_lines(path: Path, name: str, note: _Note) -> Iterator[Document]:
    with path.open("rb") as file:
        yield from _lines_of(file, name, path.name, note)


def _lines_of(file: BinaryIO, name: str, source: str, note: _Note) -> Iterator[Document]:
    """Read JSON lines, one at a time; a line that is broken is named by its number."""
    any_line = False
    number = 0
    while line := file.readline(4 * LARGEST_DOCUMENT + 1):
        number += 1
        where = f"{name}, line {number}"
        if len(line) > 4 * LARGEST_DOCUMENT:
            note(where, f"it has more than {4 * LARGEST_DOCUMENT / 1e6:,.0f} MB; {_SPLIT}")
            while line and not line.endswith(b"\n"):
                line = file.readline(LARGEST_DOCUMENT)
            any_line = True
            continue
        # A line may begin with the mark of a record (RFC 8142).
        line = line.strip().removeprefix(b"\x1e").removeprefix(b"\xef\xbb\xbf")
        if not line:
            continue
        any_line = True
        try:
            yield _from_json(_parsed(line), f"{name}:{number}", source)
        except UnreadableError as error:
            note(where, str(error))
    if not any_line:
        note(name, "it is empty")


def _piped_json(data: bytes, name: str, note: _Note) -> Iterator[Document]:
    """Read one JSON value, or a value a line."""
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        yield from _lines_of(io.BytesIO(data), name, "", note)
    else:
        yield from _read_json(data, "", name, note)


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        kind = binary_kind(line)
        raise UnreadableError(f"it is {kind}" if kind else 'it is no JSON; a line is {"text": …, "date": …}') from None


def _from_json(item: object, default_id: str, source: str) -> Document:
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        if isinstance(item, dict) and item.get("type") in ("Feature", "FeatureCollection"):
            raise UnreadableError("it is a spatial file; `geoevents locate` reads it")
        raise UnreadableError('it has no `text`; a document is {"id": …, "text": …, "date": …}')
    text = without_invisible(item["text"], kept_length=True)
    _check(text)
    given = item.get("id")
    words = {key: str(item[key]) if item.get(key) is not None else "" for key in ("date", "title", "source")}
    if words["date"] and _day(words["date"]) is None:
        raise UnreadableError(f"its date {words['date']!r} is no day such as 2022-01-10")
    identifier = str(given) if given not in (None, "") else default_id
    return Document(
        identifier, text, _day(words["date"]) or dateline_date(text), words["title"], words["source"] or source
    )


def _read_json(data: bytes, source: str, name: str, note: _Note) -> Iterator[Document]:
    """Read a JSON file: one document, or a list of them."""
    found = _parsed(data)
    if not isinstance(found, list):
        yield _from_json(found, name, source)
        return
    if not found:
        raise UnreadableError("it is a list without documents")
    for number, item in enumerate(found, start=1):
        try:
            yield _from_json(item, f"{name}:{number}", source)
        except UnreadableError as error:
            note(f"{name}, document {number}", str(error))
