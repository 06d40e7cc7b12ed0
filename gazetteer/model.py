"""The vocabulary: what a place, a candidate, a match and a mention are.

Plain data that every other room passes on. Coordinates are longitude, latitude in degrees (EPSG:4326); distances are
geodesic kilometres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from gazetteer.html_table import html_table

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Kind = Literal[
    "country",
    "admin1",
    "admin2",
    "city",
    "airport",
    "sea",
    "building",
    "neighbourhood",
    "river",
    "lake",
    "island",
    "landform",
    "region",
    "group",
    "derived",
]
Status = Literal["matched", "ambiguous", "unresolved"]
Method = Literal["exact", "type-word", "fuzzy", "phrase", "coordinates", "container", "online", "none"]
Tag = Literal["name", "demonym", "abbreviation"]
Context = Literal["row", "file", "none"]

KINDS: tuple[Kind, ...] = (
    "country",
    "admin1",
    "admin2",
    "city",
    "airport",
    "sea",
    "building",
    "neighbourhood",
    "river",
    "lake",
    "island",
    "landform",
    "region",
    "group",
    "derived",
)

# The kinds by size: a place may lie in one of a higher rank; places of one rank stand beside one another.
KIND_RANK: dict[str, int] = {
    "building": 0,
    "airport": 0,
    "neighbourhood": 0,
    "city": 1,
    "derived": 1,
    "island": 1,
    "lake": 1,
    "admin2": 2,
    "river": 3,
    "landform": 3,
    "admin1": 3,
    "region": 4,
    "country": 5,
    "sea": 5,
    "group": 6,
}
# The kinds as containers, where all that is known of a place is its point and its radius. Only units, countries, seas,
# regions and groups hold other places: the radius of a river or a mountain range does not say what lies in it. A region
# ranks above countries and seas because it may span several; a place lies in its country by the country's code. The
# model that reads the names of a text was trained with these ranks.
CONTAINER_RANK: dict[str, int] = {
    **dict.fromkeys(KINDS, 1),
    "admin2": 2,
    "admin1": 3,
    "country": 4,
    "sea": 4,
    "region": 5,
    "group": 6,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place with an identity.

    Attributes
    ----------
    id
        Namespace and key: ``geonames:1526384``, ``iso:KZ``, ``iso:KZ-47``, ``airport:UAAA``, ``sea:…``,
        ``region:donbas``, ``group:csto``, ``town:kaskelen``, ``unit:viken``.
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

    def __repr__(self) -> str:
        country = f" in {self.country}" if self.country and self.kind != "country" else ""
        return f"<Place {self.id}: {self.name}, {self.kind}{country}>"

    def _repr_html_(self) -> str:
        rows = self.as_dict()
        return html_table(rows.pop("name"), rows.items())

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain, JSON-ready values."""
        row = asdict(self)
        for key in ("valid_from", "valid_to"):
            row[key] = row[key].isoformat() if row[key] else None
        return row


PLACE_FIELDS = tuple(field.name for field in fields(Place))


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

    @property
    def shape(self) -> BaseGeometry:
        """The shape in EPSG:4326: polygons where they are known, else the point."""
        # Kept without a lock: threads make shapes side by side, and two that make one make the same.
        kept = self.__dict__
        if "shape" not in kept:
            kept["shape"] = self._shape()
        shape: BaseGeometry = kept["shape"]
        return shape

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
    method
        How it was found: a method of `Match`, or ``prefix`` for a place whose name begins with what was searched for.
    name
        The name that was matched.
    reason
        Why it is listed, where the method does not say it.

    Examples
    --------
    >>> import gazetteer
    >>> best = gazetteer.load().search("Алматы")[0]
    >>> best.place.name, best.name
    ('Almaty', 'Алматы')
    """

    place: Place
    score: float
    method: Method | Literal["prefix"]
    name: str
    reason: str = ""

    def __repr__(self) -> str:
        return f"<Candidate {self.place.id}: {self.place.name}, {self.place.kind}, {self.method}, score {self.score:g}>"

    def _repr_html_(self) -> str:
        return html_table(
            self.name, ((name, value) for name, value in self.as_dict().items() if name != "matched_name")
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain, JSON-ready values."""
        found = {"score": self.score, "method": self.method, "reason": self.reason, "matched_name": self.name}
        return {**found, **self.place.as_dict()}


def _no_geometry() -> None:
    return None


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
        0–1, the chance that the answer is right: that the place meant lies within its radius, or within 10 km. It is
        calibrated by method and status; see `gazetteer.score_calibration`.
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
    _geometry: Callable[[], BaseGeometry | None] = field(default=_no_geometry, repr=False, compare=False)

    def __repr__(self) -> str:
        found = f" {self.place.id} {self.place.name}, score {self.score:g}" if self.place else ""
        reason = f" ({self.reason})" if self.reason else ""
        return f"<Match {self.query!r}: {self.status}{found}{reason}>"

    def _repr_html_(self) -> str:
        shown = {name: value for name, value in self.as_dict().items() if name not in ("query", "place", "candidates")}
        place = [] if self.place is None else [("place", f"{self.place.name} ({self.place.kind}, {self.place.id})")]
        others = [c for c in self.candidates if c.place != self.place]
        rivals = "; ".join(f"{c.place.name} ({c.place.kind}, {c.place.country}) {c.score:g}" for c in others)
        return html_table(self.query, [*place, *shown.items(), ("rivals", rivals)])

    @property
    def geometry(self) -> BaseGeometry | None:
        """The shape of the place in EPSG:4326, lon/lat; a point where no shape is known; None when unresolved."""
        # As `Area.shape`.
        kept = self.__dict__
        if "geometry" not in kept:
            kept["geometry"] = self._geometry()
        shape: BaseGeometry | None = kept["geometry"]
        return shape

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
    geonames_id
        The GeoNames id of the place (``geonames:1522867``), None where it has none or is unresolved. Other geoparsers
        and gold corpora use GeoNames ids; `Gazetteer.place` takes either.
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
    geonames_id: str | None
    chance: float

    @property
    def place_id(self) -> str | None:
        """The id of the place, as ``match.place.id``; None when unresolved."""
        return self.match.place.id if self.match.place else None

    def __repr__(self) -> str:
        place = f"{self.match.place.id} {self.match.place.name}" if self.match.place else self.match.status
        return f"<Mention {self.text!r} [{self.start}:{self.end}]: {place}>"

    def _repr_html_(self) -> str:
        rows = self.as_dict()
        return html_table(rows.pop("text"), rows.items())

    def as_dict(self) -> dict[str, Any]:
        """Return the mention as plain, JSON-ready values, without candidates and geometry."""
        place = self.match.place
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "tag": self.tag,
            "place_id": self.place_id,
            "geonames_id": self.geonames_id,
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
