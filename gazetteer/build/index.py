"""Writes the index that `gazetteer.index.mapped` and `gazetteer.index.pages` map.

The written tables, the rows of all layers and the postings become the folder ``index/``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gazetteer.errors import DataError
from gazetteer.index.mapped import CODED, PACKED, Index
from gazetteer.index.pages import MARK, PLAIN, TEXTS
from gazetteer.index.store import LAYERS, NAME_KINDS

__all__ = ["posting_arrays", "write_arrays", "write_index"]


def write_index(places: pd.DataFrame, postings: pd.DataFrame, keys: int, folder: Path) -> None:
    """Write the arrays and the layout of the index.

    Parameters
    ----------
    places
        The rows of all layers in the order of their numbers; dates as days since 1970.
    postings
        Columns key, place, kind; sorted by key and place.
    keys
        How many keys there are.
    folder
        Where the tables lie already.

    Raises
    ------
    DataError
        When a table is not laid out so that its plain columns can be mapped.
    """
    kinds = postings["kind"].map(NAME_KINDS.index).to_numpy(dtype="uint8")
    arrays = posting_arrays(postings["key"].to_numpy(), postings["place"].to_numpy(dtype="int64"), kinds, keys)
    arrays |= {name: PACKED[name].pack(_numbers(places[name])) for name in PACKED}
    labels: dict[str, list[str | None]] = {}
    for name, dtype in CODED.items():
        codes, texts = pd.factorize(places[name], sort=True)
        # The last text stands for a missing one.
        labels[name] = [*texts, None]
        arrays[name] = np.where(codes < 0, len(texts), codes).astype(dtype)
    write_arrays(arrays, labels, folder)
    _check(Index(folder), places)


def write_arrays(arrays: dict[str, NDArray[Any]], labels: dict[str, list[str | None]], folder: Path) -> None:
    """Write the arrays, and the layout of the tables that lie in the folder already.

    Parameters
    ----------
    arrays
        What `posting_arrays` gives, and the packed and coded columns of all places.
    labels
        The texts that the codes stand for.
    folder
        Where the tables lie.
    """
    (folder / "index").mkdir(exist_ok=True)
    segments: list[dict[str, int]] = []
    marks: dict[str, list[NDArray[Any]]] = {name: [] for name in TEXTS}
    for number, layer in enumerate(LAYERS):
        _add_segments(segments, marks, folder / f"{layer}.parquet", number)
    arrays = arrays | {f"{name}_marks": np.concatenate(parts).astype("uint32") for name, parts in marks.items()}
    for name, array in arrays.items():
        np.save(folder / "index" / f"{name}.npy", array)
    for path in (folder / "index").glob("*.npy"):
        if path.stem not in arrays:
            path.unlink()  # of another kind of build, and of other keys
    sizes = {f"{layer}.parquet": (folder / f"{layer}.parquet").stat().st_size for layer in LAYERS}
    layout = {"tables": sizes, "labels": labels, "segments": segments}
    text = json.dumps(layout, ensure_ascii=False, separators=(",", ":"))
    (folder / "index" / "layout.json").write_text(text + "\n", encoding="utf-8")


def posting_arrays(
    key: NDArray[np.int64], place: NDArray[np.int64], kind: NDArray[np.uint8], keys: int
) -> dict[str, NDArray[Any]]:
    """Return the arrays of postings that are sorted by key and place; their types are as wide as need be."""
    counts = np.bincount(key, minlength=keys)
    starts = np.concatenate([[0], np.cumsum(counts)])[:-1]
    return {
        "key_counts": counts.astype("uint16" if counts.max(initial=0) < 2**16 else "uint32"),
        "key_marks": starts[::MARK].astype("uint32"),
        "posting_lower": (place & 0xFFFF).astype("uint16"),
        "posting_upper": (place >> 16).astype("uint8" if place.max(initial=0) < 2**24 else "uint16"),
        "posting_kind": kind,
    }


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    return pd.to_numeric(column).to_numpy(dtype="float64", na_value=np.nan)


def _add_segments(segments: list[dict[str, int]], marks: dict[str, list[NDArray[Any]]], path: Path, table: int) -> None:
    """Note where the plain columns of each row group begin, and where every so manieth text does."""
    first = segments[-1]["first"] + segments[-1]["rows"] if segments else 0
    mark = segments[-1]["mark"] + -(-segments[-1]["rows"] // MARK) if segments else 0
    with pq.ParquetFile(path) as file:
        for number in range(file.metadata.num_row_groups):
            group = file.metadata.row_group(number)
            chunks = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
            segment = {"table": table, "first": first, "rows": group.num_rows, "mark": mark}
            texts = file.read_row_group(number, columns=list(TEXTS), use_threads=False)
            for name in (*PLAIN, *TEXTS):
                size = group.num_rows * np.dtype(PLAIN[name]).itemsize if name in PLAIN else 0
                if name in TEXTS:
                    ends = np.cumsum(4 + pc.binary_length(texts[name]).to_numpy().astype("int64"))
                    marks[name].append(np.concatenate([[0], ends])[:-1][::MARK])
                    size = int(ends[-1])
                # The values are the last thing in a page, and the page is the last thing in its chunk.
                segment[name] = chunks[name].data_page_offset + chunks[name].total_compressed_size - size
            segments.append(segment)
            first += group.num_rows
            mark += -(-group.num_rows // MARK)


def _check(index: Index, places: pd.DataFrame) -> None:
    for name in (*PLAIN, *TEXTS):
        expected = places[name].to_numpy(dtype=PLAIN.get(name, "object"))
        if not np.array_equal(index.column(name), expected):
            raise DataError(f"Column {name}: expected one plain page a row group, got another layout from pyarrow.")
