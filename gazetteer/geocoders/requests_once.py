"""Requests the JSON at an address once; what fails is an error of geopy's.

Geopy's own adapter tries again by itself, follows redirects, and reads on for as long as a server sends. Here a request
is one request, of limited time and size, so that the rate and the retries are counted in one place.
"""

from __future__ import annotations

import json
import time
from typing import Any

import requests
from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable
from urllib3.exceptions import HTTPError, ReadTimeoutError

__all__ = ["SingleRequests"]

# An answer of fifteen places with their addresses takes some 20 kB.
_LARGEST = 4_000_000
_BLOCK = 65_536
# A server that sends a little at a time is waited for so many times as long as one that sends nothing.
_SLOW = 3.0
_POLE = 90.0


class SingleRequests(BaseSyncAdapter):  # type: ignore[misc]
    """The adapter by which geopy's geocoders make their requests.

    Parameters
    ----------
    proxies, ssl_context
        As geopy gives them to its adapters.
    """

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._proxies = proxies if isinstance(proxies, dict) else {}

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        """Return what a server answers, read as JSON."""
        try:
            answer = json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except ValueError as error:
            raise GeocoderParseError(f"no JSON: {error}") from None
        _check_latitudes(answer)
        return answer

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """Return what a server answers, in UTF-8.

        Raises
        ------
        GeopyError
            When no answer came, or too slow, or too large, or with another status than 200.
        """
        latest = time.monotonic() + _SLOW * timeout
        try:
            # A session of its own: requests of several threads share nothing.
            with (
                requests.Session() as session,
                session.get(
                    url, timeout=timeout, headers=headers, proxies=self._proxies, allow_redirects=False, stream=True
                ) as answer,
            ):
                if answer.status_code != 200:
                    said = f"Non-successful status code {answer.status_code}"
                    raise AdapterHTTPError(said, status_code=answer.status_code, headers=answer.headers, text="")
                return _read(answer, latest).decode("utf-8")
        except (requests.Timeout, ReadTimeoutError):
            raise GeocoderTimedOut("no answer in time") from None
        except requests.ConnectionError as error:
            raise GeocoderUnavailable(_in_short(error)) from None
        except (requests.RequestException, HTTPError, UnicodeError, ValueError) as error:
            raise GeocoderServiceError(_in_short(error)) from None


def _read(answer: requests.Response, latest: float) -> bytes:
    # As it comes: `iter_content` waits until a block is full.
    read = getattr(answer.raw, "read1", answer.raw.read)
    data = bytearray()
    while block := read(_BLOCK, decode_content=True):
        data += block
        if len(data) > _LARGEST:
            raise GeocoderServiceError(f"an answer of more than {_LARGEST:,} bytes")
        if time.monotonic() > latest:
            raise GeocoderTimedOut("the answer comes too slowly")
    return bytes(data)


def _check_latitudes(answer: Any) -> None:
    """Raise an error for a point beyond a pole, of which geopy prints a warning."""
    rows = answer.get("features") if isinstance(answer, dict) else answer
    for row in rows if isinstance(rows, list) else ():
        try:
            latitude = float(row["lat"] if "lat" in row else row["geometry"]["coordinates"][1])
        except (LookupError, TypeError, ValueError):
            # What else may be wrong is found where the row is read.
            continue
        if abs(latitude) > _POLE:
            raise GeocoderParseError(f"expected lat -90..90, got {latitude:g}")


def _in_short(error: Exception) -> str:
    """Return the innermost reason, without addresses of objects."""
    while isinstance(error.args[0] if error.args else None, Exception):
        error = error.args[0]
    reason = getattr(error, "reason", None)
    said = reason if isinstance(reason, Exception) else error
    return str(said).split("> ")[-1].split(">: ")[-1]
