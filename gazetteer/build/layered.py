"""Puts new places and their names between those of a built gazetteer, in new tables and a new index.

Rows take a range of the old place numbers, and what lies behind it moves. Names are Arrow columns throughout, so that
there may be tens of millions; no more than a chunk of them are Python objects. Most memory is taken while the trie of
keys is built (some 90 bytes a key): by then the columns of places that are written must be gone.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import marisa_trie
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.build import index, tables
from gazetteer.candidates.phonetic_index import CODES, codes_of
from gazetteer.index.checksums import sha256_of
from gazetteer.index.mapped import CODED, PACKED
from gazetteer.index.store import NAME_KINDS, Store
from gazetteer.names.normalize import normalize_name

__all__ = ["CHUNK", "LEVEL", "Gap", "Names", "finish", "source_of", "write_moved"]


CHUNK = 1_000_000
_OWN = NAME_KINDS.index("primary")
LEVEL = 3
_COPIED = ("not_places.csv", "groups.csv", "regions.csv", "SOURCES.md", "basemap.parquet")


@dataclass(frozen=True)
class Gap:
    """The old place numbers from `start` to before `stop`, which `rows` new ones take the place of."""

    start: int
    stop: int
    rows: int

    def moved(self, places: Ints) -> Ints:
        """Return the new numbers of places outside the gap."""
        return np.where(places >= self.stop, places + self.rows - (self.stop - self.start), places)


def write_moved(store: Store, layer: str, gap: Gap, folder: Path, more: pa.Table | None = None) -> None:
    """Write a layer of the store under its new place numbers, with more rows behind it."""
    path = store.folder / f"{layer}.parquet"
    table = pq.read_table(path)
    place = pa.array(gap.moved(table["place"].to_numpy().astype(np.int64)).astype("uint32"))
    table = table.set_column(table.schema.get_field_index("place"), "place", place)
    if more is not None:
        arrays = [
            more[f.name].cast(f.type) if f.name in more.column_names else pa.nulls(len(more), f.type)
            for f in table.schema
        ]
        table = pa.concat_tables([table, pa.table(arrays, schema=table.schema)])
    groups = pq.read_metadata(path)
    size = groups.row_group(0).num_rows if groups.num_row_groups else 1
    pq.write_table(table, folder / path.name, row_group_size=size, **tables.layout(table.column_names, level=LEVEL))


def source_of(path: Path, **facts: str) -> dict[str, str]:
    """Return what ``info.json`` tells of a file."""
    return {"name": path.name, "file": path.name, "sha256": sha256_of(path), **facts}


class Names:
    """All names as Arrow columns: keys, texts of shared names, kinds, languages, place numbers."""

    def __init__(self) -> None:
        self._parts: list[pa.Table] = []

    def add(self, texts: Any, kind: Any, lang: Any, place: Ints) -> None:
        """Take n names: texts, and of each or of all the kind and the language, and the place number."""
        n = len(texts)
        ranks = {name: rank for rank, name in enumerate(NAME_KINDS)}
        rank = np.full(n, ranks[kind]) if isinstance(kind, str) else np.array([ranks[one] for one in kind], dtype=int)
        named = pa.array(texts, pa.string()) if isinstance(texts, np.ndarray) else texts
        named = named.combine_chunks() if isinstance(named, pa.ChunkedArray) else named
        lang = np.full(n, lang) if isinstance(lang, str) else lang
        keys = pa.array([normalize_name(text) for text in named.to_pylist()], pa.string())
        table = pa.table(
            {
                "key": keys.dictionary_encode(),
                "name": pc.if_else(pa.array(rank != _OWN), named, ""),
                "kind": rank.astype("uint8"),
                "place": place.astype("uint32"),
                "lang": pa.array(lang, pa.string()).dictionary_encode(),
            }
        )
        self._parts.append(table.filter(pc.not_equal(keys, "")))

    def write_trie(self, folder: Path) -> int:
        """Write the trie of keys, let its numbers stand for the keys from here on, and return how many there are."""
        texts = (key for part in self._parts for key in _dictionary(part).to_pylist() if key)
        trie = marisa_trie.Trie(texts, num_tries=5, order=marisa_trie.LABEL_ORDER)
        trie.save(str(folder / "names.marisa"))
        for at, part in enumerate(self._parts):
            coded = _dictionary(part)
            number = np.fromiter((trie.get(key, 0) for key in coded.to_pylist()), "uint32", len(coded))
            codes = part["key"].combine_chunks().indices.to_numpy()
            self._parts[at] = part.set_column(0, "key", pa.array(number[codes]))
        return len(trie)

    def postings(self) -> dict[str, NDArray[Any]]:
        """Return key, place, kind and row of the names that are kept, by key and place.

        Of the names of a place with one key the first of the best kind is kept.
        """
        # 28 bits of key, 28 of place, 8 of kind: one number to sort by.
        packed = np.concatenate([_sort_keys(part) for part in self._parts])
        row = np.argsort(packed, kind="stable").astype("uint32")
        packed = packed[row]
        first = np.r_[True, packed[1:] >> np.uint64(8) != packed[:-1] >> np.uint64(8)]
        packed, row = packed[first], row[first]
        return {
            "key": (packed >> np.uint64(36)).astype("uint32"),
            "place": (packed >> np.uint64(8)).astype("uint32") & np.uint32(2**28 - 1),
            "kind": packed.astype("uint8"),
            "row": row,
        }

    def write(self, postings: dict[str, NDArray[Any]], folder: Path) -> None:
        """Write the names that belong to no place alone, by place, kind and name."""
        row, place, kind = postings["row"], postings["place"], postings["kind"]
        other = kind != _OWN
        row = row[other][np.lexsort((kind[other], place[other]))]
        kinds = pa.array(NAME_KINDS, pa.string())
        schema = pa.schema([("place", pa.uint32()), *((name, pa.string()) for name in ("name", "kind", "lang"))])
        table = pa.concat_tables(self._parts).select(["place", "name", "kind", "lang"]).unify_dictionaries()
        self._parts = []
        # Taken from one chunk; all texts together may be more than 32 bits can count.
        columns = [table[name].cast(pa.large_string() if name == "name" else table[name].type) for name in schema.names]
        del table
        columns = [column.combine_chunks() for column in columns]
        with pq.ParquetWriter(
            folder / "names.parquet",
            schema,
            compression="zstd",
            compression_level=LEVEL,
            use_dictionary=["kind", "lang"],
            column_encoding={"place": "DELTA_BINARY_PACKED", "name": "DELTA_LENGTH_BYTE_ARRAY"},
        ) as writer:
            for start in range(0, len(row), CHUNK):
                at = pa.array(row[start : start + CHUNK])
                number, text, rank, lang = (column.take(at) for column in columns)
                part = [number, text.cast(pa.string()), kinds.take(rank), lang.dictionary_decode()]
                writer.write_table(pa.table(part, schema=schema), row_group_size=tables.NAMES_A_GROUP)


def _dictionary(part: pa.Table) -> pa.Array:
    """Return the keys of a part; the filter that left the empty one out has left it here."""
    return part["key"].combine_chunks().dictionary


def _sort_keys(part: pa.Table) -> NDArray[np.uint64]:
    key, place, kind = (part[name].to_numpy().astype(np.uint64) for name in ("key", "place", "kind"))
    return np.asarray((key << np.uint64(36)) | (place << np.uint64(8)) | kind)


def finish(store: Store, rows: pa.Table, gap: Gap, names: Names, folder: Path, sources: list[dict[str, str]]) -> None:
    """Write all that stands beside the layers: keys, index, names and what the folder tells of itself.

    Parameters
    ----------
    store
        The built gazetteer.
    rows
        The new places in the order of their numbers: kind, country, admin1, population, prominence.
    gap
        Where they are.
    names
        All names, under the new numbers.
    folder
        Where the layers lie already.
    sources
        Where the new places come from.
    """
    keys = names.write_trie(folder)
    postings = names.postings()
    _write_index(store, rows, gap, postings, keys, folder)
    names.write(postings, folder)
    for name in _COPIED:
        shutil.copy(store.folder / name, folder / name)
    tables.write_info(folder, {"sources": [*store.info["sources"], *sources]})


def _coded(column: Any) -> list[pa.DictionaryArray]:
    """Return the chunks of a column of texts as dictionaries."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [pa.array(column, pa.string())]
    coded = [
        chunk if pa.types.is_dictionary(chunk.type) else chunk.cast(pa.string()).dictionary_encode() for chunk in chunks
    ]
    return [chunk.cast(pa.dictionary(pa.int32(), pa.string())) for chunk in coded]


def _write_index(
    store: Store, rows: pa.Table, gap: Gap, postings: dict[str, NDArray[Any]], keys: int, folder: Path
) -> None:
    """Write the arrays of the index from the old ones before and behind the new places."""
    head, tail = np.arange(gap.start), np.arange(gap.stop, len(store))
    n = rows.num_rows
    arrays = index.posting_arrays(postings["key"], postings["place"], postings["kind"], keys)
    trie = marisa_trie.Trie()
    trie.mmap(str(folder / "names.marisa"))
    # A country of these may have a million names, too many to work their sounds out when one is looked up.
    arrays[CODES] = codes_of(trie.restore_key, np.arange(keys))
    for name, packing in PACKED.items():
        new = np.full(n, np.nan)
        if name in rows.column_names:
            new = rows[name].cast(pa.float64()).to_numpy()
        values = [store.take(name, head).astype("f8"), new, store.take(name, tail).astype("f8")]
        arrays[name] = packing.pack(np.concatenate(values))
    labels: dict[str, list[str | None]] = {}
    for name, dtype in CODED.items():
        parts = [*_coded(store.take(name, head)), *_coded(rows[name]), *_coded(store.take(name, tail))]
        coded = pa.chunked_array(parts).unify_dictionaries().combine_chunks()
        texts = coded.dictionary.to_pylist()
        order = sorted(range(len(texts)), key=texts.__getitem__)
        place_of = np.empty(len(texts), dtype=np.int64)
        place_of[order] = np.arange(len(texts))
        labels[name] = [*(texts[i] for i in order), None]
        codes = coded.indices.fill_null(-1).to_numpy()
        arrays[name] = np.where(codes < 0, len(texts), place_of[codes]).astype(dtype)
    index.write_arrays(arrays, labels, folder)
