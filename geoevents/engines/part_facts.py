"""Count what a long run did, part by part, and add the figures of all parts up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from geoevents.engines.geofile import extent
from geoevents.frame.provenance import phrases_missed
from geoevents.frame.schema import STATUSES
from geoevents.overrides import united_figures

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["facts_of", "merged"]

# Phrases that were not found, of each batch, that the journal keeps, and of the whole, that the file names.
_COMMON, _MISSED = 1_000, 10


def facts_of(events: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the figures of a part that go into the metadata of the whole file."""
    kinds, box = extent(events.geometry.to_numpy())
    units = {} if "unit_id" not in events else {"bare": int(events["unit_id"].isna().sum())}
    return {
        "provenance": events.attrs.get("geoevents", {}),
        "unresolved": phrases_missed(events, _COMMON),
        "types": sorted(kinds),
        "box": box,
        **units,
    }


def merged(parts: list[dict[str, Any]], provenance: dict[str, Any]) -> dict[str, Any]:
    """Return the provenance of the whole file from those of its parts."""
    provenances = [part["provenance"] for part in parts if part["provenance"]]
    bare = {"bare": sum(part["bare"] for part in parts)} if parts and "bare" in parts[0] else {}
    corrections = [one["overrides"] for one in provenances if one.get("overrides")]
    if not provenances or (provenance and not corrections):
        return {**provenance, **bare}
    counts, kinds, phrases = Counter[str](), Counter[str](), Counter[str]()
    for part in parts:
        counts.update(part["provenance"].get("counts", {}))
        kinds.update(part["provenance"].get("kinds", {}))
        phrases.update(dict(part["unresolved"]))
    figures = {
        **({"overrides": united_figures(corrections)} if corrections else {}),
        "counts": {name: counts[name] for name in STATUSES},
        "kinds": dict(kinds.most_common()),
        "unresolved": [list(one) for one in sorted(phrases.items(), key=lambda item: (-item[1], item[0]))[:_MISSED]],
    }
    territories: dict[str, set[str]] = {}
    for one in provenances:
        for place, states in one.get("territories", {}).items():
            territories.setdefault(place, set()).update(states)
    if territories:
        figures["territories"] = {place: sorted(states) for place, states in sorted(territories.items())}
    if provenance:
        return {**provenance, **figures, **bare}
    unread = [one["dates"] for one in provenances if one.get("dates")]
    dates = (
        {}
        if not unread
        else {
            **unread[0],
            "unread": sum(one.get("unread", 0) for one in unread),
            "examples": [text for one in unread for text in one.get("examples", [])][:3],
            "ends_before_start": sum(one.get("ends_before_start", 0) for one in unread),
        }
    )
    faults = Counter[str]()
    for one in provenances:
        faults.update(one.get("coordinates") or {})
    asked = [one for one in provenances if one.get("online")]
    # The provider is named where a row of any part is its own.
    named = next((one for one in asked if one["online"]["events"]), None)
    events = sum(one["online"]["events"] for one in asked)
    online = {"online": {**asked[0]["online"], "events": events}} if asked else {}
    return {
        **provenances[0],
        **online,
        **({"attribution": named["attribution"]} if named else {}),
        **({"coordinates": dict(sorted(faults.items()))} if "coordinates" in provenances[0] else {}),
        **figures,
        "unknown_countries": list(dict.fromkeys(name for one in provenances for name in one["unknown_countries"]))[:10],
        "dates": dates,
        **bare,
    }
