"""Lays packs over the tables of a built gazetteer, as a new folder of the same format.

Places that the gazetteer has keep their ids, names and weights, and gain outlines and names; the others are put into
the layers ``admin2``, ``cities`` and ``landmarks``, each sorted by id.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.build import tables
from gazetteer.build.layered import LEVEL, Gap, Names, finish, write_moved
from gazetteer.build.pack_matching import Base, Matches, matches, seat_names
from gazetteer.build.pack_records import Records
from gazetteer.candidates.name_index import UNCOUNTED
from gazetteer.geometry.geodesy import point_and_radius
from gazetteer.index.mapped import CODED, PACKED
from gazetteer.index.packs import Pack
from gazetteer.index.store import LAYERS, Store
from gazetteer.names.normalize import normalize_name

__all__ = ["lay_over", "read_pack"]

# The layers that gain places, the first of them before all that moves.
_GAIN = ("admin2", "cities", "landmarks")
_OUTLINED = ("admin2", "landmarks")
_FEW_SHAPES = 128
# The weight of a unit that has the name of its seat: just below that of a seat whose inhabitants nobody counted.
_BEHIND_SEAT = UNCOUNTED - 0.1
# So many outlines are decoded for one; units of the second level without one are many.
_FEW_SHAPES = 128
# The names of these layers are complete and chosen with care.
_UNNAMED = {"admin1", "countries"}


def read_pack(pack: Pack) -> Records:
    """Return the records of an installed pack."""
    places = pq.read_table(pack.folder / "places.parquet").to_pandas()
    names = pq.read_table(pack.folder / "names.parquet").to_pandas()
    return Records(places.astype(object).where(places.notna(), None), names)


def _weighed(records: Records, base: Base) -> Records:
    """Return records whose units leave their bare names to their seats: they weigh less, or go without the name."""
    seats = seat_names(records, base)
    keys = records.places["name"].map(normalize_name)
    shared = pd.Series(list(zip(records.places["id"], keys, strict=True)), index=keys.index, dtype=object).isin(seats)
    places = records.places.assign(prominence=records.places["prominence"].where(~shared, _BEHIND_SEAT))
    keys = records.names["name"].map(normalize_name)
    named = pd.Series(list(zip(records.names["id"], keys, strict=True)), index=keys.index, dtype=object).isin(seats)
    return Records(places, records.names[~named])


@dataclass(frozen=True)
class _Layer:
    """A layer with what it gains.

    Attributes
    ----------
    name
        Which layer.
    table
        Its rows in their new order.
    origin
        The old number of each row, -1 for a new one.
    index
        What the index holds of each row: a column each of `CODED` and `PACKED`.
    """

    name: str
    table: pa.Table
    origin: Ints
    index: dict[str, NDArray[Any]]


def lay_over(base: Path, packs: Sequence[Pack], folder: Path) -> None:
    """Write the tables of a gazetteer with packs laid over it.

    Parameters
    ----------
    base
        The built gazetteer.
    packs
        What is laid over it, in this order.
    folder
        Where the tables go; it is made.
    """
    folder.mkdir(parents=True)
    known = Base(Store(base))
    store = known.store
    given = [(_weighed(records, known), matches(records, known)) for records in map(read_pack, packs)]
    layers = [_layer(name, given, known) for name in LAYERS[LAYERS.index(_GAIN[0]) :]]
    start = int(store.bases[LAYERS.index(_GAIN[0])])
    total = sum(len(layer.origin) for layer in layers)
    gap = Gap(start, len(store), total)
    origin = np.concatenate([layer.origin for layer in layers])
    moved = np.arange(len(store))
    moved[origin[origin >= 0]] = start + np.flatnonzero(origin >= 0)
    first = start
    for name in LAYERS[: LAYERS.index(_GAIN[0])]:
        write_moved(store, name, gap, folder)
    for layer in layers:
        if layer.name in _GAIN:
            _write(layer, first, folder)
        else:
            behind = int(layer.origin[0]) if len(layer.origin) else 0
            write_moved(store, layer.name, Gap(behind, behind, first - behind), folder)
        first += len(layer.origin)
    ids = dict(
        zip((row for layer in layers for row in layer.table["id"].to_pylist()), range(start, first), strict=True)
    )
    names = _names(known, moved, given, ids)
    index = {
        name: pa.array(np.concatenate([layer.index[name] for layer in layers]), pa.string() if name in CODED else None)
        for name in (*CODED, *PACKED)
    }
    finish(store, pa.table(index), gap, names, folder, [source for pack in packs for source in pack.facts["sources"]])


def _layer(name: str, given: Sequence[tuple[Records, Matches]], base: Base) -> _Layer:
    """Return a layer with the outlines and the places that packs add."""
    store = base.store
    numbers = store.numbers_of(name)
    columns = {column: store.take(column, numbers) for column in (*CODED, *PACKED)}
    table = pq.read_table(store.folder / f"{name}.parquet")
    if name not in _GAIN:
        return _Layer(name, table, numbers, columns)
    changed, new = _changes(name, given, base)
    table = _with_outlines(table, changed) if name in _OUTLINED else table
    more = _new_rows(new, table.schema)
    table = pa.concat_tables([table, more])
    origin = np.concatenate([numbers, np.full(len(new), -1)])
    for column in columns:
        fresh = new[column].to_numpy() if column in new else np.full(len(new), np.nan if column in PACKED else None)
        kind = "f8" if column in PACKED else object
        columns[column] = np.concatenate([columns[column].astype(kind), fresh.astype(kind)])
    order = pc.sort_indices(table["id"]).to_numpy()
    ordered = {column: values[order] for column, values in columns.items()}
    return _Layer(name, table.take(pa.array(order)), origin[order], ordered)


def _changes(
    name: str, given: Sequence[tuple[Records, Matches]], base: Base
) -> tuple[dict[int, dict[str, Any]], pd.DataFrame]:
    """Return what changes of the rows of a layer, by their positions in it, and the places that are new."""
    first = int(base.store.bases[LAYERS.index(name)])
    changed: dict[int, dict[str, Any]] = {}
    new: list[pd.DataFrame] = []
    for records, found in given:
        places = records.places
        for row in places[places["id"].isin(found.known)].to_dict("records"):
            number = found.known[row["id"]]
            if base.layer_of(number) == name:
                changed[number - first] = {str(column): value for column, value in row.items()}
        fresh = ~places["id"].isin({*found.known, *found.left_out}) & (places["layer"] == name)
        new.append(_placed(places[fresh], base.store))
    together = pd.concat(new, ignore_index=True).drop_duplicates("id", ignore_index=True)
    return changed, together


def _placed(places: pd.DataFrame, store: Store) -> pd.DataFrame:
    """Give each place of a country the first-level unit that the gazetteer has: the one told, else where it lies."""
    numbers = store.numbers_of("admin1")
    codes = store.take("admin1", numbers)
    told = places["admin1"].where(places["admin1"].isin([code for code in codes if code]), None)
    lost = places.index[told.isna() & places["country"].notna()]
    if len(lost):
        wkb = store.layers[LAYERS.index("admin1")].column("geometry")
        here = np.isin(store.take("country", numbers).astype(str), sorted(set(places["country"].dropna())))
        drawn = np.flatnonzero(np.array([one is not None for one in wkb]) & here)
        if len(drawn):
            tree = shapely.STRtree(shapely.from_wkb(wkb[drawn]))
            points = shapely.points(places.loc[lost, "lon"].astype(float), places.loc[lost, "lat"].astype(float))
            which, unit = tree.query(points, predicate="intersects")
            told = told.copy()
            told.loc[lost[which]] = codes[drawn[unit]]
    return places.assign(admin1=told.astype(object).where(told.notna(), None))


def _with_outlines(table: pa.Table, changed: dict[int, dict[str, Any]]) -> pa.Table:
    """Return a layer with the finer outline of each place, and the point and reach of that outline."""
    there = table["geometry"].to_pylist() if "geometry" in table.column_names else [None] * len(table)
    columns = {name: table[name].to_pylist() for name in ("lon", "lat", "radius_km")}
    for row, place in changed.items():
        wkb, old = place["geometry"], there[row]
        if wkb is not None and len(wkb) > len(old or b""):
            there[row] = wkb
            lon, lat, radius = point_and_radius(shapely.from_wkb(wkb))
            for name, value in (("lon", round(lon, 5)), ("lat", round(lat, 5)), ("radius_km", round(radius, 1))):
                columns[name][row] = value
    for name, values in columns.items():
        at = table.column_names.index(name)
        table = table.set_column(at, table.schema.field(at), pa.array(values, table.schema.field(at).type))
    outlines = pa.array(there, pa.binary())
    if "geometry" in table.column_names:
        table = table.set_column(table.column_names.index("geometry"), "geometry", outlines)
    else:
        table = table.append_column("geometry", outlines)
    return table


def _new_rows(new: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """Return new places as rows of a layer; flags that only the bundled places have are false."""
    arrays = []
    for field in schema:
        if field.name in new:
            arrays.append(pa.array(new[field.name].tolist(), field.type))
        elif pa.types.is_boolean(field.type):
            arrays.append(pa.array([False] * len(new), field.type))
        else:
            arrays.append(pa.nulls(len(new), field.type))
    return pa.table(arrays, schema=schema)


def _write(layer: _Layer, first: int, folder: Path) -> None:
    """Write a layer that gained places under its new numbers."""
    place = pa.array(np.arange(first, first + len(layer.table)), pa.uint32())
    table = layer.table.set_column(layer.table.column_names.index("place"), "place", place)
    if layer.name in _OUTLINED:
        table = table.replace_schema_metadata(_geo(table))
    pq.write_table(
        table,
        folder / f"{layer.name}.parquet",
        row_group_size=_FEW_SHAPES if layer.name == "landmarks" else tables.ROWS_A_GROUP,
        **tables.layout(table.column_names, level=LEVEL),
    )


def _geo(table: pa.Table) -> dict[bytes, bytes]:
    """Return the metadata of GeoParquet 1.1 of a table with outlines."""
    shapes = shapely.from_wkb(table["geometry"].drop_null().to_pylist())
    drawn = np.array(shapes, dtype=object)
    facts = {
        "encoding": "WKB",
        "geometry_types": sorted({shape.geom_type for shape in drawn}),
        "bbox": shapely.total_bounds(drawn).tolist() if len(drawn) else [-180, -90, 180, 90],
    }
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": facts}}
    return {b"geo": json.dumps(geo).encode()}


def _names(base: Base, moved: Ints, given: Sequence[tuple[Records, Matches]], ids: dict[str, int]) -> Names:
    """Return all names: those of the gazetteer, and those of the packs' places."""
    names = Names()
    old = base.names
    text, kind, lang = (old[column].to_numpy(dtype=object) for column in ("name", "kind", "lang"))
    names.add(text, kind, lang, moved[old["place"].to_numpy()])
    for records, found in given:
        number = {place: int(moved[n]) for place, n in found.known.items() if base.layer_of(n) not in _UNNAMED}
        new = set(records.places["id"]) - {*found.known, *found.left_out}
        number |= {place: ids[place] for place in new if place in ids}
        own = records.places[["id", "name"]]
        known = own["id"].isin(found.known).to_numpy()
        # A unit that is known has its names; the pack's may be its seat's.
        seats = (records.places["prominence"] == _BEHIND_SEAT).to_numpy()
        for part, kinds in ((own[~known], "primary"), (own[known & ~seats], "alternate")):
            part = part[part["id"].isin(number)]
            if len(part):
                names.add(part["name"].to_numpy(dtype=object), kinds, "", _numbers(part["id"], number))
        other = records.names[records.names["id"].isin(number)]
        if len(other):
            text, kind, lang = (other[column].to_numpy(dtype=object) for column in ("name", "kind", "lang"))
            names.add(text, kind, lang, _numbers(other["id"], number))
    return names


def _numbers(ids: pd.Series, number: dict[str, int]) -> Ints:
    return np.array([number[place] for place in ids], dtype=np.int64)
