"""Asks a server what it knows of phrases: each once, in turn with all who ask it, and kept on disk.

A server that fails again and again, or wants to be left alone, is left alone for a while.
"""

from __future__ import annotations

import os
import time
from email.utils import mktime_tz, parsedate_tz
from pathlib import Path
from typing import Any

from geopy.adapters import AdapterHTTPError
from geopy.exc import GeocoderQueryError

from gazetteer.errors import DataError
from gazetteer.geocoders.answer_cache import AnswerCache, cache_folder, check_home
from gazetteer.geocoders.services import NO_ANSWER, Service, checked_rows
from gazetteer.geocoders.turns import LONGEST_WAIT, Rest, Turn, turn_at

__all__ = ["Server"]

# A server that fails so often in a row is left alone for a while.
_PATIENCE = 3


class Server:
    """A server of a service, and what is kept of its answers.

    Parameters
    ----------
    name
        The service and the domain of the server; answers are kept by it.
    service
        Knows how the server is asked, and what an answer looks like.
    asker
        Geopy's geocoder for the server.
    cache
        The kept answers.
    seconds
        At least so long between two requests of all threads and processes.
    requests
        How often a phrase is asked for while no answer comes.
    rest
        Seconds for which a server that failed three times in a row is left alone.
    """

    def __init__(
        self, name: str, service: Service, asker: Any, cache: AnswerCache, *, seconds: float, requests: int, rest: float
    ) -> None:
        self._name, self._service, self._asker, self._cache = name, service, asker, cache
        self._seconds, self._requests, self._rest = max(seconds, 0.0), requests, rest
        self._failures, self._resting_until = 0, 0.0

    def answers(self, phrase: str, country: str | None) -> list[dict[str, Any]] | str:
        """Return what the server knows, from the cache or the network; or why there is no answer."""
        if not _is_text(phrase):
            return "expected a phrase in Unicode, got half a character"
        kept = self._kept(phrase, country)
        if kept is not None:
            return kept
        if not phrase:
            return "empty"
        if self._failures >= _PATIENCE:
            if time.monotonic() < self._resting_until:
                return f"not asked, since {self._name} failed {_PATIENCE} times in a row"
            # One failure more, and it rests again.
            self._failures = _PATIENCE - 1
        rows = self._ask(phrase, country)
        if isinstance(rows, str):
            self._failures += 1
            self._resting_until = time.monotonic() + self._rest
            return rows
        self._failures = 0
        return rows

    def _ask(self, phrase: str, country: str | None) -> list[dict[str, Any]] | str:
        """Return what the server answers, or why none of the requests brought an answer."""
        why = ""
        for _ in range(self._requests):
            try:
                with turn_at(_turns_file(self._name, self._cache.path.parent), self._seconds) as turn:
                    # Somebody may have asked while this one waited.
                    kept = self._kept(phrase, country)
                    return self._request(phrase, country, turn) if kept is None else kept
            except Rest as rest:
                return f"not asked, since {self._name} is busy: {rest}"
            except NO_ANSWER as error:
                why = f"{self._name} failed ({type(error).__name__}: {_on_one_line(error)})"[:200]
                if isinstance(error, GeocoderQueryError) or _rest_wanted(error) > LONGEST_WAIT:
                    break
        return why

    def _request(self, phrase: str, country: str | None, turn: Turn) -> list[dict[str, Any]]:
        """Return the server's answer to one request, kept before anybody else has a turn."""
        try:
            rows = checked_rows(self._service.ask(self._asker, phrase, country), self._service)
        except NO_ANSWER as error:
            turn.leave_alone(_rest_wanted(error))
            raise
        self._cache.put(self._name, phrase, country, rows)
        return rows

    def _kept(self, phrase: str, country: str | None) -> list[dict[str, Any]] | None:
        answer = self._cache.get(self._name, phrase, country)
        try:
            return None if answer is None else checked_rows(answer, self._service)
        except NO_ANSWER:
            # Damaged: it is asked for again.
            return None


def _turns_file(provider: str, fallback: Path) -> Path:
    """Return the file by which all geocoders of a user take turns at a provider, whatever cache each of them has."""
    name = "turns-" + "".join(letter if letter.isalnum() else "-" for letter in provider) + ".sqlite"
    check_home(fallback)
    folder = cache_folder()
    try:
        check_home(folder)
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder / name
    except (OSError, DataError):
        # Where a user has no home or no folder to write to, there is still the folder of the cache.
        pass
    fallback.mkdir(parents=True, exist_ok=True)
    return fallback / name


def _rest_wanted(error: BaseException) -> float:
    """Return for how many seconds a server that refused wants to be left alone, as its Retry-After says."""
    # Geopy reads the header of the status 429 only.
    headers = error.__cause__.headers if isinstance(error.__cause__, AdapterHTTPError) else None
    said = str((headers or {}).get("Retry-After") or "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    day = parsedate_tz(said) if said else None
    try:
        return max(mktime_tz(day) - time.time(), 0.0) if day is not None else 0.0
    except (ValueError, OverflowError):
        return 0.0


def _on_one_line(error: Exception) -> str:
    return " ".join(str(error).encode("utf-8", "replace").decode("utf-8").split())


def _is_text(phrase: str) -> bool:
    """Return whether a text can be sent: half a surrogate pair cannot."""
    try:
        phrase.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
