"""Points of view on areas that are disputed: the countries and outlines that ``views.csv`` gives opened tables.

A view says which country an area is of: units and countries by their ids, towns where no outline is known. It changes
the country of answers and the outlines of the countries concerned; what a name means, it leaves as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gazetteer.errors import ArgumentError
from gazetteer.locks import LOADING, cached_property

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["Claim", "SeenBy", "View", "read_view", "view_names"]

# A country loses what overlaps an area by this share of it or more; less is how two outlines of one border differ.
_OVERLAP = 0.01
_NO_COUNTRY = ""
_NO_PLACES: NDArray[np.int64] = np.empty(0, dtype="int64")


@dataclass(frozen=True)
class Claim:
    """One row of ``views.csv``: ids of units, countries or towns, and the country that they are of in the view.

    Attributes
    ----------
    units
        The ids.
    country
        ISO 3166-1 alpha-3; empty for a state that ISO 3166-1 has no code for.
    """

    units: tuple[str, ...]
    country: str


@dataclass(frozen=True)
class View:
    """A point of view: its name and what it claims."""

    name: str
    claims: tuple[Claim, ...]


class _Tables(Protocol):
    """The opened tables, as a view reads them."""

    bases: NDArray[np.int64]

    def take(self, column: str, places: NDArray[np.int64]) -> NDArray[Any]: ...
    def find(self, place_id: str) -> int: ...
    def stored_wkb(self, place: int) -> bytes | None: ...


def read_view(folder: Path, name: str) -> View:
    """Return a view by its name, in capitals or not.

    Parameters
    ----------
    folder
        Where ``views.csv`` is.

    Raises
    ------
    ArgumentError
        When there is no such view; the message lists them.

    Examples
    --------
    >>> from gazetteer.bundled import BUNDLED
    >>> read_view(BUNDLED, "Morocco").claims
    (Claim(units=('iso:EH',), country='MAR'),)
    """
    wanted = name.strip().lower().replace(" ", "-") if isinstance(name, str) else name
    rows = _rows(folder)
    claims = tuple(Claim(tuple(row["units"].split()), row["country"]) for row in rows if row["view"] == wanted)
    if not claims:
        raise ArgumentError(f"View: expected one of {', '.join(view_names(folder))}, got {name!r}.")
    return View(wanted, claims)


def view_names(folder: Path) -> list[str]:
    """Return the names of all views."""
    return sorted({row["view"] for row in _rows(folder)})


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "views.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class SeenBy:
    """The places of opened tables, as a view sees them.

    Parameters
    ----------
    tables
        The opened tables.
    view
        The view.
    """

    def __init__(self, tables: _Tables, view: View) -> None:
        self.view = view
        self._tables = tables

    def country(self, place_id: str, country: str | None, admin1: str | None) -> str | None:
        """Return the country of a place, by its id and the country and first-level unit that the tables give it."""
        claimed = self._ids.get(place_id)
        if claimed is None and admin1 is not None:
            claimed = self._codes.get(admin1)
        if claimed is None and country is not None:
            claimed = self._codes.get(country)
        return country if claimed is None else (claimed or None)

    def countries(
        self, ids: Iterable[str | None], countries: Iterable[str | None], units: Iterable[str | None]
    ) -> list[str | None]:
        """Return the countries of several places; see `country`."""
        return [self.country(*place) if place[0] else place[1] for place in zip(ids, countries, units, strict=True)]  # type: ignore[arg-type]

    def held(self, country: str) -> list[str]:
        """Return the codes of the units and countries that are of a country in this view."""
        return [code for code, holder in self._codes.items() if holder == country]

    def are_of(self, country: str, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which places, by their numbers, are claimed for a country in this view: by a code, or one by one."""
        countries, units = (self._tables.take(column, places).astype(str) for column in ("country", "admin1"))
        held = self.held(country)
        by_code = np.isin(countries, held) | np.isin(units, held)
        return np.asarray(by_code | np.isin(places, self._numbers.get(country, _NO_PLACES)))

    @cached_property
    def _numbers(self) -> dict[str, NDArray[np.int64]]:
        """The numbers of the places that no code tells, by the country that claims them."""
        numbers: dict[str, list[int]] = {}
        for place_id, country in self._ids.items():
            numbers.setdefault(country, []).append(self._tables.find(place_id))
        return {country: np.array(found, dtype="int64") for country, found in numbers.items()}

    @cached_property
    def parts(self) -> frozenset[int]:
        """The place numbers of countries that are parts of another in this view."""
        first = int(self._tables.bases[1])
        numbers = (self._tables.find(unit) for claim in self.view.claims if claim.country for unit in claim.units)
        return frozenset(number for number in numbers if number < first)

    @cached_property
    def outlines(self) -> dict[int, bytes]:
        """The outlines of countries that gain or lose an area, as WKB, by place number."""
        numbers = np.arange(int(self._tables.bases[1]))
        codes = self._tables.take("country", numbers)
        wkb = [self._tables.stored_wkb(int(number)) for number in numbers]
        changed: dict[int, BaseGeometry] = {}
        for claim in self.view.claims:
            shapes = [shape for unit in claim.units if (shape := self._shape(unit)) is not None]
            if not shapes:
                continue
            area = reduce(lambda one, other: one.union(other), shapes)
            for number in numbers.tolist():
                outline = wkb[number]
                if outline is None or self._is_of(claim, number):
                    continue
                shape = changed[number] if number in changed else _shape_of(outline)
                if codes[number] == claim.country:
                    changed[number] = shape.union(area)
                elif _overlaps(shape, area):
                    changed[number] = shape.difference(area)
        return {number: shape.wkb for number, shape in changed.items()}

    def _is_of(self, claim: Claim, number: int) -> bool:
        return number in {self._tables.find(unit) for unit in claim.units}

    def _shape(self, unit: str) -> BaseGeometry | None:
        """Return the outline of a unit, None where only its point is known."""
        outline = self._tables.stored_wkb(self._tables.find(unit))
        return None if outline is None else _shape_of(outline)

    @cached_property
    def _codes(self) -> dict[str, str]:
        """The claiming country by the code of a claimed country or first-level unit."""
        first = int(self._tables.bases[1])
        codes: dict[str, str] = {}
        for claim in self.view.claims:
            for unit in claim.units:
                number = self._tables.find(unit)
                column = "country" if number < first else "admin1"
                code = self._tables.take(column, np.array([number]))[0]
                if unit.startswith("iso:") and code is not None:
                    codes[str(code)] = claim.country
        return codes

    @cached_property
    def _ids(self) -> dict[str, str]:
        """The claiming country by the id of a place that no code tells: claimed towns, and those inside an outline."""
        ids: dict[str, str] = {}
        for claim in self.view.claims:
            for unit in (one for one in claim.units if not one.startswith("iso:")):
                ids[unit] = claim.country
                shape, number = self._shape(unit), self._tables.find(unit)
                if shape is None:
                    continue
                everywhere = np.arange(int(self._tables.bases[-1]))
                land = self._tables.take("country", np.array([number]))[0]
                near = everywhere[self._tables.take("country", everywhere) == land]
                lon, lat, kinds = (self._tables.take(name, near) for name in ("lon", "lat", "kind"))
                inside = near[
                    _shapely().intersects_xy(shape, lon.astype("f8"), lat.astype("f8")) & (kinds != "country")
                ]
                ids.update(dict.fromkeys(self._tables.take("id", inside).tolist(), claim.country))
        return ids


def _shapely() -> Any:
    """Return Shapely, which a look-up without outlines goes without."""
    with LOADING:
        import shapely

    return shapely


def _shape_of(wkb: bytes) -> BaseGeometry:
    shape: BaseGeometry = _shapely().from_wkb(wkb)
    return shape


def _overlaps(shape: BaseGeometry, area: BaseGeometry) -> bool:
    """Say whether a country covers a good part of an area; a look at the boxes spares most of the work."""
    west, south, east, north = area.bounds
    left, bottom, right, top = shape.bounds
    if left > east or right < west or bottom > north or top < south:
        return False
    return bool(shape.intersection(area).area > _OVERLAP * area.area)
