"""Tell files of reports from tables and spatial files, by their names and their first lines."""

from __future__ import annotations

import json
from pathlib import Path

from geoevents.reports.documents.plain import UnreadableError, decode, looks_like_prose, looks_like_table

__all__ = ["holds_reports"]

# Files that hold a report by their suffix.
_REPORTS = (".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".eml", ".mbox")
_LINES = (".jsonl", ".ndjson", ".jsonlines")
_DELIMITED = (".csv", ".tsv", ".tab", "")
# Bytes that tell what a file holds.
_HEAD = 65_536


def holds_reports(path: Path) -> bool:
    """Return whether a path holds reports: a folder, a file named so, running text, or documents as JSON lines.

    A pipe does not: it gives its bytes once, to its reader.

    Examples
    --------
    >>> holds_reports(Path("news.pdf")), holds_reports(Path("no such file.csv"))
    (True, False)
    """
    suffix = path.suffix.lower()
    if path.is_dir() or suffix in _REPORTS:
        return True
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if suffix in _LINES:
            return _is_document(head)
        text = decode(head)
    except (OSError, UnreadableError):
        return False
    if suffix == ".txt":
        return not looks_like_table(text)
    return suffix in _DELIMITED and looks_like_prose(text) and not looks_like_table(text)


def _is_document(head: bytes) -> bool:
    """Return whether the first line is a document: it has a text and says no place."""
    line = head.split(b"\n", 1)[0].strip().removeprefix(b"\x1e").removeprefix(b"\xef\xbb\xbf")
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return line.startswith(b"{") and b'"text"' in line and len(head) == _HEAD  # a line longer than the head
    return isinstance(item, dict) and isinstance(item.get("text"), str) and set(item) <= _DOCUMENT


_DOCUMENT = {"id", "text", "date", "title", "source", "report_date", "url", "lang", "language"}
