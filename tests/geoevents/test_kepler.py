"""The Kepler map: one file that opens from disk, asks nothing of a network and runs nothing from the data."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import geoevents as ge
from geoevents.exporters.kepler import kepler_config, kepler_datasets

CHROMIUM = Path("/usr/bin/chromium")
SEEDS = Path(__file__).parents[2] / "seeds" / "kazakhstan-2022.csv"
HOSTILE = (
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "javascript:window.pwned=1",
    "x" * 10_000,
    "\u202eright to left\u202c",
    "🔥 fire",
    "@@WIDGET@@",
)


@pytest.fixture(scope="module")
def kazakhstan() -> gpd.GeoDataFrame:
    return ge.locate(ge.read(SEEDS), place=["location"], date="date")


@pytest.fixture
def page() -> Iterator[object]:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing: install Debian's package chromium")
        pytest.skip(f"{CHROMIUM} is not installed")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_offline(True)
        yield context.new_page()
        browser.close()


def opened(page, path: Path) -> tuple[list[str], list[str]]:
    """Open a map and return the requests that would leave the machine, and the errors it reports."""
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda r: None if r.url.startswith(("file:", "blob:", "data:")) else requests.append(r.url))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function("window.geoeventsReady === true", timeout=60_000)
    page.wait_for_selector(".kepler-gl canvas", timeout=60_000)
    page.wait_for_timeout(8_000)
    return requests, errors


def colours(path: Path) -> set[tuple[int, int, int]]:
    """Return the colours of a screenshot, by reading it back in the browser's own terms."""
    from PIL import Image

    with Image.open(path) as image:
        return {colour[:3] for _, colour in image.convert("RGB").getcolors(maxcolors=1 << 24)}


@pytest.mark.browser
def test_map_opens_offline_and_is_drawn(page, kazakhstan: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """The Kazakhstan map opens from disk without a network, asks for nothing, reports no error and draws land."""
    path, picture = tmp_path / "map.html", tmp_path / "map.png"
    ge.write(kazakhstan, path)
    requests, errors = opened(page, path)
    assert requests == []
    assert errors == []
    page.screenshot(path=str(picture))
    seen = colours(picture)
    assert (229, 231, 235) in seen, "land is drawn"
    assert len(seen) > 200
    assert "Legend" in page.inner_text("#map")
    assert "GeoNames" in page.inner_text("#about")


@pytest.mark.browser
def test_data_runs_nothing(page, kazakhstan: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """Markup, scripts and placeholders in the data stay text."""
    events = kazakhstan.copy()
    for column in ("event_type", "description", "place_query"):
        events[column] = [HOSTILE[i % len(HOSTILE)] for i in range(len(events))]
    events.attrs["geoevents"] = {**kazakhstan.attrs["geoevents"], "title": HOSTILE[0]}
    path = tmp_path / "map.html"
    ge.write(events, path)
    _, errors = opened(page, path)
    assert errors == []
    assert page.evaluate("window.pwned") is None
    assert page.title() == HOSTILE[0]


@pytest.mark.browser
def test_nothing_placed_is_said(page, kazakhstan: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """When no event has a place the page opens and says so."""
    records = pd.DataFrame({"location": ["Xyzzyplugh", "unknown"]})
    path = tmp_path / "map.html"
    ge.write(ge.locate(records, place=["location"]), path)
    requests, errors = opened(page, path)
    assert (requests, errors) == ([], [])
    assert "No event could be placed" in page.inner_text("#about")


def test_points_and_areas_are_apart(kazakhstan: gpd.GeoDataFrame) -> None:
    """Every placed event is drawn once, as a point or as an area."""
    datasets = kepler_datasets(kazakhstan)
    drawn = len(datasets["events"]["data"]["data"]) + len(datasets["areas"]["data"]["features"])
    assert drawn == kazakhstan.geometry.notna().sum()
    json.dumps(datasets, allow_nan=False)


def test_configuration_filters_by_time(kazakhstan: gpd.GeoDataFrame) -> None:
    """The time filter starts with all of the data's days, on every data set of events."""
    found = kepler_config(kazakhstan)["config"]["visState"]["filters"]
    assert [sorted(entry["dataId"]) for entry in found] == [["areas", "events"]]
    first, last = found[0]["value"]
    assert pd.Timestamp(first, unit="ms") == kazakhstan["start"].min()
    assert pd.Timestamp(last, unit="ms") > kazakhstan["start"].max()
