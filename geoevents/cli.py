"""The command ``geoevents``: a thin shell over the package.

Data goes to the files that are named, what was done goes to stderr. Exit codes: 0 done (misses included,
counted), 1 an error in the input or on disk, 2 misuse, 130 interrupted; an error is one sentence.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geoevents.command_options import TableOptions, table_options
from geoevents.errors import ArgumentError, GeoEventsError, ReadError
from geoevents.join_commands import draw, match
from geoevents.report_commands import evaluate, extract, is_report

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


__all__ = ["main"]

# Whether a file can be read is for the readers to say: that it cannot is an error on disk, no misuse.
# Options that say how a file is read, not what is done with its rows.
_UNREAD: dict[str, Any] = {"format": None, "sheet": None, "header": None}
_INPUT = click.Path(path_type=Path, readable=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="geoevents", prog_name="geoevents")
def cli() -> None:
    """Put events on the map: a table of events becomes located events, files and maps, offline."""


cli.add_command(extract)
cli.add_command(evaluate)
cli.add_command(draw)
cli.add_command(match)


_resume = click.option("--resume", is_flag=True, help="Take up a run from Parquet to Parquet that was broken off.")


@cli.command("map")
@click.argument("source", metavar="INPUT", type=_INPUT)
@click.option(
    "-o",
    "--output",
    metavar="MAP",
    type=_INPUT,
    help="A page (.html) or a picture (.png, .svg). Default: INPUT's name with .html, in this folder.",
)
@table_options
@click.option("--title", metavar="TEXT", help="A title for the map. Default: INPUT's name.")
@click.option(
    "--basemap",
    type=click.Choice(["none", "positron", "voyager", "dark-matter"]),
    default="none",
    help="A ground of CARTO's that the page asks for online. Default: none, which needs no network.",
)
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", help="Default: light.")
@click.option("--circles", is_flag=True, help="Draw the circle of uncertainty around each point.")
@click.option("--embed", is_flag=True, help="Make the page for a frame in another page: the list behind a button.")
@click.option("--config", metavar="FILE", type=_INPUT, help="A Kepler.gl configuration to use.")
@click.option("--save-config", metavar="FILE", type=_INPUT, help="Where to write the configuration that was used.")
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
    import geoevents
    from geoevents.exporters import format_of
    from geoevents.exporters.atomic import writable
    from geoevents.maps.api import read_config

    target = output or Path(source.with_suffix(".html").name)
    _writable(target)
    wanted = format_of(target)
    if not wanted.is_map:
        raise click.UsageError(f"{target}: expected a map's name, ending in .html, .png or .svg.")
    for_pages = options["basemap"] != "none" or options["config"] or options["save_config"] or options["embed"]
    if not wanted.is_page and for_pages:
        raise click.UsageError(f"{target}: --basemap, --config, --embed and --save-config are for pages (.html).")
    if options["save_config"]:
        writable(options["save_config"])
    options["config"] = read_config(options["config"])
    events = _extracted(source, table.date) if is_report(source) else _located(source, table)
    with _working(f"Writing {target.name}"):
        geoevents.write_map(events, target, title=title or source.stem, **options)
    for path in filter(None, (target, options["save_config"])):
        click.echo(f"Wrote {path}.", err=True)


@cli.command()
@click.argument("source", metavar="INPUT", type=_INPUT)
@click.option("-o", "--output", metavar="OUT", type=_INPUT, required=True, help="Written in its suffix's format.")
@table_options
@click.option("--review", metavar="REVIEW", type=_INPUT, help="Write what was guessed for a person: .html or .csv.")
@_resume
def locate(
    source: Path,
    output: Path,
    review: Path | None,
    resume: bool,
    table: TableOptions,
) -> None:
    """Find the place and date of every row of a table.

    From Parquet to Parquet it does so batch by batch, whatever the size; with --context file or --review it reads the
    whole.
    """
    _writable(output)
    if review is not None and resume:
        raise click.UsageError("--review goes with work that is not taken up again.")
    if resume and table.context != "row":
        raise click.UsageError("--resume goes with --context row: a file told apart as a whole is read as a whole.")
    if review is None and table.go_with_parts and _streamed(source, output, resume):
        from geoevents.engines import stream

        _done(
            stream.locate(
                source,
                output,
                place=table.place,
                country=table.country,
                date=table.date,
                overrides=table.overrides or None,
                resume=resume,
            ),
            output,
        )
        return
    events = _located(source, table)
    _write(events, output)
    if review is not None:
        _write_review(events, review, source.stem)


def _write_review(events: gpd.GeoDataFrame, review: Path, title: str) -> None:
    import geoevents

    with _working(f"Writing {review.name}"):
        doubtful = geoevents.write_review(events, review, title=title)
    click.echo(f"Wrote {review}: {doubtful} phrase{'' if doubtful == 1 else 's'} to look at.", err=True)


@cli.command()
@click.argument("source", metavar="INPUT", type=_INPUT)
@table_options
def inspect(source: Path, table: TableOptions) -> None:
    """Say which columns, sheet, header, dates and coordinates would be used, and what stays unused; write nothing."""
    import geoevents

    with _working(f"Reading {source.name}"):
        found = geoevents.inspect(source, **table.reading(), **table.locating())
    click.echo(str(found))


@cli.command()
@click.argument("source", metavar="FILE", type=_INPUT)
def validate(source: Path) -> None:
    """Check that a file holds valid events; every fault is named."""
    import geoevents

    events = geoevents.read(source)
    geoevents.validate(events)
    click.echo(f"{source}: {len(events)} valid events.", err=True)


@cli.command()
@click.argument("source", metavar="IN", type=_INPUT)
@click.argument("output", metavar="OUT", type=_INPUT)
def convert(source: Path, output: Path) -> None:
    """Write a file of located events in another format."""
    import geoevents

    _writable(output)
    frame = geoevents.read(source)
    if not hasattr(frame, "geom_type"):
        raise ReadError(f"{source}: expected events with geometries, got a plain table; use locate first.")
    _write(frame, output)


@cli.command()
def formats() -> None:
    """List the formats that can be read and written, and what each cannot hold."""
    from geoevents.exporters import FORMATS as WRITTEN
    from geoevents.readers import FORMATS as READ

    for name, suffixes in READ.items():
        click.echo(f"read\t{name}\t{' '.join(suffixes)}")
    for known in WRITTEN:
        click.echo(f"write\t{known.name}\t{' '.join(known.suffixes)}\t{known.limits}")


_areas = click.argument("areas", metavar="AREAS")
_weight = click.option("--weight", metavar="COL", help="Allocate by this column of AREAS, not by area alone.")


@cli.command()
@click.argument("source", metavar="EVENTS", type=_INPUT)
@_areas
@click.option("-o", "--output", metavar="OUT", type=_INPUT, required=True, help="Written in its suffix's format.")
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
@_resume
def join(
    source: Path,
    areas: str,
    output: Path,
    how: str,
    weight: str | None,
    within_km: float | None,
    resume: bool,
    **dated: Any,
) -> None:
    """Find the unit of every event.

    AREAS is a file of polygons, or admin1, admin2, country, group:csto, h3:5, priogrid, square:0.5. From Parquet to
    Parquet it does so batch by batch, whatever the size.
    """
    import geoevents

    _writable(output)
    if (weight is not None and how != "allocate") or (within_km is not None and how != "nearest"):
        raise click.UsageError("--weight goes with --how allocate, --within-km with --how nearest.")
    dated = {name: value for name, value in dated.items() if value}
    if dated and resume:
        raise click.UsageError("--on, --to and --renormalize go with work that is not taken up again.")
    if not dated and _streamed(source, output, resume):
        from geoevents.engines import stream

        options = {"weight": weight, "within_km": within_km, "resume": resume}
        _done(stream.join(source, areas, output, how, **options), output)  # type: ignore[arg-type]
        return
    events = _located(source)
    with _working("Joining"):
        joined = geoevents.join(events, areas, how, weight=weight, within_km=within_km, **dated)  # type: ignore[arg-type]
    bare = int(joined["unit_id"].isna().sum())
    click.echo(f"{len(events)} events, {joined['unit_id'].nunique()} units; {bare} in no unit.", err=True)
    _write(joined, output)


@cli.command()
@click.argument("source", metavar="EVENTS", type=_INPUT)
@_areas
@click.option("-o", "--output", metavar="OUT", type=_INPUT, required=True, help="Written in its suffix's format.")
@click.option("--freq", metavar="PERIOD", help="A panel by D, W, M, Q or Y; empty periods are 0.")
@_weight
@click.option("--country", metavar="NAME", multiple=True, help="All units of this country, and no others; repeatable.")
@click.option("--start", metavar="DATE", help="The first day of the study window.")
@click.option("--end", metavar="DATE", help="The last day of the study window.")
@click.option("--population", metavar="COL", help="Add figures per 100,000 by this column of AREAS.")
@click.option("--on", metavar="DATE|start", help="The units of this day, or of each event's own (the default).")
@click.option("--renormalize", is_flag=True, help="Leave out what lies in no unit; the rest sums to 1.")
def aggregate(
    source: Path,
    areas: str,
    output: Path,
    freq: str | None,
    weight: str | None,
    country: tuple[str, ...],
    **options: Any,
) -> None:
    """Count events and sum their figures by unit, and by period.

    AREAS as in join; what is known only to an area is shared out, so that totals are kept. Every unit of AREAS, or of
    the countries, has its row, 0 where nothing happened; with a window, in every period of it.
    """
    import geoevents

    _writable(output)
    events = _located(source)
    with _working("Counting"):
        units = geoevents.aggregate(events, areas, freq=freq, weight=weight, country=country or None, **options)
    click.echo(f"{len(events)} events, {len(units)} rows.", err=True)
    _write(units, output)


def _writable(path: Path) -> None:
    """Refuse an output of no known format, or where nothing can be written, before any work is done."""
    from geoevents.exporters import format_of
    from geoevents.exporters.atomic import writable

    try:
        wanted = format_of(path)
    except ArgumentError as error:
        raise click.UsageError(str(error)) from None
    writable(path, beside=wanted.beside)


def _located(source: Path, table: TableOptions = TableOptions()) -> gpd.GeoDataFrame:  # noqa: B008
    """Read a table and locate it; a file that holds events already is taken as it is."""
    import geoevents
    from geoevents.coordinates import is_from_coordinates
    from geoevents.frame.schema import is_events

    if is_report(source):
        raise ReadError(f"{source}: expected a table, got a report or a folder; `geoevents extract` reads reports.")
    with _working(f"Reading {source.name}"):
        records: pd.DataFrame = geoevents.read(source, **table.reading())
    if is_events(records) and not is_from_coordinates(records) and replace(table, **_UNREAD).are_default:
        geoevents.validate(records)
        return records
    with _working("Finding places"):
        events = geoevents.locate(records, **table.locating())
    _say_columns(events)
    click.echo(geoevents.summary(events), err=True)
    return events


def _extracted(source: Path, date: str | None) -> gpd.GeoDataFrame:
    """Find the events that a report tells."""
    import geoevents

    with _working("Reading the report"):
        events = geoevents.extract(source, date=date)
    if not len(events):
        raise ReadError(f"{source}: no events were found in the report, so there is nothing to map.")
    click.echo(geoevents.summary(events), err=True)
    return events


def _streamed(source: Path, output: Path, resume: bool) -> bool:
    """Whether a file is worked on batch by batch; only such work can be taken up."""
    from geoevents.engines import is_streamed

    streamed = is_streamed(source, output)
    if resume and not streamed:
        raise click.UsageError("--resume goes with work from Parquet, or from large CSV files, to Parquet.")
    return streamed


def _done(facts: dict[str, Any], output: Path) -> None:
    from geoevents.location import described

    click.echo(described(facts), err=True)
    if "bare" in facts:
        click.echo(f"{facts['bare']} rows in no unit.", err=True)
    click.echo(f"Wrote {output}.", err=True)


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


def _write(events: gpd.GeoDataFrame, path: Path) -> None:
    import geoevents

    geoevents.write(events, path)  # which shows a bar of its own where that takes long
    click.echo(f"Wrote {path}.", err=True)


@contextmanager
def _working(what: str) -> Iterator[None]:
    """Show on a terminal that work goes on; say nothing in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        yield


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code.

    Parameters
    ----------
    arguments
        Without the program's name; None takes those of the process.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("geoevents")
    log.addHandler(handler)
    try:
        return _run(arguments)
    finally:
        log.removeHandler(handler)


def _run(arguments: list[str] | None) -> int:
    try:
        code = cli.main(arguments, prog_name="geoevents", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 2
    except click.ClickException as error:
        return _fail(error.format_message(), 2)
    except ArgumentError as error:
        return _fail(str(error), 2)
    except _known() as error:
        return _fail(str(error), 1)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted; nothing was written.", 130)
    except BrokenPipeError:
        # The reader has gone; what Python still holds must not be flushed to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MemoryError:
        return _fail("not enough memory for this input.", 1)


def _known() -> tuple[type[Exception], ...]:
    """Return the errors that are one sentence; asked for only when one came, since the gazetteer is heavy."""
    from gazetteer import GazetteerError

    return GeoEventsError, GazetteerError


def _fail(sentence: str, code: int) -> int:
    click.echo(f"geoevents: {' '.join(sentence.split())}", err=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
