"""Place names, place phrases and country lists become places with an honest radius, offline."""

from gazetteer.api import Gazetteer, load
from gazetteer.errors import ArgumentError, DataError, GazetteerError, UnknownPlaceError
from gazetteer.geocoders import Geocoder
from gazetteer.geometry import geodesy
from gazetteer.model import Candidate, Context, Match, Mention, Place

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
    # Asked for rarely, and the metadata take longer to open than the gazetteer.
    if name == "__version__":
        from importlib.metadata import version

        return version("geoevents")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
