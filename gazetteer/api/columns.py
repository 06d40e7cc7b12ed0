"""The questions about columns that a `Gazetteer` answers: what each cell means, one row a row or one a distinct phrase.

These functions are methods of `Gazetteer`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from gazetteer.api.parts import HasParts
from gazetteer.index.checksums import explains_damage
from gazetteer.locks import LOADING
from gazetteer.model import Context

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["resolve_distinct", "resolve_many"]


@explains_damage
def resolve_many(
    self: HasParts,
    column: pd.Series | pd.DataFrame | Sequence[str | None],
    *,
    country: str | Iterable[str | None] | None = None,
    on: str | date | Iterable[Any] | None = None,
    context: Context = "row",
) -> pd.DataFrame:
    """Resolve a column, one row a row; each distinct phrase is looked up once.

    Parameters
    ----------
    column
        n phrases; or a frame whose columns are phrases, finest first, each inside the next.
    country, on
        As in `resolve`, or one value a row.
    context
        What tells a name of many places apart. ``row``: the other columns of its row. ``file``: these, and for a
        name that stands alone in its row, without a country, the other rows of the file as well; the score is then
        the chance that a text with these names would give it. ``none``: nothing, the finest cell of a row is
        taken by itself.

    Returns
    -------
    DataFrame, n rows, the index of `column`
        query, status, place_id, name, kind, country, admin1 (categorical), lon, lat (degrees), radius_km, score
        (NaN when unresolved), method, reason.

    Raises
    ------
    ArgumentError
        When `country` or `on` has another length than `column`, or a value cannot be read, or there is no such
        `context`.

    Examples
    --------
    >>> import gazetteer
    >>> gaz = gazetteer.load()
    >>> gaz.resolve_many(["Almaty", None, "Aktau"])["country"].tolist()
    ['KAZ', nan, 'KAZ']
    >>> gaz.resolve_many(["Tripoli", "Beirut", "Sidon"], context="file")["country"].tolist()
    ['LBN', 'LBN', 'LBN']
    """
    answers, rows = resolve_distinct(self, column, country=country, on=on, context=context)
    import pandas as pd

    index = column.index if isinstance(column, pd.Series | pd.DataFrame) else pd.RangeIndex(len(rows))
    return answers.take(rows).set_axis(index)


@explains_damage
def resolve_distinct(
    self: HasParts,
    column: pd.Series | pd.DataFrame | Sequence[str | None],
    *,
    country: str | Iterable[str | None] | None = None,
    on: str | date | Iterable[Any] | None = None,
    context: Context = "row",
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Resolve a column, one row a distinct phrase: what `resolve_many` repeats for each row.

    Parameters
    ----------
    column, country, on, context
        As in `resolve_many`, n rows.

    Returns
    -------
    answers : DataFrame
        A row for each distinct phrase, and for the same phrase in another country or on a day with other units, with
        the columns of `resolve_many`; its index has the position of the first row of `column` with each.
    rows : array of n whole numbers
        Which row of the answers each row of the column has.

    Raises
    ------
    ArgumentError
        As in `resolve_many`.

    Examples
    --------
    >>> import gazetteer
    >>> answers, rows = gazetteer.load().resolve_distinct(["Almaty", "Aktau", "Almaty"])
    >>> answers["name"].tolist(), rows.tolist()
    (['Almaty', 'Aktau'], [0, 1, 0])
    """
    with LOADING:
        from gazetteer.tables.resolve_column import resolve_column

    return resolve_column(
        self.parts.resolver,
        column,
        country=country,
        on=on,
        context=context,
        disambiguator=lambda: self.parts.geoparser.disambiguator,
    )
