"""Downloads one large file, whole and checked, or not at all.

What came lies in ``<name>.part`` until it is whole. A connection that breaks off is resumed where it ended, in this
run and in the next one, as long as the server still has the same file (its ETag or its date).
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from gazetteer.errors import DataError
from gazetteer.index.checksums import sha256_of

__all__ = ["fetch", "shown_progress"]

# Told how many bytes are there, and how many there are in all (None while the server does not say).
Report = Callable[[int, "int | None"], None]

# What a connection that breaks off may cost again.
_BLOCK = 1 << 16
# Connections that break off one after the other without a single byte, before we give up; the pause grows each time.
_ATTEMPTS, _PAUSE_S = 5, 1.0
_TIMEOUT_S = 60.0
_PARTIAL, _OUT_OF_RANGE = 206, 416


def _silent(done: int, total: int | None) -> None:
    """Show nothing."""


def fetch(
    url: str, path: Path, *, sha256: str | None = None, progress: Report = _silent, pause: float = _PAUSE_S
) -> None:
    """Download a file, resuming what an earlier call left.

    Parameters
    ----------
    url
        Where the file is.
    path
        Where it goes; it is replaced once the new one is whole, and has the day that the server says it is of.
    sha256
        The hash that its source publishes, in hexadecimal digits; None where it publishes none.
    progress
        Told of every block.
    pause
        Seconds before the first new attempt.

    Raises
    ------
    DataError
        When the server has no such file, the connection keeps breaking off, or the file is not the one that the hash
        or the length announces.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _Part(path)
    failures = 0
    while True:
        before = part.size()
        try:
            _continue(url, part, progress)
            break
        except requests.HTTPError as error:
            raise DataError(f"{url}: expected a file, but the server answers {error.response.status_code}.") from error
        except requests.RequestException as error:
            failures = 0 if part.size() > before else failures + 1
            if failures >= _ATTEMPTS:
                raise DataError(
                    f"{url}: the connection broke off after {part.size():,} bytes ({_reason(error)}); "
                    "run the command again to go on from there."
                ) from error
            time.sleep(pause * 2**failures)
    if sha256 is not None and (found := sha256_of(part.path)) != sha256:
        part.drop()
        raise DataError(f"{url}: expected SHA-256 {sha256}, got {found}; run the command again.")
    modified = part.modified()
    if modified is not None:
        os.utime(part.path, (modified, modified))
    part.path.replace(path)
    part.drop()


@contextmanager
def shown_progress(what: str) -> Iterator[Report]:
    """Show a bar on a terminal, and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield _silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@dataclass(frozen=True)
class _Part:
    """The file while it is not whole, and a note of which file of the server it is a part of."""

    whole: Path

    @property
    def path(self) -> Path:
        return self.whole.with_name(self.whole.name + ".part")

    @property
    def note(self) -> Path:
        return self.whole.with_name(self.whole.name + ".part.json")

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def validator(self) -> str | None:
        """Return the ETag or the date of the file that the part is of."""
        return self._noted("validator")

    def modified(self) -> float | None:
        """Return when the file was last changed, in seconds since 1970; None where the server does not say."""
        try:
            return parsedate_to_datetime(self._noted("modified") or "").timestamp()
        except (ValueError, OverflowError):
            return None

    def _noted(self, name: str) -> str | None:
        try:
            found = json.loads(self.note.read_text(encoding="utf-8"))[name]
        except (OSError, ValueError, LookupError, TypeError):
            return None
        return found if isinstance(found, str) else None

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def _continue(url: str, part: _Part, progress: Report) -> None:
    """Ask for what is missing, and put it behind what is there."""
    there, validator = part.size(), part.validator()
    headers = {"Accept-Encoding": "identity"}
    if there and validator:
        headers |= {"Range": f"bytes={there}-", "If-Range": validator}
    with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT_S) as answer:
        if answer.status_code == _OUT_OF_RANGE:
            # The part is as long as the file, or longer: it cannot be told from another file's.
            part.drop()
            raise requests.ConnectionError("the part that was there is of another file")
        answer.raise_for_status()
        resumed = answer.status_code == _PARTIAL and _begins_at(answer, there)
        if answer.status_code == _PARTIAL and not resumed:
            part.drop()
            raise requests.ConnectionError("the server sent another part than the one asked for")
        done = there if resumed else 0
        length = answer.headers.get("Content-Length")
        total = done + int(length) if length and length.isdecimal() else None
        told = {"validator": _validator(answer), "modified": answer.headers.get("Last-Modified")}
        part.note.write_text(json.dumps(told), encoding="utf-8")
        with part.path.open("ab" if resumed else "wb") as file:
            for block in answer.iter_content(_BLOCK):
                file.write(block)
                done += len(block)
                progress(done, total)
    if total is not None and done != total:
        raise requests.ConnectionError(f"{done} of {total} bytes came")


def _begins_at(answer: requests.Response, byte: int) -> bool:
    return answer.headers.get("Content-Range", "").startswith(f"bytes {byte}-")


def _validator(answer: requests.Response) -> str | None:
    """Return what names this very file: a strong ETag, else the date of the last change."""
    tag = answer.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified")


def _reason(error: Exception) -> str:
    """Return the first words of an error."""
    return " ".join(str(error).split())[:120]
