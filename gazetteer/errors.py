"""What can go wrong in the gazetteer, one line a class.

A phrase that cannot be placed is no error: it is a `Match` with status ``unresolved``.
"""


class GazetteerError(Exception):
    """Base of every error the gazetteer raises on purpose."""


class DataError(GazetteerError):
    """The gazetteer's own tables are missing, damaged or of another version."""


class UnknownPlaceError(GazetteerError):
    """An id, a country or a group that the gazetteer does not hold."""


class ArgumentError(GazetteerError, ValueError):
    """An argument of the wrong kind: a date that is none, a limit below one."""
