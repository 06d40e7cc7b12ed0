"""Does memory stay the same as a file grows? Locates and joins tables of two sizes, each in a process of its own.

    python tests/benchmarks/stream.py [ROWS [MORE]]        (5,000,000 and 20,000,000 when not given)
    python tests/benchmarks/stream.py --mixed [ROWS]       (2,000,000 when not given)

50,000 places with their countries, 4 rows in 100 known to a unit or a country only, ids, dates, counts. Mixed rows are
towns, first-level units (3 in 10), countries (2 in 10) and groups of countries (1 in 10), whose outlines are wide; they
are located from Parquet and from CSV.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CODE = """
import resource, sys
from geoevents.engines import stream
what, source, output = sys.argv[1:]
if what == "locate":
    stream.locate(source, output)
else:
    stream.join(source, "admin1", output)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


GROUPS = ("CSTO", "European Union", "ASEAN", "ECOWAS", "Nordic countries", "Baltic states", "G7")
MIXED = (0.3, 0.2, 0.1)


def made(path: Path, rows: int, shares: tuple[float, ...] = (0.03, 0.01)) -> None:
    """Write a table of records: shares of first-level units, of countries, and of groups."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    import gazetteer

    gaz = gazetteer.load()
    rng = np.random.default_rng(5)
    towns = gaz.layer("cities").sample(50_000, random_state=5)
    names, countries = towns["name"].to_numpy(dtype=object), towns["country"].to_numpy(dtype=object)
    wide = [gaz.layer(layer)[["name", "country"]].dropna() for layer in ("admin1", "countries")]
    writer = None
    for start in range(0, rows, 1_000_000):
        n = min(1_000_000, rows - start)
        at = np.minimum(rng.zipf(1.2, n) - 1, 49_999)
        place, country = names[at], countries[at]
        for frame, share in zip(wide, shares[: len(wide)], strict=True):
            chosen = np.flatnonzero(rng.random(n) < share)
            of = rng.integers(0, len(frame), len(chosen))
            place[chosen] = frame["name"].to_numpy(dtype=object)[of]
            country[chosen] = frame["country"].to_numpy(dtype=object)[of]
        days = np.datetime64("2020-01-01") + rng.integers(0, 1500, n).astype("timedelta64[D]")
        if len(shares) > len(wide):
            chosen = np.flatnonzero(rng.random(n) < shares[-1])
            place[chosen] = rng.choice(np.array(GROUPS, dtype=object), len(chosen))
            country[chosen] = None
        table = pa.table(
            {
                "id": np.arange(start, start + n),
                "location": pa.array(place, pa.string()),
                "country": pa.array(country, pa.string()),
                "date": pa.array(days.astype(str).astype(object), pa.string()),
                "fatalities": rng.poisson(1, n),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def mixed(rows: int) -> None:
    """Print rows a second and the peak of memory of mixed rows from Parquet and from CSV."""
    import pyarrow.csv
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as made_in:
        source, text, events = (Path(made_in) / name for name in ("records.parquet", "records.csv", "events.parquet"))
        made(source, rows, MIXED)
        pyarrow.csv.write_csv(pq.read_table(source), text)
        for given in (source, text):
            begun = time.perf_counter()
            command = [sys.executable, "-c", CODE, "locate", str(given), str(events)]
            peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
            seconds = time.perf_counter() - begun
            assert pq.read_metadata(events).num_rows == rows
            size = events.stat().st_size >> 20
            print(f"{given.suffix} {rows:,} rows: {rows / seconds:,.0f} rows/s, peak {peak} MB, {size} MB", flush=True)


def main(sizes: list[int]) -> None:
    """Print rows a second and the peak of memory for each size."""
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as made_in:
        folder = Path(made_in)
        for rows in sizes:
            source, events, joined = (folder / f"{name}.parquet" for name in ("records", "events", "joined"))
            made(source, rows)
            for what, given, output in (("locate", source, events), ("join", events, joined)):
                begun = time.perf_counter()
                command = [sys.executable, "-c", CODE, what, str(given), str(output)]
                told = subprocess.run(command, capture_output=True, text=True, check=True)
                seconds = time.perf_counter() - begun
                assert pq.read_metadata(output).num_rows == rows
                peak, size = told.stdout.strip().splitlines()[-1], output.stat().st_size >> 20
                print(f"{what} {rows:,} rows: {rows / seconds:,.0f} rows/s, peak {peak} MB, {size} MB", flush=True)
            cores = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(f"  processor time so far {cores.ru_utime + cores.ru_stime:,.0f} s", flush=True)


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument != "--mixed"]
    if "--mixed" in sys.argv:
        mixed(*numbers or [2_000_000])
    else:
        main(numbers or [5_000_000, 20_000_000])
