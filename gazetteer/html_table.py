"""Writes a small HTML table for notebooks.

Names and values enter; HTML leaves, with everything escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["html_table"]


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
