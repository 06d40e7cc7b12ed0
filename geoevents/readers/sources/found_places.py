"""Places that the gazetteer found in a text, as ``gazetteer find --geojson`` writes them.

| recognised by | taken | where_prec | radius |
|---|---|---|---|
| text, place_id, kind, radius_km, status | text, lon, lat | that of the kind (UCDP's scale) | radius_km |

A mention without a place stays without one: the gazetteer was asked already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoevents.frame.schema import WHERE_PREC
from geoevents.readers.sources.source import Source, described_by, lower_names

if TYPE_CHECKING:
    from geoevents.frame.column_choice import ColumnChoice
    from geoevents.frame.table_facts import TableFacts

__all__ = ["FOUND_PLACES"]

_COLUMNS = frozenset({"text", "place_id", "kind", "radius_km", "status", "lon", "lat"})
_mention = described_by(
    "found-places", {"lat": ("lat",), "lon": ("lon",), "place_query": ("text",), "radius_km": ("radius_km",)}
)


def _mentions(table: pd.DataFrame, facts: TableFacts | None = None, choice: ColumnChoice | None = None) -> pd.DataFrame:
    out = _mention(table, facts, choice)
    kinds = table[lower_names(table)["kind"]].astype(object)
    out["where_prec"] = kinds.map(WHERE_PREC).astype("Int64").fillna(1)
    return out


def _is_found(columns: set[str], _: pd.DataFrame) -> bool:
    return columns >= _COLUMNS


FOUND_PLACES = Source("found-places", "Places found by gazetteer find", _is_found, given=_mentions, words=False)
