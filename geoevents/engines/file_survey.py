"""What the whole of a file shows before its parts are worked on: its kind, its signs, and which rows repeat.

Ids that are hashes of a row's content are numbered where rows repeat; how many came before each is saved beside the
parts, so that a run that is taken up has the same ids.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoevents.engines.batches import SHAPE, Ids, Plan, id_columns, part_frame, plain_records, recognised_in
from geoevents.engines.event_files import holds_events
from geoevents.engines.ids import Repeats
from geoevents.engines.journal import synced
from geoevents.engines.survey import columns_to_survey, survey_signs
from geoevents.engines.tables import Source
from geoevents.errors import ReadError
from geoevents.frame.columns import digests
from geoevents.frame.provenance import KEY, provenance_from_json
from geoevents.frame.schema import CRS

__all__ = ["part_of_numbers", "recognised_file", "saved_numbers", "surveyed_file"]


def recognised_file(source: Source, plan: Plan) -> tuple[Plan, dict[str, Any]]:
    """Return the plan for this kind of table, and the provenance that the file carries."""
    names = set(source.schema.names)
    if source.geo:
        if not holds_events(source) or plan.names_columns:
            raise ReadError(
                f"{source.path}: expected a table of records, or events of geoevents and no column named for them; "
                "it is a GeoParquet file of something else."
            )
        record, found = provenance_from_json(
            (source.schema.metadata or {}).get(KEY.encode(), b"").decode(errors="replace")
        )
        # Of the note on the columns only the one by which the rows come back in order still holds.
        order = (found or {}).get("order")
        note: dict[str, Any] = {"columns": [], "order": order, "geometry": SHAPE, "crs": CRS}
        said = ((record or {}).get("columns") or {}).get("country")
        return replace(plan, located=True, country=said), {
            **(record or {}),
            **({"frame": note} if order in names else {}),
        }
    head = next(source.batches(), source.schema.empty_table())
    return recognised_in(head, plan), {}


def surveyed_file(source: Source, plan: Plan, folder: Path) -> tuple[Plan, NDArray[np.int64] | None]:
    """Survey the whole table; return the completed plan, and the rows whose content came before."""
    if plan.located:
        return plan, None
    columns = columns_to_survey(source.schema, plan.choice)
    seen = set(survey_signs(source.batches(columns=columns), plan.choice)) if columns else set()
    plan = replace(plan, seen=frozenset(seen))
    ids: Ids | None = None
    for name in id_columns(part_frame(source.schema.empty_table()), plan):
        if _unique(source, plan, name, folder):
            ids = ids or name
            seen.add(("unique", name))
    plan = replace(plan, ids=ids or "digest", seen=frozenset(seen))
    if ids is not None:
        return plan, None
    with closing(Repeats(folder / "ids")) as repeats:
        for table in source.batches():
            repeats.add(digests(plain_records(part_frame(table), plan)).to_numpy(dtype=np.uint64))
        nth = repeats.nth()
    if not nth.size:
        return plan, None
    np.save(folder / "nth.npy", nth)
    synced(folder / "nth.npy")
    return plan, saved_numbers(folder)


def _unique(source: Source, plan: Plan, name: Ids, folder: Path) -> bool:
    """Return whether a column has an id for every row, each once."""
    with closing(Repeats(folder / "ids")) as repeats:
        columns = None if name == "given" else [name]
        for table in source.batches(columns=columns):
            ids = id_columns(part_frame(table), plan)[name]
            if ids.isna().any():
                return False
            repeats.add(pd.util.hash_array(ids.to_numpy(dtype=object)).astype(np.uint64))
        return not repeats.any()


def saved_numbers(folder: Path) -> NDArray[np.int64]:
    """Return the rows whose content came before, and how often, as they were saved: 2 × n."""
    nth: NDArray[np.int64] = np.load(folder / "nth.npy", mmap_mode="r")
    return nth


def part_of_numbers(nth: NDArray[np.int64] | None, first: int, rows: int) -> NDArray[np.int64] | None:
    """Return for each row of a part how often its content came before; None where it never did."""
    if nth is None:
        return None
    low, high = np.searchsorted(nth[0], [first, first + rows])
    out = np.zeros(rows, dtype=np.int64)
    out[nth[0, low:high] - first] = nth[1, low:high]
    return out
