"""One exam for every file format: what goes out comes back, and what cannot is declared."""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from frames import LOSING, assert_same, hard, points, shapes
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

import geoevents as ge
from geoevents.exporters import FORMATS, LOSSES, format_of
from geoevents.readers import FORMATS as READ

READABLE = {known.name: known for known in FORMATS if known.loses is not None}
SUFFIXES = [suffix for known in READABLE.values() for suffix in known.suffixes[:1]]
# GPX has room for a few columns only: it has its own test.
WHOLE = [suffix for suffix in SUFFIXES if suffix != ".gpx"]


def through(frame: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    ge.write(frame, path)
    return ge.read(path)


@pytest.mark.parametrize("suffix", WHOLE)
def test_every_type_comes_back(suffix: str, tmp_path: Path):
    """Values, types, nulls, index, order of columns and rows, shapes and CRS come back; the frame is untouched."""
    frame, before = hard(), hard()
    back = through(frame, tmp_path / f"a{suffix}")
    assert_same(back, frame, shapes="shapes" not in format_of(f"a{suffix}").loses)
    assert_same(frame, before)


@pytest.mark.parametrize("suffix", WHOLE)
@pytest.mark.parametrize("loss", sorted(set(LOSING) - {"columns"}))
def test_just_the_declared_losses_are_lost(suffix: str, loss: str, tmp_path: Path):
    """What a format declares to lose is lost, and what it does not declare comes back."""
    frame = LOSING[loss]
    try:
        assert_same(through(frame, tmp_path / f"a{suffix}"), frame)
        lost = False
    except (AssertionError, ge.WriteError):
        lost = True
    assert lost == (loss in format_of(f"a{suffix}").loses)


def test_losses_have_words():
    """Every loss that a format declares is described, and every description is of use."""
    declared = {loss for known in READABLE.values() for loss in known.loses}
    assert declared == set(LOSSES) == set(LOSING)


def test_what_is_written_is_read():
    """Each format that can be read back has a suffix that the readers know."""
    known = {suffix for suffixes in READ.values() for suffix in suffixes}
    assert {suffix for one in READABLE.values() for suffix in one.suffixes} <= known


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_provenance_is_in_every_file(suffix: str, events: gpd.GeoDataFrame, tmp_path: Path):
    """Generator, version, build, sources with licences, time and counts come back from each format."""
    back = through(events, tmp_path / f"a{suffix}")
    assert back.attrs["geoevents"] == events.attrs["geoevents"]
    assert back.attrs["read"]["file"] == f"a{suffix}"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_provenance_of_a_frame_that_was_not_located(suffix: str, tmp_path: Path):
    """A frame of other making names the generator, its version, the time and the counts of its own rows."""
    frame = points(match_status=["matched", "unresolved"], lon=[1.0, 3.0], lat=[2.0, 4.0])
    frame.attrs["geoevents"] = {"counts": {"matched": 9}}
    facts = through(frame, tmp_path / f"a{suffix}").attrs["geoevents"]
    assert (facts["generator"], facts["version"]) == ("geoevents", ge.__version__)
    assert facts["counts"] == {"matched": 1, "ambiguous": 0, "unresolved": 1}
    assert datetime.fromisoformat(facts["created"]) <= datetime.now(UTC)
    assert (facts["gazetteer"], facts["sources"]) == (None, [])


@pytest.mark.parametrize("suffix", WHOLE)
def test_located_events_stay_valid(suffix: str, events: gpd.GeoDataFrame, tmp_path: Path):
    """Events of the schema are valid in every format, and convert from each to the next."""
    back = through(events, tmp_path / f"a{suffix}")
    ge.validate(back)
    again = through(back, tmp_path / "b.parquet")
    assert_same(again, back)


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)
ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), CELLS, CELLS.map("={}".format), CELLS.map("'=+{}".format)),
        st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
        # Of 12 digits, since Excel's writer keeps 16; that the others keep all is asked above.
        st.one_of(st.none(), st.floats(-1e300, 1e300).map(lambda value: float(f"{value:.12g}"))),
        st.one_of(st.none(), st.tuples(st.integers(-180, 180), st.integers(-90, 90)).map(Point)),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("suffix", WHOLE)
@settings(deadline=None, max_examples=15)
@given(ROWS)
def test_any_table_comes_back(suffix: str, rows: list[tuple]):
    """Any text (formulas too), whole number, float and point comes back from each format, in its row."""
    text, whole, real, places = (list(column) for column in zip(*rows, strict=True))
    frame = gpd.GeoDataFrame(
        {
            "text": pd.Series(text, dtype="str"),
            "whole": pd.array(whole, dtype="Int64"),
            "real": pd.Series(real, dtype="float64"),
        },
        geometry=gpd.GeoSeries(places, crs="EPSG:4326"),
    )
    with tempfile.TemporaryDirectory() as folder:
        assert_same(through(frame, Path(folder) / f"a{suffix}"), frame)


@pytest.mark.parametrize("suffix", WHOLE)
@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(2),
        pd.RangeIndex(5, 9, 2),
        pd.Index([7, 7]),
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
        pd.Index(["2022-01-05", "2022-01-06"], dtype="datetime64[us]", name="day"),
    ],
    ids=str,
)
def test_any_index_comes_back(suffix: str, index: pd.Index, tmp_path: Path):
    """An index of numbers, words, days or several levels comes back; one that counts rows costs no column."""
    back = through(points().set_axis(index), tmp_path / f"a{suffix}")
    expected = pd.Index(list(index), name=index.name) if list(index) == [5, 7] else index
    pd.testing.assert_index_equal(back.index, expected, exact="equiv")


def test_gpx_has_waypoints_with_their_words(events: gpd.GeoDataFrame, tmp_path: Path, caplog):
    """A waypoint has a place's name, an id, a time, a source; the row without a place goes to a file beside it."""
    back = through(events, tmp_path / "a.gpx")
    assert back["name"].tolist() == ["Almaty", "Mangystau", "Springfield"]
    assert back["cmt"].tolist() == ["007", "009", "010"]
    assert back["time"].iloc[0] == "2022-01-05T00:00:00Z"
    assert back["src"].iloc[0] == "AFP"
    assert back.geometry.iloc[1].equals(Point(53.5, 44.0))
    assert (tmp_path / "a.gpx.unplaced.csv").read_text().count("\n") == 2
    assert "a.gpx: 1 event without a place went to a.gpx.unplaced.csv." in caplog.text


def test_flatgeobuf_puts_aside_what_has_no_place(events: gpd.GeoDataFrame, tmp_path: Path, caplog):
    """Rows without a place go to a CSV, which is said; they come back in their rows, or their loss is said."""
    path = tmp_path / "a.fgb"
    assert_same(through(events, path), events)
    assert "a.fgb: 1 event without a place went to a.fgb.unplaced.csv." in caplog.text
    (tmp_path / "a.fgb.unplaced.csv").unlink()
    assert len(ge.read(path)) == len(events) - 1
    assert "went to a.fgb.unplaced.csv, which is not there" in caplog.text


def test_a_neighbour_does_not_outlive_its_file(events: gpd.GeoDataFrame, tmp_path: Path):
    """Where the new file has nothing to put aside, the old file's neighbour is gone."""
    ge.write(events, tmp_path / "a.fgb")
    ge.write(events[events.geometry.notna()], tmp_path / "a.fgb")
    assert [path.name for path in tmp_path.iterdir()] == ["a.fgb"]


def test_geopackage_has_a_layer_for_each_kind_of_shape(events: gpd.GeoDataFrame, tmp_path: Path):
    """Events are points on their places, areas stand once in places, the rest in unplaced."""
    path = tmp_path / "a.gpkg"
    ge.write(pd.concat([events, events.iloc[[2]]]), path)
    found = gpd.read_file(path, layer="events")
    assert set(found.geom_type) == {"Point"}
    assert found["place"].dropna().tolist() == [1, 1]
    places = gpd.read_file(path, layer="places")
    assert places[["place_id", "events", "shape"]].to_numpy().tolist() == [["iso:KZ-47", 2, "Polygon"]]
    assert len(gpd.read_file(path, layer="unplaced")) == 1


def test_rows_of_geoparquet_lie_along_a_curve(tmp_path: Path):
    """Neighbours on the ground are neighbours in the file; the order of the frame comes back."""
    random = np.random.default_rng(0)
    frame = shapes(*(Point(x, y) for x, y in random.uniform(-80, 80, (2000, 2))))
    ge.write(frame, tmp_path / "a.parquet")
    plain = gpd.read_parquet(tmp_path / "a.parquet")
    steps = plain.to_crs(3857).distance(plain.to_crs(3857).shift()).mean()
    assert steps < 0.1 * frame.to_crs(3857).distance(frame.to_crs(3857).shift()).mean()
    assert_same(ge.read(tmp_path / "a.parquet"), frame)


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "=HYPERLINK(1)"]


def test_csv_has_no_formulas(tmp_path: Path):
    """No cell or header of a CSV begins as a formula does; numbers stay numbers, and all come back."""
    frame = gpd.GeoDataFrame({"=x": FORMULAS, "n": -5}, geometry=[Point(0, 0)] * len(FORMULAS), crs="EPSG:4326")
    assert_same(through(frame, tmp_path / "a.csv"), frame)
    cells = pd.read_csv(tmp_path / "a.csv", dtype=str, keep_default_na=False)
    assert cells.columns.tolist() == ["'=x", "n", "WKT"]
    assert all(cell.startswith("'") for cell in cells["'=x"])
    assert cells["n"].eq("-5").all()


def test_excel_has_no_formulas(tmp_path: Path):
    """Every text of a workbook is text, and is marked so that editing it makes no formula; numbers are numbers."""
    texts = [*FORMULAS, "#N/A", "-5"]
    frame = gpd.GeoDataFrame({"=x": texts, "n": -5}, geometry=[Point(0, 0)] * len(texts), crs="EPSG:4326")
    assert_same(through(frame, tmp_path / "a.xlsx"), frame)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["events"]
    assert {cell.data_type for cell in sheet["A"]} <= {"s", "inlineStr"}
    assert all(cell.quotePrefix for cell in sheet["A"][: len(FORMULAS) + 1])
    assert {cell.data_type for cell in sheet["B"][1:]} == {"n"}


def test_excel_says_what_it_cannot_hold(tmp_path: Path):
    """A cell that is too long for Excel is named, and nothing is written."""
    with pytest.raises(ge.WriteError, match=r"at most 32,767 letters.*got 40,000 in 'note'; \.csv has no such limit"):
        ge.write(points(note=["x" * 40_000, "y"]), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_rows_and_no_places(suffix: str, tmp_path: Path):
    """A frame without rows is written or refused in a sentence; one without any place is written."""
    empty, unplaced = points().iloc[:0], shapes(None, None)
    known = format_of(f"a{suffix}")
    if "no rows" in known.loses:
        with pytest.raises(ge.WriteError, match="expected at least one event"):
            ge.write(empty, tmp_path / f"a{suffix}")
        assert list(tmp_path.iterdir()) == []
    else:
        assert len(through(empty, tmp_path / f"a{suffix}")) == 0
    back = through(unplaced, tmp_path / f"b{suffix}")
    assert back.geometry.isna().all()
    assert len(back) == (0 if suffix == ".gpx" else 2)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_names_that_differ_by_case(suffix: str, tmp_path: Path):
    """GeoPackage and FlatGeobuf refuse names that they would take for one; the others keep both."""
    frame = points(Name=["a", "b"], name=["c", "d"])
    if suffix in (".gpkg", ".fgb"):
        with pytest.raises(ge.ColumnError, match=r"names that differ by more than case.*got 'Name' and 'name'"):
            ge.write(frame, tmp_path / f"a{suffix}")
        assert list(tmp_path.iterdir()) == []
    elif suffix != ".gpx":
        assert_same(through(frame, tmp_path / f"a{suffix}"), frame)


@pytest.mark.parametrize("suffix", WHOLE)
@pytest.mark.parametrize("names", [["geometry", "shape"], ["row", "fid"], ["bbox", "WKT"], ["place", "index"]])
def test_names_that_formats_use_themselves(suffix: str, names: list[str], tmp_path: Path):
    """A column named as a format names its own things comes back, beside them."""
    frame = points(**{name: ["mine", "too"] for name in names}).rename_geometry("where")
    frame.index = pd.Index(["p", "q"])
    assert_same(through(frame, tmp_path / f"a{suffix}"), frame)


@pytest.mark.parametrize("suffix", WHOLE)
def test_dates_of_all_sorts_in_one_column(suffix: str, tmp_path: Path):
    """A column of naive and zoned times and days is written as ISO text."""
    zoned = pd.Timestamp("2022-01-05 10:00", tz="Europe/Berlin")
    frame = points(when=pd.Series([zoned, pd.Timestamp("2022-01-05 10:00")], dtype=object))
    back = through(frame, tmp_path / f"a{suffix}")
    assert back["when"].tolist() == ["2022-01-05T10:00:00+01:00", "2022-01-05T10:00:00"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_bad_frames_are_refused_and_the_old_file_stays(suffix: str, tmp_path: Path):
    """Doubled names, no CRS, geometries of several CRSs: one sentence, and what stood there still stands."""
    path = tmp_path / f"a{suffix}"
    path.write_text("old")
    import shapely

    mixed = points()
    mixed.geometry = gpd.GeoSeries(shapely.set_srid(mixed.geometry.to_numpy(), [4326, 3857]), crs=4326)
    cases = {
        "'n' is doubled": pd.concat([points(), points()[["n"]]], axis=1),
        "'1' is doubled": points(**{"1": [1, 2]}).assign(**{"x": 1}).rename(columns={"x": 1}),
        "expected a frame with a CRS": points().set_crs(None, allow_override=True),
        "got EPSG:3857, EPSG:4326": mixed,
    }
    for sentence, frame in cases.items():
        with pytest.raises(ge.GeoEventsError, match=sentence) as error:
            ge.write(frame, path)
        assert "\n" not in str(error.value)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_target_that_cannot_be_written(suffix: str, tmp_path: Path):
    """A folder in the file's place, or in its neighbour's, is named as such."""
    (tmp_path / f"a{suffix}").mkdir()
    with pytest.raises(ge.WriteError, match="it is a folder"):
        ge.write(points(), tmp_path / f"a{suffix}")
    for pattern in format_of(f"a{suffix}").beside:
        (tmp_path / pattern.format(name=f"b{suffix}", stem="b")).mkdir()
        with pytest.raises(ge.WriteError, match="it is a folder"):
            ge.write(points(), tmp_path / f"b{suffix}")
        assert not (tmp_path / f"b{suffix}").exists()


FULL = """
import resource, sys, numpy as np, geopandas as gpd, shapely, geoevents as ge
words = np.random.default_rng(0).integers(0, 2**62, (4000, 4)).astype(str)
frame = gpd.GeoDataFrame({"a": words[:, 0], "b": words[:, 1]}, geometry=shapely.points(np.zeros((4000, 2))), crs=4326)
ge.write(frame.head(2), sys.argv[1])  # what is imported late is imported before
open(sys.argv[1], "w").write("old")
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
try:
    ge.write(frame, sys.argv[1])
except ge.WriteError as error:
    print(error)
"""


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_disk_that_fills_in_the_middle(suffix: str, tmp_path: Path):
    """When the disk takes no more, that is said in one sentence, the old file is intact and nothing is left over."""
    path = tmp_path / f"a{suffix}"
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{path}: cannot be written: "), done.stdout + done.stderr
    assert done.stdout.endswith("; nothing was changed.\n")
    assert done.stdout.count("\n") == 1
    assert path.read_text() == "old"
    assert {file.name for file in tmp_path.iterdir()} <= {path.name, f"{path.name}-metadata.json"}


def test_one_input_gives_one_file(events: gpd.GeoDataFrame, tmp_path: Path):
    """The text formats and GeoParquet are the same, byte for byte, when they are written again."""
    for suffix in (".geojson", ".geojsons", ".parquet", ".kml", ".kmz", ".csv", ".gpx"):
        files = [tmp_path / f"{n}" / f"a{suffix}" for n in (1, 2)]
        for file in files:
            file.parent.mkdir(exist_ok=True)
            ge.write(events, file)
        assert files[0].read_bytes() == files[1].read_bytes(), suffix


def test_a_shape_across_the_antimeridian(tmp_path: Path):
    """Formats without a CRS of their own have it cut there, as RFC 7946 wants."""
    for suffix in (".geojson", ".geojsonl", ".kml"):
        back = through(shapes(box(170, 0, 190, 10)), tmp_path / f"a{suffix}")
        assert back.geometry.iloc[0].bounds == (-180, 0, 180, 10)


def test_an_unknown_suffix_lists_the_known():
    """The error for an unknown suffix names every format's first."""
    with pytest.raises(ge.ArgumentError) as error:
        format_of("a.docx")
    assert all(known.suffixes[0] in str(error.value) for known in FORMATS)


def test_a_format_is_a_record():
    """A format is data, and can be varied for another registry."""
    known = FORMATS[0]
    assert replace(known, name="x").suffixes == known.suffixes


def test_the_table_in_the_guide_is_the_registry():
    """The guide's table of formats says of each what the registry says."""
    guide = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
    lines = [line.strip("| ").split(" | ") for line in guide.splitlines() if line.startswith("| ")]
    header = ["format", "suffixes", "what it cannot hold", "provenance"]
    assert header in lines
    start = lines.index(header) + 1
    rows = [[f.name, " ".join(f"`{s}`" for s in f.suffixes), f.limits, f.provenance] for f in FORMATS]
    assert lines[start : start + len(rows)] == rows


def test_descriptions_of_kml_are_no_markup(tmp_path: Path):
    """Viewers render a description as HTML: markup in the data is text there, and comes back as it was."""
    text = "<script>alert(1)</script> & <b>bold</b>"
    events = gpd.GeoDataFrame({"event_id": ["1"], "evidence": [text]}, geometry=[Point(1, 2)], crs="EPSG:4326")
    ge.write(events, tmp_path / "a.kml")
    root = ElementTree.parse(tmp_path / "a.kml").getroot()
    told = [part.text or "" for part in root.iter("{http://www.opengis.net/kml/2.2}description")]
    assert not any("<" in description for description in told)
    assert ge.read(tmp_path / "a.kml")["evidence"].tolist() == [text]


@pytest.mark.parametrize("text", ["+1", "+77271234567", "=1+1", "@cmd", "-1+1", "＝1"])
def test_no_cell_of_a_csv_is_a_formula(text: str, tmp_path: Path):
    """What a spreadsheet would compute, or take the sign off, stands there as text, and comes back as it was."""
    events = gpd.GeoDataFrame({"event_id": ["1"], "phone": [text]}, geometry=[Point(1, 2)], crs="EPSG:4326")
    ge.write(events, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["phone"] == f"'{text}"
    assert ge.read(tmp_path / "a.csv")["phone"].tolist() == [text]
