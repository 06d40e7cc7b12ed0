"""Asks an online geocoder about phrases that the gazetteer does not hold.

Nothing is sent unless a `Geocoder` is made and asked. Phrases are sent out of the machine; their matches are marked as
online, with their provider and attribution. Answers are kept on disk, so that each is requested once. A failure is an
unresolved match with its reason, never an error.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gazetteer.api import Gazetteer, load
from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.name_index import NameIndex
from gazetteer.errors import ArgumentError, UnknownPlaceError
from gazetteer.geocoders.answer_cache import AnswerCache, usual_cache
from gazetteer.geocoders.requests_once import SingleRequests
from gazetteer.geocoders.server import Server
from gazetteer.geocoders.services import SERVICES, Answer, Service
from gazetteer.geometry.sphere import haversine_km
from gazetteer.locks import cached_property
from gazetteer.model import Candidate, Match, Place, Status
from gazetteer.names.normalize import normalize_name

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

__all__ = ["Geocoder"]

# The policy of the public servers: a request a second, and an agent that says whose program asks.
_SECONDS = 1.0
_SCHEMES = ("https", "http")
_NO_AGENTS = ("", "geopy", "my-application", "my_app/1", "python-requests", "python-urllib")
# No share of weight is calibrated here: an online answer is never surer than this.
_QUALITY, _SURE = 0.8, 0.6
_SAME_SPOT_KM = 3.0
# Outlines are generalised, and coasts have islands: so far outside its country may a place lie.
_OUTSIDE_KM = 50.0
# The columns that say where a container lies.
_CIRCLE = ("lon", "lat", "radius_km")
_REFUSALS = ("not a place", "empty", "longer than")


class Geocoder:
    """Asks an online geocoder, through geopy: Nominatim, which is OpenStreetMap's, Photon or Pelias.

    Parameters
    ----------
    user_agent
        Who asks, such as ``"newsroom-map (maps@example.org)"``; the providers' policies ask for it.
    service
        ``nominatim``, ``photon`` or ``pelias``.
    domain
        Of a server that speaks the service's JSON, such as one's own ("geocoder.example.org", or with its scheme,
        "http://localhost:8080"); the public one when None. Pelias has none.
    scheme
        ``https`` or ``http``, where `domain` does not say it.
    api_key
        For a server of Pelias that wants one.
    cache
        SQLite file of answers by provider, phrase and country; in the user's cache folder when None.
    seconds
        At least so long between two requests of all threads and processes; public servers allow no less than 1.
    timeout
        Seconds to wait for an answer.
    retries
        How often a request that failed is made again; each waits for its turn.
    rest
        Seconds for which a server that failed three times in a row is left alone; then it is asked again.
    known_days, unknown_days
        How long kept answers count, and how long that the provider knew nothing.
    gazetteer
        Knows the countries, and where they lie; None takes the bundled one.

    Raises
    ------
    ArgumentError
        When `user_agent` names nobody, there is no such service, it has no public server and no domain is given, or
        `seconds` is too little for a public server.

    Examples
    --------
    >>> import gazetteer
    >>> matches = gazetteer.load().resolve_many(["Almaty", "Xyzzyplugh Lane 5"])
    >>> geocoder = gazetteer.Geocoder(user_agent="newsroom-map (maps@example.org)")
    >>> filled = geocoder.fill(matches)  # doctest: +SKIP
    """

    def __init__(
        self,
        *,
        user_agent: str,
        service: str = "nominatim",
        domain: str | None = None,
        scheme: str = "https",
        api_key: str | None = None,
        cache: str | Path | None = None,
        seconds: float = _SECONDS,
        timeout: float = 10.0,
        retries: int = 1,
        rest: float = 60.0,
        known_days: float = 365.0,
        unknown_days: float = 30.0,
        gazetteer: Gazetteer | None = None,
    ) -> None:
        if user_agent.strip().lower() in _NO_AGENTS:
            raise ArgumentError(f"User agent: expected who asks, with a way to reach them, got {user_agent!r}.")
        self._service = _service_named(service)
        host = self._service.domain if domain is None else domain.strip()
        if host is None:
            raise ArgumentError(f"Domain: expected one's own server, since {service} has no public one.")
        if "://" in host:
            scheme, host = host.split("://", 1)
        if scheme not in _SCHEMES or not host.strip("/"):
            raise ArgumentError(f"Domain: expected a server, as https://geocoder.example.org, got {domain!r}.")
        if host.strip("/") == self._service.domain and not seconds >= _SECONDS:
            raise ArgumentError(f"Seconds: expected {_SECONDS:g} or more for a public server, got {seconds:g}.")
        if api_key is not None and not self._service.takes_key:
            raise ArgumentError(f"API key: expected none, since {service} takes no key.")
        _quieten("geopy")
        more = {"api_key": api_key} if api_key is not None else {}
        asker = self._service.make(
            user_agent=user_agent, domain=host, scheme=scheme, timeout=timeout, adapter_factory=SingleRequests, **more
        )
        self.provider = f"{service}:{asker.domain}"
        self.attribution = self._service.attribution
        path = Path(cache) if cache is not None else usual_cache()
        kept = AnswerCache(path, known_days=known_days, unknown_days=unknown_days)
        self._server = Server(
            self.provider, self._service, asker, kept, seconds=seconds, requests=1 + max(retries, 0), rest=rest
        )
        self._gazetteer = load() if gazetteer is None else gazetteer

    def __repr__(self) -> str:
        return f"<Geocoder {self.provider}>"

    def resolve(self, phrase: str, *, country: str | None = None) -> Match:
        """Ask what a phrase means.

        Parameters
        ----------
        phrase
            What a person wrote; it is sent to the provider as it is.
        country
            ISO 3166-1 code or name; no answer lies outside it.

        Returns
        -------
        Match
            With the method ``online``, and provider and attribution as its reason. The place's radius reaches the
            farthest corner of the box that the provider gives; without a box it is what is usual for the kind.
            ``ambiguous`` when rivals lie far apart, or a provider that forgives spelling answers with another name.
            ``unresolved`` when nothing was found, or no answer came: the reason says which.

        Raises
        ------
        ArgumentError
            When `country` is not a country.
        DataError
            When the cache cannot be read or written.
        """
        hint = self._countries.resolve(country)
        rows = self._server.answers(phrase.strip(), hint)
        if isinstance(rows, str):
            return _unresolved(phrase, rows)
        answers = [self._service.answer_of(row) for row in rows]
        kept = [answer for answer in answers if hint is None or self._inside(answer.place, hint)]
        return self._match(phrase, kept) if kept else _unresolved(phrase, f"{self.provider} knows none")

    def complete(self, match: Match, *, country: str | None = None) -> Match:
        """Return a match of the gazetteer's, or the provider's answer where the gazetteer did not find it; see `fill`.

        Raises
        ------
        ArgumentError
            When `country` is not a country.
        DataError
            When the cache cannot be read or written.
        """
        if not _is_open(match.status, match.method, match.query, match.reason):
            return match
        answer = self.resolve(match.query, country=country)
        if match.place is None:
            return answer
        return answer if _fits(answer, {name: getattr(match.place, name) for name in _CIRCLE}) else match

    def fill(self, matches: pd.DataFrame, *, country: str | Iterable[str | None] | None = None) -> pd.DataFrame:
        """Return matches with answers for the unresolved ones; each distinct phrase is asked once, other rows stay.

        Rows of which the gazetteer knows the container only are asked about too: an answer is taken when it is sure
        and lies inside the container.

        Parameters
        ----------
        matches
            n rows, as `Gazetteer.resolve_many` gives them.
        country
            As in `resolve`, or one value a row.

        Returns
        -------
        DataFrame, n rows, the index and columns of `matches`
            ``attrs["attribution"]`` names the providers of rows with the method ``online``.

        Raises
        ------
        ArgumentError
            When `country` has another length than `matches`, or a value is not a country.
        DataError
            When the cache cannot be read or written.
        """
        import pandas as pd

        hints = [country] * len(matches) if country is None or isinstance(country, str) else list(country)
        if len(hints) != len(matches):
            raise ArgumentError(f"country: expected one value, or {len(matches)} like the rows, got {len(hints)}.")
        cells = {column: matches[column].astype(object).to_numpy(copy=True) for column in matches}
        asked: dict[tuple[str, str | None], Match] = {}
        taken = False
        answered = [cells[name] for name in ("status", "method", "query", "reason")]
        for i, row in enumerate(zip(*answered, strict=True)):
            if not _is_open(*row):
                continue
            phrase, hint = str(cells["query"][i]), hints[i] if isinstance(hints[i], str) else None
            if (phrase, hint) not in asked:
                asked[phrase, hint] = self.resolve(phrase, country=hint)
            match = asked[phrase, hint]
            if cells["method"][i] == "container" and not _fits(match, {name: cells[name][i] for name in _CIRCLE}):
                continue
            taken = taken or match.place is not None
            for column, value in _row(match).items():
                cells[column][i] = value
        filled = pd.DataFrame(cells, index=matches.index)
        filled = filled.astype({c: "category" if t == "category" else t for c, t in matches.dtypes.items()})
        filled.attrs = dict(matches.attrs)
        if taken:
            filled.attrs["attribution"] = "; ".join(filter(None, (matches.attrs.get("attribution"), self.attribution)))
        return filled

    @cached_property
    def _countries(self) -> CountryResolver:
        return CountryResolver(NameIndex(self._gazetteer.store))

    def _inside(self, place: Place, country: str) -> bool:
        """Return whether a place lies in a country by what the provider says, and its point does not belie that."""
        if place.country != country:
            return False
        lands = {country, *self._countries.territory_ever(country)}
        ground = {found.country for found in self._gazetteer.within(place.lon, place.lat)} - {None}
        if not ground or ground & lands:
            return True
        shape = self._outline(country)
        return shape is None or _km_to(shape, place.lon, place.lat) <= _OUTSIDE_KM

    def _outline(self, country: str) -> BaseGeometry | None:
        known = self._gazetteer.country(country)
        try:
            return None if known is None else self._gazetteer.geometry(known.id)
        except UnknownPlaceError:
            return None

    def _match(self, phrase: str, answers: list[Answer]) -> Match:
        places = [answer.place for answer in answers]
        best = places[0]
        lon, lat = (np.array([getattr(place, c) for place in places]) for c in ("lon", "lat"))
        rival = haversine_km(lon, lat, lon[:1], lat[:1]) > best.radius_km + _SAME_SPOT_KM
        weights = np.array([answer.weight for answer in answers]) + 1e-6
        share = float(weights[0] / (weights[0] + weights[rival].sum()))
        scores = np.round(_QUALITY * weights / weights.sum(), 4)
        candidates = tuple(
            Candidate(place, float(score), "online", phrase) for place, score in zip(places, scores, strict=True)
        )
        reason = f"online: {self.provider}, {self.attribution}"
        status: Status = "matched" if share >= _SURE else "ambiguous"
        if self._service.forgives and not _bears(best.name, phrase):
            status, share, reason = "ambiguous", min(share, 0.5), f"{reason}; the answer is called {best.name}"
        point = partial(shapely.Point, best.lon, best.lat)
        score = round(_QUALITY * share, 4)
        return Match(phrase, status, best, score, "online", best.radius_km, candidates, reason, point)


def _service_named(name: str) -> Service:
    if name not in SERVICES:
        raise ArgumentError(f"Service: expected one of {', '.join(SERVICES)}, got {name!r}.")
    return SERVICES[name]


def _quieten(name: str) -> None:
    """Keep a logger from printing where nobody listens: the reason of a match says enough."""
    log = logging.getLogger(name)
    if not log.handlers:
        log.addHandler(logging.NullHandler())


def _is_open(status: str, method: str, query: object, reason: object) -> bool:
    """Return whether a service may know more of a phrase than the gazetteer did."""
    missed = status == "unresolved" or method == "container"
    return missed and bool(str(query).strip()) and not str(reason).startswith(_REFUSALS)


def _bears(name: str, phrase: str) -> bool:
    """Return whether a name and a phrase have a word in common, or are of two scripts and cannot be compared.

    Services that forgive spelling find something for everything.
    """
    ours, theirs = set(normalize_name(phrase).split()), set(normalize_name(name).split())
    comparable = all(word.isascii() for word in ours) and all(word.isascii() for word in theirs)
    return bool(ours & theirs) or not comparable


def _km_to(shape: BaseGeometry, lon: float, lat: float) -> float:
    nearest = shapely.shortest_line(shape, shapely.Point(lon, lat))
    x, y = shapely.get_coordinates(nearest)[0]
    return float(haversine_km(np.array([x]), np.array([y]), np.array([lon]), np.array([lat]))[0])


def _fits(match: Match, container: dict[str, Any]) -> bool:
    """Return whether an answer is sure, narrower than the container that is known, and lies inside its radius."""
    if match.status != "matched" or match.place is None:
        return False
    km = _km_to(shapely.Point(container["lon"], container["lat"]), match.place.lon, match.place.lat)
    return bool(match.place.radius_km < container["radius_km"] and km <= container["radius_km"])


def _unresolved(phrase: str, why: str) -> Match:
    return Match(phrase, "unresolved", None, 0.0, "none", None, reason=f"online: {why}")


def _row(match: Match) -> dict[str, Any]:
    row: dict[str, Any] = {"reason": match.reason}
    if match.place is not None:
        place = match.place
        row |= {"status": match.status, "method": match.method, "score": match.score, "place_id": place.id}
        row |= {c: getattr(place, c) for c in ("name", "kind", "country", "admin1", "lon", "lat", "radius_km")}
    return row
