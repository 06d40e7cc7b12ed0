"""The figures that `geoevents.locate` leaves with its events, in a few lines to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geoevents.errors import ColumnError
from geoevents.frame.coordinate_cells import FAULTS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["described", "summary"]


def summary(events: gpd.GeoDataFrame) -> str:
    """Return in a few lines how many events were placed, where, and what was not.

    Parameters
    ----------
    events
        What `locate` returned, or a file that kept its provenance.

    Raises
    ------
    ColumnError
        When the frame does not carry the figures of its making.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> print(ge.summary(ge.locate(pd.DataFrame({"place": ["Almaty", "Interfax"]}))))
    2 events: 1 matched, 0 ambiguous, 1 unresolved; placed: 1 city.
    Unresolved: "Interfax" 1.
    No column of dates was found; name one with date (--date).
    """
    facts = getattr(events, "attrs", {}).get("geoevents")
    if not isinstance(facts, dict) or "counts" not in facts:
        raise ColumnError("Summary: expected events with the figures that locate leaves in attrs, got none.")
    return described(facts)


def described(facts: dict[str, Any]) -> str:
    """Return the figures of the work in a few lines; of a file that does not tell, that."""
    if "counts" not in facts:
        return "Events placed by others."
    counts, kinds = facts["counts"], facts.get("kinds", {})
    by_kind = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items(), key=lambda item: (-item[1], item[0])))
    total = sum(counts.values())
    lines = [
        f"{total} event{'' if total == 1 else 's'}: {counts['matched']} matched, "
        f"{counts['ambiguous']} ambiguous, {counts['unresolved']} unresolved"
        f"{f'; placed: {by_kind}' if by_kind else ''}."
    ]
    if facts.get("unresolved"):
        phrases = ", ".join(f'"{phrase[:60]}" {n}' for phrase, n in facts["unresolved"][:5])
        lines.append(f"Unresolved: {phrases}.")
    if facts.get("unknown_countries"):
        lines.append(f"No country of the gazetteer, so no hint: {', '.join(facts['unknown_countries'][:5])}.")
    if facts.get("coordinates"):
        faults = "; ".join(f"{FAULTS.get(code, code)}: {n}" for code, n in facts["coordinates"].items())
        lines.append(f"Coordinates that were not used: {faults}.")
    if facts.get("overrides"):
        lines.append(_override_line(facts["overrides"]))
    if facts.get("far_apart"):
        lines.append(f"Words and coordinates lie far apart in {facts['far_apart']} rows; match_note says how far.")
    return "\n".join(lines + _date_lines(facts.get("dates") or {}))


def _override_line(used: dict[str, Any]) -> str:
    unused = used.get("unused") or []
    names = ", ".join(f'"{phrase[:60]}"' for phrase in unused[:5])
    left = f" Not used, since no row has these words: {names}{' …' if len(unused) > 5 else ''}." if unused else ""
    return f"Corrected by {used['used']} override{'' if used['used'] == 1 else 's'}: {used['rows']} rows.{left}"


def _date_lines(dates: dict[str, Any]) -> list[str]:
    lines = []
    if dates.get("missing"):
        lines.append("No column of dates was found; name one with date (--date).")
    if dates.get("unread"):
        examples = ", ".join(f'"{text}"' for text in dates["examples"])
        lines.append(f"Dates that could not be read: {dates['unread']} ({examples}).")
    if dates.get("order_from") == "assumed":
        lines.append("Dates such as 03/04/2022 were taken as day, then month; the column does not say.")
    if dates.get("ends_before_start"):
        lines.append(f"Last days before the first day, left out: {dates['ends_before_start']}.")
    return lines
