"""The geometries of places, each once, as Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import shapely

from geoevents.engines.batches import COVERING, SHAPE
from geoevents.engines.gazetteer_source import USUAL, GazetteerSource
from geoevents.exporters.covering import box_type, boxes

__all__ = ["outline_schema", "outline_table"]


def outline_schema() -> pa.Schema:
    """Return the schema of `outline_table`."""
    return pa.schema([("place_id", pa.string()), (SHAPE, pa.binary()), (COVERING, box_type())])


def outline_table(ids: Sequence[str], known: GazetteerSource = USUAL) -> pa.Table:
    """Return the geometries of places by their ids.

    Parameters
    ----------
    ids
        Ids of places, derived ones among them.
    known
        The gazetteer; the bundled one by default.

    Returns
    -------
    pyarrow.Table
        A row a place that has a geometry: ``place_id``, ``geometry`` (WKB, EPSG:4326) and ``bbox``.

    Raises
    ------
    gazetteer.UnknownPlaceError
        When the gazetteer does not know an id.

    Examples
    --------
    >>> outline_table(["iso:KZ", "geonames:1526384"])["place_id"].to_pylist()
    ['iso:KZ', 'geonames:1526384']
    """
    shapes = np.array(list(known.load().geometries(list(ids))), dtype=object)
    there = np.flatnonzero(~shapely.is_missing(shapes)) if len(ids) else np.empty(0, dtype=np.int64)
    names = pa.array([ids[i] for i in there.tolist()], pa.string())
    wkb = pa.array(shapely.to_wkb(shapes[there]), pa.binary())
    return pa.Table.from_arrays([names, wkb, boxes(shapely.bounds(shapes[there]))], schema=outline_schema())
