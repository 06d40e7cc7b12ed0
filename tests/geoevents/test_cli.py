"""The command is a thin shell: exit codes, one sentence an error, data only where it was asked for."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest

import geoevents as ge
from geoevents import cli
from geoevents.exporters import FORMATS

TABLE = "place,when,dead\nAlmaty,2022-01-05,103\nInterfax,soon,\n"


@pytest.fixture
def table(tmp_path: Path, bundled: object) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_locate_writes_events_and_tells_what_was_found(table: Path, capsys: pytest.CaptureFixture[str]):
    """The file holds valid events, the summary stands on stderr, stdout stays empty."""
    out = table.with_name("out.geojson")
    assert cli.main(["locate", str(table), "-o", str(out)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "Places from place; date from when.",
        "2 events: 1 matched, 0 ambiguous, 1 unresolved; placed: 1 city.",
        'Unresolved: "Interfax" 1.',
        'Dates that could not be read: 1 ("soon").',
        f"Wrote {out}.",
    ]
    ge.validate(ge.read(out))


def test_what_the_source_placed_is_told_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A table with its own coordinates is counted on stderr like any other, misses and unread dates included."""
    source, out = tmp_path / "points.csv", tmp_path / "out.geojson"
    source.write_text("what,lat,lon,date\nA,43.2,76.9,03/04/2022\nB,,,soon\n", encoding="utf-8")
    assert cli.main(["locate", str(source), "-o", str(out)]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "Places from the table's own coordinates.",
        "Coordinates from lat, lon; date from date.",
        "2 events: 1 matched, 0 ambiguous, 1 unresolved; placed: 1 derived.",
        'Unresolved: "(empty)" 1.',
        'Dates that could not be read: 1 ("soon").',
        "Dates such as 03/04/2022 were taken as day, then month; the column does not say.",
        f"Wrote {out}.",
    ]


def test_convert_and_validate(table: Path, capsys: pytest.CaptureFixture[str]):
    """Located events convert to another format and are valid there."""
    first, second = table.with_name("a.geojson"), table.with_name("a.parquet")
    assert cli.main(["locate", str(table), "-o", str(first), "--place", "place", "--date", "when"]) == 0
    assert cli.main(["convert", str(first), str(second)]) == 0
    capsys.readouterr()
    assert cli.main(["validate", str(second)]) == 0
    assert capsys.readouterr().err == f"{second}: 2 valid events.\n"


def test_formats_lists_what_is_read_and_written(capsys: pytest.CaptureFixture[str]):
    """Every format stands in the list."""
    assert cli.main(["formats"]) == 0
    out = capsys.readouterr().out
    for name in ("csv", "excel", "GeoJSON", "GeoParquet", "Kepler map"):
        assert f"\t{name}\t" in out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["locate", "{table}", "-o", "out.docx"], 2, "expected a file name that ends in one of .geojson"),
        (["locate", "{table}"], 2, "Missing option"),
        (
            ["locate", "{table}", "-o", "{folder}/o.geojson", "--place", "plce"],
            2,
            "expected one of place, when, dead",
        ),
        (["locate", "{table}", "-o", "{folder}/o.geojson", "--country", "Atlantis"], 2, "got 'Atlantis'"),
        (
            ["locate", "{folder}/none.csv", "-o", "{folder}/o.geojson"],
            1,
            "expected a file to read, but there is none",
        ),
        (["map", "{table}", "-o", "{folder}/m.html", "--config", "{folder}/none.json"], 1, "map configuration to read"),
        (["map", "{table}", "-o", "{folder}/m.html", "--config", "{table}"], 1, "JSON as Kepler.gl writes it"),
        (["map", "{table}", "-o", "{folder}/m.png", "--basemap", "voyager"], 2, "are for pages (.html)"),
        (["map", "{table}", "-o", "{folder}/o.geojson"], 2, "expected a map's name"),
        (["convert", "{table}", "{folder}/o.geojson"], 1, "got a plain table; use locate first"),
        (["validate", "{table}"], 1, "Not an events frame: it is not a GeoDataFrame; columns are missing"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_an_error_is_one_sentence_and_a_code(
    table: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, sentence: str
):
    """Errors in the input exit with 1, misuse with 2; stderr has one line."""
    names = {"table": table, "folder": table.parent}
    assert cli.main([argument.format(**names) for argument in arguments]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert sentence in captured.err
    assert sorted(path.name for path in table.parent.iterdir()) == ["table.csv"]


@pytest.mark.parametrize(
    "command",
    [
        "locate {table} -o {place}.geojson",
        "locate {table} -o {place}.parquet",
        "locate {events} -o {place}.parquet",
        "join {table} admin1 -o {place}.geojson",
        "join {events} admin1 -o {place}.parquet",
        "aggregate {table} admin1 -o {place}.csv",
        "convert {events} {place}.geojson",
        "map {table} -o {place}.html",
        "map {table} -o {place}.png",
        "map {table} -o {folder}/map.html --save-config {place}.json",
    ],
)
@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("{folder}/none/out", "expected an existing folder to write to"),
        ("{folder}/folder", "expected a file to write, but it is a folder"),
        ("{folder}/out", "cannot be written: permission denied; nothing was changed"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_any_work(
    command: str,
    place: str,
    sentence: str,
    table: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    """Nothing is read where nothing could be written; root may write anywhere, so a closed folder is arranged."""
    events = table.with_name("events.parquet")
    events.write_bytes(b"PAR1, never read")
    for suffix in ("geojson", "parquet", "csv", "html", "png", "json"):
        table.with_name(f"folder.{suffix}").mkdir()
    monkeypatch.setattr("geoevents.cli.locating.located_events", lambda *_: pytest.fail("the table was read"))
    monkeypatch.setattr("geoevents.read", lambda *_: pytest.fail("the file was read"))
    monkeypatch.setattr("geoevents.engines.stream.opened", lambda _: pytest.fail("the file was opened"))
    if "denied" in sentence:
        monkeypatch.setattr("os.access", lambda *_: False)
    names = {"table": table, "events": events, "folder": table.parent}
    target = place.format(**names)
    assert cli.main(command.format(**names, place=target).split()) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (MemoryError, 1)])
def test_interrupts_leave_no_traceback(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: type, code: int
):
    """Ctrl-C and a lack of memory end with a sentence and a code, and leave nothing half-written."""

    def fail(_: object, path: Path) -> None:
        path.write_text("half")
        raise error

    known = [replace(known, writer=fail) if ".geojson" in known.suffixes else known for known in FORMATS]
    monkeypatch.setattr("geoevents.exporters.registry.FORMATS", tuple(known))
    assert cli.main(["locate", str(table), "-o", str(table.with_name("o.geojson"))]) == code
    assert "Traceback" not in capsys.readouterr().err
    assert [path.name for path in table.parent.iterdir()] == ["table.csv"]


def test_map_is_named_and_titled_after_its_table(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Without -o the map stands in the working folder under the table's name; the options are handed on."""

    def draw(events: gpd.GeoDataFrame, path: Path, **options: object) -> dict[str, object]:
        path.write_text(events.attrs["geoevents"]["title"], encoding="utf-8")
        return options

    monkeypatch.setitem(sys.modules, "geoevents.maps.kepler", SimpleNamespace(write_html=draw))
    monkeypatch.chdir(table.parent)
    assert cli.main(["map", "table.csv"]) == 0
    assert Path("table.html").read_text(encoding="utf-8") == "Table"
    assert cli.main(["map", "table.csv", "-o", "b.html", "--title", "January"]) == 0
    assert Path("b.html").read_text(encoding="utf-8") == "January"
    Path("k.json").write_text('{"version": "v1"}', encoding="utf-8")
    options = ["--theme", "dark", "--basemap", "voyager", "--circles", "--config", "k.json"]
    assert cli.main(["map", "table.csv", *options, "--save-config", "used.json"]) == 0
    used = json.loads(Path("used.json").read_text(encoding="utf-8"))
    assert used == {
        "theme": "dark", "basemap": "voyager", "circles": True, "embed": False, "config": {"version": "v1"},
        "gazetteer": None,
    }  # fmt: skip
    assert capsys.readouterr().out == ""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_reader_that_has_gone_is_no_traceback():
    """A closed pipe ends the command silently."""
    read, write = os.pipe()
    os.close(read)
    code = "import sys; from geoevents.cli import main; sys.exit(main(['formats']))"
    done = subprocess.run([sys.executable, "-c", code], stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert done.stderr == ""
    assert done.returncode == 1


def test_help_and_import_are_light():
    """Neither `import geoevents` nor --help loads pandas, geopandas or pyarrow."""
    heavy = "print(sorted({'pandas', 'geopandas', 'pyarrow', 'shapely', 'keplergl', 'numpy'} & set(sys.modules)))"
    assert run(f"import sys, geoevents; {heavy}").stdout == "[]\n"
    code = f"import sys; from geoevents.cli import main; main(['--help']); {heavy}"
    assert run(code).stdout.splitlines()[-1] == "[]"


def test_locate_takes_the_rows_of_the_file_as_context(tmp_path: Path):
    """``--context file`` tells names of one file apart."""
    table = tmp_path / "table.csv"
    table.write_text("place\nTripoli\nBeirut\nSidon\n", encoding="utf-8")
    out = table.with_name("out.geojson")
    assert cli.main(["locate", str(table), "-o", str(out), "--context", "file"]) == 0
    assert ge.read(out)["country"].tolist() == ["LBN"] * 3
    assert cli.main(["locate", str(table), "-o", str(out), "--context", "page"]) == 2


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("locte {table} -o {folder}/o.csv", "No such command 'locte' (did you mean 'locate'?)."),
        ("locate {folder}/tabel.csv -o {folder}/o.csv", "but there is none (did you mean 'table.csv'?)."),
        ("locate {folder}/tabel.parquet -o {folder}/o.parquet", "expected a file to read, but there is none"),
        ("locate {table} -o {folder}/o.geojsn", "(did you mean '.geojson'?)."),
        ("locate {table} -o {folder}/o.csv --place plce", "got 'plce' (did you mean 'place'?)."),
        ("locate {table} -o {folder}/o.csv --date whn", "got 'whn' (did you mean 'when'?)."),
        ("locate {table} -o {folder}/o.csv --format acle", "got 'acle' (did you mean 'acled'?)."),
        (
            "locate https://example.org/t.csv -o {folder}/o.csv",
            "got an address; download it first, then name the file.",
        ),
        ("locate s3://bucket/t.parquet -o {folder}/o.parquet", "got an address; download it first"),
        ("inspect https://example.org/t.geojson", "got an address; download it first"),
    ],
)
def test_a_slip_gets_the_name_that_was_meant(
    command: str, sentence: str, table: Path, capsys: pytest.CaptureFixture[str]
):
    """Names of commands, files, suffixes, formats and columns that do not exist are answered with the nearest."""
    arguments = command.format(table=table, folder=table.parent).split()
    assert cli.main(arguments) in (1, 2)
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.splitlines()) == 1


@pytest.mark.filterwarnings("default")
def test_a_librarys_warning_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What GDAL says of a damaged GeoPackage is told once, without the place in the code that read it."""
    ge.write(ge.locate(pd.DataFrame({"place": ["Almaty"]})), tmp_path / "a.gpkg")
    damaged = bytearray((tmp_path / "a.gpkg").read_bytes())
    damaged[68] = 0  # of the letters that say what kind of database it is
    (tmp_path / "a.gpkg").write_bytes(damaged)
    capsys.readouterr()
    assert cli.main(["inspect", str(tmp_path / "a.gpkg")]) == 0
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "application_id" in line]
    assert line.startswith("GPKG: bad application_id")
    assert line.endswith(".")
