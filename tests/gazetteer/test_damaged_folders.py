"""Gazetteer folders whose files are truncated, changed or foreign: one sentence, and no traceback."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import gazetteer
from gazetteer.api import Gazetteer
from gazetteer.build.checksums import note_checksums
from gazetteer.bundled import BUNDLED
from gazetteer.cli import cli
from gazetteer.index.checksums import FILES, damage_of, measured_files
from gazetteer.index.store import LAYERS, Store

LISTED = json.loads((BUNDLED / "info.json").read_text(encoding="utf-8"))[FILES]
# What a look-up of names, phrases, shapes and texts reads.
USED = sorted(name for name in LISTED if name != "basemap.parquet")
BROKEN_INFO = {
    "no text": b"\xff\xfe\x00",
    "no JSON": b"{",
    "deep": b"[" * 100_000,
    "a list": b"[]",
    "no layers": b'{"sources": []}',
    "layers of texts": b'{"layers": {"cities": "many"}, "sources": []}',
    "fewer rows than negative": b'{"layers": {"cities": -1}, "sources": []}',
    "other rows": b'{"layers": {"cities": 7}, "sources": []}',
    "sources of nothing": b'{"layers": {}, "sources": [1]}',
    "files of texts": b'{"layers": {}, "sources": [], "files": {"cities.parquet": "7"}}',
    "a file that is not there": b'{"layers": {}, "sources": [], "files": {"no.parquet": {"bytes": 1, "sha256": ""}}}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of links to the bundled files, of which a test replaces one."""
    made = tmp_path / "gazetteer"
    for path in BUNDLED.rglob("*"):
        if path.is_file():
            link = made / path.relative_to(BUNDLED)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    return made


def replaced(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


def without_checksums(folder: Path) -> None:
    """Make a folder like those of older versions."""
    info = json.loads((folder / "info.json").read_text(encoding="utf-8"))
    del info[FILES]
    replaced(folder / "info.json", json.dumps(info).encode())


def flipped(data: bytes, rng: random.Random) -> bytes:
    """Return data with one bit changed, half of the time among the first or last 200 bytes, where headers stand."""
    place = rng.randrange(len(data))
    if rng.random() < 0.5:
        place = rng.choice([place % 200, -1 - place % 200])
    changed = bytearray(data)
    changed[place] ^= 1 << rng.randrange(8)
    return bytes(changed)


def answers(gaz: Gazetteer) -> Iterator[Any]:
    """Ask for what touches every file."""
    for phrase in ("Almaty", "western Kazakhstan", "30 km north of Aktau", "Kandahr, Afghanistan", "CSTO", "Black Sea"):
        match = gaz.resolve(phrase)
        yield match.as_dict(), match.geometry
    yield gaz.search("San J", limit=20)
    yield gaz.within(76.9, 43.2)
    yield gaz.place("geonames:1526384")


def said(folder: Path) -> str:
    """Ask all, and return the sentence that it ends in; another error than ours goes on."""
    try:
        list(answers(Gazetteer(Store(folder))))
    except gazetteer.GazetteerError as error:
        return str(error)
    return ""


def test_the_bundled_gazetteer_is_whole() -> None:
    """Every bundled table, index and model has the size and the checksum that info.json says, and none is unlisted."""
    assert damage_of(BUNDLED) is None, "after an edit: python -m gazetteer.build.checksums"
    assert {f"{layer}.parquet" for layer in LAYERS} | {"names.marisa", "tagger.model", "placer.model"} < LISTED.keys()
    done = CliRunner().invoke(cli, ["info", "--verify"])
    assert (done.exit_code, "as it was built" in done.output) == (0, True)


@pytest.mark.parametrize("name", sorted(LISTED))
def test_a_truncated_or_missing_file_is_named_when_the_folder_is_opened(folder: Path, name: str) -> None:
    """Half of a file, an empty file and no file are each one sentence that names it."""
    data = (folder / name).read_bytes()
    for part in (data[: len(data) // 2], data[:-1], b""):
        replaced(folder / name, part)
        with pytest.raises(gazetteer.DataError, match=rf"{Path(name).name}: expected a file of {len(data)} bytes"):
            gazetteer.load(folder)
    (folder / name).unlink()
    with pytest.raises(gazetteer.DataError, match=rf"expected a gazetteer folder, but .*{name} is not in it"):
        gazetteer.load(folder)


@pytest.mark.parametrize(("name", "other"), list(zip(USED, USED[1:] + USED[:1], strict=True)))
def test_a_foreign_file_is_refused(folder: Path, name: str, other: str) -> None:
    """A file of another name in the place of one is found, by its size or else by its checksum."""
    replaced(folder / name, (BUNDLED / other).read_bytes())
    assert name in str(damage_of(folder))
    if LISTED[name]["bytes"] != LISTED[other]["bytes"]:
        with pytest.raises(gazetteer.DataError, match="expected a file of"):
            gazetteer.load(folder)


def test_a_file_that_no_build_wrote_is_foreign(folder: Path) -> None:
    """An array that the build did not make is found by the full check."""
    shutil.copy(BUNDLED / "index" / "kind.npy", folder / "index" / "key_codes_00000000.npy")
    assert "it is not one of them" in str(damage_of(folder))


@pytest.mark.parametrize("name", USED)
def test_a_changed_bit_is_found_by_the_full_check_and_never_a_traceback(folder: Path, name: str) -> None:
    """One changed bit in any file: the full check names the file, and no question ends in another error than ours."""
    data, rng = (folder / name).read_bytes(), random.Random(name)
    replaced(folder / name, flipped(data, rng))
    assert f"{name}: expected the file that was built, but its content is another" in str(damage_of(folder))
    assert "\n" not in said(folder)


@pytest.mark.parametrize("name", ["names.marisa", "index/layout.json"])
def test_a_changed_bit_in_what_leads_a_look_up_is_found_when_the_folder_is_opened(folder: Path, name: str) -> None:
    """A damaged trie may go round in circles, so that it is never asked: 25 bits, wherever they stand."""
    data, rng = (folder / name).read_bytes(), random.Random(name)
    for _ in range(25):
        replaced(folder / name, flipped(data, rng))
        with pytest.raises(gazetteer.DataError, match=f"{Path(name).name}: expected the file that was built"):
            Store(folder)


def test_a_changed_text_is_found_by_the_full_check(folder: Path) -> None:
    """A bit, a line or a whole table of words: the full check names the file; the ends of lines do not count."""
    for path in (BUNDLED / name for name in ("groups.csv", "own_names.csv", "words.csv")):
        data, rng = path.read_bytes(), random.Random(path.name)
        for changed in (flipped(data, rng), data[: len(data) // 2], data + b"x,y\n"):
            replaced(folder / path.name, changed)
            assert path.name in str(damage_of(folder))
        replaced(folder / path.name, data.replace(b"\n", b"\r\n"))
        assert damage_of(folder) is None
    (folder / "words.csv").unlink()
    assert "words.csv" in str(damage_of(folder))


@pytest.mark.parametrize("name", USED)
def test_a_truncated_file_of_an_old_folder(folder: Path, name: str) -> None:
    """A folder without checksums opens; of one whose file was cut off every question is answered or one sentence."""
    without_checksums(folder)
    data = (folder / name).read_bytes()
    replaced(folder / name, data[: len(data) * 2 // 3])
    assert "\n" not in said(folder)


def test_an_old_folder_answers_and_says_that_it_has_no_checksums(folder: Path) -> None:
    """A folder that an older version built gives the same answers; only the full check asks for a new build."""
    without_checksums(folder)
    old = gazetteer.load(folder)
    assert old.resolve("western Kazakhstan").as_dict() == gazetteer.load().resolve("western Kazakhstan").as_dict()
    with pytest.raises(gazetteer.DataError, match="expected checksums in info"):
        old.verify()
    note_checksums(folder)
    Gazetteer(Store(folder)).verify()
    assert measured_files(folder) == LISTED


@pytest.mark.parametrize("data", BROKEN_INFO.values(), ids=BROKEN_INFO)
def test_a_broken_description_is_one_sentence(folder: Path, data: bytes) -> None:
    """Whatever stands in info.json instead of the description of a gazetteer is one sentence."""
    replaced(folder / "info.json", data)
    with pytest.raises(gazetteer.DataError, match=r"expected .*\.$"):
        Store(folder)


def test_a_fault_of_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error over whole files is no damage, and is not called so."""
    gaz = Gazetteer(Store(BUNDLED))
    monkeypatch.setattr(gaz, "parts", None)
    with pytest.raises(AttributeError):
        gaz.resolve("Almaty")


def test_a_folder_that_is_replaced_is_told(tmp_path: Path) -> None:
    """What is opened at first use is not taken from a folder that took the place of the one that was opened."""
    place = tmp_path / "places"
    shutil.copytree(BUNDLED, place, copy_function=os.symlink)
    gaz = gazetteer.load(place)
    assert gaz.resolve("Almaty").place.id == "geonames:1526384"
    place.rename(tmp_path / "old")
    shutil.copytree(BUNDLED, place, copy_function=os.symlink)
    # The facts of another build are another file.
    facts = (place / "info.json").read_bytes()
    (place / "info.json").unlink()
    (place / "info.json").write_bytes(facts)
    with pytest.raises(gazetteer.DataError, match="was replaced since it was opened; load it again"):
        gaz.geometry("iso:KZ-47")
    again = gazetteer.load(place)
    assert again is not gaz
    assert not again.geometry("iso:KZ-47").is_empty
