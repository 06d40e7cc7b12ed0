"""Show the page of a map inside a notebook."""

from __future__ import annotations

import html
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoevents.errors import ArgumentError
from geoevents.maps.api import write_map

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["MapView", "explore"]

_LEAST_HEIGHT = 200


@dataclass(frozen=True, slots=True)
class MapView:
    """A map that a notebook shows.

    Attributes
    ----------
    page
        The page, HTML.
    height
        Pixels.
    """

    page: str = field(repr=False)
    height: int

    def _repr_html_(self) -> str:
        # The sandbox keeps the page apart from the notebook: it reaches neither its cells nor its session.
        return (
            f'<iframe title="Map of events" sandbox="allow-scripts allow-downloads allow-popups" loading="lazy" '
            f'style="width: 100%; height: {self.height}px; border: 0" srcdoc="{html.escape(self.page)}"></iframe>'
        )


def explore(events: gpd.GeoDataFrame, *, height: int = 600, embed: bool = True, **options: Any) -> MapView:
    """Return the page of `geoevents.write_map` as a notebook shows it: list, search, filters and timeline included.

    It needs no network, no server and no widget, and stays in the notebook that is saved (about 6 MB).
    `geoevents.kepler` gives the live widget instead, whose state Python can read.

    Parameters
    ----------
    events
        An events frame, or what `geoevents.aggregate` gives; it is not changed.
    height
        Pixels, 200 or more.
    embed
        Whether the list waits behind a button, as suits a frame in another page.
    **options
        As in `geoevents.write_map`.

    Returns
    -------
    MapView
        Shows itself at the end of a cell.

    Raises
    ------
    ArgumentError
        When the height is too small, or an option is unknown.
    WriteError, ReadError, ColumnError
        As `geoevents.write_map`.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> ge.explore(ge.locate(pd.DataFrame({"place": ["Almaty"]})), height=500)
    MapView(height=500)
    """
    if not isinstance(height, int) or height < _LEAST_HEIGHT:
        raise ArgumentError(f"Height: expected {_LEAST_HEIGHT} pixels or more, got {height!r}.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.html"
        try:
            write_map(events, path, embed=embed, **options)
        except TypeError as error:
            raise ArgumentError(f"Map: {error}; write_map says which options there are.") from None
        return MapView(path.read_text(encoding="utf-8"), height)
