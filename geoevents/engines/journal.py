"""Keep the plan and the finished parts of a long run, so that it goes on after a crash.

A folder beside the output holds the parts and the journal, one line of JSON a part. A part is written under another
name, synced to disk and renamed before its line is written, so that every line is true and a part without a line does
not count.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gazetteer import Hold
from geoevents.errors import ReadError, WriteError

__all__ = ["Journal", "held", "synced"]


def held(path: Path, output: Path, make: Callable[[], None]) -> Hold:
    """Make what a run keeps beside its output, and hold it, so that no other run writes there meanwhile.

    Parameters
    ----------
    path
        A file or a folder.
    output
        What the run is to write.
    make
        Makes `path` where it is not there.

    Raises
    ------
    WriteError
        When another run holds it.
    """
    while True:
        make()
        try:
            hold = Hold(path)
        except FileNotFoundError:  # a run that ended removed it
            continue
        if hold.taken:
            return hold
        hold.release()
        if path.exists():
            raise WriteError(f"{output}: another run is writing it; wait until it ends, or name another file.")


class Journal:
    """The folder of a run, which holds it from the first line on until `release`.

    Parameters
    ----------
    output
        The file that the run is to write.

    Attributes
    ----------
    parts
        The lines: first the plan for the whole table, then one a part.
    """

    def __init__(self, output: Path) -> None:
        self.folder = output.resolve().parent / f".{output.name}.parts"
        self._output = output
        self._hold: Hold | None = None
        self.parts: list[dict[str, Any]] = []
        self._path = self.folder / "journal.jsonl"

    def begin(self, task: dict[str, Any]) -> None:
        """Start a new run.

        Raises
        ------
        WriteError
            When another run is writing the output.
        """
        self._take()
        self.parts = []
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self._write(task)

    def resume(self, task: dict[str, Any]) -> dict[str, Any] | None:
        """Take up a run that was broken off; return its first line, or None where there is no such run.

        Raises
        ------
        ReadError
            When the options, the input or the gazetteer have changed since.
        WriteError
            When the run goes on in another process.
        """
        if not self._path.exists():
            return None
        self._take()
        lines = self._path.read_bytes().split(b"\n")
        whole = b"".join(line + b"\n" for line in lines[:-1])  # what has no end was not finished
        try:
            entries = [json.loads(line) for line in lines[:-1]]
        except ValueError:
            raise ReadError(f"{self._path}: expected JSON lines; without --resume the run starts anew.") from None
        if not entries:
            return None
        changed = sorted(name for name in task if entries[0].get(name) != json.loads(json.dumps(task[name])))
        if changed:
            raise ReadError(
                f"{self.folder}: expected the run that was broken off, but its {', '.join(changed)} changed; "
                "without --resume it starts anew."
            )
        self._path.write_bytes(whole)
        self.parts = entries[1:]
        for part in self.parts[1:]:
            file = self.folder / part["file"]
            if not file.exists() or file.stat().st_size != part["bytes"]:
                raise ReadError(f"{file}: expected a part of {part['bytes']} bytes; without --resume it starts anew.")
        first: dict[str, Any] = entries[0]
        return first

    def add(self, part: dict[str, Any]) -> None:
        """Note that a part is done."""
        self.parts.append(part)
        self._write(part)

    def clear(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def release(self) -> None:
        """Let the folder go, for the next run."""
        if self._hold is not None:
            self._hold.release()
        self._hold = None

    def _take(self) -> None:
        if self._hold is None:
            self._hold = held(self.folder, self._output, lambda: self.folder.mkdir(exist_ok=True))

    def _write(self, line: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
            file.flush()
            os.fsync(file.fileno())
        synced(self.folder)


def synced(path: Path) -> None:
    """Bring a file, or the names in a folder, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
