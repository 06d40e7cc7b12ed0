"""What do executors make of a core? The same work in one process, on one executor and on two, each in its session.

    python tests/benchmarks/spark.py [ROWS]        (1,000,000 when not given)

Executors have one core each. Records with 50,000 places are located; tables of GDELT's columns are placed by their own
coordinates, all to a town or a fifth to a country, whose outline they bear, and joined with countries. The second run
counts, the first one starts the workers. Beside the clock the processor time of all processes is printed, the JVMs and
the Python workers included: with free cores two executors do twice what their processor time says.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

# Tables that are joined, and which share of their rows is known to a country only.
TABLES = {"points": 0.0, "outlines": 0.2}
# The last of them, without a column of geometries in the result.
BARE = "bare"


def gdelt(path: Path, rows: int, outlined: float) -> None:
    """Write a table with the columns of GDELT's events of who, when and where, a share known to a country only."""
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
            "ActionGeo_Type": rng.choice([1, 4], rows, p=[outlined, 1 - outlined]),
            "ActionGeo_Fullname": towns["name"].to_numpy()[at],
            "ActionGeo_Lat": towns["lat"].to_numpy()[at],
            "ActionGeo_Long": towns["lon"].to_numpy()[at],
            "SOURCEURL": "https://example.org/news",
        }
    ).to_parquet(path, index=False, row_group_size=65_536)


def worked(process: int) -> float:
    """Return the seconds of processor time that a process and those that it has started have had."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    tasks = Path(f"/proc/{process}/task").iterdir()
    children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + sum(map(worked, children))


def timed(what: str, work: Callable[[], object]) -> None:
    """Print the seconds by the clock and of processors that the second run of a work takes."""
    for _ in range(2):
        begun, spent = time.perf_counter(), worked(os.getpid())
        work()
        told = time.perf_counter() - begun, worked(os.getpid()) - spent
    print(what, *told, flush=True)


def in_one_process(folder: Path) -> None:
    """Print the seconds of each work in this process, Parquet to Parquet, batch by batch as an executor has it."""
    from geoevents.engines import stream

    timed("locate", lambda: stream.locate(folder / "records.parquet", folder / "out.parquet"))
    for name in TABLES:
        timed(name, lambda name=name: stream.join(folder / f"{name}.parquet", "country", folder / "out.parquet"))


def on_executors(executors: int, folder: Path) -> None:
    """Print the seconds of each work on some executors."""
    os.environ.update(SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_HOSTNAME="localhost", PYSPARK_PYTHON=sys.executable)
    from pyspark.sql import SparkSession

    from geoevents.engines import spark

    built = SparkSession.builder.master(f"local-cluster[{executors},1,1024]").config("spark.ui.enabled", "false")
    session = built.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")

    def write(df: Any) -> None:
        df.drop("geometry").write.format("noop").mode("overwrite").save()

    for name in ("records", *TABLES):
        df = session.read.parquet(str(folder / f"{name}.parquet")).repartition(8).cache()
        df.count()
        made = spark.locate(df) if name == "records" else spark.join(df, "country")
        timed("locate" if name == "records" else name, lambda made=made: write(made))
    # Without geometries no outline travels; `spark.outlines` brings each once.
    columns = [column for column in made.columns if column not in ("geometry", "bbox")]
    made = spark.join(df, "country", columns=columns)
    timed(BARE, lambda: write(made))
    session.stop()


def main(rows: int) -> None:
    """Print rows a second by the clock and a second of processors, and the ratios of executors to one process."""
    from stream import made

    with tempfile.TemporaryDirectory() as made_in:
        made(Path(made_in) / "records.parquet", rows)
        for name, outlined in TABLES.items():
            gdelt(Path(made_in) / f"{name}.parquet", rows, outlined)
        found = {}
        for executors in (0, 1, 2):
            command = [sys.executable, __file__, "--executors", str(executors), made_in]
            told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            lines = [line.split() for line in told.splitlines() if line.startswith(("locate ", *TABLES, BARE))]
            found[executors] = {what: (float(clock), float(spent)) for what, clock, spent in lines}
        found[0][BARE] = found[0]["outlines"]
        for what in ("locate", *TABLES, BARE):
            for executors, name in enumerate(("one process", "one executor", "two executors")):
                clock, spent = found[executors][what]
                times, share = found[0][what][0] / clock, max(executors, 1) * found[0][what][1] / spent
                print(f"{what}, {rows:,} rows, {name}: {rows / clock:,.0f} a second, {times:.2f} x one process")
                print(f"  {rows / spent:,.0f} a second of processors, {share:.2f} x one process with free cores")
                print(f"  a billion rows: {1e9 * spent / rows / 3600:.1f} core hours")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--executors"]:
        number, given = int(sys.argv[2]), Path(sys.argv[3])
        on_executors(number, given) if number else in_one_process(given)
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
