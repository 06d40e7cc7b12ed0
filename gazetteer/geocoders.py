"""Asks a geocoder on the network about phrases that the gazetteer does not hold.

Nothing is sent unless a `Geocoder` is made and asked. Phrases enter, and leave the machine; matches leave, marked as
online, with their provider and attribution. Answers are kept on disk, so that each is requested once. A failure is an
unresolved match with its reason, never an error.
"""

from __future__ import annotations

import json
import logging
import math
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pycountry
import shapely
from geopy.adapters import RequestsAdapter
from geopy.exc import GeocoderQueryError, GeopyError
from geopy.geocoders import Nominatim

from gazetteer.api import load
from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.ranking import NameIndex
from gazetteer.errors import ArgumentError, DataError
from gazetteer.geometry.sphere import haversine_km
from gazetteer.model import Candidate, Kind, Match, Place, Status

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Geocoder"]

_ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
# The policy of OpenStreetMap's own server: a request a second, and an agent that says whose program asks.
_SECONDS = 1.0
_NO_AGENTS = ("", "geopy", "my-application", "my_app/1", "python-requests", "python-urllib")
_ASKED_FOR = 5
# No share of weight is calibrated here: an online answer is never surer than this.
_QUALITY, _SURE = 0.8, 0.6
_SAME_SPOT_KM, _LEAST_KM = 3.0, 0.5
# A server that fails so often in a row is left alone for a while.
_PATIENCE = 3
# Others of the machine that ask the same server are waited for so long.
_LONGEST_QUEUE = 600.0
# What a server can send that is not an answer; deep JSON is a RecursionError.
_NO_ANSWER = (GeopyError, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_REFUSALS = ("not a place", "empty", "longer than")
_KINDS: dict[str, Kind] = {
    "country": "country",
    **dict.fromkeys(("state", "region", "province", "ISO3166-2-lvl4"), "admin1"),
    **dict.fromkeys(("county", "district", "state_district", "municipality", "city_district"), "admin2"),
    **dict.fromkeys(("city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood"), "city"),
    "aerodrome": "airport",
    **dict.fromkeys(("sea", "ocean", "bay", "strait"), "sea"),
}


class Geocoder:
    """Asks Nominatim, OpenStreetMap's geocoder, through geopy.

    Parameters
    ----------
    user_agent
        Who asks, such as ``"newsroom-map (maps@example.org)"``; the provider's policy asks for it.
    domain
        Of a server that speaks Nominatim's JSON, such as one's own; OpenStreetMap's when None.
    scheme
        ``https`` or ``http``.
    cache
        SQLite file of answers by provider, phrase and country; in the user's cache folder when None.
    seconds
        At least so long between two requests; OpenStreetMap's own server allows no less than 1.
    timeout
        Seconds to wait for an answer.
    retries
        How often a request that failed is made again; each waits for its turn.
    rest
        Seconds for which a server that failed three times in a row is left alone; then it is asked again.

    Raises
    ------
    ArgumentError
        When `user_agent` names nobody, or `seconds` is too little for OpenStreetMap's own server.

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
        domain: str | None = None,
        scheme: str = "https",
        cache: str | Path | None = None,
        seconds: float = _SECONDS,
        timeout: float = 10.0,
        retries: int = 1,
        rest: float = 60.0,
    ) -> None:
        geopy_log = logging.getLogger("geopy")
        if not geopy_log.handlers:
            # Where nobody listens, Python prints every retry with its traceback; the reason of the match says enough.
            geopy_log.addHandler(logging.NullHandler())
        if user_agent.strip().lower() in _NO_AGENTS:
            raise ArgumentError(f"User agent: expected who asks, with a way to reach them, got {user_agent!r}.")
        if domain is None and seconds < _SECONDS:
            raise ArgumentError(f"Seconds: expected {_SECONDS:g} or more for OpenStreetMap's server, got {seconds:g}.")
        place = {"domain": domain} if domain is not None else {}
        self._nominatim = Nominatim(
            user_agent=user_agent, scheme=scheme, timeout=timeout, adapter_factory=_single_requests, **place
        )
        self.provider = f"nominatim:{self._nominatim.domain}"
        self._seconds, self._requests, self._rest = seconds, 1 + max(retries, 0), rest
        self._resting_until = 0.0
        self._cache = Path(cache) if cache is not None else _cache_folder() / "geocoder.sqlite"
        self._failures = 0
        self._countries = CountryResolver(NameIndex(load().store))

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
            farthest corner of the box that the provider gives. ``unresolved`` when nothing was found, or no
            answer came: the reason says which.

        Raises
        ------
        ArgumentError
            When `country` is not a country.
        DataError
            When the cache cannot be read or written.
        """
        hint = self._countries.resolve(country)
        found = self._answers(phrase.strip(), hint)
        if isinstance(found, str):
            return Match(phrase, "unresolved", None, 0.0, "none", None, reason=f"online: {found}")
        places = [_place(row) for row in found]
        kept = [i for i, place in enumerate(places) if hint is None or place.country == hint]
        if not kept:
            return Match(phrase, "unresolved", None, 0.0, "none", None, reason=f"online: {self.provider} knows none")
        return self._match(phrase, [places[i] for i in kept], [_importance(found[i]) for i in kept])

    def fill(self, matches: pd.DataFrame, *, country: str | Iterable[str | None] | None = None) -> pd.DataFrame:
        """Return matches with answers for the unresolved ones; each distinct phrase is asked once, other rows stay.

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
        for i in np.flatnonzero(cells["status"] == "unresolved"):
            phrase, hint = str(cells["query"][i]), hints[i] if isinstance(hints[i], str) else None
            if not phrase.strip() or str(cells["reason"][i]).startswith(_REFUSALS):
                continue
            if (phrase, hint) not in asked:
                asked[phrase, hint] = self.resolve(phrase, country=hint)
            for column, value in _row(asked[phrase, hint]).items():
                cells[column][i] = value
        filled = pd.DataFrame(cells, index=matches.index)
        filled = filled.astype({c: "category" if t == "category" else t for c, t in matches.dtypes.items()})
        filled.attrs = dict(matches.attrs)
        if any(match.place for match in asked.values()):
            filled.attrs["attribution"] = "; ".join(filter(None, (matches.attrs.get("attribution"), _ATTRIBUTION)))
        return filled

    def _match(self, phrase: str, places: list[Place], importance: list[float]) -> Match:
        best = places[0]
        lon, lat = (np.array([getattr(place, c) for place in places]) for c in ("lon", "lat"))
        rival = haversine_km(lon, lat, lon[:1], lat[:1]) > best.radius_km + _SAME_SPOT_KM
        weights = np.array(importance) + 1e-6
        share = float(weights[0] / (weights[0] + weights[rival].sum()))
        scores = np.round(_QUALITY * weights / weights.sum(), 4)
        candidates = tuple(
            Candidate(place, float(score), "online", phrase) for place, score in zip(places, scores, strict=True)
        )
        status: Status = "matched" if share >= _SURE else "ambiguous"
        reason = f"online: {self.provider}, {_ATTRIBUTION}"
        return Match(
            phrase,
            status,
            best,
            round(_QUALITY * share, 4),
            "online",
            best.radius_km,
            candidates,
            reason,
            partial(shapely.Point, best.lon, best.lat),
        )

    def _answers(self, phrase: str, country: str | None) -> list[dict[str, Any]] | str:
        """Return what the provider knows, from the cache or the network; or why there is no answer."""
        if not _is_text(phrase):
            return "expected a phrase in Unicode, got half a character"
        kept = self._kept(phrase, country)
        if kept is not None:
            return kept
        if not phrase:
            return "empty"
        if self._failures >= _PATIENCE:
            if time.monotonic() < self._resting_until:
                return f"not asked, since {self.provider} failed {_PATIENCE} times in a row"
            # One failure more, and it rests again.
            self._failures = _PATIENCE - 1
        rows = self._asked(phrase, country)
        if isinstance(rows, str):
            self._failures += 1
            self._resting_until = time.monotonic() + self._rest
            return rows
        self._failures = 0
        self._keep(phrase, country, rows)
        return rows

    def _asked(self, phrase: str, country: str | None) -> list[dict[str, Any]] | str:
        """Return what the provider answers, or why none of the requests brought an answer."""
        why = ""
        for _ in range(self._requests):
            try:
                with _turn(_turns_file(self.provider, self._cache.parent), self._seconds):
                    found = self._nominatim.geocode(
                        phrase,
                        exactly_one=False,
                        limit=_ASKED_FOR,
                        addressdetails=True,
                        language="en",
                        country_codes=_alpha2(country),
                    )
                return _checked([location.raw for location in found or []])
            except sqlite3.Error as error:
                raise DataError(f"{self._cache.parent}: the turns of geocoders cannot be kept ({error}).") from error
            except _NO_ANSWER as error:
                said = " ".join(str(error).encode("utf-8", "replace").decode("utf-8").split())
                why = f"{self.provider} failed ({type(error).__name__}: {said})"[:200]
                if isinstance(error, GeocoderQueryError):
                    break
        return why

    def _kept(self, phrase: str, country: str | None) -> list[dict[str, Any]] | None:
        try:
            with closing(self._opened()) as cache:
                row = cache.execute(
                    "SELECT answer FROM answers WHERE provider = ? AND phrase = ? AND country = ?",
                    (self.provider, phrase, country or ""),
                ).fetchone()
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            raise DataError(f"{self._cache}: expected a cache of answers, but it cannot be read ({error}).") from error
        try:
            return None if row is None else _checked(json.loads(row[0]))
        except _NO_ANSWER:
            # Damaged: it is asked for again.
            return None

    def _keep(self, phrase: str, country: str | None, rows: list[dict[str, Any]]) -> None:
        answer = json.dumps(rows, ensure_ascii=False)
        try:
            with closing(self._opened()) as cache, cache:
                cache.execute(
                    "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, datetime('now'))",
                    (self.provider, phrase, country or "", answer),
                )
        except (sqlite3.Error, OSError) as error:
            raise DataError(f"{self._cache}: the answer cannot be written ({error}).") from error

    def _opened(self) -> sqlite3.Connection:
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        cache = sqlite3.connect(self._cache, timeout=30)
        cache.execute(
            "CREATE TABLE IF NOT EXISTS answers (provider TEXT, phrase TEXT, country TEXT, answer TEXT NOT NULL, "
            "asked TEXT NOT NULL, PRIMARY KEY (provider, phrase, country))"
        )
        return cache


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "geoevents"


def _single_requests(**options: Any) -> RequestsAdapter:
    """Return what makes a request once: retries are counted here, and no redirect is followed past the rate."""
    adapter = RequestsAdapter(max_retries=0, **options)
    adapter.session.max_redirects = 0
    return adapter


def _turns_file(provider: str, fallback: Path) -> Path:
    """Return the file by which all geocoders of a user take turns at a provider, whatever cache each of them has."""
    name = "turns-" + "".join(letter if letter.isalnum() else "-" for letter in provider) + ".sqlite"
    try:
        folder = _cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder / name
    except (OSError, RuntimeError):
        # Without a home there is still the folder of the cache.
        pass
    fallback.mkdir(parents=True, exist_ok=True)
    return fallback / name


@contextmanager
def _turn(path: Path, seconds: float) -> Iterator[None]:
    """Let one request of all threads and processes through, and no sooner than so long after the last one ended.

    The lock of the database is held meanwhile; the system frees it when the process dies.
    """
    with closing(sqlite3.connect(path, timeout=_LONGEST_QUEUE, isolation_level=None)) as turns:
        turns.execute("BEGIN IMMEDIATE")
        turns.execute("CREATE TABLE IF NOT EXISTS requests (ended REAL NOT NULL)")
        ended = turns.execute("SELECT max(ended) FROM requests").fetchone()[0]
        # A clock that was set back must not hold anybody up for longer.
        time.sleep(min(max((ended or 0.0) + seconds - time.time(), 0.0), seconds))
        try:
            yield
        finally:
            turns.execute("DELETE FROM requests")
            turns.execute("INSERT INTO requests VALUES (?)", (time.time(),))
            turns.execute("COMMIT")


def _is_text(phrase: str) -> bool:
    """Return whether a text can be sent: half a surrogate pair cannot."""
    try:
        phrase.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _checked(rows: Any) -> list[dict[str, Any]]:
    """Return rows of Nominatim's JSON, all of which are places that can be kept.

    Raises
    ------
    ValueError, TypeError, LookupError, AttributeError, RecursionError
        When they are not.
    """
    if not isinstance(rows, list):
        raise TypeError(f"expected a list of places, got {type(rows).__name__}")
    json.dumps(rows, ensure_ascii=False, allow_nan=False).encode("utf-8")
    for row in rows:
        _place(row)
        _importance(row)
    return rows


def _importance(row: dict[str, Any]) -> float:
    importance = row.get("importance") or 0.0
    if isinstance(importance, bool) or not isinstance(importance, int | float) or not 0 <= importance < math.inf:
        raise ValueError(f"expected a number as importance, got {importance!r}")
    return float(importance)


def _text_of(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"expected a text as {name}, got {value!r:.40}")
    return value or ""


def _alpha2(country: str | None) -> str | None:
    found = pycountry.countries.get(alpha_3=country) if country else None
    return found.alpha_2.lower() if found else {"XKX": "xk"}.get(country or "")


def _alpha3(alpha2: str) -> str | None:
    if alpha2.upper() == "XK":
        return "XKX"
    found = pycountry.countries.get(alpha_2=alpha2.upper())
    return str(found.alpha_3) if found else None


def _place(row: dict[str, Any]) -> Place:
    """Return a row of Nominatim's JSON as a place."""
    lon, lat = float(row["lon"]), float(row["lat"])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"expected lon -180..180 and lat -90..90, got {lon}, {lat}")
    south, north, west, east = (float(value) for value in row["boundingbox"])
    if not (-90 <= south <= north <= 90 and abs(west) <= 180 and abs(east) <= 180):
        raise ValueError(f"expected a box on the globe, got {south}, {north}, {west}, {east}")
    corners = haversine_km(
        np.array([lon]), np.array([lat]), np.array([west, west, east, east]), np.array([south, north, south, north])
    )
    address = row.get("address") or {}
    type_ = _text_of(row, "addresstype") or _text_of(row, "type")
    osm = f"{row.get('osm_type', 'place')}/{row.get('osm_id', row.get('place_id'))}"
    return Place(
        id=f"osm:{osm}",
        name=_text_of(row, "name") or str(row["display_name"]).split(",")[0],
        kind=_KINDS.get(type_, "derived"),
        country=_alpha3(str(address.get("country_code", ""))),
        admin1=_text_of(address, "ISO3166-2-lvl4") or None,
        lon=lon,
        lat=lat,
        population=None,
        radius_km=round(max(float(corners.max()), _LEAST_KM), 1),
    )


def _row(match: Match) -> dict[str, Any]:
    row: dict[str, Any] = {"reason": match.reason}
    if match.place is not None:
        place = match.place
        row |= {"status": match.status, "method": match.method, "score": match.score, "place_id": place.id}
        row |= {c: getattr(place, c) for c in ("name", "kind", "country", "admin1", "lon", "lat", "radius_km")}
    return row
