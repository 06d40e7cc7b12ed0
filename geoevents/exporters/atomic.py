"""Write a file whole or not at all: the caller writes to a temporary path, which then takes the file's place.

The file that stood at the path stays untouched until the new one is complete. When anything fails, it stays, and
nothing is left beside it; what a killed run left goes with the next one that writes there. A format may keep a second
file beside the first; both change together.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gazetteer import scratch_folder
from geoevents.errors import WriteError
from geoevents.frame.sidecar import companion

__all__ = ["replacing", "writable"]


@contextmanager
def replacing(path: str | os.PathLike[str], *, beside: Sequence[str] = ()) -> Iterator[Path]:
    """Yield a temporary path that replaces `path` when the block ends without an error.

    Parameters
    ----------
    path
        Where the file is to stand. A link is followed; a device is written to as it is.
    beside
        Patterns of the files that the block may write next to the temporary path. They move with it; one that the
        block did not write is removed, because it would belong to the old file.

    Yields
    ------
    pathlib.Path
        Where to write, under the file's own name: in a folder next to it, so that the final rename is one step.

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
    with _refusals(Path(path)) as given:
        target, neighbours, device = _targets(given, beside)
        home = given.parent if device else target.parent
        with scratch_folder(home, f".{target.name[:40]}.writing-") as folder:
            made = folder / (given.name if device else target.name)
            yield made
            for place, pattern in zip(neighbours, beside, strict=True):
                _move(companion(made, pattern), place)
            if device:
                with made.open("rb") as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
            else:
                made.chmod(_mode(target))
                made.replace(target)


def writable(path: str | os.PathLike[str], *, beside: Sequence[str] = ()) -> None:
    """Check that a path can be written to, before the work whose result it will hold.

    Parameters
    ----------
    path, beside
        As in `replacing`.

    Raises
    ------
    WriteError
        When the folder is missing or may not be written to, or the path is a folder; one sentence.

    Examples
    --------
    >>> writable("/no/a.txt")
    Traceback (most recent call last):
    geoevents.errors.WriteError: /no/a.txt: expected an existing folder to write to, but /no is not one.
    """
    with _refusals(Path(path)) as given:
        target, _, device = _targets(given, beside)
        home = given.parent if device else target.parent
        if not os.access(home, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _targets(given: Path, beside: Sequence[str]) -> tuple[Path, list[Path], bool]:
    """Return where a file and those beside it are to stand, and whether that is a device."""
    target = given.resolve()
    device = target.exists() and not target.is_file() and not target.is_dir()
    # Nothing can stand beside a device: the neighbours are those of the name that was given.
    neighbours = [companion(given if device else target, pattern) for pattern in beside]
    for place in (target, *neighbours):
        if place.is_dir():
            raise WriteError(f"{given if place == target else place}: expected a file to write, but it is a folder.")
    if not target.parent.is_dir():
        raise WriteError(f"{given}: expected an existing folder to write to, but {target.parent} is not one.")
    return target, neighbours, device


@contextmanager
def _refusals(given: Path) -> Iterator[Path]:
    """Turn an error of the system into one sentence."""
    try:
        yield given
    except OSError as error:
        why = error.strerror or str(error)
        raise WriteError(f"{given}: cannot be written: {why[:1].lower()}{why[1:]}; nothing was changed.") from error


def _move(made: Path, target: Path) -> None:
    if made.exists():
        made.chmod(_mode(target))
        made.replace(target)
    else:
        target.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """Return the mode of the file, or the one that a new file would get."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
