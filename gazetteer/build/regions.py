"""Macro-regions, historical states, parts of countries and country lists, as rows and names of two layers.

``groups.csv`` and ``regions.csv`` and the rows of countries and units give the rows of the layers ``regions`` and
``groups`` and their names. The layers hold no shapes: the union of the units is taken when it is asked for, on
the day in question. The point and the radius of a row are those of its latest extent.
"""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import pycountry
import shapely

from gazetteer.build.placed_shapes import placed
from gazetteer.dates import EPOCH, day_number
from gazetteer.geometry.group_tables import OPEN
from gazetteer.geometry.groups import Groups
from gazetteer.geometry.shapes import dissolve
from gazetteer.names.normalize import normalize_name

__all__ = ["claimed", "groups", "names", "regions"]

# Every membership without a last day holds on this one.
_LATEST = day_number("9999-12-31")
# A region that is one unit all but whole leaves its name to the unit, where that bears it: Tigray, Crimea.
_WHOLE = 0.95
_ONE_UNIT = -2.5
# Statistical regions share their names with the geographical ones, which are meant.
_STATISTICAL = -1.0
_LONGEST_ABBREVIATION = 9


def regions(tables: Groups, areas: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the layer ``regions``.

    Parameters
    ----------
    tables
        The opened tables of groups and regions.
    areas
        Columns id, country, geometry: all that a unit can be.

    Returns
    -------
    DataFrame
        The columns of every layer, and type (region, state, part) and weight, which is added to the prominence.
    """
    latest = {key: rows[-1] for key, rows in tables.regions.items()}
    frame = _placed(tables, areas, [f"region:{key}" for key in latest])
    frame["name"] = [region.names[0] for region in latest.values()]
    frame["type"] = [region.kind for region in latest.values()]
    frame["valid_from"] = [_day(min(row.first for row in rows)) for rows in tables.regions.values()]
    frame["valid_to"] = [_day(max(row.last for row in rows)) for rows in tables.regions.values()]
    frame["weight"] = _ONE_UNIT * (frame.pop("share") > _WHOLE) * (frame["type"] != "part")
    # A state of the past that had the name of a country of today is filed under it.
    filed = areas.drop_duplicates("id").set_index("id")["country"]
    namesakes = filed.reindex([region.of if region.kind == "state" else "" for region in latest.values()])
    frame["country"] = frame["country"].where(frame["country"].notna(), namesakes.to_numpy(dtype=object))
    return frame.assign(kind="region")


def groups(tables: Groups, areas: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the layer ``groups``; parameters and columns as in `regions`, without a type."""
    frame = _placed(tables, areas, [f"group:{key}" for key in tables.names]).drop(columns="share")
    frame["name"] = [names[0] for names in tables.names.values()]
    frame["valid_from"] = [_day(min(spell.first for spell in tables.spells[key])) for key in tables.names]
    frame["valid_to"] = [_day(max(spell.last for spell in tables.spells[key])) for key in tables.names]
    frame["weight"] = [_STATISTICAL * key.startswith("m49-") for key in tables.names]
    return frame.assign(kind="group", country=None)


def names(tables: Groups, taken: set[str]) -> pd.DataFrame:
    """Return the names of regions and groups, a row a name.

    An abbreviation that is also the name of another place ("ALBA", "GUAM") is a code: it is read in capitals only. One
    that is a country's ISO 3166-1 code ("AU") is left to the country.

    Parameters
    ----------
    tables
        The opened tables of groups and regions.
    taken
        The keys of the names of all other places.

    Returns
    -------
    DataFrame
        Columns id, name, kind, lang.
    """
    isos = {normalize_name(code) for c in pycountry.countries for code in (c.alpha_2, c.alpha_3)}
    spelled = {f"region:{key}": [n for row in rows for n in row.names] for key, rows in tables.regions.items()}
    spelled |= {f"group:{key}": list(spellings) for key, spellings in tables.names.items()}
    rows = []
    for id_, spellings in spelled.items():
        rows.append((id_, spellings[0], "primary", "en"))
        for name in dict.fromkeys(spellings[1:]):
            short = name.isupper() and len(name) <= _LONGEST_ABBREVIATION
            if not (short and normalize_name(name) in isos):
                kind = ("code" if normalize_name(name) in taken else "abbreviation") if short else "alternate"
                rows.append((id_, name, kind, ""))
    return pd.DataFrame(rows, columns=["id", "name", "kind", "lang"])


def claimed(tables: Groups, names: pd.DataFrame, countries: set[str]) -> pd.Series:
    """Say of which names of countries a state or a group is meant instead.

    "East Germany" was a former name of Germany; it is a state with an extent of its own. French "É.-U." is written like
    the European Union, which is meant by it everywhere else.

    Parameters
    ----------
    tables
        The opened tables of groups and regions.
    names
        Columns id, name, kind.
    countries
        The ids of countries.
    """
    states = {
        normalize_name(name)
        for rows in tables.regions.values()
        for row in rows
        for name in row.names
        if row.kind == "state" and not (len(row.units) == 1 and row.units[0] in countries)
    }
    short = {normalize_name(name) for spellings in tables.names.values() for name in spellings if name.isupper()}
    keys = names["name"].map(normalize_name)
    replaced = names["kind"].isin(["former", "abbreviation"]) & keys.isin(states)
    foreign = (names["kind"] == "short") & names["name"].str.isupper() & (names["lang"] != "en") & keys.isin(short)
    return names["id"].isin(countries) & (replaced | foreign)


def _placed(tables: Groups, areas: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    """Return ids with a point, a radius, the share of the largest unit, and the country where there is but one."""
    known = gpd.GeoDataFrame(areas.drop_duplicates("id").set_index("id"), geometry="geometry", crs="EPSG:4326")
    units = [tables.units(id_, _LATEST) for id_ in ids]
    shapes = [dissolve(of, known["geometry"].__getitem__) for of in units]
    frame = placed(gpd.GeoDataFrame({"id": ids}, geometry=shapes, crs="EPSG:4326"))
    frame["share"] = [_largest(known, of) for of in units] / shapely.area(frame.geometry.to_numpy())
    countries = [set(known["country"].reindex([u for u in of if not u.startswith("-")])) for of in units]
    frame["country"] = [next(iter(of)) if len(of) == 1 else None for of in countries]
    frame["population"] = pd.array([pd.NA] * len(frame), dtype="Int64")
    return pd.DataFrame(frame.drop(columns="geometry")).assign(admin1=None, geonames=None)


def _largest(known: gpd.GeoDataFrame, units: list[str]) -> float:
    """Return the area of the largest unit in square degrees, 0 where units are taken away from it."""
    if units[-1].startswith("-"):
        return 0.0
    return float(shapely.area(known["geometry"].reindex(units).to_numpy()).max())


def _day(day: int) -> date | None:
    return None if abs(day) == OPEN else date.fromordinal(day + EPOCH)
