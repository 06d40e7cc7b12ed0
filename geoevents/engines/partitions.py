"""Run a plan over the partitions of a Spark DataFrame, once the whole table was surveyed.

Each partition's small batches are worked on together; rows do not move between machines, but to have ids checked and
rows of one content numbered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from geoevents.engines.batches import SHAPE, Ids, Plan, id_columns, part_frame, process_part, recognised_in
from geoevents.engines.result_tables import arrow_table, result_schema
from geoevents.engines.shared_outlines import OUTLINE, OUTLINE_SHAPE, country_outlines, named_batches
from geoevents.engines.survey import columns_to_survey, survey_signs
from geoevents.errors import ColumnError
from geoevents.frame.column_samples import SAMPLE_ROWS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["gathered", "run_plan", "working"]

Piece = TypeVar("Piece", "pa.RecordBatch", "pa.Table")

# Rows that are worked on together.
_BATCH = 65_536


def run_plan(df: DataFrame, plan: Plan, columns: Sequence[str] | None) -> DataFrame:
    """Return what a plan makes of each partition of a Spark DataFrame, lazily; the survey is done here.

    Parameters
    ----------
    df
        A row a record, or an event where the plan says that they are located.
    plan
        What is done.
    columns
        Columns of the result that are wanted; None takes all.

    Raises
    ------
    ColumnError
        When a column that is wanted is not one of the result.
    """
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    empty = to_arrow_schema(df.schema).empty_table()
    if not plan.located:
        plan = _surveyed(df, recognised_in(df.limit(SAMPLE_ROWS).toArrow(), plan))
    schema = result_schema(empty, plan)
    if columns is not None:
        missing = [name for name in columns if name not in schema.names]
        if missing:
            raise ColumnError(f"Columns: expected some of {', '.join(schema.names)}; got {missing[0]!r}.")
        schema = pa.schema([schema.field(name) for name in dict.fromkeys([*_numbering(plan), *columns])])
    outlines = country_outlines(plan.gazetteer) if SHAPE in schema.names else None
    sent = schema if outlines is None else schema.append(pa.field(OUTLINE, pa.string()))
    named = frozenset() if outlines is None else frozenset(outlines[OUTLINE].to_pylist())
    located = df.mapInArrow(working(plan, schema, named), from_arrow_schema(sent, prefer_timestamp_ntz=True))
    known = df.schema["match_method"].metadata if plan.located else {}
    if known and "match_method" in schema.names:
        located = located.withMetadata("match_method", known)
    located = _numbered(located, df, plan) if _numbering(plan) else located
    if outlines is not None:
        located = _outlined(located, outlines)
    return located if columns is None else located.select(*[f"`{name}`" for name in columns])


def _outlined(located: DataFrame, outlines: pa.Table) -> DataFrame:
    """Return the rows with the outlines that they name, which every executor has got once."""
    from pyspark.sql import functions as f

    columns = [name for name in located.columns if name != OUTLINE]
    beside = f.broadcast(located.sparkSession.createDataFrame(outlines))
    shape = f.coalesce(f.col(SHAPE), f.col(OUTLINE_SHAPE)).alias(SHAPE)
    joined = located.join(beside, OUTLINE, "left")
    return joined.select(*[shape if name == SHAPE else f.col(f"`{name}`") for name in columns])


def _numbering(plan: Plan) -> list[str]:
    """Return the columns by which rows of one content are numbered; none where they have ids."""
    if plan.located or plan.ids != "digest":
        return []
    return ["event_id", "unit_id"] if plan.how == "allocate" and plan.areas is not None else ["event_id"]


def _surveyed(df: DataFrame, plan: Plan) -> Plan:
    """Survey the whole table on the cluster; return the completed plan."""
    from pyspark.sql import functions as f
    from pyspark.sql.pandas.types import to_arrow_schema

    schema, choice = to_arrow_schema(df.schema), plan.choice
    columns = columns_to_survey(schema, choice)
    seen: set[tuple[str, str]] = set()
    if columns:

        def look(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:

            found = sorted(survey_signs((pa.Table.from_batches([batch]) for batch in batches), choice))
            yield pa.RecordBatch.from_pylist([{"sign": s, "name": n} for s, n in found], pa.schema(kinds))

        kinds = {"sign": "string", "name": "string"}
        signs = df.select(*[f.col(f"`{name}`") for name in columns]).mapInArrow(look, "sign string, name string")
        seen = {(row["sign"], row["name"]) for row in signs.distinct().collect()}
    plan = replace(plan, seen=frozenset(seen))
    ids: Ids | None = None
    for name in id_columns(part_frame(schema.empty_table()), plan):
        if _unique(df, plan, name):
            ids = ids or name
            seen.add(("unique", name))
    return replace(plan, ids=ids or "digest", seen=frozenset(seen))


def _unique(df: DataFrame, plan: Plan, name: Ids) -> bool:
    """Return whether a column has an id for every row, each once."""
    from pyspark.sql import functions as f

    def ids(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:

        for batch in batches:
            column = id_columns(part_frame(pa.Table.from_batches([batch])), plan)[name]
            yield pa.RecordBatch.from_arrays([pa.array(column, pa.string())], ["id"])

    part = df if name == "given" else df.select(name)
    counted = part.mapInArrow(ids, "id string").groupBy("id").count()
    return counted.filter(f.col("id").isNull() | (f.col("count") > 1)).limit(1).count() == 0


def working(
    plan: Plan, schema: pa.Schema, outlines: frozenset[str] = frozenset()
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return what an executor does with the batches of a partition.

    Parameters
    ----------
    plan, schema
        What is done, and the columns that are wanted.
    outlines
        The names of those outlines that are known beside the table.
    """

    def mapped(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for held in gathered(batches):
            events = process_part(pa.Table.from_batches(held), plan)
            if SHAPE in schema.names:
                yield from named_batches(arrow_table(events, schema, coded=True), outlines)
            else:
                yield from arrow_table(events, schema, coded=False).to_batches()

    return mapped


def gathered(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Yield Spark's small batches many at a time: each distinct phrase is looked up, each outline kept once in each."""
    held: list[Piece] = []
    count = 0
    for piece in pieces:
        held.append(piece)
        count += piece.num_rows
        if count >= _BATCH:
            yield held
            held, count = [], 0
    if count:
        yield held


def _numbered(located: DataFrame, df: DataFrame, plan: Plan) -> DataFrame:
    """Return the rows with the ids of equal ones numbered; it does not matter which is the first."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    columns = located.columns
    unit = [name for name in ("unit_id",) if plan.how == "allocate" and name in columns]
    window = Window.partitionBy("event_id", *unit).orderBy(f.lit(0))
    nth = f.row_number().over(window)
    numbered = located.withColumn(
        "event_id", f.when(nth == 1, f.col("event_id")).otherwise(f.concat("event_id", f.lit("-"), nth.cast("string")))
    )
    return numbered.select(*[f.col(f"`{name}`") for name in columns])
