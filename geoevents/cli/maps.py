"""The command ``geoevents map``: events as a page or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import geoevents
from geoevents.cli.inputs import extracted_events, is_report, located_events
from geoevents.cli.options import FILE, TableOptions, table_options
from geoevents.cli.outputs import check_output, working
from geoevents.maps.titles import title_from_name

__all__ = ["map_"]


@click.command("map")
@click.argument("source", metavar="INPUT", type=FILE)
@click.option(
    "-o",
    "--output",
    metavar="MAP",
    type=FILE,
    help="A page (.html) or a picture (.png, .svg). Default: INPUT's name with .html, in this folder.",
)
@table_options
@click.option("--title", metavar="TEXT", help="A title for the map. Default: made of INPUT's name.")
@click.option(
    "--basemap",
    type=click.Choice(["none", "positron", "voyager", "dark-matter"]),
    default="none",
    help="A ground of CARTO's that the page asks for online. Default: none, which needs no network.",
)
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", help="Default: light.")
@click.option("--circles", is_flag=True, help="Draw the circle of uncertainty around each point.")
@click.option("--embed", is_flag=True, help="Make the page for a frame in another page: the list behind a button.")
@click.option("--config", metavar="FILE", type=FILE, help="A Kepler.gl configuration to use.")
@click.option("--save-config", metavar="FILE", type=FILE, help="Where to write the configuration that was used.")
def map_(
    source: Path,
    output: Path | None,
    title: str | None,
    table: TableOptions,
    **options: Any,
) -> None:
    """Draw the events of a table or a report as a map: one HTML file that needs no network, or a picture.

    For a report --date is the report's day.
    """
    from geoevents.exporters import format_of
    from geoevents.exporters.atomic import writable
    from geoevents.maps.api import read_config

    target = output or Path(source.with_suffix(".html").name)
    check_output(target)
    wanted = format_of(target)
    if not wanted.is_map:
        raise click.UsageError(f"{target}: expected a map's name, ending in .html, .png or .svg.")
    for_pages = options["basemap"] != "none" or options["config"] or options["save_config"] or options["embed"]
    if not wanted.is_page and for_pages:
        raise click.UsageError(f"{target}: --basemap, --config, --embed and --save-config are for pages (.html).")
    if options["save_config"]:
        writable(options["save_config"])
    options["config"] = read_config(options["config"])
    events = (
        extracted_events(source, table.date, table.gazetteer()) if is_report(source) else located_events(source, table)
    )
    with working(f"Writing {target.name}"):
        geoevents.write_map(events, target, title=title or title_from_name(source.stem), **options)
    for path in filter(None, (target, options["save_config"])):
        click.echo(f"Wrote {path}.", err=True)
