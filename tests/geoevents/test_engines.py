"""Big files: the stream gives the rows that a frame gives, and a run that was killed loses and doubles none."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from time import sleep

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from shapely import box

import geoevents as ge
from geoevents import cli
from geoevents.engines import stream, tables
from geoevents.engines.gazetteer_source import GazetteerSource
from geoevents.engines.ids import Repeats
from geoevents.engines.mentions import mention_schema, with_mentions
from geoevents.engines.shared_outlines import OUTLINE, OUTLINE_SHAPE, country_outlines, named_batches
from geoevents.frame.columns import as_objects

NAMES = ("Almaty", "Aktau", "Kazakhstan", "Springfield", "nowhere at all", None, "western Kazakhstan", "CSTO")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch):
    """Make a table of a few rows one of many batches."""
    monkeypatch.setattr(tables, "BATCH", 7)


def table(n: int = 40) -> pd.DataFrame:
    """Return n records; what decides about the whole table stands in its last rows only."""
    dates = pd.Series(["03/04/2022"] * n)
    dates.iloc[-1] = "04/25/2022"
    rows = {"place": [NAMES[i % len(NAMES)] for i in range(n)], "date": dates, "fatalities": ["3"] * n}
    frame = pd.DataFrame({**rows, "score": [1.0] * n, "killed": pd.array([i % 3 for i in range(n)], "Int64")})
    frame.loc[n - 1, ["fatalities", "score"]] = ["many", 0.5]
    return frame


def compare(path: Path, expected: gpd.GeoDataFrame) -> None:
    """Check that a file holds the rows of a frame."""
    found = ge.read(path).drop(columns="bbox", errors="ignore")
    assert list(found.columns) == list(expected.columns)
    assert found.crs == expected.crs
    for name in expected.columns.drop("geometry"):
        assert as_objects(found[name]).tolist() == as_objects(expected[name]).tolist(), name
    assert found.geometry.to_wkb().tolist() == expected.geometry.to_wkb().tolist()


def test_locating_gives_the_rows_of_a_frame(tmp_path: Path):
    """Dates, counts, ids of repeated rows: what the last rows decide holds for the first."""
    table().to_parquet(tmp_path / "in.parquet", index=False)
    facts = stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet")
    expected = ge.locate(ge.read(tmp_path / "in.parquet"))
    assert expected["start"].iloc[0] == pd.Timestamp("2022-03-04")
    assert "fatalities_input" in expected
    compare(tmp_path / "out.parquet", expected)
    ge.validate(ge.read(tmp_path / "out.parquet"))
    for name in ("counts", "unresolved", "columns"):
        assert facts[name] == expected.attrs["geoevents"][name]
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["in.parquet", "out.parquet"]


@pytest.mark.parametrize("ids", ["each once", "twice, far apart", "one missing"])
def test_an_id_column_is_taken_when_the_whole_of_it_is_unique(ids: str, tmp_path: Path):
    """An id that comes back in another batch, or is missing there, is none."""
    frame = table().assign(id=np.arange(40))
    frame["id"] = frame["id"].astype("Int64")
    frame.loc[39, "id"] = {"each once": 39, "twice, far apart": 0, "one missing": pd.NA}[ids]
    frame.to_parquet(tmp_path / "in.parquet", index=False)
    stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet")
    expected = ge.locate(ge.read(tmp_path / "in.parquet"))
    assert (expected["event_id"].iloc[0] == "0") == (ids == "each once")
    compare(tmp_path / "out.parquet", expected)


TABLE = pd.DataFrame(
    {
        "town": ["Almaty", "Aktau", "Kyiv"] * 9,
        "y": [76.9, 51.2, 30.5] * 9,
        "x": [43.2, 43.6, 50.4] * 9,
        "shape": ["POINT (76.9 43.2)", None, "POINT (30.5 50.4)"] * 9,
        "on": ["2022-01-05", "03/04/2022", "5 May 2022"] * 9,
        "until": ["2022-01-07", "05/04/2022", None] * 9,
        "event_date": ["2020-01-01"] * 27,
    }
)


@pytest.mark.parametrize(
    "options",
    [
        {"place": ["town"], "country": "KZ", "date": "on", "end": "until"},
        {"lat": "y", "lon": "x"},
        {"lat": "y", "lon": "x", "repair": "swap"},
        {"lat": "x", "lon": "y", "place": ["town"], "repair": "sign"},
        {"geometry": "shape", "place": ["town"]},
        {"lat": "y", "lon": "x", "repair": "swap-all", "format": "parquet"},
        {"place": ["town"], "format": "coordinates"},
    ],
    ids=str,
)
def test_named_columns_and_repairs_go_batch_by_batch(options: dict[str, object], tmp_path: Path):
    """What can be said of a table on the command line has the same rows from batches as from the whole."""
    TABLE.to_parquet(tmp_path / "in.parquet")
    stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", **options)
    reading = {name: options.pop(name) for name in ("format",) if name in options}
    compare(tmp_path / "out.parquet", ge.locate(ge.read(tmp_path / "in.parquet", **reading), **options))


def test_a_named_header_goes_batch_by_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The row of names is counted as `geoevents.read` counts it."""
    (tmp_path / "in.csv").write_text("Incidents,of 2022\n\nplace,n\nAlmaty,1\nAktau,2\n", encoding="utf-8")
    monkeypatch.setattr(stream, "_LARGE", 0)
    stream.locate(tmp_path / "in.csv", tmp_path / "out.parquet", header=3)
    compare(tmp_path / "out.parquet", ge.locate(ge.read(tmp_path / "in.csv", header=3)))


@pytest.mark.parametrize(
    ("format", "streamed"), [(None, True), ("parquet", True), ("acled", True), ("csv", False), ("json", False)]
)
def test_a_format_that_is_not_the_files_is_read_whole(format: str | None, streamed: bool, tmp_path: Path):
    """A source of the field's own data goes by batches, and what the suffix says; another format does not."""
    TABLE.to_parquet(tmp_path / "in.parquet")
    assert stream.is_streamed(tmp_path / "in.parquet", tmp_path / "out.parquet", format) == streamed


def test_csv_is_read_as_geoevents_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Whether a column is numbers is decided by the whole of it; blank cells are empty; quotes are minded."""
    text = 'id,place,count,code\n007,"Almaty",1,1\n008," ",2,2\n' + '009,"Aktau\n",3,x\n' * 20
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(stream, "_LARGE", 0)
    assert stream.is_streamed(tmp_path / "in.csv", tmp_path / "out.parquet")
    stream.locate(tmp_path / "in.csv", tmp_path / "out.parquet")
    compare(tmp_path / "out.parquet", ge.locate(ge.read(tmp_path / "in.csv")))


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffplace,n\nAlmaty,1\nAktau,2\n",
        "place;n\nAlmaty;1,5\n",
        "place|n\nAlmaty|1",
        "\n \n\nplace,n\nAlmaty,1\n\n\nAktau,2\n\n",
        '"pl\nace",place,n\na,Almaty,1\n',
        "place,n\r\nAlmaty,1\r\nAktau,\r\n",
        "place,n\rAlmaty,1\rAktau,2\r",
        "place,n,\nAlmaty,1,\n",
        "place,,\nAlmaty,1,\nAktau,,\n",
        " place , n \nAlmaty, 1\n",
        "place,n\nAlmaty,12345678901234567890\n",
        "place,n\nAlmaty,-0\nAktau,1.50\n",
        'place,n\n"Al ""ma"" ty",1\n"a, b",2\n',
        "place,n\n",
    ],
)
def test_csv_is_read_as_geoevents_reads_it_however_it_is_written(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Marks of order, separators, ends of line, blank lines, names that break or are missing: the same rows."""
    (tmp_path / "in.csv").write_bytes(text.encode())
    monkeypatch.setattr(stream, "_LARGE", 0)
    stream.locate(tmp_path / "in.csv", tmp_path / "out.parquet")
    compare(tmp_path / "out.parquet", ge.locate(ge.read(tmp_path / "in.csv")))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"place,n\nAl\0maty,1\n", "it is a binary file"),
        (b"place,n\nZ\xfcrich,1\n", "expected text in UTF-8, but byte 9 does not fit"),
        ("place,n\nAlmaty,1\n".encode("utf-16"), "expected text in UTF-8, but byte 0 does not fit"),
        (b"place,place\na,b\n", "'place' stands more than once"),
        (b"place,n\nAlmaty,1,3\n", "Expected 2 columns, got 3"),
        (b'place,n\n"a,b\n', "cannot be read"),
    ],
)
def test_csv_that_is_none_is_one_sentence(data: bytes, sentence: str, tmp_path: Path):
    """What cannot be read batch by batch is refused before anything is written."""
    (tmp_path / "in.csv").write_bytes(data)
    with pytest.raises(ge.ReadError, match=sentence):
        stream.locate(tmp_path / "in.csv", tmp_path / "out.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([datetime(2022, 1, 1), None], pa.timestamp("us", "Asia/Almaty")),
        pa.array([datetime(2022, 1, 1), None], pa.timestamp("ns")),
        pa.array([date(2022, 1, 1), None]),
        pa.array([time(1, 2), None]),
        pa.array([timedelta(1), None]),
        pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())),
        pa.array([[1, 2], None]),
        pa.array([{"a": 1}, None]),
        pa.array([Decimal("1.50"), None]),
        pa.array([b"a", None]),
        pa.array([2**53 + 1, None]),
        pa.array([2**63 + 5, None], pa.uint64()),
        pa.array(["a", None]).dictionary_encode(),
        pa.array([float("inf"), None]),
        pa.nulls(2),
    ],
    ids=lambda column: str(column.type),
)
@pytest.mark.parametrize("name", ["x", "date", "id", "fatalities"])
def test_columns_of_any_type_stay_what_they_are(name: str, column: pa.Array, tmp_path: Path):
    """Time zones, durations, nested values, large numbers come through batches as through a frame."""
    pq.write_table(pa.table({"place": ["Almaty", None], name: column}), tmp_path / "in.parquet")
    stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet")
    found = ge.read(tmp_path / "out.parquet").drop(columns="bbox", errors="ignore")
    expected = ge.locate(ge.read(tmp_path / "in.parquet"))
    assert list(found.columns) == list(expected.columns)
    for title in expected.columns.drop("geometry"):
        # A map comes as pairs, an array as a list, bytes of a plain table as text: their text is the same.
        texts = [
            [v.decode() if isinstance(v, bytes) else str(v) for v in as_objects(each[title])]
            for each in (found, expected)
        ]
        assert texts[0] == texts[1], title


def test_data_with_coordinates_stay_where_their_source_put_them(tmp_path: Path):
    """Events of GDELT's columns are not located anew, and their own ids are kept."""
    rows = {"GlobalEventID": range(20), "Day": 20220105, "ActionGeo_Type": [4, 1, 0, 5] * 5}
    frame = pd.DataFrame({**rows, "ActionGeo_Lat": 43.25, "ActionGeo_Long": 76.95, "SOURCEURL": "a"})
    frame.to_parquet(tmp_path / "in.parquet", index=False)
    stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet")
    expected = ge.read(tmp_path / "in.parquet")
    assert set(expected["match_method"]) == {"coordinates", "none"}
    compare(tmp_path / "out.parquet", expected)


@pytest.mark.parametrize("how", ["within", "allocate", "nearest"])
@pytest.mark.parametrize("areas", ["admin1", "square:20", "file"])
def test_joining_gives_the_rows_of_a_frame(how: str, areas: str, tmp_path: Path):
    """Records and located events are joined alike; an event of several units has its rows."""
    if areas == "square:20" and how == "nearest":
        pytest.skip("a grid has no nearest cell: each point is in one")
    if areas == "file":
        areas = str(tmp_path / "areas.parquet")
        units = gpd.GeoDataFrame(
            {"id": ["w", "e"], "people": [1, 2]}, geometry=[box(40, 40, 70, 50), box(70, 40, 90, 50)]
        )
        units.set_crs(4326).to_parquet(areas)
    records = table()
    records = records[records["place"] != "CSTO"]  # takes seconds to be shared out
    records.to_parquet(tmp_path / "in.parquet", index=False)
    events = ge.locate(ge.read(tmp_path / "in.parquet"))
    ge.write(events, tmp_path / "events.parquet")
    expected = ge.join(events, areas, how)
    for source in ("in.parquet", "events.parquet"):
        stream.join(tmp_path / source, areas, tmp_path / "out.parquet", how)
        compare(tmp_path / "out.parquet", expected)


def test_the_file_is_geoparquet_with_bounds(tmp_path: Path):
    """Version, CRS, types and the bounds of all and of each row stand in the file, a row group a batch."""
    table().to_parquet(tmp_path / "in.parquet", index=False)
    stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet")
    file = pq.ParquetFile(tmp_path / "out.parquet")
    geo = json.loads(file.metadata.metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert geo["version"] == "1.1.0"
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 4326}
    assert file.metadata.num_row_groups == 6
    events = gpd.read_parquet(tmp_path / "out.parquet")
    assert column["bbox"] == pytest.approx(events.total_bounds.tolist())
    assert set(column["geometry_types"]) == set(events.geom_type.dropna())
    inside = gpd.read_parquet(tmp_path / "out.parquet", bbox=(76, 43, 77, 44))
    assert {"Almaty", "Kazakhstan"} <= set(inside["place"])
    assert "Aktau" not in set(inside["place"])


RUN = """
import sys
from geoevents.engines import stream, tables
tables.BATCH = 50
stream.locate(sys.argv[1], sys.argv[2], resume=True)
"""


def checksum(path: Path) -> tuple[int, str]:
    """Return the number of rows of a file and a hash of all that they hold."""
    frame = pq.read_table(path).drop_columns(["bbox"]).to_pandas()
    text = frame.drop(columns="geometry").to_csv(index=False).encode()
    return len(frame), hashlib.sha256(text + b"".join(shape or b"-" for shape in frame["geometry"])).hexdigest()


def test_a_run_killed_at_any_moment_is_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Killed outright again and again and resumed, the file has the rows of a run that was left alone."""
    monkeypatch.setattr(tables, "BATCH", 50)
    pd.concat([table(40)] * 60, ignore_index=True).to_parquet(tmp_path / "in.parquet", index=False)
    stream.locate(tmp_path / "in.parquet", tmp_path / "whole.parquet")
    out, journal = tmp_path / "out.parquet", tmp_path / ".out.parquet.parts" / "journal.jsonl"
    moments, kills, seen = random.Random(5), 0, set()
    while not out.exists() and kills < 60:
        before = journal.read_bytes().count(b"\n") if journal.exists() else 0
        run = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path / "in.parquet"), str(out)])
        # Once it works on parts, let it make a few, and kill it in the midst of one.
        wanted = before + moments.randint(1, 16)
        while run.poll() is None and not (journal.exists() and journal.read_bytes().count(b"\n") >= wanted):
            sleep(0.002)
        sleep(moments.random() * 0.05)
        if run.poll() is None:
            os.kill(run.pid, signal.SIGKILL)
            kills += 1
        run.wait()
        seen.add(journal.read_bytes().count(b"\n") if journal.exists() else -1)
    assert kills >= 3
    assert len(seen) >= 3
    assert out.exists()
    assert checksum(out) == checksum(tmp_path / "whole.parquet")
    assert checksum(out)[0] == 2400
    assert not journal.parent.exists()


def broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave a run of which three parts are done; return its journal."""
    table().to_parquet(tmp_path / "in.parquet", index=False)
    real, calls = stream.process_part, iter(range(100))

    def failing(*arguments: object) -> gpd.GeoDataFrame:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return real(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(stream, "process_part", failing)
        with pytest.raises(KeyboardInterrupt):
            stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet")
    return tmp_path / ".out.parquet.parts" / "journal.jsonl"


def test_a_line_that_was_not_finished_is_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A journal torn in the midst of a line is taken up before it."""
    journal = broken_off(tmp_path, monkeypatch)
    journal.write_bytes(journal.read_bytes()[:-20])
    stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", resume=True)
    compare(tmp_path / "out.parquet", ge.locate(ge.read(tmp_path / "in.parquet")))


def test_a_damaged_journal_is_not_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A journal that is none any longer is refused in one sentence; a new run begins in its stead."""
    journal = broken_off(tmp_path, monkeypatch)
    journal.write_bytes(b"\xff no journal\n" + journal.read_bytes())
    with pytest.raises(ge.ReadError, match="expected JSON lines; without --resume the run starts anew"):
        stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", resume=True)
    stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet")
    compare(tmp_path / "out.parquet", ge.locate(ge.read(tmp_path / "in.parquet")))


def test_a_damaged_record_of_the_making_costs_no_event(tmp_path: Path):
    """Events whose file tells nonsense of where they come from are joined and read like any other."""
    ge.write(ge.locate(table(9)), tmp_path / "events.parquet")
    file = pq.read_table(tmp_path / "events.parquet")
    metadata = {**file.schema.metadata, b"geoevents": b"{no JSON"}
    pq.write_table(file.replace_schema_metadata(metadata), tmp_path / "events.parquet")
    stream.join(tmp_path / "events.parquet", "admin1", tmp_path / "out.parquet")
    assert len(ge.read(tmp_path / "out.parquet")) == len(ge.read(tmp_path / "events.parquet")) == 9


def test_another_task_is_not_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """When the input or an option has changed, resuming is refused in a sentence that says what."""
    broken_off(tmp_path, monkeypatch)
    with pytest.raises(ge.ReadError, match="its options changed; without --resume it starts anew"):
        stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", country="KZ", resume=True)
    table(41).to_parquet(tmp_path / "in.parquet", index=False)
    with pytest.raises(ge.ReadError, match="its input changed"):
        stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", resume=True)
    stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert len(ge.read(tmp_path / "out.parquet")) == 41


def test_bad_input_is_one_sentence(tmp_path: Path):
    """A truncated file, no file, shapes of something else, an output of another kind, no such column or areas.

    Nothing is begun, so nothing is left behind.
    """
    table().to_parquet(tmp_path / "in.parquet", index=False)
    data = (tmp_path / "in.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(data[: len(data) // 2])
    with pytest.raises(ge.ReadError, match="cannot be read"):
        stream.locate(tmp_path / "cut.parquet", tmp_path / "out.parquet")
    with pytest.raises(ge.ReadError, match="but there is none"):
        stream.locate(tmp_path / "missing.parquet", tmp_path / "out.parquet")
    gpd.GeoDataFrame({"a": [1]}, geometry=[box(0, 0, 1, 1)], crs=4326).to_parquet(tmp_path / "shapes.parquet")
    with pytest.raises(ge.ReadError, match="GeoParquet file of something else"):
        stream.locate(tmp_path / "shapes.parquet", tmp_path / "out.parquet")
    with pytest.raises(ge.ArgumentError, match="expected a name that ends in"):
        stream.locate(tmp_path / "in.parquet", tmp_path / "out.csv")
    with pytest.raises(ge.ColumnError, match="got 'spot'"):
        stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", place="spot")
    with pytest.raises(ge.GeoEventsError, match=r"none\.gpkg"):
        stream.join(tmp_path / "in.parquet", tmp_path / "none.gpkg", tmp_path / "out.parquet")
    assert {path.name for path in tmp_path.iterdir()} == {"in.parquet", "cut.parquet", "shapes.parquet"}


def test_an_empty_table_stays_empty(tmp_path: Path):
    """No rows in, none out, with all columns."""
    table().iloc[:0].to_parquet(tmp_path / "in.parquet", index=False)
    stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet")
    found = ge.read(tmp_path / "out.parquet")
    assert len(found) == 0
    assert set(ge.locate(table()).columns) - {"fatalities_input"} <= set(found.columns)


def test_the_command_streams_and_resumes(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """From Parquet to Parquet the command gives the summary of a frame; --resume elsewhere is misuse."""
    table().to_parquet(tmp_path / "in.parquet", index=False)
    source, out = str(tmp_path / "in.parquet"), str(tmp_path / "out.parquet")
    assert cli.main(["locate", source, "-o", out, "--resume"]) == 0
    captured = capsys.readouterr()
    summary = ge.summary(ge.locate(ge.read(source)))
    assert captured.out == ""
    assert captured.err.splitlines()[0] == summary.splitlines()[0]
    assert cli.main(["join", out, "admin1", "-o", str(tmp_path / "joined.parquet")]) == 0
    assert "rows in no unit." in capsys.readouterr().err
    assert cli.main(["locate", source, "-o", str(tmp_path / "out.geojson"), "--resume"]) == 2
    assert "--resume goes with" in capsys.readouterr().err


OVERRIDES = (
    "phrase,country,place_id,lon,lat,note\n"
    "Springfield,,geonames:4250542,,,by hand\n"
    "nowhere at all,,,10,20,\n"
    "Almaty,FR,iso:FR,,,\n"
    "never said,,none,,,\n"
)


def test_corrections_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Batch by batch, records and located events are corrected as a frame is; what no row has is said at the end."""
    table().to_parquet(tmp_path / "in.parquet", index=False)
    (tmp_path / "o.csv").write_text(OVERRIDES, encoding="utf-8")
    expected = ge.locate(ge.read(tmp_path / "in.parquet"), overrides=tmp_path / "o.csv")
    facts = stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", overrides=tmp_path / "o.csv")
    compare(tmp_path / "out.parquet", expected)
    noted = expected.attrs["geoevents"]
    assert noted["overrides"]["unused"] == ["Almaty (FRA)", "never said"]
    for name in ("overrides", "counts", "kinds", "unresolved"):
        assert facts[name] == noted[name], name
    assert ge.read(tmp_path / "out.parquet").attrs["geoevents"]["overrides"]["files"][0][0] == "o.csv"
    stream.locate(tmp_path / "in.parquet", tmp_path / "plain.parquet")
    again = stream.locate(tmp_path / "plain.parquet", tmp_path / "again.parquet", overrides=tmp_path / "o.csv")
    compare(tmp_path / "again.parquet", expected)
    assert again["overrides"] == noted["overrides"]
    assert again["counts"] == noted["counts"]
    command = ["locate", str(tmp_path / "in.parquet"), "-o", str(tmp_path / "c.parquet"), "--resume", "--overrides"]
    assert cli.main([*command, str(tmp_path / "o.csv")]) == 0
    assert 'Not used, since no row has these words: "Almaty (FRA)", "never said".' in capsys.readouterr().err


def test_other_corrections_are_another_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A run that was broken off is not taken up with a table of overrides that changed."""
    broken_off(tmp_path, monkeypatch)
    corrections = pd.DataFrame({"phrase": ["Springfield"], "place_id": ["none"]})
    with pytest.raises(ge.ReadError, match="its options changed"):
        stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", overrides=corrections, resume=True)


def test_repeats_are_found_across_pieces(tmp_path: Path):
    """How often a value came before is that of a frame, whatever the pieces."""
    values = np.random.default_rng(3).integers(0, 50, 300).astype("uint64") << np.uint64(56)
    repeats = Repeats(tmp_path / "ids")
    for start in range(0, 300, 37):
        repeats.add(values[start : start + 37])
    before = pd.Series(values).groupby(values).cumcount()
    rows, nth = repeats.nth()
    assert repeats.any()
    assert rows.tolist() == before.index[before > 0].tolist()
    assert nth.tolist() == before[before > 0].tolist()
    repeats.close()
    assert not (tmp_path / "ids").exists()


def test_mentions_of_a_part():
    """A row a mention in order, one for a text without any, the other columns beside them; a taken name is refused."""
    batch = pa.RecordBatch.from_pydict({"n": [1, 2, 3], "text": ["From Aktau to Almaty.", "Nothing.", None]})
    found = with_mentions(batch, "text", country=None, on=None, gazetteer=GazetteerSource())
    assert found.schema == mention_schema(batch.schema)
    assert found.column("n").to_pylist() == [1, 1, 2, 3]
    assert found.column("mention").to_pylist() == ["Aktau", "Almaty", None, None]
    assert found.column("mention_start").to_pylist() == [5, 14, None, None]
    with pytest.raises(ge.ColumnError, match="expected none of the name 'mention'"):
        mention_schema(pa.schema({"mention": "string"}))


def test_outlines_are_named_and_come_back():
    """Rows name the outlines that are known beside the table and keep other shapes; put back, all are as before."""
    known = country_outlines()
    names, outlines = known[OUTLINE].to_pylist(), known[OUTLINE_SHAPE].to_pylist()
    own = [box(0, 0, 1, 1).wkb, shapely.segmentize(box(0, 0, 1, 1), 0.00001).wkb]
    values = pa.array([*outlines[:3], *own], pa.binary())
    code = pa.array([0, 4, 1, None, 3, 2, 0, 4, 4, 4, 4, 4], pa.int32())
    table = pa.table({"n": range(12), "geometry": pa.DictionaryArray.from_arrays(code, values)})
    batches = list(named_batches(table, frozenset(names)))
    assert len(batches) > 1, "pieces of some megabytes"
    rows = pa.Table.from_batches(batches).to_pylist()
    assert [row["n"] for row in rows] == list(range(12))
    assert [row[OUTLINE] for row in rows[:7]] == [names[0], None, names[1], None, None, names[2], names[0]]
    beside = dict(zip(names, outlines, strict=True))
    back = [beside.get(row[OUTLINE], row["geometry"]) for row in rows]
    assert back == table["geometry"].to_pylist()
