"""Keep the provenance of events as a JSON record in every file that holds them, and read it back.

The function that makes events notes their provenance once (`provenance_of`). A writer puts it into its file, with the
counts of that file (`provenance_to_json`); a reader takes it out (`provenance_from_json`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeGuard

import geoevents
from geoevents.frame.arrow import dump, strict
from geoevents.frame.schema import STATUSES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gazetteer import Gazetteer, Geocoder

__all__ = ["KEY", "facts", "phrases_missed", "provenance_from_json", "provenance_of", "provenance_to_json"]

# The name of the record, in every format that names its metadata.
KEY = "geoevents"
_EPOCH = date(1970, 1, 1)


def provenance_of(
    events: gpd.GeoDataFrame,
    gazetteer: Gazetteer,
    online: Geocoder | None = None,
    *,
    columns: dict[str, Any] | None = None,
    dates: dict[str, Any] | None = None,
    unknown: Sequence[str] = (),
    **options: Any,
) -> dict[str, Any]:
    """Return the provenance of events that were just made, and the figures of the work, in JSON.

    Parameters
    ----------
    events
        An events frame.
    gazetteer
        The gazetteer that was asked.
    online
        The service on the network that was asked; its attribution goes to what shows its places.
    columns
        Which column of the input was the ``place`` (a list), the ``country``, the ``date`` and the ``end``; None where
        the source gave the coordinates.
    dates
        What `geoevents.frame.dates.read_dates` says of them in ``attrs["dates"]``.
    unknown
        Countries that the gazetteer does not know.
    **options
        Other options of the call.

    Returns
    -------
    dict
        These, what `facts` has, the gazetteer's ``view`` where it has one, how many events are at a place of each
        kind, the ``territories`` of the past that countries stand for by the days of their events ("iso:SD":
        ["Sudan until 2011"]), and the commonest phrases that were not found.
    """
    info = gazetteer.info()
    if online is not None:
        rows = int((events["match_method"].astype(object) == "online").sum())
        options["online"] = {"provider": online.provider, "attribution": online.attribution, "events": rows}
    placed = events.loc[events["match_status"] != "unresolved", "place_kind"]
    if placed.dtype != "str":
        placed = placed.astype(object)
    return {
        "generator": "geoevents",
        "version": geoevents.__version__,
        "gazetteer": info["build"],
        **({"view": info["view"]} if "view" in info else {}),
        "sources": info["sources"],
        "attribution": _attribution(info["attribution"], options.get("online")),
        "created": _now(),
        "columns": columns or {"place": [], "country": None, "date": None, "end": None},
        **options,
        "counts": _counts(events, None),
        "kinds": {str(kind): int(n) for kind, n in placed.value_counts().items()},
        **_territories(events, gazetteer),
        "unresolved": phrases_missed(events, 10),
        "unknown_countries": list(unknown[:10]),
        "dates": dates or {},
        "title": None,
    }


def _territories(events: pd.DataFrame, gazetteer: Gazetteer) -> dict[str, dict[str, list[str]]]:
    """Return which states of the past the countries of events were on the events' days, by the country's id."""
    countries = events["place_id"].isin(list(gazetteer.groups.former_wholes)).to_numpy()
    if not countries.any() or "start" not in events.columns:
        return {}
    days = events.loc[countries, ["place_id", "start"]].dropna().drop_duplicates()
    found: dict[str, set[str]] = {}
    for place, day in zip(days["place_id"], days["start"].dt.date, strict=True):
        since = (day - _EPOCH).days
        states = gazetteer.groups.former_wholes[str(place)]
        found.setdefault(str(place), set()).update(one.names[0] for one in states if one.first <= since <= one.last)
    territories = {place: sorted(states) for place, states in sorted(found.items()) if states}
    return {"territories": territories} if territories else {}


def _attribution(own: str, online: dict[str, Any] | None) -> str:
    """Return what a map must say, the provider's words in front, so that no cut takes them."""
    return f"{online['attribution']}; {own}" if online is not None and online["events"] else own


def phrases_missed(events: pd.DataFrame, most: int) -> list[list[Any]]:
    """Return the phrases that were not found and how often each came, commonest first, then by phrase.

    Examples
    --------
    >>> import pandas as pd
    >>> phrases_missed(pd.DataFrame({"match_status": ["unresolved"] * 3, "place_query": ["Oz", None, "Oz"]}), 10)
    [['Oz', 2], ['(empty)', 1]]
    """
    phrases = events.loc[events["match_status"] == "unresolved", "place_query"].astype(object).fillna("(empty)")
    common = sorted(phrases.value_counts().items(), key=lambda item: (-item[1], str(item[0])))
    return [[str(phrase)[:200], int(n)] for phrase, n in common[:most]]


def facts(events: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the provenance of a frame, with the counts of its rows.

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
    known = events.attrs.get(KEY)
    known = dict(known) if isinstance(known, dict) else {}
    known.setdefault("generator", "geoevents")
    known.setdefault("version", geoevents.__version__)
    known.setdefault("gazetteer", None)
    known.setdefault("sources", [])
    known.setdefault("attribution", "")
    known.setdefault("created", _now())
    known["counts"] = _counts(events, known.get("counts"))
    cleaned: dict[str, Any] = strict(known)  # type: ignore[assignment]
    return cleaned


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _counts(events: pd.DataFrame, noted: object) -> object:
    if "match_status" not in events.columns:
        return noted if isinstance(noted, dict) else {}
    found = events["match_status"].value_counts().to_dict()
    return {status: int(found.get(status, 0)) for status in STATUSES}


def provenance_to_json(events: gpd.GeoDataFrame, note: dict[str, Any]) -> str:
    """Return the record that goes into a file: the facts, and under ``frame`` the note of the columns."""
    return dump({**facts(events), "frame": note})


def provenance_from_json(text: str | None) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return the facts and the note of a record in a file; None for a part that is missing or damaged.

    Examples
    --------
    >>> provenance_from_json('{"generator": "geoevents", "frame": {"columns": []}}')
    ({'generator': 'geoevents'}, {'columns': []})
    >>> provenance_from_json("no JSON")
    (None, None)
    """
    try:
        record = json.loads(text or "")
    except ValueError:
        return None, None
    if not isinstance(record, dict):
        return None, None
    note = record.pop("frame", None)
    return record, note if _is_note(note) else None


def _is_note(note: object) -> TypeGuard[dict[str, Any]]:
    """Return whether what a file says of its frame has the form that `geoevents.frame.restore` takes."""
    if not isinstance(note, dict) or not isinstance(note.get("columns"), list):
        return False
    index, at = note.get("index", []), note.get("at", 0)
    return (
        all(_has_texts(column, "name", "kind", "dtype") for column in note["columns"])
        and isinstance(index, list)
        and all(_has_texts(level, "column") and "name" in level for level in index)
        and isinstance(at, int)
        and at >= 0
        and isinstance(note.get("geometry"), str | None)
    )


def _has_texts(entry: object, *names: str) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in names)
