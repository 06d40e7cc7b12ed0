"""Reads documents, a JSON object a line, and answers each with the place names in it.

Lines are ``{"id", "text", "date"?, "source"?, "spans"?}``; each gets one answer, in order:
``{"id", "mentions": [...]}``. A line that is not a document is reported by its number, and the others are answered.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from gazetteer.errors import ArgumentError, DataError
from gazetteer.geoparsing import check_spans
from gazetteer.model import Mention

if TYPE_CHECKING:
    from gazetteer.api import Gazetteer

__all__ = ["answers", "found_in_documents", "read_document", "read_gold", "replacing"]


def read_document(line: str | bytes, where: str, *, spans: bool = False) -> dict[str, Any]:
    """Return the document on a line.

    Parameters
    ----------
    where
        What to call the line in a message.
    spans
        Whether it must bring spans.

    Raises
    ------
    DataError
        When the line is not a JSON object with a text, or lacks the spans that are required.

    Examples
    --------
    >>> read_document('{"id": 1, "text": "Aktau"}', "line 1")
    {'id': 1, 'text': 'Aktau'}
    """
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: expected a JSON object, but the line cannot be read ({error}).") from error
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        raise DataError(f'{where}: expected a JSON object with "id" and "text", got {_short(line)}.')
    if spans and not isinstance(document.get("spans"), list):
        raise DataError(f'{where}: expected "spans", a list of [start, end], got {document.get("spans")!r}.')
    return document


def read_gold(lines: Iterable[bytes], name: str) -> list[dict[str, Any]]:
    """Return gold documents.

    Raises
    ------
    DataError
        When a line is not a document with toponyms.
    """
    documents = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            document = read_document(line, f"{name}, line {number}")
            if not isinstance(document.get("toponyms"), list):
                raise DataError(
                    f'{name}, line {number}: expected "toponyms", a list, got {document.get("toponyms")!r}.'
                )
            documents.append(document)
    return documents


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open a file that takes the place of `path` only when all of it is written; otherwise nothing is left.

    Raises
    ------
    DataError
        When nothing can be written there.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        opened = part.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}.") from error
    try:
        with opened as file:
            yield file
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def answers(
    gaz: Gazetteer,
    lines: Iterable[str | bytes],
    name: str,
    *,
    spans: bool = False,
    without: Collection[str] = (),
    phrases: bool = True,
    report: Callable[[str], None],
) -> Iterator[str]:
    """Yield one JSON line for each document, as `found_in_documents` finds them."""
    for document, mentions in found_in_documents(
        gaz, lines, name, spans=spans, without=without, phrases=phrases, report=report
    ):
        records = [_record(mention) for mention in mentions]
        yield json.dumps({"id": document.get("id"), "mentions": records}, ensure_ascii=False, allow_nan=False)


def found_in_documents(
    gaz: Gazetteer,
    lines: Iterable[str | bytes],
    name: str,
    *,
    spans: bool = False,
    without: Collection[str] = (),
    phrases: bool = True,
    report: Callable[[str], None],
) -> Iterator[tuple[dict[str, Any], list[Mention]]]:
    """Yield each document of some lines with the place names in it; blank lines are skipped.

    Parameters
    ----------
    name
        Of the file, for messages.
    spans
        Place just the spans that each document brings.
    without
        Tags of mentions to leave out.
    phrases
        Whether a phrase around a name comes back whole.
    report
        Called with a message for each line that cannot be answered.
    """

    def documents() -> Iterator[dict[str, Any]]:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                document = read_document(line, f"{name}, line {number}", spans=spans)
                if spans:
                    check_spans(document["text"], document["spans"])
            except (DataError, ArgumentError) as error:
                message = str(error)
                report(message if message.startswith(name) else f"{name}, line {number}: {message}")
                continue
            yield document if spans else {key: value for key, value in document.items() if key != "spans"}

    for document, mentions in gaz.find_many(documents(), phrases=phrases):
        yield document, [mention for mention in mentions if mention.tag not in without]


def _record(mention: Mention) -> dict[str, Any]:
    """Return a mention for other tools, which know places by their GeoNames ids where there is one."""
    record = mention.as_dict()
    return record | {"place_id": record.pop("geonames_id") or record["place_id"]}


def _short(line: str | bytes) -> str:
    text = line.decode("utf-8", errors="replace") if isinstance(line, bytes) else line
    text = text.strip()
    return repr(text if len(text) <= 60 else text[:57] + "…")
