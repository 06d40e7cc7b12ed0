"""Which place of a built gazetteer a pack's place is: by GeoNames id, else by name and position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from rapidfuzz import fuzz, process

from gazetteer.arrays import Ints
from gazetteer.build.pack_records import SETTLED, Records, name_keys, same_places
from gazetteer.geometry.sphere import haversine_km
from gazetteer.index.store import LAYERS, Store
from gazetteer.locks import cached_property
from gazetteer.names.affixes import split_type_word

__all__ = ["Base", "Matches", "matches", "seat_names"]

# Two spellings of the name of a unit are as close as this (0 to 100): Ain al-Arab and Ayn al-'Arab are 87.
_ALIKE = 80.0
# How far a landform's point may lie from the outline of the same (degrees).
_BESIDE = 0.5
_KINDS = {"river": ("river",), "lake": ("lake",), "island": ("island",), "landform": ("landform", "region", "island")}
_PLACED = ("id", "name", "kind", "country", "lon", "lat", "radius_km")


@dataclass(frozen=True)
class Base:
    """A built gazetteer, as its places are compared with those of packs."""

    store: Store

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The place numbers by id, and of units that have ids of ISO by their GeoNames id too."""
        found = {place: number for number, place in enumerate(self.store.column("id").tolist())}
        geonames = self.store.column("geonames")
        for number in np.flatnonzero(~np.isnan(geonames.astype("f8"))).tolist():
            found.setdefault(f"geonames:{int(geonames[number])}", number)
        return found

    @cached_property
    def names(self) -> pd.DataFrame:
        """All names: place, name, kind, lang."""
        return self.store.names()

    def layer_of(self, number: int) -> str:
        """Return the layer of a place number."""
        return LAYERS[int(np.searchsorted(self.store.bases, number, side="right")) - 1]

    def places(self, numbers: Ints) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return places and their names, as records have them."""
        places = pd.DataFrame({column: self.store.take(column, numbers) for column in _PLACED})
        names = self.names[self.names["place"].isin(set(numbers.tolist()))]
        ids = dict(zip(numbers.tolist(), places["id"], strict=True))
        return places, names.assign(id=names["place"].map(ids))


@dataclass(frozen=True)
class Matches:
    """What the places of a pack are in a built gazetteer.

    Attributes
    ----------
    known
        Place number by the id in the pack.
    left_out
        Ids of places that the gazetteer has as a country, a first-level unit or another kind of place.
    """

    known: dict[str, int]
    left_out: set[str]


def matches(records: Records, base: Base) -> Matches:
    """Say which places of a pack the gazetteer has."""
    known: dict[str, int] = {}
    left_out: set[str] = set()
    layers = dict(zip(records.places["id"], records.places["layer"], strict=True))
    for place, layer in layers.items():
        number = base.numbers.get(place)
        if number is not None:
            here = base.layer_of(number)
            same = here == layer or {here, layer} <= {"admin2", "landmarks"}
            known.update({place: number} if same else {})
            left_out.update(() if same else (place,))
    rest = records.places[~records.places["id"].isin({*known, *left_out})]
    for layer, match in (("cities", _towns), ("admin2", _units), ("landmarks", _landmarks)):
        known |= match(rest[rest["layer"] == layer], records.names, base)
    return Matches(known, left_out)


def _towns(places: pd.DataFrame, names: pd.DataFrame, base: Base) -> dict[str, int]:
    """Match settlements of one name that lie close together."""
    rest = places[places["kind"].isin(SETTLED)]
    others, other_names = base.places(_numbers_in(base, "cities", rest))
    return {place: base.numbers[other] for place, other in same_places(rest, names, others, other_names).items()}


def _numbers_in(base: Base, layer: str, places: pd.DataFrame) -> Ints:
    """Return the numbers of a layer's places in the countries of some places."""
    numbers = base.store.numbers_of(layer)
    countries = set(places["country"].dropna())
    return numbers[np.isin(base.store.take("country", numbers).astype(str), sorted(countries))]


def _units(places: pd.DataFrame, names: pd.DataFrame, base: Base) -> dict[str, int]:
    """Match units of the second level by their names without type words, the most alike first, each once."""
    others, other_names = base.places(_numbers_in(base, "admin2", places))
    if not len(places) or not len(others):
        return {}
    ours, theirs = _bare(places, names), _bare(others, other_names)
    shapes = {row.id: shapely.from_wkb(row.geometry) for row in places.itertuples() if row.geometry is not None}
    pairs: list[tuple[float, float, str, str]] = []
    mine, yours = _spots(places), _spots(others)
    likeness = process.cdist(ours["key"].tolist(), theirs["key"].tolist(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    for i, j in zip(*np.nonzero(likeness), strict=True):
        one, other = str(ours["id"].iloc[i]), str(theirs["id"].iloc[j])
        (x, y, reach), (lon, lat, most) = mine[one], yours[other]
        away = float(haversine_km(x, y, lon, lat))
        inside = one in shapes and bool(shapely.intersects_xy(shapes[one], lon, lat))
        # The point of a bundled unit may be that of the larger unit's towns.
        if inside or away <= reach + most:
            pairs.append((-float(likeness[i, j]), away, one, other))
    found: dict[str, int] = {}
    taken: set[str] = set()
    for _, _, one, other in sorted(pairs):
        if one not in found and other not in taken:
            found[one] = base.numbers[other]
            taken.add(other)
    return found


def seat_names(records: Records, base: Base) -> set[tuple[str, str]]:
    """Return the names that units of the second level share with a settlement inside them: unit id and key.

    Who's On First calls the district and its seat alike; of the bare name the seat is meant.
    """
    places = records.places
    units = places[places["kind"] == "admin2"]
    if not len(units):
        return set()
    settled = places[places["kind"].isin(SETTLED)]
    others, other_names = base.places(_numbers_in(base, "cities", units))
    towns = pd.concat([name_keys(settled, records.names), name_keys(others, other_names)], ignore_index=True)
    spots = _spots(units) | _spots(settled) | _spots(others)
    pairs = name_keys(units, records.names).merge(towns, on="key", suffixes=("", "_town"))
    inside: set[tuple[str, str]] = set()
    for unit, key, town in zip(pairs["id"], pairs["key"], pairs["id_town"], strict=True):
        (lon, lat, radius), (x, y, _) = spots[unit], spots[town]
        if float(haversine_km(lon, lat, x, y)) <= radius:
            inside.add((unit, key))
    return inside


def _spots(places: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Return lon, lat and radius of places by their ids."""
    columns = (places[name].astype(float) for name in ("lon", "lat", "radius_km"))
    return dict(zip(places["id"], zip(*columns, strict=True), strict=True))


def _bare(places: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return id and key of every name, without type words where there are some."""
    keys = name_keys(places, names)
    bare = [[key, *(name for name, _ in split_type_word(key))][-1] for key in keys["key"]]
    return keys.assign(key=bare).drop_duplicates(ignore_index=True)


def _landmarks(places: pd.DataFrame, names: pd.DataFrame, base: Base) -> dict[str, int]:
    """Match rivers, lakes and landforms by name, kind and position."""
    places = places[places["kind"].isin(_KINDS)]
    if not len(places):
        return {}
    others, other_names = base.places(base.store.numbers_of("landmarks"))
    pairs = name_keys(places, names).merge(name_keys(others, other_names), on="key", suffixes=("", "_other"))
    mine, yours = places.set_index("id"), others.set_index("id")
    found: dict[str, int] = {}
    for one, other in zip(pairs["id"], pairs["id_other"], strict=True):
        if one in found or yours.at[other, "kind"] not in _KINDS[str(mine.at[one, "kind"])]:
            continue
        point = shapely.Point(yours.at[other, "lon"], yours.at[other, "lat"])
        if shapely.dwithin(shapely.from_wkb(mine.at[one, "geometry"]), point, _BESIDE):
            found[one] = base.numbers[other]
    return found
