"""Facts of places as the models of scenes and stories read them."""

from __future__ import annotations

import math

from gazetteer import Place

__all__ = ["is_in", "kind_number", "log_population"]

_KINDS = (
    "country",
    "admin1",
    "admin2",
    "city",
    "building",
    "airport",
    "neighbourhood",
    "region",
    "sea",
    "group",
    "derived",
)


def kind_number(place: Place | None) -> int:
    """Return the number of a place's kind; one more than the last for other kinds, two more where there is no place."""
    if place is None:
        return len(_KINDS) + 1
    return _KINDS.index(place.kind) if place.kind in _KINDS else len(_KINDS)


def log_population(place: Place | None) -> float:
    """Return the logarithm (base 10) of a place's population, -1 where it is not known."""
    return math.log10(place.population + 1) if place is not None and place.population else -1.0


def is_in(inner: Place, outer: Place) -> bool:
    """Return whether one place lies in another by their codes: a town in its unit, a unit in its country.

    Examples
    --------
    >>> import gazetteer
    >>> places = [gazetteer.load().resolve(name).place for name in ("Aktau, Kazakhstan", "Kazakhstan")]
    >>> is_in(*places), is_in(*reversed(places))
    (True, False)
    """
    if inner.id == outer.id or inner.country != outer.country:
        return False
    if outer.kind == "country":
        return inner.kind != "country"
    return outer.kind == "admin1" and inner.admin1 == outer.admin1 and inner.kind not in ("country", "admin1")
