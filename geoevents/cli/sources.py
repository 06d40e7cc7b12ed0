"""The command ``geoevents match``: the events of two sources."""

from __future__ import annotations

from pathlib import Path

import click

import geoevents
from geoevents.cli.inputs import placed_events
from geoevents.cli.options import FILE, in_view, view_option
from geoevents.cli.outputs import check_output

__all__ = ["match"]


@click.command()
@click.argument("first", metavar="A", type=FILE)
@click.argument("second", metavar="B", type=FILE)
@click.option("-o", "--output", metavar="OUT", type=FILE, required=True, help="Written in its suffix's format.")
@click.option("--km", metavar="KM", type=click.FloatRange(min=0), default=25, show_default=True)
@click.option("--days", metavar="DAYS", type=click.FloatRange(min=0), default=3, show_default=True)
@click.option("--kinds", metavar="FILE|any", help="A table of kinds of one's own, or any: kinds do not matter.")
@click.option("--least", metavar="SCORE", type=click.FloatRange(0, 1), default=0, show_default=True)
@view_option
@click.option("--pairs", metavar="FILE", type=FILE, help="Write the pairs and their runners-up too, as .csv.")
def match(
    first: Path,
    second: Path,
    output: Path,
    km: float,
    days: float,
    kinds: str | None,
    least: float,
    view: str | None,
    pairs: Path | None,
) -> None:
    """Match the events of two sources one to one and merge them: a row a distinct event, all columns of both."""
    from geoevents.exporters.atomic import replacing, writable

    check_output(output)
    if pairs is not None:
        if pairs.suffix.lower() != ".csv":
            raise click.UsageError(f"{pairs}: expected a name that ends in .csv.")
        writable(pairs)
    known = in_view(view)
    one, two = placed_events(first, known), placed_events(second, known)
    chosen: bool | str = True if kinds is None else False if kinds == "any" else kinds
    found = geoevents.match(one, two, km=km, days=days, kinds=chosen, least=least)
    geoevents.write(geoevents.merge(found), output)
    if pairs is not None:
        with replacing(pairs) as path:
            found.pairs.to_csv(path, index=False)
    click.echo(f"{len(one)} and {len(two)} events, {len(found)} pairs.", err=True)
    click.echo(f"Wrote {output}.", err=True)
