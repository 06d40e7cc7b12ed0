"""Files become frames of records."""

from geoevents.readers.registry import FORMATS, read

__all__ = ["FORMATS", "read"]
