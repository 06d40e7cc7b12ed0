"""A person's corrections win over every guess, wrong ones are all named at once, and no row is lost."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gazetteer
import geoevents as ge
from geoevents import cli
from geoevents.overrides import apply_overrides, read_overrides

GAZ = gazetteer.load()


def located(*phrases: str | None, **more: object) -> gpd.GeoDataFrame:
    return ge.locate(pd.DataFrame({"place": phrases, **more}), gazetteer=GAZ)


def corrected(events: gpd.GeoDataFrame, **columns: list) -> gpd.GeoDataFrame:
    table = read_overrides(pd.DataFrame(columns), gazetteer=GAZ)
    return apply_overrides(events, table, gazetteer=GAZ)[0]


def test_an_override_by_id_wins_over_a_match():
    """A row whose phrase was matched elsewhere takes the place that the person chose, with its shape."""
    events = corrected(located("Paris", "Almaty"), phrase=["Paris"], place_id=["geonames:4717560"])
    assert events["admin1"].tolist() == ["US-TX", "KZ-75"]
    assert events["match_method"].tolist()[0] == "override"
    assert events["match_status"].tolist() == ["matched", "matched"]
    ge.validate(events)


def test_a_point_a_shape_and_no_place():
    """Coordinates make a point with the radius given, WKT its shape; "none" leaves the row without a place."""
    events = corrected(
        located("the depot", "the front", "the market", "Almaty"),
        phrase=["The  DEPOT", "the front", "the market"],
        lon=[76.9, None, None],
        lat=[43.2, None, None],
        radius_km=[2, None, None],
        wkt=[None, "POLYGON ((70 50, 71 50, 71 51, 70 50))", None],
        place_id=[None, None, "none"],
        note=["seen on a photo", None, None],
    )
    assert events["match_status"].tolist() == ["matched", "matched", "unresolved", "matched"]
    assert events.geometry.geom_type.tolist()[:2] == ["Point", "Polygon"]
    assert events.geometry.iloc[2] is None
    assert events["radius_km"].tolist()[0] == 2
    assert events["country"].tolist() == ["KAZ", "KAZ", None, "KAZ"] or events["country"].isna().tolist()[2]
    assert events["match_note"].tolist()[0] == "corrected: seen on a photo"
    assert events["radius_km"].iloc[1] > 60
    ge.validate(events)


def test_a_country_limits_an_override():
    """An override of one country leaves the same words in another one alone."""
    events = located("San Juan", "San Juan", country=["Argentina", "Philippines"])
    out = corrected(events, phrase=["San Juan"], country=["AR"], lon=[-68.5], lat=[-31.5])
    assert out["match_method"].astype(str).tolist()[0] == "override"
    assert out["match_method"].astype(str).tolist()[1] != "override"


def test_all_faults_are_one_message(tmp_path: Path):
    """Every wrong row is named with its line, what was expected and what came."""
    (tmp_path / "o.csv").write_text(
        "phrase,country,place_id,lon,lat,wkt\n"
        ",,iso:KZ,,,\n"
        "a,Blorkistan,iso:KZ,,,\n"
        "b,,iso:XX-99,,,\n"
        "c,,,200,10,\n"
        "d,,,10,,\n"
        "e,,iso:KZ,10,10,\n"
        "f,,,,,\n"
        "g,,,,,POINT (500 500)\n"
        "h,,iso:KZ,,,\n"
        "H,,iso:KZ,,,\n",
        encoding="utf-8",
    )
    with pytest.raises(ge.ReadError) as caught:
        read_overrides(tmp_path / "o.csv", gazetteer=GAZ)
    for line in range(2, 10):
        assert f"line {line}: expected" in str(caught.value)
    assert "line 11: 'H' stands in line 10 already" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"), [(b"place,lon\na,1\n", "a column named phrase"), (b"\xff\xfe\x00", "UTF-8")]
)
def test_a_table_of_something_else(content: bytes, message: str, tmp_path: Path):
    """A table without phrases, or no text, is one sentence."""
    (tmp_path / "o.csv").write_bytes(content)
    with pytest.raises(ge.ReadError, match=message):
        read_overrides(tmp_path / "o.csv", gazetteer=GAZ)


def test_the_later_file_wins(tmp_path: Path):
    """Of two files that know one phrase the later one is right; both are named with their hash."""
    for name, lon in (("a.csv", 1), ("b.csv", 2)):
        (tmp_path / name).write_text(f"phrase,lon,lat\nx,{lon},0\n", encoding="utf-8")
    found = read_overrides([tmp_path / "a.csv", tmp_path / "b.csv"], gazetteer=GAZ)
    assert found.find("X", None).lon == 2
    assert [name for name, _ in found.files] == ["a.csv", "b.csv"]
    assert all(len(digest) == 64 for _, digest in found.files)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["Almaty", "Aktau", "nowhere at all", None]), max_size=8))
def test_no_row_is_lost(phrases: list[str | None]):
    """Rows, index and the rows without an override stay as they were."""
    events = located(*phrases).set_axis(range(10, 10 + len(phrases)))
    out = corrected(events, phrase=["Aktau", "unused"], lon=[1, 2], lat=[1, 2])
    assert out.index.equals(events.index)
    same = np.array([phrase != "Aktau" for phrase in phrases], dtype=bool)
    left = events[same].drop(columns="geometry")
    pd.testing.assert_frame_equal(
        pd.DataFrame(out[same][left.columns]), pd.DataFrame(left), check_dtype=False, check_categorical=False
    )


def test_locate_takes_overrides(tmp_path: Path):
    """`ge.locate(overrides=)` corrects rows, counts them anew, and notes the file, its hash and what was not used."""
    table = tmp_path / "o.csv"
    table.write_text("phrase,country,lon,lat,note\nthe depot,KZ,76.9,43.2,photo\nelsewhere,,1,1,\n", encoding="utf-8")
    records = pd.DataFrame({"place": ["the depot", "Almaty", "the depot"], "country": ["Kazakhstan", "KZ", "Mali"]})
    events = ge.locate(records, overrides=table, gazetteer=GAZ)
    assert events["match_method"].astype(str).tolist()[0] == "override"
    assert events["match_method"].astype(str).tolist()[2] != "override"
    facts = events.attrs["geoevents"]
    assert sum(facts["counts"].values()) == 3
    assert facts["overrides"]["used"] == 1
    assert facts["overrides"]["unused"] == ["elsewhere"]
    assert facts["overrides"]["files"][0][0] == "o.csv"
    assert 'Corrected by 1 override: 1 rows. Not used, since no row has these words: "elsewhere".' in ge.summary(events)
    ge.validate(events)


@pytest.mark.parametrize(("unused", "dots"), [(5, ""), (6, " …")])
def test_the_summary_names_five_overrides_that_were_not_used(tmp_path: Path, unused: int, dots: str):
    """Of corrections whose words no row has, five are named, and dots say that there are more."""
    table = tmp_path / "o.csv"
    lines = ["phrase,lon,lat", "the depot,76.9,43.2", "the bridge,1,2", *(f"word {n},1,1" for n in range(unused))]
    table.write_text("\n".join(lines), encoding="utf-8")
    events = ge.locate(pd.DataFrame({"place": ["the depot", "the bridge"]}), overrides=table, gazetteer=GAZ)
    names = ", ".join(f'"word {n}"' for n in range(5))
    assert f"Corrected by 2 overrides: 2 rows. Not used, since no row has these words: {names}{dots}." in ge.summary(
        events
    )


def test_overrides_win_over_coordinates():
    """A row with coordinates of its own is corrected too, where its words are overridden."""
    records = pd.DataFrame({"place": ["Almaty", "Aktau"], "lat": [43.2, 43.6], "lon": [76.9, 51.2]})
    table = pd.DataFrame({"phrase": ["Aktau"], "lon": [51.1], "lat": [43.7]})
    events = ge.locate(records, overrides=table, gazetteer=GAZ)
    assert events["lon"].tolist() == [76.9, 51.1]


def test_the_command_takes_overrides_and_writes_a_review(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """--overrides is repeatable, --review writes a page; a wrong table is one sentence and exit code 1."""
    (tmp_path / "t.csv").write_text("place\nthe depot\nGeorgia\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("phrase,lon,lat\nthe depot,76.9,43.2\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("phrase,place_id\nGeorgia,iso:US-GA\n", encoding="utf-8")
    out, review = tmp_path / "out.geojson", tmp_path / "review.html"
    command = ["locate", str(tmp_path / "t.csv"), "-o", str(out), "--overrides", str(tmp_path / "a.csv")]
    assert cli.main([*command, "--review", str(review)]) == 0
    assert "1 phrase to look at" in capsys.readouterr().err
    assert review.stat().st_size > 10_000
    assert cli.main([*command, "--overrides", str(tmp_path / "b.csv")]) == 0
    assert ge.read(out)["match_method"].astype(str).tolist() == ["override", "override"]
    (tmp_path / "b.csv").write_text("phrase,place_id\nGeorgia,nowhere:1\n", encoding="utf-8")
    assert cli.main([*command, "--overrides", str(tmp_path / "b.csv")]) == 1
    assert "b.csv, line 2: expected the id of a place" in capsys.readouterr().err
