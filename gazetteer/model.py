"""The vocabulary: what a place, a candidate and a match are.

Nothing enters and nothing leaves: every other room speaks in these words.
Coordinates are longitude, latitude in degrees (EPSG:4326); distances are geodesic kilometres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Kind = Literal[
    "country", "admin1", "admin2", "city", "airport", "sea", "building", "neighbourhood", "river", "lake", "island",
    "landform", "region", "group", "derived",
]  # fmt: skip
Status = Literal["matched", "ambiguous", "unresolved"]
Method = Literal["exact", "type-word", "fuzzy", "phrase", "container", "online", "none"]
Tag = Literal["name", "demonym", "abbreviation"]
Context = Literal["row", "file", "none"]

KINDS: tuple[Kind, ...] = (
    "country", "admin1", "admin2", "city", "airport", "sea", "building", "neighbourhood", "river", "lake", "island",
    "landform", "region", "group", "derived",
)  # fmt: skip

# The kinds by size: a place may lie in one of a higher rank; places of one rank stand beside one another.
KIND_RANK: dict[str, int] = {
    "building": 0, "airport": 0, "neighbourhood": 0, "city": 1, "derived": 1, "island": 1, "lake": 1, "admin2": 2,
    "river": 3, "landform": 3, "admin1": 3, "region": 4, "country": 5, "sea": 5, "group": 6,
}  # fmt: skip
# The kinds as containers, where all that is known of a place is its point and its radius. Only units, countries, seas,
# regions and groups hold other places: the radius of a river or a mountain range does not say what lies in it. A region
# ranks above countries and seas because it may span several; a place lies in its country by the country's code. The
# model that reads the names of a text was trained with these ranks.
CONTAINER_RANK: dict[str, int] = {
    **dict.fromkeys(KINDS, 1), "admin2": 2, "admin1": 3, "country": 4, "sea": 4, "region": 5, "group": 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A place with an identity.

    Attributes
    ----------
    id
        Namespace and key: ``geonames:1526384``, ``iso:KZ``, ``iso:KZ-47``, ``airport:UAAA``, ``sea:…``,
        ``region:donbas``, ``group:csto``.
    name
        The name the gazetteer gives it, in English where there is an English one.
    kind
        One of `KINDS`.
    country
        ISO 3166-1 alpha-3 (Kosovo ``XKX``); None for what lies in no single country.
    admin1
        ISO 3166-2 code of the first-level unit it lies in or is; None where there is none.
    lon, lat
        A point on the place, degrees.
    population
        Inhabitants, None when unknown.
    radius_km
        The place lies within this distance of (lon, lat) with about 90 % certainty.
    valid_from, valid_to
        First and last day on which the place existed as such; None is open.

    Examples
    --------
    >>> import gazetteer
    >>> place = gazetteer.load().place("geonames:1526384")
    >>> place.name, place.kind, place.country, place.admin1
    ('Almaty', 'city', 'KAZ', 'KZ-75')
    """

    id: str
    name: str
    kind: Kind
    country: str | None
    admin1: str | None
    lon: float
    lat: float
    population: int | None
    radius_km: float
    valid_from: date | None = None
    valid_to: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain, JSON-ready values."""
        row = asdict(self)
        for key in ("valid_from", "valid_to"):
            row[key] = row[key].isoformat() if row[key] else None
        return row


@dataclass(frozen=True)
class Area:
    """A place as far as geometry goes.

    Attributes
    ----------
    lon, lat
        A point on the place, degrees.
    radius_km
        The place lies within this distance of the point with about 90 % certainty.
    """

    id: str
    name: str
    kind: Kind
    country: str | None
    admin1: str | None
    lon: float
    lat: float
    radius_km: float
    _shape: Callable[[], BaseGeometry] = field(repr=False, compare=False)

    @cached_property
    def shape(self) -> BaseGeometry:
        """The shape in EPSG:4326: polygons where they are known, else the point."""
        return self._shape()

    @property
    def is_point(self) -> bool:
        """Whether only the point is known."""
        return bool(self.shape.geom_type == "Point")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a name: a place, how well it fits, and why.

    Attributes
    ----------
    score
        0–1, the chance that this place is what was meant.
    reason
        How it was found, a method of `Match`.
    name
        The name of the place that was met.

    Examples
    --------
    >>> import gazetteer
    >>> best = gazetteer.load().search("Алматы")[0]
    >>> best.place.name, best.name
    ('Almaty', 'Алматы')
    """

    place: Place
    score: float
    reason: str
    name: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain, JSON-ready values."""
        return {"score": self.score, "reason": self.reason, "matched_name": self.name, **self.place.as_dict()}


@dataclass(frozen=True)
class Match:
    """What a place phrase was found to mean.

    Attributes
    ----------
    query
        The phrase as it was given.
    status
        ``matched``; ``ambiguous`` (`place` is the best guess, `candidates` lists the rivals);
        ``unresolved`` (`place` is None, `reason` says why).
    score
        0–1, the chance that `place` is what was meant.
    method
        How it was found: ``exact`` (case, accents and punctuation aside), ``type-word``, ``fuzzy``, ``phrase`` (worked
        out from other places), ``container`` (only the wider place was found), ``online``
        (`gazetteer.Geocoder`), ``none``.
    radius_km
        The place lies within this distance of the point with about 90 % certainty; None when unresolved.
    candidates
        Best first; the first one is `place`.
    reason
        Why there is no place, what was not found, or that a rival is close; empty where there is nothing to say.

    Examples
    --------
    >>> import gazetteer
    >>> match = gazetteer.load().resolve("Georgia")
    >>> match.status, [candidate.place.id for candidate in match.candidates[:2]]
    ('ambiguous', ['iso:GE', 'iso:US-GA'])
    """

    query: str
    status: Status
    place: Place | None
    score: float
    method: Method
    radius_km: float | None
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""
    _geometry: Callable[[], BaseGeometry | None] = field(default=lambda: None, repr=False, compare=False)

    @cached_property
    def geometry(self) -> BaseGeometry | None:
        """The shape of the place in EPSG:4326, lon/lat; a point where no shape is known; None when unresolved."""
        return self._geometry()

    def as_dict(self) -> dict[str, Any]:
        """Return the match as plain, JSON-ready values, without the geometry."""
        return {
            "query": self.query,
            "status": self.status,
            "score": self.score,
            "method": self.method,
            "radius_km": self.radius_km,
            "reason": self.reason,
            "place": self.place.as_dict() if self.place else None,
            "candidates": [candidate.as_dict() for candidate in self.candidates],
        }


@dataclass(frozen=True)
class Mention:
    """A place's name in running text, and what it was found to mean.

    Attributes
    ----------
    start, end
        Characters of the text: ``text[start:end]`` is the name as written.
    text
        The name as written.
    tag
        ``name``; ``demonym`` (Kazakh, Russians); ``abbreviation`` (Ky., U.S.).
    match
        What it means. Its score is the chance that the place is right, given that the name is one.
    place_id
        The GeoNames id of the place where it has one, else its own; None when unresolved. Other geoparsers and gold
        corpora speak in GeoNames ids; `Gazetteer.place` takes either.
    chance
        0–1, the chance that this is a place's name at all; 1 for a span that was handed in.

    Examples
    --------
    >>> import gazetteer
    >>> (mention,) = gazetteer.load().find("Kazakh officials said nothing.")
    >>> mention.text, mention.tag, mention.match.place.id
    ('Kazakh', 'demonym', 'iso:KZ')
    """

    start: int
    end: int
    text: str
    tag: Tag
    match: Match
    place_id: str | None
    chance: float

    def as_dict(self) -> dict[str, Any]:
        """Return the mention as plain, JSON-ready values, without candidates and geometry."""
        place = self.match.place
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "tag": self.tag,
            "place_id": self.place_id,
            "name": place.name if place else None,
            "kind": place.kind if place else None,
            "country": place.country if place else None,
            "lon": place.lon if place else None,
            "lat": place.lat if place else None,
            "radius_km": self.match.radius_km,
            "score": self.match.score,
            "status": self.match.status,
            "chance": self.chance,
        }
