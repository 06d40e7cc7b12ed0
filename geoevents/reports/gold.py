"""Read gold reports: JSON lines of documents with their events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from geoevents.errors import ReadError

__all__ = ["Gold", "document_text", "read_gold"]

Gold = dict[str, Any]
# Articles are cut here: gold of whole articles is about their beginning.
_ARTICLES, _ARTICLE_LENGTH = ("hrds", "giveme5w1h", "wiki_disasters"), 6000


def read_gold(path: Path) -> list[Gold]:
    """Return gold documents.

    Raises
    ------
    ReadError
        When the file cannot be read or a line is not a gold document.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{path}: expected gold reports as JSON lines, but the file cannot be read ({error})."
        ) from error
    documents = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except ValueError:
            document = None
        if not isinstance(document, dict) or not {"id", "text", "source_kind", "events"} <= set(document):
            raise ReadError(f'{path}, line {number}: expected a report with "id", "text", "source_kind" and "events".')
        documents.append(document)
    if not documents:
        raise ReadError(f"{path}: expected gold reports as JSON lines, but it is empty.")
    return documents


def document_text(document: Gold) -> str:
    """Return the text that is read of a gold document."""
    return str(document["text"][:_ARTICLE_LENGTH] if document["source_kind"] in _ARTICLES else document["text"])
