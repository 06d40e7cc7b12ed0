"""What would be read from a file: which columns are taken for what and why, what stays unused, a sample of the events.

Nothing is written. The answer names the option that changes each choice.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from geoevents.coordinates import is_from_coordinates, records_of
from geoevents.errors import ColumnError
from geoevents.frame.column_choice import ColumnChoice, choose_columns
from geoevents.frame.column_names import roles_of
from geoevents.frame.column_samples import SAMPLE_ROWS
from geoevents.frame.schema import is_events
from geoevents.location import locate, summary
from geoevents.readers import read
from geoevents.readers.sources.recognition import SOURCES, preferred_columns

if TYPE_CHECKING:
    from gazetteer import Gazetteer

__all__ = ["Inspection", "inspect"]

# So many rows are located to show what comes of the choice; and so many cells of a column are shown.
_LOCATED = 50
_SHOWN = 3
_WIDEST = 60
_FACTS = ("file", "inside", "format", "encoding", "separator", "sheet", "header", "footer")
# The options of the command that change a choice.
_OPTIONS = {
    "place": "--place",
    "country": "--country",
    "date": "--date",
    "last day": "--end-date",
    "latitude": "--lat",
    "longitude": "--lon",
    "geometry": "--geometry",
    "latitude and longitude": "--lat and --lon",
}


@dataclass(frozen=True)
class Inspection:
    """What would be read from a file.

    Attributes
    ----------
    file
        Of the file: its name, format, encoding, separator, sheet, the row of the header, rows of a footer.
    source
        The source that recognised it, None for a table of no known source.
    rows
        How many records it holds.
    columns
        A row a column: ``column``, ``taken_as``, ``why``, ``cells`` (a few of them).
    sample
        The first events as they would be located: what the row says, the place, the day, the note.
    notes
        What the located sample says of itself: misses, dates that were not read, coordinates that were not used.
    """

    file: dict[str, Any]
    source: str | None
    rows: int
    columns: pd.DataFrame
    sample: pd.DataFrame
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return the inspection as lines that a person reads."""
        facts = "; ".join(f"{name} {value}" for name, value in self.file.items())
        title = SOURCES[self.source].title if self.source in SOURCES else "no known source (--format names one)"
        lines = [f"File: {facts}.", f"Source: {title}. {self.rows} rows."]
        taken = self.columns[self.columns["taken_as"].notna()]
        unused = self.columns[self.columns["taken_as"].isna()]
        lines.append("Columns that are taken:")
        for name, role, why, cells in taken.to_numpy(dtype=object).tolist():
            option = f" [{_OPTIONS[role]}]" if role in _OPTIONS else ""
            lines.append(f"  {name} -> {role}{option}: {why}; {cells}")
        if taken.empty:
            lines.append("  none: name them with --place, --country, --date, or --lat and --lon.")
        lines += [f"Not used, kept as they are: {', '.join(unused['column'])}."] if len(unused) else []
        lines += [f"  {name}: {why}" for name, _, why, _ in unused.to_numpy(dtype=object).tolist() if why]
        if len(self.sample):
            lines.append("The first rows:")
            lines += ["  " + line for line in self.sample.to_string(index=False, na_rep="").splitlines()]
        return "\n".join([*lines, *self.notes])


def inspect(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    sheet: str | int | None = None,
    header: int | None = None,
    gazetteer: Gazetteer | None = None,
    **named: Any,
) -> Inspection:
    r"""Say what would be read from a file, and locate its first rows; nothing is written.

    Parameters
    ----------
    path, format, sheet, header
        As in `geoevents.read`.
    gazetteer
        The gazetteer to ask; None takes the bundled one.
    **named
        Columns that are named, as in `geoevents.locate`: ``place``, ``country``, ``date``, ``end``, ``lat``, ``lon``,
        ``geometry``; and ``repair``.

    Returns
    -------
    Inspection
        ``print`` shows it as lines.

    Raises
    ------
    ReadError
        When the file cannot be read.
    ColumnError
        When a named column is not there.

    Examples
    --------
    >>> import tempfile, pathlib, geoevents as ge
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "events.csv"
    ...     _ = file.write_text("Town;Datum;Region\nAktau;5.1.2022;Asia\n")
    ...     found = ge.inspect(file)
    >>> found.file["separator"], found.columns["taken_as"].tolist()
    (';', ['place', 'date', None])
    """
    frame = read(path, format=format, sheet=sheet, header=header, gazetteer=gazetteer)
    records = records_of(frame) if is_from_coordinates(frame) else frame
    reading = frame.attrs.get("read", {})
    facts = {name: reading[name] for name in _FACTS if reading.get(name) is not None}
    own = {name: value for name, value in named.items() if name not in ("repair", "context") and value is not None}
    if is_events(frame) and not is_from_coordinates(frame):
        empty = pd.DataFrame(columns=["column", "taken_as", "why", "cells"])
        return Inspection(facts, None, len(frame), empty, pd.DataFrame(), ["It holds located events already."])
    choice = choose_columns(records, prefer=preferred_columns(frame), **own)
    sample, notes = _sample(frame if not own else records, named, gazetteer)
    return Inspection(facts, reading.get("source"), len(frame), _columns(records, choice), sample, notes)


def _columns(records: pd.DataFrame, choice: ColumnChoice) -> pd.DataFrame:
    taken = choice.columns()
    head = records.head(SAMPLE_ROWS)
    # pandas would copy them with every column that is taken out.
    head.attrs = {}
    rows: list[tuple[str, str | None, str, str]] = []
    for name, column in head.items():
        if column.dtype.name == "geometry":
            rows.append((str(name), "geometry", "shapes of the file", ""))
            continue
        cells = _first_cells(column)
        role = taken.get(str(name))
        rows.append((str(name), role, _why(str(name), role, choice), ", ".join(cells) or "(empty)"))
    return pd.DataFrame(rows, columns=["column", "taken_as", "why", "cells"], dtype=object)


def _first_cells(column: pd.Series) -> list[str]:
    """Return the first different cells as they are shown; a list or an object in a cell is one, too."""
    array = column.array
    shown: dict[str, None] = {}
    for cell in array[~array.isna()]:
        shown[str(cell)[:_WIDEST]] = None
        if len(shown) == _SHOWN:
            break
    return list(shown)


def _why(name: str, role: str | None, choice: ColumnChoice) -> str:
    """Return why a column is taken, or why one with a telling name is not."""
    fits = roles_of(name)
    if role is not None:
        key = {"last day": "end", "latitude": "lat", "longitude": "lon"}.get(role, role)
        return "you named it" if key in choice.named else "by its name and cells" if fits else "by its cells"
    if not fits:
        return ""
    called = " or ".join(sorted(fits))
    return f"its name says {called}; its cells do not, or another column says it better"


def _sample(frame: pd.DataFrame, named: dict[str, Any], gazetteer: Gazetteer | None) -> tuple[pd.DataFrame, list[str]]:
    """Return the first rows located, and what the work says of itself."""
    head = frame.head(_LOCATED)
    head.attrs = dict(frame.attrs)
    try:
        events = locate(head, gazetteer=gazetteer, **named)
    except ColumnError as error:
        return pd.DataFrame(), [str(error)]
    shown = events.head(_SHOWN + 2)
    days = shown["start"].dt.strftime("%Y-%m-%d")
    columns = {
        "says": shown["place_query"],
        "place": shown["place_name"],
        "kind": shown["place_kind"],
        "country": shown["country"],
        "lon": shown["lon"].round(4),
        "lat": shown["lat"].round(4),
        "day": days,
        "status": shown["match_status"],
        "note": shown["match_note"],
    }
    order = events.attrs["geoevents"]["dates"].get("order")
    order_of_dates = f"Dates are read {order.replace('-', ', then ')}." if order else None
    first, *rest = summary(events).splitlines()
    return pd.DataFrame(columns), [
        *([order_of_dates] if order_of_dates else []),
        f"Of the first {len(events)} rows: {first}",
        *rest,
    ]
