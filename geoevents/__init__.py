"""Put events on the map: records enter; events with a place, a radius and a date leave."""

from geoevents.areas import areas
from geoevents.errors import ColumnError, GeoEventsError, ReadError, ValidationError, WriteError
from geoevents.exporters import write
from geoevents.exporters.maps import kepler, write_map
from geoevents.locate import locate, summary
from geoevents.readers import read
from geoevents.schema import validate

__all__ = [
    "ColumnError",
    "GeoEventsError",
    "ReadError",
    "ValidationError",
    "WriteError",
    "areas",
    "kepler",
    "locate",
    "read",
    "summary",
    "validate",
    "write",
    "write_map",
]


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version

        return version("geoevents")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
