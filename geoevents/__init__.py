"""Put events on the map: records enter; events with a place, a radius and a date leave."""

from typing import TYPE_CHECKING

from geoevents.areas import areas
from geoevents.enrich import enrich
from geoevents.errors import AreasError, ColumnError, GeoEventsError, ReadError, ValidationError, WriteError
from geoevents.exporters import write
from geoevents.frame.schema import validate
from geoevents.locate import locate, summary
from geoevents.maps.api import kepler, write_map
from geoevents.readers import read
from geoevents.sample import sample

if TYPE_CHECKING:
    from geoevents.joins import aggregate, join, near

__all__ = [
    "AreasError",
    "ColumnError",
    "GeoEventsError",
    "ReadError",
    "ValidationError",
    "WriteError",
    "aggregate",
    "areas",
    "enrich",
    "join",
    "kepler",
    "locate",
    "near",
    "read",
    "sample",
    "summary",
    "validate",
    "write",
    "write_map",
]


def __getattr__(name: str) -> object:
    # Joins stand on NumPy and shapely; looking a place up or asking for help does not.
    if name in ("aggregate", "join", "near"):
        from geoevents import joins

        return getattr(joins, name)
    if name == "__version__":
        from importlib.metadata import version

        return version("geoevents")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
