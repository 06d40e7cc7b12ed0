"""Does a second executor halve the time? The same work on one and on two, each in a session of its own.

    python tests/benchmarks/spark.py [ROWS]        (1,000,000 when not given)

Executors have one core each. Records with 50,000 places are located; a table of GDELT's columns is placed by its own
coordinates and joined with countries; the second run counts, the first one starts the workers.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def gdelt(path: Path, rows: int) -> None:
    """Write a table with the columns of GDELT's events that say who, when and where."""
    import numpy as np
    import pandas as pd

    import gazetteer

    rng = np.random.default_rng(6)
    towns = gazetteer.load().layer("cities").sample(50_000, random_state=6)
    at = np.minimum(rng.zipf(1.2, rows) - 1, 49_999)
    days = np.datetime64("2020-01-01") + rng.integers(0, 1500, rows).astype("timedelta64[D]")
    pd.DataFrame(
        {
            "GlobalEventID": np.arange(rows),
            "Day": pd.Series(days).dt.strftime("%Y%m%d").astype("int64"),
            "Actor1Name": "POLICE",
            "EventCode": "190",
            "ActionGeo_Type": rng.choice([1, 3, 4, 5], rows, p=[0.25, 0.1, 0.5, 0.15]),
            "ActionGeo_Fullname": towns["name"].to_numpy()[at],
            "ActionGeo_Lat": towns["lat"].to_numpy()[at],
            "ActionGeo_Long": towns["lon"].to_numpy()[at],
            "SOURCEURL": "https://example.org/news",
        }
    ).to_parquet(path, index=False, row_group_size=65_536)


def measured(executors: int, folder: Path) -> None:
    """Print the seconds of each work on some executors."""
    os.environ.update(SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_HOSTNAME="localhost", PYSPARK_PYTHON=sys.executable)
    from pyspark.sql import SparkSession

    from geoevents.engines import spark

    built = SparkSession.builder.master(f"local-cluster[{executors},1,1024]").config("spark.ui.enabled", "false")
    session = built.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    records = session.read.parquet(str(folder / "records.parquet")).repartition(8).cache()
    events = session.read.parquet(str(folder / "gdelt.parquet")).repartition(8).cache()
    assert records.count() == events.count()
    for what, df in (("locate", spark.locate(records)), ("join", spark.join(events, "country"))):
        for _ in range(2):
            begun = time.perf_counter()
            df.drop("geometry").write.format("noop").mode("overwrite").save()
            seconds = time.perf_counter() - begun
        print(what, seconds, flush=True)
    session.stop()


def main(rows: int) -> None:
    """Print rows a second and core, and the ratio of two executors to one."""
    from stream import made

    with tempfile.TemporaryDirectory() as made_in:
        made(Path(made_in) / "records.parquet", rows)
        gdelt(Path(made_in) / "gdelt.parquet", rows)
        found = {}
        for executors in (1, 2):
            command = [sys.executable, __file__, "--executors", str(executors), made_in]
            told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            lines = [line.split() for line in told.splitlines() if line.startswith(("locate ", "join "))]
            found[executors] = {what: float(seconds) for what, seconds in lines}
        for what in ("locate", "join"):
            one, two = (found[executors][what] for executors in (1, 2))
            print(f"{what} {rows:,} rows: {rows / one:,.0f} rows/s on one executor, {rows / two:,.0f} on two")
            print(f"  ratio {one / two:.2f}; a billion rows: {1e9 / (rows / one) / 3600:.0f} core hours")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--executors"]:
        measured(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
