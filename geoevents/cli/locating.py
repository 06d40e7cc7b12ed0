"""The commands of ``geoevents`` for tables: locate, inspect, validate, convert and formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

import geoevents
from geoevents.cli.inputs import is_streamed_work, located_events
from geoevents.cli.options import (
    FILE,
    OnlineOptions,
    TableOptions,
    online_options,
    resume_option,
    shapes_option,
    table_options,
)
from geoevents.cli.outputs import check_output, say_done, working, write_events
from geoevents.errors import ReadError
from geoevents.maps.titles import title_from_name

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["convert", "formats", "inspect", "locate", "validate"]


@click.command()
@click.argument("source", metavar="INPUT", type=FILE)
@click.option("-o", "--output", metavar="OUT", type=FILE, required=True, help="Written in its suffix's format.")
@table_options
@click.option("--review", metavar="REVIEW", type=FILE, help="Write what was guessed for a person: .html or .csv.")
@shapes_option
@resume_option
@online_options
def locate(
    source: Path,
    output: Path,
    review: Path | None,
    shapes: str,
    resume: bool,
    table: TableOptions,
    service: OnlineOptions,
) -> None:
    """Find the place and date of every row of a table.

    From Parquet to Parquet it does so batch by batch, whatever the size; with --context file or --review it reads the
    whole. --online sends phrases that are not found to a service, once: answers are kept on disk, so that a run that
    was broken off goes on where it was.
    """
    geocoder = service.geocoder()
    check_output(output)
    if review is not None and resume:
        raise click.UsageError("--review goes with work that is not taken up again.")
    if resume and table.context != "row":
        raise click.UsageError("--resume goes with --context row: a file told apart as a whole is read as a whole.")
    if (
        review is None
        and table.go_with_parts
        and is_streamed_work(source, output, resume, table.format, online=geocoder is not None)
    ):
        from geoevents.engines import stream

        say_done(
            stream.locate(source, output, **table.streaming(), online=geocoder, resume=resume),
            output,
        )
        return
    events = located_events(source, table, geocoder)
    write_events(events, output, shapes)
    if review is not None:
        _write_review(events, review, title_from_name(source.stem))


def _write_review(events: gpd.GeoDataFrame, review: Path, title: str) -> None:
    with working(f"Writing {review.name}"):
        doubtful = geoevents.write_review(events, review, title=title)
    click.echo(f"Wrote {review}: {doubtful} phrase{'' if doubtful == 1 else 's'} to look at.", err=True)


@click.command()
@click.argument("source", metavar="INPUT", type=FILE)
@table_options
def inspect(source: Path, table: TableOptions) -> None:
    """Say which columns, sheet, header, dates and coordinates would be used, and what stays unused; write nothing."""
    with working(f"Reading {source.name}"):
        found = geoevents.inspect(source, **table.reading(), **table.locating())
    click.echo(str(found))


@click.command()
@click.argument("source", metavar="FILE", type=FILE)
def validate(source: Path) -> None:
    """Check that a file holds valid events; every fault is named."""
    events = geoevents.read(source)
    geoevents.validate(events)
    click.echo(f"{source}: {len(events)} valid events.", err=True)


@click.command()
@click.argument("source", metavar="IN", type=FILE)
@click.argument("output", metavar="OUT", type=FILE)
@shapes_option
def convert(source: Path, output: Path, shapes: str) -> None:
    """Write a file of located events in another format."""
    check_output(output)
    frame = geoevents.read(source)
    if not hasattr(frame, "geom_type"):
        raise ReadError(f"{source}: expected events with geometries, got a plain table; use locate first.")
    write_events(frame, output, shapes)


@click.command()
def formats() -> None:
    """List the formats that can be read and written, and what each cannot hold."""
    from geoevents.exporters import FORMATS as WRITTEN
    from geoevents.readers import FORMATS as READ

    for name, suffixes in READ.items():
        click.echo(f"read\t{name}\t{' '.join(suffixes)}")
    for known in WRITTEN:
        click.echo(f"write\t{known.name}\t{' '.join(known.suffixes)}\t{known.limits}")
