"""Write what is to be reviewed, as an offline page or a table for a spreadsheet."""

from __future__ import annotations

import csv
import html
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

import gazetteer as package
from geoevents.errors import ArgumentError
from geoevents.exporters.atomic import replacing
from geoevents.frame.sidecar import shielded
from geoevents.maps.html.inline import filled, json_text, packed, policy
from geoevents.maps.review.doubts import Doubt, doubts_of
from geoevents.overrides import COLUMNS

if TYPE_CHECKING:
    import geopandas as gpd

    from gazetteer import Gazetteer

__all__ = ["write_review"]

_FOLDER = Path(__file__).parent
# The page carries names of so many places of the countries concerned, the largest first.
_MOST_NAMES = 60_000
# Degrees: the land is as coarse as a small map may be.
_TOLERANCE = 0.05


def write_review(
    events: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    gazetteer: Gazetteer | None = None,
) -> int:
    """Write a page (``.html``) or a table (``.csv``) in which a person corrects what was guessed.

    The page needs no network. It shows each doubtful phrase with the places it may mean on a map; a person picks one,
    searches, clicks or types coordinates, or says that it is not a place. It keeps the progress and gives the decisions
    as ``overrides.csv``, which `geoevents.locate` takes. The table has a row a phrase with the columns of an
    override to fill in.

    Parameters
    ----------
    events
        An events frame as `geoevents.locate` makes it; it is not changed.
    path
        Where to write.
    title
        A title for the page; None takes the one in ``events.attrs``.
    gazetteer
        The gazetteer that the events were located with; None takes the bundled one.

    Returns
    -------
    int
        How many phrases there are to look at.

    Raises
    ------
    ArgumentError
        When the path ends otherwise, or the events have no ``place_query``.
    WriteError
        When the disk refuses.

    Examples
    --------
    >>> import tempfile, geoevents as ge, pandas as pd
    >>> events = ge.locate(pd.DataFrame({"place": ["Georgia", "Almaty"]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ge.write_review(events, f"{folder}/review.html")
    1
    """
    suffix = Path(path).suffix.lower()
    if suffix not in (".html", ".htm", ".csv"):
        raise ArgumentError(f"{path}: expected a name that ends in .html or .csv, got {suffix or 'no suffix'!r}.")
    if "place_query" not in events.columns:
        raise ArgumentError("Review: expected located events with the column place_query; use locate first.")
    if gazetteer is None:
        gazetteer = package.load()
    doubts = doubts_of(events, gazetteer=gazetteer)
    with replacing(path) as beside:
        if suffix == ".csv":
            _write_table(doubts, beside)
        else:
            heading = title or (events.attrs.get("geoevents") or {}).get("title") or "Places to review"
            beside.write_text(_page(doubts, str(heading), gazetteer), encoding="utf-8", errors="replace", newline="\n")
    return len(doubts)


def _write_table(doubts: list[Doubt], path: Path) -> None:
    """Write a row a phrase: an override to fill in, and beside it what helps to decide."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "rows", "status", "reason", "now", "rivals"])
        for doubt in doubts:
            rivals = "; ".join(f"{r.id} = {r.name}, {r.kind}, {r.country or 'no country'}" for r in doubt.rivals)
            cells = [doubt.phrase, doubt.country or "", *[""] * 6, doubt.rows, doubt.status, doubt.reason]
            texts = [*cells, doubt.chosen or "", rivals]
            writer.writerow([shielded(cell) if isinstance(cell, str) else cell for cell in texts])


def _page(doubts: list[Doubt], title: str, gazetteer: Gazetteer) -> str:
    script = "\n".join(
        [
            (_FOLDER.parent / "html" / "page.js").read_text(encoding="utf-8"),
            *((_FOLDER / name).read_text(encoding="utf-8") for name in ("ground.js", "review.js")),
        ]
    )
    data = {
        "title": title,
        "doubts": [asdict(doubt) for doubt in doubts],
        "names": _names(doubts, gazetteer),
        "land": _land(gazetteer),
        "columns": COLUMNS,
    }
    return filled(
        (_FOLDER / "review.html").read_text(encoding="utf-8"),
        {
            "POLICY": policy(script),
            "TITLE": html.escape(title),
            "STYLE": (_FOLDER / "review.css").read_text(encoding="utf-8"),
            "DATA": packed(json_text(data).encode("utf-8")),
            "SCRIPT": script,
        },
    )


def _names(doubts: list[Doubt], gazetteer: Gazetteer) -> dict[str, list[object]]:
    """Return the places of the countries concerned, a list a column, the most peopled first."""
    lands = {r.country for doubt in doubts for r in doubt.rivals if r.country} | {
        d.country for d in doubts if d.country
    }
    if not lands:
        return {"id": [], "name": [], "admin1": [], "lon": [], "lat": []}
    units = gazetteer.layer("admin1")
    cities = gazetteer.layer("cities")
    cities = cities[cities["country"].isin(lands)].sort_values("population", ascending=False, kind="stable")
    units = units[units["country"].isin(lands)]
    names: dict[str, list[object]] = {}
    for column in ("id", "name", "admin1", "lon", "lat"):
        values = [*units[column].tolist(), *cities[column].head(_MOST_NAMES).tolist()]
        rounded = column in ("lon", "lat")
        names[column] = [round(float(v), 4) if rounded else v if isinstance(v, str) else None for v in values]
    return names


def _land(gazetteer: Gazetteer) -> list[list[list[float]]]:
    """Return the outlines of the land as rings of lon, lat, degrees."""
    shapes = shapely.simplify(gazetteer.layer("basemap").geometry.to_numpy(), _TOLERANCE)
    parts = shapely.get_parts(shapes)
    rings = shapely.get_exterior_ring(parts[shapely.area(parts) > _TOLERANCE**2])
    return [shapely.get_coordinates(ring).round(2).tolist() for ring in rings]
