"""Opens the gazetteer in a folder, once for each folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gazetteer.api.gazetteer import Gazetteer, opened
from gazetteer.bundled import BUNDLED
from gazetteer.errors import ArgumentError
from gazetteer.index.checksums import read_info
from gazetteer.index.packs import default_folder

__all__ = ["load"]


def load(
    folder: str | Path | None = None, *, packs: str | Iterable[str] | None = None, view: str | None = None
) -> Gazetteer:
    """Open a gazetteer: the bundled one with the installed packs, or a folder that ``gazetteer build`` wrote.

    Parameters
    ----------
    folder
        The folder; the bundled tables when None.
    packs
        Which of the packs that ``gazetteer pack add`` installed are laid over the bundled tables: names such as
        ``["SYR", "MLI"]``, ``"none"``, or None for those that the environment variable ``GEOEVENTS_PACKS`` names and,
        without it, all. The first call with a choice of packs lays the tables out, which takes some seconds.
    view
        Whose point of view on disputed areas the countries of answers and their outlines follow: ``russia``,
        ``morocco`` … (``views.csv``); None for that of ISO 3166.

    Raises
    ------
    DataError
        When the folder holds no gazetteer, or the tables with packs cannot be laid out.
    ArgumentError
        When `folder` is not a path, a pack is not installed, packs are asked of another folder, or there is no such
        view.

    Examples
    --------
    >>> import gazetteer
    >>> gazetteer.load().resolve("Almaty").place.id
    'geonames:1526384'
    >>> [gazetteer.load(view=view).resolve("Simferopol").place.country for view in (None, "russia")]
    ['UKR', 'RUS']
    """
    try:
        path = None if folder is None else Path(folder)
    except TypeError:
        raise ArgumentError(f"Folder: expected the path of a gazetteer, got {folder!r}.") from None
    if path is not None:
        if packs is not None:
            raise ArgumentError("Packs: expected no folder, because packs are laid over the bundled tables only.")
        return opened(path, view)
    return opened(_with_packs(packs), view)


def _with_packs(packs: str | Iterable[str] | None) -> Path | None:
    """Return the folder of the bundled tables with some packs, None for the bundled tables alone."""
    home = default_folder()
    chosen = home.chosen(packs)
    if not chosen:
        return None
    folder = home.tables_of(chosen, read_info(BUNDLED)["build"])
    if not folder.exists():
        from gazetteer.build.packs import prepare_tables

        prepare_tables(home, chosen, BUNDLED)
    return folder
