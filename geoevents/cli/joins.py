"""The commands of ``geoevents`` for units: join and aggregate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import geoevents
from geoevents.cli.inputs import is_streamed_work, located_events
from geoevents.cli.options import FILE, TableOptions, in_view, resume_option, table_shapes_option, view_option
from geoevents.cli.outputs import check_output, say_done, working, write_table

__all__ = ["aggregate", "join"]

_areas = click.argument("areas", metavar="AREAS")
_weight = click.option("--weight", metavar="COL", help="Allocate by this column of AREAS, not by area alone.")


@click.command()
@click.argument("source", metavar="EVENTS", type=FILE)
@_areas
@click.option("-o", "--output", metavar="OUT", type=FILE, required=True, help="Written in its suffix's format.")
@click.option(
    "--how",
    type=click.Choice(["within", "nearest", "allocate"]),
    default="within",
    show_default=True,
    help="The unit that holds the point; the nearest one; or a row for each unit it may lie in, with its share.",
)
@_weight
@click.option("--within-km", type=click.FloatRange(min=0), metavar="KM", help="For nearest: no unit farther than this.")
@click.option("--on", metavar="DATE|start", help="The units of this day, or of each event's own (the default).")
@click.option("--to", metavar="DATE", help="The units of this day for all events; unit_then is that of its own day.")
@click.option("--renormalize", is_flag=True, help="Leave out what lies in no unit; the rest sums to 1.")
@view_option
@table_shapes_option
@resume_option
def join(
    source: Path,
    areas: str,
    output: Path,
    how: str,
    weight: str | None,
    within_km: float | None,
    view: str | None,
    shapes: str,
    resume: bool,
    **dated: Any,
) -> None:
    """Find the unit of every event.

    AREAS is a file of polygons, or admin1, admin2, country, group:csto, h3:5, priogrid, square:0.5. From Parquet to
    Parquet it does so batch by batch, whatever the size.
    """
    check_output(output)
    if (weight is not None and how != "allocate") or (within_km is not None and how != "nearest"):
        raise click.UsageError("--weight goes with --how allocate, --within-km with --how nearest.")
    known = in_view(view)
    dated = {name: value for name, value in dated.items() if value}
    if dated and resume:
        raise click.UsageError("--on, --to and --renormalize go with work that is not taken up again.")
    if not dated and is_streamed_work(source, output, resume):
        from geoevents.engines import stream

        options = {"weight": weight, "within_km": within_km, "resume": resume, "gazetteer": known}
        say_done(stream.join(source, areas, output, how, **options), output)  # type: ignore[arg-type]
        return
    events = located_events(source, TableOptions(view=view), anew=False)
    with working("Joining"):
        options = {"weight": weight, "within_km": within_km, "gazetteer": known}
        joined = geoevents.join(events, areas, how, **options, **dated)  # type: ignore[arg-type]
    bare = int(joined["unit_id"].isna().sum())
    click.echo(f"{len(events)} events, {joined['unit_id'].nunique()} units; {bare} in no unit.", err=True)
    write_table(joined, output, shapes)


@click.command()
@click.argument("source", metavar="EVENTS", type=FILE)
@_areas
@click.option("-o", "--output", metavar="OUT", type=FILE, required=True, help="Written in its suffix's format.")
@click.option("--freq", metavar="PERIOD", help="A panel by D, W, M, Q or Y; empty periods are 0.")
@_weight
@click.option("--country", metavar="NAME", multiple=True, help="All units of this country, and no others; repeatable.")
@click.option("--start", metavar="DATE", help="The first day of the study window.")
@click.option("--end", metavar="DATE", help="The last day of the study window.")
@click.option("--population", metavar="COL", help="Add figures per 100,000 by this column of AREAS.")
@click.option("--on", metavar="DATE|start", help="The units of this day, or of each event's own (the default).")
@click.option("--renormalize", is_flag=True, help="Leave out what lies in no unit; the rest sums to 1.")
@view_option
@table_shapes_option
def aggregate(
    source: Path,
    areas: str,
    output: Path,
    freq: str | None,
    weight: str | None,
    country: tuple[str, ...],
    view: str | None,
    shapes: str,
    **options: Any,
) -> None:
    """Count events and sum their figures by unit, and by period.

    AREAS as in join; what is known only to an area is shared out, so that totals are kept. Every unit of AREAS, or of
    the countries, has its row, 0 where nothing happened; with a window, in every period of it. Of a bundled layer these
    are the units of the countries that an event may lie in.
    """
    check_output(output)
    events = located_events(source, TableOptions(view=view), anew=False)
    options |= {"country": country or None, "gazetteer": in_view(view)}
    with working("Counting"):
        units = geoevents.aggregate(events, areas, freq=freq, weight=weight, **options)
    click.echo(f"{len(events)} events, {len(units)} rows.", err=True)
    write_table(units, output, shapes)
