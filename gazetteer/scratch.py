"""Folders for what is not whole yet. They go when the work ends; those of runs that were killed go with the next run.

A process holds its folder by a lock of the system, which ends with the process however that ends: what nobody holds was
left behind. Where a system or a disk has no such locks, nothing is taken for left behind, and nothing is refused.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["Hold", "scratch_folder"]

# Of the letters that tempfile puts behind a prefix.
_RANDOM = 8


class Hold:
    """A file or a folder, held by this process and no other until it is let go or the process ends.

    Parameters
    ----------
    path
        What is there already.

    Attributes
    ----------
    taken
        Whether no other process holds it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first, second = Hold(Path(folder)), Hold(Path(folder))
    ...     told = first.taken, second.taken
    ...     first.release()
    ...     second.release()
    >>> told
    (True, False)
    """

    def __init__(self, path: Path) -> None:
        self._handle, self.taken = -1, True
        if fcntl is None:
            return
        self._handle = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Another process may have removed it between the two steps above.
            self.taken = os.path.samestat(os.fstat(self._handle), path.stat())
        except (BlockingIOError, FileNotFoundError):
            self.taken = False
        except OSError:  # no locks on this disk
            self.release()

    @property
    def is_known(self) -> bool:
        """Whether the system tells who holds it."""
        return self._handle >= 0

    def release(self) -> None:
        """Let it go."""
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1


@contextmanager
def scratch_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Lend a folder that goes when the block ends; those of the same name whose processes were killed go first.

    Parameters
    ----------
    parent
        Where it is to be; made where it is missing.
    prefix
        What its name begins with. No other folder may have such a name: it would be removed.

    Yields
    ------
    pathlib.Path
        A new folder.

    Raises
    ------
    OSError
        When it cannot be made.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with scratch_folder(Path(parent), ".out.csv.writing-") as folder:
    ...         _ = (folder / "out.csv").write_text("half")
    ...     os.listdir(parent)
    []
    """
    parent.mkdir(parents=True, exist_ok=True)
    _remove_left_behind(parent, prefix)
    folder, hold = _made(parent, prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        hold.release()


def _made(parent: Path, prefix: str) -> tuple[Path, Hold]:
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        try:
            hold = Hold(folder)
        except FileNotFoundError:  # another process took it for one that was left behind
            continue
        if hold.taken:
            return folder, hold
        hold.release()


def _remove_left_behind(parent: Path, prefix: str) -> None:
    try:
        with os.scandir(parent) as entries:
            found = [Path(entry.path) for entry in entries if _is_scratch(entry, prefix)]
    except OSError:  # a folder that may be written to, but not listed
        return
    for folder in found:
        try:
            hold = Hold(folder)
        except OSError:  # somebody else's, or gone by now
            continue
        if hold.taken and hold.is_known:
            shutil.rmtree(folder, ignore_errors=True)
        hold.release()


def _is_scratch(entry: os.DirEntry[str], prefix: str) -> bool:
    named = entry.name.startswith(prefix) and len(entry.name) == len(prefix) + _RANDOM
    return named and entry.is_dir(follow_symlinks=False)
