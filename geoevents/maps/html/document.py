"""One self-contained HTML file around the Kepler.gl widget.

Data sets and a configuration become a page that opens from disk without a network. The browser bundle
is the one inside the installed keplergl package, gzipped and inlined; the page inflates and imports it. A
content security policy forbids the page every request and every script but its own.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path

from geoevents.maps.ground_labels import ground_labels
from geoevents.maps.html.inline import filled, in_base64, json_text, packed, policy
from geoevents.maps.html.widget import bundle, packed_widget

__all__ = ["write_page"]

_FOLDER = Path(__file__).parent
# The parts of the page's one script, in the order in which they build on each other.
_SCRIPTS = (
    "page.js",
    "filters.js",
    "list.js",
    "card.js",
    "report.js",
    "units.js",
    "timeline.js",
    "kepler.js",
    "labels.js",
    "start.js",
)
_UNTITLED = "Map of events"
# Where a basemap's style, tiles and letters come from, when one is asked for.
_TILES = "https://*.cartocdn.com"
# The commonest phrases that have no place are named, this many of them.
_MISSES = 5


def write_page(
    path: Path,
    datasets: Mapping[str, object],
    config: Mapping[str, object],
    *,
    facts: Mapping[str, object],
    events: Mapping[str, object] | None = None,
    units: Mapping[str, object] | None = None,
    land: bytes = b"",
    theme: str = "light",
    online: bool = False,
    embed: bool = False,
) -> None:
    """Write the page.

    Parameters
    ----------
    path
        The file to write.
    datasets, config
        In the widget's terms.
    facts
        What the panels say: as in ``events.attrs["geoevents"]`` (title, counts, unresolved, attribution and what
        made it), and of the map ``what``, ``sources``, ``notes``, ``legend``, ``outside``, ``whole``, ``window``,
        ``fit`` and ``placed``.
    events
        The list beside the map, as `geoevents.maps.event_list.event_list` makes it; None where units were counted.
    units
        The list beside a choropleth, as `geoevents.maps.unit_list.unit_list` makes it; None where events are shown.
    land
        A data set that lies under the others, JSON in gzip; empty for none.
    theme
        ``light`` or ``dark``.
    online
        Whether the page may ask for CARTO's tiles; else it may ask for nothing.
    embed
        Whether the page is made for a frame in another page: the map alone, the list behind a button.

    Raises
    ------
    WriteError
        When the installed keplergl package has no browser bundle.
    """
    title = str(facts.get("title") or _UNTITLED)
    script = "\n".join(_own(name) for name in _SCRIPTS)
    ground = [] if online else [[x.name, x.kind, x.lon, x.lat, x.zoom] for x in ground_labels()]
    values = {
        "POLICY": policy(script, online=_TILES if online else "", wasm=True),
        "TITLE": html.escape(title),
        "THEME": html.escape(theme),
        "STYLE": _own("page.css"),
        "SCRIPT": script,
        "WIDGET_STYLE": bundle("widget.css").decode("utf-8"),
        "FACTS": json_text({"title": title, "theme": theme, "online": online, "embed": embed, **_panel(facts)}),
        "EVENTS": packed(json_text({"events": events, "units": units, "ground": ground}).encode("utf-8")),
        "CONFIG": json_text(config),
        "LAND": in_base64(land),
        "DATA": packed(json_text(datasets).encode("utf-8")),
        "WIDGET": packed_widget(),
    }
    path.write_text(filled(_own("page.html"), values), encoding="utf-8", errors="replace", newline="\n")


def _panel(facts: Mapping[str, object]) -> dict[str, object]:
    counts, misses = facts.get("counts"), facts.get("unresolved")
    made = {"geoevents": "version", "gazetteer build": "gazetteer"}
    parts = [f"{name} {facts[key]}" for name, key in made.items() if facts.get(key)]
    if facts.get("created"):  # an ISO 8601 moment in UTC
        parts.append(f"made {str(facts['created'])[:16].replace('T', ' ')} UTC")
    return {
        "counts": {str(key): int(n) for key, n in counts.items()} if isinstance(counts, Mapping) else {},
        "unresolved": [str(miss[0])[:80] for miss in misses[:_MISSES]] if isinstance(misses, list | tuple) else [],
        "attribution": str(facts.get("attribution") or ""),
        "made": ", ".join(parts),
        **{name: facts[name] for name in _OF_THE_MAP if name in facts},
    }


_OF_THE_MAP = ("what", "sources", "notes", "legend", "outside", "whole", "window", "fit", "placed")


def _own(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
