"""Puts a built folder in its place when it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gazetteer.errors import DataError
from gazetteer.scratch import scratch_folder

__all__ = ["finished_folder"]

# It says what a folder holds: without it, none is opened.
_INFO = "info.json"


@contextmanager
def finished_folder(folder: Path) -> Iterator[Path]:
    """Lend a folder to build in, whose files replace those of another when the block ends without an error.

    Parameters
    ----------
    folder
        Where they are to stand; other files in it stay, but not those of its index. A build that was there is whole
        until the new one is, and a kill while the files are moved leaves a folder that says it is no gazetteer, never a
        mixture.

    Raises
    ------
    DataError
        When `folder` is a file, or the disk refuses.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     with finished_folder(Path(home) / "built") as made:
    ...         _ = (made / "info.json").write_text("{}")
    ...     [path.name for path in Path(home).rglob("*")]
    ['built', 'info.json']
    """
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder}: expected a folder to write, but it is a file.")
    try:
        with _built(folder.resolve()) as made:
            yield made
    except OSError as error:
        what = f" ({error.filename})" if error.filename else ""
        raise DataError(f"{folder}: cannot be built: {(error.strerror or str(error)).lower()}{what}.") from error


@contextmanager
def _built(target: Path) -> Iterator[Path]:
    with scratch_folder(target.parent, f".{target.name[:40]}.building-") as made:
        inner = made / "tables"
        inner.mkdir()
        yield inner
        if not target.exists():
            inner.rename(target)
            return
        (target / _INFO).unlink(missing_ok=True)
        paths = [path for path in sorted(inner.rglob("*")) if path.is_file()]
        for folder in {path.parent for path in paths} - {inner}:
            _remove_others(target / folder.relative_to(inner), {path.name for path in folder.iterdir()})
        for path in sorted(paths, key=lambda path: path.name == _INFO):
            place = target / path.relative_to(inner)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)


def _remove_others(folder: Path, names: set[str]) -> None:
    """Remove the files of a folder that are not named: arrays of another build would say what is no longer so."""
    if folder.is_dir():
        for path in folder.iterdir():
            if path.is_file() and path.name not in names:
                path.unlink()
