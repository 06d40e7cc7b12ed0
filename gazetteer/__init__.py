"""Place names, place phrases and country lists become places with an honest radius, offline."""

from gazetteer.api import Gazetteer, load
from gazetteer.errors import ArgumentError, DataError, GazetteerError, UnknownPlaceError
from gazetteer.geocoders import Geocoder
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
    "load",
]
