"""What a source of the field's own data is: how its tables are recognised, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from geoevents.errors import ReadError
from geoevents.frame.dates import read_spans

if TYPE_CHECKING:
    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["Described", "Source", "described_by", "first_of", "lower_names", "need"]


class Described(Protocol):
    """Says what a source's table says, in the schema's words, as `geoevents.coordinates.events_at` takes it."""

    def __call__(
        self, table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None
    ) -> pd.DataFrame:
        """Return a row a record, under the table's index."""


@dataclass(frozen=True)
class Source:
    """A source of data.

    Attributes
    ----------
    name
        What ``format=`` takes.
    title
        The name people know it by.
    recognises
        Whether columns (in lower case, with underscores) and a table are of this source.
    given
        Says what the table says of places with coordinates; None for a source that says where in words.
    records
        Makes records that `geoevents.locate` takes; None where `given` says all.
    prefer
        Names of columns by role, tried before the usual ones.
    words
        Whether a row without coordinates is placed by its words.
    """

    name: str
    title: str
    recognises: Callable[[set[str], pd.DataFrame], bool]
    given: Described | None = None
    records: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    prefer: Mapping[str, Sequence[str]] = field(default_factory=dict)
    words: bool = True


def lower_names(table: pd.DataFrame) -> dict[str, str]:
    """Return a table's columns by their names in lower case, spaces as underscores."""
    return {str(name).strip().lower().replace(" ", "_"): name for name in reversed(list(table.columns))}


def need(at: Mapping[str, str], names: Sequence[str], source: str) -> None:
    """Reject a table that lacks a source's columns.

    Raises
    ------
    ReadError
        Naming the columns that are missing.
    """
    missing = [name for name in names if name not in at]
    if missing:
        raise ReadError(f"Columns: expected those of {source}, but {', '.join(missing)} is not there.")


def first_of(at: Mapping[str, str], names: Sequence[str]) -> str | None:
    """Return the first of several columns that is there, under its own name."""
    return next((at[name] for name in names if name in at), None)


def described_by(
    source: str,
    columns: Mapping[str, Sequence[str]],
    *,
    prec: int = 1,
    radius_km: float | None = None,
) -> Described:
    """Return how a table is described whose columns only need other names.

    Parameters
    ----------
    source
        Its name, for the error of a missing column.
    columns
        For ``lat``, ``lon``, ``date``, ``end`` and the schema's names, the names that the source uses.
    prec, radius_km
        The precision of every point, as where_prec, and its radius; None takes that of the precision.
    """

    def given(table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None) -> pd.DataFrame:

        at = lower_names(table)
        for name in ("lat", "lon"):
            if first_of(at, columns[name]) is None:
                need(at, columns[name][:1], source)
        out: dict[str, Any] = {"where_prec": pd.Series(prec, table.index, dtype="Int64")}
        if radius_km is not None:
            out["radius_km"] = radius_km
        notes: dict[Any, Any] = {}
        day = first_of(at, columns.get("date", ()))
        if day is not None:
            last = first_of(at, columns.get("end", ()))
            dates = read_spans(table[day], None if last is None else table[last], facts)
            out |= {str(name): dates[name] for name in dates}
            notes |= dates.attrs
        for ours, theirs in columns.items():
            found = first_of(at, theirs)
            if found is not None and ours not in ("date", "end"):
                out[ours] = table[found]
        made = pd.DataFrame(out, index=table.index)
        made.attrs = notes
        return made

    return given
