"""The place of each event that its source gave coordinates: a point with its units, or the unit itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gazetteer import geodesy
from geoevents.coordinates.units import COAST_KM, current_units, values_at
from geoevents.frame.columns import as_objects

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from gazetteer import Gazetteer
    from geoevents.joins.areas.units import Units

__all__ = ["UnitPlaces"]


class UnitPlaces:
    """The texts of each row's place: id, name, kind, country, admin1."""

    def __init__(self, gazetteer: Gazetteer, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
        self._gazetteer, self._lon, self._lat = gazetteer, lon, lat
        known = np.isfinite(lon)
        ids = [f"derived:{y:.5f},{x:.5f}" if ok else None for x, y, ok in zip(lon, lat, known, strict=True)]
        self.id: NDArray[np.object_] = np.array(ids, dtype=object)
        self.label: NDArray[np.object_] = np.full(len(lon), None, dtype=object)
        self.kind: NDArray[np.object_] = np.array(["derived" if ok else None for ok in known], dtype=object)
        units = current_units(gazetteer, "admin1")
        found = units.containing_or_nearest(lon, lat, COAST_KM)
        self.country, self.admin1 = (values_at(units, found, name) for name in ("country", "admin1"))
        bare = (found < 0) & known
        self.country[bare] = values_at(*self._in("country", bare), "country")

    def _in(self, layer: str, rows: NDArray[np.bool_]) -> tuple[Units, NDArray[np.int64]]:
        units = current_units(self._gazetteer, layer)
        return units, units.containing(self._lon[rows], self._lat[rows])

    def take_word_for_country(self, said: NDArray[np.object_]) -> None:
        """Take the source's word for the country, where the gazetteer knows it; a unit of another is dropped."""
        sure = np.array([code is not None for code in said], dtype=bool)
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
        self.id[at] = as_objects(units.table["unit_id"])[found]
        self.label[at] = values_at(units, found, "unit_name")
        self.kind[at] = layer
        if layer == "country":
            self.admin1[at] = None
        shapes[at] = units.shapes[found]
        centre = [units.table[name].to_numpy(dtype="float64")[found] for name in ("lon", "lat")]
        reach = units.table["radius_km"].to_numpy(dtype="float64")[found]
        radius.iloc[at] = reach + geodesy.geodesic_km(self._lon[at], self._lat[at], *centre)
