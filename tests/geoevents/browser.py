"""Opens a page in headless Chromium with the network cut, and notes what it asks for and complains of."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

CHROMIUM = Path("/usr/bin/chromium")
WINDOW = {"width": 1280, "height": 800}
# WebGL in software: a headless machine has no graphics card.
ARGUMENTS = [
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--disable-background-networking",
]  # fmt: skip
# Drawing in software on a busy machine may take minutes: a wait ends as soon as what it waits for is there.
PATIENCE_S = 240
# What a page may load: itself, and what it carries.
LOCAL = ("file:", "blob:", "data:")


@dataclass
class Opened:
    """A page, the addresses it asked for and the errors it had."""

    page: object
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def remote(self) -> list[str]:
        return [address for address in self.requests if not address.startswith(LOCAL)]


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process of the tests has a browser: two that draw in software starve each other."""
    with (Path(tempfile.gettempdir()) / "geoevents-browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a file. Without Chromium the test is skipped, but not where CI=true: there it fails."""
    if not CHROMIUM.exists():
        message = f"{CHROMIUM} is missing: install Debian's package chromium."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_S * 1000)
    with alone(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            context = browser.new_context(viewport=WINDOW)
            context.set_offline(True)
            context.route(lambda address: not address.startswith(LOCAL), lambda route: route.abort())
            page = context.new_page()
            page.set_default_timeout(PATIENCE_S * 1000)
            seen = Opened(page)
            context.on("request", lambda request: seen.requests.append(request.url))
            page.on("pageerror", lambda error: seen.errors.append(str(error)))
            page.on("console", lambda said: seen.errors.append(said.text) if said.type == "error" else None)
            page.goto(path.as_uri())
            yield seen
        finally:
            browser.close()


def pixels(page: object, box: tuple[int, int, int, int]) -> np.ndarray:
    """Return the colours of a part of the page (x, y, width, height) as an array of height × width × 3."""
    import io

    from PIL import Image

    clip = dict(zip(("x", "y", "width", "height"), box, strict=True))
    return np.asarray(Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB"))


def drawn(seen: Opened, box: tuple[int, int, int, int], shows: Callable[[np.ndarray], bool], what: str) -> np.ndarray:
    """Wait until the pixels of a part of the page show something, and return them."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        image = pixels(seen.page, box)
        if shows(image.astype(int)):
            return image
        assert time.monotonic() < deadline, f"{what} was not drawn in {PATIENCE_S} s: {seen.errors}"
        seen.page.wait_for_timeout(500)


def serious(seen: Opened) -> list[object]:
    """Return what axe finds serious in our part of a page: contrast, names, focus and structure."""
    from axe_playwright_python.sync_playwright import Axe

    # The policy of a page allows no script but its own: axe is given to the page by the browser itself.
    found = Axe().run(seen.page, context={"exclude": [["#map"]]})
    wrong = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    return [(v["id"], [node["html"][:120] for node in v["nodes"][:3]]) for v in wrong]
