"""The public face: `load` opens a gazetteer, `Gazetteer` answers.

Phrases, ids and coordinates enter; matches, places, shapes and tables leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gazetteer.dates import EPOCH, day_number
from gazetteer.errors import ArgumentError
from gazetteer.model import Candidate, Match, Place
from gazetteer.names import fold
from gazetteer.resolve import Answer, Resolver
from gazetteer.store import Store

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["Gazetteer", "load"]

BUNDLED = Path(__file__).with_name("data")
_FIELDS = (
    "id", "name", "kind", "country", "admin1", "lon", "lat", "population", "radius_km", "valid_from", "valid_to",
)  # fmt: skip


@lru_cache(maxsize=4)
def _opened(folder: Path) -> Gazetteer:
    return Gazetteer(Store(folder))


def load(folder: str | Path | None = None) -> Gazetteer:
    """Open a gazetteer: the bundled one, or a folder that ``gazetteer build`` wrote.

    Raises
    ------
    DataError
        When the folder holds no gazetteer.

    Examples
    --------
    >>> import gazetteer
    >>> gazetteer.load().resolve("Almaty").place.id
    'geonames:1526384'
    """
    return _opened(Path(folder) if folder is not None else BUNDLED)


class Gazetteer:
    """Looks places up. Made by `load`.

    Parameters
    ----------
    store
        The opened tables.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._resolver = Resolver(store)

    def __repr__(self) -> str:
        return f"<Gazetteer {self.store.info['build']}: {len(self.store):,} places>"

    def resolve(self, phrase: str, *, country: str | None = None, on: str | date | None = None) -> Match:
        """Say which place a phrase means.

        Parameters
        ----------
        phrase
            A name in any script, with or without a type word ("Almaty oblast"), or names inside one another
            ("Zhanaozen, Mangystau, Kazakhstan").
        country
            ISO 3166-1 code or name; no answer lies outside it.
        on
            The day (ISO 8601) whose units and names count; today when None.

        Raises
        ------
        ArgumentError
            When `country` is no country or `on` is no date.

        Examples
        --------
        >>> import gazetteer
        >>> match = gazetteer.load().resolve("Paris, Texas")
        >>> match.status, match.place.admin1, match.geometry.geom_type
        ('matched', 'US-TX', 'Point')
        """
        answer = self._resolver.resolve(str(phrase), country=self._resolver.lookup.country(country), day=day_number(on))
        return self._match(str(phrase), answer)

    def search(
        self, name: str, *, limit: int = 10, country: str | None = None, on: str | date | None = None
    ) -> list[Candidate]:
        """Return the readings of a name, best first; of names it begins, when it is no name itself.

        Raises
        ------
        ArgumentError
            When `limit` is below 1, `country` is no country or `on` is no date.

        Examples
        --------
        >>> import gazetteer
        >>> [c.place.admin1 for c in gazetteer.load().search("Springfield", country="US", limit=3)]
        ['US-MO', 'US-MA', 'US-IL']
        """
        if limit < 1:
            raise ArgumentError(f"Limit: expected 1 or more, got {limit}.")
        hint, day = self._resolver.lookup.country(country), day_number(on)
        names = [name]
        if self.store.key_of(fold(name), -1) < 0:
            names = self.store.keys_after(fold(name))[:limit] if len(fold(name)) > 2 else []
            names = names or [name]
        found: dict[str, Candidate] = {}
        for key in names:
            readings, method, quality = self._resolver.readings(key, country=hint, day=day)
            top = readings.where(np.arange(min(limit, len(readings.owner))))
            for candidate in self._candidates(key, top, method, quality):
                found.setdefault(candidate.place.id, candidate)
        return sorted(found.values(), key=lambda c: -c.score)[:limit]

    def resolve_many(
        self,
        column: pd.Series | pd.DataFrame | Sequence[str | None],
        *,
        country: str | Iterable[str | None] | None = None,
        on: str | date | Iterable[Any] | None = None,
    ) -> pd.DataFrame:
        """Resolve a column, one row a row; each distinct phrase is looked up once.

        Parameters
        ----------
        column
            n phrases; or a frame whose columns are phrases, finest first, each inside the next.
        country, on
            As in `resolve`, or one value a row.

        Returns
        -------
        DataFrame, n rows, the index of `column`
            query, status, place_id, name, kind, country, admin1 (categorical), lon, lat (degrees), radius_km, score
            (NaN when unresolved), method, reason.

        Raises
        ------
        ArgumentError
            When `country` or `on` has another length than `column`, or holds what is none.

        Examples
        --------
        >>> import gazetteer
        >>> gazetteer.load().resolve_many(["Almaty", None, "Aktau"])["country"].tolist()
        ['KAZ', nan, 'KAZ']
        """
        from gazetteer.columns import resolve_column

        return resolve_column(self._resolver, column, country=country, on=on)

    def place(self, place_id: str) -> Place:
        """Return a place by its id.

        Raises
        ------
        UnknownPlaceError
            When no place has the id.

        Examples
        --------
        >>> import gazetteer
        >>> gazetteer.load().place("iso:KZ").name
        'Kazakhstan'
        """
        return self._place(self.store.find(place_id))

    def geometry(self, place_id: str) -> BaseGeometry:
        """Return the shape of a place in EPSG:4326, lon/lat: polygons where they are known, else its point.

        Raises
        ------
        UnknownPlaceError
            When no place has the id.

        Examples
        --------
        >>> import gazetteer
        >>> gazetteer.load().geometry("iso:KZ").geom_type in ("Polygon", "MultiPolygon")
        True
        """
        return self._shape(self.store.find(place_id))

    def geometries(self, ids: Iterable[str | None]) -> NDArray[np.object_]:
        """Return the shapes of many places, None for None; each distinct one is read once.

        Raises
        ------
        UnknownPlaceError
            When an id is not in the gazetteer.
        """
        shapes: dict[str, BaseGeometry] = {}
        ids = list(ids)
        out = np.empty(len(ids), dtype=object)
        for i, place_id in enumerate(ids):
            if isinstance(place_id, str):
                if place_id not in shapes:
                    shapes[place_id] = self.geometry(place_id)
                out[i] = shapes[place_id]
        return out

    def within(self, lon: float, lat: float) -> list[Place]:
        """Return the areas a point lies in, smallest first.

        Parameters
        ----------
        lon, lat
            Degrees, EPSG:4326.

        Raises
        ------
        ArgumentError
            When a coordinate is out of range or not finite.

        Examples
        --------
        >>> import gazetteer
        >>> [place.id for place in gazetteer.load().within(51.2, 43.65)]
        ['iso:KZ-47', 'iso:KZ']
        """
        from gazetteer.areas import containing

        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ArgumentError(f"Coordinates: expected lon -180..180 and lat -90..90, got {lon}, {lat}.")
        return [self._place(number) for number in containing(self.store, lon, lat)]

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a bundled layer in EPSG:4326: countries, admin1, admin2, cities, airports, seas or basemap.

        Raises
        ------
        UnknownPlaceError
            When there is no such layer; the message lists those there are.
        """
        return self.store.layer(name)

    def info(self) -> dict[str, Any]:
        """Return what this gazetteer is: version, build, rows by layer, sources with licences, attribution.

        Examples
        --------
        >>> import gazetteer
        >>> gazetteer.load().info()["layers"]["countries"]
        250
        """
        from importlib.metadata import version

        info = self.store.info
        attribution = "; ".join(dict.fromkeys(source["attribution"] for source in info["sources"]))
        return {"version": version("geoevents"), **info, "attribution": attribution}

    def _place(self, number: int) -> Place:
        at = np.array([number])
        row = {name: self.store.take(name, at)[0] for name in _FIELDS}
        for name in ("valid_from", "valid_to"):
            row[name] = None if np.isnan(row[name]) else date.fromordinal(int(row[name]) + EPOCH)
        people = row["population"]
        row["population"] = None if people is None or np.isnan(people) else int(people)
        row["lon"], row["lat"] = float(row["lon"]), float(row["lat"])
        row["radius_km"] = round(float(row["radius_km"]), 1)
        return Place(**row)

    def _shape(self, number: int) -> BaseGeometry:
        import shapely

        wkb = self.store.wkb(number)
        if wkb is not None:
            return shapely.from_wkb(wkb)
        at = np.array([number])
        return shapely.Point(float(self.store.take("lon", at)[0]), float(self.store.take("lat", at)[0]))

    def _candidates(self, name: str, readings: Any, method: str, quality: float) -> list[Candidate]:
        from gazetteer.ranking import chance

        if not len(readings.owner):
            return []
        scores = np.round(quality * chance(readings.weight), 4)
        return [
            Candidate(self._place(int(number)), float(score), method, name)
            for number, score in zip(readings.place, scores, strict=True)
        ]

    def _match(self, query: str, answer: Answer) -> Match:
        if answer.place < 0:
            return Match(query, "unresolved", None, 0.0, "none", None, reason=answer.reason)
        place = self._place(answer.place)
        candidates = tuple(
            Candidate(self._place(int(number)), float(score), answer.method, query)
            for number, score in zip(answer.readings.place, answer.probabilities, strict=True)
        )
        radius = place.radius_km if answer.radius is None else max(place.radius_km, round(answer.radius, 1))
        return Match(
            query, answer.status, place, answer.score, answer.method, radius, candidates, answer.reason,
            lambda: self._shape(answer.place),
        )  # fmt: skip
