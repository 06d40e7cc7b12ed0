"""Tell which values of a column of any length repeat, and how often each came before.

Hashes are sorted into buckets on disk that fit in memory one by one, so that memory does not grow with the column.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Repeats"]

_BUCKETS = 64
_RECORD = np.dtype([("hash", "<u8"), ("row", "<i8")])


class Repeats:
    """Hashes of a column, in buckets.

    Parameters
    ----------
    folder
        Where the buckets go; made anew.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._paths = [folder / f"{number:02d}" for number in range(_BUCKETS)]
        self._files = [path.open("wb") for path in self._paths]
        self._rows = 0

    def add(self, hashes: NDArray[np.uint64]) -> None:
        """Take the hashes of the next rows."""
        records = np.empty(len(hashes), dtype=_RECORD)
        records["hash"] = hashes
        records["row"] = np.arange(self._rows, self._rows + len(hashes))
        bucket = (hashes >> np.uint64(58)).astype(np.int64)
        order = np.argsort(bucket, kind="stable")
        ends = np.searchsorted(bucket[order], np.arange(_BUCKETS), side="right")
        for number, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
            self._files[number].write(records[order[start:end]].tobytes())
        self._rows += len(hashes)

    def any(self) -> bool:
        """Return whether a hash came twice."""
        return any(len(np.unique(records["hash"])) < len(records) for records in self._buckets())

    def nth(self) -> NDArray[np.int64]:
        """Return the rows whose hash came before, ascending, and how often it did: shape (2, repeats)."""
        found = []
        for records in self._buckets():
            order = np.argsort(records["hash"], kind="stable")  # rows stay ascending within a hash
            hashes, rows = records["hash"][order], records["row"][order]
            first = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]]) if len(hashes) else np.empty(0, int)
            before = np.arange(len(hashes)) - np.repeat(first, np.diff(np.r_[first, len(hashes)]))
            again = before > 0
            found.append(np.stack([rows[again], before[again]]))
        repeats = np.concatenate(found, axis=1).astype(np.int64)
        return np.asarray(repeats[:, np.argsort(repeats[0], kind="stable")])

    def close(self) -> None:
        """Remove the buckets."""
        for file, path in zip(self._files, self._paths, strict=True):
            file.close()
            path.unlink(missing_ok=True)
        self._paths[0].parent.rmdir()

    def _buckets(self) -> Iterator[NDArray[np.void]]:
        for file, path in zip(self._files, self._paths, strict=True):
            file.flush()
            yield np.fromfile(path, dtype=_RECORD)
