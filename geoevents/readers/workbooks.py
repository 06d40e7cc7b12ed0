"""Read workbooks: the sheet that looks like a table.

openpyxl reads ``.xlsx`` and ``.xlsm``, python-calamine ``.xls``, ``.xlsb`` and ``.ods``. The size of a sheet that a
file states is not believed: some programs write a wrong one.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoevents.errors import ReadError
from geoevents.readers.archives import check_archive
from geoevents.readers.cells import cell_text, check_shape, column_from_values, frame_of_columns, is_empty, numbered
from geoevents.readers.headers import LOOK_AT, find_header, footer_length, hxl_roles, table_score

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_workbook"]

_LOG = logging.getLogger("geoevents")
Row = Sequence[object]
# A table has ended after so many empty rows: a cell that was touched in the last row of a sheet is no part of it.
_GAP = 1000


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet's rows, and whether it has more of them after a long gap."""

    rows: list[Row]
    goes_on: bool = False


def read_workbook(path: Path, data: bytes, sheet: str | int | None = None, header: int | None = None) -> pd.DataFrame:
    """Read a sheet of a workbook.

    Parameters
    ----------
    path
        Named in errors.
    data
        The file's content.
    sheet
        Its name or its number, from 1; None takes the one whose columns look most like a table of events.
    header
        The row of the names, from 1; None lets the sheet show it.

    Raises
    ------
    ReadError
        When the file is not a workbook, has no such sheet, or holds nothing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and extensions openpyxl does not know
            _check_packed(path, data)
            sheets = _xlsx(path, data) if _is_xlsx(data) else _others(data)
    except ReadError:
        raise
    except Exception as error:  # both libraries raise whatever a damaged file makes them trip over
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise ReadError(f"{path}: expected an Excel workbook, but it cannot be read ({why}).") from error
    name = _chosen(path, sheets, sheet)
    rows = sheets[name].rows
    if len(sheets) > 1 and sheet is None:
        others = ", ".join(other for other in sheets if other != name)
        _LOG.warning("%s: read the sheet %s, not %s; --sheet names another.", path, name, others)
    if sheets[name].goes_on:
        _LOG.warning("%s: the sheet %s goes on after %d empty rows; that is left out.", path, name, _GAP)
    return _frame(path, rows, name, header)


def _check_packed(path: Path, data: bytes) -> None:
    """Reject a workbook that is a ZIP of an odd size; those of old programs are none."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(path, archive)


def _is_xlsx(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in data


def _xlsx(path: Path, data: bytes) -> dict[str, _Sheet]:
    import openpyxl

    with closing(openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)) as book:
        found: dict[str, _Sheet] = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            found[sheet.title] = _table_of(tuple(row) for row in sheet.iter_rows(values_only=True))
        return found


def _others(data: bytes) -> dict[str, _Sheet]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found: dict[str, _Sheet] = {}
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        found[name] = _table_of([_plain_value(value) for value in row] for row in rows)
    return found


def _plain_value(value: object) -> object:
    """Return a cell with whole numbers whole: old workbooks hold floats only."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


def _table_of(sheet: Iterable[Row]) -> _Sheet:
    """Return the rows up to the last that is not empty, or to a long gap after the first that is not."""
    rows, filled = [], 0
    left = iter(sheet)
    for row in left:
        rows.append(row)
        if any(not is_empty(value) for value in row):
            filled = len(rows)
        elif filled and len(rows) - filled > _GAP:
            break
    return _Sheet(rows[:filled], any(not is_empty(value) for row in left for value in row))


def _texts(rows: Sequence[Row]) -> list[list[str]]:
    return [[(cell_text(value) or "").strip() if not is_empty(value) else "" for value in row] for row in rows]


def _chosen(path: Path, sheets: dict[str, _Sheet], wanted: str | int | None) -> str:
    names = list(sheets)
    if wanted is not None:
        if str(wanted) in sheets:
            return str(wanted)
        if re.fullmatch(r"\d+", str(wanted)) and 1 <= int(wanted) <= len(names):
            return names[int(wanted) - 1]
        raise ReadError(f"{path}: expected a sheet that is one of {', '.join(names)}, got {wanted!r}.")
    filled = [name for name in names if sheets[name].rows]
    if not filled:
        raise ReadError(f"{path}: expected a table, but every sheet is empty.")
    return max(filled, key=lambda name: (table_score(_texts(sheets[name].rows[:LOOK_AT])), -names.index(name)))


def _frame(path: Path, rows: list[Row], sheet: str, named: int | None) -> pd.DataFrame:
    at = find_header(_texts(rows[:LOOK_AT]), named)
    if at.row >= len(rows):
        raise ReadError(f"{path}: expected the names of columns in row {at.row + 1}, but there are {len(rows)} rows.")
    body = rows[at.first :]
    width = max((len(row) for row in (rows[at.row], *body)), default=0)
    check_shape(path, width, len(body), sum(map(len, body)))
    header = _texts([rows[at.row]])[0] + [""] * (width - len(rows[at.row]))
    left_out = footer_length(_texts(body[-LOOK_AT:]), width)
    body = body[: len(body) - left_out] if left_out else body
    # A cell far to the right brings thousands of columns that hold nothing.
    nothing = column_from_values([None] * len(body))
    columns = [
        nothing if column.count(None) == len(column) else column_from_values(column) for column in _columns(body, width)
    ]
    frame = frame_of_columns(path, header, columns)
    read: dict[str, Any] = {"sheet": sheet, "header": at.row + 1} | ({"footer": left_out} if left_out else {})
    if at.tags is not None:
        kept = numbered([name or f"column_{n + 1}" for n, name in enumerate(header)])
        read["hxl"] = hxl_roles(kept, _texts([rows[at.tags]])[0])
    frame.attrs["read"] = read
    return frame


def _columns(rows: Sequence[Row], width: int) -> Iterator[list[object]]:
    padded = [tuple(row) + (None,) * (width - len(row)) for row in rows]
    if not padded:
        return iter([[] for _ in range(width)])
    return islice((list(column) for column in zip(*padded, strict=True)), width)
