"""Writes a file whole or not at all: a path enters, a neighbour is lent and takes its place at the end.

What stood at the path before stays untouched until the new file is complete; when anything fails, it stays
for good and nothing is left beside it.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geoevents.errors import WriteError

__all__ = ["replacing"]


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Lend a temporary path that replaces `path` when the block ends well.

    Parameters
    ----------
    path
        Where the file is to stand. A link is followed; a device is written to as it is.

    Yields
    ------
    pathlib.Path
        An empty file with the same suffix: a neighbour of `path`, so that the final rename is one step.

    Raises
    ------
    WriteError
        When the folder is missing, the path is a folder, or the disk refuses; one sentence.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(Path(folder) / "a.txt") as beside:
    ...         _ = beside.write_text("whole")
    ...     [file.name for file in Path(folder).iterdir()]
    ['a.txt']
    """
    given = Path(path)
    try:
        target = given.resolve()
        device = target.exists() and not target.is_file() and not target.is_dir()
        if target.is_dir():
            raise WriteError(f"{given}: expected a file to write, but it is a folder.")
        if not target.parent.is_dir():
            raise WriteError(f"{given}: expected an existing folder to write to, but {target.parent} is none.")
        handle, name = tempfile.mkstemp(
            dir=None if device else target.parent, prefix=f".{target.stem[:40]}-", suffix=given.suffix
        )
        os.close(handle)
        beside = Path(name)
        try:
            yield beside
            if device:
                with beside.open("rb") as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
            else:
                beside.chmod(_mode(target))
                beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise WriteError(f"{given}: cannot be written: {why[:1].lower()}{why[1:]}; nothing was changed.") from error


def _mode(target: Path) -> int:
    """Return the mode the file has, or one that a newly made file would get."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
