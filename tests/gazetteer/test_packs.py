"""Packs: made dumps in the exact formats are read, laid over the bundled tables, chosen, listed and removed."""

from __future__ import annotations

import functools
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from pack_files import (
    ARIHA,
    IDLIB,
    write_archive,
    write_database,
    write_geonames,
    write_physical,
    write_repository,
)

import gazetteer
from gazetteer.build.packs import Source, add_pack, prepare_tables, remove_pack, sources
from gazetteer.build.whosonfirst import read_whosonfirst
from gazetteer.bundled import BUNDLED
from gazetteer.cli import cli
from gazetteer.errors import ArgumentError, DataError
from gazetteer.index.packs import PackFolder

REFUSED = {
    "not a record": 1,
    "of another place type": 2,
    "licence not known to be free (a-shop)": 1,
    "not current": 2,
    "impossible position or outline": 2,
    "of another country": 1,
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of all sources."""
    folder = tmp_path_factory.mktemp("files")
    write_geonames(folder)
    write_repository(folder)
    lakes = gazetteer.load().layer("landmarks")
    lake = lakes[lakes["kind"] == "lake"].iloc[0]
    write_physical(folder, (lake["name"], lake["lon"], lake["lat"]))
    return folder


@pytest.fixture(scope="module")
def home(files: Path, tmp_path_factory: pytest.TempPathFactory) -> PackFolder:
    """Return a folder of packs with both packs installed and laid out."""
    packs = PackFolder(tmp_path_factory.mktemp("home"))
    said: list[str] = []
    for name in ("SYR", "physical"):
        add_pack(name, packs, BUNDLED, given=files, say=said.append)
    prepare_tables(packs, packs.installed(), BUNDLED)
    assert "SYR: 3 records left out: impossible columns, id, position or population." in said
    return packs


@pytest.fixture
def gaz(home: PackFolder, monkeypatch: pytest.MonkeyPatch) -> gazetteer.Gazetteer:
    monkeypatch.setenv("GEOEVENTS_DATA", str(home.path))
    monkeypatch.delenv("GEOEVENTS_PACKS")
    return gazetteer.load()


@pytest.mark.parametrize("form", ["folder", "archive", "database"])
def test_all_forms_of_a_repository_are_read_alike(form: str, files: Path, tmp_path: Path) -> None:
    """A folder, an archive and the SQLite distribution give the same records and refuse the same ones."""
    root = files / "whosonfirst-data-admin-sy"
    path = {
        "folder": lambda: root,
        "archive": lambda: write_archive(root, tmp_path / "sy.tar.xz"),
        "database": lambda: write_database(tmp_path / "sy.db.bz2"),
    }[form]()
    records = read_whosonfirst(path, "SYR")
    assert dict(records.refused) == REFUSED
    places = records.places.set_index("id")
    assert set(places.index) == {"geonames:90000001", *(f"wof:{n}" for n in (101, 102, 103, 105, 106, 114))}
    assert places.at["wof:101", "source"] == "whosonfirst:meso"
    assert places.at["wof:106", "population"] == 7000
    assert set(places["admin1"]) == {"SY-ID"}
    names = records.names.set_index("name")
    assert names.at["Altdorf", "kind"] == "former"
    assert (names.at["Altdorf", "lang"], names.at["قرية الاختبار", "lang"]) == ("de", "ar")


@pytest.mark.parametrize(
    ("phrase", "place", "name"),
    [
        # A village that only the packs have, by its name in GeoNames' two files and in Who's On First.
        ("Qaryat Ikhtibar, Syria", "geonames:90000001", "Qaryat Ikhtibar"),
        ("Versuchsdorf, Syria", "geonames:90000001", "Qaryat Ikhtibar"),
        ("قرية الاختبار, Syria", "geonames:90000001", "Qaryat Ikhtibar"),
        ("Probedorf, Syria", "geonames:90000001", "Qaryat Ikhtibar"),
        # Of the bare name of a district and its seat the seat is meant.
        ("Madinat Ikhtibar", "wof:106", "Madinat Ikhtibar"),
        ("Madinat Ikhtibar district", "wof:114", "Madinat Ikhtibar"),
        # The town is meant, though a hamlet in the pack's country has its name.
        ("Idlib, Syria", f"geonames:{IDLIB}", "Idlib"),
        # A unit that the bundled tables have keeps its id and its name.
        ("Ariha district", f"geonames:{ARIHA}", "Ariha District"),
        ("Testland district", "wof:102", "Testland"),
    ],
)
def test_names_of_packs_are_found(gaz: gazetteer.Gazetteer, phrase: str, place: str, name: str) -> None:
    """Places of packs are found by all their names, and what the bundled tables have keeps its id, name and weight."""
    match = gaz.resolve(phrase)
    assert match.place is not None
    assert (match.place.id, match.place.name, match.status) == (place, name, "matched")


def test_one_place_of_two_sources_is_there_once(gaz: gazetteer.Gazetteer) -> None:
    """The village of GeoNames, its record with a concordance and one beside it are one place."""
    found = gaz.search("Qaryat Ikhtibar", country="SY")
    assert [candidate.place.id for candidate in found] == ["geonames:90000001"]
    assert len(gaz.layer("cities")["id"]) == gaz.layer("cities")["id"].nunique()


def test_units_gain_their_outlines(gaz: gazetteer.Gazetteer) -> None:
    """A unit that had a point has the polygon of the pack; a point in it lies in the unit, and in no third level."""
    assert gaz.geometry(f"geonames:{ARIHA}").geom_type == "Polygon"
    assert f"geonames:{ARIHA}" in [place.id for place in gaz.within(36.55, 35.75)]
    here = [place.id for place in gaz.within(39.0, 35.0)]
    assert here.index("wof:103") < here.index("wof:102")
    assert "wof:103" not in set(gaz.layer("admin2")["id"])


def test_towns_lie_in_first_level_units(gaz: gazetteer.Gazetteer) -> None:
    """A place has the code that its source tells, else that of the polygon it lies in."""
    assert gaz.place("geonames:90000001").admin1 == "SY-ID"
    assert gaz.place("geonames:90000002").admin1 in {"SY-HI", "SY-HM"}


def test_physical_features_have_lines_and_polygons(gaz: gazetteer.Gazetteer) -> None:
    """The stretches of a river are one line; a lake that was a point keeps its id and has an outline."""
    river = gaz.resolve("Testwater")
    assert river.place is not None
    assert river.geometry is not None
    assert (river.place.kind, river.place.country) == ("river", "SYR")
    assert river.geometry.length == pytest.approx(2.118, 0.01)
    assert gaz.resolve("Testing Desert").geometry.geom_type == "Polygon"  # type: ignore[union-attr]
    marks = gaz.layer("landmarks")
    lakes = marks[(marks["kind"] == "lake") & marks.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    assert [place.split(":")[0] for place in lakes["id"]] == ["lake"]


def test_the_rest_is_as_it_was(gaz: gazetteer.Gazetteer) -> None:
    """Every place of the bundled tables is there under its id, with its name and its weight; lookups agree."""
    bundled = gazetteer.load(packs="none")
    assert bundled.store.folder == BUNDLED
    old = pd.DataFrame({name: bundled.store.column(name) for name in ("id", "name", "prominence")}).set_index("id")
    new = pd.DataFrame({name: gaz.store.column(name) for name in ("id", "name", "prominence")}).set_index("id")
    pd.testing.assert_frame_equal(new.loc[old.index], old)
    for phrase in ("Almaty", "CSTO members", "northern Syria", "Paris, Texas", "Aleppo governorate", "Black Sea"):
        before, after = bundled.resolve(phrase), gaz.resolve(phrase)
        assert before.as_dict() == after.as_dict()
    gaz.verify()


def test_sources_are_told(gaz: gazetteer.Gazetteer) -> None:
    """The gazetteer names the files of its packs, and the sources of the records in them, with licences."""
    told = {source["name"]: source["licence"] for source in gaz.info()["sources"]}
    assert told["SY.zip"] == "CC BY 4.0"
    assert told["meso"] == "CC0"
    assert "Quattroshapes" in gaz.info()["attribution"]


def test_packs_are_chosen(gaz: gazetteer.Gazetteer, home: PackFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the packs, all of them, or those of the environment; one that is not installed is an ArgumentError."""
    assert gazetteer.load(packs=["physical", "syr"]).store.folder == gaz.store.folder
    assert gazetteer.load(packs=[]).store.folder == BUNDLED
    monkeypatch.setenv("GEOEVENTS_PACKS", "none")
    assert gazetteer.load().store.folder == BUNDLED
    with pytest.raises(ArgumentError, match=r"installed packs \(SYR, physical\), got MLI; .* gazetteer pack add MLI"):
        gazetteer.load(packs="MLI")
    with pytest.raises(ArgumentError, match="over the bundled tables only"):
        gazetteer.load(BUNDLED, packs="SYR")


def test_the_command_lists_and_removes(
    home: PackFolder, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """List tells places, sources and licences; remove takes a pack away; what is not there is misuse."""
    monkeypatch.setenv("GEOEVENTS_DATA", str(tmp_path))
    add_pack("SYR", PackFolder(tmp_path), BUNDLED, given=files)
    told = CliRunner().invoke(cli, ["pack", "list"]).stdout
    assert all(text in told for text in ("SYR\t", "SY.zip", "places from whosonfirst:meso (CC0)"))
    facts = json.loads(CliRunner().invoke(cli, ["pack", "list", "--json"]).stdout)
    assert (facts["name"], facts["bytes"] > 0) == ("SYR", True)
    assert CliRunner().invoke(cli, ["pack", "remove", "SYR"]).exit_code == 0
    assert PackFolder(tmp_path).installed() == []
    again = CliRunner().invoke(cli, ["pack", "remove", "SYR"])
    assert isinstance(again.exception, ArgumentError)


def test_a_damaged_pack_is_told_and_can_be_removed(files: Path, tmp_path: Path) -> None:
    """The sentence says what to do, and removing works without the facts."""
    packs = PackFolder(tmp_path / "home")
    add_pack("SYR", packs, BUNDLED, given=files)
    path = packs.path / "packs" / "SYR" / "pack.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    damages: tuple[Any, ...] = (
        {}, [], 5, None, facts | {"places": "x"}, facts | {"bytes": None}, facts | {"licences": {"CC0": "x"}},
        facts | {"sources": [5]}, facts | {"sources": [{"file": "SY.zip"}]}, facts | {"added": 5},
    )  # fmt: skip
    for damaged in damages:
        path.write_text(json.dumps(damaged))
        with pytest.raises(DataError, match="run gazetteer pack add SYR or gazetteer pack remove SYR"):
            packs.installed()
    path.write_text(json.dumps(facts))
    (path.parent / "names.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"expected the tables of SYR.*run gazetteer pack add SYR"):
        prepare_tables(packs, packs.installed(), BUNDLED)
    remove_pack("SYR", packs)
    assert packs.names() == []


@pytest.mark.parametrize("name", ["Syria", "XYZ", "none", "S/../Y"])
def test_unknown_packs_are_misuse(name: str, tmp_path: Path) -> None:
    """What is not a country's code is an ArgumentError before anything is written."""
    with pytest.raises(ArgumentError, match="expected physical or a country's ISO 3166-1 alpha-3 code"):
        add_pack(name, PackFolder(tmp_path / "home"), BUNDLED, given=tmp_path)
    assert not (tmp_path / "home").exists()


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    """A folder without the files says which ones it lacks."""
    with pytest.raises(DataError, match=r"expected the files of MLI \(ML.zip, .*but they are not in it"):
        add_pack("MLI", PackFolder(tmp_path / "home"), BUNDLED, given=tmp_path)


def test_a_failed_addition_leaves_what_was_there(files: Path, tmp_path: Path) -> None:
    """A damaged file is one sentence, and the pack of before stays."""
    packs = PackFolder(tmp_path / "home")
    before = add_pack("SYR", packs, BUNDLED, given=files)
    (tmp_path / "SY.zip").write_bytes(b"PK damaged")
    with pytest.raises(DataError, match=r"SY\.zip: expected a file of GeoNames' dump"):
        add_pack("SYR", packs, BUNDLED, given=tmp_path)
    assert packs.installed() == [before]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve a folder on this machine."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}", folder
    http.shutdown()
    http.server_close()


def test_a_pack_is_downloaded_and_checked(server: tuple[str, Path], tmp_path: Path) -> None:
    """The file is fetched and has the hash that the source publishes; with another hash nothing is installed."""
    url, folder = server
    name = sources("SYR")[-1].file
    path = write_database(folder / name)
    rows = [{"name_compressed": name, "sha256_compressed": "00"}]
    (folder / "inventory.json").write_text(json.dumps(rows))
    listed = [Source("whosonfirst", "country", name, f"{url}/{name}", "by record", "WOF", f"{url}/inventory.json")]
    packs = PackFolder(tmp_path / "home")
    with pytest.raises(DataError, match="expected SHA-256 00"):
        add_pack("SYR", packs, BUNDLED, listed=listed)
    assert packs.installed() == []
    rows[0]["sha256_compressed"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "inventory.json").write_text(json.dumps(rows))
    assert add_pack("SYR", packs, BUNDLED, listed=listed).facts["places"] == 7
    assert not (packs.path / "downloads" / "SYR").exists()
