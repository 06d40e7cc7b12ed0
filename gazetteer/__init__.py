"""Place names, place phrases and country lists become places with an honest radius, offline.

The geocoder, which talks to servers, the geodesy, which makes shapes, and the trees, which score rows of features, load
when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from gazetteer.api import Gazetteer, load
from gazetteer.errors import ArgumentError, DataError, GazetteerError, UnknownPlaceError
from gazetteer.model import Candidate, Context, Match, Mention, Place
from gazetteer.score_calibration import calibrated_score
from gazetteer.scratch import Hold, scratch_folder

if TYPE_CHECKING:
    from gazetteer.geocoders.geocoder import Geocoder
    from gazetteer.geometry import geodesy
    from gazetteer.geoparsing.trees import Trees

__all__ = [
    "ArgumentError",
    "Candidate",
    "Context",
    "DataError",
    "Gazetteer",
    "GazetteerError",
    "Geocoder",
    "Hold",
    "Match",
    "Mention",
    "Place",
    "Trees",
    "UnknownPlaceError",
    "calibrated_score",
    "geodesy",
    "load",
    "scratch_folder",
]


def __getattr__(name: str) -> object:
    if name == "Geocoder":
        return import_module("gazetteer.geocoders.geocoder").Geocoder
    if name == "geodesy":
        return import_module("gazetteer.geometry.geodesy")
    if name == "Trees":
        return import_module("gazetteer.geoparsing.trees").Trees
    # Asked for rarely, and the metadata take longer to open than the gazetteer.
    if name == "__version__":
        return import_module("importlib.metadata").version("geoevents")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
