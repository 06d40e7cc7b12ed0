"""What can go wrong in geoevents, one line a class.

::

    GeoEventsError
    ├── ArgumentError     the call is wrong, whatever the data hold; also a ValueError
    │   └── ColumnError   a column was named that the table does not have, or has in another form
    ├── ReadError         a file cannot be read
    ├── AreasError        areas to join with cannot be used
    ├── ValidationError   a frame is not an events frame
    └── WriteError        a file cannot be written

Places that are not found are not errors: their rows have the status ``unresolved``. What the gazetteer raises is a
`gazetteer.GazetteerError`.
"""


class GeoEventsError(Exception):
    r"""Base of every error geoevents raises on purpose.

    Its message is one line, whatever a library has put into the reason.

    Examples
    --------
    >>> str(GeoEventsError("a.kml: cannot be read (no ring\n)."))
    'a.kml: cannot be read (no ring).'
    """

    def __init__(self, message: str = "") -> None:
        lines = message.splitlines()
        super().__init__(message if lines == [message] else " ".join(map(str.strip, lines)).strip().replace(" )", ")"))


class ArgumentError(GeoEventsError, ValueError):
    """An argument has a value that it cannot have, or does not go with another argument."""


class ColumnError(ArgumentError):
    """A column that was asked for is missing, doubled, or holds something else."""


class ReadError(GeoEventsError):
    """An input file is missing, empty, of an unknown kind, or damaged."""


class AreasError(GeoEventsError):
    """Areas to join with are missing, have no CRS, or hold no polygon."""


class ValidationError(GeoEventsError):
    """A frame is not an events frame; the message lists every fault."""


class WriteError(GeoEventsError):
    """An output cannot be written; what stood there before is intact."""
