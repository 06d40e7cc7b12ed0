"""Keeps the answers of online geocoders: a SQLite file that processes share, and that anybody can read.

An answer has an age: what a service knew is kept for a year, and that it knew nothing for a month, since maps grow.
SQLite comes with Python, locks its file, and survives a kill in the middle of a write; caches that pickle, such as
diskcache, would run what somebody else put into the folder.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from gazetteer.errors import DataError

__all__ = ["AnswerCache", "CacheFigures", "cache_folder", "check_home", "usual_cache"]

_DAY = 86_400.0
# Places rarely move; a place that a service lacks may be added any day.
_KNOWN_DAYS, _UNKNOWN_DAYS = 365.0, 30.0
_BUSY = 30.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS answers (provider TEXT, phrase TEXT, country TEXT, answer TEXT NOT NULL, "
    "asked TEXT NOT NULL, PRIMARY KEY (provider, phrase, country))"
)


@dataclass(frozen=True)
class CacheFigures:
    """What a cache holds of one provider.

    Parameters
    ----------
    provider
        Service and server, such as ``nominatim:nominatim.openstreetmap.org``.
    found, missed
        Phrases with an answer; phrases of which the service knew nothing.
    oldest, newest
        When they were asked, in UTC.
    """

    provider: str
    found: int
    missed: int
    oldest: str
    newest: str


def cache_folder() -> Path:
    """Return the folder of the user's caches, as the platform has it."""
    try:
        return user_cache_path("geoevents", appauthor=False)
    except RuntimeError:  # newer versions of platformdirs say so where there is no home
        return Path("~")


def check_home(path: Path) -> None:
    """Reject a path in the home of a user who has none.

    Raises
    ------
    DataError
        Saying what to set.
    """
    if path.parts[:1] == ("~",):
        raise DataError("Answers: expected a home to keep them in, but the user has none; set HOME or XDG_CACHE_HOME.")


def usual_cache() -> Path:
    """Return the file of answers that is used where none is named."""
    return cache_folder() / "geocoder.sqlite"


class AnswerCache:
    """The answers of online services, by provider, phrase and country.

    Parameters
    ----------
    path
        Of the file; it is made with the first answer.
    known_days, unknown_days
        How long answers count that have places, and those that have none.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = AnswerCache(Path(folder) / "answers.sqlite")
    ...     cache.put("nominatim:localhost", "Zyx", None, [])
    ...     cache.get("nominatim:localhost", "Zyx", None), cache.figures()[0].missed
    ([], 1)
    """

    def __init__(self, path: Path, *, known_days: float = _KNOWN_DAYS, unknown_days: float = _UNKNOWN_DAYS) -> None:
        self.path = path
        self._days = (unknown_days, known_days)

    def get(self, provider: str, phrase: str, country: str | None) -> Any:
        """Return the answer, as JSON has it; None where there is none, or it is too old or damaged.

        Raises
        ------
        DataError
            When the file cannot be read.
        """
        query = (
            "SELECT answer, julianday('now') - julianday(asked) FROM answers "
            "WHERE provider = ? AND phrase = ? AND country = ?"
        )
        with self._opened() as cache:
            row = cache.execute(query, (provider, phrase, country or "")).fetchone()
        if row is None:
            return None
        try:
            answer, age = json.loads(row[0]), float(row[1])
        except (ValueError, TypeError, RecursionError):
            return None
        return answer if age <= self._days[bool(answer)] else None

    def put(self, provider: str, phrase: str, country: str | None, answer: Any) -> None:
        """Keep an answer.

        Raises
        ------
        DataError
            When the file cannot be written.
        """
        text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
        with self._opened() as cache, cache:
            cache.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, datetime('now'))",
                (provider, phrase, country or "", text),
            )

    def figures(self) -> list[CacheFigures]:
        """Return what is kept of each provider.

        Raises
        ------
        DataError
            When the file cannot be read.
        """
        if not self.path.exists():
            return []
        query = (
            "SELECT provider, sum(answer <> '[]'), sum(answer = '[]'), min(asked), max(asked) FROM answers "
            "GROUP BY provider ORDER BY provider"
        )
        with self._opened() as cache:
            return [CacheFigures(*row) for row in cache.execute(query)]

    def clear(self, provider: str | None = None, *, days: float = 0.0) -> int:
        """Forget answers: of one provider or of all, and those that are older than so many days; say how many.

        Raises
        ------
        DataError
            When the file cannot be written.
        """
        if not self.path.exists():
            return 0
        limit = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(max(time.time() - days * _DAY, 0.0)))
        query = "DELETE FROM answers WHERE asked <= :limit"
        if provider is not None:
            query += " AND (provider = :provider OR provider LIKE :provider || ':%')"
        with self._opened() as cache, cache:
            return cache.execute(query, {"limit": limit, "provider": provider}).rowcount

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        check_home(self.path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_BUSY)) as cache:
                cache.execute(_TABLE)
                yield cache
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            raise DataError(f"{self.path}: expected a cache of answers, but it cannot be used ({error}).") from error
