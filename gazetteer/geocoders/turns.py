"""Lets threads and processes take turns at a server: one request at a time, and no sooner than the server allows.

A small SQLite file a server holds when the last request ended and until when the server wants to be left alone. Its
lock is the turn: the system frees it when a process dies.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from gazetteer.errors import DataError

__all__ = ["LONGEST_WAIT", "Rest", "Turn", "turn_at"]

# Others of the machine that ask the same server are waited for so long, in seconds.
_LONGEST_QUEUE = 600.0
# A server that wants to be left alone for no longer is waited for.
LONGEST_WAIT = 60.0
# A wish for more than a day is cut to one.
_LONGEST_REST = 86_400.0


class Rest(Exception):  # noqa: N818 - not an error of anybody: the server asked for it
    """The server asked to be left alone for longer than anybody waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it asked to be left alone for {seconds:.0f} s more")


class Turn:
    """One's turn at a server."""

    def __init__(self) -> None:
        self.rest = 0.0

    def leave_alone(self, seconds: float) -> None:
        """Note that the server wants no request, of whomever, for so long."""
        if math.isfinite(seconds):
            self.rest = min(max(seconds, self.rest), _LONGEST_REST)


@contextmanager
def turn_at(path: Path, seconds: float) -> Iterator[Turn]:
    """Wait for one's turn: no other request is on its way meanwhile, and the last one ended so long ago.

    Parameters
    ----------
    path
        The file of the server.
    seconds
        Between the end of a request and the beginning of the next.

    Raises
    ------
    Rest
        When the server asked to be left alone for longer than `LONGEST_WAIT`.
    DataError
        When the file cannot be read or written, or the queue is too long.
    """
    turn = Turn()
    begun = path.with_suffix(".begun")
    try:
        with closing(sqlite3.connect(path, timeout=_LONGEST_QUEUE, isolation_level=None)) as turns:
            turns.execute("BEGIN IMMEDIATE")
            turns.execute("CREATE TABLE IF NOT EXISTS turns (ended REAL NOT NULL, rest REAL NOT NULL)")
            wait = _wait(turns, begun, seconds)
            if wait > max(LONGEST_WAIT, seconds):
                raise Rest(wait)
            time.sleep(wait)
            begun.touch()
            try:
                yield turn
            finally:
                turns.execute("DELETE FROM turns")
                turns.execute("INSERT INTO turns VALUES (?, ?)", (time.time(), turn.rest))
                turns.execute("COMMIT")
    except sqlite3.Error as error:
        raise DataError(f"{path}: the turns of geocoders cannot be kept ({error}).") from error


def _wait(turns: sqlite3.Connection, begun: Path, seconds: float) -> float:
    """Return for how long the server is still to be left alone."""
    ended, rest = turns.execute("SELECT max(ended), max(rest) FROM turns").fetchone()
    ended, rest = (float(value) if isinstance(value, float | int) else 0.0 for value in (ended, rest))
    if begun.exists():
        # Of a process that was killed during its request only the beginning is known.
        ended = max(ended, begun.stat().st_mtime)
    apart = max(seconds, rest)
    # A clock that was set back must not hold anybody up for longer.
    return min(max(ended + apart - time.time(), 0.0), apart)
