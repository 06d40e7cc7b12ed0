"""The commands of ``geoevents`` for uncertainty and for several sources: draw and match.

Events enter, a table of draws or a file of merged events leaves; what was done goes to stderr.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import geoevents
from geoevents.errors import ArgumentError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["draw", "match"]

_FILE = click.Path(path_type=Path, readable=False)
# Rows that are drawn at a time, which bounds the memory: an event's draws do not depend on those of others.
_ROWS = 2_000_000


@click.command()
@click.argument("source", metavar="EVENTS", type=_FILE)
@click.option("-o", "--output", metavar="OUT", type=_FILE, required=True, help="A .parquet or .csv file.")
@click.option("-m", "--draws", "m", metavar="M", type=click.IntRange(1), default=100, show_default=True)
@click.option("--seed", metavar="N", type=click.IntRange(0), default=0, show_default=True)
@click.option("--by", metavar="AREAS", help="Add the unit of each location: AREAS as in join.")
@click.option("--shared", is_flag=True, help="One location a draw for all events at one place.")
@click.option("--on", metavar="DATE|start", help="With --by: the units of this day, or of each event's own.")
def draw(source: Path, output: Path, m: int, seed: int, by: str | None, shared: bool, on: str | None) -> None:
    """Draw where and when every event may have happened, M times: a row a draw and event.

    The draws of an event depend on its event_id and the seed alone. From them an analysis is done M times;
    geoevents.combine puts the M estimates together.
    """
    from geoevents.exporters.atomic import replacing, writable

    if output.suffix.lower() not in (".parquet", ".csv"):
        raise click.UsageError(f"{output}: expected a name that ends in .parquet or .csv.")
    if on is not None and by is None:
        raise click.UsageError("--on goes with --by.")
    writable(output)
    events = _events(source)
    if "event_id" in events.columns:
        events = events.set_index(events["event_id"].astype(str).rename(None))
    rows = 0
    with replacing(output) as path:
        for part in _append(path, output.suffix.lower(), _parts(events, m, seed, by, shared, on)):
            rows += part
    click.echo(f"{len(events)} events, {rows} rows.", err=True)
    click.echo(f"Wrote {output}.", err=True)


def _parts(events: gpd.GeoDataFrame, m: int, seed: int, by: str | None, shared: bool, on: str | None) -> Iterator[Any]:

    step = max(_ROWS // m, 1)
    for start in range(0, max(len(events), 1), step):
        yield geoevents.draw(events.iloc[start : start + step], m, seed=seed, by=by, shared=shared, on=on)


def _append(path: Path, suffix: str, parts: Iterator[pd.DataFrame]) -> Iterator[int]:
    """Write frames one after the other; yield how many rows each has."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            for i, part in enumerate(parts):
                part.to_csv(file, index=False, header=i == 0)
                yield len(part)
        return
    writer = None
    try:
        for part in parts:
            table = pa.Table.from_pandas(part, preserve_index=False)
            if writer is None:
                names = [pa.field(f.name, pa.string()) if pa.types.is_null(f.type) else f for f in table.schema]
                writer = pq.ParquetWriter(path, pa.schema(names), compression="zstd")
            writer.write_table(table.cast(writer.schema))
            yield len(part)
    finally:
        if writer is not None:
            writer.close()


@click.command()
@click.argument("first", metavar="A", type=_FILE)
@click.argument("second", metavar="B", type=_FILE)
@click.option("-o", "--output", metavar="OUT", type=_FILE, required=True, help="Written in its suffix's format.")
@click.option("--km", metavar="KM", type=click.FloatRange(min=0), default=25, show_default=True)
@click.option("--days", metavar="DAYS", type=click.FloatRange(min=0), default=3, show_default=True)
@click.option("--kinds", metavar="FILE|any", help="A table of kinds of one's own, or any: kinds do not matter.")
@click.option("--least", metavar="SCORE", type=click.FloatRange(0, 1), default=0, show_default=True)
@click.option("--pairs", metavar="FILE", type=_FILE, help="Write the pairs and their runners-up too, as .csv.")
def match(
    first: Path,
    second: Path,
    output: Path,
    km: float,
    days: float,
    kinds: str | None,
    least: float,
    pairs: Path | None,
) -> None:
    """Match the events of two sources one to one and merge them: a row a distinct event, all columns of both."""
    from geoevents.exporters import format_of
    from geoevents.exporters.atomic import replacing, writable

    try:
        writable(output, beside=format_of(output).beside)
    except ArgumentError as error:
        raise click.UsageError(str(error)) from None
    if pairs is not None:
        if pairs.suffix.lower() != ".csv":
            raise click.UsageError(f"{pairs}: expected a name that ends in .csv.")
        writable(pairs)
    one, two = _events(first), _events(second)
    chosen: bool | str = True if kinds is None else False if kinds == "any" else kinds
    found = geoevents.match(one, two, km=km, days=days, kinds=chosen, least=least)
    geoevents.write(geoevents.merge(found), output)
    if pairs is not None:
        with replacing(pairs) as path:
            found.pairs.to_csv(path, index=False)
    click.echo(f"{len(one)} and {len(two)} events, {len(found)} pairs.", err=True)
    click.echo(f"Wrote {output}.", err=True)


def _events(source: Path) -> gpd.GeoDataFrame:
    """Read events; a table without places is located."""
    from geoevents.frame.schema import is_events

    records = geoevents.read(source)
    if not is_events(records):
        records = geoevents.locate(records)
        click.echo(f"{source}: {geoevents.summary(records)}", err=True)
    return records
