"""Files become frames of records."""

from geoevents.readers.formats import FORMATS
from geoevents.readers.registry import read

__all__ = ["FORMATS", "read"]
