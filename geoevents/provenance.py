"""Where events come from, for every file that holds them: a frame enters, a record in JSON leaves, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from geoevents.flat import dump, strict
from geoevents.schema import STATUSES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["KEY", "facts", "packed", "unpacked"]

# The name that the record has wherever a format has names.
KEY = "geoevents"


def facts(events: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return what is known of a frame's making; the counts are those of its rows.

    Returns
    -------
    dict
        What `geoevents.locate` left in ``attrs["geoevents"]``, and at least: ``generator`` and ``version``;
        ``gazetteer``, the build, with ``sources`` and ``attribution``, empty where no gazetteer was asked;
        ``created``, the time of making in UTC; ``counts`` by status.

    Examples
    --------
    >>> import geopandas as gpd
    >>> facts(gpd.GeoDataFrame({"match_status": ["matched"]}))["counts"]
    {'matched': 1, 'ambiguous': 0, 'unresolved': 0}
    """
    import geoevents

    known = events.attrs.get(KEY)
    known = dict(known) if isinstance(known, dict) else {}
    known.setdefault("generator", "geoevents")
    known.setdefault("version", geoevents.__version__)
    known.setdefault("gazetteer", None)
    known.setdefault("sources", [])
    known.setdefault("attribution", "")
    known.setdefault("created", datetime.now(UTC).isoformat(timespec="seconds"))
    known["counts"] = _counts(events, known.get("counts"))
    cleaned: dict[str, Any] = strict(known)  # type: ignore[assignment]
    return cleaned


def _counts(events: pd.DataFrame, noted: object) -> object:
    if "match_status" not in events.columns:
        return noted if isinstance(noted, dict) else {}
    found = events["match_status"].value_counts().to_dict()
    return {status: int(found.get(status, 0)) for status in STATUSES}


def packed(events: gpd.GeoDataFrame, note: dict[str, Any]) -> str:
    """Return the record that goes into a file: the facts, and under ``frame`` the note of the columns."""
    return dump({**facts(events), "frame": note})


def unpacked(text: str | None) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return facts and note of a record that stood in a file; None for what is not there or damaged.

    Examples
    --------
    >>> unpacked('{"generator": "geoevents", "frame": {"columns": []}}')
    ({'generator': 'geoevents'}, {'columns': []})
    >>> unpacked("no JSON")
    (None, None)
    """
    try:
        record = json.loads(text or "")
    except ValueError:
        return None, None
    if not isinstance(record, dict):
        return None, None
    note = record.pop("frame", None)
    return record, note if isinstance(note, dict) and isinstance(note.get("columns"), list) else None
