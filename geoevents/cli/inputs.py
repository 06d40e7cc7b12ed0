"""What commands read: tables, events, and reports; where a table has no places yet, they locate it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import geoevents
from geoevents.cli.options import TableOptions
from geoevents.cli.outputs import working
from geoevents.errors import ReadError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gazetteer import Gazetteer, Geocoder

__all__ = ["extracted_events", "is_report", "is_streamed_work", "located_events", "placed_events"]

# Options that say how a file is read, not what is done with its rows.
_UNREAD: dict[str, Any] = {"format": None, "sheet": None, "header": None}


def is_report(path: Path) -> bool:
    """Return whether a path holds reports, as far as its name and its first lines tell."""
    from geoevents.reports.documents.recognition import holds_reports

    return holds_reports(path)


def located_events(
    source: Path,
    table: TableOptions = TableOptions(),  # noqa: B008
    online: Geocoder | None = None,
    *,
    anew: bool = True,
) -> gpd.GeoDataFrame:
    """Read a table and locate it; a file that holds events already is taken as it is.

    Parameters
    ----------
    anew
        Whether options that say how places are found have the events of a file located once more.
    """
    from geoevents.coordinates import is_from_coordinates
    from geoevents.frame.schema import is_events

    if is_report(source):
        raise ReadError(f"{source}: expected a table, got a report or a folder; `geoevents extract` reads reports.")
    with working(f"Reading {source.name}"):
        records: pd.DataFrame = geoevents.read(source, **table.reading(), gazetteer=table.gazetteer())
    if (
        is_events(records)
        and not is_from_coordinates(records)
        and online is None
        and (not anew or replace(table, **_UNREAD).are_default)
    ):
        geoevents.validate(records)
        return records
    with working("Finding places"):
        events = geoevents.locate(records, **table.locating(), online=online)
    _say_columns(events)
    click.echo(geoevents.summary(events), err=True)
    return events


def extracted_events(source: Path, date: str | None, gazetteer: Gazetteer | None = None) -> gpd.GeoDataFrame:
    """Find the events that a report tells."""
    broken: list[str] = []
    with working("Reading the report"):
        events = geoevents.extract(source, date=date, gazetteer=gazetteer, broken=broken)
    if broken and events.attrs["geoevents"]["reports"] == 0:
        raise ReadError(broken[0] if len(broken) == 1 else f"{source}: no report could be read. {broken[0]}")
    for sentence in broken:
        click.echo(f"geoevents: {sentence}", err=True)
    if not len(events):
        raise ReadError(f"{source}: no events were found in the report, so there is nothing to map.")
    click.echo(geoevents.summary(events), err=True)
    return events


def _say_columns(events: gpd.GeoDataFrame) -> None:
    """Say which columns were taken, so that one that was passed over is seen."""
    from geoevents.coordinates import is_from_coordinates

    if is_from_coordinates(events):
        click.echo("Places from the table's own coordinates.", err=True)
    taken = events.attrs["geoevents"].get("columns") or {}
    dates = " to ".join(filter(None, (taken.get("date"), taken.get("end"))))
    said = {
        "Coordinates": ", ".join(taken.get("coordinates", ())),
        "places": ", ".join(taken.get("place", ())),
        "country": taken.get("country"),
        "date": dates,
    }
    words = "; ".join(f"{what} from {names}" for what, names in said.items() if names)
    if words:
        click.echo(f"{words[0].upper()}{words[1:]}.", err=True)


def is_streamed_work(
    source: Path, output: Path, resume: bool, format: str | None = None, *, online: bool = False
) -> bool:
    """Whether a file is worked on batch by batch; only such work can be taken up."""
    from geoevents.engines import is_streamed

    streamed = is_streamed(source, output, format, online=online)
    if resume and not streamed:
        raise click.UsageError("--resume goes with work from Parquet, or from large CSV files, to Parquet.")
    return streamed


def placed_events(source: Path, gazetteer: Gazetteer | None = None) -> gpd.GeoDataFrame:
    """Read events; a table without places is located, whatever columns it has."""
    from geoevents.frame.schema import is_events

    records = geoevents.read(source, gazetteer=gazetteer)
    if not is_events(records):
        records = geoevents.locate(records, gazetteer=gazetteer)
        click.echo(f"{source}: {geoevents.summary(records)}", err=True)
    return records
