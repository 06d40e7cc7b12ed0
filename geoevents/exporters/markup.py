"""Make any text fit for XML 1.0, and rows of XML.

What XML cannot hold, even escaped (most control characters), becomes the replacement character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape as _escape
from xml.sax.saxutils import quoteattr

from geoevents.frame.arrow import Flat, texts

__all__ = ["attribute", "escape", "rows"]

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# An XML reader turns a bare carriage return into a line feed; spelled out it stays.
_RETURN = {"\r": "&#13;"}


def escape(text: str) -> str:
    """Return text as the content of an element.

    Examples
    --------
    >>> escape("<a & b>" + chr(0))
    '&lt;a &amp; b&gt;\ufffd'
    """
    return _escape(_ILLEGAL.sub("\ufffd", text), _RETURN)


def attribute(text: str) -> str:
    """Return text as an attribute's value, in its quotes."""
    return quoteattr(_ILLEGAL.sub("\ufffd", text))


def rows(flat: Flat) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row's position and its cells that are not null, as text."""
    names = [column.name for column in flat.columns]
    for positions, batch in flat.batches():
        columns = [texts(array).to_pylist() for array in batch.columns]
        cells = zip(*columns, strict=True) if columns else (() for _ in positions)
        for position, row in zip(positions.tolist(), cells, strict=True):
            yield position, {name: cell for name, cell in zip(names, row, strict=True) if cell is not None}
