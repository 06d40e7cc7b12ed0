"""Find place names in a column of texts, a row for each mention.

It is the core that `geoevents.engines.spark.find` hands to a cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from geoevents.engines.gazetteer_source import GazetteerSource
from geoevents.errors import ColumnError

if TYPE_CHECKING:
    from gazetteer import Mention

__all__ = ["mention_schema", "with_mentions"]

# The columns of a mention, in the order of `_row_of`.
_MENTION = {
    "mention": "string",
    "mention_start": "int64",
    "mention_end": "int64",
    **{f"mention_{name}": "string" for name in ("place_id", "name", "kind", "country")},
    **{f"mention_{name}": "float64" for name in ("lon", "lat", "radius_km", "score")},
    "mention_status": "string",
}


def mention_schema(given: pa.Schema) -> pa.Schema:
    """Return the columns of a table with those of the mentions behind them.

    Raises
    ------
    ColumnError
        When one of the new ones is there already.
    """
    taken = sorted(set(_MENTION) & set(given.names))
    if taken:
        raise ColumnError(f"Columns: expected none of the name {taken[0]!r}, which is to hold what was found.")
    return pa.schema([*given, *pa.schema(list(_MENTION.items()))])


def with_mentions(
    batch: pa.RecordBatch, text_column: str, *, country: str | None, on: str | None, gazetteer: GazetteerSource
) -> pa.RecordBatch:
    """Return a row a mention in the order of the texts, and one with empty columns for a text without any.

    Parameters
    ----------
    batch
        A row a text.
    text_column
        The column of texts; an empty one has no mention.
    country, on
        As in `gazetteer.Gazetteer.find`.
    gazetteer
        The gazetteer to ask.
    """
    known = gazetteer.load()
    kinds = pa.schema(list(_MENTION.items()))
    at: list[int] = []
    rows: list[dict[str, Any]] = []
    for row, text in enumerate(batch.column(text_column).to_pylist()):
        mentions = known.find(text, country=country, on=on) if text else []
        found = [_row_of(mention) for mention in mentions] or [dict.fromkeys(_MENTION)]
        at += [row] * len(found)
        rows += found
    own = batch.take(pa.array(at, pa.int64()))
    new = pa.RecordBatch.from_pylist(rows, kinds)
    return pa.RecordBatch.from_arrays([*own.columns, *new.columns], [*own.schema.names, *kinds.names])


def _row_of(mention: Mention) -> dict[str, Any]:
    place, match = mention.match.place, mention.match
    names = ("id", "name", "kind", "country", "lon", "lat")
    values = [None] * 6 if place is None else [getattr(place, name) for name in names]
    return dict(
        zip(
            _MENTION,
            [mention.text, mention.start, mention.end, *values, match.radius_km, match.score, match.status],
            strict=True,
        )
    )
