"""The place of each event that its source gave coordinates: a point with its units, or the unit itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gazetteer import geodesy
from geoevents.coordinates.point_ids import point_ids
from geoevents.coordinates.units import COAST_KM, current_units, values_at
from geoevents.frame.columns import as_objects, as_texts

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from gazetteer import Gazetteer
    from geoevents.joins.areas.units import Units

__all__ = ["UnitPlaces"]

_KINDS = ("derived", "admin1", "country")


class UnitPlaces:
    """The place of each of n rows: its units now, its texts when it is known what it is.

    Attributes
    ----------
    country, admin1
        Codes, None where a row lies in none.
    """

    def __init__(self, gazetteer: Gazetteer, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
        self._gazetteer = gazetteer
        self._lon, self._lat = np.full(len(lon), np.nan), np.full(len(lon), np.nan)
        # Numbers of `_KINDS`, and of rows that are a unit their ids and names.
        self._kind = np.full(len(lon), -1)
        self._unit_id, self._label, self.country, self.admin1 = (
            np.full(len(lon), None, dtype=object) for _ in range(4)
        )
        self.move(lon, lat)

    def move(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
        """Take other coordinates, NaN for none, before anything else is taken; rows that stay are not asked again."""
        stays = (lon == self._lon) & (lat == self._lat) | np.isnan(lon) & np.isnan(self._lon)
        rows = np.flatnonzero(~stays)
        self._lon, self._lat = lon, lat
        if not len(rows):
            return
        self._kind[rows] = np.where(np.isfinite(lon[rows]), 0, -1)
        units = current_units(self._gazetteer, "admin1")
        found = units.containing_or_nearest(lon[rows], lat[rows], COAST_KM)
        self.country[rows], self.admin1[rows] = (values_at(units, found, name) for name in ("country", "admin1"))
        bare = np.zeros(len(lon), dtype=bool)
        bare[rows[found < 0]] = True
        bare &= np.isfinite(lon)
        self.country[bare] = values_at(*self._in("country", bare), "country")

    def _in(self, layer: str, rows: NDArray[np.bool_]) -> tuple[Units, NDArray[np.int64]]:
        units = current_units(self._gazetteer, layer)
        return units, units.containing(self._lon[rows], self._lat[rows])

    def take_word_for_country(self, said: NDArray[np.object_]) -> None:
        """Take the source's word for the country, where the gazetteer knows it; a unit of another is dropped."""
        sure = np.asarray(said != None, dtype=bool)  # noqa: E711
        self.admin1[sure & (said != self.country)] = None
        self.country = np.where(sure, said, self.country)

    def widen(self, shapes: NDArray[np.object_], radius: pd.Series, rows: NDArray[np.bool_], layer: str) -> None:
        """Make rows the unit of a layer that holds them, with its shape and a radius that reaches all of it."""
        at = np.flatnonzero(rows)
        if not len(at):
            return
        units, found = self._in(layer, rows)
        at, found = at[found >= 0], found[found >= 0]
        own = values_at(units, found, "country")
        same = np.array([a is None or a == b for a, b in zip(own, self.country[at], strict=True)], dtype=bool)
        at, found = at[same], found[same]
        self._unit_id[at] = as_objects(units.table["unit_id"])[found]
        self._label[at] = values_at(units, found, "unit_name")
        self._kind[at] = _KINDS.index(layer)
        if layer == "country":
            self.admin1[at] = None
        shapes[at] = units.shapes[found]
        centre = [units.table[name].to_numpy(dtype="float64")[found] for name in ("lon", "lat")]
        reach = units.table["radius_km"].to_numpy(dtype="float64")[found]
        radius.iloc[at] = reach + geodesy.geodesic_km(self._lon[at], self._lat[at], *centre)

    def texts(self, index: pd.Index) -> dict[str, pd.Series]:
        """Return ``place_id``, ``place_name`` (of units only), ``place_kind``, ``country`` and ``admin1``."""
        kinds = pa.array(self._kind, mask=self._kind < 0)
        ids = point_ids(self._lon, self._lat)
        if (self._kind > 0).any():
            ids = pc.if_else(pc.equal(kinds, 0), ids, pa.array(self._unit_id, pa.large_string()))
        found = {
            "place_id": ids,
            "place_name": pa.array(self._label, pa.string()),
            "place_kind": pa.array(_KINDS).take(kinds),
            "country": pa.array(self.country, pa.string()),
            "admin1": pa.array(self.admin1, pa.string()),
        }
        return {name: as_texts(texts, index) for name, texts in found.items()}
