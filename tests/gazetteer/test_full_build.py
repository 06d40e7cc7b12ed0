"""The full gazetteer from GeoNames' dumps, and own places over the bundled one, on data made here."""

import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely import box

import gazetteer
from gazetteer.api import Gazetteer
from gazetteer.build.checksums import note_checksums
from gazetteer.build.full import build_full
from gazetteer.build.geonames_dump import Dump
from gazetteer.build.own import build_own
from gazetteer.candidates.phonetic_index import CODES, codes_of
from gazetteer.cli import cli, main
from gazetteer.index.store import Store
from gazetteer.names.normalize import normalize_name

sys.path.insert(0, str(Path(__file__).parent))
from dumps import made

PLACES, NAMES = 2_000, 3_000


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Dump:
    return made(tmp_path_factory.mktemp("dump"), PLACES, NAMES)


@pytest.fixture(scope="module")
def full(dump: Dump, tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("full")
    build_full(dump, folder)
    return gazetteer.load(folder)


@pytest.mark.parametrize(
    ("phrase", "place", "kind", "admin1"),
    [
        ("Almaty", "geonames:1526384", "city", "KZ-75"),
        ("Алма-Ата", "geonames:1526384", "city", "KZ-75"),
        ("Father of Apples", "geonames:1526384", "city", "KZ-75"),
        ("Kokshekol Peak", "geonames:90000002", "landform", "KZ-75"),
        ("Көкшекөл шыңы", "geonames:90000002", "landform", "KZ-75"),
        ('Quote "Hill', "geonames:90000003", "landform", "KZ-75"),
        ("Hisar-e Test", "geonames:90000001", "city", None),
        ("Kazakhstan", "iso:KZ", "country", None),
        ("Mangystau", "iso:KZ-47", "admin1", "KZ-47"),
        ("CSTO", "group:csto", "group", None),
        ("Black Sea", "sea:black-sea", "sea", None),
        ("Donbas", "region:donbas", "region", None),
    ],
)
def test_names_of_the_dump_and_of_the_bundled_layers(
    full: Gazetteer, phrase: str, place: str, kind: str, admin1: str | None
):
    """Places come from the dump; countries, units, seas, regions and groups are those that are bundled."""
    found = full.resolve(phrase).place
    assert found is not None
    assert (found.id, found.kind, found.admin1) == (place, kind, admin1)


@pytest.mark.parametrize("text", ["99999", "Of No Place", "https://example.org/Almaty"])
def test_what_is_no_name_names_nothing(full: Gazetteer, text: str):
    """Links, postal codes and names of places that are not in the dump are left out."""
    assert full.store.key_of(normalize_name(text), -1) == -1
    assert full.store.key_of(normalize_name("Father of Apples"), -1) >= 0


def test_every_place_of_the_dump_is_found_by_its_name(full: Gazetteer, dump: Dump):
    """A look-up of each name reads the place's own row: id, name, position, population."""
    columns = {0: "id", 1: "name", 4: "lat", 5: "lon", 8: "country", 14: "people"}
    with zipfile.ZipFile(dump.places) as archive, archive.open("allCountries.txt") as file:
        rows = pd.read_csv(file, sep="\t", header=None, quoting=3, usecols=list(columns), keep_default_na=False)
    rows = rows.rename(columns=columns)
    rows = rows[rows["id"] != 1522867]  # the country is ours
    assert full.info()["layers"]["cities"] == len(rows) == PLACES + 5
    for row in rows.sample(300, random_state=1).itertuples():
        place = full.place(f"geonames:{row.id}")
        assert (place.name, place.lon, place.lat, place.population or 0) == (row.name, row.lon, row.lat, row.people)
        key = full.store.key_of(normalize_name(row.name))
        assert full.store.find(f"geonames:{row.id}") in full.store.postings(key)[0]


def test_index_and_tables_agree(full: Gazetteer):
    """What is mapped is what the tables hold, and postings are sorted and lead to names that fold to their key."""
    store = full.store
    for column in ("id", "name", "kind", "country", "admin1"):
        table = np.concatenate([table.column(column) for table in store.layers])
        assert store.index.column(column).tolist() == table.tolist()
    for column in ("lon", "lat"):
        table = np.concatenate([table.column(column) for table in store.layers]).astype("f8")
        assert np.array_equal(store.index.column(column), table)
    assert np.concatenate([table.column("place") for table in store.layers]).tolist() == list(range(len(store)))
    names = store.names()
    keys = names["name"].map(normalize_name)
    for key in keys[keys != ""].sample(300, random_state=2):
        places, _ = store.postings(store.key_of(key))
        assert places.tolist() == sorted(set(names.loc[keys == key, "place"]))


def test_names_are_found_by_sound_with_kept_codes_and_without(full: Gazetteer, tmp_path: Path):
    """What the build knows of the sounds of its keys is what is worked out in a folder that was built without."""
    shutil.copytree(full.store.folder, tmp_path / "before")
    (tmp_path / "before" / "index" / f"{CODES}.npy").unlink()
    note_checksums(tmp_path / "before")
    before = gazetteer.load(tmp_path / "before")
    keys = np.arange(len(full.store.index.key_starts) - 1)
    assert np.array_equal(full.store.index.kept(CODES), codes_of(full.store.key_text, keys))
    assert before.store.index.kept(CODES) is None
    names = full.store.take("name", np.arange(full.store.bases[3], len(full.store), 21)).tolist()
    misspelt = [name.replace("a", "e").replace("k", "q") for name in names if len(name) > 6]
    found = {}
    for country in ("KAZ", "NGA", "AFG"):
        for name in misspelt:
            found[country, name] = full.resolve(name, country=country)
            assert found[country, name] == before.resolve(name, country=country)
    assert sum(match.method == "fuzzy" and match.status == "matched" for match in found.values()) > 7


def test_capitals_and_borders_are_still_known(full: Gazetteer):
    """Phrases that walk from layer to layer find their way under the new numbers."""
    assert full.resolve("western Kazakhstan").status == "matched"
    assert [place.id for place in full.within(51.2, 43.65)] == ["iso:KZ-47", "iso:KZ"]
    assert full.geometry("group:csto").area > full.geometry("iso:KZ").area


def test_two_builds_are_one(full: Gazetteer, dump: Dump, tmp_path: Path):
    """The same dump gives the same bytes."""
    build_full(dump, tmp_path)
    assert Store(tmp_path).info["build"] == full.info()["build"]


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("missing", "expected a file of GeoNames' dump, but there is none"),
        ("cut", "cannot be read"),
        ("other", "expected allCountries.txt in it, got other.txt"),
        ("columns", "expected 19 columns of GeoNames' dump"),
    ],
)
def test_a_bad_dump_is_one_sentence(
    dump: Dump, damage: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):  # fmt: skip
    """Missing, truncated, something else: the command says which file and what was expected, and exits with 1."""
    path = tmp_path / "allCountries.zip"
    if damage == "cut":
        path.write_bytes(dump.places.read_bytes()[:5000])
    elif damage in ("other", "columns"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("other.txt" if damage == "other" else "allCountries.txt", "1\tA\tB\n")
    bad = replace(dump, places=path)
    files = [str(one) for one in (bad.places, bad.names, bad.admin1, bad.admin2)]
    monkeypatch.setattr("sys.argv", ["gazetteer", "build", "--geonames", *files, "-o", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert sentence in told
    assert len(told.strip().splitlines()) == 1


VILLAGES = """id,name,other_names,kind,country,lon,lat,population,radius_km
1,Almaty,Verny Camp|Camp Nine,,KZ,77.5,43.5,120,2.5
2,Quneitra Crossing,,building,,35.85,33.12,,
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("own")
    (folder / "mine.csv").write_text(VILLAGES, encoding="utf-8")
    (folder / "built" / "index").mkdir(parents=True)
    np.save(folder / "built" / "index" / "key_codes_00000000.npy", np.zeros(3))
    told = CliRunner().invoke(cli, ["build", "--add", str(folder / "mine.csv"), "-o", str(folder / "built")])
    assert told.exit_code == 0, told.output
    return gazetteer.load(folder / "built")


@pytest.mark.parametrize(
    ("phrase", "place"),
    [
        ("Almaty", "own:1"),
        ("Camp Nine", "own:1"),
        ("Quneitra Crossing", "own:2"),
        ("Aktau", "geonames:610612"),
        ("Kazakhstan", "iso:KZ"),
        ("CSTO", "group:csto"),
        ("Mangystau", "iso:KZ-47"),
    ],
)
def test_own_places_come_first_and_the_others_stay(own: Gazetteer, phrase: str, place: str):
    """An own place is meant before all others of its name; what has other names is as it was."""
    match = own.resolve(phrase)
    assert match.status == "matched"
    assert match.place is not None
    assert match.place.id == place


def test_arrays_of_another_build_go(own: Gazetteer, full: Gazetteer):
    """A folder that is written anew holds no array of the keys that it had before."""
    here, there = ({path.stem for path in (gaz.store.folder / "index").glob("*.npy")} for gaz in (own, full))
    assert here == there


def test_own_places_know_where_they_lie(own: Gazetteer):
    """What the file does not tell is taken from where the place lies and from its size."""
    first, second = own.place("own:1"), own.place("own:2")
    assert (first.country, first.population, first.radius_km) == ("KAZ", 120, 2.5)
    assert second.kind == "building"
    assert second.country == "SYR"
    assert second.radius_km == 1.5


def test_own_places_may_have_outlines(full: Gazetteer, tmp_path: Path):
    """The outline of a village is its geometry, and its reach its radius; they may lie over another folder."""
    shapes = gpd.GeoDataFrame({"name": ["Zelenoye Pole"], "admin": ["x"]}, geometry=[box(77, 43, 77.1, 43.1)], crs=4326)
    shapes.to_file(tmp_path / "mine.gpkg")
    build_own(tmp_path / "mine.gpkg", tmp_path / "built", base=full.store.folder)
    gaz = gazetteer.load(tmp_path / "built")
    match = gaz.resolve("Zelenoye Pole")
    assert match.place is not None
    assert match.place.id == "own:zelenoye-pole"
    assert match.geometry.equals(box(77, 43, 77.1, 43.1))
    assert 6 < match.place.radius_km < 8
    import geoevents as ge

    events = ge.locate(pd.DataFrame({"place": ["Zelenoye Pole", "Aktau"]}), gazetteer=gaz)
    assert events.geom_type.tolist() == ["Polygon", "Point"]
    # What the folder below has is there still.
    below = gaz.resolve("Kokshekol Peak").place
    assert below is not None
    assert below.id == "geonames:90000002"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,lon\nA,1\n", "expected the columns name, lon and lat, got no lat"),
        ("title,lon,lat\nA,1,2\n", "expected a column name"),
        ("name,lon,lat\nA,1,2\n,3,4\n", "expected a name in every row, but row 2 has none"),
        ("name,lon,lat\nA,1,95\n", "expected a place on the map in every row, but row 1"),
        ("name,lon,lat,kind\nA,1,2,planet\n", "expected a kind that is one of"),
        ("name,lon,lat,country\nA,1,2,Narnia\n", "expected a country in row 1, got 'Narnia'"),
        ("name,lon,lat\nA,nan,2\n", "expected a place on the map in every row, but row 1"),
        (
            "name,lon,lat,population\nA,1,2,\nB,1,2,-5\n",
            "expected a possible population, if any, in every row, but row 2",
        ),
        ("name,lon,lat,radius_km\nA,1,2,inf\n", "expected a possible radius, if any, in every row, but row 1"),
        ("name,lon,lat\nA,1,2\na,3,4\n", "expected an id of its own in every row, but row 2"),
    ],
)
def test_bad_own_places_are_one_sentence(text: str, sentence: str, tmp_path: Path):
    """Each fault names the file, the row and what was expected."""
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    with pytest.raises(gazetteer.GazetteerError, match=sentence):
        build_own(tmp_path / "mine.csv", tmp_path / "built")
    assert not (tmp_path / "built").exists()


IMPOSSIBLE = [
    ("lat 999", {4: "999"}), ("lat nan", {4: "nan"}), ("lon inf", {5: "inf"}), ("lon 180.1", {5: "180.1"}),
    ("no lat", {4: ""}), ("a lat in words", {4: "north"}), ("people -5", {14: "-5"}),
    ("people 5e9", {14: "5000000000"}), ("people in words", {14: "many"}), ("no id", {0: ""}), ("id -7", {0: "-7"}),
    ("an id too long", {0: "99999999999"}),
]  # fmt: skip


def test_impossible_rows_are_refused_one_by_one_and_counted(dump: Dump, tmp_path: Path):
    """Each impossible row of places, or of names, is left out and counted; the rows around it are built."""
    with zipfile.ZipFile(dump.places) as archive:
        lines = archive.read("allCountries.txt").decode().splitlines()[:200]
    broken = []
    for number, (_, cells) in enumerate(IMPOSSIBLE):
        row = lines[100].split("\t")
        row[0], row[1] = str(95_000_000 + number), f"Impossible {number}"
        for column, text in cells.items():
            row[column] = text
        broken.append("\t".join(row))
    broken.append("too\tfew\tcolumns")
    (tmp_path / "places.txt").write_text("\n".join([*lines[:50], *broken, *lines[50:]]) + "\n", encoding="utf-8")
    names = "1\t1526384\ten\tOther Almaty\t\t\t\t\t\t\n2\tx\ten\tNobody\t\t\t\t\t\t\n3\tshort\n"
    (tmp_path / "names.txt").write_text(names, encoding="utf-8")
    files = [tmp_path / "places.txt", tmp_path / "names.txt", dump.admin1, dump.admin2]
    told = CliRunner().invoke(cli, ["build", "--geonames", *map(str, files), "-o", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    assert f"{len(IMPOSSIBLE) + 3} rows refused" in told.output
    gaz = gazetteer.load(tmp_path / "out")
    gaz.verify()
    assert gaz.info()["layers"]["cities"] == len(lines) - 1  # the country is ours
    assert not [name for name in gaz.store.layer("cities")["name"] if name.startswith("Impossible")]
    assert gaz.resolve("Other Almaty").place.id == "geonames:1526384"


def test_one_kind_of_build_at_a_time(tmp_path: Path):
    """No source, or two, is misuse."""
    for arguments in ([], [str(tmp_path), "--add", "mine.csv"]):
        told = CliRunner().invoke(cli, ["build", *arguments, "-o", str(tmp_path / "out")])
        assert told.exit_code == 2
        assert "Expected one of SOURCES, --geonames and --add" in told.output
