"""Read tables of separated values, every cell as it was written."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from geoevents.errors import ReadError
from geoevents.readers.cells import check_shape, column_from_text, frame_of_columns, numbered
from geoevents.readers.headers import LOOK_AT, find_header, footer_length, hxl_roles
from geoevents.readers.sources import gdelt_events, gdelt_mentions

__all__ = ["header_of", "read_delimited", "separator_of"]

# From this size on Arrow reads the cells; below, its threads cost more than they save.
_LARGE = 1 << 20
# The rows before the records, and the header, lie within so many characters.
_HEADS = 2_000_000
_MARKS = ",;\t|"
# GDELT's tables have no header: the number of columns and a day or a time in a known place tell them.
_GDELT = (
    ("gdelt-events", gdelt_events.COLUMNS, 1, 8),
    ("gdelt-events", gdelt_events.COLUMNS_1, 1, 8),
    ("gdelt-events", gdelt_events.COLUMNS_1[:-1], 1, 8),
    ("gdelt-mentions", gdelt_mentions.COLUMNS, 2, 14),
)


def header_of(text: str, format: str | None = None) -> Sequence[str] | None:
    """Return the column names of GDELT's tables, which have none in the file; None for all others."""
    cells = text[:1_000_000].lstrip("\ufeff").split("\n", 1)[0].rstrip("\r").split("\t")
    for name, columns, at, digits in _GDELT:
        written = len(cells) == len(columns) and cells[0].isdecimal() and cells[at].isdecimal()
        if written and len(cells[at]) == digits and format in (None, name):
            return columns
    return None


def separator_of(text: str) -> str:
    r"""Return the separator of a table: that which splits most of its first lines into the same number of cells.

    Examples
    --------
    >>> separator_of("Source, as of May, 2022\nplace;date\nAktau;1,5\nAlmaty;2,5\n")
    ';'
    """
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:200_000].lstrip().split("\n")[:LOOK_AT] if line.strip()]
    lines = lines[:-1] if len(lines) > 20 else lines

    def steady(mark: str) -> tuple[float, int]:
        counts = [line.count(mark) for line in lines]
        common = max(set(counts), key=lambda count: (counts.count(count) if count else 0, count))
        # The names of a header stand for themselves: a mark that they lack separates nothing.
        return (counts.count(common) / len(counts) if common else 0.0, common)

    scores = {mark: steady(mark) for mark in _MARKS} if lines else {}
    best = max(scores, key=lambda mark: (round(scores[mark][0], 1), scores[mark][1]), default=",")
    if not scores or not scores[best][1]:
        return ","
    header = lines[0]
    by_header = max(_MARKS, key=header.count)
    # Where the first line splits evenly with the lines below, it decides: cells may hold commas.
    if header.count(by_header) and scores[by_header][1] == header.count(by_header) and scores[by_header][0] >= 0.5:
        return by_header
    return best


def read_delimited(
    path: Path, text: str, separator: str | None, format: str | None = None, header: int | None = None
) -> pd.DataFrame:
    """Read separated values.

    Parameters
    ----------
    path
        Named in errors.
    text
        The whole file.
    separator
        None lets the file show it.
    format
        As in `geoevents.read`.
    header
        The row of the names, from 1; None lets the file show it.

    Raises
    ------
    ReadError
        When rows are longer than the header, or a quote does not end.
    """
    if found := re.match(r"\s*\"?sep=(.)\"?\s*?\r?\n", text, re.I):
        text, separator = text[found.end() :], found[1]
    names = header_of(text, format)
    if names is not None:
        cells = _cells(path, text, 0, "\t", quoted=False, width=len(names))
        return frame_of_columns(path, names, [column_from_text(cells[n]) for n in range(len(names))])
    separator = separator or separator_of(text)
    head = _first_rows(text, separator)
    at = find_header(head, header)
    if at.row >= len(head):
        raise ReadError(f"{path}: expected the names of columns in row {at.row + 1}, but there are {len(head)} rows.")
    names = [name.strip() for name in head[at.row]]
    check_shape(path, len(names))
    start = _start_of(text, separator, at.first)
    # Large texts are not copied: a copy takes as long as the look at each of its cells.
    if re.compile(r"\S").search(text, start) is None:
        columns = [pd.Series([], dtype="str") for _ in names]
        left_out = 0
    else:
        cells = _cells(path, text, start, separator, quoted=True, width=len(names))
        tail = cells.tail(LOOK_AT).astype(object)
        left_out = footer_length(tail.where(tail.notna(), "").to_numpy().tolist(), len(names))
        cells = cells.iloc[: len(cells) - left_out] if left_out else cells
        check_shape(path, cells.shape[1])
        names += [""] * (cells.shape[1] - len(names))
        columns = [column_from_text(cells[n]) for n in range(len(names))]
    frame = frame_of_columns(path, names, columns)
    read: dict[str, object] = {"separator": separator, "header": at.row + 1}
    if left_out:
        read["footer"] = left_out
    if at.tags is not None:
        kept = [name or f"column_{n + 1}" for n, name in enumerate(names)]
        read["hxl"] = hxl_roles(numbered(kept), head[at.tags])
    frame.attrs["read"] = read
    return frame


def _first_rows(text: str, separator: str) -> list[list[str]]:
    try:
        return list(islice(csv.reader(io.StringIO(text[:_HEADS], newline=""), delimiter=separator), LOOK_AT))
    except csv.Error:  # a cell larger than the module takes: the header is the first line
        return [text.split("\n", 1)[0].split(separator)]


def _start_of(text: str, separator: str, row: int) -> int:
    """Return where a row begins, from 0; a row with quoted line breaks is one row."""
    if row == 0:
        return 0
    source = io.StringIO(text[:_HEADS], newline="")
    reader = csv.reader(iter(source.readline, ""), delimiter=separator)
    try:
        for _ in range(row):
            next(reader, None)
    except csv.Error:
        return len(text) - len(text.split("\n", row)[-1])
    return source.tell() or len(text) - len(text.split("\n", row)[-1])


def _cells(path: Path, text: str, start: int, separator: str, *, quoted: bool, width: int) -> pd.DataFrame:
    """Return the cells of the rows from a place on as text, columns numbered from 0; short rows end in empty cells."""
    if len(text) - start >= _LARGE and (found := _cells_by_arrow(text, start, separator, quoted, width)) is not None:
        return found
    text = text[start:]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            cells = pd.read_csv(
                io.StringIO(text),
                sep=separator,
                header=None,
                names=range(width),
                index_col=False,
                dtype=str,
                keep_default_na=False,
                na_values=[""],
                quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError, ValueError) as error:
        padded = None if "EOF inside string" in str(error) else _padded(text, separator, width)
        if padded is not None:
            return padded
        why = re.sub(r"^Error tokenizing data\. C error: ", "", str(error)).strip().rstrip(".")
        why = "a row has more cells than the header" if "Length of header" in why else why
        raise ReadError(f"{path}: expected rows of one length separated by {separator!r}: {why}.") from error
    return cells


def _cells_by_arrow(text: str, start: int, separator: str, quoted: bool, width: int) -> pd.DataFrame | None:
    """Return the cells, or None where Arrow finds rows of another length, which pandas may mend or explain."""
    names = [str(n) for n in range(width)]
    try:
        written = pa.py_buffer(text.encode("utf-8", "surrogatepass"))
        table = arrow_csv.read_csv(
            pa.BufferReader(written.slice(len(text[:start].encode("utf-8", "surrogatepass")))),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=1 << 24),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, quote_char='"' if quoted else False, newlines_in_values=quoted
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except (pa.ArrowException, ValueError):
        return None

    kind: Any = pd.StringDtype(na_value=float("nan"))
    return pd.DataFrame({n: pd.Series(kind.__from_arrow__(table.column(n))) for n in range(width)})


def _padded(text: str, separator: str, width: int) -> pd.DataFrame | None:
    """Return the cells where all that rows have beyond the header is empty; None where something stands there."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    except csv.Error:
        return None
    if any(cell.strip() for row in rows for cell in row[width:]):
        return None
    cells = [[cell or None for cell in row[:width]] + [None] * (width - len(row)) for row in rows]
    return pd.DataFrame(cells, columns=range(width), dtype="str")
