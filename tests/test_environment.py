"""Odd environments: another locale and zone, no home, optimised byte code, names of folders, links, a full disk."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import gazetteer
import geoevents as ge
from gazetteer import GazetteerError, Hold
from gazetteer.build.finished import finished_folder
from gazetteer.build.own import build_own
from gazetteer.build.packs import add_pack
from gazetteer.bundled import BUNDLED
from gazetteer.geocoders.answer_cache import AnswerCache, usual_cache
from gazetteer.index.packs import PackFolder, default_folder
from geoevents.engines import report_batches, stream
from geoevents.engines.journal import Journal
from geoevents.exporters import FORMATS

sys.path.insert(0, str(Path(__file__).parent / "gazetteer"))
import pack_files

Writers = dict[str, Callable[[Path], object]]
_DISK, _PAGE = 32_768, 4096
TABLE = "location,date\nAlmaty,2022-01-05\n30 km north of Aktau,2022-01-06\nXyzzy Lane 5,2022-01-07\n"


def locate(source: Path, output: Path, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
    command = [sys.executable, *flags, "-m", "geoevents.cli", "locate", str(source), "-o", str(output)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**kept, **environment})


def test_odd_environments_change_nothing(tmp_path: Path) -> None:
    """No home, the C locale, the earliest zone of the world, -O, and a folder with spaces and Cyrillic letters."""
    folder = tmp_path / "Мои события 2022"
    folder.mkdir()
    (folder / "таблица 1.csv").write_text(TABLE, encoding="utf-8")
    usual = locate(folder / "таблица 1.csv", tmp_path / "usual.geojson", HOME=str(tmp_path))
    odd = locate(folder / "таблица 1.csv", folder / "карта 1.geojson", "-O", LC_ALL="C", TZ="Pacific/Kiritimati")
    assert (usual.returncode, odd.returncode) == (0, 0), usual.stderr + odd.stderr
    ours, theirs = gpd.read_file(folder / "карта 1.geojson"), gpd.read_file(tmp_path / "usual.geojson")
    assert ours.drop(columns="geometry").astype(str).equals(theirs.drop(columns="geometry").astype(str))
    assert ours.geometry.geom_equals(theirs.geometry).tolist() == [True, True, False]  # the last has none


def test_links_lead_to_their_files(tmp_path: Path) -> None:
    """A link as input is followed; a link as output stays a link, and the events are in its file."""
    (tmp_path / "real.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "table.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "target.geojson").write_text("{}", encoding="utf-8")
    (tmp_path / "out.geojson").symlink_to(tmp_path / "target.geojson")
    ge.write(ge.locate(ge.read(tmp_path / "table.csv")), tmp_path / "out.geojson")
    assert (tmp_path / "out.geojson").is_symlink()
    assert len(gpd.read_file(tmp_path / "target.geojson")) == 3
    assert (tmp_path / "real.csv").read_text(encoding="utf-8") == TABLE


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Lend a disk of 32 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of small inputs."""
    return tmp_path_factory.mktemp("inputs")


@pytest.fixture(scope="module")
def writers(inputs: Path) -> Writers:
    """Return everything that writes, by the name of what it writes."""
    notes = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(240)]  # which no format makes small
    rows = pd.DataFrame({"place": ["Almaty", "Aktau", "Kyiv", "Mosul"] * 60, "note": notes})
    rows.to_parquet(inputs / "rows.parquet")
    told = [{"id": note, "text": f"Gunmen killed {n} farmers near Kano."} for n, note in enumerate(notes[:80])]
    (inputs / "documents.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told), encoding="utf-8")
    (inputs / "own.csv").write_text("id,name,kind,lon,lat\n1,Camp Zzyzx,city,51.3,43.6\n", encoding="utf-8")
    pack_files.write_geonames(inputs)
    events = ge.locate(rows)
    suffixes = [suffix for known in FORMATS for suffix in known.suffixes[:1] if not known.is_map]

    def build(folder: Path) -> None:
        with finished_folder(folder) as made:
            build_own(inputs / "own.csv", made)

    def keep_answers(path: Path) -> None:
        cache = AnswerCache(path)
        for number in range(2000):
            cache.put("nominatim:localhost", f"Zyx {number}", None, [{"name": "x" * 100}])

    return {
        **{f"out{suffix}": partial(ge.write, events) for suffix in suffixes},
        "map.html": partial(ge.write_map, events.head(4)),
        "map.svg": partial(ge.write_map, events.head(4)),
        "review.html": partial(ge.write_review, events),
        "stream.parquet": lambda path: stream.locate(inputs / "rows.parquet", path),
        "reports.geojsonl": lambda path: report_batches.extract([inputs / "documents.jsonl"], path, workers=1),
        "built": build,
        "packs": lambda path: add_pack("SYR", PackFolder(path), BUNDLED, given=inputs),
        "answers.sqlite": keep_answers,
    }  # fmt: skip


def refused(write: Callable[[Path], object], path: Path) -> str:
    """Return the one sentence with which something is not written."""
    with pytest.raises((ge.GeoEventsError, GazetteerError)) as raised:
        write(path)
    said = str(raised.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


# XlsxWriter leaves the closing of its files to Python when it fails.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_nothing_is_half_written_on_a_full_disk_or_into_a_read_only_folder(disk: Path, writers: Writers) -> None:
    """Whatever is written: a disk that is full, or may not be written to, is one sentence, and what was there stays.

    Of work that is taken up its journal stays too, and the caches keep what found room.
    """
    filler = disk / "filler"
    for name, write in writers.items():
        old = disk / name
        filler.write_bytes(bytes(_DISK - 3 * _PAGE))  # there is room for the beginning
        if name not in ("built", "packs", "answers.sqlite"):
            old.write_text("before", encoding="utf-8")
        said = refused(write, old).lower()
        assert "no space left" in said or "full" in said or "cannot be written" in said, said
        assert not old.is_file() or name == "answers.sqlite" or old.read_text(encoding="utf-8") == "before", name
        left = set(os.listdir(disk)) - {name, filler.name, ".stream.parquet.parts", ".reports.geojsonl.reports"}
        assert not left, (name, left)
        for path in disk.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    gc.collect()  # the files that XlsxWriter left open
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for name, write in writers.items():
        said = refused(write, disk / name).lower()
        assert any(why in said for why in ("read-only", "readonly", "denied", "unable to open")), said
    assert os.listdir(disk) == []


def test_two_runs_do_not_write_one_output(tmp_path: Path, inputs: Path, writers: Writers) -> None:
    """While one run writes, a second of the same output is one sentence, and takes nothing from the first."""
    first = Journal(tmp_path / "stream.parquet")
    first.begin({})
    reports = tmp_path / ".reports.geojsonl.reports"
    reports.write_text("of the first run\n")
    hold = Hold(reports)
    for name in ("stream.parquet", "reports.geojsonl"):
        assert "another run is writing it" in refused(writers[name], tmp_path / name)
    assert "another run is writing it" in refused(
        lambda path: stream.locate(inputs / "rows.parquet", path, resume=True), tmp_path / "stream.parquet"
    )
    assert reports.read_text() == "of the first run\n"
    assert (first.folder / "journal.jsonl").read_text() == "{}\n"
    first.release()
    hold.release()
    writers["stream.parquet"](tmp_path / "stream.parquet")
    writers["reports.geojsonl"](tmp_path / "reports.geojsonl")
    assert sorted(os.listdir(tmp_path)) == ["reports.geojsonl", "stream.parquet"]


def test_two_writers_of_one_file_leave_one_of_two_whole_files(tmp_path: Path) -> None:
    """Of four threads that write one file again and again, each leaves a whole one."""
    events = [ge.locate(pd.DataFrame({"place": [place] * 50})) for place in ("Almaty", "Aktau", "Kyiv", "Mosul")]

    def write(frame: gpd.GeoDataFrame) -> None:
        for _ in range(5):
            ge.write(frame, tmp_path / "out.geojson")
            assert ge.read(tmp_path / "out.geojson")["place_name"].nunique() == 1

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, events))
    assert os.listdir(tmp_path) == ["out.geojson"]


def test_a_user_without_a_home_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without HOME and an entry for the user, look-ups answer; packs and answers find no place, and none is made."""

    def unknown(number: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "GEOEVENTS_DATA", "GEOEVENTS_PACKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    monkeypatch.chdir(tmp_path)
    assert gazetteer.load().resolve("Almaty").place.id == "geonames:1526384"
    assert AnswerCache(usual_cache()).figures() == []
    assert "set HOME" in refused(
        lambda path: AnswerCache(path).put("nominatim:localhost", "Zyx", None, []), usual_cache()
    )
    assert "GEOEVENTS_DATA" in refused(lambda path: add_pack("SYR", default_folder(), BUNDLED, given=path), tmp_path)
    assert os.listdir(tmp_path) == []
