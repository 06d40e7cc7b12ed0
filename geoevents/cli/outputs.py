"""What commands do with their output: they check its name first, write it, and say on stderr what was done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import geoevents
from geoevents.errors import ArgumentError

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["check_output", "say_done", "working", "write_events", "write_table"]


def check_output(path: Path) -> None:
    """Refuse an output of no known format, or where nothing can be written, before any work is done."""
    from geoevents.exporters import format_of
    from geoevents.exporters.atomic import writable

    try:
        wanted = format_of(path)
    except ArgumentError as error:
        raise click.UsageError(str(error)) from None
    writable(path, beside=wanted.beside)


def write_events(events: gpd.GeoDataFrame, path: Path, shapes: Any = "auto") -> None:
    """Write events in the format of a file's suffix."""
    geoevents.write(events, path, shapes=shapes)  # which shows a bar of its own where that takes long
    click.echo(f"Wrote {path}.", err=True)


def write_table(events: gpd.GeoDataFrame, path: Path, shapes: Any) -> None:
    """Write events, or a panel, in the format of a file's suffix; a CSV has no shapes unless they are asked for."""
    from geoevents.readers import FORMATS

    is_csv = path.suffix.lower() in FORMATS["csv"]
    write_events(events, path, "none" if is_csv and shapes == "auto" else shapes)


def say_done(facts: dict[str, Any], output: Path) -> None:
    """Say what came of work that was done batch by batch."""
    from geoevents.location import described

    click.echo(described(facts), err=True)
    if "bare" in facts:
        click.echo(f"{facts['bare']} rows in no unit.", err=True)
    click.echo(f"Wrote {output}.", err=True)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that work goes on; say nothing in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        yield
