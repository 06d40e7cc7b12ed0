"""A file and the one beside it are replaced in two steps: files of two runs are told from one another."""

import logging
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

import geoevents as ge


def events(*places: str | None) -> gpd.GeoDataFrame:
    """Return events at places: an area for each name of one letter, a point for a longer one, nothing for None."""
    shapes = [None if name is None else box(0, 0, len(name), 1) if len(name) == 1 else Point(1, 2) for name in places]
    rows = {"event_id": [f"e{n}" for n, _ in enumerate(places)], "place_id": list(places)}
    return gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")


def torn(folder: Path, name: str, beside: str, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, **options: str) -> Path:
    """Write two frames after one another, and put back the first one's file: what a kill between the steps leaves."""
    ge.write(old, folder / name, **options)
    shutil.copy(folder / name, folder / "kept")
    ge.write(new, folder / name, **options)
    assert (folder / beside).is_file()
    shutil.move(folder / "kept", folder / name)
    return folder / name


def said(path: Path, caplog: pytest.LogCaptureFixture) -> tuple[gpd.GeoDataFrame, str]:
    """Read a file; return its events and the warnings."""
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger="geoevents"):
        found = ge.read(path)
    return found, "\n".join(caplog.messages)


def test_a_table_says_when_its_description_is_of_another(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """A CSV beside the description of another run is read with a warning; beside its own without one."""
    path = torn(tmp_path, "a.csv", "a.csv-metadata.json", events("xx"), events("xx", "yy"))
    found, words = said(path, caplog)
    assert found["event_id"].tolist() == ["e0"]
    assert "is of another one" in words
    ge.write(events("xx"), path)
    assert said(path, caplog)[1] == ""


def test_areas_of_another_run_are_not_taken(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """GeoJSON beside the areas of another run keeps its points; beside its own it gets its areas."""
    old, new = events("a", "a", "b"), events("b", "a").assign(geometry=[box(5, 5, 9, 9), box(7, 7, 8, 8)])
    path = torn(tmp_path, "a.geojson", "a_areas.geojson", old, new, shapes="once")
    found, words = said(path, caplog)
    assert found.geom_type.tolist() == ["Point"] * 3
    assert "is of another file" in words
    ge.write(old, path, shapes="once")
    found, words = said(path, caplog)
    assert found.geometry.geom_equals(old.geometry).all()
    assert words == ""


@pytest.mark.parametrize(
    "new",
    [("xx", None, "yy", None), (None, "xx"), ("xx", "yy", None, None)],
    ids=["more rows", "the same number again", "longer"],
)
def test_rows_of_another_run_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, new: tuple[str | None, ...]
):
    """FlatGeobuf beside the unplaced events of another run leaves those out and says so; its own come back in order."""
    old = events("xx", None, "yy")
    path = torn(tmp_path, "a.fgb", "a.fgb.unplaced.csv", old, events(*new))
    found, words = said(path, caplog)
    assert found["event_id"].tolist() == ["e0", "e2"]
    assert "has other rows now" in words
    ge.write(old, path)
    found, words = said(path, caplog)
    pd.testing.assert_series_equal(found["event_id"], old["event_id"], check_dtype=False)
    assert words == ""
