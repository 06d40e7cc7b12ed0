"""What can go wrong in the gazetteer.

::

    GazetteerError
    ├── ArgumentError          misuse; a ValueError too
    ├── DataError              the tables of the gazetteer, or a file that was handed in
    └── UnknownPlaceError      an id, a layer or a group that does not exist

A phrase that cannot be placed is not an error: it is a `Match` with status ``unresolved``.
"""


class GazetteerError(Exception):
    r"""Base of every error the gazetteer raises on purpose.

    Its message is one line, whatever a library has put into the reason.

    Examples
    --------
    >>> str(GazetteerError("a.kml: cannot be read (no ring\n)."))
    'a.kml: cannot be read (no ring).'
    """

    def __init__(self, message: str = "") -> None:
        lines = message.splitlines()
        super().__init__(message if lines == [message] else " ".join(map(str.strip, lines)).strip().replace(" )", ")"))


class ArgumentError(GazetteerError, ValueError):
    """An argument of the wrong kind: a date that cannot be read, a limit below one, a country that does not exist."""


class DataError(GazetteerError):
    """A table or a file is missing, damaged or of another version."""


class UnknownPlaceError(GazetteerError):
    """An id, a layer or a group that the gazetteer does not hold."""
