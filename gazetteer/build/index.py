"""Writes the index that `gazetteer.index` maps.

The written tables, the rows of all layers and the postings enter; ``index/`` leaves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gazetteer.errors import DataError
from gazetteer.index import CODED, MARK, PACKED, PLAIN, TEXTS, Index
from gazetteer.store import LAYERS, NAME_KINDS

__all__ = ["write_index"]


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
    (folder / "index").mkdir(exist_ok=True)
    arrays = {**_postings(postings, keys), **{name: PACKED[name].pack(_numbers(places[name])) for name in PACKED}}
    labels: dict[str, list[str | None]] = {}
    for name, dtype in CODED.items():
        codes, texts = pd.factorize(places[name], sort=True)
        # The last text is none at all.
        labels[name] = [*texts, None]
        arrays[name] = np.where(codes < 0, len(texts), codes).astype(dtype)
    segments: list[dict[str, int]] = []
    marks: dict[str, list[int]] = {name: [] for name in TEXTS}
    for number, layer in enumerate(LAYERS):
        _add_segments(segments, marks, folder / f"{layer}.parquet", number, places)
    arrays |= {f"{name}_marks": np.array(values, dtype="uint32") for name, values in marks.items()}
    for name, array in arrays.items():
        np.save(folder / "index" / f"{name}.npy", array)
    sizes = {f"{layer}.parquet": (folder / f"{layer}.parquet").stat().st_size for layer in LAYERS}
    layout = {"tables": sizes, "labels": labels, "segments": segments}
    text = json.dumps(layout, ensure_ascii=False, separators=(",", ":"))
    (folder / "index" / "layout.json").write_text(text + "\n", encoding="utf-8")
    _check(Index(folder), places)


def _postings(postings: pd.DataFrame, keys: int) -> dict[str, NDArray[Any]]:
    counts = np.bincount(postings["key"], minlength=keys)
    starts = np.concatenate([[0], np.cumsum(counts)])[:-1]
    place = postings["place"].to_numpy(dtype="int64")
    return {
        "key_counts": counts.astype("uint16"),
        "key_marks": starts[::MARK].astype("uint32"),
        "posting_lower": (place & 0xFFFF).astype("uint16"),
        "posting_upper": (place >> 16).astype("uint8"),
        "posting_kind": postings["kind"].map(NAME_KINDS.index).to_numpy(dtype="uint8"),
    }


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    return pd.to_numeric(column).to_numpy(dtype="float64", na_value=np.nan)


def _add_segments(
    segments: list[dict[str, int]], marks: dict[str, list[int]], path: Path, table: int, places: pd.DataFrame
) -> None:
    """Note where the plain columns of each row group begin, and where every so manieth text does."""
    meta = pq.read_metadata(path)
    first = segments[-1]["first"] + segments[-1]["rows"] if segments else 0
    for number in range(meta.num_row_groups):
        group = meta.row_group(number)
        chunks = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
        segment = {"table": table, "first": first, "rows": group.num_rows, "mark": len(marks[TEXTS[0]])}
        for name in (*PLAIN, *TEXTS):
            size = group.num_rows * np.dtype(PLAIN[name]).itemsize if name in PLAIN else 0
            if name in TEXTS:
                texts = places[name].iloc[first : first + group.num_rows]
                ends = np.cumsum([4 + len(text.encode()) for text in texts])
                marks[name] += np.concatenate([[0], ends])[:-1][::MARK].tolist()
                size = int(ends[-1])
            # The values are the last thing in a page, and the page is the last thing in its chunk.
            segment[name] = chunks[name].data_page_offset + chunks[name].total_compressed_size - size
        segments.append(segment)
        first += group.num_rows


def _check(index: Index, places: pd.DataFrame) -> None:
    for name in (*PLAIN, *TEXTS):
        expected = places[name].to_numpy(dtype=PLAIN.get(name, "object"))
        if not np.array_equal(index.column(name), expected):
            raise DataError(f"Column {name}: expected one plain page a row group, got another layout from pyarrow.")
