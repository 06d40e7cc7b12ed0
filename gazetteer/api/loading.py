"""Opens gazetteers: the path of a folder enters, a `Gazetteer` leaves, the same one each time."""

from __future__ import annotations

from pathlib import Path

from gazetteer.api.gazetteer import Gazetteer, opened
from gazetteer.errors import ArgumentError

__all__ = ["load"]


def load(folder: str | Path | None = None) -> Gazetteer:
    """Open a gazetteer: the bundled one, or a folder that ``gazetteer build`` wrote.

    Raises
    ------
    DataError
        When the folder holds no gazetteer.
    ArgumentError
        When `folder` is not a path.

    Examples
    --------
    >>> import gazetteer
    >>> gazetteer.load().resolve("Almaty").place.id
    'geonames:1526384'
    """
    try:
        path = None if folder is None else Path(folder)
    except TypeError:
        raise ArgumentError(f"Folder: expected the path of a gazetteer, got {folder!r}.") from None
    return opened(path)
