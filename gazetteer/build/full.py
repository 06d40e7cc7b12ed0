"""Builds the full gazetteer from GeoNames' own dumps: 13 million places, 18 million alternate names.

The files of the dump and a built gazetteer give a folder of the same format. Countries, first- and
second-level units, airports, seas, regions and groups are those of the built one; the layer ``cities`` becomes all
other features of the dump: populated places, and buildings, rivers, lakes, islands and landforms.
Columns are Arrow and NumPy arrays throughout; no more than a chunk of rows are Python objects.

Source
------
GeoNames, CC BY 4.0; the columns of its dumps are those of its readme.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.build import tables
from gazetteer.build.geonames_dump import (
    CODE_COLUMNS,
    KINDS,
    PLACE_COLUMNS,
    PLACE_TYPES,
    UNKNOWN,
    Dump,
    Refused,
    alternate_names,
    chunks,
    features,
)
from gazetteer.build.layered import CHUNK, LEVEL, Gap, Names, finish, source_of, write_moved
from gazetteer.bundled import BUNDLED
from gazetteer.candidates.name_index import CAPITAL, PROMINENCE
from gazetteer.errors import DataError
from gazetteer.index.store import LAYERS, Store

__all__ = ["build_full"]


def build_full(dump: Dump, folder: Path, *, base: Path = BUNDLED) -> int:
    """Build the tables from a dump.

    Parameters
    ----------
    dump
        The files.
    folder
        Where the tables go; files of the same name are replaced.
    base
        The built gazetteer that gives all layers but ``cities``.

    Returns
    -------
    int
        How many rows were refused, each for itself: of another number of columns, without a GeoNames id, at a position
        that is not on Earth (999, nan, inf), or with a population that is negative or no number.

    Raises
    ------
    DataError
        When a file is missing, is not a dump of that kind, or is damaged.
    """
    store = Store(base)
    folder.mkdir(parents=True, exist_ok=True)
    refused = Refused()
    rows = _places(dump, store, refused)
    at = LAYERS.index("cities")
    gap = Gap(int(store.bases[at]), int(store.bases[at + 1]), rows.num_rows)
    for layer in LAYERS:
        if layer == "cities":
            _write_cities(rows, gap.start, folder)
        else:
            write_moved(store, layer, gap, folder)
    names = Names()
    numbers = _PlaceNumbers(store, rows["geonameid"].to_numpy(), gap)
    _add_bundled(names, store, numbers, gap)
    _add_own(names, rows["name"], gap)
    # What is written already makes room for the names of the dump and their keys.
    kind = pa.DictionaryArray.from_arrays(rows["kind"].combine_chunks(), pa.array(KINDS))
    rows = rows.select(["country", "admin1", "population", "prominence"]).append_column("kind", kind)
    _add_dump(names, dump, numbers, refused)
    del numbers
    facts = {
        "registry": "geonames",
        "version": "dump",
        "licence": "CC BY 4.0 (GeoNames)",
        "attribution": "GeoNames (geonames.org), CC BY 4.0",
        "used_for": "all places and their names",
    }
    finish(store, rows, gap, names, folder, [source_of(path, **facts) for path in (dump.places, dump.names)])
    return refused.rows


def _admin1(dump: Dump, store: Store) -> dict[str, str | None]:
    """Return ISO 3166-2 by GeoNames' code of a first-level unit (``KZ.02``), through the GeoNames id of our units."""
    table = store.layers[LAYERS.index("admin1")]
    iso = {
        int(number): code
        for number, code in zip(table.column("geonames"), table.column("admin1"), strict=True)
        if number is not None
    }
    second = store.layers[LAYERS.index("admin2")]  # newer first-level units have no polygon and lie there
    pairs = zip(second.column("id"), second.column("kind"), second.column("admin1"), strict=True)
    known = {code for code in iso.values() if code}
    newer = {code for _, kind, code in pairs if kind == "admin1" and code}
    codes: dict[str, str | None] = {}
    for chunk in chunks(dump.admin1, CODE_COLUMNS, {"code": pa.string(), "geonameid": pa.int64()}, Refused()):
        for code, number in zip(chunk["code"].to_pylist(), chunk["geonameid"].to_pylist(), strict=True):
            guess = code.replace(".", "-")
            # Where we know the unit by no GeoNames id, its code may be ISO's (US.TX).
            codes[code] = iso.get(number) or (guess if guess in known | newer else None)
    return codes


def _ours(store: Store) -> dict[int, int]:
    """Return the place numbers of the layers that are kept, by their GeoNames ids."""
    found: dict[int, int] = {}
    for layer in ("countries", "admin1", "admin2"):
        at = LAYERS.index(layer)
        table, first = store.layers[at], int(store.bases[at])
        for row, (place, number) in enumerate(zip(table.column("id"), table.column("geonames"), strict=True)):
            if place.startswith("geonames:"):
                found.setdefault(int(place.removeprefix("geonames:")), first + row)
            elif number is not None:
                found.setdefault(int(number), first + row)
    return found


def _places(dump: Dump, store: Store, refused: Refused) -> pa.Table:
    """Return the rows of the layer ``cities``: sorted by id, with a column of feature classes beside."""
    codes = _admin1(dump, store)
    ours = np.array(sorted(_ours(store)), dtype=np.int64)
    parts = [
        features(chunk, codes, ours, refused) for chunk in chunks(dump.places, PLACE_COLUMNS, PLACE_TYPES, refused)
    ]
    if not sum(map(len, parts)):
        raise DataError(f"{dump.places}: expected places, but there are none.")
    rows = _sorted(parts)
    cities = store.layers[LAYERS.index("cities")]
    capitals = cities.column("id")[cities.column("capital").astype(bool)]
    seats = pa.array([int(place.removeprefix("geonames:")) for place in capitals], pa.int32())
    capital = pc.is_in(rows["geonameid"], seats)
    kind = rows["kind"].to_numpy()
    people = rows["population"].fill_null(0).to_numpy()
    settled = ("city", "admin2")
    weights = np.array([PROMINENCE[name] if name in settled else (UNKNOWN, 0.0) for name in KINDS])[kind]
    prominence = weights[:, 0] + weights[:, 1] * np.log10(people + 100) + CAPITAL * capital.to_numpy()
    return rows.append_column("capital", capital).append_column("prominence", pa.array(prominence.astype("float32")))


def _sorted(parts: list[pa.Table]) -> pa.Table:
    """Return rows sorted by their ids as texts, the first of each; the list is emptied, so that none is held twice."""
    rows = pa.concat_tables(parts).unify_dictionaries()
    parts.clear()
    order = pc.sort_indices(rows["geonameid"].cast(pa.string()).combine_chunks())
    numbers = rows["geonameid"].to_numpy()[order.to_numpy()]
    order = order.filter(pa.array(np.r_[True, numbers[1:] != numbers[:-1]]))
    columns = {}
    for name in rows.column_names:
        columns[name] = rows[name].combine_chunks().take(order)  # a column at a time
        rows = rows.drop_columns(name)
    return pa.table(columns)


def _write_cities(rows: pa.Table, first: int, folder: Path) -> None:
    """Write the layer, a row group after the other."""
    columns = [*tables.COMMON, "timezone", "capital"]
    schema = pa.schema(
        [(name, tables.TYPES.get(name, pa.bool_() if name == "capital" else pa.string())) for name in columns]
    )
    with pq.ParquetWriter(folder / "cities.parquet", schema, **tables.layout(columns, level=LEVEL)) as writer:
        for start in range(0, max(rows.num_rows, 1), tables.ROWS_A_GROUP):
            part = rows.slice(start, tables.ROWS_A_GROUP)
            n = part.num_rows
            given = {
                **{name: part[name] for name in part.column_names},
                "place": pa.array(np.arange(first + start, first + start + n), pa.uint32()),
                "id": _ids(part["geonameid"]),
                "kind": pa.array(KINDS, pa.string()).take(part["kind"]),
                **{name: pa.nulls(n, tables.TYPES[name]) for name in ("valid_from", "valid_to", "geonames")},
            }
            writer.write_table(pa.table([given[name].cast(schema.field(name).type) for name in columns], schema=schema))


def _ids(numbers: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise("geonames:", numbers.cast(pa.string()), "")


class _PlaceNumbers:
    """The place numbers of GeoNames ids: of the dump's places, and of the second-level units that are kept."""

    def __init__(self, store: Store, geonames: NDArray[np.int32], gap: Gap) -> None:
        # The names of countries and first-level units are complete and chosen with care.
        second = store.bases[LAYERS.index("admin2")]
        units = {number: place for number, place in _ours(store).items() if place >= second}
        known = np.concatenate([geonames, np.fromiter(units, "int32", len(units))])
        places = np.arange(gap.start, gap.start + len(known), dtype="int32")
        places[len(geonames) :] = np.fromiter(units.values(), "int32", len(units))
        order = np.argsort(known)
        self._known, self._places = known[order], places[order]

    def of(self, geonames: NDArray[np.int32]) -> tuple[Ints, NDArray[np.bool_]]:
        """Return the place numbers of ids, and whether there is such a place."""
        at = np.minimum(np.searchsorted(self._known, geonames), len(self._known) - 1)
        return self._places[at].astype(np.int64), self._known[at] == geonames


def _add_bundled(names: Names, store: Store, numbers: _PlaceNumbers, gap: Gap) -> None:
    """Add the names of the layers that are kept, and those that the dump's places had before."""
    old = store.names()
    at = LAYERS.index("cities")
    first, last = int(store.bases[at]), int(store.bases[at + 1])
    place = old["place"].to_numpy().copy()
    town = (place >= first) & (place < last)
    ids = store.layers[at].column("id")
    # Curated towns have no number: the dump has them under GeoNames' own.
    geonames = np.array(
        [int(text.removeprefix("geonames:")) if text.startswith("geonames:") else 0 for text in ids], dtype="int32"
    )
    place[town], there = numbers.of(geonames[place[town] - first])
    keep = np.ones(len(old), dtype=bool)
    keep[town] = there
    # Its own name is the one that the dump gives.
    primary = (old["kind"] == "primary").to_numpy()
    keep &= ~(town & primary)
    # A unit that was given another name keeps that of its source as a lesser one.
    renamed = primary & (old["name"].to_numpy() != store.take("name", old["place"].to_numpy()))
    old["kind"] = old["kind"].mask(renamed, "alternate")
    place[~town] = gap.moved(place[~town])
    text, kind, lang = (old[column].to_numpy()[keep] for column in ("name", "kind", "lang"))
    names.add(text, kind, lang, place[keep])


def _add_own(names: Names, own: pa.ChunkedArray, gap: Gap) -> None:
    """Add the own names of the dump's places."""
    for start in range(0, len(own), CHUNK):
        texts = own.slice(start, CHUNK)
        names.add(texts, "primary", "", np.arange(start, start + len(texts)) + gap.start)


def _add_dump(names: Names, dump: Dump, numbers: _PlaceNumbers, refused: Refused) -> None:
    """Add the alternate names of the dump's places."""
    for chunk in alternate_names(dump.names, refused):
        place, there = numbers.of(chunk.geonames)
        mask = pa.array(there)
        names.add(chunk.text.filter(mask), chunk.kind[there], chunk.lang.filter(mask), place[there])
