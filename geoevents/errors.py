"""What can go wrong in geoevents, one line a class."""


class GeoEventsError(Exception):
    """Base of every error geoevents raises on purpose."""


class ReadError(GeoEventsError):
    """An input file is missing, empty, of an unknown kind, or damaged."""


class ColumnError(GeoEventsError):
    """A column that was asked for is missing, doubled, or holds something else."""


class ValidationError(GeoEventsError):
    """A frame is not an events frame; the message lists every fault."""


class WriteError(GeoEventsError):
    """An output cannot be written; what stood there before is intact."""


class AreasError(GeoEventsError):
    """Areas to join with are missing, have no CRS, or are no areas."""
