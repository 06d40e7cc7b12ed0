"""Which gazetteer parts of a table ask, as a name that travels to other processes and machines."""

from __future__ import annotations

import os
from dataclasses import dataclass

import gazetteer
from geoevents.errors import ArgumentError

__all__ = ["USUAL", "GazetteerSource", "source_of"]


@dataclass(frozen=True)
class GazetteerSource:
    """A gazetteer by its folder and the view that it is opened in.

    Attributes
    ----------
    folder
        A folder that ``gazetteer build`` wrote, under the same path on every machine; None takes the bundled one.
    view
        The point of view on disputed areas; None is that of ISO 3166.

    Examples
    --------
    >>> GazetteerSource(view="russia").load().resolve("Simferopol").place.country
    'RUS'
    """

    folder: str | None = None
    view: str | None = None

    def load(self) -> gazetteer.Gazetteer:
        """Return the gazetteer; a process opens each once."""
        return gazetteer.load(self.folder, view=self.view)


# The bundled gazetteer with the packs that are installed, in the view of ISO 3166.
USUAL = GazetteerSource()


def source_of(known: gazetteer.Gazetteer | GazetteerSource | str | os.PathLike[str] | None) -> GazetteerSource:
    """Return the folder and the view of a gazetteer, by which another process opens the same one.

    Raises
    ------
    ArgumentError
        When `known` is neither a gazetteer nor a path.

    Examples
    --------
    >>> source_of(gazetteer.load(view="morocco"))
    GazetteerSource(folder=None, view='morocco')
    """
    if known is None:
        return USUAL
    if isinstance(known, GazetteerSource):
        return known
    if isinstance(known, gazetteer.Gazetteer):
        usual = known is gazetteer.load(view=known.view)
        return GazetteerSource(None if usual else os.fspath(known.store.folder), known.view)
    try:
        return GazetteerSource(os.fspath(known))
    except TypeError:
        raise ArgumentError(f"Gazetteer: expected a gazetteer or the path of its folder, got {known!r:.60}.") from None
