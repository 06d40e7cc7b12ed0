"""Whatever is wrong with a file, the answer is one clear sentence, and nothing is lost."""

import errno
import gzip
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely import Point

import geoevents as ge
from geoevents.exporters import FORMATS

FILES: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "expected a table, but the file is empty"),
    "blank.csv": (b"\n \n", "expected a table, but the file is empty"),
    "bom-only.csv": (b"\xef\xbb\xbf", "expected a table, but the file is empty"),
    "image.csv": (b"\x89PNG\r\n\x1a\n\0\0", "expected a table, but it is a PNG image"),
    "zip.csv": (b"PK\x03\x04abc", "expected an archive with a table in it, but it cannot be read"),
    "zeros.csv": (b"place\n" + b"\0" * 5 + b"a" * 500, "expected text, but it is a binary file"),
    "nothing.csv": (bytes(100_000), "expected text, but it is a binary file"),
    "padded.csv": (b"place,date\n" + b"Almaty,2022-01-05\n" * 400 + bytes(99), "byte 7,212 and what follows"),
    "wide.csv": (b"a," * 20_000 + b"\n", "expected a table with up to 16,384 columns, got 20,001"),
    "wide.json": (b"[%s]" % b",".join(b'{"a%d": 1}' % n for n in range(17_000)), "up to 16,384 columns, got 17,000"),
    "sparse.json": (
        b"[%s]" % b",".join(b'{"a%d": 1}' % n for n in range(8_000)),
        "got 8,000, nearly all of them empty in every row",
    ),
    "noise.csv": (bytes(range(1, 256)) * 40, "expected text, but it is a binary file"),
    "old.xls": (b"\xd0\xcf\x11\xe0rest", "expected an Excel workbook, but it cannot be read"),
    "not.xlsx": (b"place,date\n", "expected Excel content"),
    "not.parquet": (b"place,date\n", "expected Parquet content"),
    "cut.parquet": (b"PAR1abc", "expected a Parquet file, but it cannot be read"),
    "cut.json": (b'[{"place": "Al', "expected JSON"),
    "number.json": (b"12", "expected a JSON list of objects"),
    "twice.json": (b'[{"place": 1, "place": 2}]', "'place' stands twice"),
    "bad.jsonl": (b'{"a": 1}\n{"a"\n', "expected JSON, but line 2"),
    "bad.geojson": (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Round"},"properties":{}}]}',
        "expected GeoJSON geometries",
    ),
    "topo.json": (b'{"type": "Topology", "objects": {}}', "it is TopoJSON; convert it"),
    "features.json": (b'{"type": "FeatureCollection", "features": {}}', "expected a FeatureCollection with a list"),
    "none.json": (b"[]", "expected records, but the list is empty"),
    "inner.json": (b'{"a": {"b": {}}}', "got one object without such a list"),
    "mixed.json": (b'[{"place": "Almaty"}, 7]', "expected a JSON list of objects"),
    "after.json": (b'{"place": "Almaty"} and more', "expected JSON"),
    "crs.geojson": (
        b'{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:999999"}},'
        b'"features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}}]}',
        "expected a CRS that is known",
    ),
    "latin.geojsons": (
        b'{"type":"Feature","geometry":null,"properties":{"a":"\xe9"}}\n',
        "expected text in UTF-8, but byte 53 does not fit",
    ),
    "ragged.csv": (b"place,date\na,b,c\n", "expected rows of one length"),
    "quote.csv": (b'place,date\n"a,b\n', "expected rows of one length"),
    "nameless.csv": (b",,\n,,\n", "expected a table, but no column has a name"),
    "utf16-cut.csv": (b"\xff\xfea\0b", "expected text in utf-16"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_one_sentence(tmp_path: Path, name: str):
    """The error names the file, says what was expected and what came, in one line."""
    content, sentence = FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ge.ReadError) as error:
        ge.read(path)
    assert str(error.value).startswith(f"{path}: ")
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_file_and_folder(tmp_path: Path):
    """A file that is not there, and a folder, are named as such."""
    with pytest.raises(ge.ReadError, match="there is none"):
        ge.read(tmp_path / "none.csv")
    with pytest.raises(ge.ReadError, match="it is a folder"):
        ge.read(tmp_path)


def test_ten_megabytes_in_one_cell(tmp_path: Path, fake):
    """A huge cell is carried along, whether it is a note, a date or a place."""
    huge = "x" * 10_000_000
    path = tmp_path / "huge.csv"
    path.write_text(f"place,date,note\nAlmaty,2022-01-05,{huge}\n{huge},{huge},\n", encoding="utf-8")
    events = ge.locate(ge.read(path), gazetteer=fake)
    ge.write(events, tmp_path / "huge.geojson")
    back = ge.read(tmp_path / "huge.geojson")
    assert back["note"].str.len().iloc[0] == 10_000_000
    assert back["match_status"].tolist() == ["matched", "unresolved"]
    assert len(ge.summary(events)) < 1000
    assert (tmp_path / "huge.geojson").stat().st_size < 45_000_000


def test_json_that_is_no_json(tmp_path: Path):
    """NaN and Infinity, which some programs write into JSON, are missing numbers."""
    path = tmp_path / "a.json"
    path.write_text('[{"place": "Almaty", "n": NaN}, {"place": "Aktau", "n": Infinity}, {"place": "x", "n": 1}]')
    assert ge.read(path)["n"].tolist() == [pd.NA, pd.NA, 1]


@pytest.fixture
def points() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"event_id": ["1"]}, geometry=[Point(1, 2)], crs="EPSG:4326")


@pytest.mark.parametrize("suffix", ["geojson", "parquet"])
def test_full_disk_keeps_the_old_file(
    tmp_path: Path, points: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch, suffix: str
):
    """When the disk fills in the middle, the old file is intact and nothing is left beside it."""
    path = tmp_path / f"out.{suffix}"
    path.write_text("old")

    def fill(_: object, beside: Path) -> None:
        beside.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    known = [replace(known, writer=fill) if f".{suffix}" in known.suffixes else known for known in FORMATS]
    monkeypatch.setattr("geoevents.exporters.registry.FORMATS", tuple(known))
    with pytest.raises(ge.WriteError, match="cannot be written: no space left on device; nothing was changed"):
        ge.write(points, path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_device(tmp_path: Path, points: gpd.GeoDataFrame):
    """A device that takes nothing more is an error, and stays the device it is."""
    link = tmp_path / "out.geojson"
    link.symlink_to("/dev/full")
    with pytest.raises(ge.WriteError, match="no space left on device"):
        ge.write(points, link)
    assert Path("/dev/full").is_char_device()


def test_read_only_folder(tmp_path: Path, points: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch):
    """A folder that takes no file is an error in one sentence (arranged, since root may write anywhere)."""

    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(ge.WriteError, match="read-only file system; nothing was changed"):
        ge.write(points, tmp_path / "a.geojson")


@pytest.mark.parametrize("name", ["a.csv", "a.geojson", "a.geojsons", "a.kml", "a.gpx"])
def test_a_file_that_is_closed_to_us(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A file that may not be read is an error in one sentence (arranged, since root may read anything)."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    (tmp_path / name).write_text("place\nAlmaty\n")
    monkeypatch.setattr("pathlib.Path.open", refuse)
    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    monkeypatch.setattr("pathlib.Path.read_text", refuse)
    with pytest.raises(ge.ReadError, match=r"cannot be read: permission denied\.$"):
        ge.read(tmp_path / name)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda _: ge.read(5), ge.ReadError, "expected the path of a file to read, got 5."),
        (lambda _: ge.locate("events.csv"), ge.ColumnError, "expected a DataFrame, got 'events.csv'; read makes one"),
        (lambda _: ge.locate(pd.DataFrame({"a": [1]}), place=5), ge.ColumnError, "expected names of columns, got 5."),
        (lambda _: ge.validate("x"), ge.ValidationError, "expected a GeoDataFrame, got 'x'."),
        (lambda _: ge.summary("x"), ge.ColumnError, "expected events with the figures"),
        (lambda _: ge.enrich("x"), ge.ArgumentError, "expected an events frame"),
        (lambda _: ge.join("x", "admin1"), ge.ColumnError, "expected a GeoDataFrame with a geometry"),
        (lambda points: ge.join(points, 5), ge.ArgumentError, "a file or a layer's name"),
        (lambda _: ge.areas(5), ge.ArgumentError, "expected a layer's name, got 5."),
        (lambda points: ge.write(points, 5), ge.ArgumentError, "expected the path of a file to write, got 5."),
        (lambda _: ge.write("x", "a.geojson"), ge.ArgumentError, "expected a frame with a geometry to write"),
        (lambda _: ge.kepler("x"), ge.ArgumentError, "expected a frame with a geometry to write"),
    ],
)
def test_arguments_of_another_kind(call: Callable, error: type, sentence: str, points: gpd.GeoDataFrame):
    """What is no frame, path or name is refused in one sentence that says what was expected and what came."""
    with pytest.raises(error, match=re.escape(sentence)):
        call(points)


@pytest.mark.parametrize(
    "call",
    [
        lambda points: ge.join(points, "admin1", how="inside"),
        lambda points: ge.join(points, "admin1", weight="area"),
        lambda points: ge.join(points, "admin1", how="nearest", within_km=-1),
        lambda points: ge.join(points, "square:0"),
        lambda points: ge.near(points, points, km=-1),
        lambda points: ge.near(points, points, km=1, days=-1),
        lambda points: ge.aggregate(points, "admin1", how="nearest"),
        lambda points: ge.aggregate(points, "admin1", freq="h"),
        lambda points: ge.areas("admin1", on="soon"),
        lambda points: ge.write(points, "a.docx"),
        lambda points: ge.write_map(points, "a.geojson"),
        lambda points: ge.write_map(points, "a.html", theme="pink"),
        lambda points: ge.locate(points, place="spot"),
    ],
)
def test_misuse_is_an_argument_error(call: Callable, points: gpd.GeoDataFrame):
    """A call that is wrong whatever the data hold raises ArgumentError, which is a ValueError, in one sentence."""
    with pytest.raises(ge.ArgumentError) as caught:
        call(points)
    assert isinstance(caught.value, ValueError)
    assert "\n" not in str(caught.value)


def test_numbers_that_are_no_counts_stay_as_they_are(tmp_path: Path):
    """An infinity among counts, and a number too large for a float to hold, are read and located like any other."""
    table = {"place": ["Almaty", "Aktau"], "fatalities": [1.0, float("inf")], "id": [2**53 + 1, None]}
    pq.write_table(pa.table(table), tmp_path / "in.parquet")
    records = ge.read(tmp_path / "in.parquet")
    assert records["id"].tolist() == [2**53 + 1, pd.NA]
    events = ge.locate(records)
    assert events["fatalities"].tolist() == [1, pd.NA]
    assert events["fatalities_input"].tolist() == [1.0, float("inf")]


def test_output_that_cannot_be_a_file(tmp_path: Path, points: gpd.GeoDataFrame):
    """A folder, a missing folder and a path under a file are named as what they are."""
    (tmp_path / "folder.geojson").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(ge.WriteError, match="it is a folder"):
        ge.write(points, tmp_path / "folder.geojson")
    with pytest.raises(ge.WriteError, match="expected an existing folder"):
        ge.write(points, tmp_path / "none" / "a.geojson")
    with pytest.raises(ge.WriteError, match=r"expected an existing folder|not a directory"):
        ge.write(points, tmp_path / "file" / "a.geojson")


def test_a_link_is_followed_and_the_mode_is_kept(tmp_path: Path, points: gpd.GeoDataFrame):
    """Writing through a link changes its target, which keeps its mode; a new file has the usual one."""
    target, link = tmp_path / "target.geojson", tmp_path / "link.geojson"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    ge.write(points, link)
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert len(ge.read(target)) == 1


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (
            lambda frame: pd.concat([frame, frame[["event_id"]]], axis=1),
            ge.ColumnError,
            "'event_id' is doubled",
        ),
        (
            lambda frame: frame.set_crs(None, allow_override=True),
            ge.WriteError,
            "expected a frame with a CRS",
        ),
        (lambda frame: pd.DataFrame({"a": [1]}), ge.ArgumentError, "expected a frame with a geometry"),
    ],
)
def test_a_frame_that_cannot_be_written(tmp_path: Path, points: gpd.GeoDataFrame, change, error, sentence: str):
    """A frame that no file can hold is refused before anything is written."""
    with pytest.raises(error, match=sentence):
        ge.write(change(points), tmp_path / "a.geojson")
    assert list(tmp_path.iterdir()) == []


def test_a_cell_far_from_a_table_brings_no_rows(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """A cell in the last row and column of a sheet is told and left out; one far to the right brings no columns."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["place", "date"], ["Almaty", "2022-01-05"], ["Aktau", "2022-01-06"]):
        sheet.append(row)
    sheet.cell(2, 16_384, "far")
    sheet.cell(1_048_576, 16_384, "farther")
    book.save(tmp_path / "far.xlsx")
    records = ge.read(tmp_path / "far.xlsx")
    assert records["place"].tolist() == ["Almaty", "Aktau"]
    assert records.shape[1] == 3
    assert "goes on after 1000 empty rows" in caplog.text


def test_a_reason_of_several_lines_becomes_one(tmp_path: Path):
    """What a library says in several lines, of a damaged geometry or a path with a line end in it, is one line."""
    line = "<LineString><coordinates>1,2</coordinates></LineString>"
    (tmp_path / "a.kml").write_text(f"<kml><Placemark>{line}</Placemark></kml>")
    for path in (tmp_path / "a.kml", tmp_path / "no\nfile.csv"):
        with pytest.raises(ge.ReadError) as raised:
            ge.read(path)
        assert "\n" not in str(raised.value)
        assert str(raised.value).endswith(".")


def test_what_is_wrong_inside_an_archive_is_told_of_the_archive(tmp_path: Path):
    """An error names the archive and the file in it, not a folder that is gone."""
    (tmp_path / "twice.csv.gz").write_bytes(gzip.compress(gzip.compress(b"place\nAlmaty\n")))
    with pytest.raises(ge.ReadError, match=re.escape(f"{tmp_path / 'twice.csv.gz'} (twice.csv): expected text")):
        ge.read(tmp_path / "twice.csv.gz")


def test_coordinates_that_are_no_numbers_give_no_warning(tmp_path: Path):
    """Points of GeoJSON at infinity or at nothing are rows without a place of their own, and no warning comes."""
    points = [[float("inf"), float("nan")], [-0.0, float("-inf")], [76.9, 43.2]]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": point}} for point in points
    ]
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    events = ge.locate(ge.read(tmp_path / "a.geojson"))
    assert events["match_status"].tolist() == ["unresolved", "unresolved", "matched"]
