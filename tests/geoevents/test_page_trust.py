"""Text of others runs nothing on any page, a policy allows the pages' own code alone, and axe finds nothing serious."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from browser import Opened, opened, serious
from placed import city, frame, put_land
from shapely import box

import gazetteer
import geoevents as ge
from geoevents.maps.review import doubts, writer

HOSTILE = (
    '<img src=x onerror="window.pwned=1">',
    "</script><script>window.pwned=1</script>",
    '"><svg onload=window.pwned=1>',
    "javascript:window.pwned=1//https://example.org",
    "{{constructor.constructor('window.pwned=1')()}}",
)
# What a page of ours may name in its policy; no address stands in it.
OWN = re.compile(
    r"default-src 'none'; script-src 'sha256-[\w+/=]+'(?: 'wasm-unsafe-eval' blob:; worker-src blob:)?; "
    r"style-src 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src data: blob:; base-uri 'none'; "
    r"form-action 'none'"
)


@pytest.fixture(autouse=True)
def land(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put one block of land with a hostile name under the events."""
    ground = gpd.GeoDataFrame({"name": HOSTILE[:1]}, geometry=[box(30, 30, 110, 60)], crs="EPSG:4326")
    put_land(ground, monkeypatch)


@contextmanager
def looked_at(path: Path, ready: str) -> Iterator[Opened]:
    """Open a page; at the end nothing has run, nothing was asked for, and an intruder would not run either."""
    with opened(path) as seen:
        seen.page.wait_for_selector(f"html[{ready}]", state="attached")
        yield seen
        assert seen.page.evaluate("window.pwned") is None
        assert (seen.errors, seen.remote) == ([], [])
        policy = seen.page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
        assert OWN.fullmatch(str(policy)), policy
        seen.page.evaluate(
            "(texts) => { document.body.insertAdjacentHTML('beforeend', texts.join(''));"
            " const script = document.createElement('script'); script.textContent = 'window.pwned = 1';"
            " document.body.append(script); }",
            list(HOSTILE),
        )
        seen.page.wait_for_timeout(200)
        assert seen.page.evaluate("window.pwned") is None


@pytest.mark.browser
def test_a_dark_choropleth_with_hostile_names(tmp_path: Path):
    """Names of units, of columns and of the map stay text in the list, on the map and in the tooltip."""
    shapes = [box(50 + 5 * i, 44, 55 + 5 * i, 49) for i in range(5)]
    counts = {"unit_id": list("abcde"), "unit_name": HOSTILE, "events": [9.0, 7, 5, 3, 1], HOSTILE[0]: [1.0] * 5}
    panel = gpd.GeoDataFrame(counts, geometry=shapes, crs="EPSG:4326")
    ge.write_map(panel, tmp_path / "a.html", title=HOSTILE[1], theme="dark")
    with looked_at(tmp_path / "a.html", "data-map=started") as seen:
        assert seen.page.inner_text("#about h1") == HOSTILE[1]
        assert [seen.page.locator(".where").nth(i).inner_text() for i in range(5)] == list(HOSTILE)
        seen.page.locator("#rows button").first.click()
        assert HOSTILE[0] in seen.page.inner_text("#facets").replace("<Img", "<img")
        assert seen.page.locator("#side img, #side svg, #side script").count() == 0
        assert serious(seen) == []


@pytest.mark.browser
def test_a_dark_report_with_hostile_text(tmp_path: Path):
    """A report's title and text, cells, names of columns, a file's name and a configuration stay text."""
    text = " ".join(HOSTILE)
    row = dict.fromkeys(("place_name", "place_query", "event_type", "actor1", "source", "evidence"), HOSTILE[0])
    events = frame([city(**row, report_id="r", evidence_start=0, evidence_end=len(HOSTILE[0])), city()])
    events[HOSTILE[1]] = HOSTILE[2]
    events.attrs["reports"] = [{"id": "r", "title": HOSTILE[1], "text": text}]
    path = tmp_path / "<img src=x onerror=alert(1)>.html"
    config = {
        "version": "v1",
        "config": {"mapState": {"longitude": 60, "latitude": 45, "zoom": 4, "title": HOSTILE[0]}},
    }
    ge.write_map(events, path, title=HOSTILE[2], theme="dark", config=config)
    with looked_at(path, "data-map=started") as seen:
        assert text in seen.page.inner_text("#report")
        seen.page.locator("#report mark").first.click()
        assert HOSTILE[1] in seen.page.inner_text("#card")
        assert seen.page.locator("#side img, #card img, #card svg, #side script").count() == 0
        links = seen.page.eval_on_selector_all("#card a", "links => links.map((link) => link.protocol)")
        assert set(links) <= {"https:"}
        assert serious(seen) == []


@pytest.mark.browser
def test_a_review_with_hostile_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Phrases, columns, cells and names of an own gazetteer stay text in the review, and axe finds nothing serious."""
    table = pd.DataFrame({"place": ["Georgia", *HOSTILE], HOSTILE[0]: HOSTILE[1], "note": HOSTILE[2]})
    events = ge.locate(table, place="place", gazetteer=gazetteer.load())

    def hostile(events: gpd.GeoDataFrame, *, gazetteer: gazetteer.Gazetteer) -> list[doubts.Doubt]:
        found = doubts.doubts_of(events, gazetteer=gazetteer)
        rivals = [replace(rival, name=HOSTILE[2], admin1=HOSTILE[0]) for rival in found[0].rivals]
        return [replace(found[0], rivals=rivals, reason=HOSTILE[1]), *found[1:]]

    monkeypatch.setattr(writer, "doubts_of", hostile)
    ge.write_review(events, tmp_path / "a.html", title=HOSTILE[1])
    with looked_at(tmp_path / "a.html", "data-page=ready") as seen:
        assert HOSTILE[2] in seen.page.inner_text("#work")
        for theme in ("light", "dark"):
            seen.page.emulate_media(color_scheme=theme)
            assert serious(seen) == [], theme
        for place in range(seen.page.locator("#phrases button").count()):
            seen.page.locator("#phrases button").nth(place).click()
            seen.page.get_by_role("searchbox").fill("tbi")
        assert seen.page.locator("nav img, main img, main svg, main script").count() == 0
        for theme in ("light", "dark"):
            seen.page.emulate_media(color_scheme=theme)
            assert serious(seen) == [], theme
