"""Write GPX 1.1 waypoints for a handheld receiver or a field app.

An event is a waypoint on its place with a name, time, type, evidence and source; shapes and other columns have
no room in one. Events without a place go to a neighbouring ``.unplaced.csv``. The provenance stands in the
metadata.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geoevents.exporters.markup import attribute, escape, rows
from geoevents.exporters.progress import progress
from geoevents.exporters.rfc7946 import rfc7946
from geoevents.exporters.table import write_unplaced
from geoevents.frame.arrow import Flat, free_name
from geoevents.frame.provenance import facts, provenance_to_json
from geoevents.spatial.event_points import placed, spots
from geoevents.spatial.lonlat import to_lonlat

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["write_gpx"]

# The parts of a waypoint in the schema's order, and the columns that fill them: the first that has a cell.
_PARTS = {
    "name": ("place_name", "event_id"),
    "cmt": ("event_id",),
    "desc": ("evidence", "description"),
    "src": ("source",),
    "type": ("event_type",),
}


def write_gpx(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as GPX 1.1 to a path, as it is given; `geoevents.write` is the safe way in.

    Source: https://www.topografix.com/GPX/1/1/
    """
    events = to_lonlat(events)
    flat = Flat(events)
    flat.note["order"] = free_name("row", flat.schema.names)
    there = placed(events)
    write_unplaced(flat, np.flatnonzero(~there), path)
    points = spots(events).to_numpy()
    known = facts(events)
    made = f"{known['generator']} {known['version']}"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" '
            f"creator={attribute(made)}>\n<metadata><name>{escape(str(known.get('title') or 'Events'))}</name>"
            f"<desc>{escape(str(known['attribution']))}</desc><time>{_time(str(known['created']))}</time>"
            f"<keywords>{escape(provenance_to_json(events, {}))}</keywords></metadata>\n"
        )
        with progress(f"Writing {path.name}", len(flat)) as advance:
            for position, cells in rows(flat):
                if there[position]:
                    at = rfc7946(points[position])
                    file.write(f'<wpt lat="{at.y!r}" lon="{at.x!r}">{_parts(cells)}</wpt>\n')
                advance(1)
        file.write("</gpx>\n")


def _parts(cells: dict[str, str]) -> str:
    start = _time(cells.get("start", ""))
    time = f"<time>{start}</time>" if start else ""
    found = {part: next((cells[name] for name in names if name in cells), None) for part, names in _PARTS.items()}
    return time + "".join(f"<{part}>{escape(text)}</{part}>" for part, text in found.items() if text is not None)


def _time(text: str) -> str:
    """Return a date or moment in UTC, as GPX wants it; empty for text that is neither."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    moment = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")
