"""The commands of ``geoevents`` for reports: extract and evaluate.

Events of reports go into a file or as a table to stdout; what was done goes to stderr.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import geoevents
from geoevents.cli.options import FILE, in_view, view_option
from geoevents.cli.outputs import check_output
from geoevents.errors import ReadError

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["evaluate", "extract"]

# Columns of the table on a terminal, and how wide each may be.
_SHOWN = {"start": 10, "event_class": 10, "status": 8, "place_name": 24, "country": 7, "fatalities": 6, "evidence": 70}


@click.command()
@click.argument("reports", metavar="REPORT...", type=FILE, nargs=-1, required=True)
@click.option("-o", "--output", metavar="OUT", type=FILE, help="Written in its suffix's format.")
@click.option("--date", metavar="DATE", help="The day of reports that do not say theirs, such as 2022-01-10.")
@click.option("--types", metavar="FILE", type=FILE, help="A table of event types that comes before the bundled one.")
@click.option(
    "--format", "shown", type=click.Choice(["table"]), help="Print a table of the events, with or without a file."
)
@click.option(
    "--overrides", metavar="FILE", type=FILE, multiple=True, help="A table of corrected places, which win; repeatable."
)
@click.option(
    "--merge", is_flag=True, help="One row for an event that several reports tell, with the range of figures."
)
@view_option
@click.option("--workers", metavar="N", type=click.IntRange(1), help="How many processes. Default: one a core.")
@click.option("--resume", is_flag=True, help="Take up a run over many reports that was broken off.")
def extract(
    reports: tuple[Path, ...],
    output: Path | None,
    date: str | None,
    types: Path | None,
    shown: str | None,
    overrides: tuple[Path, ...],
    merge: bool,
    view: str | None,
    workers: int | None,
    resume: bool,
) -> None:
    """Find the events that reports tell: text, Markdown, HTML, PDF, e-mail, a folder, or JSON lines of documents.

    Kinds of events are told in English; places and numerals of other languages are found too. More than 5 MB of
    reports are extracted on all cores, and a run that was broken off goes on with --resume.
    """
    if output is None and shown is None:
        raise click.UsageError("Expected -o OUT, --format table, or both.")
    if output is not None:
        check_output(output)
    if resume and (output is None or shown is not None):
        raise click.UsageError("--resume goes with -o OUT alone.")
    if output is not None and shown is None:
        from geoevents.engines import report_batches

        if resume or workers or report_batches.is_many(reports):
            _extract_many(reports, output, date, types, overrides, merge, view, workers, resume)
            return
    broken: list[str] = []
    events = geoevents.extract(
        list(reports),
        date=date,
        types=types,
        overrides=list(overrides) or None,
        merge=merge,
        gazetteer=in_view(view),
        broken=broken,
    )
    for sentence in broken:
        click.echo(f"geoevents: {sentence}", err=True)
    facts = events.attrs["geoevents"]
    if broken and facts["reports"] == 0:
        raise ReadError("No report could be read; nothing was written.")
    click.echo(f"{_count(facts['reports'], 'report')}, {_count(len(events), 'event')}.", err=True)
    if facts["undated"]:
        click.echo(_without_date(facts["undated"]), err=True)
    if facts["not_english"]:
        click.echo(
            f"{_count(facts['not_english'], 'report')} {'seems' if facts['not_english'] == 1 else 'seem'} not to be in "
            "English: kinds of events are told in English only.",
            err=True,
        )
    corrected = facts.get("overrides")
    if corrected:
        unused = f"; not used: {', '.join(corrected['unused'])}" if corrected["unused"] else ""
        click.echo(f"{_count(corrected['rows'], 'place')} corrected{unused}.", err=True)
    if shown is not None:
        click.echo(as_table(events))
    if output is not None:
        geoevents.write(events, output)
        click.echo(f"Wrote {output}.", err=True)


def _extract_many(
    reports: tuple[Path, ...],
    output: Path,
    day: str | None,
    types: Path | None,
    overrides: tuple[Path, ...],
    merge: bool,
    view: str | None,
    workers: int | None,
    resume: bool,
) -> None:

    from geoevents.engines import report_batches

    try:
        known = date.fromisoformat(day) if day else None
    except ValueError:
        raise click.UsageError(f"--date: expected a day such as 2022-01-10, got {day!r}.") from None
    broken: list[str] = []
    with _counter() as count_one:
        batch = report_batches.extract(
            reports,
            output,
            date=known,
            types=types,
            overrides=overrides,
            merge=merge,
            workers=workers,
            resume=resume,
            broken=broken,
            on_document=count_one,
            gazetteer=in_view(view),
        )
    for sentence in broken:
        click.echo(f"geoevents: {sentence}", err=True)
    earlier = f" ({_count(batch.resumed, 'report')} of them in an earlier run)" if batch.resumed else ""
    click.echo(f"{_count(batch.documents, 'report')}{earlier}, {_count(batch.rows, 'event')}.", err=True)
    if batch.undated and known is None:
        click.echo(_without_date(batch.undated), err=True)
    click.echo(f"Wrote {output}.", err=True)


@contextmanager
def _counter() -> Iterator[Callable[[str], None]]:
    """Lend a function that is told of each report; on a terminal the number done is shown."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), TextColumn("{task.completed:,.0f} reports"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Finding events", total=None)
        yield lambda name: bar.advance(task)


@click.command()
@click.argument("gold", metavar="GOLD.jsonl", type=FILE)
@click.option("--types", metavar="FILE", type=FILE, help="A table of event types that comes before the bundled one.")
@view_option
@click.option("--json", "as_json", is_flag=True, help="Print the rates as one JSON object.")
def evaluate(gold: Path, types: Path | None, view: str | None, as_json: bool) -> None:
    """Extract the events of gold reports and say how many are right."""
    import gazetteer
    from geoevents.reports.evaluate import score
    from geoevents.reports.extraction import rows_of_gold
    from geoevents.reports.gold import read_gold

    documents = read_gold(gold)
    gaz = in_view(view) or gazetteer.load()
    rates = score(documents, rows_of_gold(documents, gaz, types), gaz)
    if as_json:
        click.echo(json.dumps({name: round(rate, 4) for name, (rate, _) in rates.items()}))
        return
    said = ", ".join(f"{name} {rate:.3f} ({n})" for name, (rate, n) in rates.items())
    click.echo(f"{documents[0]['source_kind']}: {_count(len(documents), 'text')}; {said}")


def as_table(events: gpd.GeoDataFrame) -> str:
    """Return events as lines of text, a row an event, for reading.

    Examples
    --------
    >>> import geopandas as gpd
    >>> as_table(gpd.GeoDataFrame({"event_class": ["clash"], "place_name": ["Homs"]})).splitlines()[1].split()
    ['clash', 'Homs']
    """
    names = [name for name in _SHOWN if name in events.columns]
    table: list[Sequence[str]] = [names]
    cells = zip(*(events[name].tolist() for name in names), strict=True)
    table += [[_cell(value, _SHOWN[name]) for name, value in zip(names, values, strict=True)] for values in cells]
    widths = [max(len(row[i]) for row in table) for i in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )


def _cell(value: Any, width: int) -> str:
    import pandas as pd

    if value is None or value is pd.NA or value != value:
        return ""
    text = " ".join(str(value.date() if hasattr(value, "date") else value).split())
    return text if len(text) <= width else text[: width - 1] + "…"


def _without_date(n: int) -> str:
    return f"{_count(n, 'report')} without a date: relative days stay empty; say it with --date."


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
