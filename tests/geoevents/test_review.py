"""What was guessed can be reviewed by a person: on one offline page, or in a spreadsheet; the round trip is right."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from browser import opened

import gazetteer
import geoevents as ge
from geoevents.maps.review import doubts_of, write_review
from geoevents.overrides import apply_overrides, read_overrides

GAZ = gazetteer.load()
HOSTILE = "</script><img src=x onerror=window.pwned=1>"


def located() -> gpd.GeoDataFrame:
    phrases = ["Georgia"] * 3 + ["Blorkistan depot"] * 2 + ["Almaty", HOSTILE]
    return ge.locate(pd.DataFrame({"place": phrases, "seen": [f"row {i}" for i in range(7)]}), gazetteer=GAZ)


def test_doubts_come_by_how_much_hangs_on_them():
    """Ambiguous and unresolved phrases are listed, the commonest first; what is clear is not."""
    doubts = doubts_of(located(), gazetteer=GAZ)
    assert [(doubt.phrase, doubt.rows) for doubt in doubts] == [("Georgia", 3), ("Blorkistan depot", 2), (HOSTILE, 1)]
    georgia = doubts[0]
    assert {rival.id for rival in georgia.rivals} >= {"iso:GE", "iso:US-GA"}
    assert georgia.samples[0]["seen"] == "row 0"
    assert all(doubt.reason for doubt in doubts)


def test_a_note_and_several_countries_make_doubts():
    """A matched row with a note is listed too; words that stand for places in two countries are listed twice."""
    events = ge.locate(
        pd.DataFrame({"place": ["San Juan", "San Juan", "Almaty"], "country": ["Argentina", "Philippines", "KZ"]}),
        gazetteer=GAZ,
    ).assign(match_note=["near", "far from its coordinates", "in part"])
    doubts = doubts_of(events, gazetteer=GAZ)
    assert {(doubt.phrase, doubt.country) for doubt in doubts} == {
        ("San Juan", "ARG"), ("San Juan", "PHL"), ("Almaty", None),
    }  # fmt: skip
    assert {doubt.reason for doubt in doubts} == {"near", "far from its coordinates", "in part"}


def test_a_spreadsheet_goes_out_and_comes_back(tmp_path: Path):
    """The table has a row a phrase; rows that nobody filled in are no overrides."""
    events = located()
    assert write_review(events, tmp_path / "review.csv", gazetteer=GAZ) == 3
    with (tmp_path / "review.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["place_id"] = "iso:US-GA"
    with (tmp_path / "filled.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    overrides = read_overrides(tmp_path / "filled.csv", gazetteer=GAZ)
    assert len(overrides) == 1
    corrected, _ = apply_overrides(events, overrides, gazetteer=GAZ)
    assert corrected["place_id"].tolist()[:3] == ["iso:US-GA"] * 3


def test_misuse_is_one_sentence(tmp_path: Path):
    """Another suffix, or a frame that was not located, says what to do."""
    with pytest.raises(ge.ArgumentError, match=r"ends in \.html or \.csv, got '\.txt'"):
        write_review(located(), tmp_path / "review.txt", gazetteer=GAZ)
    with pytest.raises(ge.ArgumentError, match="use locate first"):
        write_review(gpd.GeoDataFrame(geometry=[]), tmp_path / "review.html", gazetteer=GAZ)


@pytest.mark.browser
def test_the_round_trip_in_a_browser(tmp_path: Path):
    """Locate, review, choose, type coordinates, say no place, reload, download, locate again: the rows are right."""
    events = located()
    write_review(events, tmp_path / "review.html", title=HOSTILE, gazetteer=GAZ)
    with opened(tmp_path / "review.html") as seen:
        page = seen.page
        page.wait_for_selector("html[data-page=ready]", state="attached")
        page.click("label:has-text('US-GA') input")
        page.locator("#phrases button").nth(1).click()
        page.get_by_label("Latitude").fill("43.2")
        page.get_by_label("Longitude").fill("76.9")
        page.get_by_label("Note").fill("seen on a photo")
        page.locator("#phrases button").nth(2).click()
        page.click("label:has-text('No place') input")
        page.reload()
        page.wait_for_selector("html[data-page=ready]", state="attached")
        assert page.inner_text("#progress") == "3 of 3 phrases decided"
        with page.expect_download() as saved:
            page.click("#save")
        saved.value.save_as(tmp_path / "overrides.csv")
        page.screenshot(path=tmp_path / "review.png")
        assert page.evaluate("window.pwned") is None
        assert (seen.errors, seen.remote) == ([], [])
    overrides = read_overrides(tmp_path / "overrides.csv", gazetteer=GAZ)
    corrected, used = apply_overrides(events, overrides, gazetteer=GAZ)
    assert len(used) == 3
    assert corrected["place_id"].tolist()[:3] == ["iso:US-GA"] * 3
    assert corrected["lon"].tolist()[3:5] == [76.9, 76.9]
    assert corrected["match_note"].tolist()[3] == "corrected: seen on a photo"
    assert corrected["match_status"].tolist()[5:] == ["matched", "unresolved"]


@pytest.mark.browser
def test_a_name_is_found_and_a_click_gives_coordinates(tmp_path: Path):
    """The search offers names of the countries concerned; a click on the map fills in lon and lat."""
    write_review(located(), tmp_path / "review.html", gazetteer=GAZ)
    with opened(tmp_path / "review.html") as seen:
        page = seen.page
        page.wait_for_selector("html[data-page=ready]", state="attached")
        page.get_by_role("searchbox").fill("tbilisi")
        page.locator("#hits button").first.click()
        assert page.inner_text("#progress") == "1 of 3 phrases decided"
        page.locator("#phrases button").nth(1).click()
        page.locator("canvas").click(position={"x": 300, "y": 100})
        assert page.get_by_label("Latitude").input_value()
        assert page.inner_text("#progress") == "2 of 3 phrases decided"
        page.get_by_text("Undo").click()
        assert page.inner_text("#progress") == "1 of 3 phrases decided"
        assert seen.errors == []
