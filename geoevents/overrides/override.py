"""What a person says of a place phrase: where it is, or that it is not a place.

Coordinates are lon/lat in degrees, EPSG:4326; radii are kilometres.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["COLUMNS", "NO_PLACE", "Override", "Overrides", "folded"]

COLUMNS = ("phrase", "country", "place_id", "lon", "lat", "radius_km", "wkt", "note")
# What `place_id` says where a phrase is not a place.
NO_PLACE = "none"


@dataclass(frozen=True, slots=True)
class Override:
    """Where a place phrase is.

    Attributes
    ----------
    phrase
        The words as `place_query` has them; letters of either case and spaces do not matter.
    country
        ISO 3166-1 alpha-3, when the override holds in one country only; None holds everywhere.
    place_id
        A place of the gazetteer, or `NO_PLACE`; None when a point or a shape is given.
    lon, lat, radius_km
        A point and how far the place may lie from it.
    wkt
        A shape as well-known text.
    line
        Where it stands: ``file:line``.
    """

    phrase: str
    country: str | None
    place_id: str | None
    lon: float | None
    lat: float | None
    radius_km: float | None
    wkt: str | None
    note: str
    line: str

    @property
    def key(self) -> tuple[str, str | None]:
        """The phrase as it is compared, and the country."""
        return folded(self.phrase), self.country

    @property
    def label(self) -> str:
        """The phrase, and the country where it holds in one only."""
        return self.phrase if self.country is None else f"{self.phrase} ({self.country})"


@dataclass(frozen=True, slots=True)
class Overrides:
    """Overrides by phrase and country, and the files they come from with their SHA-256."""

    by_key: dict[tuple[str, str | None], Override]
    files: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.by_key)

    def find(self, phrase: str, country: str | None) -> Override | None:
        """Return the override of a phrase: the one of its country, else the one of any country."""
        words = folded(phrase)
        return self.by_key.get((words, country)) or self.by_key.get((words, None))

    def to_json(self) -> dict[str, Any]:
        """Return the overrides as JSON holds them."""
        return {"rows": [asdict(one) for one in self.by_key.values()], "files": [list(file) for file in self.files]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Overrides:
        """Return the overrides that `to_json` described."""
        rows = [Override(**row) for row in data["rows"]]
        return cls({one.key: one for one in rows}, tuple((name, digest) for name, digest in data["files"]))


def folded(phrase: str) -> str:
    """Return a phrase as overrides compare it: letters of either case and spaces do not matter.

    Examples
    --------
    >>> folded("The  old DEPOT")
    'the old depot'
    """
    return " ".join(phrase.casefold().split())
