"""Spark gives the rows that one machine gives, on a cluster of two executors."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

import geoevents as ge
from geoevents.frame.columns import as_objects

pyspark = pytest.importorskip("pyspark", minversion="4")
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java"),
    pytest.mark.filterwarnings("ignore"),  # Spark's own
]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """Start two executors as processes of their own."""
    from pyspark.sql import SparkSession

    given = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost", "PYSPARK_PYTHON": sys.executable}
    os.environ.update(given)
    built = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
    built = built.config("spark.sql.shuffle.partitions", "2").config("spark.driver.host", "localhost")
    built = built.config("spark.ui.showConsoleProgress", "false")
    session = built.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def records(n: int = 60) -> pd.DataFrame:
    """Return n records; what decides about the whole table stands in its last rows only."""
    places = ["Almaty", "Aktau", "Kazakhstan", "Springfield", "nowhere at all", None, "western Kazakhstan"]
    rows = {"id": np.arange(n), "place": [places[i % 7] for i in range(n)], "date": ["03/04/2022"] * n}
    frame = pd.DataFrame({**rows, "fatalities": ["3"] * n, "score": [1.0] * n})
    frame.loc[n - 1, ["date", "fatalities", "score"]] = ["04/25/2022", "many", 0.5]
    return frame


def same(found: Any, expected: gpd.GeoDataFrame, by: list[str]) -> None:
    """Check that a Spark DataFrame holds the rows of a frame, in whatever order."""
    assert found.columns == [*expected.columns, "bbox"]
    frame = found.drop("bbox").toPandas()
    expected = pd.DataFrame(expected).assign(geometry=expected.geometry.to_wkb())
    frame, expected = (one.sort_values(by).reset_index(drop=True) for one in (frame, expected))
    for name in expected.columns.drop("geometry"):
        assert as_objects(frame[name]).tolist() == as_objects(expected[name]).tolist(), name
    assert list(map(bytes, frame["geometry"].dropna())) == expected["geometry"].dropna().tolist()
    assert frame["geometry"].isna().tolist() == expected["geometry"].isna().tolist()


def test_locating_gives_the_rows_of_one_machine(session: Any):
    """Ids, dates, counts and geometries are those of `geoevents.locate`, in partitions that cannot know the whole."""
    from geoevents.engines import spark

    df = session.createDataFrame(records()).repartition(3)
    same(spark.locate(df), ge.locate(records()), ["event_id"])


def test_rows_without_ids_are_numbered(session: Any):
    """Rows of one content have the ids they have on one machine."""
    from geoevents.engines import spark

    frame = records().drop(columns="id")
    same(spark.locate(session.createDataFrame(frame).repartition(3)), ge.locate(frame), ["event_id"])


def test_corrections_reach_the_workers(session: Any, tmp_path: Path):
    """Rows are those of one machine; the files name the table of overrides, and what placed no row is told."""
    import json

    import pyarrow.parquet as pq

    from geoevents.engines import spark

    table = tmp_path / "o.csv"
    table.write_text("phrase,place_id\nSpringfield,geonames:4250542\nnowhere at all,none\nnever said,none\n", "utf-8")
    located = spark.locate(session.createDataFrame(records()).repartition(3), overrides=str(table))
    same(located, ge.locate(records(), overrides=table), ["event_id"])
    assert spark.unused_overrides(located, str(table)) == ["never said"]
    spark.write(spark.join(located, "country"), str(tmp_path / "out"))
    for file in (tmp_path / "out").glob("*.parquet"):
        told = json.loads(pq.read_schema(file).metadata[b"geoevents"])
        ((name, digest),) = told["overrides"]["files"]
        assert (name, len(digest)) == ("o.csv", 64)


def test_joining_gives_the_rows_of_one_machine(session: Any):
    """Records and located events, a layer by its name and a frame of areas, one unit and several."""
    from geoevents.engines import spark

    areas = gpd.GeoDataFrame({"id": ["w", "e"]}, geometry=[box(40, 40, 70, 50), box(70, 40, 90, 50)], crs=4326)
    df = session.createDataFrame(records()).repartition(3)
    events = ge.locate(records())
    located = spark.locate(df)
    same(spark.join(df, "admin1"), ge.join(events, "admin1"), ["event_id"])
    same(spark.join(located, areas, "allocate"), ge.join(events, areas, "allocate"), ["event_id", "unit_id"])


def test_outlines_travel_once(session: Any):
    """Without a geometry rows are as with one; joined by the id of their place, they have the outline that it has."""
    from geoevents.engines import spark

    df = session.createDataFrame(records().drop(columns="id")).repartition(3)
    whole = spark.locate(df).toPandas().sort_values("event_id").reset_index(drop=True)
    narrow = spark.locate(df, columns=["place_id", "place_name", "event_id"])
    assert narrow.columns == ["place_id", "place_name", "event_id"]
    outlines = spark.outlines(narrow)
    assert outlines.columns == ["place_id", "geometry", "bbox"]
    assert outlines.count() == whole["place_id"].nunique()
    joined = narrow.join(outlines, "place_id", "left").toPandas().sort_values("event_id").reset_index(drop=True)
    for name in ("event_id", "place_id", "place_name"):
        assert as_objects(joined[name]).tolist() == as_objects(whole[name]).tolist(), name
    assert list(map(bytes, joined["geometry"].dropna())) == list(map(bytes, whole["geometry"].dropna()))


def test_files_are_geoparquet(session: Any, tmp_path: Path):
    """A file a partition, read back by geopandas with its CRS; what is there is not written over."""
    from geoevents.engines import spark

    located = spark.locate(session.createDataFrame(records()).repartition(3))
    assert spark.write(located, str(tmp_path / "out")) == 60
    files = sorted((tmp_path / "out").glob("part-*.parquet"))
    frames = [gpd.read_parquet(file) for file in files]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["_SUCCESS", *[path.name for path in files]]
    assert all(frame.crs == "EPSG:4326" for frame in frames)
    assert sorted(pd.concat(frames)["id"]) == list(range(60))
    with pytest.raises(ge.WriteError, match="something is in it"):
        spark.write(located, str(tmp_path / "out"))
    with pytest.raises(ge.ColumnError, match="expected what locate or join gave"):
        spark.write(session.createDataFrame(records()), str(tmp_path / "other"))


def test_outlines_are_kept_once_and_nowhere_is_written_too(session: Any, tmp_path: Path):
    """Five thousand events of one country take little more room than its outline; a partition may have no place."""
    from geoevents.engines import spark

    frame = pd.DataFrame({"id": range(5_000), "place": "Kazakhstan"})
    outline = len(ge.locate(frame.head(1)).geometry.to_wkb().iloc[0])
    spark.write(spark.locate(session.createDataFrame(frame).coalesce(1)), str(tmp_path / "country"))
    (file,) = (tmp_path / "country").glob("*.parquet")
    assert file.stat().st_size < outline + 200_000
    assert len(gpd.read_parquet(file)) == 5_000
    nowhere = pd.DataFrame({"id": range(10), "place": "nowhere at all"})
    assert spark.write(spark.locate(session.createDataFrame(nowhere)), str(tmp_path / "nowhere")) == 10
    frames = [gpd.read_parquet(file) for file in (tmp_path / "nowhere").glob("*.parquet")]
    assert all(frame.geometry.isna().all() for frame in frames)


def test_an_executor_that_dies_loses_and_doubles_no_row(session: Any, tmp_path: Path):
    """Its work is done again by another one, and what it had begun to write is gone."""
    from geoevents.engines import spark

    died = tmp_path / "died"

    def dying(batches: Any) -> Any:
        import signal

        yield from batches
        if not died.exists():
            died.touch()
            daemon = Path(f"/proc/{os.getppid()}/stat").read_text().rsplit(")", 1)[1].split()
            os.kill(int(daemon[1]), signal.SIGKILL)  # the executor is the parent of the workers' parent

    df = session.createDataFrame(records()).repartition(3)
    located = spark.locate(df)
    assert spark.write(located.mapInArrow(dying, located.schema), str(tmp_path / "out")) == 60
    assert died.exists()
    files = sorted((tmp_path / "out").glob("*.parquet"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["_SUCCESS", *[path.name for path in files]]
    assert sorted(pd.concat([gpd.read_parquet(file) for file in files])["id"]) == list(range(60))


def test_a_worker_opens_the_gazetteer_once(session: Any):
    """However many partitions an executor works on, the tables are mapped once."""
    from geoevents.engines.batches import Plan
    from geoevents.engines.partitions import working
    from geoevents.engines.result_tables import result_schema

    df = session.createDataFrame(records().drop(columns="id")).repartition(4)
    plan = Plan()
    work = working(plan, result_schema(df.limit(1).toArrow(), plan))

    def opened(batches: Any) -> Any:
        import pyarrow as pa

        from gazetteer.api.gazetteer import _opened

        rows = sum(batch.num_rows for batch in work(batches))
        yield pa.RecordBatch.from_pylist([{"rows": rows, "opened": _opened.cache_info().misses}])

    told = df.mapInArrow(opened, "rows long, opened long").collect()
    assert len(told) == 4
    assert sum(row["rows"] for row in told) == 60
    assert {row["opened"] for row in told if row["rows"]} == {1}


def test_a_missing_column_is_one_sentence(session: Any):
    """Misuse is refused before any work is handed out."""
    from geoevents.engines import spark

    with pytest.raises(ge.ColumnError, match="got 'spot'"):
        spark.locate(session.createDataFrame(records()), place="spot")
    with pytest.raises(ge.ColumnError, match="got 'shape'"):
        spark.locate(session.createDataFrame(records()), columns=["lon", "shape"])


def test_finding_gives_the_mentions_of_one_machine(session: Any):
    """Every mention is a row with its place; a text without any keeps a row."""
    import gazetteer
    from geoevents.engines import spark

    texts = ["Police in Paris, Texas, met Jack London on Monday.", "Nothing at all.", None, "Clashes in Aktau."]
    df = session.createDataFrame(pd.DataFrame({"n": range(4), "text": pd.Series(texts, dtype=object)})).repartition(2)
    rows = spark.find(df, "text").orderBy("n", "mention_start").collect()
    found = [(row["n"], row["mention"], row["mention_place_id"], row["mention_lon"]) for row in rows]
    expected: list[Any] = []
    for n, text in enumerate(texts):
        mentions = gazetteer.load().find(text) if text else []
        places = [(m.text, m.match.place) for m in mentions]
        expected += [(n, name, place and place.id, place and place.lon) for name, place in places] or [(n, *[None] * 3)]
    assert found == expected
    assert len(found) >= 5
    with pytest.raises(ge.ColumnError, match="got 'words'"):
        spark.find(df, "words")


def test_the_example_runs(session: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Every event of the seed is in a file of the example; the units are those of one machine."""
    import importlib.util

    path = Path(__file__).parents[2] / "examples" / "05_spark.py"
    spec = importlib.util.spec_from_file_location("spark_example", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    table = module.main(module.SEED, tmp_path / "events")
    joined = ge.join(ge.locate(ge.read(module.SEED)), "country")
    assert table["events"].to_dict() == joined.groupby("unit_name", dropna=False).size().to_dict()
    assert f"{len(joined)} events in" in capsys.readouterr().out
    # It asks for a cluster as this one is; there is one in a process.
    assert module.session().sparkContext.master == session.sparkContext.master == "local-cluster[2,1,1024]"
