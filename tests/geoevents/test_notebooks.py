"""The notebook of the examples runs and shows what it promises; a map opens in a real JupyterLab."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from browser import ARGUMENTS, CHROMIUM, PATIENCE_S, alone

import geoevents as ge

ROOT = Path(__file__).parent.parent.parent
CELLS = (
    "import geopandas as gpd, geoevents as ge\nfrom shapely import Point",
    "places = [Point(60 + i, 45) for i in range(3)]\n"
    'events = gpd.GeoDataFrame({"event_type": ["Riots"] * 3}, geometry=places, crs=4326)',
    "ge.kepler(events)",
    "ge.explore(events)",
)


def test_a_map_shows_itself():
    """The page stands in a frame of its own, apart from the notebook; a wrong option is one sentence."""
    view = ge.explore(ge.locate(pd.DataFrame({"place": ["Almaty"]})), height=400, title='"><script>')
    shown = view._repr_html_()
    assert 'sandbox="allow-scripts allow-downloads allow-popups"' in shown
    assert "<script>" not in shown
    assert len(shown) > 1_000_000
    with pytest.raises(ge.ArgumentError, match="200 pixels or more, got 20"):
        ge.explore(ge.locate(pd.DataFrame({"place": ["Almaty"]})), height=20)
    with pytest.raises(ge.ArgumentError, match="colour"):
        ge.explore(ge.locate(pd.DataFrame({"place": ["Almaty"]})), colour="red")


@pytest.mark.filterwarnings("ignore")  # the client's own
def test_the_notebook_runs(monkeypatch: pytest.MonkeyPatch):
    """Every cell of the example runs; matches, places, frames and maps are shown as HTML."""
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    notebook = nbformat.read(ROOT / "examples" / "kazakhstan.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": ROOT / "examples"}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pages = [output["data"]["text/html"] for output in shown if "text/html" in output.get("data", {})]
    assert len(pages) == 7
    assert "western Kazakhstan" in pages[1]
    assert sum("<iframe" in page for page in pages) == 2
    assert "16 events" in "".join(output.get("text", "") for output in shown)


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """Run JupyterLab on a free port; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}", "--ServerApp.ip=127.0.0.1"]
    command += ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (folder / "lab.log").open("wb") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **home, "HOME": str(folder), "PYTHONPATH": paths}
        )
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(120):
                try:
                    urllib.request.urlopen(f"{address}/api", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.25)
            else:
                pytest.fail(f"JupyterLab did not start: {(folder / 'lab.log').read_text()[-1000:]}")
            yield address
        finally:
            server.terminate()
            server.wait(20)


@pytest.mark.browser
def test_maps_open_in_jupyterlab(tmp_path: Path):
    """In a real JupyterLab the live widget draws on a canvas, and the page of `explore` gets to its map."""
    pytest.importorskip("jupyterlab")
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing")
    from playwright.sync_api import sync_playwright

    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": text, "execution_count": None, "outputs": []}
        for i, text in enumerate(CELLS)
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    book = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "map.ipynb").write_text(json.dumps(book), encoding="utf-8")
    with alone(), lab(tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 1600})
        page.set_default_timeout(PATIENCE_S * 1000)
        page.route(lambda url: not url.startswith((address, "blob:", "data:")), lambda route: route.abort())
        page.goto(f"{address}/lab/tree/map.ipynb")
        page.locator(".jp-Notebook .jp-CodeCell").nth(3).wait_for()
        page.click("text=Run >> nth=0")
        page.click("text=Run All Cells >> nth=0")
        page.locator(".jp-OutputArea canvas").first.wait_for()
        size = page.locator(".jp-OutputArea canvas").first.bounding_box()
        assert size["width"] > 300
        assert size["height"] > 200
        frame = page.frame_locator("iframe[title='Map of events']")
        frame.locator("html[data-map=started]").wait_for(state="attached")
        assert "3 events" in frame.locator("#about").inner_text()
        page.screenshot(path=tmp_path / "lab.png")
        browser.close()
