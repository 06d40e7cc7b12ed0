"""Place names, place phrases and country lists become places with an honest radius, offline.

The geocoder, which talks to servers, and the geodesy, which makes shapes, load when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from gazetteer.api import Gazetteer, load
from gazetteer.errors import ArgumentError, DataError, GazetteerError, UnknownPlaceError
from gazetteer.model import Candidate, Context, Match, Mention, Place

if TYPE_CHECKING:
    from gazetteer.geocoders import Geocoder
    from gazetteer.geometry import geodesy

__all__ = [
    "ArgumentError",
    "Candidate",
    "Context",
    "DataError",
    "Gazetteer",
    "GazetteerError",
    "Geocoder",
    "Match",
    "Mention",
    "Place",
    "UnknownPlaceError",
    "geodesy",
    "load",
]


def __getattr__(name: str) -> object:
    if name == "Geocoder":
        return import_module("gazetteer.geocoders").Geocoder
    if name == "geodesy":
        return import_module("gazetteer.geometry.geodesy")
    # Asked for rarely, and the metadata take longer to open than the gazetteer.
    if name == "__version__":
        return import_module("importlib.metadata").version("geoevents")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
