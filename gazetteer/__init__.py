"""Place names, place phrases and country lists become places with an honest radius, offline.

Public names load when they are first used, so that the command can say at once that it was interrupted, and help comes
quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from gazetteer.locks import LOADING

if TYPE_CHECKING:
    from gazetteer.api import Gazetteer, load
    from gazetteer.errors import ArgumentError, DataError, GazetteerError, UnknownPlaceError
    from gazetteer.geocoders.geocoder import Geocoder
    from gazetteer.geometry import geodesy
    from gazetteer.geoparsing.trees import Trees
    from gazetteer.model import Candidate, Context, Match, Mention, Place
    from gazetteer.score_calibration import calibrated_score
    from gazetteer.scratch import Hold, scratch_folder

# The module that each public name is defined in.
_HOMES = {
    "ArgumentError": "errors",
    "Candidate": "model",
    "Context": "model",
    "DataError": "errors",
    "Gazetteer": "api",
    "GazetteerError": "errors",
    "Geocoder": "geocoders.geocoder",
    "Hold": "scratch",
    "Match": "model",
    "Mention": "model",
    "Place": "model",
    "Trees": "geoparsing.trees",
    "UnknownPlaceError": "errors",
    "calibrated_score": "score_calibration",
    "geodesy": "geometry.geodesy",
    "load": "api",
    "scratch_folder": "scratch",
}

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
    if name in _HOMES:
        # A fork waits until the import has ended: a child could not go on with what a thread had begun.
        with LOADING:
            home = import_module(f"gazetteer.{_HOMES[name]}")
            return home if name == "geodesy" else getattr(home, name)
    # Asked for rarely, and the metadata take longer to open than the gazetteer.
    if name == "__version__":
        return import_module("importlib.metadata").version("geoevents")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
