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

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import csv

from gazetteer.arrays import Ints
from gazetteer.build import tables
from gazetteer.build.geonames import alpha3, city_radius
from gazetteer.build.layered import CHUNK, LEVEL, Gap, Names, finish, source_of, write_moved
from gazetteer.candidates.name_index import CAPITAL, PROMINENCE
from gazetteer.errors import DataError
from gazetteer.geometry.groups import BUNDLED
from gazetteer.index.store import LAYERS, Store

__all__ = [
    "KINDS",
    "LONGEST_NAME",
    "MOST_PEOPLE",
    "NAME_COLUMNS",
    "NO_NAMES",
    "PLACE_COLUMNS",
    "PLACE_TYPES",
    "UNKNOWN",
    "Dump",
    "Refused",
    "build_full",
    "chunks",
    "features",
]


PLACE_COLUMNS = (
    "geonameid",
    "name",
    "asciiname",
    "alternatenames",
    "latitude",
    "longitude",
    "feature class",
    "feature code",
    "country code",
    "cc2",
    "admin1 code",
    "admin2 code",
    "admin3 code",
    "admin4 code",
    "population",
    "elevation",
    "dem",
    "timezone",
    "modification date",
)
PLACE_TYPES = {
    "geonameid": pa.string(),
    "name": pa.string(),
    "latitude": pa.string(),
    "longitude": pa.string(),
    "feature class": pa.string(),
    "feature code": pa.string(),
    "country code": pa.string(),
    "admin1 code": pa.string(),
    "population": pa.string(),
    "timezone": pa.string(),
}
NAME_COLUMNS = (
    "alternateNameId",
    "geonameid",
    "isolanguage",
    "alternate name",
    "isPreferredName",
    "isShortName",
    "isColloquial",
    "isHistoric",
    "from",
    "to",
)
_CODES = ("code", "name", "asciiname", "geonameid")
# What stands in the column of languages and is not a name.
NO_NAMES = ("link", "wkdt", "post", "iata", "icao", "faac", "unlc", "tcid", "phon", "piny", "fr_1793", "dcid")
# Numbers as the dump writes them; what is not one is null, and its row is refused.
_NUMBERS = {
    "geonameid": ("^[0-9]{1,9}$", pa.int32()),
    "latitude": (r"^-?[0-9]{1,3}(\.[0-9]+)?([eE]-[0-9]{1,2})?$", pa.float64()),
    "longitude": (r"^-?[0-9]{1,3}(\.[0-9]+)?([eE]-[0-9]{1,2})?$", pa.float64()),
    "population": ("^[0-9]{1,10}$", pa.int64()),
}
# More people than live on Earth; the index holds fewer than 2^32 - 1.
MOST_PEOPLE = 2**32 - 2
LONGEST_NAME = 60
_BLOCK = 1 << 25
KINDS = ("city", "admin2", "building", "neighbourhood", "river", "lake", "island", "landform")
# The kind of a feature by its class and, before that, by how its code begins.
_CLASSES = {"P": "city", "A": "admin2", "S": "building", "H": "river", "R": "building"}
_CODED_AS = {
    **dict.fromkeys(("LK", "LG", "PND", "RSV"), "lake"),
    **dict.fromkeys(("ISL", "ATOL"), "island"),
    "PPLX": "neighbourhood",
}
# A feature that is not a settlement is hardly known beside one of its name.
UNKNOWN = 0.5
# How far a feature that is not a settlement reaches: a river or a range is not known better than by a point.
_SPOT_KM = {"H": 10.0, "L": 10.0, "T": 5.0, "V": 5.0, "R": 5.0, "U": 25.0, "S": 1.5, "A": 10.0}


@dataclass(frozen=True)
class Dump:
    """The files of GeoNames' dump, zipped as they come or plain.

    Attributes
    ----------
    places
        ``allCountries.zip``.
    names
        ``alternateNamesV2.zip``.
    admin1
        ``admin1CodesASCII.txt``.
    admin2
        ``admin2Codes.txt``.
    """

    places: Path
    names: Path
    admin1: Path
    admin2: Path


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
    numbers = _Numbers(store, rows["geonameid"].to_numpy(), gap)
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


@dataclass
class Refused:
    """Counts the rows that are impossible."""

    rows: int = 0

    def skip(self, row: csv.InvalidRow) -> str:
        """Pass a row by that has another number of columns."""
        self.rows += 1
        return "skip"


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, or the one of its own name in an archive."""
    try:
        if path.suffix.lower() != ".zip":
            with path.open("rb") as file:
                yield file
            return
        with zipfile.ZipFile(path) as archive:
            member = next((name for name in archive.namelist() if name == f"{path.stem}.txt"), None)
            if member is None:
                raise DataError(f"{path}: expected {path.stem}.txt in it, got {', '.join(archive.namelist())[:100]}.")
            with archive.open(member) as file:
                yield file
    except FileNotFoundError:
        raise DataError(f"{path}: expected a file of GeoNames' dump, but there is none.") from None
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: expected a file of GeoNames' dump, but it cannot be read ({error}).") from error


def chunks(
    path: Path, names: Sequence[str], read: dict[str, pa.DataType], refused: Refused
) -> Iterator[pa.RecordBatch]:
    """Yield some columns of a file of the dump: tabs, no header, no quotes."""
    rows = 0
    with _opened(path) as file:
        try:
            with csv.open_csv(
                pa.PythonFile(file, "r"),
                csv.ReadOptions(column_names=list(names), block_size=_BLOCK),
                csv.ParseOptions(
                    delimiter="\t", quote_char=False, double_quote=False, invalid_row_handler=refused.skip
                ),
                csv.ConvertOptions(
                    column_types=read, include_columns=list(read), null_values=[""], strings_can_be_null=True
                ),
            ) as reader:
                for chunk in reader:
                    rows += chunk.num_rows
                    yield chunk
        except pa.ArrowException as error:
            why = str(error).splitlines()[0].rstrip(".")
            raise DataError(f"{path}: expected {len(names)} columns of GeoNames' dump, but {why}.") from error
    if not rows and refused.rows:
        raise DataError(f"{path}: expected {len(names)} columns of GeoNames' dump, but no row has them.")


def _number(column: pa.Array, name: str) -> pa.Array:
    """Return texts as the numbers that they write, null for what is not one."""
    pattern, dtype = _NUMBERS[name]
    return pc.cast(pc.if_else(pc.match_substring_regex(column, pattern), column, None), dtype)


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
    for chunk in chunks(dump.admin1, _CODES, {"code": pa.string(), "geonameid": pa.int64()}, Refused()):
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


def _possible(chunk: pa.RecordBatch, refused: Refused) -> pa.Table:
    """Return the rows of a chunk that can be a place on Earth, with numbers as numbers; count the others."""
    table = pa.Table.from_batches([chunk])
    empty = pc.is_null(chunk["population"])
    for name in _NUMBERS:
        table = table.set_column(table.column_names.index(name), name, _number(chunk[name], name))
    within = pc.and_(pc.less_equal(pc.abs(table["latitude"]), 90.0), pc.less_equal(pc.abs(table["longitude"]), 180.0))
    peopled = pc.or_(pc.less_equal(table["population"], MOST_PEOPLE).fill_null(False), empty)
    good = pc.and_(pc.and_(within, peopled), pc.is_valid(table["geonameid"])).fill_null(False)
    kept = table.filter(good)
    refused.rows += len(table) - len(kept)
    return kept.combine_chunks()


def features(batch: pa.RecordBatch, codes: dict[str, str | None], ours: Ints, refused: Refused) -> pa.Table:
    """Return the features of a batch that are not places of another layer."""
    possible = _possible(batch, refused)
    chunk = {name: possible[name].combine_chunks() for name in possible.column_names}
    classes, code = chunk["feature class"], chunk["feature code"]
    country = pc.cast(chunk["country code"].dictionary_encode(), pa.dictionary(pa.int32(), pa.string()))
    texts = [alpha3(text) if text else None for text in country.dictionary.to_pylist()]
    nation = pa.array(texts, pa.string()).take(country.indices)
    keyed = pc.binary_join_element_wise(chunk["country code"], chunk["admin1 code"], ".").dictionary_encode()
    units = [codes.get(text) if text else None for text in keyed.dictionary.to_pylist()]
    unit = pa.array(units, pa.string()).take(keyed.indices)
    letters = np.array(classes.fill_null("").to_pylist(), dtype=object)
    kind = _kinds(letters, code)
    people = chunk["population"].fill_null(0)
    radius = np.full(len(letters), 5.0)
    for letter, km in _SPOT_KM.items():
        radius[letters == letter] = km
    radius = np.where(letters == "P", np.round(city_radius(people.to_numpy()), 1), radius)
    table = pa.table(
        {
            "geonameid": chunk["geonameid"],
            "name": chunk["name"],
            "kind": kind,
            "country": nation.dictionary_encode(),
            "admin1": unit.dictionary_encode(),
            "lon": chunk["longitude"],
            "lat": chunk["latitude"],
            "population": pc.if_else(pc.equal(people, 0), pa.scalar(None, pa.int64()), people),
            "radius_km": radius.astype("float32"),
            "timezone": chunk["timezone"].dictionary_encode(),
        }
    )
    numbers = chunk["geonameid"].to_numpy()
    known = np.isin(numbers, ours)
    # Countries, continents and first-level units are ours; abandoned and historical ones have an H at the end.
    upper = np.isin(np.array(code.fill_null("").to_pylist(), dtype=object), ("ADM1", "ADM1H", "CONT"))
    nations = np.array([bool(text) and text.startswith("PCL") for text in code.to_pylist()])
    usable = pc.is_valid(chunk["name"]).to_numpy(zero_copy_only=False)
    return table.filter(pa.array(usable & ~known & ~upper & ~nations))


def _kinds(letters: NDArray[np.object_], code: pa.Array) -> NDArray[np.uint8]:
    """Return the kind of each feature, as its position in `KINDS`."""
    number = {name: at for at, name in enumerate(KINDS)}
    kind = np.full(len(letters), number["landform"], dtype="uint8")
    for letter, name in _CLASSES.items():
        kind[letters == letter] = number[name]
    coded = code.dictionary_encode()
    for at, text in enumerate(coded.dictionary.to_pylist()):
        for start, name in _CODED_AS.items():
            if text.startswith(start):
                kind[coded.indices.fill_null(-1).to_numpy() == at] = number[name]
    return kind


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


class _Numbers:
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


def _add_bundled(names: Names, store: Store, numbers: _Numbers, gap: Gap) -> None:
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


def _add_dump(names: Names, dump: Dump, numbers: _Numbers, refused: Refused) -> None:
    """Add the alternate names of the dump's places."""
    read = {
        "geonameid": pa.string(),
        "isolanguage": pa.string(),
        "alternate name": pa.string(),
        "isShortName": pa.string(),
        "isHistoric": pa.string(),
    }
    for chunk in chunks(dump.names, NAME_COLUMNS, read, refused):
        text = chunk["alternate name"]
        number = _number(chunk["geonameid"], "geonameid")
        refused.rows += number.null_count
        place, there = numbers.of(number.fill_null(-1).to_numpy())
        lang = chunk["isolanguage"].fill_null("")
        good = pc.and_(pc.is_valid(text), pc.invert(pc.is_in(lang, pa.array(NO_NAMES))))
        good = pc.and_(good, pc.less_equal(pc.utf8_length(text), LONGEST_NAME)).fill_null(False)
        kept = there & good.to_numpy(zero_copy_only=False)
        former = pc.equal(chunk["isHistoric"], "1").fill_null(False).to_numpy(zero_copy_only=False)
        short = pc.equal(chunk["isShortName"], "1").fill_null(False).to_numpy(zero_copy_only=False)
        abbreviated = pc.equal(lang, "abbr").to_numpy(zero_copy_only=False)
        kind = np.select([former, abbreviated, short], ["former", "abbreviation", "short"], "alternate")
        mask = pa.array(kept)
        names.add(text.filter(mask), kind[kept], lang.filter(mask), place[kept])
