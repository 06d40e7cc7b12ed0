"""Reads GeoNames' own dumps: zipped or plain files of tabs, a chunk of rows at a time, as Arrow columns.

Rows that cannot be a place on Earth are counted and passed by. Places become features with a kind, a country, a
first-level unit and a radius.

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
from typing import IO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from gazetteer.arrays import Ints
from gazetteer.build.geonames import alpha3, city_radius
from gazetteer.errors import DataError

__all__ = [
    "CODE_COLUMNS",
    "KINDS",
    "LONGEST_NAME",
    "MOST_PEOPLE",
    "PLACE_COLUMNS",
    "PLACE_TYPES",
    "UNKNOWN",
    "AlternateNames",
    "Dump",
    "Refused",
    "alternate_names",
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
_NAME_COLUMNS = (
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
_NAME_TYPES = dict.fromkeys(("geonameid", "isolanguage", "alternate name", "isShortName", "isHistoric"), pa.string())
CODE_COLUMNS = ("code", "name", "asciiname", "geonameid")
# What stands in the column of languages and is not a name.
_NO_NAMES = ("link", "wkdt", "post", "iata", "icao", "faac", "unlc", "tcid", "phon", "piny", "fr_1793", "dcid")
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


class AlternateNames(NamedTuple):
    """Some alternate names: the GeoNames ids of their places (-1 for none), the texts, their kinds and languages."""

    geonames: NDArray[np.int32]
    text: pa.Array
    kind: NDArray[np.str_]
    lang: pa.Array


def alternate_names(path: Path, refused: Refused) -> Iterator[AlternateNames]:
    """Yield the alternate names of a file, without the links and codes that stand among them."""
    for chunk in chunks(path, _NAME_COLUMNS, _NAME_TYPES, refused):
        geonames = _number(chunk["geonameid"], "geonameid")
        refused.rows += geonames.null_count
        text, lang = chunk["alternate name"], chunk["isolanguage"].fill_null("")
        good = pc.and_(pc.is_valid(text), pc.invert(pc.is_in(lang, pa.array(_NO_NAMES))))
        good = pc.and_(good, pc.less_equal(pc.utf8_length(text), LONGEST_NAME)).fill_null(False)
        text, lang = text.filter(good), lang.filter(good)
        marks = [pc.equal(chunk[name].filter(good), "1").fill_null(False) for name in ("isHistoric", "isShortName")]
        former, short = (mark.to_numpy(zero_copy_only=False) for mark in marks)
        abbreviated = pc.equal(lang, "abbr").to_numpy(zero_copy_only=False)
        kind = np.select([former, abbreviated, short], ["former", "abbreviation", "short"], "alternate")
        yield AlternateNames(geonames.fill_null(-1).filter(good).to_numpy(), text, kind, lang)


def features(batch: pa.RecordBatch, codes: dict[str, str | None], ours: Ints, refused: Refused) -> pa.Table:
    """Return the features of a batch that are not places of another layer.

    Parameters
    ----------
    batch
        Rows of a file of places, with the columns of `PLACE_TYPES`.
    codes
        ISO 3166-2 by GeoNames' code of a first-level unit (``KZ.02``).
    ours
        The GeoNames ids of places that other layers have.
    refused
        Counts the rows that cannot be a place.
    """
    possible = _possible(batch, refused)
    chunk = {name: possible[name].combine_chunks() for name in possible.column_names}
    letters = np.array(chunk["feature class"].fill_null("").to_pylist(), dtype=object)
    people = chunk["population"].fill_null(0)
    table = pa.table(
        {
            "geonameid": chunk["geonameid"],
            "name": chunk["name"],
            "kind": _kinds(letters, chunk["feature code"]),
            "country": _countries(chunk["country code"]),
            "admin1": _units(chunk["country code"], chunk["admin1 code"], codes),
            "lon": chunk["longitude"],
            "lat": chunk["latitude"],
            "population": pc.if_else(pc.equal(people, 0), pa.scalar(None, pa.int64()), people),
            "radius_km": _radii(letters, people.to_numpy()),
            "timezone": chunk["timezone"].dictionary_encode(),
        }
    )
    named = pc.is_valid(chunk["name"]).to_numpy(zero_copy_only=False)
    known = np.isin(chunk["geonameid"].to_numpy(), ours)
    return table.filter(pa.array(named & ~known & ~_are_of_upper_layers(chunk["feature code"])))


def _number(column: pa.Array, name: str) -> pa.Array:
    """Return texts as the numbers that they write, null for what is not one."""
    pattern, dtype = _NUMBERS[name]
    return pc.cast(pc.if_else(pc.match_substring_regex(column, pattern), column, None), dtype)


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


def _countries(code: pa.Array) -> pa.Array:
    """Return ISO 3166-1 alpha-3 of each alpha-2 code."""
    coded = pc.cast(code.dictionary_encode(), pa.dictionary(pa.int32(), pa.string()))
    countries = [alpha3(text) if text else None for text in coded.dictionary.to_pylist()]
    return pa.array(countries, pa.string()).take(coded.indices).dictionary_encode()


def _units(country: pa.Array, unit: pa.Array, codes: dict[str, str | None]) -> pa.Array:
    """Return ISO 3166-2 of each first-level unit by the codes of GeoNames."""
    coded = pc.binary_join_element_wise(country, unit, ".").dictionary_encode()
    units = [codes.get(text) if text else None for text in coded.dictionary.to_pylist()]
    return pa.array(units, pa.string()).take(coded.indices).dictionary_encode()


def _radii(letters: NDArray[np.object_], people: Ints) -> NDArray[np.float32]:
    """Return how far each feature reaches, in km: a settlement by its people, another by its class."""
    radius = np.full(len(letters), 5.0)
    for letter, km in _SPOT_KM.items():
        radius[letters == letter] = km
    return np.where(letters == "P", np.round(city_radius(people), 1), radius).astype("float32")


def _are_of_upper_layers(code: pa.Array) -> NDArray[np.bool_]:
    """Say which features are countries, continents or first-level units; abandoned ones have an H at the end."""
    texts = code.fill_null("").to_pylist()
    upper = np.isin(np.array(texts, dtype=object), ("ADM1", "ADM1H", "CONT"))
    return np.asarray(upper | np.array([text.startswith("PCL") for text in texts], dtype=bool))


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
