"""The live widget shows what the page shows: the same data and configuration, through keplergl's own serializer."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from browser import drawn, opened
from placed import city, country, frame, put_land
from shapely import box

import geoevents as ge
from geoevents.maps import kepler
from geoevents.maps.themes import THEMES

# Where the map of the page is: x, y, width and height.
WHOLE = (20, 230, 1000, 300)
# The front end's side of the widget's contract: it imports the module, and hands it a model and an element.
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Widget</title>
<style>@@CSS@@</style><div id="cell" style="width: 1200px"></div>
<script type="text/plain" id="esm">@@ESM@@</script>
<script type="module">
const values = @@STATE@@, heard = {};
const model = {
  get: (name) => values[name],
  set: (name, value) => { values[name] = value; },
  save_changes: () => { window.synced = values.config; },
  on: (event, listener) => (heard[event] ??= new Set()).add(listener),
  off: (event, listener) => heard[event]?.delete(listener),
};
const packed = Uint8Array.from(atob(document.getElementById("esm").textContent), (letter) => letter.charCodeAt(0));
const widget = (await import(URL.createObjectURL(new Blob([packed], { type: "text/javascript" })))).default;
await widget.initialize?.({ model });
await widget.render({ model, el: document.getElementById("cell") });
</script></html>"""


@pytest.fixture(autouse=True)
def land(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put one block of land under the events."""
    ground = gpd.GeoDataFrame(geometry=[box(30, 30, 110, 60)], crs="EPSG:4326")
    put_land(ground, monkeypatch)


def sent(widget: object) -> dict:
    """Return the widget's state as the kernel sends it to the front end."""
    state = widget.get_state()
    return json.loads(json.dumps({name: value for name, value in state.items() if name in NAMES}))


NAMES = ("data", "config", "height", "mapbox_token", "theme", "app_name")


def test_the_widget_carries_the_data_of_the_page():
    """What the kernel sends is, data set by data set, what a page carries."""
    events = frame([city(fatalities=3), city(), country(), city(start=None)])
    events.attrs["geoevents"] = {"title": "Kazakhstan"}
    state = sent(ge.kepler(events, theme="dark"))
    assert state["data"] == json.loads(json.dumps(kepler.kepler_datasets(events)))
    assert (state["app_name"], state["theme"]) == ("Kazakhstan", "dark")
    assert state["config"]["version"] == "v1"


@pytest.mark.browser
def test_the_widget_is_drawn(tmp_path: Path):
    """In a plain page that plays the notebook's part the land and the points appear, and changes come back."""
    widget = ge.kepler(frame([city(lon=60.0 + i, lat=45.0) for i in range(5)]), height=700)
    values = {
        "CSS": str(widget._css),
        "ESM": base64.b64encode(str(widget._esm).encode()).decode(),
        "STATE": json.dumps(sent(widget)).replace("<", "\\u003c"),
    }
    parts = PAGE.split("@@")
    parts[1::2] = [values[name] for name in parts[1::2]]
    (tmp_path / "widget.html").write_text("".join(parts), encoding="utf-8")
    with opened(tmp_path / "widget.html") as seen:
        land, points = np.array(THEMES["light"].land), np.array((213, 94, 0))
        drawn(seen, WHOLE, lambda image: (np.abs(image - land).max(axis=2) <= 3).mean() > 0.01, "the land")
        drawn(seen, WHOLE, lambda image: (np.abs(image - points).max(axis=2) <= 60).sum() > 50, "the points")
        assert seen.page.evaluate("window.synced?.version") == "v1"
        # The widget itself asks for a style before it reads ours; nothing else.
        assert {address.split("/")[-1] for address in seen.remote} <= {"style.json"}
        seen.page.screenshot(path=tmp_path / "widget.png")
