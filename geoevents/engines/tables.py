"""Read big files in tables of one length, from any row on.

Parquet is read by row group; of CSV every cell is text first, and a column becomes numbers where the whole of it is
plain numbers, as `geoevents.read` does.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, open_csv

from geoevents.errors import ReadError
from geoevents.readers.delimited import header_of, separator_of
from geoevents.suggestions import missing_file

__all__ = ["BATCH", "Source", "opened"]

# Rows that are worked on together.
BATCH = 131_072
_BLOCK = 1 << 24
_INT = r"^-?(?:0|[1-9]\d{0,17})$"
_FLOAT = r"^-?(?:0|[1-9]\d{0,17})(?:\.\d+(?:[eE][+-]?\d{1,2})?)?$"


@dataclass(frozen=True)
class Source:
    """A file of rows.

    Attributes
    ----------
    path
        A Parquet or CSV file.
    schema
        Of its rows.
    rows
        How many there are.
    geo
        Whether it is a GeoParquet file.
    """

    path: Path
    schema: pa.Schema
    rows: int
    geo: bool = False

    def batches(self, first: int = 0, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield tables of `BATCH` rows, the last one shorter, from the row `first` on."""
        size = BATCH
        held: list[pa.Table] = []
        count = 0
        for piece in self._pieces(first, columns):
            held.append(piece)
            count += piece.num_rows
            while count >= size:
                whole = pa.concat_tables(held)
                yield whole.slice(0, size)
                held, count = [whole.slice(size)], count - size
        if count:
            yield pa.concat_tables(held)

    def _pieces(self, first: int, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        raise NotImplementedError


@dataclass(frozen=True)
class _Parquet(Source):
    def _pieces(self, first: int, columns: Sequence[str] | None) -> Iterator[pa.Table]:

        coded = [name for name in ("geometry",) if self.geo and name in self.schema.names]
        with pq.ParquetFile(self.path, read_dictionary=coded, pre_buffer=False) as file:
            groups: list[int] = []
            for number in range(file.metadata.num_row_groups):
                rows = file.metadata.row_group(number).num_rows
                if not groups and rows <= first:
                    first -= rows
                else:
                    groups.append(number)
            try:
                for batch in file.iter_batches(BATCH, row_groups=groups, columns=list(columns) if columns else None):
                    skipped = min(first, batch.num_rows)
                    first -= skipped
                    if skipped < batch.num_rows:
                        batch.validate(full=True)  # Arrow reads bytes that are not UTF-8 as text
                        yield pa.Table.from_batches([batch.slice(skipped)])
            except (OSError, pa.ArrowException) as error:
                raise _damaged(self.path, error) from error


@dataclass(frozen=True)
class _Layout:
    """How a CSV file is written: its separator, the names of its columns, and how many lines come before the rows."""

    separator: str
    names: tuple[str, ...]
    lines: int
    quoted: bool = True
    nameless: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class _Csv(Source):
    layout: _Layout

    def _pieces(self, first: int, columns: Sequence[str] | None) -> Iterator[pa.Table]:

        for text in _csv_texts(self.path, self.layout):
            table = pa.Table.from_batches([text])
            skipped = min(first, table.num_rows)
            first -= skipped
            table = table.slice(skipped)
            if table.num_rows:
                wanted = self.schema.names if columns is None else columns
                fields = [self.schema.field(name) for name in wanted]
                yield pa.table({f.name: _cells(table[f.name]).cast(f.type) for f in fields})


def opened(path: Path, header: int | None = None) -> Source:
    """Open a Parquet or CSV file; a CSV file is read through once, its names taken from the row `header`, from 1.

    Raises
    ------
    ReadError
        When the file is missing, empty or damaged, or is CSV in another encoding than UTF-8.
    """
    try:
        with path.open("rb") as file:
            start = file.read(1 << 20)
        if start.startswith(b"PAR1"):
            meta = pq.read_metadata(path)
            schema = meta.schema.to_arrow_schema()
            return _Parquet(path, schema, meta.num_rows, b"geo" in (meta.metadata or {}))
    except FileNotFoundError:
        raise missing_file(path) from None
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error
    return _csv(path, start, header)


def _csv(path: Path, start: bytes, header: int | None) -> Source:

    layout = _layout(path, start, header)
    rows = 0
    # Of each column whether all cells so far are whole numbers, and plain numbers; whether there is any.
    kinds = {name: [True, True, False] for name in layout.names}
    for batch in _csv_texts(path, layout):
        rows += batch.num_rows
        for name, state in kinds.items():
            cells = _cells(batch[name])
            state[2] = state[2] or cells.null_count < len(cells)
            for at, pattern in ((0, _INT), (1, _FLOAT)):
                if state[at]:
                    state[at] = pc.all(pc.match_substring_regex(cells, pattern), min_count=0).as_py()
    types = {
        name: pa.int64() if there and ints else pa.float64() if there and floats else pa.string()
        for name, (ints, floats, there) in kinds.items()
        if there or name not in layout.nameless
    }
    return _Csv(path, pa.schema(types), rows, layout=layout)


def _layout(path: Path, start: bytes, header: int | None) -> _Layout:

    if not start.strip():
        raise ReadError(f"{path}: expected a table, but the file is empty.")
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(start)
    except UnicodeDecodeError as error:
        raise ReadError(f"{path}: expected text in UTF-8, but byte {error.start} does not fit; save it so.") from error
    if "\0" in text:
        raise ReadError(f"{path}: expected text, but it is a binary file.")
    names = header_of(text)
    return _Layout("\t", tuple(names), 0, quoted=False) if names else _header(path, text, separator_of(text), header)


def _header(path: Path, text: str, separator: str, header: int | None) -> _Layout:
    """Read the names of the columns: blank lines may come before them, and a name in quotes may break."""
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        cells = next((cells for number, cells in enumerate(records, start=1) if _is_header(number, cells, header)), [])
    except csv.Error as error:
        raise _damaged(path, error) from error
    names = [name.strip() or f"column_{number}" for number, name in enumerate(cells, start=1)]
    doubled = [name for name, count in Counter(names).items() if count > 1]
    if doubled:
        raise ReadError(f"{path}: expected each column name once, but {doubled[0]!r} stands more than once.")
    nameless = frozenset(name for name, cell in zip(names, cells, strict=True) if not cell.strip())
    return _Layout(separator, tuple(names), records.line_num, nameless=nameless)


def _is_header(number: int, cells: list[str], header: int | None) -> bool:
    """Return whether the names stand in a row: the one that was named, else the first that is not blank."""
    return number == header if header else len(cells) > 1 or any(map(str.strip, cells))


def _csv_texts(path: Path, layout: _Layout) -> Iterator[pa.RecordBatch]:
    """Yield the cells of a CSV file as they are written."""
    parsing = ParseOptions(
        delimiter=layout.separator, quote_char='"' if layout.quoted else False, newlines_in_values=layout.quoted
    )
    reading = ReadOptions(block_size=_BLOCK, column_names=list(layout.names), skip_rows=layout.lines)
    text = ConvertOptions(
        column_types=dict.fromkeys(layout.names, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
        quoted_strings_can_be_null=True,
    )
    try:
        with open_csv(path, reading, parsing, text) as reader:
            yield from reader
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


def _cells(column: pa.Array) -> pa.Array:
    """Return cells, blank ones null."""
    blank = pc.equal(pc.utf8_trim_whitespace(column), "")
    return pc.if_else(blank, pa.scalar(None, pa.string()), column)


def _damaged(path: Path, error: Exception) -> ReadError:
    why = (str(error).splitlines() or ["unknown"])[0].rstrip(".")
    return ReadError(f"{path}: expected a Parquet or CSV file, but it cannot be read ({why}).")
