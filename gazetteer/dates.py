"""Days as the tables count them.

A date as a person or a program gives it enters; days since 1970-01-01 leave.
"""

from __future__ import annotations

from datetime import date, datetime

from gazetteer.errors import ArgumentError

__all__ = ["EPOCH", "day_number"]

EPOCH = date(1970, 1, 1).toordinal()


def day_number(on: str | date | None) -> int:
    """Return days since 1970-01-01; today for None.

    Raises
    ------
    ArgumentError
        When `on` is not an ISO 8601 date.

    Examples
    --------
    >>> day_number("1970-02-01")
    31
    """
    if on is None:
        return date.today().toordinal() - EPOCH
    if isinstance(on, datetime):
        return on.date().toordinal() - EPOCH
    if isinstance(on, date):
        return on.toordinal() - EPOCH
    try:
        return date.fromisoformat(str(on)[:10]).toordinal() - EPOCH
    except ValueError as error:
        raise ArgumentError(f"Date: expected a day like 2022-01-10, got {on!r}.") from error
