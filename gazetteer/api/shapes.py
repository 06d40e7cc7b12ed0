"""The questions about shapes that a `Gazetteer` answers: the outline of a place, what holds a point, whole layers.

Ids, points and names of layers are answered with shapes, places and frames. These functions are methods of `Gazetteer`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from gazetteer.api.answer_list import AnswerList
from gazetteer.api.parts import HasParts, expect_text
from gazetteer.dates import day_number
from gazetteer.errors import ArgumentError
from gazetteer.index.checksums import explains_damage
from gazetteer.locks import LOADING
from gazetteer.model import Place

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["geometries", "geometry", "layer", "within"]


@explains_damage
def geometry(self: HasParts, place_id: str, *, on: str | date | None = None) -> BaseGeometry:
    """Return the shape of a place in EPSG:4326, lon/lat: polygons where they are known, else its point.

    Parameters
    ----------
    place_id
        Of a stored place, of a region or group (the union of its units), or of a derived place (its formula).
    on
        The day (ISO 8601) whose members and units count; today when None.

    Raises
    ------
    UnknownPlaceError
        When no place has the id.
    ArgumentError
        When `place_id` is not a string or `on` is not a date.

    Examples
    --------
    >>> import gazetteer
    >>> gaz = gazetteer.load()
    >>> gaz.geometry("iso:KZ").geom_type in ("Polygon", "MultiPolygon")
    True
    >>> gaz.geometry("group:eu", on="2016-06-23").area > gaz.geometry("group:eu", on="2020-02-01").area
    True
    """
    expect_text("Place id", place_id)
    return self.parts.resolver.shapes.evaluate(place_id, day_number(on)).shape


@explains_damage
def geometries(
    self: HasParts, ids: Iterable[str | None], *, on: str | date | Iterable[date | None] | None = None
) -> NDArray[np.object_]:
    """Return the shapes of n places as `geometry` does, None for None; equal ones share an object.

    Parameters
    ----------
    ids
        n ids.
    on
        A day for all, or one a place.

    Raises
    ------
    UnknownPlaceError
        When an id is not in the gazetteer.
    ArgumentError
        When `on` is not a date, or has another length than `ids`.

    Examples
    --------
    >>> import gazetteer
    >>> shapes = gazetteer.load().geometries(["iso:KZ", None, "iso:KZ"])
    >>> shapes[0] is shapes[2], shapes[1]
    (True, None)
    """
    ids = list(ids)
    days = [on] * len(ids) if on is None or isinstance(on, (str, date)) else list(on)
    if len(days) != len(ids):
        raise ArgumentError(f"on: expected one date, or {len(ids)} like the ids, got {len(days)}.")
    out = np.empty(len(ids), dtype=object)
    for i, (place_id, day) in enumerate(zip(ids, days, strict=True)):
        if isinstance(place_id, str):
            out[i] = geometry(self, place_id, on=day)
    return out


@explains_damage
def within(self: HasParts, lon: float, lat: float) -> list[Place]:
    """Return the areas a point lies in, smallest first.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4326.

    Raises
    ------
    ArgumentError
        When a coordinate is not a number, not finite, or out of range.

    Examples
    --------
    >>> import gazetteer
    >>> [place.id for place in gazetteer.load().within(51.2, 43.65)]
    ['iso:KZ-47', 'iso:KZ']
    """
    with LOADING:
        from gazetteer.geometry.reverse import containing

    if not (isinstance(lon, Real) and isinstance(lat, Real) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise ArgumentError(f"Coordinates: expected lon -180..180 and lat -90..90, got {lon!r}, {lat!r}.")
    return AnswerList(self.parts.places.several(containing(self.store, lon, lat)))


@explains_damage
def layer(self: HasParts, name: str, *, on: str | date | None = None) -> gpd.GeoDataFrame:
    """Return a bundled layer in EPSG:4326; regions and groups are points, `geometry` has their shapes.

    Parameters
    ----------
    name
        countries, admin1, admin2, cities, airports, seas, landmarks, regions, groups or basemap.
    on
        A day (ISO 8601): only places that existed then. All when None, those of the past too.

    Raises
    ------
    UnknownPlaceError
        When there is no such layer; the message lists the layers.
    ArgumentError
        When `on` is not a date.

    Examples
    --------
    >>> import gazetteer
    >>> gaz = gazetteer.load()
    >>> countries = gaz.layer("countries")
    >>> countries.loc[countries["id"] == "iso:KZ", "name"].tolist()
    ['Kazakhstan']
    >>> [len(gaz.layer("admin1", on=day).query("country == 'KAZ'")) for day in ("2022-01-10", "2023-01-10")]
    [18, 21]
    """
    return self.store.layer(name, None if on is None else day_number(on))
