"""Keep the plan and the finished parts of a long run, so that it goes on after a crash.

A folder beside the output holds the parts and the journal, one line of JSON a part. A part is written under another
name, synced to disk and renamed before its line is written, so that every line is true and a part without a line does
not count.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from geoevents.errors import ReadError

__all__ = ["Journal", "synced"]


class Journal:
    """The folder of a run.

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
        self.parts: list[dict[str, Any]] = []
        self._path = self.folder / "journal.jsonl"

    def begin(self, task: dict[str, Any]) -> None:
        """Start a new run."""
        self.clear()
        self.folder.mkdir()
        self._write(task)

    def resume(self, task: dict[str, Any]) -> dict[str, Any] | None:
        """Take up a run that was broken off; return its first line, or None where there is no such run.

        Raises
        ------
        ReadError
            When the options, the input or the gazetteer have changed since.
        """
        if not self._path.exists():
            return None
        lines = self._path.read_bytes().split(b"\n")
        whole = b"".join(line + b"\n" for line in lines[:-1])  # what has no end was not finished
        try:
            told = [json.loads(line) for line in lines[:-1]]
        except ValueError:
            raise ReadError(f"{self._path}: expected JSON lines; without --resume the run starts anew.") from None
        if not told:
            return None
        changed = sorted(name for name in task if told[0].get(name) != json.loads(json.dumps(task[name])))
        if changed:
            raise ReadError(
                f"{self.folder}: expected the run that was broken off, but its {', '.join(changed)} changed; "
                "without --resume it starts anew."
            )
        self._path.write_bytes(whole)
        self.parts = told[1:]
        for part in self.parts[1:]:
            file = self.folder / part["file"]
            if not file.exists() or file.stat().st_size != part["bytes"]:
                raise ReadError(f"{file}: expected a part of {part['bytes']} bytes; without --resume it starts anew.")
        first: dict[str, Any] = told[0]
        return first

    def add(self, part: dict[str, Any]) -> None:
        """Note that a part is done."""
        self.parts.append(part)
        self._write(part)

    def clear(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

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
