"""Settings of all tests: where CI runs them, property tests try the same examples each time; no packs.

And a service on this machine that answers for the ones on the network.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from online_server import Server

# What a change breaks is to be told from what chance finds: on a desk every run looks at new examples.
# How fast the machine is that minute decides nothing.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
# The tests ask the bundled tables, whatever packs are installed on this machine.
os.environ["GEOEVENTS_PACKS"] = "none"
settings.load_profile("ci" if os.environ.get("CI") == "true" else "desk")

# The files that take longest, which begin first: no process is left with one of them at the end.
LONG = (
    "test_spark.py", "test_engines.py", "test_map_list.py", "test_map_page.py", "test_full_build.py", "test_readme.py",
    "test_page_trust.py", "test_notebooks.py", "test_sweeps.py", "test_joins.py", "test_review.py", "test_packs.py",
)  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put long files first where tests run in several processes (``-n auto --dist loadfile``)."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    """Run a service whose answers are kept in a home of their own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    with Server().running() as server:
        yield server
