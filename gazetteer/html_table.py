"""Writes small HTML tables for notebooks.

Names and values become HTML, with everything escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

__all__ = ["html_rows", "html_table"]


def html_table(caption: str, rows: Iterable[tuple[str, object]]) -> str:
    """Return a table of two columns, name and value; rows whose value is None or empty are left out.

    Examples
    --------
    >>> html_table("A & B", [("kind", "city"), ("population", None)])
    '<table><caption>A &amp; B</caption><tr><th>kind</th><td>city</td></tr></table>'
    """
    cells = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in rows
        if value is not None and value != ""
    )
    return f"<table><caption>{escape(caption)}</caption>{cells}</table>"


def html_rows(caption: str, rows: Sequence[Mapping[str, object]]) -> str:
    """Return a table with a line a row; columns in which no row has a value are left out.

    Examples
    --------
    >>> html_rows("2", [{"name": "A", "note": None}, {"name": "<B>", "note": ""}])
    '<table><caption>2</caption><tr><th>name</th></tr><tr><td>A</td></tr><tr><td>&lt;B&gt;</td></tr></table>'
    """
    names = [name for row in rows[:1] for name in row if any(row[name] not in (None, "") for row in rows)]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = (
        "".join(f"<td>{'' if row[name] is None else escape(str(row[name]))}</td>" for name in names) for row in rows
    )
    body = "".join(f"<tr>{cells}</tr>" for cells in ((head, *lines) if names else ()))
    return f"<table><caption>{escape(caption)}</caption>{body}</table>"
