"""Files of located events, read in parts so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from geoevents.engines.batches import SHAPE, Plan, process_part
from geoevents.engines.tables import Source, opened
from geoevents.frame.schema import ADDED_LATER, COLUMNS
from geoevents.readers import FORMATS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["event_parts", "holds_events"]


def holds_events(source: Source) -> bool:
    """Return whether a GeoParquet file has the columns of located events."""
    return source.geo and (set(COLUMNS) - ADDED_LATER) | {SHAPE} <= set(source.schema.names)


def event_parts(path: Path) -> Iterator[gpd.GeoDataFrame] | None:
    """Return the events of a GeoParquet file, some at a time, in the order of the file.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    iterator of geopandas.GeoDataFrame or None
        Events as `geoevents.read` gives them, EPSG:4326, numbered from 0 in each part; at least one part. None where
        the file is not a GeoParquet file of located events.

    Raises
    ------
    ReadError
        When the file is missing or damaged.
    """
    if path.suffix.lower() not in FORMATS["parquet"] or not path.is_file():
        return None
    source = opened(path)
    return _parts(source) if holds_events(source) else None


def _parts(source: Source) -> Iterator[gpd.GeoDataFrame]:
    if not source.rows:
        yield process_part(source.schema.empty_table(), Plan(located=True))
    for table in source.batches():
        yield process_part(table, Plan(located=True))
