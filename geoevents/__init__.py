"""Put events on the map: records become events with a place, a radius and a date.

Public names load when they are first used, so that ``import geoevents`` and asking for help stay quick. No public
function shares its name with a module, which the import system would put in its place.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geoevents.enrichment import enrich
    from geoevents.errors import (
        AreasError,
        ArgumentError,
        ColumnError,
        GeoEventsError,
        ReadError,
        ValidationError,
        WriteError,
    )
    from geoevents.exporters import write
    from geoevents.frame.schema import validate
    from geoevents.inspection import inspect
    from geoevents.joins import aggregate, combine, distances, draw, interpolate, join, lag, match, merge, near, spells
    from geoevents.layers import areas
    from geoevents.location import locate, summary
    from geoevents.maps.api import kepler, write_map
    from geoevents.maps.review import write_review
    from geoevents.maps.view import explore
    from geoevents.raster import sample
    from geoevents.readers import read
    from geoevents.reports.extraction import extract

# The module that each public name is defined in.
_HOMES = {
    "AreasError": "errors",
    "ArgumentError": "errors",
    "ColumnError": "errors",
    "GeoEventsError": "errors",
    "ReadError": "errors",
    "ValidationError": "errors",
    "WriteError": "errors",
    "aggregate": "joins",
    "areas": "layers",
    "combine": "joins",
    "distances": "joins",
    "draw": "joins",
    "enrich": "enrichment",
    "explore": "maps.view",
    "extract": "reports.extraction",
    "inspect": "inspection",
    "interpolate": "joins",
    "join": "joins",
    "kepler": "maps.api",
    "lag": "joins",
    "locate": "location",
    "match": "joins",
    "merge": "joins",
    "near": "joins",
    "read": "readers",
    "sample": "raster",
    "spells": "joins",
    "summary": "location",
    "validate": "frame.schema",
    "write": "exporters",
    "write_map": "maps.api",
    "write_review": "maps.review",
}

__all__ = [
    "AreasError",
    "ArgumentError",
    "ColumnError",
    "GeoEventsError",
    "ReadError",
    "ValidationError",
    "WriteError",
    "aggregate",
    "areas",
    "combine",
    "distances",
    "draw",
    "enrich",
    "explore",
    "extract",
    "inspect",
    "interpolate",
    "join",
    "kepler",
    "lag",
    "locate",
    "match",
    "merge",
    "near",
    "read",
    "sample",
    "spells",
    "summary",
    "validate",
    "write",
    "write_map",
    "write_review",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"geoevents.{_HOMES[name]}"), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("geoevents")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
