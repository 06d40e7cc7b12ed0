"""The command ``geoevents draw``: where and when events may have happened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import geoevents
from geoevents.cli.inputs import placed_events
from geoevents.cli.options import FILE, in_view, view_option

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gazetteer import Gazetteer

__all__ = ["draw"]

# Rows that are drawn at a time, which bounds the memory: an event's draws do not depend on those of others.
_ROWS = 2_000_000


@click.command()
@click.argument("source", metavar="EVENTS", type=FILE)
@click.option("-o", "--output", metavar="OUT", type=FILE, required=True, help="A .parquet or .csv file.")
@click.option("-m", "--draws", "m", metavar="M", type=click.IntRange(1), default=100, show_default=True)
@click.option("--seed", metavar="N", type=click.IntRange(0), default=0, show_default=True)
@click.option("--by", metavar="AREAS", help="Add the unit of each location: AREAS as in join.")
@click.option("--shared", is_flag=True, help="One location a draw for all events at one place.")
@click.option("--on", metavar="DATE|start", help="With --by: the units of this day, or of each event's own.")
@view_option
def draw(
    source: Path, output: Path, m: int, seed: int, by: str | None, shared: bool, on: str | None, view: str | None
) -> None:
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
    known = in_view(view)
    rows = 0
    with replacing(output) as path:
        draws = _draws(_events(source, known), m, seed=seed, by=by, shared=shared, on=on, gazetteer=known)
        for part in _append(path, output.suffix.lower(), draws):
            rows += part
    click.echo(f"{rows // m} events, {rows} rows.", err=True)
    click.echo(f"Wrote {output}.", err=True)


def _events(source: Path, known: Gazetteer | None) -> Iterator[gpd.GeoDataFrame]:
    """Yield events; those of a GeoParquet file some at a time."""
    from geoevents.engines.event_files import event_parts

    first = 0
    for part in event_parts(source) or iter([placed_events(source, known)]):
        if "event_id" in part.columns:
            yield part.set_index(part["event_id"].astype(str).rename(None))
        else:
            yield part.set_axis(range(first, first + len(part)))
        first += len(part)


def _draws(parts: Iterator[gpd.GeoDataFrame], m: int, **options: Any) -> Iterator[pd.DataFrame]:
    step = max(_ROWS // m, 1)
    for events in parts:
        for start in range(0, max(len(events), 1), step):
            yield geoevents.draw(events.iloc[start : start + step], m, **options)


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
