"""Events on a cluster: locate a table with Spark, join its events with countries, write GeoParquet.

    python examples/05_spark.py [EVENTS.csv] [FOLDER]

It runs two executors on this machine; on a cluster `spark-submit` says where they are, and nothing else changes.
"""

import os
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pyspark.sql import SparkSession

import geoevents as ge
from geoevents.engines import spark

SEED = Path(__file__).parent.parent / "seeds" / "kazakhstan-2022.csv"


def session() -> SparkSession:
    """Return a session of two executors, processes of their own on this machine."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
    return SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false").getOrCreate()


def main(source: Path, folder: Path) -> pd.DataFrame:
    """Print and return how many events and deaths each unit has."""
    records = session().createDataFrame(ge.read(source)).repartition(2)
    events = spark.join(spark.locate(records), "country")
    written = spark.write(events, str(folder))
    frame = gpd.read_parquet(folder)
    table = frame.groupby("unit_name", dropna=False).agg(events=("event_id", "size"), fatalities=("fatalities", "sum"))
    print(table.sort_values("events", ascending=False).to_string())
    print(f"\n{written} events in {len(list(folder.glob('*.parquet')))} files.")
    return table


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        given = [Path(argument) for argument in sys.argv[1:]]
        main(given[0] if given else SEED, given[1] if len(given) > 1 else Path(made) / "events")
