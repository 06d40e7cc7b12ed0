"""Locate and join a Spark DataFrame on a cluster, with the rows that `geoevents.locate` and `join` give.

How to run it
-------------
Every executor needs this package and its gazetteer, nothing else; there is no server to ask. A virtual environment
packed with venv-pack and handed over with ``spark-submit --archives env.tar.gz#env`` does, with ``PYSPARK_PYTHON`` set
to ``env/bin/python``. ``pip install "geoevents[spark]"`` brings PySpark 4. ::

    from geoevents.engines import spark as ges

    events = ges.locate(session.read.parquet("s3a://…/records"), place=["city", "province"], country="iso3")
    ges.write(ges.join(events, "admin1"), "s3://…/events")

What to expect
--------------
A Python worker maps the gazetteer when it gets its first rows (about 50 ms) and keeps it; the workers of one machine
share its pages, 40 MB, so that no more memory is needed for more cores. Distinct phrases are looked up once a batch;
what repeats costs little. Rows do not move between machines, with two exceptions: an ``id`` column is checked to be
unique (8 to 20 bytes a row are shuffled), and a table without one has rows of one content numbered (all rows are
shuffled once: give big tables an ``id``). The table is read once more before, for its date and count columns alone,
so that 03/04/2022 is read in one way in all partitions.

With 500,000 rows one core located 110,000 records a second and placed and joined 31,000 rows of GDELT a second with
countries; two executors did 1.6 to 1.7 times as much as one on a machine of two cores. Beside one process that
streams a file, two executors are worth 1.0 (`locate`), 1.4 (`join`, points) and 0.75 processes (a fifth of outlines;
1.3 where `columns` leaves the geometry out) in a small table of 100,000 to 150,000 rows. Outlines of countries are
sent once and joined to the rows that name them. `tests/benchmarks/README.md` has the figures and what a billion rows
come to (``tests/benchmarks/spark.py``). PySpark 4 warns that it does not know pandas 3 in
full; nothing here needs what it lacks.

Geometry is WKB in a column ``geometry``, its bounds are in ``bbox``. `write` makes GeoParquet 1.1 of it, a file a
partition, which Sedona, DuckDB and geopandas read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely
from pyarrow import fs

from geoevents.engines.batches import COVERING, SHAPE, How, Plan, overrides_of
from geoevents.engines.gazetteer_source import source_of
from geoevents.engines.geofile import box_around, extent, united, writer
from geoevents.engines.mentions import mention_schema, with_mentions
from geoevents.engines.outlines import outline_schema, outline_table
from geoevents.engines.partitions import gathered, run_plan
from geoevents.errors import ColumnError, WriteError
from geoevents.exporters.covering import geo_metadata
from geoevents.frame.provenance import KEY
from geoevents.frame.schema import COLUMNS, CRS
from geoevents.overrides import Overrides, StrPath
from geoevents.overrides import unused_overrides as _unused

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from pyspark.sql import DataFrame

    from gazetteer import Gazetteer

__all__ = ["find", "join", "locate", "outlines", "unused_overrides", "write"]

# Outlines that are handed to Spark together; each may have half a megabyte.
_OUTLINES = 64


def locate(
    df: DataFrame,
    *,
    place: str | Sequence[str] | None = None,
    country: str | None = None,
    date: str | None = None,
    overrides: Overrides | pd.DataFrame | StrPath | Sequence[StrPath] | None = None,
    columns: Sequence[str] | None = None,
    gazetteer: Gazetteer | str | os.PathLike[str] | None = None,
) -> DataFrame:
    """Find the place and the date of every record.

    Parameters
    ----------
    df
        A row a record.
    place, country, date
        As in `geoevents.locate`.
    overrides
        As in `geoevents.locate`; the tables are read here and handed to the workers. The column ``match_method`` has
        the names and hashes of the files in its metadata, which `write` puts into every file. `unused_overrides` says
        at the end which of them placed no row.
    columns
        Columns of the result that are wanted; None takes all. Outlines of countries, which take 20 kB on average and
        up to a megabyte, travel once an executor; those of units and derived places travel row by row, unless
        ``geometry`` is left out here. `outlines` brings them, each once.
    gazetteer
        A folder that ``gazetteer build`` wrote, or a gazetteer that was loaded from one. The folder lies under the
        same path on every machine. None takes the bundled gazetteer.

    Returns
    -------
    pyspark.sql.DataFrame
        The rows and columns of `geoevents.locate`, ``geometry`` as WKB in EPSG:4326, and ``bbox``; lazy, but for the
        survey of date, count and id columns.

    Raises
    ------
    ColumnError, ReadError
        As `geoevents.locate`.
    """
    names = None if place is None else (place,) if isinstance(place, str) else tuple(place)
    known = source_of(gazetteer)
    corrections = overrides_of(overrides, known)
    plan = Plan(place=names, country=country, date=date, overrides=corrections, gazetteer=known)
    located = run_plan(df, plan, columns)
    if corrections is None or "match_method" not in located.columns:
        return located
    return located.withMetadata("match_method", {KEY: json.dumps({"overrides": {"files": corrections.files}})})


def unused_overrides(
    df: DataFrame,
    overrides: Overrides | pd.DataFrame | StrPath | Sequence[StrPath],
    *,
    gazetteer: Gazetteer | str | os.PathLike[str] | None = None,
) -> list[str]:
    """Return the overrides that placed no row; this runs the work of `df`, or reads it where it was written before.

    Parameters
    ----------
    df
        What `locate` gave with these overrides, or what was read from its files.
    overrides, gazetteer
        As they were given to `locate`.

    Returns
    -------
    list of str
        Their phrases, with the country of those that hold in one only.

    Raises
    ------
    ReadError, ArgumentError
        As `geoevents.overrides.read_overrides`.
    """
    known = source_of(gazetteer)
    given = overrides_of(overrides, known)
    assert given is not None
    placed = df.filter("match_method = 'override'").select("place_query", "place_id").distinct().collect()
    rows = [(row["place_query"], row["place_id"]) for row in placed]
    return _unused(rows, given, gazetteer=known.load())


def join(
    df: DataFrame,
    areas: gpd.GeoDataFrame | str | os.PathLike[str],
    how: How = "within",
    *,
    weight: str | None = None,
    within_km: float | None = None,
    columns: Sequence[str] | None = None,
    gazetteer: Gazetteer | str | os.PathLike[str] | None = None,
) -> DataFrame:
    """Find the unit of every event.

    Parameters
    ----------
    df
        What `locate` gave, or records, which are located first.
    areas
        As in `geoevents.join`; a frame is sent to the workers, a file lies under the same path on every machine.
    how, weight, within_km
        As in `geoevents.join`.
    columns, gazetteer
        As in `locate`.

    Returns
    -------
    pyspark.sql.DataFrame
        The rows and columns of `geoevents.join`, ``geometry`` as WKB, and ``bbox``; lazy.

    Raises
    ------
    ArgumentError, ColumnError, AreasError, ReadError
        As `geoevents.join`.
    """
    there = os.fspath(areas) if isinstance(areas, str | os.PathLike) else areas
    plan = Plan(areas=there, how=how, weight=weight, within_km=within_km, gazetteer=source_of(gazetteer))
    return run_plan(df, replace(plan, located=set(COLUMNS) | {SHAPE} <= set(df.columns)), columns)


def outlines(df: DataFrame, *, gazetteer: Gazetteer | str | os.PathLike[str] | None = None) -> DataFrame:
    """Return the geometry of every place that events name, each once, to be joined by ``place_id``.

    Parameters
    ----------
    df
        What `locate` or `join` gave, with or without geometries.
    gazetteer
        As it was given to them.

    Returns
    -------
    pyspark.sql.DataFrame
        A row a distinct place that the gazetteer knows: ``place_id``, ``geometry`` as WKB in EPSG:4326, and ``bbox``;
        lazy.

    Raises
    ------
    ColumnError
        When there is no column ``place_id``.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    if "place_id" not in df.columns:
        raise ColumnError("Events: expected what locate or join gave, with place_id; there is none.")
    schema, known = outline_schema(), source_of(gazetteer)

    def shapes(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for start in range(0, batch.num_rows, _OUTLINES):
                ids = batch["place_id"][start : start + _OUTLINES].to_pylist()
                yield from outline_table(ids, known).to_batches()

    distinct = df.select("place_id").where("place_id is not null").distinct()
    return distinct.mapInArrow(shapes, from_arrow_schema(schema))


def write(df: DataFrame, folder: str) -> int:
    """Write events as GeoParquet 1.1, a file a partition; return the number of rows.

    Parameters
    ----------
    df
        What `locate` or `join` gave.
    folder
        A path or URI that every machine reaches and pyarrow knows (local, s3, gs, hdfs); new or empty.

    Raises
    ------
    ColumnError
        When the column of geometries or that of bounds is missing.
    WriteError
        When the folder holds something.
    """
    if not {SHAPE, COVERING} <= set(df.columns):
        raise ColumnError(f"Events: expected what locate or join gave, with {SHAPE} and {COVERING}; there is none.")
    system, path = _filesystem(folder)
    if system.get_file_info(path).type != fs.FileType.NotFound and system.get_file_info(fs.FileSelector(path)):
        raise WriteError(f"{folder}: expected a new or an empty folder, but something is in it.")
    system.create_dir(path, recursive=True)
    provenance = df.schema["match_method"].metadata.get(KEY) if "match_method" in df.columns else None
    written = df.mapInArrow(_writing(folder, provenance), "file string, rows bigint").collect()
    for left in system.get_file_info(fs.FileSelector(path)):
        if left.base_name.startswith("_"):  # of a worker that died; another did its work again
            system.delete_file(left.path)
    with system.open_output_stream(f"{path}/_SUCCESS"):
        pass
    return sum(row["rows"] for row in written)


def _filesystem(folder: str) -> tuple[Any, str]:

    system, path = fs.FileSystem.from_uri(folder) if "://" in folder else (fs.LocalFileSystem(), folder)
    return system, path.rstrip("/")


def _writing(folder: str, provenance: str | None) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def written(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        context = TaskContext.get()
        assert context is not None
        # A task that is tried again writes the same rows under the same name.
        number = context.partitionId()
        system, path = _filesystem(folder)
        name, beside = f"part-{number:05d}.parquet", f"_part-{number:05d}-{context.taskAttemptId()}"
        kinds: set[str] = set()
        boxes: list[list[float]] = []
        file, rows = None, 0
        for tables in gathered(_coded(batches, kinds, boxes)):
            table = united(tables)
            file = file or writer(f"{path}/{beside}", table.schema, system)
            file.write_table(table, row_group_size=table.num_rows)
            rows += table.num_rows
        if file is not None:
            geo = geo_metadata(SHAPE, COVERING, CRS, kinds, box_around(boxes))
            file.add_key_value_metadata({"geo": geo, **({} if provenance is None else {KEY: provenance})})
            file.close()
            system.move(f"{path}/{beside}", f"{path}/{name}")
            yield pa.RecordBatch.from_pylist([{"file": name, "rows": rows}])

    return written


def _coded(batches: Iterable[pa.RecordBatch], kinds: set[str], boxes: list[list[float]]) -> Iterator[pa.Table]:
    """Yield batches with every geometry once, and note what types these are and where they lie."""
    for batch in batches:
        table = united([pa.Table.from_batches([batch])])
        distinct = table[SHAPE].combine_chunks().dictionary
        found, box = extent(shapely.from_wkb(np.asarray(distinct, dtype=object)))
        kinds.update(found)
        boxes += [] if box is None else [box]
        yield table


def find(
    df: DataFrame,
    text_column: str,
    *,
    country: str | None = None,
    on: str | None = None,
    gazetteer: Gazetteer | str | os.PathLike[str] | None = None,
) -> DataFrame:
    """Find the place names in a column of texts and say which place each one means.

    Parameters
    ----------
    df
        A row a text.
    text_column
        The column of texts.
    country, on
        As in `gazetteer.Gazetteer.find`, for all texts.
    gazetteer
        As in `locate`.

    Returns
    -------
    pyspark.sql.DataFrame
        A row a mention in the order of the text, and one with empty columns for a text without any: the columns of
        `df`, then ``mention``, ``mention_start`` and ``mention_end`` (characters), ``mention_place_id``, ``_name``,
        ``_kind``, ``_country``, ``_lon``, ``_lat`` (degrees), ``_radius_km``, ``_score`` and ``_status``; lazy.

    Raises
    ------
    ColumnError
        When there is no such column, or one of the new ones is there already.
    """
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    if text_column not in df.columns:
        raise ColumnError(f"Text column: expected one of {', '.join(df.columns)}; got {text_column!r}.")
    schema, known = mention_schema(to_arrow_schema(df.schema)), source_of(gazetteer)

    def found(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield with_mentions(batch, text_column, country=country, on=on, gazetteer=known)

    return df.mapInArrow(found, from_arrow_schema(schema, prefer_timestamp_ntz=True))
